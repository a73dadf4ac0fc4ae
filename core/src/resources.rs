//! What a core takes of a device: its memories, and an estimate of multipliers, block RAMs, LUTs and flip-flops.
//!
//! Owns: the list of memories and the estimate. Leaves alone: what a tool makes of the core (`hwgen-flow` counts that).
//! Multipliers and block RAMs are counted; LUTs and flip-flops are fitted to what Yosys gave for whole cores.

use crate::device::{BLOCK_BITS, BLOCK_WORDS, block_rams};
use crate::mapping::{LUT_RAM_WORDS, LutMemories, MOST_LUT_RAM_WORDS, Mapping, Products, SmallMemory, multipliers};
use crate::plan::{Plan, TOTAL_ROWS};
use crate::widths::Widths;
use serde::Serialize;

/// Widest operand of a hardware multiplier.
const MULTIPLIER_BITS: usize = 18;
/// Bits of a requantisation multiplier.
const REQUANT_BITS: usize = 16;

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
    let passes = |table: &Vec<Vec<crate::plan::Job>>, cost: &dyn Fn(&crate::plan::Job) -> usize| -> usize {
        table.iter().flatten().map(cost).sum()
    };
    let constant = |bias: usize| bias + REQUANT_BITS;
    let heads = net.outputs.len() * net.scales as usize;

    let words = |job: &crate::plan::Job| job.groups * job.words;
    let depth = plan.data_jobs.iter().map(words).sum::<usize>() + sets * passes(&plan.expand_jobs, &words);
    add("expand".into(), fold.expand() * bits.expand as usize, depth, None);
    let beats = |job: &crate::plan::Job| job.groups * fold.expand_rows / fold.expand_drain;
    let depth = plan.data_jobs.iter().map(beats).sum::<usize>() + sets * passes(&plan.expand_jobs, &beats);
    add("expand_requant".into(), fold.expand_drain * constant(widths.expand.bias), depth, None);

    let groups: usize = plan.depthwise_groups.iter().flatten().sum();
    add("depthwise".into(), fold.depthwise_lanes * bits.depthwise as usize, sets * groups * 9, None);
    let depth = sets * groups * (fold.depthwise_lanes / fold.depthwise_drain);
    add("depthwise_requant".into(), fold.depthwise_drain * constant(widths.depthwise.bias), depth, None);

    let depth = sets * passes(&plan.project_jobs, &words);
    add("project".into(), fold.project() * bits.project as usize, depth, None);
    let beats = plan.project_jobs[0][0].groups * fold.project_rows / fold.project_drain;
    let depth = sets * (net.scales * net.blocks) as usize * beats;
    add(
        "project_requant".into(),
        fold.project_drain * constant(widths.project.bias),
        depth,
        Some(SmallMemory::Constants),
    );
    let rows = (net.iterations * net.scales) as usize + usize::from(net.blocks > 1);
    add("affine".into(), fold.project_drain * constant(widths.affine.bias), rows * beats, None);

    let job = &plan.classify_job;
    add("classify".into(), fold.classify() * bits.head as usize, heads * job.groups * job.words, None);
    add(
        "classify_requant".into(),
        constant(widths.classify.bias),
        heads * job.groups * fold.classify_rows,
        Some(SmallMemory::Constants),
    );

    let lane = bits.act_data.max(bits.act_state).max(bits.act_expand) as usize;
    let state = fold.expand_lanes * bits.act_state as usize;
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
    ram(
        "operands",
        fold.expand_lanes * crate::mapping::OPERAND_BITS,
        plan.slots * plan.slot,
        Some(SmallMemory::Operands),
    );
    let (line, lines) = (fold.expand_lanes * lane, lines * plan.cf);
    let (ring, places) = (fold.depthwise_lanes * lane, plan.ring_slots * plan.ring_slot);
    if shared_lines {
        // a line of block RAMs has the words of one or the other side by side (`hwg_shared_ram`)
        let bytes = |width: usize, depth: usize| depth.div_ceil(BLOCK_WORDS) * width.div_ceil(BYTE);
        ram("lines and depthwise ring", BYTE * bytes(line, lines).max(bytes(ring, places)), BLOCK_WORDS, None);
    } else {
        ram("lines", line, lines, None);
        ram("depthwise ring", ring, places, None);
    }
    ram("state", state, pixels(stream) * plan.cf, None);
    ram("residuals", state, plan.residuals, Some(SmallMemory::Residuals));
    if plan.pool_words() > 0 {
        ram("pooled states", fold.expand_lanes * (bits.act_state as usize + 2), plan.pool_words(), None);
    }
    let vector = fold.vector_lanes() * bits.act_depthwise as usize;
    ram("vectors", vector, plan.vector_slots * plan.vector_slot, Some(SmallMemory::Vectors));
    let classify = fold.classify_lanes * bits.act_state as usize;
    ram("classification ring", classify, plan.queue_slots * plan.cfc, None);
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
        total.lut += LUT_A_SHARED_LANE * (plan.folding.expand_lanes + plan.folding.depthwise_lanes);
    }
    for unit in units(plan, mapping, widths) {
        let cost = unit.cost();
        total.dsp += cost.dsp;
        total.lut += cost.lut;
    }
    let (multipliers, classes) = (fold.total(), plan.net.classes as usize);
    total.lut += BASE.lut
        + LUT_A_STATE_LANE * fold.expand_lanes
        + LUT_A_ROW * (fold.expand_rows + fold.project_rows + fold.classify_rows)
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
        let blocks = self.activation.div_ceil(MULTIPLIER_BITS) * self.weight.div_ceil(MULTIPLIER_BITS);
        let dsp = multipliers(self.products, self.rows, self.lanes) * blocks;
        // an adder of the tree for each product, and its rows where it has no multiplier
        let tree = self.rows * self.lanes * (self.activation + self.weight + 8);
        let soft = self.rows * self.lanes * (self.weight.div_ceil(2) * (2 * self.activation + 6));
        let lut = tree + if self.products == Products::Lut { soft } else { 0 };
        Resources { dsp, ebr: 0, lut, ff: 0 }
    }
}

/// All products: expand, project, classify, depthwise, and requantisation in the order of the arrays.
pub fn units(plan: &Plan, mapping: &Mapping, widths: &Widths) -> [Unit; 9] {
    let (fold, bits) = (&plan.folding, &plan.bits);
    let array = |products, rows, lanes, activation, weight: u32| Unit {
        products,
        rows,
        lanes,
        activation,
        weight: weight as usize,
    };
    let requant = |index: usize, lanes: usize, acc: usize| Unit {
        products: mapping.requant[index],
        rows: 1,
        lanes,
        activation: acc,
        weight: REQUANT_BITS,
    };
    let depthwise = bits.act_depthwise as usize + 1;
    [
        array(mapping.expand, fold.expand_rows, fold.expand_lanes, crate::mapping::OPERAND_BITS, bits.expand),
        array(mapping.project, fold.project_rows, fold.project_lanes, depthwise, bits.project),
        array(mapping.classify, fold.classify_rows, fold.classify_lanes, bits.act_state as usize, bits.head),
        array(mapping.depthwise, 1, fold.depthwise_lanes, bits.act_expand as usize + 1, bits.depthwise),
        requant(0, fold.expand_drain, widths.expand.acc),
        requant(1, fold.depthwise_drain, widths.depthwise.acc),
        requant(2, fold.project_drain, widths.project.acc),
        requant(2, fold.project_drain, widths.affine.acc),
        requant(3, 1, widths.classify.acc),
    ]
}
