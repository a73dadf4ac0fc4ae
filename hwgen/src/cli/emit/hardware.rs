//! Flags about the hardware, and the options that they and a configuration file give.

use super::rate;
use crate::cli::device::{agree, named_device};
use crate::cli::error::CliError;
use crate::cli::network::HardwareFields;
use clap::ValueEnum;
use hwgen_core::design::DEFAULT_MULTIPLIERS;
use hwgen_core::feedback::{AxiWidth, Feedback};
use hwgen_core::solver::Target;
use hwgen_core::{Device, Options};
use hwgen_shell::Board;

/// Flags about the hardware.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Hardware")]
pub struct HardwareArgs {
    /// Budget of multipliers for all arrays together [default: 342].
    #[arg(long, value_name = "M")]
    multipliers: Option<u32>,
    /// Device that the core must fit and, up to a budget that is given too, fill: ecp5-25k, ecp5-45k, ecp5-85k,
    /// nexus-lifcl40.
    #[arg(long, value_name = "D")]
    device: Option<String>,
    /// Pixels that a weight works on in the same cycle: 1, 2 or 4 [default: what is fastest].
    #[arg(long, value_name = "P", value_parser = ["1", "2", "4"])]
    pixels_per_cycle: Option<String>,
    /// Pixels of a beat of the image, and classes of a beat of the maps: 1, 2 or 4; lines of the image are whole beats
    /// [default: 1].
    #[arg(long, value_name = "B", value_parser = ["1", "2", "4"])]
    pixels_per_beat: Option<String>,
    /// Emit the smallest core that gives so many frames a second on the device (or board), at the clock that is expected
    /// there.
    #[arg(long, value_name = "F", conflicts_with = "multipliers", value_parser = rate::frames_per_second)]
    pub target_fps: Option<f64>,
    /// Output with which the frames of --target-fps end, by its iterations [default: the last one].
    #[arg(long, value_name = "N", requires = "target_fps", conflicts_with = "multipliers")]
    pub at_iterations: Option<u32>,
    /// Where the state goes between iterations [default: onchip].
    #[arg(long, value_name = "KIND")]
    feedback: Option<FeedbackKind>,
    /// Data bits of the AXI4 master, with --feedback axi [default: 64].
    #[arg(long, value_name = "BITS")]
    axi_width: Option<AxiBits>,
}

/// Feedback kinds on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FeedbackKind {
    /// State memory on chip.
    Onchip,
    /// A pair of AXI4-Streams.
    Stream,
    /// DRAM behind an AXI4 master.
    Axi,
}

/// Widths of the AXI4 master on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AxiBits {
    #[value(name = "32")]
    Bits32,
    #[value(name = "64")]
    Bits64,
    #[value(name = "128")]
    Bits128,
}

impl From<AxiBits> for AxiWidth {
    fn from(bits: AxiBits) -> Self {
        match bits {
            AxiBits::Bits32 => Self::Bits32,
            AxiBits::Bits64 => Self::Bits64,
            AxiBits::Bits128 => Self::Bits128,
        }
    }
}

impl HardwareArgs {
    /// Options for the emitter; flags win over the file.
    pub fn options(&self, file: &HardwareFields, device: Option<&Device>) -> Result<Options, CliError> {
        // A rate asks for as many as it takes, and flags win over the file.
        let of_file = file.multipliers.filter(|_| self.target_fps.is_none());
        let budget = self.multipliers.or(of_file).map(|m| m as usize);
        let multipliers = budget.unwrap_or(DEFAULT_MULTIPLIERS);
        let target = device.map(|device| Target {
            dsp: device.multipliers,
            ebr: device.block_rams,
            lut: device.luts,
            products: budget.unwrap_or(usize::MAX),
        });
        let kind = match (self.feedback, &file.feedback) {
            (Some(kind), _) => kind,
            (None, Some(name)) => {
                FeedbackKind::from_str(name, false).map_err(|_| CliError::Feedback { got: name.clone() })?
            }
            (None, None) => FeedbackKind::Onchip,
        };
        let feedback = match kind {
            FeedbackKind::Onchip => Feedback::Onchip,
            FeedbackKind::Stream => Feedback::Stream,
            FeedbackKind::Axi => Feedback::Axi(self.axi_width.map(AxiWidth::from).unwrap_or_default()),
        };
        if self.axi_width.is_some() && kind != FeedbackKind::Axi {
            return Err(CliError::AxiWidth { feedback: feedback.kind() });
        }
        let number = |flag: &Option<String>| flag.as_deref().and_then(|pixels| pixels.parse().ok());
        let (pixels, beat) = (number(&self.pixels_per_cycle), number(&self.pixels_per_beat).unwrap_or(1));
        Ok(Options { multipliers, pixels, feedback, target, beat, ..Options::default() })
    }

    /// The device that --device names, or the board's; they must agree.
    pub fn device(&self, board: Option<&Board>) -> Result<Option<Device>, CliError> {
        if let (Some(device), Some(board)) = (&self.device, board) {
            agree(device, &board.name, &board.device)?;
        }
        self.device.as_deref().or(board.map(|board| board.device.as_str())).map(named_device).transpose()
    }
}
