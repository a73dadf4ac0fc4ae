//! The FIFO between two clocks, in Icarus Verilog, over pairs of clocks that drift against each other; and broken
//! copies of it, which the same bench has to find. Without Icarus a test says "skipped" and passes, but fails in CI.

use hwgen_tests::{Scratch, root};
use std::process::Command;

/// Periods of the two clocks: equal, nearly equal, and far apart both ways.
const PERIODS: [(u32, u32); 7] = [(100, 100), (100, 101), (100, 73), (73, 100), (37, 100), (400, 31), (31, 400)];
/// Percent of gaps and stalls.
const PAUSES: [(u32, u32); 4] = [(0, 0), (50, 0), (0, 50), (40, 40)];

fn has_icarus() -> bool {
    let here = Command::new("iverilog").arg("-V").output().is_ok();
    let ci = std::env::var("CI").is_ok_and(|v| v == "true");
    assert!(here || !ci, "iverilog is not installed (make setup installs it)");
    if !here {
        eprintln!("skipped: iverilog is not installed (make setup installs it)");
    }
    here
}

/// Compiles the bench around a FIFO; its text is changed by `mutate`.
fn compile(scratch: &Scratch, depth: u32, mutate: impl Fn(String) -> String) {
    let fifo = std::fs::read_to_string(root().join("rtl/stream/hwg_cdc_fifo.sv")).expect("the FIFO");
    scratch.write("fifo.sv", mutate(fifo));
    let output = Command::new("iverilog")
        .args(["-g2012", "-s", "bench", "-o", "bench", "fifo.sv"])
        .arg(format!("-Pbench.DEPTH={depth}"))
        .args([root().join("rtl/stream/hwg_sync.sv"), root().join("tests/tests/cdc/bench.sv")])
        .current_dir(scratch.path(""))
        .output()
        .expect("iverilog starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the bench says to a pair of clocks.
fn run(scratch: &Scratch, (s, m): (u32, u32), (gap, stall): (u32, u32), words: u32) -> Result<String, String> {
    let arguments = [("s", s), ("m", m), ("gap", gap), ("stall", stall), ("seed", s * 7 + m + gap), ("words", words)];
    let output = Command::new("vvp")
        .arg("bench")
        .args(arguments.map(|(name, value)| format!("+{name}={value}")))
        .current_dir(scratch.path(""))
        .output()
        .expect("vvp starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && text.contains("passed") { Ok(text) } else { Err(text) }
}

#[test]
fn no_word_is_lost_between_any_two_clocks() {
    if !has_icarus() {
        return;
    }
    let scratch = Scratch::new();
    for depth in [4, 16] {
        compile(&scratch, depth, |fifo| fifo);
        for clocks in PERIODS {
            for pauses in PAUSES {
                if let Err(text) = run(&scratch, clocks, pauses, 1000) {
                    panic!("depth {depth}, periods {clocks:?}, pauses {pauses:?}: {text}");
                }
            }
        }
    }
}

#[test]
fn a_broken_fifo_is_found() {
    if !has_icarus() {
        return;
    }
    let scratch = Scratch::new();
    for (from, to) in [
        ("{~rgray_seen[AW:AW-1], rgray_seen[AW-2:0]}", "~rgray_seen"),
        ("rgray_q != wgray_seen && (", "1'b1 && ("),
        ("(!m_valid || m_ready)", "1'b1"),
        ("rptr_q  <= rptr;", "rptr_q  <= rptr + 1'b1;"),
        ("if (push) mem[wptr_q[AW-1:0]] <= s_data;", "if (push) mem[wptr_q[AW-2:0]] <= s_data;"),
        ("s_ready = !s_rst && wgray_q !=", "s_ready = !s_rst || wgray_q !="),
    ] {
        compile(&scratch, 16, |fifo| {
            assert!(fifo.contains(from), "{from}");
            fifo.replace(from, to)
        });
        let found =
            PERIODS.iter().any(|&clocks| PAUSES.iter().any(|&pauses| run(&scratch, clocks, pauses, 600).is_err()));
        assert!(found, "{from} -> {to} passed");
    }
}
