//! `hwgen evaluate` on the scene of the examples, and what it says to data sets that are not whole.

use hwgen_tests::{Scratch, root};
use std::fs;

/// Folders `images` and `labels` with the scene of the examples, and the fine-tuned model of the tiny network.
fn with_scene() -> Scratch {
    let scratch = Scratch::new();
    for folder in ["images", "labels"] {
        fs::create_dir(scratch.path(folder)).expect("writable");
    }
    let copy = |from: &str, to: &str| fs::copy(root().join(from), scratch.path(to)).expect("copied");
    copy("examples/tiny/scene.png", "images/scene.png");
    copy("examples/tiny/scene_label.png", "labels/scene.png");
    copy("weights/tiny/tiny-w4.model.safetensors", "q.safetensors");
    copy("weights/tiny/tiny.safetensors", "w.safetensors");
    scratch
}

const RUN: [&str; 7] = ["evaluate", "--model", "q.safetensors", "--images", "images", "--labels", "labels"];

/// Exit status 2 and the message of a snapshot; nothing new in the folder.
macro_rules! refused {
    ($scratch:expr, $arguments:expr) => {
        let before = $scratch.names();
        let text = $scratch.transcript(&$arguments);
        insta::assert_snapshot!(text);
        assert!(text.contains("exit status: 2"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        assert_eq!($scratch.names(), before, "something was left behind");
    };
}

#[test]
fn tables_of_the_scene() {
    let scratch = with_scene();
    let (status, document) = scratch.json(&[&RUN[..], &["--json", "-o", "report"]].concat());
    assert_eq!(status, 0);
    insta::assert_snapshot!(fs::read_to_string(scratch.path("report/outputs.csv")).expect("written"));
    insta::assert_snapshot!(fs::read_to_string(scratch.path("report/images.csv")).expect("written"));
    // One image of the network's size: all ways to count are the same.
    let outputs = document["outputs"].as_array().expect("a list");
    for output in outputs {
        assert_eq!(output["network"], output["labels"]);
        let confusion = output["network"]["confusion"].as_array().expect("rows");
        let pixels: u64 = confusion
            .iter()
            .flat_map(|row| row.as_array().expect("columns"))
            .filter_map(serde_json::Value::as_u64)
            .sum();
        assert_eq!(pixels, 96 * 64);
    }
    let page = fs::read_to_string(scratch.path("report/index.html")).expect("written");
    assert_eq!(page.matches("data:image/png;base64,").count(), 4, "image, label, map and wrong pixels");
    assert!(!page.contains("http"), "the page needs no other");
}

/// The pixels of each class that `hwgen run` says the maps have.
#[test]
fn maps_are_those_of_run() {
    let scratch = with_scene();
    let (_, evaluated) = scratch.json(&[&RUN[..], &["--json"]].concat());
    let (_, run) = scratch.json(&["run", "--model", "q.safetensors", "--image", "images/scene.png", "--json"]);
    for (output, evaluated) in evaluated["outputs"].as_array().expect("a list").iter().enumerate() {
        for class in 0..9 {
            let rows = evaluated["network"]["confusion"].as_array().expect("rows");
            let predicted: u64 = rows.iter().filter_map(|row| row[class].as_u64()).sum();
            assert_eq!(run["outputs"][output]["pixels"][class], predicted, "output {output}, class {class}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let scratch = with_scene();
    for name in ["a", "b", "c"] {
        fs::copy(scratch.path("images/scene.png"), scratch.path(&format!("images/{name}.png"))).expect("copied");
        fs::copy(scratch.path("labels/scene.png"), scratch.path(&format!("labels/{name}.png"))).expect("copied");
    }
    let report = |threads: &str| {
        scratch.good(&[&RUN[..], &["--threads", threads, "-o", threads, "-q"]].concat());
        fs::read(scratch.path(&format!("{threads}/evaluation.json"))).expect("written")
    };
    assert_eq!(report("1"), report("3"));
}

#[test]
fn floats_are_near_the_integers() {
    let scratch = with_scene();
    let miou = |arguments: &[&str]| {
        let folders = ["--images", "images", "--labels", "labels", "--json"];
        let (status, document) = scratch.json(&[&["evaluate"][..], arguments, &folders].concat());
        assert_eq!(status, 0);
        document["outputs"][3]["network"]["miou"].as_f64().expect("a number")
    };
    let (float, integer) = (miou(&["--weights", "w.safetensors"]), miou(&["--model", "q.safetensors"]));
    assert!((float - integer).abs() < 0.05, "{float} {integer}");
}

#[test]
fn cycles_of_a_core_stand_beside() {
    let scratch = with_scene();
    scratch.good(&["emit", "--model", "q.safetensors", "--multipliers", "64", "-o", "core", "-q"]);
    let manifest = fs::read(scratch.path("core/manifest.json")).expect("emitted");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    let (_, document) = scratch.json(&[&RUN[..], &["--core", "core", "--json"]].concat());
    let last = manifest["prediction"]["outputs"][0]["last"].as_u64().expect("a cycle");
    assert_eq!(document["core"]["outputs"][0]["cycles"], last + 1);
    assert!(document["core"]["clock_mhz"].is_null());
    fs::create_dir(scratch.path("core/synth")).expect("writable");
    fs::write(scratch.path("core/synth/synth.json"), r#"{"clocks": [{"fmax_mhz": 50.0}]}"#).expect("writable");
    let (_, document) = scratch.json(&[&RUN[..], &["--core", "core", "--json"]].concat());
    let rate = document["core"]["outputs"][0]["frames_per_second"].as_f64().expect("a rate");
    assert!((rate - 50e6 / (last + 1) as f64).abs() < 1e-6);
}

#[test]
fn core_of_another_network() {
    let scratch = with_scene();
    scratch.good(&["emit", "--preset", "tiny", "--width", "9", "--multipliers", "64", "-o", "core", "-q"]);
    refused!(scratch, [&RUN[..], &["--core", "core"]].concat());
}

#[test]
fn neither_model_nor_weights() {
    refused!(with_scene(), ["evaluate", "--images", "images", "--labels", "labels"]);
}

#[test]
fn unknown_data_set() {
    refused!(with_scene(), [&RUN[..], &["--data-set", "kitti"]].concat());
}

#[test]
fn data_set_of_other_classes() {
    refused!(with_scene(), [&RUN[..], &["--data-set", "camvid"]].concat());
}

#[test]
fn image_without_a_label() {
    let scratch = with_scene();
    fs::copy(scratch.path("images/scene.png"), scratch.path("images/other.png")).expect("copied");
    refused!(scratch, RUN);
}

#[test]
fn label_without_an_image() {
    let scratch = with_scene();
    fs::copy(scratch.path("labels/scene.png"), scratch.path("labels/other.png")).expect("copied");
    refused!(scratch, RUN);
}

#[test]
fn label_that_is_a_photograph() {
    let scratch = with_scene();
    fs::copy(scratch.path("images/scene.png"), scratch.path("labels/scene.png")).expect("copied");
    refused!(scratch, RUN);
}

#[test]
fn folder_without_images() {
    let scratch = with_scene();
    fs::remove_file(scratch.path("images/scene.png")).expect("there");
    refused!(scratch, RUN);
}

#[test]
fn network_of_another_size() {
    let scratch = with_scene();
    let arguments = ["--image-size", "48x32", "--images", "images", "--labels", "labels"];
    refused!(scratch, [&["evaluate", "--weights", "w.safetensors"][..], &arguments].concat());
    // With --resize it works, and the labels have a size of their own.
    let (status, document) =
        scratch.json(&[&["evaluate", "--weights", "w.safetensors"][..], &arguments, &["--resize", "--json"]].concat());
    assert_eq!(status, 0);
    let pixels = |size: &str| -> u64 {
        let rows = document["outputs"][0][size]["confusion"].as_array().expect("rows");
        rows.iter().flat_map(|row| row.as_array().expect("columns")).filter_map(serde_json::Value::as_u64).sum()
    };
    assert_eq!((pixels("network"), pixels("labels")), (48 * 32, 96 * 64));
}

/// Folders `others` and `other_labels` with a scene of their own beside those of `with_scene`, and a core in `core`.
fn with_others() -> Scratch {
    let scratch = with_scene();
    for (from, to) in [("images", "others"), ("labels", "other_labels")] {
        fs::create_dir(scratch.path(to)).expect("writable");
        fs::copy(scratch.path(from).join("scene.png"), scratch.path(to).join("scene.png")).expect("copied");
    }
    scratch.good(&["emit", "--model", "q.safetensors", "--multipliers", "24", "-o", "core", "--quiet"]);
    scratch
}

const EXIT: [&str; 8] =
    ["--core", "core", "--exit", "--exit-images", "others", "--exit-labels", "other_labels", "--json"];

#[test]
fn thresholds_are_chosen_and_taken() {
    let scratch = with_others();
    let budget = ["--max-loss", "0.01", "-o", "exits"];
    let (status, document) = scratch.json(&[&RUN[..], &EXIT, &budget].concat());
    assert_eq!(status, 0);
    let result = &document["showing"];
    let fixed = document["fixed"].as_array().expect("a list");
    let best = fixed.iter().filter_map(|point| point["miou"].as_f64()).fold(0.0, f64::max);
    // the same image chose them, so that nothing is lost, and the least output that is as good is enough
    assert!(result["miou"].as_f64().expect("a number") >= best - 0.01, "{document}");
    let enough = fixed.iter().find(|point| point["miou"].as_f64() >= Some(best - 1e-4)).expect("the best");
    assert!(result["cycles"].as_f64() <= enough["cycles"].as_f64(), "{document}");
    for name in ["thresholds.json", "exit.csv", "exit.svg"] {
        assert!(scratch.path("exits").join(name).is_file(), "{name}");
    }

    scratch.good(&[
        "emit",
        "--model",
        "q.safetensors",
        "--multipliers",
        "24",
        "--thresholds",
        "exits/thresholds.json",
        "-o",
        "with",
        "--quiet",
    ]);
    let manifest = fs::read_to_string(scratch.path("with/manifest.json")).expect("emitted");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let of = |entry: &serde_json::Value| entry["threshold"].as_u64().expect("a number");
    let emitted: Vec<u64> = manifest["thresholds"].as_array().expect("a list").iter().map(of).collect();
    let chosen = document["thresholds"].as_array().expect("a list").iter().filter_map(serde_json::Value::as_u64);
    assert_eq!(emitted, chosen.collect::<Vec<_>>());
}

#[test]
fn thresholds_are_not_shown_on_what_chose_them() {
    let scratch = with_others();
    fs::remove_dir_all(scratch.path("others")).expect("there");
    std::os::unix::fs::symlink(scratch.path("images"), scratch.path("others")).expect("made");
    refused!(scratch, [&RUN[..], &EXIT, &["--budget-cycles", "200000"]].concat());
}

#[test]
fn budget_below_the_first_output() {
    refused!(with_others(), [&RUN[..], &EXIT, &["--budget-cycles", "10"]].concat());
}

#[test]
fn budget_in_frames_without_a_clock() {
    refused!(with_others(), [&RUN[..], &EXIT, &["--budget-fps", "100"]].concat());
}

#[test]
fn thresholds_of_another_model() {
    let scratch = with_others();
    scratch
        .write("t.json", r#"{"schema_version": 1, "model_sha256": "00", "outputs": [{"output": 1, "threshold": 5}]}"#);
    refused!(scratch, ["emit", "--model", "q.safetensors", "--thresholds", "t.json", "-o", "new"]);
}
