//! What may be chosen of a core's ports: where the state goes, and how wide the video streams are.

use crate::feedback::Feedback;

/// Pixels that a beat of the video streams may have.
pub const BEATS: [usize; 3] = [1, 2, 4];

/// The ports, as far as there is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Where the state goes between iterations.
    pub feedback: Feedback,
    /// Pixels of a beat: of the image, and classes of the maps.
    pub beat: usize,
}

impl From<Feedback> for Interface {
    /// With one pixel a beat.
    fn from(feedback: Feedback) -> Self {
        Self { feedback, beat: 1 }
    }
}
