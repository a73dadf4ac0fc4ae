//! The network that a command is about: preset, configuration file and flags, in rising order.
//!
//! Owns: these flags, and reporting all that is wrong with them together.

use super::bits::BitsArgs;
use super::error::{CliError, ConfigurationProblem};
use hwgen_network::parse::Outputs;
use hwgen_network::validate::Located;
use hwgen_network::yaml::{Document, FieldProblem, Source};
use hwgen_network::{Config, Cost, Description, Mixing, Normalisation, Overlay, PixelDomain, Preset, Size, WeightSets};
use hwgen_quantize::Bits;
use std::path::PathBuf;

/// Networks with more parameters are refused before their weights fill the memory.
const MAX_PARAMETERS: u64 = 1 << 28;

/// Flags that describe a network.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Named network: paper, camvid-480, camvid-240 or tiny [default: paper].
    #[arg(long, value_name = "P")]
    preset: Option<Preset>,
    /// YAML file; its fields win over the preset, flags win over both.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Channels of the state f, 1…256.
    #[arg(long, value_name = "F")]
    width: Option<u32>,
    /// Scales L, 1…5.
    #[arg(long, value_name = "L")]
    scales: Option<u32>,
    /// Iterations N, 1…64.
    #[arg(long, value_name = "N")]
    iterations: Option<u32>,
    /// Bottleneck blocks per scale K, 1…8.
    #[arg(long, value_name = "K")]
    blocks: Option<u32>,
    /// Expansion of the bottleneck t, 1…8.
    #[arg(long, value_name = "T")]
    expansion: Option<u32>,
    /// Classes C, 1…256.
    #[arg(long, value_name = "C")]
    classes: Option<u32>,
    /// Image size, such as 480x360; each side 16…8192.
    #[arg(long, value_name = "WxH", alias = "size")]
    image_size: Option<Size>,
    /// Iterations that give an output: all, or such as 1,2,4-8.
    #[arg(long, value_name = "LIST")]
    outputs: Option<Outputs>,
    /// Weights of the iterative block: shared, independent, or the set of each iteration such as 0,0,1,1.
    #[arg(long, value_name = "SETS")]
    weight_sets: Option<WeightSets>,
    /// Which scales feed which: `coarse_to_fine` or bidirectional.
    #[arg(long, value_name = "MIXING")]
    mixing: Option<Mixing>,
    /// Meaning of a pixel: unit (x / 255) or symmetric (x / 127.5 − 1).
    #[arg(long, value_name = "DOMAIN")]
    pixels: Option<PixelDomain>,
    /// Batch norm between iterations, or after all convolutions of the iterative block in its place.
    #[arg(long, value_name = "PLACE")]
    normalisation: Option<Normalisation>,
}

/// A network with its bit widths, valid.
#[derive(Clone, Debug)]
pub struct Network {
    /// The network.
    pub description: Description,
    /// Its number formats.
    pub bits: Bits,
    /// What the file says of the hardware.
    pub hardware: HardwareFields,
}

/// Hardware options in a configuration file, as they are spelled there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HardwareFields {
    /// `multipliers`.
    pub multipliers: Option<u32>,
    /// `feedback`.
    pub feedback: Option<String>,
}

/// What a configuration file says.
#[derive(Default)]
struct File {
    config: Config,
    bits: BitsArgs,
    hardware: HardwareFields,
    source: Option<Source>,
    problems: Vec<FieldProblem>,
}

impl NetworkArgs {
    /// The network; fields that nobody names come from `base` if there is one, else from the preset.
    pub fn resolve(&self, bits: BitsArgs, base: Option<(&Description, Bits)>) -> miette::Result<Network> {
        let file = self.read_file()?;
        let flags = self.overlay();
        let preset = self.preset.or(file.config.preset);
        let (description, mut widths) = match (preset, base) {
            (None, Some((description, bits))) => (description.clone(), bits),
            _ => (preset.unwrap_or_default().description(), Bits::default()),
        };
        let mut problems = Vec::new();
        let description = flags.clone().over(file.config.overlay).apply(description);
        if let Err(mut invalid) = description.validate() {
            if let Some(source) = &file.source {
                invalid = source.label(invalid, |field| flags.names(field));
            }
            // What follows from N says nothing while N, or where it comes from, is not understood.
            let unsure = file.problems.iter().any(|problem| ["iterations", "preset"].contains(&problem.field()));
            let follows = |located: &Located| unsure && ["outputs", "weight_sets"].contains(&located.problem.field());
            invalid.problems.retain(|located| !follows(located));
            problems.extend(invalid.problems.into_iter().map(ConfigurationProblem::Network));
        }
        for mut problem in file.bits.apply(&mut widths) {
            if !bits.names(problem.field()) {
                problem.span = file.source.as_ref().and_then(|source| source.span(problem.field()));
                problems.push(ConfigurationProblem::Bits(problem));
            }
        }
        problems.extend(bits.apply(&mut widths).into_iter().map(ConfigurationProblem::Bits));
        if problems.is_empty() && !file.problems.is_empty() {
            let source = file.source.expect("problems of fields come out of a file");
            return Err(source.refuse(file.problems).into());
        }
        problems.splice(0..0, file.problems.into_iter().map(ConfigurationProblem::Field));
        if !problems.is_empty() {
            let source_code = file.source.map(|source| source.text().clone());
            return Err(CliError::Configuration { source_code, problems }.into());
        }
        Ok(Network { description, bits: widths, hardware: file.hardware })
    }

