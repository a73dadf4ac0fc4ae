//! A YAML mapping read field by field; every complaint gets a label into the file, and all are reported together.
//!
//! Owns: taking fields out of a mapping, what is left over being unknown, and where a field stands in the text.
//! Leaves alone: which fields there are (its users say so by taking them).

use crate::validate::Invalid;
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};
use std::io::Read;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Largest file that is read; a configuration is a few hundred bytes.
const MAX_FILE: u64 = 1 << 20;
/// Longest line that is read; an error shows the line it is about.
const MAX_LINE: usize = 1000;

/// Why a YAML file could not be used.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum YamlError {
    #[error("configuration {}: cannot be read", path.display())]
    #[diagnostic(code(hwgen::config::read), help("check that the path names a readable text file"))]
    Read { path: PathBuf, source: std::io::Error },

    #[error("configuration {}: larger than {MAX_FILE} bytes", path.display())]
    #[diagnostic(code(hwgen::config::too_large), help("is this the right file?"))]
    TooLarge { path: PathBuf },

    #[error("configuration {name}: line {line} has {got} characters, wanted at most {MAX_LINE}")]
    #[diagnostic(code(hwgen::config::long_line), help("is this the right file?"))]
    LongLine { name: String, line: usize, got: usize },

    #[error("the configuration is not valid YAML: {message}")]
    #[diagnostic(code(hwgen::config::syntax), help("wanted a mapping such as `width: 51`"))]
    Syntax {
        message: String,
        #[source_code]
        source_code: NamedSource<String>,
        #[label("here")]
        span: Option<SourceSpan>,
    },

    #[error("the configuration has the field `{field}` twice")]
    #[diagnostic(code(hwgen::config::twice), help("leave one of them out"))]
    Twice {
        field: String,
        #[source_code]
        source_code: NamedSource<String>,
        #[label("the second one")]
        span: Option<SourceSpan>,
    },

    #[error("the configuration has {} field(s) that cannot be used", problems.len())]
    #[diagnostic(code(hwgen::config::fields))]
    Fields {
        #[source_code]
        source_code: NamedSource<String>,
        #[related]
        problems: Vec<FieldProblem>,
    },
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum FieldProblem {
    #[error("unknown field `{field}`")]
    #[diagnostic(code(hwgen::config::unknown_field), help("known here: {known}"))]
    Unknown {
        field: String,
        known: String,
        #[label("not known")]
        span: Option<SourceSpan>,
    },

    #[error("field `{field}`: {message}")]
    #[diagnostic(code(hwgen::config::field_value))]
    Value {
        field: String,
        message: String,
        #[label("this field")]
        span: Option<SourceSpan>,
    },
}

impl FieldProblem {
    /// The field's path.
    pub fn field(&self) -> &str {
        match self {
            Self::Unknown { field, .. } | Self::Value { field, .. } => field,
        }
    }
}

/// The text of a file, kept to point into it after it has been read.
#[derive(Clone, Debug)]
pub struct Source {
    text: NamedSource<String>,
}

impl Source {
    /// The file, for an error's `#[source_code]`.
    pub fn text(&self) -> &NamedSource<String> {
        &self.text
    }

    /// Where the key of a field (`bits.stem`) stands; `None` if it does not, or not recognisably.
    pub fn span(&self, path: &str) -> Option<SourceSpan> {
        locate(self.text.inner(), path)
    }

    /// The error that these fields of the file are.
    pub fn refuse(self, problems: Vec<FieldProblem>) -> YamlError {
        YamlError::Fields { source_code: self.text, problems }
    }

    /// Adds labels to the problems of the fields that this file has and that `overridden` does not claim.
    #[must_use]
    pub fn label(&self, mut invalid: Invalid, overridden: impl Fn(&str) -> bool) -> Invalid {
        for located in &mut invalid.problems {
            let field = located.problem.field();
            if !overridden(field) {
                located.span = locate(self.text.inner(), field);
            }
        }
        invalid.source_code = Some(self.text.clone());
        invalid
    }
}

