//! What lets a request in.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::Error;

/// A token's file is one line; more is another file.
const MOST: u64 = 4096;

/// A shared secret. It has no `Display`, and its `Debug` says nothing.
#[derive(Clone)]
pub struct Token(Box<[u8]>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// Without the white space around it; None where nothing else is there.
    #[must_use]
    pub fn new(token: &str) -> Option<Self> {
        let token = token.trim();
        (!token.is_empty()).then(|| Self(token.as_bytes().into()))
    }

    /// The one line of a file that its owner alone may read.
    ///
    /// # Errors
    /// If it cannot be read, others may read it, or it holds no token.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        use std::os::unix::fs::PermissionsExt;
        let unread = |source| Error::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(unread)?;
        let open_to_others = file.metadata().map_err(unread)?.permissions().mode() & 0o077 != 0;
        let bad = |why: &str| Error::BadOption(format!("the token in {} cannot be used: {why}", path.display()));
        if open_to_others {
            return Err(bad("others may read it; make it your own with chmod 600"));
        }
        let mut text = String::new();
        file.take(MOST).read_to_string(&mut text).map_err(unread)?;
        let token = Self::new(&text).ok_or_else(|| bad("the file is empty"))?;
        if token.0.iter().any(u8::is_ascii_whitespace) { Err(bad("it has white space in it")) } else { Ok(token) }
    }

    /// Whether a request's `Authorization` carries it. How long that takes does not tell how much of it was right.
    pub(super) fn lets_in(&self, header: Option<&[u8]>) -> bool {
        let Some(given) = header.and_then(|h| h.strip_prefix(b"Bearer ")) else { return false };
        let differ = given.iter().zip(&self.0).fold(0, |differ, (a, b)| differ | (a ^ b));
        differ == 0 && given.len() == self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_compared_whole_and_never_shown() {
        let token = Token::new(" open-sesame\n").expect("a token");
        assert!(token.lets_in(Some(b"Bearer open-sesame")));
        for wrong in ["Bearer open", "Bearer open-sesame!", "Bearer ", "Basic open-sesame", "open-sesame"] {
            assert!(!token.lets_in(Some(wrong.as_bytes())), "{wrong}");
        }
        assert!(!token.lets_in(None) && Token::new(" \n").is_none());
        assert!(!format!("{token:?}").contains("sesame"));
    }
}
