//! The loop: loader, expand, depthwise, project and classification, job by job until none can move.

use super::emission::Emission;
use super::feed::{self, Feed};
use super::timeline::{Timeline, Unit, Work};
use super::{Bound, OutputCycles, Prediction};
use crate::latency::{
    self, Cycle, DATA_JOB, FRAME_BEGIN, LOGIT_WRITE, LOOP_JOB, REQUANT, RESIDUAL, RING_WRITE, STATE_WORD,
};
use crate::plan::Plan;

/// One visit of all pixels of a scale by one block: jobs are spans, of one pixel or several.
#[derive(Clone, Copy)]
struct Pass {
    n: usize,
    l: usize,
    k: usize,
    /// Spans of a row.
    width: usize,
    height: usize,
    /// Pixels of a row.
    columns: usize,
    /// Index of its first span in the frame's job order.
    first: usize,
}

impl Pass {
    fn end(&self) -> usize {
        self.first + self.width * self.height
    }

    /// The last pixel, in raster order, of span `inside`, if spans have `pixels` pixels.
    fn last_pixel(self, inside: usize, pixels: usize) -> usize {
        let (x, y) = (inside % self.width, inside / self.width);
        y * self.columns + ((x + 1) * pixels).min(self.columns) - 1
    }

    /// What the arrays of the loop do in it.
    fn work(self) -> Work {
        Work::Pass { n: self.n, l: self.l, k: self.k }
    }
}

/// Start decisions of a unit that slides a 3×3 window over a ring, and the slots that they free.
#[derive(Default)]
struct Window {
    decisions: Vec<Cycle>,
    tails: Vec<usize>,
    cursor: usize,
}

impl Window {
    /// First cycle in which the writer may reserve slot `index` of a ring of `slots`; `None` while unknown.
    fn room(&mut self, index: usize, slots: usize) -> Option<Cycle> {
        if index < slots {
            return Some(0);
        }
        while self.cursor < self.tails.len() && self.tails[self.cursor] + slots <= index {
            self.cursor += 1;
        }
        self.decisions.get(self.cursor).map(|decision| decision + 1)
    }

    fn push(&mut self, decision: Cycle, index: usize, inside: usize, width: usize) {
        self.decisions.push(decision);
        self.tails.push(index - inside.min(width + 1));
    }
}

/// Evaluation state of one frame.
pub struct Frame<'a> {
    plan: &'a Plan,
    outputs: Vec<u32>,
    passes: Vec<Pass>,
    feed: Feed,
    data_jobs: usize,
    // loop jobs in frame order
    loader_pass: usize,
    loaded: Vec<Cycle>,
    expand_pass: usize,
    ring: Vec<Cycle>,
    depthwise_pass: usize,
    depthwise: Window,
    depthwise_end: Cycle,
    vectors: Vec<Cycle>,
    project_pass: usize,
    project_ends: Vec<Cycle>,
    written: Vec<Cycle>,
    loop_end: Cycle,
    starts: Vec<Cycle>,
    // classification
    class_passes: Vec<Pass>,
    class_pass: usize,
    class_ready: Vec<Cycle>,
    class: Window,
    class_end: Cycle,
    class_total: usize,
    emission: Emission<'a>,
    // feedback stream: arrival of each word at the loader's FIFO
    stream: Stream,
    /// Told of every job, if there is one.
    timeline: Option<Timeline>,
}

/// The feedback stream: words leave, come back one cycle later, and wait in a FIFO of `depth` words.
struct Stream {
    sent: Cycle,
    back: Vec<Cycle>,
    reads: Vec<Cycle>,
    pending: std::collections::VecDeque<Cycle>,
    depth: usize,
}

impl Stream {
    fn advance(&mut self) {
        while let Some(&word) = self.pending.front() {
            let index = self.back.len();
            let room = match index.checked_sub(self.depth) {
                None => 0,
                Some(older) => match self.reads.get(older) {
                    Some(&read) => read + 1,
                    None => return,
                },
            };
            self.pending.pop_front();
            self.sent = (word + 1).max(self.sent + 1);
            let last = self.back.last().copied().unwrap_or(0);
            self.back.push((self.sent + 1).max(last + 1).max(room));
        }
    }
}

