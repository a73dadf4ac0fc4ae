//! The provers: Yosys reads a harness, yosys-smtbmc with Yices searches from reset and by induction, ABC looks for an
//! inductive invariant. Owns: their command lines and what their words mean. Everything happens in one folder a job.

use super::spec::{Clocks, Method, Mutant, Parameters, Proof, Spec, Version};
use crate::run::Result;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARY: &str = "rtl";
/// Of the library, the folder with a folder for each version of the technology layer.
const TECH: &str = "tech";
/// What any module may use.
const PACKAGES: [&str; 3] = ["hwg_tech", "hwg_pkg", "hwg_reg_pkg"];
/// What any harness may use.
const RULES: &str = "tests/formal/rules";
/// Flip-flops whose clocks tick as the solver likes.
const TICKS: &str = "tests/formal/ticks.v";
/// A prover that takes longer has not decided.
const SECONDS: &str = "1500";
const ABC_SECONDS: &str = "1200";
/// Writes a waveform, with a step after the failure.
const TRACE: [&str; 4] = ["--dump-vcd", "trace.vcd", "--append", "1"];

/// What a search found.
pub enum Answer {
    Holds,
    /// Step from reset and assertion.
    Fails {
        assertion: String,
        step: u32,
    },
    /// A cover that was not reached, or a prover that gave up: its last words.
    Undecided(String),
}

/// A harness with its sources in a folder of its own.
pub struct Model<'a> {
    proof: &'a Proof,
    folder: PathBuf,
    script: String,
    /// Files that the script reads from where they are.
    read: Vec<PathBuf>,
}

/// Programs that are missing here.
pub fn missing() -> Vec<&'static str> {
    let tools = ["yosys", "yosys-smtbmc", "yosys-abc", ".venv/bin/yices-smt2"];
    tools.into_iter().filter(|tool| !crate::run::have(tool)).collect()
}

