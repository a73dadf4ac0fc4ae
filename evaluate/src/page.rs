//! The result as one HTML page that needs nothing else: curve, tables, confusion matrix, the worst images.
//!
//! Owns: what the page shows. How it looks is in `page.html`.

use crate::chart::{Axis, Tick};
use crate::confusion::VOID;
use crate::data_set::DataSet;
use crate::error::EvaluateError;
use crate::labels::resampled;
use crate::run::{Decode, Evaluation, Network, Options, load};
use crate::table::Timing;
use base64::Engine;
use hwgen_network::palette::colour;
use hwgen_network::{RgbImage, Size};
use minijinja::{Environment, context};
use serde::Serialize;

const TEMPLATE: &str = include_str!("page.html");
/// Colour of pixels that do not count.
const VOID_COLOUR: [u8; 3] = [0, 0, 0];

/// What the page says besides the result.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// What was evaluated: the model's or weights' file.
    pub network: &'a str,
    /// What a core takes, if one was named.
    pub timing: &'a [Timing],
    /// What is said of the core's clock.
    pub clock: Option<&'a str>,
}

/// An image with its label and the map of the last output.
#[derive(Serialize)]
struct Worst {
    name: String,
    miou: f64,
    pixel_accuracy: f64,
    image: String,
    label: String,
    map: String,
    wrong: String,
}

#[derive(Serialize)]
struct Chart {
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Point {
    output: u32,
    x: f64,
    y: f64,
    labels_y: f64,
}

/// The page, with the `count` images whose last output is worst.
pub fn page(
    evaluation: &Evaluation,
    about: &About<'_>,
    network: &Network,
    set: &DataSet,
    decode: &Decode<'_>,
    options: Options,
    count: usize,
) -> Result<String, EvaluateError> {
    let worst = worst(evaluation, network, set, decode, options, count)?;
    let last = evaluation.outputs.last();
    let rows = last.map(|output| shares(&output.network.confusion)).unwrap_or_default();
    let colours: Vec<String> = (0..evaluation.classes.len()).map(|class| hex(colour(class as u8))).collect();
    let mut environment = Environment::new();
    let failed = |error: minijinja::Error| EvaluateError::Report { what: "HTML", why: format!("{error:#}") };
    environment.add_template("page.html", TEMPLATE).map_err(failed)?;
    environment.add_filter("percent", |share: Option<f64>| {
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", 100.0 * share))
    });
    environment.add_filter("giga", |macs: f64| format!("{:.3}", macs / 1e9));
    let template = environment.get_template("page.html").map_err(failed)?;
    let body = context! {
        evaluation, worst, colours, rows,
        network => about.network, timing => about.timing, clock => about.clock,
        chart => chart(evaluation),
        images => evaluation.images.len(),
    };
    template.render(body).map_err(failed)
}

fn chart(evaluation: &Evaluation) -> Chart {
    let macs = |i: usize| evaluation.outputs[i].macs as f64 / 1e9;
    let outputs = 0..evaluation.outputs.len();
    let x = Axis::new(outputs.clone().map(macs).chain([0.0]), 60.0, 620.0);
    let scores = evaluation.outputs.iter().flat_map(|o| [100.0 * o.network.miou, 100.0 * o.labels.miou]);
    let y = Axis::new(scores, 330.0, 20.0);
    let point = |i: usize| {
        let output = &evaluation.outputs[i];
        let (network, labels) = (y.at(100.0 * output.network.miou), y.at(100.0 * output.labels.miou));
        Point { output: output.output, x: x.at(macs(i)), y: network, labels_y: labels }
    };
    Chart { x_ticks: x.ticks(), y_ticks: y.ticks(), points: outputs.map(point).collect() }
}

/// Rows of a confusion matrix as shares of the row.
fn shares(rows: &[Vec<u64>]) -> Vec<Vec<Option<f64>>> {
    let share = |row: &Vec<u64>| {
        let sum: u64 = row.iter().sum();
        row.iter().map(|&count| (sum > 0).then(|| count as f64 / sum as f64)).collect()
    };
    rows.iter().map(share).collect()
}

fn worst(
    evaluation: &Evaluation,
    network: &Network,
    set: &DataSet,
    decode: &Decode<'_>,
    options: Options,
    count: usize,
) -> Result<Vec<Worst>, EvaluateError> {
    let last = |i: usize| evaluation.images[i].miou.last().copied().unwrap_or(0.0);
    // An image without a label is not bad at anything.
    let mut order: Vec<usize> = (0..evaluation.images.len()).filter(|&i| evaluation.images[i].pixels > 0).collect();
    order.sort_by(|&a, &b| last(a).total_cmp(&last(b)).then(a.cmp(&b)));
    let one = |&i: &usize| {
        let (image, label) = load(network, set, &set.pairs[i], decode, options)?;
        let size = image.size();
        let label = resampled(&label.classes, label.size, size);
        let map = network.maps(&image)?.pop().unwrap_or_default();
        let paint = |class: u8| if class == VOID { VOID_COLOUR } else { colour(class) };
        let painted = |classes: &[u8]| classes.iter().flat_map(|&class| paint(class)).collect::<Vec<u8>>();
        // Right and void pixels fade, wrong ones keep the colour of what was said.
        let wrong = |(&label, &class): (&u8, &u8)| {
            if label == class || label == VOID { [235, 235, 235] } else { paint(class) }
        };
        let wrong: Vec<u8> = label.iter().zip(&map).flat_map(wrong).collect();
        let scores = &evaluation.images[i];
        Ok(Worst {
            name: scores.name.clone(),
            miou: last(i),
            pixel_accuracy: scores.pixel_accuracy.last().copied().unwrap_or(0.0),
            image: inline(&image)?,
            label: inline_pixels(painted(&label), size)?,
            map: inline_pixels(painted(&map), size)?,
            wrong: inline_pixels(wrong, size)?,
        })
    };
    order.iter().take(count).map(one).collect()
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn inline_pixels(pixels: Vec<u8>, size: Size) -> Result<String, EvaluateError> {
    inline(&RgbImage::new(size, pixels).expect("three bytes for every pixel"))
}

/// A PNG as a `data:` address.
fn inline(image: &RgbImage) -> Result<String, EvaluateError> {
    let failed = |error: png::EncodingError| EvaluateError::Report { what: "PNG", why: error.to_string() };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.size().width, image.size().height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(image.pixels()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}
