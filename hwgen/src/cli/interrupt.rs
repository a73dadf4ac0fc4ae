//! Ctrl-C: what is half made goes away before the process does.
//!
//! Owns: the list of temporary paths of this process, and the order in which everything ends. Leaves alone: how programs
//! that run are ended (`hwgen_process`) and what the cache of compiled designs has begun (`hwgen_sim`).

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Exit status of a process that Ctrl-C ended: 128 and the number of SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

/// Temporary files and folders that exist now.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn pending() -> MutexGuard<'static, Vec<PathBuf>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the handler. Where the system refuses one, Ctrl-C just ends the process.
pub fn install() {
    let _ = ctrlc::set_handler(|| {
        // First those who write. From here on whoever starts or has ended a program waits for good.
        hwgen_process::end_all();
        hwgen_sim::cosim::discard_unfinished();
        // Kept to the end, so that nobody renames meanwhile.
        let pending = pending();
        pending.iter().for_each(|path| remove(path));
        eprintln!("\rerror: interrupted; nothing was left half-written");
        std::process::exit(INTERRUPTED);
    });
}

/// Does a short step of making something at a temporary path: an interrupt waits for its end, and no step begins after
/// it, so that nothing is made anew while the handler removes things.
pub fn whole<T>(step: impl FnOnce() -> T) -> T {
    let lock = pending();
    let done = step();
    drop(lock);
    done
}

fn remove(path: &Path) {
    let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

/// A temporary path; what is there goes away with this value unless it was renamed.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Registers a path before anything is made there.
    pub fn new(path: PathBuf) -> Self {
        pending().push(path.clone());
        Self { path }
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its final name.
    pub fn rename(self, to: &Path) -> std::io::Result<()> {
        // An interrupt waits until the new name is in place; the lock goes before `self`, whose drop takes it again.
        let lock = pending();
        let renamed = std::fs::rename(&self.path, to);
        drop(lock);
        renamed
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove(&self.path);
        pending().retain(|path| *path != self.path);
    }
}
