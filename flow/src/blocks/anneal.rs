//! Simulated annealing of blocks on their sites and of clusters in squares of tiles. What it makes small is the half perimeter
//! of every net. The schedule is that of V. Betz and J. Rose, VPR (FPL 1997): the temperature falls slowly where some, but
//! not most of the moves are taken, and moves get shorter so that 44 % are.

use super::clusters::Nodes;
use super::graph::Kind;
use super::sites::{Fabric, Site};
use fastrand::Rng;

/// Side of a square of tiles.
const SIDE: usize = 4;
/// Room of a square, in LUTs as [`super::graph::Cell::area`] counts them: its tiles have 160, rows of blocks and what nextpnr
/// cannot fill take their share.
const ROOM: f64 = 125.0;
/// Share of the moves that are of blocks, which are few.
const OF_BLOCKS: f64 = 0.2;
/// The schedule's share of moves to be taken.
const WANTED: f64 = 0.44;
/// The shortest reach of a move, as a share of the device.
const SHORTEST: f64 = 0.04;
/// Rows of blocks lie so far apart.
const ROWS_APART: f64 = 24.0;
/// It is frozen when so many temperatures together shorten the wires by less than this share.
const PATIENCE: usize = 6;
const FROZEN: f64 = 1e-3;
/// Or when the temperature is so small a share of a net's mean length, which it always comes to.
const COLD: f64 = 0.005;

/// Blocks and clusters, and where they are.
pub struct Annealer<'a> {
    nodes: &'a Nodes,
    fabric: &'a Fabric,
    /// Of every node.
    nets: Vec<Vec<u32>>,
    x: Vec<f32>,
    y: Vec<f32>,
    /// Length of every net, times its weight.
    lengths: Vec<f64>,
    wire: f64,
    squares: Squares,
    boards: [Board; 2],
    rng: Rng,
    temperature: f64,
    /// Share of the device that a move may cross.
    reach: f64,
    taken: f64,
    /// The wire after each temperature.
    history: Vec<f64>,
    /// Nets that a move changes, and their new lengths.
    changed: Vec<(u32, f64)>,
    seen: Vec<u32>,
    stamp: u32,
}

/// Squares of tiles with their clusters.
struct Squares {
    columns: usize,
    rows: usize,
    room: f64,
    used: Vec<f64>,
    members: Vec<Vec<usize>>,
    of_node: Vec<usize>,
}

/// Sites of a kind, and who is on them.
struct Board {
    sites: Vec<Site>,
    occupant: Vec<Option<usize>>,
    blocks: Vec<usize>,
    /// Of every node; none for others.
    site_of: Vec<Option<usize>>,
}

impl<'a> Annealer<'a> {
    /// Everything at a random place.
    pub fn new(nodes: &'a Nodes, fabric: &'a Fabric, seed: u64) -> Result<Self, String> {
        let count = nodes.kinds.len();
        let mut rng = Rng::with_seed(seed);
        let mut boards = [Kind::Ram, Kind::Multiplier].map(|kind| Board::new(nodes, fabric, kind));
        for board in &mut boards {
            if board.blocks.len() > board.sites.len() {
                return Err(format!("{} blocks for {} sites", board.blocks.len(), board.sites.len()));
            }
            let mut order: Vec<usize> = (0..board.sites.len()).collect();
            rng.shuffle(&mut order);
            for (&block, &site) in board.blocks.iter().zip(&order) {
                board.occupant[site] = Some(block);
                board.site_of[block] = Some(site);
            }
        }
        let mut nets = vec![Vec::new(); count];
        for (net, (members, _)) in nodes.nets.iter().enumerate() {
            for &node in members {
                nets[node].push(net as u32);
            }
        }
        let mut annealer = Self {
            nodes,
            fabric,
            nets,
            x: vec![0.0; count],
            y: vec![0.0; count],
            lengths: Vec::new(),
            wire: 0.0,
            squares: Squares::new(nodes, fabric, &mut rng),
            boards,
            rng,
            temperature: 0.0,
            reach: 1.0,
            taken: 1.0,
            history: Vec::new(),
            changed: Vec::new(),
            seen: vec![0; nodes.nets.len()],
            stamp: 0,
        };
        for node in 0..count {
            annealer.put(node);
        }
        annealer.lengths = (0..nodes.nets.len()).map(|net| annealer.length(net)).collect();
        annealer.wire = annealer.lengths.iter().sum();
        annealer.heat();
        Ok(annealer)
    }

