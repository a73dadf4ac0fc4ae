//! Descriptions that have a name.

use crate::description::{Description, Mixing, Normalisation, PixelDomain, Size, WeightSets};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A named description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// The paper's shared-weights network on `CamVid`: f 51, L 3, N 16, K 1, t 6, 480×360, 11 classes, all outputs.
    #[default]
    Paper,
    /// The same with outputs 1, 2, 4, 8, 16.
    Camvid480,
    /// The same at 240×180.
    Camvid240,
    /// A network for continuous integration: f 8, L 3, N 4, 96×64, 9 classes, all outputs.
    Tiny,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 4] = [Self::Paper, Self::Camvid480, Self::Camvid240, Self::Tiny];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Camvid480 => "camvid-480",
            Self::Camvid240 => "camvid-240",
            Self::Tiny => "tiny",
        }
    }

    /// What the name stands for.
    pub fn description(self) -> Description {
        let paper = Description {
            width: 51,
            scales: 3,
            iterations: 16,
            blocks: 1,
            expansion: 6,
            classes: 11,
            image: Size { width: 480, height: 360 },
            outputs: (1..=16).collect(),
            weight_sets: WeightSets::Shared,
            mixing: Mixing::CoarseToFine,
            pixels: PixelDomain::Unit,
            normalisation: Normalisation::Iterations,
        };
        match self {
            Self::Paper => paper,
            Self::Camvid480 => Description { outputs: vec![1, 2, 4, 8, 16], ..paper },
            Self::Camvid240 => Description { image: Size { width: 240, height: 180 }, ..Self::Camvid480.description() },
            Self::Tiny => Description {
                width: 8,
                iterations: 4,
                classes: 9,
                image: Size { width: 96, height: 64 },
                outputs: vec![1, 2, 3, 4],
                ..paper
            },
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A preset name that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown preset `{0}`, wanted `paper`, `camvid-480`, `camvid-240` or `tiny`")]
pub struct UnknownPreset(String);

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Self, UnknownPreset> {
        Self::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| UnknownPreset(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for preset in Preset::ALL {
            assert_eq!(preset.name().parse(), Ok(preset));
        }
        assert!("papers".parse::<Preset>().is_err());
    }

    #[test]
    fn camvid_scales_have_the_sizes_of_the_page() {
        let d = Preset::Paper.description();
        let sizes: Vec<_> = (0..3).map(|l| (d.scale(l).width, d.scale(l).height)).collect();
        assert_eq!(sizes, [(60, 45), (30, 23), (15, 12)]);
    }
}
