//! `hwgen completions` and `hwgen man`: the command line for shells and for man, made of its own description.

use super::outcome::Outcome;
use super::report::Report;
use super::write;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;
use miette::IntoDiagnostic;
use serde::Serialize;
use std::path::PathBuf;

/// Print a script that makes a shell complete hwgen's commands and flags.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen completions bash > ~/.local/share/bash-completion/completions/hwgen
  hwgen completions fish > ~/.config/fish/completions/hwgen.fish")]
pub struct CompletionsArgs {
    /// Shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Write the manual as man pages: hwgen.1, and one page for each command.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen man -o ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Folder to write into.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Script {
    shell: String,
    script: String,
}

#[derive(Serialize)]
struct Pages {
    pages: Vec<PathBuf>,
}

/// `whole` is the command line.
pub fn completions(whole: &mut Command, args: &CompletionsArgs, report: Report) -> miette::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, whole, "hwgen", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let body = Script { shell: args.shell.to_string(), script };
    report.result(&body, || body.script.clone())?;
    Ok(Outcome::Success)
}

/// `command` is the command line.
pub fn man(mut command: Command, args: &ManArgs, report: Report) -> miette::Result<Outcome> {
    command.build();
    let mut files = vec![(args.output.join("hwgen.1"), page(command.clone())?)];
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        // Building has named it `hwgen-emit`, which is its page's title too.
        let name = inner.get_display_name().unwrap_or_else(|| inner.get_name());
        files.push((args.output.join(format!("{name}.1")), page(inner.clone())?));
    }
    write::files(&files)?;
    let body = Pages { pages: files.into_iter().map(|(path, _)| path).collect() };
    let shown = || body.pages.iter().map(|page| page.display().to_string()).collect::<Vec<_>>().join("\n");
    report.result(&body, shown)?;
    Ok(Outcome::Success)
}

/// The man page of one command.
pub fn page(command: Command) -> miette::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page).into_diagnostic()?;
    Ok(page)
}
