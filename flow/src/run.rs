//! The stages in order: synthesis, places of the blocks, place and route, bitstream.
//!
//! Everything is written into `synth/` of the emitted folder, where the folder's own Makefile writes too. Paths handed to
//! the programs are relative, as their WebAssembly builds want it.

use super::blocks::{self, Fabric};
use super::error::FlowError;
use super::family::Family;
use super::floorplan::Floorplan;
use super::netlist::{self, Cells, Part, Roles};
use super::pins::{self, Pin};
use super::timing::{Clock, CriticalPath, Timing};
use super::tools::{self, Tool};
use hwgen_process::Failure;
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// Result of place and route, whatever the family calls it.
const ROUTED: &str = "synth/itnet.config";
const BITSTREAM: &str = "synth/itnet.bit";
/// The netlist with the place of every cell; what is kept of it is the floor plan.
const PLACED: &str = "synth/placed.json";
/// The target's pins, where it has any.
const PINS: &str = "synth/pins.pdc";
/// The router is asked for so much more than the target, as it stops working where it is content.
const MARGIN: f64 = 1.25;

/// What of a folder to build.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Top module.
    pub top: String,
    /// Verilog files, relative to the folder.
    pub sources: Vec<String>,
    /// Where the pins are, relative to the folder; without it, those of the target, else anywhere.
    pub constraints: Option<String>,
    /// What its parts are.
    pub roles: Roles,
}

/// What to build for, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Name of the device.
    pub device: String,
    /// Name of the board; none for the device alone.
    pub board: Option<String>,
    /// The device's family.
    pub family: Family,
    /// The vendor's part.
    pub part: String,
    /// Arguments of nextpnr that choose it.
    pub arguments: Vec<String>,
    /// Pins for the ports of a design without constraints; none where nextpnr chooses them.
    pub pins: Vec<Pin>,
    /// LUT sites.
    pub luts: u64,
    /// Flip-flops.
    pub ffs: u64,
    /// Multipliers.
    pub dsps: u64,
    /// Block RAMs.
    pub ebrs: u64,
    /// Clock to reach, in MHz.
    pub freq_mhz: f64,
    /// Seed of both placers.
    pub seed: u32,
    /// Whether block RAMs and multipliers get their places before nextpnr runs ([`blocks`]), where the device is known.
    pub places_blocks: bool,
    /// What the user has to say to nextpnr besides.
    pub further: Vec<String>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// A bitstream was made and the clock reaches the target.
    Met,
    /// More of a resource than the device has.
    TooLarge {
        /// What is short: `LUT sites`, `flip-flops`, `multipliers`, `block RAMs`.
        resource: &'static str,
        /// Wanted.
        used: u64,
        /// There.
        available: u64,
    },
    /// nextpnr gave up.
    NotRouted {
        /// What it said.
        reason: String,
    },
    /// A bitstream was made, but the clock is too slow.
    TooSlow {
        /// By so many MHz.
        short_mhz: f64,
    },
}

/// A resource of the device.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// `lut`, `ff`, `dsp`, `ebr`.
    pub name: &'static str,
    /// Taken.
    pub used: u64,
    /// On the device.
    pub available: u64,
    /// Percent of it.
    pub percent: f64,
}

/// A stage that was run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// `yosys`, `blocks`, `nextpnr`, the packer.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// Wall time.
    pub seconds: f64,
    /// Its log, relative to the folder.
    pub log: String,
}

/// What came of a design, all but that in files of its own.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What it was built for.
    pub target: Target,
    /// How it ended.
    pub outcome: Outcome,
    /// Cells of the netlist.
    pub cells: Cells,
    /// The device's resources: after routing where it came to that, else as synthesised.
    pub resources: Vec<Resource>,
    /// Cells by instance.
    pub instances: Vec<Part>,
    /// Clocks after routing.
    pub clocks: Vec<Clock>,
    /// What limits the clock.
    pub critical_path: Option<CriticalPath>,
    /// Stages.
    pub stages: Vec<Stage>,
    /// The most memory that a stage took, in MiB.
    pub peak_memory_mib: Option<u64>,
    /// Relative to the folder; none unless it was made.
    pub bitstream: Option<String>,
}

impl Report {
    /// The core's clock rate after routing.
    pub fn fmax_mhz(&self) -> Option<f64> {
        self.clocks.iter().map(|clock| clock.fmax_mhz).reduce(f64::min)
    }
}

