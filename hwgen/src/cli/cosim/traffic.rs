//! What `hwgen cosim` does to the core besides sending whole frames: settings of each frame, stop, soft reset, drop mode,
//! broken frames, a script of register accesses.
//!
//! Owns: these arguments, and the script's file (docs/cosim.md). Leaves alone: how they reach the core.

use crate::cli::error::CliError;
use hwgen_registers as map;
use hwgen_sim::cosim::{Access, FrameFault, FrameInput, Manifest, Moment};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Settings and disturbances.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Registers and broken frames (docs/cosim.md)")]
pub struct Traffic {
    /// Register ITERATIONS, 1…N: one number for all frames, or one for each.
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',')]
    pub iterations: Vec<u32>,
    /// Registers `MASK_LOW` and `MASK_HIGH`, bit n − 1 for output n: one number for all frames, or one for each.
    #[arg(long, value_name = "M[,M…]", value_delimiter = ',', value_parser = number)]
    mask: Vec<u64>,
    /// Register THRESHOLD, 0: off: one number for all frames, or one for each.
    #[arg(long, value_name = "T[,T…]", value_delimiter = ',')]
    threshold: Vec<u32>,
    /// A threshold for each output (from `hwgen evaluate --exit`), in every frame.
    #[arg(long, value_name = "FILE", conflicts_with = "threshold")]
    pub thresholds: Option<PathBuf>,
    /// Ask for a stop when the first word of an output of a frame has come; several may be given.
    #[arg(long, value_name = "FRAME:OUTPUT", value_parser = pair)]
    stop: Vec<(u32, u64)>,
    /// Abandon a frame so many cycles after its first pixel; several may be given.
    #[arg(long, value_name = "FRAME:CYCLES", value_parser = pair)]
    soft_reset: Vec<(u32, u64)>,
    /// Drop mode: frames that begin while the core is busy are discarded.
    #[arg(long)]
    drop: bool,
    /// Break a frame at a word (raster order, from 0): cut, remove, insert, user, last (those signals wrong), or extra-line;
    /// several may be given.
    #[arg(long, value_name = "FRAME:KIND[@WORD]", value_parser = broken)]
    broken: Vec<(u32, FrameFault)>,
    /// A script of register accesses and of what has to come of them.
    #[arg(long, value_name = "FILE.yaml")]
    pub script: Option<PathBuf>,
}

fn number(text: &str) -> Result<u64, String> {
    let parsed = text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16));
    parsed.map_err(|_| format!("`{text}` is no number; wanted one like 5 or 0x1F"))
}

fn pair(text: &str) -> Result<(u32, u64), String> {
    let wrong = || format!("`{text}` is not of the form FRAME:NUMBER, frames counted from 0");
    let (frame, value) = text.split_once(':').ok_or_else(wrong)?;
    Ok((frame.parse().map_err(|_| wrong())?, value.parse().map_err(|_| wrong())?))
}

fn broken(text: &str) -> Result<(u32, FrameFault), String> {
    let wrong = || {
        format!(
            "`{text}` is not of the form FRAME:KIND@WORD; kinds are cut, remove, insert, user, last, and extra-line without a word"
        )
    };
    let (frame, fault) = text.split_once(':').ok_or_else(wrong)?;
    let frame = frame.parse().map_err(|_| wrong())?;
    if fault == "extra-line" {
        return Ok((frame, FrameFault::ExtraLine));
    }
    let (kind, at) = fault.split_once('@').ok_or_else(wrong)?;
    let at = at.parse().map_err(|_| wrong())?;
    let fault = match kind {
        "cut" => FrameFault::Cut(at),
        "remove" => FrameFault::Remove(at),
        "insert" => FrameFault::Insert(at),
        "user" => FrameFault::User(at),
        "last" => FrameFault::Last(at),
        _ => return Err(wrong()),
    };
    Ok((frame, fault))
}

/// The value of a frame: one for all, or one for each.
fn of_frame<T: Copy>(values: &[T], frame: usize) -> Option<T> {
    if values.len() == 1 { values.first().copied() } else { values.get(frame).copied() }
}

impl Traffic {
    /// Frames that the settings name: more than one value is one for each frame.
    pub fn frames(&self) -> usize {
        [self.iterations.len(), self.mask.len(), self.threshold.len()].into_iter().max().unwrap_or(0)
    }

