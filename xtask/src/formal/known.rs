//! tests/formal/results.json: of each proof and mutant that ended as it should the digest of what it read then.

use crate::run::{self, Result};
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "tests/formal/results.json";

/// The file, as it was read and as it grows.
pub struct Known(BTreeMap<String, String>);

impl Known {
    /// What the file says; nothing, where there is none.
    pub fn read() -> Result<Self> {
        if !Path::new(FILE).exists() {
            return Ok(Self(BTreeMap::new()));
        }
        let text = std::fs::read_to_string(FILE).map_err(|e| format!("{FILE}: {e}"))?;
        Ok(Self(serde_json::from_str(&text).map_err(|e| format!("{FILE}: {e}"))?))
    }

    /// Whether the job ended as it should when it read the same.
    pub fn has(&self, job: &str, digest: &str) -> bool {
        self.0.get(job).is_some_and(|known| known == digest)
    }

    /// Keeps that it did, in the file too, and what another run wrote there meanwhile.
    pub fn put(&mut self, job: &str, digest: String) -> Result<()> {
        if self.has(job, &digest) {
            return Ok(());
        }
        self.0 = Self::read()?.0;
        self.0.insert(job.to_owned(), digest);
        run::write(Path::new(FILE), &(serde_json::to_string_pretty(&self.0)? + "\n"))
    }
}
