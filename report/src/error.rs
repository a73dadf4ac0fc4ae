//! What can be wrong with a folder that a page is to be made of.

use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// No page can be made.
#[derive(Debug, Diagnostic, Error)]
pub enum ReportError {
    /// A file that the page is made of cannot be read.
    #[error("cannot read `{}`", path.display())]
    #[diagnostic(code(hwgen::report::read), help("the argument is a folder that `hwgen emit` wrote"))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The label is not there.
    #[error("cannot read the label `{}`", path.display())]
    #[diagnostic(code(hwgen::report::label), help("a grey PNG of the image's size; a pixel's value is its class"))]
    Label {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file of the folder is no JSON.
    #[error("`{}` is no JSON document", path.display())]
    #[diagnostic(code(hwgen::report::json), help("emit, simulate or synthesise again: the file was cut or changed"))]
    Json {
        /// The file.
        path: PathBuf,
        /// Where it breaks.
        #[source]
        source: serde_json::Error,
    },
    /// A document lacks what the page shows.
    #[error("`{}` has no `{field}`", path.display())]
    #[diagnostic(code(hwgen::report::field), help("the folder is of another version of hwgen; emit it again"))]
    Field {
        /// The file.
        path: PathBuf,
        /// What is missing.
        field: &'static str,
    },
    /// The template does not fit what it is given: a fault of hwgen.
    #[error("the page cannot be made")]
    #[diagnostic(code(hwgen::report::template))]
    Template(#[from] minijinja::Error),
}
