//! All shapes of each array, and what they take of a frame's time.

use hwgen_network::{Description, Size};
use hwgen_quantize::Bits;

use crate::array::{PerArray, Shape};
use crate::folding::Folding;
use crate::interface::Interface;
use crate::math::{in_spans, lcm};

/// A budget below this, for each pixel of a job, cannot hold one multiplier in each of the four arrays.
pub const MIN_MULTIPLIERS: usize = 4;

/// A shape of one array and its cycles in one iteration (one output, for classification).
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub shape: Shape,
    pub cycles: usize,
}

impl Candidate {
    /// The same with another drain.
    pub fn draining(&self, drain: usize) -> Self {
        Self { shape: Shape { drain, ..self.shape }, ..*self }
    }

    /// Whether a project array can take a depthwise array's beats as words of its vector memory.
    pub fn takes(&self, depthwise: &Self) -> bool {
        self.shape.lanes >= depthwise.shape.drain || depthwise.shape.drain.is_multiple_of(self.shape.lanes)
    }

    /// Its multipliers.
    pub fn cost(&self) -> usize {
        self.shape.multipliers()
    }
}

/// All shapes of each array, and the network that they work on.
pub struct Search<'a> {
    pub net: &'a Description,
    bits: &'a Bits,
    interface: Interface,
    /// Pixels of a job.
    pub pixels: usize,
    /// Multipliers of all arrays together.
    pub budget: usize,
    pub expand: Vec<Candidate>,
    pub depthwise: Vec<Candidate>,
    pub project: Vec<Candidate>,
    pub classify: Vec<Candidate>,
}

impl<'a> Search<'a> {
    pub fn new(net: &'a Description, bits: &'a Bits, interface: Interface, budget: usize, pixels: usize) -> Self {
        let mut search = Self {
            net,
            bits,
            interface,
            pixels,
            budget,
            expand: Vec::new(),
            depthwise: Vec::new(),
            project: Vec::new(),
            classify: Vec::new(),
        };
        search.expand = search.expand_shapes();
        search.depthwise = pareto(search.depthwise_shapes());
        search.project = search.project_shapes();
        // among equal costs the squarest: neither a wide vector memory nor many small weight memories
        search.project.sort_by_key(|s| (s.cost(), s.shape.lanes + s.shape.rows));
        search.classify = pareto(search.classify_shapes());
        search
    }

    fn candidate(&self, rows: usize, lanes: usize, drain: usize, cycles: usize) -> Candidate {
        Candidate { shape: Shape { rows, lanes, pixels: self.pixels, drain }, cycles }
    }

    /// The map of a scale in spans of the pixels of a job.
    pub fn spans(&self, l: usize) -> Size {
        in_spans(self.net.scale(l), self.pixels)
    }

    /// Sum over the jobs of an iteration: spans times the cost of block (l, k), given inputs and hidden channels.
    fn iteration(&self, cost: &dyn Fn(usize, usize) -> usize) -> usize {
        (0..self.net.scales as usize)
            .map(|l| {
                let blocks = (0..self.net.blocks as usize)
                    .map(|k| cost(self.net.block_inputs(l, k) / self.net.width as usize, self.net.block_hidden(l, k)));
                self.spans(l).pixels() * blocks.sum::<usize>()
            })
            .sum()
    }

    fn hidden(&self) -> (usize, usize) {
        let all = (0..self.net.scales as usize)
            .flat_map(|l| (0..self.net.blocks as usize).map(move |k| (l, k)))
            .map(|(l, k)| self.net.block_hidden(l, k));
        (all.clone().min().unwrap_or(1), all.max().unwrap_or(1))
    }

