use std::path::PathBuf;

/// What can go wrong between a trainer and a number.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Measure(#[from] measure::Error),
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    /// Prompts and texts are paired by their place.
    #[error("{prompts} prompts were given for {texts} texts: give one prompt a text, or none at all")]
    Unpaired { prompts: usize, texts: usize },
    #[error("there is no text to measure: give at least one")]
    NoTexts,
    #[error("{0}")]
    BadOption(String),
    #[error(
        "{name} holds {n} texts that a reward could hold others against: give at least {least} of the kind that is asked for"
    )]
    SmallReference { name: String, n: usize, least: usize },
    #[error("content cannot be weighed against {name}, which holds no texts: give a file of texts, or content = 0")]
    NoContent { name: String },
    #[error("the snapshot cannot be used: {0}")]
    BadSnapshot(String),
    #[error("the snapshot {} is another server's", .0.display())]
    SnapshotInUse(PathBuf),
    #[error("{0} can be reached from other machines")]
    OpenAddress(std::net::SocketAddr),
    #[error("the server cannot have {at}: {source}")]
    Bind { at: String, source: std::io::Error },
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{} cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
}
