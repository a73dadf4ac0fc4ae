//! The whole network as a graph: data block, iterations, outputs.
//!
//! Owns: the order of the operators (that of docs/arithmetic.md), and the loop. Leaves alone: the operators.

use crate::graph::{Attribute, Builder, Element, Value};
use crate::operators::{LOGIT_ZERO, STATE_ZERO};
use crate::parameters::{Applied, Choice};
use crate::proto::GraphProto;
use hwgen_network::PixelDomain;
use hwgen_quantize::{Layer, Model, Range, Requant};

/// Which iteration is being built.
enum Step {
    /// Iteration `n`, from 0.
    Fixed(usize),
    /// That of the loop: its number, and its weight set where there are several.
    Looped { n: Value, set: Option<Value> },
}

impl Step {
    /// `what.{n}.{rest}`, without `n` in the loop.
    fn name(&self, what: &str, rest: &str) -> String {
        match self {
            Self::Fixed(n) => format!("{what}.{n}.{rest}"),
            Self::Looped { .. } => format!("{what}.{rest}"),
        }
    }
}

/// uint8 states with zero point 128 after each block: `[k][l]`.
type States = Vec<Vec<Value>>;

/// The states of all iterations.
enum History {
    /// `[n]`, each by itself.
    Unrolled(Vec<States>),
    /// All iterations in one tensor, `[N, 1, f, h, w]`; blocks before the last one only where they are asked for.
    Looped(States),
}

/// A graph and what it gives.
pub struct Network {
    /// The graph.
    pub graph: GraphProto,
    /// Its nodes, those of the loop's body included.
    pub nodes: usize,
    /// Its input.
    pub image: Value,
    /// Its outputs: maps, then intermediates.
    pub outputs: Vec<Value>,
}

struct Maker<'m> {
    b: Builder,
    model: &'m Model,
    intermediates: bool,
    maps: Vec<Value>,
    shown: Vec<Value>,
    /// What makes an intermediate state of a residual.
    between: Requant,
}

/// The graph of `model`, with one loop or with every iteration by itself.
pub fn build(model: &Model, unrolled: bool, intermediates: bool) -> Network {
    let d = &model.description;
    let mut maker =
        Maker { b: Builder::default(), model, intermediates, maps: vec![], shown: vec![], between: between(model) };
    let image = Value::new("image", Element::U8, &[1, d.image.height as usize, d.image.width as usize, 3]);
    let first = maker.data_block(&image);
    let history = if unrolled { maker.unroll(&first) } else { maker.iterate_in_loop(&first) };
    for n in 0..d.iterations as usize {
        let output = d.outputs.iter().position(|&output| output as usize == n + 1);
        if output.is_some() || intermediates {
            let states = maker.states(&history, n);
            if let Some(o) = output {
                maker.output(o, n, &states);
            }
        }
    }
    let nodes = maker.b.nodes();
    let outputs: Vec<Value> = maker.maps.into_iter().chain(maker.shown).collect();
    let graph = maker.b.finish("itnet", std::slice::from_ref(&image), &outputs);
    Network { graph, nodes, image, outputs }
}

/// The affine between blocks: `m = 2^(s − 2 − mid_shift)`, `b = 0`, the shift of all affine rows.
fn between(model: &Model) -> Requant {
    let Range { lo, hi } = model.bits.state_range();
    let shift = model.affine[0][0].shift;
    let channels = model.description.width as usize;
    let mul = if model.description.blocks > 1 { 1 << (shift - 2 - model.mid_shift) } else { 0 };
    Requant { mul: vec![mul; channels], bias: vec![0; channels], shift, lo, hi }
}