/// A YAML mapping that is being read.
#[derive(Debug)]
pub struct Document {
    source: NamedSource<String>,
    fields: Mapping,
    asked: Vec<String>,
    problems: Vec<FieldProblem>,
}

impl Document {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, YamlError> {
        let mut text = String::new();
        let read = std::fs::File::open(path).and_then(|f| f.take(MAX_FILE + 1).read_to_string(&mut text));
        match read {
            Err(source) => Err(YamlError::Read { path: path.to_owned(), source }),
            Ok(length) if length as u64 > MAX_FILE => Err(YamlError::TooLarge { path: path.to_owned() }),
            Ok(_) => Self::parse(&path.display().to_string(), &text),
        }
    }

    /// Reads a text that is called `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self, YamlError> {
        let length = |(i, line): (usize, &str)| (i + 1, line.chars().count());
        if let Some((line, got)) = text.lines().enumerate().map(length).find(|&(_, got)| got > MAX_LINE) {
            return Err(YamlError::LongLine { name: name.to_owned(), line, got });
        }
        let source = NamedSource::new(name, text.to_owned());
        let syntax = |message: String, span| YamlError::Syntax { message, source_code: source.clone(), span };
        match serde_yaml::from_str::<Value>(text) {
            Err(error) => {
                let message = error.to_string();
                if let Some(field) = repeated(&message) {
                    let span = second(text, field);
                    return Err(YamlError::Twice { field: field.to_owned(), source_code: source, span });
                }
                let span = error.location().map(|l| SourceSpan::from(l.index().min(text.len())));
                Err(syntax(error.to_string(), span))
            }
            Ok(Value::Null) => Ok(Self::new(source, Mapping::new())),
            Ok(Value::Mapping(fields)) => Ok(Self::new(source, fields)),
            Ok(_) => Err(syntax("the file is no mapping".to_owned(), None)),
        }
    }

    fn new(source: NamedSource<String>, fields: Mapping) -> Self {
        Self { source, fields, asked: Vec::new(), problems: Vec::new() }
    }

    /// Takes the field `path` (`width`, `bits.stem`) out; `None` if absent, or wrong, which is reported in the end.
    pub fn take<T: DeserializeOwned>(&mut self, path: &str) -> Option<T> {
        self.take_with(path, |value| serde_yaml::from_value(value).map_err(|e| e.to_string()))
    }

    /// As [`Document::take`], with a reader of one's own.
    pub fn take_with<T>(&mut self, path: &str, read: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        self.asked.push(path.to_owned());
        let value = remove(&mut self.fields, path)?;
        read(value).map_err(|message| self.complain(path, message)).ok()
    }

    /// As [`Document::take`], for types that are written as text.
    pub fn take_text<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, path: &str) -> Option<T> {
        self.take_with(path, |value| match value {
            Value::String(text) => text.parse().map_err(|e: T::Err| e.to_string()),
            other => Err(format!("got {}, wanted text", describe(&other))),
        })
    }

    /// Reports a field that was taken and turned out to be wrong.
    pub fn complain(&mut self, path: &str, message: String) {
        let span = locate(self.source.inner(), path);
        self.problems.push(FieldProblem::Value { field: path.to_owned(), message, span });
    }

    /// Names that were asked for inside the field `parent`.
    fn known(&self, parent: &str) -> Vec<&str> {
        let mut names = Vec::new();
        for path in &self.asked {
            let rest = if parent.is_empty() { path } else { path.strip_prefix(&format!("{parent}.")).unwrap_or("") };
            let name = rest.split('.').next().unwrap_or("");
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Ends the reading: what nobody took is unknown.
    pub fn finish(self) -> Result<Source, YamlError> {
        let (source, problems) = self.finish_with_problems();
        if problems.is_empty() { Ok(source) } else { Err(source.refuse(problems)) }
    }

    /// The same for those who have more to complain of.
    pub fn finish_with_problems(mut self) -> (Source, Vec<FieldProblem>) {
        let mut left = Vec::new();
        leftovers(&self.fields, "", &self.asked, &mut left);
        for field in left {
            let span = locate(self.source.inner(), &field);
            let inside = self.known(&field).join(", ");
            if !inside.is_empty() {
                let got = self.fields.get(field.as_str()).map_or_else(|| "nothing".to_owned(), describe);
                let message = format!("got {got}, wanted a mapping with some of {inside}");
                self.problems.push(FieldProblem::Value { field, message, span });
                continue;
            }
            let parent = field.rsplit_once('.').map_or("", |(parent, _)| parent);
            let known = self.known(parent).join(", ");
            self.problems.push(FieldProblem::Unknown { field, known, span });
        }
        (Source { text: self.source }, self.problems)
    }
}

/// The kind of a value, for messages.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(b) => format!("`{b}`"),
        Value::Number(n) => format!("`{n}`"),
        Value::String(s) => format!("`{s}`"),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
        Value::Tagged(_) => "a tagged value".to_owned(),
    }
}