/// Builds a design of an emitted folder. `progress` hears of the stage in hand and its seconds so far.
pub fn synthesise(
    folder: &Path,
    design: &Design,
    target: &Target,
    progress: &mut dyn FnMut(&str, f64),
) -> Result<Report, FlowError> {
    let mut flow = Flow { folder, stages: Vec::new(), progress };
    let work = folder.join("synth");
    std::fs::create_dir_all(&work).map_err(FlowError::file("create", &work))?;

    let family = target.family;
    let synthesis = format!("{} -json synth/itnet.json", family.synthesis(&design.top));
    let script = format!("{}; {synthesis}", family.reading(&design.sources.join(" ")));
    flow.must("yosys", Tool::Yosys, &["-q".to_owned(), "-p".to_owned(), script])?;
    let (cells, instances) = netlist::count(&work.join("itnet.json"), &design.top, &design.roles)?;
    let mut report = Report {
        target: target.clone(),
        outcome: Outcome::Met,
        cells,
        resources: resources(&cells, target, None),
        instances,
        clocks: Vec::new(),
        critical_path: None,
        stages: Vec::new(),
        peak_memory_mib: None,
        bitstream: None,
    };
    if let Some(outcome) = too_large(&report.resources) {
        report.outcome = outcome;
        return Ok(finish(flow, report));
    }

    if let Some(fabric) = Fabric::of(&target.arguments).filter(|_| target.places_blocks && cells.dsp + cells.ebr > 0) {
        flow.blocks(&fabric, target.seed)?;
    }

    let mut arguments = target.arguments.clone();
    arguments.extend(["--json", "synth/itnet.json", "--report", "synth/timing.json"].map(str::to_owned));
    arguments.extend(["--write", PLACED].map(str::to_owned));
    arguments.extend(family.place_and_route(ROUTED, constraints(folder, design, target)?.as_deref()));
    let asked = target.freq_mhz * MARGIN;
    arguments.extend(["--freq".to_owned(), asked.to_string(), "--seed".to_owned(), target.seed.to_string()]);
    arguments.push("--timing-allow-fail".to_owned());
    arguments.extend(target.further.iter().cloned());
    if let Some(failure) = flow.stage("nextpnr", family.nextpnr(), &arguments)? {
        // That it gave the design up, it says; everything else is a failure of its own.
        let log = std::fs::read_to_string(work.join("nextpnr.log")).unwrap_or_default();
        let Some(reason) = complaint(&failure, &log) else { return Err(flow.failed("nextpnr", failure)) };
        report.outcome = Outcome::NotRouted { reason };
        return Ok(finish(flow, report));
    }
    let timing = Timing::read(&work.join("timing.json"))?;
    report.resources = resources(&cells, target, Some(&timing));
    report.clocks = timing.clocks();
    report.critical_path = timing.critical_path();
    floorplan(folder, &design.roles, report.critical_path.as_ref())?;

    let (name, tool, arguments) = family.packing(ROUTED, BITSTREAM);
    flow.must(name, tool, &arguments)?;
    report.bitstream = Some(BITSTREAM.to_owned());
    let fmax = report.fmax_mhz().unwrap_or(0.0);
    if fmax < target.freq_mhz {
        report.outcome = Outcome::TooSlow { short_mhz: target.freq_mhz - fmax };
    }
    Ok(finish(flow, report))
}

/// Keeps the floor plan, `synth/floorplan.json`, of the placed netlist.
fn floorplan(folder: &Path, roles: &Roles, critical: Option<&CriticalPath>) -> Result<(), FlowError> {
    let placed = folder.join(PLACED);
    let plan = Floorplan::read(&placed, roles, critical)?;
    let path = folder.join("synth/floorplan.json");
    let text = serde_json::to_string(&plan).expect("a floor plan is serialisable") + "\n";
    std::fs::write(&path, text).map_err(FlowError::file("write", &path))?;
    std::fs::remove_file(&placed).map_err(FlowError::file("remove", &placed))
}

/// The file that says where the pins are: the design's, or one made of the target's.
fn constraints(folder: &Path, design: &Design, target: &Target) -> Result<Option<String>, FlowError> {
    if design.constraints.is_some() || target.pins.is_empty() {
        return Ok(design.constraints.clone());
    }
    let path = folder.join(PINS);
    std::fs::write(&path, pins::pdc(&target.pins)).map_err(FlowError::file("write", &path))?;
    Ok(Some(PINS.to_owned()))
}

/// Stages of one folder.
struct Flow<'a> {
    folder: &'a Path,
    stages: Vec<Stage>,
    progress: &'a mut dyn FnMut(&str, f64),
}

impl Flow<'_> {
    /// Runs a program and keeps its log; the failure if it did not succeed.
    fn stage(&mut self, name: &'static str, tool: Tool, arguments: &[String]) -> Result<Option<Failure>, FlowError> {
        let program = tool.find()?;
        let version = tools::version(name, &program)?;
        let log = format!("synth/{name}.log");
        let start = Instant::now();
        let path = self.folder.join(&log);
        let progress = &mut *self.progress;
        let status = tools::run(&program, arguments, self.folder, &path, &mut |seconds| progress(name, seconds))?;
        self.stages.push(Stage { name, version, seconds: start.elapsed().as_secs_f64(), log });
        if status.success() {
            return Ok(None);
        }
        let said = std::fs::read_to_string(&path).unwrap_or_default();
        Ok(Some(Failure::new(program, status, last_lines(&said))))
    }

    /// Gives the blocks of the netlist their places.
    fn blocks(&mut self, fabric: &Fabric, seed: u32) -> Result<(), FlowError> {
        const NAME: &str = "blocks";
        let log = format!("synth/{NAME}.log");
        let start = Instant::now();
        let seconds = || start.elapsed().as_secs_f64();
        let progress = &mut *self.progress;
        let (netlist, kept) = (self.folder.join("synth/itnet.json"), self.folder.join(&log));
        blocks::place(&netlist, fabric, seed, &kept, &mut || progress(NAME, seconds()))?;
        self.stages.push(Stage { name: NAME, version: env!("CARGO_PKG_VERSION").to_owned(), seconds: seconds(), log });
        Ok(())
    }

    /// The same for what has to succeed.
    fn must(&mut self, name: &'static str, tool: Tool, arguments: &[String]) -> Result<(), FlowError> {
        match self.stage(name, tool, arguments)? {
            None => Ok(()),
            Some(failure) => Err(self.failed(name, failure)),
        }
    }

    fn failed(&self, stage: &'static str, failure: Failure) -> FlowError {
        FlowError::Stage { stage, failure, log: Some(self.folder.join(format!("synth/{stage}.log"))) }
    }
}

