//! The inventory of a core's memories: one entry each, from which the memory files, the block RAMs of the estimate, the
//! manifest's instances and the depths in the Verilog follow.
//!
//! Owns: which memories there are, their names, widths and depths. Leaves alone: the words of a ROM (`emit::memory`), what
//! a memory is made of (`mapping`, `block_ram`).

use crate::array::Array;
use crate::block_ram::{self, BLOCK_BITS, BLOCK_WORDS, BYTE_BITS, LUT_RAM_WORDS, MOST_LUT_RAM_WORDS};
use crate::latency::TOTAL_ROWS;
use crate::mapping::{LutMemories, OPERAND_BITS, SmallMemory};
use crate::plan::{Job, Plan};
use crate::widths::Widths;

/// Which memory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryId {
    /// Weights of an array.
    Weights(Array),
    /// Constants of the requantisation behind an array.
    Constants(Array),
    /// Constants of the state's batch norm.
    Affine,
    /// Two rows of pixels before the first convolution.
    PatchLines,
    /// Input vectors of the expand array.
    Operands,
    /// Rows of the data block's maps.
    Lines,
    /// Hidden channels of the last rows.
    Ring,
    /// The two before in the same block RAMs.
    LinesAndRing,
    /// States of all scales that stay on the chip.
    State,
    /// States that wait for what is added to them.
    Residuals,
    /// States averaged over 2×2 for the coarser scale.
    Pooled,
    /// Output vectors of the depthwise array.
    Vectors,
    /// States of the last rows, for classification.
    Queue,
    /// Logits of all scales.
    Logits,
    /// Maps of logits on their way to scale 0.
    Maps,
    /// Rows of sums of logits.
    Sums,
}

/// How a memory is protected against flipped bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protection {
    /// Not at all.
    #[default]
    None,
}

/// A memory of the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Which one.
    pub id: MemoryId,
    /// Bits of a word.
    pub width: usize,
    /// Words.
    pub depth: usize,
    /// Its protection.
    pub protection: Protection,
    /// Of a ROM whose words are known, the bits of a line of its file that are not the same in all lines: Yosys gives the
    /// others no block RAM.
    pub varying: Option<usize>,
}

impl MemoryId {
    /// Which unit writes it, and which reads it.
    pub fn users(self) -> (&'static str, &'static str) {
        match self {
            Self::Weights(array) | Self::Constants(array) => ("configuration", array.name()),
            Self::Affine => ("configuration", "project"),
            Self::PatchLines => ("video input", "patches"),
            Self::Operands => ("loader", "expand"),
            Self::Lines => ("expand", "loader"),
            Self::Ring => ("expand", "depthwise"),
            Self::LinesAndRing => ("expand", "loader, depthwise"),
            Self::State => ("expand, project", "loader"),
            Self::Residuals => ("loader", "project"),
            Self::Pooled => ("project", "loader"),
            Self::Vectors => ("depthwise", "project"),
            Self::Queue => ("project", "classify"),
            Self::Logits => ("classify", "logit sums"),
            Self::Maps => ("logit sums", "logit sums"),
            Self::Sums => ("logit sums", "up-sampling"),
        }
    }

