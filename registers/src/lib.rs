//! The register map of a core, for Rust: what `registers.yaml` says (docs/registers.md is the same for readers).
//!
//! Owns: looking registers up; the driver in C, which knows nothing but them. Their values are generated (`map.rs`, by `cargo xtask registers`).

mod map;
mod register;

pub use map::*;
pub use register::{Access, Field, Register, Reset};

/// The C header with the same constants (`itnet_regs.h`), put into every emitted folder.
pub const C_HEADER: &str = include_str!("../itnet_regs.h");

/// The driver in C99 (`itnet.h`, `itnet.c`), put beside it.
pub const C_DRIVER: [(&str, &str); 2] =
    [("itnet.h", include_str!("../driver/itnet.h")), ("itnet.c", include_str!("../driver/itnet.c"))];

/// The registers of a core with feedback of `kind` (`onchip`, `stream`, `axi`).
pub fn of_kind(kind: &str) -> impl Iterator<Item = &'static Register> {
    REGISTERS.iter().filter(move |register| register.feedback.is_none_or(|wanted| wanted == kind))
}

/// The register at an address, whatever the kind of core.
pub fn at(address: u8) -> Option<&'static Register> {
    let holds = |register: &&Register| {
        address.is_multiple_of(4) && address >= register.address && (address - register.address) / 4 < register.count
    };
    REGISTERS.iter().find(holds)
}

/// The register with a name, in any case.
pub fn named(name: &str) -> Option<&'static Register> {
    REGISTERS.iter().find(|register| register.name.eq_ignore_ascii_case(name))
}

/// The name of an address: that of its register, or the number.
pub fn name(address: u8) -> String {
    at(address).map_or_else(|| format!("0x{address:02X}"), |register| register.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_found_by_name_and_address() {
        assert_eq!(named("cycles").map(|register| register.address), Some(CYCLES));
        assert_eq!(at(STATUS).map(|register| register.name), Some("STATUS"));
        assert_eq!(at(STATUS + 1), None);
        assert_eq!((name(HASH), name(0xFC)), ("HASH".to_owned(), "0xFC".to_owned()));
    }

    #[test]
    fn only_a_core_with_a_memory_has_a_base() {
        let has = |kind| of_kind(kind).any(|register| register.address == BASE_LOW);
        assert_eq!([has("onchip"), has("stream"), has("axi")], [false, false, true]);
    }
}
