//! Where the block RAMs and multipliers of an ECP5 lie. As nextpnr 0.11 names their sites; read off a placement of as many of
//! each as there are.

use super::graph::Kind;

/// A device as far as the places of its blocks go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fabric {
    /// Columns of tiles.
    pub width: usize,
    /// Rows of tiles.
    pub height: usize,
    /// Columns where a group of four block RAMs, or of four multipliers, begins.
    groups: &'static [usize],
    /// Rows of block RAMs.
    ram_rows: &'static [usize],
    /// Rows of multipliers.
    multiplier_rows: &'static [usize],
}

/// LFE5U-25F and its like.
const SMALL: Fabric =
    Fabric { width: 72, height: 50, groups: &[4, 13, 22, 33, 42, 51, 60], ram_rows: &[25, 37], multiplier_rows: &[13] };
/// LFE5U-45F.
const MIDDLE: Fabric = Fabric {
    width: 90,
    height: 71,
    groups: &[4, 13, 22, 31, 42, 51, 60, 69, 78],
    ram_rows: &[10, 34, 58],
    multiplier_rows: &[22, 46],
};
/// LFE5U-85F.
const LARGE: Fabric = Fabric {
    width: 126,
    height: 95,
    groups: &[4, 13, 22, 31, 40, 49, 58, 69, 78, 87, 96, 105, 114],
    ram_rows: &[22, 46, 70, 82],
    multiplier_rows: &[10, 34, 58],
};

/// Of the blocks of a group: columns from its first, and what their sites are called there.
const RAMS: [(usize, &str); 4] = [(0, "EBR0"), (2, "EBR1"), (4, "EBR2"), (6, "EBR3")];
const MULTIPLIERS: [(usize, &str); 4] = [(0, "MULT18_0"), (1, "MULT18_1"), (4, "MULT18_4"), (5, "MULT18_5")];

/// A place for a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// nextpnr's name.
    pub name: String,
    /// Column.
    pub x: usize,
    /// Row.
    pub y: usize,
}

impl Fabric {
    /// That of the device which an argument of nextpnr names, such as `--85k`; none for what is not known.
    pub fn of(arguments: &[String]) -> Option<Self> {
        let sized = |size: &str| {
            let names = [format!("--{size}"), format!("--um-{size}"), format!("--um5g-{size}")];
            arguments.iter().any(|argument| names.contains(argument))
        };
        [("12k", SMALL), ("25k", SMALL), ("45k", MIDDLE), ("85k", LARGE)]
            .into_iter()
            .find_map(|(size, fabric)| sized(size).then_some(fabric))
    }

    /// All sites for blocks of a kind.
    pub fn sites(&self, kind: Kind) -> Vec<Site> {
        let (rows, blocks) = match kind {
            Kind::Ram => (self.ram_rows, RAMS),
            Kind::Multiplier => (self.multiplier_rows, MULTIPLIERS),
        };
        let mut sites = Vec::new();
        for &y in rows {
            for &group in self.groups {
                for (column, block) in blocks {
                    let x = group + column;
                    sites.push(Site { name: format!("X{x}/Y{y}/{block}"), x, y });
                }
            }
        }
        sites
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_sites_as_the_devices_have_blocks() {
        for (argument, rams, multipliers) in [("--25k", 56, 28), ("--45k", 108, 72), ("--um5g-85k", 208, 156)] {
            let fabric = Fabric::of(&[argument.to_owned()]).expect("a known device");
            assert_eq!(fabric.sites(Kind::Ram).len(), rams, "{argument}");
            assert_eq!(fabric.sites(Kind::Multiplier).len(), multipliers, "{argument}");
        }
        assert_eq!(Fabric::of(&["--device".to_owned(), "LIFCL-40".to_owned()]), None);
    }
}
