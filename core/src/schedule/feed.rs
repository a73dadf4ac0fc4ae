//! The data block: patches, the order of its jobs, and their cycles on loader and expand array.

use super::timeline::{Timeline, Unit, Work};
use hwgen_network::FIRST_STATE_LAYER;

use crate::latency::{self, Cycle, DATA_JOB, DATA_LAG, FRAME_BEGIN, PATCH, PATCHES, STATE_WORD};
use crate::plan::Plan;

/// What the data block leaves behind for the loop.
pub struct Feed {
    /// Decision cycle of the last loader job.
    pub loader_decision: Cycle,
    /// First cycle in which the loader is free to decide again.
    pub loader_free: Cycle,
    /// Last cycle of every expand job so far (operand slots are freed there).
    pub expand_ends: Vec<Cycle>,
    /// All data-block pixels written, visible.
    pub complete: Cycle,
    /// Cycles in which words of the initial scale-0 state appear, in order.
    pub state_words: Vec<Cycle>,
}

/// One data-block layer walking over its output.
struct Layer {
    issued: usize,
    total: usize,
    x: usize,
    y: usize,
}

/// Cycles in which the scan of the image completes patch after patch.
struct Patches {
    width: usize,
    last: Cycle,
    popped: Vec<Cycle>,
    count: usize,
}

impl Patches {
    /// The cycle from which patch `self.count` can be taken.
    fn next(&mut self) -> Cycle {
        let (columns, k) = (self.width, self.count);
        // positions scanned since the patch before: two columns, or the rest of a row pair and its first two
        let steps = if k.is_multiple_of(columns) { 2 * columns as Cycle + 2 } else { 2 };
        let mut cycle = self.last + steps;
        if k >= PATCHES {
            cycle = cycle.max(self.popped[k - PATCHES] + 1);
        }
        self.last = cycle;
        self.count += 1;
        cycle + PATCH
    }
}

impl Patches {
    /// A span's patches are taken, the last one with its job, which could start at `decision` without them; `more` of them
    /// before that, as they come (`hwg_patch_join`). The job's start.
    fn take(&mut self, more: usize, decision: Cycle) -> Cycle {
        for _ in 0..more {
            let popped = self.next().max(self.popped.last().map_or(0, |last| last + 1));
            self.popped.push(popped);
        }
        let popped = self.next().max(self.popped.last().map_or(0, |last| last + 1)).max(decision);
        self.popped.push(popped);
        popped
    }
}

/// Input spans (raster order) that output pixel (x, y) needs from a map of `width × height`.
fn need(x: usize, y: usize, width: usize, height: usize) -> usize {
    (2 * y + 1).min(height - 1) * width + (2 * x + 1).min(width - 1) + 1
}

/// Runs the data block.
pub fn run(plan: &Plan, timeline: &mut Option<Timeline>) -> Feed {
    let count = plan.net.data_layers();
    let fold = &plan.folding;
    let mut layers: Vec<Layer> =
        (0..count).map(|j| Layer { issued: 0, total: plan.data_spans(j).pixels(), x: 0, y: 0 }).collect();
    let mut written: Vec<Vec<Cycle>> = layers.iter().map(|layer| Vec::with_capacity(layer.total)).collect();
    // the first position is scanned a cycle after the frame's begin
    let mut patches =
        Patches { width: plan.net.data_size(0).width as usize, last: FRAME_BEGIN, popped: Vec::new(), count: 0 };
    let depth = latency::unit(fold.arrays.expand.lanes, fold.arrays.expand.beats());

    let mut feed = Feed {
        loader_decision: FRAME_BEGIN,
        loader_free: 0,
        expand_ends: Vec::new(),
        complete: 0,
        state_words: Vec::new(),
    };
    while layers[count - 1].issued < layers[count - 1].total {
        let j = choose(plan, &layers);
        let mut decision = feed.loader_free.max(feed.loader_decision + DATA_JOB);
        if feed.expand_ends.len() >= plan.slots {
            decision = decision.max(feed.expand_ends[feed.expand_ends.len() - plan.slots] + 1);
        }
        if j == 0 {
            let first = layers[0].x * fold.pixels();
            let more = fold.pixels().min(patches.width - first) - 1;
            decision = patches.take(more, decision);
        } else {
            let input = plan.data_input(j);
            let need = need(layers[j].x, layers[j].y, input.width as usize, input.height as usize);
            decision = decision.max(written[j - 1][need - 1]);
        }
        let reads = plan.data_reads(j) as Cycle;
        let full = decision + reads + latency::loader(fold.pixels());
        feed.loader_free = decision + reads.max(DATA_JOB);
        feed.loader_decision = decision;

        let job = plan.data_jobs[j];
        let start = 1 + full.max(feed.expand_ends.last().copied().unwrap_or(0));
        feed.expand_ends.push(start + job.cycles() as Cycle - 1);
        if let Some(timeline) = timeline {
            timeline.add(Unit::Expand, Work::Data { layer: j }, start, job.cycles() as Cycle);
        }
        let last_issue = start + job.cycles() as Cycle - 1;
        let pixel = last_issue + depth;
        let cf = plan.state_words as Cycle;
        written[j].push(pixel + STATE_WORD + cf);
        if j == FIRST_STATE_LAYER {
            feed.state_words.extend((0..cf).map(|word| pixel + STATE_WORD + word));
        }
        let width = plan.data_spans(j).width as usize;
        let layer = &mut layers[j];
        layer.issued += 1;
        layer.x += 1;
        if layer.x == width {
            layer.x = 0;
            layer.y += 1;
        }
    }
    feed.complete = *written[count - 1].last().expect("every layer has a pixel");
    feed
}

/// The deepest layer whose inputs have been issued, with `DATA_LAG` jobs to spare; else the first.
fn choose(plan: &Plan, layers: &[Layer]) -> usize {
    (1..layers.len())
        .rev()
        .find(|&j| {
            let (layer, above) = (&layers[j], &layers[j - 1]);
            let input = plan.data_input(j);
            layer.issued < layer.total
                && above.issued
                    >= (need(layer.x, layer.y, input.width as usize, input.height as usize) + DATA_LAG).min(above.total)
        })
        .unwrap_or(0)
}
