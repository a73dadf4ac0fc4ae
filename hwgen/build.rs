//! What `hwgen --version` says of the build: the target and the compiler.

use std::process::Command;

fn main() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let compiler = Command::new(variable("RUSTC")).arg("--version").output().ok();
    let compiler = compiler.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    println!("cargo::rustc-env=HWGEN_TARGET={}", variable("TARGET"));
    println!("cargo::rustc-env=HWGEN_PROFILE={}", variable("PROFILE"));
    println!("cargo::rustc-env=HWGEN_RUSTC={}", compiler.trim());
    println!("cargo::rerun-if-changed=build.rs");
}
