//! `Model::validate`: every constraint of docs/arithmetic.md that golden model and emitter rely on.
//!
//! Owns: checking. Leaves alone: parsing (`file`) and making models (`calibrate`, `random`).

use crate::accumulate::acc_bits;
use crate::error::ModelError;
use crate::formats::{LayerKind, Range};
use crate::model::{Bits, Layer, Model, Requant};
use hwgen_network::{FIRST_STATE_LAYER, Normalisation};

/// Greatest magnitude of a `requant` bias: signed 48 bits.
pub const BIAS_LIMIT: i64 = 1 << 47;

/// Greatest shift of the confidence.
pub const CONFIDENCE_SHIFT_LIMIT: u32 = 31;

/// The fixed shape and formats of one layer.
struct Wanted {
    kind: LayerKind,
    outputs: usize,
    inputs: usize,
    taps: usize,
    input: Range,
    clamp: Clamp,
    biased: bool,
}

/// What the clamp of a `requant` may be.
#[derive(Clone, Copy)]
enum Clamp {
    /// Exactly this range.
    Exactly(Range),
    /// `lo = 0` and `hi` from 1 to the greatest of an unsigned format of so many bits.
    Relu(u32),
}

impl Model {
    /// Checks every constraint that the rest of hwgen relies on; the first violation is the error.
    pub fn validate(&self) -> Result<(), ModelError> {
        let (d, bits) = (&self.description, &self.bits);
        let problems: Vec<String> = d.problems().iter().map(ToString::to_string).collect();
        if !problems.is_empty() {
            return Err(ModelError::Description { message: problems.join("; ") });
        }
        check_bits(bits)?;
        field("mid_shift", self.mid_shift, 0, if d.blocks > 1 { 3 } else { 0 })?;
        field("confidence_shift", self.confidence_shift, 0, CONFIDENCE_SHIFT_LIMIT)?;
        let scales = d.scales as usize;
        count("data", "layers", self.data.len(), d.data_layers())?;
        for (j, layer) in self.data.iter().enumerate() {
            let clamp =
                if j < FIRST_STATE_LAYER { Clamp::Relu(bits.act_data) } else { Clamp::Exactly(bits.state_range()) };
            check_layer(
                bits,
                &format!("data.{j}"),
                layer,
                &Wanted {
                    kind: LayerKind::of_data(j),
                    outputs: d.width as usize,
                    inputs: d.data_inputs(j),
                    taps: 9,
                    input: bits.data_input_range(d.pixels, j),
                    clamp,
                    biased: true,
                },
            )?;
        }
        self.validate_blocks()?;
        count("affine", "iterations", self.affine.len(), d.iterations as usize)?;
        for (n, rows) in self.affine.iter().enumerate() {
            count(&format!("affine.{n}"), "scales", rows.len(), scales)?;
            for (l, row) in rows.iter().enumerate() {
                let name = format!("affine.{n}.{l}");
                check_requant(&name, row, d.width as usize, Clamp::Exactly(bits.state_range()), true)?;
                derived(&name, "shift", i64::from(row.shift), i64::from(self.affine[0][0].shift))?;
            }
        }
        if let Some(row) = self.affine.first().and_then(|rows| rows.first()) {
            // The affine between blocks has m = 2^(s − 2 − mid_shift), signed 16 bits.
            field("affine shift", row.shift, 2 + self.mid_shift, 16 + self.mid_shift)?;
        }
        count("heads", "outputs", self.heads.len(), d.outputs.len())?;
        for (layers, output) in self.heads.iter().zip(&d.outputs) {
            let n = output.saturating_sub(1);
            count(&format!("head.{n}"), "scales", layers.len(), scales)?;
            for (l, layer) in layers.iter().enumerate() {
                check_layer(
                    bits,
                    &format!("head.{n}.{l}"),
                    layer,
                    &Wanted {
                        kind: LayerKind::Head,
                        outputs: d.classes as usize,
                        inputs: d.width as usize,
                        taps: 9,
                        input: bits.state_range(),
                        clamp: Clamp::Exactly(bits.logit_range()),
                        biased: true,
                    },
                )?;
            }
        }
        Ok(())
    }

