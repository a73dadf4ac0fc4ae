//! Files that a user has: photographs as cameras and phones leave them, checkpoints as training loops write them.

use super::with_model;
use hwgen_tests::{Scratch, root};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};
use std::collections::BTreeMap;

/// A picture whose quarters differ, as a JPEG file of the best quality.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([255 * u32::from(2 * x < width), 255 * u32::from(2 * y < height), 0].map(|v| v as u8))
    });
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 100)
        .encode(&picture, width, height, ExtendedColorType::Rgb8)
        .expect("encodable");
    file
}

/// The same file with an EXIF segment that holds an orientation and nothing else.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let tiff = [&b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[orientation], &[0; 6]].concat();
    let body = [b"Exif\0\0", &tiff[..]].concat();
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &body, &jpeg[2..]].concat()
}

fn run_on(scratch: &Scratch, image: &str) -> std::process::Output {
    scratch.run(&["run", "--model", "q.safetensors", "--image", image, "--maps", "maps"])
}

#[test]
fn half_a_jpeg() {
    let scratch = with_model();
    let file = jpeg(96, 64);
    scratch.write("half.jpg", &file[..file.len() / 2]);
    let output = run_on(&scratch, "half.jpg");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("hwgen::cli::cut_image") && text.contains("image half.jpg: cut off after"), "{text}");
    assert!(!scratch.path("maps").exists());
}

#[test]
fn half_a_jpeg_with_an_end_mark() {
    let scratch = with_model();
    let file = std::fs::read(root().join("examples/tiny/scene.png")).expect("the scene");
    let scene = image::load_from_memory(&file).expect("a PNG").into_rgb8();
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 90).encode_image(&scene).expect("encodable");
    scratch.write("whole.jpg", &file);
    let output = run_on(&scratch, "whole.jpg");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    for kept in [file.len() / 2, file.len() * 9 / 10, file.len() - 20] {
        scratch.write("half.jpg", [&file[..kept], &[0xff, 0xd9]].concat());
        let output = run_on(&scratch, "half.jpg");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{kept}: {text}");
        assert!(text.contains("hwgen::cli::cut_pixels"), "{kept}: {text}");
    }
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    scratch.write("images/half.jpg", [&file[..file.len() / 2], &[0xff, 0xd9]].concat());
    let weights = root().join("weights/tiny/tiny.safetensors").display().to_string();
    let text = scratch.transcript(&["quantize", "--weights", &weights, "--calib", "images", "-o", "q2.safetensors"]);
    assert!(text.contains("exit status: 2") && text.contains("hwgen::cli::cut_pixels"), "{text}");
}

#[test]
fn a_png_without_its_end() {
    let scratch = with_model();
    let file = std::fs::read(root().join("examples/tiny/scene.png")).expect("the scene");
    scratch.write("cut.png", &file[..file.len() - 12]);
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "cut.png", "--maps", "maps");
}

#[test]
fn half_a_jpeg_among_calibration_images() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    let file = jpeg(96, 64);
    scratch.write("images/half.jpg", &file[..file.len() / 2]);
    let weights = root().join("weights/tiny/tiny.safetensors").display().to_string();
    let text = scratch.transcript(&["quantize", "--weights", &weights, "--calib", "images", "-o", "q.safetensors"]);
    assert!(text.contains("exit status: 2") && text.contains("image images/half.jpg: cut off after"), "{text}");
}

#[test]
fn orientation_is_honoured() {
    let scratch = with_model();
    scratch.write("straight.jpg", jpeg(96, 64));
    let maps = |image: &str| {
        let output = run_on(&scratch, image);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(scratch.path("maps/overlay_01.png")).expect("an overlay")
    };
    let straight = image::load_from_memory(&maps("straight.jpg")).expect("a PNG").into_rgb8();
    // 180°: what was the top left is the bottom right.
    scratch.write("turned.jpg", turned(&jpeg(96, 64), 3));
    let turned_over = image::load_from_memory(&maps("turned.jpg")).expect("a PNG").into_rgb8();
    let bright = |image: &RgbImage, x, y| image.get_pixel(x, y)[0] > 127 && image.get_pixel(x, y)[1] > 127;
    assert!(!bright(&straight, 95, 63) && bright(&turned_over, 95, 63));
    // A quarter: the file is upright, the image lies.
    scratch.write("quarter.jpg", turned(&jpeg(64, 96), 6));
    maps("quarter.jpg");
}

