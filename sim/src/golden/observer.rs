//! Intermediates by name: what the golden model can show and how to ask for it.

use hwgen_network::Size;
use std::collections::BTreeMap;
use std::fmt;

/// One intermediate. `n` is the index of the iteration as in docs/weights.md: iteration `n + 1` of the paper.
///
/// Shown by `Display` as the name in its comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tensor {
    /// `input`: the integers that the pixels become, `[H][W][3]`.
    Input,
    /// `data.{j}`: output of data-block layer `j`; `j = 2 + l` is `S₀` of scale `l`.
    Data {
        /// Layer.
        j: usize,
    },
    /// `concat.{n}.{l}.{k}`: what block `k` reads.
    Concat(At),
    /// `expand.{n}.{l}.{k}`.
    Expand(At),
    /// `depthwise.{n}.{l}.{k}`.
    Depthwise(At),
    /// `project.{n}.{l}.{k}`: project output, at scale Δr.
    Project(At),
    /// `residual.{n}.{l}.{k}`: `r`.
    Residual(At),
    /// `state.{n}.{l}.{k}`: the state for `k = K − 1`, the intermediate state before.
    State(At),
    /// `logits.{n}.{l}`: classification of scale `l`, before up-sampling, `[h][w][C]`.
    Logits {
        /// Iteration index.
        n: usize,
        /// Scale.
        l: usize,
    },
    /// `total.{n}`: `T`, on the scale-0 grid, `[h][w][C]`.
    Total {
        /// Iteration index.
        n: usize,
    },
}

/// Where in the loop: iteration index, scale, block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Iteration index; iteration `n + 1` of the paper.
    pub n: usize,
    /// Scale.
    pub l: usize,
    /// Block.
    pub k: usize,
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, at) = match self {
            Self::Input => return f.write_str("input"),
            Self::Data { j } => return write!(f, "data.{j}"),
            Self::Logits { n, l } => return write!(f, "logits.{n}.{l}"),
            Self::Total { n } => return write!(f, "total.{n}"),
            Self::Concat(at) => ("concat", at),
            Self::Expand(at) => ("expand", at),
            Self::Depthwise(at) => ("depthwise", at),
            Self::Project(at) => ("project", at),
            Self::Residual(at) => ("residual", at),
            Self::State(at) => ("state", at),
        };
        write!(f, "{name}.{}.{}.{}", at.n, at.l, at.k)
    }
}

/// The values of an intermediate, `[H][W][C]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// Everything but `total`.
    I16(&'a [i16]),
    /// `total`.
    I32(&'a [i32]),
}

/// An intermediate as the observer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View<'a> {
    /// `W×H` of the map.
    pub size: Size,
    /// `C`.
    pub channels: usize,
    /// `values[(y·W + x)·C + c]`.
    pub values: Values<'a>,
}

impl View<'_> {
    /// The value of channel `c` at column `x` of row `y`.
    pub fn get(&self, y: usize, x: usize, c: usize) -> i32 {
        let at = (y * self.size.width as usize + x) * self.channels + c;
        match self.values {
            Values::I16(values) => i32::from(values[at]),
            Values::I32(values) => values[at],
        }
    }

    /// All values, widened.
    pub fn to_vec(&self) -> Vec<i32> {
        match self.values {
            Values::I16(values) => values.iter().map(|&v| i32::from(v)).collect(),
            Values::I32(values) => values.to_vec(),
        }
    }
}

/// Sees intermediates while the golden model runs: in the order of `n`, then `k`, then `l`, then the order of the
/// operators; the data block first; `logits` and `total` of an output after the last block of its iteration.
pub trait Observer {
    /// Whether `observe` shall be called for this intermediate. Nothing is copied for one that is not wanted.
    fn wants(&self, tensor: Tensor) -> bool;

    /// Called once for each wanted intermediate that the run computes.
    fn observe(&mut self, tensor: Tensor, view: View<'_>);
}

/// Wants nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Observer for Nothing {
    fn wants(&self, _: Tensor) -> bool {
        false
    }

    fn observe(&mut self, _: Tensor, _: View<'_>) {}
}

/// A kept intermediate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// `W×H` of the map.
    pub size: Size,
    /// `C`.
    pub channels: usize,
    /// `values[(y·W + x)·C + c]`.
    pub values: Vec<i32>,
}

/// Keeps every intermediate that a filter accepts.
pub struct Recorder<F> {
    filter: F,
    /// What was kept.
    pub tensors: BTreeMap<Tensor, Recorded>,
}

impl<F: Fn(Tensor) -> bool> Recorder<F> {
    /// Keeps what `filter` accepts.
    pub const fn new(filter: F) -> Self {
        Self { filter, tensors: BTreeMap::new() }
    }
}

impl<F: Fn(Tensor) -> bool> Observer for Recorder<F> {
    fn wants(&self, tensor: Tensor) -> bool {
        (self.filter)(tensor)
    }

    fn observe(&mut self, tensor: Tensor, view: View<'_>) {
        let recorded = Recorded { size: view.size, channels: view.channels, values: view.to_vec() };
        self.tensors.insert(tensor, recorded);
    }
}