impl Maker<'_> {
    /// `S₀` of every scale.
    fn data_block(&mut self, image: &Value) -> Vec<Value> {
        let d = &self.model.description;
        self.b.label("image");
        let (height, width) = (image.shape[1], image.shape[2]);
        let order = [("perm", Attribute::Ints(vec![0, 3, 1, 2]))];
        let mut map = self.b.op("Transpose", &[image], &order, Element::U8, vec![1, 3, height, width]);
        let symmetric = d.pixels == PixelDomain::Symmetric;
        if symmetric {
            // 2x − 255 = x − (255 − x): the second half has the first one's weights, negated.
            let wide = self.b.cast(&map, Element::I32);
            let full = self.b.int32("255 each", &[1, 1, 1, 1], &[255]);
            let inverted = self.b.op("Sub", &[&full, &wide], &[], Element::I32, wide.shape.clone());
            let inverted = self.b.cast(&inverted, Element::U8);
            map = self.b.concat(&[map, inverted]);
        }
        let mut states = Vec::new();
        for (j, layer) in self.model.data.iter().enumerate() {
            let name = format!("data.{j}");
            self.b.label(name.clone());
            let applied = Applied {
                input_zero: if j < 3 { 0 } else { STATE_ZERO as u8 },
                stride: 2,
                depthwise: false,
                mirrored: symmetric && j == 0,
            };
            let zero = if j < 2 { 0 } else { STATE_ZERO };
            map = self.layer(&name, Choice::one(&[layer]), applied, &map, zero.into(), Element::U8);
            if j >= 2 {
                states.push(map.clone());
                self.show_state(&map, &name);
            } else if self.intermediates {
                let copy = self.b.op("Identity", &[&map], &[], Element::U8, map.shape.clone());
                let copy = self.b.name(copy, name);
                self.shown.push(copy);
            }
        }
        states
    }

    /// Convolution and `requant`.
    fn layer(
        &mut self,
        name: &str,
        layers: Choice<'_, Layer>,
        applied: Applied,
        input: &Value,
        zero: i64,
        element: Element,
    ) -> Value {
        let convolution = self.b.weights(name, layers, applied);
        let requants: Vec<&Requant> = layers.rows.iter().map(|layer| &layer.requant).collect();
        let constants = self.b.constants(name, Choice { rows: &requants, index: layers.index }, zero);
        let acc = self.b.convolution(input, &convolution);
        let value = self.b.requant(&acc, &constants);
        if element == Element::I64 { value } else { self.b.cast(&value, element) }
    }

    fn unroll(&mut self, first: &[Value]) -> History {
        let mut all: Vec<States> = Vec::new();
        for n in 0..self.model.description.iterations as usize {
            let before = all.last().and_then(|states| states.last()).map_or(first, Vec::as_slice).to_vec();
            let states = self.iterate(before, &Step::Fixed(n));
            all.push(states);
        }
        History::Unrolled(all)
    }

    /// One `Loop` whose body is an iteration; its states are carried on and collected.
    fn iterate_in_loop(&mut self, first: &[Value]) -> History {
        let d = &self.model.description;
        let (iterations, sets) = (d.iterations as usize, d.set_count());
        let n = Value::new("n", Element::I64, &[]);
        let condition = Value::new("condition", Element::Bool, &[]);
        let carried = |what: &str| -> Vec<Value> {
            first.iter().enumerate().map(|(l, s)| Value { name: format!("{what}.{l}"), ..s.clone() }).collect()
        };
        let inputs = carried("state_before");
        self.b.enter();
        self.b.label("loop");
        let go_on = self.b.op("Identity", &[&condition], &[], Element::Bool, vec![]);
        let set = (sets > 1).then(|| {
            let map: Vec<i64> = (0..iterations).map(|n| d.set_of(n) as i64).collect();
            let map = self.b.int64("weight_set", &[iterations], &map);
            self.b.gather(&map, &n, 0)
        });
        let states = self.iterate(inputs.clone(), &Step::Looped { n: n.clone(), set });
        let kept = if self.intermediates { &states[..] } else { &states[states.len() - 1..] };
        self.b.label("loop/collected");
        let collected: States = kept
            .iter()
            .map(|scales| {
                let copy = |s: &Value| self.b.op("Identity", &[s], &[], Element::U8, s.shape.clone());
                scales.iter().map(copy).collect()
            })
            .collect();
        let last = states.last().expect("one block at least");
        let outputs: Vec<Value> =
            std::iter::once(&go_on).chain(last).chain(collected.iter().flatten()).cloned().collect();
        let inputs: Vec<Value> = [n, condition].into_iter().chain(inputs).collect();
        let body = self.b.leave("iteration", &inputs, &outputs);

        let skipped = states.len() - kept.len();
        let scan = |k: usize, l: usize, s: &Value| {
            let shape: Vec<usize> = std::iter::once(iterations).chain(s.shape.iter().copied()).collect();
            Value::new(format!("states.{l}.{}", k + skipped), Element::U8, &shape)
        };
        let scans: States = collected
            .iter()
            .enumerate()
            .map(|(k, scales)| scales.iter().enumerate().map(|(l, s)| scan(k, l, s)).collect())
            .collect();
        let trips = self.b.scalar64(iterations as i64);
        let inputs: Vec<String> =
            [trips.name, String::new()].into_iter().chain(first.iter().map(|s| s.name.clone())).collect();
        let outputs: Vec<Value> = carried("last_state").into_iter().chain(scans.iter().flatten().cloned()).collect();
        self.b.push("Loop", "loop".to_owned(), inputs, &[("body", Attribute::Graph(body))], &outputs);
        History::Looped(scans)
    }

    /// Every scale from the states of the iteration before; block `k` of all scales before `k + 1`.
    fn iterate(&mut self, mut states: Vec<Value>, step: &Step) -> States {
        (0..self.model.description.blocks as usize)
            .map(|k| {
                states = (0..states.len()).map(|l| self.block(&states, [l, k], step)).collect();
                states.clone()
            })
            .collect()
    }

    /// One inverted-residual block.
    fn block(&mut self, states: &[Value], [l, k]: [usize; 2], step: &Step) -> Value {
        let (d, bits) = (&self.model.description, self.model.bits);
        let sets: Vec<usize> = match step {
            Step::Fixed(n) => vec![d.set_of(*n)],
            Step::Looped { .. } => (0..d.set_count()).collect(),
        };
        let index = match step {
            Step::Looped { set, .. } => set.as_ref(),
            Step::Fixed(_) => None,
        };
        // The single set, or all of them stacked.
        let name = |part: &str| match sets.as_slice() {
            [set] => format!("iter.{set}.{l}.{k}.{part}"),
            _ => format!("iter.{l}.{k}.{part}"),
        };
        let blocks: Vec<_> = sets.iter().map(|&set| &self.model.blocks[set][l][k]).collect();
        let (expand, depthwise, project): (Vec<_>, Vec<_>, Vec<_>) = (
            blocks.iter().map(|b| &b.expand).collect(),
            blocks.iter().map(|b| &b.depthwise).collect(),
            blocks.iter().map(|b| &b.project).collect(),
        );
        let own = &states[l];
        let here = |what: &str| step.name(what, &format!("{l}.{k}"));

        self.b.label(here("concat"));
        let concat = self.concat(states, [l, k]);
        self.b.label(here("expand"));
        let layers = Choice { rows: &expand, index };
        let expanded = self.layer(&name("expand"), layers, Applied::dense(STATE_ZERO as u8), &concat, 0, Element::U8);
        self.b.label(here("depthwise"));
        let layers = Choice { rows: &depthwise, index };
        let applied = Applied { depthwise: true, ..Applied::dense(0) };
        let filtered = self.layer(&name("depthwise"), layers, applied, &expanded, 0, Element::U8);

        // The own input is 2^q times as fine in the residual, and its zero point too: project takes that off beforehand.
        let own_scale = 1i64 << if k == 0 { 2 } else { 2 + self.model.mid_shift };
        self.b.label(here("project"));
        let layers = Choice { rows: &project, index };
        let zero = -i64::from(STATE_ZERO) * own_scale;
        let projected = self.layer(&name("project"), layers, Applied::dense(0), &filtered, zero, Element::I64);
        self.b.label(here("residual"));
        let own_wide = self.b.cast(own, Element::I64);
        let own_scale = self.b.scalar64(own_scale);
        let own_wide = self.b.binary("Mul", &own_wide, &own_scale);
        let sum = self.b.binary("Add", &projected, &own_wide);
        let Range { lo, hi } = bits.residual_range();
        let (lo, hi) = (self.b.scalar64(lo.into()), self.b.scalar64(hi.into()));
        let residual = self.b.clip(&sum, &lo, &hi);

        self.b.label(here("block"));
        let state = self.affine(&residual, [l, k], step);
        self.b.cast(&state, Element::U8)
    }

    /// Batch norm of the iteration after the last block, or the affine between blocks.
    fn affine(&mut self, residual: &Value, [l, k]: [usize; 2], step: &Step) -> Value {
        let zero = i64::from(STATE_ZERO);
        let affine = &self.model.affine;
        let constants = if k + 1 < self.model.description.blocks as usize {
            self.b.constants("between", Choice::one(&[&self.between]), zero)
        } else {
            match step {
                Step::Fixed(n) => self.b.constants(&format!("affine.{n}.{l}"), Choice::one(&[&affine[*n][l]]), zero),
                Step::Looped { n, .. } => {
                    let rows: Vec<&Requant> = affine.iter().map(|rows| &rows[l]).collect();
                    self.b.constants(&format!("affine.{l}"), Choice { rows: &rows, index: Some(n) }, zero)
                }
            }
        };
        self.b.requant(residual, &constants)
    }

    /// Own state, up2 of the coarser one, pool2 of the finer one.
    fn concat(&mut self, states: &[Value], [l, k]: [usize; 2]) -> Value {
        let d = &self.model.description;
        let size = d.scale(l);
        let mut parts = vec![states[l].clone()];
        if k == 0 && d.has_coarser(l) {
            let coarse = self.b.cast(&states[l + 1], Element::I32);
            let fine = self.b.up2(&coarse, size);
            parts.push(self.b.cast(&fine, Element::U8));
        }
        if k == 0 && d.has_finer(l) {
            let fine = self.b.cast(&states[l - 1], Element::I32);
            let pooled = self.b.pool2(&fine, size);
            parts.push(self.b.cast(&pooled, Element::U8));
        }
        if parts.len() == 1 { parts.remove(0) } else { self.b.concat(&parts) }
    }

    /// The states after iteration `n` of all scales; shows them, and those between blocks, if asked.
    fn states(&mut self, history: &History, n: usize) -> Vec<Value> {
        let blocks = self.model.description.blocks as usize;
        let of_n: States = match history {
            History::Unrolled(all) => all[n].clone(),
            History::Looped(scans) => {
                self.b.label(format!("states.{n}"));
                let n = self.b.scalar64(n as i64);
                let mut pick = |scan: &Value| self.b.gather(scan, &n, 0);
                scans.iter().map(|scales| scales.iter().map(&mut pick).collect()).collect()
            }
        };
        if self.intermediates {
            for (k, scales) in of_n.iter().enumerate() {
                for (l, state) in scales.iter().enumerate() {
                    self.show_state(state, &format!("state.{n}.{l}.{}", k + blocks - of_n.len()));
                }
            }
        }
        of_n.into_iter().next_back().expect("one block at least")
    }

    /// Output `o` of the description's list, after iteration `n`.
    fn output(&mut self, o: usize, n: usize, states: &[Value]) {
        let d = &self.model.description;
        let mut total: Option<Value> = None;
        for (l, state) in states.iter().enumerate() {
            let name = format!("head.{n}.{l}");
            self.b.label(name.clone());
            let layers = [&self.model.heads[o][l]];
            let applied = Applied::dense(STATE_ZERO as u8);
            let mut logits = self.layer(&name, Choice::one(&layers), applied, state, LOGIT_ZERO.into(), Element::I32);
            self.show_sum(&logits, LOGIT_ZERO, &format!("logits.{n}.{l}"));
            self.b.label(format!("up2.{n}.{l}"));
            for target in (0..l).rev() {
                logits = self.b.up2(&logits, d.scale(target));
            }
            total = Some(match total {
                None => logits,
                Some(sum) => self.b.binary("Add", &sum, &logits),
            });
        }
        // Every scale has brought its zero point along: neither the greatest class nor a margin changes.
        let total = total.expect("one scale at least");
        self.show_sum(&total, LOGIT_ZERO * d.scales as i32, &format!("total.{n}"));
        if self.intermediates {
            self.b.label(format!("confidence.{n}"));
            let confidence = self.b.confidence(&total, self.model.confidence_shift);
            let confidence = self.b.name(confidence, format!("confidence.{n}"));
            self.shown.push(confidence);
        }
        self.b.label(format!("up8.{n}"));
        let fine = self.b.up8(&total, d.image);
        let map = self.b.argmax(&fine);
        let map = self.b.name(map, format!("m_{:02}", n + 1));
        self.maps.push(map);
    }

    /// Shows uint8 states as what they mean, int8.
    fn show_state(&mut self, state: &Value, name: &str) {
        if self.intermediates {
            self.b.label(format!("shown.{name}"));
            let wide = self.b.cast(state, Element::I32);
            let zero = self.b.scalar32(STATE_ZERO);
            let signed = self.b.binary("Sub", &wide, &zero);
            let signed = self.b.cast(&signed, Element::I8);
            let signed = self.b.name(signed, name);
            self.shown.push(signed);
        }
    }

    /// Shows int32 numbers without their zero point.
    fn show_sum(&mut self, value: &Value, zero: i32, name: &str) {
        if self.intermediates {
            self.b.label(format!("shown.{name}"));
            let zero = self.b.scalar32(zero);
            let signed = self.b.binary("Sub", value, &zero);
            let signed = self.b.name(signed, name);
            self.shown.push(signed);
        }
    }
}
