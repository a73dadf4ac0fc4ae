//! mIoU over mean cycles as SVG: fixed stops with the lines between them, and the adaptive exit.

use crate::chart::Axis;
use crate::error::EvaluateError;
use crate::exit::Point;
use minijinja::{Environment, context};
use serde::Serialize;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 380.0;

/// A point with what it is called.
#[derive(Serialize)]
struct Mark {
    x: f64,
    y: f64,
    label: String,
}

/// The picture; `fixed` are the points of `outputs`.
///
/// # Errors
/// If the template cannot be filled in.
pub fn chart(outputs: &[u32], fixed: &[Point], adaptive: &[Point]) -> Result<String, EvaluateError> {
    let points = || fixed.iter().chain(adaptive);
    let x = Axis::new(points().map(|point| point.cycles / 1e6), 60.0, WIDTH - 20.0);
    let y = Axis::new(points().map(|point| 100.0 * point.miou), HEIGHT - 50.0, 20.0);
    let place = |point: &Point| (x.at(point.cycles / 1e6), y.at(100.0 * point.miou));
    let marks: Vec<Mark> = (outputs.iter().zip(fixed))
        .map(|(output, point)| Mark { x: place(point).0, y: place(point).1, label: output.to_string() })
        .collect();
    let mut adaptive: Vec<(f64, f64)> = adaptive.iter().map(place).collect();
    adaptive.sort_by(|a, b| a.0.total_cmp(&b.0));
    adaptive.dedup();
    let line = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        points.map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    };
    let values = context! {
        width => WIDTH, height => HEIGHT, bottom => HEIGHT - 50.0,
        x_ticks => x.ticks(), y_ticks => y.ticks(),
        fixed_line => line(&mut marks.iter().map(|mark| (mark.x, mark.y))),
        adaptive_line => line(&mut adaptive.iter().copied()),
        marks, adaptive,
    };
    let failed = |error: minijinja::Error| EvaluateError::Report { what: "picture", why: error.to_string() };
    Environment::new().render_str(include_str!("exit.svg"), values).map_err(failed)
}
