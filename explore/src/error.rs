//! What can be wrong with a grid or with the table of accuracies.

use hwgen_network::validate::Located;
use hwgen_network::yaml::YamlError;
use miette::{Diagnostic, NamedSource};
use std::path::PathBuf;
use thiserror::Error;

/// Why a grid cannot be explored.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ExploreError {
    /// The file is no grid.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Yaml(Box<YamlError>),

    /// A point of the grid is no network.
    #[error("the grid has a point that is no network: {point}")]
    #[diagnostic(
        code(hwgen::explore::invalid_point),
        help("take the value out, or the others that it does not go with")
    )]
    InvalidPoint {
        /// Its fields.
        point: Box<str>,
        /// The grid.
        #[source_code]
        source_code: NamedSource<String>,
        /// What is wrong.
        #[related]
        problems: Vec<Located>,
    },

    /// Too many points.
    #[error("the grid has {got} points, wanted at most {wanted}")]
    #[diagnostic(code(hwgen::explore::too_many), help("name fewer values, or add --yes"))]
    TooMany {
        /// Points.
        got: u128,
        /// Points without --yes.
        wanted: u128,
    },

    /// No point is left.
    #[error("none of the grid's {points} point(s) stays within {limit}")]
    #[diagnostic(code(hwgen::explore::none_left), help("raise the limit, or name smaller networks"))]
    NoneLeft {
        /// Points before.
        points: usize,
        /// `--max-macs` as given.
        limit: String,
    },

    /// A file cannot be read.
    #[error("table {}: cannot be read", path.display())]
    #[diagnostic(code(hwgen::explore::read), help("check that the path exists and may be read"))]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },

    /// The table of accuracies is not one.
    #[error("table {}, line {line}: {got}, wanted {wanted}", path.display())]
    #[diagnostic(
        code(hwgen::explore::accuracy),
        help("docs/explore.md says which columns a table of accuracies has; other ones are passed over")
    )]
    Accuracy {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// What is there.
        got: String,
        /// What is wanted.
        wanted: String,
    },

    /// A table or page could not be made.
    #[error("the result cannot be written as {what}: {why}")]
    #[diagnostic(code(hwgen::explore::report), help("please report this as a bug"))]
    Report {
        /// CSV or HTML.
        what: &'static str,
        /// What the library says.
        why: String,
    },
}

impl From<YamlError> for ExploreError {
    fn from(error: YamlError) -> Self {
        Self::Yaml(Box::new(error))
    }
}
