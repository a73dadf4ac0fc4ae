//! From raw counts to the report: cycles relative to the frame, utilisation, predictions, register values.

use super::expected::{FrameExpectation, FrameInput};
use super::ffi::bridge::{Outcome, RegisterAnswer};
use super::manifest::{Manifest, Prediction};
use super::report::{
    AccessResult, FrameRegisters, FrameResult, MemoryTraffic, Mismatch, OutputCycles, ReceivedMap, Report,
};
use super::session::{RunOptions, Session};
use hwgen_network::{Cost, Description, WeightSets};
use hwgen_registers as map;

/// Puts the report together.
pub(crate) fn report(
    session: &Session,
    expectations: &[&FrameExpectation],
    inputs: &[FrameInput],
    options: &RunOptions,
    outcome: &Outcome,
    mismatch: Option<Mismatch>,
) -> Report {
    let manifest = &session.manifest;
    let frames = frames(expectations, outcome);
    let mismatch = mismatch.or_else(|| register_mismatch(&frames, expectations, options));
    let prediction = prediction(manifest, inputs, options);
    let cycles = frames.first().and_then(|frame| frame.cycles);
    let macs = expectations.first().map_or(0, |e| macs(&manifest.description, e));
    let multipliers = manifest.multipliers;
    let iterations = expectations.first().map_or(0, |e| e.iterations as usize);
    let loop_cycles = frames.first().and_then(|frame| loop_cycles(&frame.starts, iterations));
    let loop_macs = loop_macs(&manifest.description, iterations);
    let quotient = |macs: u64, multipliers: u64, cycles: u64| macs as f64 / (multipliers * cycles) as f64;
    Report {
        bit_exact: mismatch.is_none(),
        values_compared: outcome.values_compared,
        first_mismatch: mismatch,
        cycles,
        predicted_cycles: prediction.map(|p| p.cycles),
        output_cycles: output_cycles(outcome),
        predicted_output_cycles: prediction.map(|p| predicted_outputs(p, inputs.len())),
        macs,
        multipliers: multipliers.total,
        multipliers_by_array: multipliers,
        utilization: cycles.filter(|_| multipliers.total > 0).map(|c| quotient(macs, multipliers.total, c)),
        loop_utilization: loop_cycles
            .filter(|&c| c * multipliers.in_loop() > 0)
            .map(|c| quotient(loop_macs, multipliers.in_loop(), c)),
        loop_cycles,
        predicted_loop_cycles: prediction.and_then(|p| p.loop_start_to_start),
        sim_cycles: outcome.cycles,
        sim_seconds: outcome.seconds,
        sim_cpu_seconds: outcome.cpu_seconds,
        sim_cycles_per_second: outcome.cycles as f64 / outcome.seconds.max(1e-9),
        build_seconds: session.library.seconds,
        build_cached: session.library.cached,
        seed: options.seed,
        feedback_words: manifest.has_stream().then_some(outcome.feedback_fill),
        memory: manifest.feedback.axi.map(|_| traffic(outcome)),
        frames,
        accesses: outcome.registers.iter().filter(|r| r.frame == u32::MAX).map(access).collect(),
        maps: maps(&manifest.description, outcome),
    }
}

fn traffic(outcome: &Outcome) -> MemoryTraffic {
    let counted = &outcome.memory;
    MemoryTraffic {
        write_bursts: counted.write_bursts,
        read_bursts: counted.read_bursts,
        beats_written: counted.beats_written,
        beats_read: counted.beats_read,
        errors: counted.errors,
    }
}

fn frames(expectations: &[&FrameExpectation], outcome: &Outcome) -> Vec<FrameResult> {
    let one = |(f, expectation): (usize, &&FrameExpectation)| {
        let time = &outcome.frames[f];
        let last = outcome.outputs.iter().filter(|o| o.frame as usize == f).map(|o| o.last).max();
        let starts = outcome.starts.iter().filter(|s| s.frame as usize == f);
        let answers: Vec<&RegisterAnswer> = outcome.registers.iter().filter(|r| r.frame as usize == f).collect();
        // A frame that was never begun has 0 there.
        let next = outcome.frames.get(f + 1).map_or(0, |next| next.first_pixel);
        FrameResult {
            first_pixel: time.first_pixel,
            cycles: last.map(|last| last - time.first_pixel + 1),
            output_stalls: time.output_stalls,
            input_gaps: time.input_gaps,
            starts: starts.map(|s| s.cycle - time.first_pixel).collect(),
            confidences: expectation.confidences.clone(),
            registers: (!answers.is_empty()).then(|| registers(&answers, next)),
        }
    };
    expectations.iter().enumerate().map(one).collect()
}

fn registers(answers: &[&RegisterAnswer], next_frame: u64) -> FrameRegisters {
    let value = |address| answers.iter().find(|a| a.address == address).map_or(0, |a| a.value);
    FrameRegisters {
        status: value(map::STATUS),
        confidence: value(map::CONFIDENCE),
        cycles: value(map::CYCLES),
        frames_done: value(map::FRAMES),
        input_gaps: value(map::GAPS),
        output_stalls: value(map::STALLS),
        last_output: value(map::LAST_OUTPUT),
        overlapped: next_frame != 0 && answers.iter().any(|a| a.cycle >= next_frame),
    }
}

