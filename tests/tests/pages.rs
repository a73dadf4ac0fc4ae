//! The pages: what they link to is there, and the index of decisions says what the decisions say.

use hwgen_tests::root;
use std::path::{Path, PathBuf};

/// Every page of the project's own.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut pending = vec![root().to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // what is built, installed or hidden is not ours
            let skipped =
                name.starts_with('.') || ["target", "out", "node_modules", "obj_dir"].contains(&name.as_str());
            if path.is_symlink() || skipped {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// Targets of a page's links, code left out.
fn links(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(targets);
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 20, "{} pages", pages.len());
    let mut broken = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page is text");
        let folder = page.parent().expect("a page is in a folder");
        for target in links(&text) {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.contains("://") || file.starts_with("mailto:");
            if !file.is_empty() && !outside && !folder.join(file).exists() {
                let page = page.strip_prefix(root()).unwrap_or(&page);
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn the_index_of_decisions_is_complete() {
    let folder = root().join("docs/adr");
    let index = std::fs::read_to_string(folder.join("README.md")).expect("docs/adr/README.md");
    let mut records = 0;
    for entry in std::fs::read_dir(&folder).expect("docs/adr") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((number, _)) = name.split_once('-').filter(|(number, _)| number.parse::<u32>().is_ok()) else {
            continue;
        };
        records += 1;
        let row = row(&path, number, &name);
        assert!(index.lines().any(|line| line == row), "docs/adr/README.md has no line for {name}; wanted:\n{row}");
    }
    assert!(records >= 21, "{records} records");
    let rows = index.lines().filter(|line| line.starts_with("| ") && line.contains(".md)")).count();
    assert_eq!(rows, records, "docs/adr/README.md names records that are not there");
}

/// The line of the index that belongs to a record.
fn row(path: &Path, number: &str, name: &str) -> String {
    let text = std::fs::read_to_string(path).expect("a record is text");
    let number: u32 = number.parse().expect("a number");
    let title = text.lines().next().and_then(|line| line.strip_prefix(&format!("# {number}. ")));
    let title = title.unwrap_or_else(|| panic!("{name}: its first line is not `# {number}. TITLE`"));
    let status = text.lines().find_map(|line| line.strip_prefix("Status: "));
    let status = status.unwrap_or_else(|| panic!("{name}: there is no line `Status: …`")).trim_end_matches('.');
    format!("| {number} | [{title}]({name}) | {status} |")
}
