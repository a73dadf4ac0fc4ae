//! Every output of a graph against the golden model.

use super::error::RuntimeError;
use super::runtime::Output;
use crate::golden::{Golden, Recorder, Tensor};
use std::collections::BTreeMap;

/// What was found equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Outputs of the graph.
    pub tensors: u64,
    /// Their values.
    pub values: u64,
}

/// Compares the `outputs` that a graph gave for `image` with the golden model, every value of every one. Every map has
/// to be there, and with `intermediates` every tensor that docs/export.md lists.
pub fn compare(
    golden: &Golden,
    image: &[u8],
    outputs: &BTreeMap<String, Output>,
    intermediates: bool,
) -> Result<Compared, RuntimeError> {
    let shown = |tensor: Tensor| {
        intermediates
            && matches!(tensor, Tensor::Data { .. } | Tensor::State(_) | Tensor::Logits { .. } | Tensor::Total { .. })
    };
    let mut recorder = Recorder::new(shown);
    let frame = golden.run(image, usize::MAX, u64::MAX, &mut recorder)?;
    let size = golden.description().image;
    let (height, width) = (size.height as usize, size.width as usize);
    let mut wanted: BTreeMap<String, Output> = BTreeMap::new();
    for ((output, map), &confidence) in frame.maps.iter().zip(&frame.confidences) {
        let values = map.iter().map(|&class| i64::from(class)).collect();
        wanted.insert(format!("m_{output:02}"), Output { shape: vec![1, height, width], values });
        if intermediates {
            let one = Output { shape: vec![1], values: vec![i64::from(confidence)] };
            wanted.insert(format!("confidence.{}", output - 1), one);
        }
    }
    for (tensor, recorded) in &recorder.tensors {
        let (pixels, channels) = (recorded.size.pixels(), recorded.channels);
        let shape = vec![1, channels, recorded.size.height as usize, recorded.size.width as usize];
        let value = |i: usize| i64::from(recorded.values[i % pixels * channels + i / pixels]);
        wanted.insert(tensor.to_string(), Output { shape, values: (0..pixels * channels).map(value).collect() });
    }
    let mut compared = Compared::default();
    for (name, wanted) in &wanted {
        let got = outputs.get(name).ok_or_else(|| RuntimeError::Missing { name: name.clone() })?;
        equal(name, got, wanted)?;
        compared.tensors += 1;
        compared.values += got.values.len() as u64;
    }
    Ok(compared)
}

fn equal(name: &str, got: &Output, wanted: &Output) -> Result<(), RuntimeError> {
    if got.shape != wanted.shape {
        let (got, wanted) = (got.shape.clone(), wanted.shape.clone());
        return Err(RuntimeError::Shape { name: name.to_owned(), got, wanted });
    }
    let Some(index) = got.values.iter().zip(&wanted.values).position(|(got, wanted)| got != wanted) else {
        return Ok(());
    };
    let mut rest = index;
    let mut at: Vec<usize> = got.shape.iter().rev().map(|&side| (rest % side, rest /= side).0).collect();
    at.reverse();
    Err(RuntimeError::Value { name: name.to_owned(), at, got: got.values[index], wanted: wanted.values[index] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told_by_its_place() {
        let output = |values: Vec<i64>| Output { shape: vec![1, 2, 3], values };
        assert!(equal("m_01", &output(vec![0; 6]), &output(vec![0; 6])).is_ok());
        let error = equal("m_01", &output(vec![0; 6]), &output(vec![0, 0, 0, 0, 7, 0])).expect_err("differs");
        assert_eq!(error.to_string(), "the graph's `m_01` at [0, 1, 1] is 0, the golden model has 7");
        let error = equal("m_01", &output(vec![0; 6]), &Output { shape: vec![6], values: vec![0; 6] });
        assert!(matches!(error, Err(RuntimeError::Shape { .. })));
    }
}
