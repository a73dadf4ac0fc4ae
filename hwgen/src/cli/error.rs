//! Errors of the command line itself; those of the libraries pass through as they are. All end with exit status 2.

use super::bits::BitsProblem;
use hwgen_network::Size;
use hwgen_network::validate::Located;
use hwgen_network::yaml::FieldProblem;
use hwgen_sim::cosim::CosimError;
use miette::{Diagnostic, NamedSource};
use std::path::PathBuf;
use thiserror::Error;

/// Why a command could not do its work.
#[derive(Debug, Error, Diagnostic)]
pub enum CliError {
    #[error("the configuration has {} problem(s)", problems.len())]
    #[diagnostic(code(hwgen::cli::configuration))]
    Configuration {
        #[source_code]
        source_code: Option<NamedSource<String>>,
        #[related]
        problems: Vec<ConfigurationProblem>,
    },

    #[error("the network has {got} parameters, wanted at most {wanted}")]
    #[diagnostic(
        code(hwgen::cli::too_many_parameters),
        help("the ranges allow networks that no memory holds; reduce width, expansion, blocks or weight sets")
    )]
    TooManyParameters { got: u64, wanted: u64 },

    #[error("HWGEN_RTL={}: {source}", path.display())]
    #[diagnostic(
        code(hwgen::cli::library),
        help("it names a folder laid out as rtl/ of the sources; without it the program's own library is emitted")
    )]
    Library { path: PathBuf, source: std::io::Error },

    #[error("--weights without --calib: the activations' ranges are unknown")]
    #[diagnostic(
        code(hwgen::cli::no_calibration),
        help("add --calib DIR, a folder of images like those that the network will see (some 30 are enough)")
    )]
    NoCalibration,

    #[error("model {}: contradicted by the command line or the configuration: {what}", path.display())]
    #[diagnostic(
        code(hwgen::cli::model_contradicted),
        help("a model file has its network and bit widths in it; leave those flags away, or quantise anew")
    )]
    ModelContradicted { path: PathBuf, what: String },

    #[error("feedback `{got}` is unknown, wanted onchip, stream or axi")]
    #[diagnostic(code(hwgen::cli::feedback), help("set `feedback` (--feedback) to one of these"))]
    Feedback { got: String },

    #[error("feedback `{feedback}` has no memory behind it on a board, wanted onchip")]
    #[diagnostic(code(hwgen::cli::feedback), help("leave --feedback away, or --board"))]
    BoardFeedback { feedback: &'static str },

    #[error("--pixels-per-beat {beat} on a board, whose serial line has one pixel at a time, wanted 1")]
    #[diagnostic(code(hwgen::cli::board_beat), help("leave --pixels-per-beat away, or --board"))]
    BoardBeat { beat: usize },

    #[error("--axi-width with feedback `{feedback}`, which has no AXI4 master")]
    #[diagnostic(code(hwgen::cli::axi_width), help("add --feedback axi, or leave --axi-width away"))]
    AxiWidth { feedback: &'static str },

    #[error("folder {} is named twice", path.display())]
    #[diagnostic(code(hwgen::cli::folder_twice), help("a page compares different folders"))]
    FolderTwice { path: PathBuf },

    #[error("device `{got}` is unknown, wanted one of {known}")]
    #[diagnostic(
        code(hwgen::cli::device),
        help("the files in constraints/ describe them; emit takes a budget of multipliers too (--multipliers)")
    )]
    Device { got: String, known: String },

    #[error("--target-fps without a device: no clock is known")]
    #[diagnostic(code(hwgen::cli::rate_of_no_device), help("add --device or --board"))]
    RateOfNoDevice,

    #[error("--at-iterations {got}: the network has no output there, wanted one of {known}")]
    #[diagnostic(
        code(hwgen::cli::rate_of_no_output),
        help("name an output, add one (--outputs), or leave --at-iterations away for the last one")
    )]
    RateOfNoOutput { got: u32, known: String },

    #[error(
        "no core on {device} was found that gives {wanted} frames/s after {output} iteration(s) at {clock} MHz: the \
         fastest gives {best:.1}, with {multipliers} multipliers; {short}"
    )]
    #[diagnostic(code(hwgen::cli::rate), help("{help}"))]
    Rate {
        wanted: f64,
        output: u32,
        device: String,
        clock: f64,
        best: f64,
        multipliers: usize,
        short: String,
        help: String,
    },

    #[error("board `{got}` is unknown, wanted one of {known}")]
    #[diagnostic(code(hwgen::cli::board), help("the files in constraints/boards/ describe them"))]
    Board { got: String, known: String },

    #[error("device `{got}` is not that of board {board}, which has `{wanted}`")]
    #[diagnostic(code(hwgen::cli::other_device), help("leave --device away, or name another board"))]
    OtherDevice { got: String, board: String, wanted: String },

    #[error("folder {}: emitted for board {got}, wanted {wanted}", folder.display())]
    #[diagnostic(code(hwgen::cli::other_board), help("emit the core again, with --board {wanted}"))]
    OtherBoard { folder: PathBuf, got: String, wanted: String },

    #[error("core {}: emitted for another network: its {what}", folder.display())]
    #[diagnostic(
        code(hwgen::cli::other_network),
        help("name the folder that this model was emitted to, or emit it again")
    )]
    OtherNetwork { folder: PathBuf, what: String },

    #[error("{}: is no file of thresholds for this model: got {got}, wanted {wanted}", path.display())]
    #[diagnostic(
        code(hwgen::cli::thresholds),
        help("choose thresholds for this model with `hwgen evaluate --exit … -o DIR`; they are DIR/thresholds.json")
    )]
    Thresholds { path: PathBuf, got: String, wanted: String },

    #[error("folder {}: its images cannot choose thresholds and show what they give, too", path.display())]
    #[diagnostic(
        code(hwgen::cli::same_images),
        help(
            "thresholds that were chosen by the images on which they are shown look better than they are: name another folder with --exit-images, such as the training images"
        )
    )]
    SameImages { path: PathBuf },

    #[error("folder {}: no cycles are predicted for its core", folder.display())]
    #[diagnostic(code(hwgen::cli::no_prediction), help("emit the core with feedback on chip or as streams"))]
    NoPrediction { folder: PathBuf },

    #[error("folder {}: no clock is known of its core", folder.display())]
    #[diagnostic(
        code(hwgen::cli::no_clock),
        help("run `hwgen synth` on it, emit it for a board, or say the budget in cycles: --budget-cycles")
    )]
    NoClock { folder: PathBuf },

    #[error("a budget of {got} cycles a frame is below the {least} of the first output")]
    #[diagnostic(code(hwgen::cli::budget), help("allow {least} or more cycles, or emit a larger core"))]
    Budget { got: u64, least: u64 },

    #[error("clock rate {got} MHz is below the {clock} MHz that the board's PLL makes")]
    #[diagnostic(code(hwgen::cli::below_clock), help("leave --freq away, or emit the core again with --clock {got}"))]
    BelowClock { got: f64, clock: f64 },

    #[error("the PLL of board {board} does not make {got} MHz out of its oscillator's {oscillator} MHz")]
    #[diagnostic(
        code(hwgen::cli::board_clock),
        help(
            "set --clock to 4…400 MHz: a multiple of the oscillator's rate, or of a half, a third… of it, not below 3.125"
        )
    )]
    BoardClock { got: f64, board: String, oscillator: f64 },

    #[error("serial rate {got} cannot be had from a clock of {clock} MHz; the nearest is {nearest:.0}")]
    #[diagnostic(
        code(hwgen::cli::board_baud),
        help("wanted at most {max}, the clock divided by 4 or more, to within 2 %; set --baud or --clock")
    )]
    BoardBaud { got: u32, clock: f64, nearest: f64, max: u32 },

    #[error("{what} {}: cannot be read", path.display())]
    #[diagnostic(code(hwgen::cli::read), help("check that the path exists and may be read"))]
    Read { what: &'static str, path: PathBuf, source: std::io::Error },

    #[error("emitted file {}: is missing", path.display())]
    #[diagnostic(code(hwgen::cli::missing), help("emit the folder again"))]
    Missing { path: PathBuf },

    #[error("image {}: cannot be read", path.display())]
    #[diagnostic(code(hwgen::cli::image), help("wanted a PNG or JPEG file"))]
    Image { path: PathBuf, source: image::ImageError },

    #[error("image {}: {}×{} pixels, wanted {}×{}", path.display(), got.width, got.height, wanted.width, wanted.height)]
    #[diagnostic(
        code(hwgen::cli::image_size),
        help("add --resize to have it scaled (area average in integers), or use an image of the network's size")
    )]
    ImageSize { path: PathBuf, got: Size, wanted: Size },

    #[error("image {}: cut off after {bytes} bytes, before {mark}", path.display())]
    #[diagnostic(code(hwgen::cli::cut_image), help("the file is incomplete; copy or download it again"))]
    CutImage { path: PathBuf, bytes: usize, mark: &'static str },

    #[error("image {}: {missing} of its {all} pixels are not in the file, which has an end mark all the same", path.display())]
    #[diagnostic(code(hwgen::cli::cut_pixels), help("the file is incomplete; copy or download it again"))]
    CutPixels { path: PathBuf, missing: usize, all: usize },

    #[error("images {} and {}: the maps of both would have the same names", first.display(), second.display())]
    #[diagnostic(
        code(hwgen::cli::same_name),
        help("maps are named after their images' files; rename one, or run them into two folders")
    )]
    SameName { first: PathBuf, second: PathBuf },

    #[error("folder {}: holds no PNG or JPEG image ({others})", path.display())]
    #[diagnostic(code(hwgen::cli::no_images), help("name a folder with files *.png, *.jpg or *.jpeg; convert others"))]
    NoImages { path: PathBuf, others: String },

    #[error("{}: cannot be written", path.display())]
    #[diagnostic(
        code(hwgen::cli::write),
        help("name a place that may be written and has room; nothing was left half-written")
    )]
    Write { path: PathBuf, source: std::io::Error },

    #[error("folder {}: {why}", path.display())]
    #[diagnostic(
        code(hwgen::cli::occupied),
        help("name another folder, or remove this one; only what hwgen emitted and nobody changed is replaced")
    )]
    Occupied { path: PathBuf, why: String },

    #[error("{}: exists and is no regular file", path.display())]
    #[diagnostic(code(hwgen::cli::no_regular_file), help("name a file; nothing was written"))]
    NoRegularFile { path: PathBuf },

    #[error("{}: is read by this command and would be written over", path.display())]
    #[diagnostic(code(hwgen::cli::output_is_input), help("name another place for the output; nothing was written"))]
    OutputIsInput { path: PathBuf },

    #[error("iterations are {got}, wanted 1…{wanted}")]
    #[diagnostic(code(hwgen::cli::iterations), help("set --iterations to 1…{wanted}; the network has {wanted}"))]
    Iterations { got: u32, wanted: u32 },

    #[error("after {got} iteration(s) there is no output yet, the first one comes after {first}")]
    #[diagnostic(code(hwgen::cli::no_output), help("set --iterations to {first} or more, or leave it out"))]
    NoOutput { got: u32, first: u32 },

    #[error("clock rate {got} MHz, wanted 1 or more")]
    #[diagnostic(code(hwgen::cli::frequency), help("set --freq, in MHz"))]
    Frequency { got: f64 },

    #[error("{option} names frame {got}, {frames} frame(s) are sent")]
    #[diagnostic(code(hwgen::cli::no_such_frame), help("frames are counted from 0; --frames says how many are sent"))]
    NoSuchFrame { option: &'static str, got: u32, frames: usize },

    #[error("{option} has {got} values for {frames} frame(s)")]
    #[diagnostic(code(hwgen::cli::settings_of_frames), help("give one value for all frames, or one for each of them"))]
    SettingsOfFrames { option: &'static str, got: usize, frames: usize },

    #[error("--stop names output {got}, the core has {known}")]
    #[diagnostic(code(hwgen::cli::no_such_output), help("wanted FRAME:OUTPUT with one of these outputs"))]
    NoSuchOutput { got: u64, known: String },

    #[error("--broken names a word that frame {frame} does not have, it has {words}")]
    #[diagnostic(code(hwgen::cli::no_such_word), help("words are the pixels in raster order, counted from 0"))]
    NoSuchWord { frame: u32, words: u64 },

    #[error("script {}: {reason}", path.display())]
    #[diagnostic(
        code(hwgen::cli::script),
        help(
            "a script is a YAML list of steps like `{{frame: 0, end: true, read: CYCLES, expect: 1234}}` (docs/cosim.md)"
        )
    )]
    Script { path: PathBuf, reason: String },

    #[error("{images} images are given for {frames} frame(s)")]
    #[diagnostic(code(hwgen::cli::frames), help("set --frames to {images} or more, or leave it away"))]
    FewerFrames { images: usize, frames: usize },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Cosim(#[from] CosimError),

    #[error("{message}")]
    #[diagnostic(code(hwgen::cli::usage), help("`hwgen COMMAND --help` lists a command's flags"))]
    Usage { message: String },

    #[error("the result cannot be written to stdout")]
    #[diagnostic(code(hwgen::cli::stdout))]
    Stdout { source: std::io::Error },

    #[error("the result cannot be written as JSON")]
    #[diagnostic(code(hwgen::cli::json), help("please report this as a bug"))]
    Json { source: serde_json::Error },
}

/// One problem of a network's configuration.
#[derive(Debug, Error, Diagnostic)]
pub enum ConfigurationProblem {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Field(FieldProblem),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Network(Located),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bits(BitsProblem),
}
