//! The ranges of a [`Description`], checked all at once.
//!
//! Owns: one [`Problem`] for each way in which a description can be wrong.
//! Leaves alone: where the value was written (`config` adds labels into a file).

use crate::description::{Description, WeightSets};
use miette::{Diagnostic, NamedSource, SourceSpan};
use std::fmt;
use thiserror::Error;

/// One thing that is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum Problem {
    #[error("width f is {got} channels, wanted 1…256")]
    #[diagnostic(code(hwgen::network::width_range), help("set `width` (--width) to 1…256; the paper uses 51"))]
    WidthRange { got: u32 },

    #[error("scales L is {got}, wanted 1…5")]
    #[diagnostic(code(hwgen::network::scales_range), help("set `scales` (--scales) to 1…5; the paper uses 3"))]
    ScalesRange { got: u32 },

    #[error("iterations N is {got}, wanted 1…64")]
    #[diagnostic(
        code(hwgen::network::iterations_range),
        help("set `iterations` (--iterations) to 1…64; the paper uses 16")
    )]
    IterationsRange { got: u32 },

    #[error("blocks K is {got} per scale, wanted 1…8")]
    #[diagnostic(code(hwgen::network::blocks_range), help("set `blocks` (--blocks) to 1…8; the paper uses 1"))]
    BlocksRange { got: u32 },

    #[error("expansion t is {got}, wanted 1…8")]
    #[diagnostic(
        code(hwgen::network::expansion_range),
        help("set `expansion` (--expansion) to 1…8; MobileNetV2 uses 6")
    )]
    ExpansionRange { got: u32 },

    #[error("classes C is {got}, wanted 1…256")]
    #[diagnostic(
        code(hwgen::network::classes_range),
        help("set `classes` (--classes) to 1…256; a class index is one byte")
    )]
    ClassesRange { got: u32 },

    #[error("image {axis} is {got} pixels, wanted 16…8192")]
    #[diagnostic(code(hwgen::network::image_range), help("set `image` (--image-size WxH) to 16…8192 pixels each way"))]
    ImageRange { axis: &'static str, got: u32 },

    #[error("the set of outputs O is empty")]
    #[diagnostic(code(hwgen::network::outputs_empty), help("name at least one iteration in `outputs` (--outputs)"))]
    OutputsEmpty,

    #[error("output {got} lies outside the iterations, wanted 1…{iterations}")]
    #[diagnostic(
        code(hwgen::network::outputs_range),
        help("remove it from `outputs` (--outputs) or raise `iterations` (--iterations)")
    )]
    OutputsRange { got: u32, iterations: u32 },

    #[error("output {second} follows output {first}, wanted ascending order without repetition")]
    #[diagnostic(code(hwgen::network::outputs_order), help("sort `outputs` (--outputs) and name each iteration once"))]
    OutputsOrder { first: u32, second: u32 },

    #[error("the weight-set map has {got} entries, wanted {wanted}, one for each iteration")]
    #[diagnostic(
        code(hwgen::network::map_length),
        help("give `weight_sets` as many entries as there are iterations, or use `shared` or `independent`")
    )]
    MapLength { got: usize, wanted: u32 },

    #[error("the weight-set map names set {highest} but never set {hole}, wanted sets numbered from 0 without holes")]
    #[diagnostic(code(hwgen::network::map_hole), help("renumber the sets of `weight_sets` from 0"))]
    MapHole { highest: u32, hole: u32 },
}

impl Problem {
    /// The description field that the problem is about, as it is spelled in a YAML file.
    pub fn field(&self) -> &'static str {
        match self {
            Self::WidthRange { .. } => "width",
            Self::ScalesRange { .. } => "scales",
            Self::IterationsRange { .. } => "iterations",
            Self::BlocksRange { .. } => "blocks",
            Self::ExpansionRange { .. } => "expansion",
            Self::ClassesRange { .. } => "classes",
            Self::ImageRange { .. } => "image",
            Self::OutputsEmpty | Self::OutputsRange { .. } | Self::OutputsOrder { .. } => "outputs",
            Self::MapLength { .. } | Self::MapHole { .. } => "weight_sets",
        }
    }
}

/// A problem and, where the value came from a file, its place there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What is wrong.
    pub problem: Problem,
    /// Where it was written, in the source of the enclosing [`Invalid`].
    pub span: Option<SourceSpan>,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Located {}

impl Diagnostic for Located {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let span = self.span?;
        Some(Box::new(std::iter::once(miette::LabeledSpan::new_with_span(Some("set here".to_owned()), span))))
    }
}

/// A description that cannot be built, with everything that is wrong with it.
#[derive(Clone, Debug, Error, Diagnostic)]
#[error("the network description has {}", count(problems.len()))]
#[diagnostic(code(hwgen::network::invalid))]
pub struct Invalid {
    /// The file, if the description came from one.
    #[source_code]
    pub source_code: Option<NamedSource<String>>,
    /// All problems, in the order of the fields.
    #[related]
    pub problems: Vec<Located>,
}

