//! Files that are either whole or not there: written under a temporary name beside their place, then renamed.

use super::error::CliError;
use super::interrupt::{self, Temporary};
use super::overwrite::{check_file, check_folder, place};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A name beside `path` that nobody else uses, with the same extension.
pub fn temporary(path: &Path) -> Temporary {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Temporary::new(path.with_file_name(format!(".{name}.hwgen-{}-{number}{extension}", std::process::id())))
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> CliError {
    let path = path.to_owned();
    move |source| CliError::Write { path, source }
}

/// Writes one file; folders above it are made.
pub fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    files(&[(path.to_owned(), bytes.to_owned())])
}

/// Writes several files: none gets its name before all are complete.
pub fn files(files: &[(PathBuf, Vec<u8>)]) -> Result<(), CliError> {
    let mut staged = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let path = place(path)?;
        check_file(&path)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        let temporary = temporary(&path);
        write(temporary.path(), bytes).map_err(failed(&path))?;
        staged.push((temporary, path));
    }
    for (temporary, path) in staged {
        temporary.rename(&path).map_err(failed(&path))?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    interrupt::whole(|| {
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        file.flush()
    })
}

/// Writes a whole folder of (relative path, bytes). A folder that is empty, or that hwgen emitted and nobody changed,
/// is replaced; anything else is left alone.
pub fn folder(path: &Path, contents: &[(String, Vec<u8>)]) -> Result<(), CliError> {
    check_folder(path)?;
    let path = &place(path)?;
    let exists = path.exists();
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(failed(above))?;
    }
    let new = temporary(path);
    interrupt::whole(|| fs::create_dir(new.path())).map_err(failed(path))?;
    for (name, bytes) in contents {
        let target = new.path().join(name);
        let above = target.parent().unwrap_or(new.path());
        let made = interrupt::whole(|| fs::create_dir_all(above));
        made.and_then(|()| write(&target, bytes)).map_err(failed(&path.join(name)))?;
    }
    if exists {
        // Two renames: between them the old folder has a temporary name, and comes back if the second one fails.
        let old = temporary(path);
        fs::rename(path, old.path()).map_err(failed(path))?;
        if let Err(source) = new.rename(path) {
            let _ = old.rename(path);
            return Err(failed(path)(source));
        }
        return Ok(());
    }
    new.rename(path).map_err(failed(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own that goes away with it.
    fn scratch(name: &str) -> Temporary {
        let path = std::env::temp_dir().join(format!("hwgen-write-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("writable");
        Temporary::new(path)
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(path)
            .expect("readable")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_under_their_names_only() {
        let scratch = scratch("files");
        let path = scratch.path().join("a/b.txt");
        file(&path, b"one").expect("writable");
        file(&path, b"two").expect("writable");
        assert_eq!(fs::read(&path).expect("written"), b"two");
        assert_eq!(names(&scratch.path().join("a")), ["b.txt"]);
    }

    #[test]
    fn nothing_is_left_if_one_of_several_fails() {
        let scratch = scratch("fails");
        fs::create_dir(scratch.path().join("taken")).expect("writable");
        let list = [("x", 1), ("taken", 2)].map(|(name, byte)| (scratch.path().join(name), vec![byte]));
        assert!(matches!(files(&list), Err(CliError::NoRegularFile { .. })));
        assert_eq!(names(scratch.path()), ["taken"]);
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_an_error() {
        let scratch = scratch("way");
        file(&scratch.path().join("x"), b"").expect("writable");
        assert!(matches!(file(&scratch.path().join("x/y"), b""), Err(CliError::Write { .. })));
    }

    #[test]
    fn only_an_empty_folder_is_anybodys() {
        let scratch = scratch("folder");
        let path = scratch.path().join("core");
        let contents = [("manifest.json".to_owned(), b"{}".to_vec()), ("mem/a".to_owned(), vec![])];
        fs::create_dir(&path).expect("writable");
        folder(&path, &contents).expect("empty before");
        assert_eq!(names(&path.join("mem")), ["a"]);
        // Now it has a manifest, but not one of ours.
        assert!(matches!(folder(&path, &contents), Err(CliError::Occupied { .. })));
        assert_eq!(names(scratch.path()), ["core"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_and_its_target_is_written() {
        let scratch = scratch("link");
        let (target, link) = (scratch.path().join("target"), scratch.path().join("link"));
        file(&target, b"one").expect("writable");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        file(&link, b"two").expect("writable");
        assert!(link.symlink_metadata().expect("there").is_symlink());
        assert_eq!(fs::read(&target).expect("there"), b"two");
        assert!(matches!(file(Path::new("/dev/null"), b""), Err(CliError::NoRegularFile { .. })));
    }
}
