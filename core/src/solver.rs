//! The folding solver: array shapes with the fewest cycles a frame for a budget of multipliers.
//!
//! The four arrays are independent but for time: for each shape of the expand array (which also runs the data block)
//! the shortest iteration that the rest of the budget allows is found, and the shapes with the shortest estimated
//! frame are compared by the exact schedule. Requantisation multipliers are not in the budget; shapes that need many
//! are avoided where they win little.

mod fit;

use hwgen_network::Description;
use hwgen_quantize::Bits;

use crate::folding::{Folding, lcm};
use crate::plan::{Feedback, Plan};
use crate::schedule;

pub use fit::{Target, solve_target};

/// A budget below this cannot hold one multiplier in each of the four arrays.
pub const MIN_MULTIPLIERS: usize = 4;
/// How many shapes the exact schedule compares.
const FINALISTS: usize = 4;
/// A shape of one array and its cycles in one iteration (one output, for classification).
#[derive(Clone, Copy, Debug)]
struct Shape {
    lanes: usize,
    rows: usize,
    drain: usize,
    cycles: usize,
}

impl Shape {
    fn cost(&self) -> usize {
        self.lanes * self.rows
    }
}

/// Finds a folding for `multipliers` in all arrays together; `None` below [`MIN_MULTIPLIERS`].
pub fn solve(net: &Description, bits: &Bits, feedback: Feedback, multipliers: usize) -> Option<Folding> {
    if multipliers < MIN_MULTIPLIERS {
        return None;
    }
    let search = Search::new(net, bits, multipliers);
    let mut found: Vec<(f64, Folding)> = search.expand.iter().filter_map(|shape| search.complete(shape)).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(FINALISTS);
    let best = found
        .into_iter()
        .map(|(_, folding)| (frame_cycles(net, bits, feedback, folding), folding))
        .min_by_key(|(cycles, _)| *cycles)?
        .1;
    Some(size_rings(net, bits, feedback, best))
}

/// Cycles of a whole frame with all outputs, by the exact schedule.
fn frame_cycles(net: &Description, bits: &Bits, feedback: Feedback, folding: Folding) -> u64 {
    let plan = Plan::new(net, bits, folding, feedback);
    schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan)).cycles
}

/// The smallest rings that cost less than 0.1 % of the cycles of a short frame.
fn size_rings(net: &Description, bits: &Bits, feedback: Feedback, mut folding: Folding) -> Folding {
    let w0 = net.scale(0).width as usize;
    let mut short = net.clone();
    short.iterations = net.iterations.min(3);
    short.outputs.retain(|&n| n <= short.iterations);
    if let hwgen_network::WeightSets::Map(map) = &mut short.weight_sets {
        map.truncate(short.iterations as usize);
    }
    let choices = [4, 8, w0 / 4, w0 / 2, w0];
    let cycles = |folding: Folding| frame_cycles(&short, bits, feedback, folding) as f64;
    let choose = |folding: Folding, set: &dyn Fn(&mut Folding, usize)| -> usize {
        let measured: Vec<(usize, f64)> = choices
            .iter()
            .filter(|&&slack| slack >= 4)
            .map(|&slack| {
                let mut candidate = folding;
                set(&mut candidate, slack);
                (slack, cycles(candidate))
            })
            .collect();
        let best = measured.iter().map(|m| m.1).fold(f64::INFINITY, f64::min);
        measured.iter().filter(|m| m.1 <= best * 1.001).map(|m| m.0).min().unwrap_or(4)
    };
    folding.ring_slack = choose(folding, &|f, slack| f.ring_slack = slack);
    folding.queue_slack = choose(folding, &|f, slack| f.queue_slack = slack);
    folding
}

/// All shapes of each array, and the network that they work on.
struct Search<'a> {
    net: &'a Description,
    bits: &'a Bits,
    budget: usize,
    expand: Vec<Shape>,
    depthwise: Vec<Shape>,
    project: Vec<Shape>,
    classify: Vec<Shape>,
}

