//! What a configuration gives to `hwg_core`: numbers, and tables in the layouts of `hwg_pkg`.

use std::fmt::Write;

use hwgen_network::PixelDomain;
use hwgen_quantize::Requant;

use super::super::pack::vector;
use super::super::tables::{Tables, bases};
use crate::array::{Array, PerArray};
use crate::block_ram::{LUT_RAM_WORDS, MOST_LUT_RAM_WORDS};
use crate::design::Design;
use crate::mapping::{Products, SmallMemory};
use crate::math::clog2;
use crate::plan::{Feedback, Job};

/// The localparams under construction, and their names.
struct Parameters {
    text: String,
    names: Vec<&'static str>,
}

impl Parameters {
    fn section(&mut self, title: &str, what: &str) {
        let _ = writeln!(self.text, "  // ---------------------------------------------------------------- {title}");
        if !what.is_empty() {
            let _ = writeln!(self.text, "  // {what}");
        }
    }

    fn number(&mut self, name: &'static str, value: impl std::fmt::Display, what: &str) {
        let _ = writeln!(self.text, "  localparam integer {name} = {value};  // {what}");
        self.names.push(name);
    }

    fn bits(&mut self, name: &'static str, width: usize, value: &str, what: &str) {
        let _ = writeln!(self.text, "  localparam [{}:0] {name} = {value};  // {what}", width - 1);
        self.names.push(name);
    }

    /// Entries of `width` bits each.
    fn table(&mut self, name: &'static str, width: usize, values: Vec<i64>, what: &str) {
        let range = values.len() * width - 1;
        let _ = writeln!(self.text, "  // {what}\n  localparam [{range}:0] {name} = {};", vector(values, width));
        self.names.push(name);
    }

    /// An array: fields as `hwg_pkg` has them, from the highest on.
    fn array(&mut self, name: &'static str, array: Array, design: &Design) {
        let flag = |set: bool| format!("1'd{}", u8::from(set));
        let (shape, widths) = (design.plan.folding.arrays[array], design.widths.arrays[array]);
        let (products, requant) = (design.mapping.arrays[array], design.mapping.requant[array]);
        let bits = &design.plan.bits;
        let weight_bits =
            PerArray { expand: bits.expand, depthwise: bits.depthwise, project: bits.project, classify: bits.head }
                [array];
        let fields = [
            format!("4'd{}", shape.pixels),
            flag(requant == Products::Lut),
            flag(products == Products::Lut),
            flag(products == Products::Pair),
            format!("8'd{}", widths.bias),
            format!("8'd{}", widths.acc),
            format!("8'd{weight_bits}"),
            format!("16'd{}", shape.drain),
            format!("16'd{}", shape.lanes),
            format!("16'd{}", shape.rows),
        ];
        let _ = writeln!(self.text, "  localparam [hwg_pkg::ARRAY_BITS-1:0] {name} = {{{}}};", fields.join(", "));
        self.names.push(name);
    }

    /// Jobs of an array: fields as `hwg_pkg` has them, from the highest on; the last entry first.
    fn jobs(&mut self, name: &'static str, entries: &[Entry]) {
        let _ = writeln!(self.text, "  localparam [{}*hwg_pkg::JOB_BITS-1:0] {name} = {{", entries.len());
        for (place, entry) in entries.iter().enumerate().rev() {
            let comma = if place == 0 { "" } else { "," };
            let _ = writeln!(self.text, "      {}{comma}  // {}", entry.fields(), entry.what);
        }
        self.text.push_str("  };\n");
        self.names.push(name);
    }
}

/// An entry of a table of jobs.
struct Entry {
    job: Job,
    /// Words of one digit of the weights.
    digit_words: usize,
    /// First words in the memories of weights and constants.
    weights: usize,
    constants: usize,
    shift: u32,
    lo: i64,
    hi: i64,
    what: String,
}

impl Entry {
    fn new(job: Job, requant: &Requant, what: String) -> Self {
        let (lo, hi) = (i64::from(requant.lo), i64::from(requant.hi));
        Self { job, digit_words: job.words, weights: 0, constants: 0, shift: requant.shift, lo, hi, what }
    }

