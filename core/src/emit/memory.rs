//! Memory files: weights in the order in which the arrays issue them, constants in the order of the drains.

use hwgen_quantize::{Block, Layer, Requant};

use super::hex;
use super::pack::Word;
use crate::array::{Array, Shape};
use crate::block_ram::BLOCK_WORDS;
use crate::design::Design;
use crate::memory::{Memory, MemoryId};
use crate::widths::MULTIPLIER_BITS;

/// One `$readmemh` file.
pub struct MemoryFile {
    /// The memory.
    pub memory: Memory,
    /// Instance that reads it, below the top.
    pub instance: &'static str,
    /// What it holds.
    pub layer: &'static str,
    /// The words, in the order of their addresses.
    words: Vec<Word>,
}

impl MemoryFile {
    /// Path in the emitted folder.
    pub fn path(&self) -> String {
        format!("mem/{}.hex", self.memory.id.name())
    }

    /// The file: as `hwg_rom` has them, words a block RAM's depth apart stand side by side in a line, the first lowest.
    /// It ends in a newline (some tools drop a last word without one).
    pub fn text(&self) -> String {
        self.lines().fold(String::new(), |mut text, line| {
            text.push_str(&line.hex());
            text.push('\n');
            text
        })
    }

    /// The lines of the file: words [`BLOCK_WORDS`] apart side by side, the first lowest.
    fn lines(&self) -> impl Iterator<Item = Word> {
        let lines = self.words.len().min(BLOCK_WORDS);
        (0..lines).map(move |first| {
            let mut line = Word::default();
            for at in (first..self.words.len().next_multiple_of(lines)).step_by(lines) {
                line.append(self.words.get(at), self.memory.width);
            }
            line
        })
    }

    /// Bits of a line that are not the same in all lines.
    pub fn varying(&self) -> usize {
        let mut lines = self.lines();
        let Some(first) = lines.next() else { return 0 };
        let mut varies = vec![false; first.bits().len()];
        for line in lines {
            for (varies, (bit, of_first)) in varies.iter_mut().zip(line.bits().iter().zip(first.bits())) {
                *varies |= bit != of_first;
            }
        }
        varies.into_iter().filter(|&varies| varies).count()
    }

    /// SHA-256 of the file.
    pub fn hash(&self) -> String {
        hex(self.text().as_bytes())
    }
}

/// All memory files of a design.
pub fn memories(design: &Design) -> Vec<MemoryFile> {
    let file = |memory: Memory| {
        let (instance, layer) = memory.id.rom()?;
        let words = words(design, memory.id);
        debug_assert_eq!(words.len(), memory.depth, "words of {}", memory.id.name());
        debug_assert!(words.iter().all(|word| word.bits().len() == memory.width), "bits of {}", memory.id.name());
        Some(MemoryFile { memory, instance, layer, words })
    };
    design.memories().into_iter().filter_map(file).collect()
}

/// The words of a ROM, none of another memory.
fn words(design: &Design, id: MemoryId) -> Vec<Word> {
    match id {
        MemoryId::Weights(Array::Expand) => expand_weights(design),
        MemoryId::Weights(Array::Depthwise) => depthwise_weights(design),
        MemoryId::Weights(Array::Project) => project_weights(design),
        MemoryId::Weights(Array::Classify) => classify_weights(design),
        MemoryId::Constants(Array::Expand) => expand_constants(design),
        MemoryId::Constants(Array::Depthwise) => depthwise_constants(design),
        MemoryId::Constants(Array::Project) => project_constants(design),
        MemoryId::Constants(Array::Classify) => classify_constants(design),
        MemoryId::Affine => affine(design),
        _ => Vec::new(),
    }
}

/// Every block of every weight set, in the order of the passes: set, scale, block.
fn blocks(design: &Design) -> impl Iterator<Item = (usize, usize, &Block)> {
    design.model.blocks.iter().flat_map(|set| {
        set.iter().enumerate().flat_map(|(l, scale)| scale.iter().enumerate().map(move |(k, block)| (l, k, block)))
    })
}

/// Weight `(output, input, tap)` of a layer, 0 outside it.
fn weight(layer: &Layer, output: usize, input: usize, tap: usize) -> i64 {
    if output < layer.outputs && input < layer.inputs {
        i64::from(layer.weights[(output * layer.inputs + input) * layer.taps + tap])
    } else {
        0
    }
}

/// Digit `index` (0 is the top one) of `count` digits of `width` bits; lower digits are offset-binary.
fn digit(value: i64, index: usize, count: usize, width: usize) -> i64 {
    let shifted = value >> ((count - 1 - index) * width);
    if index == 0 { shifted } else { (shifted & ((1 << width) - 1)) - (1 << (width - 1)) }
}

