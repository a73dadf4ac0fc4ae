//! An emitted file, and hashes of bytes.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// One emitted file: its path inside the folder, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// SHA-256 in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
