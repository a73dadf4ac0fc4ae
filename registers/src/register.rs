//! The words in which registers are described.

/// What software may do with a register or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads; writes change nothing.
    ReadOnly,
    /// Reads and writes.
    ReadWrite,
    /// Reads; writing 1 clears.
    WriteOneToClear,
    /// Reads; writing 1 sets, the core clears.
    WriteOneToSet,
}

/// The value after reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The same in every core.
    Value(u32),
    /// It follows from this, core by core.
    OfCore(&'static str),
}

/// Bits of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Upper-case name.
    pub name: &'static str,
    /// Its bits in the register.
    pub mask: u32,
    /// What software may do with it.
    pub access: Access,
    /// What it is for.
    pub about: &'static str,
}

/// A register, or a bank of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// Upper-case name.
    pub name: &'static str,
    /// Byte address of the first one.
    pub address: u8,
    /// How many follow each other, four bytes apart.
    pub count: u8,
    /// What software may do with it, where its fields do not say otherwise.
    pub access: Access,
    /// The value after reset.
    pub reset: Reset,
    /// The only kind of feedback with which it exists; none: always.
    pub feedback: Option<&'static str>,
    /// Its fields; none: the register is one value.
    pub fields: &'static [Field],
    /// What it is for.
    pub about: &'static str,
}
