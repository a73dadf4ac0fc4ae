//! The model's numbers as constants of the graph.
//!
//! Owns: their names, and choosing among those of several weight sets or iterations inside the loop. Leaves alone:
//! what is computed with them (`operators`).

use crate::graph::{Builder, Value};
use crate::operators::{Convolution, OFFSET_BITS, Requant};
use hwgen_quantize::{Layer, Requant as Constants};

/// The same parameter in each weight set or iteration, of which `index` picks one; or a single one.
#[derive(Debug)]
pub struct Choice<'a, T> {
    /// All of them.
    pub rows: &'a [&'a T],
    /// Scalar; none for a single row.
    pub index: Option<&'a Value>,
}

impl<T> Clone for Choice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Choice<'_, T> {}

impl<'a, T> Choice<'a, T> {
    /// The only one.
    pub const fn one(row: &'a [&'a T; 1]) -> Self {
        Self { rows: row, index: None }
    }
}

/// How a convolution is applied.
#[derive(Clone, Copy, Debug)]
pub struct Applied {
    /// What the input's 0 is.
    pub input_zero: u8,
    /// 1 or 2.
    pub stride: usize,
    /// Whether every channel has a kernel of its own.
    pub depthwise: bool,
    /// Whether the negated weights follow, for the inverted pixels behind the pixels.
    pub mirrored: bool,
}

impl Applied {
    /// Over all channels of a map of states or activations whose 0 is `input_zero`.
    pub const fn dense(input_zero: u8) -> Self {
        Self { input_zero, stride: 1, depthwise: false, mirrored: false }
    }
}

impl Builder {
    /// `name.weight`.
    pub fn weights(&mut self, name: &str, layers: Choice<'_, Layer>, applied: Applied) -> Convolution {
        let layer = layers.rows[0];
        let inputs = layer.inputs * if applied.mirrored { 2 } else { 1 };
        let side = if layer.taps == 9 { 3 } else { 1 };
        let rows: Vec<Vec<u8>> = layers.rows.iter().map(|layer| bytes(layer, applied.mirrored)).collect();
        let name = format!("{name}.weight");
        let shape = [layer.outputs, inputs, side, side];
        let weight = self.pick(&shape, &rows, layers.index, |b, shape, v| b.bytes(&name, shape, v));
        let groups = if applied.depthwise { layer.outputs } else { 1 };
        Convolution { weight, input_zero: applied.input_zero, stride: applied.stride, groups }
    }

    /// `name.mul` and so on, for results whose 0 becomes `zero`.
    pub fn constants(&mut self, name: &str, requants: Choice<'_, Constants>, zero: i64) -> Requant {
        let index = requants.index;
        let channels = requants.rows[0].mul.len();
        let rows = |value: &dyn Fn(&Constants) -> Vec<i64>| -> Vec<Vec<i64>> {
            requants.rows.iter().map(|row| value(row)).collect()
        };
        let offset = |r: &Constants| {
            let added = (1 << (r.shift - 1)) + (1 << OFFSET_BITS);
            r.bias.iter().map(|b| b + added).collect()
        };
        Requant {
            mul: self.wide(
                name,
                "mul",
                &[1, channels, 1, 1],
                &rows(&|r| r.mul.iter().map(|&m| m.into()).collect()),
                index,
            ),
            offset: self.wide(name, "offset", &[1, channels, 1, 1], &rows(&offset), index),
            divisor: self.wide(name, "divisor", &[], &rows(&|r| vec![1 << r.shift]), index),
            back: self.wide(name, "back", &[], &rows(&|r| vec![(1 << (OFFSET_BITS - r.shift)) - zero]), index),
            lo: self.wide(name, "lo", &[], &rows(&|r| vec![i64::from(r.lo) + zero]), index),
            hi: self.wide(name, "hi", &[], &rows(&|r| vec![i64::from(r.hi) + zero]), index),
        }
    }

    fn wide(&mut self, name: &str, part: &str, shape: &[usize], rows: &[Vec<i64>], index: Option<&Value>) -> Value {
        if let ([], [value]) = (shape, rows[0].as_slice())
            && rows.iter().all(|row| row == &rows[0])
        {
            return self.scalar64(*value);
        }
        let name = format!("{name}.{part}");
        self.pick(shape, rows, index, |b, shape, v| b.int64(&name, shape, v))
    }

    /// The row that `index` says of a stacked constant; no stack where all rows are equal.
    fn pick<T: Clone + PartialEq>(
        &mut self,
        shape: &[usize],
        rows: &[Vec<T>],
        index: Option<&Value>,
        constant: impl FnOnce(&mut Self, &[usize], &[T]) -> Value,
    ) -> Value {
        match index {
            Some(index) if rows.iter().any(|row| row != &rows[0]) => {
                let stacked: Vec<usize> = std::iter::once(rows.len()).chain(shape.iter().copied()).collect();
                let all = constant(self, &stacked, &rows.concat());
                self.gather(&all, index, 0)
            }
            _ => constant(self, shape, &rows[0]),
        }
    }
}

/// Weights with zero point 128.
fn bytes(layer: &Layer, mirrored: bool) -> Vec<u8> {
    let byte = |w: i8| (i16::from(w) + 128) as u8;
    let channel = layer.inputs * layer.taps;
    let with_negated = |channel: &[i8]| -> Vec<u8> {
        let negated = channel.iter().filter(|_| mirrored).map(|&w| byte(-w));
        channel.iter().map(|&w| byte(w)).chain(negated).collect()
    };
    layer.weights.chunks(channel).flat_map(with_negated).collect()
}
