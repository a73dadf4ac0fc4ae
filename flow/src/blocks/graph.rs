//! The netlist that Yosys wrote, as cells and nets; and back, with a place for every block. What is not looked at stays as it
//! was written.

use crate::error::FlowError;
use crate::netlist::Cells;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::Path;

/// nextpnr's attribute for the place of a cell.
const PLACE: &str = "BEL";
/// Nets of more cells than this say nothing of where one belongs: clock, resets, enables.
const WIDEST: usize = 200;

/// A block, of which there are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `DP16KD`.
    Ram,
    /// `MULT18X18D`.
    Multiplier,
}

impl Kind {
    fn of(cell: &str) -> Option<Self> {
        match cell {
            "DP16KD" => Some(Self::Ram),
            "MULT18X18D" => Some(Self::Multiplier),
            _ => None,
        }
    }
}

/// A cell of the netlist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// None for logic.
    pub kind: Option<Kind>,
    /// Room that it takes of the eight LUTs and eight flip-flops of a tile, in LUTs; a flip-flop takes a quarter, as it
    /// mostly lies behind a LUT.
    pub area: f64,
}

/// Cells, and the nets that join them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Cells.
    pub cells: Vec<Cell>,
    /// Cells of each net, each once, two at least.
    pub nets: Vec<Vec<usize>>,
}

impl Graph {
    /// Cells that are blocks.
    pub fn blocks(&self) -> impl Iterator<Item = Kind> {
        self.cells.iter().filter_map(|cell| cell.kind)
    }
}

type Raw = Box<RawValue>;
type Fields = IndexMap<String, Raw>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Bit {
    Net(u64),
    /// `0`, `1`, `x` or `z`.
    Constant(#[allow(dead_code, reason = "only that it is none of a net counts")] String),
}

#[derive(Deserialize, Serialize)]
struct File {
    creator: Raw,
    modules: IndexMap<String, Fields>,
}

/// A netlist file.
pub struct Netlist {
    file: File,
    /// Of the module that has cells.
    top: usize,
    cells: IndexMap<String, Fields>,
    /// The same cells, in the same order.
    pub graph: Graph,
}

impl Netlist {
    /// Reads what `write_json` of Yosys wrote of a flat design.
    pub fn read(path: &Path) -> Result<Self, FlowError> {
        let text = std::fs::read_to_string(path).map_err(FlowError::file("read", path))?;
        Self::parse(&text).map_err(|error| FlowError::Output {
            tool: "yosys",
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }

    fn parse(text: &str) -> serde_json::Result<Self> {
        let mut file: File = serde_json::from_str(text)?;
        // The design is flat: all other modules are the library's cells, which have none.
        let size = |fields: &Fields| fields.get("cells").map_or(0, |cells| cells.get().len());
        let top = (0..file.modules.len()).max_by_key(|&module| size(&file.modules[module])).unwrap_or(0);
        let mut cells = IndexMap::new();
        if let Some(raw) = file.modules.get_index_mut(top).and_then(|(_, module)| module.get_mut("cells")) {
            cells = serde_json::from_str(raw.get())?;
        }
        let graph = graph(&cells)?;
        Ok(Self { file, top, cells, graph })
    }

    /// Tells nextpnr where a cell belongs.
    pub fn set_place(&mut self, cell: usize, site: &str) {
        if let Some((_, fields)) = self.cells.get_index_mut(cell) {
            let known = fields.get("attributes").and_then(|raw| serde_json::from_str(raw.get()).ok());
            let mut attributes: Fields = known.unwrap_or_default();
            attributes.insert(PLACE.to_owned(), raw(&site));
            fields.insert("attributes".to_owned(), raw(&attributes));
        }
    }

    /// Writes the file anew.
    pub fn write(mut self, path: &Path) -> Result<(), FlowError> {
        if let Some((_, module)) = self.file.modules.get_index_mut(self.top) {
            module.insert("cells".to_owned(), raw(&self.cells));
        }
        let text = serde_json::to_string(&self.file).expect("made of what was read");
        std::fs::write(path, text).map_err(FlowError::file("write", path))
    }
}

fn raw(value: &impl Serialize) -> Raw {
    serde_json::value::to_raw_value(value).expect("strings and what was read")
}

fn graph(cells: &IndexMap<String, Fields>) -> serde_json::Result<Graph> {
    let mut graph = Graph::default();
    let mut nets: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, fields) in cells.values().enumerate() {
        let kind: String = fields.get("type").map_or(Ok(String::new()), |raw| serde_json::from_str(raw.get()))?;
        graph.cells.push(Cell { kind: Kind::of(&kind), area: area(&kind) });
        let Some(connections) = fields.get("connections") else { continue };
        let connections: IndexMap<String, Vec<Bit>> = serde_json::from_str(connections.get())?;
        for bit in connections.into_values().flatten() {
            if let Bit::Net(net) = bit {
                let cells = nets.entry(net).or_default();
                if cells.last() != Some(&index) {
                    cells.push(index);
                }
            }
        }
    }
    graph.nets = nets.into_values().filter(|cells| (2..=WIDEST).contains(&cells.len())).collect();
    Ok(graph)
}

/// As [`Cell::area`] has it.
fn area(kind: &str) -> f64 {
    let mut cells = Cells::default();
    cells.add(kind);
    cells.lut_sites() as f64 + 0.25 * cells.ff as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"creator": "Yosys", "modules": {
        "LUT4": {"attributes": {"blackbox": "1"}, "cells": {
        }},
        "itnet_top": {"attributes": {"top": "1"}, "cells": {
            "a": {"type": "LUT4", "connections": {"A": [2], "B": ["0"], "Z": [3]}},
            "b": {"type": "DP16KD", "attributes": {"src": "x.sv"}, "connections": {"ADA0": [3], "DOA0": [2, 2]}},
            "c": {"type": "MULT18X18D", "connections": {"A0": [4]}}}}}}"#;

    #[test]
    fn nets_join_cells_and_the_rest_stays() {
        let mut netlist = Netlist::parse(TEXT).unwrap();
        let kinds: Vec<_> = netlist.graph.cells.iter().map(|cell| cell.kind).collect();
        assert_eq!(kinds, [None, Some(Kind::Ram), Some(Kind::Multiplier)]);
        assert_eq!(netlist.graph.nets, [vec![0, 1], vec![0, 1]]);
        netlist.set_place(1, "X4/Y22/EBR0");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("itnet.json");
        netlist.write(&path).unwrap();
        let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut expected: serde_json::Value = serde_json::from_str(TEXT).unwrap();
        expected["modules"]["itnet_top"]["cells"]["b"]["attributes"]["BEL"] = "X4/Y22/EBR0".into();
        assert_eq!(written, expected);
    }
}
