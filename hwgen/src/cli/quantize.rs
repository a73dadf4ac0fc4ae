//! `hwgen quantize`: float weights to a quantised model file.

use super::bits::BitsArgs;
use super::calibration::{self, Calibration};
use super::model::{self, Made, WeightsArgs};
use super::network::NetworkArgs;
use super::report::{Report, table};
use super::{Outcome, overwrite, write};
use hwgen_quantize::SnrTable;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Quantise float weights after training and compare the integers with the float network.
///
/// Ranges come from the images of --calib. The table gives for every tensor the signal-to-noise ratio against float,
/// both networks running free, and for every output the part of the pixels that keep their class. All of it, with
/// histograms of the activations, is kept beside the model (`NAME.calibration.json`), where `hwgen emit` takes it to the
/// core's folder and `hwgen report` shows it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen quantize --weights itnet.safetensors --calib images/ -o itnet.q.safetensors
  hwgen quantize --weights itnet.safetensors --calib images/ --weight-bits 6 --act-bits 8 --json -o q6.safetensors")]
pub struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    bits: BitsArgs,
    #[command(flatten)]
    weights: WeightsArgs,
    /// Images on which integers and float are compared; 0: no table.
    #[arg(long, value_name = "K", default_value_t = 2)]
    compare_images: u32,
    /// Model file to write.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a Path,
    sha256: String,
    random_weights: bool,
    snr: Vec<Row<'a>>,
    maps: Vec<MapRow>,
}

#[derive(Serialize)]
struct Row<'a> {
    tensor: &'a str,
    decibels: Option<f64>,
    clamped: f64,
}

#[derive(Serialize)]
struct MapRow {
    output: u32,
    equal: f64,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let beside = calibration::beside(&args.output);
    overwrite::check_inputs(&args.weights.inputs(), &[args.output.clone(), beside.clone()])?;
    overwrite::check_file(&args.output)?;
    let Made { quantized, weights, mut images, random, seen, .. } =
        model::make(&args.network, args.bits, &args.weights, report)?;
    write::file(&args.output, &quantized.model.to_bytes()?)?;
    let calibrated = images.len();
    images.truncate(args.compare_images as usize);
    let snr = hwgen_sim::golden::snr(&quantized, &weights, &images)?;
    if !random {
        let document = Calibration {
            model_sha256: quantized.model.hash().to_string(),
            images: calibrated,
            compared: images.len(),
            snr: rows(&snr),
            maps: maps(&snr),
            histograms: &seen,
        };
        write::file(&beside, &document.bytes()?)?;
    }
    let body = Body {
        model: &args.output,
        sha256: quantized.model.hash().to_string(),
        random_weights: random,
        snr: rows(&snr),
        maps: maps(&snr),
    };
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

fn rows(snr: &SnrTable) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for row in &snr.rows {
        let decibels = row.decibels();
        // No noise at all: null, as JSON has no infinity.
        let decibels = decibels.is_finite().then_some(decibels);
        rows.push(Row { tensor: &row.tensor, decibels, clamped: row.clamped });
    }
    rows
}

fn maps(snr: &SnrTable) -> Vec<MapRow> {
    let row = |map: &hwgen_quantize::snr::Agreement| MapRow {
        output: map.output,
        equal: map.equal as f64 / map.pixels.max(1) as f64,
    };
    snr.maps.iter().map(row).collect()
}

fn text(body: &Body<'_>) -> String {
    let row = |row: &Row<'_>| {
        let decibels = row.decibels.map_or_else(|| "exact".to_owned(), |db| format!("{db:.1}"));
        [row.tensor.to_owned(), decibels, format!("{:.3} %", 100.0 * row.clamped)]
    };
    let rows: Vec<_> = body.snr.iter().map(row).collect();
    let maps: Vec<_> = body.maps.iter().map(|m| [m.output.to_string(), format!("{:.2} %", 100.0 * m.equal)]).collect();
    let mut text = format!("{}: sha256 {}\n", body.model.display(), body.sha256);
    if !rows.is_empty() {
        let _ = write!(
            text,
            "\n{}\n{}",
            table(["tensor", "SNR dB", "clamped"], &rows),
            table(["output", "pixels of the same class as in float"], &maps)
        );
    }
    text
}
