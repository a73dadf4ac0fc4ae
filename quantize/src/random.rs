//! Random integer models: every constraint of docs/arithmetic.md holds, no float network is behind them.
//!
//! Owns: choosing weights that fill their range and `requant` constants that make outputs fill theirs, with
//! saturation, negative multipliers and narrow clamps now and then. Used for fuzzing and by the emitter's tests.
//! Only `+ − × ÷ √` of doubles are used, so the same seed gives the same model on every platform.

use crate::accumulate::acc_bits;
use crate::formats::{LayerKind, Range};
use crate::model::{Bits, Block, Layer, Model, Requant};
use crate::rng::Rng;
use hwgen_network::{Description, FIRST_STATE_LAYER, Normalisation};

/// What is known of the values that a layer reads: their format and root mean square, in integer units.
#[derive(Clone, Copy)]
struct Input {
    range: Range,
    rms: f64,
}

/// What a layer shall give: format, clamp and the standard deviation aimed at, in integer units.
#[derive(Clone, Copy)]
struct Output {
    clamp: Range,
    sigma: f64,
    /// Standard deviation of the per-channel offset; 0 for layers without one.
    offset: f64,
    /// One channel in so many gets a negative multiplier; 0: none.
    negative: i32,
}

impl Model {
    /// A random integer model of `description` in the formats `bits`, which `seed` determines.
    ///
    /// `description` and `bits` must be inside their documented ranges.
    pub fn random(description: &Description, bits: &Bits, seed: u64) -> Self {
        let mut g = Generator { rng: Rng::new(seed ^ 0x6877_6765_6E5F_6D6F), bits: *bits };
        let scales = description.scales as usize;
        let width = description.width as usize;
        let mid_shift = if description.blocks > 1 { g.rng.int(0, 3) as u32 } else { 0 };
        let affine_shift = g.affine_shift(mid_shift);
        Self {
            description: description.clone(),
            bits: *bits,
            mid_shift,
            confidence_shift: g.rng.int(0, 6) as u32,
            data: (0..description.data_layers()).map(|j| g.data_layer(description, j)).collect(),
            blocks: (0..description.set_count())
                .map(|_| {
                    let scale = |l: usize, g: &mut Generator| {
                        (0..description.blocks as usize).map(|k| g.block(description, l, k, mid_shift)).collect()
                    };
                    (0..scales).map(|l| scale(l, &mut g)).collect()
                })
                .collect(),
            affine: (0..description.iterations)
                .map(|_| (0..scales).map(|_| g.affine(width, affine_shift)).collect())
                .collect(),
            heads: description
                .outputs
                .iter()
                .map(|_| (0..scales).map(|_| g.head(width, description.classes as usize)).collect())
                .collect(),
        }
    }
}

struct Generator {
    rng: Rng,
    bits: Bits,
}

impl Generator {
    /// A legal shift of all affine rows: `s − 2 − mid_shift` in 0…14, mostly large enough for precise multipliers.
    fn affine_shift(&mut self, mid_shift: u32) -> u32 {
        let (least, greatest) = (2 + mid_shift as i32, 16 + mid_shift as i32);
        let shift = if self.rng.one_in(8) { self.rng.int(least, greatest) } else { self.rng.int(10, greatest) };
        shift as u32
    }

    /// Standard deviation of states aimed at.
    fn state_sigma(&self) -> f64 {
        f64::from(self.bits.state_range().hi) / 3.0
    }

    fn state(&self) -> Input {
        Input { range: self.bits.state_range(), rms: self.state_sigma() }
    }

    /// ReLU6 output of `bits` bits: half of the values 0, few at the clamp, the clamp sometimes below the format's.
    fn relu(&mut self, bits: u32) -> Output {
        let format = Range::unsigned(bits);
        let hi = if self.rng.one_in(3) { self.rng.int(format.hi / 2, format.hi) } else { format.hi };
        let sigma = f64::from(hi) * self.rng.real(0.3, 0.7);
        Output { clamp: Range { lo: 0, hi }, sigma, offset: 0.0, negative: 0 }
    }

    fn data_layer(&mut self, description: &Description, j: usize) -> Layer {
        let range = self.bits.data_input_range(description.pixels, j);
        let input = match j {
            0 => Input { range, rms: 147.0 },
            1 | 2 => Input { range, rms: 0.35 * f64::from(range.hi) },
            _ => self.state(),
        };
        let mut output = if j < FIRST_STATE_LAYER {
            self.relu(self.bits.act_data)
        } else {
            Output { clamp: self.bits.state_range(), sigma: self.state_sigma(), offset: 0.0, negative: 0 }
        };
        output.offset = 0.3 * output.sigma;
        output.negative = 10;
        let width = description.width as usize;
        self.layer(LayerKind::of_data(j), [width, description.data_inputs(j), 9], input, output)
    }

