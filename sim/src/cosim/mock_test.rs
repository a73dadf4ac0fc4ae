//! Tests of the whole path on a stand-in for the core (`tests/mock/`): driver, comparison, names of mismatches,
//! hang detection, protocol checks, cache.
//!
//! Owns: the values that the mock shows, repeated here as its reference.

use super::expected::FrameInput;
use super::options::{Pause, RunOptions};
use super::report::Report;
use super::script::Access;
use super::session::Session;
use super::verilate::{BuildOptions, Profile};
use super::{Cache, CosimError};
use crate::golden::{At, Frame, GoldenError, Observer, Tensor, Values, View};
use hwgen_network::{FIRST_STATE_LAYER, Size};
use std::fs;
use std::path::{Path, PathBuf};

const W: usize = 24;
const H: usize = 16;
const N: usize = 3;
const F: usize = 4;

fn size(l: u32) -> Size {
    (0..l).fold(Size { width: W as u32, height: H as u32 }, |size, _| size.halved())
}

fn signed(v: u8) -> i16 {
    i16::from(v.cast_signed())
}

/// What `rtl/mock_core.v` computes.
fn reference(image: &[u8], iterations: usize, mask: u64, observer: &mut dyn Observer) -> Frame {
    let table: Vec<u8> = fs::read_to_string(mock().join("mem/table.hex"))
        .expect("the mock is there")
        .lines()
        .map(|line| u8::from_str_radix(line, 16).expect("hexadecimal"))
        .collect();
    let red: Vec<u8> = image.chunks(3).map(|pixel| pixel[0]).collect();
    let mut show = |tensor: Tensor, l: u32, channels: usize, values: &[i16]| {
        if observer.wants(tensor) {
            observer.observe(tensor, View { size: size(l), channels, values: Values::I16(values) });
        }
    };
    let mut states: Vec<Vec<u8>> = Vec::new();
    for j in 0..4 {
        let layer: Vec<u8> = (0..size(j as u32 + 1).pixels())
            .flat_map(|i| (0..F as u8).map(move |c| (i, c)))
            .map(|(i, c)| red[i].wrapping_add(4 * j as u8 + c))
            .collect();
        let values: Vec<i16> =
            layer.iter().map(|&v| if j < FIRST_STATE_LAYER { i16::from(v) } else { signed(v) }).collect();
        show(Tensor::Data { j }, j as u32 + 1, F, &values);
        if j >= 2 {
            states.push(layer);
        }
    }
    let mut frame = Frame { maps: vec![], confidences: vec![] };
    for n in 0..iterations.clamp(1, N) {
        for (l, own) in states.iter_mut().enumerate() {
            let at = At { n, l, k: 0 };
            let pixels = size(l as u32 + 3).pixels();
            let (lanes, words) = (3, if l == 0 { 3 } else { 2 });
            let hidden = if l == 0 { 8 } else { 4 };
            let value = |i: usize, c: usize| red[i].wrapping_add((c % lanes) as u8) ^ (c / lanes) as u8;
            let expand: Vec<i16> = (0..pixels).flat_map(|i| (0..hidden).map(move |c| i16::from(value(i, c)))).collect();
            assert!(words * lanes >= hidden);
            show(Tensor::Expand(at), l as u32 + 3, hidden, &expand);
            for (i, v) in own.iter_mut().enumerate() {
                *v = v.wrapping_add(table[(i / F + i % F) % 16]).wrapping_add(n as u8 + 1);
            }
            let state: Vec<i16> = own.iter().map(|&v| signed(v)).collect();
            show(Tensor::State(at), l as u32 + 3, F, &state);
        }
        if mask >> n & 1 == 1 {
            let total: Vec<i16> = states[0].iter().map(|&v| signed(v)).collect();
            show(Tensor::Total { n }, 3, 4, &total);
            frame.maps.push((n as u32 + 1, red.iter().map(|&v| v.wrapping_add(n as u8 + 1) & 3).collect()));
            frame.confidences.push(100 * (n as u32 + 1));
        }
    }
    frame
}

/// The same as the session wants it.
fn checked(image: &[u8], iterations: usize, mask: u64, observer: &mut dyn Observer) -> Result<Frame, CosimError> {
    if image.len() == W * H * 3 {
        return Ok(reference(image, iterations, mask, observer));
    }
    let (got, wanted) = (image.len(), W * H * 3);
    Err(GoldenError::ImageSize { got, wanted, width: W as u32, height: H as u32 }.into())
}

fn mock() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mock")
}

