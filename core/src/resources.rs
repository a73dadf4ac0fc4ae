//! What a core takes of a device: an estimate of multipliers, block RAMs, LUTs and flip-flops.
//!
//! Owns: the estimate. Leaves alone: which memories there are (`memory`), what a tool makes of the core (`hwgen-flow` counts that).
//! Multipliers and block RAMs are counted; LUTs and flip-flops are fitted to what Yosys gave for whole cores.

use crate::array::{ARRAYS, Array, PerArray};
use crate::feedback::Feedback;
use crate::mapping::{LutMemories, Mapping, OPERAND_BITS, Products, multipliers};
use crate::memory::Memory;
use crate::plan::Plan;
use crate::widths::{MULTIPLIER_BITS, Widths};
use serde::Serialize;

/// Widest operand of a hardware multiplier.
const DSP_BITS: usize = 18;

/// An estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Resources {
    /// Hardware multipliers, 18×18.
    pub dsp: usize,
    /// Block RAMs of 18 kbit.
    pub ebr: usize,
    /// Sites of four-input LUTs, carry chains and LUT RAM included.
    pub lut: usize,
    /// Flip-flops.
    pub ff: usize,
}

/// Block RAMs and LUT sites of all memories.
pub fn stored(memories: &[Memory], luts: LutMemories) -> Resources {
    memories.iter().fold(Resources::default(), |total, memory| Resources {
        ebr: total.ebr + memory.block_rams(luts),
        lut: total.lut + memory.luts(luts),
        ..total
    })
}

/// The estimate for a core, whose memories take `stored`.
pub fn estimate(plan: &Plan, mapping: &Mapping, widths: &Widths, stored: Resources) -> Resources {
    let fold = &plan.folding;
    let span = fold.pixels();
    let mut total = stored;
    if mapping.shared_lines {
        total.lut += LUT_A_SHARED_LANE * span * (fold.arrays.expand.lanes + fold.arrays.depthwise.rows);
    }
    let mut products = 0;
    for unit in units(plan, mapping, widths) {
        let cost = unit.cost();
        total.dsp += cost.dsp;
        products += cost.lut;
    }
    total.lut += products + products * PRODUCTS / 100;
    let classes = plan.net.classes as usize;
    total.lut += BASE.lut
        + LUT_A_STATE_LANE * span * fold.arrays.expand.lanes
        + LUT_A_ROW * span * (fold.arrays.expand.rows + fold.arrays.project.rows + fold.arrays.classify.rows)
        + LUT_A_CHANNEL * span * plan.net.width as usize
        + LUT_A_CLASS * classes;
    // spans are gathered, shifted at the ends of rows and taken apart again
    let gathered = if span > 1 { span } else { 0 };
    total.lut += LUT_A_SPAN_PIXEL * gathered;
    // the up-sampler's values and an argmax, for each pixel of a beat but the first
    let beside = (plan.beat - 1) * classes;
    total.lut += LUT_A_CLASS_BESIDE * beside;
    total.lut += total.lut * PACKING / 100;
    let registers = fold.arrays.iter().map(|(array, shape)| match mapping.arrays[array] {
        Products::Lut => FF_A_LUT_PRODUCT * shape.multipliers(),
        _ => FF_A_MULTIPLIER * shape.multipliers(),
    });
    total.ff = BASE.ff
        + registers.sum::<usize>()
        + FF_A_CHANNEL * span * plan.net.width as usize
        + FF_A_CLASS * classes
        + FF_A_SPAN_PIXEL * gathered
        + FF_A_CLASS_BESIDE * beside
        + if matches!(plan.feedback, Feedback::Axi(_)) { FF_AXI } else { 0 };
    total
}

// Fitted to what Yosys 0.70 and nextpnr gave for the cores of `make bench-fpga` and four more (docs/adr/log.md, "What LUTs and
// flip-flops are fitted to").
const BASE: Resources = Resources { dsp: 0, ebr: 0, lut: 7200, ff: 6600 };
const LUT_A_STATE_LANE: usize = 110;
/// Data of a memory that is one of two in the same block RAMs: a bit goes to all words of a line.
const LUT_A_SHARED_LANE: usize = 32;
/// Accumulator and drain.
const LUT_A_ROW: usize = 54;
const LUT_A_CHANNEL: usize = 155;
const LUT_A_CLASS: usize = 330;
/// Percent of LUT sites more after placement: ends of carry chains, write ports of LUT RAM.
const PACKING: usize = 15;
/// Percent of LUT sites more for products: operands that go to several of them, and what the tools do not share.
const PRODUCTS: usize = 19;
/// Flip-flops of a product in a hardware multiplier, and in LUTs, where it has stages of its own.
const FF_A_MULTIPLIER: usize = 46;
const FF_A_LUT_PRODUCT: usize = 62;
const FF_A_CHANNEL: usize = 50;
/// Of each pixel of a span, where spans have several.
const LUT_A_SPAN_PIXEL: usize = 540;
const FF_A_SPAN_PIXEL: usize = 1270;
/// Of each class, for each pixel of a beat but the first: what Yosys gave for `hwg_upsample` alone.
const LUT_A_CLASS_BESIDE: usize = 200;
const FF_A_CLASS_BESIDE: usize = 68;
/// The master of `--feedback axi`.
const FF_AXI: usize = 1900;
const FF_A_CLASS: usize = 240;

/// Products of one kind: an array or a requantisation.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// What they are made of.
    pub products: Products,
    rows: usize,
    lanes: usize,
    activation: usize,
    weight: usize,
}

impl Unit {
    /// Multipliers and LUT sites.
    pub fn cost(&self) -> Resources {
        let blocks = self.activation.div_ceil(DSP_BITS) * self.weight.div_ceil(DSP_BITS);
        let dsp = multipliers(self.products, self.rows, self.lanes) * blocks;
        // an adder of the tree for each product, and its rows where it has no multiplier
        let tree = self.rows * self.lanes * (self.activation + self.weight + 8);
        let soft = self.rows * self.lanes * (self.weight.div_ceil(2) * (2 * self.activation + 6));
        let lut = tree + if self.products == Products::Lut { soft } else { 0 };
        Resources { dsp, ebr: 0, lut, ff: 0 }
    }
}

/// All products: those of the arrays, of requantisation behind each, and of the state's batch norm.
pub fn units(plan: &Plan, mapping: &Mapping, widths: &Widths) -> Vec<Unit> {
    let (arrays, bits) = (&plan.folding.arrays, &plan.bits);
    // unsigned activations have a sign bit more
    let operands = PerArray {
        expand: (OPERAND_BITS, bits.expand),
        depthwise: (bits.act_expand as usize + 1, bits.depthwise),
        project: (bits.act_depthwise as usize + 1, bits.project),
        classify: (bits.act_state as usize, bits.head),
    };
    let products = arrays.iter().map(|(array, shape)| Unit {
        products: mapping.arrays[array],
        rows: shape.rows,
        lanes: shape.lanes * shape.pixels,
        activation: operands[array].0,
        weight: operands[array].1 as usize,
    });
    let requant = |array: Array, acc: usize| Unit {
        products: mapping.requant[array],
        rows: 1,
        lanes: arrays[array].drain * arrays[array].pixels,
        activation: acc,
        weight: MULTIPLIER_BITS,
    };
    let requants = ARRAYS.map(|array| requant(array, widths.arrays[array].acc));
    let affine = requant(Array::Project, widths.affine.acc);
    products.chain(requants).chain([affine]).collect()
}
