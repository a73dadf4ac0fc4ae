//! Who works on what and when: the predicted frame as stretches of work, for people to look at.
//!
//! Owns: joining jobs to stretches. Leaves alone: when a job runs (`feed`, `frame`, `emission` decide and tell).

use crate::latency::Cycle;
use serde::Serialize;

/// A unit with a row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The expand array: data block and loop.
    Expand,
    /// The depthwise array.
    Depthwise,
    /// The project array.
    Project,
    /// The classification array.
    Classify,
    /// The class stream.
    Output,
}

/// What a unit works on; iterations, scales, blocks and layers count from 0, outputs are iterations from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Work {
    /// A layer of the data block.
    Data {
        /// The layer.
        layer: usize,
    },
    /// A pass of the loop.
    Pass {
        /// Iteration.
        n: usize,
        /// Scale.
        l: usize,
        /// Block.
        k: usize,
    },
    /// Classification of a scale.
    Head {
        /// Iteration.
        n: usize,
        /// Scale.
        l: usize,
    },
    /// A map on its way out.
    Map {
        /// Output.
        output: u32,
    },
}

/// Jobs of a unit on one work, with no pause in between that a picture would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Who.
    pub unit: Unit,
    /// On what.
    pub work: Work,
    /// First cycle.
    pub first: Cycle,
    /// Last cycle.
    pub last: Cycle,
    /// Cycles of it in which the unit was taken.
    pub busy: Cycle,
}

/// The stretches of a frame, in the order in which they began to be known.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Pauses of so many cycles and more part two stretches.
    pause: Cycle,
    stretches: Vec<Stretch>,
}

/// Works that alternate on one unit at most: the layers of the data block.
const ALTERNATING: usize = 16;

impl Timeline {
    /// An empty one; `pause` is the shortest pause between jobs that parts them.
    pub fn new(pause: Cycle) -> Self {
        Self { pause: pause.max(1), stretches: Vec::new() }
    }

    /// A job of `cycles` cycles from `start` on. Jobs of a unit come in order.
    pub fn add(&mut self, unit: Unit, work: Work, start: Cycle, cycles: Cycle) {
        if cycles == 0 {
            return;
        }
        let last = start + cycles - 1;
        let recent = self.stretches.iter_mut().rev().filter(|stretch| stretch.unit == unit).take(ALTERNATING);
        if let Some(open) = recent.into_iter().find(|stretch| stretch.work == work)
            && start <= open.last + self.pause
        {
            open.last = last;
            open.busy += cycles;
            return;
        }
        self.stretches.push(Stretch { unit, work, first: start, last, busy: cycles });
    }

    /// The stretches, by their first cycles.
    pub fn finish(mut self) -> Vec<Stretch> {
        self.stretches.sort_by_key(|stretch| stretch.first);
        self.stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_join_unless_a_pause_would_be_seen() {
        let mut timeline = Timeline::new(10);
        let (a, b) = (Work::Data { layer: 0 }, Work::Data { layer: 1 });
        timeline.add(Unit::Expand, a, 0, 4);
        timeline.add(Unit::Expand, b, 4, 2);
        timeline.add(Unit::Expand, a, 6, 4);
        timeline.add(Unit::Expand, a, 30, 1);
        let stretches = timeline.finish();
        let spans: Vec<_> = stretches.iter().map(|s| (s.work, s.first, s.last, s.busy)).collect();
        assert_eq!(spans, [(a, 0, 9, 8), (b, 4, 5, 2), (a, 30, 30, 1)]);
    }
}