/// An "emitted" folder with the mock.
fn folder(stream: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for sub in ["rtl", "mem"] {
        fs::create_dir(folder.path().join(sub)).expect("a folder");
        for entry in fs::read_dir(mock().join(sub)).expect("the mock is there").flatten() {
            fs::copy(entry.path(), folder.path().join(sub).join(entry.file_name())).expect("a copy");
        }
    }
    let top = if stream { "top_stream.v" } else { "top_onchip.v" };
    fs::copy(mock().join(top), folder.path().join("itnet_top.v")).expect("a copy");
    fs::copy(mock().join("probes.vlt"), folder.path().join("probes.vlt")).expect("a copy");
    let feedback = if stream {
        serde_json::json!({"kind": "stream", "word_bytes": 4, "words_per_pixel": 1, "depth_words": 6})
    } else {
        serde_json::json!({"kind": "onchip"})
    };
    let probe = |tensor: &str, name: &str, lanes: u32, bits: u32, signed: bool| {
        serde_json::json!({"tensor": tensor, "valid": format!("itnet_top.u_core.{name}_valid"),
            "data": format!("itnet_top.u_core.{name}"), "tag": null, "lanes": lanes, "lane_bits": bits,
            "signed": signed})
    };
    let mut data = probe("data", "probe_data", 4, 8, true);
    data["tag"] = "itnet_top.u_core.probe_data_tag".into();
    let mut expand = probe("expand", "probe_expand", 3, 8, false);
    expand["words"] = serde_json::json!([[3], [2]]);
    let manifest = serde_json::json!({
        "schema_version": 1, "name": "mock", "top": "itnet_top", "model": "model.safetensors",
        "sources": ["itnet_top.v", "rtl/mock_core.v", "rtl/mock_regs.v"],
        "description": {"width": F, "scales": 2, "iterations": N, "blocks": 1, "expansion": 1, "classes": 4,
            "image": {"width": W, "height": H}, "outputs": [1, 2, 3], "weight_sets": "shared",
            "mixing": "coarse_to_fine", "pixels": "unit"},
        "bits": hwgen_quantize::Bits::default(), "confidence_shift": 0, "config_hash": "0x12345678",
        "feedback": feedback,
        "multipliers": {"expand": 1, "depthwise": 1, "project": 1, "classify": 0, "total": 3},
        "prediction": {"cycles": 1732, "loop_start_to_start": 406,
            "outputs": [{"output": 1, "first": 536, "last": 919}, {"output": 2, "first": 942, "last": 1325},
                {"output": 3, "first": 1348, "last": 1731}]},
        "probes": [data, expand, probe("state", "probe_state", 4, 8, true), probe("total", "probe_total", 4, 20, true),
            {"tensor": "start", "valid": "itnet_top.u_core.probe_start", "data": null}]
    });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).expect("a file");
    folder
}

fn build_options() -> BuildOptions {
    BuildOptions { profile: Profile::FastBuild, ..BuildOptions::default() }
}

fn session(folder: &Path) -> Session {
    Session::build(folder, &build_options()).expect("the mock builds")
}

fn image(seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..W * H * 3)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        })
        .collect()
}

fn run(folder: &Path, frames: &[FrameInput], options: &RunOptions) -> Result<Report, CosimError> {
    session(folder).run_against(&checked, frames, options)
}

fn deep() -> RunOptions {
    // The mock's register file is a stand-in too.
    RunOptions { deep: true, registers: false, command: "again".to_owned(), ..RunOptions::default() }
}

/// A frame's compared values: class words, data, expand, state, total.
const DEEP_VALUES: u64 =
    (3 * W * H + F * (12 * 8 + 6 * 4 + 6 + 2) + N * (6 * 8 + 2 * 4) + N * 8 * F + N * 6 * 4) as u64;

#[test]
fn a_frame_is_compared_whole() {
    let folder = folder(false);
    let report = run(folder.path(), &[FrameInput::new(image(1))], &deep()).expect("it runs");
    assert_eq!(report.first_mismatch, None);
    assert!(report.bit_exact);
    assert_eq!(report.values_compared, DEEP_VALUES);
    assert_eq!(report.maps.len(), 3);
    assert_eq!((report.frames[0].ending, report.frames[0].confidences.as_slice()), ("complete", &[100, 200, 300][..]));
    assert_eq!(report.frames[0].starts.len(), N);
    assert_eq!(report.output_cycles, report.predicted_output_cycles.expect("nothing disturbs"));
    assert_eq!(report.loop_cycles, report.predicted_loop_cycles);
}

