//! The command line: one file for each subcommand, and what they share.
//!
//! Owns: arguments, messages, exit statuses, files on disk. stdout is data, stderr is messages; exit 0 success,
//! 1 a check failed, 2 usage or bad input, 130 interrupted. Leaves alone: everything that can be computed without a user.

mod bits;
mod calibration;
mod command;
mod cosim;
mod cost;
mod device;
mod emit;
mod error;
mod evaluate;
mod explore;
mod export;
mod fuzz;
mod interrupt;
mod kept;
mod library;
mod maps;
mod model;
mod network;
pub mod outcome;
mod overwrite;
mod page;
pub mod picture;
mod play;
mod quantize;
pub mod report;
pub mod run;
mod shell;
mod shell_help;
mod synth;
mod thresholds;
pub mod write;

use clap::{CommandFactory, Parser, Subcommand};
use error::CliError;
use outcome::Outcome;
use report::{Form, Report};
use std::process::ExitCode;

/// What `--version` says; `-V` says the first line's number alone.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\nbuilt for ",
    env!("HWGEN_TARGET"),
    " (",
    env!("HWGEN_PROFILE"),
    ") with ",
    env!("HWGEN_RUSTC"),
    "\ntools that it runs: Verilator 5.006 or newer and a C++17 compiler (cosim, fuzz); Yosys, nextpnr and a packer (synth)",
);

/// Generates, proves and simulates FPGA cores for iterative segmentation networks.
#[derive(Debug, Parser)]
#[command(name = "hwgen", version, long_version = VERSION, arg_required_else_help = true, max_term_width = 110)]
#[command(after_help = "Exit status: 0 success, 1 a check failed, 2 wrong usage or bad input, 130 interrupted.")]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print one JSON document on stdout instead of text.
    #[arg(long, global = true)]
    json: bool,

    /// Print nothing but errors, and what --json asks for.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Emit(emit::Args),
    Quantize(quantize::Args),
    Export(export::Args),
    Run(run::Args),
    Evaluate(evaluate::Args),
    Cosim(cosim::Args),
    Cost(cost::Args),
    Explore(explore::Args),
    Fuzz(fuzz::Args),
    Synth(synth::Args),
    #[command(name = "report")]
    Page(page::Args),
    Play(play::Args),
    Completions(shell_help::CompletionsArgs),
    Man(shell_help::ManArgs),
}

/// A command that was run by [`execute`].
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// How it ended.
    pub outcome: Outcome,
    /// What `--json` prints; null where the command has no result.
    pub document: serde_json::Value,
}

/// Runs the command of `arguments`, those that follow `hwgen` in a shell, inside this process. Nothing goes to standard
/// output; messages go to standard error if `messages`. Ctrl-C stays the caller's business.
///
/// # Errors
/// Those of the command; for arguments that it does not take, `hwgen::cli::usage`.
pub fn execute(arguments: Vec<String>, messages: bool) -> miette::Result<Executed> {
    let whole = std::iter::once("hwgen".to_owned()).chain(arguments.iter().cloned());
    let cli = Cli::try_parse_from(whole).map_err(|error| CliError::Usage { message: usage(&error) })?;
    let report = Report { form: Form::Captured, quiet: cli.quiet || !messages };
    let outcome = command::inside(arguments, || dispatch(cli.command, report))?;
    Ok(Executed { outcome, document: report::captured() })
}

/// What is wrong, without how to ask for help in a shell.
fn usage(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.split("\n\nUsage:").next().unwrap_or_default();
    text.trim().trim_start_matches("error: ").to_owned()
}

