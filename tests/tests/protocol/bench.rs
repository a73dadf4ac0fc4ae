//! A camera, a display and a host around one core, clock by clock.
//!
//! Owns: the play of the three. Leaves alone: what is right (`main.rs`).

use crate::core::Core;
use hwgen_sim::cosim::Pins;
use hwgen_sim::cosim::pins::Outputs;
use std::collections::VecDeque;

/// Columns and rows of the test core's image; odd on purpose.
pub const W: usize = 17;
pub const H: usize = 16;
/// Clocks after which a test gives up waiting: some frames of this core.
pub const PATIENCE: u64 = 200_000;

pub use hwgen_registers::{self as reg, status};

/// One word of the video stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pixel {
    pub data: u32,
    pub user: bool,
    pub last: bool,
}

/// One word of the class stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    pub index: u8,
    pub output: u8,
    pub user: bool,
    pub last: bool,
}

/// A repeatable image.
pub fn image(seed: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..W * H * 3).map(|_| random.below(256) as u8).collect()
}

/// The words of a well-formed frame.
pub fn words(image: &[u8]) -> Vec<Pixel> {
    let pixel = |(i, p): (usize, &[u8])| Pixel {
        data: u32::from(p[0]) | u32::from(p[1]) << 8 | u32::from(p[2]) << 16,
        user: i == 0,
        last: i % W == W - 1,
    };
    image.chunks(3).enumerate().map(pixel).collect()
}

/// xorshift64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % bound
    }
}

/// Camera, display and host.
pub struct Bench {
    /// The core's pins, and the memory behind them.
    pub pins: Pins,
    /// What the camera has still to send.
    pub camera: VecDeque<Pixel>,
    /// What the display received.
    pub display: Vec<Class>,
    /// Percent of the clocks in which camera and display pause.
    pub pauses: u64,
    /// Clocks in which the camera had to wait.
    pub waited: u64,
    random: Random,
    offering: bool,
}

impl Bench {
    /// A core just out of reset.
    pub fn new(core: &Core) -> Self {
        let mut pins = core.session.pins(1).expect("the core starts");
        pins.reset(4).expect("it resets");
        let random = Random(0x1234_5678_9abc_def1);
        Self { pins, camera: VecDeque::new(), display: vec![], pauses: 0, waited: 0, random, offering: false }
    }

    /// Puts a well-formed frame before the camera.
    pub fn send(&mut self, image: &[u8]) {
        self.camera.extend(words(image));
    }

    /// One clock.
    pub fn step(&mut self) -> Outputs {
        self.offering |= !self.camera.is_empty() && self.random.below(100) >= self.pauses;
        let inputs = &mut self.pins.inputs;
        let pixel = self.camera.front().copied().filter(|_| self.offering);
        inputs.video_tvalid = pixel.is_some();
        if let Some(pixel) = pixel {
            (inputs.video_tdata[0], inputs.video_tuser, inputs.video_tlast) = (pixel.data, pixel.user, pixel.last);
        }
        inputs.class_tready = self.random.below(100) >= self.pauses;
        let (ready, offered) = (inputs.class_tready, inputs.video_tvalid);
        let out = self.pins.step().expect("the core runs");
        if offered && out.video_tready && self.pins.inputs.aresetn {
            self.camera.pop_front();
            self.offering = false;
        }
        self.waited += u64::from(offered && !out.video_tready);
        if out.class_tvalid && ready && self.pins.inputs.aresetn {
            self.display.push(Class {
                index: out.class_tdata[0],
                output: out.class_tid,
                user: out.class_tuser,
                last: out.class_tlast,
            });
        }
        out
    }

    /// Clocks until `done`, which sees the bench after each clock.
    pub fn until(&mut self, what: &str, mut done: impl FnMut(&Self, &Outputs) -> bool) {
        for _ in 0..PATIENCE {
            let out = self.step();
            if done(self, &out) {
                return;
            }
        }
        panic!("waited {PATIENCE} clocks for {what}; {} pixels left, {} words", self.camera.len(), self.display.len());
    }

    /// Some clocks.
    pub fn run(&mut self, clocks: u64) {
        for _ in 0..clocks {
            self.step();
        }
    }

    /// Clocks until the camera has sent all.
    pub fn drain_camera(&mut self) {
        self.until("the camera", |bench, _| bench.camera.is_empty());
    }

    /// Clocks until register FRAMES has counted `frames` frames.
    pub fn until_done(&mut self, frames: u32) {
        for _ in 0..PATIENCE / 64 {
            if self.read(reg::FRAMES) == frames && self.read(reg::STATUS) & status::BUSY == 0 {
                return;
            }
            self.run(64);
        }
        panic!("register FRAMES is {}, not {frames}; {} pixels left", self.read(reg::FRAMES), self.camera.len());
    }

    /// Holds reset for some clocks; camera and display lose what is under way.
    pub fn reset(&mut self) {
        self.camera.clear();
        self.offering = false;
        self.pins.inputs.aresetn = false;
        self.run(3);
        self.pins.inputs.aresetn = true;
        self.display.clear();
    }

    /// Reads a register that is there.
    pub fn read(&mut self, address: u8) -> u32 {
        let (value, response) = self.try_read(address);
        assert_eq!(response, 0, "reading 0x{address:02X}");
        value
    }

    /// Reads a register: value and response.
    pub fn try_read(&mut self, address: u8) -> (u32, u8) {
        self.pins.inputs.araddr = address;
        (self.pins.inputs.arvalid, self.pins.inputs.rready) = (true, true);
        for _ in 0..PATIENCE {
            let out = self.step();
            self.pins.inputs.arvalid &= !out.arready;
            if out.rvalid {
                self.pins.inputs.rready = false;
                return (out.rdata, out.rresp);
            }
        }
        panic!("reading 0x{address:02X} is not answered");
    }

    /// Writes a register that is there.
    pub fn write(&mut self, address: u8, value: u32) {
        assert_eq!(self.try_write(address, value), 0, "writing 0x{address:02X}");
    }

    /// Writes a register: response.
    pub fn try_write(&mut self, address: u8, value: u32) -> u8 {
        (self.pins.inputs.awaddr, self.pins.inputs.wdata) = (address, value);
        (self.pins.inputs.awvalid, self.pins.inputs.wvalid, self.pins.inputs.bready) = (true, true, true);
        for _ in 0..PATIENCE {
            let out = self.step();
            self.pins.inputs.awvalid &= !out.awready;
            self.pins.inputs.wvalid &= !out.wready;
            if out.bvalid {
                self.pins.inputs.bready = false;
                return out.bresp;
            }
        }
        panic!("writing 0x{address:02X} is not answered");
    }

    /// Asserts that the display has received exactly these maps, and forgets them.
    #[track_caller]
    pub fn shows<'a>(&mut self, maps: impl IntoIterator<Item = &'a (u32, Vec<u8>)>) {
        let mut expected = Vec::new();
        for (output, map) in maps {
            let word =
                |(i, &index): (usize, &u8)| Class { index, output: *output as u8, user: i == 0, last: i % W == W - 1 };
            expected.extend(map.iter().enumerate().map(word));
        }
        assert_eq!(self.display.len(), expected.len(), "class words");
        let wrong = self.display.iter().zip(&expected).position(|(got, expected)| got != expected);
        assert_eq!(wrong, None, "first wrong class word");
        self.display.clear();
    }
}
