//! Array shapes: how many rows and lanes each array has.
//!
//! Owns: the shapes and what follows from them alone. Leaves alone: which shapes are good (`solver`), timing
//! (`schedule`), memory contents (`emit`).

use serde::{Deserialize, Serialize};

/// Shapes of the arrays; rows compute output channels, lanes take input channels, all in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Folding {
    /// Lanes of the expand array and of every state word.
    pub expand_lanes: usize,
    /// Rows of the expand array.
    pub expand_rows: usize,
    /// Results that the expand unit requantises in a cycle; divides the rows.
    pub expand_drain: usize,
    /// Channels that the depthwise array computes at a time, one tap a cycle.
    pub depthwise_lanes: usize,
    /// Results that the depthwise unit requantises in a cycle; divides its lanes, at least a ninth of them.
    pub depthwise_drain: usize,
    /// Lanes of the project array.
    pub project_lanes: usize,
    /// Rows of the project array.
    pub project_rows: usize,
    /// Results that the project unit requantises in a cycle; divides the rows.
    pub project_drain: usize,
    /// Lanes of the classification array.
    pub classify_lanes: usize,
    /// Rows of the classification array.
    pub classify_rows: usize,
    /// Pixels that the ring of the depthwise unit holds beyond `2·W₀ + 4`.
    pub ring_slack: usize,
    /// Pixels that the ring of the classification unit holds beyond `2·W₀ + 4`.
    pub queue_slack: usize,
}

impl Folding {
    /// Multipliers of the expand array.
    pub fn expand(&self) -> usize {
        self.expand_lanes * self.expand_rows
    }

    /// Multipliers of the depthwise array.
    pub fn depthwise(&self) -> usize {
        self.depthwise_lanes
    }

    /// Multipliers of the project array.
    pub fn project(&self) -> usize {
        self.project_lanes * self.project_rows
    }

    /// Multipliers of the classification array.
    pub fn classify(&self) -> usize {
        self.classify_lanes * self.classify_rows
    }

    /// Multipliers of all arrays.
    pub fn total(&self) -> usize {
        self.expand() + self.depthwise() + self.project() + self.classify()
    }

    /// Multipliers of requantisation and affine maps, which are not part of the arrays.
    pub fn requant(&self) -> usize {
        self.expand_drain + self.depthwise_drain + 2 * self.project_drain + 1
    }

    /// Lanes of a word of the project unit's vector memory.
    pub fn vector_lanes(&self) -> usize {
        self.project_lanes.max(self.depthwise_drain)
    }
}

/// Least common multiple.
pub fn lcm(a: usize, b: usize) -> usize {
    a / gcd(a, b) * b
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
