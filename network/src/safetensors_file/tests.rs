use super::*;
use crate::description::WeightSets;
use crate::preset::Preset;
use proptest::prelude::*;

fn tiny() -> Description {
    Preset::Tiny.description()
}

/// Opens bytes as if they were a file.
fn open(bytes: Vec<u8>) -> Result<WeightsFile, WeightsError> {
    WeightsFile::new("w.safetensors".into(), Container::parse(bytes).expect("sound container"))
}

/// A file of tiny random weights, changed by `edit`.
fn edited(edit: impl FnOnce(&mut Vec<(String, Dtype, Vec<usize>, Vec<u8>)>)) -> WeightsFile {
    let d = tiny();
    let weights = Weights::random(&d, 1);
    let shapes: Vec<_> = layout(&d).into_iter().map(|(_, shape)| shape).collect();
    let mut tensors: Vec<_> = weights
        .tensors(&d)
        .into_iter()
        .zip(shapes)
        .map(|((name, values), shape)| {
            (name, Dtype::F32, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
        })
        .collect();
    edit(&mut tensors);
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).expect("consistent"))
    });
    open(safetensors::serialize(views, None).expect("serialisable")).expect("sound")
}

fn problems(file: &WeightsFile) -> Vec<TensorProblem> {
    match file.weights(&tiny()).expect_err("bad tensors") {
        WeightsError::Tensors { problems, .. } => problems,
        other => panic!("{other}"),
    }
}

#[test]
fn written_weights_come_back() {
    let mut d = tiny();
    d.weight_sets = WeightSets::Map(vec![0, 1, 1, 0]);
    let weights = Weights::random(&d, 7);
    let bytes = weights.to_safetensors(&d).expect("writable");
    assert_eq!(bytes, weights.to_safetensors(&d).expect("writable"), "the same bytes each time");
    let file = open(bytes).expect("sound");
    assert_eq!(file.description(), Some(&d));
    assert_eq!(file.weights(&d).expect("complete"), weights);
}

#[test]
fn another_description_is_refused_by_field() {
    let d = tiny();
    let file = open(Weights::random(&d, 7).to_safetensors(&d).expect("writable")).expect("sound");
    let other = Description { width: 9, outputs: vec![4], ..d.clone() };
    let message = file.weights(&other).expect_err("mismatch").to_string();
    assert!(message.contains("width is 8 in the file, wanted 9, outputs is [1, 2, 3, 4] in the file"), "{message}");
    let resized = Description { image: crate::Size { width: 32, height: 32 }, ..d };
    assert!(file.weights(&resized).is_ok(), "weights do not depend on the image's size");
}

#[test]
fn all_shape_problems_come_together() {
    let file = edited(|tensors| {
        tensors.retain(|t| t.0 != "head.2.1.bias");
        tensors.push(("extra".into(), Dtype::F32, vec![1], vec![0; 4]));
        tensors.push(("data.0.bn.num_batches_tracked".into(), Dtype::I64, vec![], vec![0; 8]));
        let t = tensors.iter_mut().find(|t| t.0 == "iter.0.0.0.expand.weight").expect("present");
        t.2 = vec![t.2[0], t.2[1]];
        let t = tensors.iter_mut().find(|t| t.0 == "data.1.bn.bias").expect("present");
        t.1 = Dtype::I32;
    });
    let problems: Vec<_> = problems(&file).iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "tensor `data.1.bn.bias` has type I32, wanted F32, F16 or BF16",
            "tensor `iter.0.0.0.expand.weight` has shape [96, 16], wanted [96, 16, 1, 1]",
            "tensor `head.2.1.bias` is missing, wanted shape [9]",
            "tensor `extra` of shape [1] is not part of this network",
        ]
    );
}

