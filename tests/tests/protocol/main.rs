//! The core at its pins, by the rules of the interface page: malformed frames, resets, stop, early exit, drop mode,
//! interrupts, settings. Every test ends with a good frame whose maps have to be right: nothing hangs, nothing sticks.
//!
//! Needs Verilator; without it a test says "skipped" and passes, but fails in CI.

mod bench;
mod core;
mod driver;
mod memory;

use bench::{Bench, H, Pixel, Random, W, image, reg, status, words};
use core::Core;
use hwgen_sim::cosim::{FrameInput, Pause, RunOptions};
use hwgen_tests::has_verilator;
use std::sync::OnceLock;

/// All kinds of feedback, DRAM last; none without Verilator.
fn cores() -> &'static [Core] {
    static CORES: OnceLock<Vec<Core>> = OnceLock::new();
    CORES.get_or_init(|| {
        if !has_verilator() {
            return Vec::new();
        }
        vec![Core::new(&[]), Core::new(&["--feedback", "stream"]), Core::new(&["--feedback", "axi"])]
    })
}

/// Sends a good frame and wants its maps; `done` frames have been counted before.
#[track_caller]
fn good_frame(core: &Core, bench: &mut Bench, seed: u64, done: u32) {
    let image = image(seed);
    bench.send(&image);
    bench.until_done(done + 1);
    bench.shows(&core.expect(&image, 3, u64::MAX).maps);
}

/// Sends `malformed` and a good frame right behind it: only the good one is shown, and the error bit is set.
#[track_caller]
fn recovers(malformed: &[Pixel]) {
    for core in cores() {
        for pauses in [0, 60] {
            let mut bench = Bench::new(core);
            bench.pauses = pauses;
            bench.camera.extend(malformed);
            good_frame(core, &mut bench, 7, 0);
            assert_ne!(bench.read(reg::STATUS) & status::SIZE_ERROR, 0);
            bench.write(reg::STATUS, status::SIZE_ERROR);
            assert_eq!(bench.read(reg::STATUS) & status::SIZE_ERROR, 0);
            good_frame(core, &mut bench, 8, 1);
            assert_eq!(bench.read(reg::STATUS) & status::SIZE_ERROR, 0);
        }
    }
}

#[test]
fn a_frame_that_ends_early() {
    recovers(&words(&image(1))[..W * (H - 1)]);
    recovers(&words(&image(1))[..W * 3 + 5]);
    recovers(&words(&image(1))[..1]);
}

#[test]
fn a_short_line() {
    let mut frame = words(&image(1));
    frame.remove(4 * W + 3);
    recovers(&frame);
}

#[test]
fn a_long_line() {
    let mut frame = words(&image(1));
    frame.insert(4 * W + 3, Pixel { data: 0, user: false, last: false });
    recovers(&frame);
}

#[test]
fn an_end_of_line_missing_or_misplaced() {
    let mut frame = words(&image(1));
    frame[H * W - 1].last = false;
    recovers(&frame);
    let mut frame = words(&image(1));
    frame[0].last = true;
    recovers(&frame);
}

#[test]
fn a_start_of_frame_in_the_middle() {
    let mut frame = words(&image(1));
    frame[6 * W + 2].user = true;
    recovers(&frame);
}

#[test]
fn words_before_the_first_frame() {
    recovers(&words(&image(1))[1..40]);
}

#[test]
fn lines_after_the_last() {
    for core in cores() {
        let mut bench = Bench::new(core);
        let first = image(1);
        bench.send(&first);
        bench.camera.extend(&words(&image(2))[W..3 * W]);
        bench.until_done(1);
        bench.shows(&core.expect(&first, 3, u64::MAX).maps);
        good_frame(core, &mut bench, 3, 1);
        assert_ne!(bench.read(reg::STATUS) & status::SIZE_ERROR, 0);
    }
}

