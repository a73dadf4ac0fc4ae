//! `cargo xtask registers`: what follows from `registers.yaml`, the register map's only source.
//!
//! Owns: reading and checking the map, and the list of generated files. What they look like is in
//! `templates/registers/`. Leaves alone: who uses them.

use crate::run::{Result, write};
use minijinja::{Environment, context};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The source.
const SOURCE: &str = "registers.yaml";

/// Template and what is made of it.
const OUTPUTS: [(&str, &str, &str); 5] = [
    ("package.sv", include_str!("../templates/registers/package.sv"), "rtl/core/hwg_reg_pkg.sv"),
    ("map.rs", include_str!("../templates/registers/map.rs.jinja"), "registers/src/map.rs"),
    ("header.h", include_str!("../templates/registers/header.h"), "registers/itnet_regs.h"),
    ("python", include_str!("../templates/registers/registers.py"), "tests/cocotb/registers.py"),
    ("page.md", include_str!("../templates/registers/page.md"), "docs/registers.md"),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    address_bits: u32,
    registers: Vec<Register>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Register {
    name: String,
    address: u32,
    access: Access,
    reset: Reset,
    about: String,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    feedback: Option<String>,
    #[serde(default = "one")]
    count: u32,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    bits: Bits,
    access: Access,
    about: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Ro,
    Rw,
    W1c,
    W1s,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Reset {
    Value(u32),
    OfCore(String),
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Bits {
    One(u32),
    Range([u32; 2]),
}

impl Bits {
    fn range(self) -> [u32; 2] {
        match self {
            Self::One(bit) => [bit, bit],
            Self::Range(range) => range,
        }
    }

    /// None where it is no range inside a register.
    fn mask(self) -> Option<u32> {
        let [low, high] = self.range();
        (low <= high && high < 32).then(|| (u32::MAX >> (31 - (high - low))) << low)
    }
}

impl Map {
    /// All that is wrong with it.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut next = 0;
        for register in &self.registers {
            let Register { name, address, count, .. } = register;
            if address % 4 != 0 || *count == 0 || u64::from(address + 4 * count) > 1 << self.address_bits {
                problems.push(format!("{name}: address {address:#04x} is odd or out of range"));
            }
            if *address < next {
                problems.push(format!("{name}: address {address:#04x} is taken, or not in ascending order"));
            }
            next = address + 4 * count;
            if register.feedback.as_deref().is_some_and(|kind| !["onchip", "stream", "axi"].contains(&kind)) {
                problems.push(format!("{name}: feedback is none of onchip, stream, axi"));
            }
            let mut used = 0;
            for field in &register.fields {
                match field.bits.mask() {
                    Some(mask) if mask & used == 0 => used |= mask,
                    _ => problems.push(format!("{name}.{}: bits are taken or out of range", field.name)),
                }
            }
        }
        problems
    }
}

/// Every generated file: path and text.
fn outputs() -> Result<Vec<(&'static str, String)>> {
    generate(&std::fs::read_to_string(SOURCE)?)
}

fn generate(source: &str) -> Result<Vec<(&'static str, String)>> {
    let map: Map = serde_yaml::from_str(source).map_err(|e| format!("{SOURCE}: {e}"))?;
    let problems = map.problems();
    if !problems.is_empty() {
        return Err(format!("{SOURCE}: {}", problems.join("; ")).into());
    }
    let registers: Vec<_> = map.registers.iter().map(in_words).collect();
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    for (name, template, _) in OUTPUTS {
        environment.add_template(name, template)?;
    }
    let values = context! { registers, address_bits => map.address_bits };
    OUTPUTS.iter().map(|(name, _, path)| Ok((*path, environment.get_template(name)?.render(&values)?))).collect()
}

/// A register with everything spelled out that a template wants.
fn in_words(register: &Register) -> minijinja::Value {
    let wording = |access: Access| match access {
        Access::Ro => ("ro", "ReadOnly"),
        Access::Rw => ("rw", "ReadWrite"),
        Access::W1c => ("w1c", "WriteOneToClear"),
        Access::W1s => ("w1s", "WriteOneToSet"),
    };
    let fields: Vec<_> = (register.fields.iter())
        .map(|field| {
            let [low, high] = field.bits.range();
            let mask = field.bits.mask().unwrap_or(0);
            let (access, variant) = wording(field.access);
            context! { name => &field.name, low, high, single => low == high, access, variant, about => &field.about,
            mask => format!("{:04X}_{:04X}", mask >> 16, mask & 0xFFFF), plain => format!("{mask:08X}") }
        })
        .collect();
    let clearing = register.fields.iter().filter(|field| field.access == Access::W1c);
    let clears = clearing.fold(0, |all, field| all | field.bits.mask().unwrap_or(0));
    let clears = (clears != 0).then(|| format!("{clears:08X}"));
    let (access, variant) = wording(register.access);
    let (value, of_core) = match &register.reset {
        Reset::Value(value) => (Some(value), None),
        Reset::OfCore(text) => (None, Some(text)),
    };
    context! { name => &register.name, access, variant, about => &register.about, feedback => &register.feedback,
    count => register.count, fields, clears, of_core, address => format!("{:02X}", register.address),
    lower => format!("{:02x}", register.address), last => format!("{:02X}", register.address + 4 * (register.count - 1)),
    reset => value.map(|v| format!("{:04X}_{:04X}", v >> 16, v & 0xFFFF)), plain => value.map(|v| format!("{v:08X}")) }
}

/// Writes what differs.
pub fn registers() -> Result<bool> {
    for (path, text) in outputs()? {
        if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
            continue;
        }
        write(Path::new(path), &text)?;
        println!("{path}");
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
    }

    #[test]
    fn generated_files_are_those_of_the_map() {
        let source = std::fs::read_to_string(root().join(SOURCE)).expect("the map");
        for (path, text) in generate(&source).expect("a valid map") {
            let old = std::fs::read_to_string(root().join(path)).unwrap_or_default();
            assert!(old == text, "{path} is not what {SOURCE} says: cargo xtask registers");
        }
    }

    #[test]
    fn a_bank_has_an_address_for_each_of_its_registers() {
        let bank =
            "address_bits: 8\nregisters:\n  - {name: LEVEL, address: 0x48, access: rw, reset: 0, count: 3, about: x}\n";
        let texts = generate(bank).expect("a valid map");
        let of = |path: &str| &texts.iter().find(|(name, _)| name.ends_with(path)).expect("an output").1;
        assert!(of("hwg_reg_pkg.sv").contains("LEVEL_COUNT = 3"), "{}", of("hwg_reg_pkg.sv"));
        assert!(of("itnet_regs.h").contains("#define ITNET_LEVEL(i) (0x48u + 4u * (i))"), "{}", of("itnet_regs.h"));
        assert!(of("registers.md").contains("0x48…0x50"), "{}", of("registers.md"));
    }

    #[test]
    fn a_wrong_map_is_refused() {
        let twice = "address_bits: 8\nregisters:\n  - {name: A, address: 4, access: rw, reset: 0, about: x}\n  - {name: B, address: 4, access: rw, reset: 0, about: x}\n";
        assert!(generate(twice).expect_err("an address twice").to_string().contains("B: address 0x04 is taken"));
        let high = "address_bits: 8\nregisters:\n  - {name: A, address: 256, access: rw, reset: 0, about: x}\n";
        assert!(generate(high).expect_err("beyond the range").to_string().contains("out of range"));
    }
}