    /// Its name: that of the file for a ROM.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weights(array) => array.name(),
            Self::Constants(Array::Expand) => "expand_requant",
            Self::Constants(Array::Depthwise) => "depthwise_requant",
            Self::Constants(Array::Project) => "project_requant",
            Self::Constants(Array::Classify) => "classify_requant",
            Self::Affine => "affine",
            Self::PatchLines => "patch lines",
            Self::Operands => "operands",
            Self::Lines => "lines",
            Self::Ring => "depthwise ring",
            Self::LinesAndRing => "lines and depthwise ring",
            Self::State => "state",
            Self::Residuals => "residuals",
            Self::Pooled => "pooled states",
            Self::Vectors => "vectors",
            Self::Queue => "classification ring",
            Self::Logits => "logits",
            Self::Maps => "maps on their way up",
            Self::Sums => "logit sums",
        }
    }

    /// Of a ROM, which is read from a file and never written: its instance below the top, and what it holds.
    pub fn rom(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Weights(Array::Expand) => ("u_core.u_expand.u_array.u_weights", "data block and expand"),
            Self::Weights(Array::Depthwise) => ("u_core.u_depthwise.u_weights", "depthwise"),
            Self::Weights(Array::Project) => ("u_core.u_project.u_array.u_weights", "project"),
            Self::Weights(Array::Classify) => ("u_core.u_classify.u_array.u_weights", "classification"),
            Self::Constants(Array::Expand) => {
                ("u_core.u_expand.u_tail.u_requant.u_constants", "data block and expand, requantisation")
            }
            Self::Constants(Array::Depthwise) => {
                ("u_core.u_depthwise.u_tail.u_requant.u_constants", "depthwise, requantisation")
            }
            Self::Constants(Array::Project) => {
                ("u_core.u_project.u_tail.u_requant.u_constants", "project, requantisation")
            }
            Self::Constants(Array::Classify) => {
                ("u_core.u_classify.u_tail.u_requant.u_constants", "classification, requantisation")
            }
            Self::Affine => ("u_core.u_state.u_affine.u_constants", "batch norm of every iteration and scale"),
            _ => return None,
        })
    }

    /// Which of the small memories it is, if one of them.
    pub fn small(self) -> Option<SmallMemory> {
        Some(match self {
            Self::Constants(Array::Project | Array::Classify) => SmallMemory::Constants,
            Self::PatchLines => SmallMemory::PatchLines,
            Self::Operands => SmallMemory::Operands,
            Self::Residuals => SmallMemory::Residuals,
            Self::Vectors => SmallMemory::Vectors,
            Self::Maps => SmallMemory::Maps,
            Self::Sums => SmallMemory::Sums,
            _ => return None,
        })
    }
}

impl Memory {
    fn new(id: MemoryId, width: usize, depth: usize) -> Self {
        Self { id, width, depth, protection: Protection::None, varying: None }
    }

    /// Read from a file, never written.
    pub fn rom(&self) -> bool {
        self.id.rom().is_some()
    }

    /// Block RAMs of it, none if it is LUT RAM.
    pub fn block_rams(&self, luts: LutMemories) -> usize {
        if self.in_luts(luts) {
            return 0;
        }
        let blocks = block_ram::block_rams(self.width, self.depth, self.rom());
        self.varying.map_or(blocks, |bits| blocks.min(bits.div_ceil(BLOCK_BITS)))
    }

    /// LUT sites of it, none if it is block RAM.
    pub fn luts(&self, luts: LutMemories) -> usize {
        if self.in_luts(luts) { block_ram::lut_sites(self.width, self.depth, self.rom()) } else { 0 }
    }

    /// Whether it is LUT RAM.
    fn in_luts(&self, luts: LutMemories) -> bool {
        let chosen = self.id.small().is_some_and(|memory| luts.has(memory));
        self.depth <= if chosen { MOST_LUT_RAM_WORDS } else { LUT_RAM_WORDS }
    }
}

/// Every memory that may take a block RAM, ROMs first; lines of the data block and depthwise ring in one if `shared_lines`.
pub fn inventory(plan: &Plan, widths: &Widths, shared_lines: bool) -> Vec<Memory> {
    let mut list = roms(plan, widths).to_vec();
    list.extend(rams(plan, shared_lines));
    list
}

/// The entry of a memory.
///
/// # Panics
/// If the inventory has no such memory; every core has its ROMs.
pub fn entry(inventory: &[Memory], id: MemoryId) -> &Memory {
    inventory.iter().find(|memory| memory.id == id).expect("every core has this memory")
}