#[test]
fn a_malformed_frame_costs_the_one_before_nothing() {
    for core in cores() {
        let mut bench = Bench::new(core);
        let first = image(1);
        bench.send(&first);
        bench.camera.extend(&words(&image(2))[..=5 * W]);
        let last = image(3);
        bench.send(&last);
        bench.until_done(2);
        let mut maps = core.expect(&first, 3, u64::MAX).maps;
        maps.extend(core.expect(&last, 3, u64::MAX).maps);
        bench.shows(&maps);
    }
}

#[test]
fn noise_on_the_framing_signals() {
    for core in cores() {
        for seed in 1..6 {
            let mut random = Random(seed * 77_777);
            let mut bench = Bench::new(core);
            bench.pauses = 10 * seed;
            // Noise of several kinds, or good frames with rare errors.
            for _ in 0..4 {
                let rate = [2, 10, 400][random.below(3) as usize];
                let mut frame = words(&image(random.below(1000)));
                for pixel in &mut frame {
                    pixel.user ^= random.below(rate) == 0;
                    pixel.last ^= random.below(rate) == 0;
                }
                bench.camera.extend(frame);
            }
            bench.drain_camera();
            bench.until("the core to be idle", |_, out| !out.class_tvalid && out.video_tready);
            let frames = bench.read(reg::FRAMES);
            // The start of this frame ends whatever was begun.
            let good = image(99);
            bench.send(&good);
            bench.drain_camera();
            bench.until_done(frames + 1);
            let maps = core.expect(&good, 3, u64::MAX).maps;
            let words: usize = maps.iter().map(|(_, map)| map.len()).sum();
            let sent = bench.display.split_off(bench.display.len() - words);
            bench.display = sent;
            bench.shows(&maps);
        }
    }
}

#[test]
fn reset_at_any_time() {
    for core in cores() {
        let mut bench = Bench::new(core);
        for clocks in [1, 50, 200, 300, 700, 1500, 3000, 5000, 8000] {
            bench.send(&image(clocks));
            bench.run(clocks);
            bench.reset();
            assert_eq!(bench.read(reg::FRAMES), 0);
            good_frame(core, &mut bench, clocks + 1, 0);
        }
    }
}

#[test]
fn soft_reset_in_the_middle_of_a_frame() {
    for core in cores() {
        for clocks in [100, 400, 2000] {
            let mut bench = Bench::new(core);
            bench.send(&image(1));
            bench.run(clocks);
            bench.write(reg::CONTROL, 0b101);
            bench.until("the camera", |bench, _| bench.camera.is_empty());
            bench.run(50);
            assert_eq!(bench.read(reg::CONTROL) & 0b100, 0, "soft reset clears itself");
            bench.display.clear();
            let done = bench.read(reg::FRAMES);
            good_frame(core, &mut bench, 5, done);
        }
    }
}

#[test]
fn stop_sends_one_more_output_whole() {
    for core in cores() {
        let mut bench = Bench::new(core);
        let first = image(1);
        bench.send(&first);
        bench.drain_camera();
        bench.write(reg::CONTROL, 0b11);
        bench.until_done(1);
        let maps = core.expect(&first, 3, u64::MAX).maps;
        bench.shows(&maps[..1]);
        assert_eq!(bench.read(reg::LAST_OUTPUT), 1);
        assert_ne!(bench.read(reg::STATUS) & status::STOPPED_EARLY, 0);
        assert_eq!(bench.read(reg::CONTROL) & 0b10, 0, "stop clears itself");
        good_frame(core, &mut bench, 2, 1);
        // Once the first word of output 1 has left, stop means output 2.
        bench.send(&first);
        bench.until("the first word", |bench, _| !bench.display.is_empty());
        bench.write(reg::CONTROL, 0b11);
        bench.until_done(3);
        bench.shows(&maps[..2]);
        good_frame(core, &mut bench, 3, 3);
    }
}

