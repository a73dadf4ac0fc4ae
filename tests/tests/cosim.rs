//! `hwgen cosim` as a user runs it: the keys of its JSON, stalls that change no value, a fault that is found.
//! Needs Verilator; without it a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, has_verilator};
use serde_json::Value;

/// A core that compiles in seconds.
const SMALL: [&str; 16] = [
    "--preset",
    "tiny",
    "--width",
    "2",
    "--scales",
    "2",
    "--iterations",
    "3",
    "--outputs",
    "all",
    "--classes",
    "3",
    "--image-size",
    "17x16",
    "--multipliers",
    "16",
];

fn core() -> Scratch {
    let scratch = Scratch::new();
    scratch.good(&[&["emit", "-o", "core", "--quiet"][..], &SMALL].concat());
    scratch
}

#[test]
fn cosim_agrees_and_names_its_keys() {
    if !has_verilator() {
        return;
    }
    let scratch = core();
    let (code, report) = scratch.json(&["cosim", "core", "--json", "--maps", "maps"]);
    assert_eq!(code, 0);
    for key in [
        "bit_exact",
        "values_compared",
        "first_mismatch",
        "cycles",
        "predicted_cycles",
        "output_cycles",
        "predicted_output_cycles",
        "macs",
        "multipliers",
        "utilization",
        "loop_utilization",
        "sim_seconds",
        "sim_cycles_per_second",
    ] {
        assert!(report.get(key).is_some(), "no key {key}");
    }
    assert_eq!(report["bit_exact"], true);
    assert_eq!(report["first_mismatch"], Value::Null);
    assert_eq!(report["cycles"], report["predicted_cycles"]);
    assert_eq!(report["output_cycles"], report["predicted_output_cycles"]);
    // Three maps of 17×16 classes, and states and logits besides.
    assert!(report["values_compared"].as_u64() > Some(3 * 17 * 16));
    assert!(scratch.path("maps/m_03.png").exists() && scratch.path("maps/overlay_01.png").exists());
    let cost: Value =
        serde_json::from_str(&scratch.good(&[&["cost", "--json"][..], &SMALL[..14]].concat())).expect("JSON");
    assert_eq!(report["macs"], cost["macs"], "cosim and cost count alike");
}

#[test]
fn the_structure_for_synthesis_does_the_same() {
    if !has_verilator() {
        return;
    }
    let scratch = core();
    let (code, report) = scratch.json(&["cosim", "core", "--json", "--structure", "--deep"]);
    assert_eq!(code, 0);
    assert_eq!(report["bit_exact"], true);
    assert_eq!(report["timing_as_predicted"], true);
}

#[test]
fn a_guided_build_does_the_same() {
    if !has_verilator() {
        return;
    }
    let scratch = core();
    let (code, report) = scratch.json(&["cosim", "core", "--json", "--build", "guided", "--deep"]);
    assert_eq!(code, 0);
    assert_eq!(report["bit_exact"], true);
    assert_eq!(report["timing_as_predicted"], true);
    assert_eq!(scratch.names(), ["core"], "the profile's counts were left behind");
}

#[test]
fn offsets_of_batch_norm_after_every_convolution_arrive() {
    if !has_verilator() {
        return;
    }
    let scratch = Scratch::new();
    let emit = ["emit", "--normalisation", "convolutions", "-o", "core", "--quiet"];
    scratch.good(&[&emit[..], &SMALL].concat());
    let (code, report) = scratch.json(&["cosim", "core", "--deep", "--json"]);
    assert_eq!((code, &report["bit_exact"]), (0, &Value::Bool(true)));
    assert_eq!(report["cycles"], report["predicted_cycles"]);
}

#[test]
fn several_pixels_a_beat_are_the_same_maps() {
    if !has_verilator() {
        return;
    }
    for (beat, pixels, size) in [("2", "4", "18x17"), ("4", "1", "44x18")] {
        let scratch = Scratch::new();
        let emit = ["emit", "-o", "core", "--quiet", "--pixels-per-beat", beat, "--pixels-per-cycle", pixels];
        let core = [&SMALL[..12], &["--image-size", size, "--multipliers", "40"]].concat();
        scratch.good(&[&emit[..], &core].concat());
        let (code, report) = scratch.json(&["cosim", "core", "--deep", "--json"]);
        assert_eq!((code, &report["bit_exact"]), (0, &Value::Bool(true)), "{report}");
        assert_eq!(report["output_cycles"], report["predicted_output_cycles"]);
        let disturbed =
            ["--stall", "60", "--gap", "60", "--frames", "5", "--broken", "1:cut@20", "--broken", "3:last@12"];
        let (code, report) = scratch.json(&[&["cosim", "core", "--deep", "--json"], &disturbed[..]].concat());
        assert_eq!((code, &report["bit_exact"]), (0, &Value::Bool(true)), "{report}");
    }
}

#[test]
fn cosim_with_stalls_changes_times_only() {
    if !has_verilator() {
        return;
    }
    let scratch = core();
    let (code, report) =
        scratch.json(&["cosim", "core", "--json", "--frames", "3", "--stall", "90", "--gap", "75", "--seed", "7"]);
    assert_eq!(code, 0);
    assert_eq!(report["bit_exact"], true);
    assert_eq!(report["predicted_cycles"], Value::Null);
    assert!(report["frames"].as_array().is_some_and(|frames| frames.len() == 3));
}

#[test]
fn cosim_finds_a_fault_and_says_where() {
    if !has_verilator() {
        return;
    }
    let scratch = core();
    // All depthwise weights negative, in the emitted memory file only: after ReLU6 nothing is left.
    let path = scratch.path("core/mem/depthwise.hex");
    let text = std::fs::read_to_string(&path).expect("a memory file");
    let faulty: String = text.chars().map(|c| if c.is_ascii_hexdigit() { '9' } else { c }).collect();
    assert_ne!(text, faulty);
    std::fs::write(&path, faulty).expect("the file can be written");
    let (code, report) = scratch.json(&["cosim", "core", "--json", "--trace", "wave.fst"]);
    assert_eq!(code, 1);
    assert_eq!(report["bit_exact"], false);
    assert_eq!(report["folder"]["changed"], serde_json::json!(["mem/depthwise.hex"]));
    // The waveform is there to find the fault with, under its own name and no other.
    assert_eq!(scratch.names(), ["core", "wave.fst"]);
    for key in ["tensor", "layer", "iteration", "scale", "y", "x", "channel", "cycle", "expected", "got", "command"] {
        assert!(report["first_mismatch"].get(key).is_some(), "first_mismatch has no {key}");
    }
}
