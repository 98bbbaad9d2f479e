//! What can go wrong before and beside the asking. (What goes wrong with one request is a [`ModelError`](crate::ModelError).)

use std::path::PathBuf;

/// An error of a run, as a sentence, with [the way forward](Error::help).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("`{0}` is not a model")]
    NotAModel(String),
    #[error("gguf: models are not built into this doggerel")]
    NotBuilt,
    #[error("the model {} cannot be run: {why}", path.display())]
    Local { path: PathBuf, why: String, way: &'static str },
    #[error("{provider} wants a key, and {variable} is not set")]
    NoKey { provider: &'static str, variable: &'static str },
    #[error("the key file {} cannot be used: {why}", path.display())]
    KeyFile { path: PathBuf, why: String },
    #[error("the key file {} can be read by others", .0.display())]
    KeyFileOpen(PathBuf),
    #[error("{variable} is not the address of a server: {why}")]
    Address { variable: &'static str, why: String },
    #[error("a key has characters in it that no header may have")]
    Key,
    #[error("the HTTP client could not be started: {0}")]
    Client(String),
    #[error("{model} cannot be asked so: {why}")]
    Unsupported { model: String, why: &'static str },
    #[error("the price list {} cannot be used: {why}", path.display())]
    Prices { path: PathBuf, why: String },
    #[error("a budget was set, but the price of {0} is not known")]
    NoPrice(String),
    #[error("the plan has two cases called `{0}`")]
    TwoCases(String),
    #[error("{} holds no prompts", .0)]
    NoPrompts(String),
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    #[error("{} is not a run of doggerel", .0.display())]
    NotARun(PathBuf),
    #[error("there is no run {}", .0.display())]
    NoRun(PathBuf),
    #[error("{} was written by a later doggerel (its schema is {found}, this one knows {known})", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("{} is a run of {was}, not of {now}", path.display())]
    Other { path: PathBuf, was: String, now: String },
    #[error("{} is in use by another run", .0.display())]
    InUse(PathBuf),
    #[error("{} could not be written: the disk is full", .0.display())]
    Full(PathBuf),
    #[error("{}: {why}", path.display())]
    File { path: PathBuf, why: String },
    #[error("{path} is damaged: {why}", path = path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("the answers could not be written as a table: {0}")]
    Table(String),
    #[error("the answers could not be written: {0}")]
    Write(#[from] std::io::Error),
}

impl Error {
    /// The way forward, as one sentence without a full stop.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Error::NotAModel(_) => {
                "write openai/NAME (any compatible server at OPENAI_BASE_URL), anthropic/NAME or gguf:PATH".into()
            }
            Error::NotBuilt => "build with --features local-models".into(),
            Error::Local { way, .. } => (*way).into(),
            Error::NoKey { variable, .. } => format!("set {variable}, or give --key-file FILE"),
            Error::KeyFile { .. } => "put the key alone into a file of mode 600".into(),
            Error::KeyFileOpen(path) => format!("chmod 600 {}", path.display()),
            Error::Address { variable, .. } => format!("set {variable} to such as http://localhost:8000/v1"),
            Error::Client(why) if why.contains("CA certificates") => {
                "install the system's certificates (package ca-certificates), or name a file of them in SSL_CERT_FILE".into()
            }
            Error::Key | Error::Client(_) | Error::Table(_) | Error::Write(_) | Error::TwoCases(_) => return None,
            Error::Unsupported { .. } => "leave it out, or ask an OpenAI-compatible server (openai/NAME)".into(),
            Error::Prices { .. } => {
                "a price list has lines such as \"openai/gpt-4o\" = { input = 2.5, output = 10 } under [models], in dollars \
                 for a million tokens"
                    .into()
            }
            Error::NoPrice(model) => {
                format!("give --prices FILE with \"{model}\" = {{ input = …, output = … }} under [models]")
            }
            Error::NoPrompts(_) => "give a prompt a line in a .txt, or a field `prompt` in JSONL or CSV".into(),
            Error::Corpus(error) => return error.help(),
            Error::NotARun(_) => "doggerel run SUITE --model PROVIDER/NAME --out RUN.db makes one".into(),
            Error::NoRun(_) => "check the name".into(),
            Error::Newer { .. } => "use the doggerel that wrote it, or a later one".into(),
            Error::Other { .. } => "give another file to --out: a run is of one suite, one model and one way of asking".into(),
            Error::InUse(_) => "wait for it to end, or write elsewhere".into(),
            Error::Full(_) => "free some space: the same command then goes on where it stopped".into(),
            Error::File { .. } => return None,
            Error::Damaged { .. } => "what can be read of it: sqlite3 RUN.db .recover".into(),
        })
    }

    /// True where the machine failed and not what was given.
    pub fn is_failure(&self) -> bool {
        match self {
            Error::Corpus(error) => error.is_failure(),
            Error::Client(_) | Error::Full(_) | Error::File { .. } | Error::Table(_) | Error::Write(_) => true,
            _ => false,
        }
    }
}
