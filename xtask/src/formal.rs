//! `make formal`: proves what `tests/formal/proofs.yaml` lists, and kills its mutants. Owns: which jobs there are, who
//! does them, what is printed. A job leaves its files in `out/formal/JOB`.

mod report;
mod spec;
mod tools;

use crate::run::Result;
use spec::{Mutant, Proof, Spec};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tools::{Answer, Model};

pub use tools::missing;

const SPEC: &str = "tests/formal/proofs.yaml";
const WORK: &str = "out/formal";
/// Provers at a time; each is one process after the other.
const WORKERS: usize = 2;

/// Which proofs.
pub enum Scope {
    /// What `make test` has the time for.
    Quick,
    All,
    Named(Vec<String>),
}

/// One proof of one parameter set, or one mutant.
struct Job<'a> {
    proof: &'a Proof,
    run: usize,
    mutant: Option<(usize, &'a Mutant)>,
}

/// Does every job; whether all held and no mutant survived. A whole run writes docs/formal.md.
pub fn formal(scope: &Scope) -> Result<bool> {
    if let Some(tool) = missing().first() {
        return Err(format!("{tool} is not installed (scripts/setup.sh formal installs it)").into());
    }
    let spec = Spec::read(Path::new(SPEC))?;
    if let Scope::Named(names) = scope
        && let Some(name) = names.iter().find(|name| spec.proofs.iter().all(|proof| proof.name != **name))
    {
        return Err(format!("proof `{name}` is not in {SPEC}").into());
    }
    let jobs = jobs(&spec, scope);
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..WORKERS {
            threads.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !job.done(&spec) {
                        failures.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner();
    let mutants = jobs.iter().filter(|job| job.mutant.is_some()).count();
    println!(
        "{} proofs, {mutants} mutants, {failures} failures, {:.0} s",
        jobs.len() - mutants,
        start.elapsed().as_secs_f64()
    );
    if failures == 0 && matches!(scope, Scope::All) {
        report::write(&spec)?;
    }
    Ok(failures == 0)
}

/// Long ones first, so that no worker is left alone with one at the end.
fn jobs<'a>(spec: &'a Spec, scope: &Scope) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for proof in &spec.proofs {
        if let Scope::Named(names) = scope
            && !names.contains(&proof.name)
        {
            continue;
        }
        let quick = matches!(scope, Scope::Quick);
        let wanted = |run: usize| proof.run(run).is_some_and(|(_, slow)| !(quick && slow));
        let runs = proof.runs.len() + proof.slow_runs.len();
        jobs.extend((0..runs).filter(|&run| wanted(run)).map(|run| Job { proof, run, mutant: None }));
        let mutants = proof.mutants.iter().enumerate().filter(|(_, mutant)| wanted(mutant.run));
        jobs.extend(mutants.map(|(index, mutant)| Job { proof, run: mutant.run, mutant: Some((index, mutant)) }));
    }
    jobs.sort_by_key(|job| !job.proof.run(job.run).is_some_and(|(_, slow)| slow));
    jobs
}

impl Job<'_> {
    /// Does the job and prints a line; whether it ended as it should.
    fn done(&self, spec: &Spec) -> bool {
        let start = Instant::now();
        let (good, words) = match self.mutant {
            None => self.proved(spec),
            Some((_, mutant)) => self.killed(spec, mutant),
        }
        .unwrap_or_else(|error| (false, error.to_string()));
        let seconds = start.elapsed().as_secs_f64();
        println!("{} {:<44} {seconds:>6.1} s  {words}", if good { "ok    " } else { "FAILED" }, self.name());
        good
    }

    fn proved(&self, spec: &Spec) -> Result<(bool, String)> {
        let model = self.model(spec, None)?;
        let method = self.proof.method.words();
        for (what, answer) in [(method, model.prove()), ("cover", model.cover())] {
            match answer? {
                Answer::Holds => {}
                Answer::Fails { assertion, step } => {
                    let trace = model.trace().display().to_string();
                    return Ok((false, format!("{what}: {assertion} fails at step {step}, see {trace}")));
                }
                Answer::Undecided(words) => return Ok((false, format!("{what}: {words}"))),
            }
        }
        Ok((true, format!("proved, {method}")))
    }

    fn killed(&self, spec: &Spec, mutant: &Mutant) -> Result<(bool, String)> {
        let model = self.model(spec, Some(mutant))?;
        Ok(match model.search()? {
            Answer::Fails { assertion, step } => (true, format!("killed by {assertion} at step {step}")),
            Answer::Holds => (false, format!("survives: `{}` → `{}`", mutant.from, mutant.to)),
            Answer::Undecided(words) => (false, words),
        })
    }

    fn model<'b>(&'b self, spec: &Spec, mutant: Option<&Mutant>) -> Result<Model<'b>> {
        let (parameters, _) = self.proof.run(self.run).expect("checked when the file was read");
        let folder = PathBuf::from(WORK).join(self.name().replace(' ', "_"));
        Model::new(spec, self.proof, parameters, mutant, folder)
    }

    fn name(&self) -> String {
        let (parameters, _) = self.proof.run(self.run).expect("checked when the file was read");
        match self.mutant {
            None => format!("{} {}", self.proof.name, spec::words(parameters)).trim_end().to_owned(),
            Some((index, _)) => format!("{} mutant {}", self.proof.name, index + 1),
        }
    }
}
