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

/// Cycles in which the scan of the image completes words of patches, of one or two (`hwg_patch`).
struct Patches {
    /// Patches of a word, words of a row, steps of the scan from one to the next.
    each: usize,
    columns: usize,
    steps: Cycle,
    last: Cycle,
    popped: Vec<Cycle>,
    /// Words that the scan has completed.
    count: usize,
    /// The word, visible, of which one patch was taken.
    half: Option<Cycle>,
}

impl Patches {
    /// The first position is scanned a cycle after the frame's begin.
    fn new(plan: &Plan) -> Self {
        let each = plan.patches();
        let columns = plan.net.data_size(0).width as usize / each;
        let steps = if plan.beat == 1 { 2 } else { 1 };
        Self { each, columns, steps, last: FRAME_BEGIN, popped: Vec::new(), count: 0, half: None }
    }

    /// The cycle from which word `self.count` can be taken.
    fn next(&mut self) -> Cycle {
        let (columns, k, steps) = (self.columns, self.count, self.steps);
        // since the word before: its positions, or the rest of a row pair and those of its first word
        let mut cycle = self.last + if k.is_multiple_of(columns) { steps * (columns as Cycle + 1) } else { steps };
        let places = PATCHES / self.each;
        if k >= places {
            cycle = cycle.max(self.popped[k - places] + 1);
        }
        self.last = cycle;
        self.count += 1;
        cycle + PATCH
    }

    /// A span's `count` patches are taken, the last word with its job, which could start at `decision` without them; the
    /// others before that, as they come (`hwg_patch_join`). The job's start.
    fn take(&mut self, count: usize, decision: Cycle) -> Cycle {
        if count < self.each {
            let second = self.half.take();
            let there = second.unwrap_or_else(|| self.next());
            let taken = there.max(decision);
            if second.is_some() {
                self.popped.push(taken);
            } else {
                self.half = Some(taken);
            }
            return taken;
        }
        let words = count / self.each;
        for word in 1..=words {
            let earliest = self.popped.last().map_or(0, |last| last + 1);
            let popped = self.next().max(earliest).max(if word == words { decision } else { 0 });
            self.popped.push(popped);
        }
        self.popped[self.popped.len() - 1]
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
    let mut patches = Patches::new(plan);
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
            let count = fold.pixels().min(plan.net.data_size(0).width as usize - first);
            decision = patches.take(count, decision);
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
