//! The operators of docs/arithmetic.md in operators of ONNX.
//!
//! Owns: which standard operators give exactly the integers of that page on any runtime:
//!
//! - States travel as uint8 with zero point 128, so that every operand of `ConvInteger` is unsigned: some processors
//!   saturate the sums of signed 8-bit products. Weights do so too.
//! - Floor shifts are divisions of numbers that an offset has made non-negative: runtimes differ in how they round a
//!   negative quotient, and `BitShift` knows no signed numbers. up2 and pool2 keep such an offset as it is, because
//!   their weights add up to the divisor.
//! - Interpolation is `Gather`, `Mul` and `Add`: no `Resize`, whose coordinates are floats.

use crate::graph::{Attribute, Builder, Element, Value};
use hwgen_network::Size;

/// The zero point of states and weights, and of logits (in 32 bits).
pub const STATE_ZERO: i32 = 128;
/// Zero point of logits and sums of logits: they have 16 bits at most.
pub const LOGIT_ZERO: i32 = 1 << 15;
/// Bits of the offset that makes `v·m + b + 2^(s−1)` non-negative: its magnitude is below 2^47 + 2^42 + 2^30.
pub const OFFSET_BITS: u32 = 48;

/// Axes of `[1, C, H, W]`.
const CHANNELS: usize = 1;
const ROWS: usize = 2;
const COLUMNS: usize = 3;

/// A convolution's constants.
#[derive(Debug)]
pub struct Convolution {
    /// uint8 with zero point 128: `[out, in, kernel, kernel]`.
    pub weight: Value,
    /// What the input's 0 is.
    pub input_zero: u8,
    /// 1 or 2.
    pub stride: usize,
    /// 1, or as many as there are channels (depthwise).
    pub groups: usize,
}

/// The constants of `requant`, for results with some zero point `z`.
#[derive(Debug)]
pub struct Requant {
    /// `m`, `[1, C, 1, 1]`.
    pub mul: Value,
    /// `b + 2^(s−1) + 2^48`, `[1, C, 1, 1]`.
    pub offset: Value,
    /// `2^s`.
    pub divisor: Value,
    /// `2^(48−s) − z`.
    pub back: Value,
    /// `lo + z`.
    pub lo: Value,
    /// `hi + z`.
    pub hi: Value,
}

impl Builder {
    /// Conversion of the element type.
    pub fn cast(&mut self, value: &Value, element: Element) -> Value {
        self.op("Cast", &[value], &[("to", Attribute::Int(element as i64))], element, value.shape.clone())
    }

    /// An element-wise operator of two operands; the second one is no larger, or a scalar.
    pub fn binary(&mut self, operator: &str, a: &Value, b: &Value) -> Value {
        self.op(operator, &[a, b], &[], a.element, a.shape.clone())
    }

    /// `Clip` to two scalars.
    pub fn clip(&mut self, value: &Value, lo: &Value, hi: &Value) -> Value {
        self.op("Clip", &[value, lo, hi], &[], value.element, value.shape.clone())
    }

    /// `Gather` of a list of indices, or of one, which takes the axis away.
    pub fn gather(&mut self, value: &Value, indices: &Value, axis: usize) -> Value {
        let mut shape = value.shape.clone();
        shape.splice(axis..=axis, indices.shape.iter().copied());
        self.op("Gather", &[value, indices], &[("axis", Attribute::Int(axis as i64))], value.element, shape)
    }

    /// `Concat` of channels.
    pub fn concat(&mut self, parts: &[Value]) -> Value {
        let parts: Vec<&Value> = parts.iter().collect();
        let mut shape = parts[0].shape.clone();
        shape[CHANNELS] = parts.iter().map(|p| p.shape[CHANNELS]).sum();
        self.op("Concat", &parts, &[("axis", Attribute::Int(CHANNELS as i64))], parts[0].element, shape)
    }

