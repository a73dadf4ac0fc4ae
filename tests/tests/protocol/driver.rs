//! The driver in C that lies in every emitted folder: compiled as strictly as C compilers can, and at work on the core.

use super::bench::{Bench, image};
use super::core::Core;
use super::cores;
use hwgen_sim::cosim::PIN_BASES;
use hwgen_tests::root;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STRICT: [&str; 8] =
    ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-Wstrict-prototypes"];

/// Compiles the folder's driver, with the program that uses it.
fn compile(compiler: &str, folder: &Path) -> PathBuf {
    let program = folder.with_file_name(format!("driver-{compiler}"));
    let built = Command::new(compiler)
        .args(STRICT)
        .arg("-I")
        .arg(folder)
        .arg(folder.join("itnet.c"))
        .arg(root().join("tests/tests/protocol/driver.c"))
        .arg("-o")
        .arg(&program)
        .output()
        .expect("the compiler starts");
    assert!(built.status.success(), "{compiler}: {}", String::from_utf8_lossy(&built.stderr));
    program
}

/// Plays the other end of the program's bus until it ends.
fn serve(core: &Core, program: &Path) {
    let mut bench = Bench::new(core);
    let mut irq = false;
    let mut process = Command::new(program)
        .arg(PIN_BASES[1].to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut answers = process.stdin.take().expect("a pipe");
    let questions = BufReader::new(process.stdout.take().expect("a pipe"));
    for line in questions.lines() {
        let line = line.expect("text");
        let words: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| words[i].parse::<u64>().expect("a number");
        let address = |i: usize| u8::try_from(number(i)).expect("an address of the map");
        let answer = match words[0] {
            "r" => {
                let (value, response) = bench.try_read(address(1));
                format!("{value} {response}")
            }
            "w" => bench.try_write(address(1), number(2) as u32).to_string(),
            "n" => {
                bench.run(number(1));
                "0".to_owned()
            }
            "i" => {
                irq = bench.step().irq;
                u32::from(irq).to_string()
            }
            "s" => {
                bench.send(&image(number(1)));
                "0".to_owned()
            }
            "d" => {
                bench.shows(&core.expect(&image(number(1)), number(2) as usize, number(3)).maps);
                "0".to_owned()
            }
            "c" => {
                let mask = 1 << (number(2) - 1);
                core.expect(&image(number(1)), number(2) as usize, mask).confidences[0].to_string()
            }
            other => panic!("the program says {other}"),
        };
        writeln!(answers, "{answer}").expect("the program listens");
    }
    let ended = process.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    assert_eq!(said.trim(), env!("CARGO_PKG_VERSION"), "the version that it read");
    assert!(!irq);
}

#[test]
fn the_driver_in_c_drives_every_kind_of_core() {
    for core in cores() {
        serve(core, &compile("cc", &core.folder()));
    }
}

#[test]
fn clang_has_nothing_against_the_driver_either() {
    if Command::new("clang").arg("--version").output().is_err() {
        eprintln!("skipped: clang is not installed");
        return;
    }
    let Some(core) = cores().first() else { return };
    serve(core, &compile("clang", &core.folder()));
}
