//! `hwgen fuzz --onnx`: random networks as ONNX graphs in onnxruntime, against the golden model.

use super::case::Case;
use hwgen_export::{Options, export};
use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_sim::golden::Golden;
use hwgen_sim::onnx::{Runtime, RuntimeError, compare};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// Nodes of the largest graph whose unrolled form is tried too: beyond that a session takes longer to make than to run.
const UNROLLED_NODES: usize = 20_000;

/// What is wrong with one form of a graph.
#[derive(Debug, Error)]
enum Wrong {
    #[error("{form}")]
    Runtime { form: &'static str, source: RuntimeError },
    #[error("{form}: {got} of {wanted} outputs were compared")]
    Missed { form: &'static str, got: u64, wanted: u64 },
}

/// The processes that are idle; each case takes one, or starts one.
#[derive(Debug, Default)]
pub struct Pool(Mutex<Vec<Runtime>>);

impl Pool {
    /// One process, so that a Python without the packages is told before any case.
    pub fn new(python: &Path) -> Result<Self, RuntimeError> {
        Ok(Self(Mutex::new(vec![Runtime::start(python)?])))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Runtime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The case as a loop with every intermediate, and unrolled.
    pub fn attempt(&self, case: &Case, model: &Model, python: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let idle = self.idle().pop();
        let mut runtime = match idle {
            Some(runtime) => runtime,
            None => Runtime::start(python)?,
        };
        let golden = Golden::new(model)?;
        let size = case.description.image;
        let image = RgbImage::random(size, case.seed);
        for options in [
            Options { unrolled: false, intermediates: true },
            Options { unrolled: true, intermediates: case.index.is_multiple_of(2) },
        ] {
            let form = if options.unrolled { "unrolled" } else { "as a loop" };
            let graph = export(model, options)?;
            if options.unrolled && graph.nodes > UNROLLED_NODES {
                continue;
            }
            let outputs = runtime.run(&graph.bytes, image.pixels(), size);
            let compared = outputs
                .and_then(|outputs| compare(&golden, image.pixels(), &outputs, options.intermediates))
                .map_err(|source| Wrong::Runtime { form, source })?;
            let (got, wanted) = (compared.tensors, graph.outputs.len() as u64);
            if got != wanted {
                return Err(Wrong::Missed { form, got, wanted }.into());
            }
        }
        self.idle().push(runtime);
        Ok(())
    }
}
