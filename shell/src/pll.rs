//! The ECP5's PLL: its dividers for a clock.

use serde::Serialize;

/// Rates between which the PLL's parts work, in MHz: phase comparator, oscillator, output.
const COMPARED: std::ops::RangeInclusive<f64> = 3.125..=400.0;
const OSCILLATOR: std::ops::RangeInclusive<f64> = 400.0..=800.0;
const OUTPUT: std::ops::RangeInclusive<f64> = 3.125..=400.0;
/// The oscillator's rate that leaves the most room on both sides.
const MIDDLE: f64 = 600.0;
/// The clock may be beside the wanted one by this share of it.
const TOLERANCE: f64 = 0.005;

/// Dividers: the output is `input / in_div * fb_div`, the oscillator runs at `out_div` times that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pll {
    /// Of the input, 1…128.
    pub in_div: u32,
    /// Of the feedback, 1…80.
    pub fb_div: u32,
    /// Of the output, 1…128.
    pub out_div: u32,
}

impl Pll {
    /// The dividers that come nearest to a clock, in MHz; none if it is out of reach.
    pub fn find(input: f64, wanted: f64) -> Option<Self> {
        let mut best: Option<(Self, [f64; 2])> = None;
        for in_div in (1..=128).filter(|&div| COMPARED.contains(&(input / f64::from(div)))) {
            for fb_div in 1..=80 {
                let output = input / f64::from(in_div) * f64::from(fb_div);
                let error = (output - wanted).abs();
                if !OUTPUT.contains(&output) || error > TOLERANCE * wanted {
                    continue;
                }
                for out_div in 1..=128 {
                    let oscillator = output * f64::from(out_div);
                    let cost = [error, (oscillator - MIDDLE).abs()];
                    if OSCILLATOR.contains(&oscillator) && best.is_none_or(|(_, least)| cost < least) {
                        best = Some((Self { in_div, fb_div, out_div }, cost));
                    }
                }
            }
        }
        best.map(|(pll, _)| pll)
    }

    /// What comes out, in MHz.
    pub fn output_mhz(self, input: f64) -> f64 {
        input / f64::from(self.in_div) * f64::from(self.fb_div)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividers_give_the_clock() {
        assert_eq!(Pll::find(25.0, 80.0), Some(Pll { in_div: 5, fb_div: 16, out_div: 7 }));
        assert_eq!(Pll::find(100.0, 50.0), Some(Pll { in_div: 2, fb_div: 1, out_div: 12 }));
        assert_eq!(Pll::find(12.0, 40.0), Some(Pll { in_div: 3, fb_div: 10, out_div: 15 }));
        assert_eq!(Pll::find(12.0, 401.0), None);
        assert_eq!(Pll::find(12.0, 2.0), None);
    }

    #[test]
    fn an_odd_clock_is_met_closely() {
        let pll = Pll::find(100.0, 66.6).expect("in reach");
        assert!((pll.output_mhz(100.0) - 66.6).abs() < 0.1, "{pll:?}");
        // From 12 MHz there are only multiples of 12, 6 and 4.
        assert_eq!(Pll::find(12.0, 66.6), None);
    }
}