    /// Length of all nets, in tiles.
    pub fn wire(&self) -> f64 {
        self.wire
    }

    /// Temperature of the last moves.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// Share of the last moves that were taken.
    pub fn taken(&self) -> f64 {
        self.taken
    }

    /// nextpnr's name of a block's place; none for clusters.
    pub fn site(&self, node: usize) -> Option<String> {
        self.boards.iter().find_map(|board| Some(board.sites[board.site_of[node]?].name.clone()))
    }

    /// So many moves of each node, then a lower temperature; whether nothing more comes of it.
    pub fn cool(&mut self, moves: usize) -> bool {
        let all = (moves * self.nodes.kinds.len()).max(1);
        let taken = (0..all).filter(|_| self.step()).count();
        self.taken = taken as f64 / all as f64;
        self.temperature *= match self.taken {
            taken if taken > 0.96 => 0.5,
            taken if taken > 0.8 => 0.9,
            taken if taken > 0.15 => 0.95,
            _ => 0.8,
        };
        self.reach = (self.reach * (1.0 - WANTED + self.taken)).clamp(SHORTEST, 1.0);
        self.history.push(self.wire);
        let then = self.history.len().checked_sub(PATIENCE + 1).map(|at| self.history[at]);
        let settled = then.is_some_and(|then| then - self.wire < FROZEN * then && self.reach <= SHORTEST);
        settled || self.temperature * self.nodes.nets.len() as f64 <= COLD * self.wire
    }

    /// A temperature at which nearly all moves are taken: five times what one changes, as a standard deviation.
    fn heat(&mut self) {
        self.temperature = f64::INFINITY;
        let moves = 2000;
        let mut squares = 0.0;
        for _ in 0..moves {
            let before = self.wire;
            self.step();
            squares += (self.wire - before).powi(2);
        }
        self.temperature = 5.0 * (squares / f64::from(moves)).sqrt();
    }

    /// Tries a move; whether it was taken.
    fn step(&mut self) -> bool {
        if self.nodes.kinds.is_empty() {
            return false;
        }
        let board = usize::from(self.rng.bool());
        if !self.boards[board].blocks.is_empty() && self.rng.f64() < OF_BLOCKS {
            return self.move_block(board);
        }
        let node = self.rng.usize(..self.nodes.kinds.len());
        match self.nodes.kinds[node] {
            None => self.move_cluster(node),
            Some(kind) => self.move_block(usize::from(kind == Kind::Multiplier)),
        }
    }

    /// A block to another site, whose block, if it has one, comes back.
    fn move_block(&mut self, board: usize) -> bool {
        let (width, height) = (self.fabric.width as f64 * self.reach, self.fabric.height as f64 * self.reach);
        let there = &self.boards[board];
        let block = there.blocks[self.rng.usize(..there.blocks.len())];
        let Some(from) = there.site_of[block] else { return false };
        let near = |to: usize| {
            let (a, b) = (&there.sites[from], &there.sites[to]);
            a.x.abs_diff(b.x) as f64 <= width.max(SIDE as f64) && a.y.abs_diff(b.y) as f64 <= height.max(ROWS_APART)
        };
        let Some(to) = (0..30).map(|_| self.rng.usize(..there.sites.len())).find(|&to| to != from && near(to)) else {
            return false;
        };
        let other = there.occupant[to];
        self.boards[board].swap(from, to);
        self.put(block);
        if let Some(other) = other {
            self.put(other);
        }
        if self.accept(block, other) {
            return true;
        }
        self.boards[board].swap(from, to);
        self.put(block);
        if let Some(other) = other {
            self.put(other);
        }
        false
    }

