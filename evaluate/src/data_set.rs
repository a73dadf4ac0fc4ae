//! Data sets on disk: which image belongs to which label, and what the labels' values mean.
//!
//! Owns: layouts and tables of values. Leaves alone: the files' contents (`labels`, and the caller's decoder of images).

use crate::confusion::VOID;
use crate::error::EvaluateError;
use crate::kind::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Classes of `CamVid` in the split of Badrinarayanan et al. (2017), in the order of their label values.
pub const CAMVID: [&str; 11] =
    ["sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist"];
/// The label value of `CamVid` that is void.
const CAMVID_VOID: usize = 11;

/// Classes of Cityscapes (Cordts et al., 2016) that are evaluated, with the label id of each.
pub const CITYSCAPES: [(&str, usize); 19] = [
    ("road", 7),
    ("sidewalk", 8),
    ("building", 11),
    ("wall", 12),
    ("fence", 13),
    ("pole", 17),
    ("traffic light", 19),
    ("traffic sign", 20),
    ("vegetation", 21),
    ("terrain", 22),
    ("sky", 23),
    ("person", 24),
    ("rider", 25),
    ("car", 26),
    ("truck", 27),
    ("bus", 28),
    ("train", 31),
    ("motorcycle", 32),
    ("bicycle", 33),
];
/// The greatest label id of Cityscapes; id −1, a licence plate, is stored as 255.
const CITYSCAPES_LAST: usize = 33;
const CITYSCAPES_IMAGE: &str = "_leftImg8bit";
const CITYSCAPES_LABEL: &str = "_gtFine_labelIds";

/// An image and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What both are called, the city before it for Cityscapes.
    pub name: String,
    /// The image.
    pub image: PathBuf,
    /// The label.
    pub label: PathBuf,
}

/// What a label value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Class(u8),
    Void,
    Wrong,
}

/// Pairs of images and labels.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// The layout.
    pub kind: Kind,
    /// By name.
    pub pairs: Vec<Pair>,
    /// Name of each class.
    pub classes: Vec<String>,
    pub(crate) values: [Meaning; 256],
    /// The allowed values as a user reads them.
    pub(crate) allowed: String,
}

impl DataSet {
    /// Lists the folders of a data set for a network of `classes` classes.
    pub fn open(kind: Kind, images: &Path, labels: &Path, classes: u32) -> Result<Self, EvaluateError> {
        if classes > u32::from(VOID) {
            return Err(EvaluateError::TooManyClasses { got: classes });
        }
        let mut values = [Meaning::Wrong; 256];
        let (names, allowed): (Vec<String>, String) = match kind {
            Kind::Camvid => {
                number(&mut values, CAMVID.len());
                values[CAMVID_VOID] = Meaning::Void;
                (CAMVID.map(str::to_owned).to_vec(), format!("0…10, or {CAMVID_VOID} for void"))
            }
            Kind::Cityscapes => {
                values[..=CITYSCAPES_LAST].fill(Meaning::Void);
                values[usize::from(VOID)] = Meaning::Void;
                for (class, &(_, id)) in CITYSCAPES.iter().enumerate() {
                    values[id] = Meaning::Class(class as u8);
                }
                let names = CITYSCAPES.iter().map(|&(name, _)| name.to_owned()).collect();
                (names, format!("the label ids 0…{CITYSCAPES_LAST}, or 255"))
            }
            Kind::Plain => {
                number(&mut values, classes as usize);
                values[usize::from(VOID)] = Meaning::Void;
                let names = (0..classes).map(|class| format!("class {class}")).collect();
                (names, format!("0…{}, or {VOID} for void", classes.saturating_sub(1)))
            }
        };
        if names.len() != classes as usize {
            return Err(EvaluateError::Classes { kind, got: names.len(), wanted: classes });
        }
        let pairs = match kind {
            Kind::Camvid | Kind::Plain => flat(images, labels)?,
            Kind::Cityscapes => cities(images, labels)?,
        };
        Ok(Self { kind, pairs, classes: names, values, allowed })
    }
}

/// Values 0…`classes` − 1 are the classes.
fn number(values: &mut [Meaning; 256], classes: usize) {
    for (class, value) in values.iter_mut().take(classes).enumerate() {
        *value = Meaning::Class(class as u8);
    }
}

/// Pairs of two folders, by equal names but for the ending.
fn flat(images: &Path, labels: &Path) -> Result<Vec<Pair>, EvaluateError> {
    let found = by_stem(images, "", &["png", "jpg", "jpeg"])?;
    if found.is_empty() {
        return Err(EvaluateError::Empty { path: images.to_owned(), wanted: "PNG or JPEG image" });
    }
    join("", images, labels, found, by_stem(labels, "", &["png"])?, "")
}

/// Pairs of Cityscapes, city by city.
fn cities(images: &Path, labels: &Path) -> Result<Vec<Pair>, EvaluateError> {
    let mut pairs = Vec::new();
    let is_folder = |(name, path): (String, PathBuf)| path.is_dir().then_some(name);
    let names: BTreeSet<String> = entries(images)?.into_iter().chain(entries(labels)?).filter_map(is_folder).collect();
    for city in names {
        let of_kind = |root: &Path, suffix: &str, endings: &[&str]| {
            let folder = root.join(&city);
            if folder.is_dir() { by_stem(&folder, suffix, endings) } else { Ok(BTreeMap::new()) }
        };
        let found = of_kind(images, CITYSCAPES_IMAGE, &["png", "jpg", "jpeg"])?;
        let label_files = of_kind(labels, CITYSCAPES_LABEL, &["png"])?;
        let (here, there) = (images.join(&city), labels.join(&city));
        pairs.extend(join(&format!("{city}/"), &here, &there, found, label_files, CITYSCAPES_LABEL)?);
    }
    if pairs.is_empty() {
        return Err(EvaluateError::Empty {
            path: images.to_owned(),
            wanted: "folder of a city with images CITY/…_leftImg8bit.png",
        });
    }
    Ok(pairs)
}

