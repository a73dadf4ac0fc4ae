//! Measured mIoU from a CSV file, joined to the points.
//!
//! The table has a header with a column `miou` and columns of the network: those of [`COLUMNS`] that it has decide which
//! points a line belongs to; other columns are passed over. The results of `itnet_train.study` are such a table. Of several
//! lines of one network (outputs, seeds) the best mIoU counts: the paper's peak.

use crate::error::ExploreError;
use crate::measure::Row;
use std::collections::BTreeMap;
use std::path::Path;

/// How a column's text is that of a row.
type Column = (&'static str, fn(&Row) -> String);

/// Columns that name a network. Outputs do not: a network is as good with fewer of them.
const COLUMNS: [Column; 12] = [
    ("width", |row| row.width.to_string()),
    ("scales", |row| row.scales.to_string()),
    ("iterations", |row| row.iterations.to_string()),
    ("blocks", |row| row.blocks.to_string()),
    ("expansion", |row| row.expansion.to_string()),
    ("classes", |row| row.classes.to_string()),
    ("image", |row| row.image.clone()),
    ("weight_sets", |row| row.weight_sets.clone()),
    ("mixing", |row| row.mixing.clone()),
    ("pixels", |row| row.pixels.clone()),
    ("normalisation", |row| row.normalisation.clone()),
    ("weight_bits", |row| row.weight_bits.to_string()),
];

/// A float network of the study's table, which stands for all widths.
const FLOAT: &str = "0";

/// Gives every row the mIoU that the table has for it; the number of rows that got one.
pub fn join(path: &Path, rows: &mut [Row]) -> Result<usize, ExploreError> {
    let unreadable = |source| ExploreError::Read { path: path.to_owned(), source };
    let wrong = |line, got: String, wanted: String| ExploreError::Accuracy { path: path.to_owned(), line, got, wanted };
    let mut table = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(unreadable)?;
    let header = table.headers().map_err(unreadable)?.clone();
    let position = |name: &str| header.iter().position(|column| column.trim() == name);
    let columns: Vec<(usize, &Column)> =
        COLUMNS.iter().filter_map(|column| Some((position(column.0)?, column))).collect();
    let known = COLUMNS.map(|column| column.0).join(", ");
    let found = header.iter().collect::<Vec<_>>().join(", ");
    let Some(miou) = position("miou").filter(|_| !columns.is_empty()) else {
        return Err(wrong(1, format!("columns {found}"), format!("`miou` and at least one of {known}")));
    };

    let mut by_network: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    let bits_column = columns.iter().position(|(_, column)| column.0 == "weight_bits");
    for (i, row) in rows.iter().enumerate() {
        let key: Vec<String> = columns.iter().map(|(_, column)| column.1(row)).collect();
        if let Some(at) = bits_column {
            let mut float = key.clone();
            FLOAT.clone_into(&mut float[at]);
            by_network.entry(float).or_default().push(i);
        }
        by_network.entry(key).or_default().push(i);
    }
    for record in table.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != header.len() {
            return Err(wrong(line, format!("{} values", record.len()), format!("{} as in the header", header.len())));
        }
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let value: f64 = cell(miou).parse().unwrap_or(f64::NAN);
        if !(0.0..=1.0).contains(&value) {
            return Err(wrong(line, format!("miou `{}`", cell(miou)), "a number of 0…1".to_owned()));
        }
        // Lists have blanks between their numbers in the study's table.
        let key: Vec<String> = columns.iter().map(|&(at, _)| cell(at).replace(' ', ",")).collect();
        let Some(points) = by_network.get(&key) else {
            let network = columns.iter().zip(&key).map(|((_, column), value)| format!("{} {value}", column.0));
            let network = network.collect::<Vec<_>>().join(", ");
            return Err(wrong(line, format!("network {network}"), "one of the grid's".to_owned()));
        };
        for &i in points {
            rows[i].miou = Some(rows[i].miou.map_or(value, |known| known.max(value)));
        }
    }
    Ok(rows.iter().filter(|row| row.miou.is_some()).count())
}
