//! The plan of a core: every count, period and address range that follows from network, formats and folding.
//!
//! Owns: the numbers that schedule and emitter share. Leaves alone: weights, text, cycles.

use hwgen_network::{Description, Mixing, Size};
use hwgen_quantize::Bits;

use crate::feedback::AxiRing;
pub use crate::feedback::{AxiWidth, Feedback};
use crate::folding::Folding;
use crate::interface::Interface;
use crate::latency::{DATA_LAG, DEPTHWISE_TO_PROJECT, FEEDBACK_BACK, OPERAND_SLOTS, PROJECT_JOB, RESIDUAL_LAG};
use crate::math::{clog2, in_spans};

/// Timing of one kind of job on an array: `groups` groups of `period` cycles, the last `words` of each at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Groups of output channels.
    pub groups: usize,
    /// Cycles a group.
    pub period: usize,
    /// Words issued in a group.
    pub words: usize,
}

impl Job {
    /// Cycles that the array is taken.
    pub fn cycles(&self) -> usize {
        self.groups * self.period
    }
}

/// All derived numbers of a core.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The network.
    pub net: Description,
    /// Its formats.
    pub bits: Bits,
    /// Array shapes.
    pub folding: Folding,
    /// Where the state goes.
    pub feedback: Feedback,
    /// Pixels of a beat of the video streams.
    pub beat: usize,
    /// Words of a state pixel, `ceil(f / IE)` with the lanes of the expand array.
    pub state_words: usize,
    /// Words of a pixel in the classification ring.
    pub class_words: usize,
    /// Words of a patch of the first convolution.
    pub patch_words: usize,
    /// Operand slots: input vectors of the expand array in flight.
    pub slots: usize,
    /// Words of an operand slot.
    pub slot_words: usize,
    /// Expand jobs of the data-block layers.
    pub data_jobs: Vec<Job>,
    /// Expand jobs `[l][k]` of the loop.
    pub expand_jobs: Vec<Vec<Job>>,
    /// Groups of the depthwise unit `[l][k]`, nine cycles each.
    pub depthwise_groups: Vec<Vec<usize>>,
    /// Project jobs `[l][k]`.
    pub project_jobs: Vec<Vec<Job>>,
    /// Job of the classification unit.
    pub classify_job: Job,
    /// Pixels of the depthwise ring.
    pub ring_slots: usize,
    /// Words of a pixel of the depthwise ring.
    pub ring_slot_words: usize,
    /// Pixels of the classification ring.
    pub queue_slots: usize,
    /// Words of a slot of the vector memory.
    pub vector_slot_words: usize,
    /// Its slots: a pixel is computed, another waits, another is read; more where jobs are short.
    pub vector_slots: usize,
    /// Words of the residual memory.
    pub residuals: usize,
    /// Digits of a data layer's weights on the expand array.
    pub data_digits: Vec<usize>,
    /// Words of the feedback FIFO on its way back.
    pub feedback_depth: usize,
}

