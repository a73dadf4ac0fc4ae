//! Counts of (label, prediction), and the measures that follow from them.

use serde::Serialize;
use std::ops::AddAssign;

/// The label value of a pixel that counts nowhere.
pub const VOID: u8 = 255;

/// A confusion matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// `counts[label·C + prediction]`, pixels.
    counts: Vec<u64>,
}

impl Confusion {
    /// All zero, for `classes` classes.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts the pixels of a map of `classes` classes.
    ///
    /// # Panics
    /// If label or prediction is no class.
    pub fn of(labels: &[u8], map: &[u8], classes: usize) -> Self {
        let mut matrix = Self::new(classes);
        labels.iter().zip(map).for_each(|(&label, &class)| matrix.add(label, class));
        matrix
    }

    /// Counts one pixel; a void label does not count.
    ///
    /// # Panics
    /// If label or prediction is no class.
    #[inline]
    pub fn add(&mut self, label: u8, prediction: u8) {
        if label != VOID {
            assert!(usize::from(prediction) < self.classes, "a class");
            self.counts[usize::from(label) * self.classes + usize::from(prediction)] += 1;
        }
    }

    /// Intersection over union of each class; `None` where neither label nor prediction has it.
    pub fn ious(&self) -> Vec<Option<f64>> {
        let iou = |class: usize| {
            let hit = self.counts[class * self.classes + class];
            let labelled: u64 = self.counts[class * self.classes..][..self.classes].iter().sum();
            let predicted: u64 = self.counts.iter().skip(class).step_by(self.classes).sum();
            let union = labelled + predicted - hit;
            (union > 0).then(|| hit as f64 / union as f64)
        };
        (0..self.classes).map(iou).collect()
    }

    /// Mean of [`Confusion::ious`] over the classes that occur; 0 if none does.
    pub fn mean_iou(&self) -> f64 {
        let ious: Vec<f64> = self.ious().into_iter().flatten().collect();
        ious.iter().sum::<f64>() / ious.len().max(1) as f64
    }

    /// Share of the labelled pixels whose class is right; 0 if none is labelled.
    pub fn pixel_accuracy(&self) -> f64 {
        let right: u64 = self.counts.iter().step_by(self.classes + 1).sum();
        right as f64 / self.pixels().max(1) as f64
    }

    /// Labelled pixels.
    pub fn pixels(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// `[label][prediction]`.
    pub fn rows(&self) -> Vec<Vec<u64>> {
        self.counts.chunks_exact(self.classes).map(<[u64]>::to_vec).collect()
    }
}

impl AddAssign<&Confusion> for Confusion {
    fn add_assign(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
    }
}

/// What a confusion matrix says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Mean intersection over union, 0…1, over the classes that occur.
    pub miou: f64,
    /// Share of the labelled pixels whose class is right, 0…1.
    pub pixel_accuracy: f64,
    /// Of each class; null where neither label nor prediction has it.
    pub iou: Vec<Option<f64>>,
    /// Pixels `[label][prediction]`.
    pub confusion: Vec<Vec<u64>>,
}

impl From<&Confusion> for Score {
    fn from(matrix: &Confusion) -> Self {
        Self {
            miou: matrix.mean_iou(),
            pixel_accuracy: matrix.pixel_accuracy(),
            iou: matrix.ious(),
            confusion: matrix.rows(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_does_not_count_and_absent_classes_do_not_average() {
        let mut matrix = Confusion::new(9);
        for (prediction, label) in [(0, 0), (1, 0), (1, 1), (1, VOID)] {
            matrix.add(label, prediction);
        }
        assert_eq!(matrix.pixels(), 3);
        assert!((matrix.pixel_accuracy() - 2.0 / 3.0).abs() < 1e-12);
        // Class 0: one of two pixels; class 1: one of two.
        assert_eq!(matrix.ious()[..3], [Some(0.5), Some(0.5), None]);
        assert!((matrix.mean_iou() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn sums_are_of_pixels_and_not_of_ratios() {
        let (mut a, mut b) = (Confusion::new(2), Confusion::new(2));
        (0..3).for_each(|_| a.add(0, 0));
        b.add(0, 1);
        a += &b;
        assert_eq!(a.rows(), [[3, 1], [0, 0]]);
        assert_eq!(a.ious(), [Some(0.75), Some(0.0)]);
    }

    #[test]
    fn nothing_labelled_is_nought() {
        let matrix = Confusion::new(3);
        assert!(matrix.mean_iou().abs() < 1e-12 && matrix.pixel_accuracy().abs() < 1e-12);
    }
}
