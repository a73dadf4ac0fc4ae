//! The float reference against PyTorch: networks, pixels and logits that `train/tests/make_fixtures.py` wrote.

use hwgen_network::container::Container;
use hwgen_network::{RgbImage, Weights, reference};
use ndarray::Array3;
use std::path::{Path, PathBuf};

/// Greatest difference of the logits, relative to their norm.
const TOLERANCE: f32 = 1e-4;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../train/tests/fixtures").join(name)
}

fn compare(name: &str) {
    let (description, weights) =
        Weights::load(&fixture(&format!("{name}.safetensors")), None).expect("a weights file of PyTorch");
    let io = Container::open(&fixture(&format!("{name}.io.safetensors"))).expect("pixels and logits");
    let pixels = io.bytes(&io.tensors()["pixels"]).to_vec();
    let image = RgbImage::new(description.image, pixels).expect("pixels of the description's size");
    let mut compared = 0;
    reference::run(&description, &weights, &image, &mut |tensor: &str, got: &Array3<f32>| {
        let Some(wanted) = io.tensors().get(tensor) else { return };
        assert_eq!(wanted.shape, got.shape(), "{name} {tensor}");
        let wanted = io.bytes(wanted).as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        let (mut error, mut norm) = (0.0, 0.0);
        for (got, wanted) in got.iter().zip(wanted) {
            error += (got - wanted) * (got - wanted);
            norm += wanted * wanted;
        }
        assert!(error.sqrt() <= TOLERANCE * norm.sqrt(), "{name} {tensor}: {} of {}", error.sqrt(), norm.sqrt());
        compared += 1;
    });
    assert_eq!(compared, description.outputs.len(), "{name}: every output was compared");
}

#[test]
fn shared_weights() {
    compare("shared");
}

#[test]
fn independent_weights_two_blocks_bidirectional_symmetric_pixels() {
    compare("independent");
}

#[test]
fn mapped_weights_three_blocks_one_scale() {
    compare("map");
}
