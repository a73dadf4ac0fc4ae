//! Widths and table entries of the emitted core: what the units look up for each kind of job.

use hwgen_network::{PixelDomain, Size};
use hwgen_quantize::Requant;

use crate::design::Design;
use crate::plan::{Job, Plan};

/// One entry of the expand unit's table.
pub struct ExpandEntry {
    /// Timing.
    pub job: Job,
    /// Words of one digit.
    pub digit_words: usize,
    /// First word in the weight memories.
    pub weight_base: usize,
    /// First word in the constant memory.
    pub requant_base: usize,
    /// Shift and clamps.
    pub requant: Requant,
}

/// Everything that the top module's parameters say.
pub struct Tables {
    /// Bits of a result of the expand unit, and of a lane of the line memory.
    pub lane_bits: usize,
    /// Bits of an operand of the expand array.
    pub operand_bits: usize,
    /// Bits of a patch value.
    pub patch_bits: usize,
    /// Bits of a logit sum.
    pub total_bits: usize,
    /// Data layers, then (set, l, k).
    pub expand: Vec<ExpandEntry>,
    /// Word address of each scale's state, and words in all.
    pub state_base: Vec<usize>,
    /// Words of the state memory.
    pub state_words: usize,
    /// Word address of each data layer's input ring, and words in all.
    pub line_base: Vec<usize>,
    /// Words of the line memory.
    pub line_words: usize,
    /// Word address of each scale's logits.
    pub logit_base: Vec<usize>,
    /// Words of the logit memory.
    pub logit_words: usize,
    /// Word address of map (s, k) on its way up, at `s·L + k`.
    pub up_base: Vec<usize>,
    /// Words of that memory.
    pub up_words: usize,
    /// Beats of a pixel in the project unit.
    pub affine_row: usize,
}

impl Tables {
    /// Computes all tables of a design.
    pub fn new(design: &Design) -> Self {
        let (plan, model) = (&design.plan, &design.model);
        let (net, bits, fold) = (&plan.net, &plan.bits, &plan.folding);
        let scales = net.scales as usize;
        let mut expand = Vec::new();
        let (mut weight_base, mut requant_base) = (0, 0);
        let beats = fold.arrays.expand.beats();
        let mut push = |job: Job, digits: usize, requant: &Requant| {
            expand.push(ExpandEntry {
                job,
                digit_words: job.words / digits,
                weight_base,
                requant_base,
                requant: Requant { mul: Vec::new(), bias: Vec::new(), ..requant.clone() },
            });
            weight_base += job.groups * job.words;
            requant_base += job.groups * beats;
        };
        for (j, layer) in model.data.iter().enumerate() {
            push(plan.data_jobs[j], plan.data_digits[j], &layer.requant);
        }
        for set in &model.blocks {
            for (l, scale) in set.iter().enumerate() {
                for (k, block) in scale.iter().enumerate() {
                    push(plan.expand_jobs[l][k], 1, &block.expand.requant);
                }
            }
        }

        let stream = plan.feedback.leaves();
        let (state_base, state_words) =
            bases((0..scales).map(|l| if stream && l == 0 { 0 } else { plan.map(l).pixels() * plan.state_words }));
        let (line_base, line_words) = bases((0..net.data_layers()).map(|j| plan.line_slots(j) * plan.state_words));
        let (logit_base, logit_words) = bases((0..scales).map(|l| plan.map(l).pixels()));
        let (up_base, up_words) = bases(
            (0..scales)
                .flat_map(|s| (0..scales).map(move |k| (s, k)))
                .map(|(s, k)| if s >= 1 && k > s { plan.map(s).pixels() } else { 0 }),
        );
        Self {
            lane_bits: bits.act_data.max(bits.act_state).max(bits.act_expand) as usize,
            operand_bits: crate::mapping::OPERAND_BITS,
            patch_bits: if net.pixels == PixelDomain::Symmetric { 9 } else { 8 },
            total_bits: bits.act_logit as usize + Plan::clog2(scales),
            expand,
            state_base,
            state_words: state_words.max(1),
            line_base,
            line_words: line_words.max(1),
            logit_base,
            logit_words,
            up_base,
            up_words: up_words.max(1),
            affine_row: net.width.div_ceil(fold.arrays.project.rows as u32) as usize * fold.arrays.project.beats(),
        }
    }

    /// Words of the expand weight memories.
    pub fn expand_depth(&self) -> usize {
        self.expand.last().map_or(0, |entry| entry.weight_base + entry.job.groups * entry.job.words)
    }

    /// Words of the expand constant memory.
    pub fn expand_constants(&self, beats: usize) -> usize {
        self.expand.last().map_or(0, |entry| entry.requant_base + entry.job.groups * beats)
    }
}

/// Running sum: the base of each part, and the sum of all.
pub fn bases(sizes: impl Iterator<Item = usize>) -> (Vec<usize>, usize) {
    let mut sum = 0;
    let bases = sizes
        .map(|size| {
            let base = sum;
            sum += size;
            base
        })
        .collect();
    (bases, sum)
}

/// Displacements of the nine taps of a window on a map of the given size, in words modulo a ring.
pub fn deltas(map: Size, slots: usize, slot: usize) -> impl Iterator<Item = i64> {
    let width = i64::from(map.width);
    (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| (dy * width + dx).rem_euclid(slots as i64) * slot as i64))
}