impl Plan {
    /// Derives everything from network, formats, folding and ports.
    pub fn new(net: &Description, bits: &Bits, folding: Folding, interface: Interface) -> Self {
        let f = net.width as usize;
        let fold = folding;
        let state_words = f.div_ceil(fold.arrays.expand.lanes);
        let class_words = f.div_ceil(fold.arrays.classify.lanes);
        let patch_words = 27usize.div_ceil(fold.arrays.expand.lanes);
        let expand_beats = fold.arrays.expand.beats();
        let array_bits = bits.expand as usize;
        let data_digits: Vec<usize> = (0..net.data_layers())
            .map(|j| if j == 0 { bits.stem as usize } else { bits.data as usize }.div_ceil(array_bits))
            .collect();
        let data_jobs = data_digits
            .iter()
            .enumerate()
            .map(|(j, digits)| {
                let words = if j == 0 { patch_words } else { 9 * state_words } * digits;
                let groups = f.div_ceil(fold.arrays.expand.rows);
                // a pixel leaves in state_words words while the next one is computed
                Job { groups, words, period: words.max(expand_beats).max(state_words.div_ceil(groups)) }
            })
            .collect();
        let (scales, blocks) = (net.scales as usize, net.blocks as usize);
        let per_block = |l: usize, k: usize| (net.block_inputs(l, k) / f * state_words, net.block_hidden(l, k));
        let table = |make: &dyn Fn(usize, usize) -> Job| -> Vec<Vec<Job>> {
            (0..scales).map(|l| (0..blocks).map(|k| make(l, k)).collect()).collect()
        };
        let expand_jobs = table(&|l, k| {
            let (words, e) = per_block(l, k);
            let groups = e.div_ceil(fold.arrays.expand.rows);
            // two jobs begin two cycles apart: hwg_window counts a slot a cycle late, and a pixel of one beat must not
            // directly follow another where beats straddle ring words (hwg_gear); the loader is no faster
            let apart = 2usize.div_ceil(groups);
            Job { groups, words, period: words.max(expand_beats).max(apart) }
        });
        let depthwise_groups: Vec<Vec<usize>> = (0..scales)
            .map(|l| (0..blocks).map(|k| per_block(l, k).1.div_ceil(fold.arrays.depthwise.rows)).collect())
            .collect();
        let groups = f.div_ceil(fold.arrays.project.rows);
        // residual pixels are fetched, and state pixels leave, one a job
        let pixel_floor = (state_words.max(class_words) + PROJECT_JOB).div_ceil(groups);
        let project_jobs = table(&|l, k| {
            let words = per_block(l, k).1.div_ceil(fold.arrays.project.lanes);
            let beats = fold.arrays.project.beats();
            Job { groups, words, period: words.max(beats).max(pixel_floor) }
        });
        let classify_words = 9 * class_words;
        let classify_job = Job {
            groups: (net.classes as usize).div_ceil(fold.arrays.classify.rows),
            words: classify_words,
            period: classify_words.max(fold.arrays.classify.rows),
        };
        let w0 = in_spans(net.scale(0), fold.pixels()).width as usize;
        let ring_slot_words = (0..scales)
            .flat_map(|l| (0..blocks).map(move |k| (l, k)))
            .map(|(l, k)| (expand_jobs[l][k].groups * fold.arrays.expand.rows).div_ceil(fold.arrays.depthwise.rows))
            .max()
            .unwrap_or(1);
        let vector = fold.vector_lanes();
        let vector_slot_words = depthwise_groups
            .iter()
            .flatten()
            .map(|groups| (groups * fold.arrays.depthwise.rows).div_ceil(vector))
            .max()
            .unwrap_or(1);
        let vector_slots = (0..scales)
            .flat_map(|l| (0..blocks).map(move |k| (l, k)))
            .map(|(l, k)| {
                let (write, read) = (9 * depthwise_groups[l][k], project_jobs[l][k].cycles());
                (write + read + DEPTHWISE_TO_PROJECT).div_ceil(write.max(read))
            })
            .max()
            .unwrap_or(3)
            .clamp(3, 8);
        let ring_slots = 2 * w0 + 4 + fold.ring_slack;
        let slots = OPERAND_SLOTS;
        let parts = (0..scales).map(|l| net.block_inputs(l, 0) / f).max().unwrap_or(1);
        let slot_words = patch_words.max(9 * state_words).max(parts * state_words);
        Self {
            net: net.clone(),
            bits: *bits,
            folding,
            feedback: interface.feedback,
            beat: interface.beat,
            state_words,
            class_words,
            patch_words,
            slots,
            slot_words,
            data_jobs,
            expand_jobs,
            depthwise_groups,
            project_jobs,
            classify_job,
            ring_slots,
            ring_slot_words,
            queue_slots: 2 * w0 + 4 + fold.queue_slack,
            vector_slot_words,
            vector_slots,
            residuals: (ring_slots + slots + RESIDUAL_LAG) * state_words,
            data_digits,
            feedback_depth: (2 * state_words).max(FEEDBACK_BACK),
        }
    }

