//! Accumulator widths from the worst case of the actual weights (docs/arithmetic.md, "acc").

use crate::formats::Range;

/// Least and greatest accumulator of one output channel over all inputs in `input`, 0 always allowed at each tap.
pub fn worst_case(weights: &[i8], input: Range) -> (i64, i64) {
    let (lo, hi) = (i64::from(input.lo.min(0)), i64::from(input.hi.max(0)));
    weights.iter().fold((0, 0), |(least, greatest), &w| {
        let w = i64::from(w);
        let (a, b) = (w * lo, w * hi);
        (least + a.min(b), greatest + a.max(b))
    })
}

/// The narrowest signed width, at least 2 bits, that holds `value`.
pub fn signed_bits(value: i64) -> u32 {
    let magnitude = if value < 0 { !value } else { value };
    (65 - magnitude.leading_zeros()).max(2)
}

/// The narrowest signed accumulator width, at least 2 bits, of a layer whose `weights` hold `outputs` channels one
/// after the other and whose inputs lie in `input`, 0 always allowed.
pub fn acc_bits(weights: &[i8], outputs: usize, input: Range) -> u32 {
    let channel = weights.len().checked_div(outputs).unwrap_or(0).max(1);
    weights
        .chunks(channel)
        .map(|w| {
            let (least, greatest) = worst_case(w, input);
            signed_bits(least).max(signed_bits(greatest))
        })
        .max()
        .unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_widths_are_the_narrowest() {
        for (value, bits) in [(0, 2), (1, 2), (-2, 2), (2, 3), (-3, 3), (127, 8), (-128, 8), (128, 9), (-129, 9)] {
            assert_eq!(signed_bits(value), bits, "{value}");
        }
    }

    #[test]
    fn width_is_the_worst_channels() {
        let unsigned = Range::unsigned(8);
        // 7·255 = 1785 needs 12 bits, −7·255 as well; the other channel less.
        assert_eq!(acc_bits(&[7, 0, 1, 1], 2, unsigned), 12);
        assert_eq!(acc_bits(&[-7, 0, 1, 1], 2, unsigned), 12);
        // −1·−128 = 128 needs 9 bits.
        assert_eq!(acc_bits(&[-1], 1, Range::signed(8)), 9);
        assert_eq!(acc_bits(&[1], 1, Range::signed(8)), 8);
        assert_eq!(acc_bits(&[0, 0], 2, unsigned), 2);
    }
}