impl<'a> Search<'a> {
    fn new(net: &'a Description, bits: &'a Bits, budget: usize) -> Self {
        let mut search = Self {
            net,
            bits,
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
        search.project.sort_by_key(|s| (s.cost(), s.lanes + s.rows));
        search.classify = pareto(search.classify_shapes());
        search
    }

    /// Sum over the jobs of an iteration: pixels times the cost of block (l, k), given inputs and hidden channels.
    fn iteration(&self, cost: &dyn Fn(usize, usize) -> usize) -> usize {
        (0..self.net.scales as usize)
            .map(|l| {
                let blocks = (0..self.net.blocks as usize)
                    .map(|k| cost(self.net.block_inputs(l, k) / self.net.width as usize, self.net.block_hidden(l, k)));
                self.net.scale(l).pixels() * blocks.sum::<usize>()
            })
            .sum()
    }

    fn hidden(&self) -> (usize, usize) {
        let all = (0..self.net.scales as usize)
            .flat_map(|l| (0..self.net.blocks as usize).map(move |k| (l, k)))
            .map(|(l, k)| self.net.block_hidden(l, k));
        (all.clone().min().unwrap_or(1), all.max().unwrap_or(1))
    }

    fn expand_shapes(&self) -> Vec<Shape> {
        let f = self.net.width as usize;
        let (_, most) = self.hidden();
        let mut shapes = Vec::new();
        for lanes in chunks(f) {
            let cf = f.div_ceil(lanes);
            for rows in chunks(most).into_iter().chain(chunks(f)).chain(1..=16.min(most)) {
                if lanes * rows + 3 > self.budget || shapes.iter().any(|s: &Shape| s.lanes == lanes && s.rows == rows) {
                    continue;
                }
                // lanes of a drain that never holds the array up in the loop
                let drain = divisors(rows).into_iter().find(|q| rows / q <= cf).unwrap_or(rows);
                let cycles = self.iteration(&|parts, e| e.div_ceil(rows) * parts * cf);
                shapes.push(Shape { lanes, rows, drain, cycles });
            }
        }
        shapes
    }

    fn depthwise_shapes(&self) -> Vec<Shape> {
        let (_, most) = self.hidden();
        (1..=most.min(self.budget))
            .filter_map(|lanes| {
                let drain = divisors(lanes).into_iter().find(|q| lanes / q <= 9)?;
                (drain <= 2 * lanes.div_ceil(9)).then(|| Shape {
                    lanes,
                    rows: 1,
                    drain,
                    cycles: self.iteration(&|_, e| 9 * e.div_ceil(lanes)),
                })
            })
            .collect()
    }

    fn project_shapes(&self) -> Vec<Shape> {
        let f = self.net.width as usize;
        let (least, most) = self.hidden();
        let mut shapes = Vec::new();
        for rows in chunks(f) {
            for lanes in 1..=most.min(self.budget / rows) {
                let words = least.div_ceil(lanes);
                let groups = f.div_ceil(rows);
                let floor = 8usize.div_ceil(groups);
                let drain = divisors(rows).into_iter().find(|q| rows / q <= words.max(floor)).unwrap_or(rows);
                let cycles = self.iteration(&|_, e| groups * e.div_ceil(lanes).max(floor).max(rows / drain));
                shapes.push(Shape { lanes, rows, drain, cycles });
            }
        }
        shapes
    }

    fn classify_shapes(&self) -> Vec<Shape> {
        let (f, c) = (self.net.width as usize, self.net.classes as usize);
        let mut shapes = Vec::new();
        for lanes in chunks(f) {
            let words = 9 * f.div_ceil(lanes);
            for rows in chunks(c).into_iter().filter(|&rows| rows <= words) {
                shapes.push(Shape { lanes, rows, drain: 1, cycles: self.class_cycles(lanes, rows) });
            }
        }
        shapes
    }

    /// Cycles of an output in the classification array.
    fn class_cycles(&self, lanes: usize, rows: usize) -> usize {
        let (f, c) = (self.net.width as usize, self.net.classes as usize);
        let pixels: usize = (0..self.net.scales as usize).map(|l| self.net.scale(l).pixels()).sum();
        pixels * c.div_ceil(rows) * 9 * f.div_ceil(lanes)
    }

    /// The fewest multipliers of depthwise, project and classification for iterations of `cycles`.
    fn cheapest(&self, cycles: usize, class_cycles: usize) -> Option<(Shape, Shape, Shape)> {
        let classify = self.classify.iter().filter(|s| s.cycles <= class_cycles).min_by_key(|s| s.cost())?;
        let depthwise = self.depthwise.iter().filter(|s| s.cycles <= cycles).min_by_key(|s| s.cost())?;
        let project = self
            .project
            .iter()
            .find(|s| s.cycles <= cycles && (s.lanes >= depthwise.drain || depthwise.drain % s.lanes == 0))?;
        Some((*depthwise, *project, *classify))
    }

    /// Completes an expand shape to a folding within the budget, with the estimated cycles of a frame.
    fn complete(&self, expand: &Shape) -> Option<(f64, Folding)> {
        let rest = self.budget - expand.cost();
        let outputs = self.net.outputs.len();
        // with few outputs the classifier may take longer than an iteration; the estimate below charges for it
        let class_factors: &[usize] = if outputs * 2 > self.net.iterations as usize { &[1] } else { &[1, 2, 4] };
        let mut targets: Vec<usize> = self
            .depthwise
            .iter()
            .chain(&self.project)
            .chain(&self.classify)
            .map(|s| s.cycles)
            .filter(|&c| c >= expand.cycles)
            .chain([expand.cycles])
            .collect();
        targets.sort_unstable();
        targets.dedup();
        class_factors
            .iter()
            .filter_map(|factor| {
                let fits = |&cycles: &usize| {
                    self.cheapest(cycles, cycles * factor)
                        .is_some_and(|(d, p, c)| d.cost() + p.cost() + c.cost() <= rest)
                };
                let first = targets.partition_point(|cycles| !fits(cycles));
                let (depthwise, project, classify) = self.cheapest(*targets.get(first)?, targets[first] * factor)?;
                let iteration = expand.cycles.max(depthwise.cycles).max(project.cycles);
                let (data, drain) = self.data_block(expand, depthwise.lanes);
                let frame = self.frame(data, iteration, classify.cycles);
                let folding = Folding {
                    expand_lanes: expand.lanes,
                    expand_rows: expand.rows,
                    expand_drain: drain,
                    depthwise_lanes: depthwise.lanes,
                    depthwise_drain: depthwise.drain,
                    project_lanes: project.lanes,
                    project_rows: project.rows,
                    project_drain: project.drain,
                    classify_lanes: classify.lanes,
                    classify_rows: classify.rows,
                    ring_slack: (self.net.scale(0).width as usize / 2).max(8),
                    queue_slack: (self.net.scale(0).width as usize).max(8),
                };
                // every requantisation lane is hardware too: a lane is worth a tenth of a percent
                Some((frame * (1.0 + 0.001 * folding.requant() as f64), folding))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Cycles of the data block on an expand shape, with the drain that it deserves.
    fn data_block(&self, expand: &Shape, depthwise_lanes: usize) -> (usize, usize) {
        let cycles = |drain: usize| self.data_cycles(expand, drain);
        let iterations = self.net.iterations as usize * expand.cycles;
        let fastest = cycles(expand.rows);
        // among the drains fast enough, one whose beats fit the ring words well
        let enough: Vec<usize> = divisors(expand.rows)
            .into_iter()
            .filter(|&q| q >= expand.drain && q <= depthwise_lanes)
            .filter(|&q| cycles(q) - fastest <= (iterations + fastest) / 200)
            .collect();
        let drain = enough
            .iter()
            .copied()
            .min_by_key(|&q| (lcm(q, depthwise_lanes) > 4 * depthwise_lanes, q))
            .or_else(|| divisors(expand.rows).into_iter().rfind(|&q| q <= depthwise_lanes))
            .unwrap_or(1);
        (cycles(drain), drain)
    }

    /// Cycles of the data block on an expand shape with a drain.
    fn data_cycles(&self, expand: &Shape, drain: usize) -> usize {
        let f = self.net.width as usize;
        let cf = f.div_ceil(expand.lanes);
        let groups = f.div_ceil(expand.rows);
        (0..self.net.data_layers())
            .map(|j| {
                let (inputs, bits) =
                    if j == 0 { (27usize.div_ceil(expand.lanes), self.bits.stem) } else { (9 * cf, self.bits.data) };
                let words = inputs * (bits as usize).div_ceil(self.bits.expand as usize);
                self.net.data_size(j).pixels() * groups * words.max(expand.rows / drain).max(cf.div_ceil(groups))
            })
            .sum()
    }

    /// Estimated cycles of a frame: data block, iterations, waits for the classifier and the class stream.
    fn frame(&self, data: usize, iteration: usize, classify: usize) -> f64 {
        let image = self.net.image.pixels();
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

fn divisors(n: usize) -> Vec<usize> {
    (1..=n).filter(|&d| n.is_multiple_of(d)).collect()
}

/// Shapes that no cheaper shape beats.
fn pareto(mut shapes: Vec<Shape>) -> Vec<Shape> {
    shapes.sort_by_key(|s| (s.cost(), s.cycles));
    let mut best = usize::MAX;
    shapes.retain(|s| {
        let better = s.cycles < best;
        best = best.min(s.cycles);
        better
    });
    shapes
}
