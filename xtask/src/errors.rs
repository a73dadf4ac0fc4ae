//! `docs/errors.md`: every error of hwgen by its code, with what it says, its cause and its cure, read from the sources.
//!
//! Owns: finding the error types (an enum or struct with miette's `diagnostic` attribute) and writing the page. The page is
//! checked in; `make test` holds it to the sources.

use crate::run::{self, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Lit, LitStr, Meta};

/// The page.
const PAGE: &str = "docs/errors.md";
/// Where errors are defined.
const CRATES: [&str; 13] = [
    "network", "quantize", "export", "process", "sim", "core", "shell", "flow", "link", "report", "evaluate",
    "explore", "hwgen",
];

/// One error.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// What it says; `{…}` stands for a value.
    message: String,
    /// The doc comment.
    cause: String,
    /// The help line.
    cure: String,
}

/// Writes the page, or with `check` compares it; whether it is right.
pub fn errors(check: bool) -> Result<bool> {
    let page = page()?;
    if !check {
        run::write(Path::new(PAGE), &page)?;
        return Ok(true);
    }
    let same = std::fs::read_to_string(PAGE)? == page;
    if !same {
        eprintln!("error: {PAGE} is not what the sources say; `make docs` writes it anew");
    }
    Ok(same)
}

fn page() -> Result<String> {
    let mut found = Found::default();
    for folder in CRATES.iter().filter(|folder| Path::new(folder).is_dir()) {
        for path in sources(&Path::new(folder).join("src"))? {
            let text = std::fs::read_to_string(&path)?;
            let file = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            found.visit_file(&file);
        }
    }
    let mut text = String::from(
        "# Errors\n\nMade by `make docs` from the sources. Every error ends a command with exit status 2 unless its page says \
         otherwise; `…` stands for what a message fills in.\n",
    );
    let mut part = String::new();
    for (code, entries) in &found.codes {
        let of = code.split("::").nth(1).unwrap_or(code);
        if part != of {
            of.clone_into(&mut part);
            let _ = write!(text, "\n## {of}\n");
        }
        let _ = write!(text, "\n### {code}\n\n");
        for entry in entries {
            let _ = writeln!(text, "> {}\n", entry.message);
            if !entry.cause.is_empty() {
                let _ = writeln!(text, "{}\n", entry.cause);
            }
            if !entry.cure.is_empty() {
                let _ = writeln!(text, "**What to do**: {}\n", entry.cure);
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    Ok(text)
}

/// All Rust files below a folder, by name.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Default)]
struct Found {
    codes: BTreeMap<String, Vec<Entry>>,
}

impl Found {
    fn add(&mut self, attributes: &[Attribute]) {
        let Some((code, cure)) = diagnostic(attributes) else { return };
        let entry = Entry { message: message(attributes), cause: comment(attributes), cure };
        let entries = self.codes.entry(code).or_default();
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.add(&variant.attrs);
        visit::visit_variant(self, variant);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.attrs);
    }
}

/// Code and help of `#[diagnostic(code(…), help(…))]`.
fn diagnostic(attributes: &[Attribute]) -> Option<(String, String)> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("diagnostic"))?;
    let (mut code, mut help) = (None, String::new());
    // What is not understood (`transparent`, `forward`) has no code, and so no entry.
    let _ = attribute.parse_nested_meta(|meta| {
        if !meta.input.peek(syn::token::Paren) {
            return Ok(());
        }
        let content;
        syn::parenthesized!(content in meta.input);
        if meta.path.is_ident("code") {
            let path: syn::Path = content.parse()?;
            let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            code = Some(parts.join("::"));
        } else if meta.path.is_ident("help") {
            let text: LitStr = content.parse()?;
            help = shown(&text.value());
        }
        content.parse::<proc_macro2::TokenStream>()?;
        Ok(())
    });
    Some((code?, help))
}

/// The text of `#[error("…")]`.
fn message(attributes: &[Attribute]) -> String {
    let text = attributes.iter().find(|attribute| attribute.path().is_ident("error")).and_then(|attribute| {
        attribute
            .parse_args_with(|input: syn::parse::ParseStream<'_>| {
                let text: LitStr = input.parse()?;
                input.parse::<proc_macro2::TokenStream>()?;
                Ok(text.value())
            })
            .ok()
    });
    text.map_or_else(|| "as the error behind it says".to_owned(), |text| shown(&text))
}

/// A format string as a reader sees it: `…` for a value, braces as they are printed.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' if characters.peek() == Some(&'{') => {
                characters.next();
                out.push('{');
            }
            '}' if characters.peek() == Some(&'}') => {
                characters.next();
                out.push('}');
            }
            '{' => {
                for inside in characters.by_ref() {
                    if inside == '}' {
                        break;
                    }
                }
                out.push('…');
            }
            '\n' => out.push(' '),
            '<' => out.push_str("&lt;"),
            other => out.push(other),
        }
    }
    out
}

/// The doc comment as one paragraph.
fn comment(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_found_with_its_parts() {
        let source = r#"
            enum Failure {
                /// The file ends too early.
                #[error("`{path}`: wanted {wanted} bytes, got {}", got)]
                #[diagnostic(code(hwgen::file::short), help("copy it again; {{braces}} stay"))]
                Short { path: String },
                #[error(transparent)]
                #[diagnostic(transparent)]
                Other(Inner),
            }
        "#;
        let mut found = Found::default();
        found.visit_file(&syn::parse_file(source).expect("Rust"));
        let entry = Entry {
            message: "`…`: wanted … bytes, got …".to_owned(),
            cause: "The file ends too early.".to_owned(),
            cure: "copy it again; {braces} stay".to_owned(),
        };
        assert_eq!(found.codes, BTreeMap::from([("hwgen::file::short".to_owned(), vec![entry])]));
    }
}
