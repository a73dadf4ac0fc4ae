//! What can be wrong with a data set.

use crate::kind::Kind;
use hwgen_network::Size;
use hwgen_sim::golden::GoldenError;
use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// An error of the caller's decoder of images.
pub type ImageError = Box<dyn Diagnostic + Send + Sync>;

/// Why an evaluation cannot be had.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum EvaluateError {
    /// A folder or file cannot be read.
    #[error("{what} {}: cannot be read", path.display())]
    #[diagnostic(code(hwgen::evaluate::read), help("check that the path exists and may be read"))]
    Read {
        /// Folder or label.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// There is nothing to evaluate on.
    #[error("folder {}: holds no {wanted}", path.display())]
    #[diagnostic(
        code(hwgen::evaluate::empty),
        help("name the folder of the images with --images; docs/evaluate.md shows the layout of each data set")
    )]
    Empty {
        /// The folder.
        path: PathBuf,
        /// What was looked for.
        wanted: &'static str,
    },

    /// An image without a label.
    #[error("image {}: has no label, wanted {}", image.display(), wanted.display())]
    #[diagnostic(
        code(hwgen::evaluate::no_label),
        help("every image needs a label of its name; {missing} of {images} image(s) have none")
    )]
    NoLabel {
        /// The image.
        image: PathBuf,
        /// Where its label was looked for.
        wanted: PathBuf,
        /// Images without label.
        missing: usize,
        /// All images.
        images: usize,
    },

    /// A label without an image.
    #[error("label {}: has no image in {}", label.display(), folder.display())]
    #[diagnostic(
        code(hwgen::evaluate::no_image),
        help("every label needs an image of its name; {missing} of {labels} label(s) have none")
    )]
    NoImage {
        /// The label.
        label: PathBuf,
        /// The folder of the images.
        folder: PathBuf,
        /// Labels without image.
        missing: usize,
        /// All labels.
        labels: usize,
    },

    /// Two files of one name.
    #[error("{}: and {} have the same name but for the ending", first.display(), second.display())]
    #[diagnostic(code(hwgen::evaluate::same_name), help("an image and its label find each other by name; remove one"))]
    SameName {
        /// One of them.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },

    /// The label file is no label.
    #[error("label {}: {why}", path.display())]
    #[diagnostic(
        code(hwgen::evaluate::label_format),
        help("wanted a PNG file with one channel of 8 bits or less, grey or palette: a class index a pixel")
    )]
    LabelFormat {
        /// The label.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },

    /// A value that is no class and not void.
    #[error("label {}: value {got} at column {x}, row {y}, wanted {wanted}", path.display())]
    #[diagnostic(code(hwgen::evaluate::label_value), help("values of the data set `{kind}`: {wanted}"))]
    LabelValue {
        /// The label.
        path: PathBuf,
        /// The value.
        got: u8,
        /// Column.
        x: usize,
        /// Row.
        y: usize,
        /// What is allowed.
        wanted: String,
        /// The data set.
        kind: Kind,
    },

    /// Label and image differ in size.
    #[error(
        "label {}: {}×{} pixels, its image has {}×{}",
        path.display(), got.width, got.height, wanted.width, wanted.height
    )]
    #[diagnostic(code(hwgen::evaluate::label_size), help("a label has the size of its image"))]
    LabelSize {
        /// The label.
        path: PathBuf,
        /// Its size.
        got: Size,
        /// The image's.
        wanted: Size,
    },

    /// The image has not the network's size.
    #[error(
        "image {}: {}×{} pixels, wanted {}×{}",
        path.display(), got.width, got.height, wanted.width, wanted.height
    )]
    #[diagnostic(
        code(hwgen::evaluate::image_size),
        help("add --resize to have images scaled as in training, and labels by the nearest pixel")
    )]
    ImageSize {
        /// The image.
        path: PathBuf,
        /// Its size.
        got: Size,
        /// The network's.
        wanted: Size,
    },

    /// Another number of classes.
    #[error("the data set `{kind}` has {got} classes, the network has {wanted}")]
    #[diagnostic(code(hwgen::evaluate::classes), help("evaluate on the data set that the network was trained for"))]
    Classes {
        /// The data set.
        kind: Kind,
        /// Its classes.
        got: usize,
        /// The network's.
        wanted: u32,
    },

    /// More classes than labels can name.
    #[error("the network has {got} classes, label images name at most 255")]
    #[diagnostic(code(hwgen::evaluate::too_many_classes), help("value 255 of a label is void"))]
    TooManyClasses {
        /// The network's classes.
        got: u32,
    },

    /// The caller's decoder failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Image(#[from] ImageError),

    /// The golden model refused the model.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Golden(#[from] GoldenError),

    /// The caller wanted no more.
    #[error("stopped after {done} of {images} images")]
    #[diagnostic(code(hwgen::evaluate::stopped))]
    Stopped {
        /// Images done.
        done: usize,
        /// All images.
        images: usize,
    },

    /// A table or page could not be made.
    #[error("the result cannot be written as {what}: {why}")]
    #[diagnostic(code(hwgen::evaluate::report), help("please report this as a bug"))]
    Report {
        /// CSV, PNG or HTML.
        what: &'static str,
        /// What the library says.
        why: String,
    },
}
