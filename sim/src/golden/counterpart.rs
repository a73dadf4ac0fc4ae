//! Which integers of the golden model belong to which tensor of the float reference.

use super::observer::{At, Tensor};
use hwgen_network::Description;
use hwgen_quantize::{Quantized, Range};

/// The integers of a float tensor.
pub struct Counterpart {
    /// Their name.
    pub tensor: Tensor,
    /// What a step of one stands for.
    pub scale: f64,
    /// Their range.
    pub clamp: Range,
}

/// What the float tensor `name` (`hwgen_network::reference`) is in integers.
pub fn counterpart(quantized: &Quantized, name: &str) -> Option<Counterpart> {
    let (model, scales) = (&quantized.model, &quantized.scales);
    let (d, bits) = (&model.description, &model.bits);
    let parts: Vec<&str> = name.split('.').collect();
    let index = |i: usize| parts.get(i).and_then(|p| p.parse::<usize>().ok());
    let (tensor, scale, clamp) = match *parts.first()? {
        "data" => {
            let j = index(1)?;
            let requant = &model.data[j].requant;
            (Tensor::Data { j }, scales.data[j], Range { lo: requant.lo, hi: requant.hi })
        }
        "state" => {
            let at = At { n: index(1)?, l: index(2)?, k: d.blocks as usize - 1 };
            (Tensor::State(at), scales.state, bits.state_range())
        }
        "logits" => {
            let (n, l) = (index(1)?, index(2)?);
            (Tensor::Logits { n, l }, scales.logit[output(d, n)?], bits.logit_range())
        }
        "total" => {
            let n = index(1)?;
            (Tensor::Total { n }, scales.logit[output(d, n)?], Range { lo: i32::MIN, hi: i32::MAX })
        }
        "iter" => {
            let at = At { n: index(1)?, l: index(2)?, k: index(3)? };
            let (set, l, k) = (d.set_of(at.n), at.l, at.k);
            let block = &model.blocks[set][l][k];
            let clamp = |requant: &hwgen_quantize::Requant| Range { lo: requant.lo, hi: requant.hi };
            match *parts.get(4)? {
                "expand" => (Tensor::Expand(at), scales.expand[set][l][k], clamp(&block.expand.requant)),
                "depthwise" => (Tensor::Depthwise(at), scales.depthwise[set][l][k], clamp(&block.depthwise.requant)),
                "project" => (Tensor::Project(at), scales.residual(), bits.residual_range()),
                "residual" => (Tensor::Residual(at), scales.residual(), bits.residual_range()),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Counterpart { tensor, scale, clamp })
}

/// Position of output `n + 1` in the description's list.
fn output(description: &Description, n: usize) -> Option<usize> {
    description.outputs.iter().position(|&o| o as usize == n + 1)
}
