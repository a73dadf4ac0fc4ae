//! The constraints of a board in the form of nextpnr-ecp5: where each port of its top is, and the oscillator's rate.

use std::fmt::Write;

use crate::board::Board;
use hwgen_core::pins::{Level, Pin};

/// Text of the LPF file.
pub fn lpf(board: &Board) -> String {
    let mut text = format!("# {}: the pins of itnet_board.sv\n", board.title);
    let mut place = |port: &str, pin: &Pin| {
        let pull = match pin.pull {
            Some(Level::High) => " PULLMODE=UP",
            Some(Level::Low) => " PULLMODE=DOWN",
            None => " PULLMODE=NONE",
        };
        let _ = writeln!(text, "LOCATE COMP \"{port}\" SITE \"{}\";", pin.site);
        let _ = writeln!(text, "IOBUF PORT \"{port}\" IO_TYPE={}{pull};", pin.io);
    };
    place("osc", &board.clock.pin);
    if let Some(button) = &board.reset {
        place("reset_button", &button.pin);
    }
    place("uart_rx", &board.uart.rx);
    place("uart_tx", &board.uart.tx);
    for (i, pin) in board.leds.pins.iter().enumerate() {
        place(&format!("led[{i}]"), pin);
    }
    for (i, pin) in board.high.iter().enumerate() {
        place(&format!("high[{i}]"), pin);
    }
    let _ = writeln!(text, "FREQUENCY PORT \"osc\" {} MHZ;", board.clock.mhz);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::boards;

    #[test]
    fn every_pin_is_placed() {
        let text = lpf(&boards()[0]);
        assert!(
            text.contains("LOCATE COMP \"osc\" SITE \"G2\";\nIOBUF PORT \"osc\" IO_TYPE=LVCMOS33 PULLMODE=NONE;\n")
        );
        assert!(text.contains("LOCATE COMP \"reset_button\" SITE \"R1\";\n"));
        assert!(text.contains("LOCATE COMP \"led[3]\" SITE \"D2\";\n"));
        assert!(text.contains("LOCATE COMP \"high[0]\" SITE \"L2\";\n"));
        assert!(text.ends_with("FREQUENCY PORT \"osc\" 25 MHZ;\n"));
    }
}
