//! One network with its hardware.

use crate::bits::WIDTHS;
use hwgen_core::interface::Interface;
use hwgen_core::plan::{AxiWidth, Feedback};
use hwgen_network::{Description, Mixing, Normalisation, PixelDomain, Preset, WeightSets};
use hwgen_quantize::Bits;
use std::fmt::Write;

/// A point of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The network.
    pub description: Description,
    /// Its bit widths.
    pub bits: Bits,
    /// The widths that the grid names, as indices of [`WIDTHS`] with the value.
    pub named_bits: Vec<(usize, u32)>,
    /// Budget of multipliers.
    pub multipliers: usize,
    /// Pixels that a weight works on in the same cycle, if the grid says so.
    pub pixels_per_cycle: Option<usize>,
    /// Pixels of a beat of the video streams.
    pub pixels_per_beat: usize,
    /// Where the state goes between iterations.
    pub feedback: Feedback,
    /// Name of the device, if there is one.
    pub device: Option<String>,
}

/// Weight sets as flags and files have them.
pub fn weight_sets(sets: &WeightSets) -> String {
    match sets {
        WeightSets::Shared => "shared".to_owned(),
        WeightSets::Independent => "independent".to_owned(),
        WeightSets::Map(map) => map.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
    }
}

/// Outputs as flags and files have them.
pub fn outputs(description: &Description) -> String {
    if description.outputs.len() == description.iterations as usize {
        return "all".to_owned();
    }
    description.outputs.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// The mixing as flags and files have it.
pub const fn mixing(mixing: Mixing) -> &'static str {
    match mixing {
        Mixing::CoarseToFine => "coarse_to_fine",
        Mixing::Bidirectional => "bidirectional",
    }
}

/// The domain of pixels as flags and files have it.
pub const fn pixels(pixels: PixelDomain) -> &'static str {
    match pixels {
        PixelDomain::Unit => "unit",
        PixelDomain::Symmetric => "symmetric",
    }
}

/// The place of the batch norm as flags and files have it.
pub const fn normalisation(normalisation: Normalisation) -> &'static str {
    match normalisation {
        Normalisation::Iterations => "iterations",
        Normalisation::Convolutions => "convolutions",
    }
}

/// Where the state goes as flags and files have it.
pub fn feedback(text: &str) -> Option<Feedback> {
    [Feedback::Onchip, Feedback::Stream, Feedback::Axi(AxiWidth::default())].into_iter().find(|f| f.kind() == text)
}

impl Point {
    /// Its ports.
    pub fn interface(&self) -> Interface {
        Interface { feedback: self.feedback, beat: self.pixels_per_beat }
    }

    /// The command that emits it: what differs from the paper's network, and the hardware.
    pub fn command(&self) -> String {
        let (d, paper) = (&self.description, Preset::Paper.description());
        let mut text = "hwgen emit".to_owned();
        let mut flag = |name: &str, differs: bool, value: String| {
            if differs {
                let _ = write!(text, " {name} {value}");
            }
        };
        flag("--width", d.width != paper.width, d.width.to_string());
        flag("--scales", d.scales != paper.scales, d.scales.to_string());
        flag("--iterations", d.iterations != paper.iterations, d.iterations.to_string());
        flag("--blocks", d.blocks != paper.blocks, d.blocks.to_string());
        flag("--expansion", d.expansion != paper.expansion, d.expansion.to_string());
        flag("--classes", d.classes != paper.classes, d.classes.to_string());
        flag("--image-size", d.image != paper.image, format!("{}x{}", d.image.width, d.image.height));
        flag("--outputs", d.outputs.len() != d.iterations as usize, outputs(d));
        flag("--weight-sets", d.weight_sets != paper.weight_sets, weight_sets(&d.weight_sets));
        flag("--mixing", d.mixing != paper.mixing, mixing(d.mixing).to_owned());
        flag("--pixels", d.pixels != paper.pixels, pixels(d.pixels).to_owned());
        flag("--normalisation", d.normalisation != paper.normalisation, normalisation(d.normalisation).to_owned());
        for &(index, value) in &self.named_bits {
            flag(WIDTHS[index].flag, true, value.to_string());
        }
        flag("--multipliers", true, self.multipliers.to_string());
        if let Some(pixels) = self.pixels_per_cycle {
            flag("--pixels-per-cycle", true, pixels.to_string());
        }
        flag("--pixels-per-beat", self.pixels_per_beat != 1, self.pixels_per_beat.to_string());
        flag("--feedback", self.feedback != Feedback::Onchip, self.feedback.kind().to_owned());
        if let Some(device) = &self.device {
            flag("--device", true, device.clone());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_say_what_differs() {
        let mut description = Preset::Paper.description();
        description.width = 29;
        description.weight_sets = WeightSets::Independent;
        description.outputs = vec![1, 16];
        let point = Point {
            description,
            bits: Bits::default(),
            named_bits: vec![(0, 4)],
            multipliers: 128,
            pixels_per_cycle: Some(2),
            pixels_per_beat: 4,
            feedback: Feedback::Axi(AxiWidth::default()),
            device: Some("ecp5-85k".to_owned()),
        };
        let wanted = "hwgen emit --width 29 --outputs 1,16 --weight-sets independent --weight-bits 4 --multipliers 128 \
                      --pixels-per-cycle 2 --pixels-per-beat 4 --feedback axi --device ecp5-85k";
        assert_eq!(point.command(), wanted);
    }
}
