//! Files of other programs, known by their first bytes: what to say of one that was given for a safetensors file.

/// A kind of file, and how its contents become safetensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// With its article: `a PyTorch checkpoint`.
    pub kind: &'static str,
    /// What to do.
    pub how: &'static str,
}

/// What the names of a zip archive's members show, the first that fits.
const ARCHIVES: [(&[u8], Foreign); 4] =
    [(b"constants.pkl", TORCHSCRIPT), (b"data.pkl", PYTORCH), (b".npy", NUMPY), (b"model.weights.h5", KERAS)];
const TORCHSCRIPT: Foreign = Foreign {
    kind: "a TorchScript or PyTorch archive",
    how: "in Python: `safetensors.torch.save_file(torch.jit.load(FILE).state_dict(), \"weights.safetensors\")`",
};
const PYTORCH: Foreign = Foreign {
    kind: "a PyTorch checkpoint",
    how: "write safetensors: in Python, `safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\")`",
};
const NUMPY: Foreign = Foreign {
    kind: "a NumPy file",
    how: "write safetensors: in Python, `safetensors.numpy.save_file(dict_of_arrays, \"weights.safetensors\")`",
};
const KERAS: Foreign = Foreign {
    kind: "a Keras or HDF5 file",
    how: "write safetensors: load it in Python and pass its arrays, named as in docs/weights.md, to \
          `safetensors.numpy.save_file`",
};
const ONNX: Foreign = Foreign {
    kind: "an ONNX graph",
    how: "write safetensors from the framework that the graph came from, with tensors named as in docs/weights.md",
};
const ZIP: Foreign = Foreign { kind: "a zip archive", how: "unpack it, and name the safetensors file in it" };
const PICKLE: Foreign = Foreign {
    kind: "a Python pickle, as PyTorch and others write it",
    how: "write safetensors: in Python, `safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\")`",
};

/// Bytes at the start of a file.
const BEGINNINGS: [(&[u8], Foreign); 6] = [
    (b"\x93NUMPY", NUMPY),
    (b"\x89HDF\r\n\x1a\n", KERAS),
    (b"GGUF", Foreign { kind: "a GGUF file", how: "write safetensors from the framework that it came from" }),
    (b"\x1f\x8b", Foreign { kind: "compressed with gzip", how: "unpack it first (gunzip)" }),
    (
        b"version https://git-lfs",
        Foreign { kind: "a pointer of Git LFS, not the file itself", how: "fetch it: git lfs pull" },
    ),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", PYTORCH),
];

/// Bytes at both ends of an archive that are searched for names.
const NAMES: usize = 1 << 20;

/// The kind of a file that is no safetensors file; none if it is not known.
pub fn kind(bytes: &[u8]) -> Option<Foreign> {
    if bytes.starts_with(b"PK\x03\x04") {
        // The first member's name, and the directory at the end.
        let ends = [&bytes[..bytes.len().min(NAMES)], &bytes[bytes.len().saturating_sub(NAMES)..]];
        let named = |part: &[u8]| ends.iter().any(|end| end.windows(part.len()).any(|window| window == part));
        return Some(ARCHIVES.iter().find(|(part, _)| named(part)).map_or(ZIP, |&(_, kind)| kind));
    }
    if let Some(&(_, kind)) = BEGINNINGS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(kind);
    }
    match bytes {
        // Protocols 2 to 5 of pickle.
        [0x80, 2..=5, ..] => Some(PICKLE),
        // The version of the format as the first field of a protocol buffer, then the producer's name, or a domain.
        [0x08, 1..=32, 0x12 | 0x1a | 0x22 | 0x3a | 0x42, ..] => Some(ONNX),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_bytes() {
        let kinds = [
            (&b"PK\x03\x04....archive/data.pkl....archive/data/0"[..], "a PyTorch checkpoint"),
            (b"PK\x03\x04....net/data.pkl....net/code/x.py...net/constants.pkl", "a TorchScript or PyTorch archive"),
            (b"PK\x03\x04....arr_0.npy....", "a NumPy file"),
            (b"PK\x03\x04....readme.txt", "a zip archive"),
            (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M", "a PyTorch checkpoint"),
            (b"\x80\x04\x95\x10\0\0\0\0\0\0\0}", "a Python pickle, as PyTorch and others write it"),
            (b"\x93NUMPY\x01\0v\0{'descr'", "a NumPy file"),
            (b"\x89HDF\r\n\x1a\n\0", "a Keras or HDF5 file"),
            (b"\x08\x08\x12\x07pytorch", "an ONNX graph"),
        ];
        for (bytes, wanted) in kinds {
            assert_eq!(kind(bytes).map(|kind| kind.kind), Some(wanted), "{}", bytes.escape_ascii());
        }
        assert_eq!(kind(&[0xff; 64]), None);
        assert_eq!(kind(b""), None);
    }
}
