//! `hwgen play` against a simulated board: the emitted top of a board in Verilator, its serial line on a
//! pseudo-terminal. Needs Verilator; without it a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, root};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Clocks a bit on the simulated line: as few as the receiver takes.
const DIV: &str = "4";
/// A core that compiles in seconds; the FIRE1 button resets it.
const EMIT: &str = "emit --preset tiny --width 2 --scales 2 --iterations 3 --outputs all --classes 3 \
                    --image-size 17x16 --multipliers 16 --board ulx3s-85f --quiet -o core";

/// The compiled board; none without Verilator.
fn board() -> Option<Scratch> {
    let here = Command::new("verilator").arg("--version").output().is_ok();
    let ci = std::env::var("CI").is_ok_and(|v| v == "true");
    assert!(here || !ci, "verilator is not installed (make setup installs it)");
    if !here {
        eprintln!("skipped: verilator is not installed (make setup installs it)");
        return None;
    }
    let scratch = Scratch::new();
    scratch.good(&EMIT.split_whitespace().collect::<Vec<_>>());
    compile(&scratch.path("core"), &scratch.path("simulated"));
    Some(scratch)
}

/// Compiles the board's top of an emitted folder into a program that runs inside that folder.
fn compile(core: &Path, into: &Path) {
    let manifest: Value = serde_json::from_slice(&std::fs::read(core.join("manifest.json")).expect("a manifest"))
        .expect("the manifest is JSON");
    let sources = [&manifest["board"]["sources"], &manifest["sources"]];
    let sources = sources.into_iter().flat_map(|list| list.as_array().expect("a list"));
    let output = Command::new("verilator")
        .args(["--cc", "--exe", "--build", "-j", "2", "-O3", "--x-initial", "unique", "--top-module", "itnet_board"])
        .arg(format!("-GDIV={DIV}"))
        .args(["-CFLAGS", "-O0 -std=c++17", "--Mdir"])
        .arg(into)
        .arg("lint.vlt")
        .args(sources.map(|name| name.as_str().expect("a path")))
        .arg(root().join("tests/tests/board/uart_pty.cpp"))
        .current_dir(core)
        .output()
        .expect("verilator starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A running simulation, ended with this value.
struct Simulated {
    process: Child,
    port: String,
}

impl Simulated {
    /// Starts it; `spoilt` are the bytes, to and from the board, that arrive with a wrong bit.
    fn start(scratch: &Scratch, spoilt: [i64; 2]) -> Self {
        let mut process = Command::new(scratch.path("simulated/Vitnet_board"))
            .arg(DIV)
            .args(spoilt.map(|byte| byte.to_string()))
            .current_dir(scratch.path("core"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the simulation starts");
        let mut port = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut port).expect("a line");
        Self { process, port: port.trim_end().to_owned() }
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Images of the core's size, and one of another.
fn images(scratch: &Scratch) -> [PathBuf; 2] {
    let picture = root().join("examples/tiny/scene.png");
    let small = scratch.path("small.png");
    if !small.exists() {
        let maps = scratch.path("resized");
        let arguments = ["run", "--model", "core/model.safetensors", "--resize", "--image"];
        let arguments = [&arguments[..], &[picture.to_str().expect("UTF-8"), "--maps", "resized"]].concat();
        scratch.good(&arguments);
        std::fs::copy(maps.join("resized.png"), &small).expect("a resized image");
    }
    [small, picture]
}

fn play(scratch: &Scratch, port: &str, more: &[&str]) -> (i32, Value, String) {
    let output = scratch.run(&[&["play", "--port", port, "--json"][..], more].concat());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().expect("hwgen was not killed");
    (code, serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), errors)
}

/// One test, as the board takes a minute to compile.
#[test]
fn a_simulated_board_can_be_played_to() {
    let Some(scratch) = board() else { return };
    frames_go_in_and_the_golden_maps_come_out(&scratch);
    a_wrong_bit_is_noticed_on_both_ways_and_nothing_sticks(&scratch);
    another_core_and_another_size_are_refused(&scratch);
}

fn frames_go_in_and_the_golden_maps_come_out(scratch: &Scratch) {
    let simulated = Simulated::start(scratch, [-1, -1]);
    let [small, large] = images(scratch).map(|path| path.to_str().expect("UTF-8").to_owned());
    let more = ["--core", "core", "--check", "--resize", "--maps", "played", &small, &large, &small];
    let (code, report, errors) = play(scratch, &simulated.port, &more);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(report["bit_exact"], true);
    assert_eq!(report["frames"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["frames"][1]["outputs"], serde_json::json!([1, 2, 3]));
    // The files are those of `hwgen run`.
    scratch.good(&["run", "--model", "core/model.safetensors", "--image", &small, "--maps", "golden"]);
    for name in ["m_01.png", "m_02.png", "m_03.png", "overlay_03.png"] {
        let read = |folder: &str| std::fs::read(scratch.path(folder).join(name)).expect("a map");
        assert_eq!(read("played"), read("golden"), "{name}");
    }
    assert!(scratch.path("played/frame_01_resized.png").exists());

    // The same board again, with other settings: a hello begins anew.
    let (code, report, errors) =
        play(scratch, &simulated.port, &["--core", "core", "--check", "--iterations", "2", &small]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(report["frames"][0]["outputs"], serde_json::json!([1, 2]));
    let (code, report, errors) =
        play(scratch, &simulated.port, &["--core", "core", "--check", "--threshold", "1", &small]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(report["frames"][0]["outputs"], serde_json::json!([1]));
}

fn a_wrong_bit_is_noticed_on_both_ways_and_nothing_sticks(scratch: &Scratch) {
    let [small, _] = images(scratch).map(|path| path.to_str().expect("UTF-8").to_owned());
    // A byte in the middle of the image, and one of the last map.
    for spoilt in [[400, -1], [-1, 250]] {
        let simulated = Simulated::start(scratch, spoilt);
        let (code, _, errors) = play(scratch, &simulated.port, &["--timeout", "5", &small]);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains("CRC mismatch"), "{errors}");
        let (code, report, errors) = play(scratch, &simulated.port, &["--core", "core", "--check", &small]);
        assert_eq!(code, 0, "{errors}");
        assert_eq!(report["bit_exact"], true);
    }
}

fn another_core_and_another_size_are_refused(scratch: &Scratch) {
    let simulated = Simulated::start(scratch, [-1, -1]);
    let [small, large] = images(scratch).map(|path| path.to_str().expect("UTF-8").to_owned());
    let (code, _, errors) = play(scratch, &simulated.port, &[&large]);
    assert_eq!(code, 2);
    assert!(errors.contains("hwgen::cli::image_size"), "{errors}");
    let other = EMIT.replace("--multipliers 16", "--multipliers 32").replace("-o core", "-o other");
    scratch.good(&other.split_whitespace().collect::<Vec<_>>());
    let (code, _, errors) = play(scratch, &simulated.port, &["--core", "other", &small]);
    assert_eq!(code, 2);
    assert!(errors.contains("hwgen::play::other_core"), "{errors}");
}
