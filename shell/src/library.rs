//! The library modules that a core does not use and its surroundings do, carried in the program.

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../rtl/", $name)))),*]
    };
}

/// The modules of `rtl/` that surround a core.
const SHELL: &[(&str, &str)] = modules![
    "hwg_cdc_fifo.sv",
    "hwg_crc32.sv",
    "hwg_ecp5_pll.sv",
    "hwg_map_out.sv",
    "hwg_reset.sv",
    "hwg_row_in.sv",
    "hwg_serial.sv",
    "hwg_slip_rx.sv",
    "hwg_slip_tx.sv",
    "hwg_sync.sv",
    "hwg_uart_rx.sv",
    "hwg_uart_tx.sv",
];

/// Text of a module around the core.
///
/// # Panics
/// If there is none of that name: names are literals of the emitter.
pub fn module(name: &str) -> &'static str {
    SHELL.iter().find(|(known, _)| *known == name).expect("the library has the module").1
}
