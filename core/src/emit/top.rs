//! The top module: header, parameters, and one section a unit.

mod feedback;
mod header;
mod units;

use super::ports;
use super::tables::Tables;
use crate::design::Design;

/// Text of `itnet_top.sv`.
pub fn top(design: &Design, tables: &Tables, command: &str, model_hash: &str, hash: u32) -> String {
    let mut text = header::header(design, tables, command, model_hash, hash);
    text.push_str("`default_nettype none\nmodule itnet_top #(\n");
    text.push_str("    parameter MEM_DIR = \"mem/\"  // folder of the memory files, with the slash\n) (\n");
    text.push_str(&ports::declarations(design));
    text.push_str(");\n");
    text.push_str(&header::geometry(design, tables, hash));
    text.push_str(&units::units(design, tables));
    text.push_str("endmodule\n`default_nettype wire\n");
    text
}

/// Bytes of a feedback word.
pub fn feedback_bytes(design: &Design) -> usize {
    design.plan.word_bits().div_ceil(8)
}
