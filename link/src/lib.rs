//! The serial link to a core on a board (docs/boards.md).
//!
//! | module | owns |
//! |---|---|
//! | [`record`] | the bytes of every record |
//! | [`link`] | a talk with a board: who says what when, credits, timeouts |
//!
//! Knows no file and no folder; what a core was emitted for, its registers say.

pub mod error;
pub mod link;
pub mod record;

pub use error::LinkError;
pub use link::{Link, Map, Played, open};
