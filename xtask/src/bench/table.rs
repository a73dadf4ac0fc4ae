//! The table that `make bench` writes, and how often a time is taken.

use std::fmt::Write as _;

/// The best of so many runs counts.
pub const REPETITIONS: usize = 3;

/// Rows of the table.
#[derive(Default)]
pub struct Table {
    /// The rows as Markdown.
    pub text: String,
}

impl Table {
    /// Adds a row, and shows it.
    pub fn row(&mut self, what: &str, reach: &str, measured: &str) {
        eprintln!("    {what}: {measured}");
        let _ = writeln!(self.text, "| {what} | {reach} | {measured} |");
    }
}
