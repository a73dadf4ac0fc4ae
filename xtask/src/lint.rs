//! Four linters on the library and on emitted cores. Not a word from any of them is allowed.

use crate::run::{self, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PYTHON: &str = ".venv/bin/python";

/// Emitted cores that differ in what makes the emitter write something else.
const CORES: [(&str, &str); 7] = [
    ("tiny", "--preset tiny --multipliers 64"),
    ("stream", "--preset tiny --multipliers 64 --feedback stream"),
    ("bidirectional", "--preset tiny --mixing bidirectional --pixels symmetric --blocks 2 --multipliers 100"),
    ("narrow", "--preset tiny --width 1 --scales 1 --iterations 1 --outputs 1 --classes 1 --expansion 1 --image-size 16x16 --multipliers 8"),
    ("deep", "--preset tiny --width 3 --scales 5 --image-size 67x45 --classes 256 --weight-bits 2 --act-bits 4 --multipliers 40"),
    ("digits", "--preset tiny --width 5 --weight-bits 3 --stem-bits 8 --data-bits 7 --weight-sets 0,1,0,1 --multipliers 50"),
    ("paper", "--preset paper --weight-bits 8 --multipliers 342"),
];

/// What to do where a linter is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Fails,
    IsSkipped,
}

impl Missing {
    /// In CI a missing tool fails.
    pub fn here() -> Self {
        if std::env::var("CI").is_ok_and(|v| v == "true") { Self::Fails } else { Self::IsSkipped }
    }
}

#[derive(Clone, Copy)]
enum Tool {
    Verilator,
    Icarus,
    Yosys,
    Slang,
}

impl Tool {
    const ALL: [Self; 4] = [Self::Verilator, Self::Icarus, Self::Yosys, Self::Slang];

    fn name(self) -> &'static str {
        match self {
            Self::Verilator => "verilator -Wall",
            Self::Icarus => "iverilog -Wall",
            Self::Yosys => "yosys check -assert",
            Self::Slang => "slang -Werror",
        }
    }

    fn is_here(self) -> bool {
        match self {
            Self::Verilator => run::have("verilator"),
            Self::Icarus => run::have("iverilog"),
            Self::Yosys => run::have("yosys"),
            Self::Slang => Path::new(PYTHON).exists(),
        }
    }

    /// The command, to be run inside the emitted folder.
    fn command(self, top: &str, sources: &[String]) -> Result<Command> {
        let mut command = match self {
            Self::Verilator => with("verilator", &["--lint-only", "-Wall", "--top-module", top, "lint.vlt"]),
            Self::Icarus => with("iverilog", &["-g2012", "-Wall", "-t", "null", "-s", top]),
            Self::Yosys => {
                let script = format!(
                    "read_verilog -sv -defer {}; hierarchy -check -top {top}; proc; check -assert",
                    sources.join(" ")
                );
                return Ok(with("yosys", &["-q", "-p", &script]));
            }
            Self::Slang => {
                let mut command = Command::new(std::path::absolute(PYTHON)?);
                command.arg(std::path::absolute("scripts/slang_lint.py")?).arg(top);
                command
            }
        };
        command.args(sources);
        Ok(command)
    }
}

fn with(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Lints everything; whether nothing was said.
pub fn lint(missing: &Missing) -> Result<bool> {
    let mut tools = Vec::new();
    let mut clean = true;
    for tool in Tool::ALL {
        if tool.is_here() {
            tools.push(tool);
        } else if *missing == Missing::Fails {
            eprintln!("lint: {} is missing (make setup installs it)", tool.name());
            clean = false;
        } else {
            eprintln!("lint: {} skipped: not installed (make setup installs it)", tool.name());
        }
    }
    let out = tempfile::tempdir()?;
    for (name, flags) in CORES {
        let folder = out.path().join(name);
        let folder_text = folder.display().to_string();
        let mut arguments = vec!["emit", "-o", &folder_text];
        arguments.extend(flags.split_whitespace());
        run::hwgen(&arguments)?;
        let sources = sources(&folder)?;
        for &tool in &tools {
            clean &= quiet(tool, name, &folder, tool.command("itnet_top", &sources)?)?;
        }
    }
    clean &= library_is_emitted(out.path())?;
    Ok(clean)
}

/// The sources that the manifest names, in its order.
fn sources(folder: &Path) -> Result<Vec<String>> {
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder.join("manifest.json"))?)?;
    let list = manifest["sources"].as_array().ok_or("manifest without sources")?;
    Ok(list.iter().filter_map(|source| source.as_str().map(str::to_owned)).collect())
}

/// Runs one linter; any output is a complaint.
fn quiet(tool: Tool, core: &str, folder: &Path, mut command: Command) -> Result<bool> {
    let output = command.current_dir(folder).stdin(Stdio::null()).output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let good = output.status.success() && said.trim().is_empty();
    eprintln!("  {} {core}: {}", if good { "ok  " } else { "FAIL" }, tool.name());
    if !good {
        let shown: Vec<&str> = said.lines().take(30).collect();
        eprintln!("{}\n    {}", output.status, shown.join("\n    "));
    }
    Ok(good)
}

/// Every file of `rtl/` has to be in one of the linted cores: its parameters' real values are what is linted.
fn library_is_emitted(out: &Path) -> Result<bool> {
    let mut clean = true;
    for entry in std::fs::read_dir("rtl")? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "sv") {
            continue;
        }
        let name = PathBuf::from("rtl").join(path.file_name().ok_or("a file without a name")?);
        if !CORES.iter().any(|(core, _)| out.join(core).join(&name).exists()) {
            eprintln!("  FAIL {}: in no linted core", name.display());
            clean = false;
        }
    }
    Ok(clean)
}
