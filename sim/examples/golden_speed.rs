//! Measures the golden model: `cargo run --release -p hwgen-sim --example golden_speed [repetitions]`.
//!
//! The network is the paper's (f 51, L 3, N 16, K 1, t 6, 480×360, 11 classes, 16 outputs) with random 8-bit integers.

use hwgen_network::{Description, Mixing, Normalisation, PixelDomain, Size, WeightSets};
use hwgen_quantize::{Bits, Model};
use hwgen_sim::golden::kernel::Kernels;
use hwgen_sim::golden::{Golden, Nothing};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repetitions: u32 = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    let paper = Description {
        width: 51,
        scales: 3,
        iterations: 16,
        blocks: 1,
        expansion: 6,
        classes: 11,
        image: Size { width: 480, height: 360 },
        outputs: (1..=16).collect(),
        weight_sets: WeightSets::Shared,
        mixing: Mixing::CoarseToFine,
        pixels: PixelDomain::Unit,
        normalisation: Normalisation::Iterations,
    };
    let bits = Bits { data: 8, expand: 8, depthwise: 8, project: 8, head: 8, ..Bits::default() };
    let model = Model::random(&paper, &bits, 1);
    let image: Vec<u8> = (0..paper.image.pixels() * 3).map(|i| (i * 7 % 251) as u8).collect();
    let macs = macs(&paper);
    println!("{:.3} G MACs, {} threads", macs / 1e9, rayon::current_num_threads());
    for kernels in Kernels::available() {
        let golden = Golden::with_kernels(&model, kernels)?;
        golden.run(&image, 1, u64::MAX, &mut Nothing)?;
        let mut best = f64::INFINITY;
        for _ in 0..repetitions {
            let start = Instant::now();
            golden.run(&image, 16, u64::MAX, &mut Nothing)?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!("{:>10}: {:7.1} ms, {:6.1} G MAC/s", kernels.name(), best * 1e3, macs / best / 1e9);
    }
    Ok(())
}

/// Multiply-accumulates of all convolutions of the network, every output enabled.
fn macs(d: &Description) -> f64 {
    let f = f64::from(d.width);
    let pixels = |size: Size| size.pixels() as f64;
    let data: f64 = (0..d.data_layers()).map(|j| pixels(d.data_size(j)) * d.data_inputs(j) as f64 * f * 9.0).sum();
    let scale = |l: usize| -> f64 {
        let block = |k: usize| {
            let (inputs, hidden) = (d.block_inputs(l, k) as f64, d.block_hidden(l, k) as f64);
            hidden * (inputs + 9.0 + f)
        };
        let blocks: f64 = (0..d.blocks as usize).map(block).sum();
        pixels(d.scale(l))
            * (blocks * f64::from(d.iterations) + 9.0 * f * f64::from(d.classes) * d.outputs.len() as f64)
    };
    data + (0..d.scales as usize).map(scale).sum::<f64>()
}
