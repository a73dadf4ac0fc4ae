//! The bridge to the C++ driver (`cpp/`): what goes into one simulation and what comes out.
//!
//! Owns: the types that both languages share. Leaves alone: their meaning in terms of the network
//! (`expected`, `decode`), the building of the library (`verilate`).
//!
//! The bridge is `cxx`: it checks both signatures at compile time, so that the only promise made by hand is the
//! `unsafe extern` below: the C++ functions keep no reference beyond the call and turn every failure into an
//! exception, which arrives here as `Err`.

#![allow(missing_docs, reason = "the generated half of the bridge has no place for doc comments")]
#![allow(clippy::pedantic, reason = "generated code")]

#[cxx::bridge(namespace = "hwgen")]
pub(crate) mod bridge {
    /// `spans` words of pixels, `row` of them a row, the last of a row with `tail` pixels; each has `words` words, of which `full_words` hold channels; the last of these counts only its
    /// first `last_bits` bits.
    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Segment {
        spans: u64,
        row: u32,
        tail: u32,
        words: u32,
        full_words: u32,
        last_bits: u32,
        /// The iteration that computes them, from 1; 0: the data block.
        iteration: u32,
        /// Whether they come only where that iteration's output is sent.
        output: bool,
    }

    /// The words that one probe (one tag of it) shows in one frame, packed, each in `stride` 32-bit units.
    #[derive(Clone, Debug, Default)]
    struct FrameWords {
        data: Vec<u32>,
        segments: Vec<Segment>,
    }

    /// One tag of a probe: the words for each expectation set.
    #[derive(Clone, Debug, Default)]
    struct TagWords {
        sets: Vec<FrameWords>,
    }

    /// A probe: where it is and what it has to show.
    #[derive(Clone, Debug, Default)]
    struct ProbeSpec {
        tensor: String,
        valid: String,
        /// Empty for `start`.
        data: String,
        /// Empty without tag.
        tag: String,
        lanes: u32,
        /// Side by side in every lane.
        pixels: u32,
        lane_bits: u32,
        tags: Vec<TagWords>,
    }

    /// An expected output: its number and its class map in raster order.
    #[derive(Clone, Debug, Default)]
    struct OutputSpec {
        output: u8,
        confidence: u32,
        map: Vec<u8>,
    }

    /// What one image gives after every iteration; frames refer to it by number.
    #[derive(Clone, Debug, Default)]
    struct FrameSet {
        /// `tdata` of each pixel in raster order.
        pixels: Vec<u32>,
        outputs: Vec<OutputSpec>,
    }

    /// A register write.
    #[derive(Clone, Debug, Default)]
    struct RegisterWrite {
        address: u8,
        value: u32,
        strobe: u8,
    }

