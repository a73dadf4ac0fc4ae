//! What a core takes of a device: its memories, and an estimate of multipliers, block RAMs, LUTs and flip-flops.
//!
//! Owns: the list of memories and the estimate. Leaves alone: what a tool makes of the core (`hwgen-flow` counts that).
//! Multipliers and block RAMs are counted; LUTs and flip-flops are fitted to what Yosys gave for whole cores.

use crate::array::{ARRAYS, Array, PerArray};
use crate::device::{BLOCK_BITS, BLOCK_WORDS, block_rams};
use crate::latency::TOTAL_ROWS;
use crate::mapping::{
    LUT_RAM_WORDS, LutMemories, MOST_LUT_RAM_WORDS, Mapping, OPERAND_BITS, Products, SmallMemory, multipliers,
};
use crate::plan::{Job, Plan};
use crate::widths::{MULTIPLIER_BITS, Widths};
use serde::Serialize;

/// Widest operand of a hardware multiplier.
const DSP_BITS: usize = 18;

/// A memory of the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Name: that of the file for a ROM.
    pub name: String,
    /// Bits of a word.
    pub width: usize,
    /// Words.
    pub depth: usize,
    /// Read from a file, never written.
    pub rom: bool,
    /// Which of the small ones it is, if one of them.
    #[serde(skip)]
    pub small: Option<SmallMemory>,
    /// Of a ROM whose words are known, the bits of a line of its file that are not the same in all lines: Yosys gives the
    /// others no block RAM.
    #[serde(skip)]
    pub varying: Option<usize>,
}

impl Memory {
    /// Block RAMs of it, none if it is LUT RAM.
    pub fn block_rams(&self, luts: LutMemories) -> usize {
        if self.in_luts(luts) {
            return 0;
        }
        let blocks = block_rams(self.width, self.depth, self.rom);
        self.varying.map_or(blocks, |bits| blocks.min(bits.div_ceil(BLOCK_BITS)))
    }

    /// LUT sites of it, none if it is block RAM.
    pub fn luts(&self, luts: LutMemories) -> usize {
        if self.in_luts(luts) { lut_sites(self) } else { 0 }
    }

    /// Whether it is LUT RAM.
    fn in_luts(&self, luts: LutMemories) -> bool {
        let chosen = self.small.is_some_and(|memory| luts.has(memory));
        self.depth <= if chosen { MOST_LUT_RAM_WORDS } else { LUT_RAM_WORDS }
    }
}

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

/// Bits of a byte of a block RAM, with an enable of its own.
const BYTE: usize = 9;

