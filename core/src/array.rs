//! The four arrays of a core, and a value for each of them.
//!
//! Owns: which arrays there are, their order everywhere (that of the data), and the shape of one. Leaves alone: which
//! shapes are good (`solver`), what they are made of (`mapping`).

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// An array of multipliers, with its drain and requantisation behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Array {
    /// 1×1 convolutions from states to hidden channels, and the data block's 3×3.
    Expand,
    /// 3×3 convolutions of each hidden channel, one tap a cycle.
    Depthwise,
    /// 1×1 convolutions from hidden channels to states.
    Project,
    /// 3×3 convolutions from states to logits.
    Classify,
}

/// All of them, in the order of the data.
pub const ARRAYS: [Array; 4] = [Array::Expand, Array::Depthwise, Array::Project, Array::Classify];

impl Array {
    /// Its name: that of its unit, its memories and its entry in manifest and report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expand => "expand",
            Self::Depthwise => "depthwise",
            Self::Project => "project",
            Self::Classify => "classify",
        }
    }
}

/// A value for each array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerArray<T> {
    /// That of the expand array.
    pub expand: T,
    /// That of the depthwise array.
    pub depthwise: T,
    /// That of the project array.
    pub project: T,
    /// That of the classification array.
    pub classify: T,
}

impl<T> PerArray<T> {
    /// The value that `make` gives for each.
    pub fn from_fn(mut make: impl FnMut(Array) -> T) -> Self {
        Self {
            expand: make(Array::Expand),
            depthwise: make(Array::Depthwise),
            project: make(Array::Project),
            classify: make(Array::Classify),
        }
    }

    /// All values with their arrays.
    pub fn iter(&self) -> impl Iterator<Item = (Array, &T)> {
        ARRAYS.into_iter().map(|array| (array, &self[array]))
    }
}

impl<T> Index<Array> for PerArray<T> {
    type Output = T;

    fn index(&self, array: Array) -> &T {
        match array {
            Array::Expand => &self.expand,
            Array::Depthwise => &self.depthwise,
            Array::Project => &self.project,
            Array::Classify => &self.classify,
        }
    }
}

impl<T> IndexMut<Array> for PerArray<T> {
    fn index_mut(&mut self, array: Array) -> &mut T {
        match array {
            Array::Expand => &mut self.expand,
            Array::Depthwise => &mut self.depthwise,
            Array::Project => &mut self.project,
            Array::Classify => &mut self.classify,
        }
    }
}

/// The size of an array: what it computes in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Output channels.
    pub rows: usize,
    /// Input channels of each; the depthwise array has one, as every output channel has its own input.
    pub lanes: usize,
    /// Neighbouring pixels of a row, on which a weight works in the same cycle; the same for all arrays.
    pub pixels: usize,
    /// Output channels that are requantised in a cycle, of all pixels; divides the rows.
    pub drain: usize,
}

impl Shape {
    /// Its multipliers.
    pub fn multipliers(&self) -> usize {
        self.rows * self.lanes * self.pixels
    }

    /// Cycles in which the results of a group leave.
    pub fn beats(&self) -> usize {
        self.rows / self.drain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_the_order_of_the_data() {
        let names = PerArray::from_fn(Array::name);
        assert_eq!(names.iter().map(|(array, &name)| (array, name)).collect::<Vec<_>>(), ARRAYS.map(|a| (a, a.name())));
        let text = serde_json::to_string(&names).expect("names");
        assert_eq!(text, r#"{"expand":"expand","depthwise":"depthwise","project":"project","classify":"classify"}"#);
    }
}
