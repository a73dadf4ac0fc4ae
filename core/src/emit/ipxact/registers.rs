//! The memory map: what `registers.yaml` says, with the values that registers have in this core after reset.

use super::xml::Xml;
use crate::design::Design;
use hwgen_registers::{ADDRESS_BITS, Access, Field, Register, Reset};

/// Its name.
pub const MAP: &str = "registers";
/// A register without fields is one value of this name.
const VALUE: Field = Field { name: "VALUE", mask: u32::MAX, access: Access::ReadOnly, about: "" };

/// All registers of the core, `hash` being that of HASH.
pub fn memory_map(x: &mut Xml, design: &Design, hash: u32) {
    x.inside("memoryMaps", |x| {
        x.inside("memoryMap", |x| {
            x.text("name", MAP);
            x.inside("addressBlock", |x| {
                x.text("name", MAP);
                x.text("baseAddress", "0");
                x.text("range", (1_u32 << ADDRESS_BITS).to_string());
                x.text("width", "32");
                x.text("usage", "register");
                for register in hwgen_registers::of_kind(design.plan.feedback.kind()) {
                    x.inside("register", |x| one(x, register, after_reset(register, design, hash)));
                }
            });
            x.text("addressUnitBits", "8");
        });
    });
}

/// The value after reset.
fn after_reset(register: &Register, design: &Design, hash: u32) -> u32 {
    let net = &design.plan.net;
    let outputs = net.outputs.iter().fold(0_u64, |mask, n| mask | 1 << (n - 1));
    match (register.reset, register.address) {
        (Reset::Value(value), _) => value,
        (_, hwgen_registers::VERSION) => super::super::top::version(),
        (_, hwgen_registers::HASH) => hash,
        (_, hwgen_registers::ITERATIONS) => net.iterations,
        (_, hwgen_registers::MASK_LOW) => outputs as u32,
        (_, hwgen_registers::MASK_HIGH) => (outputs >> 32) as u32,
        (Reset::OfCore(what), _) => unreachable!("{}: nothing says what {what} is", register.name),
    }
}

fn one(x: &mut Xml, register: &Register, reset: u32) {
    x.text("name", register.name);
    x.text("description", register.about);
    if register.count > 1 {
        x.text("dim", register.count.to_string());
    }
    x.text("addressOffset", format!("'h{:X}", register.address));
    x.text("size", "32");
    let whole = [Field { access: register.access, ..VALUE }];
    for field in if register.fields.is_empty() { &whole } else { register.fields } {
        x.inside("field", |x| self::field(x, field, reset));
    }
}

fn field(x: &mut Xml, field: &Field, reset: u32) {
    let offset = field.mask.trailing_zeros();
    x.text("name", field.name);
    if !field.about.is_empty() {
        x.text("description", field.about);
    }
    x.text("bitOffset", offset.to_string());
    x.inside("resets", |x| {
        x.inside("reset", |x| x.text("value", format!("'h{:X}", (reset & field.mask) >> offset)));
    });
    x.text("bitWidth", field.mask.count_ones().to_string());
    // What the core itself changes must not be cached or compared.
    x.text("volatile", (field.access != Access::ReadWrite).to_string());
    x.text("access", if field.access == Access::ReadOnly { "read-only" } else { "read-write" });
    match field.access {
        Access::WriteOneToClear => x.text("modifiedWriteValue", "oneToClear"),
        Access::WriteOneToSet => x.text("modifiedWriteValue", "oneToSet"),
        Access::ReadOnly | Access::ReadWrite => {}
    }
}