/// Weights and constants.
fn roms(plan: &Plan, widths: &Widths) -> [Memory; 9] {
    let (net, bits, arrays) = (&plan.net, &plan.bits, &plan.folding.arrays);
    let sets = net.set_count();
    let heads = net.outputs.len() * net.scales as usize;
    let each = |jobs: &[Vec<Job>], cost: &dyn Fn(&Job) -> usize| -> usize { jobs.iter().flatten().map(cost).sum() };
    let words = |job: &Job| job.groups * job.words;
    let beats = |array: Array| move |job: &Job| job.groups * arrays[array].beats();
    let expand = |cost: &dyn Fn(&Job) -> usize| -> usize {
        plan.data_jobs.iter().map(cost).sum::<usize>() + sets * each(&plan.expand_jobs, cost)
    };
    let groups: usize = plan.depthwise_groups.iter().flatten().sum();
    let rows = (net.iterations * net.scales) as usize + usize::from(net.blocks > 1);

    let weights = |array: Array, bits: u32, depth: usize| {
        Memory::new(MemoryId::Weights(array), arrays[array].rows * arrays[array].lanes * bits as usize, depth)
    };
    let constants = |array: Array, depth: usize| {
        Memory::new(MemoryId::Constants(array), arrays[array].drain * widths.arrays[array].constant(), depth)
    };
    [
        weights(Array::Expand, bits.expand, expand(&words)),
        constants(Array::Expand, expand(&beats(Array::Expand))),
        weights(Array::Depthwise, bits.depthwise, sets * groups * 9),
        constants(Array::Depthwise, sets * groups * arrays.depthwise.beats()),
        weights(Array::Project, bits.project, sets * each(&plan.project_jobs, &words)),
        constants(Array::Project, sets * each(&plan.project_jobs, &beats(Array::Project))),
        Memory::new(MemoryId::Affine, arrays.project.drain * widths.affine.constant(), rows * plan.state_beats()),
        weights(Array::Classify, bits.head, heads * words(&plan.classify_job)),
        constants(Array::Classify, heads * beats(Array::Classify)(&plan.classify_job)),
    ]
}

/// What is written while the core runs.
fn rams(plan: &Plan, shared_lines: bool) -> Vec<Memory> {
    let (net, bits, fold) = (&plan.net, &plan.bits, &plan.folding);
    let (arrays, classes, scales) = (&fold.arrays, net.classes as usize, net.scales as usize);
    let lane = plan.lane_bits();
    let (state, logit) = (bits.act_state as usize, bits.act_logit as usize);
    let leaves = usize::from(plan.feedback.leaves());
    let pixels: usize = (0..scales).map(|l| net.scale(l).pixels()).sum();
    let span = fold.pixels();
    let spans = |from: usize| -> usize { (from..scales).map(|l| plan.spans(l).pixels()).sum() };
    let line_spans: usize = (0..net.data_layers()).map(|j| plan.line_slots(j)).sum();
    let up: usize = (1..scales).map(|l| (scales - 1 - l) * net.scale(l).pixels()).sum();

    let lines = Memory::new(MemoryId::Lines, arrays.expand.lanes * span * lane, line_spans * plan.state_words);
    let ring = Memory::new(MemoryId::Ring, arrays.depthwise.rows * span * lane, plan.ring_slots * plan.ring_slot_words);
    let lines_and_ring = if shared_lines {
        // a line of block RAMs has the words of one or the other side by side (`hwg_shared_ram`)
        let bytes = |memory: &Memory| memory.depth.div_ceil(BLOCK_WORDS) * memory.width.div_ceil(BYTE_BITS);
        vec![Memory::new(MemoryId::LinesAndRing, BYTE_BITS * bytes(&lines).max(bytes(&ring)), BLOCK_WORDS)]
    } else {
        vec![lines, ring]
    };
    let mut list = vec![
        Memory::new(MemoryId::PatchLines, 6 * 8 * plan.beat, 2 * (net.image.width as usize).div_ceil(2) / plan.beat),
        Memory::new(MemoryId::Operands, arrays.expand.lanes * span * OPERAND_BITS, plan.slots * plan.slot_words),
    ];
    list.extend(lines_and_ring);
    list.extend([
        Memory::new(MemoryId::State, plan.word_bits(), spans(leaves) * plan.state_words),
        Memory::new(MemoryId::Residuals, plan.word_bits(), plan.residuals),
    ]);
    if plan.pool_words() > 0 {
        list.push(Memory::new(MemoryId::Pooled, arrays.expand.lanes * span * (state + 2), plan.pool_words()));
    }
    let vector = fold.vector_lanes() * span * bits.act_depthwise as usize;
    list.extend([
        Memory::new(MemoryId::Vectors, vector, plan.vector_slots * plan.vector_slot_words),
        Memory::new(MemoryId::Queue, arrays.classify.lanes * span * state, plan.queue_slots * plan.class_words),
        Memory::new(MemoryId::Logits, classes * logit, pixels),
        Memory::new(MemoryId::Maps, classes * logit, up),
        Memory::new(MemoryId::Sums, classes * plan.total_bits(), TOTAL_ROWS * net.scale(0).width as usize),
    ]);
    list
}