    fn fields(&self) -> String {
        let signed = |value: i64| format!("{}20'd{}", if value < 0 { "-" } else { "" }, value.abs());
        format!(
            "{{{}, {}, 5'd{}, 24'd{}, 24'd{}, 16'd{}, 16'd{}, 16'd{}, 16'd{}}}",
            signed(self.hi),
            signed(self.lo),
            self.shift,
            self.constants,
            self.weights,
            self.digit_words - 1,
            self.job.words - 1,
            self.job.period - 1,
            self.job.groups - 1
        )
    }
}

/// Gives entries their places in the memories: `beats` words of constants for each group.
fn placed(mut entries: Vec<Entry>, beats: usize) -> Vec<Entry> {
    let (weights, _) = bases(entries.iter().map(|entry| entry.job.groups * entry.job.words));
    let (constants, _) = bases(entries.iter().map(|entry| entry.job.groups * beats));
    for (entry, (weights, constants)) in entries.iter_mut().zip(weights.into_iter().zip(constants)) {
        (entry.weights, entry.constants) = (weights, constants);
    }
    entries
}

/// Text of the localparams, and their names: those of the parameters of `hwg_core`.
pub fn parameters(design: &Design, tables: &Tables, hash: u32) -> (String, Vec<&'static str>) {
    let mut out = Parameters { text: String::new(), names: Vec::new() };
    network(&mut out, design);
    formats(&mut out, design, tables);
    arrays(&mut out, design);
    maps(&mut out, design, tables);
    memories(&mut out, design);
    feedback(&mut out, design);
    out.section("what the registers say", "");
    out.bits("VERSION", 32, &format!("32'h{:08x}", version()), "of hwgen, 0x00MMmmpp");
    out.bits("CONFIG_HASH", 32, &format!("32'h{hash:08x}"), "of model, folding and feedback");
    (out.text, out.names)
}

fn network(out: &mut Parameters, design: &Design) {
    let net = &design.plan.net;
    let iterations = net.iterations as usize;
    out.section("network", "");
    out.number("W", net.image.width, "image");
    out.number("H", net.image.height, "image");
    out.number("F", net.width, "channels of the state");
    out.number("L", net.scales, "scales");
    out.number("N", iterations, "iterations");
    out.number("K", net.blocks, "blocks");
    out.number("C", net.classes, "classes");
    out.number("J", net.data_layers(), "data-block layers");
    let mask = net.outputs.iter().fold(0u64, |mask, &n| mask | 1 << (n - 1));
    out.bits("OUTPUTS", 64, &format!("64'h{mask:016x}"), "iterations that are classified");
    out.number("HEADS", design.model.heads.len(), "classification weights, for each of them");
    out.number("SETS", net.set_count(), "weight sets");
    let sets = (0..iterations).map(|n| net.set_of(n) as i64).collect();
    out.table("SET_OF", 6, sets, "weight set of each iteration");
    out.number("SYMMETRIC", u8::from(net.pixels == PixelDomain::Symmetric), "pixels of -255...255");
    out.number("POOLED", u8::from(design.plan.pool_words() > 0), "finer scales go into coarser ones");
}

fn formats(out: &mut Parameters, design: &Design, tables: &Tables) {
    let (bits, model) = (&design.plan.bits, &design.model);
    out.section("formats: bits", "");
    out.number("AS", bits.act_state, "a state");
    out.number("YB", tables.lane_bits, "an expand output");
    out.number("AD", bits.act_depthwise, "a depthwise output");
    out.number("RB", bits.residual(), "a sum of project and residual");
    out.number("LB", bits.act_logit, "a logit");
    out.number("MARGIN_SHIFT", model.confidence_shift, "of the confidence");
    out.number("AFFINE_BIAS_BITS", design.widths.affine.bias, "an offset of batch norm");
    out.bits("AFFINE_SHIFT", 5, &format!("5'd{}", model.affine[0][0].shift), "of batch norm");
    out.bits("MID_SHIFT", 3, &format!("3'd{}", model.mid_shift), "of the state between blocks");
}

