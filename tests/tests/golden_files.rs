//! The emitted `tiny` core against committed files, so that a change of the emitter shows as a diff to be read, and two
//! emissions against each other. `make golden` (`HWGEN_UPDATE_GOLDEN=1`) writes the files anew.

use hwgen_tests::{Scratch, root};
use std::collections::BTreeMap;
use std::path::Path;

const COMMAND: [&str; 9] = ["emit", "--preset", "tiny", "--seed", "1", "--multipliers", "64", "-o", "core"];

fn emitted() -> Scratch {
    let scratch = Scratch::new();
    scratch.good(&COMMAND);
    scratch
}

/// The manifest without the library's hashes: the library is in `rtl/`, where its diffs are read already.
fn manifest(text: &str) -> String {
    let mut document: serde_json::Value = serde_json::from_str(text).expect("the manifest is JSON");
    let files = document["files"].as_object_mut().expect("the manifest has files");
    for (name, hash) in files {
        if name.starts_with("rtl/") {
            *hash = "in rtl/".into();
        }
    }
    serde_json::to_string_pretty(&document).expect("JSON") + "\n"
}

fn compare(name: &str, got: &str) {
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("HWGEN_UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("tests/golden can be written");
        std::fs::write(&path, got).expect("tests/golden can be written");
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(line) = wanted.lines().zip(got.lines()).position(|(a, b)| a != b) {
        let show = |text: &str| text.lines().nth(line).unwrap_or_default().to_owned();
        panic!("{name}:{}\n wanted {}\n    got {}\nif that is meant: make golden", line + 1, show(&wanted), show(got));
    }
    assert_eq!(wanted.len(), got.len(), "{name}: one is the beginning of the other; if that is meant: make golden");
}

#[test]
fn the_tiny_core_is_the_committed_one() {
    let scratch = emitted();
    let read = |name: &str| std::fs::read_to_string(scratch.path("core").join(name)).expect("an emitted file");
    compare("tiny/itnet_top.sv", &read("itnet_top.sv"));
    compare("tiny/manifest.json", &manifest(&read("manifest.json")));
}

#[test]
fn tops_whose_state_leaves_are_the_committed_ones() {
    for kind in ["stream", "axi"] {
        let scratch = Scratch::new();
        scratch.good(&[&COMMAND[..], &["--feedback", kind]].concat());
        let top = std::fs::read_to_string(scratch.path("core/itnet_top.sv")).expect("an emitted file");
        compare(&format!("tiny-{kind}/itnet_top.sv"), &top);
    }
}

#[test]
fn emitting_twice_gives_the_same_bytes() {
    let (one, other) = (emitted(), emitted());
    let (first, second) = (files(&one.path("core")), files(&other.path("core")));
    assert!(first.len() > 50, "{} files", first.len());
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(bytes == &second[name], "{name} differs");
    }
}

#[test]
fn nothing_of_this_machine_is_emitted() {
    let scratch = emitted();
    let folder = scratch.path("").display().to_string();
    let home = std::env::var("HOME").unwrap_or_default();
    for (name, bytes) in files(&scratch.path("core")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(folder.trim_end_matches('/')), "{name} holds the output folder's path");
        assert!(home.len() < 3 || !text.contains(&home), "{name} holds the home folder's path");
    }
}

/// Every file below a folder by relative name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else { continue };
        for path in entries.map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").display().to_string();
                all.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    all
}
