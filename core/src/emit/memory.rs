//! Memory files: weights in the order in which the arrays issue them, constants in the order of the drains.

use hwgen_quantize::{Layer, Requant};

use super::hex;
use super::pack::Word;
use super::tables::Tables;
use crate::design::Design;
use crate::device::BLOCK_WORDS;
use crate::widths::MULTIPLIER_BITS;

/// One `$readmemh` file.
pub struct MemoryFile {
    /// Name without folder and ending.
    pub name: String,
    /// Instance that reads it, below the top.
    pub instance: String,
    /// What it holds.
    pub layer: String,
    /// Bits of a word.
    pub width: usize,
    /// The words, in the order of their addresses.
    pub words: Vec<Word>,
}

impl MemoryFile {
    /// Path in the emitted folder.
    pub fn path(&self) -> String {
        format!("mem/{}.hex", self.name)
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
                line.append(self.words.get(at), self.width);
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
    let tables = Tables::new(design);
    let mut files = vec![expand_weights(design), expand_constants(design, &tables)];
    files.extend(depthwise(design));
    files.extend(project(design, &tables));
    files.push(affine(design, &tables));
    files.extend(classify(design));
    files
}

/// A constant word: `{bias, mul}` for each lane.
fn constants(lanes: impl Iterator<Item = Option<usize>>, requant: &Requant, bias_bits: usize) -> Word {
    let mut word = Word::default();
    for channel in lanes {
        let at = channel.filter(|&c| c < requant.mul.len());
        word.push(at.map_or(0, |c| i64::from(requant.mul[c])), MULTIPLIER_BITS);
        word.push(at.map_or(0, |c| requant.bias[c]), bias_bits);
    }
    word
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

/// Weights of an array, whose words are those of all rows, row 0 lowest.
fn array_weights(name: &str, layer: &str, width: usize) -> MemoryFile {
    MemoryFile {
        name: name.into(),
        instance: format!("u_core.u_{name}.u_array.u_weights"),
        layer: layer.into(),
        width,
        words: Vec::new(),
    }
}

fn expand_weights(design: &Design) -> MemoryFile {
    let (plan, model) = (&design.plan, &design.model);
    let (fold, f) = (&plan.folding, plan.net.width as usize);
    let bits = plan.bits.expand as usize;
    let lanes = fold.arrays.expand.lanes;
    let mut file = array_weights("expand", "data block and expand", fold.arrays.expand.rows * lanes * bits);
    let mut layer_words = |layer: &Layer,
                           groups: usize,
                           digits: usize,
                           inputs: &dyn Fn(usize, usize) -> Option<(usize, usize)>,
                           words: usize| {
        for group in 0..groups {
            for index in 0..digits {
                for word in 0..words {
                    let mut text = Word::default();
                    for output in group * fold.arrays.expand.rows..(group + 1) * fold.arrays.expand.rows {
                        for lane in 0..lanes {
                            let value = inputs(word, lane).map_or(0, |(input, tap)| weight(layer, output, input, tap));
                            text.push(digit(value, index, digits, bits), bits);
                        }
                    }
                    file.words.push(text);
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
    for set in &model.blocks {
        for (l, scale) in set.iter().enumerate() {
            for (k, block) in scale.iter().enumerate() {
                let job = plan.expand_jobs[l][k];
                let inputs = |word: usize, lane: usize| {
                    let channel = word % plan.state_words * lanes + lane;
                    (channel < f).then_some((word / plan.state_words * f + channel, 0))
                };
                layer_words(&block.expand, job.groups, 1, &inputs, job.words);
            }
        }
    }
    file
}

fn expand_constants(design: &Design, tables: &Tables) -> MemoryFile {
    let (plan, model) = (&design.plan, &design.model);
    let fold = &plan.folding;
    let (lanes, bias) = (fold.arrays.expand.drain, design.widths.arrays.expand.bias);
    let mut words = Vec::new();
    let layers = model.data.iter().chain(model.blocks.iter().flatten().flatten().map(|block| &block.expand));
    for (layer, job) in layers.zip(&tables.expand) {
        for beat in 0..job.groups * fold.arrays.expand.rows / lanes {
            words.push(constants((0..lanes).map(|lane| Some(beat * lanes + lane)), &layer.requant, bias));
        }
    }
    MemoryFile {
        name: "expand_requant".into(),
        instance: "u_core.u_expand.u_tail.u_requant.u_constants".into(),
        layer: "data block and expand, requantisation".into(),
        width: lanes * (bias + MULTIPLIER_BITS),
        words,
    }
}

fn depthwise(design: &Design) -> [MemoryFile; 2] {
    let plan = &design.plan;
    let fold = &plan.folding;
    let (lanes, drain) = (fold.arrays.depthwise.rows, fold.arrays.depthwise.drain);
    let bits = plan.bits.depthwise as usize;
    let bias = design.widths.arrays.depthwise.bias;
    let (mut weights, mut requants) = (Vec::new(), Vec::new());
    for (l, k, block) in design.model.blocks.iter().flat_map(|set| {
        set.iter().enumerate().flat_map(|(l, scale)| scale.iter().enumerate().map(move |(k, block)| (l, k, block)))
    }) {
        for group in 0..plan.depthwise_groups[l][k] {
            for tap in 0..9 {
                let mut word = Word::default();
                for lane in 0..lanes {
                    word.push(weight(&block.depthwise, group * lanes + lane, 0, tap), bits);
                }
                weights.push(word);
            }
            for beat in 0..lanes / drain {
                let first = group * lanes + beat * drain;
                requants.push(constants((first..first + drain).map(Some), &block.depthwise.requant, bias));
            }
        }
    }
    [
        MemoryFile {
            name: "depthwise".into(),
            instance: "u_core.u_depthwise.u_weights".into(),
            layer: "depthwise".into(),
            width: lanes * bits,
            words: weights,
        },
        MemoryFile {
            name: "depthwise_requant".into(),
            instance: "u_core.u_depthwise.u_tail.u_requant.u_constants".into(),
            layer: "depthwise, requantisation".into(),
            width: drain * (bias + MULTIPLIER_BITS),
            words: requants,
        },
    ]
}

fn project(design: &Design, tables: &Tables) -> [MemoryFile; 2] {
    let plan = &design.plan;
    let fold = &plan.folding;
    let bits = plan.bits.project as usize;
    let lanes = fold.arrays.project.lanes;
    let bias = design.widths.arrays.project.bias;
    let mut file = array_weights("project", "project", fold.arrays.project.rows * lanes * bits);
    let mut requants = Vec::new();
    for set in &design.model.blocks {
        for (l, scale) in set.iter().enumerate() {
            for (k, block) in scale.iter().enumerate() {
                let job = plan.project_jobs[l][k];
                for group in 0..job.groups {
                    for word in 0..job.words {
                        let mut text = Word::default();
                        for output in group * fold.arrays.project.rows..(group + 1) * fold.arrays.project.rows {
                            for lane in 0..lanes {
                                text.push(weight(&block.project, output, word * lanes + lane, 0), bits);
                            }
                        }
                        file.words.push(text);
                    }
                }
                for beat in 0..tables.affine_row {
                    let first = beat * fold.arrays.project.drain;
                    requants.push(constants(
                        (first..first + fold.arrays.project.drain).map(Some),
                        &block.project.requant,
                        bias,
                    ));
                }
            }
        }
    }
    let constants = MemoryFile {
        name: "project_requant".into(),
        instance: "u_core.u_project.u_tail.u_requant.u_constants".into(),
        layer: "project, requantisation".into(),
        width: fold.arrays.project.drain * (bias + MULTIPLIER_BITS),
        words: requants,
    };
    [file, constants]
}

/// Batch norm of each iteration and scale; with several blocks a last row scales the intermediate state.
fn affine(design: &Design, tables: &Tables) -> MemoryFile {
    let (plan, model) = (&design.plan, &design.model);
    let drain = plan.folding.arrays.project.drain;
    let bias = design.widths.affine.bias;
    let f = plan.net.width as usize;
    let mut words = Vec::new();
    let mut row = |requant: &Requant| {
        for beat in 0..tables.affine_row {
            words.push(constants((beat * drain..(beat + 1) * drain).map(Some), requant, bias));
        }
    };
    for requant in model.affine.iter().flatten() {
        row(requant);
    }
    if plan.net.blocks > 1 {
        let shift = model.affine[0][0].shift;
        row(&Requant {
            mul: vec![1 << (shift - 2 - model.mid_shift); f],
            bias: vec![0; f],
            ..model.affine[0][0].clone()
        });
    }
    MemoryFile {
        name: "affine".into(),
        instance: "u_core.u_state.u_affine.u_constants".into(),
        layer: "batch norm of every iteration and scale".into(),
        width: drain * (bias + MULTIPLIER_BITS),
        words,
    }
}

fn classify(design: &Design) -> [MemoryFile; 2] {
    let plan = &design.plan;
    let fold = &plan.folding;
    let bits = plan.bits.head as usize;
    let lanes = fold.arrays.classify.lanes;
    let bias = design.widths.arrays.classify.bias;
    let mut file = array_weights("classify", "classification", fold.arrays.classify.rows * lanes * bits);
    let mut requants = Vec::new();
    for layer in design.model.heads.iter().flatten() {
        for group in 0..plan.classify_job.groups {
            for tap in 0..9 {
                for part in 0..plan.class_words {
                    let mut text = Word::default();
                    for output in group * fold.arrays.classify.rows..(group + 1) * fold.arrays.classify.rows {
                        for lane in 0..lanes {
                            text.push(weight(layer, output, part * lanes + lane, tap), bits);
                        }
                    }
                    file.words.push(text);
                }
            }
        }
        for class in 0..plan.classify_job.groups * fold.arrays.classify.rows {
            requants.push(constants(std::iter::once(Some(class)), &layer.requant, bias));
        }
    }
    let constants = MemoryFile {
        name: "classify_requant".into(),
        instance: "u_core.u_classify.u_tail.u_requant.u_constants".into(),
        layer: "classification, requantisation".into(),
        width: bias + MULTIPLIER_BITS,
        words: requants,
    };
    [file, constants]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_deep_memory_stand_side_by_side() {
        let words = (0..BLOCK_WORDS + 2)
            .map(|at| {
                let mut word = Word::default();
                word.push(at as i64, 6);
                word
            })
            .collect();
        let file = MemoryFile { name: String::new(), instance: String::new(), layer: String::new(), width: 6, words };
        let text = file.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), BLOCK_WORDS);
        assert_eq!(lines[0], "000"); // words 0 and 512: their low six bits
        assert_eq!(lines[1], "041"); // words 1 and 513
        assert_eq!(lines[2], "002"); // word 2, and none
        assert_eq!(file.varying(), 7); // of word 512 + n the lowest bit alone
    }
}
