//! Array shapes: how many rows and lanes each array has.
//!
//! Owns: the shapes and what follows from them alone. Leaves alone: which shapes are good (`solver`), timing
//! (`schedule`), memory contents (`emit`).

use serde::{Deserialize, Serialize};

use crate::array::{PerArray, Shape};

/// Shapes of the arrays and sizes of the rings between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "record::Folding", from = "record::Folding")]
pub struct Folding {
    /// Shapes. The expand array's lanes are those of every state word, too.
    pub arrays: PerArray<Shape>,
    /// Spans of pixels that the ring of the depthwise unit holds beyond `2·W₀ + 4`.
    pub ring_slack: usize,
    /// Spans of pixels that the ring of the classification unit holds beyond `2·W₀ + 4`.
    pub queue_slack: usize,
}

impl Folding {
    /// Multipliers of all arrays.
    pub fn total(&self) -> usize {
        self.arrays.iter().map(|(_, shape)| shape.multipliers()).sum()
    }

    /// Multipliers of requantisation and affine maps, which are not part of the arrays.
    pub fn requant(&self) -> usize {
        let affine = self.arrays.project.drain;
        (self.arrays.iter().map(|(_, shape)| shape.drain).sum::<usize>() + affine) * self.pixels()
    }

    /// Pixels of a job: a span of a row.
    pub fn pixels(&self) -> usize {
        self.arrays.expand.pixels
    }

    /// Lanes of a word of the project unit's vector memory.
    pub fn vector_lanes(&self) -> usize {
        self.arrays.project.lanes.max(self.arrays.depthwise.drain)
    }

    /// What the configuration hash is made of: it must not change with the program's structures.
    pub fn fingerprint(&self) -> String {
        format!("{:?}", record::Folding::from(*self))
    }
}

/// A folding as manifests have it.
mod record {
    use super::{PerArray, Serialize, Shape};
    use serde::Deserialize;

    /// The fields of docs/manifest.md; their names and order are part of the configuration hash.
    #[derive(Debug, Serialize, Deserialize)]
    pub struct Folding {
        expand_lanes: usize,
        expand_rows: usize,
        expand_drain: usize,
        depthwise_lanes: usize,
        depthwise_drain: usize,
        project_lanes: usize,
        project_rows: usize,
        project_drain: usize,
        classify_lanes: usize,
        classify_rows: usize,
        pixels: usize,
        ring_slack: usize,
        queue_slack: usize,
    }

    impl From<super::Folding> for Folding {
        fn from(folding: super::Folding) -> Self {
            let PerArray { expand, depthwise, project, classify } = folding.arrays;
            Self {
                expand_lanes: expand.lanes,
                expand_rows: expand.rows,
                expand_drain: expand.drain,
                depthwise_lanes: depthwise.rows,
                depthwise_drain: depthwise.drain,
                project_lanes: project.lanes,
                project_rows: project.rows,
                project_drain: project.drain,
                classify_lanes: classify.lanes,
                classify_rows: classify.rows,
                pixels: expand.pixels,
                ring_slack: folding.ring_slack,
                queue_slack: folding.queue_slack,
            }
        }
    }

    impl From<Folding> for super::Folding {
        fn from(record: Folding) -> Self {
            let shape = |rows, lanes, drain| Shape { rows, lanes, pixels: record.pixels, drain };
            Self {
                arrays: PerArray {
                    expand: shape(record.expand_rows, record.expand_lanes, record.expand_drain),
                    depthwise: shape(record.depthwise_lanes, 1, record.depthwise_drain),
                    project: shape(record.project_rows, record.project_lanes, record.project_drain),
                    classify: shape(record.classify_rows, record.classify_lanes, 1),
                },
                ring_slack: record.ring_slack,
                queue_slack: record.queue_slack,
            }
        }
    }
}
