//! What surrounds a core: the top of a board, a video clock of its own, the files that build the folder. The core itself
//! stays as it is. Starts no process, prints nothing: emitting returns (path, bytes) pairs.

pub mod board;
mod build_files;
mod constraints;
pub mod pll;
mod shell;
mod top;

use hwgen_core::Design;
use hwgen_core::emit::{CoreFiles, File, Library};
use serde_json::Value;

pub use board::{Board, BoardTop};
pub use shell::{Shell, VideoClock};

/// Instances of a core and of what surrounds it, with their roles.
pub fn roles() -> impl Iterator<Item = (&'static str, &'static str)> {
    hwgen_core::emit::roles::ROLES.into_iter().chain(top::board::ROLES)
}

/// Emits the whole folder: the core, of modules of `library`, and what surrounds it. `command` is what the headers say
/// made it, `sections` what the manifest says besides.
pub fn emit(
    design: &Design,
    shell: &Shell,
    library: &Library,
    model_bytes: Vec<u8>,
    command: &str,
    sections: Vec<(&'static str, Value)>,
) -> Vec<File> {
    let core = CoreFiles::new(design, library, model_bytes, command);
    let surroundings = shell.surroundings(design, library, &core.sources());
    let mut around = surroundings.files();
    around.extend(build_files::build_files(design, &surroundings, &core));
    core.into_folder(around, surroundings.manifest().into_iter().chain(sections).collect())
}
