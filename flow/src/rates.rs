//! Frames a second at the clock of a built core.

use serde::Serialize;

/// What is known of a core's frames before it is built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frames {
    /// Outputs by their iterations, and the cycles of a frame that ends with each.
    pub outputs: Vec<(u32, u64)>,
    /// The clock that a board makes, which the core then runs at whatever it reaches; in MHz.
    pub clock_mhz: Option<f64>,
}

/// Frames a second of every output.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// The clock: that of the board, else what was reached.
    pub clock_mhz: f64,
    /// In the order of the outputs.
    pub outputs: Vec<Rate>,
}

/// Frames a second if every frame ends with this output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Iterations before it.
    pub output: u32,
    /// Of such a frame, as predicted.
    pub cycles: u64,
    /// At the clock.
    pub frames_per_second: f64,
}

impl Frames {
    /// At the board's clock, else at the one reached; none without outputs.
    pub fn rates(&self, reached_mhz: f64) -> Option<Rates> {
        let clock_mhz = self.clock_mhz.unwrap_or(reached_mhz);
        let rate = |&(output, cycles): &(u32, u64)| Rate {
            output,
            cycles,
            frames_per_second: clock_mhz * 1e6 / cycles.max(1) as f64,
        };
        (!self.outputs.is_empty()).then(|| Rates { clock_mhz, outputs: self.outputs.iter().map(rate).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_has_a_clock_of_its_own() {
        let frames = Frames { outputs: vec![(1, 1_000_000), (4, 2_000_000)], clock_mhz: None };
        let of = |frames: &Frames| {
            let rates = frames.rates(100.0).expect("outputs");
            rates.outputs.iter().map(|rate| rate.frames_per_second).collect::<Vec<_>>()
        };
        assert_eq!(of(&frames), [100.0, 50.0]);
        assert_eq!(of(&Frames { clock_mhz: Some(40.0), ..frames }), [40.0, 20.0]);
        assert_eq!(Frames::default().rates(100.0), None);
    }
}
