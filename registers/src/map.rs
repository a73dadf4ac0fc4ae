// Generated from registers.yaml (cargo xtask registers).
#![allow(clippy::doc_markdown, reason = "the words are those of the map, for several languages")]

use crate::{Access, Field, Register, Reset};

/// The letters "ItNt". Tells a core of hwgen from anything else.
pub const ID: u8 = 0x00;
/// The version of hwgen.
pub const VERSION: u8 = 0x04;
/// Tells one core from another. It covers model, folding and feedback.
pub const HASH: u8 = 0x08;
/// Starts, stops and resets.
pub const CONTROL: u8 = 0x0C;
/// What is and what happened. An event that comes while its bit is being cleared wins.
pub const STATUS: u8 = 0x10;
/// Iterations of the next frame. 0 acts as 1, more than N as N.
pub const ITERATIONS: u8 = 0x14;
/// Outputs of the next frame, 1 to 32: bit n − 1 is output n. Bits of outputs that the core does not have, or that lie beyond ITERATIONS, have no effect.
pub const MASK_LOW: u8 = 0x18;
/// The next frame ends after an output whose confidence is at least this. 0: not after that one. Every output has a threshold of its own; THRESHOLD_OUTPUT says whose is here.
pub const THRESHOLD: u8 = 0x1C;
/// Confidence of the last output that was sent whole: see docs/arithmetic.md.
pub const CONFIDENCE: u8 = 0x20;
/// Clock cycles of the last frame that was done, from its first pixel to its last class word, both included.
pub const CYCLES: u8 = 0x24;
/// Frames done since reset, modulo 2^32; abandoned and dropped ones are not counted.
pub const FRAMES: u8 = 0x28;
/// Cycles of the frame in hand, or of the last one, in which the core would have taken a pixel and none was there.
pub const GAPS: u8 = 0x2C;
/// Cycles of the frame in hand, or of the last one, in which a class word was there and was not taken.
pub const STALLS: u8 = 0x30;
/// The last output that was sent whole in the frame in hand, or in the last one; 0 while there is none.
pub const LAST_OUTPUT: u8 = 0x34;
/// Outputs of the next frame, 33 to 64.
pub const MASK_HIGH: u8 = 0x38;
/// Lower half of the address of the feedback region of the next frame, aligned to 4 KiB.
pub const BASE_LOW: u8 = 0x3C;
/// Upper half of that address.
pub const BASE_HIGH: u8 = 0x40;
/// Bits of STATUS that raise the interrupt: `irq` is high while STATUS and this register have a bit in common.
pub const INT_ENABLE: u8 = 0x44;
/// The output whose threshold THRESHOLD reads and writes. 0: all of them; it reads that of the last one then.
pub const THRESHOLD_OUTPUT: u8 = 0x48;

/// Fields of [`VERSION`].
pub mod version {
    /// Third number.
    pub const PATCH: u32 = 0x0000_00FF;
    /// Second number.
    pub const MINOR: u32 = 0x0000_FF00;
    /// First number.
    pub const MAJOR: u32 = 0x00FF_0000;
}

/// Fields of [`CONTROL`].
pub mod control {
    /// Frames may begin. Cleared, the frame in hand is finished and no other begins: a start of frame waits at the video port, or is dropped with DROP.
    pub const ENABLE: u32 = 0x0000_0001;
    /// Ends the frame in hand after the next output whose first word has not left yet. Only a busy core takes it; cleared at the end of the frame.
    pub const STOP: u32 = 0x0000_0002;
    /// Abandons the frame in hand at once, its class stream included. Registers and counters stay; cleared in the next cycle.
    pub const SOFT_RESET: u32 = 0x0000_0004;
    /// A frame that begins while the core is busy or disabled is taken and discarded. Without it the video port waits.
    pub const DROP: u32 = 0x0000_0008;
}

