//! Faults of the register file, of the video port and of the register bus, each planted into an emitted core: `hwgen cosim`
//! has to end with 1 and name register, frame, expected and got. The network's values are right in all of them.
//!
//! Needs Verilator; without it a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, has_verilator};
use serde_json::Value;

const SMALL: &str = "--preset tiny --width 2 --scales 2 --iterations 3 --outputs all --classes 3 --image-size 17x16 \
                     --multipliers 16";

/// A fault: in which file, what is changed into what; how the core is simulated; what has to be named.
struct Fault {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    options: &'static str,
    named: &'static str,
}

const fn fault(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    options: &'static str,
    named: &'static str,
) -> Fault {
    Fault { file, from, to, options, named }
}

const FAULTS: [Fault; 10] = [
    fault("hwg_control", "cycle_q     <= 32'd2;", "cycle_q     <= 32'd1;", "", "CYCLES"),
    fault("hwg_control", "gaps_q + 32'(input_gap)", "gaps_q", "--gap 30", "GAPS"),
    fault("hwg_video_in", "state_q == HUNT && !free", "state_q != HUNT && !free", "--frames 3", "s_axis_video_tready"),
    fault(
        "hwg_control",
        "write_addr == hwg_reg_pkg::STATUS) ? set_bits[6:1]",
        "write_addr == hwg_reg_pkg::STATUS) ? write_data[6:1]",
        "--script strobe.yaml",
        "irq",
    ),
    fault(
        "hwg_control",
        "confidence_q <= margin_there",
        "if (class_id != 8'd2) confidence_q <= margin_there",
        "--frames 3",
        "CONFIDENCE",
    ),
    fault("hwg_axil", "s_axil_rresp <= read_known ? OKAY : SLVERR", "s_axil_rresp <= OKAY", "--frames 2", "response"),
    fault("hwg_axil", "{8{s_axil_wstrb[1]}}", "{8{s_axil_wstrb[0]}}", "--script strobe.yaml", "THRESHOLD"),
    fault(
        "hwg_video_in",
        "error       <= pass_bad || hunt_take;",
        "error       <= hunt_take;",
        "--frames 3 --broken 1:cut@40",
        "irq",
    ),
    fault("hwg_control", "chosen_q == 7'(n + 1)", "chosen_q == 7'(n + 2)", "--script strobe.yaml", "THRESHOLD"),
    fault("hwg_control", "if (fire && class_first && stop_q)", "if (fire && stop_q)", "--stop 0:1", "irq"),
];

/// A write of some bytes, and one of none.
const SCRIPT: &str = "
- {at: 60, write: THRESHOLD, value: 0xFFFFFFFF, strobe: 0x2}
- {read: THRESHOLD, expect: 0x0000FF00}
- {write: THRESHOLD, value: 0}
- {write: THRESHOLD_OUTPUT, value: 2}
- {write: THRESHOLD, value: 0xFFFFFFFF}
- {read: THRESHOLD, expect: 0xFFFFFFFF}
- {write: THRESHOLD_OUTPUT, value: 1}
- {read: THRESHOLD, expect: 0}
- {write: THRESHOLD_OUTPUT, value: 0}
- {frame: 0, end: true, write: INT_ENABLE, value: 0x20}
- {frame: 0, end: true, write: STATUS, value: 0x7F, strobe: 0}
- {frame: 0, end: true, read: STATUS, expect: 0x20, mask: 0x20}
";

fn simulated(scratch: &Scratch, options: &str) -> (i32, Value) {
    let arguments: Vec<&str> =
        "cosim core --json --quiet --build quick".split(' ').chain(options.split_whitespace()).collect();
    scratch.json(&arguments)
}

fn emitted() -> Scratch {
    let scratch = Scratch::new();
    let arguments: Vec<&str> = "emit -o core --quiet".split(' ').chain(SMALL.split_whitespace()).collect();
    scratch.good(&arguments);
    scratch.write("strobe.yaml", SCRIPT);
    scratch
}

#[test]
fn a_right_core_passes_all_of_them() {
    if !has_verilator() {
        return;
    }
    let scratch = emitted();
    for options in FAULTS.iter().map(|fault| fault.options) {
        let (code, report) = simulated(&scratch, options);
        assert_eq!((code, &report["first_mismatch"]), (0, &Value::Null), "{options}: {report}");
        assert!(report["registers_compared"].as_u64() > Some(100), "{options}");
    }
}

#[test]
fn every_fault_is_named() {
    if !has_verilator() {
        return;
    }
    for fault in &FAULTS {
        let scratch = emitted();
        let path = scratch.path(&format!("core/rtl/{}.sv", fault.file));
        let text = std::fs::read_to_string(&path).expect("a module");
        assert!(text.contains(fault.from), "{} has no `{}`", fault.file, fault.from);
        std::fs::write(&path, text.replace(fault.from, fault.to)).expect("the file can be written");
        let (code, report) = simulated(&scratch, fault.options);
        let mismatch = &report["first_mismatch"];
        assert_eq!(code, 1, "`{}` in {} was not found", fault.to, fault.file);
        let told = format!("{} {}", mismatch["tensor"], mismatch["note"]);
        assert!(told.contains(fault.named), "`{}` in {}: {mismatch}", fault.to, fault.file);
        assert!(mismatch["frame"].is_u64() && mismatch["expected"] != mismatch["got"], "{mismatch}");
    }
}
