//! `hwgen explore`: what every network and core of a grid costs, and which are worth a look.

use super::error::CliError;
use super::report::{Report, si, table};
use super::{Outcome, write};
use hwgen_explore::grid::{Limits, MOST_POINTS};
use hwgen_explore::measure::{measure, schedule};
use hwgen_explore::page::page;
use hwgen_explore::table::table as csv_table;
use hwgen_explore::{ExploreError, Grid, PAPER_GRID, Point, Row, Setting, accuracy, front};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Where unfinished work waits, in the output folder.
const PARTIAL: &str = "explore.partial.jsonl";
/// Points between two writings of it.
const FLUSH: usize = 256;
/// Commands that are printed.
const PRINTED: usize = 10;

/// Estimate the cost of every network and core of a grid, and find those that no other one beats.
///
/// For each point: MACs, parameters, graph, traffic, state, depth; cycles of the first and the last output, frames/s at
/// the expected clock, multipliers, block RAMs, LUTs, flip-flops, and what a device lacks. The exact schedule is computed
/// for the front alone. Without --grid, the grid of the paper's appendix; its rule is --max-macs 2.2G --largest-width.
/// Writes points.csv, points.json and index.html. Started again after an interruption, it goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen explore --max-macs 2.2G --largest-width -o paper_grid
  hwgen explore --grid grid.yaml --device ecp5-85k --min-fps 15 -o out
  hwgen explore --grid grid.yaml --accuracy train/studies/results/results.csv --json -o out")]
pub struct Args {
    /// YAML file with the values of each field (docs/explore.md) [default: the paper's grid].
    #[arg(long, value_name = "FILE")]
    grid: Option<PathBuf>,
    /// Device to fit, in place of the grid's.
    #[arg(long, value_name = "D")]
    device: Option<String>,
    /// Frames a second that a point of the front has at least.
    #[arg(long, value_name = "F", default_value_t = 0.0, value_parser = rate)]
    min_fps: f64,
    /// Only networks below so many MACs, such as 2.2G.
    #[arg(long, value_name = "M", value_parser = macs)]
    max_macs: Option<u64>,
    /// For all other fields, only the largest width below --max-macs.
    #[arg(long, requires = "max_macs")]
    largest_width: bool,
    /// CSV file with measured mIoU, by which the front is then made (docs/explore.md).
    #[arg(long, value_name = "FILE")]
    accuracy: Option<PathBuf>,
    /// Expected clock in MHz [default: the device's, which its file in constraints/ states; 100 without a device].
    #[arg(long, value_name = "MHZ", value_parser = rate)]
    clock: Option<f64>,
    /// Explore more than a million points.
    #[arg(long)]
    yes: bool,
    /// Folder for the tables and the page.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// A number that is not negative.
fn rate(text: &str) -> Result<f64, String> {
    let wrong = || "wanted a number of 0 or more".to_owned();
    text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate >= 0.0).ok_or_else(wrong)
}

/// A number with k, M, G or T behind it.
fn macs(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'k')) => (&text[..at], 1e3),
        Some((at, 'M')) => (&text[..at], 1e6),
        Some((at, 'G')) => (&text[..at], 1e9),
        Some((at, 'T')) => (&text[..at], 1e12),
        _ => (text, 1.0),
    };
    let value = number.trim().parse().map_or(0.0, |number: f64| number * unit);
    if (1.0..=1e18).contains(&value) { Ok(value.round() as u64) } else { Err("wanted such as 2.2G or 500M".to_owned()) }
}

#[derive(Serialize)]
struct Body<'a> {
    points: usize,
    fitting: usize,
    measured: Option<usize>,
    /// As told; else each point has its own.
    clock_mhz: Option<f64>,
    /// Best first.
    front: Vec<&'a Row>,
    page: PathBuf,
    table: PathBuf,
}

