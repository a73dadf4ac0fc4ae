//! Layers in the order in which the inner loops read them.

use super::lanes::{LANES, padded};
use hwgen_quantize::{Layer, Requant};

/// Inputs that one step of a dense product takes from each pixel.
pub const GROUP: usize = 4;

/// Weights of `LANES` output channels for a group of inputs: `[channel][GROUP]`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct WeightVector(pub [i8; GROUP * LANES]);

/// One value for each of `LANES` channels.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Lanes<T>(pub [T; LANES]);

/// `requant` of docs/arithmetic.md with its tables padded to whole vectors.
///
/// Its result is moved up by a constant (the byte that stands for 0) so that it can be stored without another step.
#[derive(Clone, Debug)]
pub struct Requanter {
    pub(super) mul: Vec<Lanes<i32>>,
    /// `b + 2^(s−1) + zero·2^s`.
    pub(super) bias: Vec<Lanes<i64>>,
    pub(super) shift: u32,
    /// `lo + zero`.
    pub(super) lo: i32,
    /// `hi + zero`.
    pub(super) hi: i32,
    /// The same for arithmetic in 32 bits, where that is exact.
    pub(super) split: Option<Split>,
}

/// Tables for `requant` in 32 bits.
///
/// Where `v` fits 16 bits and `v·m + b` 32, that is all there is to it. Else, with `v = high·2^16 + low`, `low` signed,
/// and `b = bias_high·2^16 + bias_low`, `bias_low` unsigned:
/// `v·m + b = (high·m + bias_high)·2^16 + (low·m + bias_low)`, and since floors of floors are floors
/// `(v·m + b) >> s = (high·m + bias_high + ((low·m + bias_low) >> 16)) >> (s − 16)`.
#[derive(Clone, Debug)]
pub struct Split {
    pub(super) low: Half,
    /// None where `low` is all.
    pub(super) high: Option<Half>,
    /// Of the sum: `s`, or `s − 16` where there is a high half.
    pub(super) shift: u32,
}

/// A product and what is added to it.
#[derive(Clone, Debug, Default)]
pub struct Half {
    /// `m` in that half of the lane in which it meets its half of `v`; the other half is 0.
    pub(super) mul: Vec<Lanes<i32>>,
    pub(super) bias: Vec<Lanes<i32>>,
}

impl Requanter {
    /// The tables of `requant` for values of `bits` bits (signed), its results moved up by `zero`.
    pub fn new(requant: &Requant, bits: u32, zero: u8) -> Self {
        let blocks = requant.mul.len().div_ceil(LANES);
        let zero = i32::from(zero);
        let extra = (1i64 << (requant.shift - 1)) + (i64::from(zero) << requant.shift);
        let mut mul = vec![Lanes([0; LANES]); blocks];
        let mut bias = vec![Lanes([extra; LANES]); blocks];
        for (c, (&m, &b)) in requant.mul.iter().zip(&requant.bias).enumerate() {
            mul[c / LANES].0[c % LANES] = i32::from(m);
            bias[c / LANES].0[c % LANES] = b + extra;
        }
        let split = Split::new(&mul, &bias, requant.shift, bits);
        Self { mul, bias, shift: requant.shift, lo: requant.lo + zero, hi: requant.hi + zero, split }
    }

    /// The operator on one value of channel `c`.
    #[inline]
    pub fn apply(&self, v: i32, c: usize) -> i32 {
        let (mul, bias) = (self.mul[c / LANES].0[c % LANES], self.bias[c / LANES].0[c % LANES]);
        let shifted = (i64::from(v) * i64::from(mul) + bias) >> self.shift;
        shifted.clamp(i64::from(self.lo), i64::from(self.hi)) as i32
    }
}

impl Split {
    /// `None` where 32 bits would not do for values of `bits` bits.
    fn new(mul: &[Lanes<i32>], bias: &[Lanes<i64>], shift: u32, bits: u32) -> Option<Self> {
        /// Of either sum; adding the low half's part to the high one leaves the result in 32 bits.
        const LIMIT: i64 = (1 << 31) - (1 << 16);
        let all = || mul.iter().zip(bias).flat_map(|(m, b)| m.0.into_iter().map(i64::from).zip(b.0));
        let halves = |f: &dyn Fn(i64, i64) -> (i64, i64)| {
            let mut half = Half::default();
            for (m, b) in mul.iter().zip(bias) {
                let lane = |c: usize| f(i64::from(m.0[c]), b.0[c]);
                half.mul.push(Lanes(std::array::from_fn(|c| lane(c).0 as i32)));
                half.bias.push(Lanes(std::array::from_fn(|c| lane(c).1 as i32)));
            }
            half
        };
        let low = |m: i64| i64::from(m as u16);
        if bits <= 16 && all().all(|(m, b)| b.abs() + (m.abs() << (bits - 1)) <= LIMIT) {
            return Some(Self { low: halves(&|m, b| (low(m), b)), high: None, shift });
        }
        // A shift below 16 is made up for by a larger multiplier.
        let up = 16u32.saturating_sub(shift);
        let high = (1i64 << bits.saturating_sub(17)) + 1;
        let fits = |(m, b): (i64, i64)| {
            let (m, b) = (m << up, b << up);
            i16::try_from(m).is_ok() && (b >> 16).abs() + high * m.abs() <= LIMIT
        };
        (bits <= 31 && all().all(fits)).then(|| Self {
            low: halves(&|m, b| (low(m << up), (b << up) & 0xffff)),
            high: Some(halves(&|m, b| (m << (up + 16), (b << up) >> 16))),
            shift: shift + up - 16,
        })
    }

