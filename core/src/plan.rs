//! The plan of a core: every count, period and address range that follows from network, formats and folding.
//!
//! Owns: the numbers that schedule and emitter share. Leaves alone: weights, text, cycles.

use hwgen_network::{Description, Mixing, Size};
use hwgen_quantize::Bits;

use crate::feedback::AxiRing;
pub use crate::feedback::{AxiWidth, Feedback};
use crate::folding::Folding;

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

/// Jobs to spare between a data-block layer and the next (so that a pixel is written before it is read).
pub const DATA_LAG: usize = 4;
/// Patches of the first convolution that wait for the array.
pub const PATCH_DEPTH: usize = 16;
/// Cycles from the last issue of a depthwise pixel to the first of its project job, rounded up.
const VECTOR_LATENCY: usize = 40;
/// Rows of logit sums that wait for the up-sampler.
pub const TOTAL_ROWS: usize = 4;
/// Pixels that the outgoing feedback FIFO books.
pub const FEEDBACK_PIXELS: usize = 16;
/// Class words in flight at most.
pub const CLASS_FIFO: usize = 16;

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
    /// Words of a state pixel, `ceil(f / expand_lanes)`.
    pub cf: usize,
    /// Words of a pixel in the classification ring.
    pub cfc: usize,
    /// Words of a patch of the first convolution.
    pub nw0: usize,
    /// Operand slots, and words of each.
    pub slots: usize,
    /// Words of an operand slot.
    pub slot: usize,
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
    pub ring_slot: usize,
    /// Pixels of the classification ring.
    pub queue_slots: usize,
    /// Words of a slot of the vector memory.
    pub vector_slot: usize,
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
    /// Derives everything from network, formats, folding and feedback.
    pub fn new(net: &Description, bits: &Bits, folding: Folding, feedback: Feedback) -> Self {
        let f = net.width as usize;
        let fold = folding;
        let cf = f.div_ceil(fold.expand_lanes);
        let cfc = f.div_ceil(fold.classify_lanes);
        let nw0 = 27usize.div_ceil(fold.expand_lanes);
        let expand_beats = fold.expand_rows / fold.expand_drain;
        let array_bits = bits.expand as usize;
        let data_digits: Vec<usize> = (0..net.data_layers())
            .map(|j| if j == 0 { bits.stem as usize } else { bits.data as usize }.div_ceil(array_bits))
            .collect();
        let data_jobs = data_digits
            .iter()
            .enumerate()
            .map(|(j, digits)| {
                let words = if j == 0 { nw0 } else { 9 * cf } * digits;
                let groups = f.div_ceil(fold.expand_rows);
                // a pixel leaves in cf words while the next one is computed
                Job { groups, words, period: words.max(expand_beats).max(cf.div_ceil(groups)) }
            })
            .collect();
        let (scales, blocks) = (net.scales as usize, net.blocks as usize);
        let per_block = |l: usize, k: usize| (net.block_inputs(l, k) / f * cf, net.block_hidden(l, k));
        let table = |make: &dyn Fn(usize, usize) -> Job| -> Vec<Vec<Job>> {
            (0..scales).map(|l| (0..blocks).map(|k| make(l, k)).collect()).collect()
        };
        let expand_jobs = table(&|l, k| {
            let (words, e) = per_block(l, k);
            let groups = e.div_ceil(fold.expand_rows);
            // two jobs begin two cycles apart: hwg_window counts a slot a cycle late, and a pixel of one beat must not
            // directly follow another where beats straddle ring words (hwg_gear); the loader is no faster
            let apart = 2usize.div_ceil(groups);
            Job { groups, words, period: words.max(expand_beats).max(apart) }
        });
        let depthwise_groups: Vec<Vec<usize>> = (0..scales)
            .map(|l| (0..blocks).map(|k| per_block(l, k).1.div_ceil(fold.depthwise_lanes)).collect())
            .collect();
        let groups = f.div_ceil(fold.project_rows);
        // residual pixels are fetched, and state pixels leave, one a job
        let pixel_floor = (cf.max(cfc) + 6).div_ceil(groups);
        let project_jobs = table(&|l, k| {
            let words = per_block(l, k).1.div_ceil(fold.project_lanes);
            let beats = fold.project_rows / fold.project_drain;
            Job { groups, words, period: words.max(beats).max(pixel_floor) }
        });
        let classify_words = 9 * cfc;
        let classify_job = Job {
            groups: (net.classes as usize).div_ceil(fold.classify_rows),
            words: classify_words,
            period: classify_words.max(fold.classify_rows),
        };
        let w0 = net.scale(0).width as usize;
        let ring_slot = (0..scales)
            .flat_map(|l| (0..blocks).map(move |k| (l, k)))
            .map(|(l, k)| (expand_jobs[l][k].groups * fold.expand_rows).div_ceil(fold.depthwise_lanes))
            .max()
            .unwrap_or(1);
        let vector = fold.vector_lanes();
        let vector_slot = depthwise_groups
            .iter()
            .flatten()
            .map(|groups| (groups * fold.depthwise_lanes).div_ceil(vector))
            .max()
            .unwrap_or(1);
        let vector_slots = (0..scales)
            .flat_map(|l| (0..blocks).map(move |k| (l, k)))
            .map(|(l, k)| {
                let (write, read) = (9 * depthwise_groups[l][k], project_jobs[l][k].cycles());
                (write + read + VECTOR_LATENCY).div_ceil(write.max(read))
            })
            .max()
            .unwrap_or(3)
            .clamp(3, 8);
        let ring_slots = 2 * w0 + 4 + fold.ring_slack;
        let slots = 4;
        let parts = (0..scales).map(|l| net.block_inputs(l, 0) / f).max().unwrap_or(1);
        let slot = nw0.max(9 * cf).max(parts * cf);
        Self {
            net: net.clone(),
            bits: *bits,
            folding,
            feedback,
            cf,
            cfc,
            nw0,
            slots,
            slot,
            data_jobs,
            expand_jobs,
            depthwise_groups,
            project_jobs,
            classify_job,
            ring_slots,
            ring_slot,
            queue_slots: 2 * w0 + 4 + fold.queue_slack,
            vector_slot,
            vector_slots,
            residuals: (ring_slots + slots + 16) * cf,
            data_digits,
            feedback_depth: (2 * cf).max(16),
        }
    }

    /// Words of the feedback FIFO outside the core: a map of scale 0.
    pub fn feedback_words(&self) -> usize {
        self.map(0).pixels() * self.cf
    }

    /// Bits of a state word.
    pub fn word_bits(&self) -> usize {
        self.folding.expand_lanes * self.bits.act_state as usize
    }

    /// The FIFO in DRAM, if the state goes there.
    pub fn axi_ring(&self) -> Option<AxiRing> {
        match self.feedback {
            Feedback::Axi(width) => Some(AxiRing::new(width, self.word_bits(), self.feedback_words())),
            Feedback::Onchip | Feedback::Stream => None,
        }
    }

    /// Size of the map of scale `l`.
    pub fn map(&self, l: usize) -> Size {
        self.net.scale(l)
    }

    /// Words that the loader reads for a job of block `k` at scale `l`.
    pub fn loop_reads(&self, l: usize, k: usize) -> usize {
        let up = k == 0 && self.net.has_coarser(l);
        let pooled = k == 0 && self.net.has_finer(l);
        self.cf * (1 + 4 * usize::from(up) + usize::from(pooled))
    }

    /// Words that the loader reads for a job of data-block layer `j`.
    pub fn data_reads(&self, j: usize) -> usize {
        if j == 0 { self.nw0 } else { 9 * self.cf }
    }

    /// Input size of data-block layer `j`.
    pub fn data_input(&self, j: usize) -> Size {
        if j == 0 { self.net.image } else { self.net.data_size(j - 1) }
    }

    /// Pixels of the line ring before data-block layer `j` (0 for the first, which reads patches).
    pub fn line_slots(&self, j: usize) -> usize {
        if j == 0 { 0 } else { 2 * self.data_input(j).width as usize + 5 + DATA_LAG }
    }

    /// Cycles of the depthwise unit for a pixel of block `k` at scale `l`.
    pub fn depthwise_cycles(&self, l: usize, k: usize) -> usize {
        9 * self.depthwise_groups[l][k]
    }

    /// Pixels written by the loop in one iteration.
    pub fn iteration_pixels(&self) -> usize {
        self.net.blocks as usize * (0..self.net.scales as usize).map(|l| self.map(l).pixels()).sum::<usize>()
    }

    /// Words of the memory where states are pooled for the coarser scale; none where nothing is.
    pub fn pool_words(&self) -> usize {
        let pooled = self.net.mixing == Mixing::Bidirectional;
        (1..self.net.scales as usize).filter(|_| pooled).map(|l| self.net.scale(l).pixels() * self.cf).sum()
    }

    /// `clog2`, as Verilog's `$clog2`.
    pub fn clog2(n: usize) -> usize {
        n.next_power_of_two().trailing_zeros() as usize
    }
}
