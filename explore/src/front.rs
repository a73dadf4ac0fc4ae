//! The points that no other one beats.

use crate::measure::Row;

/// Marks the front in frames a second and quality (and LUTs, where no device says how many are fine) among the points that are possible, and returns its indices:
/// the best first, by quality, then by rate.
pub fn mark(rows: &mut [Row], min_rate: f64, measured: bool) -> Vec<usize> {
    let key = |row: &Row| {
        let possible = row.is_possible(min_rate);
        let (rate, quality, lut) = (row.frames_per_second?, row.quality(measured)?, row.lut?);
        possible.then_some([rate, quality, if row.device.is_some() { 0.0 } else { -(lut as f64) }])
    };
    let keys: Vec<Option<[f64; 3]>> = rows.iter().map(key).collect();
    let front = undominated(&keys);
    for row in rows.iter_mut() {
        row.front = false;
    }
    for &i in &front {
        rows[i].front = true;
    }
    front
}

/// Indices of the keys that no other one reaches in all parts and exceeds in one; of equal keys the first.
fn undominated(keys: &[Option<[f64; 3]>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).filter(|&i| keys[i].is_some()).collect();
    // By quality, rate, LUTs, best first: what comes later never beats what came before.
    let sort = |i: usize| keys[i].map(|[rate, quality, lut]| [quality, rate, lut]).unwrap_or_default();
    order.sort_by(|&a, &b| {
        let (a_key, b_key) = (sort(a), sort(b));
        b_key.partial_cmp(&a_key).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b))
    });
    let mut front: Vec<usize> = Vec::new();
    for i in order {
        let Some(key) = keys[i] else { continue };
        let beaten = front.iter().any(|&f| keys[f].is_some_and(|other| other.iter().zip(key).all(|(o, k)| *o >= k)));
        if !beaten {
            front.push(i);
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_beats_stays() {
        let keys = [
            Some([1.0, 5.0, -10.0]),
            Some([2.0, 4.0, -10.0]),
            Some([1.0, 4.0, -10.0]), // beaten by both
            Some([0.5, 1.0, -1.0]),  // small
            None,
            Some([1.0, 5.0, -10.0]), // as the first
        ];
        assert_eq!(undominated(&keys), [0, 1, 3]);
    }
}
