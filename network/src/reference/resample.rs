//! Changes of size: bilinear ×2 and ×8 with half-pixel centres and clamped indices, 2×2 average pooling, argmax.

use crate::description::Size;
use ndarray::{Array2, Array3, ArrayView3, Axis, Zip};
use rayon::prelude::*;

/// Bilinear, factor 2, cropped right and bottom to `size`.
pub fn up2(input: ArrayView3<'_, f32>, size: Size) -> Array3<f32> {
    let (channels, height, width) = input.dim();
    Array3::from_shape_fn((channels, size.height as usize, size.width as usize), |(c, y, x)| {
        let (y0, y1) = neighbours(y, height);
        let (x0, x1) = neighbours(x, width);
        let near_row = 0.75 * input[[c, y0, x0]] + 0.25 * input[[c, y0, x1]];
        let far_row = 0.75 * input[[c, y1, x0]] + 0.25 * input[[c, y1, x1]];
        0.75 * near_row + 0.25 * far_row
    })
}

/// Coarse indices of weight 3/4 and 1/4 for fine index `x`.
fn neighbours(x: usize, coarse: usize) -> (usize, usize) {
    let near = x / 2;
    let other = if x.is_multiple_of(2) { near.saturating_sub(1) } else { near + 1 };
    (near.min(coarse - 1), other.min(coarse - 1))
}

/// 2×2 average; the size is halved, rounded up, and edge pixels are replicated.
pub fn pool2(input: ArrayView3<'_, f32>) -> Array3<f32> {
    let (channels, height, width) = input.dim();
    Array3::from_shape_fn((channels, height.div_ceil(2), width.div_ceil(2)), |(c, y, x)| {
        let (y0, y1) = (2 * y, (2 * y + 1).min(height - 1));
        let (x0, x1) = (2 * x, (2 * x + 1).min(width - 1));
        (input[[c, y0, x0]] + input[[c, y0, x1]] + input[[c, y1, x0]] + input[[c, y1, x1]]) / 4.0
    })
}

/// Bilinear, factor 8, cropped to `size`; then the class of the greatest logit, the lowest index winning a tie.
pub fn classes(total: &Array3<f32>, size: Size) -> Array2<u8> {
    let (_, height, width) = total.dim();
    let mut map = Array2::zeros((size.height as usize, size.width as usize));
    map.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(y, mut row)| {
        let (y0, y1, wy) = taps(y, height);
        // Rows first: one line of every class, in units of 1/16.
        let line = Zip::from(total.index_axis(Axis(1), y0))
            .and(total.index_axis(Axis(1), y1))
            .map_collect(|a, b| (16.0 - wy) * a + wy * b);
        for (x, class) in row.iter_mut().enumerate() {
            let (x0, x1, wx) = taps(x, width);
            let mut best = f32::NEG_INFINITY;
            for (c, logits) in line.outer_iter().enumerate() {
                let value = (16.0 - wx) * logits[x0] + wx * logits[x1];
                if value > best {
                    (best, *class) = (value, c as u8);
                }
            }
        }
    });
    map
}

/// Coarse indices of the two taps for fine index `x`, and the weight of the second in 1/16 (docs/arithmetic.md, up8).
fn taps(x: usize, coarse: usize) -> (usize, usize, f32) {
    let (upper, j) = ((x + 4) / 8, (x + 4) % 8);
    (upper.saturating_sub(1).min(coarse - 1), upper.min(coarse - 1), (2 * j + 1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn up2_has_half_pixel_centres() {
        let line = array![[[0.0, 16.0, 32.0]]];
        let wanted = array![[[0.0, 4.0, 12.0, 20.0, 28.0], [0.0, 4.0, 12.0, 20.0, 28.0]]];
        assert_eq!(up2(line.view(), size(5, 2)), wanted);
        let corner = array![[[16.0, 0.0], [0.0, 0.0]]];
        assert_eq!(up2(corner.view(), size(3, 3)).index_axis(Axis(0), 0).row(1), array![12.0, 9.0, 3.0]);
    }

    #[test]
    fn pool2_replicates_edges() {
        let map = array![[[1.0, 2.0, 3.0], [5.0, 4.0, 7.0], [8.0, 0.0, 9.0]]];
        assert_eq!(pool2(map.view()), array![[[3.0, 5.0], [4.0, 9.0]]]);
    }

    #[test]
    fn up8_weights_are_odd_sixteenths() {
        assert_eq!([taps(0, 2), taps(3, 2)], [(0, 0, 9.0), (0, 0, 15.0)]);
        assert_eq!([taps(4, 2), taps(11, 2)], [(0, 1, 1.0), (0, 1, 15.0)]);
        assert_eq!([taps(12, 2), taps(15, 2)], [(1, 1, 1.0), (1, 1, 7.0)]);
    }

    #[test]
    fn a_step_of_two_classes_changes_half_way() {
        let total = array![[[1.0, 0.0]], [[0.0, 1.0]]];
        let map = classes(&total, size(16, 8));
        assert_eq!(map.row(0).to_vec(), [[0; 8], [1; 8]].concat());
    }

    #[test]
    fn the_lowest_class_wins_a_tie() {
        let total = Array3::from_elem((3, 2, 2), 0.5);
        assert_eq!(classes(&total, size(9, 16)), Array2::<u8>::zeros((16, 9)));
    }

    proptest! {
        #[test]
        fn constants_stay_constant(value in -8i8..8, width in 1u32..20, height in 1u32..20) {
            let value = f32::from(value);
            let coarse = size(width, height).halved();
            let map = Array3::from_elem((2, coarse.height as usize, coarse.width as usize), value);
            prop_assert!(up2(map.view(), size(width, height)).iter().all(|&v| v.to_bits() == value.to_bits()));
            prop_assert!(pool2(map.view()).iter().all(|&v| v.to_bits() == value.to_bits()));
        }
    }
}
