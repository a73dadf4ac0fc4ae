//! `make formal`: proves what `tests/formal/proofs.yaml` lists, and kills its mutants. Owns: which jobs there are, who
//! does them, what is printed. A job leaves its files in `out/formal/JOB`; that it ended as it should stays known, in
//! `tests/formal/results.json`, for as long as nothing changes that it read.

mod known;
mod report;
mod spec;
mod tools;

use crate::run::Result;
use known::Known;
use spec::{Mutant, Proof, Spec};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tools::{Answer, Model};

pub use tools::missing;

const SPEC: &str = "tests/formal/proofs.yaml";
const WORK: &str = "out/formal";
/// Folder there for sources of which only the digest is wanted.
const SCRATCH: &str = "digest";
/// Provers at a time; each is one process after the other.
const WORKERS: usize = 2;

/// Which proofs.
pub enum Scope {
    /// What `make test` has the time for, whatever is known.
    Quick,
    /// All that is not known.
    All,
    /// These, whatever is known.
    Named(Vec<String>),
}

/// One proof of one parameter set, or one mutant.
struct Job<'a> {
    proof: &'a Proof,
    run: usize,
    mutant: Option<(usize, &'a Mutant)>,
}

/// Does every job; whether all held and no mutant survived. Where all that is listed is known to hold, docs/formal.md is
/// written.
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
    let known = Mutex::new(Known::read()?);
    let mut jobs = jobs(&spec, scope);
    if matches!(scope, Scope::All) {
        let all = jobs.len();
        let mut left = Vec::new();
        for job in jobs {
            if !job.is_known(&spec, &known.lock().expect("no worker yet"))? {
                left.push(job);
            }
        }
        jobs = left;
        println!("{} of {all} proofs and mutants are known to end as they should", all - jobs.len());
    }
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..WORKERS {
            threads.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !job.done(&spec, &known) {
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
    if failures == 0 && !matches!(scope, Scope::Quick) {
        let known = known.into_inner().map_err(|_| "a worker ended before its time")?;
        let mut unknown = 0;
        for job in self::jobs(&spec, &Scope::All) {
            unknown += usize::from(!job.is_known(&spec, &known)?);
        }
        if unknown == 0 {
            report::write(&spec)?;
        } else {
            println!("{unknown} more are to be done before docs/formal.md is written (make formal)");
        }
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
    /// Does the job, keeps a good end, and prints a line; whether it ended as it should.
    fn done(&self, spec: &Spec, known: &Mutex<Known>) -> bool {
        let start = Instant::now();
        let (good, words) = self.ended(spec, known).unwrap_or_else(|error| (false, error.to_string()));
        let seconds = start.elapsed().as_secs_f64();
        println!("{} {:<44} {seconds:>6.1} s  {words}", if good { "ok    " } else { "FAILED" }, self.name());
        good
    }

    fn ended(&self, spec: &Spec, known: &Mutex<Known>) -> Result<(bool, String)> {
        let model = self.model(spec, &self.name().replace(' ', "_"))?;
        let digest = model.digest()?;
        model.read()?;
        let (good, words) = match self.mutant {
            None => self.proved(&model),
            Some((_, mutant)) => Self::killed(&model, mutant),
        }?;
        if good {
            known.lock().map_err(|_| "another worker ended before its time")?.put(&self.name(), digest)?;
        }
        Ok((good, words))
    }

    fn proved(&self, model: &Model) -> Result<(bool, String)> {
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

    fn killed(model: &Model, mutant: &Mutant) -> Result<(bool, String)> {
        Ok(match model.search()? {
            Answer::Fails { assertion, step } => (true, format!("killed by {assertion} at step {step}")),
            Answer::Holds => (false, format!("survives: `{}` → `{}`", mutant.from, mutant.to)),
            Answer::Undecided(words) => (false, words),
        })
    }

    /// Whether it ended as it should with the files that are there. What a run left in the job's folder stays.
    fn is_known(&self, spec: &Spec, known: &Known) -> Result<bool> {
        Ok(known.has(&self.name(), &self.model(spec, SCRATCH)?.digest()?))
    }

    /// The sources, in a folder of this name.
    fn model(&self, spec: &Spec, folder: &str) -> Result<Model<'_>> {
        let (parameters, _) = self.proof.run(self.run).expect("checked when the file was read");
        let folder = PathBuf::from(WORK).join(folder);
        Model::new(spec, self.proof, parameters, self.mutant.map(|(_, mutant)| mutant), folder)
    }

    fn name(&self) -> String {
        let (parameters, _) = self.proof.run(self.run).expect("checked when the file was read");
        match self.mutant {
            None => format!("{} {}", self.proof.name, spec::words(parameters)).trim_end().to_owned(),
            Some((index, _)) => format!("{} mutant {}", self.proof.name, index + 1),
        }
    }
}
