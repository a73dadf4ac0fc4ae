//! The Verilog library: carried in the program, or read from a folder. Which of its files a text needs follows from what
//! the text, and each file that it needs, instantiates.

use std::collections::BTreeMap;
use std::path::Path;

/// Every file below `rtl/`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Folder of the technology layer; each family has a folder in it.
const TECH: &str = "tech/";
/// The family of simulation, lint and any synthesis that has none of its own.
const GENERIC: &str = "tech/generic/";
/// Which names are of the library.
const PREFIX: &str = "hwg_";

/// The files of the library: path below `rtl/`, text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library(BTreeMap<String, String>);

impl Library {
    /// The library as it was when this program was built.
    pub fn embedded() -> Self {
        Self(EMBEDDED.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    /// The library in a folder laid out as `rtl/`, so that an edit of a module rebuilds nothing.
    ///
    /// # Errors
    /// Whatever reading the folder gives; a file that is not text; a folder that is something else.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(&next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "sv" || e == "v" || e == "vlt") {
                    let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    files.insert(name, std::fs::read_to_string(&path)?);
                }
            }
        }
        if !files.contains_key(CORE) {
            let what = format!("no {CORE} in {}: not the library of hwgen", folder.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, what));
        }
        Ok(Self(files))
    }

    /// Text of a file.
    ///
    /// # Panics
    /// If there is none of that path: paths are literals of the emitter.
    pub fn text(&self, path: &str) -> &str {
        self.0.get(path).expect("the library has the file")
    }

    /// Paths of the packages and modules that a text needs, packages first; of the technology layer the generic ones.
    /// Modules of the names `absent` stand in branches that are not taken.
    pub fn needed(&self, text: &str, absent: &[&str]) -> Vec<&str> {
        let mut found: BTreeMap<&str, bool> = BTreeMap::new();
        let mut texts = vec![text];
        while let Some(text) = texts.pop() {
            for name in names(text) {
                if !absent.contains(&name)
                    && let Some((path, text)) = self.file(name)
                    && found.insert(path, is_package(text)).is_none()
                {
                    texts.push(text);
                }
            }
        }
        let (packages, modules): (Vec<_>, Vec<_>) = found.into_iter().partition(|&(_, package)| package);
        packages.into_iter().chain(modules).map(|(path, _)| path).collect()
    }

    /// For each family, its own forms of the given generic files, and what else its folder has that is no module.
    pub fn families(&self, generic: &[&str]) -> Vec<&str> {
        let wanted = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            !is_module(name) || generic.contains(&format!("{GENERIC}{name}").as_str())
        };
        let of_family = |path: &&str| path.starts_with(TECH) && !path.starts_with(GENERIC) && wanted(path);
        self.0.keys().map(String::as_str).filter(of_family).collect()
    }

    /// The file of a module or package; a family's own where there is no generic one.
    fn file(&self, name: &str) -> Option<(&str, &str)> {
        let end = format!("/{name}.sv");
        let mut found = self.0.iter().filter(|(path, _)| path.ends_with(&end));
        let first = found.next()?;
        let (path, text) = found.find(|(path, _)| path.starts_with(GENERIC)).unwrap_or(first);
        Some((path, text))
    }
}

/// A module without which nothing works.
const CORE: &str = "core/hwg_core.sv";

/// Where the emitted folder has a file of the library: flat, but for the technology layer.
pub fn emitted(path: &str) -> String {
    let kept = if path.starts_with(TECH) { path } else { path.rsplit('/').next().unwrap_or(path) };
    format!("rtl/{kept}")
}

/// Whether this is an emitted file of a family, which takes the place of a generic one.
pub fn is_of_family(path: &str) -> bool {
    path.strip_prefix("rtl/").is_some_and(|path| path.starts_with(TECH) && !path.starts_with(GENERIC))
}

/// Names of the library in a text, outside its comments.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter(|word| word.starts_with(PREFIX))
}

/// Whether a file is a module or a package.
fn is_module(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "sv")
}

fn is_package(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("package "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_follows_from_instances() {
        let library = Library::embedded();
        let needed = library.needed("hwg_fifo #(.WIDTH(8)) u_fifo (); // hwg_axil is only named here", &[]);
        assert_eq!(needed, ["stream/hwg_fifo.sv"]);
        let needed = library.needed("hwg_ram u_ram ();", &["hwg_fifo"]);
        let all = ["tech/generic/hwg_tech.sv", "core/hwg_select.sv", "memory/hwg_ram.sv", "tech/generic/hwg_outreg.sv"];
        assert_eq!(needed, all);
        assert_eq!(
            library.families(&["tech/generic/hwg_outreg.sv"]),
            ["tech/ecp5/ecp5_map.v", "tech/ecp5/hwg_outreg.sv"]
        );
    }

    #[test]
    fn every_file_is_one_module_of_its_name() {
        for (path, text) in Library::embedded().0.iter().filter(|(path, _)| is_module(path)) {
            let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".sv");
            let declared = text.lines().find_map(|line| line.strip_prefix("module ").or(line.strip_prefix("package ")));
            let declared = declared.map(|rest| rest.trim_end_matches(['#', '(', ';', ' ']));
            assert_eq!(declared, Some(name), "{path}");
        }
    }

    #[test]
    fn a_family_is_named_in_its_folder_alone() {
        for (path, text) in Library::embedded().0.iter().filter(|(path, _)| !path.starts_with("tech/ecp5/")) {
            assert!(!text.to_lowercase().contains("ecp5"), "{path} names a family");
        }
    }

    #[test]
    fn a_folder_is_read_as_the_embedded_library() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtl");
        assert_eq!(Library::read(&folder).expect("the folder"), Library::embedded());
        assert!(Library::read(&folder.join("axi")).is_err());
    }
}
