//! The core clock by clock, under control of the caller: for malformed frames, resets, interrupts.
//!
//! Owns: sequences of clocks that tests need again and again (register accesses, reset). The feedback FIFO or
//! memory is played by the driver. Leaves alone: whether anything that comes out is right.

use super::error::CosimError;
use super::ffi::bridge::{self, Design};
pub use super::ffi::bridge::{Inputs, MemoryTraffic, Outputs};
use super::ffi::bridge::{MemoryRates, MemoryShape, PauseRate};
use super::options::Pause;
use std::path::Path;

/// Clocks that a register access may take.
const PATIENCE: u32 = 10_000;

/// One instance of a core.
pub struct Pins {
    inner: cxx::UniquePtr<bridge::Pins>,
    /// Applied by the next clock; stay until changed.
    pub inputs: Inputs,
    /// Clocks so far.
    pub cycle: u64,
}

/// The answer to a register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was read.
    pub value: u32,
    /// 0 okay, 2 slave error.
    pub response: u8,
}

impl Pins {
    pub(crate) fn new(
        design: cxx::UniquePtr<Design>,
        feedback_depth: u64,
        feedback_word_bytes: u32,
        memory: &MemoryShape,
    ) -> Result<Self, CosimError> {
        let inner = bridge::new_pins(design, feedback_depth, feedback_word_bytes, memory).map_err(CosimError::load)?;
        Ok(Self { inner, inputs: Inputs { wstrb: 0xF, ..Inputs::default() }, cycle: 0 })
    }

    /// How the memory behind `--feedback axi` answers from now on: pauses on all its channels, cycles of latency at most,
    /// percent of errors.
    pub fn memory(&mut self, pause: Pause, latency: u32, errors: u32) {
        let rate = || PauseRate { percent: pause.percent, burst: pause.burst };
        self.inner.pin_mut().behave(&MemoryRates { source: rate(), sink: rate(), latency, errors });
    }

    /// What that memory has counted since reset.
    pub fn traffic(&mut self) -> MemoryTraffic {
        self.inner.pin_mut().traffic()
    }

    /// One clock: applies `inputs`, returns the outputs as the rising edge sees them.
    pub fn step(&mut self) -> Result<Outputs, CosimError> {
        let outputs = self.inner.pin_mut().step(&self.inputs).map_err(|e| CosimError::Stopped {
            cycle: self.cycle,
            reason: e.to_string(),
            command: String::new(),
        })?;
        self.cycle += 1;
        Ok(outputs)
    }

    /// Holds reset for `clocks`, then releases it.
    pub fn reset(&mut self, clocks: u32) -> Result<(), CosimError> {
        self.inputs.aresetn = false;
        for _ in 0..clocks {
            self.step()?;
        }
        self.inputs.aresetn = true;
        Ok(())
    }

    /// Writes a register; `each` sees the outputs of every clock meanwhile.
    pub fn write(&mut self, address: u8, value: u32, mut each: impl FnMut(&Outputs)) -> Result<Answer, CosimError> {
        self.inputs.awaddr = address;
        self.inputs.wdata = value;
        (self.inputs.awvalid, self.inputs.wvalid, self.inputs.bready) = (true, true, true);
        for _ in 0..PATIENCE {
            let out = self.step()?;
            each(&out);
            self.inputs.awvalid &= !out.awready;
            self.inputs.wvalid &= !out.wready;
            if out.bvalid {
                self.inputs.bready = false;
                return Ok(Answer { value, response: out.bresp });
            }
        }
        Err(self.unanswered("write", address))
    }

    /// Reads a register; `each` sees the outputs of every clock meanwhile.
    pub fn read(&mut self, address: u8, mut each: impl FnMut(&Outputs)) -> Result<Answer, CosimError> {
        self.inputs.araddr = address;
        (self.inputs.arvalid, self.inputs.rready) = (true, true);
        for _ in 0..PATIENCE {
            let out = self.step()?;
            each(&out);
            self.inputs.arvalid &= !out.arready;
            if out.rvalid {
                self.inputs.rready = false;
                return Ok(Answer { value: out.rdata, response: out.rresp });
            }
        }
        Err(self.unanswered("read", address))
    }

    /// The low 64 bits of a public signal, by its Verilog path.
    pub fn peek(&mut self, path: &str) -> Result<u64, CosimError> {
        self.inner.pin_mut().peek(path).map_err(CosimError::load)
    }

    /// Writes a waveform from here on.
    pub fn trace(&mut self, path: &Path) -> Result<(), CosimError> {
        self.inner.pin_mut().trace(&path.to_string_lossy()).map_err(CosimError::load)
    }

    fn unanswered(&self, what: &str, address: u8) -> CosimError {
        CosimError::Hang {
            cycle: self.cycle,
            reason: format!("register {what} at 0x{address:02X} is not answered"),
            command: String::new(),
        }
    }
}
