//! The metadata of a model file.

use crate::model::Bits;
use hwgen_network::Description;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The only version of the file there is.
pub const VERSION: u32 = 1;

/// The metadata key.
pub const KEY: &str = "hwgen_model";

/// What the metadata holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// [`VERSION`].
    pub version: u32,
    /// The network.
    pub description: Description,
    /// Its formats.
    pub bits: Bits,
    /// `j` of the intermediate state.
    pub mid_shift: u32,
    /// Shift of the confidence.
    pub confidence_shift: u32,
    /// Constants of each layer, by name.
    pub layers: BTreeMap<String, Constants>,
    /// SHA-256 of the canonical content, lower-case hexadecimal; empty while it is computed.
    pub sha256: String,
}

/// The scalar constants of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constants {
    /// `s`.
    pub shift: u32,
    /// Lower clamp.
    pub lo: i32,
    /// Upper clamp.
    pub hi: i32,
    /// Accumulator width in bits; 0 for `affine`, which has none.
    pub acc_bits: u32,
}
