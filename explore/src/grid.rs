//! The grid: which values each field takes, from a YAML file, and the points that follow.
//!
//! ```yaml
//! preset: paper                      # where the fields that are not named come from
//! width: {from: 16, to: 64, step: 8} # a range with both ends,
//! scales: 3                          # one value,
//! iterations: [4, 8, 16]             # or a list
//! outputs: [all, "1,2,4,8,16"]       # those up to N, and N itself
//! weight_sets: [shared, independent]
//! bits: {weights: [4, 8]}
//! multipliers: [64, 128, 342]
//! pixels_per_cycle: [1, 2, 4]        # unless named, the fewest that fit
//! pixels_per_beat: [1, 4]            # unless named, 1
//! feedback: [onchip, axi]
//! device: ecp5-85k
//! ```

use crate::bits::WIDTHS;
use crate::error::ExploreError;
use crate::point::{self, Point};
use hwgen_core::interface::BEATS;
use hwgen_core::plan::Feedback;
use hwgen_core::solver::PIXELS;
use hwgen_core::{Device, design::DEFAULT_MULTIPLIERS};
use hwgen_network::parse::Outputs;
use hwgen_network::yaml::{Document, Source};
use hwgen_network::{Cost, Description, Mixing, Normalisation, Overlay, PixelDomain, Preset, Size, WeightSets};
use hwgen_quantize::Bits;
use serde_yaml::Value;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

/// Points that are explored without asking.
pub const MOST_POINTS: u128 = 1_000_000;
/// Values of one field at most; more would not fit into any grid.
const MOST_VALUES: u64 = 1_000_000;
/// Widths that are tried where the grid names none.
const WIDTHS_OF_NETWORKS: std::ops::RangeInclusive<u32> = 1..=256;

/// Values of every field; an empty list means that the base's counts.
#[derive(Clone, Debug)]
pub struct Grid {
    base: Description,
    width: Vec<u32>,
    scales: Vec<u32>,
    iterations: Vec<u32>,
    blocks: Vec<u32>,
    expansion: Vec<u32>,
    classes: Vec<u32>,
    image: Vec<Size>,
    outputs: Vec<Outputs>,
    weight_sets: Vec<WeightSets>,
    mixing: Vec<Mixing>,
    pixels: Vec<PixelDomain>,
    normalisation: Vec<Normalisation>,
    /// By index of [`WIDTHS`].
    bits: Vec<Vec<u32>>,
    pixels_per_cycle: Vec<usize>,
    pixels_per_beat: Vec<usize>,
    multipliers: Vec<usize>,
    feedback: Vec<Feedback>,
    device: Vec<String>,
    source: Source,
}

/// Limits that choose among the points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// MACs of a frame, which points stay below.
    pub macs: Option<u64>,
    /// Of points that differ in their width alone, the widest within the limit.
    pub largest_width: bool,
}

impl Grid {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, ExploreError> {
        Self::take(Document::open(path)?)
    }