    /// The tables with lane `i` of vector `v` taken from channel `order(v, i)`; channels beyond the last get zeros.
    fn reordered(&self, vectors: usize, order: impl Fn(usize, usize) -> usize) -> Self {
        let pick = |table: &[Lanes<i32>]| {
            let lane = |v: usize, i: usize| {
                let c = order(v, i);
                table.get(c / LANES).map_or(0, |lanes| lanes.0[c % LANES])
            };
            (0..vectors).map(|v| Lanes(std::array::from_fn(|i| lane(v, i)))).collect()
        };
        let half = |half: &Half| Half { mul: pick(&half.mul), bias: pick(&half.bias) };
        Self { low: half(&self.low), high: self.high.as_ref().map(half), shift: self.shift }
    }
}

/// A layer that sums over all input channels and taps: 1×1, or 3×3 on gathered inputs in the order `[tap][channel]`.
#[derive(Clone, Debug)]
pub struct Dense {
    /// `[block][group]`.
    pub(super) weights: Vec<WeightVector>,
    /// What each sum starts with: what the inputs' `zero` adds to it, taken away.
    pub(super) start: Vec<Lanes<i32>>,
    pub(super) groups: usize,
    pitch: usize,
    pub(super) requant: Requanter,
    pub(super) acc_bits: u32,
    /// The input byte that stands for 0.
    pub zero: u8,
    /// Output channels.
    pub outputs: usize,
    /// Inputs summed: input channels × taps.
    pub inputs: usize,
}

/// How the bytes of a layer's inputs and outputs stand for integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zeros {
    /// The input byte that stands for 0.
    pub input: u8,
    /// What is added to each output.
    pub output: u8,
}

impl Dense {
    /// Packs `layer`, whose input pixels are as close as groups allow.
    pub fn new(layer: &Layer, zeros: Zeros) -> Self {
        Self::with_pitch(layer, zeros, (layer.inputs * layer.taps).next_multiple_of(GROUP))
    }

    /// Packs `layer`, whose input pixels are `pitch` values apart: at least its inputs, rounded up to groups.
    ///
    /// # Panics
    /// If `pitch` is less.
    pub fn with_pitch(layer: &Layer, zeros: Zeros, pitch: usize) -> Self {
        let inputs = layer.inputs * layer.taps;
        let groups = inputs.div_ceil(GROUP);
        assert!(pitch >= GROUP * groups, "a pixel holds all inputs");
        let blocks = layer.outputs.div_ceil(LANES);
        let mut weights = vec![WeightVector([0; GROUP * LANES]); blocks * groups];
        let mut start = vec![Lanes([0; LANES]); blocks];
        for o in 0..layer.outputs {
            for i in 0..layer.inputs {
                for tap in 0..layer.taps {
                    let at = tap * layer.inputs + i;
                    let weight = layer.weights[(o * layer.inputs + i) * layer.taps + tap];
                    weights[o / LANES * groups + at / GROUP].0[o % LANES * GROUP + at % GROUP] = weight;
                    start[o / LANES].0[o % LANES] -= i32::from(zeros.input) * i32::from(weight);
                }
            }
        }
        let requant = Requanter::new(&layer.requant, layer.acc_bits, zeros.output);
        let (acc_bits, outputs) = (layer.acc_bits, layer.outputs);
        Self { weights, start, groups, pitch, requant, acc_bits, zero: zeros.input, outputs, inputs }
    }

    /// Values from one input pixel to the next; those beyond the inputs meet weights that are 0.
    pub const fn input_stride(&self) -> usize {
        self.pitch
    }

    /// Values from one output pixel to the next: the outputs, padded to vectors.
    pub const fn output_stride(&self) -> usize {
        padded(self.outputs)
    }
}

/// Vectors of `LANES` channels in a block of bytes that AVX-512 filters at once.
pub const WIDE: usize = 4;

