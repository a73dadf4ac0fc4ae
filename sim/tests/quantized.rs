//! Float weights through the quantiser and the golden model, against the float reference.

use hwgen_network::{Description, Mixing, Normalisation, Preset, RgbImage, Size, WeightSets, Weights};
use hwgen_quantize::{Bits, Layer, Quantized, Ranges, SnrTable, calibrate, quantize};
use hwgen_sim::golden::{At, Golden, Recorder, Tensor, match_statistics, snr};

fn description() -> Description {
    Description {
        width: 12,
        image: Size { width: 88, height: 66 },
        outputs: vec![1, 2, 4],
        ..Preset::Tiny.description()
    }
}

fn eight() -> Bits {
    Bits { data: 8, expand: 8, depthwise: 8, project: 8, head: 8, ..Bits::default() }
}

fn images(d: &Description, seeds: std::ops::Range<u64>) -> Vec<RgbImage> {
    seeds.map(|seed| RgbImage::random(d.image, seed)).collect()
}

fn table(d: &Description, bits: &Bits, calibrated: bool) -> (Quantized, SnrTable) {
    let weights = Weights::random(d, 7);
    let ranges = if calibrated { calibrate(d, &weights, bits, &images(d, 0..2)).unwrap() } else { Ranges::analytic(d) };
    let quantized = quantize(d, &weights, bits, &ranges).unwrap();
    let table = snr(&quantized, &weights, &images(d, 10..12)).unwrap();
    (quantized, table)
}

fn least(table: &SnrTable, prefix: &str) -> f64 {
    let rows = table.rows.iter().filter(|row| row.tensor.starts_with(prefix));
    rows.map(hwgen_quantize::snr::SnrRow::decibels).fold(f64::INFINITY, f64::min)
}

fn agreement(table: &SnrTable) -> f64 {
    table.maps.iter().map(|m| m.equal as f64 / m.pixels as f64).fold(1.0, f64::min)
}

#[test]
fn eight_bits_follow_the_float_network() {
    let d = description();
    for calibrated in [true, false] {
        let (_, table) = table(&d, &eight(), calibrated);
        println!("calibrated {calibrated}\n{table}");
        assert_eq!(table.rows.len(), 5 + 4 * 3 * 5 + 3 * 4);
        assert!(least(&table, "data") > 25.0);
        assert!(least(&table, "state") > 20.0);
        assert!(agreement(&table) > 0.85);
    }
}

#[test]
fn default_bits_follow_more_loosely() {
    let (_, table) = table(&description(), &Bits::default(), true);
    println!("{table}");
    assert!(least(&table, "data.0") > 25.0);
    assert!(least(&table, "state.0") > 8.0);
}

#[test]
fn several_blocks_sets_and_both_neighbours() {
    let d = Description {
        blocks: 3,
        mixing: Mixing::Bidirectional,
        weight_sets: WeightSets::Map(vec![0, 1, 1, 0]),
        pixels: hwgen_network::PixelDomain::Symmetric,
        ..description()
    };
    let (quantized, table) = table(&d, &eight(), true);
    println!("mid_shift {}\n{table}", quantized.model.mid_shift);
    assert!(least(&table, "state") > 18.0);
    assert!(agreement(&table) > 0.8);
}

#[test]
fn batch_norm_after_every_convolution() {
    let d = Description { blocks: 2, normalisation: Normalisation::Convolutions, ..description() };
    for calibrated in [true, false] {
        let (quantized, table) = table(&d, &eight(), calibrated);
        println!("calibrated {calibrated}\n{table}");
        let blocks = quantized.model.blocks.iter().flatten().flatten();
        let offsets = |layer: &Layer| layer.requant.bias.iter().any(|&bias| bias != 0);
        assert!(blocks.flat_map(|block| [&block.expand, &block.depthwise, &block.project]).all(offsets));
        assert!(least(&table, "state") > 18.0);
        assert!(agreement(&table) > 0.8);
    }
}

#[test]
fn fewer_bits_lose_more() {
    let d = description();
    let snr = |bits: Bits| least(&table(&d, &bits, true).1, "state.0");
    let eight = eight();
    let all = snr(eight);
    for fewer in [Bits { data: 4, ..eight }, Bits { project: 3, expand: 3, ..eight }, Bits { act_state: 5, ..eight }] {
        let snr = snr(fewer);
        assert!(all > snr + 3.0, "{all} dB, {snr} dB with {fewer:?}");
    }
}

#[test]
fn the_same_input_gives_the_same_file() {
    let bytes = || table(&description(), &Bits::default(), true).0.model.to_bytes().unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn calibration_needs_images_of_the_right_size() {
    let d = description();
    let weights = Weights::random(&d, 7);
    let none = calibrate(&d, &weights, &eight(), &[]).unwrap_err();
    assert_eq!(none.to_string(), "there are no calibration images, at least one is needed");
    let small = RgbImage::random(Size { width: 20, height: 20 }, 1);
    let error = calibrate(&d, &weights, &eight(), &[small]).unwrap_err();
    assert_eq!(error.to_string(), "calibration image 0 is 20×20, must be 88×66");
}

/// Mean distance of the channels' means of the last states from the float network's, in the state's scale.
fn drift(quantized: &Quantized, weights: &Weights, images: &[RgbImage]) -> f64 {
    let d = &quantized.model.description;
    let n = d.iterations as usize - 1;
    let golden = Golden::new(&quantized.model).unwrap();
    let mut far = Vec::new();
    for l in 0..d.scales as usize {
        let tensor = Tensor::State(At { n, l, k: 0 });
        let (mut float, mut integer) = (vec![0.0; d.width as usize], vec![0.0; d.width as usize]);
        for image in images {
            let mut visit = |name: &str, values: &ndarray::Array3<f32>| {
                if name == format!("state.{n}.{l}") {
                    for (sum, channel) in float.iter_mut().zip(values.outer_iter()) {
                        *sum += channel.iter().map(|&v| f64::from(v)).sum::<f64>() / channel.len() as f64;
                    }
                }
            };
            hwgen_network::reference::run(d, weights, image, &mut visit);
            let mut seen = Recorder::new(|t| t == tensor);
            golden.run(image.pixels(), n + 1, 0, &mut seen).unwrap();
            let values = &seen.tensors[&tensor].values;
            let pixels = values.len() as f64 / integer.len() as f64;
            for (i, &v) in values.iter().enumerate() {
                integer[i % d.width as usize] += f64::from(v) * quantized.scales.state / pixels;
            }
        }
        far.extend(float.iter().zip(&integer).map(|(a, b)| (a - b).abs() / images.len() as f64));
    }
    far.iter().sum::<f64>() / far.len() as f64
}

#[test]
fn matched_statistics_are_those_of_the_float_network() {
    let d = description();
    let bits = Bits { data: 4, expand: 4, depthwise: 4, project: 4, head: 4, ..Bits::default() };
    let (weights, images) = (Weights::random(&d, 7), images(&d, 0..4));
    let ranges = calibrate(&d, &weights, &bits, &images).unwrap();
    let plain = quantize(&d, &weights, &bits, &ranges).unwrap();
    let matched = match_statistics(&weights, &d, &bits, &ranges, &images, &mut |_| ()).unwrap();
    let (before, after) = (drift(&plain, &weights, &images), drift(&matched, &weights, &images));
    assert!(after < before / 2.0, "{after:.4} from {before:.4}");
    let again = match_statistics(&weights, &d, &bits, &ranges, &images, &mut |_| ()).unwrap();
    assert_eq!(again.model.hash(), matched.model.hash(), "it hangs on the threads");
}
