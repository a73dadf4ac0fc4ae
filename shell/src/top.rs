//! Top modules around a core.

pub mod board;
pub mod video;

/// A top module around the core: its text, and the library modules that it adds.
pub struct Top {
    /// Name of the module.
    pub name: &'static str,
    /// Its text.
    pub text: String,
    /// Library modules that it adds to those of the core: paths in the emitted folder, texts.
    pub library: Vec<(String, String)>,
}

impl Top {
    /// Its file.
    pub fn file(&self) -> String {
        format!("{}.sv", self.name)
    }

    /// Its Verilog files beside those of the core.
    pub fn sources(&self) -> Vec<String> {
        std::iter::once(self.file()).chain(self.library.iter().map(|(path, _)| path.clone())).collect()
    }
}

/// Folder of the library modules that the core itself does not use.
pub const LIBRARY: &str = "shell";
