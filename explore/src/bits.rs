//! The bit widths that a grid can name: the fields of `bits` in a configuration file, each with its flag of `hwgen emit`.

use hwgen_quantize::Bits;

/// A bit width, or a group of them.
pub struct Width {
    /// Field below `bits`.
    pub field: &'static str,
    /// Flag of `hwgen emit`.
    pub flag: &'static str,
    /// Least and greatest.
    pub range: (u32, u32),
    /// Sets it.
    pub set: fn(&mut Bits, u32),
}

const WEIGHTS: (u32, u32) = (2, 8);
const ACTIVATIONS: (u32, u32) = (4, 8);

/// Groups first, so that a kind by itself wins over its group.
pub const WIDTHS: [Width; 13] = [
    width("weights", "--weight-bits", WEIGHTS, |b, v| {
        (b.data, b.expand, b.depthwise, b.project, b.head) = (v, v, v, v, v);
    }),
    width("activations", "--act-bits", ACTIVATIONS, |b, v| {
        (b.act_data, b.act_state, b.act_expand, b.act_depthwise) = (v, v, v, v);
    }),
    width("stem", "--stem-bits", WEIGHTS, |b, v| b.stem = v),
    width("data", "--data-bits", WEIGHTS, |b, v| b.data = v),
    width("expand", "--expand-bits", WEIGHTS, |b, v| b.expand = v),
    width("depthwise", "--depthwise-bits", WEIGHTS, |b, v| b.depthwise = v),
    width("project", "--project-bits", WEIGHTS, |b, v| b.project = v),
    width("head", "--head-bits", WEIGHTS, |b, v| b.head = v),
    width("act_data", "--act-data-bits", ACTIVATIONS, |b, v| b.act_data = v),
    width("act_state", "--act-state-bits", ACTIVATIONS, |b, v| b.act_state = v),
    width("act_expand", "--act-expand-bits", ACTIVATIONS, |b, v| b.act_expand = v),
    width("act_depthwise", "--act-depthwise-bits", ACTIVATIONS, |b, v| b.act_depthwise = v),
    width("act_logit", "--act-logit-bits", (8, 16), |b, v| b.act_logit = v),
];

const fn width(field: &'static str, flag: &'static str, range: (u32, u32), set: fn(&mut Bits, u32)) -> Width {
    Width { field, flag, range, set }
}
