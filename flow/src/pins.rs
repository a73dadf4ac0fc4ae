//! Where the ports of a design without a board are, for families whose nextpnr does not choose pins by itself.

use serde::Serialize;
use std::fmt::Write;

/// A port's pin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Port of the top module.
    pub port: String,
    /// Pin of the package.
    pub site: String,
    /// Input and output standard, such as `LVCMOS33`.
    pub io: String,
}

/// Pins as physical design constraints (PDC), in the commands that nextpnr-nexus knows.
pub fn pdc(pins: &[Pin]) -> String {
    let mut text = String::new();
    for Pin { port, site, io } in pins {
        let _ = writeln!(text, "ldc_set_location -site {{{site}}} [get_ports {port}]");
        let _ = writeln!(text, "ldc_set_port -iobuf {{IO_TYPE={io}}} [get_ports {port}]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_a_place_and_a_standard() {
        let pin = Pin { port: "clk".to_owned(), site: "L13".to_owned(), io: "LVCMOS33".to_owned() };
        let text =
            "ldc_set_location -site {L13} [get_ports clk]\nldc_set_port -iobuf {IO_TYPE=LVCMOS33} [get_ports clk]\n";
        assert_eq!(pdc(&[pin]), text);
    }
}
