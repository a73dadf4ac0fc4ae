//! The safetensors container: names, types, shapes and bytes of tensors, read from a file that may be hostile.
//!
//! Owns: every check that the header and the file's length allow, so that later readers can slice without fear.
//! Leaves alone: what the tensors mean. Writing is the `safetensors` crate's; it reads too, but its sums of declared
//! sizes can overflow and its messages do not say what was got and what was wanted.

use miette::Diagnostic;
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use thiserror::Error;

/// Bytes of the length field in front of the header.
const LENGTH_BYTES: u64 = 8;
/// Largest header that is read. The largest network's has some 8000 tensors of about 100 bytes.
pub const MAX_HEADER: u64 = 16 << 20;
/// Largest file that is read.
pub const MAX_FILE: u64 = 8 << 30;

mod foreign;

/// Why a file is no safetensors container.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum ContainerError {
    #[error("the file cannot be read")]
    #[diagnostic(code(hwgen::container::read), help("check that the path names a readable file"))]
    Read(#[source] std::io::Error),

    #[error("the file is larger than {MAX_FILE} bytes")]
    #[diagnostic(code(hwgen::container::too_large), help("no network within hwgen's ranges needs a file of this size"))]
    TooLarge,

    #[error("the file ends after {got} bytes, wanted at least the {LENGTH_BYTES} bytes of the header's length")]
    #[diagnostic(code(hwgen::container::truncated), help("the file is empty, cut off, or no safetensors file"))]
    NoLength { got: usize },

    #[error("the header claims {got} bytes, wanted at most {wanted} ({why})")]
    #[diagnostic(code(hwgen::container::header_length), help("the file is cut off, or no safetensors file"))]
    HeaderLength { got: u64, wanted: u64, why: &'static str },

    #[error("this is {kind}, wanted a safetensors file")]
    #[diagnostic(code(hwgen::container::other_kind), help("{how}"))]
    OtherKind { kind: &'static str, how: &'static str },

    #[error("the header is not what safetensors defines: {0}")]
    #[diagnostic(
        code(hwgen::container::header_json),
        help("wanted one JSON object: tensor name → {{dtype, shape, data_offsets}}, and `__metadata__` of strings")
    )]
    HeaderJson(#[source] serde_json::Error),

    #[error("tensor `{name}` claims bytes {start}…{end}, wanted a range inside the {wanted} bytes of data")]
    #[diagnostic(code(hwgen::container::offset_range), help("the file is cut off or damaged; write it again"))]
    OffsetRange { name: String, start: u64, end: u64, wanted: u64 },

    #[error("tensor `{name}` starts at byte {got}, wanted {wanted}, where {before} ends")]
    #[diagnostic(
        code(hwgen::container::offset_gap),
        help("tensors must neither overlap nor leave holes; write the file again")
    )]
    OffsetGap { name: String, got: u64, wanted: u64, before: String },

    #[error("the tensors end at byte {got} of the data, wanted {wanted}, the end of the file")]
    #[diagnostic(code(hwgen::container::trailing), help("something was appended to the file; write it again"))]
    Trailing { got: u64, wanted: u64 },

    #[error("tensor `{name}` of type and shape {kind} has {got} bytes, wanted {wanted}")]
    #[diagnostic(code(hwgen::container::size), help("shape, type and byte range disagree; write the file again"))]
    Size { name: String, kind: String, got: u64, wanted: String },
}

/// One tensor of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Element type, as safetensors spells it: `F32`, `I8`, …
    pub dtype: String,
    /// Shape, outermost first.
    pub shape: Vec<usize>,
    range: Range<usize>,
}

/// A checked safetensors file in memory.
#[derive(Clone, Debug)]
pub struct Container {
    bytes: Vec<u8>,
    tensors: BTreeMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

#[derive(Default)]
struct Header {
    metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, Entry>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut header = Header::default();
                while let Some(name) = map.next_key::<String>()? {
                    let repeated = if name == "__metadata__" {
                        !std::mem::replace(&mut header.metadata, map.next_value()?).is_empty()
                    } else {
                        header.tensors.insert(name.clone(), map.next_value()?).is_some()
                    };
                    if repeated {
                        return Err(A::Error::custom(format_args!("`{name}` occurs twice")));
                    }
                }
                Ok(header)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Container {
    /// Reads and checks a file.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        let file = std::fs::File::open(path).map_err(ContainerError::Read)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(ContainerError::Read)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(ContainerError::TooLarge);
        }
        Self::parse(bytes)
    }