fn remove(fields: &mut Mapping, path: &str) -> Option<Value> {
    match path.split_once('.') {
        None => fields.shift_remove(path),
        Some((parent, rest)) => remove(fields.get_mut(parent)?.as_mapping_mut()?, rest),
    }
}

/// Paths of all fields that are still there; a mapping that was opened on purpose is no field of its own.
fn leftovers(fields: &Mapping, prefix: &str, asked: &[String], left: &mut Vec<String>) {
    for (key, value) in fields {
        let name = key.as_str().map_or_else(|| describe(key), str::to_owned);
        let path = format!("{prefix}{name}");
        let inside = format!("{path}.");
        match value {
            Value::Mapping(inner) if asked.iter().any(|a| a.starts_with(&inside)) => {
                leftovers(inner, &inside, asked, left);
            }
            _ => left.push(path),
        }
    }
}

/// Where the key of `path` stands in the text: each part inside the indented block (or on the line) of the one before.
fn locate(text: &str, path: &str) -> Option<SourceSpan> {
    let (mut start, mut end, mut span) = (0, text.len(), None);
    for part in path.split('.') {
        let at = find_key(&text[start..end], part)? + start;
        span = Some(SourceSpan::from((at, part.len())));
        let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let indent = text[line..at].chars().take_while(|c| *c == ' ').count();
        let mut next = at + part.len();
        for row in text[next..end].split_inclusive('\n').skip(1) {
            if !row.trim().is_empty() && row.chars().take_while(|c| *c == ' ').count() <= indent {
                break;
            }
            next += row.len();
        }
        let first_row = text[at + part.len()..end].find('\n').map_or(end, |i| at + part.len() + i + 1);
        start = at + part.len();
        end = (first_row + (next - start)).min(end);
    }
    span
}

/// The key that stands there twice, if that is what the reader complains of.
fn repeated(message: &str) -> Option<&str> {
    message.split_once("duplicate entry with key \"")?.1.split('"').next()
}

/// Where the line of `key:` stands for the second time.
fn second(text: &str, key: &str) -> Option<SourceSpan> {
    let quotes = ['"', '\''];
    let begins = |line: &str| {
        let rest = line.trim_start().trim_start_matches(quotes).strip_prefix(key);
        rest.is_some_and(|rest| rest.trim_start_matches(quotes).trim_start().starts_with(':'))
    };
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    let (at, line) = lines.filter(|(_, line)| begins(line)).nth(1)?;
    Some(SourceSpan::from((at + line.find(key)?, key.len())))
}

/// The least indented place where `key:` begins, comments aside.
fn find_key(text: &str, key: &str) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (at, _) in text.match_indices(key) {
        let line = &text[text[..at].rfind('\n').map_or(0, |i| i + 1)..at];
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start_matches(' ');
        let whole = !line.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
        if whole && rest.starts_with(':') && !line.contains('#') && best.is_none_or(|(column, _)| line.len() < column) {
            best = Some((line.len(), at));
        }
    }
    best.map(|(_, at)| at)
}

#[cfg(test)]
mod tests;
