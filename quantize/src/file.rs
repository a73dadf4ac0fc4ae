//! The model file: safetensors with one JSON document in its metadata.
//!
//! Owns: the layout below, its version, and the checks on load. Leaves alone: the container's soundness
//! (`hwgen_network::container`) and the model's constraints (`validate`).
//!
//! | tensor | type, shape | meaning |
//! |---|---|---|
//! | `{layer}.weight` | I8, PyTorch's | weights of `data.{j}`, `iter.{set}.{l}.{k}.{expand,depthwise,project}`, `head.{n}.{l}` |
//! | `{layer}.mul` | I16 `[out]` | `m` of `requant`; also `affine.{n}.{l}.mul` |
//! | `{layer}.bias` | I64 `[out]` | `b`, where not 0 by definition: `data`, `affine`, `head` |
//!
//! Indices count from 0 as in docs/weights.md. The metadata key `hwgen_model` holds [`Document`] as JSON; its `sha256`
//! is over the document without it and every tensor, so it identifies the model whatever container it came in.

mod document;
mod roles;

use crate::file_error::{FileError, LoadError};
use crate::model::Model;
pub use document::{Constants, Document, KEY, VERSION};
use hwgen_network::container::Container;
use roles::{Role, roles, skeleton};
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

/// SHA-256 of a model's canonical content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelHash(pub [u8; 32]);

impl fmt::Display for ModelHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Name, element type, shape and little-endian bytes.
type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

impl Model {
    /// SHA-256 of the canonical content: the same for equal models, whatever file they came from.
    pub fn hash(&self) -> ModelHash {
        hash(&self.document(), &self.tensors())
    }

    /// The model file. The same model gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        let tensors = self.tensors();
        let mut document = self.document();
        document.sha256 = hash(&document, &tensors).to_string();
        let json = to_json(&document);
        let views = tensors
            .iter()
            .map(|(name, dtype, shape, bytes)| Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
        // One key only: several would be written in the order of a hash map.
        let metadata = HashMap::from([(KEY.to_owned(), json)]);
        Ok(safetensors::serialize(views, Some(metadata))?)
    }

    /// Reads a model file; nothing in it is trusted.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, FileError> {
        Self::from_container(&Container::parse(bytes)?)
    }

    /// Reads and validates a model file.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let read = || Self::from_container(&Container::open(path)?);
        read().map_err(|source| LoadError { path: path.to_owned(), source })
    }

    /// Writes the model file under a temporary name in the same folder, then renames it.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let bytes = self.to_bytes()?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let partial = path.with_file_name(name);
        std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, path)).map_err(|source| {
            // Best effort: the error that is reported is the first one.
            let _ = std::fs::remove_file(&partial);
            FileError::Io { path: path.to_owned(), source }
        })
    }

    fn from_container(container: &Container) -> Result<Self, FileError> {
        let document = read_document(container)?;
        let mut model = skeleton(&document);
        let roles = roles(&document.description);
        for (name, role) in &roles {
            let constants = document.layers.get(name).ok_or_else(|| FileError::NoConstants { layer: name.clone() })?;
            let shape = role.shape(&document.description);
            let channels = &shape[..1];
            let requant = role.requant_mut(&mut model);
            (requant.shift, requant.lo, requant.hi) = (constants.shift, constants.lo, constants.hi);
            let bytes = read(container, &format!("{name}.mul"), "I16", channels)?;
            requant.mul = bytes.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
            requant.bias = if role.biased(&document.description) {
                let bytes = read(container, &format!("{name}.bias"), "I64", channels)?;
                bytes.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b)).collect()
            } else {
                vec![0; shape[0]]
            };
            if let Some(layer) = role.layer_mut(&mut model) {
                layer.acc_bits = constants.acc_bits;
                let bytes = read(container, &format!("{name}.weight"), "I8", &shape)?;
                layer.weights = bytes.iter().map(|b| b.cast_signed()).collect();
            }
        }
        check_no_more(container, &document, &roles)?;
        model.validate()?;
        let got = model.hash().to_string();
        if got != document.sha256 {
            return Err(FileError::Hash { got, wanted: document.sha256 });
        }
        Ok(model)
    }

    /// The document without its hash.
    fn document(&self) -> Document {
        let constants = |role: Role| {
            let requant = role.requant(self);
            let acc_bits = role.layer(self).map_or(0, |layer| layer.acc_bits);
            Constants { shift: requant.shift, lo: requant.lo, hi: requant.hi, acc_bits }
        };
        Document {
            version: VERSION,
            description: self.description.clone(),
            bits: self.bits,
            mid_shift: self.mid_shift,
            confidence_shift: self.confidence_shift,
            layers: roles(&self.description).into_iter().map(|(name, role)| (name, constants(role))).collect(),
            sha256: String::new(),
        }
    }

    /// All tensors, in order of their names.
    fn tensors(&self) -> Vec<Tensor> {
        let mut tensors = Vec::new();
        for (name, role) in roles(&self.description) {
            let requant = role.requant(self);
            let mul = requant.mul.iter().flat_map(|m| m.to_le_bytes()).collect();
            tensors.push((format!("{name}.mul"), Dtype::I16, vec![requant.mul.len()], mul));
            if role.biased(&self.description) {
                let bias = requant.bias.iter().flat_map(|b| b.to_le_bytes()).collect();
                tensors.push((format!("{name}.bias"), Dtype::I64, vec![requant.bias.len()], bias));
            }
            if let Some(layer) = role.layer(self) {
                let weights = layer.weights.iter().map(|w| w.cast_unsigned()).collect();
                tensors.push((format!("{name}.weight"), Dtype::I8, role.shape(&self.description), weights));
            }
        }
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        tensors
    }
}

