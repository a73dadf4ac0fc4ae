//! `hwgen report`: a page that shows an emitted core, or several side by side.

use super::error::CliError;
use super::report::Report;
use super::{Outcome, overwrite, write};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Make a page that shows emitted cores: outputs, time line, utilisation, memories, formats, accuracy, synthesis.
///
/// The page is one file that needs nothing else. It shows what the folders hold, so it has the more in it the more was
/// done with them: `hwgen cosim` adds the image and the maps, `hwgen evaluate --core` the accuracy, `hwgen synth` clock
/// and floor plan.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen report itnet_f51_l3_n16
  hwgen report out/small out/large -o comparison.html")]
pub struct Args {
    /// Emitted folders; with several, a table compares them.
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Grey PNG with the class of every pixel of the simulated image, to compare the maps with.
    #[arg(long, value_name = "FILE")]
    label: Option<PathBuf>,
    /// Page to write.
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Body<'a> {
    page: &'a Path,
    bytes: usize,
    cores: usize,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let inputs: Vec<&Path> = args.label.as_deref().into_iter().collect();
    overwrite::check_inputs(&inputs, std::slice::from_ref(&args.output))?;
    overwrite::check_file(&args.output)?;
    let mut seen: Vec<PathBuf> = Vec::new();
    for folder in &args.folders {
        let place = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        if seen.contains(&place) {
            return Err(CliError::FolderTwice { path: folder.clone() }.into());
        }
        seen.push(place);
    }
    let page = hwgen_report::page(&args.folders, args.label.as_deref())?;
    write::file(&args.output, page.as_bytes())?;
    let body = Body { page: &args.output, bytes: page.len(), cores: args.folders.len() };
    report.result(&body, || format!("{}: {} kB\n", body.page.display(), body.bytes.div_ceil(1000)))?;
    Ok(Outcome::Success)
}
