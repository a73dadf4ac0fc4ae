//! What is chosen around a core, and the files that follow.

use hwgen_core::Design;
use hwgen_core::emit::library::emitted;
use hwgen_core::emit::{File, Library};
use hwgen_flow::Family;
use serde_json::{Value, json};

use crate::board::BoardTop;
use crate::constraints;
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

/// What a shell comes to around a core.
pub struct Surroundings<'a> {
    board: Option<&'a BoardTop>,
    tops: Vec<Top>,
}

impl Shell {
    /// The tops around a design whose own Verilog files are `of_core`.
    pub fn surroundings(&self, design: &Design, library: &Library, of_core: &[&str]) -> Surroundings<'_> {
        let board = self.board.as_ref().map(|top| (board::TOP, board::text(design, top)));
        let video = (self.video_clock == VideoClock::Separate).then(|| (video::TOP, video::text(design)));
        let tops = board.into_iter().chain(video).map(|(name, text)| {
            let needed = library.needed(&text, &[]).into_iter();
            let added = needed.filter(|path| !of_core.contains(&emitted(path).as_str())).map(|path| {
                let name = path.rsplit('/').next().unwrap_or(path);
                (format!("{LIBRARY}/{name}"), library.text(path).to_owned())
            });
            let library = added.collect();
            Top { name, text, library }
        });
        Surroundings { board: self.board.as_ref(), tops: tops.collect() }
    }
}

impl Surroundings<'_> {
    /// All its files.
    pub fn files(&self) -> Vec<File> {
        let mut files = Vec::new();
        for top in &self.tops {
            files.push((top.file(), top.text.clone().into_bytes()));
            files.extend(top.library.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
        }
        if let Some(top) = self.board {
            files.push((CONSTRAINTS.into(), constraints::lpf(&top.board).into_bytes()));
        }
        files.sort();
        files.dedup();
        files
    }

    /// Verilog files of a top beside those of the core.
    fn sources(&self, name: &str) -> Option<Vec<String>> {
        self.tops.iter().find(|top| top.name == name).map(Top::sources)
    }

    /// What the Makefile has for the tops around the core, and for a board: the same stages as for the five pins, with the
    /// board's top and constraints.
    pub fn makefile(&self) -> String {
        let lint: String = self.tops.iter().map(lint).collect();
        let Some((top, sources)) = self.board.zip(self.sources(board::TOP)) else { return lint };
        let sources = sources.join(" ");
        lint + &format!(
            "
# {title}: synth/board.bit, to be loaded with openFPGALoader or the board's own program.
BOARD := {sources}
.PHONY: board
board: synth/board.bit
synth/board.json: $(BOARD) $(ECP5_SOURCES)
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
            reading = Family::Ecp5.reading("$(BOARD) $(ECP5_SOURCES)"),
            synthesis = Family::Ecp5.synthesis(board::TOP),
            arguments = top.board.nextpnr.join(" "),
            clock = top.clock_mhz(),
        )
    }

    /// The manifest's `board` and `video`, where there are any.
    pub fn manifest(&self) -> Vec<(&'static str, Value)> {
        let board = self.board.map(|top| {
            json!({
                "name": top.board.name,
                "device": top.board.device,
                "part": top.board.part,
                "nextpnr": top.board.nextpnr,
                "top": board::TOP,
                "sources": self.sources(board::TOP),
                "constraints": CONSTRAINTS,
                "oscillator_mhz": top.board.clock.mhz,
                "clock_mhz": top.clock_mhz(),
                "baud": top.baud,
                "uart_divider": top.divider,
            })
        });
        let video = self.sources(video::TOP).map(|sources| json!({"top": video::TOP, "sources": sources}));
        let sections = [("board", board), ("video", video)];
        sections.into_iter().filter_map(|(key, section)| Some((key, section?))).collect()
    }
}

/// What `make lint` says of a top around the core.
fn lint(top: &Top) -> String {
    let (name, sources) = (top.name, top.sources().join(" "));
    format!(
        "
.PHONY: lint-{name}
lint: lint-{name}
lint-{name}:
\t$(VERILATOR) --lint-only -Wall --top-module {name} lint.vlt {sources} $(SOURCES)
\t$(ICARUS) -g2012 -Wall -t null -s {name} {sources} $(SOURCES)
\t$(YOSYS) -q -p \"read_verilog -lib +/ecp5/cells_bb.v; read_verilog -sv -defer {sources} $(SOURCES); \\
\t    hierarchy -top {name}; proc; check -assert\"
"
    )
}
