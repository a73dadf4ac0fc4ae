//! The shipped models as ONNX graphs in onnxruntime, every value against the golden model (docs/export.md).
//!
//! Needs .venv with onnxruntime; without it a test says "skipped" and passes, but fails in CI.

use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_sim::golden::Golden;
use hwgen_sim::onnx::{Output, Runtime, RuntimeError, compare};
use hwgen_tests::{Scratch, root};
use std::collections::BTreeMap;

const MODELS: [&str; 2] = ["tiny/tiny-w4", "camvid-240/camvid-240-w4"];

fn runtime() -> Option<Runtime> {
    let ci = std::env::var("CI").is_ok_and(|v| v == "true");
    match Runtime::start(&root().join(".venv/bin/python")) {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            assert!(!ci, "{error}");
            eprintln!("skipped: {error} (make setup installs it)");
            None
        }
    }
}

/// Exports a model and runs it: the golden model, the image, and what the graph gave.
fn exported(name: &str, flags: &[&str], runtime: &mut Runtime) -> (Golden, RgbImage, BTreeMap<String, Output>) {
    let scratch = Scratch::new();
    let path = root().join(format!("weights/{name}.model.safetensors"));
    let path_text = path.to_str().expect("UTF-8");
    let (code, document) =
        scratch.json(&[&["export", "--model", path_text, "-o", "net.onnx", "--json"], flags].concat());
    assert_eq!((code, document["opset"].as_i64()), (0, Some(17)));
    let model = Model::load(&path).expect("shipped");
    let size = model.description.image;
    let image = RgbImage::random(size, 5);
    let file = std::fs::read(scratch.path("net.onnx")).expect("written");
    assert_eq!(document["bytes"], file.len());
    let outputs = runtime.run(&file, image.pixels(), size).expect("the graph runs");
    assert_eq!(document["outputs"].as_array().map(Vec::len), Some(outputs.len()));
    (Golden::new(&model).expect("shipped"), image, outputs)
}

#[test]
fn shipped_models_give_every_value_as_a_loop_and_unrolled() {
    let Some(mut runtime) = runtime() else { return };
    for name in MODELS {
        for flags in [&["--intermediates"][..], &["--intermediates", "--unrolled"]] {
            let (golden, image, outputs) = exported(name, flags, &mut runtime);
            let compared = compare(&golden, image.pixels(), &outputs, true).expect("equal");
            assert_eq!(compared.tensors, outputs.len() as u64, "{name} {flags:?}");
            // All states, logits and sums of an image: tiny has 52 972 of them.
            assert!(compared.values > 50_000, "{name} {flags:?}: {} values", compared.values);
        }
    }
}

#[test]
fn one_wrong_value_is_told_by_name_and_place() {
    let Some(mut runtime) = runtime() else { return };
    let (golden, image, mut outputs) = exported(MODELS[0], &["--intermediates"], &mut runtime);
    let state = outputs.get_mut("state.2.1.0").expect("an intermediate");
    state.values[7] += 1;
    let error = compare(&golden, image.pixels(), &outputs, true).expect_err("differs");
    assert!(matches!(&error, RuntimeError::Value { name, .. } if name == "state.2.1.0"), "{error}");
    outputs.remove("m_01");
    let error = compare(&golden, image.pixels(), &outputs, false).expect_err("one is missing");
    assert!(matches!(&error, RuntimeError::Missing { name } if name == "m_01"), "{error}");
}

#[test]
fn a_file_that_is_no_graph_is_refused_and_the_process_goes_on() {
    let Some(mut runtime) = runtime() else { return };
    let size = hwgen_network::Size { width: 16, height: 16 };
    let image = RgbImage::random(size, 1);
    let error = runtime.run(b"nothing", image.pixels(), size).expect_err("no graph");
    assert!(matches!(error, RuntimeError::Graph { .. }), "{error}");
    let (golden, image, outputs) = exported(MODELS[0], &["--unrolled"], &mut runtime);
    assert!(compare(&golden, image.pixels(), &outputs, false).is_ok());
}
