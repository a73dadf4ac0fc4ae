//! The page that shows an emitted core: one file with everything in it, for one folder or several side by side.
//!
//! Owns: gathering what a folder holds, and the page (`page/`: template, style, a script for each panel). Leaves alone:
//! making any of it. Of a folder it reads files alone: the emitter's manifest, report and model, and what `hwgen cosim`,
//! `evaluate` and `synth` left in it.

mod error;
mod folder;
mod formats;

pub use error::ReportError;

use minijinja::{Environment, context};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The scripts, in the order in which they are read: what all share, a panel each, the page.
const SCRIPTS: [&str; 9] = [
    include_str!("../page/js/base.js"),
    include_str!("../page/js/outputs.js"),
    include_str!("../page/js/timeline.js"),
    include_str!("../page/js/utilisation.js"),
    include_str!("../page/js/memories.js"),
    include_str!("../page/js/formats.js"),
    include_str!("../page/js/accuracy.js"),
    include_str!("../page/js/synthesis.js"),
    include_str!("../page/js/main.js"),
];
const STYLE: &str = include_str!("../page/report.css");
const TEMPLATE: &str = include_str!("../page/report.html");

/// The page of the cores in `folders`, in this order, as HTML; `label` is a PNG with the classes of the image that they
/// were simulated with.
///
/// # Errors
/// A folder without manifest or report, a file of it that is no JSON or lacks what the page needs.
pub fn page(folders: &[PathBuf], label: Option<&Path>) -> Result<String, ReportError> {
    let cores = folders.iter().map(|folder| folder::read(folder, label)).collect::<Result<Vec<Value>, _>>()?;
    let title = match cores.as_slice() {
        [core] => format!("{}: report", core["name"].as_str().unwrap_or("core")),
        _ => format!("{} cores side by side", cores.len()),
    };
    let mut environment = Environment::new();
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment.get_template("report.html")?.render(context! {
        title,
        style => minijinja::Value::from_safe_string(STYLE.to_owned()),
        script => minijinja::Value::from_safe_string(SCRIPTS.join("\n").replace("\"use strict\";\n", "")),
        data => minijinja::Value::from_safe_string(inside_script(&Value::Array(cores))),
        version => env!("CARGO_PKG_VERSION"),
        plural => folders.len() > 1,
    })?;
    Ok(page)
}

/// JSON that cannot end the script element that it stands in, whatever a name in it says.
fn inside_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_the_script() {
        let text = inside_script(&serde_json::json!({"name": "</script><b>"}));
        assert_eq!(text, r#"{"name":"\u003c/script>\u003cb>"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["name"], "</script><b>");
    }
}
