//! The golden model: what an emitted core must compute, integer by integer (docs/arithmetic.md).
//!
//! Owns: the values of every intermediate and output. Integers only; the same on every processor and for any number
//! of threads. Leaves alone: time, ports and registers (`cosim`).

mod block;
mod classify;
mod conv;
mod counterpart;
mod error;
mod frame;
pub mod kernel;
mod matching;
mod mix;
pub mod observer;
mod plane;
mod run;
mod snr;

pub use error::GoldenError;
pub use frame::Frame;
pub use matching::match_statistics;
pub use observer::{At, Nothing, Observer, Recorded, Recorder, Tensor, Values, View};
pub use run::Golden;
pub use snr::snr;

use hwgen_quantize::Model;

/// Runs `model` once; [`Golden`] is the same for several images.
///
/// `image` is `[H][W][3]`, R first. `iterations` and `mask` (bit n − 1: output n) are the run-time registers: 0 acts
/// as 1, more than N as N; the mask is `ANDed` with the model's outputs.
pub fn run(
    model: &Model,
    image: &[u8],
    iterations: usize,
    mask: u64,
    observer: &mut dyn Observer,
) -> Result<Frame, GoldenError> {
    Golden::new(model)?.run(image, iterations, mask, observer)
}