/// The document of a container: a known version of it, with a possible description, which bounds all that follows.
fn read_document(container: &Container) -> Result<Document, FileError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let json = container.metadata().get(KEY).ok_or(FileError::NoDocument)?;
    let Version { version } = serde_json::from_str(json).map_err(FileError::Json)?;
    if version != VERSION {
        return Err(FileError::Version { got: version });
    }
    let document: Document = serde_json::from_str(json).map_err(FileError::Json)?;
    document.description.validate().map_err(|invalid| FileError::Description { problems: invalid.problems })?;
    Ok(document)
}

/// The bytes of a tensor of this type and shape.
fn read<'a>(container: &'a Container, name: &str, dtype: &str, shape: &[usize]) -> Result<&'a [u8], FileError> {
    let wanted = format!("{dtype} {shape:?}");
    let Some(tensor) = container.tensors().get(name) else {
        return Err(FileError::Missing { tensor: name.to_owned(), wanted });
    };
    if tensor.dtype != dtype || tensor.shape != shape {
        let got = format!("{} {:?}", tensor.dtype, tensor.shape);
        return Err(FileError::Shape { tensor: name.to_owned(), got, wanted });
    }
    Ok(container.bytes(tensor))
}

/// Nothing in the file that no layer owns.
fn check_no_more(container: &Container, document: &Document, roles: &[(String, Role)]) -> Result<(), FileError> {
    let known: BTreeMap<&str, Role> = roles.iter().map(|(name, role)| (name.as_str(), *role)).collect();
    let owned = |tensor: &str| {
        tensor.rsplit_once('.').is_some_and(|(layer, part)| match (known.get(layer), part) {
            (Some(_), "mul") => true,
            (Some(role), "bias") => role.biased(&document.description),
            (Some(role), "weight") => role.weighted(),
            _ => false,
        })
    };
    if let Some(key) = container.metadata().keys().find(|key| *key != KEY) {
        // It would not be hashed: two files of one hash could say different things.
        return Err(FileError::Unknown { what: "metadata key", name: key.clone() });
    }
    if let Some(tensor) = container.tensors().keys().find(|tensor| !owned(tensor)) {
        return Err(FileError::Unknown { what: "tensor", name: tensor.clone() });
    }
    if let Some(layer) = document.layers.keys().find(|layer| !known.contains_key(layer.as_str())) {
        return Err(FileError::Unknown { what: "layer", name: layer.clone() });
    }
    Ok(())
}

fn hash(document: &Document, tensors: &[Tensor]) -> ModelHash {
    let mut sha = Sha256::new();
    let mut part = |bytes: &[u8]| {
        sha.update((bytes.len() as u64).to_le_bytes());
        sha.update(bytes);
    };
    part(to_json(document).as_bytes());
    for (name, dtype, shape, bytes) in tensors {
        part(name.as_bytes());
        part(format!("{dtype:?} {shape:?}").as_bytes());
        part(bytes);
    }
    ModelHash(sha.finalize().into())
}

/// The document as JSON, its fields in the order of their declaration, layers by name.
fn to_json(document: &Document) -> String {
    serde_json::to_string(document).expect("strings and integers only, and string keys")
}

#[cfg(test)]
mod tests;
