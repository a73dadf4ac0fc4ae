//! Errors of running exported graphs.

use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// Why a graph was not run, or is not what it should be.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum RuntimeError {
    #[error("{}: cannot be started", python.display())]
    #[diagnostic(
        code(hwgen::onnx::python),
        help("name a Python with the packages onnx and onnxruntime: --python FILE")
    )]
    Start { python: PathBuf, source: std::io::Error },

    #[error("{}: {error}", python.display())]
    #[diagnostic(
        code(hwgen::onnx::packages),
        help("pip install -r scripts/requirements.txt, or name another Python: --python FILE")
    )]
    Packages { python: PathBuf, error: String },

    #[error("the Python process has ended")]
    #[diagnostic(code(hwgen::onnx::ended), help("its own message is above; it may have run out of memory"))]
    Ended,

    #[error("the Python process cannot be talked to")]
    #[diagnostic(code(hwgen::onnx::pipe), help("its own message is above; it may have run out of memory"))]
    Pipe(#[source] std::io::Error),

    #[error("the graph is refused: {error}")]
    #[diagnostic(code(hwgen::onnx::graph), help("please report this as a bug"))]
    Graph { error: String },

    #[error("the graph gives no `{name}`")]
    #[diagnostic(code(hwgen::onnx::missing), help("please report this as a bug"))]
    Missing { name: String },

    #[error("the graph's `{name}` has shape {got:?}, wanted {wanted:?}")]
    #[diagnostic(code(hwgen::onnx::shape), help("please report this as a bug"))]
    Shape { name: String, got: Vec<usize>, wanted: Vec<usize> },

    #[error("the graph's `{name}` at {at:?} is {got}, the golden model has {wanted}")]
    #[diagnostic(code(hwgen::onnx::value), help("please report this as a bug"))]
    Value { name: String, at: Vec<usize>, got: i64, wanted: i64 },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Golden(#[from] crate::golden::GoldenError),
}
