//! Float weights as a safetensors file (docs/weights.md).
//!
//! Owns: what a weight file must hold for a description, and the one error that lists all that it does not.
//! Leaves alone: the container's own soundness (`container`).

use crate::container::{Container, ContainerError, Tensor};
use crate::description::Description;
use crate::validate::Located;
use crate::weights::{Weights, layout};
use miette::Diagnostic;
use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use thiserror::Error;

mod names;

/// Problems of a kind that are shown; a wholly different network would give thousands.
const SHOWN: usize = 16;

/// Why weights could not be read or written.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum WeightsError {
    #[error("weights {}: no readable safetensors file", path.display())]
    #[diagnostic(code(hwgen::weights::file))]
    Container {
        path: PathBuf,
        #[source]
        #[diagnostic_source]
        source: ContainerError,
    },

    #[error("weights {}: no description in the file's metadata, and none given", path.display())]
    #[diagnostic(code(hwgen::weights::no_description), help("give the network with --config, --preset or flags"))]
    NoDescription { path: PathBuf },

    #[error("weights {}: the description in the file's metadata cannot be read", path.display())]
    #[diagnostic(
        code(hwgen::weights::bad_description),
        help("docs/weights.md says what it must hold; write the file again")
    )]
    BadDescription { path: PathBuf, source: serde_json::Error },

    #[error("weights {}: the description in the file's metadata is not valid", path.display())]
    #[diagnostic(code(hwgen::weights::invalid_description))]
    InvalidDescription {
        path: PathBuf,
        #[related]
        problems: Vec<Located>,
    },

    #[error("weights {}: made for another network: {}", path.display(), fields.join(", "))]
    #[diagnostic(
        code(hwgen::weights::description_mismatch),
        help("leave these fields to the file, or take weights that were trained for this network")
    )]
    Disagree { path: PathBuf, fields: Vec<String> },

    #[error("weights {}: the tensors do not fit the description: {counts}", path.display())]
    #[diagnostic(code(hwgen::weights::tensors), help("docs/weights.md lists every tensor with its shape"))]
    Tensors {
        path: PathBuf,
        /// How many tensors are wrong in which way.
        counts: String,
        /// The first of each way.
        #[related]
        problems: Vec<TensorProblem>,
    },

    #[error("weights {}: this is a quantised model, wanted float weights", path.display())]
    #[diagnostic(
        code(hwgen::weights::quantised),
        help("give it to a command that takes --model, or name the weights that it was made of")
    )]
    Quantised { path: PathBuf },

    #[error("weights cannot be written as safetensors: {0}")]
    #[diagnostic(code(hwgen::weights::write))]
    Write(#[from] SafeTensorError),
}

/// What is wrong with one tensor.
#[derive(Clone, Debug, PartialEq, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum TensorProblem {
    #[error("tensor `{name}` is missing, wanted shape {wanted:?}")]
    #[diagnostic(code(hwgen::weights::missing))]
    Missing { name: String, wanted: Vec<usize> },

    #[error("tensor `{name}` of shape {got:?} is not part of this network")]
    #[diagnostic(code(hwgen::weights::unknown))]
    Unknown { name: String, got: Vec<usize> },

    #[error("tensor `{name}` has shape {got:?}, wanted {wanted:?}")]
    #[diagnostic(code(hwgen::weights::shape))]
    Shape { name: String, got: Vec<usize>, wanted: Vec<usize> },

    #[error("tensor `{name}` has type {got}, wanted F32, F16 or BF16")]
    #[diagnostic(code(hwgen::weights::dtype))]
    Dtype { name: String, got: String },

    #[error(
        "tensor `{name}` holds {count} value(s) that are not finite, the first {value} at index {index}, wanted finite numbers"
    )]
    #[diagnostic(code(hwgen::weights::not_finite))]
    NotFinite { name: String, index: usize, value: f32, count: usize },

    #[error("tensor `{name}` holds variance {value} at index {index}, wanted at least 0")]
    #[diagnostic(code(hwgen::weights::variance))]
    Variance { name: String, index: usize, value: f32 },
}

/// A weight file whose container is sound; its tensors are still unread.
#[derive(Debug)]
pub struct WeightsFile {
    path: PathBuf,
    container: Container,
    description: Option<Description>,
}

