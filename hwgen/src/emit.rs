//! The emitter: turns a design into (path, bytes) pairs. Writes no file itself.

mod files;
mod library;
mod manifest;
mod memory;
mod pack;
mod ports;
mod report;
mod shell;
mod tables;
mod top;

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::design::Design;

pub use memory::MemoryFile;
pub use shell::{Shell, VideoClock};

/// One emitted file: its path inside the folder, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// Emits the whole folder: the core and what surrounds it. `command` is what the headers say made it.
pub fn emit(design: &Design, shell: &Shell, model_bytes: Vec<u8>, command: &str) -> Vec<File> {
    let memories = memory::memories(design);
    let model_hash = hex(&model_bytes);
    let tables = tables::Tables::new(design);
    let hash = config_hash(design, &model_hash);
    let mut files: Vec<File> = Vec::new();
    files.push((TOP.into(), top::top(design, &tables, command, &model_hash, hash).into_bytes()));
    files.push((PINS.into(), ports::pins(design).into_bytes()));
    files.extend(library::modules(design).into_iter().map(|(name, text)| (format!("rtl/{name}"), text.into())));
    files.push((library::ECP5_MAP.0.into(), library::ECP5_MAP.1.into()));
    files.extend(memories.iter().map(|memory| (memory.path(), memory.text().into_bytes())));
    files.push(("model.safetensors".into(), model_bytes));
    files.push(("report.json".into(), report::report(design, &memories)));
    files.extend(shell.files(design));
    files.extend(files::build_files(design, shell, &files));
    let manifest = manifest::manifest(design, shell, &tables, &memories, &files, command, hash);
    files.push(("manifest.json".into(), manifest));
    files.sort();
    files
}

/// The configuration hash that the core shows at address 0x08: model, folding and feedback.
pub fn config_hash(design: &Design, model_hash: &str) -> u32 {
    let text = format!("{model_hash} {:?} {:?}", design.plan.folding, design.plan.feedback);
    let digest = Sha256::digest(text.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// SHA-256 in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The core.
const TOP: &str = "itnet_top.sv";
/// The wrapper for place and route; no part of the core.
const PINS: &str = "itnet_pins.sv";

/// Paths of the core's Verilog files.
fn sources(files: &[File]) -> Vec<&str> {
    with_extension(files, "sv").into_iter().filter(|path| *path == TOP || path.starts_with("rtl/")).collect()
}

/// Paths of the files with an extension, in the order of the list.
fn with_extension<'a>(files: &'a [File], extension: &str) -> Vec<&'a str> {
    files
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| std::path::Path::new(path).extension().is_some_and(|e| e == extension))
        .collect()
}
