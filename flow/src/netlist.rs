//! The synthesised netlist, counted by kind of cell and by instance of the core.

use super::error::FlowError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Cells by kind, named after those of the ECP5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cells {
    /// `LUT4`.
    pub lut4: u64,
    /// `CCU2C`, two bits of a carry chain; each takes two LUT sites.
    pub carry: u64,
    /// `TRELLIS_DPR16X4`, distributed RAM; each takes four LUT sites. `DPR16X4` of Nexus too.
    pub lut_ram: u64,
    /// Flip-flops.
    pub ff: u64,
    /// `MULT18X18D`.
    pub dsp: u64,
    /// `DP16KD`, block RAM of 18 kbit.
    pub ebr: u64,
}

impl Cells {
    fn add(&mut self, kind: &str) {
        match kind {
            "LUT4" | "SB_LUT4" => self.lut4 += 1,
            "CCU2C" | "CCU2" => self.carry += 1,
            "TRELLIS_DPR16X4" | "DPR16X4" => self.lut_ram += 1,
            "TRELLIS_FF" => self.ff += 1,
            "MULT18X18D" | "MULT18X18" | "MULT9X9" | "SB_MAC16" => self.dsp += 1,
            "DP16KD" | "PDPW16KD" | "DP16K" | "PDP16K" | "PDPSC16K" => self.ebr += 1,
            flip_flop if ["SB_DFF", "FD1P3"].iter().any(|prefix| flip_flop.starts_with(prefix)) => self.ff += 1,
            ram if ram.starts_with("SB_RAM40_4K") => self.ebr += 1,
            _ => {}
        }
    }

    /// LUT sites that these cells take.
    pub fn lut_sites(&self) -> u64 {
        self.lut4 + 2 * self.carry + 4 * self.lut_ram
    }
}

/// A part of the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Instance in `itnet_top`, such as `u_expand`; `top` for what belongs to none.
    pub instance: String,
    /// What it does, in the words of the design page.
    pub role: &'static str,
    /// Its cells.
    #[serde(flatten)]
    pub cells: Cells,
}

/// Roles of instances; none of the names is part of another.
const ROLES: [(&str, &str); 19] = [
    ("u_ring", "ring"),
    ("u_line_ring", "ring"),
    ("u_lines", "data block"),
    ("u_expand", "expand"),
    ("u_depthwise", "depthwise"),
    ("u_project", "project"),
    ("u_classify", "heads"),
    ("u_logit_sum", "heads"),
    ("u_upsample", "up-sampling"),
    ("u_loader", "operands"),
    ("u_store", "state and feedback"),
    ("u_feedback", "state and feedback"),
    ("u_fb_memory", "state and feedback"),
    ("u_base", "control"),
    ("u_patch", "data block"),
    ("u_video_in", "data block"),
    ("u_control", "control"),
    ("u_axil", "control"),
    ("u_serial", "serial link"),
];

#[derive(Deserialize)]
struct Netlist {
    modules: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    cells: BTreeMap<String, Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(rename = "type")]
    kind: String,
}

/// Counts the cells of module `top` in a JSON netlist of Yosys; names are those of the flattened hierarchy.
pub fn count(path: &Path, top: &str) -> Result<(Cells, Vec<Part>), FlowError> {
    let file = File::open(path).map_err(FlowError::file("read", path))?;
    let wrong = |reason: String| FlowError::Output { tool: "Yosys", path: path.to_owned(), reason };
    let netlist: Netlist = serde_json::from_reader(BufReader::new(file)).map_err(|e| wrong(e.to_string()))?;
    let module = netlist.modules.get(top).ok_or_else(|| wrong(format!("there is no module `{top}`")))?;
    let mut total = Cells::default();
    let mut parts: BTreeMap<(&str, &'static str), Cells> = BTreeMap::new();
    for (name, cell) in &module.cells {
        total.add(&cell.kind);
        parts.entry(place(name)).or_default().add(&cell.kind);
    }
    let part =
        |((instance, role), cells): ((&str, &'static str), Cells)| Part { instance: instance.to_owned(), role, cells };
    let mut parts: Vec<Part> = parts.into_iter().map(part).filter(|part| part.cells != Cells::default()).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.cells.lut_sites() + part.cells.ff));
    Ok((total, parts))
}

/// Instance and role of a cell, by its name: `u_core.u_expand.u_array.…`.
fn place(name: &str) -> (&str, &'static str) {
    let inside = name.strip_prefix("u_core.").unwrap_or(name);
    let is_in =
        |instance: &str| inside.strip_prefix(instance).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    match ROLES.iter().find(|(instance, _)| is_in(instance)) {
        Some(&(instance, role)) => (instance, role),
        None => ("top", "control"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_belong_to_instances() {
        assert_eq!(place("u_core.u_expand.u_array.data_q_TRELLIS_FF_Q"), ("u_expand", "expand"));
        assert_eq!(place("u_core.u_ring.mem.0.0"), ("u_ring", "ring"));
        assert_eq!(place("u_core.u_depthwise.u_ring_LUT4_Z"), ("u_depthwise", "depthwise"));
        assert_eq!(place("in_q_TRELLIS_FF_Q"), ("top", "control"));
    }

    #[test]
    fn sites_count_what_shares_them() {
        let cells = Cells { lut4: 10, carry: 3, lut_ram: 2, ..Cells::default() };
        assert_eq!(cells.lut_sites(), 24);
    }
}
