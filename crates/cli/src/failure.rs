//! How a command ends when it cannot go on: one sentence, the way forward, and an exit code.

use std::fmt;
use std::io;

/// Exit codes of every command (docs: quickstart).
pub const FAILED: u8 = 1;
pub const BAD_INPUT: u8 = 2;

#[derive(Debug)]
pub enum Failure {
    /// Whoever read our output has had enough (`| head`): not a failure, and nothing to say.
    Closed,
    Stopped {
        sentence: String,
        help: Option<String>,
        code: u8,
    },
}

pub type Outcome = Result<(), Failure>;

impl Failure {
    /// What the person gave cannot be used.
    pub fn input(sentence: impl fmt::Display) -> Failure {
        Failure::Stopped { sentence: sentence.to_string(), help: None, code: BAD_INPUT }
    }

    /// What was given is good, but the work could not be done.
    pub fn failed(sentence: impl fmt::Display) -> Failure {
        Failure::Stopped { sentence: sentence.to_string(), help: None, code: FAILED }
    }

    pub fn with_help(self, way: impl Into<String>) -> Failure {
        match self {
            Failure::Closed => Failure::Closed,
            Failure::Stopped { sentence, code, .. } => Failure::Stopped { sentence, help: Some(way.into()), code },
        }
    }

    /// Writing to `what` did not work.
    pub fn writing(what: &str, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            io::ErrorKind::StorageFull => Failure::failed(format!("{what} could not be written: the disk is full"))
                .with_help("free some space, or write elsewhere"),
            _ => Failure::failed(format!("{what} could not be written: {}", plain(error))),
        }
    }
}

/// The operating system's words without its number.
pub fn plain(error: &io::Error) -> String {
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

impl From<gather::Error> for Failure {
    fn from(error: gather::Error) -> Failure {
        let code = if error.is_failure() { FAILED } else { BAD_INPUT };
        Failure::Stopped { sentence: error.to_string(), help: error.help().map(str::to_string), code }
    }
}

impl From<corpus::Error> for Failure {
    fn from(error: corpus::Error) -> Failure {
        gather::Error::from(error).into()
    }
}

impl From<sampling::Error> for Failure {
    fn from(error: sampling::Error) -> Failure {
        gather::Error::from(error).into()
    }
}

impl From<sampling::SuiteError> for Failure {
    fn from(error: sampling::SuiteError) -> Failure {
        gather::Error::from(error).into()
    }
}

impl From<measure::Error> for Failure {
    fn from(error: measure::Error) -> Failure {
        gather::Error::from(error).into()
    }
}

impl From<training::Error> for Failure {
    fn from(error: training::Error) -> Failure {
        use training::Error;
        let sentence = error.to_string();
        match error {
            Error::Measure(error) => error.into(),
            Error::Corpus(error) => error.into(),
            Error::Write { path, source } => Failure::writing(&path.display().to_string(), &source),
            Error::Read { path, source } => {
                Failure::failed(format!("{} cannot be read: {}", path.display(), plain(&source)))
            }
            Error::Bind { at, source } => Failure::failed(format!("{at} cannot be listened on: {}", plain(&source)))
                .with_help("another server may be there already: give another --address or --socket"),
            Error::OpenAddress(_) => Failure::input(sentence).with_help(
                "add --open-to-network if they may ask for rewards, best with --token-file; or listen on 127.0.0.1",
            ),
            Error::SnapshotInUse(_) => Failure::input(sentence).with_help("give each server a --snapshot of its own"),
            _ => Failure::input(sentence),
        }
    }
}