#[test]
fn pauses_change_no_value() {
    for stream in [false, true] {
        let folder = folder(stream);
        let session = session(folder.path());
        for (seed, percent, burst) in [(1, 0, 0), (2, 30, 0), (3, 60, 9), (4, 90, 0), (5, 97, 0), (6, 97, 200)] {
            let pause = Pause { percent, burst };
            let options = RunOptions { gap: pause, stall: pause, host: pause, seed, ..deep() };
            let frames = [FrameInput::new(image(seed)), FrameInput::new(image(9)), FrameInput::new(image(seed))];
            let report = session.run_against(&checked, &frames, &options).expect("it runs");
            assert_eq!(report.first_mismatch, None, "{stream} {pause:?}");
            assert_eq!(report.values_compared, 3 * DEEP_VALUES);
            assert_eq!(report.feedback_words.is_some(), stream);
            assert_eq!(report.predicted_cycles.is_none(), percent != 0);
        }
    }
}

#[test]
fn settings_change_from_frame_to_frame() {
    let folder = folder(true);
    let plain = FrameInput::new(image(3));
    let frames = [
        FrameInput { iterations: Some(2), ..plain.clone() },
        FrameInput { mask: Some(0b100), ..plain.clone() },
        FrameInput { mask: Some(0), ..plain.clone() },
        FrameInput { threshold: 150, ..plain.clone() },
        FrameInput { mask: Some(0b011), threshold: 50, ..plain.clone() },
        plain,
    ];
    let options = RunOptions { gap: Pause::percent(20), stall: Pause::percent(20), ..deep() };
    let report = run(folder.path(), &frames, &options).expect("it runs");
    assert_eq!(report.first_mismatch, None);
    let sent: Vec<_> = report.maps.iter().map(|m| (m.frame, m.output)).collect();
    assert_eq!(sent, [(0, 1), (0, 2), (1, 3), (3, 1), (3, 2), (4, 1), (5, 1), (5, 2), (5, 3)]);
}

/// The mock, made faulty through its memory files.
fn faulty(stream: bool, fault: &str, table: Option<(&str, &str)>) -> Result<Report, CosimError> {
    let folder = folder(stream);
    fs::write(folder.path().join("mem/fault.hex"), format!("{fault}\n")).expect("a file");
    if let Some((from, to)) = table {
        let path = folder.path().join("mem/table.hex");
        let text = fs::read_to_string(&path).expect("the table").replace(from, to);
        fs::write(path, text).expect("a file");
    }
    let options = RunOptions { stall: Pause::percent(30), hang_cycles: Some(3000), ..deep() };
    run(folder.path(), &[FrameInput::new(image(1)), FrameInput::new(image(2))], &options)
}

#[test]
fn a_wrong_value_is_named() {
    // Entry 5 of the table is used by channel 3 of pixel 2 before any other.
    let report = faulty(false, "00", Some(("fe", "fd"))).expect("a mismatch is a result");
    let m = report.first_mismatch.expect("the table is wrong");
    assert!(!report.bit_exact);
    assert_eq!((m.tensor.as_str(), m.layer.as_deref()), ("state", Some("iter.0.0.0.project")));
    assert_eq!((m.frame, m.iteration, m.scale), (0, Some(1), Some(0)));
    assert_eq!((m.y, m.x, m.channel), (Some(0), Some(2), Some(3)));
    assert_eq!(m.expected.map(|v| v - 1), m.got);
    assert_eq!(m.command, "again");
    assert!(m.cycle > 24 * 16);
}

#[test]
fn a_word_left_out_is_noticed_at_the_next() {
    let m = faulty(false, "05", None).expect("a mismatch is a result").first_mismatch.expect("it differs");
    assert_eq!((m.tensor.as_str(), m.iteration, m.scale), ("state", Some(2), Some(0)));
    assert_eq!((m.y, m.x), (Some(0), Some(2)));
}

#[test]
fn a_missing_end_of_line_is_named() {
    let m = faulty(false, "04", None).expect("a mismatch is a result").first_mismatch.expect("it differs");
    assert_eq!((m.tensor.as_str(), m.iteration), ("class_tlast", Some(1)));
    assert_eq!((m.y, m.x, m.expected, m.got), (Some(4), Some(23), Some(1), Some(0)));
}

#[test]
fn a_hang_says_who_waits_for_what() {
    let error = faulty(true, "01", None).expect_err("it hangs");
    let text = error.to_string();
    assert!(matches!(error, CosimError::Hang { .. }), "{text}");
    assert!(text.contains("probe state: frame 0 word 9 awaited"), "{text}");
    assert!(text.contains("class maps: output number 1 pixel 0 awaited"), "{text}");
}

