//! The feedback in DRAM: late answers, errors, frames that end with transfers under way, the base address.
//!
//! The memory itself checks every burst: alignment, 4 KiB, length, region, a read behind the response to its write.

use super::bench::{Bench, Random, image, reg, status};
use super::core::Core;
use super::{cores, good_frame};
use hwgen_sim::cosim::{FrameInput, PIN_BASES, Pause, RunOptions};

/// The core with a memory; none without Verilator.
fn core() -> Option<&'static Core> {
    cores().iter().find(|core| core.has_memory())
}

#[test]
fn the_base_address_is_that_of_the_start_of_the_frame() {
    let Some(core) = core() else { return };
    let mut bench = Bench::new(core);
    assert_eq!((bench.read(reg::BASE_LOW), bench.read(reg::BASE_HIGH)), (0, 0));
    good_frame(core, &mut bench, 1, 0);
    bench.write(reg::BASE_LOW, u32::MAX);
    assert_eq!(bench.read(reg::BASE_LOW), !0xFFF, "aligned to 4 KiB");
    bench.write(reg::BASE_LOW, PIN_BASES[1] as u32);
    bench.write(reg::BASE_HIGH, (PIN_BASES[1] >> 32) as u32);
    good_frame(core, &mut bench, 2, 1);
    // An address in the middle of a frame is for the next one: this one is outside of the memory's regions.
    let frame = image(3);
    bench.send(&frame);
    bench.drain_camera();
    bench.write(reg::BASE_HIGH, 0x7777);
    bench.until_done(3);
    bench.shows(&core.expect(&frame, 3, u64::MAX).maps);
    bench.write(reg::BASE_HIGH, (PIN_BASES[1] >> 32) as u32);
    good_frame(core, &mut bench, 4, 3);
}

#[test]
fn a_late_memory_changes_times_only() {
    let Some(core) = core() else { return };
    for (latency, percent) in [(3, 0), (50, 30), (300, 0), (20, 90)] {
        let mut bench = Bench::new(core);
        bench.pins.memory(Pause::percent(percent), latency, 0);
        for frame in 0..3 {
            good_frame(core, &mut bench, u64::from(frame) + 5, frame);
        }
        assert_eq!(bench.read(reg::STATUS) & status::BUS_ERROR, 0);
    }
}

#[test]
fn error_responses_are_reported_and_hang_nothing() {
    let Some(core) = core() else { return };
    for (errors, latency, percent) in [(100, 0, 0), (25, 30, 50), (100, 100, 80)] {
        let mut bench = Bench::new(core);
        bench.write(reg::INT_ENABLE, status::BUS_ERROR);
        bench.pins.memory(Pause::percent(percent), latency, errors);
        bench.send(&image(1));
        bench.until("the interrupt", |_, out| out.irq);
        bench.until_done(1);
        let maps = core.expect(&image(1), 3, u64::MAX).maps;
        assert_eq!(bench.display.len(), maps.iter().map(|(_, map)| map.len()).sum::<usize>(), "words in spite of it");
        bench.display.clear();
        assert!(bench.pins.traffic().errors > 0);
        assert_ne!(bench.read(reg::STATUS) & status::BUS_ERROR, 0, "it stays");
        bench.pins.memory(Pause::percent(percent), latency, 0);
        bench.run(2000);
        bench.write(reg::STATUS, status::BUS_ERROR);
        assert_eq!(bench.read(reg::STATUS) & status::BUS_ERROR, 0);
        assert!(!bench.step().irq);
        good_frame(core, &mut bench, 2, 1);
        assert_eq!(bench.read(reg::STATUS) & status::BUS_ERROR, 0);
    }
}

#[test]
fn soft_reset_with_transfers_under_way() {
    let Some(core) = core() else { return };
    let mut random = Random(0xabc_def1);
    for round in 0..60 {
        let mut bench = Bench::new(core);
        // The last: answers to the frame before would come in the middle of the next one.
        let latency = [0, 10, 400, 8000][round % 4];
        bench.pins.memory(Pause::percent([0, 70][round % 2]), latency, 0);
        bench.send(&image(1));
        bench.run(150 + random.below(3000));
        bench.write(reg::CONTROL, 0b101);
        // A second one while the first still waits for the memory.
        if round % 5 == 0 {
            bench.write(reg::CONTROL, 0b101);
        }
        let before = bench.pins.traffic();
        bench.pins.memory(Pause::default(), 0, 0);
        bench.until("the camera", |bench, _| bench.camera.is_empty());
        bench.run(50);
        bench.display.clear();
        let done = bench.read(reg::FRAMES);
        good_frame(core, &mut bench, 5, done);
        assert!(bench.pins.traffic().beats_written > before.beats_written);
    }
}

#[test]
fn stop_and_malformed_frames_with_a_late_memory() {
    let Some(core) = core() else { return };
    let mut bench = Bench::new(core);
    bench.pins.memory(Pause::percent(40), 200, 0);
    for round in 0..6 {
        let frame = image(round);
        let done = bench.read(reg::FRAMES);
        bench.send(&frame);
        bench.drain_camera();
        bench.write(reg::CONTROL, 0b11);
        bench.until_done(done + 1);
        let maps = core.expect(&frame, 3, u64::MAX).maps;
        bench.shows(&maps[..1]);
        bench.send(&image(9));
        bench.camera.truncate(40 + 20 * round as usize);
        good_frame(core, &mut bench, round + 20, done + 1);
    }
}

/// Early exits, some of them while the last iteration runs, compared down to every intermediate; frames use two regions
/// in turn.
#[test]
fn early_exits_with_a_late_memory() {
    for core in cores() {
        let frames: Vec<FrameInput> = (1..12).map(|seed| early_exit(core, seed)).collect();
        for (latency, percent) in [(0, 0), (60, 40), (400, 10)] {
            let pause = Pause::percent(percent);
            let options =
                RunOptions { gap: pause, stall: pause, latency, deep: true, seed: 9, ..RunOptions::default() };
            let report = core.session.run(&core.golden, &frames, &options).expect("nothing hangs");
            assert_eq!(report.first_mismatch, None);
            assert_eq!(report.frames[10].registers.expect("they were read").status & status::BUS_ERROR, 0);
            assert_eq!(report.memory.is_some_and(|memory| memory.beats_read > 0), core.has_memory());
        }
    }
}

fn early_exit(core: &Core, seed: u64) -> FrameInput {
    let image = image(seed);
    let confidences = core.expect(&image, 3, u64::MAX).confidences;
    FrameInput {
        iterations: [None, Some(1), Some(2)][seed as usize % 3],
        threshold: if seed.is_multiple_of(2) { confidences[seed as usize % 2].max(1) } else { 0 },
        mask: None,
        thresholds: Vec::new(),
        fault: None,
        image,
    }
}
