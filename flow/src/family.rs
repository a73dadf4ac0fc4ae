//! What differs between families of devices: programs, their arguments, the names of cells and sites.

use super::tools::Tool;
use serde::Serialize;

/// A family with an open flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Lattice ECP5 (Project Trellis).
    Ecp5,
    /// Lattice Nexus (Project Oxide).
    Nexus,
}

/// Names of nextpnr's sites for LUTs, flip-flops, multipliers and block RAMs; none where a site is part of another.
pub type Sites = [Option<&'static str>; 4];

/// Between the mapping of memories and that of gates: block RAMs of an ECP5 all of whose outputs go to bits of output
/// registers (`hwg_ecp5_outreg`) take these bits in; the others become flip-flops (docs/adr/0018).
const OUTPUT_REGISTERS: &str = "opt_clean; splitnets t:DP16KD %co1; select -set bits t:hwg_ecp5_outreg; \
    select -set blocks @bits %ci2 t:DP16KD %i; select -set others @blocks %co2 @blocks %d @bits %d c:* %i; \
    select -set whole @blocks @others %ci2 %d; select -set merged @whole %co2 @bits %i; \
    chtype -set hwg_registered_dp16kd @whole; chtype -set hwg_merged_outreg @merged; \
    techmap -map rtl/tech/ecp5/ecp5_map.v; setattr -mod -unset keep_hierarchy hwg_ecp5_outreg; flatten; opt_clean";

/// Where an emitted folder has the technology layer of no family in particular.
const GENERIC: &str = "rtl/tech/generic/";

impl Family {
    /// The command of Yosys that reads a design: files of the technology layer in the family's own form (docs/adr/0018).
    pub fn reading(self, sources: &str) -> String {
        format!("read_verilog -sv -defer {}", sources.replace(GENERIC, self.technology()))
    }

    /// Where an emitted folder has the technology layer for the family.
    pub fn technology(self) -> &'static str {
        match self {
            Self::Ecp5 => "rtl/tech/ecp5/",
            Self::Nexus => GENERIC,
        }
    }

    /// The synthesis commands of Yosys for a top module; the last takes further options, such as `-json`.
    ///
    /// For the ECP5 the mapping to LUTs is told what a wire takes, in ps: Yosys assumes 300 (docs/adr/0016). Run in an
    /// emitted folder: `ecp5_map.v` is read there.
    pub fn synthesis(self, top: &str) -> String {
        match self {
            Self::Ecp5 => format!(
                "synth_ecp5 -abc9 -top {top} -run begin:map_gates; {OUTPUT_REGISTERS}; \
                 synth_ecp5 -abc9 -run map_gates:map_luts; abc9 -W 1000; clean; synth_ecp5 -abc9 -run map_cells:"
            ),
            // abc9, which Yosys would take, ties the begin of a carry chain to a constant, and nextpnr does not take that
            // (Yosys issue 4081).
            Self::Nexus => format!(
                "synth_nexus -family lifcl -top {top} -run begin:map_luts; abc -lut 4:5 -dress; clean; \
                 synth_nexus -family lifcl -run map_cells:"
            ),
        }
    }

    /// Place and route.
    pub fn nextpnr(self) -> Tool {
        match self {
            Self::Ecp5 => Tool::NextpnrEcp5,
            Self::Nexus => Tool::NextpnrNexus,
        }
    }

    /// Its arguments for the result, and for pins: those of a file, or any.
    pub fn place_and_route(self, result: &str, pins: Option<&str>) -> Vec<String> {
        let (output, file, any): (_, _, &[&str]) = match self {
            Self::Ecp5 => ("--textcfg", "--lpf", &["--lpf-allow-unconstrained"]),
            Self::Nexus => ("--fasm", "--pdc", &[]),
        };
        let mut arguments = vec![output, result];
        match pins {
            Some(pins) => arguments.extend([file, pins]),
            None => arguments.extend(any),
        }
        arguments.into_iter().map(str::to_owned).collect()
    }

    /// Name of the program that makes the bitstream, the program, and its arguments.
    pub fn packing(self, result: &str, bitstream: &str) -> (&'static str, Tool, Vec<String>) {
        let (name, tool, first) = match self {
            Self::Ecp5 => ("ecppack", Tool::Ecppack, Some("--compress")),
            Self::Nexus => ("prjoxide", Tool::Prjoxide, Some("pack")),
        };
        (name, tool, first.into_iter().chain([result, bitstream]).map(str::to_owned).collect())
    }

    /// How nextpnr names what a design takes.
    pub fn sites(self) -> Sites {
        match self {
            Self::Ecp5 => [Some("TRELLIS_COMB"), Some("TRELLIS_FF"), Some("MULT18X18D"), Some("DP16KD")],
            Self::Nexus => [Some("OXIDE_COMB"), Some("OXIDE_FF"), Some("MULT18_CORE"), Some("OXIDE_EBR")],
        }
    }
}
