//! The window on disk: what was learnt of a policy outlasts a restart.
//!
//! A line of JSON that says what follows, then the rows as little-endian 32-bit floats and the prompts, then the SHA-256 of
//! all before it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::window::Window;
use super::{Diversity, Error};
use crate::kernel::Points;

const SCHEMA: &str = "doggerel.reward-window/1";
const HASH: usize = 32;

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    fingerprint: String,
    texts: usize,
    next: usize,
    scored: u64,
    form: usize,
    content: usize,
}

impl Diversity {
    /// The window as bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let window = self.lock().clone();
        let head = Head {
            schema: SCHEMA.into(),
            fingerprint: self.fingerprint.clone(),
            texts: window.len(),
            next: window.next,
            scored: window.scored,
            form: window.form.dim(),
            content: if self.content.is_some() { window.content.dim() } else { 0 },
        };
        let mut out = serde_json::to_vec(&head).unwrap_or_default();
        out.push(b'\n');
        for points in [&window.form, &window.content] {
            (0..points.len()).flat_map(|i| points.row(i)).for_each(|x| out.extend(x.to_le_bytes()));
        }
        window.prompts.iter().for_each(|p| out.extend(p.to_le_bytes()));
        let hash = Sha256::digest(&out);
        out.extend(hash);
        out
    }

    /// Puts the window of a snapshot in the place of this one.
    ///
    /// # Errors
    /// If the bytes are damaged, or were made with another reference, window or doggerel; the window stays as it was.
    pub fn restore(&self, bytes: &[u8]) -> Result<(), Error> {
        let window = self.decoded(bytes)?;
        *self.lock() = window;
        Ok(())
    }

    /// Writes the window into a file, whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let bytes = self.snapshot();
        crate::file::write(path, |to| to.write_all(&bytes))
    }

    /// Restores the window of a file; false where there is none yet.
    ///
    /// # Errors
    /// If it cannot be read, or is no snapshot for this reward.
    pub fn load(&self, path: &Path) -> Result<bool, Error> {
        match std::fs::read(path) {
            Ok(bytes) => self.restore(&bytes).map(|()| true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::Read { path: path.to_owned(), source }),
        }
    }

    fn decoded(&self, bytes: &[u8]) -> Result<Window, Error> {
        let damaged = || Error::BadSnapshot("it is damaged; remove it to begin anew".into());
        let (body, hash) = bytes.len().checked_sub(HASH).map(|at| bytes.split_at(at)).ok_or_else(damaged)?;
        if Sha256::digest(body).as_slice() != hash {
            return Err(damaged());
        }
        let end = body.iter().position(|b| *b == b'\n').ok_or_else(damaged)?;
        let head: Head = serde_json::from_slice(&body[..end]).map_err(|_| damaged())?;
        if head.schema != SCHEMA || head.fingerprint != self.fingerprint {
            return Err(Error::BadSnapshot(
                "it was made with another reference, other weights or another doggerel; remove it to begin anew".into(),
            ));
        }
        let body = &body[end + 1..];
        let form = head.texts * head.form * 4;
        let content = head.texts * head.content * 4;
        if body.len() != form + content + head.texts * 4 || head.texts > self.options.window || head.next > head.texts {
            return Err(damaged());
        }
        let mut window = Window::new(self.options.window, head.form, self.content.as_ref().map(super::View::dim));
        window.form = Points::new(floats(&body[..form]), head.form);
        if head.content > 0 {
            window.content = Points::new(floats(&body[form..form + content]), head.content);
        }
        window.prompts = words(&body[form + content..]).map(u32::from_le_bytes).collect();
        (window.next, window.scored) = (head.next % self.options.window, head.scored);
        Ok(window)
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    bytes.as_chunks::<4>().0.iter().copied()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    words(bytes).map(f32::from_le_bytes).collect()
}
