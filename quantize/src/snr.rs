//! Signal-to-noise ratio of the integers against the float network, tensor by tensor.

use serde::Serialize;
use std::fmt;

/// One tensor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SnrRow {
    /// Name as in `hwgen_network::reference`.
    pub tensor: String,
    /// Values compared.
    pub count: u64,
    /// Σ float².
    pub signal: f64,
    /// Σ (float − integer·scale)².
    pub noise: f64,
    /// Share of the integers that lie at a clamp other than 0, in 0…1.
    pub clamped: f64,
}

impl SnrRow {
    /// `10·log10(signal / noise)` in dB; infinite without noise, `−∞` for noise without signal.
    pub fn decibels(&self) -> f64 {
        if self.noise == 0.0 { f64::INFINITY } else { 10.0 * (self.signal / self.noise).log10() }
    }
}

/// How far the semantic maps of one output agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// The output, from 1.
    pub output: u32,
    /// Pixels compared.
    pub pixels: u64,
    /// Pixels of the same class in float and in integers.
    pub equal: u64,
}

/// Rows in the order of computation, summed over images.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SnrTable {
    /// One for each tensor.
    pub rows: Vec<SnrRow>,
    /// One for each output.
    pub maps: Vec<Agreement>,
}

impl SnrTable {
    /// Adds a tensor, to its row if there is one: pairs of float value and integer, the integers' scale, and their
    /// clamps.
    pub fn add(&mut self, tensor: &str, pairs: impl Iterator<Item = (f32, i32)>, scale: f64, clamps: [i32; 2]) {
        let mut added = SnrRow { tensor: tensor.to_owned(), count: 0, signal: 0.0, noise: 0.0, clamped: 0.0 };
        let mut clamped = 0u64;
        for (float, integer) in pairs {
            let float = f64::from(float);
            let error = float - f64::from(integer) * scale;
            added.count += 1;
            added.signal += float * float;
            added.noise += error * error;
            clamped += u64::from(integer != 0 && clamps.contains(&integer));
        }
        added.clamped = clamped as f64 / added.count.max(1) as f64;
        match self.rows.iter_mut().find(|row| row.tensor == tensor) {
            Some(row) => {
                let total = (row.count + added.count).max(1) as f64;
                row.clamped = (row.clamped * row.count as f64 + added.clamped * added.count as f64) / total;
                row.count += added.count;
                row.signal += added.signal;
                row.noise += added.noise;
            }
            None => self.rows.push(added),
        }
    }

    /// Adds two maps of one output.
    pub fn add_maps(&mut self, output: u32, pairs: impl Iterator<Item = (u8, u8)>) {
        let (pixels, equal) = pairs.fold((0, 0), |(pixels, equal), (a, b)| (pixels + 1, equal + u64::from(a == b)));
        match self.maps.iter_mut().find(|map| map.output == output) {
            Some(map) => (map.pixels, map.equal) = (map.pixels + pixels, map.equal + equal),
            None => self.maps.push(Agreement { output, pixels, equal }),
        }
    }

    /// The row of a tensor.
    pub fn get(&self, tensor: &str) -> Option<&SnrRow> {
        self.rows.iter().find(|row| row.tensor == tensor)
    }
}

impl fmt::Display for SnrTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.tensor.len()).max().unwrap_or(0).max(6);
        writeln!(f, "{:<width$}  {:>7}  {:>9}  {:>9}", "tensor", "SNR dB", "rms", "clamped %")?;
        for row in &self.rows {
            let rms = (row.signal / row.count.max(1) as f64).sqrt();
            let (decibels, clamped) = (row.decibels(), 100.0 * row.clamped);
            writeln!(f, "{:<width$}  {decibels:>7.1}  {rms:>9.4}  {clamped:>9.3}", row.tensor)?;
        }
        for map in &self.maps {
            let percent = 100.0 * map.equal as f64 / map.pixels.max(1) as f64;
            writeln!(f, "output {}: {percent:.2} % of the pixels have the same class", map.output)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_add_up() {
        let mut table = SnrTable::default();
        table.add("a", [(1.0, 10), (2.0, 20)].into_iter(), 0.1, [0, 20]);
        table.add("a", [(0.0, 1), (3.0, 20)].into_iter(), 0.1, [0, 20]);
        let row = table.get("a").expect("added");
        assert_eq!((row.count, row.clamped), (4, 0.5));
        assert!((row.signal - 14.0).abs() < 1e-9 && (row.noise - 1.01).abs() < 1e-6);
        assert!((row.decibels() - 11.42).abs() < 0.01);
        assert!(table.to_string().starts_with("tensor   SNR dB"), "{table}");
    }
}