    /// Checks a file's bytes.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        let (header, base) = read_header(&bytes).map_err(|error| match foreign::kind(&bytes) {
            Some(foreign::Foreign { kind, how }) => ContainerError::OtherKind { kind, how },
            None => error,
        })?;
        check_offsets(&header.tensors, (bytes.len() - base) as u64)?;
        let mut tensors = BTreeMap::new();
        for (name, entry) in header.tensors {
            let size = entry.data_offsets[1] - entry.data_offsets[0];
            let wanted = byte_size(&entry);
            if wanted != Some(size) {
                let wanted = wanted.map_or("more than 64 bits can count".to_owned(), |w| w.to_string());
                let kind = format!("{}{:?}", entry.dtype, entry.shape);
                return Err(ContainerError::Size { name, kind, got: size, wanted });
            }
            let range = base + entry.data_offsets[0] as usize..base + entry.data_offsets[1] as usize;
            let shape = entry.shape.iter().map(|&n| n as usize).collect();
            tensors.insert(name, Tensor { dtype: entry.dtype, shape, range });
        }
        Ok(Self { bytes, tensors, metadata: header.metadata })
    }

    /// All tensors by name.
    pub fn tensors(&self) -> &BTreeMap<String, Tensor> {
        &self.tensors
    }

    /// The little-endian bytes of one of [`Container::tensors`].
    pub fn bytes(&self, tensor: &Tensor) -> &[u8] {
        &self.bytes[tensor.range.clone()]
    }

    /// The strings of `__metadata__`.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }
}

/// The header and where the data begins.
fn read_header(bytes: &[u8]) -> Result<(Header, usize), ContainerError> {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(ContainerError::NoLength { got: bytes.len() });
    };
    let length = u64::from_le_bytes(*length);
    for (wanted, why) in [(MAX_HEADER, "the limit"), (rest.len() as u64, "the rest of the file")] {
        if length > wanted {
            return Err(ContainerError::HeaderLength { got: length, wanted, why });
        }
    }
    let header = serde_json::from_slice(&rest[..length as usize]).map_err(ContainerError::HeaderJson)?;
    Ok((header, (LENGTH_BYTES + length) as usize))
}

/// Ranges in bounds, side by side, and covering the data.
fn check_offsets(tensors: &BTreeMap<String, Entry>, length: u64) -> Result<(), ContainerError> {
    let mut sorted: Vec<(u64, u64, &String)> = Vec::with_capacity(tensors.len());
    for (name, entry) in tensors {
        let [start, end] = entry.data_offsets;
        if start > end || end > length {
            return Err(ContainerError::OffsetRange { name: name.clone(), start, end, wanted: length });
        }
        sorted.push((start, end, name));
    }
    sorted.sort_unstable();
    let (mut at, mut before) = (0, "the header".to_owned());
    for (start, end, name) in sorted {
        if start != at {
            return Err(ContainerError::OffsetGap { name: name.clone(), got: start, wanted: at, before });
        }
        (at, before) = (end, format!("tensor `{name}`"));
    }
    if at != length {
        return Err(ContainerError::Trailing { got: at, wanted: length });
    }
    Ok(())
}

/// Bytes that type and shape ask for; `None` if 64 bits do not hold it.
/// A type that is not listed passes as whatever it claims: its reader refuses it by name.
fn byte_size(entry: &Entry) -> Option<u64> {
    let element: u64 = match entry.dtype.as_str() {
        "F64" | "I64" | "U64" => 8,
        "F32" | "I32" | "U32" => 4,
        "F16" | "BF16" | "I16" | "U16" => 2,
        "I8" | "U8" | "BOOL" => 1,
        _ => return Some(entry.data_offsets[1] - entry.data_offsets[0]),
    };
    entry.shape.iter().try_fold(element, |bytes, &n| bytes.checked_mul(n))
}

#[cfg(test)]
mod tests;
