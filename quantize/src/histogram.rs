//! Histograms of float tensors, and the clipping range that loses least when they become integers.
//!
//! Owns: collecting without knowing the range beforehand; the mean-squared-error search. Leaves alone: which tensors
//! share a format (`calibrate`).

use crate::formats::Range;
use serde::Serialize;

/// Bins from −limit to limit.
const BINS: usize = 8192;

/// Clipping ranges tried: the greatest magnitude times 0.97^i.
const CANDIDATES: i32 = 100;

/// Counts of values in equal bins over −limit … limit; the limit doubles when a value falls outside.
#[derive(Clone, Debug)]
pub struct Histogram {
    limit: f64,
    counts: Vec<u64>,
    total: u64,
    squares: f64,
    greatest: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { limit: 1.0 / 256.0, counts: vec![0; BINS], total: 0, squares: 0.0, greatest: 0.0 }
    }
}

impl Histogram {
    /// Adds a value; one that is not finite is left out.
    pub fn add(&mut self, value: f32) {
        let value = f64::from(value);
        if !value.is_finite() {
            return;
        }
        while value.abs() >= self.limit {
            self.widen();
        }
        let bin = ((value / self.limit + 1.0) * (BINS / 2) as f64) as usize;
        self.counts[bin.min(BINS - 1)] += 1;
        self.total += 1;
        self.squares += value * value;
        self.greatest = self.greatest.max(value.abs());
    }

    /// Doubles the limit: pairs of bins become one, in the middle half.
    fn widen(&mut self) {
        let mut wider = vec![0; BINS];
        for (i, &count) in self.counts.iter().enumerate() {
            wider[BINS / 4 + i / 2] += count;
        }
        (self.limit, self.counts) = (2.0 * self.limit, wider);
    }

    /// Greatest magnitude seen.
    pub fn greatest(&self) -> f64 {
        self.greatest
    }

    /// Mean of the squared values; 0 for none.
    pub fn power(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.squares / self.total as f64 }
    }

    /// Centres and counts of the bins that are not empty.
    fn filled(&self) -> Vec<(f64, f64)> {
        let width = 2.0 * self.limit / BINS as f64;
        let filled = self.counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        filled.map(|(i, &count)| (width * (i as f64 + 0.5) - self.limit, count as f64)).collect()
    }
}

/// How the values of tensors are spread: counts in equal bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Least value, rounded down to a bin of the histograms.
    pub from: f64,
    /// Greatest value, rounded up.
    pub to: f64,
    /// Values in each part of `from … to`.
    pub counts: Vec<u64>,
}

/// The spread of all values of `histograms` in so many bins; none where there are no values.
pub fn spread(histograms: &[&Histogram], bins: usize) -> Option<Spread> {
    let filled: Vec<(f64, f64)> = histograms.iter().flat_map(|h| h.filled()).collect();
    let width = histograms.iter().map(|h| 2.0 * h.limit / BINS as f64).fold(0.0, f64::max);
    let from = filled.iter().map(|f| f.0).reduce(f64::min)? - width / 2.0;
    let to = filled.iter().map(|f| f.0).reduce(f64::max)? + width / 2.0;
    let mut counts = vec![0; bins];
    for (value, count) in filled {
        let bin = ((value - from) / (to - from) * bins as f64) as usize;
        counts[bin.min(bins - 1)] += count as u64;
    }
    Some(Spread { from, to, counts })
}

/// The clipping value `R` for which quantising to `range`, at scale `R / range.hi`, has the least sum over `histograms`
/// of the mean squared error relative to the tensor's power. `None` if no value differs from 0.
pub fn best_clip(histograms: &[&Histogram], range: Range) -> Option<f64> {
    let greatest = histograms.iter().map(|h| h.greatest).fold(0.0, f64::max);
    let tensors: Vec<(Vec<(f64, f64)>, f64)> =
        histograms.iter().filter(|h| h.squares > 0.0).map(|h| (h.filled(), 1.0 / h.squares)).collect();
    if tensors.is_empty() {
        return None;
    }
    let error = |clip: f64| {
        let scale = clip / f64::from(range.hi);
        let one = |(bins, weight): &(Vec<(f64, f64)>, f64)| {
            bins.iter().map(|&(v, count)| count * squared_error(v, scale, range)).sum::<f64>() * weight
        };
        tensors.iter().map(one).sum::<f64>()
    };
    let mut best = (f64::INFINITY, greatest);
    let mut clip = greatest;
    for _ in 0..CANDIDATES {
        let error = error(clip);
        if error < best.0 {
            best = (error, clip);
        }
        clip *= 0.97;
    }
    Some(best.1)
}

/// Squared error of `value` when it is rounded to a multiple of `scale` and clamped to `range`.
pub fn squared_error(value: f64, scale: f64, range: Range) -> f64 {
    let integer = (value / scale + 0.5).floor().clamp(f64::from(range.lo), f64::from(range.hi));
    let error = value - integer * scale;
    error * error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn widening_keeps_counts_and_places() {
        let mut histogram = Histogram::default();
        for value in [0.001, -0.002, 0.5, 3.0, -7.5, f32::NAN] {
            histogram.add(value);
        }
        let filled = histogram.filled();
        assert_eq!(filled.iter().map(|f| f.1 as u64).sum::<u64>(), 5);
        assert!((histogram.greatest() - 7.5).abs() < 1e-9);
        for wanted in [0.5, 3.0, -7.5] {
            assert!(filled.iter().any(|f| (f.0 - wanted).abs() < 0.002), "{wanted}");
        }
    }

    #[test]
    fn few_bits_clip_outliers_and_many_do_not() {
        let mut histogram = Histogram::default();
        let mut rng = Rng::new(1);
        for _ in 0..20_000 {
            histogram.add((0..12).map(|_| rng.real(-0.5, 0.5)).sum::<f64>() as f32);
        }
        let four = best_clip(&[&histogram], Range::signed(4)).expect("filled");
        let eight = best_clip(&[&histogram], Range::signed(8)).expect("filled");
        assert!((1.9..2.9).contains(&four), "{four}");
        assert!((3.2..4.7).contains(&eight), "{eight}");
    }

    #[test]
    fn a_spread_counts_every_value_once() {
        let (mut a, mut b) = (Histogram::default(), Histogram::default());
        for value in [0.5, 0.5, -1.0] {
            a.add(value);
        }
        for value in [3.0, 2.9] {
            b.add(value);
        }
        let spread = spread(&[&a, &b], 4).expect("there are values");
        assert!((spread.from + 1.0).abs() < 0.01 && (spread.to - 3.0).abs() < 0.01, "{spread:?}");
        assert_eq!(spread.counts, [1, 2, 0, 2]);
        assert_eq!(super::spread(&[], 4), None);
    }

    #[test]
    fn zeros_have_no_range() {
        let mut histogram = Histogram::default();
        histogram.add(0.0);
        assert_eq!(best_clip(&[&histogram], Range::signed(8)), None);
    }
}
