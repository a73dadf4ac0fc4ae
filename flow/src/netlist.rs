//! The synthesised netlist, counted by kind of cell and by instance of the design.

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
    /// Counts a cell of this kind.
    pub(crate) fn add(&mut self, kind: &str) {
        match kind {
            "LUT4" => self.lut4 += 1,
            "CCU2C" | "CCU2" => self.carry += 1,
            "TRELLIS_DPR16X4" | "DPR16X4" => self.lut_ram += 1,
            "TRELLIS_FF" => self.ff += 1,
            "MULT18X18D" | "MULT18X18" | "MULT9X9" => self.dsp += 1,
            "DP16KD" | "PDPW16KD" | "DP16K" | "PDP16K" | "PDPSC16K" => self.ebr += 1,
            flip_flop if flip_flop.starts_with("FD1P3") => self.ff += 1,
            _ => {}
        }
    }

    /// LUT sites that these cells take.
    pub fn lut_sites(&self) -> u64 {
        self.lut4 + 2 * self.carry + 4 * self.lut_ram
    }
}

/// A part of the design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its instance; `top` for what belongs to none.
    pub instance: String,
    /// What it does ([`Roles`]).
    pub role: String,
    /// Its cells.
    #[serde(flatten)]
    pub cells: Cells,
}

/// What the parts of a design are called and what they do: known to whoever made the design.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Where the instances are in a design around them, such as `u_core.`: at any depth of it, or at the top.
    pub inside: String,
    /// Instances and roles; the first instance that a cell's name begins with is the one.
    pub instances: Vec<(String, String)>,
    /// Role of what belongs to none of them.
    pub rest: String,
}

impl Roles {
    /// Instance and role of a cell, by its name: `u_core.u_expand.u_array.…`, or in a branch `gen_….` of a generate.
    pub(crate) fn place<'a>(&'a self, name: &str) -> (&'a str, &'a str) {
        let inside = name.trim_start_matches(&self.inside);
        let branch = inside.strip_prefix("gen_").and_then(|rest| rest.split_once('.'));
        let inside = branch.map_or(inside, |(_, rest)| rest);
        let is_in =
            |instance: &str| inside.strip_prefix(instance).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        match self.instances.iter().find(|(instance, _)| is_in(instance)) {
            Some((instance, role)) => (instance, role),
            None => ("top", &self.rest),
        }
    }
}

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
pub fn count(path: &Path, top: &str, roles: &Roles) -> Result<(Cells, Vec<Part>), FlowError> {
    let file = File::open(path).map_err(FlowError::file("read", path))?;
    let wrong = |reason: String| FlowError::Output { tool: "Yosys", path: path.to_owned(), reason };
    let netlist: Netlist = serde_json::from_reader(BufReader::new(file)).map_err(|e| wrong(e.to_string()))?;
    let module = netlist.modules.get(top).ok_or_else(|| wrong(format!("there is no module `{top}`")))?;
    let mut total = Cells::default();
    let mut parts: BTreeMap<(&str, &str), Cells> = BTreeMap::new();
    for (name, cell) in &module.cells {
        total.add(&cell.kind);
        parts.entry(roles.place(name)).or_default().add(&cell.kind);
    }
    let part = |((instance, role), cells): ((&str, &str), Cells)| Part {
        instance: instance.to_owned(),
        role: role.to_owned(),
        cells,
    };
    let mut parts: Vec<Part> = parts.into_iter().map(part).filter(|part| part.cells != Cells::default()).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.cells.lut_sites() + part.cells.ff));
    Ok((total, parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_belong_to_instances() {
        let owned = |text: &str| text.to_owned();
        let instances = [("u_ring", "ring"), ("u_expand", "expand")].map(|(name, role)| (owned(name), owned(role)));
        let roles = Roles { inside: owned("u_core."), instances: instances.to_vec(), rest: owned("control") };
        assert_eq!(roles.place("u_core.u_expand.u_array.data_q_TRELLIS_FF_Q"), ("u_expand", "expand"));
        assert_eq!(roles.place("u_ring.mem.0.0"), ("u_ring", "ring"));
        assert_eq!(roles.place("u_core.u_core.gen_apart.u_ring.mem.0.0"), ("u_ring", "ring"));
        assert_eq!(roles.place("u_core.u_expand.u_ring_LUT4_Z"), ("u_expand", "expand"));
        assert_eq!(roles.place("u_core.u_ring2.mem"), ("top", "control"));
        assert_eq!(roles.place("in_q_TRELLIS_FF_Q"), ("top", "control"));
    }

    #[test]
    fn sites_count_what_shares_them() {
        let cells = Cells { lut4: 10, carry: 3, lut_ram: 2, ..Cells::default() };
        assert_eq!(cells.lut_sites(), 24);
    }
}