    fn validate_blocks(&self) -> Result<(), ModelError> {
        let (d, bits) = (&self.description, &self.bits);
        let biased = d.normalisation == Normalisation::Convolutions;
        count("iter", "weight sets", self.blocks.len(), d.set_count())?;
        for (set, scales) in self.blocks.iter().enumerate() {
            count(&format!("iter.{set}"), "scales", scales.len(), d.scales as usize)?;
            for (l, blocks) in scales.iter().enumerate() {
                count(&format!("iter.{set}.{l}"), "blocks", blocks.len(), d.blocks as usize)?;
                for (k, block) in blocks.iter().enumerate() {
                    let (inputs, hidden) = (d.block_inputs(l, k), d.block_hidden(l, k));
                    let name = |layer: &str| format!("iter.{set}.{l}.{k}.{layer}");
                    let expand = Wanted {
                        kind: LayerKind::Expand,
                        outputs: hidden,
                        inputs,
                        taps: 1,
                        input: bits.state_range(),
                        clamp: Clamp::Relu(bits.act_expand),
                        biased,
                    };
                    check_layer(bits, &name("expand"), &block.expand, &expand)?;
                    let depthwise = Wanted {
                        kind: LayerKind::Depthwise,
                        outputs: hidden,
                        inputs: 1,
                        taps: 9,
                        input: Range::unsigned(bits.act_expand),
                        clamp: Clamp::Relu(bits.act_depthwise),
                        biased,
                    };
                    check_layer(bits, &name("depthwise"), &block.depthwise, &depthwise)?;
                    let project = Wanted {
                        kind: LayerKind::Project,
                        outputs: d.width as usize,
                        inputs: hidden,
                        taps: 1,
                        input: Range::unsigned(bits.act_depthwise),
                        clamp: Clamp::Exactly(bits.residual_range()),
                        biased,
                    };
                    check_layer(bits, &name("project"), &block.project, &project)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether every width is inside the limits of docs/arithmetic.md.
pub fn check_bits(bits: &Bits) -> Result<(), ModelError> {
    field("bits.stem", bits.stem, 2, 8)?;
    field("bits.data", bits.data, 2, 8)?;
    field("bits.expand", bits.expand, 2, 8)?;
    field("bits.depthwise", bits.depthwise, 2, 8)?;
    field("bits.project", bits.project, 2, 8)?;
    field("bits.head", bits.head, 2, 8)?;
    field("bits.act_data", bits.act_data, 4, 8)?;
    field("bits.act_state", bits.act_state, 4, 8)?;
    field("bits.act_expand", bits.act_expand, 4, 8)?;
    field("bits.act_depthwise", bits.act_depthwise, 4, 8)?;
    field("bits.act_logit", bits.act_logit, 8, 16)
}

fn field(name: &str, got: u32, lo: u32, hi: u32) -> Result<(), ModelError> {
    if (lo..=hi).contains(&got) {
        return Ok(());
    }
    Err(ModelError::Field { field: name.to_owned(), got: i64::from(got), lo: i64::from(lo), hi: i64::from(hi) })
}

fn count(tensor: &str, unit: &'static str, got: usize, wanted: usize) -> Result<(), ModelError> {
    if got == wanted {
        return Ok(());
    }
    Err(ModelError::Count { tensor: tensor.to_owned(), unit, got, wanted })
}

fn derived(tensor: &str, what: &'static str, got: i64, wanted: i64) -> Result<(), ModelError> {
    if got == wanted {
        return Ok(());
    }
    Err(ModelError::Derived { tensor: tensor.to_owned(), what, got, wanted })
}

fn check_layer(bits: &Bits, name: &str, layer: &Layer, wanted: &Wanted) -> Result<(), ModelError> {
    count(name, "output channels", layer.outputs, wanted.outputs)?;
    count(name, "input channels", layer.inputs, wanted.inputs)?;
    count(name, "kernel taps", layer.taps, wanted.taps)?;
    let channel = wanted.inputs * wanted.taps;
    count(name, "weights", layer.weights.len(), wanted.outputs * channel)?;
    let range = Range::symmetric(bits.weights(wanted.kind));
    if let Some(at) = layer.weights.iter().position(|&w| !range.contains(i32::from(w))) {
        return Err(ModelError::Value {
            tensor: name.to_owned(),
            channel: at / channel,
            what: "weight",
            got: i64::from(layer.weights[at]),
            lo: i64::from(range.lo),
            hi: i64::from(range.hi),
        });
    }
    check_requant(name, &layer.requant, wanted.outputs, wanted.clamp, wanted.biased)?;
    let width = acc_bits(&layer.weights, layer.outputs, wanted.input);
    derived(name, "acc_bits", i64::from(layer.acc_bits), i64::from(width))
}

fn check_requant(name: &str, requant: &Requant, channels: usize, clamp: Clamp, biased: bool) -> Result<(), ModelError> {
    count(name, "multipliers", requant.mul.len(), channels)?;
    count(name, "biases", requant.bias.len(), channels)?;
    field(&format!("{name} shift"), requant.shift, 1, 31)?;
    let limit = if biased { BIAS_LIMIT - 1 } else { 0 };
    for (channel, &bias) in requant.bias.iter().enumerate() {
        if bias < -limit || bias > limit {
            let tensor = name.to_owned();
            return Err(ModelError::Value { tensor, channel, what: "bias", got: bias, lo: -limit, hi: limit });
        }
    }
    match clamp {
        Clamp::Exactly(range) => {
            derived(name, "lower clamp", i64::from(requant.lo), i64::from(range.lo))?;
            derived(name, "upper clamp", i64::from(requant.hi), i64::from(range.hi))
        }
        Clamp::Relu(bits) => {
            derived(name, "lower clamp", i64::from(requant.lo), 0)?;
            let hi = i64::from(Range::unsigned(bits).hi);
            let got = i64::from(requant.hi);
            if (1..=hi).contains(&got) {
                return Ok(());
            }
            Err(ModelError::Field { field: format!("{name} upper clamp"), got, lo: 1, hi })
        }
    }
}
