use super::*;
use crate::error::ModelError;
use crate::model::Bits;
use crate::rng::Rng;
use hwgen_network::Preset;
use hwgen_network::{Mixing, WeightSets};
use proptest::prelude::*;

fn model() -> Model {
    let mut d = Preset::Tiny.description();
    (d.blocks, d.mixing, d.outputs) = (2, Mixing::Bidirectional, vec![2, 4]);
    d.weight_sets = WeightSets::Map(vec![0, 1, 1, 0]);
    Model::random(&d, &Bits::default(), 5)
}

fn with_json(model: &Model, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_str(&to_json(&model.document())).unwrap();
    json["sha256"] = model.hash().to_string().into();
    change(&mut json);
    let tensors = model.tensors();
    let views = tensors.iter().map(|(n, t, s, b)| (n.as_str(), TensorView::new(*t, s.clone(), b).unwrap()));
    safetensors::serialize(views, Some(HashMap::from([(KEY.to_owned(), json.to_string())]))).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let model = model();
    let bytes = model.to_bytes().unwrap();
    assert_eq!(bytes, model.to_bytes().unwrap(), "the same bytes every time");
    let read = Model::from_bytes(bytes).unwrap();
    assert_eq!(read, model);
    assert_eq!(read.hash(), model.hash());
    let mut other = model.clone();
    other.confidence_shift += 1;
    assert_ne!(other.hash(), model.hash());
}

#[test]
fn metadata_of_others_is_refused() {
    let model = model();
    let document = Document { sha256: model.hash().to_string(), ..model.document() };
    let tensors = model.tensors();
    let views = tensors.iter().map(|(n, t, s, b)| (n.as_str(), TensorView::new(*t, s.clone(), b).unwrap()));
    let metadata = HashMap::from([(KEY.to_owned(), to_json(&document)), ("note".to_owned(), String::new())]);
    let error = Model::from_bytes(safetensors::serialize(views, Some(metadata)).unwrap()).unwrap_err();
    assert!(error.to_string().contains("metadata key `note`"), "{error}");
}

#[test]
fn files_are_saved_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    model().save(&path).unwrap();
    assert_eq!(Model::load(&path).unwrap(), model());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    let error = model().save(&folder.path().join("none/model.safetensors")).unwrap_err();
    assert!(matches!(error, FileError::Io { .. }));
}

#[test]
fn constants_are_not_trusted() {
    let model = model();
    let refused =
        |change: &dyn Fn(&mut serde_json::Value)| Model::from_bytes(with_json(&model, change)).unwrap_err().to_string();
    assert!(Model::from_bytes(with_json(&model, |_| ())).is_ok());
    assert_eq!(refused(&|j| j["version"] = 7.into()), "the model file has version 7, wanted 1");
    assert_eq!(refused(&|j| j["layers"]["data.1"]["shift"] = 32.into()), "data.1 shift is 32, must be 1…31");
    assert_eq!(
        refused(&|j| j["layers"]["iter.1.0.1.project"]["acc_bits"] = 5.into()).split(" is ").next(),
        Some("`iter.1.0.1.project`: acc_bits")
    );
    assert_eq!(refused(&|j| j["mid_shift"] = 4.into()), "mid_shift is 4, must be 0…3");
    assert_eq!(refused(&|j| j["bits"]["expand"] = 9.into()), "bits.expand is 9, must be 2…8");
    assert_eq!(refused(&|j| j["description"]["width"] = 0.into()), "the model's network description is not valid");
    assert_eq!(refused(&|j| j["description"]["width"] = 9.into()), "tensor `data.0.mul` is I16 [8], wanted I16 [9]");
    assert_eq!(
        refused(&|j| j["layers"]["data.9"] = j["layers"]["data.1"].clone()),
        "layer `data.9` is not part of the network that the file describes"
    );
    assert!(refused(&|j| j["confidence_shift"] = 9.into()).starts_with("the content has SHA-256"));
    assert!(refused(&|j| j["surprise"] = 1.into()).contains("unknown field `surprise`"));
}

#[test]
fn weights_beyond_their_bits_are_named() {
    let mut model = model();
    model.blocks[1][2][0].expand.weights[60] = -8;
    let json = |_: &mut serde_json::Value| ();
    let FileError::Model(ModelError::Value { tensor, got, lo, hi, .. }) =
        Model::from_bytes(with_json(&model, json)).unwrap_err()
    else {
        panic!("another error")
    };
    assert_eq!((tensor.as_str(), got, lo, hi), ("iter.1.2.0.expand", -8, -7, 7));
}

#[test]
fn float_weights_are_no_model() {
    let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let bytes = safetensors::serialize([("data.0.conv.weight", view)], None).unwrap();
    assert!(matches!(Model::from_bytes(bytes), Err(FileError::NoDocument)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Damaged files are refused, never accepted as another model, and nothing panics.
    #[test]
    fn damage_is_noticed(seed: u64) {
        let mut rng = Rng::new(seed);
        let bytes = model().to_bytes().unwrap();
        let mut damaged = bytes.clone();
        match rng.int(0, 2) {
            0 => damaged.truncate(rng.int(0, bytes.len() as i32 - 1) as usize),
            1 => {
                let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as i32;
                for _ in 0..rng.int(1, 3) {
                    let at = if rng.one_in(2) { rng.int(0, header) } else { rng.int(0, bytes.len() as i32 - 1) };
                    damaged[at as usize] = rng.int(0, 255) as u8;
                }
            }
            _ => damaged.extend((0..rng.int(1, 100)).map(|_| rng.int(0, 255) as u8)),
        }
        match Model::from_bytes(damaged) {
            Ok(read) => prop_assert_eq!(read, model()),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
