//! `make bench-fpga`: cores through the open flow, and docs/fpga.md, which is made of what came out and says where to read
//! of the rest.
//!
//! A result is a file under `docs/fpga/`, so that a long run can be committed by itself and the page be made anew.

use crate::run::{self, Result, hwgen, number};
use hwgen_flow::tools::Tool;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const RESULTS: &str = "docs/fpga";
const PAGE: &str = "docs/fpga.md";

/// A core to build.
pub struct Core {
    name: &'static str,
    /// Arguments of `hwgen emit`.
    pub emit: &'static [&'static str],
    /// Arguments of `hwgen synth`: device and clock to reach; none for a board, which has both.
    synth: &'static [&'static str],
}

/// The core whose bitstream and netlist `make test` makes.
pub const TINY: Core = Core {
    name: "tiny",
    emit: &["--model", TINY_MODEL, "--multipliers", "24"],
    synth: &["--device", "ecp5-85k", "--freq", "80"],
};
pub const TINY_MODEL: &str = "weights/tiny/tiny-w4.model.safetensors";
const CAMVID_240_MODEL: &str = "weights/camvid-240/camvid-240-w4.model.safetensors";

const DESIGNS: [Core; 9] = [
    TINY,
    // Two pixels a beat at the ports, two pixels a cycle within.
    Core {
        name: "tiny-pairs",
        emit: &["--model", TINY_MODEL, "--multipliers", "96", "--pixels-per-cycle", "2", "--pixels-per-beat", "2"],
        synth: &["--device", "ecp5-85k", "--freq", "75"],
    },
    Core { name: "tiny-nexus", synth: &["--device", "nexus-lifcl40", "--freq", "50"], ..TINY },
    on_board("tiny-ulx3s", &["--model", TINY_MODEL, "--multipliers", "24", "--board", "ulx3s-85f"]),
    on_board("tiny-ecpix", &["--model", TINY_MODEL, "--multipliers", "24", "--board", "ecpix-5-85f"]),
    on_board("tiny-evn", &["--model", TINY_MODEL, "--multipliers", "24", "--board", "ecp5-evn"]),
    Core {
        name: "camvid-240",
        emit: &["--model", CAMVID_240_MODEL, "--device", "ecp5-85k", "--multipliers", "300"],
        synth: &["--device", "ecp5-85k", "--freq", "100"],
    },
    // The largest that the device has block RAMs for.
    Core {
        name: "camvid-240-largest",
        emit: &["--model", CAMVID_240_MODEL, "--device", "ecp5-85k", "--multipliers", "1000"],
        synth: &["--device", "ecp5-85k", "--freq", "96"],
    },
    Core {
        name: "paper-axi",
        // Logits of nine bits instead of twelve: the memories of residuals and sums then leave the LUTs, and it routes.
        emit: &[
            "--preset",
            "paper",
            "--outputs",
            "1,2,4,8,16",
            "--feedback",
            "axi",
            "--device",
            "ecp5-85k",
            "--act-logit-bits",
            "9",
            "--multipliers",
            "172",
        ],
        synth: &["--device", "ecp5-85k", "--freq", "75"],
    },
];

/// What is not on the page, and where to read of it.
const LIMIT: &str = "
## What stood in the way

