//! A colour for each class, for people to look at maps.

/// The `CamVid` palette of Badrinarayanan et al.: sky, building, pole, road, pavement, tree, sign, fence, car,
/// pedestrian, bicyclist.
const CAMVID: [[u8; 3]; 11] = [
    [128, 128, 128],
    [128, 0, 0],
    [192, 192, 128],
    [128, 64, 128],
    [60, 40, 222],
    [128, 128, 0],
    [192, 128, 128],
    [64, 64, 128],
    [64, 0, 128],
    [64, 64, 0],
    [0, 128, 192],
];

/// Colour of a class; beyond the palette, colours are spread by an odd multiple.
pub fn colour(class: u8) -> [u8; 3] {
    let spread = || {
        let hash = u32::from(class).wrapping_mul(0x9e37_79b1);
        [(hash >> 24) as u8, (hash >> 16) as u8, (hash >> 8) as u8]
    };
    CAMVID.get(usize::from(class)).copied().unwrap_or_else(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_colours_of_their_own() {
        let colours: std::collections::BTreeSet<_> = (0..=255).map(colour).collect();
        assert_eq!(colours.len(), 256);
    }
}
