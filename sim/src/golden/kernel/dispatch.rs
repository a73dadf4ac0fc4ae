//! One implementation of the inner loops, as a table of functions, and what its callers hand to it.
//!
//! Owns: the checks that the unchecked loads of the functions rely on. Leaves alone: which table a processor can run
//! (`super`).

use super::argmax::Between;
use super::lanes::padded;
use super::packed::{Dense, Depthwise, Requanter};
use crate::golden::plane::STATE_ZERO;
use hwgen_quantize::Range;

/// What a dense layer writes: bytes, or 16 bits where 8 do not do.
pub trait Cell: sealed::Sealed + Copy + Default + Send + Sync {
    /// A value that fits.
    fn narrow(value: i32) -> Self;

    #[doc(hidden)]
    fn dense_of(kernels: &Kernels) -> unsafe fn(&Dense, &[u8], &mut [Self]);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for i16 {}
}

impl Cell for u8 {
    #[inline]
    fn narrow(value: i32) -> Self {
        value as Self
    }

    fn dense_of(kernels: &Kernels) -> DenseFn<Self> {
        kernels.bytes
    }
}

impl Cell for i16 {
    #[inline]
    fn narrow(value: i32) -> Self {
        value as Self
    }

    fn dense_of(kernels: &Kernels) -> DenseFn<Self> {
        kernels.words
    }
}

/// The residual and the affine that follow a block; its own input and its output are states.
#[derive(Clone, Copy, Debug)]
pub struct Tail<'a> {
    /// `q`: the own input is shifted left by so many bits before it is added.
    pub own_shift: u32,
    /// Range of the residual.
    pub residual: Range,
    /// Batch norm, or the affine between blocks.
    pub affine: &'a Requanter,
}

impl Tail<'_> {
    /// `r` of one value, from the byte of the own input.
    #[inline]
    pub fn residual(&self, own: u8, projected: i16) -> i32 {
        let own = i32::from(own) - i32::from(STATE_ZERO);
        (i32::from(projected) + (own << self.own_shift)).clamp(self.residual.lo, self.residual.hi)
    }
}

/// Dense layer over `pixels` inputs of `pitch` bytes each, into `pixels` outputs of `LANES·blocks` values.
pub(super) type DenseFn<T> = unsafe fn(&Dense, &[u8], &mut [T]);
/// Depthwise layer over three input rows, each with one pixel of border at either end, into one output row.
pub(super) type DepthwiseFn = unsafe fn(&Depthwise, [&[u8]; 3], &mut [u8]);
/// Residual and affine of a row: own input `[pixels][C]`, projected `[pixels][padded C]`, into `[pixels][C]`.
pub(super) type FinishFn = unsafe fn(&Tail<'_>, usize, &[u8], &[i16], &mut [u8]);
/// One row of classes from two rows of `[w][C]` totals; the slice of `i32` is for the sums between them.
pub(super) type ClassifyFn = unsafe fn(Between<'_>, usize, &mut [i32], &mut [u8]);

/// One implementation of the inner loops.
#[derive(Clone, Copy)]
pub struct Kernels {
    pub(super) name: &'static str,
    pub(super) bytes: DenseFn<u8>,
    pub(super) words: DenseFn<i16>,
    pub(super) depthwise: DepthwiseFn,
    pub(super) finish: FinishFn,
    pub(super) classify: ClassifyFn,
}

impl std::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kernels").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Kernels {
    /// Its name: `avx512vnni`, `avx2` or `portable`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// `requant(acc)` of a dense layer for every pixel of `input`: `[pixels][pitch]` → `[pixels][LANES·blocks]`.
    ///
    /// # Panics
    /// If the slices do not hold the same number of whole pixels.
    pub fn dense<T: Cell>(&self, layer: &Dense, input: &[u8], output: &mut [T]) {
        let pixels = output.len() / layer.output_stride();
        assert_eq!(output.len(), pixels * layer.output_stride(), "whole output pixels");
        assert_eq!(input.len(), pixels * layer.input_stride(), "as many input pixels as output pixels");
        // SAFETY: the constructor of this value found the features that the function needs, and the lengths, which
        // its unchecked loads rely on, have just been checked.
        unsafe { T::dense_of(self)(layer, input, output) }
    }

    /// `requant(acc)` of a depthwise layer for one row: three rows of `pixels + 2` → `pixels` of the layer's stride.
    ///
    /// # Panics
    /// If the slices have other lengths.
    pub fn depthwise(&self, layer: &Depthwise, rows: [&[u8]; 3], output: &mut [u8]) {
        let pixels = output.len() / layer.stride();
        assert_eq!(output.len(), pixels * layer.stride(), "whole output pixels");
        for row in rows {
            assert_eq!(row.len(), (pixels + 2) * layer.stride(), "input row with a border of one pixel");
        }
        // SAFETY: the constructor of this value found the features that the function needs, and the lengths, which
        // its unchecked loads rely on, have just been checked.
        unsafe { (self.depthwise)(layer, rows, output) }
    }

    /// The new state of a row, from the block's own input and what it projected.
    ///
    /// # Panics
    /// If the slices do not hold the same number of whole pixels.
    pub fn finish(&self, tail: &Tail<'_>, channels: usize, own: &[u8], projected: &[i16], output: &mut [u8]) {
        let pixels = output.len() / channels;
        assert_eq!(output.len(), pixels * channels, "whole output pixels");
        assert_eq!(own.len(), output.len(), "as many input pixels as output pixels");
        assert_eq!(projected.len(), pixels * padded(channels), "as many projected pixels as output pixels");
        // SAFETY: the constructor of this value found the features that the function needs, and the lengths, which
        // its unchecked loads rely on, have just been checked.
        unsafe { (self.finish)(tail, channels, own, projected, output) }
    }

    /// up8 and argmax of one row, which lies between two rows `[w][C]` of totals; `column` is scratch of their length.
    ///
    /// # Panics
    /// If the rows do not hold whole pixels of `classes` values, or `column` another number of them.
    pub fn classify(&self, rows: Between<'_>, classes: usize, column: &mut [i32], row: &mut [u8]) {
        assert!(classes > 0 && !column.is_empty() && column.len().is_multiple_of(classes), "whole pixels");
        assert!(rows.upper.len() == column.len() && rows.lower.len() == column.len(), "rows of one length");
        // SAFETY: the constructor of this value found the features that the function needs.
        unsafe { (self.classify)(rows, classes, column, row) }
    }
}