#[test]
fn values_must_be_finite_and_variances_not_negative() {
    let file = edited(|tensors| {
        let t = tensors.iter_mut().find(|t| t.0 == "data.0.bn.bias").expect("present");
        t.3[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
        t.3[12..16].copy_from_slice(&f32::INFINITY.to_le_bytes());
        let t = tensors.iter_mut().find(|t| t.0 == "norm.1.2.running_var").expect("present");
        t.3[..4].copy_from_slice(&(-1f32).to_le_bytes());
    });
    let problems = problems(&file);
    assert!(
        matches!(&problems[0], TensorProblem::NotFinite { name, index: 1, count: 2, .. } if name == "data.0.bn.bias")
    );
    assert!(matches!(&problems[1], TensorProblem::Variance { index: 0, .. }));
    assert_eq!(problems.len(), 2);
}

#[test]
fn half_precision_is_read() {
    let cases = [
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x7bff, 65504.0),
        (0x0001, 5.960_464_5e-8),
        (0x8000, -0.0),
        (0x3555, 0.333_251_95),
    ];
    for (half, float) in cases {
        assert_eq!(half_to_float(half).to_bits(), f32::to_bits(float));
    }
    assert!(half_to_float(0x7c00).is_infinite() && half_to_float(0x7e00).is_nan());
    let file = edited(|tensors| {
        let t = tensors.iter_mut().find(|t| t.0 == "data.0.bn.bias").expect("present");
        (t.1, t.3) = (Dtype::F16, 0x3c00u16.to_le_bytes().repeat(8));
        let t = tensors.iter_mut().find(|t| t.0 == "data.1.bn.bias").expect("present");
        (t.1, t.3) = (Dtype::BF16, 0x4040u16.to_le_bytes().repeat(8));
    });
    let weights = file.weights(&tiny()).expect("complete");
    assert_eq!((weights.data[0].norm.bias[0], weights.data[1].norm.bias[7]), (1.0, 3.0));
}

#[test]
fn a_missing_file_and_a_missing_description_are_named() {
    let error = Weights::load(Path::new("no/such/file"), None).expect_err("missing");
    assert_eq!(error.to_string(), "weights no/such/file: no readable safetensors file");
    assert_eq!(edited(|_| ()).description(), None);
}

#[test]
fn a_hostile_description_is_an_error() {
    let with = |json: &str| {
        let metadata = HashMap::from([("description".to_owned(), json.to_owned())]);
        let none: [(&str, TensorView<'_>); 0] = [];
        open(safetensors::serialize(none, Some(metadata)).expect("serialisable")).expect_err("hostile")
    };
    assert!(matches!(with("{"), WeightsError::BadDescription { .. }));
    let mut d = tiny();
    d.width = u32::MAX;
    let json = serde_json::to_string(&d).expect("plain");
    assert!(matches!(with(&json), WeightsError::InvalidDescription { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A damaged file is an error or other weights, never a panic. Most bits of a file are values; the header's are
    /// hit on purpose.
    #[test]
    fn a_flipped_bit_is_an_answer(position in 0usize..30_000, bit in 0u32..8) {
        let d = Description { width: 1, iterations: 1, outputs: vec![1], scales: 1, ..tiny() };
        let mut bytes = Weights::random(&d, 1).to_safetensors(&d).expect("writable");
        let position = position % bytes.len();
        bytes[position] ^= 1 << bit;
        let Ok(container) = Container::parse(bytes) else { return Ok(()) };
        if let Ok(file) = WeightsFile::new("w".into(), container) {
            let _ = file.weights(&d);
        }
    }
}

#[test]
fn a_prefix_before_every_name_is_taken_off() {
    for prefix in ["module.", "_orig_mod.", "model._orig_mod.module."] {
        let file = edited(|tensors| {
            for tensor in tensors.iter_mut() {
                tensor.0 = format!("{prefix}{}", tensor.0);
            }
            tensors.push((format!("{prefix}data.0.bn.num_batches_tracked"), Dtype::I64, vec![], vec![0; 8]));
        });
        assert_eq!(file.prefix(&tiny()), prefix);
        assert_eq!(file.weights(&tiny()).expect("complete"), Weights::random(&tiny(), 1));
    }
}

#[test]
fn one_tensor_without_the_prefix_is_unknown_and_one_missing() {
    let file = edited(|tensors| {
        tensors.iter_mut().skip(1).for_each(|tensor| tensor.0 = format!("module.{}", tensor.0));
    });
    let problems: Vec<_> = problems(&file).iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("tensor `module.data.0.conv.weight` is missing"), "{problems:?}");
    assert!(problems[1].starts_with("tensor `data.0.conv.weight` of shape [8, 3, 3, 3] is not part"), "{problems:?}");
}

#[test]
fn of_another_network_both_sides_are_shown() {
    let file = edited(|tensors| tensors.iter_mut().for_each(|tensor| tensor.0 = tensor.0.replace('.', "_")));
    let error = file.weights(&tiny()).expect_err("all wrong");
    assert!(error.to_string().contains(" missing, "), "{error}");
    let count = |wanted: fn(&TensorProblem) -> bool| problems(&file).iter().filter(|p| wanted(p)).count();
    assert_eq!(count(|p| matches!(p, TensorProblem::Missing { .. })), SHOWN);
    assert_eq!(count(|p| matches!(p, TensorProblem::Unknown { .. })), SHOWN);
}