/// Fields of [`STATUS`].
pub mod status {
    /// A frame is in hand: from its first pixel to its end.
    pub const BUSY: u32 = 0x0000_0001;
    /// A pixel was out of step with the image size (start of frame, end of line, or pixels between frames). A frame that it hits is abandoned.
    pub const SIZE_ERROR: u32 = 0x0000_0002;
    /// A frame ended before its last iteration: by STOP or by THRESHOLD.
    pub const STOPPED_EARLY: u32 = 0x0000_0004;
    /// The feedback memory answered with an error; the maps of that frame are not to be trusted. Only with feedback in DRAM.
    pub const BUS_ERROR: u32 = 0x0000_0008;
    /// The last word of an output was taken.
    pub const OUTPUT_SENT: u32 = 0x0000_0010;
    /// A frame came to its end, early or not. Not set where a frame is abandoned.
    pub const FRAME_DONE: u32 = 0x0000_0020;
    /// A frame was discarded because of DROP.
    pub const DROPPED: u32 = 0x0000_0040;
}

/// Fields of [`BASE_LOW`].
pub mod base_low {
    /// Address bits 12 to 31.
    pub const PAGE: u32 = 0xFFFF_F000;
}

/// Fields of [`THRESHOLD_OUTPUT`].
pub mod threshold_output {
    /// Number of an output, or 0. With one that the core does not have, THRESHOLD reads 0 and keeps nothing.
    pub const OUTPUT: u32 = 0x0000_007F;
}

/// What [`ID`] reads in every core.
pub const ID_VALUE: u32 = 0x4974_4E74;

/// Bits of an address.
pub const ADDRESS_BITS: u32 = 8;

