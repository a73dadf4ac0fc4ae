//! A quantised ItNet as an ONNX graph of standard integer operators, which any conforming runtime computes to the
//! integers of docs/arithmetic.md (docs/export.md).
//!
//! | module | owns |
//! |---|---|
//! | `proto` | the messages of the file format |
//! | `graph` | typed values, nodes, constants |
//! | `operators` | the operators of docs/arithmetic.md in operators of ONNX |
//! | `parameters` | the model's numbers as constants |
//! | `network` | the whole network, the loop |
//!
//! Knows the quantised model alone. Starts no process and prints nothing; the same model gives the same bytes.

mod graph;
mod network;
mod operators;
mod parameters;
mod proto;

use graph::Value;
use hwgen_quantize::{Model, ModelError};
use miette::Diagnostic;
use prost::Message;
use proto::{ModelProto, OperatorSetIdProto, StringStringEntryProto};
use thiserror::Error;

/// Version of the standard operators that the graph uses.
pub const OPSET: i64 = 17;

/// Bytes that a protobuf message may have.
const MAX_BYTES: usize = i32::MAX as usize;

/// What the graph shall be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every iteration by itself instead of one `Loop`.
    pub unrolled: bool,
    /// States, logits, sums of logits and confidences as outputs too.
    pub intermediates: bool,
}

/// An exported graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// Nodes, those of the loop's body included.
    pub nodes: usize,
    /// `image`, `[1, H, W, 3]`.
    pub input: Port,
    /// One map for each output, then the intermediates.
    pub outputs: Vec<Port>,
}

/// An input or output of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Name.
    pub name: String,
    /// Element type, as ONNX calls it.
    pub element: &'static str,
    /// Shape, outermost first.
    pub shape: Vec<usize>,
}

/// Why a model has no graph.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum ExportError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(#[from] ModelError),

    #[error("the graph takes {got} bytes, wanted at most {MAX_BYTES}, which is what a protobuf message may have")]
    #[diagnostic(
        code(hwgen::export::too_large),
        help("reduce width, expansion, blocks or weight sets, or leave --unrolled away")
    )]
    TooLarge { got: usize },
}

/// The ONNX file of `model`.
pub fn export(model: &Model, options: Options) -> Result<Exported, ExportError> {
    model.validate()?;
    let network = network::build(model, options.unrolled, options.intermediates);
    let file = ModelProto {
        ir_version: Some(proto::IR_VERSION),
        producer_name: Some("hwgen".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        doc_string: Some("Iterative segmentation network in integers (hwgen, docs/export.md).".to_owned()),
        graph: Some(network.graph),
        opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: Some(OPSET) }],
        metadata_props: metadata(model),
    };
    let got = file.encoded_len();
    if got > MAX_BYTES {
        return Err(ExportError::TooLarge { got });
    }
    Ok(Exported {
        bytes: file.encode_to_vec(),
        nodes: network.nodes,
        input: port(&network.image),
        outputs: network.outputs.iter().map(port).collect(),
    })
}

/// What the model's file says of itself.
fn metadata(model: &Model) -> Vec<StringStringEntryProto> {
    let json = |value: serde_json::Result<String>| value.expect("plain structs become JSON");
    [
        ("hwgen.description", json(serde_json::to_string(&model.description))),
        ("hwgen.bits", json(serde_json::to_string(&model.bits))),
        ("hwgen.model_sha256", model.hash().to_string()),
    ]
    .map(|(key, value)| StringStringEntryProto { key: Some(key.to_owned()), value: Some(value) })
    .to_vec()
}

fn port(value: &Value) -> Port {
    Port { name: value.name.clone(), element: value.element.name(), shape: value.shape.clone() }
}
