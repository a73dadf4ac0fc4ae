//! What disturbs a core of the fuzzer: random register accesses, stop, soft reset, drop mode, masks, broken frames.
//!
//! Everything follows from seed and number of the case. The last frame is whole, and the last accesses leave the core
//! enabled: it has to come back from whatever was done to it.

use hwgen_network::Description;
use hwgen_network::random::Stream;
use hwgen_registers as map;
use hwgen_sim::cosim::{Access, FrameFault, FrameInput, Moment};

/// Accesses of a run.
const ACCESSES: u64 = 60;

/// Frames and accesses.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Settings and fault of every frame.
    frames: Vec<Settings>,
    /// Accesses, in cycles of a frame's length from 0 to 1000.
    accesses: Vec<(u64, Access)>,
}

/// One frame.
#[derive(Clone, Copy, Debug)]
struct Settings {
    iterations: Option<u32>,
    mask: Option<u64>,
    threshold: u32,
    own_threshold: Option<(u32, u32)>,
    fault: Option<FrameFault>,
}

impl Traffic {
    /// That of case `index` of `seed`.
    pub fn new(seed: u64, index: u64, description: &Description, beat: usize) -> Self {
        let stream = &mut Stream::new(seed, &format!("traffic {index}"));
        let count = stream.between(3, 5);
        let mut frames: Vec<Settings> = (0..count).map(|_| settings(stream, description, beat)).collect();
        if let Some(last) = frames.last_mut() {
            *last = Settings { iterations: None, mask: None, threshold: 0, own_threshold: None, fault: None };
        }
        let mut accesses: Vec<(u64, Access)> =
            (0..ACCESSES).map(|_| (stream.below(900 * count), access(stream))).collect();
        accesses.sort_by_key(|(at, _)| *at);
        for (address, value) in [(map::CONTROL, map::control::ENABLE), (map::INT_ENABLE, map::status::BUSY)] {
            accesses.push((900 * count, Access::write(0, address, value)));
        }
        Self { frames, accesses }
    }

    /// The frames, each with one of the images.
    pub fn frames(&self, images: &[Vec<u8>]) -> Vec<FrameInput> {
        let one = |(settings, image): (&Settings, &Vec<u8>)| FrameInput {
            iterations: settings.iterations,
            mask: settings.mask,
            threshold: settings.threshold,
            thresholds: settings.own_threshold.into_iter().collect(),
            fault: settings.fault,
            ..FrameInput::new(image.clone())
        };
        self.frames.iter().zip(images.iter().cycle()).map(one).collect()
    }

    /// The accesses, for frames of so many cycles.
    pub fn accesses(&self, cycles: u64) -> Vec<Access> {
        let one = |&(at, access): &(u64, Access)| match access.moment {
            Moment::Start => Access { cycle: 20 + at * cycles / 1000, ..access },
            _ => access,
        };
        self.accesses.iter().map(one).collect()
    }
}

/// One output in four cases of them: never, or from a confidence on that it may have.
pub fn own_threshold(stream: &mut Stream, description: &Description) -> Option<(u32, u32)> {
    let output = description.outputs[stream.below(description.outputs.len() as u64) as usize];
    let threshold = if stream.below(3) == 0 { 0 } else { 1 << stream.below(20) };
    (stream.below(4) == 0).then_some((output, threshold))
}

fn settings(stream: &mut Stream, d: &Description, beat: usize) -> Settings {
    let words = (d.image.pixels() / beat) as u64;
    let at = stream.below(words);
    Settings {
        iterations: (stream.below(3) == 0).then(|| stream.between(0, u64::from(d.iterations) + 1) as u32),
        mask: (stream.below(3) == 0).then(|| stream.next_u64()),
        threshold: if stream.below(5) == 0 { 1 << stream.below(20) } else { 0 },
        own_threshold: own_threshold(stream, d),
        fault: (stream.below(2) == 0).then(|| match stream.below(7) {
            0 => FrameFault::Cut(1 + at),
            1 => FrameFault::Remove(at),
            2 => FrameFault::Insert(at),
            3 => FrameFault::Insert(words),
            4 => FrameFault::ExtraLine,
            5 => FrameFault::User(at),
            _ => FrameFault::Last(at),
        }),
    }
}

/// A read or a write of any register or address, with any strobes; the base address is the memory's to give.
fn access(stream: &mut Stream) -> Access {
    let known = map::REGISTERS[stream.below(map::REGISTERS.len() as u64) as usize].address;
    let address = match stream.below(8) {
        0 => stream.below(256) as u8,
        1..=2 => map::STATUS,
        3 => map::INT_ENABLE,
        _ => known,
    };
    if stream.below(2) == 0 {
        return Access::read(0, address);
    }
    if stream.below(4) == 0 {
        let value = match stream.below(6) {
            0 => map::control::SOFT_RESET | map::control::ENABLE,
            1 => map::control::STOP,
            2 => map::control::DROP | map::control::ENABLE,
            _ => map::control::STOP | map::control::ENABLE,
        };
        return Access::write(0, map::CONTROL, value);
    }
    let address = if matches!(address, map::BASE_LOW | map::BASE_HIGH) { map::THRESHOLD } else { address };
    let value = if stream.below(2) == 0 { stream.next_u64() as u32 } else { stream.below(8) as u32 };
    Access { strobe: stream.below(16) as u8, ..Access::write(0, address, value) }
}
