//! What cannot be done, in one sentence, and the way forward.

use std::fmt;
use std::io;

/// Its display is the sentence; [`Error::help`] says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    sentence: String,
    help: Option<String>,
    failure: bool,
}

impl Error {
    /// What the person gave cannot be used.
    pub fn input(sentence: impl fmt::Display) -> Self {
        Self { sentence: sentence.to_string(), help: None, failure: false }
    }

    /// What was given is good, but the work could not be done.
    pub fn failed(sentence: impl fmt::Display) -> Self {
        Self { failure: true, ..Self::input(sentence) }
    }

    /// With the way forward, a sentence without a full stop.
    #[must_use]
    pub fn with_help(self, way: impl Into<String>) -> Self {
        Self { help: Some(way.into()), ..self }
    }

    /// The way forward.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// True where the machine failed and not the input.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.failure
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Error {}

impl From<corpus::Error> for Error {
    fn from(error: corpus::Error) -> Self {
        Self { sentence: error.to_string(), help: error.help(), failure: error.is_failure() }
    }
}

impl From<sampling::Error> for Error {
    fn from(error: sampling::Error) -> Self {
        Self { sentence: error.to_string(), help: error.help(), failure: error.is_failure() }
    }
}

impl From<sampling::SuiteError> for Error {
    fn from(error: sampling::SuiteError) -> Self {
        Self::input(&error).with_help(error.help)
    }
}

impl From<measure::Error> for Error {
    fn from(error: measure::Error) -> Self {
        match &error {
            measure::Error::UnknownReference(name) => Self::input(format!("there is no reference {name}"))
                .with_help("--against takes human, poetry, jokes or stories, or a file or folder of texts"),
            measure::Error::BadWeights { .. } => Self::input(error).with_help(
                "a file of weights has the fields prompt and weight; prompts as the records have them, weights of 0 (left out) and more",
            ),
            measure::Error::MixedGenres { .. } => Self::input(error)
                .with_help("compare sets of one kind; or name what all are held against: --against poetry, jokes, stories or a file"),
            measure::Error::BadRule { .. } => Self::input(error).with_help(
                "write MEASURE<LIMIT or MEASURE>LIMIT, such as 'reach<0.8', 'D<0.9', 'E<0.8', 'repeats.exact>0.05' or 'rhymed_share>0.95'",
            ),
            measure::Error::OneSet => Self::input(error)
                .with_help("give two or more; a folder with a file a checkpoint, or a base with --against"),
            measure::Error::OtherKind { .. } => Self::input(error)
                .with_help("give a set of texts like these, best to the same prompts: --against base.jsonl"),
            measure::Error::Write(error) if error.kind() == io::ErrorKind::StorageFull => {
                Self::failed("the readings could not be written: the disk is full")
                    .with_help("free some space, or write elsewhere")
            }
            measure::Error::Write(error) => Self::failed(format!("the readings could not be written: {}", plain(error))),
            measure::Error::Io { path, source } => {
                Self::failed(format!("{} cannot be read: {}", path.display(), plain(source)))
            }
            _ => Self::input(error),
        }
    }
}

/// The operating system's words without its number.
pub(crate) fn plain(error: &io::Error) -> String {
    let said = error.to_string();
    match said.split_once(" (os error") {
        Some((words, _)) => lower_first(words),
        None => said,
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
