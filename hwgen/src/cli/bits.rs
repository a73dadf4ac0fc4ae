//! Bit widths from flags and from the `bits` section of a configuration file.
//!
//! ```yaml
//! bits:
//!   weights: 4        # all weights but the first convolution's
//!   activations: 8    # all activations but the logits
//!   stem: 8           # first convolution; 8 unless told
//!   depthwise: 6      # each kind by itself: data, expand, depthwise, project, head,
//!   act_state: 7      # act_data, act_state, act_expand, act_depthwise, act_logit
//! ```

use hwgen_network::yaml::Document;
use hwgen_quantize::Bits;
use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

/// A bit width that no format has.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} is {got} bits, wanted {lo}…{hi}")]
#[diagnostic(code(hwgen::cli::bits_range), help("set `{field}` ({flag}) to {lo}…{hi}"))]
pub struct BitsProblem {
    what: &'static str,
    field: String,
    flag: &'static str,
    got: u32,
    lo: u32,
    hi: u32,
    /// Where it was written, if in a file.
    #[label("set here")]
    pub span: Option<SourceSpan>,
}

impl BitsProblem {
    /// The field's path in a configuration file.
    pub fn field(&self) -> &str {
        &self.field
    }
}

/// Bit widths, each kind by itself or in groups.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Bit widths")]
#[allow(clippy::struct_field_names, reason = "the names are the flags")]
pub struct BitsArgs {
    /// All weights but the first convolution's, 2…8 [default: 4].
    #[arg(long, value_name = "B")]
    weight_bits: Option<u32>,
    /// All activations but the logits, 4…8 [default: 8].
    #[arg(long, value_name = "A")]
    act_bits: Option<u32>,
    /// Weights of the first convolution, 2…8 [default: 8, whatever --weight-bits says].
    #[arg(long, value_name = "B")]
    stem_bits: Option<u32>,
    /// Weights of the other data-block convolutions, 2…8.
    #[arg(long, value_name = "B")]
    data_bits: Option<u32>,
    /// Weights of the expand layers, 2…8.
    #[arg(long, value_name = "B")]
    expand_bits: Option<u32>,
    /// Weights of the depthwise layers, 2…8.
    #[arg(long, value_name = "B")]
    depthwise_bits: Option<u32>,
    /// Weights of the project layers, 2…8.
    #[arg(long, value_name = "B")]
    project_bits: Option<u32>,
    /// Weights of the classification layers, 2…8.
    #[arg(long, value_name = "B")]
    head_bits: Option<u32>,
    /// ReLU6 outputs inside the data block, 4…8.
    #[arg(long, value_name = "A")]
    act_data_bits: Option<u32>,
    /// States, 4…8.
    #[arg(long, value_name = "A")]
    act_state_bits: Option<u32>,
    /// ReLU6 outputs of expand, 4…8.
    #[arg(long, value_name = "A")]
    act_expand_bits: Option<u32>,
    /// ReLU6 outputs of depthwise, 4…8.
    #[arg(long, value_name = "A")]
    act_depthwise_bits: Option<u32>,
    /// Logits, 8…16 [default: 12].
    #[arg(long, value_name = "A")]
    act_logit_bits: Option<u32>,
}

/// What one row of the table below needs to know of a bit width.
struct Kind {
    what: &'static str,
    field: &'static str,
    flag: &'static str,
    range: (u32, u32),
    argument: fn(&mut BitsArgs) -> &mut Option<u32>,
    /// Widths that it sets.
    targets: &'static [fn(&mut Bits) -> &mut u32],
}

const WEIGHTS: (u32, u32) = (2, 8);
const ACTIVATIONS: (u32, u32) = (4, 8);