fn count(problems: usize) -> String {
    if problems == 1 { "a problem".to_owned() } else { format!("{problems} problems") }
}

impl Description {
    /// Checks every range and combination; an error names all that is wrong.
    pub fn validate(&self) -> Result<(), Invalid> {
        let problems = self.problems();
        if problems.is_empty() {
            return Ok(());
        }
        let problems = problems.into_iter().map(|problem| Located { problem, span: None }).collect();
        Err(Invalid { source_code: None, problems })
    }

    /// All that is wrong with the description; empty if nothing is.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut check = |value: u32, max: u32, problem: fn(u32) -> Problem| {
            if value < 1 || value > max {
                problems.push(problem(value));
            }
        };
        check(self.width, 256, |got| Problem::WidthRange { got });
        check(self.scales, 5, |got| Problem::ScalesRange { got });
        check(self.iterations, 64, |got| Problem::IterationsRange { got });
        check(self.blocks, 8, |got| Problem::BlocksRange { got });
        check(self.expansion, 8, |got| Problem::ExpansionRange { got });
        check(self.classes, 256, |got| Problem::ClassesRange { got });
        for (axis, got) in [("width", self.image.width), ("height", self.image.height)] {
            if !(16..=8192).contains(&got) {
                problems.push(Problem::ImageRange { axis, got });
            }
        }
        self.check_outputs(&mut problems);
        self.check_map(&mut problems);
        problems
    }

    fn check_outputs(&self, problems: &mut Vec<Problem>) {
        if self.outputs.is_empty() {
            problems.push(Problem::OutputsEmpty);
        }
        for &got in &self.outputs {
            if got < 1 || got > self.iterations {
                problems.push(Problem::OutputsRange { got, iterations: self.iterations });
            }
        }
        for pair in self.outputs.windows(2) {
            if pair[0] >= pair[1] {
                problems.push(Problem::OutputsOrder { first: pair[0], second: pair[1] });
            }
        }
    }

    fn check_map(&self, problems: &mut Vec<Problem>) {
        let WeightSets::Map(map) = &self.weight_sets else { return };
        if map.len() != self.iterations as usize {
            problems.push(Problem::MapLength { got: map.len(), wanted: self.iterations });
        }
        let mut used = map.clone();
        used.sort_unstable();
        used.dedup();
        if let (Some(&highest), Some(hole)) = (used.last(), (0u32..).zip(&used).find(|&(i, &set)| i != set)) {
            problems.push(Problem::MapHole { highest, hole: hole.0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    #[test]
    fn presets_are_valid() {
        for preset in Preset::ALL {
            assert_eq!(preset.description().problems(), []);
        }
    }

    #[test]
    fn limits_are_inclusive() {
        let mut d = Preset::Tiny.description();
        (d.width, d.scales, d.iterations, d.blocks, d.expansion, d.classes) = (256, 5, 64, 8, 8, 256);
        d.image = crate::Size { width: 8192, height: 16 };
        assert_eq!(d.problems(), []);
    }

    #[test]
    fn all_problems_are_reported_together() {
        let mut d = Preset::Tiny.description();
        (d.width, d.scales, d.iterations, d.blocks, d.expansion, d.classes) = (0, 6, 65, 9, 9, 257);
        d.image = crate::Size { width: 15, height: 8193 };
        d.outputs = vec![0, 3, 3, 66];
        d.weight_sets = WeightSets::Map(vec![0, 2]);
        let codes: Vec<_> = d.problems().iter().map(|p| p.code().expect("coded").to_string()).collect();
        let names = [
            "width_range",
            "scales_range",
            "iterations_range",
            "blocks_range",
            "expansion_range",
            "classes_range",
            "image_range",
            "image_range",
            "outputs_range",
            "outputs_range",
            "outputs_order",
            "map_length",
            "map_hole",
        ];
        assert_eq!(codes, names.map(|n| format!("hwgen::network::{n}")));
    }

    #[test]
    fn maps_need_every_set() {
        let mut d = Preset::Tiny.description();
        d.weight_sets = WeightSets::Map(vec![0, 1, 1, 0]);
        assert_eq!(d.problems(), []);
        d.weight_sets = WeightSets::Map(vec![1, 1, 2, 2]);
        assert_eq!(d.problems(), [Problem::MapHole { highest: 2, hole: 0 }]);
    }

    #[test]
    fn an_empty_set_of_outputs_is_refused() {
        let mut d = Preset::Tiny.description();
        d.outputs.clear();
        assert_eq!(d.problems(), [Problem::OutputsEmpty]);
        assert_eq!(d.validate().expect_err("empty").to_string(), "the network description has a problem");
    }
}
