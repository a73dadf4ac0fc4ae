//! The result as CSV, for people's own tools.

use crate::error::EvaluateError;
use crate::run::Evaluation;
use serde::Serialize;

/// What a core takes for an output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// The output, from 1.
    pub output: u32,
    /// Cycles from the first pixel in to the output's last word out.
    pub cycles: u64,
    /// Frames a second if every frame ends with this output; none where no clock is known.
    pub frames_per_second: Option<f64>,
}

/// One line for each output and size: `output,size,macs,cycles,frames_per_second,miou,pixel_accuracy,iou CLASS…`.
/// Columns that nothing is known of are empty.
pub fn outputs(evaluation: &Evaluation, timing: &[Timing]) -> Result<Vec<u8>, EvaluateError> {
    let mut table = csv::Writer::from_writer(vec![]);
    let fixed = ["output", "size", "macs", "cycles", "frames_per_second", "miou", "pixel_accuracy"];
    let header = fixed.iter().map(|&name| name.to_owned());
    write(&mut table, header.chain(evaluation.classes.iter().map(|class| format!("iou {class}"))))?;
    for output in &evaluation.outputs {
        let timing = timing.iter().find(|timing| timing.output == output.output);
        let cycles = timing.map_or_else(String::new, |timing| timing.cycles.to_string());
        let rate = timing.and_then(|timing| timing.frames_per_second);
        let rate = rate.map_or_else(String::new, |rate| format!("{rate:.3}"));
        for (size, score) in [("network", &output.network), ("labels", &output.labels)] {
            let front =
                [output.output.to_string(), size.to_owned(), output.macs.to_string(), cycles.clone(), rate.clone()];
            let ious = score.iou.iter().map(|iou| iou.map_or_else(String::new, share));
            write(&mut table, front.into_iter().chain([share(score.miou), share(score.pixel_accuracy)]).chain(ious))?;
        }
    }
    finish(table)
}

/// One line for each image and output, at the network's size: `name,output,pixels,miou,pixel_accuracy`.
pub fn images(evaluation: &Evaluation) -> Result<Vec<u8>, EvaluateError> {
    let mut table = csv::Writer::from_writer(vec![]);
    write(&mut table, ["name", "output", "pixels", "miou", "pixel_accuracy"].map(str::to_owned))?;
    for image in &evaluation.images {
        let scores = image.miou.iter().zip(&image.pixel_accuracy).zip(&evaluation.outputs);
        for ((&miou, &accuracy), output) in scores {
            let (number, pixels) = (output.output.to_string(), image.pixels.to_string());
            write(&mut table, [image.name.clone(), number, pixels, share(miou), share(accuracy)])?;
        }
    }
    finish(table)
}

/// A number of 0…1.
fn share(value: f64) -> String {
    format!("{value:.6}")
}

fn failed(error: impl std::fmt::Display) -> EvaluateError {
    EvaluateError::Report { what: "CSV", why: error.to_string() }
}

fn write(table: &mut csv::Writer<Vec<u8>>, row: impl IntoIterator<Item = String>) -> Result<(), EvaluateError> {
    table.write_record(row).map_err(failed)
}

fn finish(table: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, EvaluateError> {
    table.into_inner().map_err(failed)
}
