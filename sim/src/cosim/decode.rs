//! From the driver's terms to those of the network: what a finding is about.
//!
//! Owns: the name of a mismatch. Leaves alone: whether there is one (`cpp/`).

use super::expected::unpack;
use super::ffi::bridge::{Finding, FrameTime, Verdict, What};
use super::manifest::{Manifest, ProbeEntry};
use super::probe_order::{self, Course};
use super::report::Mismatch;
use crate::golden::{At, Tensor};
use hwgen_network::{Description, FIRST_STATE_LAYER};

/// What a finding needs to be named.
pub(crate) struct Context<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) probes: &'a [ProbeEntry],
    /// The frames that the core began.
    pub(crate) frames: &'a [FrameTime],
    /// Whether every probe was looked at.
    pub(crate) deep: bool,
    pub(crate) command: &'a str,
}

impl Context<'_> {
    /// The mismatch that `finding` is; none for other findings.
    pub(crate) fn mismatch(&self, finding: &Finding) -> Option<Mismatch> {
        match finding.verdict {
            Verdict::Probe => Some(self.probe(finding)),
            Verdict::Class => Some(self.class(finding)),
            Verdict::Absent => Some(self.absent(finding)),
            Verdict::Register => Some(self.register(finding)),
            _ => None,
        }
    }

    fn blank(&self, tensor: &str, finding: &Finding) -> Mismatch {
        Mismatch {
            tensor: tensor.to_owned(),
            layer: None,
            frame: finding.frame,
            iteration: None,
            scale: None,
            y: None,
            x: None,
            channel: None,
            cycle: finding.cycle,
            expected: None,
            got: None,
            note: None,
            command: self.command.to_owned(),
        }
    }

    fn probe(&self, finding: &Finding) -> Mismatch {
        let probe = &self.probes[finding.probe as usize];
        let tag = finding.tag as usize;
        let signed = probe.signed && !(probe.tensor == "data" && tag < FIRST_STATE_LAYER);
        let mut m = self.blank(&probe.tensor, finding);
        if probe.data.is_some() {
            let value = |word: &[u32]| unpack(word, finding.lane as usize, probe.lane_bits, signed);
            m.got = Some(value(&finding.got));
            m.expected = (!finding.surplus).then(|| value(&finding.expected));
        }
        if finding.surplus {
            m.note = Some(format!("a word more than frame {} has (tag {tag})", finding.frame));
            return m;
        }
        self.locate(&mut m, finding);
        if !self.deep {
            m.note = Some("with --deep the first layer that is wrong is named, the data block's included".to_owned());
        }
        m
    }

    /// A probe's words of a complete frame that have not all come.
    fn absent(&self, finding: &Finding) -> Mismatch {
        let mut m = self.blank(&self.probes[finding.probe as usize].tensor, finding);
        self.locate(&mut m, finding);
        m.note = Some("the frame is over and this word has not come".to_owned());
        m
    }

    /// Layer, iteration, scale and place of a probe's word.
    fn locate(&self, m: &mut Mismatch, finding: &Finding) {
        let probe = &self.probes[finding.probe as usize];
        let tag = finding.tag as usize;
        let Some(frame) = self.frames.get(finding.frame as usize) else { return };
        let outputs = self.manifest.description.outputs.iter().copied();
        let course = Course {
            iterations: frame.iterations as usize,
            outputs: outputs.filter(|&o| frame.outputs >> (o - 1) & 1 == 1).collect(),
        };
        let place = probe_order::parts(&self.manifest.description, probe, tag, &course).ok().and_then(|parts| {
            let (lanes, pixels) = (probe.lanes as usize, probe.pixels as usize);
            probe_order::place(&parts, lanes, pixels, finding.word as usize, finding.lane as usize)
        });
        if let Some(place) = place {
            let (layer, iteration, scale) = name(&self.manifest.description, place.tensor);
            (m.layer, m.iteration, m.scale) = (layer, iteration, scale);
            m.y = Some(place.y as u32);
            m.x = Some(place.x as u32);
            m.channel = Some(place.channel as u32);
        }
    }

    /// Registers, the interrupt, the video port's readiness.
    fn register(&self, finding: &Finding) -> Mismatch {
        let name = hwgen_registers::name(finding.address);
        let (tensor, note) = match finding.what {
            What::Interrupt => ("irq".to_owned(), "the interrupt's level".to_owned()),
            What::VideoReady => (
                "s_axis_video_tready".to_owned(),
                "no frame begins in a busy core, and none waits for a free one".to_owned(),
            ),
            What::ReadResponse => (name, "response to a read: 0 OKAY, 2 SLVERR".to_owned()),
            What::WriteResponse => (name, "response to a write: 0 OKAY, 2 SLVERR".to_owned()),
            What::Script => (name, format!("expected by step {} of the script", finding.script + 1)),
            What::ScriptResponse => {
                (name, format!("response: 0 OKAY, 2 SLVERR; step {} of the script", finding.script + 1))
            }
            _ => (name, format!("value read, 0x{:08X} for 0x{:08X}", first(&finding.got), first(&finding.expected))),
        };
        let mut m = self.blank(&tensor, finding);
        m.layer = Some("registers".to_owned());
        m.expected = Some(i64::from(first(&finding.expected)));
        m.got = Some(i64::from(first(&finding.got)));
        m.note = Some(note);
        m
    }

    /// Class words carry, from bit 0 up: class 8, number of the output 8, start of frame, end of line.
    fn class(&self, finding: &Finding) -> Mismatch {
        let got = finding.got.first().copied().unwrap_or(0);
        let wanted = finding.expected.first().copied().unwrap_or(0);
        let fields = [("class", 0, 0xff), ("class_tid", 8, 0xff), ("class_tuser", 16, 1), ("class_tlast", 17, 1)];
        let differs = |&&(_, shift, mask): &&(&str, u32, u32)| (got ^ wanted) >> shift & mask != 0;
        let (tensor, shift, mask) = fields.iter().find(differs).copied().unwrap_or(fields[0]);
        let mut m = self.blank(tensor, finding);
        m.layer = Some("class".to_owned());
        m.got = Some(i64::from(got >> shift & mask));
        if finding.surplus {
            m.note = Some("a class word where no frame has one to send".to_owned());
            return m;
        }
        m.expected = Some(i64::from(wanted >> shift & mask));
        let width = u64::from(self.manifest.description.image.width);
        m.iteration = Some(finding.output);
        m.y = Some((finding.word / width) as u32);
        m.x = Some((finding.word % width) as u32);
        m
    }
}

