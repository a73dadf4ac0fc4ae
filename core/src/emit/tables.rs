//! Widths of the emitted core, and where maps have their places in its memories.

use crate::design::Design;

/// Everything that the top module's parameters say.
pub struct Tables {
    /// Bits of a result of the expand unit, and of a lane of the line memory.
    pub lane_bits: usize,
    /// Bits of an operand of the expand array.
    pub operand_bits: usize,
    /// Bits of a logit sum.
    pub total_bits: usize,
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
}

impl Tables {
    /// Computes all tables of a design.
    pub fn new(design: &Design) -> Self {
        let (plan, net) = (&design.plan, &design.plan.net);
        let scales = net.scales as usize;
        let stream = plan.feedback.leaves();
        let (state_base, state_words) =
            bases((0..scales).map(|l| if stream && l == 0 { 0 } else { plan.spans(l).pixels() * plan.state_words }));
        let (line_base, line_words) = bases((0..net.data_layers()).map(|j| plan.line_slots(j) * plan.state_words));
        let (logit_base, logit_words) = bases((0..scales).map(|l| plan.map(l).pixels()));
        let (up_base, up_words) = bases(
            (0..scales)
                .flat_map(|s| (0..scales).map(move |k| (s, k)))
                .map(|(s, k)| if s >= 1 && k > s { plan.map(s).pixels() } else { 0 }),
        );
        Self {
            lane_bits: plan.lane_bits(),
            operand_bits: crate::mapping::OPERAND_BITS,
            total_bits: plan.total_bits(),
            state_base,
            state_words: state_words.max(1),
            line_base,
            line_words: line_words.max(1),
            logit_base,
            logit_words,
            up_base,
            up_words: up_words.max(1),
        }
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
