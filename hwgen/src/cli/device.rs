//! Devices by their names on the command line.

use super::error::CliError;
use hwgen_core::Device;
use hwgen_core::device::devices;

/// Refuses a device that is not the board's.
pub fn agree(device: &str, board: &str, wanted: &str) -> Result<(), CliError> {
    if device == wanted {
        return Ok(());
    }
    Err(CliError::OtherDevice { got: device.to_owned(), board: board.to_owned(), wanted: wanted.to_owned() })
}

/// The device of this name.
pub fn named_device(name: &str) -> Result<Device, CliError> {
    let all = devices();
    let known = all.iter().map(|device| device.name.clone()).collect::<Vec<_>>().join(", ");
    all.into_iter().find(|device| device.name == name).ok_or(CliError::Device { got: name.to_owned(), known })
}
