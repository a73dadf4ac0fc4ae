//! Axes of a chart in SVG: where a value lies, and which values get a tick.

use serde::Serialize;

/// A tick of an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    /// Where, in pixels.
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// A linear axis over round limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    step: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis that shows all of `values` between the pixels `from` and `to`.
    pub fn new(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let span = if high > low { high - low } else { high.abs().max(1.0) };
        // Four to ten steps of 1, 2 or 5 times a power of ten.
        let unit = 10f64.powf((span / 10.0).log10().ceil());
        let step = [0.2, 0.5, 1.0].into_iter().map(|m| m * unit).find(|step| span / step <= 10.0).unwrap_or(unit);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { low, high: if high > low { high } else { low + step }, step, from, to }
    }

    /// Where a value lies, to a tenth of a pixel.
    pub fn at(&self, value: f64) -> f64 {
        let pixels = self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from);
        (pixels * 10.0).round() / 10.0
    }

    /// Ticks at all steps.
    pub fn ticks(&self) -> Vec<Tick> {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        let count = ((self.high - self.low) / self.step).round() as u32;
        let tick = |i| {
            let value = self.low + f64::from(i) * self.step;
            // No −0.
            Tick { at: self.at(value), label: format!("{:.decimals$}", value + 0.0) }
        };
        (0..=count).map(tick).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_ticks_are_round() {
        let axis = Axis::new([0.13, 0.57].into_iter(), 0.0, 100.0);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels.first().map(String::as_str), Some("0.10"));
        assert_eq!(labels.last().map(String::as_str), Some("0.60"));
        assert!((axis.at(0.35) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn one_value_or_none_still_has_an_axis() {
        assert!(Axis::new([3.0].into_iter(), 0.0, 10.0).ticks().len() >= 2);
        assert!(Axis::new(std::iter::empty(), 0.0, 10.0).ticks().len() >= 2);
    }
}
