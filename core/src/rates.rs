//! Frames a second at a clock.
//!
//! Owns: what follows from predicted cycles and a clock. Leaves alone: where the clock comes from.

use serde::Serialize;

/// A clock, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Its rate.
    pub mhz: f64,
    /// Where it comes from, in words.
    pub from: String,
}

/// Frames a second of every output.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// The clock.
    pub clock_mhz: f64,
    /// Where it comes from.
    pub clock_from: String,
    /// In rising order.
    pub outputs: Vec<Rate>,
}

/// Frames a second if every frame ends with this output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Iterations before it.
    pub output: u32,
    /// From a frame's first pixel to the last word of this output, both counted.
    pub cycles: u64,
    /// At the clock.
    pub frames_per_second: f64,
}

impl Rates {
    /// Of frames that take `cycles`, by the output that they end with: of [`Prediction::frames`], or of what a manifest says.
    pub fn new(clock: &Clock, cycles: impl IntoIterator<Item = (u32, u64)>) -> Self {
        let rate = |(output, cycles): (u32, u64)| Rate {
            output,
            cycles,
            frames_per_second: clock.mhz * 1e6 / cycles.max(1) as f64,
        };
        Self { clock_mhz: clock.mhz, clock_from: clock.from.clone(), outputs: cycles.into_iter().map(rate).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Feedback;
    use crate::solver;
    use hwgen_network::Preset;
    use hwgen_quantize::Bits;

    #[test]
    fn later_outputs_are_slower_and_the_last_takes_the_frame() {
        let (net, bits) = (Preset::Tiny.description(), Bits::default());
        let folding = solver::solve(&net, &bits, Feedback::Onchip.into(), 24, None).expect("enough multipliers");
        let prediction = solver::exact(&net, &bits, Feedback::Onchip.into(), folding);
        let clock = Clock { mhz: 100.0, from: "a test".to_owned() };
        let rates = Rates::new(&clock, prediction.frames()).outputs;
        assert!(rates.windows(2).all(|two| two[0].frames_per_second > two[1].frames_per_second));
        let last = rates.last().expect("an output");
        assert_eq!(last.cycles, prediction.cycles);
        assert!((last.frames_per_second * last.cycles as f64 - 1e8).abs() < 1.0);
    }
}