- `camvid-240` with more than 300 products could not be routed for long. What each attempt gave is in the log:
  [with nextpnr's own places](adr/log.md#cores-for-28-frames-a-second-with-nextpnrs-own-places) and, since
  [decision 28](adr/0028-places-of-blocks.md), [with ours](adr/log.md#places-of-blocks).
- `paper` with its state in DRAM is bound by block RAMs, of which the core above takes nearly all: what the solver finds at most
  is in the log too.
- The co-simulation of a `paper` frame takes longer than was hoped for: [what a simulated cycle
  costs](adr/log.md#what-a-simulated-cycle-costs).
";

const fn on_board(name: &'static str, emit: &'static [&'static str]) -> Core {
    Core { name, emit, synth: &[] }
}

/// Builds the named designs (all, if none is named) and writes the page; whether each one met its clock. `NEXTPNR_ARGS`
/// and `SEED`, the placer's, are passed on.
pub fn bench(names: &[String]) -> Result<bool> {
    std::fs::create_dir_all(RESULTS)?;
    let known = DESIGNS.map(|core| core.name).join(", ");
    if let Some(unknown) = names.iter().find(|name| DESIGNS.iter().all(|core| core.name != name.as_str())) {
        return Err(format!("design `{unknown}` is unknown, wanted one of {known}").into());
    }
    let mut met = true;
    for core in DESIGNS {
        let Core { name, emit, .. } = core;
        if !names.is_empty() && names.iter().all(|wanted| wanted != name) {
            continue;
        }
        let revision = revision(); // of the core, not of what is there when the tools have done
        let further = std::env::var("NEXTPNR_ARGS").unwrap_or_default();
        let seed = std::env::var("SEED").unwrap_or_else(|_| "1".to_owned());
        let (emitted, synth) = build(&core, &seed, &further)?;
        met &= synth["outcome"]["kind"] == "met";
        let result = json!({"name": name, "revision": revision, "command": emit.join(" "), "nextpnr": further, "emit": emitted["report"], "prediction": emitted["prediction"],
                            "synth": without_steps(synth)});
        run::write(Path::new(&format!("{RESULTS}/{name}.json")), &(serde_json::to_string_pretty(&result)? + "\n"))?;
    }
    page()?;
    println!("{}", std::fs::read_to_string(PAGE)?);
    Ok(met)
}

/// What `hwgen emit` and `hwgen synth` say of a core.
fn build(core: &Core, seed: &str, further: &str) -> Result<(Value, Value)> {
    let folder = format!("out/fpga/{}", core.name);
    let emitted = hwgen(&[&["emit", "-o", &folder], core.emit].concat())?;
    let choices = ["--seed", seed, "--nextpnr-args", further];
    let synth = hwgen(&[&["synth", &folder], core.synth, &choices].concat())?;
    Ok((emitted, synth))
}

/// Whether every program on the way to an ECP5's bitstream is here.
pub fn installed() -> bool {
    [Tool::Yosys, Tool::NextpnrEcp5, Tool::Ecppack].iter().all(|tool| tool.find().is_ok())
}

/// Takes `tiny` to a bitstream, with no result written; whether it met its clock and the bitstream is there.
pub fn tiny() -> Result<bool> {
    let (_, synth) = build(&TINY, "1", "")?;
    let seconds = |stage: &Value| stage["seconds"].as_f64().unwrap_or_default();
    let total: f64 = synth["stages"].as_array().into_iter().flatten().map(seconds).sum();
    println!("tiny: {} in {total:.0} s, clocks {}", synth["outcome"], synth["clocks"]);
    let bitstream = synth["bitstream"].as_str().unwrap_or_default();
    Ok(synth["outcome"]["kind"] == "met" && Path::new("out/fpga/tiny").join(bitstream).is_file())
}

/// The commit that is built; work on top of it is not seen.
fn revision() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    output.map_or_else(|_| "unknown".to_owned(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}

/// The critical path has hundreds of steps; its ends say where it is.
fn without_steps(mut synth: Value) -> Value {
    if let Some(path) = synth["critical_path"].as_object_mut() {
        let steps = path.remove("steps").unwrap_or_default();
        let cell = |step: Option<&Value>, key: &str| step.map(|s| s[key].clone()).unwrap_or_default();
        let steps = steps.as_array().cloned().unwrap_or_default();
        path.insert("first_cell".to_owned(), cell(steps.first(), "to"));
        path.insert("last_cell".to_owned(), cell(steps.last(), "to"));
    }
    synth
}

/// The emitter's own list of memories.
fn memories(text: &mut String, emit: &Value) {
    let _ = writeln!(text, "\n| memory | bits a word | words | block RAMs, estimated |\n|---|---|---|---|");
    for memory in emit["memories"].as_array().into_iter().flatten() {
        let name = memory["name"].as_str().unwrap_or("?");
        let _ = writeln!(text, "| {name} | {} | {} | {} |", memory["width"], memory["depth"], memory["block_rams"]);
    }
}

/// Makes the page of all results.
pub fn page() -> Result<()> {
    let mut names: Vec<_> = std::fs::read_dir(RESULTS)?.flatten().map(|entry| entry.path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "json"));
    names.sort();
    let mut text = String::from(
        "# On an FPGA

Made by `make bench-fpga` from the files in `docs/fpga/`; each is the `synth.json` of one core, which
`hwgen synth` wrote. The core stands behind five pins (`itnet_pins.sv`). Estimates are the emitter's, for an
ECP5, before any tool ran.
",
    );
    let mut results: Vec<Value> = Vec::new();
    for path in names {
        results.push(serde_json::from_str(&std::fs::read_to_string(path)?)?);
    }
    let (on_boards, alone): (Vec<_>, Vec<_>) =
        results.into_iter().partition(|result| result["synth"]["target"]["board"].is_string());
    for result in alone {
        section(&mut text, &result)?;
    }
    boards(&mut text, &on_boards)?;
    text.push_str(LIMIT);
    run::write(Path::new(PAGE), &text)
}

/// A row for each core that was built for a board.
fn boards(text: &mut String, results: &[Value]) -> Result<()> {
    if results.is_empty() {
        return Ok(());
    }
    text.push_str(
        "\n## On boards\n\nWith the board's pins, clock and serial link ([boards](boards.md)); built, not tried.\n\n\
         | board | part | emitted by | revision | clock, MHz | reached, MHz | LUT | FF | DSP | EBR |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for result in results {
        let target = &result["synth"]["target"];
        let words = [&target["board"], &target["part"], &result["command"], &result["revision"]];
        let words = words.map(|word| word.as_str().unwrap_or_default().to_owned());
        let resources = result["synth"]["resources"].as_array().cloned().unwrap_or_default();
        let used: Vec<String> = resources.iter().map(|resource| resource["used"].to_string()).collect();
        let reached = result["synth"]["fmax_mhz"].as_f64().map_or("not routed".to_owned(), |mhz| format!("{mhz:.1}"));
        let [board, part, command, revision] = words;
        let clock = number(target, "/freq_mhz")?;
        let _ = writeln!(
            text,
            "| {board} | {part} | `hwgen emit {command}` | {revision} | {clock} | {reached} | {} |",
            used.join(" | ")
        );
    }
    Ok(())
}

/// An estimate, and how far it is from what was used.
fn deviation(estimate: u64, used: u64) -> String {
    if estimate == used || used == 0 {
        return estimate.to_string();
    }
    format!("{estimate} ({:+.1} %)", 100.0 * (estimate as f64 / used as f64 - 1.0))
}

fn section(text: &mut String, result: &Value) -> Result<()> {
    let (synth, emit) = (&result["synth"], &result["emit"]);
    let name = result["name"].as_str().ok_or("a result without a name")?;
    let multipliers = number(emit, "/multipliers")?;
    let cycles = number(result, "/prediction/cycles")?;
    let _ = writeln!(
        text,
        "\n## {name} on {}\n\n`hwgen emit {}`, revision {}, seed {}{}.{}\n\n| resource | used | available | share | estimated |\n|---|---|---|---|---|",
        synth["target"]["part"].as_str().unwrap_or_default(),
        result["command"].as_str().unwrap_or_default(),
        result["revision"].as_str().unwrap_or_default(),
        synth["target"]["seed"],
        result["nextpnr"]
            .as_str()
            .filter(|further| !further.is_empty())
            .map(|f| format!(", nextpnr with `{f}`"))
            .unwrap_or_default(),
        // what a reader of an older result has to know; written by hand into its file
        result["remark"].as_str().map(|remark| format!(" {remark}")).unwrap_or_default()
    );
    for resource in synth["resources"].as_array().into_iter().flatten() {
        let estimate = synth["estimate"][resource["name"].as_str().unwrap_or_default()].as_u64();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} % | {} |",
            resource["name"].as_str().unwrap_or_default().to_uppercase(),
            resource["used"],
            resource["available"],
            number(resource, "/percent")?,
            estimate.map_or_else(|| "—".to_owned(), |n| deviation(n, resource["used"].as_u64().unwrap_or_default()))
        );
    }
    // its block RAMs are counted for an ECP5
    if synth["target"]["family"] == "ecp5" {
        memories(text, emit);
    }
    let _ = writeln!(text, "\n| instance | role | LUT4 | carry | FF | DSP | EBR |\n|---|---|---|---|---|---|---|");
    for part in synth["instances"].as_array().into_iter().flatten() {
        let words = ["instance", "role"].map(|key| part[key].as_str().unwrap_or_default());
        let counts = ["lut4", "carry", "ff", "dsp", "ebr"].map(|key| part[key].to_string());
        let _ = writeln!(text, "| {} | {} |", words.join(" | "), counts.join(" | "));
    }
    let Some(fmax) = synth["fmax_mhz"].as_f64() else {
        let _ = writeln!(text, "\nNot routed: {}", synth["outcome"]);
        return Ok(());
    };
    let _ = writeln!(
        text,
        "\n{fmax:.1} MHz after routing (target {}). {multipliers:.0} multipliers: {:.2} G MAC/s at most, {:.1} % \
         of it in a frame; one takes {cycles:.0} cycles, so {:.1} frames/s.",
        synth["target"]["freq_mhz"],
        multipliers * fmax / 1e3,
        100.0 * number(emit, "/utilization")?,
        fmax * 1e6 / cycles
    );
    let _ = writeln!(text, "\n| iterations | cycles a frame | frames/s |\n|---|---|---|");
    for output in result["prediction"]["outputs"].as_array().into_iter().flatten() {
        let cycles = number(output, "/last")? + 1.0;
        let _ = writeln!(text, "| {} | {cycles:.0} | {:.1} |", output["output"], fmax * 1e6 / cycles);
    }
    let _ = writeln!(text);
    let path = &synth["critical_path"];
    let cell = |key: &str| path[key].as_str().unwrap_or("?").to_owned();
    let _ = writeln!(
        text,
        "The slowest path takes {:.2} ns, {:.2} of them in wires, from `{}` to `{}`.",
        number(path, "/delay_ns")?,
        number(path, "/routing_ns")?,
        cell("first_cell"),
        cell("last_cell")
    );
    let seconds: Vec<String> = synth["stages"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|s| format!("{} {:.0} s", s["name"].as_str().unwrap_or("?"), s["seconds"].as_f64().unwrap_or(0.0)))
        .collect();
    let memory = synth["peak_memory_mib"].as_u64().map(|mebibytes| format!(", {mebibytes} MiB")).unwrap_or_default();
    let _ = writeln!(text, "Tools: {}{memory}.", seconds.join(", "));
    Ok(())
}
