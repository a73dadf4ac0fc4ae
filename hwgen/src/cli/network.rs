//! The network that a command is about: preset, configuration file and flags, in rising order.
//!
//! Owns: these flags, and reporting all that is wrong with them together.

use super::bits::BitsArgs;
use super::error::{CliError, ConfigurationProblem};
use hwgen_network::parse::Outputs;
use hwgen_network::yaml::{Document, Source};
use hwgen_network::{Config, Cost, Description, Mixing, Overlay, PixelDomain, Preset, Size, WeightSets};
use hwgen_quantize::Bits;
use std::path::PathBuf;

/// Networks with more parameters are refused before their weights fill the memory.
const MAX_PARAMETERS: u64 = 1 << 28;

/// Flags that describe a network.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Named network: paper, camvid-240 or tiny [default: paper].
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
            problems.extend(invalid.problems.into_iter().map(ConfigurationProblem::Network));
        }
        for mut problem in file.bits.apply(&mut widths) {
            if !bits.names(problem.field()) {
                problem.span = file.source.as_ref().and_then(|source| source.span(problem.field()));
                problems.push(ConfigurationProblem::Bits(problem));
            }
        }
        problems.extend(bits.apply(&mut widths).into_iter().map(ConfigurationProblem::Bits));
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
        Ok(File { config, bits, hardware, source: Some(document.finish()?) })
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
        }
    }
}

/// Refuses a network whose weights no memory holds.
pub fn check_size(description: &Description) -> Result<(), CliError> {
    let got = Cost::new(description).total.params;
    if got > MAX_PARAMETERS { Err(CliError::TooManyParameters { got, wanted: MAX_PARAMETERS }) } else { Ok(()) }
}
