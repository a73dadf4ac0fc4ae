//! Where compiled designs are kept.
//!
//! Owns: the folder, its entries and their locks. An entry appears at once, by renaming, and never changes; two
//! processes that want the same one wait for each other. What an entry holds is loaded into this process: it has to be
//! the user's own, and as it was made (`seal`). Leaves alone: what an entry contains.

use super::error::CosimError;
use super::seal;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Form of the entries; another one gives other keys.
const LAYOUT: &[u8] = b"2";

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
        Self(Sha256::new()).with("layout", LAYOUT).with("kind", kind.as_bytes())
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

/// An entry that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its folder.
    pub(crate) path: PathBuf,
    /// It was there already.
    pub(crate) cached: bool,
    /// One was there that had been changed since it was made; this is a new one.
    pub(crate) was_damaged: bool,
}

impl Cache {
    /// `HWGEN_CACHE`, or `hwgen` in the user's cache folder, or in the system's temporary folder one that bears the
    /// user's number.
    pub fn standard() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let user = nix::unistd::geteuid();
        let home = || {
            let known = nix::unistd::User::from_uid(user).ok().flatten().map(|user| user.dir);
            variable("HOME").or(known.filter(|folder| folder.is_dir()))
        };
        let folder = variable("HWGEN_CACHE")
            .or_else(|| variable("XDG_CACHE_HOME").map(|path| path.join("hwgen")))
            .or_else(|| home().map(|path| path.join(".cache").join("hwgen")))
            .unwrap_or_else(|| std::env::temp_dir().join(format!("hwgen-cache-{user}")));
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

    fn failed(&self, action: &str) -> impl Fn(std::io::Error) -> CosimError {
        let (folder, action) = (self.folder.clone(), action.to_owned());
        move |source| CosimError::Cache { folder: folder.clone(), reason: format!("cannot {action}: {source}") }
    }

    /// The entry `name`; if there is none yet, or a damaged one, `make` fills an empty folder that then becomes it.
    pub(crate) fn entry(
        &self,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), CosimError>,
    ) -> Result<Entry, CosimError> {
        let path = self.folder.join(name);
        let found = || Entry { path: path.clone(), cached: true, was_damaged: false };
        let create = || fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder);
        create().map_err(self.failed("create it"))?;
        seal::check_owner(&self.folder).map_err(|reason| CosimError::Cache { folder: self.folder.clone(), reason })?;
        if seal::is_whole(&path) {
            return Ok(found());
        }
        let lock_path = self.folder.join(format!("{name}.lock"));
        let locked = File::create(&lock_path).and_then(|lock| lock.lock().map(|()| lock));
        let _lock = locked.map_err(self.failed("write in it"))?;
        // Whoever waits holds the same file open; later comers find the entry.
        let _lock_file = Unfinished::new(lock_path);
        if seal::is_whole(&path) {
            return Ok(found());
        }
        let was_damaged = path.symlink_metadata().is_ok();
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path).or(Ok(())) };
        gone.map_err(self.failed("remove a damaged entry"))?;
        self.sweep();
        let work = Unfinished::new(self.folder.join(own_name("work")));
        fs::create_dir(&work.path).map_err(self.failed("write in it"))?;
        make(&work.path)?;
        seal::seal(&work.path).map_err(self.failed("write in it"))?;
        work.rename(&path).map_err(self.failed("write in it"))?;
        Ok(Entry { path, cached: false, was_damaged })
    }

    /// The name of the entry with this key, and whether its maker has to remove it: an entry that is not to be kept
    /// gets a name that nobody else can find, unless a kept one is there already.
    pub(crate) fn name(&self, kind: &str, key: &str, keep: bool) -> (String, bool) {
        let name = format!("{kind}-{key}");
        if keep || self.folder.join(&name).is_dir() { (name, false) } else { (own_name("once"), true) }
    }

    /// What removes an entry that is not to be kept, at the latest when the process is interrupted.
    pub(crate) fn removal(&self, name: &str) -> Unfinished {
        Unfinished::new(self.folder.join(name))
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

/// Files and folders of this process that are not to stay.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what this process has begun and not ended in caches, and lets it begin nothing else: for the end of the
/// process, after that of its compilers.
pub fn discard_unfinished() {
    let paths = unfinished();
    paths.iter().for_each(|path| remove(path));
    std::mem::forget(paths);
}

fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
}

/// A path that goes away unless it was renamed.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn new(path: PathBuf) -> Self {
        unfinished().push(path.clone());
        Self { path }
    }

    fn rename(self, to: &Path) -> std::io::Result<()> {
        // The lock goes before `self`, whose end takes it again.
        let paths = unfinished();
        let renamed = fs::rename(&self.path, to);
        drop(paths);
        renamed
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        remove(&self.path);
        unfinished().retain(|path| *path != self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(cache: &Cache, text: &str) -> Entry {
        let make = |folder: &Path| fs::write(folder.join("x"), text).map_err(CosimError::file("write", folder));
        cache.entry("e-1", make).expect("an entry")
    }

    #[test]
    fn entries_are_made_once_and_again_when_they_are_damaged() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(folder.path().join("deep/cache"));
        let read = |entry: &Entry| fs::read_to_string(entry.path.join("x")).expect("there");
        let first = content(&cache, "one");
        assert_eq!((first.cached, read(&first)), (false, "one".to_owned()));
        let again = content(&cache, "two");
        assert_eq!((again.cached, again.was_damaged, read(&again)), (true, false, "one".to_owned()));
        for damage in ["", "onf"] {
            fs::write(again.path.join("x"), damage).expect("writable");
            let made = content(&cache, "one");
            assert_eq!((made.cached, made.was_damaged, read(&made)), (false, true, "one".to_owned()));
        }
        fs::remove_file(again.path.join("x")).expect("there");
        assert!(content(&cache, "one").was_damaged);
        let names: Vec<_> = fs::read_dir(cache.folder()).expect("there").flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["e-1"], "locks and work folders go away");
    }

    #[test]
    fn a_cache_that_anybody_may_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("mine");
        let refused = Cache::at(folder.path()).entry("e-1", |_| Ok(()));
        assert!(matches!(refused, Err(CosimError::Cache { reason, .. }) if reason.contains("anybody")));
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("file"), "").expect("writable");
        let refused = Cache::at(folder.path().join("file/cache")).entry("e-1", |_| Ok(()));
        assert!(matches!(refused, Err(CosimError::Cache { reason, .. }) if reason.starts_with("cannot create it")));
    }
}