    /// Reads a text that is called `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self, ExploreError> {
        Self::take(Document::parse(name, text)?)
    }

    fn take(mut document: Document) -> Result<Self, ExploreError> {
        let preset: Option<Preset> = document.take_text("preset");
        let numbers = |document: &mut Document, field: &str| {
            document.take_with(field, |value| values(value, number)).unwrap_or_default()
        };
        let known: Vec<String> = hwgen_core::device::devices().into_iter().map(|device| device.name).collect();
        let device = |value: &Value| {
            let name: String = text(value)?;
            let wanted = known.join(", ");
            if known.contains(&name) {
                Ok(name)
            } else {
                Err(format!("device `{name}` is unknown, wanted one of {wanted}"))
            }
        };
        let feedback = |value: &Value| {
            let name: String = text(value)?;
            point::feedback(&name).ok_or_else(|| format!("feedback `{name}` is unknown, wanted onchip, stream or axi"))
        };
        let mut grid = Self {
            base: preset.unwrap_or_default().description(),
            width: numbers(&mut document, "width"),
            scales: numbers(&mut document, "scales"),
            iterations: numbers(&mut document, "iterations"),
            blocks: numbers(&mut document, "blocks"),
            expansion: numbers(&mut document, "expansion"),
            classes: numbers(&mut document, "classes"),
            image: document.take_with("image", |value| values(value, text)).unwrap_or_default(),
            outputs: document.take_with("outputs", |value| values(value, outputs)).unwrap_or_default(),
            weight_sets: document.take_with("weight_sets", |value| values(value, text)).unwrap_or_default(),
            mixing: document.take_with("mixing", |value| values(value, text)).unwrap_or_default(),
            pixels: document.take_with("pixels", |value| values(value, text)).unwrap_or_default(),
            normalisation: document.take_with("normalisation", |value| values(value, text)).unwrap_or_default(),
            bits: Vec::new(),
            pixels_per_cycle: document.take_with("pixels_per_cycle", |value| values(value, number)).unwrap_or_default(),
            pixels_per_beat: document.take_with("pixels_per_beat", |value| values(value, number)).unwrap_or_default(),
            multipliers: document.take_with("multipliers", |value| values(value, number)).unwrap_or_default(),
            feedback: document.take_with("feedback", |value| values(value, feedback)).unwrap_or_default(),
            device: document.take_with("device", |value| values(value, device)).unwrap_or_default(),
            source: Document::parse("", "").and_then(Document::finish)?,
        };
        for width in &WIDTHS {
            let path = format!("bits.{}", width.field);
            let list: Vec<u32> = numbers(&mut document, &path);
            let (low, high) = width.range;
            if let Some(wrong) = list.iter().find(|&&bits| !(low..=high).contains(&bits)) {
                document.complain(&path, format!("got {wrong} bits, wanted {low}…{high}"));
            }
            grid.bits.push(list);
        }
        if let Some(least) = grid.multipliers.iter().find(|&&multipliers| multipliers == 0) {
            document.complain("multipliers", format!("got {least}, wanted 1 or more"));
        }
        for (field, list, known) in
            [("pixels_per_cycle", &grid.pixels_per_cycle, PIXELS), ("pixels_per_beat", &grid.pixels_per_beat, BEATS)]
        {
            if let Some(wrong) = list.iter().find(|&pixels| !known.contains(pixels)) {
                document.complain(field, format!("got {wrong}, wanted 1, 2 or 4"));
            }
        }
        grid.source = document.finish()?;
        Ok(grid)
    }

    /// Replaces the grid's devices.
    pub fn set_device(&mut self, name: &str) {
        self.device = vec![name.to_owned()];
    }

    /// Number of points before limits.
    pub fn len(&self, limits: Limits) -> u128 {
        self.radices(limits).iter().map(|&radix| radix as u128).product()
    }

    /// How many values each field has, the fastest first; the width has one where the widest is looked for.
    fn radices(&self, limits: Limits) -> Vec<usize> {
        let width = if limits.largest_width { 1 } else { self.width.len() };
        let mut radices = vec![
            width,
            self.scales.len(),
            self.iterations.len(),
            self.blocks.len(),
            self.expansion.len(),
            self.classes.len(),
            self.image.len(),
            self.outputs.len(),
            self.weight_sets.len(),
            self.mixing.len(),
            self.pixels.len(),
            self.normalisation.len(),
        ];
        radices.extend(self.bits.iter().map(Vec::len));
        let multipliers = if self.multipliers.is_empty() { DEFAULT_SHARES.len() } else { self.multipliers.len() };
        let [cycle, beat] = [self.pixels_per_cycle.len(), self.pixels_per_beat.len()];
        radices.extend([cycle, beat, multipliers, self.feedback.len(), self.device.len()]);
        if self.multipliers.is_empty() && self.device.is_empty() {
            let at = radices.len() - 3;
            radices[at] = 1;
        }
        for radix in &mut radices {
            *radix = (*radix).max(1);
        }
        radices
    }

    /// The point of this number; `None` where it breaks the limits. A point that is no network is an error.
    pub fn point(&self, mut number: u128, limits: Limits) -> Result<Option<Point>, ExploreError> {
        let mut digits = Vec::new();
        for radix in self.radices(limits) {
            digits.push((number % radix as u128) as usize);
            number /= radix as u128;
        }
        let mut next = digits.into_iter();
        let mut digit = || next.next().unwrap_or(0);
        let width = self.width.get(digit()).copied().filter(|_| !limits.largest_width);
        let overlay = Overlay {
            width,
            scales: self.scales.get(digit()).copied(),
            iterations: self.iterations.get(digit()).copied(),
            blocks: self.blocks.get(digit()).copied(),
            expansion: self.expansion.get(digit()).copied(),
            classes: self.classes.get(digit()).copied(),
            image: self.image.get(digit()).copied(),
            outputs: self.outputs.get(digit()).cloned(),
            weight_sets: self.weight_sets.get(digit()).cloned(),
            mixing: self.mixing.get(digit()).copied(),
            pixels: self.pixels.get(digit()).copied(),
            normalisation: self.normalisation.get(digit()).copied(),
        };
        let (mut bits, mut named_bits) = (Bits::default(), Vec::new());
        for (index, list) in self.bits.iter().enumerate() {
            if let Some(&value) = list.get(digit()) {
                (WIDTHS[index].set)(&mut bits, value);
                named_bits.push((index, value));
            }
        }
        let pixels_per_cycle = self.pixels_per_cycle.get(digit()).copied();
        let pixels_per_beat = self.pixels_per_beat.get(digit()).copied().unwrap_or(1);
        let (share, feedback, device) = (digit(), digit(), self.device.get(digit()).cloned());
        let feedback = self.feedback.get(feedback).copied().unwrap_or(Feedback::Onchip);
        let multipliers = self.multipliers.get(share).copied().unwrap_or_else(|| multipliers(device.as_deref(), share));

        let mut description = overlay.apply(self.base.clone());
        if let Some(Outputs::List(_)) = &overlay.outputs {
            let last = description.iterations;
            description.outputs.retain(|&output| output < last);
            description.outputs.push(last);
        }
        self.check(&description)?;
        if limits.largest_width {
            let Some(widest) = self.widest(&description, limits.macs)? else { return Ok(None) };
            description.width = widest;
        }
        let macs = || Cost::new(&description).total.macs;
        if limits.macs.is_some_and(|limit| macs() >= limit) {
            return Ok(None);
        }
        Ok(Some(Point {
            description,
            bits,
            named_bits,
            multipliers,
            pixels_per_cycle,
            pixels_per_beat,
            feedback,
            device,
        }))
    }

    /// The greatest of the grid's widths whose MACs stay below the limit.
    fn widest(&self, description: &Description, limit: Option<u64>) -> Result<Option<u32>, ExploreError> {
        let mut widths = if self.width.is_empty() { WIDTHS_OF_NETWORKS.collect() } else { self.width.clone() };
        widths.sort_unstable();
        let of = |width: u32| Description { width, ..description.clone() };
        for &width in &self.width {
            self.check(&of(width))?;
        }
        // MACs rise with the width.
        let fitting = widths.partition_point(|&width| limit.is_none_or(|l| Cost::new(&of(width)).total.macs < l));
        Ok(fitting.checked_sub(1).map(|last| widths[last]))
    }

    fn check(&self, description: &Description) -> Result<(), ExploreError> {
        description.validate().map_err(|invalid| {
            let invalid = self.source.label(invalid, |_| false);
            let point = Point {
                description: description.clone(),
                bits: Bits::default(),
                named_bits: Vec::new(),
                multipliers: DEFAULT_MULTIPLIERS,
                pixels_per_cycle: None,
                pixels_per_beat: 1,
                feedback: Feedback::Onchip,
                device: None,
            };
            ExploreError::InvalidPoint {
                point: point.command().replace("hwgen emit ", "").into(),
                source_code: self.source.text().clone(),
                problems: invalid.problems,
            }
        })
    }
}

