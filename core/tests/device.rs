//! Cores for a device: what the solver promises, and that the list of memories is what the emitter writes.

use hwgen_core::block_ram::BLOCK_WORDS;
use hwgen_core::device::devices;
use hwgen_core::emit::{CoreFiles, Library};
use hwgen_core::solver::Target;
use hwgen_core::{Design, Options, memory, resources};
use hwgen_network::Preset;
use hwgen_quantize::{Bits, Model};

fn model(preset: Preset) -> Model {
    Model::random(&preset.description(), &Bits::default(), 1)
}

fn target(name: &str) -> Target {
    let device = devices().into_iter().find(|device| device.name == name).expect("a known device");
    Target { dsp: device.multipliers, ebr: device.block_rams, lut: device.luts, products: usize::MAX }
}

fn design(preset: Preset, target: Target) -> Design {
    Design::new(&model(preset), &Options { target: Some(target), ..Options::default() }).expect("it fits")
}

#[test]
fn the_list_of_memories_names_every_memory_file_with_its_size() {
    let design = design(Preset::Tiny, Target { products: 60, ..target("ecp5-85k") });
    let bytes = design.model.to_bytes().expect("a model file");
    let files =
        CoreFiles::new(&design, &Library::embedded(), bytes, "hwgen emit (test)").into_folder(Vec::new(), Vec::new());
    let list = design.memories();
    let mut seen = 0;
    for (path, bytes) in &files {
        let Some(name) = path.strip_prefix("mem/").and_then(|name| name.strip_suffix(".hex")) else { continue };
        let memory =
            list.iter().find(|memory| memory.id.name() == name).unwrap_or_else(|| panic!("{name} is not listed"));
        let text = std::str::from_utf8(bytes).expect("hexadecimal");
        // words a block RAM's depth apart stand side by side
        let lines = memory.depth.min(BLOCK_WORDS);
        let digits = (memory.depth.div_ceil(lines) * memory.width).div_ceil(4);
        assert_eq!(text.lines().count(), lines, "lines of {name}");
        assert_eq!(text.lines().next().map(str::len), Some(digits), "digits of {name}");
        seen += 1;
    }
    assert_eq!(seen, list.iter().filter(|memory| memory.rom()).count());
}

#[test]
fn a_core_for_a_device_fits_it_by_its_estimate() {
    let target = Target { dsp: 20, products: 120, ..target("ecp5-45k") };
    let design = design(Preset::Tiny, target);
    let memories = design.memories();
    let cost = resources::estimate(
        &design.plan,
        &design.mapping,
        &design.widths,
        resources::stored(&memories, design.mapping.lut_memories),
    );
    assert!(cost.dsp <= target.dsp && cost.ebr <= target.ebr && cost.lut <= target.lut, "{cost:?}");
    assert!(design.plan.folding.total() > target.dsp, "multipliers are shared, or products made of LUTs");
}

#[test]
fn lines_and_ring_share_block_rams_where_they_would_not_fit_apart() {
    let roomy = Target { products: 60, ..target("ecp5-85k") };
    let tiny = |ebr: usize| {
        let options = Options { target: Some(Target { ebr, ..roomy }), ..Options::default() };
        Design::new(&model(Preset::Tiny), &options)
    };
    let least = (1..roomy.ebr).find_map(|ebr| tiny(ebr).ok()).expect("some number is enough");
    assert!(least.mapping.shared_lines && !design(Preset::Tiny, roomy).mapping.shared_lines);
    let blocks = |shared| -> usize {
        let memories = memory::inventory(&least.plan, &least.widths, shared);
        memories.iter().map(|memory| memory.block_rams(least.mapping.lut_memories)).sum()
    };
    assert!(blocks(true) < blocks(false));
}

#[test]
fn a_budget_limits_the_products_of_a_core_for_a_device() {
    let design = design(Preset::Tiny, Target { products: 40, ..target("ecp5-85k") });
    assert!(design.plan.folding.total() <= 40);
}

#[test]
fn what_does_not_fit_is_refused() {
    let target = Target { ebr: 20, ..target("ecp5-25k") };
    let options = Options { target: Some(target), ..Options::default() };
    let error = Design::new(&model(Preset::Camvid240), &options).expect_err("20 block RAMs hold no weights");
    assert!(error.to_string().contains("20 block RAMs"), "{error}");
}