    fn read_file(&self) -> miette::Result<File> {
        let Some(path) = &self.config else { return Ok(File::default()) };
        let mut document = Document::open(path)?;
        let config = Config::take(&mut document);
        let bits = BitsArgs::take(&mut document);
        let hardware =
            HardwareFields { multipliers: document.take("multipliers"), feedback: document.take("feedback") };
        let (source, problems) = document.finish_with_problems();
        Ok(File { config, bits, hardware, source: Some(source), problems })
    }

    fn overlay(&self) -> Overlay {
        Overlay {
            width: self.width,
            scales: self.scales,
            iterations: self.iterations,
            blocks: self.blocks,
            expansion: self.expansion,
            classes: self.classes,
            image: self.image_size,
            outputs: self.outputs.clone(),
            weight_sets: self.weight_sets.clone(),
            mixing: self.mixing,
            pixels: self.pixels,
            normalisation: self.normalisation,
        }
    }
}

/// Refuses a network whose weights no memory holds.
pub fn check_size(description: &Description) -> Result<(), CliError> {
    let got = Cost::new(description).total.params;
    if got > MAX_PARAMETERS { Err(CliError::TooManyParameters { got, wanted: MAX_PARAMETERS }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{interrupt::Temporary, write};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        network: NetworkArgs,
        #[command(flatten)]
        bits: BitsArgs,
    }

    /// The network of a command line, `FILE` standing for a configuration file of this text.
    fn resolve(line: &str, file: &str) -> miette::Result<Network> {
        use std::hash::{BuildHasher, RandomState};
        let name = format!("hwgen-network-{}-{:x}.yaml", std::process::id(), RandomState::new().hash_one(line));
        let path = Temporary::new(std::env::temp_dir().join(name));
        write::file(path.path(), file.as_bytes())?;
        let line = line.replace("FILE", &path.path().to_string_lossy());
        let line = Line::try_parse_from(format!("hwgen {line}").split_whitespace()).expect("parses");
        line.network.resolve(line.bits, None)
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_the_preset() {
        let file = "preset: tiny\nwidth: 12\nclasses: 5\nbits:\n  weights: 6\n  head: 7\nmultipliers: 99\n";
        let network = resolve("--config FILE --classes 3 --head-bits 2", file).expect("valid");
        let d = &network.description;
        assert_eq!((d.iterations, d.width, d.classes), (4, 12, 3));
        let bits = network.bits;
        assert_eq!((bits.stem, bits.data, bits.head, bits.act_state), (8, 6, 2, 8));
        assert_eq!(network.hardware.multipliers, Some(99));
        let preset = resolve("--config FILE --preset paper", file).expect("valid").description;
        assert_eq!((preset.iterations, preset.width), (16, 12));
    }

    #[test]
    fn nothing_given_is_the_paper() {
        let network = resolve("", "").expect("valid");
        assert_eq!(network.description, Preset::Paper.description());
        assert_eq!(network.bits, Bits::default());
    }

    #[test]
    fn a_group_flag_wins_over_a_kind_in_the_file() {
        let network = resolve("--config FILE --weight-bits 5", "bits: {expand: 3}").expect("valid");
        assert_eq!(network.bits.expand, 5);
    }

    #[test]
    fn problems_of_file_and_flags_come_together() {
        let error = resolve("--config FILE --width 0 --act-bits 9", "scales: 6\nbits: {stem: 1}\n").expect_err("wrong");
        let codes: Vec<String> =
            error.related().expect("listed").filter_map(|problem| Some(problem.code()?.to_string())).collect();
        let wanted = ["network::width_range", "network::scales_range", "cli::bits_range", "cli::bits_range"];
        assert_eq!(codes, wanted.map(|code| format!("hwgen::{code}")));
    }

    #[test]
    fn a_flag_replaces_a_bad_value_of_the_file() {
        assert!(resolve("--config FILE --width 8 --stem-bits 4", "width: 0\nbits: {stem: 1}\n").is_ok());
    }
}