fn arrays(out: &mut Parameters, design: &Design) {
    let (plan, model) = (&design.plan, &design.model);
    let (net, fold) = (&plan.net, &plan.folding.arrays);
    out.section(
        "arrays",
        "pixels; requantisation and products in LUTs, pairs; bits of bias, accumulator, weight; drain, lanes, rows",
    );
    out.array("EXPAND", Array::Expand, design);
    out.array("DEPTHWISE", Array::Depthwise, design);
    out.array("PROJECT", Array::Project, design);
    out.array("CLASSIFY", Array::Classify, design);
    let digits = plan.data_digits.iter().any(|&count| count > 1);
    out.number("DIGITS", u8::from(digits), "weights of data-block layers are cut into digits");

    out.section(
        "jobs",
        "clamp, shift; first words of constants and weights; words of a digit, words, period, groups: less one",
    );
    let data = model.data.iter().enumerate().map(|(j, layer)| {
        let entry = Entry::new(plan.data_jobs[j], &layer.requant, format!("data layer {j}"));
        Entry { digit_words: plan.data_jobs[j].words / plan.data_digits[j], ..entry }
    });
    let blocks = || {
        model.blocks.iter().enumerate().flat_map(move |(set, scales)| {
            scales.iter().enumerate().flat_map(move |(l, blocks)| {
                blocks.iter().enumerate().map(move |(k, block)| {
                    let of = if net.set_count() > 1 { format!("set {set} ") } else { String::new() };
                    (l, k, block, format!("{of}scale {l} block {k}"))
                })
            })
        })
    };
    let expand_jobs =
        data.chain(blocks().map(|(l, k, block, what)| Entry::new(plan.expand_jobs[l][k], &block.expand.requant, what)));
    out.jobs("EXPAND_JOBS", &placed(expand_jobs.collect(), fold.expand.beats()));
    let depthwise_jobs = blocks().map(|(l, k, block, what)| {
        let job = Job { groups: plan.depthwise_groups[l][k], period: 9, words: 9 };
        Entry::new(job, &block.depthwise.requant, what)
    });
    out.jobs("DEPTHWISE_JOBS", &placed(depthwise_jobs.collect(), fold.depthwise.beats()));
    let project_jobs =
        blocks().map(|(l, k, block, what)| Entry::new(plan.project_jobs[l][k], &block.project.requant, what));
    out.jobs("PROJECT_JOBS", &placed(project_jobs.collect(), fold.project.beats()));
    let heads = model.heads.iter().zip(&net.outputs).flat_map(|(scales, output)| {
        let entry = move |(l, layer): (usize, &hwgen_quantize::Layer)| {
            Entry::new(plan.classify_job, &layer.requant, format!("output {output} scale {l}"))
        };
        scales.iter().enumerate().map(entry)
    });
    out.jobs("CLASSIFY_JOBS", &placed(heads.collect(), fold.classify.rows));
}

fn maps(out: &mut Parameters, design: &Design, tables: &Tables) {
    let (plan, net) = (&design.plan, &design.plan.net);
    let (scales, layers) = (net.scales as usize, net.data_layers());
    let i64s = |values: &[usize]| -> Vec<i64> { values.iter().map(|&v| v as i64).collect() };
    let sides = |sizes: &[hwgen_network::Size]| -> [Vec<i64>; 2] {
        [sizes.iter().map(|m| i64::from(m.width)).collect(), sizes.iter().map(|m| i64::from(m.height)).collect()]
    };
    let [map_w, map_h] = sides(&(0..scales).map(|l| net.scale(l)).collect::<Vec<_>>());
    let [data_w, data_h] =
        sides(&std::iter::once(net.image).chain((0..layers).map(|j| net.data_size(j))).collect::<Vec<_>>());
    out.section("maps, and their places in the memories", "");
    out.table("MAP_W", 13, map_w, "maps of the scales");
    out.table("MAP_H", 13, map_h, "their heights");
    out.table("DATA_W", 13, data_w, "image and data-block maps");
    out.table("DATA_H", 13, data_h, "their heights");
    out.number("LINE_WORDS", tables.line_words, "line memory");
    let line_slots: Vec<usize> = (0..layers).map(|j| plan.line_slots(j)).collect();
    out.table("LINE_SLOTS", 16, i64s(&line_slots), "spans of pixels of the ring before each data-block layer");
    out.table("LINE_BASE", address(tables.line_words), i64s(&tables.line_base), "its first word");
    out.number("STATE_WORDS", tables.state_words, "state memory");
    out.table("STATE_BASE", address(tables.state_words), i64s(&tables.state_base), "first word of each scale");
    let passes = (0..scales).flat_map(|l| (0..net.blocks).map(move |_| plan.spans(l).pixels()));
    out.table("PASS_OFFSET", 24, i64s(&bases(passes).0), "spans written in an iteration before each pass");
    out.number("LOGIT_WORDS", tables.logit_words, "logit memory");
    out.table("LOGIT_BASE", 24, i64s(&tables.logit_base), "first word of each scale's logits");
    out.number("UP_WORDS", tables.up_words, "memory of logits on their way up");
    out.table("UP_BASE", 24, i64s(&tables.up_base), "of the logits of scale k brought to scale s, at s*L + k");
}

