//! up8 and the argmax, for one output row; shared by all instruction sets.

/// Two rows of `[w][C]` totals between which an output row lies, and where.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    /// The row above.
    pub upper: &'a [i32],
    /// The row below.
    pub lower: &'a [i32],
    /// The weight of the row below, out of 16.
    pub weight: i32,
}

/// `Kernels::classify` for one instruction set: down the columns into `column`, then eight pixels (those between two
/// neighbouring taps) at a time.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn classify(rows: Between<'_>, classes: usize, column: &mut [i32], row: &mut [u8]) {
    for ((out, &a), &b) in column.iter_mut().zip(rows.upper).zip(rows.lower) {
        *out = (16 - rows.weight) * a + rows.weight * b;
    }
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
        let classes = class.map(|class| class as u8);
        // Pixel `8·next + j − 4`.
        match (8 * next).checked_sub(4).and_then(|first| row.get_mut(first..first + 8)) {
            Some(pixels) => pixels.copy_from_slice(&classes),
            None => {
                for (j, &class) in classes.iter().enumerate() {
                    if let Some(pixel) = (8 * next + j).checked_sub(4).and_then(|x| row.get_mut(x)) {
                        *pixel = class;
                    }
                }
            }
        }
    }
}
