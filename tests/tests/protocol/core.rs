//! A small core, emitted and compiled as a user would, with its golden model.

use hwgen_quantize::Model;
use hwgen_sim::cosim::{BuildOptions, Profile, Session};
use hwgen_sim::golden::{self, Frame, Golden};
use hwgen_tests::Scratch;
use std::path::PathBuf;

/// A compiled core and its golden model.
pub struct Core {
    pub session: Session,
    pub golden: Golden,
    scratch: Scratch,
}

impl Core {
    /// Emits and compiles a core of f 2, L 2, N 3, C 3; `more` are further flags of `hwgen emit`.
    pub fn new(more: &[&str]) -> Self {
        let scratch = Scratch::new();
        let small = "--preset tiny --width 2 --scales 2 --iterations 3 --outputs all --classes 3 --image-size 17x16 \
                     --multipliers 16 --quiet -o core";
        let flags: Vec<&str> = std::iter::once("emit").chain(small.split_whitespace()).collect();
        scratch.good(&[&flags[..], more].concat());
        let options = BuildOptions { profile: Profile::FastBuild, ..BuildOptions::default() };
        let session = Session::build(&scratch.path("core"), &options).expect("the core compiles");
        let model = Model::load(&scratch.path("core").join(&session.manifest.model)).expect("a model");
        Self { session, golden: Golden::new(&model).expect("a valid model"), scratch }
    }

    /// The emitted folder.
    pub fn folder(&self) -> PathBuf {
        self.scratch.path("core")
    }

    /// Whether its state goes to DRAM.
    pub fn has_memory(&self) -> bool {
        self.session.manifest.feedback.axi.is_some()
    }

    /// What the core has to send for an image.
    pub fn expect(&self, image: &[u8], iterations: usize, mask: u64) -> Frame {
        self.golden.run(image, iterations, mask, &mut golden::Nothing).expect("the image has the right size")
    }
}