#[test]
fn a_disabled_core_finishes_its_frame_and_begins_no_other() {
    for core in cores() {
        let mut bench = Bench::new(core);
        let first = image(1);
        bench.send(&first);
        bench.run(30);
        bench.write(reg::CONTROL, 0);
        bench.until_done(1);
        bench.shows(&core.expect(&first, 3, u64::MAX).maps);
        bench.send(&image(2));
        bench.run(2000);
        assert_eq!(bench.read(reg::STATUS) & status::BUSY, 0);
        bench.write(reg::CONTROL, 1);
        bench.drain_camera();
        bench.run(20_000);
        bench.display.clear();
        let done = bench.read(reg::FRAMES);
        good_frame(core, &mut bench, 3, done);
    }
}

#[test]
fn drop_mode_never_stalls_the_camera() {
    for core in cores() {
        let mut bench = Bench::new(core);
        bench.write(reg::CONTROL, 0b1001);
        let first = image(1);
        bench.send(&first);
        bench.drain_camera();
        let waited = bench.waited;
        for seed in 2..6 {
            bench.send(&image(seed));
        }
        bench.run(600);
        assert!(bench.waited - waited < 20, "the camera waited {} clocks", bench.waited - waited);
        bench.drain_camera();
        bench.until("the core to be idle", |_, out| !out.class_tvalid);
        let mut done = 1;
        while bench.read(reg::STATUS) & status::BUSY != 0 {
            bench.run(100);
            done = bench.read(reg::FRAMES);
        }
        assert_ne!(bench.read(reg::STATUS) & status::DROPPED, 0);
        assert_eq!(bench.read(reg::STATUS) & status::SIZE_ERROR, 0);
        let maps = core.expect(&first, 3, u64::MAX).maps;
        let length: usize = maps.iter().map(|(_, map)| map.len()).sum();
        bench.display.truncate(length);
        bench.shows(&maps);
        good_frame(core, &mut bench, 9, done);
    }
}

#[test]
fn interrupts_follow_status_and_enable() {
    for core in cores() {
        let mut bench = Bench::new(core);
        bench.write(reg::INT_ENABLE, status::OUTPUT_SENT);
        let first = image(1);
        bench.send(&first);
        bench.until("the interrupt", |_, out| out.irq);
        assert!(bench.display.len() >= W * H, "an output has been sent");
        bench.write(reg::STATUS, status::OUTPUT_SENT);
        assert!(!bench.step().irq);
        bench.write(reg::INT_ENABLE, status::FRAME_DONE);
        bench.until("the interrupt", |_, out| out.irq);
        bench.until_done(1);
        bench.shows(&core.expect(&first, 3, u64::MAX).maps);
        bench.write(reg::INT_ENABLE, 0);
        assert!(!bench.step().irq);
        assert_ne!(bench.read(reg::STATUS) & status::FRAME_DONE, 0);
        bench.write(reg::STATUS, 0x7F);
        assert_eq!(bench.read(reg::STATUS), 0);
        good_frame(core, &mut bench, 2, 1);
    }
}

#[test]
fn registers_as_the_map_says() {
    for core in cores() {
        let mut bench = Bench::new(core);
        assert_eq!(bench.read(reg::ID), reg::ID_VALUE);
        let hash = core.session.manifest.config_hash.as_deref().expect("a hash").trim_start_matches("0x").to_owned();
        assert_eq!(bench.read(reg::HASH), u32::from_str_radix(&hash, 16).expect("hexadecimal"));
        assert_eq!(bench.read(reg::CONTROL), 1);
        assert_eq!(bench.read(reg::STATUS), 0);
        assert_eq!(bench.read(reg::ITERATIONS), 3);
        assert_eq!(bench.read(reg::MASK_LOW) & 7, 7);
        let base = if core.has_memory() { &[][..] } else { &[reg::BASE_LOW, reg::BASE_HIGH] };
        for &address in base.iter().chain(&[0x4C, 0x80, 0xFC]) {
            assert_eq!(bench.try_read(address).1, 2, "0x{address:02X}");
            assert_eq!(bench.try_write(address, 1), 2, "0x{address:02X}");
        }
        good_frame(core, &mut bench, 1, 0);
    }
}

