//! The emitter: turns a design into (path, bytes) pairs. Writes no file itself.

mod driver;
mod file;
mod ipxact;
pub mod library;
mod manifest;
mod memory;
mod pack;
pub mod ports;
mod report;
pub mod roles;
mod tables;
mod top;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::design::Design;
use crate::plan::Plan;

pub use file::{File, hex};
pub use library::Library;
pub use memory::MemoryFile;

/// The files of a core, and what its manifest says of them.
pub struct CoreFiles<'a> {
    design: &'a Design,
    command: &'a str,
    tables: tables::Tables,
    memories: Vec<MemoryFile>,
    hash: u32,
    files: Vec<File>,
}

impl<'a> CoreFiles<'a> {
    /// Everything but the manifest, of modules of `library`. `command` is what the headers say made it.
    pub fn new(design: &'a Design, library: &Library, model_bytes: Vec<u8>, command: &'a str) -> Self {
        let memories = memory::memories(design);
        let model_hash = hex(&model_bytes);
        let tables = tables::Tables::new(design);
        let hash = config_hash(design, &model_hash);
        let mut files: Vec<File> = Vec::new();
        let top = top::top(design, &tables, command, &model_hash, hash);
        let modules = library.needed(&top, &top::absent(design));
        let of_families = library.families(&modules);
        let copied = modules.iter().chain(&of_families);
        files.extend(copied.map(|path| (library::emitted(path), library.text(path).into())));
        files.push((TOP.into(), top.into_bytes()));
        files.push((PINS.into(), ports::pins(design).into_bytes()));
        files.extend(memories.iter().map(|memory| (memory.path(), memory.text().into_bytes())));
        files.push(("model.safetensors".into(), model_bytes));
        files.push(("report.json".into(), report::report(design, &memories)));
        files.extend(driver::files(design, hash));
        files.push(("timeline.json".into(), report::timeline(design)));
        files.push((LINT.into(), library.text(LINT).into()));
        files.push(("probes.vlt".into(), manifest::probe_waivers().into_bytes()));
        let mut core = Self { design, command, tables, memories, hash, files };
        let facts = ipxact::Facts { hash, sources: core.sources(), memories: core.memories() };
        let component = ipxact::component(design, &facts);
        core.files.push(("component.xml".into(), component));
        core.files.push(("vivado_package.tcl".into(), VIVADO.into()));
        core
    }

    /// Paths of the core's Verilog files, packages first; of the technology layer the generic ones.
    pub fn sources(&self) -> Vec<&str> {
        let of_core = |path: &&str| *path == TOP || path.starts_with("rtl/") && !library::is_of_family(path);
        self.paths("sv").filter(of_core).collect()
    }

    /// Paths of what synthesis for a family reads in the place of generic files.
    pub fn of_families(&self) -> Vec<&str> {
        self.paths("sv").filter(|path| library::is_of_family(path)).collect()
    }

    /// Paths of its memory files.
    pub fn memories(&self) -> Vec<&str> {
        self.paths("hex").collect()
    }

    /// Paths of the files with an extension, in the order of the list.
    fn paths<'b>(&'b self, extension: &'b str) -> impl Iterator<Item = &'b str> {
        let has = move |path: &&str| std::path::Path::new(path).extension().is_some_and(|e| e == extension);
        self.files.iter().map(|(path, _)| path.as_str()).filter(has)
    }

    /// The whole folder: the core, the files `around` it, and the manifest of all of them with further `sections`.
    pub fn into_folder(self, around: Vec<File>, sections: Vec<(&'static str, Value)>) -> Vec<File> {
        let sources = self.sources().into_iter().map(str::to_owned).collect::<Vec<_>>();
        let Self { design, command, tables, memories, hash, mut files } = self;
        files.extend(around);
        let facts = manifest::Facts { tables: &tables, memories: &memories, files: &files, sources, command, hash };
        let manifest = manifest::manifest(design, &facts, sections);
        files.push(("manifest.json".into(), manifest));
        files.sort();
        files
    }
}

/// The configuration hash that register HASH shows: model, folding, feedback and, unless they have one pixel, beats.
pub fn config_hash(design: &Design, model_hash: &str) -> u32 {
    let Plan { folding, feedback, beat, .. } = &design.plan;
    let beat = if *beat > 1 { format!(" {beat}") } else { String::new() };
    let text = format!("{model_hash} {} {feedback:?}{beat}", folding.fingerprint());
    let digest = Sha256::digest(text.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// A script for a tool that reads no IP-XACT of 2014.
const VIVADO: &str = include_str!("emit/vivado_package.tcl");
/// The file of the core's top module.
pub const TOP: &str = "itnet_top.sv";
/// The library's waivers for Verilator, each with its reason.
const LINT: &str = "lint.vlt";
/// The wrapper for place and route; no part of the core.
pub const PINS: &str = "itnet_pins.sv";
/// Its module.
pub const PINS_TOP: &str = "itnet_pins";