/// Confidence and last output are results of the network. The confidence is that of the latest output, so it outlives
/// the beginning of the next frame.
fn register_mismatch(
    frames: &[FrameResult],
    expectations: &[&FrameExpectation],
    options: &RunOptions,
) -> Option<Mismatch> {
    let wrong = |(f, (frame, expectation)): (usize, (&FrameResult, &&FrameExpectation))| {
        let registers = frame.registers?;
        let output = expectation.maps.last().map_or(0, |&(n, _)| n);
        let confidence = expectation.confidences.last().copied().unwrap_or(registers.confidence);
        let last = if registers.overlapped { output } else { registers.last_output };
        let pairs = [("last_output", output, last), ("confidence", confidence, registers.confidence)];
        let &(tensor, expected, got) = pairs.iter().find(|(_, expected, got)| expected != got)?;
        Some(Mismatch {
            tensor: tensor.to_owned(),
            layer: Some("registers".to_owned()),
            frame: f as u32,
            iteration: Some(output),
            scale: None,
            y: None,
            x: None,
            channel: None,
            cycle: frame.first_pixel + frame.cycles.unwrap_or(0),
            expected: Some(i64::from(expected)),
            got: Some(i64::from(got)),
            note: Some("read after the end of the frame".to_owned()),
            command: options.command.clone(),
        })
    };
    frames.iter().zip(expectations).enumerate().find_map(wrong)
}

/// The prediction that holds for these frames.
fn prediction<'a>(manifest: &'a Manifest, inputs: &[FrameInput], options: &'a RunOptions) -> Option<&'a Prediction> {
    let early = inputs.iter().any(|frame| frame.threshold != 0);
    // A memory takes its time: the prediction is a bound then, no more.
    if !options.undisturbed(manifest) || early || manifest.feedback.axi.is_some() {
        return None;
    }
    let d = &manifest.description;
    let all = d.outputs.iter().fold(0u64, |mask, &o| mask | 1 << (o - 1));
    let as_configured = |frame: &FrameInput| {
        frame.iterations.is_none_or(|n| n >= d.iterations) && frame.mask.is_none_or(|mask| mask & all == all)
    };
    options.prediction.as_ref().or_else(|| manifest.prediction.as_ref().filter(|_| inputs.iter().all(as_configured)))
}

fn predicted_outputs(prediction: &Prediction, frames: usize) -> Vec<OutputCycles> {
    let of_frame = |frame: u32| {
        let one = move |o: &super::manifest::PredictedOutput| OutputCycles {
            frame,
            output: o.output,
            first: o.first,
            last: o.last,
        };
        prediction.outputs.iter().map(one)
    };
    (0..frames as u32).flat_map(of_frame).collect()
}

fn output_cycles(outcome: &Outcome) -> Vec<OutputCycles> {
    let one = |o: &super::ffi::bridge::OutputTime| {
        let zero = outcome.frames[o.frame as usize].first_pixel;
        OutputCycles { frame: o.frame, output: o.output, first: o.first - zero, last: o.last - zero }
    };
    outcome.outputs.iter().map(one).collect()
}

/// Start of iteration 2 to start of iteration N; none for N < 3.
fn loop_cycles(starts: &[u64], iterations: usize) -> Option<u64> {
    (iterations >= 3 && starts.len() >= iterations).then(|| starts[iterations - 1] - starts[1])
}

/// The MACs executed for a frame: an early exit leaves the iterations after its output undone.
fn macs(description: &Description, expectation: &FrameExpectation) -> u64 {
    let ran = if expectation.stops { expectation.maps.last().map_or(0, |&(n, _)| n) } else { expectation.iterations };
    let outputs = expectation.maps.iter().map(|&(n, _)| n).collect();
    Cost::new(&part(description, ran, outputs)).total.macs
}

/// Those of iterations 2…N − 1.
fn loop_macs(description: &Description, iterations: usize) -> u64 {
    let of = |n: usize| Cost::new(&part(description, n as u32, Vec::new())).blocks.iterative.macs;
    if iterations < 3 { 0 } else { of(iterations - 1) - of(1) }
}

fn part(description: &Description, iterations: u32, outputs: Vec<u32>) -> Description {
    let mut d = description.clone();
    d.iterations = iterations;
    d.outputs = outputs;
    if let WeightSets::Map(map) = &mut d.weight_sets {
        map.truncate(iterations as usize);
    }
    d
}

fn access(answer: &RegisterAnswer) -> AccessResult {
    AccessResult {
        cycle: answer.cycle,
        write: answer.write,
        address: answer.address,
        value: answer.value,
        response: answer.response,
    }
}

fn maps(description: &Description, outcome: &Outcome) -> Vec<ReceivedMap> {
    let complete = outcome.classes.chunks_exact(description.image.pixels());
    let named = outcome.outputs.iter().zip(complete);
    named.map(|(o, map)| ReceivedMap { frame: o.frame, output: o.output, map: map.to_vec() }).collect()
}
