//! Pins of a package, as the files of `constraints/` name them, for devices and boards.

use serde::{Deserialize, Serialize};

/// A pin of the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Its name.
    pub site: String,
    /// Input and output standard, such as `LVCMOS33`.
    pub io: String,
    /// Pull resistor.
    #[serde(default)]
    pub pull: Option<Level>,
}

/// A level, or the way that a resistor pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One.
    #[serde(alias = "up")]
    High,
    /// Zero.
    #[serde(alias = "down")]
    Low,
}
