//! `--feedback axi` as a user simulates it: a ring in DRAM that is gone round several times, and faults in the master
//! that the simulated memory has to find.
//! Needs Verilator; without it a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, has_verilator};

/// A core with a region of three pages in the widest beats, and with maps that are no whole bursts in the others; more
/// pixels a cycle would fill fewer beats.
const SMALL: &str = "emit --preset tiny --width 2 --scales 1 --iterations 5 --outputs 5 --classes 3 \
                     --image-size 141x125 --multipliers 60 --pixels-per-cycle 1 --quiet -o core --feedback axi";

fn core(more: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    scratch.good(&[&SMALL.split_whitespace().collect::<Vec<_>>()[..], more].concat());
    scratch
}

#[test]
fn a_ring_in_memory_gone_round() {
    if !has_verilator() {
        return;
    }
    for width in ["32", "64", "128"] {
        let scratch = core(&["--axi-width", width]);
        let text = std::fs::read_to_string(scratch.path("core/manifest.json")).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let shape = &manifest["feedback"]["axi"];
        let region = shape["region_bytes"].as_u64().expect("a region") / (width.parse::<u64>().expect("a number") / 8);
        for flags in ["", "--frames 2 --latency 300 --gap 60 --stall 70 --burst 9"] {
            let base = ["cosim", "core", "--json", "--deep", "--build", "quick"];
            let (code, report) = scratch.json(&base.into_iter().chain(flags.split_whitespace()).collect::<Vec<_>>());
            assert_eq!(code, 0, "{width} {flags}: {report}");
            assert_eq!(report["bit_exact"], true);
            let beats = report["memory"]["beats_written"].as_u64().expect("a count");
            assert_eq!(report["memory"]["beats_read"], beats, "what was written came back");
            assert!(width != "128" || beats > region, "{beats} beats do not fill the region of {region}");
            // With a memory the prediction is a bound, which is no word of this report.
            assert_eq!(report["predicted_cycles"], serde_json::Value::Null);
            assert!(report["cycles"].as_u64() >= manifest["prediction"]["cycles"].as_u64());
        }
    }
}

/// File, text, text instead, what is said of it.
const MUTANTS: [(&str, &str, &str, &str); 6] = [
    ("fifo", "(commit ? LW'(commit_beats) : '0)", "(put ? LW'(put_beats) : '0)", "not answered yet"),
    ("burst", "BW'(BURST) - BW'(offset_q[AW-1:0])", "BW'(BURST)", "crosses 4 KiB"),
    ("burst", "(m_axi_valid && !m_axi_ready)", "1'b0", "valid fell before ready"),
    ("burst", "(offset == (OW+1)'(REGION)) ? '0 : offset[OW-1:0]", "offset[OW-1:0]", "the region"),
    ("write", "w_left_q == BW'(1);", "w_left_q == BW'(2);", "wlast"),
    ("write", "= m_axi_wvalid && m_axi_wready;", "= m_axi_wvalid;", "wvalid fell before wready"),
];

#[test]
fn faults_in_the_master_are_found() {
    if !has_verilator() {
        return;
    }
    for (file, from, to, says) in MUTANTS {
        let scratch = core(&["--axi-width", "128"]);
        let path = scratch.path(&format!("core/rtl/hwg_axi_{file}.sv"));
        let text = std::fs::read_to_string(&path).expect("a module");
        assert!(text.contains(from), "hwg_axi_{file}.sv has no {from}");
        scratch.write(&format!("core/rtl/hwg_axi_{file}.sv"), text.replace(from, to));
        let command = "cosim core --json --build quick --latency 40 --stall 30";
        let (code, report) = scratch.json(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(code, 1, "{from} -> {to}: not found");
        let error = report["error"].as_str().unwrap_or_default();
        assert!(error.contains(says), "{from} -> {to}: {error}");
    }
}