    fn block(&mut self, description: &Description, l: usize, k: usize, mid_shift: u32) -> Block {
        let (inputs, hidden) = (description.block_inputs(l, k), description.block_hidden(l, k));
        // Batch norm after a convolution leaves it an offset.
        let offset = if description.normalisation == Normalisation::Convolutions { 0.3 } else { 0.0 };
        let with_offset = |output: Output| Output { offset: offset * output.sigma, ..output };
        let state = self.state();
        let expanded = with_offset(self.relu(self.bits.act_expand));
        let expand = self.layer(LayerKind::Expand, [hidden, inputs, 1], state, expanded);
        let filtered = with_offset(self.relu(self.bits.act_depthwise));
        let input = |clamp: Range, bits| Input { range: Range::unsigned(bits), rms: 0.35 * f64::from(clamp.hi) };
        let depthwise =
            self.layer(LayerKind::Depthwise, [hidden, 1, 9], input(expanded.clamp, self.bits.act_expand), filtered);
        // The own input arrives at scale Δr: 4·S, or S·2^(2 + mid_shift) in later blocks.
        let own = self.state_sigma() * f64::from(4 << if k == 0 { 0 } else { mid_shift });
        let hot = if self.rng.one_in(8) { 4.0 } else { 1.0 };
        let sigma = own * self.rng.real(0.3, 1.5) * hot;
        let residual = with_offset(Output { clamp: self.bits.residual_range(), sigma, offset: 0.0, negative: 0 });
        let width = description.width as usize;
        let project = self.layer(
            LayerKind::Project,
            [width, hidden, 1],
            input(filtered.clamp, self.bits.act_depthwise),
            residual,
        );
        Block { expand, depthwise, project }
    }

    fn head(&mut self, width: usize, classes: usize) -> Layer {
        let clamp = self.bits.logit_range();
        let sigma = f64::from(clamp.hi) * self.rng.real(0.1, 0.5);
        let output = Output { clamp, sigma, offset: 0.2 * sigma, negative: 16 };
        let state = self.state();
        self.layer(LayerKind::Head, [classes, width, 9], state, output)
    }

    /// Batch norm of one iteration and scale: gains about Δr/Δs = 1/4, one in six negative, one row in ten hot.
    fn affine(&mut self, width: usize, shift: u32) -> Requant {
        let Range { lo, hi } = self.bits.state_range();
        let one = power_of_two(shift as i32);
        let hot = if self.rng.one_in(10) { 4.0 } else { 1.0 };
        let mut requant = Requant { mul: vec![], bias: vec![], shift, lo, hi };
        for _ in 0..width {
            let gain = 0.25 * self.rng.real(0.3, 1.1) * hot;
            let sign = if self.rng.one_in(6) { -1.0 } else { 1.0 };
            requant.mul.push(multiplier(sign * gain * one));
            requant.bias.push((self.rng.real(-0.4, 0.4) * f64::from(hi) * one) as i64);
        }
        requant
    }

    /// A layer of `[outputs, inputs, taps]`.
    fn layer(&mut self, kind: LayerKind, shape: [usize; 3], input: Input, output: Output) -> Layer {
        let [outputs, inputs, taps] = shape;
        let Range { lo, hi } = Range::symmetric(self.bits.weights(kind));
        let weights: Vec<i8> = (0..outputs * inputs * taps).map(|_| self.rng.int(lo, hi) as i8).collect();
        let gains: Vec<f64> = weights
            .chunks(inputs * taps)
            .map(|channel| {
                let squares: i64 = channel.iter().map(|&w| i64::from(w) * i64::from(w)).sum();
                output.sigma * self.rng.real(0.6, 1.4) / ((squares.max(1) as f64).sqrt() * input.rms)
            })
            .collect();
        let greatest = gains.iter().copied().fold(0.0, f64::max);
        let fine = (1..=31).rev().find(|&s| greatest * power_of_two(s) <= 32767.0).unwrap_or(1);
        let shift = if self.rng.one_in(4) { (fine - self.rng.int(0, 6)).max(1) } else { fine };
        let one = power_of_two(shift);
        let mut requant =
            Requant { mul: vec![], bias: vec![], shift: shift as u32, lo: output.clamp.lo, hi: output.clamp.hi };
        for gain in gains {
            let sign = if output.negative > 0 && self.rng.one_in(output.negative) { -1.0 } else { 1.0 };
            requant.mul.push(multiplier(sign * gain * one));
            let bias = output.offset * self.rng.real(-1.7, 1.7) * one;
            requant.bias.push(bias as i64);
        }
        let acc_bits = acc_bits(&weights, outputs, input.range);
        Layer { outputs, inputs, taps, weights, requant, acc_bits }
    }
}

/// Rounded to a signed 16-bit multiplier, never 0.
fn multiplier(value: f64) -> i16 {
    let magnitude = (value.abs() + 0.5).clamp(1.0, 32767.0) as i16;
    if value < 0.0 { -magnitude } else { magnitude }
}

fn power_of_two(exponent: i32) -> f64 {
    (1u64 << exponent) as f64
}
