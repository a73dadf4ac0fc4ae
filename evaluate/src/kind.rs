//! The layouts of data sets that are known.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// A layout of files with the meaning of its label values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `SegNet`'s: `val/NAME.png` and `valannot/NAME.png`; 0…10, 11 void.
    Camvid,
    /// `leftImg8bit/val/CITY/X_leftImg8bit.png` and `gtFine/val/CITY/X_gtFine_labelIds.png`; ids 0…33, 255.
    Cityscapes,
    /// Two folders of equal names; 0…C − 1, 255 void.
    #[default]
    Plain,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Camvid => "camvid",
            Self::Cityscapes => "cityscapes",
            Self::Plain => "plain",
        })
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Camvid, Self::Cityscapes, Self::Plain]
            .into_iter()
            .find(|kind| kind.to_string() == text)
            .ok_or_else(|| format!("`{text}` is unknown, wanted camvid, cityscapes or plain"))
    }
}
