//! The top module: header, numbers and tables of the configuration, one instance of `hwg_core`.

mod header;
mod parameters;

pub use parameters::version;

use std::fmt::Write;

use super::ports::{self, Direction, Port};
use super::tables::Tables;
use crate::design::Design;
use crate::feedback::{AxiWidth, Feedback};

/// Text of `itnet_top.sv`.
pub fn top(design: &Design, tables: &Tables, command: &str, model_hash: &str, hash: u32) -> String {
    let (numbers, names) = parameters::parameters(design, tables, hash);
    let given: Vec<String> =
        names.into_iter().map(|name| format!(".{name}({name})")).chain([".MEM_DIR(MEM_DIR)".into()]).collect();
    let (connections, unused) = connections(design);
    let mut text = header::header(design, tables, command, model_hash, hash);
    let _ = write!(
        text,
        "`default_nettype none
module itnet_top #(
    parameter MEM_DIR = \"mem/\"  // folder of the memory files, with the slash
) (
{ports});
{numbers}
  // ---------------------------------------------------------------- the core
{unused}  hwg_core #(
      {given}) u_core (
      {connections});
endmodule
`default_nettype wire
",
        ports = ports::declarations(design),
        given = wrapped(&given),
        connections = wrapped(&connections),
    );
    text
}

/// Modules of the library that `hwg_core` has in branches that a design does not take.
pub fn absent(design: &Design) -> Vec<&'static str> {
    let feedback = design.plan.feedback;
    let mut absent = Vec::new();
    if !feedback.leaves() {
        absent.push("hwg_feedback_path");
    }
    if !matches!(feedback, Feedback::Axi(_)) {
        absent.extend(["hwg_axi_base", "hwg_axi_fifo"]);
    }
    let pixels = design.plan.folding.pixels();
    if pixels == 1 {
        absent.extend(["hwg_ones", "hwg_pixel_split", "hwg_row_taps", "hwg_tap_beside", "hwg_up2_beside"]);
    }
    if pixels <= design.plan.patches() {
        absent.push("hwg_patch_join");
    }
    if design.plan.pool_words() == 0 {
        absent.push("hwg_pool");
    }
    if !design.mapping.shared_lines {
        absent.push("hwg_shared_ram");
    }
    absent
}

/// Every port of `hwg_core`: to the top's own of that name; of the feedback that the design has not, inputs to zero and
/// outputs to bits of a wire, whose declaration is the other text.
fn connections(design: &Design) -> (Vec<String>, String) {
    let own = ports::ports(design);
    let mut connections: Vec<String> = own.iter().map(|port| format!(".{0}({0})", port.name)).collect();
    let others = ports::stream(design.plan.word_bytes() * 8).into_iter().chain(ports::axi(AxiWidth::default().bits()));
    let mut bits = 0;
    for Port { name, direction, width } in others.filter(|port| own.iter().all(|own| own.name != port.name)) {
        connections.push(match direction {
            Direction::Input => format!(".{name}({width}'d0)"),
            Direction::Output if width == 1 => format!(".{name}(unused[{bits}])"),
            Direction::Output => format!(".{name}(unused[{}:{bits}])", bits + width - 1),
        });
        bits += if direction == Direction::Output { width } else { 0 };
    }
    let unused = format!("  wire [{}:0] unused;\n  wire unused_bits = &{{1'b0, unused}};\n", bits.max(1) - 1);
    (connections, unused)
}

/// Items with commas between, in lines of at most 120 columns.
fn wrapped(items: &[String]) -> String {
    let mut text = String::new();
    let mut column = 6;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
            column += 1;
            if column + item.len() > 115 {
                text.push_str("\n      ");
                column = 6;
            } else {
                text.push(' ');
                column += 1;
            }
        }
        text.push_str(item);
        column += item.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::Library;
    use crate::{feedback, latency, mapping};

    /// Value of a number of `hwg_pkg`.
    fn of_package(name: &str) -> usize {
        let library = Library::embedded();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines = library.text("core/hwg_pkg.sv").lines().map(words);
        let mut values = lines.filter(|words| words.len() > 4 && words[2] == name).map(|words| words[4].clone());
        let value = values.next().unwrap_or_else(|| panic!("hwg_pkg has {name}"));
        value.trim_end_matches(';').parse().expect("a number")
    }

    #[test]
    fn the_library_has_the_sizes_of_the_plan() {
        let sizes = [
            ("OPERAND_BITS", mapping::OPERAND_BITS),
            ("OPERAND_SLOTS", latency::OPERAND_SLOTS),
            ("DATA_LAG", latency::DATA_LAG),
            ("PATCHES", latency::PATCHES),
            ("TOTAL_ROWS", latency::TOTAL_ROWS),
            ("CLASS_WORDS", latency::CLASS_WORDS),
            ("FEEDBACK_OUT", latency::FEEDBACK_OUT),
            ("BURST_BEATS", feedback::BURST_BEATS),
            ("WRITE_BEATS", feedback::WRITE_BEATS),
            ("READ_BEATS", feedback::READ_BEATS),
            ("WRITE_BURSTS", feedback::WRITE_BURSTS),
            ("REQUANT_CYCLES", latency::REQUANT as usize),
        ];
        for (name, size) in sizes {
            assert_eq!(of_package(name), size, "{name}");
        }
    }
}