impl<'a> Model<'a> {
    /// Copies the sources into a folder, changed by the mutant.
    pub fn new(
        spec: &Spec,
        proof: &'a Proof,
        parameters: &Parameters,
        mutant: Option<&Mutant>,
        folder: PathBuf,
    ) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        for (name, text) in &proof.files {
            std::fs::write(folder.join(name), text)?;
        }
        let mut script = String::new();
        let mut read = vec![PathBuf::from(proof.harness())];
        for entry in std::fs::read_dir(RULES).map_err(|e| format!("{RULES}: {e}"))? {
            read.push(entry?.path());
        }
        if let Some(versions) = &proof.versions {
            for (prefix, name) in ["first", "second"].into_iter().zip(versions) {
                let mutant = mutant.filter(|_| prefix == "second");
                let rename = |text: String| text.replace("hwg_", &format!("{prefix}_hwg_"));
                let version = &spec.versions[name];
                let defines: String = version.defines.iter().fold(String::new(), |text, d| text + " -D " + d);
                let sources = sources(proof, mutant, version, &folder, &format!("{prefix}_"), rename)?;
                let _ = writeln!(script, "read_verilog -formal -sv -defer{defines} {sources}");
                for cells in &version.cells {
                    read.push(cells.into());
                    let _ = writeln!(script, "read_verilog -formal -sv -overwrite {}", absolute(cells)?);
                }
            }
        } else {
            let sources = sources(proof, mutant, &Version::default(), &folder, "", |text| text)?;
            let _ = writeln!(script, "read_verilog -formal -sv -defer {sources}");
        }
        let _ = writeln!(
            script,
            "read_verilog -formal -sv -defer {} {}",
            absolute(&format!("{RULES}/*.sv"))?,
            absolute(&proof.harness())?
        );
        script += "hierarchy -check -top proof";
        for (name, value) in parameters {
            let _ = write!(script, " -chparam {name} {value}");
        }
        script += "\nhierarchy -top proof\nsetattr -mod -unset keep_hierarchy *\nprep -top proof -flatten\nmemory_map\nsetundef -undriven -anyseq\nopt -full -keepdc\ndffunmap\n";
        if proof.clocks == Clocks::Free {
            let _ = writeln!(script, "techmap -map {}\nopt -full -keepdc", absolute(TICKS)?);
            read.push(TICKS.into());
        }
        script += "write_smt2 -wires model.smt2\n";
        Ok(Self { proof, folder, script, read })
    }

    /// A number for what the provers are given: sources, script, method and depth, wherever the project lies. Versions of the
    /// provers are not in it.
    pub fn digest(&self) -> Result<String> {
        let mut files = self.read.clone();
        for entry in std::fs::read_dir(&self.folder)? {
            files.push(entry?.path());
        }
        files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        let script = self.script.replace(&absolute(".")?, "");
        let mut hash = Sha256::new();
        hash.update(format!("{} {}\n{script}", self.proof.method.words(), self.proof.depth));
        for path in files {
            let text = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        }
        Ok(format!("{:x}", hash.finalize())[..16].to_owned())
    }

    /// Has Yosys read the sources.
    pub fn read(&self) -> Result<()> {
        self.yosys("model.ys", &self.script)
    }

    /// Looks for an assertion that fails within `depth` steps from reset.
    pub fn search(&self) -> Result<Answer> {
        let depth = self.proof.depth;
        if self.proof.method == Method::Induction {
            return self.smtbmc(&format!("{depth}"), &TRACE);
        }
        // ABC goes deep sooner; Yices then only has to say which assertion it is.
        let text = self.abc(&format!("bmc3 -F {depth} -T {ABC_SECONDS}"))?;
        if text.contains(&format!("No output asserted in {depth} frames")) {
            return Ok(Answer::Holds);
        }
        let step =
            text.split_once("was asserted in frame ").and_then(|(_, rest)| rest.split('.').next()?.parse::<u32>().ok());
        match step {
            Some(step) => self.smtbmc(&format!("{step}:{}", step + 1), &TRACE),
            None => Ok(Answer::Undecided(last_words(&text))),
        }
    }

    /// Where the waveform of a failure is.
    pub fn trace(&self) -> PathBuf {
        self.folder.join("trace.vcd")
    }

    /// Proves every assertion as far as the method does.
    pub fn prove(&self) -> Result<Answer> {
        match self.proof.method {
            Method::Bmc => self.search(),
            Method::Induction => match self.search()? {
                Answer::Holds => {
                    match self.smtbmc(&self.proof.depth.to_string(), &["-i", "--dump-vcd", "trace.vcd"])? {
                        // Counted from a state that reset need not lead to: no counterexample.
                        Answer::Fails { assertion, .. } => {
                            Ok(Answer::Undecided(format!("{assertion} is not inductive")))
                        }
                        other => Ok(other),
                    }
                }
                other => Ok(other),
            },
            // An invariant leaves nothing to search for; without one, a counterexample says more than ABC does.
            Method::Pdr => match self.invariant()? {
                Answer::Holds => Ok(Answer::Holds),
                other => match self.search()? {
                    Answer::Holds => Ok(other),
                    found => Ok(found),
                },
            },
        }
    }

    /// Reaches every cover.
    pub fn cover(&self) -> Result<Answer> {
        self.smtbmc(&self.proof.depth.to_string(), &["-c"])
    }

    /// Runs the model checker over `steps`, as it wants them named.
    fn smtbmc(&self, steps: &str, arguments: &[&str]) -> Result<Answer> {
        let mut command = Command::new("yosys-smtbmc");
        command.args(["-s", "yices", "--timeout", SECONDS, "-t", steps]).args(arguments).arg("model.smt2");
        let text = self.words(&mut command)?;
        if text.contains("Status: PASSED") || text.contains("Status: passed") {
            return Ok(Answer::Holds);
        }
        let step = text.lines().rev().find_map(|line| line.split_once("in step ").map(|(_, step)| step));
        let step = step.and_then(|step| step.trim_end_matches('.').parse().ok()).unwrap_or(0);
        if !arguments.contains(&"-c")
            && let Some((_, assertion)) = text.lines().find_map(|line| line.split_once("Assert failed in "))
        {
            return Ok(Answer::Fails { assertion: place(assertion), step });
        }
        let unreached: Vec<_> =
            text.lines().filter_map(|line| line.split_once("Unreached cover statement at ")).collect();
        Ok(Answer::Undecided(if unreached.is_empty() {
            last_words(&text)
        } else {
            let names: Vec<_> = unreached.iter().map(|(_, name)| place(name.trim_end_matches('.'))).collect();
            format!("not reached in {steps} steps: {}", names.join(", "))
        }))
    }

    fn invariant(&self) -> Result<Answer> {
        let text = self.abc(&format!("scorr; dc2; pdr -T {ABC_SECONDS}"))?;
        if text.contains("Property proved.") {
            return Ok(Answer::Holds);
        }
        Ok(Answer::Undecided(last_words(&text)))
    }

    /// Runs an engine of ABC on the assertions, all of them in one: what it printed.
    fn abc(&self, engine: &str) -> Result<String> {
        let script = format!(
            "{}chformal -cover -remove\nopt -full -keepdc\ntechmap\nopt -fast -keepdc\ndffunmap\nabc -g AND -fast\nopt_clean\nwrite_aiger -zinit \
             model.aig\n",
            self.script
        );
        self.yosys("gates.ys", &script)?;
        // Assumptions are folded into the assertions, these into one.
        let steps = format!("read_aiger model.aig; fold; strash; orpos; {engine}");
        self.words(Command::new("yosys-abc").args(["-c", &steps]))
    }

    fn yosys(&self, name: &str, script: &str) -> Result<()> {
        std::fs::write(self.folder.join(name), script)?;
        let mut command = Command::new("yosys");
        let output = command.args(["-q", "-s", name]).current_dir(&self.folder).output();
        let output = output.map_err(|e| format!("yosys: {e}"))?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        Err(format!("yosys {}: {}", self.folder.join(name).display(), last_words(&text)).into())
    }

    /// Runs a prover in the folder; what it printed.
    fn words(&self, command: &mut Command) -> Result<String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let solvers = std::path::absolute(".venv/bin")?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(solvers).chain(std::env::split_paths(&path)))?;
        let output = command.current_dir(&self.folder).env("PATH", path).output();
        let output = output.map_err(|e| format!("{program}: {e}"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        std::fs::write(self.folder.join(format!("{program}.log")), &text)?;
        Ok(text)
    }
}

