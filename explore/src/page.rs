//! The result as one HTML page that needs nothing else: points, fronts, commands.
//!
//! Owns: what the page holds. How it looks, and how it answers the mouse, is in `page.html`.

use crate::error::ExploreError;
use crate::measure::{Row, Setting};
use minijinja::{Environment, context};

const TEMPLATE: &str = include_str!("page.html");
/// Points drawn at most: those of the front, then every so-and-so-many-th.
const MOST_POINTS: usize = 20_000;

/// The page; `best` are the front's points, best first.
pub fn page(
    name: &str,
    rows: &[Row],
    best: &[usize],
    setting: Setting,
    measured: bool,
) -> Result<String, ExploreError> {
    let failed = |why: String| ExploreError::Report { what: "HTML", why };
    let step = rows.len().div_ceil(MOST_POINTS).max(1);
    let drawn: Vec<&Row> =
        rows.iter().enumerate().filter(|(i, row)| row.front || i % step == 0).map(|(_, row)| row).collect();
    let data = serde_json::to_string(&drawn).map_err(|error| failed(error.to_string()))?;
    // Inside of a script element no `</` may stand.
    let data = data.replace("</", "<\\/");
    let best: Vec<&Row> = best.iter().map(|&i| &rows[i]).collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.add_template("page.html", TEMPLATE).map_err(|error| failed(format!("{error:#}")))?;
    let template = environment.get_template("page.html").map_err(|error| failed(format!("{error:#}")))?;
    let body = context! {
        name, best, measured, clock => setting.clock_mhz, points => rows.len(), drawn => drawn.len(),
        data => minijinja::Value::from_safe_string(data),
    };
    template.render(body).map_err(|error| failed(format!("{error:#}")))
}
