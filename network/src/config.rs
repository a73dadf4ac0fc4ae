//! A description from layers: a preset, a YAML file over it, flags over both.
//!
//! Owns: the YAML spelling of the description's fields and the overlay that files and flags have in common.
//! Leaves alone: sections of others in the same file (`bits`, …), which their owners take from the [`Document`].
//!
//! ```yaml
//! preset: camvid-240        # where the fields that are not named come from; `paper` unless told
//! width: 48                 # f
//! scales: 3                 # L
//! iterations: 8             # N
//! blocks: 1                 # K
//! expansion: 6              # t
//! classes: 11               # C
//! image: 240x180            # or {width: 240, height: 180}
//! outputs: [1, 2, 4, 8]     # or "1,2,4-8", or all
//! weight_sets: shared       # or independent, or the set of each iteration: [0, 0, 1, 1, …]
//! mixing: coarse_to_fine    # or bidirectional
//! pixels: unit              # or symmetric
//! normalisation: iterations # or convolutions
//! ```

use crate::description::{Description, Mixing, Normalisation, PixelDomain, Size, WeightSets};
use crate::parse::Outputs;
use crate::preset::Preset;
use crate::yaml::Document;
use serde_yaml::Value;

/// Fields of a description that somebody has named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// `f`.
    pub width: Option<u32>,
    /// `L`.
    pub scales: Option<u32>,
    /// `N`.
    pub iterations: Option<u32>,
    /// `K`.
    pub blocks: Option<u32>,
    /// `t`.
    pub expansion: Option<u32>,
    /// `C`.
    pub classes: Option<u32>,
    /// `W×H`.
    pub image: Option<Size>,
    /// `O`.
    pub outputs: Option<Outputs>,
    /// Which iterations share weights.
    pub weight_sets: Option<WeightSets>,
    /// Which scales feed which.
    pub mixing: Option<Mixing>,
    /// Meaning of the pixels.
    pub pixels: Option<PixelDomain>,
    /// Where the batch norm of the iterative block is.
    pub normalisation: Option<Normalisation>,
}

/// What a YAML file says of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Where unnamed fields come from.
    pub preset: Option<Preset>,
    /// Named fields.
    pub overlay: Overlay,
}

impl Config {
    /// Takes the fields of the network out of a file; what is wrong with them shows when the document is finished.
    pub fn take(document: &mut Document) -> Self {
        Self {
            preset: document.take_text("preset"),
            overlay: Overlay {
                width: document.take("width"),
                scales: document.take("scales"),
                iterations: document.take("iterations"),
                blocks: document.take("blocks"),
                expansion: document.take("expansion"),
                classes: document.take("classes"),
                image: document.take_with("image", |value| match value {
                    Value::String(text) => text.parse().map_err(|e: crate::parse::ParseError| e.to_string()),
                    other => serde_yaml::from_value(other).map_err(|e| e.to_string()),
                }),
                outputs: document.take_with("outputs", |value| text_or_list(value, Outputs::List)),
                weight_sets: document.take_with("weight_sets", |value| text_or_list(value, WeightSets::Map)),
                mixing: document.take_text("mixing"),
                pixels: document.take_text("pixels"),
                normalisation: document.take_text("normalisation"),
            },
        }
    }
}

/// A text that the type parses, or a list of numbers.
fn text_or_list<T>(value: Value, list: impl FnOnce(Vec<u32>) -> T) -> Result<T, String>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    match value {
        Value::String(text) => text.parse().map_err(|e: T::Err| e.to_string()),
        Value::Number(number) => number.to_string().parse().map_err(|e: T::Err| e.to_string()),
        Value::Sequence(items) => items.iter().map(number).collect::<Result<_, _>>().map(list),
        other => Err(format!("got {}, wanted text or a list of numbers", crate::yaml::describe(&other))),
    }
}

/// An entry of a list of numbers.
fn number(item: &Value) -> Result<u32, String> {
    let number = item.as_u64().and_then(|number| u32::try_from(number).ok());
    let got = || crate::yaml::describe(item);
    number.ok_or_else(|| format!("got {} in a list of numbers; words and ranges stand without brackets", got()))
}

impl Overlay {
    /// Whether the field of this name (as in [`crate::Problem::field`]) is named here.
    pub fn names(&self, field: &str) -> bool {
        match field {
            "width" => self.width.is_some(),
            "scales" => self.scales.is_some(),
            "iterations" => self.iterations.is_some(),
            "blocks" => self.blocks.is_some(),
            "expansion" => self.expansion.is_some(),
            "classes" => self.classes.is_some(),
            "image" => self.image.is_some(),
            "outputs" => self.outputs.is_some(),
            "weight_sets" => self.weight_sets.is_some(),
            "mixing" => self.mixing.is_some(),
            "pixels" => self.pixels.is_some(),
            "normalisation" => self.normalisation.is_some(),
            _ => false,
        }
    }