fn expand_weights(design: &Design) -> Vec<Word> {
    let (plan, model) = (&design.plan, &design.model);
    let (shape, f) = (&plan.folding.arrays.expand, plan.net.width as usize);
    let bits = plan.bits.expand as usize;
    let lanes = shape.lanes;
    let mut all = Vec::new();
    let mut layer_words = |layer: &Layer,
                           groups: usize,
                           digits: usize,
                           inputs: &dyn Fn(usize, usize) -> Option<(usize, usize)>,
                           words: usize| {
        for group in 0..groups {
            for index in 0..digits {
                for word in 0..words {
                    all.push(row_words(shape, group, bits, |output, lane| {
                        let value = inputs(word, lane).map_or(0, |(input, tap)| weight(layer, output, input, tap));
                        digit(value, index, digits, bits)
                    }));
                }
            }
        }
    };
    for (j, layer) in model.data.iter().enumerate() {
        let (job, digits) = (plan.data_jobs[j], plan.data_digits[j]);
        let words = job.words / digits;
        let inputs = |word: usize, lane: usize| {
            if j == 0 {
                let value = word * lanes + lane;
                (value < 27).then_some((value % 3, value / 3))
            } else {
                let channel = word % plan.state_words * lanes + lane;
                (channel < f).then_some((channel, word / plan.state_words))
            }
        };
        layer_words(layer, job.groups, digits, &inputs, words);
    }
    for (l, k, block) in blocks(design) {
        let job = plan.expand_jobs[l][k];
        let inputs = |word: usize, lane: usize| {
            let channel = word % plan.state_words * lanes + lane;
            (channel < f).then_some((word / plan.state_words * f + channel, 0))
        };
        layer_words(&block.expand, job.groups, 1, &inputs, job.words);
    }
    all
}

fn depthwise_weights(design: &Design) -> Vec<Word> {
    let (lanes, bits) = (design.plan.folding.arrays.depthwise.rows, design.plan.bits.depthwise as usize);
    let mut all = Vec::new();
    for (l, k, block) in blocks(design) {
        for (group, tap) in
            (0..design.plan.depthwise_groups[l][k]).flat_map(|group| (0..9).map(move |tap| (group, tap)))
        {
            let mut word = Word::default();
            for lane in 0..lanes {
                word.push(weight(&block.depthwise, group * lanes + lane, 0, tap), bits);
            }
            all.push(word);
        }
    }
    all
}

fn project_weights(design: &Design) -> Vec<Word> {
    let (shape, bits) = (&design.plan.folding.arrays.project, design.plan.bits.project as usize);
    let mut all = Vec::new();
    for (l, k, block) in blocks(design) {
        let job = design.plan.project_jobs[l][k];
        for (group, word) in (0..job.groups).flat_map(|group| (0..job.words).map(move |word| (group, word))) {
            all.push(row_words(shape, group, bits, |output, lane| {
                weight(&block.project, output, word * shape.lanes + lane, 0)
            }));
        }
    }
    all
}

fn classify_weights(design: &Design) -> Vec<Word> {
    let plan = &design.plan;
    let (shape, bits) = (&plan.folding.arrays.classify, plan.bits.head as usize);
    let mut all = Vec::new();
    for layer in design.model.heads.iter().flatten() {
        // with several pixels a job the taps of a word follow each other
        let parts = plan.class_words;
        for group in 0..plan.classify_job.groups {
            for word in 0..9 * parts {
                let (tap, part) =
                    if plan.folding.pixels() > 1 { (word % 9, word / 9) } else { (word / parts, word % parts) };
                all.push(row_words(shape, group, bits, |output, lane| {
                    weight(layer, output, part * shape.lanes + lane, tap)
                }));
            }
        }
    }
    all
}

/// A word with the weights of all rows of an array for a group of outputs, row 0 lowest.
fn row_words(shape: &Shape, group: usize, bits: usize, weight: impl Fn(usize, usize) -> i64) -> Word {
    let mut word = Word::default();
    for output in group * shape.rows..(group + 1) * shape.rows {
        for lane in 0..shape.lanes {
            word.push(weight(output, lane), bits);
        }
    }
    word
}