    fn expand_shapes(&self) -> Vec<Candidate> {
        let f = self.net.width as usize;
        let (_, most) = self.hidden();
        let mut shapes = Vec::new();
        for lanes in chunks(f) {
            let cf = f.div_ceil(lanes);
            for rows in chunks(most).into_iter().chain(chunks(f)).chain(1..=16.min(most)) {
                if (lanes * rows + 3) * self.pixels > self.budget
                    || shapes.iter().any(|s: &Candidate| s.shape.lanes == lanes && s.shape.rows == rows)
                {
                    continue;
                }
                // lanes of a drain that never holds the array up in the loop
                let drain = divisors(rows).into_iter().find(|q| rows / q <= cf).unwrap_or(rows);
                let cycles = self.iteration(&|parts, e| e.div_ceil(rows) * parts * cf);
                shapes.push(self.candidate(rows, lanes, drain, cycles));
            }
        }
        shapes
    }

    fn depthwise_shapes(&self) -> Vec<Candidate> {
        let (_, most) = self.hidden();
        (1..=most.min(self.budget / self.pixels))
            .filter_map(|rows| {
                let drain = divisors(rows).into_iter().find(|q| rows / q <= 9)?;
                let cycles = || self.iteration(&|_, e| 9 * e.div_ceil(rows));
                (drain <= 2 * rows.div_ceil(9)).then(|| self.candidate(rows, 1, drain, cycles()))
            })
            .collect()
    }

    fn project_shapes(&self) -> Vec<Candidate> {
        let f = self.net.width as usize;
        let (least, most) = self.hidden();
        let mut shapes = Vec::new();
        for rows in chunks(f) {
            for lanes in 1..=most.min(self.budget / self.pixels / rows) {
                let words = least.div_ceil(lanes);
                let groups = f.div_ceil(rows);
                let floor = 8usize.div_ceil(groups);
                let drain = divisors(rows).into_iter().find(|q| rows / q <= words.max(floor)).unwrap_or(rows);
                let cycles = self.iteration(&|_, e| groups * e.div_ceil(lanes).max(floor).max(rows / drain));
                shapes.push(self.candidate(rows, lanes, drain, cycles));
            }
        }
        shapes
    }

    fn classify_shapes(&self) -> Vec<Candidate> {
        let (f, c) = (self.net.width as usize, self.net.classes as usize);
        let mut shapes = Vec::new();
        for lanes in chunks(f) {
            let words = 9 * f.div_ceil(lanes);
            for rows in chunks(c).into_iter().filter(|&rows| rows <= words) {
                shapes.push(self.candidate(rows, lanes, 1, self.class_cycles(lanes, rows)));
            }
        }
        shapes
    }

    /// Cycles of an output in the classification array.
    pub fn class_cycles(&self, lanes: usize, rows: usize) -> usize {
        let (f, c) = (self.net.width as usize, self.net.classes as usize);
        let pixels: usize = (0..self.net.scales as usize).map(|l| self.spans(l).pixels()).sum();
        pixels * c.div_ceil(rows) * 9 * f.div_ceil(lanes)
    }