    /// Both overlays; where both name a field, `self` wins.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        Self {
            width: self.width.or(lower.width),
            scales: self.scales.or(lower.scales),
            iterations: self.iterations.or(lower.iterations),
            blocks: self.blocks.or(lower.blocks),
            expansion: self.expansion.or(lower.expansion),
            classes: self.classes.or(lower.classes),
            image: self.image.or(lower.image),
            outputs: self.outputs.or(lower.outputs),
            weight_sets: self.weight_sets.or(lower.weight_sets),
            mixing: self.mixing.or(lower.mixing),
            pixels: self.pixels.or(lower.pixels),
            normalisation: self.normalisation.or(lower.normalisation),
        }
    }

    /// `base` with the named fields in place; the result is not validated.
    ///
    /// If N is named and O is not, O follows: every iteration if `base` has every one, else those of `base` up to N
    /// and N itself.
    pub fn apply(&self, base: Description) -> Description {
        let iterations = self.iterations.unwrap_or(base.iterations);
        let outputs = match &self.outputs {
            Some(outputs) => outputs.list(iterations.min(1000)),
            None => follow(&base, iterations.min(1000)),
        };
        Description {
            width: self.width.unwrap_or(base.width),
            scales: self.scales.unwrap_or(base.scales),
            iterations,
            blocks: self.blocks.unwrap_or(base.blocks),
            expansion: self.expansion.unwrap_or(base.expansion),
            classes: self.classes.unwrap_or(base.classes),
            image: self.image.unwrap_or(base.image),
            outputs,
            weight_sets: self.weight_sets.clone().unwrap_or(base.weight_sets),
            mixing: self.mixing.unwrap_or(base.mixing),
            pixels: self.pixels.unwrap_or(base.pixels),
            normalisation: self.normalisation.unwrap_or(base.normalisation),
        }
    }
}

/// The outputs of `base` for another number of iterations.
fn follow(base: &Description, iterations: u32) -> Vec<u32> {
    if iterations == base.iterations {
        return base.outputs.clone();
    }
    if base.outputs.len() == base.iterations as usize {
        return (1..=iterations).collect();
    }
    let kept = base.outputs.iter().copied().filter(|&output| output < iterations);
    kept.chain(std::iter::once(iterations)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::YamlError;

    fn read(text: &str) -> Result<Config, YamlError> {
        let mut document = Document::parse("net.yaml", text)?;
        let config = Config::take(&mut document);
        document.finish().map(|_| config)
    }

    #[test]
    fn every_field_has_its_spelling() {
        let text = "
preset: tiny
width: 12
scales: 2
iterations: 6
blocks: 2
expansion: 3
classes: 5
image: {width: 33, height: 17}
outputs: [2, 6]
weight_sets: [0, 0, 0, 1, 1, 1]
mixing: bidirectional
pixels: symmetric
normalisation: convolutions
";
        let config = read(text).expect("all known");
        assert_eq!(config.preset, Some(Preset::Tiny));
        let wanted = Description {
            width: 12,
            scales: 2,
            iterations: 6,
            blocks: 2,
            expansion: 3,
            classes: 5,
            image: Size { width: 33, height: 17 },
            outputs: vec![2, 6],
            weight_sets: WeightSets::Map(vec![0, 0, 0, 1, 1, 1]),
            mixing: Mixing::Bidirectional,
            pixels: PixelDomain::Symmetric,
            normalisation: Normalisation::Convolutions,
        };
        assert_eq!(config.overlay.apply(Preset::Paper.description()), wanted);
        let text = text.replace("{width: 33, height: 17}", "33x17").replace("[2, 6]", "2,6");
        assert_eq!(read(&text).expect("all known").overlay.apply(Preset::Paper.description()), wanted);
    }

    #[test]
    fn wrong_fields_are_reported_together() {
        let text = "presett: tiny\nmixing: both\nimage: {width: 3}\noutputs: [a]\nweight_sets: some\n";
        let Err(YamlError::Fields { problems, .. }) = read(text) else { panic!("wrong fields") };
        let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 5, "{messages:?}");
        assert!(
            messages.contains(&"field `mixing`: got `both`, wanted `coarse_to_fine` or `bidirectional`".to_owned())
        );
        assert!(messages.contains(&"unknown field `presett`".to_owned()));
    }

    #[test]
    fn ranges_get_labels_unless_a_flag_decided() {
        let text = "width: 300\nscales: 9\n";
        let mut document = Document::parse("net.yaml", text).expect("YAML");
        let config = Config::take(&mut document);
        let source = document.finish().expect("known fields");
        let flags = Overlay { scales: Some(8), ..Overlay::default() };
        let description = flags.clone().over(config.overlay).apply(Preset::Tiny.description());
        assert_eq!(description.scales, 8);
        let invalid = source.label(description.validate().expect_err("out of range"), |field| flags.names(field));
        assert_eq!(invalid.problems[0].span, Some((0, 5).into()));
        assert_eq!(invalid.problems[1].span, None);
    }

    #[test]
    fn outputs_follow_the_iterations() {
        let n = |iterations| Overlay { iterations: Some(iterations), ..Overlay::default() };
        assert_eq!(n(3).apply(Preset::Paper.description()).outputs, [1, 2, 3]);
        assert_eq!(n(20).apply(Preset::Camvid240.description()).outputs, [1, 2, 4, 8, 16, 20]);
        assert_eq!(n(4).apply(Preset::Camvid240.description()).outputs, [1, 2, 4]);
        assert_eq!(n(16).apply(Preset::Camvid240.description()).outputs, [1, 2, 4, 8, 16]);
        let all = Overlay { outputs: Some(Outputs::All), ..n(2) };
        assert_eq!(all.apply(Preset::Camvid240.description()).outputs, [1, 2]);
    }
}
