//! Where compiled designs are kept.
//!
//! Owns: the folder, its entries and their locks. An entry appears at once, by renaming, and never changes; two
//! processes that want the same one wait for each other. Leaves alone: what an entry contains.

use super::error::CosimError;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of immutable entries, named by the hash of what they were made from.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// Collects what an entry depends on.
#[derive(Clone)]
pub(crate) struct Key(Sha256);

impl Key {
    /// A key for entries of `kind`.
    pub(crate) fn new(kind: &str) -> Self {
        Self(Sha256::new()).with("kind", kind.as_bytes())
    }

    /// Adds one named item.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, content: &[u8]) -> Self {
        for part in [name.as_bytes(), content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
        self
    }

    /// 24 hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        self.0.finalize().iter().take(12).fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        })
    }
}

impl Cache {
    /// `HWGEN_CACHE`, or `hwgen` in the user's cache folder, or in the system's temporary folder.
    pub fn standard() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = variable("HWGEN_CACHE")
            .or_else(|| variable("XDG_CACHE_HOME").map(|path| path.join("hwgen")))
            .or_else(|| variable("HOME").map(|path| path.join(".cache").join("hwgen")))
            .unwrap_or_else(|| std::env::temp_dir().join("hwgen-cache"));
        Self::at(folder)
    }

    /// A cache in `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder: std::path::absolute(&folder).unwrap_or(folder) }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The entry `name`; if there is none yet, `make` fills an empty folder that then becomes it.
    /// Returns its path and whether it was there already.
    pub(crate) fn entry(
        &self,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), CosimError>,
    ) -> Result<(PathBuf, bool), CosimError> {
        let path = self.folder.join(name);
        if path.is_dir() {
            return Ok((path, true));
        }
        fs::create_dir_all(&self.folder).map_err(CosimError::file("create", &self.folder))?;
        let lock_path = self.folder.join(format!("{name}.lock"));
        let lock = File::create(&lock_path).map_err(CosimError::file("create", &lock_path))?;
        lock.lock().map_err(CosimError::file("lock", &lock_path))?;
        if path.is_dir() {
            return Ok((path, true));
        }
        self.sweep();
        let work = Work::new(&self.folder)?;
        make(&work.path)?;
        fs::rename(&work.path, &path).map_err(CosimError::file("create", &path))?;
        // Whoever waits holds the same file open; later comers find the entry.
        let _ = fs::remove_file(&lock_path);
        Ok((path, false))
    }

    /// The name of the entry with this key, and whether its maker has to remove it: an entry that is not to be kept
    /// gets a name that nobody else can find, unless a kept one is there already.
    pub(crate) fn name(&self, kind: &str, key: &str, keep: bool) -> (String, bool) {
        let name = format!("{kind}-{key}");
        if keep || self.folder.join(&name).is_dir() { (name, false) } else { (own_name("once"), true) }
    }

    /// Removes an entry.
    pub(crate) fn remove(&self, name: &str) {
        let _ = fs::remove_dir_all(self.folder.join(name));
    }

    /// Removes what killed processes left behind. Only where the system tells which processes live.
    fn sweep(&self) {
        let (true, Ok(entries)) = (Path::new("/proc/self").exists(), fs::read_dir(&self.folder)) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let own = name.to_str().and_then(|n| n.strip_prefix("work-").or_else(|| n.strip_prefix("once-")));
            let process = own.and_then(|n| n.split(['-', '.']).next());
            if process.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
                let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
            }
        }
    }
}

/// A name that no other process and no other call uses.
fn own_name(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{kind}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An entry in the making; goes away unless it was renamed.
struct Work {
    path: PathBuf,
}

impl Work {
    fn new(folder: &Path) -> Result<Self, CosimError> {
        let path = folder.join(own_name("work"));
        fs::create_dir_all(&path).map_err(CosimError::file("create", &path))?;
        Ok(Self { path })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
