//! `hwgen export`: the quantised model as an ONNX graph.

use super::outcome::Outcome;
use super::report::{Report, table};
use super::{overwrite, write};
use hwgen_export::{Exported, OPSET, Options, Port, export};
use hwgen_quantize::Model;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Write the quantised network as ONNX, in integers, for onnxruntime and other runtimes.
///
/// Input `image`, uint8 [1, H, W, 3], red first; one uint8 class map [1, H, W] for each output: `m_01`, … The graph
/// computes the integers of the golden model and of emitted cores, every one of them, with standard operators only
/// (docs/export.md).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen export --model itnet.q.safetensors -o itnet.onnx
  hwgen export --model itnet.q.safetensors --unrolled --intermediates -o itnet.onnx --json")]
pub struct Args {
    /// Quantised model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Every iteration by itself, for tools that know no loops; the weights still stand in the file once.
    #[arg(long)]
    unrolled: bool,
    /// Add states, logits, their sums and confidences to the outputs.
    #[arg(long)]
    intermediates: bool,
    /// ONNX file to write.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Body<'a> {
    file: &'a Path,
    bytes: usize,
    opset: i64,
    nodes: usize,
    model_sha256: String,
    input: PortBody<'a>,
    outputs: Vec<PortBody<'a>>,
}

#[derive(Serialize)]
struct PortBody<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    element: &'a str,
    shape: &'a [usize],
}

impl<'a> From<&'a Port> for PortBody<'a> {
    fn from(port: &'a Port) -> Self {
        Self { name: &port.name, element: port.element, shape: &port.shape }
    }
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    overwrite::check_inputs(&[&args.model], std::slice::from_ref(&args.output))?;
    overwrite::check_file(&args.output)?;
    let model = Model::load(&args.model)?;
    let options = Options { unrolled: args.unrolled, intermediates: args.intermediates };
    let Exported { bytes, nodes, input, outputs } = export(&model, options)?;
    write::file(&args.output, &bytes)?;
    let body = Body {
        file: &args.output,
        bytes: bytes.len(),
        opset: OPSET,
        nodes,
        model_sha256: model.hash().to_string(),
        input: (&input).into(),
        outputs: outputs.iter().map(Into::into).collect(),
    };
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

fn text(body: &Body<'_>) -> String {
    let row = |port: &PortBody<'_>| [port.name.to_owned(), port.element.to_owned(), format!("{:?}", port.shape)];
    let rows: Vec<_> = std::iter::once(&body.input).chain(&body.outputs).map(row).collect();
    let table = table(["", "type", "shape"], &rows);
    format!("{}: {} bytes, {} nodes, opset {}\n\n{table}", body.file.display(), body.bytes, body.nodes, body.opset)
}
