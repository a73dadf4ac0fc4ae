//! From logits to class words: the sum over the scales, row by row, and the up-sampler, column by column.

use crate::latency::{self, COLUMN, COLUMN_FETCH, Cycle, LOGITS_FREE, ROW_FREE, SUM_WRITE, TOTAL_ROWS};
use crate::plan::Plan;

/// Evaluation state of the output side.
pub struct Emission<'a> {
    plan: &'a Plan,
    width: usize,
    height: usize,
    /// Reads for a pixel of T, and cycles of phase A.
    reads: Cycle,
    phase_a: Cycle,
    completes: Vec<Cycle>,
    begins: Vec<Cycle>,
    /// First read of each row of T made so far, over all outputs.
    rows: Vec<Cycle>,
    /// Cycles in which rows of T are given back.
    freed: Vec<Cycle>,
    // up-sampler: next output row to fetch, and what is known of the last column
    row: usize,
    fetch: Cycle,
    pops: std::collections::VecDeque<Cycle>,
    segment_end: Cycle,
    spans: Vec<(Cycle, Cycle)>,
    first_word: Cycle,
}

impl<'a> Emission<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let scales = plan.net.scales as usize;
        let map = plan.map(0);
        let phase_a: usize = (2..scales).map(|s| (scales - s) * plan.map(s - 1).pixels() * 4).sum();
        Self {
            plan,
            width: map.width as usize,
            height: map.height as usize,
            reads: 1 + 4 * (scales as Cycle - 1),
            phase_a: phase_a as Cycle,
            completes: Vec::new(),
            begins: Vec::new(),
            rows: Vec::new(),
            freed: Vec::new(),
            row: 0,
            fetch: 0,
            pops: std::collections::VecDeque::new(),
            segment_end: 0,
            spans: Vec::new(),
            first_word: 0,
        }
    }

    /// All logits of the next output are written, visible in this cycle.
    pub fn complete(&mut self, cycle: Cycle) {
        self.completes.push(cycle);
    }

    /// First and last class word of each finished output.
    pub fn spans(&self) -> &[(Cycle, Cycle)] {
        &self.spans
    }

    /// Grows whenever something was found out.
    pub fn progress(&self) -> usize {
        self.completes.len() + self.rows.len() + self.row + self.begins.len()
    }

    /// First cycle in which the classifier may start pixel `pixel` of scale `l` of output number `output`: it hears a cycle
    /// late that logits are free.
    pub fn logits_free(&self, output: usize, l: usize, pixel: usize) -> Option<Cycle> {
        let Some(previous) = output.checked_sub(1) else { return Some(0) };
        let begin = self.begins.get(previous)? + LOGITS_FREE;
        let row = previous * self.height + if l == 0 { pixel / self.width } else { self.height - 1 };
        let column = if l == 0 { pixel % self.width } else { self.width - 1 };
        let last_read = self.rows.get(row)? + (column as Cycle + 1) * self.reads - 1;
        Some(begin.max(last_read + LOGITS_FREE))
    }

    /// Evaluates rows of T and output rows until something is missing.
    pub fn advance(&mut self) {
        loop {
            let before = self.progress();
            while self.sum_row() {}
            while self.output_row() {}
            if self.progress() == before {
                return;
            }
        }
    }

    fn row_cycles(&self) -> Cycle {
        self.width as Cycle * self.reads
    }

    fn sum_row(&mut self) -> bool {
        let index = self.rows.len();
        let (output, row) = (index / self.height, index % self.height);
        let last_end = self.rows.last().map_or(0, |start| start + self.row_cycles() - 1);
        let mut start = if row == 0 {
            let Some(&complete) = self.completes.get(output) else { return false };
            let begin = complete.max(last_end);
            if self.begins.len() == output {
                self.begins.push(begin);
            }
            begin + 1 + self.phase_a
        } else {
            last_end + 1
        };
        if let Some(older) = index.checked_sub(TOTAL_ROWS) {
            let Some(&freed) = self.freed.get(older) else { return false };
            start = start.max(freed + ROW_FREE);
        }
        self.rows.push(start);
        true
    }

    /// One row of the image: its columns are fetched, its segments loaded.
    fn output_row(&mut self) -> bool {
        let (image, plan) = (self.plan.net.image, self.plan);
        let (w, h) = (image.width as usize, image.height as usize);
        let (output, y) = (self.row / h, self.row % h);
        let before = y < 4;
        let r0 = if before { 0 } else { (y - 4) / 8 };
        let two = !before && r0 + 1 < self.height;
        let Some(&made) = self.rows.get(output * self.height + r0 + usize::from(two)) else { return false };
        let held = made + self.row_cycles() - 1 + SUM_WRITE;
        let (beat, columns) = (plan.beat, latency::columns(plan.beat));
        let word = latency::argmax(plan.net.classes as usize, beat);
        let mut column = 0;
        let mut x = 0;
        let mut first_pixel = 0;
        while x < w {
            let length = if x == 0 { 4 } else { 8 }.min(w - x);
            let mut load = self.segment_end;
            if column < self.width {
                let mut fetch = if self.fetch == 0 { held } else { held.max(self.fetch + COLUMN) };
                if self.pops.len() >= columns {
                    fetch = fetch.max(self.pops[self.pops.len() - columns] + 1);
                }
                self.fetch = fetch;
                column += 1;
                load = load.max(fetch + COLUMN_FETCH);
                self.pops.push_back(load);
                if self.pops.len() > columns {
                    self.pops.pop_front();
                }
            }
            if x == 0 {
                first_pixel = load + 1;
            }
            self.segment_end = load + (length / beat) as Cycle;
            x += length;
        }
        // rows of T are given back with the second read of the row's last column
        let row_end = self.fetch + COLUMN - 1;
        if y + 1 == h {
            self.freed.extend(std::iter::repeat_n(row_end, self.height - r0));
        } else if !before && (y - 4) % 8 == 7 {
            self.freed.push(row_end);
        }
        if y == 0 {
            self.first_word = first_pixel + word;
        }
        if y + 1 == h {
            self.spans.push((self.first_word, self.segment_end + word));
        }
        self.row += 1;
        true
    }
}