/// With the stages that were run.
fn finish(flow: Flow<'_>, report: Report) -> Report {
    Report { stages: flow.stages, peak_memory_mib: tools::peak_memory(), ..report }
}

/// Lines at the end of a log that an error shows.
const SHOWN: usize = 12;

/// The end of a log.
fn last_lines(log: &str) -> &str {
    let starts: Vec<usize> =
        std::iter::once(0).chain(log.trim_end().match_indices('\n').map(|(at, _)| at + 1)).collect();
    &log[starts[starts.len().saturating_sub(SHOWN)]..]
}

/// The line in which place and route gives a design up. A program that a signal ended, or that says nothing of the kind,
/// has not tried.
fn complaint(failure: &Failure, log: &str) -> Option<String> {
    let gave_up = failure.status.starts_with("exit status");
    let line = log.lines().find(|line| line.starts_with("ERROR") || line.contains(" ERROR"));
    line.filter(|_| gave_up).map(|line| line.trim().to_owned())
}

fn resources(cells: &Cells, target: &Target, timing: Option<&Timing>) -> Vec<Resource> {
    let used = |kind: Option<&str>, counted: u64| {
        let sites = timing.and_then(|timing| timing.sites(kind?));
        sites.map_or(counted, |sites| sites.used)
    };
    let [lut, ff, dsp, ebr] = target.family.sites();
    [
        ("lut", used(lut, cells.lut_sites()), target.luts),
        ("ff", used(ff, cells.ff), target.ffs),
        ("dsp", used(dsp, cells.dsp), target.dsps),
        ("ebr", used(ebr, cells.ebr), target.ebrs),
    ]
    .map(|(name, used, available)| Resource {
        name,
        used,
        available,
        percent: 100.0 * used as f64 / available.max(1) as f64,
    })
    .to_vec()
}

fn too_large(resources: &[Resource]) -> Option<Outcome> {
    let words = |name| match name {
        "lut" => "LUT sites",
        "ff" => "flip-flops",
        "dsp" => "multipliers",
        _ => "block RAMs",
    };
    let short = resources.iter().filter(|r| r.used > r.available).max_by(|a, b| a.percent.total_cmp(&b.percent))?;
    Some(Outcome::TooLarge { resource: words(short.name), used: short.used, available: short.available })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            device: "small".to_owned(),
            board: None,
            family: Family::Ecp5,
            part: "X".to_owned(),
            arguments: vec![],
            pins: vec![],
            luts: 100,
            ffs: 100,
            dsps: 4,
            ebrs: 2,
            freq_mhz: 80.0,
            seed: 1,
            places_blocks: true,
            further: vec![],
        }
    }

    #[test]
    fn giving_up_is_no_failure_of_the_program() {
        let complaint = |status: &str, log: &str| {
            let failure =
                Failure { program: "nextpnr".to_owned(), status: status.to_owned(), said: last_lines(log).to_owned() };
            complaint(&failure, log)
        };
        let said = "Info: placing\nERROR: Unable to place cell 'u_ram'\n";
        let reason = complaint("exit status 255", said);
        assert_eq!(reason.as_deref(), Some("ERROR: Unable to place cell 'u_ram'"));
        assert_eq!(complaint("signal 9 (SIGKILL)", said), None);
        assert_eq!(complaint("exit status 1", ""), None);
        let log = (0..40).map(|i| i.to_string()).collect::<Vec<_>>().join("\n");
        assert!(last_lines(&log).starts_with("28\n"));
        assert_eq!((last_lines(""), last_lines("a\nb")), ("", "a\nb"));
    }

    #[test]
    fn the_shortest_resource_is_named() {
        let cells = Cells { lut4: 120, dsp: 8, ebr: 1, ..Cells::default() };
        let outcome = too_large(&resources(&cells, &target(), None));
        assert_eq!(outcome, Some(Outcome::TooLarge { resource: "multipliers", used: 8, available: 4 }));
        let fits = Cells { lut4: 100, dsp: 4, ebr: 2, ..Cells::default() };
        assert_eq!(too_large(&resources(&fits, &target(), None)), None);
    }
}
