//! One random case: everything follows from (seed, index).
//!
//! One field of the network is drawn uniformly over its whole range, the others with small values more often; what
//! costs more than the caps is drawn again. The caps leave out the far corners: a width of 256 alone has more than a
//! million weights.

use super::traffic::{Traffic, own_threshold};
use hwgen_core::feedback::{AxiWidth, Feedback};
use hwgen_core::interface::BEATS;
use hwgen_network::random::Stream;
use hwgen_network::{Cost, Description, Mixing, Normalisation, PixelDomain, Size, WeightSets};
use hwgen_quantize::Bits;
use hwgen_sim::cosim::Pause;
use serde::Serialize;

/// Multiply-accumulates of a case at most.
const MAX_MACS: u64 = 20_000_000;
/// Weights of a case at most.
const MAX_WEIGHTS: u64 = 1_000_000;

/// Parts of tensors' names.
const ZEROS: [&str; 6] = ["weight", "data.", "expand", "depthwise", "project", "head"];

/// What is tried.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// Its number.
    pub index: u64,
    /// The network.
    pub description: Description,
    /// Its formats.
    pub bits: Bits,
    /// Whether the integers are drawn directly, rather than quantised from random float weights.
    pub integer_model: bool,
    /// Seed of weights, images and pauses.
    pub seed: u64,
    /// Budget; a small one is raised for a large network.
    pub multipliers: usize,
    /// Pixels of a job.
    pub pixels: usize,
    /// Where the state goes.
    pub feedback: Feedback,
    /// Pixels of a beat of the video streams.
    pub beat: usize,
    /// Pauses of pixel source, class sink, feedback source, feedback sink, host.
    #[serde(skip)]
    pub pauses: [Pause; 5],
    /// Run-time registers of the second frame.
    pub second_frame: Registers,
    /// Register accesses and broken frames of a run of its own.
    #[serde(skip)]
    pub traffic: Traffic,
    /// Latency of the feedback memory at most.
    #[serde(skip)]
    pub latency: u32,
    /// Float weights whose names have this in them are all 0: what is not used then must still lint.
    pub zeros: Option<&'static str>,
}

/// Run-time settings of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Registers {
    /// Iterations.
    pub iterations: Option<u32>,
    /// Output mask.
    pub mask: Option<u64>,
    /// Early-exit threshold of all outputs; 0: off.
    pub threshold: u32,
    /// An output with a threshold of its own.
    pub own_threshold: Option<(u32, u32)>,
}

impl Case {
    /// Case `index` of `seed`.
    pub fn new(seed: u64, index: u64) -> Self {
        let stream = &mut Stream::new(seed, &format!("case {index}"));
        let mut description = description(stream);
        // A stream of its own, so that the case is otherwise the one that it was before networks had this field.
        if Stream::new(seed, &format!("normalisation {index}")).below(4) == 0 {
            description.normalisation = Normalisation::Convolutions;
        }
        let feedback = feedback(stream);
        // likewise; lines are whole beats
        let beat = BEATS[Stream::new(seed, &format!("beat {index}")).below(BEATS.len() as u64) as usize];
        description.image.width = description.image.width.next_multiple_of(beat as u32);
        Self {
            index,
            beat,
            bits: bits(stream),
            integer_model: stream.below(2) == 0,
            seed: stream.next_u64() >> 12,
            multipliers: skewed(stream, 4, 768) as usize,
            feedback,
            pauses: std::array::from_fn(|_| pause(stream)),
            second_frame: registers(stream, &description),
            latency: latency(stream),
            zeros: (stream.below(8) == 0).then(|| ZEROS[stream.below(ZEROS.len() as u64) as usize]),
            traffic: Traffic::new(seed, index, &description, beat),
            pixels: [1, 2, 4][stream.below(3) as usize],
            description,
        }
    }
}

impl Case {
    /// The case with pauses no longer than let a frame of `cycles` end within about `limit`.
    pub fn no_slower_than(&self, limit: u64, cycles: u64) -> Self {
        let most = 100 - (100 * cycles / limit).clamp(3, 100) as u32;
        let shorter = |pause: Pause| Pause { percent: pause.percent.min(most), ..pause };
        Self { pauses: self.pauses.map(shorter), ..self.clone() }
    }
}

/// From `low..=high`, about uniform in the logarithm of the distance from `low`.
fn skewed(stream: &mut Stream, low: u64, high: u64) -> u64 {
    let octaves = 64 - (high - low + 1).leading_zeros();
    let limit = (1u64 << stream.between(0, u64::from(octaves))).min(high - low + 1);
    low + stream.below(limit)
}

/// Fields with a range, and their ranges.
const FIELDS: [(u64, u64); 8] = [(1, 256), (1, 5), (1, 64), (1, 8), (1, 8), (1, 256), (16, 8192), (16, 8192)];
/// Tries to fit the other fields to the uniform one before that is drawn anew.
const TRIES: u32 = 50;

fn description(stream: &mut Stream) -> Description {
    loop {
        let uniform = stream.below(FIELDS.len() as u64) as usize;
        let value = stream.between(FIELDS[uniform].0, FIELDS[uniform].1);
        for _ in 0..TRIES {
            let fields = std::array::from_fn(|i| {
                if i == uniform { value as u32 } else { skewed(stream, FIELDS[i].0, FIELDS[i].1) as u32 }
            });
            let drawn = with_fields(stream, fields);
            let cost = Cost::new(&drawn).total;
            if cost.macs <= MAX_MACS && cost.params <= MAX_WEIGHTS {
                return drawn;
            }
        }
    }
}

