use super::*;
use crate::description::{Mixing, Normalisation, Size, WeightSets};
use crate::preset::Preset;
use ndarray::{Array4, array};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn collect(d: &Description, weights: &Weights, image: &RgbImage) -> (BTreeMap<String, Array3<f32>>, Vec<ClassMap>) {
    let mut tensors = BTreeMap::new();
    let maps = run(d, weights, image, &mut |name, tensor| {
        assert!(tensors.insert(name.to_owned(), tensor.clone()).is_none(), "{name} twice");
    });
    (tensors, maps)
}

#[test]
fn a_full_convolution_by_hand() {
    let input = array![[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]];
    let sum = Array4::ones((1, 1, 3, 3));
    assert_eq!(conv::full(input.view(), &sum, 1), array![[[12.0, 21.0, 16.0], [27.0, 45.0, 33.0], [24.0, 39.0, 28.0]]]);
    assert_eq!(conv::full(input.view(), &sum, 2), array![[[12.0, 16.0], [24.0, 28.0]]]);
    let mut corner = Array4::zeros((1, 1, 3, 3));
    corner[[0, 0, 0, 0]] = 1.0;
    assert_eq!(
        conv::full(input.view(), &corner, 1),
        array![[[0.0, 0.0, 0.0], [0.0, 1.0, 2.0], [0.0, 4.0, 5.0]]],
        "a correlation: the first tap is up and left"
    );
}

#[test]
fn convolutions_agree_with_sums() {
    let d = Description { width: 5, image: Size { width: 130, height: 77 }, ..Preset::Tiny.description() };
    let weights = Weights::random(&d, 3);
    let input = input(&RgbImage::random(d.image, 1), d.pixels);
    for stride in [1, 2] {
        let fast = conv::full(input.view(), &weights.data[0].conv, stride);
        for ((o, y, x), &value) in fast.indexed_iter() {
            let mut sum = 0f64;
            for ((c, dy, dx), &w) in weights.data[0].conv.index_axis(Axis(0), o).indexed_iter() {
                let (y, x) = ((y * stride + dy).wrapping_sub(1), (x * stride + dx).wrapping_sub(1));
                sum += input.get((c, y, x)).map_or(0.0, |&p| f64::from(p) * f64::from(w));
            }
            assert!((sum - f64::from(value)).abs() < 1e-5);
        }
    }
}

#[test]
fn depthwise_is_a_full_convolution_per_channel() {
    let d = Description { width: 4, ..Preset::Tiny.description() };
    let weights = Weights::random(&d, 3);
    let depthwise = &weights.blocks[0][2][0].depthwise;
    let channels = depthwise.dim().0;
    let input = Array3::from_shape_fn((channels, 5, 7), |(c, y, x)| ((c * 31 + y * 7 + x * 3) % 17) as f32 - 8.0);
    let result = conv::depthwise(input.view(), depthwise);
    for c in 0..channels {
        let one = input.slice(ndarray::s![c..=c, .., ..]);
        let filter =
            depthwise.index_axis(Axis(0), c).to_owned().into_shape_with_order((1, 1, 3, 3)).expect("nine taps");
        let wanted = conv::full(one, &filter, 1);
        let got = result.slice(ndarray::s![c..=c, .., ..]);
        assert!((&wanted - &got).iter().all(|v| v.abs() < 1e-4));
    }
}

#[test]
fn every_intermediate_has_its_name_and_shape() {
    let mut d = Preset::Tiny.description();
    (d.blocks, d.mixing, d.outputs) = (2, Mixing::Bidirectional, vec![2, 4]);
    let (tensors, maps) = collect(&d, &Weights::random(&d, 1), &RgbImage::random(d.image, 1));
    let shape = |name: &str| tensors.get(name).unwrap_or_else(|| panic!("{name} is missing")).dim();
    assert_eq!(shape("data.0"), (8, 32, 48));
    assert_eq!(shape("data.4"), (8, 2, 3));
    assert_eq!(shape("iter.3.1.0.expand"), (6 * 24, 4, 6));
    assert_eq!(shape("iter.3.1.1.depthwise"), (6 * 8, 4, 6));
    assert_eq!(shape("iter.0.0.1.project"), (8, 8, 12));
    assert_eq!(shape("iter.0.0.1.residual"), (8, 8, 12));
    assert_eq!(shape("state.2.2"), (8, 2, 3));
    assert_eq!(shape("logits.3.1"), (9, 4, 6));
    assert_eq!(shape("total.1"), (9, 8, 12));
    assert_eq!(tensors.len(), 5 + 4 * 3 * (2 * 4 + 1) + 2 * (3 + 1));
    assert_eq!(maps.iter().map(|m| (m.output, m.classes.dim())).collect::<Vec<_>>(), [(2, (64, 96)), (4, (64, 96))]);
}

