//! How good a map is against its label.

use crate::run::Result;
use image::GrayImage;
use std::path::Path;

/// Share of right pixels, and intersection over union averaged over the classes that occur.
pub struct Score {
    pub accuracy: f64,
    pub miou: f64,
}

/// Compares two files of class indices; labels of `classes` and more are void.
pub fn score(map: &Path, label: &Path, classes: u8) -> Result<Score> {
    Ok(of(&image::open(map)?.into_luma8(), &image::open(label)?.into_luma8(), classes))
}

fn of(map: &GrayImage, label: &GrayImage, classes: u8) -> Score {
    let pairs = || map.pixels().zip(label.pixels()).map(|(m, l)| (m.0[0], l.0[0])).filter(|&(_, l)| l < classes);
    let count = |keep: &dyn Fn(u8, u8) -> bool| pairs().filter(|&(m, l)| keep(m, l)).count() as f64;
    let ious: Vec<f64> = (0..classes)
        .map(|class| (count(&|m, l| m == class && l == class), count(&|m, l| m == class || l == class)))
        .filter(|&(_, union)| union > 0.0)
        .map(|(both, union)| both / union)
        .collect();
    Score {
        accuracy: count(&|m, l| m == l) / count(&|_, _| true).max(1.0),
        miou: ious.iter().sum::<f64>() / ious.len().max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_does_not_count_and_absent_classes_do_not_average() {
        let image = |pixels: [u8; 4]| GrayImage::from_raw(2, 2, pixels.to_vec()).expect("four pixels");
        let score = of(&image([0, 1, 1, 1]), &image([0, 0, 1, 255]), 9);
        assert!((score.accuracy - 2.0 / 3.0).abs() < 1e-12);
        assert!((score.miou - 0.5).abs() < 1e-12);
    }
}