/// Joins images and labels of equal stems; both sides have to be whole.
fn join(
    prefix: &str,
    image_folder: &Path,
    label_folder: &Path,
    images: BTreeMap<String, PathBuf>,
    mut labels: BTreeMap<String, PathBuf>,
    label_suffix: &str,
) -> Result<Vec<Pair>, EvaluateError> {
    let count = images.len();
    let missing = images.keys().filter(|stem| !labels.contains_key(*stem)).count();
    let all_labels = labels.len();
    let mut pairs = Vec::with_capacity(count);
    for (stem, image) in images {
        let Some(label) = labels.remove(&stem) else {
            let wanted = label_folder.join(format!("{stem}{label_suffix}.png"));
            return Err(EvaluateError::NoLabel { image, wanted, missing, images: count });
        };
        pairs.push(Pair { name: format!("{prefix}{stem}"), image, label });
    }
    let missing = labels.len();
    match labels.into_values().next() {
        Some(label) => {
            let folder = image_folder.to_owned();
            Err(EvaluateError::NoImage { label, folder, missing, labels: all_labels })
        }
        None => Ok(pairs),
    }
}

/// What is in a folder by name, hidden files left out.
fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>, EvaluateError> {
    let unreadable = |source| EvaluateError::Read { what: "folder", path: folder.to_owned(), source };
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.insert(name, path);
        }
    }
    Ok(found)
}

/// The files `STEM{suffix}.{ending}` of a folder by their stem.
fn by_stem(folder: &Path, suffix: &str, endings: &[&str]) -> Result<BTreeMap<String, PathBuf>, EvaluateError> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (name, path) in entries(folder)? {
        let Some((stem, ending)) = name.rsplit_once('.') else { continue };
        let Some(stem) = stem.strip_suffix(suffix) else { continue };
        if !endings.contains(&ending.to_lowercase().as_str()) || path.is_dir() {
            continue;
        }
        if let Some(first) = found.insert(stem.to_owned(), path.clone()) {
            return Err(EvaluateError::SameName { first, second: path });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(root: &Path, files: &[&str]) {
        for file in files {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("inside")).expect("writable");
            std::fs::write(path, b"").expect("writable");
        }
    }

    fn names(set: &DataSet) -> Vec<&str> {
        set.pairs.iter().map(|pair| pair.name.as_str()).collect()
    }

    #[test]
    fn flat_folders_pair_by_stem() {
        let root = tempfile::tempdir().expect("a folder");
        touch(root.path(), &["a/2.jpg", "a/1.PNG", "a/._1.png", "a/notes.txt", "b/1.png", "b/2.png"]);
        let open = |kind, classes| DataSet::open(kind, &root.path().join("a"), &root.path().join("b"), classes);
        let set = open(Kind::Camvid, 11).expect("whole");
        assert_eq!(names(&set), ["1", "2"]);
        assert_eq!(set.values[10..13], [Meaning::Class(10), Meaning::Void, Meaning::Wrong]);
        assert!(matches!(open(Kind::Camvid, 9), Err(EvaluateError::Classes { got: 11, wanted: 9, .. })));
        assert!(matches!(open(Kind::Plain, 256), Err(EvaluateError::TooManyClasses { .. })));
    }

    #[test]
    fn partners_are_missed_on_either_side() {
        let root = tempfile::tempdir().expect("a folder");
        touch(root.path(), &["a/1.png", "a/2.png", "b/1.png", "c/1.png", "c/2.png", "c/3.png", "d/1.png", "d/1.jpg"]);
        let open = |labels: &str| DataSet::open(Kind::Plain, &root.path().join("a"), &root.path().join(labels), 2);
        assert!(matches!(open("b"), Err(EvaluateError::NoLabel { missing: 1, images: 2, .. })));
        assert!(matches!(open("c"), Err(EvaluateError::NoImage { missing: 1, labels: 3, .. })));
        assert!(matches!(open("nowhere"), Err(EvaluateError::Read { .. })));
        let twice = DataSet::open(Kind::Plain, &root.path().join("d"), &root.path().join("b"), 2);
        assert!(matches!(twice, Err(EvaluateError::SameName { .. })));
    }

    #[test]
    fn cityscapes_goes_through_the_cities() {
        let root = tempfile::tempdir().expect("a folder");
        touch(
            root.path(),
            &[
                "leftImg8bit/val/ulm/ulm_0_leftImg8bit.png",
                "leftImg8bit/val/bonn/bonn_1_leftImg8bit.png",
                "gtFine/val/ulm/ulm_0_gtFine_labelIds.png",
                "gtFine/val/ulm/ulm_0_gtFine_color.png",
                "gtFine/val/bonn/bonn_1_gtFine_labelIds.png",
            ],
        );
        let set =
            DataSet::open(Kind::Cityscapes, &root.path().join("leftImg8bit/val"), &root.path().join("gtFine/val"), 19);
        let set = set.expect("whole");
        assert_eq!(names(&set), ["bonn/bonn_1", "ulm/ulm_0"]);
        assert_eq!(set.values[6..9], [Meaning::Void, Meaning::Class(0), Meaning::Class(1)]);
        assert_eq!(set.values[34], Meaning::Wrong);
    }
}
