use std::path::PathBuf;

use crate::genre::Genre;

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
    /// The vectors of content are of another embedder.
    #[error(
        "the texts of {name} were placed by another embedder ({found}) than this doggerel's ({expected}): make it again with `doggerel read` or `doggerel atlas build`"
    )]
    OtherEmbedder { name: String, found: String, expected: String },
    #[error("no reference is called {0:?}: give `human`, or the path of a file")]
    UnknownReference(String),
    /// `reason` says what the samples are, and what the reference holds.
    #[error("{reason}")]
    OtherKind { reason: String },
    #[error(
        "{} holds {} and {} holds {}: no one atlas holds both",
        sets[0].0, sets[0].1.texts(), sets[1].0, sets[1].1.texts()
    )]
    MixedGenres { sets: [(String, Genre); 2] },
    /// Weights over prompts that cannot be used with these samples.
    #[error("{name}: {reason}")]
    BadWeights { name: String, reason: String },
    /// A rule of the gate that says nothing.
    #[error("{rule:?} is no rule: {reason}")]
    BadRule { rule: String, reason: String },
    /// A comparison of sets wants two.
    #[error("one set alone cannot be compared")]
    OneSet,
    #[error("{0} holds no text")]
    NoTexts(String),
    /// Readings could not be written out.
    #[error("the readings cannot be written: {0}")]
    Write(std::io::Error),
    #[error(transparent)]
    Parquet(parquet::errors::ParquetError),
}

impl From<parquet::errors::ParquetError> for Error {
    fn from(error: parquet::errors::ParquetError) -> Self {
        match error {
            parquet::errors::ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(io) => Self::Write(*io),
                Err(other) => Self::Parquet(parquet::errors::ParquetError::External(other)),
            },
            other => Self::Parquet(other),
        }
    }
}
