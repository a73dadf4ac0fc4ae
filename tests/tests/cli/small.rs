//! What a user expects of small things.

use super::{scene, with_model};
use hwgen_tests::Scratch;

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn maps_of_an_earlier_run_go_away() {
    let scratch = with_model();
    std::fs::copy(scene(), scratch.path("scene.png")).expect("the scene");
    let run = ["run", "--model", "q.safetensors", "--image", "scene.png", "--maps", "maps"];
    scratch.good(&run);
    assert!(scratch.path("maps/m_04.png").exists());
    scratch.write("maps/m_03.png", "changed by hand");
    let output = scratch.run(&[&run[..], &["--iterations", "2"]].concat());
    let there =
        ["m_02.png", "m_03.png", "m_04.png", "overlay_03.png"].map(|name| scratch.path("maps").join(name).exists());
    assert_eq!(there, [true, true, false, false]);
    let text = stderr(&output);
    assert!(text.contains("maps that are not of this run: m_03.png and 0 more"), "{text}");
}

#[test]
fn a_run_without_an_output() {
    let scratch = Scratch::new();
    let network = ["--preset", "tiny", "--outputs", "3,4", "--compare-images", "0"];
    scratch.good(&[&["quantize", "-o", "q.safetensors", "--quiet"][..], &network].concat());
    std::fs::copy(scene(), scratch.path("scene.png")).expect("the scene");
    refused!(scratch, "run", "--model", "q.safetensors", "--image", "scene.png", "--iterations", "2");
}

#[test]
fn quiet_is_quiet() {
    let scratch = Scratch::new();
    let output = scratch.run(&["emit", "--preset", "tiny", "-o", "core", "-q"]);
    assert_eq!((output.status.code(), &output.stdout[..], stderr(&output).as_str()), (Some(0), &b""[..], ""));
    let (_, document) = scratch.json(&["cost", "--preset", "tiny", "-q", "--json"]);
    assert_eq!(document["schema_version"], 1);
}

#[test]
fn a_poor_fit_is_said() {
    let scratch = Scratch::new();
    let text = scratch.good(&["emit", "--preset", "tiny", "-o", "core"]);
    assert!(text.contains("multipliers 21 % busy") && text.contains("with --multipliers "), "{text}");
    let text = scratch.good(&["emit", "--preset", "tiny", "--multipliers", "32", "-o", "core32"]);
    assert!(text.contains("% busy") && !text.contains("with --multipliers"), "{text}");
}

#[test]
fn yaml_lists_of_words() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\noutputs: [all]\nbits: 4\n");
    refused!(scratch, "emit", "--config", "net.yaml", "-o", "core");
}

#[test]
fn yaml_with_a_field_twice() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\nwidth: 8\nclasses: 3\nwidth: 9\n");
    let text = scratch.transcript(&["emit", "--config", "net.yaml", "-o", "core"]);
    assert!(
        text.contains("exit status: 2") && text.contains("the configuration has the field `width` twice"),
        "{text}"
    );
    assert!(text.contains("[net.yaml:4:1]") && text.contains("leave one of them out"), "{text}");
}

#[test]
fn ranges_and_unknown_fields_come_together() {
    let scratch = Scratch::new();
    scratch.write("net.yaml", "preset: tiny\nwidht: 8\nscales: 9\n");
    refused!(scratch, "emit", "--config", "net.yaml", "--classes", "0", "-o", "core");
}

#[test]
fn version_says_of_what_it_was_built() {
    let scratch = Scratch::new();
    assert_eq!(scratch.good(&["-V"]).lines().count(), 1);
    let text = scratch.good(&["--version"]);
    assert!(text.contains("\nbuilt for ") && text.contains("rustc 1.") && text.contains("Verilator 5.006"), "{text}");
}

#[test]
fn simulation_by_make_refuses_a_path_with_spaces() {
    let scratch = Scratch::new();
    scratch.good(&["emit", "--preset", "tiny", "-q", "-o", "my core"]);
    let make = |target| {
        std::process::Command::new("make").args(["-C", "my core", target]).current_dir(scratch.path("")).output()
    };
    let Ok(output) = make("sim") else { return };
    assert!(!output.status.success() && stderr(&output).contains("has spaces in it"), "{}", stderr(&output));
    assert!(make("clean").expect("make starts").status.success());
}
