//! What is chosen around a core, and the files that follow.

use hwgen_core::Design;
use hwgen_core::emit::File;
use hwgen_flow::Family;
use serde_json::{Value, json};

use crate::board::BoardTop;
use crate::constraints;
use crate::library::module;
use crate::top::{LIBRARY, Top, board, video};

/// What to emit around the core.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// A board, whose serial line takes the place of camera and display.
    pub board: Option<BoardTop>,
    /// The clock of the video input.
    pub video_clock: VideoClock,
}

/// The clock of the video input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VideoClock {
    /// The core's.
    #[default]
    Core,
    /// One of its own, behind an asynchronous FIFO.
    Separate,
}

/// The constraints of a board.
const CONSTRAINTS: &str = "board.lpf";

impl Shell {
    fn tops(&self, design: &Design) -> Vec<Top> {
        let board = self.board.as_ref().map(|top| board::top(design, top));
        let video = (self.video_clock == VideoClock::Separate).then(|| video::top(design));
        board.into_iter().chain(video).collect()
    }

    /// All files of the shell.
    pub fn files(&self, design: &Design) -> Vec<File> {
        let mut files = Vec::new();
        for top in self.tops(design) {
            files.push((top.file(), top.text.clone().into_bytes()));
            files.extend(top.library.iter().map(|name| (format!("{LIBRARY}/{name}"), module(name).into())));
        }
        if let Some(top) = &self.board {
            files.push((CONSTRAINTS.into(), constraints::lpf(&top.board).into_bytes()));
        }
        files.sort();
        files.dedup();
        files
    }

    /// What the Makefile has for a board: the same stages as for the five pins, with the board's top and constraints.
    pub fn makefile(&self, design: &Design) -> String {
        let Some(top) = &self.board else { return String::new() };
        let sources = board::top(design, top).sources().join(" ");
        format!(
            "
# {title}: synth/board.bit, to be loaded with openFPGALoader or the board's own program.
BOARD := {sources}
.PHONY: board
board: synth/board.bit
synth/board.json: $(BOARD) $(SOURCES)
\tmkdir -p synth
\t$(YOSYS) -q -l synth/yosys.log -p \"{reading}; \\
\t    {synthesis} -json $@\"
synth/board.config: synth/board.json {CONSTRAINTS}
\t$(NEXTPNR) {arguments} --json $< --textcfg $@ --lpf {CONSTRAINTS} --freq {clock} --seed $(SEED) \\
\t    --report synth/timing.json --timing-allow-fail -q -l synth/nextpnr.log
synth/board.bit: synth/board.config
\t$(ECPPACK) --compress $< $@
",
            title = top.board.title,
            reading = Family::Ecp5.reading("$(BOARD) $(SOURCES)"),
            synthesis = Family::Ecp5.synthesis(board::TOP),
            arguments = top.board.nextpnr.join(" "),
            clock = top.clock_mhz(),
        )
    }

    /// The manifest's `board` and `video`, where there are any.
    pub fn manifest(&self, design: &Design) -> Vec<(&'static str, Value)> {
        let tops = self.tops(design);
        let sources = |name: &str| tops.iter().find(|top| top.name == name).map(Top::sources);
        let board = self.board.as_ref().map(|top| {
            json!({
                "name": top.board.name,
                "device": top.board.device,
                "part": top.board.part,
                "nextpnr": top.board.nextpnr,
                "top": board::TOP,
                "sources": sources(board::TOP),
                "constraints": CONSTRAINTS,
                "oscillator_mhz": top.board.clock.mhz,
                "clock_mhz": top.clock_mhz(),
                "baud": top.baud,
                "uart_divider": top.divider,
            })
        });
        let video = sources(video::TOP).map(|sources| json!({"top": video::TOP, "sources": sources}));
        let sections = [("board", board), ("video", video)];
        sections.into_iter().filter_map(|(key, section)| Some((key, section?))).collect()
    }
}