#[test]
fn iterations_out_of_range_are_clamped() {
    for core in cores() {
        let mut bench = Bench::new(core);
        for (done, (value, acts)) in [(0, 1), (1, 1), (2, 2), (200, 3), (u32::MAX, 3)].into_iter().enumerate() {
            bench.write(reg::ITERATIONS, value);
            let frame = image(u64::from(value) % 5 + 1);
            bench.send(&frame);
            bench.until_done(done as u32 + 1);
            bench.shows(&core.expect(&frame, acts, u64::MAX).maps);
        }
    }
}

#[test]
fn a_frame_without_outputs_runs_and_counts() {
    for core in cores() {
        let mut bench = Bench::new(core);
        bench.write(reg::MASK_LOW, 0);
        bench.send(&image(1));
        bench.until_done(1);
        assert!(bench.display.is_empty());
        assert_eq!(bench.read(reg::LAST_OUTPUT), 0);
        bench.write(reg::MASK_LOW, 0b010);
        let frame = image(2);
        bench.send(&frame);
        bench.until_done(2);
        bench.shows(&core.expect(&frame, 3, 0b010).maps);
        assert_eq!(bench.read(reg::LAST_OUTPUT), 2);
        assert_eq!(bench.read(reg::CONFIDENCE), core.expect(&frame, 3, 0b010).confidences[0]);
    }
}

#[test]
fn settings_are_those_of_the_start_of_the_frame() {
    for core in cores() {
        let mut bench = Bench::new(core);
        let frame = image(4);
        bench.send(&frame);
        bench.until("the first pixel", |bench, _| bench.camera.len() < W * H);
        bench.run(3);
        bench.write(reg::ITERATIONS, 1);
        bench.write(reg::MASK_LOW, 0);
        bench.write(reg::THRESHOLD, 1);
        bench.until_done(1);
        bench.shows(&core.expect(&frame, 3, u64::MAX).maps);
    }
}

/// Frames back to back with different settings, compared with the golden model down to every intermediate.
#[test]
fn frames_back_to_back_with_settings_of_their_own() {
    for core in cores() {
        for percent in [0, 50] {
            let frames: Vec<FrameInput> = (1..12)
                .map(|seed| {
                    let image = image(seed);
                    let confidences = core.expect(&image, 3, u64::MAX).confidences;
                    FrameInput {
                        iterations: [None, Some(1), Some(2), Some(0)][seed as usize % 4],
                        mask: [None, Some(0b101), Some(0b110), Some(0), Some(0b100)][seed as usize % 5],
                        threshold: if seed % 3 == 0 { confidences[seed as usize % 2].max(1) } else { 0 },
                        // the first output of some frames never ends them, whatever the others do
                        thresholds: if seed % 2 == 0 { vec![(1, 0), (2, confidences[1].max(1))] } else { Vec::new() },
                        fault: None,
                        image,
                    }
                })
                .collect();
            let pause = Pause::percent(percent);
            let options = RunOptions { gap: pause, stall: pause, deep: true, seed: 5, ..RunOptions::default() };
            let report = core.session.run(&core.golden, &frames, &options).expect("nothing hangs");
            assert_eq!(report.first_mismatch, None);
            let last = report.frames.last().expect("there are frames");
            let registers = last.registers.expect("they were read");
            assert_eq!(u64::from(registers.output_stalls), last.output_stalls);
            assert_eq!(u64::from(registers.input_gaps), last.input_gaps);
            assert_eq!(last.cycles.unwrap_or(u64::from(registers.cycles)), u64::from(registers.cycles));
        }
    }
}
