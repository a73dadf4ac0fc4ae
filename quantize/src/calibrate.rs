//! Ranges from images: the float network runs on each, and every format gets the clipping range that loses least.

use crate::error::QuantizeError;
use crate::formats::Range;
use crate::histogram::{Histogram, Spread, best_clip, spread};
use crate::model::Bits;
use crate::ranges::{Means, Ranges, SIX};
use hwgen_network::{Description, FIRST_STATE_LAYER, RgbImage, Weights, reference};
use ndarray::{Array3, Axis};
use serde::Serialize;
use std::collections::BTreeMap;

/// Tensors that share one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Data(usize),
    State,
    Mid,
    Expand([usize; 3]),
    Depthwise([usize; 3]),
    Logit(usize),
}

/// What was seen of the tensors that share a format, and the range that they got.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// The tensors, such as `scale 1 block 0: expand`.
    pub tensor: String,
    /// Values, in real units.
    #[serde(flatten)]
    pub spread: Spread,
    /// Least value of the format, in real units.
    pub lo: f64,
    /// Greatest value of the format.
    pub hi: f64,
}

/// Bins of a [`Seen`].
const SHOWN: usize = 64;

/// Clipping ranges for `weights`, quantised to `bits`, on `images` of the description's size.
pub fn calibrate(
    description: &Description,
    weights: &Weights,
    bits: &Bits,
    images: &[RgbImage],
) -> Result<Ranges, QuantizeError> {
    Ok(calibrate_seen(description, weights, bits, images)?.0)
}

/// The same, and how the values were spread.
pub fn calibrate_seen(
    description: &Description,
    weights: &Weights,
    bits: &Bits,
    images: &[RgbImage],
) -> Result<(Ranges, Vec<Seen>), QuantizeError> {
    if images.is_empty() {
        return Err(QuantizeError::NoImages);
    }
    let mut histograms: BTreeMap<(Group, String), Histogram> = BTreeMap::new();
    let mut sums: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (index, image) in images.iter().enumerate() {
        let (got, wanted) = (image.size(), description.image);
        if got != wanted {
            let text = |size: hwgen_network::Size| format!("{}×{}", size.width, size.height);
            return Err(QuantizeError::ImageSize { index, got: text(got), wanted: text(wanted) });
        }
        let mut visit = |name: &str, tensor: &Array3<f32>| {
            if let Some(key) = group(description, name) {
                let histogram = histograms.entry(key).or_default();
                tensor.iter().for_each(|&value| histogram.add(value));
            }
            let sums = sums.entry(name.to_owned()).or_insert_with(|| vec![0.0; tensor.dim().0]);
            for (sum, plane) in sums.iter_mut().zip(tensor.axis_iter(Axis(0))) {
                let total: f64 = plane.iter().map(|&v| f64::from(v)).sum();
                *sum += total / (plane.len() * images.len()) as f64;
            }
        };
        reference::run(description, weights, image, &mut visit);
    }
    let mut ranges = ranges(description, bits, &histograms);
    ranges.means = Some(means(description, &mut sums));
    let seen = seen(description, bits, &ranges, &histograms);
    Ok((ranges, seen))
}

/// The spread of each group beside its range.
fn seen(
    description: &Description,
    bits: &Bits,
    ranges: &Ranges,
    histograms: &BTreeMap<(Group, String), Histogram>,
) -> Vec<Seen> {
    let mut groups: BTreeMap<Group, Vec<&Histogram>> = BTreeMap::new();
    for ((group, _), histogram) in histograms {
        groups.entry(*group).or_default().push(histogram);
    }
    let signed = |clip: f64, range: Range| (clip * f64::from(range.lo) / f64::from(range.hi), clip);
    let one = |(group, members): (Group, Vec<&Histogram>)| {
        let place = |[set, l, k]: [usize; 3], part: &str| {
            let set = if ranges.expand.len() > 1 { format!("set {set}, ") } else { String::new() };
            format!("{set}scale {l} block {k}: {part}")
        };
        let (tensor, (lo, hi)) = match group {
            Group::Data(j) => (format!("data {j}"), (0.0, ranges.data[j])),
            Group::State => ("states".to_owned(), signed(ranges.state, bits.state_range())),
            Group::Mid => ("states between blocks".to_owned(), signed(ranges.mid, bits.state_range())),
            Group::Expand(at) => (place(at, "expand"), (0.0, ranges.expand[at[0]][at[1]][at[2]])),
            Group::Depthwise(at) => (place(at, "depthwise"), (0.0, ranges.depthwise[at[0]][at[1]][at[2]])),
            Group::Logit(o) => {
                (format!("logits of output {}", description.outputs[o]), signed(ranges.logit[o], bits.logit_range()))
            }
        };
        spread(&members, SHOWN).map(|spread| Seen { tensor, spread, lo, hi })
    };
    groups.into_iter().filter_map(one).collect()
}

