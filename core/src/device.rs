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

/// The clock that a core may be expected to reach: that of one of ours, routed (docs/fpga.md).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedClock {
    /// Its rate.
    pub mhz: f64,
    /// The core that reached it, a file of docs/fpga.
    pub core: String,
    /// The device that it was routed on, which may be another one of the family.
    pub device: String,
}

/// What a device offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// What a core may be expected to reach.
    pub expected_clock: ExpectedClock,
    /// Arguments of nextpnr: device, a package with many pins, speed grade.
    pub nextpnr: Vec<String>,
    /// Pins for the ports of `itnet_pins`, where nextpnr does not choose them.
    #[serde(default)]
    pub pins: BTreeMap<String, Pin>,
}

impl Device {
    /// Where the expected clock comes from, in words.
    pub fn clock_from(&self) -> String {
        let ExpectedClock { core, device, .. } = &self.expected_clock;
        if *device == self.name {
            format!("which {core} reached when routed")
        } else {
            format!("which {core} reached on {device}; no core was routed on this device")
        }
    }
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
    fn expected_clocks_are_those_of_routed_cores() {
        let all = devices();
        for device in &all {
            let ExpectedClock { mhz, core, device: routed_on } = &device.expected_clock;
            let path = format!("{}/../docs/fpga/{core}.json", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).expect("a result of make bench-fpga");
            let result: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let target = &result["synth"]["target"];
            assert_eq!((target["device"].as_str(), target["board"].is_null()), (Some(routed_on.as_str()), true));
            // Another placement moves a clock by some percent, which is no reason to expect another.
            let reached = result["synth"]["fmax_mhz"].as_f64().expect("it was routed");
            assert!((reached / mhz - 1.0).abs() < 0.1, "{}: {core} reached {reached} MHz", device.name);
            let family = all.iter().find(|other| other.name == *routed_on).map(|other| other.family);
            assert_eq!(family, Some(device.family), "{}", device.name);
        }
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
