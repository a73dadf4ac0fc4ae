//! docs/formal.md, made of what a whole run proved and nothing else.

use super::spec::{Proof, Spec, words};
use crate::run::{self, Result};
use std::fmt::Write as _;
use std::path::Path;

const PAGE: &str = "docs/formal.md";

const HEAD: &str = "# Proofs

Made by `make formal` from `tests/formal/proofs.yaml`, once every proof holds and every mutant is killed with the files that
are there; a harness is `tests/formal/NAME.sv`. Decision: [adr/0013](adr/0013-formal-proofs.md).

- **unbounded**: an inductive invariant was found, so the assertions hold in every state that reset can lead to.
- **induction**: they hold for `depth` steps from reset, and any `depth` steps in which they hold imply the next.
- **bounded**: they hold for `depth` steps from reset.

Every proof is for the parameter sets named, for all inputs that its harness allows, and from any initial value of every
register and memory. Covers show that the harness lets the interesting cases happen. A mutant is a fault put into the
module; it is killed by a counterexample within `depth` steps from reset, never by a proof that merely fails.
Parameter sets in *italics* are left out of `make test`.
";

/// Writes the page.
pub fn write(spec: &Spec) -> Result<()> {
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "\n| proof | module | property | method | depth | parameters | mutants killed |");
    let _ = writeln!(text, "|---|---|---|---|---|---|---|");
    for proof in &spec.proofs {
        let module = match &proof.versions {
            Some([first, second]) => format!("`{}`: {first} = {second}", proof.modules[0]),
            None => format!("`{}`", proof.modules[0]),
        };
        let _ = writeln!(
            text,
            "| {} | {module} | {} | {} | {} | {} | {} |",
            proof.name,
            proof.property.trim().replace('\n', " "),
            proof.method.words(),
            proof.depth,
            parameters(proof),
            proof.mutants.len()
        );
    }
    let mutants: usize = spec.proofs.iter().map(|proof| proof.mutants.len()).sum();
    let runs: usize = spec.proofs.iter().map(|proof| proof.runs.len() + proof.slow_runs.len()).sum();
    let _ = writeln!(text, "\n{} harnesses, {runs} parameter sets, {mutants} mutants killed.", spec.proofs.len());
    run::write(Path::new(PAGE), &text)
}

fn parameters(proof: &Proof) -> String {
    let quick = proof.runs.iter().map(words);
    let slow = proof.slow_runs.iter().map(|run| format!("*{}*", words(run)));
    let all: Vec<_> = quick.chain(slow).filter(|text| !text.is_empty()).collect();
    if all.is_empty() { "—".to_owned() } else { all.join("; ") }
}