impl WeightsFile {
    /// Opens a file and reads the description in its metadata, if there is one.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let path = path.to_owned();
        match Container::open(&path) {
            Ok(container) => Self::new(path, container),
            Err(source) => Err(WeightsError::Container { path, source }),
        }
    }

    fn new(path: PathBuf, container: Container) -> Result<Self, WeightsError> {
        if container.metadata().contains_key("hwgen_model") {
            return Err(WeightsError::Quantised { path });
        }
        let mut description = None;
        if let Some(json) = container.metadata().get("description") {
            match serde_json::from_str::<Description>(json) {
                Ok(read) => description = Some(read),
                Err(source) => return Err(WeightsError::BadDescription { path, source }),
            }
        }
        if let Some(Err(invalid)) = description.as_ref().map(Description::validate) {
            return Err(WeightsError::InvalidDescription { path, problems: invalid.problems });
        }
        Ok(Self { path, container, description })
    }

    /// The description in the metadata.
    pub fn description(&self) -> Option<&Description> {
        self.description.as_ref()
    }

    /// What stands before all names of tensors of `description`, such as `module.`; mostly nothing.
    pub fn prefix(&self, description: &Description) -> &str {
        let wanted = layout(description);
        let wanted: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
        names::common_prefix(self.container.tensors().keys().map(String::as_str), &wanted)
    }

    /// Reads all tensors of `description` (valid), which must agree with the file's own in all but the image's size.
    pub fn weights(&self, description: &Description) -> Result<Weights, WeightsError> {
        let path = self.path.clone();
        if let Some(own) = &self.description {
            let fields = differences(own, description);
            if !fields.is_empty() {
                return Err(WeightsError::Disagree { path, fields });
            }
        }
        let wanted = layout(description);
        let prefix = self.prefix(description);
        let mut problems = self.shape_problems(&wanted, prefix);
        if problems.is_empty() {
            let mut weights = Weights::zeros(description);
            for (name, values) in weights.tensors_mut(description) {
                let tensor = &self.container.tensors()[&format!("{prefix}{name}")];
                decode(&tensor.dtype, self.container.bytes(tensor), values);
                problems.extend(value_problem(&name, values));
            }
            if problems.is_empty() {
                return Ok(weights);
            }
        }
        let (counts, problems) = some_of_each(problems);
        Err(WeightsError::Tensors { path, counts, problems })
    }

    fn shape_problems(&self, wanted: &[(String, Vec<usize>)], prefix: &str) -> Vec<TensorProblem> {
        let tensors = self.container.tensors();
        let mut problems = Vec::new();
        for (name, shape) in wanted {
            let (name, wanted) = (format!("{prefix}{name}"), shape.clone());
            match tensors.get(&name) {
                None => problems.push(TensorProblem::Missing { name, wanted }),
                Some(Tensor { shape, .. }) if *shape != wanted => {
                    problems.push(TensorProblem::Shape { name, got: shape.clone(), wanted });
                }
                Some(Tensor { dtype, .. }) if !["F32", "F16", "BF16"].contains(&dtype.as_str()) => {
                    problems.push(TensorProblem::Dtype { name, got: dtype.clone() });
                }
                Some(_) => {}
            }
        }
        let known: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
        for (name, tensor) in tensors {
            let is_known = name.strip_prefix(prefix).is_some_and(|name| known.contains(name));
            if !is_known && !name.ends_with(".num_batches_tracked") {
                problems.push(TensorProblem::Unknown { name: name.clone(), got: tensor.shape.clone() });
            }
        }
        problems
    }
}

impl Weights {
    /// Reads a weight file for `description`, or for the one in its metadata.
    pub fn load(path: &Path, description: Option<&Description>) -> Result<(Description, Self), WeightsError> {
        let file = WeightsFile::open(path)?;
        let Some(description) = description.or(file.description()).cloned() else {
            return Err(WeightsError::NoDescription { path: path.to_owned() });
        };
        let weights = file.weights(&description)?;
        Ok((description, weights))
    }

