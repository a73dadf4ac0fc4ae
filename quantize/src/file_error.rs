//! Errors of the model file.

use crate::error::ModelError;
use crate::file::VERSION;
use hwgen_network::container::ContainerError;
use hwgen_network::validate::Located;
use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// A model file that cannot be used, and why.
#[derive(Debug, Error, Diagnostic)]
#[error("model {}: cannot be used", path.display())]
#[diagnostic(code(hwgen::model_file::load))]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    #[diagnostic_source]
    pub source: FileError,
}

/// Why a model file cannot be read or written.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum FileError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Container(#[from] ContainerError),

    #[error("the file's metadata has no `hwgen_model`, which a quantised model needs")]
    #[diagnostic(
        code(hwgen::model_file::no_document),
        help("these may be float weights: make a model of them with `hwgen quantize --weights … --calib … -o …`")
    )]
    NoDocument,

    #[error("`hwgen_model` in the file's metadata cannot be read: {0}")]
    #[diagnostic(code(hwgen::model_file::document), help("quantise the weights again"))]
    Json(serde_json::Error),

    #[error("the model file has version {got}, wanted {VERSION}")]
    #[diagnostic(code(hwgen::model_file::version), help("quantise the weights again with this version of hwgen"))]
    Version { got: u32 },

    #[error("the model's network description is not valid")]
    #[diagnostic(code(hwgen::model_file::description))]
    Description {
        #[related]
        problems: Vec<Located>,
    },

    #[error("layer `{layer}` is missing from `hwgen_model`")]
    #[diagnostic(code(hwgen::model_file::no_constants), help("the file does not hold the network that it describes"))]
    NoConstants { layer: String },

    #[error("tensor `{tensor}` is missing, wanted {wanted}")]
    #[diagnostic(code(hwgen::model_file::missing), help("the file does not hold the network that it describes"))]
    Missing { tensor: String, wanted: String },

    #[error("tensor `{tensor}` is {got}, wanted {wanted}")]
    #[diagnostic(code(hwgen::model_file::shape), help("the file does not hold the network that it describes"))]
    Shape { tensor: String, got: String, wanted: String },

    #[error("{what} `{name}` is not part of the network that the file describes")]
    #[diagnostic(code(hwgen::model_file::unknown), help("quantise the weights again"))]
    Unknown { what: &'static str, name: String },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(#[from] ModelError),

    #[error("the content has SHA-256 {got}, but the file says {wanted}")]
    #[diagnostic(code(hwgen::model_file::hash), help("the file was changed after it was written; quantise again"))]
    Hash { got: String, wanted: String },

    #[error("the model cannot be written as safetensors: {0}")]
    #[diagnostic(code(hwgen::model_file::write))]
    Write(#[from] safetensors::SafeTensorError),

    #[error("model {}: cannot be written", path.display())]
    #[diagnostic(code(hwgen::model_file::io), help("check that the folder exists and can be written to"))]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}