impl<'a> Frame<'a> {
    /// Prepares a frame of `iterations` with the outputs of `mask`.
    pub fn new(plan: &'a Plan, iterations: u32, mask: u64, mut timeline: Option<Timeline>) -> Self {
        let mut passes = Vec::new();
        let mut first = 0;
        for n in 0..iterations as usize {
            for l in 0..plan.net.scales as usize {
                for k in 0..plan.net.blocks as usize {
                    let (map, columns) = (plan.spans(l), plan.map(l).width as usize);
                    let (width, height) = (map.width as usize, map.height as usize);
                    let pass = Pass { n, l, k, width, height, columns, first };
                    first = pass.end();
                    passes.push(pass);
                }
            }
        }
        let enabled = |n: usize| mask >> n & 1 == 1 && plan.net.outputs.contains(&(n as u32 + 1));
        let mut class_first = 0;
        let class_passes: Vec<Pass> = passes
            .iter()
            .filter(|pass| enabled(pass.n) && pass.k + 1 == plan.net.blocks as usize)
            .map(|pass| {
                let pass = Pass { first: class_first, ..*pass };
                class_first = pass.end();
                pass
            })
            .collect();
        let outputs: Vec<u32> = (0..iterations).filter(|&n| enabled(n as usize)).map(|n| n + 1).collect();
        let feed = feed::run(plan, &mut timeline);
        let pending = if plan.feedback.leaves() {
            feed.state_words.iter().copied().collect()
        } else {
            std::collections::VecDeque::new()
        };
        Self {
            plan,
            outputs,
            passes,
            data_jobs: feed.expand_ends.len(),
            feed,
            loader_pass: 0,
            loaded: Vec::new(),
            expand_pass: 0,
            ring: Vec::new(),
            depthwise_pass: 0,
            depthwise: Window::default(),
            depthwise_end: 0,
            vectors: Vec::new(),
            project_pass: 0,
            project_ends: Vec::new(),
            written: Vec::new(),
            loop_end: 0,
            starts: Vec::new(),
            class_passes,
            class_pass: 0,
            class_ready: Vec::new(),
            class: Window::default(),
            class_end: 0,
            class_total: class_first,
            emission: Emission::new(plan),
            stream: Stream { sent: 0, back: Vec::new(), reads: Vec::new(), pending, depth: plan.feedback_depth },
            timeline,
        }
    }

    fn tell(&mut self, unit: Unit, work: Work, start: Cycle, cycles: usize) {
        if let Some(timeline) = &mut self.timeline {
            timeline.add(unit, work, start, cycles as Cycle);
        }
    }

    /// Evaluates the frame; the timeline comes back with all jobs.
    pub fn run(mut self) -> (Prediction, Option<Timeline>) {
        loop {
            let before = self.progress();
            self.stream.advance();
            while self.load() {}
            while self.expand() {}
            while self.depthwise() {}
            while self.project() {}
            while self.classify() {}
            self.emission.advance();
            if self.progress() == before {
                break;
            }
        }
        debug_assert_eq!(self.written.len(), self.passes.last().map_or(0, Pass::end), "the loop did not finish");
        let spans = self.emission.spans();
        debug_assert_eq!(spans.len(), self.outputs.len(), "an output did not finish");
        let outputs: Vec<OutputCycles> = self
            .outputs
            .iter()
            .zip(spans)
            .map(|(&output, &(first, last))| OutputCycles { output, first, last })
            .collect();
        for output in &outputs {
            if let Some(timeline) = &mut self.timeline {
                timeline.add(
                    Unit::Output,
                    Work::Map { output: output.output },
                    output.first,
                    output.last + 1 - output.first,
                );
            }
        }
        let loop_start_to_start = (self.starts.len() >= 3).then(|| self.starts[self.starts.len() - 1] - self.starts[1]);
        let prediction = Prediction {
            cycles: outputs.last().map_or(self.loop_end, |output| output.last) + 1,
            loop_start_to_start,
            bound: self.bound(),
            starts: self.starts,
            outputs,
        };
        (prediction, self.timeline)
    }

    fn progress(&self) -> usize {
        self.loaded.len()
            + self.ring.len()
            + self.vectors.len()
            + self.written.len()
            + self.class.decisions.len()
            + self.emission.progress()
            + self.stream.back.len()
    }

