//! A script of register accesses: when, what, and what has to come of it.
//!
//! Owns: its form in memory. Leaves alone: files of scripts (the command line), and the driver that runs it (`cpp/host.h`).

use super::ffi::bridge::{Refused, ScriptStep, When};

/// From when the cycles of an access count. Frames are counted as the core begins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The start of the simulation.
    Start,
    /// The first pixel of a frame.
    Begin(u32),
    /// The first word of an output (from 1) of a frame.
    Output(u32, u32),
    /// The end of a frame: complete, early or abandoned.
    End(u32),
}

/// A register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What it waits for.
    pub moment: Moment,
    /// Not before so many cycles after that, and after the access before.
    pub cycle: u64,
    /// Register.
    pub address: u8,
    /// The value to write; none: read.
    pub write: Option<u32>,
    /// Bytes to write, bit 0 the lowest.
    pub strobe: u8,
    /// What a read has to give, and which of its bits count.
    pub expect: Option<(u32, u32)>,
    /// Whether the answer has to be an error; none: as docs/registers.md says, which is checked anyhow.
    pub refused: Option<bool>,
}

impl Access {
    /// A read at a cycle of the simulation.
    pub const fn read(cycle: u64, address: u8) -> Self {
        Self { moment: Moment::Start, cycle, address, write: None, strobe: 0xF, expect: None, refused: None }
    }

    /// A write of all bytes at a cycle of the simulation.
    pub const fn write(cycle: u64, address: u8, value: u32) -> Self {
        Self { write: Some(value), ..Self::read(cycle, address) }
    }

    /// Cycles after its moment.
    pub(crate) fn cycles(&self) -> u64 {
        self.cycle
    }

    pub(crate) fn step(&self) -> ScriptStep {
        let (when, frame, output) = match self.moment {
            Moment::Start => (When::Cycle, 0, 0),
            Moment::Begin(frame) => (When::Begin, frame, 0),
            Moment::Output(frame, output) => (When::Output, frame, output),
            Moment::End(frame) => (When::End, frame, 0),
        };
        let (expected, mask) = self.expect.unwrap_or_default();
        ScriptStep {
            when,
            frame,
            output,
            cycle: self.cycle,
            write: self.write.is_some(),
            address: self.address,
            value: self.write.unwrap_or(0),
            strobe: self.strobe,
            expects: self.expect.is_some(),
            expected,
            mask,
            refused: match self.refused {
                None => Refused::Any,
                Some(true) => Refused::Yes,
                Some(false) => Refused::No,
            },
        }
    }
}
