//! Whether an entry of the cache may be loaded: whose it is, and whether it is what was made.
//!
//! A library is code of whoever wrote it, and one that was cut (a full disk, a copied cache) ends the process with SIGBUS
//! when it runs. Hashes find damage, owners foreign hands. Leaves alone: where entries are.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The file of an entry that lists the hashes of the others, as `sha256sum` does.
const SUMS: &str = "SHA256SUMS";
/// Mode bits: anybody may write; only owners may rename and remove.
const WORLD_WRITABLE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Refuses a folder that other users than this one and root have in their hands, in words.
pub fn check_owner(folder: &Path) -> Result<(), String> {
    let user = nix::unistd::geteuid().as_raw();
    // A link by itself too: whoever made it can let it lead elsewhere.
    for metadata in [folder.symlink_metadata(), folder.metadata()] {
        let metadata = metadata.map_err(|error| format!("cannot be read: {error}"))?;
        if !is_trusted(&metadata) {
            return Err(format!("it belongs to user {}, and this is user {user}", metadata.uid()));
        }
        if !metadata.is_symlink() && metadata.mode() & (WORLD_WRITABLE | STICKY) == WORLD_WRITABLE {
            return Err("anybody may write to it".to_owned());
        }
    }
    Ok(())
}

fn is_trusted(metadata: &Metadata) -> bool {
    metadata.uid() == 0 || metadata.uid() == nix::unistd::geteuid().as_raw()
}

/// Writes down the hashes of the files of an entry; it has no folders.
pub fn seal(entry: &Path) -> io::Result<()> {
    let mut names: Vec<_> = fs::read_dir(entry)?.map(|file| Ok(file?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    let mut sums = String::new();
    for name in names {
        let _ = writeln!(sums, "{}  {}", hash(&entry.join(&name))?, name.to_string_lossy());
    }
    fs::write(entry.join(SUMS), sums)
}

/// Whether an entry is there, the user's own or root's, and every file in it as it was sealed.
pub fn is_whole(entry: &Path) -> bool {
    let own =
        |path: &Path| path.symlink_metadata().is_ok_and(|metadata| is_trusted(&metadata) && !metadata.is_symlink());
    let Ok(sums) = fs::read_to_string(entry.join(SUMS)) else { return false };
    let whole = |line: &str| {
        line.split_once("  ").is_some_and(|(wanted, name)| {
            let path = entry.join(name);
            own(&path) && hash(&path).is_ok_and(|got| got == wanted)
        })
    };
    own(entry) && own(&entry.join(SUMS)) && sums.ends_with('\n') && sums.lines().all(whole)
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