    fn bound(&self) -> Bound {
        let plan = self.plan;
        let sum = |cost: &dyn Fn(usize, usize) -> usize| -> usize {
            (0..plan.net.scales as usize)
                .map(|l| plan.spans(l).pixels() * (0..plan.net.blocks as usize).map(|k| cost(l, k)).sum::<usize>())
                .sum()
        };
        let per_iteration = sum(&|l, k| plan.expand_jobs[l][k].cycles())
            .max(sum(&|l, k| plan.depthwise_cycles(l, k)))
            .max(sum(&|l, k| plan.project_jobs[l][k].cycles()));
        let loop_cycles = per_iteration * self.passes.last().map_or(0, |pass| pass.n + 1);
        let class_stream = plan.net.image.pixels() / plan.beat * self.outputs.len();
        let classify = self.class_total * plan.classify_job.cycles();
        if class_stream > loop_cycles && class_stream > classify {
            Bound::ClassStream
        } else if classify > loop_cycles {
            Bound::Classify
        } else {
            Bound::Loop
        }
    }

    fn load(&mut self) -> bool {
        let index = self.loaded.len();
        let Some(pass) = next_pass(&self.passes, &mut self.loader_pass, index) else { return false };
        let plan = self.plan;
        let pixels = plan.folding.pixels();
        let mut decision = self.feed.loader_free.max(self.feed.loader_decision + DATA_JOB).max(FRAME_BEGIN + LOOP_JOB);
        let slot = self.data_jobs + index - plan.slots.min(self.data_jobs + index);
        if self.data_jobs + index >= plan.slots {
            let Some(&end) = self.feed.expand_ends.get(slot) else { return false };
            decision = decision.max(end + 1);
        }
        decision = decision.max(self.feed.complete);
        let needed = self.need(pass, index - pass.first);
        if needed > 0 {
            let Some(&there) = self.written.get(needed - 1) else { return false };
            decision = decision.max(there);
        }
        if plan.feedback.leaves() && pass.l == 0 {
            self.stream.advance();
            let last = self.stream.reads.len() + plan.state_words - 1;
            let Some(&back) = self.stream.back.get(last) else { return false };
            decision = decision.max(back + 1);
            self.stream
                .reads
                .extend((0..plan.state_words as Cycle).map(|word| decision + latency::feedback_read(pixels) + word));
        }
        let reads = plan.loop_reads(pass.l, pass.k) as Cycle;
        self.loaded.push(decision + reads + latency::loader(pixels));
        self.feed.loader_free = decision + reads.max(LOOP_JOB);
        self.feed.loader_decision = decision;
        true
    }

    /// Spans that the loop must have written before the job of span `inside` may read.
    fn need(&self, pass: Pass, inside: usize) -> usize {
        let plan = self.plan;
        if pass.k > 0 {
            return pass.first - pass.width * pass.height + inside + 1;
        }
        if pass.n == 0 {
            return 0;
        }
        let before = |l: usize| {
            let per_iteration = plan.net.scales as usize * plan.net.blocks as usize;
            self.passes[(pass.n - 1) * per_iteration + l * plan.net.blocks as usize + plan.net.blocks as usize - 1]
        };
        if plan.net.has_coarser(pass.l) {
            let coarse = before(pass.l + 1);
            let (x, y) = (inside % pass.width, inside / pass.width);
            let row = (y / 2 + 1).min(coarse.height - 1);
            coarse.first + row * coarse.width + (x / 2 + 1).min(coarse.width - 1) + 1
        } else {
            before(pass.l).first + inside + 1
        }
    }

    fn expand(&mut self) -> bool {
        let index = self.ring.len();
        let (Some(&full), Some(pass)) = (self.loaded.get(index), next_pass(&self.passes, &mut self.expand_pass, index))
        else {
            return false;
        };
        let Some(room) = self.depthwise.room(index, self.plan.ring_slots) else { return false };
        let free = self.feed.expand_ends.last().copied().unwrap_or(0);
        let start = 1 + full.max(room).max(free);
        let job = self.plan.expand_jobs[pass.l][pass.k];
        let fold = &self.plan.folding;
        self.feed.expand_ends.push(start + job.cycles() as Cycle - 1);
        self.tell(Unit::Expand, pass.work(), start, job.cycles());
        let last_issue = start + job.cycles() as Cycle - 1;
        let beats = fold.arrays.expand.beats();
        self.ring.push(last_issue + latency::unit(fold.arrays.expand.lanes, beats) + RING_WRITE);
        if index == pass.first && pass.l == 0 && pass.k == 0 {
            self.starts.push(start);
        }
        true
    }

