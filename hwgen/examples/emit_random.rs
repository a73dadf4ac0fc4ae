//! Emits a core with random integers, for work on the RTL: `emit_random DIR key=value…`.

use hwgen::{Design, Options};
use hwgen_network::{Description, Mixing, Size};
use hwgen_quantize::{Bits, Model};

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = std::path::PathBuf::from(args.next().expect("a folder"));
    let mut net = Description {
        width: 8,
        scales: 3,
        iterations: 4,
        blocks: 1,
        expansion: 6,
        classes: 9,
        image: Size { width: 96, height: 64 },
        outputs: vec![1, 2, 3, 4],
        weight_sets: hwgen_network::WeightSets::Shared,
        mixing: Mixing::CoarseToFine,
        pixels: hwgen_network::PixelDomain::Unit,
    };
    let mut bits = Bits::default();
    let mut options = Options::default();
    let (mut run, mut gap, mut stall, mut deep, mut trace) =
        (None, hwgen_sim::cosim::Pause::default(), hwgen_sim::cosim::Pause::default(), true, None);
    let mut profile = hwgen_sim::cosim::Profile::FastBuild;
    for arg in args {
        let (key, value) = arg.split_once('=').expect("key=value");
        let number = || value.parse::<u32>().expect("a number");
        match key {
            "f" => net.width = number(),
            "l" => net.scales = number(),
            "n" => {
                net.iterations = number();
                net.outputs = (1..=number()).collect();
            }
            "k" => net.blocks = number(),
            "t" => net.expansion = number(),
            "c" => net.classes = number(),
            "w" => net.image.width = number(),
            "h" => net.image.height = number(),
            "bi" => net.mixing = Mixing::Bidirectional,
            "sym" => net.pixels = hwgen_network::PixelDomain::Symmetric,
            "m" => options.multipliers = number() as usize,
            "stream" => options.feedback = hwgen::plan::Feedback::Stream,
            "axi" => options.feedback = hwgen::plan::Feedback::Axi(hwgen::plan::AxiWidth::default()),
            "wb" => {
                bits.data = number();
                bits.expand = number();
                bits.depthwise = number();
                bits.project = number();
                bits.head = number();
            }
            "run" => run = Some(number() as usize),
            "gap" => gap = hwgen_sim::cosim::Pause::percent(number()),
            "stall" => stall = hwgen_sim::cosim::Pause::percent(number()),
            "fast" => {
                deep = false;
                profile = hwgen_sim::cosim::Profile::FastRun;
            }
            "trace" => trace = Some(std::path::PathBuf::from(value)),
            _ => panic!("{key}"),
        }
    }
    let model = Model::random(&net, &bits, 1);
    let start = std::time::Instant::now();
    let design = Design::new(&model, &options).expect("a design");
    eprintln!("folding {:?} in {:?}", design.plan.folding, start.elapsed());
    eprintln!(
        "total {} cycles {} s2s {:?} outputs {:?}",
        design.plan.folding.total(),
        design.prediction.cycles,
        design.prediction.loop_start_to_start,
        design.prediction.outputs.first()
    );
    let bytes = model.to_bytes().expect("a model file");
    for (path, bytes) in hwgen::emit::emit(&design, &hwgen::emit::Shell::default(), bytes, "hwgen emit (example)") {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    eprintln!("done in {:?}", start.elapsed());
    let Some(run) = run else { return };
    let golden = hwgen_sim::golden::Golden::new(&model).expect("a golden model");
    let build = hwgen_sim::cosim::BuildOptions { profile, trace: trace.is_some(), ..Default::default() };
    let session = hwgen_sim::cosim::Session::build(&dir, &build).expect("a simulation");
    eprintln!("built in {:?}", start.elapsed());
    let pixels = net.image.pixels() * 3;
    let frames: Vec<_> = (0..run)
        .map(|frame| {
            let mut state = 12345u32 + frame as u32;
            let image = (0..pixels)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            hwgen_sim::cosim::FrameInput::new(image)
        })
        .collect();
    let options = hwgen_sim::cosim::RunOptions { gap, stall, deep, trace, ..Default::default() };
    match session.run(&golden, &frames, &options) {
        Ok(report) => println!("{}", serde_json::to_string_pretty(&report).expect("JSON")),
        Err(error) => println!("{error:?}"),
    }
}
