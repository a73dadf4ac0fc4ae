//! The commands of the guide (`docs/guide/`) as a reader would type them: every block marked `<!-- run -->` is run, page by
//! page, in a folder that has `weights/` and `examples/` of the project. `<!-- run: fpga -->` needs place and route and is
//! left to `make bench-fpga`.

use hwgen_tests::{Scratch, has_verilator, hwgen_path, root};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The blocks of a page that are to be run, in its order.
fn blocks(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "<!-- run -->" {
            continue;
        }
        assert_eq!(lines.next().map(str::trim), Some("```sh"), "a marked block begins with ```sh");
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        found.push(block.fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        }));
    }
    found
}

fn pages() -> Vec<PathBuf> {
    let folder = root().join("docs/guide");
    let entries = std::fs::read_dir(folder).expect("the guide is there");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    pages.sort();
    pages
}

/// The project's folders that the commands name, and hwgen on the path.
fn shell(scratch: &Scratch, block: &str) -> Command {
    let binaries = hwgen_path().parent().unwrap_or(Path::new("."));
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", block]).current_dir(scratch.path("")).env("PATH", path);
    command
}

#[test]
fn the_commands_of_the_guide_work() {
    if !has_verilator() {
        return;
    }
    let mut run = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page can be read");
        let scratch = Scratch::new();
        for folder in ["weights", "examples"] {
            std::os::unix::fs::symlink(root().join(folder), scratch.path(folder)).expect("the folder can be written");
        }
        for block in blocks(&text) {
            let output = shell(&scratch, &block).output().expect("bash starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}:\n{block}\n{said}", page.display());
            run += 1;
        }
    }
    assert!(run >= 6, "only {run} blocks were found");
}

#[test]
fn a_marked_block_is_found() {
    let page = "text\n<!-- run -->\n```sh\na\nb\n```\n```sh\nnot me\n```\n<!-- run: fpga -->\n```sh\nc\n```\n";
    assert_eq!(blocks(page), ["a\nb\n"]);
}
