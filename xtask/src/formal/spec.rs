//! What `tests/formal/proofs.yaml` says: proofs, their parameter sets, and the mutants that each has to kill. Reading
//! trusts nothing: unknown fields, and proofs without a mutant, are errors.

use crate::run::Result;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Values of a harness's parameters.
pub type Parameters = BTreeMap<String, i64>;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Versions of the technology layer, by name.
    pub versions: BTreeMap<String, Version>,
    pub proofs: Vec<Proof>,
}

/// One version of the technology layer: what selects it, and the cells that it needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    #[serde(default)]
    pub defines: Vec<String>,
    /// Folder of `rtl/tech` that the technology layer is taken from.
    #[serde(default = "generic")]
    pub tech: String,
    /// Files with models of vendor cells, relative to the workspace.
    #[serde(default)]
    pub cells: Vec<String>,
    /// Where Yosys cannot read what simulators can: the same, said otherwise.
    #[serde(default)]
    pub adapt: Vec<Change>,
}

impl Default for Version {
    fn default() -> Self {
        Self { defines: Vec::new(), tech: generic(), cells: Vec::new(), adapt: Vec::new() }
    }
}

/// The technology layer that belongs to no family.
fn generic() -> String {
    "generic".to_owned()
}

/// `from`, which occurs once in a module, becomes `to`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub module: String,
    pub from: String,
    pub to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Also the harness: `tests/formal/NAME.sv`, unless `harness` names another.
    pub name: String,
    pub harness: Option<String>,
    /// Library modules that are read; the first is what the proof is about.
    pub modules: Vec<String>,
    /// Names of two versions to compare. Every module is then read twice, as `first_hwg_…` and `second_hwg_…`.
    pub versions: Option<[String; 2]>,
    /// Files that memories are loaded from: name, text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// How the clocks of the harness tick.
    #[serde(default)]
    pub clocks: Clocks,
    pub property: String,
    pub method: Method,
    /// Steps of the search from reset, for counterexamples, covers and mutants; steps of the induction.
    pub depth: u32,
    #[serde(default)]
    pub runs: Vec<Parameters>,
    /// Parameter sets that `make test` leaves out.
    #[serde(default)]
    pub slow_runs: Vec<Parameters>,
    pub mutants: Vec<Mutant>,
}

/// What a step of the solver is to the clocks of a harness.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Clocks {
    /// A cycle of the only clock.
    #[default]
    One,
    /// Each clock ticks or does not, as the solver likes.
    Free,
}

/// How a proof goes beyond `depth` steps from reset.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// It does not.
    Bmc,
    /// `depth` steps that hold imply the next one.
    Induction,
    /// Property-directed reachability finds an inductive invariant.
    Pdr,
}

impl Method {
    pub fn words(self) -> &'static str {
        match self {
            Self::Bmc => "bounded",
            Self::Induction => "induction",
            Self::Pdr => "unbounded",
        }
    }
}

/// A fault: `from`, which occurs once in the module, becomes `to`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Module that is changed, if not the first (with versions: that of the second).
    pub module: Option<String>,
    pub from: String,
    pub to: String,
    /// Which of `runs`, then `slow_runs`, it is tried on.
    #[serde(default)]
    pub run: usize,
}

impl Spec {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let spec: Self = serde_yaml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        for proof in &spec.proofs {
            let fault = |what: String| Err(format!("{}: proof `{}` {what}", path.display(), proof.name).into());
            if proof.modules.is_empty() || proof.mutants.is_empty() {
                return fault("has no module or no mutant".to_owned());
            }
            if let Some(name) = proof.versions.iter().flatten().find(|name| !spec.versions.contains_key(*name)) {
                return fault(format!("compares with `{name}`, which is not among the versions"));
            }
            if let Some(mutant) = proof.mutants.iter().find(|mutant| proof.run(mutant.run).is_none()) {
                return fault(format!("has a mutant for run {}, which is not there", mutant.run));
            }
        }
        Ok(spec)
    }
}

impl Proof {
    pub fn harness(&self) -> String {
        format!("tests/formal/{}.sv", self.harness.as_ref().unwrap_or(&self.name))
    }

    /// Parameter set by its place in `runs`, then `slow_runs`; whether it is a slow one.
    pub fn run(&self, index: usize) -> Option<(&Parameters, bool)> {
        let quick = self.runs.get(index).map(|run| (run, false));
        quick.or_else(|| self.slow_runs.get(index.checked_sub(self.runs.len())?).map(|run| (run, true)))
    }
}

/// `DEPTH=4 WIDTH=2`
pub fn words(parameters: &Parameters) -> String {
    parameters.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = write!(text, "{}{name}={value}", if text.is_empty() { "" } else { " " });
        text
    })
}
