//! Early exit: a threshold of the confidence for each output, chosen on one set of images and shown on another.
//!
//! Owns: which image ends where, what that gives, and the search. Leaves alone: what an output costs (the caller says the
//! cycles), and files.

use crate::confusion::Confusion;
use crate::data_set::DataSet;
use crate::error::EvaluateError;
use crate::labels::resampled;
use crate::run::{Decode, Options, Progress, each, load_with};
use hwgen_sim::golden::{Golden, Nothing};
use serde::Serialize;

/// Thresholds of a search are quantiles of the confidences that occur: so many of them for each output.
const QUANTILES: usize = 24;
/// Rounds over all outputs; the search ends earlier where nothing changes.
const ROUNDS: usize = 6;

/// One image: the confidence and the confusion matrix of every output, at the network's size.
#[derive(Clone, Debug)]
pub struct Sample {
    /// By output, ascending.
    pub confidences: Vec<u32>,
    /// By output, ascending.
    pub matrices: Vec<Confusion>,
}

/// All images of a set.
///
/// # Errors
/// Those of [`crate::evaluate`].
pub fn samples(
    golden: &Golden,
    set: &DataSet,
    decode: &Decode<'_>,
    options: Options,
    progress: &Progress<'_>,
) -> Result<Vec<Sample>, EvaluateError> {
    each(set, options, progress, &|pair| {
        let description = golden.description();
        let (image, label) = load_with(description, set, pair, decode, options)?;
        let label = if label.size == image.size() {
            label.classes
        } else {
            resampled(&label.classes, label.size, image.size())
        };
        let frame = golden.run(image.pixels(), description.iterations as usize, u64::MAX, &mut Nothing)?;
        let matrices = frame.maps.iter().map(|(_, map)| Confusion::of(&label, map, set.classes.len())).collect();
        Ok(Sample { confidences: frame.confidences, matrices })
    })
}

/// What is wanted of a set of thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The best mIoU for at most so many cycles a frame, in the mean.
    Cycles(f64),
    /// The fewest cycles for at most so much less mIoU (0…1) than the best output has.
    Loss(f64),
}

/// What thresholds give on a set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Mean cycles a frame.
    pub cycles: f64,
    /// Of the matrix summed over all frames, each at the output where it ends.
    pub miou: f64,
}

/// Samples, and what a frame costs that ends at each output.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// The images.
    pub samples: &'a [Sample],
    /// Cycles of a frame that ends with the output, ascending.
    pub cycles: &'a [u64],
}

