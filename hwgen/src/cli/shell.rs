//! Flags about what surrounds the core: a board, a video clock.

use super::error::CliError;
use clap::ValueEnum;
use hwgen_core::Options;
use hwgen_core::feedback::Feedback;
use hwgen_shell::board::{BoardProblem, boards};
use hwgen_shell::{Board, BoardTop, Shell, VideoClock};

/// Clock of a core on a board, in MHz, unless told.
const CLOCK: f64 = 40.0;
/// Rate of a board's serial line unless told.
pub const BAUD: u32 = 1_000_000;

/// The flags.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Around the core")]
pub struct ShellArgs {
    /// Board to emit a top for (`itnet_board.sv`, `board.lpf`): ulx3s-85f, ecpix-5-85f, ecp5-evn; its device
    /// is the one to fit.
    #[arg(long, value_name = "B")]
    pub board: Option<String>,
    /// The core's clock on the board, in MHz [default: 40].
    #[arg(long, value_name = "MHZ", requires = "board")]
    clock: Option<f64>,
    /// Rate of the board's serial line, in bits a second [default: 1000000].
    #[arg(long, value_name = "RATE", requires = "board")]
    baud: Option<u32>,
    /// Clock of the video input [default: core].
    #[arg(long, value_name = "KIND")]
    video_clock: Option<VideoClockKind>,
}

/// Video clocks on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VideoClockKind {
    /// The core's.
    Core,
    /// One of its own, behind an asynchronous FIFO (`itnet_video.sv`).
    Separate,
}

impl ShellArgs {
    /// The board that --board names.
    pub fn board(&self) -> Result<Option<Board>, CliError> {
        self.board.as_deref().map(named_board).transpose()
    }

    /// What to emit around a core with these options.
    pub fn shell(&self, board: Option<Board>, options: &Options) -> Result<Shell, CliError> {
        let &Options { feedback, beat, .. } = options;
        if board.is_some() && feedback != Feedback::Onchip {
            return Err(CliError::BoardFeedback { feedback: feedback.kind() });
        }
        if board.is_some() && beat > 1 {
            return Err(CliError::BoardBeat { beat });
        }
        let board = board.map(|board| self.top(board)).transpose()?;
        let video_clock = match self.video_clock {
            Some(VideoClockKind::Separate) => VideoClock::Separate,
            Some(VideoClockKind::Core) | None => VideoClock::Core,
        };
        Ok(Shell { board, video_clock })
    }

    fn top(&self, board: Board) -> Result<BoardTop, CliError> {
        let (clock, baud) = (self.clock.unwrap_or(CLOCK), self.baud.unwrap_or(BAUD));
        let (name, oscillator, max) = (board.name.clone(), board.clock.mhz, board.uart.max_baud);
        BoardTop::new(board, clock, baud).map_err(|problem| match problem {
            BoardProblem::Clock => CliError::BoardClock { got: clock, board: name, oscillator },
            BoardProblem::Baud { nearest } => CliError::BoardBaud { got: baud, clock, nearest, max },
        })
    }
}

/// The board of this name.
pub fn named_board(name: &str) -> Result<Board, CliError> {
    let all = boards();
    let known = all.iter().map(|board| board.name.clone()).collect::<Vec<_>>().join(", ");
    all.into_iter().find(|board| board.name == name).ok_or(CliError::Board { got: name.to_owned(), known })
}
