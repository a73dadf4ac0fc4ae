//! Small functions on whole numbers.

use hwgen_network::Size;

/// A map in spans of `pixels` neighbours of a row; the last span of a row may have fewer.
pub fn in_spans(map: Size, pixels: usize) -> Size {
    Size { width: map.width.div_ceil(pixels as u32), ..map }
}

/// The least `k` with `2^k ≥ n`, as Verilog's `$clog2`.
pub fn clog2(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

/// Least common multiple.
pub fn lcm(a: usize, b: usize) -> usize {
    a / gcd(a, b) * b
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
