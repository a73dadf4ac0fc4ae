//! `hwgen explore` on small grids, and what it says to grids and tables that are none.

use hwgen_tests::Scratch;
use std::fmt::Write;
use std::fs;

const GRID: &str = "preset: tiny\nwidth: [8, 12]\niterations: [2, 4]\nbits: {weights: [4, 8]}\nmultipliers: [24, 64]\n";

fn with_grid(grid: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("grid.yaml", grid);
    scratch
}

const RUN: [&str; 5] = ["explore", "--grid", "grid.yaml", "-o", "out"];

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

fn rows(scratch: &Scratch) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(scratch.path("out/points.json")).expect("written");
    serde_json::from_str(&text).expect("a list")
}

#[test]
fn tables_of_a_small_grid() {
    let scratch = with_grid(GRID);
    scratch.good(&[&RUN[..], &["-q"]].concat());
    insta::assert_snapshot!(fs::read_to_string(scratch.path("out/points.csv")).expect("written"));
    assert_eq!(rows(&scratch).len(), 16);
    let page = fs::read_to_string(scratch.path("out/index.html")).expect("written");
    assert!(page.contains("hwgen emit --width 8") && !page.contains("src="), "the page needs no other");
    let mut names: Vec<_> =
        fs::read_dir(scratch.path("out")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    names.sort();
    assert_eq!(names, ["index.html", "points.csv", "points.json"]);
}

/// The exact schedule of a front's point is what `emit` says of the same command, or `emit` found something faster.
#[test]
fn commands_of_the_front_can_be_run() {
    let scratch = with_grid("preset: tiny\nmultipliers: 64\n");
    let (status, document) = scratch.json(&[&RUN[..], &["--json"]].concat());
    assert_eq!(status, 0);
    let best = &document["front"][0];
    assert_eq!(best["exact"], true);
    let command = best["command"].as_str().expect("a command");
    let arguments: Vec<&str> = command.split(' ').skip(1).chain(["-o", "core", "--json", "-q"]).collect();
    scratch.json(&arguments);
    let manifest = fs::read(scratch.path("core/manifest.json")).expect("emitted");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    let emitted = manifest["prediction"]["cycles"].as_u64().expect("cycles");
    let explored = best["cycles"].as_u64().expect("cycles");
    assert!(emitted as f64 <= explored as f64 * 1.001, "{emitted} {explored}");
    assert!(emitted as f64 >= explored as f64 * 0.9, "{emitted} {explored}");
}

#[test]
fn accuracies_make_the_front() {
    let scratch = with_grid(GRID);
    scratch
        .write("runs.csv", "run,width,iterations,miou\na,8,2,0.5\na,8,4,0.6\nb,12,2,0.55\nc,12,4,0.58\nc,12,4,0.57\n");
    let (status, document) = scratch.json(&[&RUN[..], &["--accuracy", "runs.csv", "--json"]].concat());
    assert_eq!(status, 0);
    assert_eq!(document["measured"], 16);
    let front = document["front"].as_array().expect("a list");
    assert_eq!(front[0]["miou"], 0.6);
    assert!(front.iter().all(|row| !(row["width"] == 12 && row["iterations"] == 4)), "8 wide is better and cheaper");
}

#[test]
fn a_device_says_what_is_short() {
    let scratch = with_grid("preset: paper\nmultipliers: [64, 2000]\n");
    scratch.good(&[&RUN[..], &["--device", "ecp5-25k", "-q"]].concat());
    let rows = rows(&scratch);
    assert!(rows.iter().all(|row| row["fits"] == false));
    assert!(rows[1]["missing"].as_str().expect("text").contains("LUTs"), "{}", rows[1]["missing"]);
}

#[test]
fn unfinished_work_goes_on() {
    let scratch = with_grid(GRID);
    // Nothing is as fast, so that all points stay estimates.
    let run = [&RUN[..], &["--min-fps", "1000000000"]].concat();
    scratch.good(&run);
    let whole = fs::read(scratch.path("out/points.json")).expect("written");
    // As an interruption leaves it: some lines, the last one cut.
    let mut lines = format!("{{\"hwgen\":\"{}\",\"clock_mhz\":null}}\n", env!("CARGO_PKG_VERSION"));
    for row in rows(&scratch).iter().take(5) {
        let _ = writeln!(lines, "{row}");
    }
    fs::write(scratch.path("out/explore.partial.jsonl"), &lines[..lines.len() - 20]).expect("writable");
    let text = scratch.transcript(&run);
    assert!(text.contains("going on with 4 points"), "{text}");
    assert_eq!(fs::read(scratch.path("out/points.json")).expect("written"), whole);
}

#[test]
fn unknown_field() {
    refused!(with_grid("preset: tiny\nwidht: 8\n"), RUN);
}

#[test]
fn empty_range() {
    refused!(with_grid("preset: tiny\nwidth: {from: 12, to: 8}\n"), RUN);
}

#[test]
fn point_that_is_no_network() {
    refused!(with_grid("preset: tiny\nscales: [3, 9]\n"), RUN);
}

#[test]
fn more_than_a_million_points() {
    let grid = "width: {from: 1, to: 256}\nclasses: {from: 1, to: 256}\nscales: {from: 1, to: 5}\nexpansion: {from: 1, to: 8}\n";
    refused!(with_grid(grid), RUN);
}

#[test]
fn nothing_below_the_limit() {
    refused!(with_grid("preset: tiny\n"), [&RUN[..], &["--max-macs", "1k"]].concat());
}

#[test]
fn accuracies_without_miou() {
    let scratch = with_grid(GRID);
    scratch.write("runs.csv", "width,iou\n8,0.5\n");
    let text = scratch.transcript(&[&RUN[..], &["--accuracy", "runs.csv"]].concat());
    assert!(text.contains("exit status: 2"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn accuracy_of_a_network_that_the_grid_lacks() {
    let scratch = with_grid(GRID);
    scratch.write("runs.csv", "width,miou\n8,0.5\n9,0.5\n");
    let text = scratch.transcript(&[&RUN[..], &["--accuracy", "runs.csv"]].concat());
    assert!(text.contains("exit status: 2"), "{text}");
    insta::assert_snapshot!(text);
}
