//! The horizontal half of up8 and the argmax, for one output row; shared by all instruction sets.

/// `Kernels::classify` for one instruction set: eight pixels (those between two neighbouring taps) at a time.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn classify(column: &[i32], classes: usize, row: &mut [u8]) {
    let last = column.len() / classes - 1;
    let pixels = row.len();
    for next in 0..=(pixels + 3) / 8 {
        let left = &column[next.saturating_sub(1).min(last) * classes..][..classes];
        let right = &column[next.min(last) * classes..][..classes];
        let mut best = [i32::MIN; 8];
        let mut class = [0i32; 8];
        for (c, (&a, &b)) in left.iter().zip(right).enumerate() {
            for j in 0..8 {
                let weight = 2 * j as i32 + 1;
                let value = (16 - weight) * a + weight * b;
                let better = value > best[j];
                best[j] = if better { value } else { best[j] };
                class[j] = if better { c as i32 } else { class[j] };
            }
        }
        for (j, &class) in class.iter().enumerate() {
            if let Some(pixel) = (8 * next + j).checked_sub(4).and_then(|x| row.get_mut(x)) {
                *pixel = class as u8;
            }
        }
    }
}
