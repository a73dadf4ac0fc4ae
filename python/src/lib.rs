//! The Rust half of the Python package: commands inside the process, the golden model, images.
//!
//! Owns: passing bytes and errors between the two languages. Leaves alone: arrays, keywords and documentation, which
//! `python/hwgen/` has.

// What `#[pyfunction]` and `#[pymethods]` take and give is pyo3's to say.
#![allow(clippy::needless_pass_by_value, reason = "arguments arrive as owned values")]

use hwgen_network::{RgbImage, Size};
use hwgen_sim::golden::{At, Golden, Recorder, Tensor};
use miette::{Diagnostic, IntoDiagnostic, Report};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;
use std::path::Path;

/// Code, message and help of a diagnostic; the message holds its causes too.
fn told(error: &dyn Diagnostic) -> (String, String, String) {
    let text = |part: Option<Box<dyn std::fmt::Display + '_>>| part.map(|t| t.to_string()).unwrap_or_default();
    let mut message = error.to_string();
    let (mut code, mut help) = (text(error.code()), text(error.help()));
    let mut cause = error.source();
    while let Some(source) = cause {
        message = format!("{message}: {source}");
        cause = source.source();
    }
    // The innermost diagnostic knows best what to do.
    let mut inner = error.diagnostic_source();
    while let Some(diagnostic) = inner {
        if let Some(inner_code) = diagnostic.code() {
            code = inner_code.to_string();
        }
        if let Some(inner_help) = diagnostic.help() {
            help = inner_help.to_string();
        }
        inner = diagnostic.diagnostic_source();
    }
    (code, message, help)
}

/// `hwgen.HwgenError`.
fn raised(py: Python<'_>, error: &Report) -> PyErr {
    let (code, message, help) = told(error.as_ref());
    let problems: Vec<_> = error.related().into_iter().flatten().map(told).collect();
    let class = py.import("hwgen.errors").and_then(|module| module.getattr("HwgenError"));
    match class.and_then(|class| class.call1((code, message, help, problems))) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// Does `work` without the interpreter's lock.
fn unlocked<T: Send>(py: Python<'_>, work: impl FnOnce() -> miette::Result<T> + Send) -> PyResult<T> {
    py.detach(work).map_err(|error| raised(py, &error))
}

/// Runs a command; its JSON document.
#[pyfunction]
fn execute(py: Python<'_>, arguments: Vec<String>, messages: bool) -> PyResult<String> {
    unlocked(py, || {
        let document = hwgen::execute(arguments, messages)?.document;
        serde_json::to_string(&document).into_diagnostic()
    })
}

/// The pixels of a PNG or JPEG file, `[H][W][3]`, red first.
#[pyfunction]
fn read_image(py: Python<'_>, path: String, width: u32, height: u32, resize: bool) -> PyResult<Bound<'_, PyByteArray>> {
    let image = unlocked(py, || hwgen::read_image(Path::new(&path), Size { width, height }, resize))?;
    Ok(PyByteArray::new(py, image.pixels()))
}

/// Writes `[H][W][3]` pixels as PNG.
#[pyfunction]
fn write_png(py: Python<'_>, path: String, pixels: Vec<u8>, width: u32, height: u32) -> PyResult<()> {
    unlocked(py, || {
        let image = RgbImage::new(Size { width, height }, pixels).expect("Python has checked the shape");
        hwgen::write_image(Path::new(&path), &image)
    })
}

/// Output and map.
type Maps<'py> = Vec<(u32, Bound<'py, PyByteArray>)>;
/// Kind, n, l, k, shape `[h, w, c]`, little-endian 32-bit values.
type Tensors<'py> = Vec<(&'static str, usize, usize, usize, [usize; 3], Bound<'py, PyByteArray>)>;

/// Maps, confidences, tensors.
type Run<'py> = (Maps<'py>, Vec<(u32, u32)>, Tensors<'py>);

/// A quantised network.
#[pyclass(frozen, module = "hwgen._native")]
struct Model {
    model: hwgen_quantize::Model,
    golden: Golden,
}

#[pymethods]
impl Model {
    /// Reads a model file.
    #[staticmethod]
    fn load(py: Python<'_>, path: String) -> PyResult<Self> {
        unlocked(py, || {
            let model = hwgen_quantize::Model::load(Path::new(&path))?;
            let golden = Golden::new(&model)?;
            Ok(Self { model, golden })
        })
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: String) -> PyResult<()> {
        unlocked(py, || Ok(self.model.save(Path::new(&path))?))
    }

    /// The network as JSON.
    #[getter]
    fn description(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.model.description).into_diagnostic().map_err(|error| raised(py, &error))
    }

    /// Bits as JSON.
    #[getter]
    fn bits(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.model.bits).into_diagnostic().map_err(|error| raised(py, &error))
    }

    /// Hash of the content.
    #[getter]
    fn sha256(&self) -> String {
        self.model.hash().to_string()
    }

    /// Maps, confidences and, if asked for, states, logits and totals.
    fn run<'py>(
        &self,
        py: Python<'py>,
        pixels: Vec<u8>,
        iterations: Option<u32>,
        intermediates: bool,
    ) -> PyResult<Run<'py>> {
        let wanted = |tensor: Tensor| {
            intermediates && matches!(tensor, Tensor::State(_) | Tensor::Logits { .. } | Tensor::Total { .. })
        };
        let mut recorder = Recorder::new(wanted);
        let frame = unlocked(py, || {
            let iterations = hwgen::iterations(iterations, &self.model.description)?;
            Ok(self.golden.run(&pixels, iterations as usize, u64::MAX, &mut recorder)?)
        })?;
        let outputs = frame.maps.iter().map(|(n, _)| *n);
        let confidences = outputs.zip(frame.confidences.iter().copied()).collect();
        let maps = frame.maps.iter().map(|(n, map)| (*n, PyByteArray::new(py, map))).collect();
        let tensors = recorder.tensors.iter().filter_map(|(tensor, recorded)| {
            let (kind, n, l, k) = match *tensor {
                Tensor::State(At { n, l, k }) => ("state", n, l, k),
                Tensor::Logits { n, l } => ("logits", n, l, 0),
                Tensor::Total { n } => ("total", n, 0, 0),
                _ => return None,
            };
            let shape = [recorded.size.height as usize, recorded.size.width as usize, recorded.channels];
            let bytes: Vec<u8> = recorded.values.iter().flat_map(|v| v.to_ne_bytes()).collect();
            Some((kind, n, l, k, shape, PyByteArray::new(py, &bytes)))
        });
        Ok((maps, confidences, tensors.collect()))
    }
}

/// `hwgen._native`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Model>()?;
    module.add_function(wrap_pyfunction!(execute, module)?)?;
    module.add_function(wrap_pyfunction!(read_image, module)?)?;
    module.add_function(wrap_pyfunction!(write_png, module)?)?;
    Ok(())
}