    /// **acc**: `[1, C, h, w]` int32; pad 1 for a 3×3 kernel.
    pub fn convolution(&mut self, input: &Value, layer: &Convolution) -> Value {
        let kernel = layer.weight.shape[COLUMNS];
        let (pad, stride) = (kernel as i64 / 2, layer.stride as i64);
        let input_zero = self.bytes(&format!("uint8({})", layer.input_zero), &[], &[layer.input_zero]);
        let weight_zero = self.bytes("uint8(128)", &[], &[128]);
        let sides = |side: usize| side.div_ceil(layer.stride);
        let shape = vec![1, layer.weight.shape[0], sides(input.shape[ROWS]), sides(input.shape[COLUMNS])];
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![kernel as i64; 2])),
            ("pads", Attribute::Ints(vec![pad; 4])),
            ("strides", Attribute::Ints(vec![stride; 2])),
            ("group", Attribute::Int(layer.groups as i64)),
        ];
        let inputs = [input, &layer.weight, &input_zero, &weight_zero];
        self.op("ConvInteger", &inputs, &attributes, Element::I32, shape)
    }

    /// **requant** of int32 or int64 numbers, to int64 with the zero point that `constants` have.
    pub fn requant(&mut self, value: &Value, constants: &Requant) -> Value {
        let wide = if value.element == Element::I64 { value.clone() } else { self.cast(value, Element::I64) };
        let product = self.binary("Mul", &wide, &constants.mul);
        let sum = self.binary("Add", &product, &constants.offset);
        let quotient = self.binary("Div", &sum, &constants.divisor);
        let shifted = self.binary("Sub", &quotient, &constants.back);
        self.clip(&shifted, &constants.lo, &constants.hi)
    }

    /// **up2** of int32 numbers that are not negative, cropped to `size`.
    pub fn up2(&mut self, coarse: &Value, size: Size) -> Value {
        let rows = self.up2_axis(coarse, ROWS, size.height as usize);
        let both = self.up2_axis(&rows, COLUMNS, size.width as usize);
        self.rounded(&both, 16)
    }

    /// Three parts of the near index and one of the other, along one axis.
    fn up2_axis(&mut self, coarse: &Value, axis: usize, fine: usize) -> Value {
        let length = coarse.shape[axis];
        let other =
            |x: usize| if x.is_multiple_of(2) { (x / 2).saturating_sub(1) } else { (x / 2 + 1).min(length - 1) };
        let near = self.indices("near", length, fine, |x| x / 2);
        let other = self.indices("other", length, fine, other);
        let near = self.gather(coarse, &near, axis);
        let other = self.gather(coarse, &other, axis);
        let three = self.scalar32(3);
        let near = self.binary("Mul", &near, &three);
        self.binary("Add", &near, &other)
    }

    /// **pool2** of int32 numbers that are not negative, to `size`.
    pub fn pool2(&mut self, finer: &Value, size: Size) -> Value {
        let mut sum = finer.clone();
        for (axis, length) in [(ROWS, size.height as usize), (COLUMNS, size.width as usize)] {
            let last = finer.shape[axis] - 1;
            let even = self.indices("even", last + 1, length, |x| (2 * x).min(last));
            let odd = self.indices("odd", last + 1, length, |x| (2 * x + 1).min(last));
            let even = self.gather(&sum, &even, axis);
            let odd = self.gather(&sum, &odd, axis);
            sum = self.binary("Add", &even, &odd);
        }
        self.rounded(&sum, 4)
    }

    /// `(value + divisor/2) / divisor` of a number that is not negative.
    fn rounded(&mut self, value: &Value, divisor: i32) -> Value {
        let (half, divisor) = (self.scalar32(divisor / 2), self.scalar32(divisor));
        let sum = self.binary("Add", value, &half);
        self.binary("Div", &sum, &divisor)
    }

    /// **up8**, in 1/256, cropped to `size`.
    pub fn up8(&mut self, total: &Value, size: Size) -> Value {
        let rows = self.up8_axis(total, ROWS, size.height as usize);
        self.up8_axis(&rows, COLUMNS, size.width as usize)
    }

    fn up8_axis(&mut self, total: &Value, axis: usize, fine: usize) -> Value {
        // fine = 8i + 4 + j with i ≥ −1: i + 1 = (fine + 4) / 8, j = (fine + 4) mod 8.
        let last = total.shape[axis] - 1;
        let first = self.indices("up8_first", last + 1, fine, |x| ((x + 4) / 8).saturating_sub(1).min(last));
        let second = self.indices("up8_second", last + 1, fine, |x| ((x + 4) / 8).min(last));
        let mut shape = [1, 1, 1, 1];
        shape[axis] = fine;
        let weights: Vec<i32> = (0..fine).map(|x| 2 * ((x as i32 + 4) % 8) + 1).collect();
        let rest: Vec<i32> = weights.iter().map(|w| 16 - w).collect();
        let name = if axis == ROWS { "rows" } else { "columns" };
        let weights = self.int32(&format!("up8_second_weight.{name}"), &shape, &weights);
        let rest = self.int32(&format!("up8_first_weight.{name}"), &shape, &rest);
        let first = self.gather(total, &first, axis);
        let first = self.binary("Mul", &first, &rest);
        let second = self.gather(total, &second, axis);
        let second = self.binary("Mul", &second, &weights);
        self.binary("Add", &first, &second)
    }

    /// **class**: the channel of the greatest value, the lowest one of several; `[1, H, W]` uint8.
    pub fn argmax(&mut self, values: &Value) -> Value {
        let attributes = [
            ("axis", Attribute::Int(CHANNELS as i64)),
            ("keepdims", Attribute::Int(0)),
            ("select_last_index", Attribute::Int(0)),
        ];
        let mut shape = values.shape.clone();
        shape.remove(CHANNELS);
        let index = self.op("ArgMax", &[values], &attributes, Element::I64, shape);
        self.cast(&index, Element::U8)
    }

    /// **confidence** of int32 `total`, uint32 `[1]`.
    pub fn confidence(&mut self, total: &Value, shift: u32) -> Value {
        if total.shape[CHANNELS] < 2 {
            let zero = self.int64("no_confidence", &[1], &[0]);
            return self.cast(&zero, Element::U32);
        }
        let two = self.int64("two", &[1], &[2]);
        let mut shape = total.shape.clone();
        shape[CHANNELS] = 2;
        let name = self.fresh("TopK");
        let best = Value { name: format!("{name}.values"), element: Element::I32, shape: shape.clone() };
        let which = Value { name: format!("{name}.indices"), element: Element::I64, shape };
        let axis = [("axis", Attribute::Int(CHANNELS as i64))];
        self.push("TopK", name, vec![total.name.clone(), two.name], &axis, &[best.clone(), which]);
        let [first, second] = [0, 1].map(|i| {
            let index = self.scalar64(i);
            self.gather(&best, &index, CHANNELS)
        });
        let margin = self.binary("Sub", &first, &second);
        let margin = self.cast(&margin, Element::I64);
        let axes = self.int64("rows_and_columns", &[2], &[1, 2]);
        let keep = [("keepdims", Attribute::Int(0))];
        let sum = self.op("ReduceSum", &[&margin, &axes], &keep, Element::I64, vec![1]);
        let divisor = self.scalar64(1 << shift);
        let shifted = self.binary("Div", &sum, &divisor);
        let (least, most) = (self.scalar64(0), self.scalar64(i64::from(u32::MAX)));
        let clamped = self.clip(&shifted, &least, &most);
        self.cast(&clamped, Element::U32)
    }

    /// The list of indices that a `fine` axis takes from a coarse one of `length`.
    fn indices(&mut self, name: &str, length: usize, fine: usize, index: impl Fn(usize) -> usize) -> Value {
        let indices: Vec<i64> = (0..fine).map(|x| index(x) as i64).collect();
        self.int64(&format!("{name}.{length}.{fine}"), &[fine], &indices)
    }
}
