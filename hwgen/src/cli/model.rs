//! Where the quantised model of a command comes from: a model file, weights and images, or seeded random weights.

use super::bits::BitsArgs;
use super::error::CliError;
use super::network::{HardwareFields, Network, NetworkArgs, check_size};
use super::picture;
use super::report::Report;
use hwgen_network::safetensors_file::WeightsFile;
use hwgen_network::{Description, RgbImage, Weights};
use hwgen_quantize::{Model, Quantized, Ranges, Seen, calibrate_seen, quantize};
use hwgen_sim::golden::match_statistics;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The flags of [`WeightsArgs`], for what excludes them.
pub const WEIGHTS_FLAGS: [&str; 6] = ["weights", "calib", "calib_images", "resize", "no_match", "seed"];

/// Where weights come from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Weights")]
pub struct WeightsArgs {
    /// Float weights (safetensors, docs/weights.md); needs --calib.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Folder of PNG or JPEG images from which the activations' ranges are taken.
    #[arg(long, value_name = "DIR", requires = "weights")]
    calib: Option<PathBuf>,
    /// Use so many of them at most, evenly spread over their sorted names.
    #[arg(long, value_name = "K", default_value_t = 32, requires = "calib",
          value_parser = clap::value_parser!(u32).range(1..))]
    calib_images: u32,
    /// Scale images of another size (area average in integers).
    #[arg(long, requires = "calib")]
    resize: bool,
    /// Leave the statistics of the quantised network as rounding makes them, instead of bringing those of every iteration
    /// back to the float network's.
    #[arg(long, requires = "calib")]
    no_match: bool,
    /// Seed of the random weights that are used without --weights.
    #[arg(long, value_name = "S", default_value_t = 1,
          conflicts_with_all = ["weights", "calib", "calib_images", "resize", "no_match"])]
    seed: u64,
}

impl WeightsArgs {
    /// The files that are read.
    pub fn inputs(&self) -> Vec<&Path> {
        self.weights.as_deref().into_iter().collect()
    }
}

/// A freshly quantised network.
#[derive(Debug)]
pub struct Made {
    /// The model and its scales.
    pub quantized: Quantized,
    /// What it was made of.
    pub weights: Weights,
    /// Images like those it will see; without calibration, one random image.
    pub images: Vec<RgbImage>,
    /// Whether the weights are random.
    pub random: bool,
    /// Activations on the calibration images, by format.
    pub seen: Vec<Seen>,
    /// What the configuration file says of the hardware.
    pub hardware: HardwareFields,
}

/// Quantises weights, or random ones if there are none.
pub fn make(network: &NetworkArgs, bits: BitsArgs, args: &WeightsArgs, report: Report) -> miette::Result<Made> {
    let Some(path) = &args.weights else { return random(network, bits, args.seed, report) };
    let Some(folder) = &args.calib else { return Err(CliError::NoCalibration.into()) };
    let file = WeightsFile::open(path)?;
    let base = file.description().map(|description| (description, hwgen_quantize::Bits::default()));
    let Network { description, bits, hardware } = network.resolve(bits, base)?;
    check_size(&description)?;
    let weights = file.weights(&description)?;
    let prefix = file.prefix(&description);
    if !prefix.is_empty() {
        report.note(format_args!("weights {}: `{prefix}` before every tensor's name is taken off", path.display()));
    }
    let images = calibration_images(folder, &description, args, report)?;
    let (ranges, seen) = calibrate_seen(&description, &weights, &bits, &images)?;
    let quantized = if args.no_match {
        quantize(&description, &weights, &bits, &ranges)?
    } else {
        let all = description.iterations;
        let mut progress = |n| report.progress(format_args!("matching statistics: iteration {} of {all} …", n + 1));
        let matched = match_statistics(&weights, &description, &bits, &ranges, &images, &mut progress);
        report.clear_progress();
        matched?
    };
    Ok(Made { quantized, weights, images, random: false, seen, hardware })
}

fn random(network: &NetworkArgs, bits: BitsArgs, seed: u64, report: Report) -> miette::Result<Made> {
    let Network { description, bits, hardware } = network.resolve(bits, None)?;
    check_size(&description)?;
    report.warn(format_args!("no --weights: RANDOM weights (seed {seed}); maps made with them mean nothing"));
    let weights = Weights::random(&description, seed);
    let quantized = quantize(&description, &weights, &bits, &Ranges::analytic(&description))?;
    let images = vec![RgbImage::random(description.image, seed)];
    Ok(Made { quantized, weights, images, random: true, seen: Vec::new(), hardware })
}

fn calibration_images(
    folder: &Path,
    description: &Description,
    args: &WeightsArgs,
    report: Report,
) -> Result<Vec<RgbImage>, CliError> {
    let picture::Folder { images: files, others } = picture::folder(folder)?;
    if let Some(others) = others {
        report.warn(format_args!("folder {}: not read are {others}", folder.display()));
    }
    let count = files.len().min(args.calib_images as usize);
    report.note(format_args!("calibrating on {count} of {} images", files.len()));
    let chosen = (0..count).map(|i| &files[i * files.len() / count]);
    let mut read = 0;
    let images = chosen
        .map(|file| {
            read += 1;
            report.progress(format_args!("reading image {read} of {count} …"));
            Ok(picture::read_sized(file, description.image, args.resize, report)?.0)
        })
        .collect();
    report.clear_progress();
    images
}

/// Loads a model file; flags and configuration may repeat what it says, not contradict it.
pub fn load(path: &Path, network: &NetworkArgs, bits: BitsArgs) -> miette::Result<(Model, HardwareFields)> {
    let model = Model::load(path)?;
    let given = network.resolve(bits, Some((&model.description, model.bits)))?;
    let mut fields = differing(&given.description, &model.description);
    fields.extend(differing(&given.bits, &model.bits));
    if fields.is_empty() {
        return Ok((model, given.hardware));
    }
    Err(CliError::ModelContradicted { path: path.to_owned(), what: fields.join(", ") }.into())
}

/// The fields in which two values of a type differ, as `width is 9, the model has 8`.
pub fn differing(given: &impl Serialize, own: &impl Serialize) -> Vec<String> {
    let fields = |value| match value {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let own = fields(serde_json::to_value(own));
    fields(serde_json::to_value(given))
        .iter()
        .filter_map(|(name, given)| {
            let own = own.get(name).filter(|&own| own != given)?;
            Some(format!("{name} is {given}, the model has {own}"))
        })
        .collect()
}
