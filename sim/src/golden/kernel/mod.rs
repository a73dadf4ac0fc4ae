//! The inner loops of the golden model: dense products and depthwise filters over one row of pixels.
//!
//! Owns: packed weights, the choice of instruction set, `requant` on vectors. Every instruction set runs the same
//! generic code ([`generic`]) and differs only in the dense tile; all of them are exact, so they agree on every bit.
//! Leaves alone: rows, borders and scales (`super::conv`, `super::block`).

mod argmax;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod generic;
mod packed;
mod portable;

pub use packed::{Dense, Depthwise, Requanter};

/// Channels that one vector holds; rows of layer outputs are padded to a multiple of it.
pub const LANES: usize = 16;

/// `n` rounded up to whole vectors.
pub const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// Dense layer over `pixels` inputs of `pitch` values each, into `pixels` outputs of `LANES·blocks` values.
type DenseFn = unsafe fn(&Dense, &[i16], &mut [i16]);
/// Depthwise layer over three input rows, each with one pixel of border at either end, into one output row.
type DepthwiseFn = unsafe fn(&Depthwise, [&[i16]; 3], &mut [i16]);

/// One row of classes from `[w][C]` totals that are already interpolated vertically.
type ClassifyFn = unsafe fn(&[i32], usize, &mut [u8]);

/// One implementation of the inner loops.
#[derive(Clone, Copy)]
pub struct Kernels {
    name: &'static str,
    dense: DenseFn,
    depthwise: DepthwiseFn,
    classify: ClassifyFn,
}

impl std::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kernels").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Kernels {
    /// All implementations that this processor runs, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::detected() {
                all.push(Self {
                    name: "avx512vnni",
                    dense: avx512::dense,
                    depthwise: avx512::depthwise,
                    classify: avx512::classify,
                });
            }
            if avx2::detected() {
                all.push(Self {
                    name: "avx2",
                    dense: avx2::dense,
                    depthwise: avx2::depthwise,
                    classify: avx2::classify,
                });
            }
        }
        all.push(Self {
            name: "portable",
            dense: portable::dense,
            depthwise: portable::depthwise,
            classify: portable::classify,
        });
        all
    }

    /// The fastest implementation for this processor.
    pub fn best() -> Self {
        Self::available()[0]
    }

    /// Its name: `avx512vnni`, `avx2` or `portable`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// `requant(acc)` of a dense layer for every pixel of `input`: `[pixels][pitch]` → `[pixels][LANES·blocks]`.
    ///
    /// # Panics
    /// If the slices do not hold the same number of whole pixels.
    pub fn dense(&self, layer: &Dense, input: &[i16], output: &mut [i16]) {
        let pixels = output.len() / layer.output_stride();
        assert_eq!(output.len(), pixels * layer.output_stride(), "whole output pixels");
        assert_eq!(input.len(), pixels * layer.input_stride(), "as many input pixels as output pixels");
        // SAFETY: the constructor of this value found the features that the function needs, and the lengths, which
        // its unchecked loads rely on, have just been checked.
        unsafe { (self.dense)(layer, input, output) }
    }

    /// `requant(acc)` of a depthwise layer for one row: three rows of `pixels + 2` → `pixels` of the layer's stride.
    ///
    /// # Panics
    /// If the slices have other lengths.
    pub fn depthwise(&self, layer: &Depthwise, rows: [&[i16]; 3], output: &mut [i16]) {
        let pixels = output.len() / layer.stride();
        assert_eq!(output.len(), pixels * layer.stride(), "whole output pixels");
        for row in rows {
            assert_eq!(row.len(), (pixels + 2) * layer.stride(), "input row with a border of one pixel");
        }
        // SAFETY: the constructor of this value found the features that the function needs.
        unsafe { (self.depthwise)(layer, rows, output) }
    }

    /// The horizontal half of up8 and the argmax of one row: `column` is `[w][C]`, interpolated vertically.
    ///
    /// # Panics
    /// If `column` does not hold whole pixels of `classes` values.
    pub fn classify(&self, column: &[i32], classes: usize, row: &mut [u8]) {
        assert!(classes > 0 && !column.is_empty() && column.len().is_multiple_of(classes), "whole pixels");
        // SAFETY: the constructor of this value found the features that the function needs.
        unsafe { (self.classify)(column, classes, row) }
    }
}
