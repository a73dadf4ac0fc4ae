//! FPGA devices as data: `constraints/*.yaml`, carried in the program.
//!
//! Owns: what a device has. Leaves alone: boards and what a tool makes of a design.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::pins::Pin;

const FILES: [&str; 4] = [
    include_str!("../../constraints/ecp5-25k.yaml"),
    include_str!("../../constraints/ecp5-45k.yaml"),
    include_str!("../../constraints/ecp5-85k.yaml"),
    include_str!("../../constraints/nexus-lifcl40.yaml"),
];

/// Families of devices, by their open tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Lattice ECP5.
    Ecp5,
    /// Lattice Nexus.
    Nexus,
}

/// What a device offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Name on the command line.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// The vendor's part.
    pub part: String,
    /// DSP multipliers, 18×18.
    pub multipliers: usize,
    /// Block RAMs of 18 kbit.
    pub block_rams: usize,
    /// Four-input LUTs, and as many flip-flops.
    pub luts: usize,
    /// Arguments of nextpnr: device, a package with many pins, speed grade.
    pub nextpnr: Vec<String>,
    /// Pins for the ports of `itnet_pins`, where nextpnr does not choose them.
    #[serde(default)]
    pub pins: BTreeMap<String, Pin>,
}

/// All known devices.
///
/// # Panics
/// Never: a test reads every file.
pub fn devices() -> Vec<Device> {
    FILES.iter().map(|text| serde_yaml::from_str(text).expect("the files of constraints/ are valid")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_device() {
        let names: Vec<String> = devices().into_iter().map(|device| device.name).collect();
        assert_eq!(names, ["ecp5-25k", "ecp5-45k", "ecp5-85k", "nexus-lifcl40"]);
    }

    #[test]
    fn pins_are_named_where_nextpnr_wants_them() {
        for device in devices() {
            let ports: Vec<&str> = device.pins.keys().map(String::as_str).collect();
            let wanted: &[&str] = match device.family {
                Family::Nexus => &["capture", "clk", "rst_n", "shift_in", "shift_out"],
                Family::Ecp5 => &[],
            };
            assert_eq!(ports, wanted, "{}", device.name);
        }
    }
}