/// First line of the file of unfinished work: what its rows depend on besides their commands.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    hwgen: String,
    clock_mhz: Option<f64>,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let (mut grid, name) = match &args.grid {
        Some(path) => (Grid::open(path)?, path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        None => (Grid::parse("paper.yaml", PAPER_GRID)?, "the paper's grid".to_owned()),
    };
    if let Some(device) = &args.device {
        let known = hwgen_core::device::devices();
        if !known.iter().any(|found| found.name == *device) {
            let known = known.into_iter().map(|found| found.name).collect::<Vec<_>>().join(", ");
            return Err(CliError::Device { got: device.clone(), known }.into());
        }
        grid.set_device(device);
    }
    let limits = Limits { macs: args.max_macs, largest_width: args.largest_width };
    let points = points(&grid, limits, args)?;
    let setting = Setting { clock_mhz: args.clock };
    let mut rows = estimate(&points, setting, &args.output, report)?;
    let measured = args.accuracy.as_deref().map(|path| accuracy::join(path, &mut rows)).transpose()?;
    let best = front::mark(&mut rows, args.min_fps, measured.is_some());
    exact(&points, &mut rows, &best, report);

    let place = |name: &str| args.output.join(name);
    let json = serde_json::to_string_pretty(&rows).map_err(|source| CliError::Json { source })? + "\n";
    let files = [
        (place("points.csv"), csv_table(&rows)?),
        (place("points.json"), json.into_bytes()),
        (place("index.html"), page(&name, &rows, &best, setting, measured.is_some())?.into_bytes()),
    ];
    write::files(&files)?;
    let partial = place(PARTIAL);
    fs::remove_file(&partial).map_err(|source| CliError::Write { path: partial, source })?;
    let body = Body {
        points: rows.len(),
        fitting: rows.iter().filter(|row| row.is_possible(args.min_fps)).count(),
        measured,
        clock_mhz: args.clock,
        front: best.iter().map(|&i| &rows[i]).collect(),
        page: place("index.html"),
        table: place("points.csv"),
    };
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

/// The grid's points within the limits.
fn points(grid: &Grid, limits: Limits, args: &Args) -> Result<Vec<Point>, ExploreError> {
    let count = grid.len(limits);
    if count > MOST_POINTS && !args.yes || count > u128::from(u32::MAX) {
        return Err(ExploreError::TooMany { got: count, wanted: MOST_POINTS });
    }
    let found: Result<Vec<Option<Point>>, ExploreError> =
        (0..count as usize).into_par_iter().map(|i| grid.point(i as u128, limits)).collect();
    let points: Vec<Point> = found?.into_iter().flatten().collect();
    if points.is_empty() {
        let limit = args.max_macs.map_or_else(String::new, |macs| format!("{}MACs", si(macs)));
        return Err(ExploreError::NoneLeft { points: count as usize, limit });
    }
    Ok(points)
}

/// Estimates all points, but for those that an interrupted run in the same folder has done.
fn estimate(points: &[Point], setting: Setting, folder: &Path, report: Report) -> Result<Vec<Row>, CliError> {
    let path = folder.join(PARTIAL);
    let failed = |source| CliError::Write { path: path.clone(), source };
    let header = Header { hwgen: env!("CARGO_PKG_VERSION").to_owned(), clock_mhz: setting.clock_mhz };
    let done = earlier(&path, &header);
    if !done.is_empty() {
        report.note(format_args!("going on with {} points of an earlier run", done.len()));
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = BufWriter::new(fs::File::create(&path).map_err(failed)?);
    writeln!(file, "{}", line(&header)?).map_err(failed)?;
    for row in done.values() {
        writeln!(file, "{}", line(row)?).map_err(failed)?;
    }
    file.flush().map_err(failed)?;
    let file = Mutex::new(file);
    report.note(format_args!("estimating {} points", points.len()));
    let bar = report.bar(points.len() as u64, "points");
    let one = |chunk: &[Point]| -> Result<Vec<Row>, CliError> {
        let mut rows = Vec::with_capacity(chunk.len());
        let mut fresh = String::new();
        for point in chunk {
            let row = if let Some(row) = done.get(&point.command()) {
                row.clone()
            } else {
                let row = measure(point, setting);
                fresh += &line(&row)?;
                fresh.push('\n');
                row
            };
            rows.push(row);
            bar.inc(1);
        }
        let mut file = file.lock().expect("no thread panics while it writes");
        file.write_all(fresh.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
        Ok(rows)
    };
    // Chunks small enough for all threads to have some.
    let size = (points.len() / (8 * rayon::current_num_threads())).clamp(1, FLUSH);
    let rows: Result<Vec<Vec<Row>>, CliError> = points.par_chunks(size).map(one).collect();
    bar.finish_and_clear();
    Ok(rows?.into_iter().flatten().collect())
}

/// A value as a line of JSON.
fn line(value: &impl Serialize) -> Result<String, CliError> {
    serde_json::to_string(value).map_err(|source| CliError::Json { source })
}

/// Rows of an interrupted run with the same header; a cut last line is passed over.
fn earlier(path: &Path, header: &Header) -> HashMap<String, Row> {
    let Ok(file) = fs::File::open(path) else { return HashMap::new() };
    let mut lines = BufReader::new(file).lines().map_while(Result::ok);
    let same = lines.next().and_then(|line| serde_json::from_str::<Header>(&line).ok()).is_some_and(|h| h == *header);
    if !same {
        return HashMap::new();
    }
    lines.filter_map(|line| serde_json::from_str::<Row>(&line).ok()).map(|row| (row.command.clone(), row)).collect()
}

/// The exact schedule of the front's points.
fn exact(points: &[Point], rows: &mut [Row], best: &[usize], report: Report) {
    let bar = report.bar(best.len() as u64, "exact schedules");
    let scheduled: Vec<(usize, Row)> = best
        .par_iter()
        .map(|&i| {
            let mut row = rows[i].clone();
            schedule(&points[i], &mut row);
            bar.inc(1);
            (i, row)
        })
        .collect();
    bar.finish_and_clear();
    for (i, row) in scheduled {
        rows[i] = row;
    }
}

fn text(body: &Body<'_>) -> String {
    let number =
        |value: Option<f64>, decimals: usize| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.decimals$}"));
    let count = |value: Option<usize>| value.map_or_else(|| "-".to_owned(), |v| v.to_string());
    let row = |row: &&Row| {
        [
            row.command.clone(),
            number(row.miou.map(|miou| 100.0 * miou), 1),
            si(row.macs),
            number(row.frames_per_second, 2),
            count(row.dsp),
            count(row.ebr),
            count(row.lut),
        ]
    };
    let rows: Vec<_> = body.front.iter().take(PRINTED).map(row).collect();
    let mut text = table(["command", "mIoU %", "MACs", "frames/s", "DSP", "EBR", "LUT"], &rows);
    if body.front.len() > PRINTED {
        let _ = writeln!(text, "… and {} more of the front", body.front.len() - PRINTED);
    }
    let clock = body.clock_mhz.map_or_else(|| "the device's clock".to_owned(), |clock| format!("{clock:.0} MHz"));
    let _ = writeln!(
        text,
        "\n{} points, {} possible, {} on the front; {clock} expected\n{}",
        body.points,
        body.fitting,
        body.front.len(),
        body.page.display()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macs_have_units() {
        assert_eq!(["2.2G", "500M", "7", "3k"].map(macs), [2_200_000_000, 500_000_000, 7, 3000].map(Ok));
        for text in ["", "G", "-1", "2.2X", "nan"] {
            assert!(macs(text).is_err(), "{text}");
        }
    }
}