#[test]
fn symmetric_pixels_span_minus_one_to_one() {
    let size = Size { width: 2, height: 1 };
    let image = RgbImage::new(size, vec![0, 51, 255, 0, 0, 0]).expect("six bytes");
    let symmetric = input(&image, PixelDomain::Symmetric);
    assert!((symmetric[[0, 0, 0]] + 1.0).abs() < 1e-6 && (symmetric[[2, 0, 0]] - 1.0).abs() < 1e-6);
    assert!((input(&image, PixelDomain::Unit)[[1, 0, 0]] - 0.2).abs() < 1e-6);
}

#[test]
fn weight_sets_map_onto_each_other() {
    let shared = Preset::Tiny.description();
    let mut mapped = shared.clone();
    mapped.weight_sets = WeightSets::Map(vec![0; 4]);
    let mut independent = shared.clone();
    independent.weight_sets = WeightSets::Independent;
    let weights = Weights::random(&shared, 5);
    let image = RgbImage::random(shared.image, 2);
    let wanted = collect(&shared, &weights, &image);
    assert_eq!(collect(&mapped, &weights, &image), wanted);
    let mut copies = weights.clone();
    copies.blocks = vec![weights.blocks[0].clone(); 4];
    assert_eq!(collect(&independent, &copies, &image), wanted);
}

#[test]
fn a_coarse_scale_reaches_a_finer_one_only_an_iteration_later() {
    let d = Preset::Tiny.description();
    let weights = Weights::random(&d, 5);
    let mut changed = weights.clone();
    changed.norms[0][1].bias += 1.0;
    let image = RgbImage::random(d.image, 2);
    let (before, _) = collect(&d, &weights, &image);
    let (after, _) = collect(&d, &changed, &image);
    let same = |name: &str| before[name] == after[name];
    assert!(same("state.0.0") && !same("state.0.1") && same("state.0.2"));
    assert!(!same("state.1.0") && !same("state.1.1") && same("state.1.2"));
}

/// Standard deviation and greatest magnitude.
fn spread(tensor: &Array3<f32>) -> (f32, f32) {
    (tensor.std(0.0), tensor.iter().fold(0.0, |m, v| v.abs().max(m)))
}

#[test]
fn random_networks_keep_to_their_ranges() {
    use crate::random::RANGES;
    for (width, blocks, expansion, sets, mixing) in [
        (8, 1, 6, WeightSets::Shared, Mixing::CoarseToFine),
        (24, 1, 4, WeightSets::Independent, Mixing::Bidirectional),
        (16, 3, 2, WeightSets::Shared, Mixing::CoarseToFine),
    ] {
        let tiny = Preset::Tiny.description();
        let image = Size { width: 80, height: 60 };
        let outputs = vec![1, 16, 64];
        let d =
            Description { width, blocks, expansion, iterations: 64, weight_sets: sets, mixing, image, outputs, ..tiny };
        let weights = Weights::random(&d, 11);
        run(&d, &weights, &RgbImage::random(d.image, 3), &mut |name, tensor| {
            let (deviation, greatest) = spread(tensor);
            if name.starts_with("state") {
                assert!((0.3..1.8).contains(&deviation), "{name} deviates by {deviation}");
                let outside = tensor.iter().filter(|v| v.abs() > RANGES.state).count();
                assert!(outside * 100 < tensor.len(), "{name}: {outside} of {}, up to {greatest}", tensor.len());
            } else if name.starts_with("logits") {
                assert!((0.3..3.0).contains(&deviation), "{name} deviates by {deviation}");
            } else if name.ends_with("depthwise") || name.ends_with("expand") {
                assert!((0.1..2.5).contains(&deviation), "{name} deviates by {deviation}");
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any shape runs, and cutting iterations off leaves the earlier maps as they were.
    #[test]
    fn fewer_iterations_are_a_prefix(
        width in 1u32..6, scales in 1u32..=5, blocks in 1u32..=2, expansion in 1u32..=3, classes in 1u32..5,
        w in 16u32..60, h in 16u32..60, bidirectional: bool, symmetric: bool, convolutions: bool, seed: u64,
    ) {
        let d = Description {
            width, scales, iterations: 3, blocks, expansion, classes,
            image: Size { width: w, height: h },
            outputs: vec![1, 2, 3],
            weight_sets: WeightSets::Independent,
            mixing: if bidirectional { Mixing::Bidirectional } else { Mixing::CoarseToFine },
            pixels: if symmetric { PixelDomain::Symmetric } else { PixelDomain::Unit },
            normalisation: if convolutions { Normalisation::Convolutions } else { Normalisation::Iterations },
        };
        d.validate().expect("within the ranges");
        let image = RgbImage::random(d.image, seed);
        let maps = run(&d, &Weights::random(&d, seed), &image, &mut |_, tensor| {
            assert!(tensor.iter().all(|v| v.is_finite()));
        });
        prop_assert_eq!(maps.len(), 3);
        let short = Description { iterations: 2, outputs: vec![1, 2], ..d };
        let prefix = run(&short, &Weights::random(&short, seed), &image, &mut |_, _| ());
        prop_assert_eq!(&maps[..2], &prefix[..]);
    }
}