    /// Gives a frame its settings and faults.
    pub fn frame(&self, number: usize, image: Vec<u8>) -> FrameInput {
        FrameInput {
            iterations: of_frame(&self.iterations, number),
            mask: of_frame(&self.mask, number),
            threshold: of_frame(&self.threshold, number).unwrap_or(0),
            fault: self.broken.iter().find(|(frame, _)| *frame as usize == number).map(|(_, fault)| *fault),
            ..FrameInput::new(image)
        }
    }

    /// Refuses what names no frame, output or word.
    pub fn check(&self, manifest: &Manifest, frames: usize) -> Result<(), CliError> {
        let d = &manifest.description;
        let beyond = |option: &'static str, frame: u32| CliError::NoSuchFrame { option, got: frame, frames };
        let named = [
            ("--stop", self.stop.iter().map(|s| s.0).max()),
            ("--soft-reset", self.soft_reset.iter().map(|s| s.0).max()),
            ("--broken", self.broken.iter().map(|s| s.0).max()),
        ];
        for (option, frame) in named {
            if let Some(frame) = frame.filter(|&frame| frame as usize >= frames) {
                return Err(beyond(option, frame));
            }
        }
        for (option, count) in [
            ("--iterations", self.iterations.len()),
            ("--mask", self.mask.len()),
            ("--threshold", self.threshold.len()),
        ] {
            if count > 1 && count != frames {
                return Err(CliError::SettingsOfFrames { option, got: count, frames });
            }
        }
        if let Some(&(_, got)) =
            self.stop.iter().find(|(_, output)| !d.outputs.iter().any(|&o| u64::from(o) == *output))
        {
            return Err(CliError::NoSuchOutput { got, known: format!("{:?}", d.outputs) });
        }
        let words = manifest.beats();
        let late = |fault: FrameFault| match fault {
            FrameFault::Cut(at) | FrameFault::Insert(at) => at > words,
            FrameFault::Remove(at) | FrameFault::User(at) | FrameFault::Last(at) => at >= words,
            FrameFault::ExtraLine => false,
        };
        match self.broken.iter().find(|(_, fault)| late(*fault)) {
            Some((frame, _)) => Err(CliError::NoSuchWord { frame: *frame, words }),
            None => Ok(()),
        }
    }

    /// All register accesses, in the order in which they are done.
    pub fn accesses(&self) -> Result<Vec<Access>, CliError> {
        let control = |value| Access::write(0, map::CONTROL, map::control::ENABLE | value);
        let mut all = Vec::new();
        if self.drop {
            all.push(control(map::control::DROP));
        }
        let drop = if self.drop { map::control::DROP } else { 0 };
        let mut events: Vec<(u32, u64, Access)> = Vec::new();
        for &(frame, output) in &self.stop {
            let access = control(map::control::STOP | drop);
            events.push((frame, output, Access { moment: Moment::Output(frame, output as u32), ..access }));
        }
        for &(frame, cycle) in &self.soft_reset {
            let access = control(map::control::SOFT_RESET | drop);
            events.push((frame, 0, Access { moment: Moment::Begin(frame), cycle, ..access }));
        }
        events.sort_by_key(|(frame, order, _)| (*frame, *order));
        all.extend(events.into_iter().map(|(_, _, access)| access));
        if let Some(path) = &self.script {
            all.extend(read(path)?);
        }
        Ok(all)
    }
}

/// A step of a script, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: Option<u64>,
    frame: Option<u32>,
    output: Option<u32>,
    #[serde(default)]
    end: bool,
    after: Option<u64>,
    write: Option<Register>,
    read: Option<Register>,
    value: Option<u32>,
    strobe: Option<u8>,
    expect: Option<u32>,
    mask: Option<u32>,
    refused: Option<bool>,
}

/// A register by name or address.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Register {
    Address(u8),
    Name(String),
}

/// Reads a script.
fn read(path: &Path) -> Result<Vec<Access>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|source| CliError::Read {
        what: "script",
        path: path.to_owned(),
        source,
    })?;
    parse(&text).map_err(|reason| CliError::Script { path: path.to_owned(), reason })
}