/// Groups first, so that a kind by itself wins over its group.
const KINDS: [Kind; 13] = [
    Kind {
        what: "the width of all weights",
        field: "weights",
        flag: "--weight-bits",
        range: WEIGHTS,
        argument: |a| &mut a.weight_bits,
        targets: &[|b| &mut b.data, |b| &mut b.expand, |b| &mut b.depthwise, |b| &mut b.project, |b| &mut b.head],
    },
    Kind {
        what: "the width of all activations",
        field: "activations",
        flag: "--act-bits",
        range: ACTIVATIONS,
        argument: |a| &mut a.act_bits,
        targets: &[|b| &mut b.act_data, |b| &mut b.act_state, |b| &mut b.act_expand, |b| &mut b.act_depthwise],
    },
    Kind {
        what: "the width of the first convolution's weights",
        field: "stem",
        flag: "--stem-bits",
        range: WEIGHTS,
        argument: |a| &mut a.stem_bits,
        targets: &[|b| &mut b.stem],
    },
    Kind {
        what: "the width of the data block's weights",
        field: "data",
        flag: "--data-bits",
        range: WEIGHTS,
        argument: |a| &mut a.data_bits,
        targets: &[|b| &mut b.data],
    },
    Kind {
        what: "the width of the expand weights",
        field: "expand",
        flag: "--expand-bits",
        range: WEIGHTS,
        argument: |a| &mut a.expand_bits,
        targets: &[|b| &mut b.expand],
    },
    Kind {
        what: "the width of the depthwise weights",
        field: "depthwise",
        flag: "--depthwise-bits",
        range: WEIGHTS,
        argument: |a| &mut a.depthwise_bits,
        targets: &[|b| &mut b.depthwise],
    },
    Kind {
        what: "the width of the project weights",
        field: "project",
        flag: "--project-bits",
        range: WEIGHTS,
        argument: |a| &mut a.project_bits,
        targets: &[|b| &mut b.project],
    },
    Kind {
        what: "the width of the classification weights",
        field: "head",
        flag: "--head-bits",
        range: WEIGHTS,
        argument: |a| &mut a.head_bits,
        targets: &[|b| &mut b.head],
    },
    Kind {
        what: "the width of the data block's activations",
        field: "act_data",
        flag: "--act-data-bits",
        range: ACTIVATIONS,
        argument: |a| &mut a.act_data_bits,
        targets: &[|b| &mut b.act_data],
    },
    Kind {
        what: "the width of the states",
        field: "act_state",
        flag: "--act-state-bits",
        range: ACTIVATIONS,
        argument: |a| &mut a.act_state_bits,
        targets: &[|b| &mut b.act_state],
    },
    Kind {
        what: "the width of the expand outputs",
        field: "act_expand",
        flag: "--act-expand-bits",
        range: ACTIVATIONS,
        argument: |a| &mut a.act_expand_bits,
        targets: &[|b| &mut b.act_expand],
    },
    Kind {
        what: "the width of the depthwise outputs",
        field: "act_depthwise",
        flag: "--act-depthwise-bits",
        range: ACTIVATIONS,
        argument: |a| &mut a.act_depthwise_bits,
        targets: &[|b| &mut b.act_depthwise],
    },
    Kind {
        what: "the width of the logits",
        field: "act_logit",
        flag: "--act-logit-bits",
        range: (8, 16),
        argument: |a| &mut a.act_logit_bits,
        targets: &[|b| &mut b.act_logit],
    },
];

impl BitsArgs {
    /// Takes the section `bits` out of a file.
    pub fn take(document: &mut Document) -> Self {
        let mut args = Self::default();
        for kind in &KINDS {
            *(kind.argument)(&mut args) = document.take(&format!("bits.{}", kind.field));
        }
        args
    }

    /// Whether the field of this path (`bits.stem`) is named here.
    pub fn names(mut self, path: &str) -> bool {
        KINDS.iter().any(|kind| path == format!("bits.{}", kind.field) && (kind.argument)(&mut self).is_some())
    }

    /// `bits` with the named widths in place, and what is out of range.
    pub fn apply(mut self, bits: &mut Bits) -> Vec<BitsProblem> {
        let mut problems = Vec::new();
        for kind in &KINDS {
            let Some(got) = *(kind.argument)(&mut self) else { continue };
            let (lo, hi) = kind.range;
            if !(lo..=hi).contains(&got) {
                let field = format!("bits.{}", kind.field);
                problems.push(BitsProblem { what: kind.what, field, flag: kind.flag, got, lo, hi, span: None });
            }
            for target in kind.targets {
                *target(bits) = got;
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(args: BitsArgs) -> Bits {
        let mut bits = Bits::default();
        assert!(args.apply(&mut bits).is_empty());
        bits
    }

    #[test]
    fn groups_leave_the_stem_and_the_logits_alone() {
        let bits = applied(BitsArgs { weight_bits: Some(6), act_bits: Some(5), ..BitsArgs::default() });
        assert_eq!((bits.stem, bits.data, bits.head, bits.act_state, bits.act_logit), (8, 6, 6, 5, 12));
    }

    #[test]
    fn a_kind_by_itself_wins_over_its_group() {
        let bits = applied(BitsArgs { weight_bits: Some(6), project_bits: Some(3), ..BitsArgs::default() });
        assert_eq!((bits.project, bits.expand), (3, 6));
    }

    #[test]
    fn every_kind_has_its_range() {
        for kind in &KINDS {
            for (got, wrong) in [(kind.range.0 - 1, 1), (kind.range.0, 0), (kind.range.1, 0), (kind.range.1 + 1, 1)] {
                let mut args = BitsArgs::default();
                *(kind.argument)(&mut args) = Some(got);
                assert_eq!(args.apply(&mut Bits::default()).len(), wrong, "{} = {got}", kind.field);
            }
        }
    }
}
