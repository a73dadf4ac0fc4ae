//! Real constants of `requant` as fixed-point numbers whose formats are checked where they are made.
//!
//! Owns: the two formats and the way from them to `m`, `b` and `s` of docs/arithmetic.md. 31 fractional bits hold
//! every `m·2^−s` and `b·2^−s` exactly, since `s ≤ 31`.

use crate::model::Requant;
use crate::validate::BIAS_LIMIT;
use fixed::types::extra::U31;
use fixed::{FixedI64, FixedI128};

/// Greatest shift of a `requant`.
pub const MAX_SHIFT: u32 = 31;

/// A multiplier `m·2^−s`: signed, 33 integer and 31 fractional bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gain(FixedI64<U31>);

impl Gain {
    /// The nearest gain; `None` if the format cannot hold `value`.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then(|| FixedI64::checked_from_num(value)).flatten().map(Self)
    }

    /// The gain of channel `c`, exactly; its shift must be at most [`MAX_SHIFT`].
    pub fn of(requant: &Requant, c: usize) -> Self {
        Self(FixedI64::from_bits(i64::from(requant.mul[c]) << (MAX_SHIFT - requant.shift)))
    }

    /// As a real number.
    pub fn value(self) -> f64 {
        self.0.to_num()
    }

    /// `m` at shift `shift`, rounded to nearest; `None` beyond ±32767.
    pub fn multiplier(self, shift: u32) -> Option<i16> {
        let m = round_shift(i128::from(self.0.to_bits()), MAX_SHIFT - shift);
        i16::try_from(m).ok().filter(|&m| m > i16::MIN)
    }

    /// The greatest shift in `least … most` at which all gains fit 16 bits; `None` if there is none.
    pub fn common_shift(gains: &[Self], least: u32, most: u32) -> Option<u32> {
        (least..=most).rev().find(|&s| gains.iter().all(|g| g.multiplier(s).is_some()))
    }
}

/// An offset `b·2^−s` in units of the output: signed, 97 integer and 31 fractional bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offset(FixedI128<U31>);

impl Offset {
    /// The nearest offset; `None` if the format cannot hold `value`.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then(|| FixedI128::checked_from_num(value)).flatten().map(Self)
    }

    /// `b` at shift `shift`, rounded to nearest and saturated to 48 bits, where every output is saturated anyway.
    pub fn bias(self, shift: u32) -> i64 {
        let limit = i128::from(BIAS_LIMIT - 1);
        round_shift(self.0.to_bits(), MAX_SHIFT - shift).clamp(-limit, limit) as i64
    }
}

/// `bits / 2^shift` to nearest, halves up.
fn round_shift(bits: i128, shift: u32) -> i128 {
    if shift == 0 { bits } else { ((bits >> (shift - 1)) + 1) >> 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_round_to_nearest() {
        let gain = Gain::new(0.3).expect("fits");
        assert_eq!(gain.multiplier(16), Some(19661));
        assert_eq!(gain.multiplier(17), None);
        assert_eq!(Gain::new(-0.3).expect("fits").multiplier(4), Some(-5));
        assert_eq!(Gain::common_shift(&[gain, Gain::new(-0.6).expect("fits")], 1, 31), Some(15));
        assert_eq!(Gain::common_shift(&[Gain::new(40000.0).expect("fits")], 1, 31), None);
    }

    #[test]
    fn what_is_no_number_has_no_format() {
        assert_eq!(Gain::new(f64::NAN), None);
        assert_eq!(Gain::new(1e30), None);
        assert_eq!(Offset::new(f64::INFINITY), None);
    }

    #[test]
    fn requant_and_gain_agree() {
        let requant = Requant { mul: vec![-3, 7], bias: vec![0, 0], shift: 5, lo: 0, hi: 1 };
        assert!((Gain::of(&requant, 0).value() + 3.0 / 32.0).abs() < 1e-12);
        assert_eq!(Gain::of(&requant, 1).multiplier(5), Some(7));
    }

    #[test]
    fn offsets_saturate_at_48_bits() {
        assert_eq!(Offset::new(1.5).expect("fits").bias(3), 12);
        assert_eq!(Offset::new(1e20).expect("fits").bias(31), BIAS_LIMIT - 1);
        assert_eq!(Offset::new(-1e20).expect("fits").bias(31), 1 - BIAS_LIMIT);
    }
}