/// Channel means by place, out of those by name.
fn means(description: &Description, sums: &mut BTreeMap<String, Vec<f64>>) -> Means {
    let d = description;
    let scales = d.scales as usize;
    let mut take = |name: String| sums.remove(&name).unwrap_or_default();
    let data = (0..d.data_layers()).map(|j| take(format!("data.{j}"))).collect();
    let (mut state, mut depthwise) = (vec![], vec![]);
    for n in 0..d.iterations {
        state.push((0..scales).map(|l| take(format!("state.{n}.{l}"))).collect());
        let block = |l| (0..d.blocks).map(|k| take(format!("iter.{n}.{l}.{k}.depthwise"))).collect();
        depthwise.push((0..scales).map(block).collect());
    }
    Means { data, state, depthwise }
}

/// The format that the tensor `name` of the float reference gets, and the histogram of its own that it is counted in:
/// tensors of one group weigh the same there, however large they are. `None` for tensors without a format.
fn group(description: &Description, name: &str) -> Option<(Group, String)> {
    let parts: Vec<&str> = name.split('.').collect();
    let index = |i: usize| parts.get(i).and_then(|p| p.parse::<usize>().ok());
    let shared = |group| Some((group, String::new()));
    match (*parts.first()?, parts.last().copied()?) {
        ("data", _) => match index(1)? {
            j if j < FIRST_STATE_LAYER => shared(Group::Data(j)),
            _ => Some((Group::State, name.to_owned())),
        },
        ("state", _) => Some((Group::State, name.to_owned())),
        ("logits", _) => {
            let o = description.outputs.iter().position(|&o| Some(o as usize) == index(1).map(|n| n + 1))?;
            Some((Group::Logit(o), name.to_owned()))
        }
        ("iter", part) => {
            let (n, l, k) = (index(1)?, index(2)?, index(3)?);
            let set = description.set_of(n);
            match part {
                "expand" => shared(Group::Expand([set, l, k])),
                "depthwise" => shared(Group::Depthwise([set, l, k])),
                "residual" if k + 1 < description.blocks as usize => Some((Group::Mid, name.to_owned())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The best range of each group. One that is always 0 gets the range of its format's usual values.
fn ranges(description: &Description, bits: &Bits, histograms: &BTreeMap<(Group, String), Histogram>) -> Ranges {
    let clip = |group: Group, range: Range, otherwise: f64| {
        let members: Vec<&Histogram> =
            histograms.iter().filter(|((member, _), _)| *member == group).map(|(_, histogram)| histogram).collect();
        best_clip(&members, range).unwrap_or(otherwise)
    };
    let blocks = |kind: fn([usize; 3]) -> Group, bits: u32| {
        let one = |at| clip(kind(at), Range::unsigned(bits), SIX);
        let scale = |set, l| (0..description.blocks as usize).map(|k| one([set, l, k])).collect();
        let set = |set| (0..description.scales as usize).map(|l| scale(set, l)).collect();
        (0..description.set_count()).map(set).collect()
    };
    let relu = |j| clip(Group::Data(j), Range::unsigned(bits.act_data), SIX);
    let state = clip(Group::State, bits.state_range(), SIX);
    Ranges {
        data: [relu(0), relu(1)],
        state,
        mid: if description.blocks > 1 { clip(Group::Mid, bits.state_range(), state) } else { state },
        expand: blocks(Group::Expand, bits.act_expand),
        depthwise: blocks(Group::Depthwise, bits.act_depthwise),
        logit: (0..description.outputs.len()).map(|o| clip(Group::Logit(o), bits.logit_range(), SIX)).collect(),
        means: None,
    }
}