/// The fields in the order of [`FIELDS`], the rest at random.
fn with_fields(stream: &mut Stream, fields: [u32; FIELDS.len()]) -> Description {
    let [width, scales, iterations, blocks, expansion, classes, columns, rows] = fields;
    let mut outputs: Vec<u32> = (1..=iterations).filter(|_| stream.below(2) == 0).collect();
    if outputs.is_empty() || stream.below(8) == 0 {
        outputs = vec![stream.between(1, u64::from(iterations)) as u32];
    }
    Description {
        width,
        scales,
        iterations,
        blocks,
        expansion,
        classes,
        image: Size { width: columns, height: rows },
        outputs,
        weight_sets: match stream.below(3) {
            0 => WeightSets::Shared,
            1 => WeightSets::Independent,
            _ => WeightSets::Map(map(stream, iterations)),
        },
        mixing: if stream.below(2) == 0 { Mixing::CoarseToFine } else { Mixing::Bidirectional },
        pixels: if stream.below(2) == 0 { PixelDomain::Unit } else { PixelDomain::Symmetric },
        normalisation: Normalisation::Iterations,
    }
}

/// On chip as often as outside: only there are the cycles known beforehand.
fn feedback(stream: &mut Stream) -> Feedback {
    match stream.below(6) {
        0..3 => Feedback::Onchip,
        3 => Feedback::Stream,
        _ => Feedback::Axi([AxiWidth::Bits32, AxiWidth::Bits64, AxiWidth::Bits128][stream.below(3) as usize]),
    }
}

/// Sets numbered from 0 without holes, in any order.
fn map(stream: &mut Stream, iterations: u32) -> Vec<u32> {
    let sets = stream.between(1, u64::from(iterations));
    let mut map: Vec<u32> = (0..iterations).map(|n| (u64::from(n) % sets) as u32).collect();
    for i in (1..map.len()).rev() {
        map.swap(i, stream.below(i as u64 + 1) as usize);
    }
    map
}

fn bits(stream: &mut Stream) -> Bits {
    let mut draw = |low, high| stream.between(low, high) as u32;
    Bits {
        stem: draw(2, 8),
        data: draw(2, 8),
        expand: draw(2, 8),
        depthwise: draw(2, 8),
        project: draw(2, 8),
        head: draw(2, 8),
        act_data: draw(4, 8),
        act_state: draw(4, 8),
        act_expand: draw(4, 8),
        act_depthwise: draw(4, 8),
        act_logit: draw(8, 16),
    }
}

/// None, any rate from 0 to 97 %, or the extreme; singly or in bursts.
fn pause(stream: &mut Stream) -> Pause {
    let percent = match stream.below(4) {
        0 => 0,
        1 => 97,
        _ => stream.between(0, 97) as u32,
    };
    Pause { percent, burst: if stream.below(3) == 0 { stream.between(2, 200) as u32 } else { 0 } }
}

/// None, some, or that of a busy DRAM.
fn latency(stream: &mut Stream) -> u32 {
    let most = [0, 8, 200][stream.below(3) as usize];
    stream.between(0, most) as u32
}

fn registers(stream: &mut Stream, description: &Description) -> Registers {
    Registers {
        // 0 acts as 1, more than N as N.
        iterations: (stream.below(2) == 0).then(|| stream.between(0, u64::from(description.iterations) + 1) as u32),
        mask: (stream.below(2) == 0).then(|| stream.next_u64()),
        threshold: if stream.below(4) == 0 { 1 << stream.below(20) } else { 0 },
        own_threshold: own_threshold(stream, description),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn cases_are_valid_and_repeat() {
        for index in 0..40 {
            let case = Case::new(7, index);
            assert_eq!(case.description.problems(), []);
            assert_eq!(format!("{case:?}"), format!("{:?}", Case::new(7, index)));
        }
    }

    #[test]
    fn long_frames_get_shorter_pauses() {
        let case = Case { pauses: [Pause::percent(97); 5], ..Case::new(1, 0) };
        let most = |cycles| case.no_slower_than(1_000_000, cycles).pauses[0].percent;
        assert_eq!([most(1000), most(100_000), most(500_000), most(2_000_000)], [97, 90, 50, 0]);
    }

    #[test]
    fn cases_reach_into_the_ranges() {
        let cases: Vec<Case> = (0..120).map(|index| Case::new(1, index)).collect();
        let most = |value: fn(&Description) -> u32| cases.iter().map(|c| value(&c.description)).max().expect("cases");
        assert_eq!((most(|d| d.scales), most(|d| d.iterations), most(|d| d.expansion)), (5, 64, 8));
        assert_eq!(most(|d| d.blocks), 8);
        let large = [most(|d| d.width), most(|d| d.classes), most(|d| d.image.width), most(|d| d.image.height)];
        assert!(large[0] > 128 && large[1] > 200 && large[2] > 2000 && large[3] > 2000, "{large:?}");
        let odd = cases.iter().filter(|c| c.description.image.width % 8 != 0).count();
        assert!(odd > 60);
        assert!(cases.iter().all(|c| c.description.image.width.is_multiple_of(c.beat as u32)));
        let kinds: BTreeSet<_> = cases.iter().map(|c| format!("{:?}", c.feedback)).collect();
        assert_eq!(kinds.len(), 5, "{kinds:?}");
    }
}