/// Every memory that may take a block RAM; lines of the data block and depthwise ring in one if `shared_lines`.
pub fn memories(plan: &Plan, widths: &Widths, shared_lines: bool) -> Vec<Memory> {
    let (net, fold, bits) = (&plan.net, &plan.folding, &plan.bits);
    let mut list = Vec::new();
    let mut add = |name: String, width: usize, depth: usize, small: Option<SmallMemory>| {
        list.push(Memory { name, width, depth, rom: true, small, varying: None });
    };
    let sets = net.set_count();
    let passes =
        |table: &Vec<Vec<Job>>, cost: &dyn Fn(&Job) -> usize| -> usize { table.iter().flatten().map(cost).sum() };
    let constant = |bias: usize| bias + MULTIPLIER_BITS;
    let heads = net.outputs.len() * net.scales as usize;

    let words = |job: &Job| job.groups * job.words;
    let depth = plan.data_jobs.iter().map(words).sum::<usize>() + sets * passes(&plan.expand_jobs, &words);
    add("expand".into(), fold.arrays.expand.multipliers() * bits.expand as usize, depth, None);
    let beats = |job: &Job| job.groups * fold.arrays.expand.beats();
    let depth = plan.data_jobs.iter().map(beats).sum::<usize>() + sets * passes(&plan.expand_jobs, &beats);
    add("expand_requant".into(), fold.arrays.expand.drain * constant(widths.arrays.expand.bias), depth, None);

    let groups: usize = plan.depthwise_groups.iter().flatten().sum();
    add("depthwise".into(), fold.arrays.depthwise.rows * bits.depthwise as usize, sets * groups * 9, None);
    let depth = sets * groups * (fold.arrays.depthwise.beats());
    add("depthwise_requant".into(), fold.arrays.depthwise.drain * constant(widths.arrays.depthwise.bias), depth, None);

    let depth = sets * passes(&plan.project_jobs, &words);
    add("project".into(), fold.arrays.project.multipliers() * bits.project as usize, depth, None);
    let beats = plan.project_jobs[0][0].groups * fold.arrays.project.beats();
    let depth = sets * (net.scales * net.blocks) as usize * beats;
    add(
        "project_requant".into(),
        fold.arrays.project.drain * constant(widths.arrays.project.bias),
        depth,
        Some(SmallMemory::Constants),
    );
    let rows = (net.iterations * net.scales) as usize + usize::from(net.blocks > 1);
    add("affine".into(), fold.arrays.project.drain * constant(widths.affine.bias), rows * beats, None);

    let job = &plan.classify_job;
    add(
        "classify".into(),
        fold.arrays.classify.multipliers() * bits.head as usize,
        heads * job.groups * job.words,
        None,
    );
    add(
        "classify_requant".into(),
        constant(widths.arrays.classify.bias),
        heads * job.groups * fold.arrays.classify.rows,
        Some(SmallMemory::Constants),
    );

    let lane = bits.act_data.max(bits.act_state).max(bits.act_expand) as usize;
    let state = fold.arrays.expand.lanes * bits.act_state as usize;
    let stream = usize::from(plan.feedback.leaves());
    let pixels = |from: usize| -> usize { (from..net.scales as usize).map(|l| net.scale(l).pixels()).sum() };
    let lines: usize = (0..net.data_layers()).map(|j| plan.line_slots(j)).sum();
    let logit = bits.act_logit as usize;
    let classes = net.classes as usize;
    let up: usize = (1..net.scales as usize).map(|l| (net.scales as usize - 1 - l) * net.scale(l).pixels()).sum();
    let mut ram = |name: &str, width: usize, depth: usize, small: Option<SmallMemory>| {
        list.push(Memory { name: name.to_owned(), width, depth, rom: false, small, varying: None });
    };
    ram("patch lines", 6 * 8, 2 * (net.image.width as usize).div_ceil(2), Some(SmallMemory::PatchLines));
    ram("operands", fold.arrays.expand.lanes * OPERAND_BITS, plan.slots * plan.slot_words, Some(SmallMemory::Operands));
    let (line, lines) = (fold.arrays.expand.lanes * lane, lines * plan.state_words);
    let (ring, places) = (fold.arrays.depthwise.rows * lane, plan.ring_slots * plan.ring_slot_words);
    if shared_lines {
        // a line of block RAMs has the words of one or the other side by side (`hwg_shared_ram`)
        let bytes = |width: usize, depth: usize| depth.div_ceil(BLOCK_WORDS) * width.div_ceil(BYTE);
        ram("lines and depthwise ring", BYTE * bytes(line, lines).max(bytes(ring, places)), BLOCK_WORDS, None);
    } else {
        ram("lines", line, lines, None);
        ram("depthwise ring", ring, places, None);
    }
    ram("state", state, pixels(stream) * plan.state_words, None);
    ram("residuals", state, plan.residuals, Some(SmallMemory::Residuals));
    if plan.pool_words() > 0 {
        ram("pooled states", fold.arrays.expand.lanes * (bits.act_state as usize + 2), plan.pool_words(), None);
    }
    let vector = fold.vector_lanes() * bits.act_depthwise as usize;
    ram("vectors", vector, plan.vector_slots * plan.vector_slot_words, Some(SmallMemory::Vectors));
    let classify = fold.arrays.classify.lanes * bits.act_state as usize;
    ram("classification ring", classify, plan.queue_slots * plan.class_words, None);
    ram("logits", classes * logit, pixels(0), None);
    ram("maps on their way up", classes * logit, up, Some(SmallMemory::Maps));
    let total = logit + Plan::clog2(net.scales as usize);
    ram("logit sums", classes * total, TOTAL_ROWS * net.scale(0).width as usize, Some(SmallMemory::Sums));
    list
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
    let mut total = stored;
    if mapping.shared_lines {
        total.lut += LUT_A_SHARED_LANE * (plan.folding.arrays.expand.lanes + plan.folding.arrays.depthwise.rows);
    }
    for unit in units(plan, mapping, widths) {
        let cost = unit.cost();
        total.dsp += cost.dsp;
        total.lut += cost.lut;
    }
    let (multipliers, classes) = (fold.total(), plan.net.classes as usize);
    total.lut += BASE.lut
        + LUT_A_STATE_LANE * fold.arrays.expand.lanes
        + LUT_A_ROW * (fold.arrays.expand.rows + fold.arrays.project.rows + fold.arrays.classify.rows)
        + LUT_A_CHANNEL * plan.net.width as usize
        + LUT_A_CLASS * classes;
    total.lut += total.lut * PACKING / 100;
    total.ff = BASE.ff + FF_A_MULTIPLIER * multipliers + FF_A_CHANNEL * plan.net.width as usize + FF_A_CLASS * classes;
    total
}

/// LUT sites of a LUT RAM of 16 × 4 bits.
const RAM_CELL: usize = 6;
// Fitted to what Yosys 0.70 and nextpnr gave for the cores of `make bench-fpga`.
const BASE: Resources = Resources { dsp: 0, ebr: 0, lut: 9000, ff: 6200 };
const LUT_A_STATE_LANE: usize = 110;
/// Data of a memory that is one of two in the same block RAMs: a bit goes to all words of a line.
const LUT_A_SHARED_LANE: usize = 32;
/// Accumulator and drain.
const LUT_A_ROW: usize = 54;
const LUT_A_CHANNEL: usize = 110;
const LUT_A_CLASS: usize = 330;
/// Percent of LUT sites more after placement: ends of carry chains, write ports of LUT RAM.
const PACKING: usize = 15;
const FF_A_MULTIPLIER: usize = 38;
const FF_A_CHANNEL: usize = 120;
const FF_A_CLASS: usize = 240;

/// LUT sites of a memory in LUTs: sixteen bits each, those of a RAM with their write ports, and the multiplexers that
/// choose one.
fn lut_sites(memory: &Memory) -> usize {
    let rows = memory.depth.div_ceil(16);
    let bits = if memory.rom { memory.width } else { memory.width.div_ceil(4) * RAM_CELL };
    rows * bits + memory.width * rows.saturating_sub(1).div_ceil(2)
}

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
        lanes: shape.lanes,
        activation: operands[array].0,
        weight: operands[array].1 as usize,
    });
    let requant = |array: Array, acc: usize| Unit {
        products: mapping.requant[array],
        rows: 1,
        lanes: arrays[array].drain,
        activation: acc,
        weight: MULTIPLIER_BITS,
    };
    let requants = ARRAYS.map(|array| requant(array, widths.arrays[array].acc));
    let affine = requant(Array::Project, widths.affine.acc);
    products.chain(requants).chain([affine]).collect()
}
