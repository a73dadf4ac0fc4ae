//! `--target-fps`: what it asks for, and what is said where no core gives it; frames a second as text.

use crate::cli::error::CliError;
use hwgen_core::device::devices;
use hwgen_core::rates::{Clock, Rates};
use hwgen_core::solver::{self, Found, Target, solve_rate};
use hwgen_core::{Device, Options};
use hwgen_quantize::Model;
use std::fmt::Write;

/// A rate that can be asked for.
pub fn frames_per_second(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "wanted a number above 0".to_owned())
}

/// What is asked for.
pub struct Goal<'a> {
    frames_per_second: f64,
    output: u32,
    clock: &'a Clock,
    device: &'a Device,
}

impl<'a> Goal<'a> {
    /// Frames that end with the output after `iterations`, the last one unless told.
    pub fn new(
        frames_per_second: f64,
        iterations: Option<u32>,
        model: &Model,
        clock: &'a Clock,
        device: &'a Device,
    ) -> Result<Self, CliError> {
        let outputs = &model.description.outputs;
        let output = iterations.or(outputs.last().copied()).unwrap_or(model.description.iterations);
        if !outputs.contains(&output) {
            let known = outputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(CliError::RateOfNoOutput { got: output, known });
        }
        Ok(Self { frames_per_second, output, clock, device })
    }

    /// The smallest core that gives it.
    pub fn solve(&self, model: &Model, options: &Options) -> miette::Result<Found> {
        let target = options.target.ok_or(CliError::RateOfNoDevice)?;
        let cycles = (self.clock.mhz * 1e6 / self.frames_per_second) as u64;
        let goal = solver::Goal { output: self.output, cycles };
        let interface = options.interface(&model.description)?;
        match solve_rate(model, interface, target, options.pixels, goal) {
            Ok(found) => Ok(found),
            Err(None) => Err(hwgen_core::Error::Target { dsp: target.dsp, ebr: target.ebr, lut: target.lut }.into()),
            Err(Some(fastest)) => Err(self.missed(&fastest, target, options.beat).into()),
        }
    }

    /// The best that was found, what ran out and what would help.
    fn missed(&self, fastest: &Found, target: Target, beat: usize) -> CliError {
        let rates = Rates::new(self.clock, fastest.prediction.frames()).outputs;
        let best = rates.iter().find(|rate| rate.output == self.output).map_or(0.0, |rate| rate.frames_per_second);
        let used_up = fastest.used_up(target);
        let short = if used_up.is_empty() {
            format!(
                "neither multipliers nor block RAMs nor LUTs ran out: pixels come and classes leave {} a cycle",
                match beat {
                    1 => "one",
                    2 => "two",
                    _ => "four",
                }
            )
        } else {
            let words = used_up.iter().map(|(what, taken, there)| format!("{taken} of {there} {what}"));
            format!("it takes {}", words.collect::<Vec<_>>().join(", "))
        };
        let mut help = String::new();
        let enough = rates.iter().rev().find(|rate| rate.frames_per_second >= self.frames_per_second);
        if let Some(rate) = enough {
            let _ = write!(
                help,
                "fewer iterations: --at-iterations {} is done {:.1} times a second; else ",
                rate.output, rate.frames_per_second
            );
        } else {
            help.push_str("fewer iterations (--iterations), ");
        }
        help.push_str("fewer outputs (--outputs), fewer bits (--weight-bits, --act-bits), a smaller image or network");
        let larger = devices().into_iter().filter(|other| {
            other.multipliers > self.device.multipliers
                && other.block_rams > self.device.block_rams
                && other.luts > self.device.luts
        });
        let larger = larger.map(|other| other.name).collect::<Vec<_>>();
        if !larger.is_empty() {
            let _ = write!(help, ", or a larger device ({})", larger.join(", "));
        }
        CliError::Rate {
            wanted: self.frames_per_second,
            output: self.output,
            device: self.device.name.clone(),
            clock: self.clock.mhz,
            best,
            multipliers: fastest.folding.total(),
            short,
            help,
        }
    }
}

/// Frames a second of every output, in a line.
pub fn text(rates: &Rates) -> String {
    let of = |rate: &hwgen_core::rates::Rate| format!("{:.1} after {}", rate.frames_per_second, rate.output);
    let outputs = rates.outputs.iter().map(of).collect::<Vec<_>>().join(", ");
    format!("frames/s by iterations: {outputs}, at {} MHz, {}\n", rates.clock_mhz, rates.clock_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_above_zero() {
        assert_eq!(frames_per_second("29.97"), Ok(29.97));
        for text in ["0", "-1", "nan", "inf", "fast"] {
            assert!(frames_per_second(text).is_err(), "{text}");
        }
    }
}
