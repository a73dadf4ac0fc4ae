//! The loop's batch norm as integers: one `requant` row for each iteration and scale, all at one shift. A network without
//! batch norm between iterations has rows that bring the residual to the state's scale, no more.

use crate::constant::{Gain, Offset};
use crate::error::QuantizeError;
use crate::formats::Range;
use crate::model::{Bits, Requant};
use crate::ranges::Scales;
use hwgen_network::Description;
use hwgen_network::weights::BatchNorm;
use ndarray::Array1;

/// `affine[n][l]` from `norms[n][l]`, or from gain 1 and offset 0 where `norms` is empty, from the residual's scale to the
/// state's. `lost[n][l]` is added to the residual.
pub fn affine(
    description: &Description,
    bits: &Bits,
    scales: &Scales,
    norms: &[Vec<BatchNorm>],
    lost: &[Vec<Vec<f64>>],
) -> Result<Vec<Vec<Requant>>, QuantizeError> {
    // Real gain and offset of every channel, in the order n, l, channel.
    let mut constants = Vec::new();
    let mut gains = Vec::new();
    let width = description.width as usize;
    for (n, lost) in lost.iter().enumerate() {
        for (l, lost) in lost.iter().enumerate() {
            let identity = || (Array1::ones(width), Array1::zeros(width));
            let (scale, shift) = norms.get(n).map_or_else(identity, |norms| norms[l].affine());
            for (c, (&scale, &shift)) in scale.iter().zip(&shift).enumerate() {
                let unfit = |what, got| QuantizeError::Unfit { tensor: format!("norm.{n}.{l}"), channel: c, what, got };
                let gain = f64::from(scale) * scales.residual() / scales.state;
                let offset = (f64::from(shift) + f64::from(scale) * lost[c]) / scales.state;
                let fixed = Gain::new(gain).ok_or_else(|| unfit("gain", gain))?;
                constants.push((fixed, Offset::new(offset).ok_or_else(|| unfit("offset", offset))?));
                gains.push(fixed);
            }
        }
    }
    // The affine between blocks, m = 2^(s − 2 − mid_shift), sets the limits of s.
    let j = scales.mid_shift;
    let Some(shift) = Gain::common_shift(&gains, 2 + j, 16 + j) else {
        let got = gains.iter().map(|g| g.value().abs()).fold(0.0, f64::max);
        return Err(QuantizeError::Unfit { tensor: "norm".to_owned(), channel: 0, what: "greatest gain", got });
    };
    let Range { lo, hi } = bits.state_range();
    let row = |constants: &[(Gain, Offset)]| Requant {
        // At the common shift every gain fits.
        mul: constants.iter().map(|(gain, _)| gain.multiplier(shift).unwrap_or(i16::MAX)).collect(),
        bias: constants.iter().map(|(_, offset)| offset.bias(shift)).collect(),
        shift,
        lo,
        hi,
    };
    let rows: Vec<Requant> = constants.chunks(width).map(row).collect();
    Ok(rows.chunks(description.scales as usize).map(<[Requant]>::to_vec).collect())
}