    /// What is wrong with the words of a frame, at word `fault_at`; a word is a beat.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Fault {
        None,
        /// It ends before this word.
        Cut,
        /// This word is left out.
        Remove,
        /// A word comes before this one.
        Insert,
        /// A line more than the image has.
        ExtraLine,
        /// `tuser` of this word is wrong.
        User,
        /// `tlast` of this word is wrong.
        Last,
    }

    /// One frame to send.
    #[derive(Clone, Debug)]
    struct FrameSpec {
        set: u32,
        /// Written after the first word of the frame before has been taken.
        writes: Vec<RegisterWrite>,
        fault: Fault,
        fault_at: u64,
    }

    /// From when a step of the script counts its cycles.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum When {
        /// The start of the simulation.
        Cycle,
        /// The first pixel of a frame.
        Begin,
        /// The first word of an output of a frame.
        Output,
        /// The end of a frame.
        End,
    }

    /// Whether the answer to an access has to be an error.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Refused {
        Any,
        No,
        Yes,
    }

    /// A register access at a given time, and what it has to give.
    #[derive(Clone, Debug)]
    struct ScriptStep {
        when: When,
        /// The frame, counted as the core begins them.
        frame: u32,
        output: u32,
        /// Cycles after that.
        cycle: u64,
        write: bool,
        address: u8,
        value: u32,
        strobe: u8,
        expects: bool,
        expected: u32,
        mask: u32,
        refused: Refused,
    }

    /// What the register model has to know of the core.
    #[derive(Clone, Debug, Default)]
    struct CoreSpec {
        version: u32,
        hash: u32,
        iterations: u32,
        outputs: u64,
        /// It has the registers of a base address.
        has_base: bool,
        /// From the last word of the state to the end of the loop.
        loop_end_cycles: u32,
    }

    /// How often a stream pauses.
    #[derive(Clone, Debug, Default)]
    struct PauseRate {
        /// Percent of cycles, 0…97.
        percent: u32,
        /// Mean length of a pause in cycles; 0: every cycle is drawn by itself.
        burst: u32,
    }

    /// The regions of the AXI4 memory (`--feedback axi`); all 0 without one.
    #[derive(Clone, Debug, Default)]
    struct MemoryShape {
        beat_bytes: u32,
        /// Beats of a burst at most.
        burst_beats: u32,
        /// Bytes of a region.
        region_bytes: u64,
        /// First address of each region that the core may be told to use.
        bases: Vec<u64>,
    }

    /// How the AXI4 memory answers.
    #[derive(Clone, Debug, Default)]
    struct MemoryRates {
        /// Pauses of R and B.
        source: PauseRate,
        /// Pauses of AW, W and AR.
        sink: PauseRate,
        /// Cycles from a request to its answer: 0 to this, at random.
        latency: u32,
        /// Percent of the write bursts and of the read beats that are answered with an error.
        errors: u32,
    }

    /// What the AXI4 memory counted.
    #[derive(Clone, Copy, Debug, Default)]
    struct MemoryTraffic {
        write_bursts: u64,
        read_bursts: u64,
        beats_written: u64,
        beats_read: u64,
        errors: u64,
    }

    /// Everything that a simulation needs.
    #[derive(Clone, Debug, Default)]
    struct SimConfig {
        width: u32,
        height: u32,
        /// Pixels of a beat.
        beat: u32,
        frames: Vec<FrameSpec>,
        sets: Vec<FrameSet>,
        probes: Vec<ProbeSpec>,
        script: Vec<ScriptStep>,
        core: CoreSpec,
        /// Read every register after every frame and in between, and compare them, the interrupt and the video port's
        /// readiness with the model.
        registers: bool,
        seed: u64,
        video: PauseRate,
        class_sink: PauseRate,
        feedback_source: PauseRate,
        feedback_sink: PauseRate,
        axil: PauseRate,
        /// 0 without feedback streams.
        feedback_depth: u64,
        feedback_word_bytes: u32,
        /// Words up to the `tlast` of the initial state and of an iteration.
        feedback_initial_words: u64,
        feedback_iteration_words: u64,
        memory: MemoryShape,
        memory_latency: u32,
        memory_errors: u32,
        reset_cycles: u32,
        /// Cycles without any handshake or strobe that count as a hang.
        hang_cycles: u64,
        /// Cycles that no simulation may exceed.
        cycle_limit: u64,
        /// Empty: no waveform.
        trace: String,
    }

    /// First and last word of an output, absolute cycles.
    #[derive(Clone, Debug, Default)]
    struct OutputTime {
        frame: u32,
        output: u32,
        first: u64,
        last: u64,
        /// All of its words came.
        whole: bool,
    }

    /// What became of a frame.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Ending {
        /// Nothing yet.
        Open,
        Complete,
        /// Stopped, or confident enough.
        Early,
        /// A soft reset, or a word out of step.
        Abandoned,
    }

    /// A frame that the core began: settings as it took them over, and what was counted at the pins; absolute cycles.
    #[derive(Clone, Debug)]
    struct FrameTime {
        /// Which of the frames that were sent, and its set.
        item: u32,
        set: u32,
        /// Its pixels are those of its image.
        whole: bool,
        iterations: u32,
        /// Bit n - 1: output n is sent.
        outputs: u64,
        /// Of each output that is sent, ascending.
        thresholds: Vec<u32>,
        ending: Ending,
        end: u64,
        /// Outputs whose first word came, and when that of the latest did.
        begun_outputs: u64,
        output_begin: u64,
        first_pixel: u64,
        last_pixel: u64,
        class_words: u64,
        output_stalls: u64,
        input_gaps: u64,
    }

    /// An iteration began.
    #[derive(Clone, Debug, Default)]
    struct StartTime {
        frame: u32,
        cycle: u64,
    }

    /// The answer to a register access.
    #[derive(Clone, Debug, Default)]
    struct RegisterAnswer {
        /// The frame after which it was read; `u32::MAX` for a script step.
        frame: u32,
        write: bool,
        address: u8,
        value: u32,
        response: u8,
        strobe: u8,
        cycle: u64,
    }

    /// How a simulation ended.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Verdict {
        Done,
        /// A probe differs.
        Probe,
        /// A class word differs, or comes where none is expected.
        Class,
        /// A frame is over and words of a probe have not come.
        Absent,
        /// A register, an answer of the register bus, the interrupt or the video port's readiness differs.
        Register,
        /// A rule of AXI was broken; `message` says which.
        Protocol,
        /// Nothing moved; `message` says where.
        Hang,
        /// The model itself stopped.
        Fatal,
    }

    /// What differs, for `Verdict::Register`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum What {
        Value,
        ReadResponse,
        WriteResponse,
        Interrupt,
        VideoReady,
        /// From what the script expects.
        Script,
        ScriptResponse,
    }

    /// The first thing that went wrong, in the driver's own terms.
    #[derive(Clone, Debug)]
    struct Finding {
        verdict: Verdict,
        message: String,
        cycle: u64,
        frame: u32,
        probe: u32,
        tag: u32,
        /// Word of the frame for a probe; pixel of the output for a class word.
        word: u64,
        lane: u32,
        /// Class: the output, from 1.
        output: u32,
        /// More words than expected.
        surplus: bool,
        what: What,
        address: u8,
        /// Script: the step, from 0.
        script: u64,
        expected: Vec<u32>,
        got: Vec<u32>,
    }

    /// The result of a simulation.
    #[derive(Clone, Debug)]
    struct Outcome {
        finding: Finding,
        cycles: u64,
        seconds: f64,
        cpu_seconds: f64,
        values_compared: u64,
        /// Values and answers of registers compared.
        registers_compared: u64,
        irq_edges: u64,
        outputs: Vec<OutputTime>,
        frames: Vec<FrameTime>,
        starts: Vec<StartTime>,
        registers: Vec<RegisterAnswer>,
        /// All class words received, in order.
        classes: Vec<u8>,
        /// Deepest fill of the simulated feedback FIFO, in words.
        feedback_fill: u64,
        memory: MemoryTraffic,
    }

    /// Inputs of one clock.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    struct Inputs {
        aresetn: bool,
        /// Of each pixel of a beat.
        video_tdata: [u32; 4],
        video_tvalid: bool,
        video_tuser: bool,
        video_tlast: bool,
        class_tready: bool,
        awaddr: u8,
        awvalid: bool,
        wdata: u32,
        wstrb: u8,
        wvalid: bool,
        bready: bool,
        araddr: u8,
        arvalid: bool,
        rready: bool,
    }

    /// Outputs of one clock, sampled before its rising edge.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    struct Outputs {
        video_tready: bool,
        /// Class of each pixel of a beat.
        class_tdata: [u8; 4],
        class_tid: u8,
        class_tvalid: bool,
        class_tuser: bool,
        class_tlast: bool,
        awready: bool,
        wready: bool,
        bvalid: bool,
        bresp: u8,
        arready: bool,
        rvalid: bool,
        rdata: u32,
        rresp: u8,
        irq: bool,
        /// Words in the simulated feedback FIFO.
        feedback_fill: u64,
    }

    unsafe extern "C++" {
        include!("hwgen-sim/cpp/driver.h");

        /// One instance of a compiled design.
        type Design;

        /// Loads `library` and makes an instance; memory files are looked up in `folder`.
        fn open_design(library: &str, folder: &str, seed: u64, random_initial: bool) -> Result<UniquePtr<Design>>;
        /// Runs a whole simulation.
        fn simulate(design: Pin<&mut Design>, config: &SimConfig) -> Result<Outcome>;
        /// A loop that only sends frames of a made-up image: always valid, always ready, nothing compared. Returns
        /// processor seconds.
        fn free_run(design: Pin<&mut Design>, width: u32, height: u32, cycles: u64) -> Result<f64>;

        /// One instance driven clock by clock.
        type Pins;
        /// Takes the design over; `feedback_*` and `memory` as in `SimConfig`.
        fn new_pins(
            design: UniquePtr<Design>,
            feedback_depth: u64,
            feedback_word_bytes: u32,
            memory: &MemoryShape,
        ) -> Result<UniquePtr<Pins>>;
        /// How the memory answers from now on.
        fn behave(self: Pin<&mut Pins>, rates: &MemoryRates);
        /// What the memory has counted since reset.
        fn traffic(self: Pin<&mut Pins>) -> MemoryTraffic;
        /// Applies the inputs, samples the outputs, clocks.
        fn step(self: Pin<&mut Pins>, inputs: &Inputs) -> Result<Outputs>;
        /// The low 64 bits of a public signal, as of the last sampling.
        fn peek(self: Pin<&mut Pins>, path: &str) -> Result<u64>;
        /// Starts a waveform; the design must have been built with one.
        fn trace(self: Pin<&mut Pins>, path: &str) -> Result<()>;
    }
}
