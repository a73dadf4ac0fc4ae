//! The inner loops of the golden model: dense products and depthwise filters over one row of pixels.
//!
//! Owns: packed weights, the choice of instruction set, `requant` on vectors. All instruction sets run the same generic
//! code ([`generic`]) but for what they have instructions of their own for; all of them are exact, so they agree on every
//! bit. Leaves alone: rows, borders and scales (`super::conv`, `super::block`).

mod argmax;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod dispatch;
mod generic;
mod lanes;
mod packed;
mod portable;

pub use argmax::Between;
pub use dispatch::{Cell, Kernels, Tail};
pub use lanes::padded;
pub use packed::{Dense, Depthwise, Requanter, Zeros};

/// The functions of a module.
macro_rules! kernels {
    ($module:ident, $name:literal) => {
        Kernels {
            name: $name,
            bytes: $module::dense::<u8>,
            words: $module::dense::<i16>,
            depthwise: $module::depthwise,
            finish: $module::finish,
            classify: $module::classify,
        }
    };
}

impl Kernels {
    /// All implementations that this processor runs, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::detected() {
                all.push(kernels!(avx512, "avx512vnni"));
            }
            if avx2::detected() {
                all.push(kernels!(avx2, "avx2"));
            }
        }
        all.push(kernels!(portable, "portable"));
        all
    }

    /// The fastest implementation for this processor.
    pub fn best() -> Self {
        Self::available()[0]
    }
}