fn first(words: &[u32]) -> u32 {
    words.first().copied().unwrap_or(0)
}

/// Layer (docs/weights.md), iteration from 1, scale.
fn name(d: &Description, tensor: Option<Tensor>) -> (Option<String>, Option<u32>, Option<u32>) {
    let of = |n: usize, l: usize| (Some(n as u32 + 1), Some(l as u32));
    let block = |At { n, l, k }: At, layer: &str| format!("iter.{}.{l}.{k}.{layer}", d.set_of(n));
    let Some(tensor) = tensor else { return (None, None, None) };
    match tensor {
        Tensor::Data { j } => (Some(format!("data.{j}")), None, j.checked_sub(FIRST_STATE_LAYER).map(|l| l as u32)),
        Tensor::Expand(at) => (Some(block(at, "expand")), of(at.n, at.l).0, of(at.n, at.l).1),
        Tensor::Depthwise(at) => (Some(block(at, "depthwise")), of(at.n, at.l).0, of(at.n, at.l).1),
        Tensor::Logits { n, l } => (Some(format!("head.{n}.{l}")), of(n, l).0, of(n, l).1),
        Tensor::Total { n } => (Some(format!("head.{n}")), Some(n as u32 + 1), Some(0)),
        Tensor::State(at) | Tensor::Concat(at) | Tensor::Project(at) | Tensor::Residual(at) => {
            (Some(block(at, "project")), of(at.n, at.l).0, of(at.n, at.l).1)
        }
        Tensor::Input => (None, None, None),
    }
}