    /// How many iterations the classification of one may take: with few outputs more than one, for which [`Self::frame`]
    /// charges.
    pub fn class_factors(&self) -> &'static [usize] {
        if self.net.outputs.len() * 2 > self.net.iterations as usize { &[1] } else { &[1, 2, 4] }
    }

    /// The folding of these shapes: the one place where one is made. `queue_slack` is that of the classification ring.
    pub fn folding(&self, arrays: &PerArray<Candidate>, queue_slack: usize) -> Folding {
        let half_a_row = self.spans(0).width as usize / 2;
        Folding {
            arrays: PerArray::from_fn(|array| arrays[array].shape),
            ring_slack: half_a_row.max(8),
            queue_slack: queue_slack.max(8),
        }
    }

    /// The fewest multipliers of depthwise, project and classification for iterations of `cycles`.
    pub fn cheapest(&self, cycles: usize, class_cycles: usize) -> Option<[Candidate; 3]> {
        let classify = self.classify.iter().filter(|s| s.cycles <= class_cycles).min_by_key(|s| s.cost())?;
        let depthwise = self.depthwise.iter().filter(|s| s.cycles <= cycles).min_by_key(|s| s.cost())?;
        let project = self.project.iter().find(|s| s.cycles <= cycles && s.takes(depthwise))?;
        Some([*depthwise, *project, *classify])
    }

    /// Cycles of the data block on an expand shape, with the drain that it deserves.
    pub fn data_block(&self, expand: &Candidate, depthwise_lanes: usize) -> (usize, usize) {
        let cycles = |drain: usize| self.data_cycles(expand, drain);
        let iterations = self.net.iterations as usize * expand.cycles;
        let fastest = cycles(expand.shape.rows);
        // among the drains fast enough, one whose beats fit the ring words well
        let enough: Vec<usize> = divisors(expand.shape.rows)
            .into_iter()
            .filter(|&q| q >= expand.shape.drain && q <= depthwise_lanes)
            .filter(|&q| cycles(q) - fastest <= (iterations + fastest) / 200)
            .collect();
        let drain = enough
            .iter()
            .copied()
            .min_by_key(|&q| (lcm(q, depthwise_lanes) > 4 * depthwise_lanes, q))
            .or_else(|| divisors(expand.shape.rows).into_iter().rfind(|&q| q <= depthwise_lanes))
            .unwrap_or(1);
        (cycles(drain), drain)
    }

    /// Cycles of the data block on an expand shape with a drain.
    pub fn data_cycles(&self, expand: &Candidate, drain: usize) -> usize {
        let f = self.net.width as usize;
        let cf = f.div_ceil(expand.shape.lanes);
        let groups = f.div_ceil(expand.shape.rows);
        (0..self.net.data_layers())
            .map(|j| {
                let (inputs, bits) = if j == 0 {
                    (27usize.div_ceil(expand.shape.lanes), self.bits.stem)
                } else {
                    (9 * cf, self.bits.data)
                };
                let words = inputs * (bits as usize).div_ceil(self.bits.expand as usize);
                in_spans(self.net.data_size(j), self.pixels).pixels()
                    * groups
                    * words.max(expand.shape.rows / drain).max(cf.div_ceil(groups))
            })
            .sum()
    }

    /// Cycles in which a class map leaves.
    pub fn stream(&self) -> usize {
        self.net.image.pixels() / self.interface.beat
    }

    /// Estimated cycles of a frame: data block, iterations, waits for the classifier and the class stream.
    pub fn frame(&self, data: usize, iteration: usize, classify: usize) -> f64 {
        let image = self.stream();
        let (mut time, mut class_free, mut stream_free) = (data, 0, 0);
        for n in 1..=self.net.iterations {
            time += iteration;
            if self.net.outputs.contains(&n) {
                // the classifier follows the iteration; it may finish one pass later than the loop
                class_free = time.max(class_free + classify);
                stream_free = class_free.max(stream_free) + image;
                time = time.max(class_free.saturating_sub(classify / 2)).max(stream_free.saturating_sub(2 * image));
            }
        }
        time.max(class_free).max(stream_free) as f64
    }
}

/// Distinct values of `ceil(n / parts)`: the sizes that cut `n` without a needless remainder.
fn chunks(n: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = (1..=n).map(|parts| n.div_ceil(parts)).collect();
    sizes.dedup();
    sizes.reverse();
    sizes
}

/// Divisors, ascending.
pub fn divisors(n: usize) -> Vec<usize> {
    (1..=n).filter(|&d| n.is_multiple_of(d)).collect()
}

/// Shapes that no cheaper shape beats.
pub fn pareto(mut shapes: Vec<Candidate>) -> Vec<Candidate> {
    shapes.sort_by_key(|s| (s.cost(), s.cycles));
    let mut best = usize::MAX;
    shapes.retain(|s| {
        let better = s.cycles < best;
        best = best.min(s.cycles);
        better
    });
    shapes
}
