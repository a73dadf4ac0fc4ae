//! The result as CSV: a line for each point, the columns of [`Row`].

use crate::error::ExploreError;
use crate::measure::Row;

/// All points.
pub fn table(rows: &[Row]) -> Result<Vec<u8>, ExploreError> {
    let failed = |why: String| ExploreError::Report { what: "CSV", why };
    let mut table = csv::Writer::from_writer(vec![]);
    for row in rows {
        table.serialize(row).map_err(|error| failed(error.to_string()))?;
    }
    table.into_inner().map_err(|error| failed(error.to_string()))
}