    fn depthwise(&mut self) -> bool {
        let index = self.vectors.len();
        let Some(pass) = next_pass(&self.passes, &mut self.depthwise_pass, index) else { return false };
        let Some(&ready) = self.ring.get((index + pass.width + 1).min(pass.end() - 1)) else { return false };
        let mut decision = ready.max(self.depthwise_end);
        if index >= self.plan.vector_slots {
            let Some(&end) = self.project_ends.get(index - self.plan.vector_slots) else { return false };
            decision = decision.max(end + 1);
        }
        self.depthwise.push(decision, index, index - pass.first, pass.width);
        let cycles = self.plan.depthwise_cycles(pass.l, pass.k);
        self.depthwise_end = decision + cycles as Cycle;
        self.tell(Unit::Depthwise, pass.work(), decision + 1, cycles);
        let fold = &self.plan.folding;
        let beats = fold.arrays.depthwise.beats();
        self.vectors.push(self.depthwise_end + latency::depthwise_unit(fold.pixels(), beats) + RING_WRITE);
        true
    }

    fn project(&mut self) -> bool {
        let index = self.written.len();
        let (Some(&full), Some(pass)) =
            (self.vectors.get(index), next_pass(&self.passes, &mut self.project_pass, index))
        else {
            return false;
        };
        let plan = self.plan;
        let mut decision = full.max(self.project_ends.last().copied().unwrap_or(0));
        let last_block = pass.k + 1 == plan.net.blocks as usize;
        let classify = last_block && self.outputs.contains(&(pass.n as u32 + 1));
        if classify {
            let Some(room) = self.class.room(self.class_ready.len(), plan.queue_slots) else { return false };
            decision = decision.max(room);
        }
        let job = plan.project_jobs[pass.l][pass.k];
        let start = decision + 1;
        self.project_ends.push(start + job.cycles() as Cycle - 1);
        self.tell(Unit::Project, pass.work(), start, job.cycles());
        let fold = &plan.folding;
        let last_issue = start + job.cycles() as Cycle - 1;
        let beats = fold.arrays.project.beats();
        let pixel = last_issue + latency::unit(fold.arrays.project.lanes, beats) + RESIDUAL + REQUANT;
        let cf = plan.state_words as Cycle;
        self.written.push(pixel + STATE_WORD + cf);
        if classify {
            self.class_ready.push(pixel + STATE_WORD + plan.class_words as Cycle);
        }
        let last_iteration = pass.n + 1 == self.passes.last().map_or(0, |last| last.n + 1);
        if plan.feedback.leaves() && pass.l == 0 && !(last_block && last_iteration) {
            self.stream.pending.extend((0..cf).map(|word| pixel + STATE_WORD + word));
        }
        self.loop_end = pixel + STATE_WORD + cf - 1;
        true
    }

    fn classify(&mut self) -> bool {
        let index = self.class.decisions.len();
        let Some(pass) = next_pass(&self.class_passes, &mut self.class_pass, index) else { return false };
        let Some(&ready) = self.class_ready.get((index + pass.width + 1).min(pass.end() - 1)) else { return false };
        let (scales, pixels) = (self.plan.net.scales as usize, self.plan.folding.pixels());
        let output = self.class_pass / scales;
        let last_pixel = pass.last_pixel(index - pass.first, pixels);
        let Some(free) = self.emission.logits_free(output, pass.l, last_pixel) else { return false };
        let decision = ready.max(free).max(self.class_end);
        self.class.push(decision, index, index - pass.first, pass.width);
        let job = self.plan.classify_job;
        self.class_end = decision + job.cycles() as Cycle;
        self.tell(Unit::Classify, Work::Head { n: pass.n, l: pass.l }, decision + 1, job.cycles());
        if pass.l + 1 == scales && index + 1 == pass.end() {
            let fold = &self.plan.folding;
            let last_issue = decision + job.cycles() as Cycle;
            let logit = last_issue + 1 + latency::unit(fold.arrays.classify.lanes, fold.arrays.classify.rows);
            // several pixels leave one by one
            let apart = if pixels > 1 { pass.columns - (pass.width - 1) * pixels } else { 0 };
            self.emission.complete(logit + latency::beside(pixels) + apart as Cycle + LOGIT_WRITE);
        }
        true
    }
}

/// The pass that holds job `index`; `cursor` only moves forward.
fn next_pass(passes: &[Pass], cursor: &mut usize, index: usize) -> Option<Pass> {
    while passes.get(*cursor)?.end() <= index {
        *cursor += 1;
    }
    Some(passes[*cursor])
}