    /// A cluster to another square, or for another one there, where there is no room.
    fn move_cluster(&mut self, node: usize) -> bool {
        let from = self.squares.of_node[node];
        let Some(to) = self.squares.near(from, self.reach, &mut self.rng) else { return false };
        let area = self.nodes.areas[node];
        let mut other = None;
        if self.squares.used[to] + area > self.squares.room {
            let members = &self.squares.members[to];
            if members.is_empty() {
                return false;
            }
            let back = members[self.rng.usize(..members.len())];
            let more = area - self.nodes.areas[back];
            if self.squares.used[to] + more > self.squares.room || self.squares.used[from] - more > self.squares.room {
                return false;
            }
            other = Some(back);
        }
        self.squares.of_node[node] = to;
        self.put(node);
        if let Some(other) = other {
            self.squares.of_node[other] = from;
            self.put(other);
        }
        if self.accept(node, other) {
            self.squares.relocate(node, area, from, to);
            if let Some(other) = other {
                self.squares.relocate(other, self.nodes.areas[other], to, from);
            }
            return true;
        }
        self.squares.of_node[node] = from;
        self.put(node);
        if let Some(other) = other {
            self.squares.of_node[other] = to;
            self.put(other);
        }
        false
    }

    /// Whether what has been moved stays where it is now; the lengths follow if so.
    fn accept(&mut self, node: usize, other: Option<usize>) -> bool {
        self.stamp = self.stamp.wrapping_add(1);
        self.changed.clear();
        let mut more = 0.0;
        for node in std::iter::once(node).chain(other) {
            for &net in &self.nets[node] {
                if self.seen[net as usize] != self.stamp {
                    self.seen[net as usize] = self.stamp;
                    let length = self.length(net as usize);
                    more += length - self.lengths[net as usize];
                    self.changed.push((net, length));
                }
            }
        }
        if more > 0.0 && self.rng.f64() >= (-more / self.temperature).exp() {
            return false;
        }
        for &(net, length) in &self.changed {
            self.lengths[net as usize] = length;
        }
        self.wire += more;
        true
    }

    /// Takes over where a node is.
    fn put(&mut self, node: usize) {
        let site = self.boards.iter().find_map(|board| Some(&board.sites[board.site_of[node]?]));
        (self.x[node], self.y[node]) = match site {
            Some(site) => (site.x as f32, site.y as f32),
            None => self.squares.centre(self.squares.of_node[node]),
        };
    }

    /// Half the perimeter around a net, times its weight.
    fn length(&self, net: usize) -> f64 {
        let (members, weight) = &self.nodes.nets[net];
        let mut low = [f32::INFINITY; 2];
        let mut high = [f32::NEG_INFINITY; 2];
        for &node in members {
            let (x, y) = (self.x[node], self.y[node]);
            low = [low[0].min(x), low[1].min(y)];
            high = [high[0].max(x), high[1].max(y)];
        }
        weight * f64::from(high[0] - low[0] + high[1] - low[1])
    }
}

impl Squares {
    /// Every cluster in a square with room for it.
    fn new(nodes: &Nodes, fabric: &Fabric, rng: &mut Rng) -> Self {
        let (columns, rows) = (fabric.width / SIDE, fabric.height / SIDE);
        let all: f64 = nodes.areas.iter().sum();
        // a design that takes more than the device is nextpnr's to refuse
        let room = ROOM.max(1.1 * all / (columns * rows) as f64 + nodes.areas.iter().copied().fold(0.0, f64::max));
        let mut squares = Self {
            columns,
            rows,
            room,
            used: vec![0.0; columns * rows],
            members: vec![Vec::new(); columns * rows],
            of_node: vec![0; nodes.kinds.len()],
        };
        for (node, kind) in nodes.kinds.iter().enumerate() {
            if kind.is_none() {
                let area = nodes.areas[node];
                let mut square = rng.usize(..columns * rows);
                while squares.used[square] + area > room {
                    square = (square + 1) % (columns * rows);
                }
                squares.of_node[node] = square;
                squares.used[square] += area;
                squares.members[square].push(node);
            }
        }
        squares
    }

    fn centre(&self, square: usize) -> (f32, f32) {
        let at = |index: usize| (index * SIDE) as f32 + (SIDE + 1) as f32 / 2.0;
        (at(square % self.columns), at(square / self.columns))
    }

    /// Another square within reach; none where the device ends.
    fn near(&self, square: usize, reach: f64, rng: &mut Rng) -> Option<usize> {
        let mut at = |from: usize, count: usize| {
            let far = ((reach * count as f64) as usize).max(1);
            let to = (from + rng.usize(..=2 * far)).checked_sub(far)?;
            (to < count).then_some(to)
        };
        let column = at(square % self.columns, self.columns)?;
        let row = at(square / self.columns, self.rows)?;
        let to = row * self.columns + column;
        (to != square).then_some(to)
    }