    /// Words of the feedback FIFO outside the core: a map of scale 0.
    pub fn feedback_words(&self) -> usize {
        self.spans(0).pixels() * self.state_words
    }

    /// Bits of a state word.
    pub fn word_bits(&self) -> usize {
        self.folding.arrays.expand.lanes * self.folding.pixels() * self.bits.act_state as usize
    }

    /// Bits of a result of the expand unit, and of a lane of the data block's lines.
    pub fn lane_bits(&self) -> usize {
        self.bits.act_data.max(self.bits.act_state).max(self.bits.act_expand) as usize
    }

    /// Bits of a sum of logits over the scales.
    pub fn total_bits(&self) -> usize {
        self.bits.act_logit as usize + clog2(self.net.scales as usize)
    }

    /// Bytes of a state word outside the core.
    pub fn word_bytes(&self) -> usize {
        self.word_bits().div_ceil(8)
    }

    /// The FIFO in DRAM, if the state goes there.
    pub fn axi_ring(&self) -> Option<AxiRing> {
        match self.feedback {
            Feedback::Axi(width) => Some(AxiRing::new(width, self.word_bits(), self.feedback_words())),
            Feedback::Onchip | Feedback::Stream => None,
        }
    }

    /// Cycles in which a state pixel leaves the project array's requantisation.
    pub fn state_beats(&self) -> usize {
        // all project jobs have the same groups: those of the state's channels
        self.project_jobs[0][0].groups * self.folding.arrays.project.beats()
    }

    /// Size of the map of scale `l`.
    pub fn map(&self, l: usize) -> Size {
        self.net.scale(l)
    }

    /// The map of scale `l` in spans of the pixels of a job.
    pub fn spans(&self, l: usize) -> Size {
        in_spans(self.map(l), self.folding.pixels())
    }

    /// The output of data-block layer `j` in spans.
    pub fn data_spans(&self, j: usize) -> Size {
        in_spans(self.net.data_size(j), self.folding.pixels())
    }

    /// Words that the loader reads for a job of block `k` at scale `l`.
    pub fn loop_reads(&self, l: usize, k: usize) -> usize {
        let up = k == 0 && self.net.has_coarser(l);
        let pooled = k == 0 && self.net.has_finer(l);
        self.state_words * (1 + 4 * usize::from(up) + usize::from(pooled))
    }

    /// Words that the loader reads for a job of data-block layer `j`.
    pub fn data_reads(&self, j: usize) -> usize {
        if j == 0 { self.patch_words } else { 9 * self.state_words }
    }

    /// Patches of the first convolution that come together (`hwg_patch`).
    pub fn patches(&self) -> usize {
        (self.beat / 2).max(1)
    }

    /// Input of data-block layer `j` in spans; that of the first, which reads patches, in pixels.
    pub fn data_input(&self, j: usize) -> Size {
        if j == 0 { self.net.image } else { self.data_spans(j - 1) }
    }

    /// Spans of the line ring before data-block layer `j` (0 for the first, which reads patches).
    pub fn line_slots(&self, j: usize) -> usize {
        if j == 0 { 0 } else { 2 * self.data_input(j).width as usize + 5 + DATA_LAG }
    }

    /// Cycles of the depthwise unit for a pixel of block `k` at scale `l`.
    pub fn depthwise_cycles(&self, l: usize, k: usize) -> usize {
        9 * self.depthwise_groups[l][k]
    }

    /// Spans written by the loop in one iteration.
    pub fn iteration_spans(&self) -> usize {
        self.net.blocks as usize * (0..self.net.scales as usize).map(|l| self.spans(l).pixels()).sum::<usize>()
    }

    /// Words of the memory where states are pooled for the coarser scale; none where nothing is.
    pub fn pool_words(&self) -> usize {
        let pooled = self.net.mixing == Mixing::Bidirectional;
        (1..self.net.scales as usize).filter(|_| pooled).map(|l| self.spans(l).pixels() * self.state_words).sum()
    }
}
