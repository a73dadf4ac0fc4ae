//! How a command ends.

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Success,
    /// The command did its work, and what it checked is not so.
    CheckFailed,
}
