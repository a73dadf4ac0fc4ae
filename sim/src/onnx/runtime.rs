//! The Python process that has onnx and onnxruntime, and what is said to it.

use super::error::RuntimeError;
use hwgen_network::Size;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the process runs.
const WORKER: &str = include_str!("worker.py");

/// A tensor that a graph gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Shape, outermost first.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<i64>,
}

/// A Python process that runs graphs in onnxruntime; it ends with this value.
#[derive(Debug)]
pub struct Runtime {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[derive(Serialize)]
struct Request {
    model: usize,
    image: [u32; 2],
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    outputs: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
}

impl Runtime {
    /// Starts `python`, which needs the packages onnx and onnxruntime.
    ///
    /// # Panics
    /// Never: both ends are pipes.
    pub fn start(python: &Path) -> Result<Self, RuntimeError> {
        let mut child = Command::new(python)
            .args(["-c", WORKER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| RuntimeError::Start { python: python.to_owned(), source })?;
        let input = child.stdin.take().expect("standard input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut runtime = Self { child, input, output };
        match runtime.answer()?.error {
            None => Ok(runtime),
            Some(error) => Err(RuntimeError::Packages { python: python.to_owned(), error }),
        }
    }

    /// Checks the ONNX file `model` (onnx.checker, shapes) and runs it on `image`, `[H][W][3]` of `size`; its outputs
    /// by name.
    ///
    /// # Panics
    /// Never: numbers become JSON.
    pub fn run(&mut self, model: &[u8], image: &[u8], size: Size) -> Result<BTreeMap<String, Output>, RuntimeError> {
        let request = Request { model: model.len(), image: [size.height, size.width] };
        let mut line = serde_json::to_vec(&request).expect("numbers become JSON");
        line.push(b'\n');
        for part in [&line, model, image] {
            self.input.write_all(part).map_err(RuntimeError::Pipe)?;
        }
        self.input.flush().map_err(RuntimeError::Pipe)?;
        let answer = self.answer()?;
        if let Some(error) = answer.error {
            return Err(RuntimeError::Graph { error });
        }
        let mut outputs = BTreeMap::new();
        for Entry { name, shape } in answer.outputs {
            let mut bytes = vec![0; 8 * shape.iter().product::<usize>()];
            self.output.read_exact(&mut bytes).map_err(RuntimeError::Pipe)?;
            let values = bytes.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b)).collect();
            outputs.insert(name, Output { shape, values });
        }
        Ok(outputs)
    }

    fn answer(&mut self) -> Result<Answer, RuntimeError> {
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(RuntimeError::Pipe)?;
        serde_json::from_str(&line).map_err(|_| RuntimeError::Ended)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
