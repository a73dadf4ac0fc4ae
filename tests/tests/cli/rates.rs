//! Frames a second: what is expected of a device, and the smallest core that gives them.

use hwgen_tests::Scratch;
use serde_json::Value;

const TINY: [&str; 7] = ["emit", "--preset", "tiny", "-o", "core", "--device", "ecp5-45k"];

fn json(scratch: &Scratch, further: &[&str]) -> Value {
    scratch.json(&[&TINY[..], further, &["--json", "-q"]].concat()).1
}

fn last_rate(document: &Value) -> f64 {
    let outputs = document["report"]["rates"]["outputs"].as_array().expect("rates");
    outputs.last().expect("an output")["frames_per_second"].as_f64().expect("a number")
}

#[test]
fn a_device_has_an_expected_clock() {
    let scratch = Scratch::new();
    let document = json(&scratch, &["--multipliers", "24"]);
    let rates = &document["report"]["rates"];
    let (clock, outputs) = (rates["clock_mhz"].as_f64().expect("a clock"), &rates["outputs"]);
    for (rate, output) in
        outputs.as_array().expect("a list").iter().zip(document["prediction"]["outputs"].as_array().expect("a list"))
    {
        let cycles = output["last"].as_u64().expect("a cycle") + 1;
        assert_eq!((rate["output"].as_u64(), rate["cycles"].as_u64()), (output["output"].as_u64(), Some(cycles)));
        assert!((rate["frames_per_second"].as_f64().expect("a rate") - clock * 1e6 / cycles as f64).abs() < 1e-6);
    }
    let stored: Value =
        serde_json::from_slice(&std::fs::read(scratch.path("core/report.json")).expect("written")).expect("JSON");
    assert_eq!(stored["rates"], *rates);
    let text =
        scratch.good(&["emit", "--preset", "tiny", "--multipliers", "24", "--board", "ulx3s-85f", "-o", "board"]);
    assert!(text.contains("at 40 MHz, the board's clock"), "{text}");
    let text = scratch.good(&["emit", "--preset", "tiny", "--multipliers", "24", "-o", "no_device"]);
    assert!(!text.contains("frames/s"), "no clock is known: {text}");
}

#[test]
fn the_smallest_core_for_a_rate() {
    let scratch = Scratch::new();
    let slow = json(&scratch, &["--target-fps", "100"]);
    let fast = json(&scratch, &["--target-fps", "400"]);
    let early = json(&scratch, &["--target-fps", "400", "--at-iterations", "1"]);
    assert!(last_rate(&slow) >= 100.0 && last_rate(&fast) >= 400.0);
    let luts = |document: &Value| document["report"]["estimate"]["lut"].as_u64().expect("an estimate");
    assert!(luts(&slow) < luts(&fast) && luts(&early) < luts(&fast));
    let first = early["report"]["rates"]["outputs"][0]["frames_per_second"].as_f64().expect("a rate");
    assert!(first >= 400.0 && last_rate(&early) < 400.0);
}

#[test]
fn a_rate_that_no_core_gives() {
    let text = refused(&["--target-fps", "100000"]);
    assert!(
        text.contains("hwgen::cli::rate") && text.contains("the fastest gives") && text.contains("ecp5-85k"),
        "{text}"
    );
}

#[test]
fn a_rate_and_a_budget() {
    let text = refused(&["--target-fps", "30", "--multipliers", "24"]);
    assert!(text.contains("'--target-fps <F>'") && text.contains("'--multipliers <M>'"), "{text}");
}

#[test]
fn a_rate_after_no_output() {
    let text = refused(&["--target-fps", "30", "--at-iterations", "9"]);
    assert!(text.contains("--at-iterations 9") && text.contains("1, 2, 3, 4"), "{text}");
}

#[test]
fn a_rate_without_a_device() {
    let text = Scratch::new().transcript(&["emit", "--preset", "tiny", "-o", "core", "--target-fps", "30"]);
    assert!(text.contains("exit status: 2") && text.contains("hwgen::cli::rate_of_no_device"), "{text}");
}

fn refused(further: &[&str]) -> String {
    let scratch = Scratch::new();
    let text = scratch.transcript(&[&TINY[..], further].concat());
    assert!(text.contains("exit status: 2"), "{text}");
    assert!(!scratch.path("core").exists());
    text
}