/// Budgets where a grid names none: shares of a device's multipliers.
const DEFAULT_SHARES: [(usize, usize); 4] = [(1, 2), (1, 1), (3, 2), (2, 1)];

fn multipliers(device: Option<&str>, share: usize) -> usize {
    let device: Option<Device> =
        hwgen_core::device::devices().into_iter().find(|found| Some(found.name.as_str()) == device);
    let (part, whole) = DEFAULT_SHARES[share];
    device.map_or(DEFAULT_MULTIPLIERS, |device| (device.multipliers * part / whole).max(1))
}

/// One value, a list, or a range.
fn values<T: PartialEq>(value: Value, one: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    let values: Vec<Value> = match value {
        Value::Sequence(list) => list,
        Value::Mapping(mut range) => {
            let mut end = |name: &str| match range.shift_remove(name) {
                None => Ok(None),
                Some(value) => {
                    value.as_u64().map(Some).ok_or_else(|| format!("`{name}` of the range is no whole number"))
                }
            };
            let (from, to, step) = (end("from")?, end("to")?, end("step")?.unwrap_or(1));
            let (Some(from), Some(to), true, true) = (from, to, range.is_empty(), step > 0) else {
                return Err("wanted a range such as {from: 8, to: 64, step: 8}".to_owned());
            };
            if from > to {
                return Err(format!("the range {from}…{to} is empty"));
            }
            if (to - from) / step >= MOST_VALUES {
                return Err(format!("the range {from}…{to} has too many values, wanted at most {MOST_VALUES}"));
            }
            (from..=to).step_by(step as usize).map(Value::from).collect()
        }
        other => vec![other],
    };
    if values.is_empty() {
        return Err("the list is empty, wanted one value or more".to_owned());
    }
    let mut read: Vec<T> = Vec::with_capacity(values.len());
    for value in &values {
        let next = one(value)?;
        if read.contains(&next) && values.len() < 1000 {
            return Err("names a value twice".to_owned());
        }
        read.push(next);
    }
    Ok(read)
}