fn memories(out: &mut Parameters, design: &Design) {
    let (plan, mapping) = (&design.plan, &design.mapping);
    out.section("rings and slots", "small memories: of up to so many words they are LUT RAM");
    out.number("OPERAND_SLOT", plan.slot_words, "words of an input vector of the expand array");
    out.number("RING_SLOTS", plan.ring_slots, "spans of the depthwise ring");
    out.number("RING_SLOT", plan.ring_slot_words, "words of one");
    out.number("VECTOR_SLOTS", plan.vector_slots, "spans between depthwise and project unit");
    out.number("VECTOR_SLOT", plan.vector_slot_words, "words of one");
    out.number("QUEUE_SLOTS", plan.queue_slots, "spans of the classification ring");
    out.number("RESIDUALS", plan.residuals, "words that wait for the residual addition");
    let mut lut_depth = |name, memory, what| {
        let depth = if mapping.lut_memories.has(memory) { MOST_LUT_RAM_WORDS } else { LUT_RAM_WORDS };
        out.number(name, depth, what);
    };
    lut_depth("PATCH_LINES_LUT_DEPTH", SmallMemory::PatchLines, "rows of pixels before the first convolution");
    lut_depth("OPERANDS_LUT_DEPTH", SmallMemory::Operands, "input vectors of the expand array");
    lut_depth("RESIDUALS_LUT_DEPTH", SmallMemory::Residuals, "states that wait for what is added to them");
    lut_depth("VECTORS_LUT_DEPTH", SmallMemory::Vectors, "output vectors of the depthwise array");
    lut_depth("MAPS_LUT_DEPTH", SmallMemory::Maps, "maps of logits on their way to scale 0");
    lut_depth("SUMS_LUT_DEPTH", SmallMemory::Sums, "rows of sums of logits");
    lut_depth("CONSTANTS_LUT_DEPTH", SmallMemory::Constants, "constants behind the project and classification arrays");
    out.number("SHARED_LINES", u8::from(mapping.shared_lines), "lines and ring in the same block RAMs");
    if plan.beat > 1 {
        out.section("video streams", "");
        out.number("BEAT", plan.beat, "pixels of a beat");
    }
}

fn feedback(out: &mut Parameters, design: &Design) {
    let plan = &design.plan;
    out.section("state between iterations", "");
    let (kind, what) = match plan.feedback {
        Feedback::Onchip => ("ONCHIP", "nothing leaves"),
        Feedback::Stream => ("STREAM", "scale 0 leaves on m_axis_fb"),
        Feedback::Axi(_) => ("DRAM", "scale 0 leaves on m_axi_fb"),
    };
    out.number("FEEDBACK", format!("hwg_pkg::{kind}"), what);
    if plan.feedback.leaves() {
        out.number("FEEDBACK_DEPTH", plan.feedback_depth, "words on their way back");
    }
    if let Some(ring) = plan.axi_ring() {
        out.number("AXI_BITS", ring.data_bits, "of a beat");
        out.number("AXI_BEATS", ring.region_beats(), "of the region in DRAM");
    }
}

/// The package version as 0x00MMmmpp.
pub fn version() -> u32 {
    env!("CARGO_PKG_VERSION").split('.').fold(0, |word, part| word << 8 | part.parse::<u32>().unwrap_or(0))
}

fn address(words: usize) -> usize {
    clog2(words).max(1)
}
