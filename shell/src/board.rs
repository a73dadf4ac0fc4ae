//! Boards as data: `constraints/boards/*.yaml`, carried in the program.
//!
//! Owns: what a board has, and what a core on it needs: clock divider, UART divider. Leaves alone: Verilog, devices.

use serde::{Deserialize, Serialize};

use crate::pll::Pll;
use hwgen_core::pins::{Level, Pin};

const FILES: [&str; 3] = [
    include_str!("../../constraints/boards/ulx3s-85f.yaml"),
    include_str!("../../constraints/boards/ecpix-5-85f.yaml"),
    include_str!("../../constraints/boards/ecp5-evn.yaml"),
];
/// A UART's rate may be wrong by so much: both sides together have to stay below half a bit in ten.
const BAUD_ERROR: f64 = 0.02;
/// Clocks a bit that the receiver needs.
const LEAST_DIVIDER: f64 = 4.0;
/// Rows that a board takes ahead of the core: enough to hide the delay of a USB adapter.
pub const ROWS: usize = 4;

/// The oscillator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oscillator {
    /// Its rate.
    pub mhz: f64,
    /// Where it comes in.
    pub pin: Pin,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// Its level when pressed.
    pub active: Level,
    /// Its pin.
    pub pin: Pin,
}

/// The serial line to the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uart {
    /// The highest rate of the board's USB adapter.
    pub max_baud: u32,
    /// Into the FPGA.
    pub rx: Pin,
    /// Out of it.
    pub tx: Pin,
}

/// Light-emitting diodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leds {
    /// The level that lights them.
    pub active: Level,
    /// Four of them.
    pub pins: Vec<Pin>,
}

/// What a board has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Name on the command line.
    pub name: String,
    /// Maker and type.
    pub title: String,
    /// Its device, by the name of a file in `constraints/`.
    pub device: String,
    /// The part on it.
    pub part: String,
    /// Arguments of nextpnr: device, package, speed grade.
    pub nextpnr: Vec<String>,
    /// Oscillator.
    pub clock: Oscillator,
    /// Reset button.
    #[serde(default)]
    pub reset: Option<Button>,
    /// Serial line.
    pub uart: Uart,
    /// Light-emitting diodes.
    pub leds: Leds,
    /// Pins that have to be high, whatever the core does.
    #[serde(default)]
    pub high: Vec<Pin>,
}

/// All known boards.
///
/// # Panics
/// Never: a test reads every file.
pub fn boards() -> Vec<Board> {
    FILES.iter().map(|text| serde_yaml::from_str(text).expect("the files of constraints/boards/ are valid")).collect()
}

/// A core on a board: clock and serial rate chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardTop {
    /// The board.
    pub board: Board,
    /// Its clock divider.
    pub pll: Pll,
    /// Rate of the serial line that was asked for.
    pub baud: u32,
    /// Clocks a bit.
    pub divider: u32,
}

/// Why a core cannot be put on a board as wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoardProblem {
    /// The PLL does not make this clock.
    Clock,
    /// The rate is no whole part of the clock, or beyond the adapter.
    Baud {
        /// The nearest rate that both allow.
        nearest: f64,
    },
}

impl BoardTop {
    /// Chooses dividers for a clock in MHz and a serial rate.
    pub fn new(board: Board, clock_mhz: f64, baud: u32) -> Result<Self, BoardProblem> {
        let pll = Pll::find(board.clock.mhz, clock_mhz).ok_or(BoardProblem::Clock)?;
        let clock = pll.output_mhz(board.clock.mhz) * 1e6;
        let least = (clock / f64::from(board.uart.max_baud)).ceil().max(LEAST_DIVIDER);
        let divider = (clock / f64::from(baud.max(1))).round().max(least);
        let nearest = clock / divider;
        if (nearest / f64::from(baud.max(1)) - 1.0).abs() > BAUD_ERROR {
            return Err(BoardProblem::Baud { nearest });
        }
        Ok(Self { board, pll, baud, divider: divider as u32 })
    }

    /// The core's clock.
    pub fn clock_mhz(&self) -> f64 {
        self.pll.output_mhz(self.board.clock.mhz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hwgen_core::device::devices;

    #[test]
    fn every_file_is_a_board_with_a_known_device() {
        for board in boards() {
            assert!(devices().iter().any(|device| device.name == board.device), "{}", board.name);
            assert_eq!(board.leds.pins.len(), 4, "{}", board.name);
            BoardTop::new(board, 40.0, 1_000_000).expect("the default clock and rate");
        }
    }

    #[test]
    fn no_pin_is_used_twice() {
        for board in boards() {
            let mut sites = vec![&board.clock.pin.site, &board.uart.rx.site, &board.uart.tx.site];
            sites.extend(board.reset.iter().map(|button| &button.pin.site));
            sites.extend(board.leds.pins.iter().chain(&board.high).map(|pin| &pin.site));
            let all = sites.len();
            sites.sort();
            sites.dedup();
            assert_eq!(sites.len(), all, "{}", board.name);
        }
    }

    #[test]
    fn serial_rates_are_whole_parts_of_the_clock() {
        let top = |clock, baud| BoardTop::new(boards().remove(0), clock, baud);
        assert_eq!(top(40.0, 1_000_000).map(|top| top.divider), Ok(40));
        assert_eq!(top(80.0, 3_000_000).map(|top| top.divider), Ok(27));
        assert_eq!(top(25.0, 3_000_000), Err(BoardProblem::Baud { nearest: 25e6 / 9.0 }));
        assert_eq!(top(80.0, 4_000_000), Err(BoardProblem::Baud { nearest: 80e6 / 27.0 }));
        assert_eq!(top(1000.0, 115_200), Err(BoardProblem::Clock));
    }
}
