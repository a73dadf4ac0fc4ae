//! Fields of a description as text, the same in flags and in files.
//!
//! Owns: `FromStr` of the types in `description`. Leaves alone: ranges (`validate`).

use crate::description::{Mixing, Normalisation, PixelDomain, Size, WeightSets};
use std::str::FromStr;
use thiserror::Error;

/// A field's text that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("got `{got}`, wanted {wanted}")]
pub struct ParseError {
    got: String,
    wanted: &'static str,
}

impl ParseError {
    fn new(got: &str, wanted: &'static str) -> Self {
        Self { got: got.to_owned(), wanted }
    }
}

/// Which iterations give an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// Every one.
    All,
    /// These.
    List(Vec<u32>),
}

impl Outputs {
    /// The set for `iterations` iterations.
    pub fn list(&self, iterations: u32) -> Vec<u32> {
        match self {
            Self::All => (1..=iterations).collect(),
            Self::List(list) => list.clone(),
        }
    }
}

impl FromStr for Outputs {
    type Err = ParseError;

    /// `all`, or numbers and ranges: `1,2,4-8`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new(text, "`all`, or iterations and ranges such as `1,2,4-8`");
        if text == "all" {
            return Ok(Self::All);
        }
        let mut list = Vec::new();
        for part in text.split(',') {
            let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
            match part.split_once('-') {
                None => list.push(number(part)?),
                Some((first, last)) => {
                    let (first, last) = (number(first)?, number(last)?);
                    // Far beyond any N: refused by range, not listed.
                    if last > 1000 || first > last {
                        return Err(wrong());
                    }
                    list.extend(first..=last);
                }
            }
        }
        Ok(Self::List(list))
    }
}

impl FromStr for Size {
    type Err = ParseError;

    /// `480x360`: width, then height.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let side = |text: &str| text.trim().parse().ok();
        let (width, height) = text.split_once(['x', 'X', '×']).unwrap_or_default();
        let (Some(width), Some(height)) = (side(width), side(height)) else {
            return Err(ParseError::new(text, "width and height in pixels, such as `480x360`"));
        };
        Ok(Self { width, height })
    }
}

impl FromStr for WeightSets {
    type Err = ParseError;

    /// `shared`, `independent`, or the set of each iteration: `0,0,1,1`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "shared" => Ok(Self::Shared),
            "independent" => Ok(Self::Independent),
            _ => {
                let sets: Result<_, _> = text.split(',').map(|set| set.trim().parse()).collect();
                let wanted = "`shared`, `independent`, or one set for each iteration such as `0,0,1,1`";
                sets.map(Self::Map).map_err(|_| ParseError::new(text, wanted))
            }
        }
    }
}

impl FromStr for Mixing {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text.replace('-', "_").as_str() {
            "coarse_to_fine" => Ok(Self::CoarseToFine),
            "bidirectional" => Ok(Self::Bidirectional),
            _ => Err(ParseError::new(text, "`coarse_to_fine` or `bidirectional`")),
        }
    }
}

impl FromStr for Normalisation {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "iterations" => Ok(Self::Iterations),
            "convolutions" => Ok(Self::Convolutions),
            _ => Err(ParseError::new(text, "`iterations` or `convolutions`")),
        }
    }
}

impl FromStr for PixelDomain {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "unit" => Ok(Self::Unit),
            "symmetric" => Ok(Self::Symmetric),
            _ => Err(ParseError::new(text, "`unit` or `symmetric`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_lists_and_ranges() {
        assert_eq!("1,2,4-6".parse(), Ok(Outputs::List(vec![1, 2, 4, 5, 6])));
        assert_eq!("all".parse::<Outputs>().expect("all").list(3), [1, 2, 3]);
        for text in ["", "1,,2", "4-2", "x", "1-4000000000"] {
            assert!(text.parse::<Outputs>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_and_sets() {
        assert_eq!("480x360".parse(), Ok(Size { width: 480, height: 360 }));
        assert!("480".parse::<Size>().is_err() && "480x-1".parse::<Size>().is_err());
        assert_eq!("0,0,1".parse(), Ok(WeightSets::Map(vec![0, 0, 1])));
        assert_eq!("coarse-to-fine".parse(), Ok(Mixing::CoarseToFine));
        let error = "both".parse::<Mixing>().expect_err("unknown");
        assert_eq!(error.to_string(), "got `both`, wanted `coarse_to_fine` or `bidirectional`");
    }
}