    /// The weights as a safetensors file, float32, with the description in its metadata.
    pub fn to_safetensors(&self, description: &Description) -> Result<Vec<u8>, WeightsError> {
        let shapes = layout(description).into_iter().map(|(_, shape)| shape);
        let tensors = self.tensors(description).into_iter().zip(shapes);
        let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
            .map(|((name, values), shape)| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let mut views = Vec::with_capacity(bytes.len());
        for (name, shape, values) in &bytes {
            views.push((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), values)?));
        }
        let json = serde_json::to_string(description).map_err(SafeTensorError::JsonError)?;
        let metadata = HashMap::from([("description".to_owned(), json)]);
        Ok(safetensors::serialize(views, Some(metadata))?)
    }
}

/// How many problems there are of each kind, in words, and the first [`SHOWN`] of each.
fn some_of_each(problems: Vec<TensorProblem>) -> (String, Vec<TensorProblem>) {
    let kind = |problem: &TensorProblem| match problem {
        TensorProblem::Missing { .. } => 0,
        TensorProblem::Unknown { .. } => 1,
        _ => 2,
    };
    let mut totals = [0; 3];
    let mut shown = problems;
    shown.retain(|problem| {
        totals[kind(problem)] += 1;
        totals[kind(problem)] <= SHOWN
    });
    let words = ["missing", "not part of this network", "not as wanted"];
    let counts: Vec<String> =
        words.iter().zip(totals).filter(|&(_, n)| n > 0).map(|(w, n)| format!("{n} {w}")).collect();
    let first =
        if totals.iter().any(|&n| n > SHOWN) { format!("; shown are {SHOWN} of each at most") } else { String::new() };
    (counts.join(", ") + &first, shown)
}

/// The fields in which two descriptions of the same weights disagree, as `field: file a, wanted b`.
fn differences(file: &Description, given: &Description) -> Vec<String> {
    let fields = |d: &Description| {
        let debug = |value: &dyn std::fmt::Debug| format!("{value:?}");
        [
            ("width", debug(&d.width)),
            ("scales", debug(&d.scales)),
            ("iterations", debug(&d.iterations)),
            ("blocks", debug(&d.blocks)),
            ("expansion", debug(&d.expansion)),
            ("classes", debug(&d.classes)),
            ("outputs", debug(&d.outputs)),
            ("weight_sets", debug(&d.weight_sets)),
            ("mixing", debug(&d.mixing)),
            ("pixels", debug(&d.pixels)),
            ("normalisation", debug(&d.normalisation)),
        ]
    };
    let pairs = fields(file).into_iter().zip(fields(given)).filter(|(a, b)| a != b);
    pairs.map(|((name, got), (_, wanted))| format!("{name} is {got} in the file, wanted {wanted}")).collect()
}

fn decode(dtype: &str, bytes: &[u8], values: &mut [f32]) {
    let halves = || bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    match dtype {
        "BF16" => values.iter_mut().zip(halves()).for_each(|(v, h)| *v = f32::from_bits(u32::from(h) << 16)),
        "F16" => values.iter_mut().zip(halves()).for_each(|(v, h)| *v = half_to_float(h)),
        _ => values.iter_mut().zip(bytes.chunks_exact(4)).for_each(|(v, b)| {
            *v = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        }),
    }
}

/// IEEE binary16 to binary32, exact.
fn half_to_float(half: u16) -> f32 {
    let (exponent, fraction) = (u32::from(half >> 10) & 31, u32::from(half) & 0x3ff);
    let magnitude = match exponent {
        0 => fraction as f32 / 16_777_216.0,
        31 => f32::from_bits(0x7f80_0000 | fraction << 13),
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if half >> 15 == 1 { -magnitude } else { magnitude }
}

fn value_problem(name: &str, values: &[f32]) -> Option<TensorProblem> {
    let name = name.to_owned();
    let mut bad = values.iter().enumerate().filter(|(_, v)| !v.is_finite());
    if let Some((index, &value)) = bad.next() {
        return Some(TensorProblem::NotFinite { name, index, value, count: 1 + bad.count() });
    }
    let negative = values.iter().position(|&v| v < 0.0).filter(|_| name.ends_with(".running_var"))?;
    Some(TensorProblem::Variance { name, index: negative, value: values[negative] })
}

#[cfg(test)]
mod tests;