fn parse(text: &str) -> Result<Vec<Access>, String> {
    let steps: Vec<Step> = serde_yaml::from_str(text).map_err(|e| e.to_string())?;
    steps.iter().zip(1..).map(|(step, number)| step.access().map_err(|e| format!("step {number}: {e}"))).collect()
}

impl Step {
    fn access(&self) -> Result<Access, String> {
        let (register, write) = match (&self.write, &self.read) {
            (Some(register), None) => (register, Some(self.value.ok_or("`write` without `value`")?)),
            (None, Some(register)) if self.value.is_none() && self.strobe.is_none() => (register, None),
            (None, Some(_)) => return Err("`value` and `strobe` belong to `write`; a read has `expect`".to_owned()),
            _ => return Err("wanted one of `write` and `read`".to_owned()),
        };
        let moment = match (self.at, self.frame, self.output, self.end) {
            (_, None, None, false) if self.after.is_none() => Moment::Start,
            (None, Some(frame), None, false) => Moment::Begin(frame),
            (None, Some(frame), Some(output @ 1..=64), false) => Moment::Output(frame, output),
            (None, Some(frame), None, true) => Moment::End(frame),
            _ => {
                return Err(
                    "wanted `at`, or `frame` with `output` (1…64) or `end: true` or neither, and `after`".to_owned()
                );
            }
        };
        if self.expect.is_none() && self.mask.is_some() {
            return Err("`mask` without `expect`".to_owned());
        }
        if write.is_some() && self.expect.is_some() {
            return Err("`expect` belongs to `read`".to_owned());
        }
        let strobe = self.strobe.unwrap_or(0xF);
        if strobe > 0xF {
            return Err(format!("strobe {strobe} has more than four bits"));
        }
        Ok(Access {
            moment,
            cycle: self.at.or(self.after).unwrap_or(0),
            address: register.address()?,
            write,
            strobe,
            expect: self.expect.map(|expected| (expected, self.mask.unwrap_or(u32::MAX))),
            refused: self.refused,
        })
    }
}

impl Register {
    fn address(&self) -> Result<u8, String> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Name(name) => map::named(name).map(|register| register.address).ok_or_else(|| {
                let known: Vec<&str> = map::REGISTERS.iter().map(|register| register.name).collect();
                format!("register `{name}` is unknown, wanted an address or one of {}", known.join(", "))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read() {
        let text = "
- {at: 100, write: threshold, value: 0x11223344, strobe: 0x3}
- {frame: 1, output: 2, after: 7, write: CONTROL, value: 3}
- {frame: 1, end: true, read: LAST_OUTPUT, expect: 2, mask: 0xFF}
- {read: 0x48, refused: true}
";
        let steps = parse(text).expect("a script");
        assert_eq!(steps[0], Access { strobe: 3, ..Access::write(100, map::THRESHOLD, 0x1122_3344) });
        assert_eq!((steps[1].moment, steps[1].cycle), (Moment::Output(1, 2), 7));
        assert_eq!((steps[2].moment, steps[2].expect), (Moment::End(1), Some((2, 0xFF))));
        assert_eq!((steps[3].address, steps[3].refused), (0x48, Some(true)));
    }

    #[test]
    fn a_wrong_script_says_which_step() {
        for (text, wanted) in [
            ("- {read: CYCLES}\n- {read: CICLES}", "step 2: register `CICLES` is unknown"),
            ("- {write: CONTROL}", "step 1: `write` without `value`"),
            ("- {read: CONTROL, value: 3}", "step 1: `value` and `strobe` belong to `write`"),
            ("- {output: 1, read: ID}", "step 1: wanted `at`"),
            ("- {write: CONTROL, value: 1, strobe: 16}", "step 1: strobe 16"),
        ] {
            let error = parse(text).expect_err("a mistake");
            assert!(error.contains(wanted), "{error}");
        }
    }

    #[test]
    fn broken_frames_are_named() {
        assert_eq!(broken("2:cut@17"), Ok((2, FrameFault::Cut(17))));
        assert_eq!(broken("0:extra-line"), Ok((0, FrameFault::ExtraLine)));
        assert!(broken("0:short").is_err() && broken("x:cut@1").is_err() && broken("1:cut").is_err());
    }
}
