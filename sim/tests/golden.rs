//! The fast golden model against the plain one, on random networks, images, run-time registers and thread counts.

mod slow;

use hwgen_network::{Description, Mixing, Normalisation, PixelDomain, Size, WeightSets};
use hwgen_quantize::rng::Rng;
use hwgen_quantize::{Bits, Model};
use hwgen_sim::golden::kernel::Kernels;
use hwgen_sim::golden::{Golden, Nothing, Recorder, Tensor};
use proptest::prelude::*;

fn descriptions() -> impl Strategy<Value = Description> {
    let sizes = (1u32..=20, 1u32..=5, 1u32..=3, 1u32..=3, 1u32..=8, 1u32..=13, 16u32..=75, 16u32..=140);
    (sizes, any::<[bool; 5]>(), any::<u64>()).prop_map(|(sizes, flags, seed)| {
        let (width, scales, iterations, blocks, expansion, classes, columns, rows) = sizes;
        let mut rng = Rng::new(seed);
        let mut outputs: Vec<u32> = (1..=iterations).filter(|_| rng.one_in(2)).collect();
        if outputs.is_empty() {
            outputs.push(iterations);
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
            weight_sets: match (flags[0], flags[1]) {
                (true, true) => WeightSets::Map((0..iterations).map(|n| n % 2).collect()),
                (false, true) => WeightSets::Independent,
                _ => WeightSets::Shared,
            },
            mixing: if flags[2] { Mixing::Bidirectional } else { Mixing::CoarseToFine },
            pixels: if flags[3] { PixelDomain::Symmetric } else { PixelDomain::Unit },
            normalisation: if flags[4] { Normalisation::Convolutions } else { Normalisation::Iterations },
        }
    })
}

fn bits() -> impl Strategy<Value = Bits> {
    let weights = prop::array::uniform6(2u32..=8);
    let activations = prop::array::uniform4(4u32..=8);
    (weights, activations, 8u32..=16).prop_map(|(weights, activations, act_logit)| {
        let [stem, data, expand, depthwise, project, head] = weights;
        let [act_data, act_state, act_expand, act_depthwise] = activations;
        Bits { stem, data, expand, depthwise, project, head, act_data, act_state, act_expand, act_depthwise, act_logit }
    })
}

/// Noise, or large flat areas as photographs have them.
fn image(description: &Description, rng: &mut Rng) -> Vec<u8> {
    let length = description.image.pixels() * 3;
    if rng.one_in(2) {
        return (0..length).map(|_| rng.int(0, 255) as u8).collect();
    }
    let run = rng.int(3, 400) as usize;
    let mut value = 0;
    (0..length)
        .map(|i| {
            if i % run == 0 {
                value = rng.int(0, 255) as u8;
            }
            value
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn fast_equals_plain(d in descriptions(), bits in bits(), seed in any::<u64>(), mask in any::<u64>(), limit in 0usize..5) {
        let mut rng = Rng::new(seed);
        let model = Model::random(&d, &bits, seed);
        prop_assert_eq!(model.validate(), Ok(()));
        let image = image(&d, &mut rng);
        let slow = slow::run(&model, &image, limit, mask);
        let threads = rng.int(1, 4) as usize;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for kernels in Kernels::available() {
            let golden = Golden::with_kernels(&model, kernels).unwrap();
            let mut all = Recorder::new(|_| true);
            let frame = pool.install(|| golden.run(&image, limit, mask, &mut all)).unwrap();
            prop_assert_eq!(all.tensors.len(), slow.tensors.len());
            for (tensor, slow) in &slow.tensors {
                let fast = &all.tensors[tensor];
                prop_assert_eq!((fast.size.height as usize, fast.size.width as usize, fast.channels), (slow.h, slow.w, slow.c));
                let difference = fast.values.iter().zip(&slow.v).position(|(&a, &b)| i64::from(a) != b);
                prop_assert_eq!(difference, None, "{} {}", kernels.name(), tensor);
            }
            prop_assert_eq!(&frame.maps, &slow.maps, "{}", kernels.name());
            prop_assert_eq!(&frame.confidences, &slow.confidences);
        }
    }
}

fn small() -> Description {
    Description {
        width: 12,
        scales: 3,
        iterations: 6,
        blocks: 2,
        expansion: 4,
        classes: 5,
        image: Size { width: 70, height: 50 },
        outputs: vec![1, 2, 4, 6],
        weight_sets: WeightSets::Shared,
        mixing: Mixing::Bidirectional,
        pixels: PixelDomain::Unit,
        normalisation: Normalisation::Iterations,
    }
}

#[test]
fn registers_choose_the_outputs() {
    let model = Model::random(&small(), &Bits::default(), 3);
    let golden = Golden::new(&model).unwrap();
    let image = image(&small(), &mut Rng::new(1));
    let outputs = |iterations, mask| -> Vec<u32> {
        golden.run(&image, iterations, mask, &mut Nothing).unwrap().maps.iter().map(|m| m.0).collect()
    };
    assert_eq!(outputs(0, u64::MAX), [1]);
    assert_eq!(outputs(6, u64::MAX), [1, 2, 4, 6]);
    assert_eq!(outputs(1000, 0b10_1010), [2, 4, 6]);
    assert_eq!(outputs(5, u64::MAX), [1, 2, 4]);
    assert_eq!(outputs(6, 0b100), [0u32; 0]);
    // Fewer iterations give the first outputs of more.
    let all = golden.run(&image, 6, u64::MAX, &mut Nothing).unwrap();
    let few = golden.run(&image, 4, u64::MAX, &mut Nothing).unwrap();
    assert_eq!(few.maps[..], all.maps[..3]);
}

#[test]
fn an_image_of_another_size_is_an_error() {
    let golden = Golden::new(&Model::random(&small(), &Bits::default(), 3)).unwrap();
    let error = golden.run(&[0; 10], 1, 1, &mut Nothing).unwrap_err();
    assert_eq!(error.to_string(), "the image has 10 bytes, 70×50 RGB pixels need 10500");
}

/// Random models must exercise the formats: hardly a tensor constant or mostly saturated.
#[test]
fn random_models_use_their_ranges() {
    let (mut tensors, mut saturated, mut narrow, mut maps, mut constant) = (0, 0, 0, 0, 0);
    for seed in 0..8 {
        let model = Model::random(&small(), &Bits::default(), seed);
        let image = image(&small(), &mut Rng::new(2));
        let mut states = Recorder::new(|t| matches!(t, Tensor::State(_) | Tensor::Logits { .. } | Tensor::Expand(_)));
        let frame = Golden::new(&model).unwrap().run(&image, 6, u64::MAX, &mut states).unwrap();
        for (tensor, recorded) in &states.tensors {
            let (lo, hi) = match tensor {
                Tensor::State(_) => (-128, 127),
                Tensor::Logits { .. } => (-2048, 2047),
                _ => (0, 255),
            };
            let values = &recorded.values;
            let clamped = values.iter().filter(|&&v| (v == lo && lo != 0) || v == hi).count();
            let (least, greatest) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            tensors += 1;
            saturated += usize::from(2 * clamped > values.len());
            narrow += usize::from(greatest - least < (hi - lo) / 8);
        }
        maps += frame.maps.len();
        constant += frame.maps.iter().filter(|(_, map)| map.iter().all(|&c| c == map[0])).count();
    }
    assert!(20 * saturated < tensors, "{saturated} of {tensors} mostly saturated");
    assert!(20 * narrow < tensors, "{narrow} of {tensors} narrow");
    assert!(10 * constant < maps, "{constant} of {maps} maps constant");
}