fn number<T: TryFrom<u64>>(value: &Value) -> Result<T, String> {
    let wrong = || "wanted a whole number, a list of them, or a range such as {from: 8, to: 64, step: 8}".to_owned();
    value.as_u64().and_then(|number| T::try_from(number).ok()).ok_or_else(wrong)
}

fn text<T: FromStr<Err: Display>>(value: &Value) -> Result<T, String> {
    match value {
        Value::String(text) => text.parse().map_err(|e: T::Err| e.to_string()),
        Value::Number(number) => number.to_string().parse().map_err(|e: T::Err| e.to_string()),
        Value::Sequence(list) => {
            let parts: Option<Vec<String>> = list.iter().map(|n| n.as_u64().map(|n| n.to_string())).collect();
            let parts = parts.ok_or("wanted text, or a list of numbers")?;
            parts.join(",").parse().map_err(|e: T::Err| e.to_string())
        }
        _ => Err("wanted text".to_owned()),
    }
}

fn outputs(value: &Value) -> Result<Outputs, String> {
    text(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str, limits: Limits) -> Vec<Point> {
        let grid = Grid::parse("grid.yaml", text).expect("a grid");
        (0..grid.len(limits)).filter_map(|i| grid.point(i, limits).expect("a network")).collect()
    }

    #[test]
    fn points_are_all_combinations() {
        let text = "preset: tiny\nwidth: {from: 4, to: 8, step: 2}\niterations: [2, 4]\noutputs: [all, \"1,3\"]\n\
                    bits: {weights: [3, 8], head: 5}\nmultipliers: 24\n";
        let points = points(text, Limits::default());
        assert_eq!(points.len(), 3 * 2 * 2 * 2);
        let widths: Vec<u32> = points.iter().take(3).map(|point| point.description.width).collect();
        assert_eq!(widths, [4, 6, 8]);
        assert!(points.iter().all(|point| point.bits.head == 5 && point.bits.stem == 8));
        let outputs: Vec<_> = points.iter().map(|point| point.description.outputs.clone()).collect();
        assert!(
            outputs.contains(&vec![1, 2]) && outputs.contains(&vec![1, 3, 4]) && outputs.contains(&vec![1, 2, 3, 4])
        );
    }

    #[test]
    fn the_papers_rule_gives_the_papers_width() {
        let limits = Limits { macs: Some(2_200_000_000), largest_width: true };
        let points = points(crate::PAPER_GRID, limits);
        let winner = points.iter().find(|point| {
            let d = &point.description;
            (d.scales, d.iterations, d.blocks, &d.weight_sets) == (3, 16, 1, &WeightSets::Independent)
        });
        // The paper's independent network with 2.0 G MACs has 29 channels; ours has 2.152 G.
        assert_eq!(winner.expect("in the grid").description.width, 29);
        assert!(points.iter().all(|point| Cost::new(&point.description).total.macs < 2_200_000_000));
    }

    #[test]
    fn what_is_no_grid_is_named() {
        let message = |text: &str| match Grid::parse("grid.yaml", text) {
            Err(ExploreError::Yaml(error)) => match *error {
                hwgen_network::yaml::YamlError::Fields { problems, .. } => problems[0].to_string(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert_eq!(message("widht: 3"), "unknown field `widht`");
        assert_eq!(message("width: {from: 9, to: 3}"), "field `width`: the range 9…3 is empty");
        assert_eq!(message("width: []"), "field `width`: the list is empty, wanted one value or more");
        assert_eq!(message("bits: {weights: [4, 9]}"), "field `bits.weights`: got 9 bits, wanted 2…8");
        assert_eq!(message("scales: [1, 1]"), "field `scales`: names a value twice");
        let grid = Grid::parse("grid.yaml", "scales: [3, 9]").expect("a grid");
        assert!(matches!(grid.point(1, Limits::default()), Err(ExploreError::InvalidPoint { .. })));
    }
}