/// The file of a module: in a folder of the library, or of the given technology layer.
fn find(module: &str, tech: &str) -> Result<PathBuf> {
    let name = format!("{module}.sv");
    let mut folders = vec![Path::new(LIBRARY).join(TECH).join(tech)];
    for entry in std::fs::read_dir(LIBRARY).map_err(|e| format!("{LIBRARY}: {e}"))? {
        folders.push(entry?.path());
    }
    let found = folders.into_iter().map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.ok_or_else(|| format!("no {name} in a folder of {LIBRARY} or of its technology layer `{tech}`").into())
}

/// Writes the packages and the modules of a proof into the folder; their file names.
fn sources(
    proof: &Proof,
    mutant: Option<&Mutant>,
    version: &Version,
    folder: &Path,
    prefix: &str,
    rename: impl Fn(String) -> String,
) -> Result<String> {
    let mut names = Vec::new();
    for module in PACKAGES.into_iter().chain(proof.modules.iter().map(String::as_str)) {
        let path = find(module, &version.tech)?;
        let mut text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let path = path.display();
        let mutant = mutant.filter(|m| m.module.as_ref().unwrap_or(&proof.modules[0]) == module);
        let adapt = version.adapt.iter().filter(|change| change.module == module);
        let adapted = adapt.map(|change| (&change.from, &change.to));
        for (from, to) in mutant.map(|mutant| (&mutant.from, &mutant.to)).into_iter().chain(adapted) {
            let count = text.matches(from).count();
            if count != 1 {
                return Err(format!("{}: `{from}` occurs {count} times in {path}, wanted once", proof.name).into());
            }
            text = text.replace(from, to);
        }
        let name = format!("{prefix}{module}.sv");
        std::fs::write(folder.join(&name), rename(text))?;
        names.push(name);
    }
    Ok(names.join(" "))
}

fn absolute(path: &str) -> Result<String> {
    Ok(std::path::absolute(path)?.display().to_string())
}

/// `proof: label` as it is; a source place without the absolute folders before it.
fn place(words: &str) -> String {
    words.split('|').map(|part| part.rsplit('/').next().unwrap_or(part)).collect::<Vec<_>>().join(" in ")
}

fn last_words(text: &str) -> String {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no answer").to_owned()
}
