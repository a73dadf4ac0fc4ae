//! Where nextpnr put the cells: tiles by instance of the core, and the way of the critical path, for a picture.
//!
//! Owns: reading the placed netlist (`nextpnr --write`) and thinning it out to a count of cells a tile and instance. The
//! netlist itself, some megabytes, is removed.

use super::error::FlowError;
use super::netlist::Roles;
use super::timing::CriticalPath;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// `floorplan.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Floorplan {
    /// Columns of tiles that are in use, from 0.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Instances that tiles refer to.
    pub units: Vec<Unit>,
    /// Column, row, index of the unit, cells of it there.
    pub tiles: Vec<[usize; 4]>,
    /// Columns and rows that the critical path visits.
    pub path: Vec<[usize; 2]>,
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// As in [`super::Part`].
    pub instance: String,
    /// What it does.
    pub role: String,
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
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
struct Attributes {
    /// Site: `X12/Y30/SLICEA.LUT0`.
    #[serde(rename = "NEXTPNR_BEL", default)]
    site: String,
}

impl Floorplan {
    /// Reads a placed netlist.
    pub fn read(path: &Path, roles: &Roles, critical: Option<&CriticalPath>) -> Result<Self, FlowError> {
        let file = File::open(path).map_err(FlowError::file("read", path))?;
        let wrong = |error: serde_json::Error| FlowError::Output {
            tool: "nextpnr",
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let netlist: Netlist = serde_json::from_reader(BufReader::new(file)).map_err(wrong)?;
        let cells = netlist.modules.values().flat_map(|module| &module.cells);
        let cells = cells.filter_map(|(name, cell)| Some((name.as_str(), tile(&cell.attributes.site)?)));
        let mut plan = Self::of(cells, roles);
        plan.path = critical
            .map(|path| path.steps.iter().flat_map(|step| step.places.iter().copied()).collect())
            .unwrap_or_default();
        plan.path.dedup();
        Ok(plan)
    }

    fn of<'a>(cells: impl Iterator<Item = (&'a str, [usize; 2])>, roles: &Roles) -> Self {
        let mut plan = Self::default();
        let mut counts: BTreeMap<[usize; 3], usize> = BTreeMap::new();
        for (name, [x, y]) in cells {
            let (instance, role) = roles.place(name);
            let known = plan.units.iter().position(|unit| unit.instance == instance);
            let unit = known.unwrap_or_else(|| {
                plan.units.push(Unit { instance: instance.to_owned(), role: role.to_owned() });
                plan.units.len() - 1
            });
            *counts.entry([x, y, unit]).or_default() += 1;
            (plan.width, plan.height) = (plan.width.max(x + 1), plan.height.max(y + 1));
        }
        plan.tiles = counts.into_iter().map(|([x, y, unit], cells)| [x, y, unit, cells]).collect();
        plan
    }
}

/// Column and row of a site; none for what is not placed.
fn tile(site: &str) -> Option<[usize; 2]> {
    let mut parts = site.split('/');
    let x = parts.next()?.strip_prefix('X')?.parse().ok()?;
    let y = parts.next()?.strip_prefix('Y')?.parse().ok()?;
    Some([x, y])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_by_tile_and_instance() {
        let cells = [
            ("u_core.u_expand.a", "X3/Y5/SLICEA.LUT0"),
            ("u_core.u_expand.b", "X3/Y5/SLICEA.LUT1"),
            ("u_core.u_ring.c", "X0/Y9/EBR0"),
            ("u_core.u_ring.d", "unplaced"),
        ];
        let instance = |name: &str, role: &str| (name.to_owned(), role.to_owned());
        let roles = Roles {
            inside: "u_core.".to_owned(),
            instances: vec![instance("u_expand", "expand"), instance("u_ring", "ring")],
            rest: "control".to_owned(),
        };
        let plan = Floorplan::of(cells.into_iter().filter_map(|(name, site)| Some((name, tile(site)?))), &roles);
        assert_eq!((plan.width, plan.height), (4, 10));
        assert_eq!(plan.tiles, [[0, 9, 1, 1], [3, 5, 0, 2]]);
        assert_eq!(plan.units.iter().map(|unit| unit.instance.as_str()).collect::<Vec<_>>(), ["u_expand", "u_ring"]);
    }
}