#[test]
fn broken_handshakes_are_protocol_errors() {
    for (fault, text) in [("02", "tvalid fell before tready"), ("03", "changed while it waited")] {
        let error = faulty(false, fault, None).expect_err("a rule is broken");
        assert!(matches!(error, CosimError::Protocol { .. }) && error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_missing_memory_file_is_an_error() {
    let folder = folder(false);
    let session = session(folder.path());
    fs::remove_file(folder.path().join("mem/table.hex")).expect("it was there");
    let error = session.run_against(&checked, &[FrameInput::new(image(1))], &deep()).expect_err("nothing to read");
    assert!(error.to_string().contains("mem/table.hex"), "{error}");
}

#[test]
fn the_script_reaches_the_registers() {
    let folder = folder(false);
    let script =
        vec![Access::read(20, 0x00), Access::write(30, 0x44, 0x30), Access::read(40, 0x44), Access::read(50, 0xFC)];
    let report = run(folder.path(), &[FrameInput::new(image(1))], &RunOptions { script, ..deep() }).expect("it runs");
    let answers: Vec<_> = report.accesses.iter().map(|a| (a.address, a.value, a.response)).collect();
    assert_eq!(answers, [(0x00, 0x4974_4E74, 0), (0x44, 0x30, 0), (0x44, 0x30, 0), (0xFC, 0, 2)]);
}

#[test]
fn the_pins_can_be_moved_by_hand() {
    let folder = folder(false);
    let mut pins = session(folder.path()).pins(1).expect("it starts");
    pins.reset(4).expect("it resets");
    assert_eq!(pins.read(0x00, |_| ()).expect("an answer").value, 0x4974_4E74);
    assert_eq!(pins.read(0xEE, |_| ()).expect("an answer").response, 2);
    assert_eq!(pins.write(0x14, 2, |_| ()).expect("an answer").response, 0);
    assert_eq!(pins.read(0x14, |_| ()).expect("an answer").value, 2);
    let before = pins.step().expect("it steps");
    assert!(before.video_tready && !before.class_tvalid && !before.irq);
    pins.inputs.video_tvalid = true;
    for _ in 0..10 {
        pins.step().expect("it steps");
    }
    assert_eq!(pins.read(0x10, |_| ()).expect("an answer").value & 1, 1);
    pins.peek("itnet_top.u_core.probe_state_valid").expect("a public signal");
    assert!(pins.peek("itnet_top.u_core.index").is_err());
}

/// Every bit of a register that nothing initialises is 0 for some small seeds and 1 for others.
#[test]
fn neighbouring_seeds_start_the_core_differently() {
    let folder = folder(false);
    let session = session(folder.path());
    let start = |seed| session.pins(seed).expect("it starts").peek("itnet_top.u_core.probe_state").expect("a signal");
    let values: Vec<u64> = (1..=24).map(start).collect();
    let (ever, always) = values.iter().fold((0, u64::MAX), |(or, and), value| (or | value, and & value));
    assert_eq!((ever, always), (0xFFFF_FFFF, 0), "{values:X?}");
}

#[test]
fn a_waveform_is_written() {
    let folder = folder(false);
    let options = BuildOptions { trace: true, ..build_options() };
    let session = Session::build(folder.path(), &options).expect("it builds");
    let path = folder.path().join("wave.fst");
    let options = RunOptions { trace: Some(path.clone()), ..deep() };
    session.run_against(&checked, &[FrameInput::new(image(1))], &options).expect("it runs");
    assert!(fs::metadata(path).expect("a file").len() > 1000);
}

#[test]
fn the_cache_is_found_again_by_content() {
    let (folder, cache) = (folder(false), tempfile::tempdir().expect("a temporary folder"));
    let options = BuildOptions { cache: Cache::at(cache.path()), ..build_options() };
    let built: Vec<bool> = std::thread::scope(|scope| {
        let build = || Session::build(folder.path(), &options).expect("it builds").library.cached;
        let handles: Vec<_> = (0..3).map(|_| scope.spawn(build)).collect();
        handles.into_iter().map(|handle| handle.join().expect("no panic")).collect()
    });
    assert_eq!(built.iter().filter(|&&cached| !cached).count(), 1);
    fs::write(folder.path().join("mem/table.hex"), "00\n".repeat(16)).expect("a file");
    assert!(Session::build(folder.path(), &options).expect("it builds").library.cached);
    let top = folder.path().join("itnet_top.v");
    let text = fs::read_to_string(&top).expect("a file") + "// changed\n";
    fs::write(&top, text).expect("a file");
    let once = BuildOptions { keep: false, ..options.clone() };
    let library = Session::build(folder.path(), &once).expect("it builds").library;
    assert!(!library.cached && library.path.exists());
    let path = library.path.clone();
    drop(library);
    assert!(!path.exists());
    assert!(!Session::build(folder.path(), &options).expect("it builds").library.cached);
}

#[test]
fn a_design_that_does_not_compile_shows_the_tool_s_words() {
    let folder = folder(false);
    fs::write(folder.path().join("itnet_top.v"), "module itnet_top; nonsense endmodule\n").expect("a file");
    let error = Session::build(folder.path(), &build_options()).expect_err("it is no Verilog");
    assert!(error.to_string().contains("itnet_top.v:1"), "{error}");
}
