//! Places for block RAMs and multipliers, found before nextpnr places anything.
//!
//! A core of ours takes nearly all of both, and they lie in a few rows of the device: which of them lies where decides how
//! long all wires are. nextpnr moves each to the nearest free site once it knows where it would like everything; the wires are
//! then two to three times as long as with the places found here (docs/adr/0028).
//!
//! | module | owns |
//! |---|---|
//! | [`sites`] | where the blocks of a device lie |
//! | [`graph`] | the netlist as cells and nets, and the attributes that tell nextpnr a place |
//! | [`clusters`] | logic that belongs together, as one node |
//! | [`anneal`] | the annealing of blocks and clusters |

mod anneal;
mod clusters;
mod graph;
mod sites;

use super::error::FlowError;
use anneal::Annealer;
use graph::Netlist;
use std::fmt::Write as _;
use std::path::Path;

pub use sites::Fabric;

/// Moves of a node at each temperature.
const EFFORT: usize = 120;

/// Gives the blocks of a synthesised netlist their places, in the file itself, and keeps what happened in `log`. `progress`
/// hears of every temperature. The same netlist and seed give the same places.
///
/// # Errors
/// If the netlist cannot be read or written, or has more blocks than the device.
pub fn place(
    netlist: &Path,
    fabric: &Fabric,
    seed: u32,
    log: &Path,
    progress: &mut dyn FnMut(),
) -> Result<(), FlowError> {
    let mut text = String::new();
    let mut design = Netlist::read(netlist)?;
    let nodes = clusters::cluster(&design.graph, u64::from(seed));
    let _ = writeln!(
        text,
        "{} cells, {} of them blocks, in {} nodes with {} nets between them",
        design.graph.cells.len(),
        design.graph.blocks().count(),
        nodes.kinds.len(),
        nodes.nets.len()
    );
    let mut annealer = Annealer::new(&nodes, fabric, u64::from(seed)).map_err(|reason| FlowError::Output {
        tool: "yosys",
        path: netlist.to_owned(),
        reason,
    })?;
    let _ = writeln!(text, "tiles of wire, at random places: {:.0}", annealer.wire());
    let mut frozen = false;
    while !frozen {
        frozen = annealer.cool(EFFORT);
        let _ = writeln!(
            text,
            "temperature {:.2}: {:.0}, {:.1} % of moves taken",
            annealer.temperature(),
            annealer.wire(),
            100.0 * annealer.taken()
        );
        progress();
    }
    for (cell, node) in nodes.of_cell.iter().enumerate() {
        if let Some(site) = annealer.site(*node) {
            design.set_place(cell, &site);
        }
    }
    design.write(netlist)?;
    std::fs::write(log, text).map_err(FlowError::file("write", log))
}
