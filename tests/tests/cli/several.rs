//! `hwgen run` on several images.

use super::{scene, with_model};
use hwgen_tests::Scratch;

fn with_images(names: &[&str]) -> Scratch {
    let scratch = with_model();
    std::fs::create_dir(scratch.path("more")).expect("a folder");
    for name in names {
        std::fs::copy(scene(), scratch.path(name)).expect("the scene");
    }
    scratch
}

const RUN: [&str; 5] = ["run", "--model", "q.safetensors", "--maps", "maps"];

#[test]
fn a_file_and_a_folder() {
    let scratch = with_images(&["one.png", "more/two.png", "more/three.png"]);
    let (_, document) = scratch.json(&[&RUN[..], &["--image", "one.png", "--image", "more", "--json"]].concat());
    let images = document["images"].as_array().expect("a list");
    let names: Vec<_> = images.iter().map(|image| image["image"].as_str().expect("a path")).collect();
    assert_eq!(names, ["one.png", "more/three.png", "more/two.png"]);
    assert!(document["outputs"].is_null());
    assert_eq!(images[0]["outputs"][3]["map"], "maps/one_m_04.png");
    let map = |name: &str| std::fs::read(scratch.path("maps").join(name)).expect("a map");
    assert_eq!(map("one_m_04.png"), map("three_m_04.png"));
    assert_eq!(map("one_overlay_01.png"), map("two_overlay_01.png"));
    // A single image's files keep their plain names, and those of the run before go away.
    let (_, document) = scratch.json(&[&RUN[..], &["--image", "one.png", "--json"]].concat());
    assert_eq!(document["outputs"], document["images"][0]["outputs"]);
    assert!(scratch.path("maps/m_04.png").exists() && !scratch.path("maps/one_m_04.png").exists());
    let output = scratch.run(&[&RUN[..], &["--image", "more", "-q"]].concat());
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    assert!(scratch.path("maps/two_m_04.png").exists());
}

#[test]
fn one_bad_image_and_nothing_is_written() {
    let scratch = with_images(&["one.png"]);
    scratch.write("more/bad.png", "no PNG");
    let text = scratch.transcript(&[&RUN[..], &["--image", "one.png", "--image", "more/bad.png"]].concat());
    assert!(text.contains("exit status: 2") && text.contains("more/bad.png"), "{text}");
    assert!(!scratch.path("maps").exists());
}

#[test]
fn two_images_of_one_name() {
    let scratch = with_images(&["one.png", "more/one.png"]);
    let text = scratch.transcript(&[&RUN[..], &["--image", "one.png", "--image", "more"]].concat());
    assert!(text.contains("exit status: 2") && text.contains("hwgen::cli::same_name"), "{text}");
    assert!(!scratch.path("maps").exists());
}
