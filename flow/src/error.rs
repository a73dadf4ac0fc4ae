//! Errors of the flow. A core that does not fit or is too slow is no error: it is a result (`run::Outcome`).

use hwgen_process::Failure;
use miette::Diagnostic;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the flow could not be run.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum FlowError {
    #[error("none of {names} was found")]
    #[diagnostic(
        code(hwgen::flow::tool),
        help("install it: pip install {package} (make setup-fpga does); or name the program in {variable}")
    )]
    Tool { names: String, package: &'static str, variable: &'static str },

    #[error("`{program}` cannot be run")]
    #[diagnostic(code(hwgen::flow::start))]
    Start { program: String, source: std::io::Error },

    #[error("cannot {action} `{path}`")]
    #[diagnostic(code(hwgen::flow::file))]
    File { action: &'static str, path: PathBuf, source: std::io::Error },

    #[error("`{path}` is not what {tool} should have written: {reason}")]
    #[diagnostic(code(hwgen::flow::output))]
    Output { tool: &'static str, path: PathBuf, reason: String },

    #[error("{stage} failed: {failure}")]
    #[diagnostic(code(hwgen::flow::stage), help("{}", where_to_look(log.as_deref())))]
    Stage { stage: &'static str, failure: Failure, log: Option<PathBuf> },
}

/// Where a program's whole output is, or what it was asked when it has none.
fn where_to_look(log: Option<&Path>) -> String {
    match log {
        Some(log) => format!("its whole log is in `{}`", log.display()),
        None => "is it the right program? docs/fpga.md names the variables that choose others".to_owned(),
    }
}

impl FlowError {
    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
