//! No circles among the files of a crate. Cargo holds the crates to one direction; inside a crate nothing would, so the
//! sources are parsed here and the files that import each other are named.

use hwgen_tests::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// A module's place in its crate: `["emit", "top"]`.
type Place = Vec<String>;

/// What a file says.
#[derive(Default)]
struct Module {
    /// Names that its `use` declarations bring in, and from where.
    imported: BTreeMap<String, Place>,
    /// Every path of this crate that it names.
    named: BTreeSet<Place>,
}

/// The modules of a crate that are files of their own.
#[derive(Default)]
struct Crate(BTreeMap<Place, Module>);

impl Crate {
    fn read(source: &Path) -> Self {
        let mut all = Self::default();
        let root = ["lib.rs", "main.rs"].map(|name| source.join(name)).into_iter().find(|path| path.is_file());
        if let Some(root) = root {
            all.add(&root, source, &Vec::new());
        }
        all
    }

    /// Reads a file and those of its modules, which lie in `folder`.
    fn add(&mut self, path: &Path, folder: &Path, place: &Place) {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut children = Vec::new();
        for item in &file.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
                && !is_test(&module.attrs)
            {
                children.push(module.ident.to_string());
            }
        }
        let mut reader = Reader { place, children: &children, inline: 0, module: Module::default() };
        reader.visit_file(&file);
        self.0.insert(place.clone(), reader.module);
        for child in children {
            let inside = folder.join(&child);
            let files: [PathBuf; 2] = [inside.with_extension("rs"), inside.join("mod.rs")];
            let file = files.into_iter().find(|path| path.is_file()).expect("a declared module has a file");
            self.add(&file, &inside, &[place.as_slice(), &[child]].concat());
        }
    }

    /// The file in which a path ends, imports followed.
    fn home(&self, path: &[String]) -> Option<Place> {
        let mut place = Place::new();
        for (index, name) in path.iter().enumerate() {
            let inside = [place.as_slice(), std::slice::from_ref(name)].concat();
            if self.0.contains_key(&inside) {
                place = inside;
                continue;
            }
            return match self.0[&place].imported.get(name) {
                // a name imported from itself would be an endless walk
                Some(from) if from.as_slice() != &path[..=index] => {
                    self.home(&[from.as_slice(), &path[index + 1..]].concat())
                }
                _ => Some(place),
            };
        }
        Some(place)
    }

    /// The files that each file imports.
    fn edges(&self) -> BTreeMap<&Place, BTreeSet<Place>> {
        let targets = |place: &Place, module: &Module| {
            module.named.iter().filter_map(|path| self.home(path)).filter(|home| home != place).collect()
        };
        self.0.iter().map(|(place, module)| (place, targets(place, module))).collect()
    }

    /// One way from a file back to itself, if there is any.
    fn circle(&self) -> Option<Vec<Place>> {
        let edges = self.edges();
        edges.keys().find_map(|&start| {
            let mut from: BTreeMap<&Place, &Place> = BTreeMap::new();
            let mut pending = vec![start];
            while let Some(next) = pending.pop() {
                for target in &edges[next] {
                    if target == start {
                        let mut way = vec![start.clone(), next.clone()];
                        let mut at = next;
                        while let Some(&before) = from.get(at) {
                            way.push(before.clone());
                            at = before;
                        }
                        way.reverse();
                        return Some(way);
                    }
                    if !from.contains_key(target) {
                        from.insert(target, next);
                        pending.push(target);
                    }
                }
            }
            None
        })
    }
}

/// Collects what a file names of its crate.
struct Reader<'a> {
    place: &'a Place,
    children: &'a [String],
    /// Modules inside the file that are open.
    inline: usize,
    module: Module,
}

impl Reader<'_> {
    /// A path from the crate's root, if it is one of this crate.
    fn absolute(&self, path: &[String]) -> Option<Place> {
        let mut place = self.place.clone();
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => return Some(rest.to_vec()),
            "self" => return Some([place.as_slice(), rest].concat()),
            "super" => {}
            name if self.children.iter().any(|child| child == name) => return Some([place.as_slice(), path].concat()),
            _ => return None,
        }
        let ups = path.iter().take_while(|name| *name == "super").count();
        for _ in self.inline..ups {
            place.pop();
        }
        Some([place.as_slice(), &path[ups..]].concat())
    }

    fn import(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (path, name) = match tree {
            syn::UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => return group.items.iter().for_each(|tree| self.import(tree, before)),
            syn::UseTree::Name(name) if name.ident == "self" => (before.to_vec(), before.last().cloned()),
            syn::UseTree::Name(name) => (with(&name.ident), Some(name.ident.to_string())),
            syn::UseTree::Rename(rename) => (with(&rename.ident), Some(rename.rename.to_string())),
            syn::UseTree::Glob(_) => (before.to_vec(), None),
        };
        let Some(path) = self.absolute(&path) else { return };
        if let Some(name) = name {
            self.module.imported.insert(name, path.clone());
        }
        self.module.named.insert(path);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            self.inline += 1;
            visit::visit_item_mod(self, module);
            self.inline -= 1;
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.module.named.extend(self.absolute(&names));
        }
        visit::visit_path(self, path);
    }
}

/// Whether an item is for tests alone, which may import what they test.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    let names_test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|argument| argument.is_ident("test"))
    };
    attributes.iter().any(names_test)
}

#[test]
fn no_file_imports_itself_on_a_detour() {
    let mut crates = 0;
    for entry in std::fs::read_dir(root()).expect("the workspace can be read") {
        let folder = entry.expect("an entry").path();
        if !folder.join("Cargo.toml").is_file() || !folder.join("src").is_dir() {
            continue;
        }
        crates += 1;
        let all = Crate::read(&folder.join("src"));
        assert!(!all.0.is_empty(), "{}: no module was read", folder.display());
        if let Some(way) = all.circle() {
            let name = |place: &Place| if place.is_empty() { "(root)".to_owned() } else { place.join("::") };
            let way: Vec<String> = way.iter().map(name).collect();
            panic!("{}: files import each other: {}", folder.display(), way.join(" -> "));
        }
    }
    assert!(crates >= 9, "{crates} crates");
}

#[test]
fn a_circle_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("lib.rs", "mod a; mod b; mod c; pub use a::A;");
    write("a.rs", "pub struct A; fn f() { super::b::g(); }");
    write("b.rs", "pub fn g() {} use crate::c::C;");
    write("c.rs", "pub struct C; #[cfg(test)] mod tests { use crate::a::A; }");
    assert_eq!(Crate::read(folder.path()).circle(), None);
    // through what the root exports
    write("c.rs", "pub struct C; use crate::A;");
    let way = Crate::read(folder.path()).circle().expect("a -> b -> c -> a");
    assert_eq!(way.iter().map(|place| place.join("::")).collect::<Vec<_>>(), ["a", "b", "c", "a"]);
}
