//! Texts kept small: a million poems take as much memory as four hundred thousand.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// A text and what the normalizer left of it, compressed together (Zstandard): the second is nearly the first again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Packed {
    /// Bytes of the text, of both, and the frame; the texts themselves where the library would not compress them.
    text: u32,
    both: u32,
    bytes: Box<[u8]>,
}

/// Fast; the slower levels save a tenth.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

impl Packed {
    pub(crate) fn new(text: &str, body: &str) -> Self {
        let both = [text.as_bytes(), body.as_bytes()].concat();
        let frame = COMPRESSOR.with_borrow_mut(|c| c.as_mut().and_then(|c| c.compress(&both).ok()));
        let lengths = (text.len() as u32, both.len() as u32);
        let bytes = frame.filter(|frame| frame.len() < both.len()).unwrap_or(both);
        Self { text: lengths.0, both: lengths.1, bytes: bytes.into_boxed_slice() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text; None where nothing is packed.
    pub(crate) fn text(&self) -> Option<String> {
        let mut both = self.both()?;
        both.truncate(self.text as usize);
        Some(both)
    }

    pub(crate) fn body(&self) -> Option<String> {
        Some(self.both()?.split_off(self.text as usize))
    }

    fn both(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let length = self.both as usize;
        let bytes = if self.bytes.len() == length {
            self.bytes.to_vec()
        } else {
            let unpacked =
                DECOMPRESSOR.with_borrow_mut(|d| d.as_mut().and_then(|d| d.decompress(&self.bytes, length).ok()));
            unpacked.expect("a frame that this program made in memory is whole")
        };
        Some(String::from_utf8(bytes).expect("strings were packed"))
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} of {} bytes)", self.bytes.len(), self.both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn the_body_is_nearly_free() {
        let text: String = (0..40).map(|i| format!("line {} of the {} poem goes on\n", i * i, i * 7 % 11)).collect();
        let alone = Packed::new(&text, "").bytes.len();
        assert!(Packed::new(&text, &text).bytes.len() < alone + 40);
        assert_eq!((Packed::default().text(), Packed::default().body()), (None, None));
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "\\PC{1,80}|[ -~é雪\u{301}\n]{1,300}", body in "\\PC{0,80}") {
            let packed = Packed::new(&text, &body);
            prop_assert_eq!(packed.text(), Some(text.clone()));
            prop_assert_eq!(packed.body(), Some(body.clone()));
            prop_assert!(packed.bytes.len() <= text.len() + body.len());
        }
    }
}
