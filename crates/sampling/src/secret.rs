//! A key that can be used but not shown.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use crate::error::Error;

/// What a server's text has in place of the key.
const HIDDEN: &str = "[key]";
/// A key file is one line; more is another file.
const KEY_FILE: u64 = 4096;
/// Shorter ones are placeholders ("none", "x") that local servers are given, and would be found in any text.
const WORTH_HIDING: usize = 8;

/// An API key. It has no `Display`, its `Debug` says nothing, and it is not serialized.
#[derive(Clone)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A key, without the white space around it; nothing where there is no more than that.
    pub fn new(key: &str) -> Option<Secret> {
        let key = key.trim();
        (!key.is_empty()).then(|| Secret(key.to_string()))
    }

    /// The key in the environment.
    pub fn of_environment(variable: &str) -> Option<Secret> {
        std::env::var(variable).ok().as_deref().and_then(Secret::new)
    }

    /// The key in a file that its owner alone may read.
    ///
    /// # Errors
    /// If the file cannot be read, others may read it (on Unix), or it holds no key.
    pub fn of_file(path: &Path) -> Result<Secret, Error> {
        let unreadable = |error: io::Error| Error::KeyFile { path: path.to_path_buf(), why: error.kind().to_string() };
        let file = File::open(path).map_err(unreadable)?;
        // Of the open file, so that it is the one that is read.
        if is_open_to_others(&file.metadata().map_err(unreadable)?) {
            return Err(Error::KeyFileOpen(path.to_path_buf()));
        }
        let mut key = String::new();
        file.take(KEY_FILE).read_to_string(&mut key).map_err(unreadable)?;
        match Secret::new(&key) {
            Some(secret) if !secret.0.contains(char::is_whitespace) => Ok(secret),
            _ => Err(Error::KeyFile {
                path: path.to_path_buf(),
                why: "it does not hold one key and nothing else".into(),
            }),
        }
    }

    /// For the header of a request, and nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A text of the server without the key, should it repeat it.
    pub(crate) fn hide_in(&self, text: &mut String) {
        if self.0.len() >= WORTH_HIDING && text.contains(&self.0) {
            *text = text.replace(&self.0, HIDDEN);
        }
    }

    /// The same for every string of a JSON document.
    pub(crate) fn hide_in_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.hide_in(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.hide_in_json(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.hide_in_json(value)),
            _ => {}
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_shown() {
        let secret = Secret::new(" sk-very-secret-1\n").unwrap();
        assert!(!format!("{secret:?}").contains("secret-1"));
        assert_eq!(secret.expose(), "sk-very-secret-1");
        let mut said = serde_json::json!({"error": {"message": ["no such key: sk-very-secret-1."]}});
        secret.hide_in_json(&mut said);
        assert_eq!(said["error"]["message"][0], "no such key: [key].");
        let mut none = "none of it".to_string();
        Secret::new("none").unwrap().hide_in(&mut none);
        assert_eq!(none, "none of it");
        assert!(Secret::new(" \n").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn file_of_ones_own() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let write = |text: &str, mode: u32| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Secret::of_file(&path)
        };
        assert_eq!(write("sk-1234567890\n", 0o600).unwrap().expose(), "sk-1234567890");
        assert!(matches!(write("sk-1234567890\n", 0o640), Err(Error::KeyFileOpen(_))));
        for bad in ["", "two words", "sk-1\nsk-2"] {
            let error = write(bad, 0o600).unwrap_err().to_string();
            assert!(error.contains("one key") && !error.contains("sk-"), "{error}");
        }
        assert!(Secret::of_file(&folder.path().join("none")).is_err());
    }
}