/// Every register, by address.
#[rustfmt::skip]
pub const REGISTERS: &[Register] = &[
    Register {
        name: "ID",
        address: ID,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x4974_4E74),
        feedback: None,
        fields: &[
        ],
        about: "The letters \"ItNt\". Tells a core of hwgen from anything else.",
    },
    Register {
        name: "VERSION",
        address: VERSION,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::OfCore("version of the hwgen that emitted the core"),
        feedback: None,
        fields: &[
            Field { name: "PATCH", mask: 0x0000_00FF, access: Access::ReadOnly, about: "Third number." },
            Field { name: "MINOR", mask: 0x0000_FF00, access: Access::ReadOnly, about: "Second number." },
            Field { name: "MAJOR", mask: 0x00FF_0000, access: Access::ReadOnly, about: "First number." },
        ],
        about: "The version of hwgen.",
    },
    Register {
        name: "HASH",
        address: HASH,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::OfCore("`config_hash` of manifest.json"),
        feedback: None,
        fields: &[
        ],
        about: "Tells one core from another. It covers model, folding and feedback.",
    },
    Register {
        name: "CONTROL",
        address: CONTROL,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0001),
        feedback: None,
        fields: &[
            Field { name: "ENABLE", mask: 0x0000_0001, access: Access::ReadWrite, about: "Frames may begin. Cleared, the frame in hand is finished and no other begins: a start of frame waits at the video port, or is dropped with DROP." },
            Field { name: "STOP", mask: 0x0000_0002, access: Access::WriteOneToSet, about: "Ends the frame in hand after the next output whose first word has not left yet. Only a busy core takes it; cleared at the end of the frame." },
            Field { name: "SOFT_RESET", mask: 0x0000_0004, access: Access::WriteOneToSet, about: "Abandons the frame in hand at once, its class stream included. Registers and counters stay; cleared in the next cycle." },
            Field { name: "DROP", mask: 0x0000_0008, access: Access::ReadWrite, about: "A frame that begins while the core is busy or disabled is taken and discarded. Without it the video port waits." },
        ],
        about: "Starts, stops and resets.",
    },
    Register {
        name: "STATUS",
        address: STATUS,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
            Field { name: "BUSY", mask: 0x0000_0001, access: Access::ReadOnly, about: "A frame is in hand: from its first pixel to its end." },
            Field { name: "SIZE_ERROR", mask: 0x0000_0002, access: Access::WriteOneToClear, about: "A pixel was out of step with the image size (start of frame, end of line, or pixels between frames). A frame that it hits is abandoned." },
            Field { name: "STOPPED_EARLY", mask: 0x0000_0004, access: Access::WriteOneToClear, about: "A frame ended before its last iteration: by STOP or by THRESHOLD." },
            Field { name: "BUS_ERROR", mask: 0x0000_0008, access: Access::WriteOneToClear, about: "The feedback memory answered with an error; the maps of that frame are not to be trusted. Only with feedback in DRAM." },
            Field { name: "OUTPUT_SENT", mask: 0x0000_0010, access: Access::WriteOneToClear, about: "The last word of an output was taken." },
            Field { name: "FRAME_DONE", mask: 0x0000_0020, access: Access::WriteOneToClear, about: "A frame came to its end, early or not. Not set where a frame is abandoned." },
            Field { name: "DROPPED", mask: 0x0000_0040, access: Access::WriteOneToClear, about: "A frame was discarded because of DROP." },
        ],
        about: "What is and what happened. An event that comes while its bit is being cleared wins.",
    },
    Register {
        name: "ITERATIONS",
        address: ITERATIONS,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::OfCore("iterations N of the network"),
        feedback: None,
        fields: &[
        ],
        about: "Iterations of the next frame. 0 acts as 1, more than N as N.",
    },
    Register {
        name: "MASK_LOW",
        address: MASK_LOW,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::OfCore("outputs of the network, bit n − 1 for output n"),
        feedback: None,
        fields: &[
        ],
        about: "Outputs of the next frame, 1 to 32: bit n − 1 is output n. Bits of outputs that the core does not have, or that lie beyond ITERATIONS, have no effect.",
    },
    Register {
        name: "THRESHOLD",
        address: THRESHOLD,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "The next frame ends after an output whose confidence is at least this. 0: not after that one. Every output has a threshold of its own; THRESHOLD_OUTPUT says whose is here.",
    },
    Register {
        name: "CONFIDENCE",
        address: CONFIDENCE,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Confidence of the last output that was sent whole: see docs/arithmetic.md.",
    },
    Register {
        name: "CYCLES",
        address: CYCLES,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Clock cycles of the last frame that was done, from its first pixel to its last class word, both included.",
    },
    Register {
        name: "FRAMES",
        address: FRAMES,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Frames done since reset, modulo 2^32; abandoned and dropped ones are not counted.",
    },
    Register {
        name: "GAPS",
        address: GAPS,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Cycles of the frame in hand, or of the last one, in which the core would have taken a pixel and none was there.",
    },
    Register {
        name: "STALLS",
        address: STALLS,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Cycles of the frame in hand, or of the last one, in which a class word was there and was not taken.",
    },
    Register {
        name: "LAST_OUTPUT",
        address: LAST_OUTPUT,
        count: 1,
        access: Access::ReadOnly,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "The last output that was sent whole in the frame in hand, or in the last one; 0 while there is none.",
    },
    Register {
        name: "MASK_HIGH",
        address: MASK_HIGH,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::OfCore("outputs of the network, bit n − 33 for output n"),
        feedback: None,
        fields: &[
        ],
        about: "Outputs of the next frame, 33 to 64.",
    },
    Register {
        name: "BASE_LOW",
        address: BASE_LOW,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: Some("axi"),
        fields: &[
            Field { name: "PAGE", mask: 0xFFFF_F000, access: Access::ReadWrite, about: "Address bits 12 to 31." },
        ],
        about: "Lower half of the address of the feedback region of the next frame, aligned to 4 KiB.",
    },
    Register {
        name: "BASE_HIGH",
        address: BASE_HIGH,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: Some("axi"),
        fields: &[
        ],
        about: "Upper half of that address.",
    },
    Register {
        name: "INT_ENABLE",
        address: INT_ENABLE,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
        ],
        about: "Bits of STATUS that raise the interrupt: `irq` is high while STATUS and this register have a bit in common.",
    },
    Register {
        name: "THRESHOLD_OUTPUT",
        address: THRESHOLD_OUTPUT,
        count: 1,
        access: Access::ReadWrite,
        reset: Reset::Value(0x0000_0000),
        feedback: None,
        fields: &[
            Field { name: "OUTPUT", mask: 0x0000_007F, access: Access::ReadWrite, about: "Number of an output, or 0. With one that the core does not have, THRESHOLD reads 0 and keeps nothing." },
        ],
        about: "The output whose threshold THRESHOLD reads and writes. 0: all of them; it reads that of the last one then.",
    },
];
