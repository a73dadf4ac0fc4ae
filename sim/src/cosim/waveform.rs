//! Whether a waveform was written whole: the writer does not say when the disk is full.
//!
//! An FST file is a row of sections, each with its kind and its length; what was cut has a section that runs over the end,
//! lacks one, or still has the mark of a section in the making. Leaves alone: what the sections hold.

use super::error::CosimError;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Kinds of sections.
const HEADER: u8 = 0;
const GEOMETRY: u8 = 3;
const HIERARCHY: [u8; 3] = [4, 6, 7];
const IN_THE_MAKING: u8 = 255;

/// Refuses a file that is not whole.
pub(crate) fn check(path: &Path) -> Result<(), CosimError> {
    let reason = match is_whole(path) {
        Ok(true) => return Ok(()),
        Ok(false) => "it was cut off; is the disk full?".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(CosimError::Waveform { path: path.to_owned(), reason })
}

fn is_whole(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let (mut at, mut kinds) = (0, Vec::new());
    while at < length {
        let mut head = [0; 9];
        file.seek(SeekFrom::Start(at))?;
        if file.read_exact(&mut head).is_err() {
            return Ok(false);
        }
        let [kind, size @ ..] = head;
        let size = u64::from_be_bytes(size);
        // The length counts itself and not the kind.
        let Some(next) = at.checked_add(1).and_then(|at| at.checked_add(size)).filter(|_| size >= 8) else {
            return Ok(false);
        };
        kinds.push(kind);
        at = next;
    }
    let has = |wanted: &[u8]| kinds.iter().any(|kind| wanted.contains(kind));
    Ok(at == length && kinds.first() == Some(&HEADER) && has(&[GEOMETRY]) && has(&HIERARCHY) && !has(&[IN_THE_MAKING]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(kind: u8, body: usize) -> Vec<u8> {
        [&[kind][..], &(body as u64 + 8).to_be_bytes(), &vec![0; body]].concat()
    }

    #[test]
    fn cut_files_are_found() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let whole = |bytes: &[u8]| {
            std::fs::write(file.path(), bytes).expect("writable");
            is_whole(file.path()).expect("readable")
        };
        let sections = [section(0, 321), section(8, 40), section(3, 10), section(6, 20)];
        let all = sections.concat();
        assert!(whole(&all));
        for length in 0..all.len() {
            assert!(!whole(&all[..length]), "{length}");
        }
        assert!(!whole(&[&all[..], &section(255, 3)].concat()));
        assert!(!whole(&[&all[..], &[1, 255, 255, 255, 255, 255, 255, 255, 255]].concat()));
    }
}