/// The program: parses the arguments of this process and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    interrupt::install();
    let form = if cli.json { Form::Json } else { Form::Text };
    let report = Report { form, quiet: cli.quiet };
    match dispatch(cli.command, report) {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::CheckFailed) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Command, report: Report) -> miette::Result<Outcome> {
    match command {
        Command::Emit(args) => emit::run(&args, report),
        Command::Quantize(args) => quantize::run(&args, report),
        Command::Export(args) => export::run(&args, report),
        Command::Run(args) => run::run(&args, report),
        Command::Evaluate(args) => evaluate::run(&args, report),
        Command::Cosim(args) => cosim::run(&args, report),
        Command::Cost(args) => cost::run(&args, report),
        Command::Explore(args) => explore::run(&args, report),
        Command::Fuzz(args) => fuzz::run(&args, report),
        Command::Synth(args) => synth::run(&args, report),
        Command::Page(args) => page::run(&args, report),
        Command::Play(args) => play::run(&args, report),
        Command::Completions(args) => shell_help::completions(&mut Cli::command(), &args, report),
        Command::Man(args) => shell_help::man(Cli::command(), &args, report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    use clap::{Arg, ArgAction};

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    /// Takes any value, so that only what flags have to do with each other is looked at.
    fn any_value(command: clap::Command) -> clap::Command {
        command.mut_args(|a| match a.get_action() {
            ArgAction::Set | ArgAction::Append => a.value_parser(clap::builder::StringValueParser::new()),
            _ => a,
        })
    }

    fn words(argument: &Arg) -> Vec<String> {
        let name = argument.get_long().map(|long| format!("--{long}"));
        let value = argument.get_action().takes_values().then(|| "1".to_owned());
        name.into_iter().chain(value).collect()
    }

    /// What `given` lacks, as `--case <I>`; nothing if it lacks nothing or something else is wrong.
    fn missing(command: &clap::Command, given: &[String]) -> Option<Vec<String>> {
        let line = std::iter::once(command.get_name().to_owned()).chain(given.iter().cloned());
        let error = command.clone().try_get_matches_from(line).err()?;
        match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::Strings(names)) if error.kind() == ErrorKind::MissingRequiredArgument => {
                Some(names.clone())
            }
            _ => None,
        }
    }

    /// Clap asks for no argument that conflicts with one that is given: a flag that needs `--a`, given beside a flag that
    /// excludes `--a`, would be taken and do nothing.
    #[test]
    fn no_flag_is_accepted_without_the_one_that_it_needs() {
        let mut checked = 0;
        for command in Cli::command().get_subcommands() {
            let command = any_value(command.clone());
            let (positional, flags): (Vec<&Arg>, Vec<&Arg>) = command.get_arguments().partition(|a| a.is_positional());
            let mut base: Vec<String> = positional.iter().flat_map(|a| words(a)).collect();
            while let Some(names) = missing(&command, &base) {
                let first =
                    flags.iter().find(|a| names[0].contains(&format!("--{} ", a.get_id().as_str().replace('_', "-"))));
                base.extend(words(first.expect("what is missing is a flag")));
            }
            let with = |more: &[&&Arg]| [base.clone(), more.iter().flat_map(|a| words(a)).collect()].concat();
            for flag in &flags {
                let Some(needed) = missing(&command, &with(&[flag])) else { continue };
                checked += 1;
                for other in &flags {
                    let name = format!("--{}", other.get_id().as_str().replace('_', "-"));
                    let gives = needed.iter().any(|n| n.split(' ').next() == Some(&name));
                    let line = with(&[flag, other]);
                    let taken =
                        command.clone().try_get_matches_from([vec![String::new()], line.clone()].concat()).is_ok();
                    assert!(gives || !taken, "{} {line:?} is taken without {needed:?}", command.get_name());
                }
            }
        }
        assert!(checked > 10, "only {checked} flags need another one");
    }

    #[test]
    fn commands_run_inside_a_process() {
        let run = |words: &str| execute(words.split(' ').map(str::to_owned).collect(), false);
        let executed = run("cost --preset tiny --iterations 2").expect("a network");
        assert_eq!(executed.outcome, Outcome::Success);
        assert_eq!(executed.document["description"]["outputs"], serde_json::json!([1, 2]));
        let error = run("cost --no-such-flag").expect_err("no flag");
        assert_eq!(error.to_string().lines().next(), Some("unexpected argument '--no-such-flag' found"));
    }

    #[test]
    fn every_command_has_examples() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("hwgen "), "{} has no examples", command.get_name());
        }
    }

    #[test]
    fn every_command_has_a_page_that_begins_as_man_wants() {
        let mut command = Cli::command();
        command.build();
        for inner in command.get_subcommands() {
            let page = shell_help::page(inner.clone()).expect("renders");
            assert!(String::from_utf8_lossy(&page).contains(".SH NAME"), "{}", inner.get_name());
        }
    }
}