/// A word for each beat of a pixel: `{bias, mul}` of as many channels as are drained in a cycle; 0 beyond the last one.
fn constants(requant: &Requant, beats: usize, drain: usize, bias_bits: usize) -> impl Iterator<Item = Word> {
    (0..beats).map(move |beat| {
        let mut word = Word::default();
        for channel in beat * drain..(beat + 1) * drain {
            let value = |at: Option<&i64>| at.copied().unwrap_or(0);
            word.push(requant.mul.get(channel).map_or(0, |&mul| i64::from(mul)), MULTIPLIER_BITS);
            word.push(value(requant.bias.get(channel)), bias_bits);
        }
        word
    })
}

/// Constants of the layers that run on an array, with the groups of each.
fn array_constants<'a>(design: &Design, array: Array, layers: impl Iterator<Item = (usize, &'a Requant)>) -> Vec<Word> {
    let (shape, bias) = (&design.plan.folding.arrays[array], design.widths.arrays[array].bias);
    layers.flat_map(|(groups, requant)| constants(requant, groups * shape.beats(), shape.drain, bias)).collect()
}

fn expand_constants(design: &Design) -> Vec<Word> {
    let plan = &design.plan;
    let data = design.model.data.iter().zip(&plan.data_jobs).map(|(layer, job)| (job.groups, &layer.requant));
    let expand = blocks(design).map(|(l, k, block)| (plan.expand_jobs[l][k].groups, &block.expand.requant));
    array_constants(design, Array::Expand, data.chain(expand))
}

fn depthwise_constants(design: &Design) -> Vec<Word> {
    let layers = blocks(design).map(|(l, k, block)| (design.plan.depthwise_groups[l][k], &block.depthwise.requant));
    array_constants(design, Array::Depthwise, layers)
}

fn project_constants(design: &Design) -> Vec<Word> {
    let layers = blocks(design).map(|(l, k, block)| (design.plan.project_jobs[l][k].groups, &block.project.requant));
    array_constants(design, Array::Project, layers)
}

fn classify_constants(design: &Design) -> Vec<Word> {
    let layers = design.model.heads.iter().flatten();
    array_constants(design, Array::Classify, layers.map(|layer| (design.plan.classify_job.groups, &layer.requant)))
}

/// Batch norm of each iteration and scale; with several blocks a last row scales the intermediate state.
fn affine(design: &Design) -> Vec<Word> {
    let (plan, model) = (&design.plan, &design.model);
    let (drain, bias) = (plan.folding.arrays.project.drain, design.widths.affine.bias);
    let row = |requant: &Requant| constants(requant, plan.state_beats(), drain, bias).collect::<Vec<_>>();
    let mut words: Vec<Word> = model.affine.iter().flatten().flat_map(row).collect();
    if plan.net.blocks > 1 {
        let (channels, first) = (plan.net.width as usize, &model.affine[0][0]);
        let mul = vec![1 << (first.shift - 2 - model.mid_shift); channels];
        words.extend(row(&Requant { mul, bias: vec![0; channels], ..first.clone() }));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::tables::Tables;
    use super::*;
    use crate::design::Options;
    use crate::feedback::Feedback;
    use crate::memory::{Protection, entry};
    use hwgen_network::Preset;
    use hwgen_quantize::{Bits, Model};

    #[test]
    fn words_of_a_deep_memory_stand_side_by_side() {
        let words = (0..BLOCK_WORDS + 2)
            .map(|at| {
                let mut word = Word::default();
                word.push(at as i64, 6);
                word
            })
            .collect();
        let id = MemoryId::Affine;
        let memory = Memory { id, width: 6, depth: BLOCK_WORDS + 2, protection: Protection::None, varying: None };
        let file = MemoryFile { memory, instance: "", layer: "", words };
        let text = file.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), BLOCK_WORDS);
        assert_eq!(lines[0], "000"); // words 0 and 512: their low six bits
        assert_eq!(lines[1], "041"); // words 1 and 513
        assert_eq!(lines[2], "002"); // word 2, and none
        assert_eq!(file.varying(), 7); // of word 512 + n the lowest bit alone
    }

    #[test]
    fn the_top_has_the_depths_of_the_inventory() {
        let model = Model::random(&Preset::Tiny.description(), &Bits::default(), 1);
        for feedback in [Feedback::Onchip, Feedback::Stream] {
            let design = Design::new(&model, &Options { feedback, ..Options::default() }).expect("a core");
            let (tables, memories) = (Tables::new(&design), design.memories());
            let depth = |id| entry(&memories, id).depth;
            assert_eq!(tables.state_words, depth(MemoryId::State));
            assert_eq!(tables.line_words, depth(MemoryId::Lines));
            assert_eq!(tables.logit_words, depth(MemoryId::Logits));
            assert_eq!(tables.up_words, depth(MemoryId::Maps).max(1));
        }
    }
}
