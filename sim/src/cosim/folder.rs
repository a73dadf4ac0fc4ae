//! Whether an emitted folder is still what its manifest says.
//!
//! Owns: comparing the files with the manifest's list and hashes. Leaves alone: what follows from a difference; an
//! engineer may well change the Verilog and simulate it.

use super::error::CosimError;
use super::manifest::Manifest;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What the folder's own Makefile and `hwgen synth`, `cosim`, `evaluate` and `quantize` make; it can be made again.
const MADE_BY_TOOLS: [&str; 5] = ["calibration.json", "cosim", "evaluate", "obj_dir", "synth"];

/// Paths, relative to the folder, by what happened to them since it was emitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Other bytes than the manifest's hash says.
    pub changed: Vec<String>,
    /// Listed in the manifest, not there.
    pub missing: Vec<String>,
    /// Not listed in the manifest, and not made by the folder's Makefile.
    pub foreign: Vec<String>,
}

impl Differences {
    /// Compares `folder` with its manifest.
    pub fn find(folder: &Path, manifest: &Manifest) -> Result<Self, CosimError> {
        let mut found = Self::default();
        for (name, hash) in &manifest.files {
            let path = folder.join(name);
            match fs::read(&path) {
                Ok(bytes) if hex(&Sha256::digest(&bytes)) == *hash => {}
                Ok(_) => found.changed.push(name.clone()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => found.missing.push(name.clone()),
                Err(error) => return Err(CosimError::file("read", path)(error)),
            }
        }
        let mut present = BTreeSet::new();
        list(folder, "", &mut present).map_err(CosimError::file("read", folder))?;
        found.foreign =
            present.into_iter().filter(|name| name != "manifest.json" && !manifest.files.contains_key(name)).collect();
        Ok(found)
    }
}

/// All files below `folder`, with `/`, but what tools made.
fn list(folder: &Path, above: &str, names: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if MADE_BY_TOOLS.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.insert(name);
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
