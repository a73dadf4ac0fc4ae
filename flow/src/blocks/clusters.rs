//! Logic that belongs together becomes one node, so that tens of thousands of cells are some thousands: pairs of neighbours
//! are joined, those with the most wires between them for their size first, until nodes are as large as they may be.

use super::graph::{Graph, Kind};
use fastrand::Rng;
use std::collections::{BTreeMap, HashMap};

/// The most room that a cluster takes, in LUTs: three or four tiles.
const ROOM: f64 = 28.0;
/// Rounds of joining; the room allowed grows from one to the next, so that none runs ahead.
const ROUNDS: i32 = 14;
const FIRST_ROOM: f64 = 2.0;
const GROWTH: f64 = 1.6;
/// Nets of more nodes do not say what belongs together.
const WIDEST: usize = 24;

/// Nodes to place, and the nets between them.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// Of each node: the kind of block, none for logic.
    pub kinds: Vec<Option<Kind>>,
    /// Room that each takes, in LUTs.
    pub areas: Vec<f64>,
    /// Nodes of each net, each once, two at least, and how many nets of the netlist it stands for.
    pub nets: Vec<(Vec<usize>, f64)>,
    /// The node of each cell.
    pub of_cell: Vec<usize>,
}

/// Joins the logic of a netlist.
pub fn cluster(graph: &Graph, seed: u64) -> Nodes {
    let mut rng = Rng::with_seed(seed);
    let mut owner = Owners::new(graph.cells.len());
    let mut areas: Vec<f64> = graph.cells.iter().map(|cell| cell.area).collect();
    for round in 0..ROUNDS {
        let room = ROOM.min(FIRST_ROOM * GROWTH.powi(round));
        if join(graph, &mut owner, &mut areas, room, &mut rng) == 0 && room >= ROOM {
            break;
        }
    }
    nodes(graph, &mut owner, &areas)
}

/// One round, in which a node joins another one once; how many did.
fn join(graph: &Graph, owner: &mut Owners, areas: &mut [f64], room: f64, rng: &mut Rng) -> usize {
    let mut nets = Vec::new();
    let mut nets_of = vec![Vec::new(); graph.cells.len()];
    for cells in &graph.nets {
        let nodes = owner.distinct(cells);
        if (2..=WIDEST).contains(&nodes.len()) {
            for &node in &nodes {
                nets_of[node].push(nets.len());
            }
            nets.push(nodes);
        }
    }
    let is_logic = |node: usize| graph.cells[node].kind.is_none();
    let mut order: Vec<usize> = (0..graph.cells.len()).filter(|&n| owner.of(n) == n && is_logic(n)).collect();
    rng.shuffle(&mut order);
    let mut joined = vec![false; graph.cells.len()];
    let mut count = 0;
    // in the order of their numbers, so that equal ones are the same in every run
    let mut wires: BTreeMap<usize, f64> = BTreeMap::new();
    for node in order {
        if joined[node] {
            continue;
        }
        wires.clear();
        for &net in &nets_of[node] {
            for &other in nets[net].iter().filter(|&&other| other != node && is_logic(other) && !joined[other]) {
                *wires.entry(other).or_default() += 1.0 / (nets[net].len() - 1) as f64;
            }
        }
        let fits = wires.iter().filter(|&(&other, _)| areas[node] + areas[other] <= room);
        let gain = |other: usize, wires: f64| wires / (1.0 + 0.5 * (areas[node] + areas[other]));
        let best = fits.max_by(|a, b| gain(*a.0, *a.1).total_cmp(&gain(*b.0, *b.1)));
        if let Some((&best, _)) = best {
            owner.join(node, best);
            areas[best] += areas[node];
            (joined[node], joined[best]) = (true, true);
            count += 1;
        }
    }
    count
}

fn nodes(graph: &Graph, owner: &mut Owners, areas: &[f64]) -> Nodes {
    let mut nodes = Nodes::default();
    let mut number = vec![usize::MAX; graph.cells.len()];
    for (cell, what) in graph.cells.iter().enumerate() {
        if owner.of(cell) == cell {
            number[cell] = nodes.kinds.len();
            nodes.kinds.push(what.kind);
            nodes.areas.push(areas[cell]);
        }
    }
    nodes.of_cell = (0..graph.cells.len()).map(|cell| number[owner.of(cell)]).collect();
    let mut nets: HashMap<Vec<usize>, f64> = HashMap::new();
    for cells in &graph.nets {
        let mut members: Vec<usize> = cells.iter().map(|&cell| nodes.of_cell[cell]).collect();
        members.sort_unstable();
        members.dedup();
        if members.len() > 1 {
            *nets.entry(members).or_default() += 1.0;
        }
    }
    nodes.nets = nets.into_iter().collect();
    nodes.nets.sort_by(|a, b| a.0.cmp(&b.0));
    nodes
}

/// Which cell stands for each.
struct Owners(Vec<usize>);

impl Owners {
    fn new(cells: usize) -> Self {
        Self((0..cells).collect())
    }

    fn of(&mut self, mut cell: usize) -> usize {
        while self.0[cell] != cell {
            self.0[cell] = self.0[self.0[cell]];
            cell = self.0[cell];
        }
        cell
    }

    fn join(&mut self, cell: usize, to: usize) {
        self.0[cell] = to;
    }

    fn distinct(&mut self, cells: &[usize]) -> Vec<usize> {
        let mut owners: Vec<usize> = cells.iter().map(|&cell| self.of(cell)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::Cell;
    use super::*;

    #[test]
    fn chains_become_nodes_that_are_not_too_large_and_blocks_stay_alone() {
        // two chains of forty LUTs, each from a block RAM
        let mut graph = Graph::default();
        for _ in 0..2 {
            let first = graph.cells.len();
            graph.cells.push(Cell { kind: Some(Kind::Ram), area: 0.0 });
            graph.cells.extend([Cell { kind: None, area: 1.0 }; 40]);
            graph.nets.extend((first..first + 40).map(|cell| vec![cell, cell + 1]));
        }
        let nodes = cluster(&graph, 1);
        assert!(nodes.areas.iter().all(|&area| area <= ROOM));
        assert!((6..20).contains(&nodes.kinds.len()), "{}", nodes.kinds.len());
        let rams: Vec<usize> = (0..nodes.kinds.len()).filter(|&node| nodes.kinds[node].is_some()).collect();
        for ram in rams {
            assert_eq!(nodes.of_cell.iter().filter(|&&node| node == ram).count(), 1);
        }
        // no node has cells of both chains
        assert!(nodes.of_cell[..41].iter().all(|node| !nodes.of_cell[41..].contains(node)));
    }
}