impl Frames<'_> {
    /// The index of the output where a sample ends: the first one whose threshold is not 0 and is reached, or the last.
    fn end(&self, sample: &Sample, thresholds: &[u32]) -> usize {
        let reached = |(&confidence, &threshold): (&u32, &u32)| threshold != 0 && confidence >= threshold;
        sample.confidences.iter().zip(thresholds).position(reached).unwrap_or(self.cycles.len() - 1)
    }

    /// What the thresholds give.
    pub fn point(&self, thresholds: &[u32]) -> Point {
        self.mean(|sample| self.end(sample, thresholds))
    }

    /// What it gives to end every frame at output number `index`.
    pub fn fixed(&self, index: usize) -> Point {
        self.mean(|_| index)
    }

    /// Share of the frames that end at each output.
    pub fn shares(&self, thresholds: &[u32]) -> Vec<f64> {
        let mut counts = vec![0.0; self.cycles.len()];
        self.samples.iter().for_each(|sample| counts[self.end(sample, thresholds)] += 1.0);
        counts.iter().map(|count| count / self.samples.len() as f64).collect()
    }

    fn mean(&self, end: impl Fn(&Sample) -> usize) -> Point {
        let mut sum: Option<Confusion> = None;
        let mut cycles = 0.0;
        for sample in self.samples {
            let end = end(sample);
            cycles += self.cycles[end] as f64;
            match &mut sum {
                Some(sum) => *sum += &sample.matrices[end],
                None => sum = Some(sample.matrices[end].clone()),
            }
        }
        Point { cycles: cycles / self.samples.len() as f64, miou: sum.map_or(0.0, |sum| sum.mean_iou()) }
    }

    /// mIoU at so many mean cycles of frames that all end at one of two outputs, by a share that knows nothing of the image:
    /// the line between fixed stops that an early exit has to beat. None outside.
    pub fn line(&self, cycles: f64) -> Option<f64> {
        let fixed: Vec<Point> = (0..self.cycles.len()).map(|index| self.fixed(index)).collect();
        let between = |low: &Point, high: &Point| {
            if low.cycles > cycles || high.cycles < cycles {
                return None;
            }
            let span = high.cycles - low.cycles;
            let share = if span > 0.0 { (cycles - low.cycles) / span } else { 0.0 };
            Some(low.miou + share * (high.miou - low.miou))
        };
        let pairs = fixed.iter().enumerate().flat_map(|(i, low)| fixed[i..].iter().map(move |high| (low, high)));
        pairs.filter_map(|(low, high)| between(low, high)).reduce(f64::max)
    }

    /// Thresholds, of each output, that serve a goal best, as far as a search from several beginnings over one output at a
    /// time and over neighbours in pairs finds them. That of the last output is 0: there is nothing to save.
    pub fn choose(&self, goal: Goal) -> Vec<u32> {
        let last = self.cycles.len() - 1;
        let choices: Vec<Vec<u32>> = (0..last).map(|output| self.choices(output)).collect();
        let value = |thresholds: &[u32]| self.value(goal, thresholds);
        // never, always from some output on, and the quantiles in common
        let mut beginnings: Vec<Vec<u32>> =
            (0..=last).map(|from| (0..=last).map(|o| u32::from(o >= from)).collect()).collect();
        for share in [0.3, 0.5, 0.7, 0.85] {
            let at = |choices: &Vec<u32>| choices[(share * (choices.len() - 1) as f64) as usize];
            beginnings.push(choices.iter().map(at).chain([0]).collect());
        }
        let mut best: Option<(f64, Vec<u32>)> = None;
        for mut thresholds in beginnings {
            thresholds[last] = 0;
            let mut now = value(&thresholds);
            for _ in 0..ROUNDS {
                let before = now;
                let mut attempt = |changes: &[(usize, u32)]| {
                    let mut other = thresholds.clone();
                    for &(output, threshold) in changes {
                        other[output] = threshold;
                    }
                    let then = value(&other);
                    if then > now {
                        (now, thresholds) = (then, other);
                    }
                };
                for (output, choices) in choices.iter().enumerate() {
                    for &threshold in choices {
                        attempt(&[(output, threshold)]);
                    }
                }
                for output in 1..last {
                    for &first in pairwise(&choices[output - 1]) {
                        for &second in pairwise(&choices[output]) {
                            attempt(&[(output - 1, first), (output, second)]);
                        }
                    }
                }
                if now <= before {
                    break;
                }
            }
            if best.as_ref().is_none_or(|(value, _)| now > *value) {
                best = Some((now, thresholds));
            }
        }
        best.map_or_else(|| vec![0; last + 1], |(_, thresholds)| thresholds)
    }

    /// Quantiles of an output's confidences, never and always.
    fn choices(&self, output: usize) -> Vec<u32> {
        let mut all: Vec<u32> = self.samples.iter().map(|sample| sample.confidences[output]).collect();
        all.sort_unstable();
        let quantile = |i: usize| all[i * (all.len() - 1) / QUANTILES].max(1);
        let mut choices: Vec<u32> = [0, 1].into_iter().chain((0..=QUANTILES).map(quantile)).collect();
        choices.sort_unstable();
        choices.dedup();
        choices
    }

    /// The greater, the better; what a goal does not allow costs more than anything gains.
    fn value(&self, goal: Goal, thresholds: &[u32]) -> f64 {
        let point = self.point(thresholds);
        let whole = self.cycles[self.cycles.len() - 1] as f64;
        match goal {
            Goal::Cycles(most) => {
                point.miou - 100.0 * ((point.cycles - most) / whole).max(0.0) - 1e-5 * point.cycles / whole
            }
            Goal::Loss(most) => {
                let best = (0..self.cycles.len()).map(|index| self.fixed(index).miou).fold(0.0, f64::max);
                -point.cycles / whole - 100.0 * (best - most - point.miou).max(0.0)
            }
        }
    }
}

/// Thresholds that are tried in pairs: every second one, where there are many.
fn pairwise(choices: &[u32]) -> impl Iterator<Item = &u32> {
    choices.iter().step_by(if choices.len() > QUANTILES / 2 { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image of one pixel of class 0, right from output `right` on, with confidences that say so or not.
    fn sample(right: usize, confidences: [u32; 3]) -> Sample {
        let matrices = (0..3).map(|output| Confusion::of(&[0], &[u8::from(output < right)], 2)).collect();
        Sample { confidences: confidences.to_vec(), matrices }
    }

    fn images() -> Vec<Sample> {
        vec![sample(0, [90, 10, 5]), sample(0, [80, 11, 5]), sample(1, [20, 60, 5]), sample(2, [21, 12, 5])]
    }

    #[test]
    fn frames_end_at_the_first_output_that_is_confident() {
        let samples = images();
        let frames = Frames { samples: &samples, cycles: &[100, 200, 400] };
        assert!((frames.point(&[50, 50, 0]).cycles - 200.0).abs() < 1e-9);
        assert!((frames.point(&[0, 0, 0]).cycles - 400.0).abs() < 1e-9, "0 is never");
        assert_eq!(frames.shares(&[50, 50, 0]), [0.5, 0.25, 0.25]);
        let confident = frames.point(&[50, 50, 0]).miou;
        assert!((confident - frames.fixed(2).miou).abs() < 1e-12, "as good as the last output");
        assert!(frames.line(200.0).expect("between the outputs") < confident);
        assert_eq!(frames.line(99.0), None);
    }

    #[test]
    fn the_search_finds_what_there_is() {
        let samples = images();
        let frames = Frames { samples: &samples, cycles: &[100, 200, 400] };
        for goal in [Goal::Cycles(200.0), Goal::Loss(0.0)] {
            let found = frames.choose(goal);
            let point = frames.point(&found);
            assert!(point.cycles <= 200.0 && (point.miou - frames.fixed(2).miou).abs() < 1e-12, "{goal:?}: {found:?}");
        }
        let cheapest = frames.choose(Goal::Cycles(100.0));
        assert!((frames.point(&cheapest).cycles - 100.0).abs() < 1e-9, "{cheapest:?}");
    }
}
