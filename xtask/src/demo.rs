//! `make demo`: from float weights to a proven core, and a page that shows it.

use crate::run::{Result, hwgen, number};
use crate::score::{Score, score};
use image::{RgbImage, imageops};
use serde_json::{Value, json};
use std::path::Path;

const WEIGHTS: &str = "weights/tiny/tiny.safetensors";
const CALIBRATION: &str = "examples/tiny/calib";
const IMAGE: &str = "examples/tiny/scene.png";
const LABEL: &str = "examples/tiny/scene_label.png";
/// Where the scene's nine classes need the loop, not the class stream, to be the bound.
const MULTIPLIERS: &str = "64";
/// As good as float without fine-tuning; 4 bits alone cost a point or two on so small a network.
const WEIGHT_BITS: &str = "8";
/// How much larger than life the picture of the README is.
const ZOOM: u32 = 2;

/// Runs the demo; whether the core agrees with the golden model.
pub fn demo(out: &Path) -> Result<bool> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    let at = |name: &str| out.join(name).display().to_string();
    let (model, core, maps, golden) = (at("tiny.q.safetensors"), at("core"), at("maps"), at("golden"));

    let trained = Path::new(WEIGHTS).exists();
    let mut quantize = vec!["quantize", "--preset", "tiny", "--weight-bits", WEIGHT_BITS, "-o", &model];
    if trained {
        quantize.extend(["--weights", WEIGHTS, "--calib", CALIBRATION]);
    } else {
        eprintln!("\n*** {WEIGHTS} is not there: RANDOM WEIGHTS. The core is real, its maps mean nothing. ***\n");
    }
    eprintln!("1/5 quantise");
    hwgen(&quantize)?;
    eprintln!("2/5 emit");
    hwgen(&["emit", "--model", &model, "--multipliers", MULTIPLIERS, "-o", &core])?;
    eprintln!("3/5 co-simulate (compiles the core first)");
    let cosim = hwgen(&["cosim", &core, "--image", IMAGE, "--resize", "--maps", &maps])?;
    eprintln!("4/5 golden model");
    hwgen(&["run", "--model", &model, "--image", IMAGE, "--resize", "--maps", &golden])?;

    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(out.join("core/manifest.json"))?)?;
    let classes = u8::try_from(number(&manifest, "/description/classes")? as u64)?;
    let outputs = outputs(out, &cosim, classes, trained)?;
    let same_maps = outputs.iter().all(|output| output["same_map"] == true);
    let bit_exact = cosim["bit_exact"] == true && cosim["timing_as_predicted"] != false && same_maps;

    if trained {
        picture(out, &outputs)?;
    }
    eprintln!("5/5 report");
    let page = at("index.html");
    let mut report = vec!["report", &core, "-o", &page];
    if trained {
        report.extend(["--label", LABEL]);
    }
    hwgen(&report)?;
    table(&outputs, &cosim, trained)?;
    println!("\nbit-exact: {}   the maps of hwgen run: {}", yes(cosim["bit_exact"] == true), yes(same_maps));
    println!("core:      {core}/itnet_top.sv");
    println!("page:      {page}");
    Ok(bit_exact)
}

fn yes(fact: bool) -> &'static str {
    if fact { "yes" } else { "NO" }
}

/// One object an output: cycles, files, score.
fn outputs(out: &Path, cosim: &Value, classes: u8, scored: bool) -> Result<Vec<Value>> {
    let measured = cosim["output_cycles"].as_array().ok_or("no output_cycles")?;
    let predicted = cosim["predicted_output_cycles"].as_array();
    let mut all = Vec::new();
    for (index, output) in measured.iter().enumerate() {
        let n = output["output"].as_u64().ok_or("an output without a number")?;
        let map = format!("maps/m_{n:02}.png");
        let same_map = std::fs::read(out.join(&map))? == std::fs::read(out.join(format!("golden/m_{n:02}.png")))?;
        let score = if scored { Some(score(&out.join(&map), Path::new(LABEL), classes)?) } else { None };
        let (first, last) = (number(output, "/first")? as u64, number(output, "/last")? as u64);
        all.push(json!({
            "n": n, "map": map, "overlay": format!("maps/overlay_{n:02}.png"), "same_map": same_map,
            "first": first, "last": last, "predicted": predicted.map(|p| p[index].clone()),
            "accuracy": score.as_ref().map(|s: &Score| 100.0 * s.accuracy),
            "miou": score.as_ref().map(|s| 100.0 * s.miou),
        }));
    }
    Ok(all)
}

/// The scene and its overlays side by side, as in the README.
fn picture(out: &Path, outputs: &[Value]) -> Result<()> {
    let mut tiles = vec![image::open(IMAGE)?.into_rgb8()];
    for output in outputs {
        let overlay = output["overlay"].as_str().ok_or("an output without an overlay")?;
        tiles.push(image::open(out.join(overlay))?.into_rgb8());
    }
    let (width, height) = (tiles[0].width() * ZOOM, tiles[0].height() * ZOOM);
    let gap = 6;
    let mut strip = RgbImage::from_pixel((width + gap) * tiles.len() as u32 - gap, height, image::Rgb([255; 3]));
    for (index, tile) in tiles.iter().enumerate() {
        let tile = imageops::resize(tile, width, height, imageops::FilterType::Nearest);
        imageops::replace(&mut strip, &tile, i64::from((width + gap) * index as u32), 0);
    }
    strip.save(out.join("strip.png"))?;
    Ok(())
}

/// The outputs in the terminal.
fn table(outputs: &[Value], cosim: &Value, scored: bool) -> Result<()> {
    println!(
        "\noutput   first cycle    last cycle   as predicted{}",
        if scored { "   pixels right     mIoU" } else { "" }
    );
    for output in outputs {
        let predicted = &output["predicted"];
        let agrees = predicted["first"] == output["first"] && predicted["last"] == output["last"];
        let cell = |key: &str| output[key].to_string();
        print!("{:>6}{:>14}{:>14}{:>15}", cell("n"), cell("first"), cell("last"), yes(agrees));
        if scored {
            print!("{:>13.1} %{:>7.1} %", number(output, "/accuracy")?, number(output, "/miou")?);
        }
        println!();
    }
    println!(
        "\n{} cycles a frame, {} multipliers, {:.1} % busy ({:.1} % in the loop), {} values compared",
        cosim["cycles"],
        cosim["multipliers"],
        100.0 * number(cosim, "/utilization")?,
        100.0 * number(cosim, "/loop_utilization")?,
        cosim["values_compared"]
    );
    Ok(())
}
