//! The command line as text: in the files that it made, and in reports that say how to see something again.

use std::cell::RefCell;
use std::path::Path;

/// Flags whose values are paths: only the file's name matters to what is made.
const PATHS: [&str; 4] = ["--config", "--weights", "--calib", "--model"];
/// Flags that do not change what is made, with the number of values that follow.
const IRRELEVANT: [(&str, usize); 5] = [("--json", 0), ("--quiet", 0), ("-q", 0), ("-o", 1), ("--output", 1)];

/// The command that runs, every argument as given.
pub fn as_given() -> String {
    join(std::iter::once("hwgen".to_owned()).chain(arguments()))
}

/// That command without what has no influence on the result: folders of files, the place of the output.
/// The same design made elsewhere says the same.
pub fn normalised() -> String {
    join(std::iter::once("hwgen".to_owned()).chain(normalise(arguments())))
}

thread_local! {
    static INSIDE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Does `work` as the command of `arguments`, which are not those of this process.
pub fn inside<T>(arguments: Vec<String>, work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(Some(arguments));
    let done = work();
    INSIDE.set(before);
    done
}

fn arguments() -> impl Iterator<Item = String> {
    let of_process = || std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    INSIDE.with_borrow(Clone::clone).unwrap_or_else(of_process).into_iter()
}

fn normalise(arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value)),
            _ => (argument.as_str(), None),
        };
        if let Some(&(_, values)) = IRRELEVANT.iter().find(|(name, _)| *name == flag) {
            if values == 1 && value.is_none() {
                arguments.next();
            }
        } else if flag.starts_with("-o") && !flag.starts_with("--") {
            // -oDIR
        } else if PATHS.contains(&flag) {
            let value = value.map_or_else(|| arguments.next().unwrap_or_default(), str::to_owned);
            kept.extend([flag.to_owned(), file_name(&value)]);
        } else {
            kept.push(argument);
        }
    }
    kept
}

fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// One line that a POSIX shell takes apart again.
pub fn join(arguments: impl IntoIterator<Item = String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    let quote = |argument: String| {
        if !argument.is_empty() && argument.chars().all(plain) {
            argument
        } else {
            format!("'{}'", argument.replace('\'', r"'\''"))
        }
    };
    arguments.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_do_not_matter() {
        let given = "emit --width 51 -o /a/b --weights=/c/w.safetensors --config d/e.yaml --json -o/f --output=g -q";
        let kept = normalise(given.split(' ').map(str::to_owned));
        assert_eq!(kept.join(" "), "emit --width 51 --weights w.safetensors --config e.yaml");
    }

    #[test]
    fn shells_take_it_apart_again() {
        assert_eq!(join(["a b", "it's", "", "x=1"].map(str::to_owned)), r"'a b' 'it'\''s' '' x=1");
    }
}
