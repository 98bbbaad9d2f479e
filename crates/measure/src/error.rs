use std::path::PathBuf;

/// What can go wrong between texts and a comparison.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} cannot be read: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{name} is no table of readings: {reason}")]
    NotReadings { name: String, reason: String },
    /// The features were changed since the file was made.
    #[error(
        "{name} was made with other features ({found}) than this doggerel computes ({expected}): make it again{}",
        if *.shipped { " with `cargo xtask atlas`" } else { " with `doggerel read` or `doggerel atlas build`" }
    )]
    Stale { name: String, found: String, expected: String, shipped: bool },
    #[error("no reference is called {0:?}: give `human`, or the path of a file")]
    UnknownReference(String),
    #[error("most texts of {samples} are no verse, and {reference} holds poems")]
    OtherKind { samples: String, reference: String },
    /// A rule of the gate that says nothing.
    #[error("{rule:?} is no rule: {reason}")]
    BadRule { rule: String, reason: String },
    /// A comparison of sets wants two.
    #[error("one set alone cannot be compared")]
    OneSet,
    #[error("{0} holds no text")]
    NoTexts(String),
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
}
