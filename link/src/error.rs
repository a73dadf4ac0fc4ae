//! Errors of a board's serial link.

use super::record::Refusal;
use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// Why a board could not be played to.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs, reason = "the message of a variant says what it and its fields are")]
pub enum LinkError {
    #[error("serial port {}: cannot be opened at {baud} baud", path.display())]
    #[diagnostic(
        code(hwgen::play::port),
        help("check that the board is plugged in and that you may read and write the port (group dialout)")
    )]
    Port { path: PathBuf, baud: u32, source: std::io::Error },

    #[error("serial port {}: broke off, awaited was {awaited}", path.display())]
    #[diagnostic(code(hwgen::play::broken), help("check the cable; then run the command again"))]
    Broken { path: PathBuf, awaited: String, source: std::io::Error },

    #[error("nothing came for {seconds} s, awaited was {awaited}")]
    #[diagnostic(
        code(hwgen::play::timeout),
        help("check that the board holds a bitstream of `hwgen emit --board`, and that --baud is its rate")
    )]
    Timeout { seconds: f64, awaited: String },

    #[error("a record from the board was damaged (CRC mismatch), awaited was {awaited}")]
    #[diagnostic(code(hwgen::play::damaged), help("run the command again; if it stays, choose a lower rate"))]
    Damaged { awaited: String },

    #[error("a record from the board is unknown (kind {kind:#04x}), awaited was {awaited}")]
    #[diagnostic(code(hwgen::play::unknown), help("use the hwgen that emitted the core"))]
    Unknown { kind: u8, awaited: String },

    #[error("the board refused a record: {}; awaited was {awaited}", said(*why))]
    #[diagnostic(code(hwgen::play::refused), help("run the command again; if it stays, choose a lower rate"))]
    Refused { why: Refusal, awaited: String },

    #[error("the board speaks version {got} of the link, wanted 1")]
    #[diagnostic(code(hwgen::play::protocol), help("use the hwgen that emitted the core"))]
    Protocol { got: u8 },

    #[error("the board's core has the register {address:#04x} = {got:#010x}, wanted {wanted:#010x} ({what})")]
    #[diagnostic(code(hwgen::play::other_core), help("name the folder (--core) whose bitstream the board holds"))]
    OtherCore { address: u8, got: u32, wanted: u32, what: &'static str },

    #[error("output {output}, row {row}: {got}, wanted {wanted}")]
    #[diagnostic(code(hwgen::play::map), help("the core or the link is at fault: please report it"))]
    Map { output: u8, row: u16, got: String, wanted: String },

    #[error("the core found the image's size wrong")]
    #[diagnostic(code(hwgen::play::frame), help("a row was lost on the way: run the command again"))]
    Frame,
}

fn said(why: Refusal) -> &'static str {
    match why {
        Refusal::Damaged => "its checksum was wrong (CRC mismatch)",
        Refusal::Unknown => "it does not know its kind or length",
        Refusal::NoRoom => "it had no room for it",
    }
}