/// A 3×3 depthwise layer; input and output bytes are the integers themselves.
#[derive(Clone, Debug)]
pub struct Depthwise {
    /// `[block][tap]`.
    pub(super) weights: Vec<[Lanes<i16>; 9]>,
    /// `[wide block][column][vector]`, each lane the three rows of one channel and a 0, channels in the order
    /// [`interleaved`].
    pub(super) columns: Vec<[[WeightVector; WIDE]; 3]>,
    pub(super) requant: Requanter,
    /// `requant.split` in the order of `columns`.
    pub(super) split: Option<Split>,
    pub(super) acc_bits: u32,
    /// Channels.
    pub channels: usize,
}

/// The channel of lane `i` of vector `v` where bytes of three rows have been interleaved within quarters of 16 bytes.
const fn interleaved(v: usize, i: usize) -> usize {
    v / WIDE * WIDE * LANES + i / 4 * LANES + v % WIDE * 4 + i % 4
}

impl Depthwise {
    /// Packs `layer`, whose `inputs` is 1.
    pub fn new(layer: &Layer) -> Self {
        let blocks = layer.outputs.div_ceil(LANES);
        let mut weights = vec![[Lanes([0; LANES]); 9]; blocks];
        for (c, taps) in layer.weights.chunks_exact(9).enumerate() {
            for (tap, &w) in taps.iter().enumerate() {
                weights[c / LANES][tap].0[c % LANES] = i16::from(w);
            }
        }
        let wide = blocks.div_ceil(WIDE);
        let mut columns = vec![[[WeightVector([0; GROUP * LANES]); WIDE]; 3]; wide];
        for (block, columns) in columns.iter_mut().enumerate() {
            for (column, vectors) in columns.iter_mut().enumerate() {
                for (v, vector) in vectors.iter_mut().enumerate() {
                    for i in 0..LANES {
                        let c = interleaved(block * WIDE + v, i);
                        for row in 0..3.min(layer.weights.len().saturating_sub(c * 9)) {
                            vector.0[i * GROUP + row] = layer.weights[c * 9 + row * 3 + column];
                        }
                    }
                }
            }
        }
        let requant = Requanter::new(&layer.requant, layer.acc_bits, 0);
        let split = requant.split.as_ref().map(|split| split.reordered(wide * WIDE, interleaved));
        Self { weights, columns, requant, split, acc_bits: layer.acc_bits, channels: layer.outputs }
    }

    /// Values from one pixel to the next.
    pub const fn stride(&self) -> usize {
        padded(self.channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of [`Split`] for one value.
    fn halves(split: &Split, v: i32, c: usize) -> i32 {
        let (block, lane) = (c / LANES, c % LANES);
        let low = i32::from(v as i16) * i32::from(split.low.mul[block].0[lane] as i16) + split.low.bias[block].0[lane];
        let Some(high) = &split.high else { return low >> split.shift };
        let sum = (v.wrapping_add(0x8000) >> 16) * (high.mul[block].0[lane] >> 16) + high.bias[block].0[lane];
        (sum + (low >> 16)) >> split.shift
    }

    #[test]
    fn halves_give_what_the_whole_gives() {
        for (shift, bits, possible) in [(3, 22, false), (16, 22, true), (17, 22, true), (31, 22, true), (9, 16, true)] {
            let greatest = if bits == 16 { 1 << 20 } else { 1 << 40 };
            let (mul, bias) = (vec![32767, -32768, 1, 12345, 7], vec![-greatest, greatest, 0, 77_777, -3]);
            let requant = Requant { mul, bias, shift, lo: i32::MIN / 2, hi: i32::MAX / 2 };
            let table = Requanter::new(&requant, bits, 5);
            assert_eq!(table.split.is_some(), possible, "shift {shift}");
            let Some(split) = &table.split else { continue };
            assert_eq!(split.high.is_some(), bits > 16);
            let last = (1 << (bits - 1)) - 1;
            for v in [0, 1, -1, 32767, 32768, -32768, -32769, 65535, 65536, last, -last - 1] {
                for c in (0..5).filter(|_| (-last - 1..=last).contains(&v)) {
                    assert_eq!(halves(split, v, c), table.apply(v, c), "shift {shift}, v {v}, channel {c}");
                }
            }
        }
    }

    #[test]
    fn a_small_shift_is_made_up_for() {
        let requant = Requant { mul: vec![100], bias: vec![-55], shift: 9, lo: -99, hi: 99 };
        let table = Requanter::new(&requant, 20, 0);
        let split = table.split.as_ref().expect("a multiplier of 100 has room");
        for v in [-400, -3, 0, 5, 260] {
            assert_eq!(halves(split, v, 0), table.apply(v, 0));
        }
    }

    #[test]
    fn a_bias_beyond_32_bits_is_not_split() {
        let requant = |bias| Requant { mul: vec![1], bias: vec![bias], shift: 20, lo: 0, hi: 255 };
        assert!(Requanter::new(&requant(1 << 46), 20, 0).split.is_some());
        assert!(Requanter::new(&requant(1 << 47), 20, 0).split.is_none(), "2^47 / 2^16 is 2^31");
    }
}
