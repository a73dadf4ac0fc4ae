//! ItNet as numbers and shapes: everything that is known before anyone speaks of integers or hardware.
//!
//! The bottom of the import order (ARCHITECTURE.md).
//!
//! | module | owns |
//! |---|---|
//! | [`description`] | the typed description of one network and the shapes that follow from it |
//! | [`validate`] | its ranges; all problems are reported together |
//! | [`preset`] | the descriptions that have a name: `paper`, `camvid-480`, `camvid-240`, `tiny` |
//! | [`config`] | the same description as a YAML file over a preset, and the overlay that flags share with it |
//! | [`parse`] | fields of the description as text: `480x360`, `1,2,4-8`, `shared`, … |
//! | [`yaml`] | reading a YAML mapping field by field, with a label into the file for each complaint |
//! | [`cost`] | MACs, parameters, graph size, state, depth and memory traffic |
//! | [`weights`] | float weights in memory, and their tensor names and shapes (docs/weights.md) |
//! | [`container`] | the safetensors container; reading trusts nothing |
//! | [`safetensors_file`] | float weights as a file |
//! | [`random`] | seeded random weights whose statistics and ranges are known |
//! | [`image`] | an RGB image in memory |
//! | [`resize`] | the same at another size |
//! | [`palette`] | a colour for each class |
//! | [`reference`] | the whole network in float, every intermediate by name |
//!
//! Nothing here knows of number formats, starts a process or prints.

pub mod config;
pub mod container;
pub mod cost;
pub mod description;
pub mod image;
pub mod palette;
pub mod parse;
pub mod preset;
pub mod random;
pub mod reference;
pub mod resize;
pub mod safetensors_file;
pub mod validate;
pub mod weights;
pub mod yaml;

pub use config::{Config, Overlay};
pub use cost::Cost;
pub use description::{Description, FIRST_STATE_LAYER, Mixing, Normalisation, PixelDomain, Size, WeightSets};
pub use image::RgbImage;
pub use preset::Preset;
pub use safetensors_file::WeightsError;
pub use validate::{Invalid, Problem};
pub use weights::Weights;