#[test]
fn transparent_pixels_are_told() {
    let scratch = with_model();
    let picture = image::RgbaImage::from_fn(96, 64, |x, _| image::Rgba([9, 9, 9, if x < 3 { 0 } else { 255 }]));
    picture.save(scratch.path("glass.png")).expect("writable");
    let text = String::from_utf8_lossy(&run_on(&scratch, "glass.png").stderr).into_owned();
    assert!(text.contains("image glass.png: 192 of 6144 pixels are transparent"), "{text}");
}

#[test]
fn a_folder_is_read_for_what_it_holds() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.path("images/deeper.png")).expect("a folder");
    let picture = root().join("examples/tiny/scene.png");
    std::fs::copy(picture, scratch.path("images/a.PNG")).expect("the scene");
    for (name, bytes) in [("._a.png", "\0\x05\x16\x07"), (".DS_Store", "x"), ("b.webp", "RIFF"), ("notes.txt", "mine")]
    {
        scratch.write(&format!("images/{name}"), bytes);
    }
    let weights = root().join("weights/tiny/tiny.safetensors").display().to_string();
    let output = scratch.run(&["quantize", "--weights", &weights, "--calib", "images", "-o", "q.safetensors"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("folder images: not read are 3 of other kinds: b.webp, deeper.png, notes.txt"), "{text}");
    assert!(text.contains("calibrating on 1 of 1 images"), "{text}");
    for name in ["a.PNG", "._a.png"] {
        std::fs::remove_file(scratch.path("images").join(name)).expect("there");
    }
    let text = scratch.transcript(&["quantize", "--weights", &weights, "--calib", "images", "-o", "q.safetensors"]);
    assert!(text.contains("holds no PNG or JPEG image (3 of other kinds: b.webp, deeper.png, notes.txt)"), "{text}");
}

/// A safetensors file of the tiny network with other names, and a folder with its calibration image.
fn renamed(scratch: &Scratch, rename: impl Fn(&str) -> String) {
    let bytes = std::fs::read(root().join("weights/tiny/tiny.safetensors")).expect("weights");
    let (length, rest) = bytes.split_first_chunk::<8>().expect("a header");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(header).expect("JSON");
    let name = |name: String| if name == "__metadata__" { name } else { rename(&name) };
    let header: BTreeMap<_, _> = header.into_iter().map(|(key, value)| (name(key), value)).collect();
    let header = serde_json::to_vec(&header).expect("serialisable");
    scratch.write("w.safetensors", [&(header.len() as u64).to_le_bytes()[..], &header, data].concat());
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    std::fs::copy(root().join("examples/tiny/scene.png"), scratch.path("images/a.png")).expect("the scene");
}

const QUANTIZE: [&str; 9] =
    ["quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "q.safetensors", "--compare-images", "0"];

#[test]
fn weights_behind_wrappers() {
    let scratch = Scratch::new();
    renamed(&scratch, |name| format!("module._orig_mod.{name}"));
    let text = scratch.transcript(&QUANTIZE);
    assert!(text.contains("exit status: 0"), "{text}");
    assert!(
        text.contains("weights w.safetensors: `module._orig_mod.` before every tensor's name is taken off"),
        "{text}"
    );
}

#[test]
fn weights_with_foreign_names() {
    let scratch = Scratch::new();
    renamed(&scratch, |name| name.replacen("data.", "stem.", 1).replacen("head.1", "heads.1", 1));
    refused!(scratch, "quantize", "--weights", "w.safetensors", "--calib", "images", "-o", "q.safetensors");
}

#[test]
fn weights_of_other_programs() {
    let files: [(&str, &[u8]); 6] = [
        ("w.pt", b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0archive/data.pkl"),
        ("w.pth", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M"),
        ("w.npz", b"PK\x03\x04\x2d\0\0\0\0\0\0\0\0\0weight.npy"),
        ("w.npy", b"\x93NUMPY\x01\0v\0{'descr'"),
        ("w.onnx", b"\x08\x08\x12\x07pytorch\x1a\x052.1.0"),
        ("w.h5", b"\x89HDF\r\n\x1a\n\0\0\0\0"),
    ];
    let mut all = String::new();
    for (name, bytes) in files {
        let scratch = Scratch::new();
        scratch.write(name, bytes);
        std::fs::create_dir(scratch.path("images")).expect("a folder");
        all += &scratch.transcript(&["quantize", "--weights", name, "--calib", "images", "-o", "q.safetensors"]);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_quantised_model_for_weights() {
    let scratch = with_model();
    std::fs::create_dir(scratch.path("images")).expect("a folder");
    refused!(scratch, "quantize", "--weights", "q.safetensors", "--calib", "images", "-o", "r.safetensors");
}