    fn relocate(&mut self, node: usize, area: f64, from: usize, to: usize) {
        self.used[from] -= area;
        self.used[to] += area;
        self.members[from].retain(|&member| member != node);
        self.members[to].push(node);
    }
}

impl Board {
    fn new(nodes: &Nodes, fabric: &Fabric, kind: Kind) -> Self {
        let sites = fabric.sites(kind);
        let blocks = (0..nodes.kinds.len()).filter(|&node| nodes.kinds[node] == Some(kind)).collect();
        Self { occupant: vec![None; sites.len()], blocks, site_of: vec![None; nodes.kinds.len()], sites }
    }

    /// Exchanges whatever is on two sites.
    fn swap(&mut self, a: usize, b: usize) {
        self.occupant.swap(a, b);
        for site in [a, b] {
            if let Some(block) = self.occupant[site] {
                self.site_of[block] = Some(site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of block RAMs and multipliers with a cluster between any two neighbours.
    fn ring() -> Nodes {
        let mut nodes = Nodes::default();
        for i in 0..40 {
            nodes.kinds.extend([Some(if i % 2 == 0 { Kind::Ram } else { Kind::Multiplier }), None]);
            nodes.areas.extend([0.0, 20.0]);
        }
        let count = nodes.kinds.len();
        nodes.nets = (0..count).map(|node| (vec![node, (node + 1) % count], 8.0)).collect();
        nodes.of_cell = (0..count).collect();
        nodes
    }

    #[test]
    fn every_block_has_a_site_of_its_own_and_the_wires_get_short() {
        let nodes = ring();
        let fabric = Fabric::of(&["--25k".to_owned()]).unwrap();
        let mut annealer = Annealer::new(&nodes, &fabric, 1).unwrap();
        let random = annealer.wire();
        while !annealer.cool(100) {}
        assert!(annealer.wire() < 0.5 * random, "{} of {random}", annealer.wire());
        let kept: f64 = (0..nodes.nets.len()).map(|net| annealer.length(net)).sum();
        assert!((annealer.wire() - kept).abs() < 1e-6 * kept, "the wire is not the sum of its nets");
        let mut sites: Vec<String> = (0..nodes.kinds.len()).filter_map(|node| annealer.site(node)).collect();
        assert_eq!(sites.len(), 40);
        sites.sort();
        sites.dedup();
        assert_eq!(sites.len(), 40, "two blocks on a site");
        for (square, members) in annealer.squares.members.iter().enumerate() {
            let used: f64 = members.iter().map(|&node| nodes.areas[node]).sum();
            assert!((used - annealer.squares.used[square]).abs() < 1e-6 && used <= annealer.squares.room);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_places() {
        let nodes = ring();
        let fabric = Fabric::of(&["--45k".to_owned()]).unwrap();
        let places = |seed| {
            let mut annealer = Annealer::new(&nodes, &fabric, seed).unwrap();
            (0..5).for_each(|_| _ = annealer.cool(10));
            (0..nodes.kinds.len()).map(|node| annealer.site(node)).collect::<Vec<_>>()
        };
        assert_eq!(places(3), places(3));
        assert_ne!(places(3), places(4));
    }

    #[test]
    fn where_most_moves_change_nothing_it_ends_too() {
        let alone = Nodes { kinds: vec![Some(Kind::Ram); 40], areas: vec![0.0; 40], ..Nodes::default() };
        let few_nets = Nodes { nets: vec![(vec![0, 1], 1.0)], ..alone.clone() };
        let fabric = Fabric::of(&["--25k".to_owned()]).unwrap();
        for nodes in [alone, few_nets, Nodes::default()] {
            let mut annealer = Annealer::new(&nodes, &fabric, 1).unwrap();
            assert!((0..1000).any(|_| annealer.cool(10)));
        }
    }

    #[test]
    fn more_blocks_than_sites_are_refused() {
        let nodes = Nodes { kinds: vec![Some(Kind::Multiplier); 29], areas: vec![0.0; 29], ..Nodes::default() };
        let fabric = Fabric::of(&["--25k".to_owned()]).unwrap();
        assert_eq!(Annealer::new(&nodes, &fabric, 1).err().as_deref(), Some("29 blocks for 28 sites"));
    }
}
