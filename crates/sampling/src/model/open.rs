//! From `PROVIDER/NAME` or `gguf:PATH` to a model.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use crate::error::Error;
use crate::model::Model;
use crate::model::anthropic::Anthropic;
use crate::model::openai::OpenAi;
use crate::prices::Prices;
use crate::secret::Secret;

/// How a server is reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Where it is; without it, what the environment says (`OPENAI_BASE_URL` …), or the provider itself.
    pub address: Option<String>,
    /// What it wants to see; without it, what the environment says (`OPENAI_API_KEY` …).
    pub key: Option<Secret>,
    /// A file with the key, over the environment.
    pub key_file: Option<PathBuf>,
    /// For one answer, from the first byte sent to the last one received.
    pub timeout: Duration,
    /// Times that one request is sent before it is given up.
    pub attempts: u32,
    /// Between the first attempt and the second; it doubles from then on, up to half a minute.
    pub first_pause: Duration,
    /// Requests a minute.
    pub rpm: Option<u32>,
    /// Tokens a minute, of prompts and answers.
    pub tpm: Option<u64>,
    pub prices: Prices,
}

impl Default for Connection {
    fn default() -> Connection {
        Connection {
            address: None,
            key: None,
            key_file: None,
            timeout: Duration::from_secs(180),
            attempts: 6,
            first_pause: Duration::from_millis(500),
            rpm: None,
            tpm: None,
            prices: Prices::default(),
        }
    }
}

/// The model of that name.
///
/// # Errors
/// If there is no such provider, or it cannot be asked: no key, no proper address, no file of a model.
pub fn open(name: &str, connection: &Connection) -> Result<Box<dyn Model>, Error> {
    if let Some(path) = name.strip_prefix("gguf:") {
        return local(path);
    }
    match name.split_once('/') {
        Some((_, "")) | None => Err(Error::NotAModel(name.to_string())),
        Some(("openai", model)) => Ok(Box::new(OpenAi::new(model, connection)?)),
        Some(("anthropic", model)) => Ok(Box::new(Anthropic::new(model, connection)?)),
        Some(_) => Err(Error::NotAModel(name.to_string())),
    }
}

#[cfg(feature = "local-models")]
fn local(path: &str) -> Result<Box<dyn Model>, Error> {
    Ok(Box::new(crate::model::gguf::Gguf::new(path)?))
}

#[cfg(not(feature = "local-models"))]
fn local(_path: &str) -> Result<Box<dyn Model>, Error> {
    Err(Error::NotBuilt)
}

/// Where a provider is found and what opens it.
pub(super) struct Door {
    pub provider: &'static str,
    /// The provider's own address.
    pub home: &'static str,
    pub address_variable: &'static str,
    pub key_variable: &'static str,
}

/// An address and a key, as far as one is needed there.
pub(super) struct Entry {
    pub address: Url,
    pub key: Option<Secret>,
    pub at_home: bool,
}

impl Door {
    pub fn enter(&self, connection: &Connection) -> Result<Entry, Error> {
        let set = |variable: &str| std::env::var(variable).ok().filter(|value| !value.trim().is_empty());
        let written = connection.address.clone().or_else(|| set(self.address_variable));
        let address = self.address(written.as_deref().unwrap_or(self.home))?;
        let home = self.address(self.home)?;
        let at_home = address.host_str() == home.host_str();
        let key = match (&connection.key_file, &connection.key) {
            (Some(file), _) => Some(Secret::of_file(file)?),
            (None, Some(key)) => Some(key.clone()),
            (None, None) => Secret::of_environment(self.key_variable),
        };
        if key.is_none() && at_home {
            return Err(Error::NoKey { provider: self.provider, variable: self.key_variable });
        }
        Ok(Entry { address, key, at_home })
    }

    /// What was written is not repeated in an error, for it may hold a password.
    fn address(&self, written: &str) -> Result<Url, Error> {
        let wrong = |why: &str| Error::Address { variable: self.address_variable, why: why.to_string() };
        let mut address = Url::parse(written.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(wrong("it begins neither with http:// nor with https://"));
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(wrong("it has a name or password in it; a key belongs into the key's variable or --key-file"));
        }
        address.set_fragment(None);
        let path = format!("{}/", address.path().trim_end_matches('/'));
        address.set_path(&path);
        Ok(address)
    }
}

/// An address below another.
pub(super) fn below(address: &Url, path: &str) -> Url {
    let mut below = address.clone();
    below.set_path(&format!("{}{path}", address.path()));
    below
}

/// About as many tokens as a text has, for limits and budgets before the server has counted them: four characters of
/// English each, and a few for every turn.
pub(crate) fn estimate(chars: usize) -> u64 {
    chars as u64 / 4 + 8
}
