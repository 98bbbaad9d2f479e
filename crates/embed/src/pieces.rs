//! Wordpieces: a word cut into the longest pieces that the list knows, from the left.

use crate::file::{File, Hash};
use crate::plain;

/// A word with more characters is unknown.
pub const MOST_CHARS: usize = 100;
/// No piece of the list has more bytes.
const MOST_BYTES: usize = 127;

/// Cuts texts into wordpieces as BERT's uncased tokenizer does, without `[CLS]` and `[SEP]`.
///
/// ```
/// let mut pieces = embed::Pieces::default();
/// let cut: Vec<String> = pieces.cut("Unputdownable!").map(embed::Pieces::text).collect();
/// assert_eq!(cut, ["un", "##put", "##down", "##able", "!"]);
/// ```
#[derive(Debug, Default)]
pub struct Pieces {
    word: String,
    numbers: Vec<u16>,
}

impl Pieces {
    /// The numbers of the pieces of `text`, in order. They are places in the built-in list, not BERT's own numbers.
    pub fn cut(&mut self, text: &str) -> impl Iterator<Item = u16> + '_ {
        let file = File::builtin();
        self.cut_with(file, text).iter().copied()
    }

    pub(crate) fn cut_with(&mut self, file: &File, text: &str) -> &[u16] {
        let Pieces { word, numbers } = self;
        numbers.clear();
        plain::words(text, word, |word| cut_word(file, word, numbers));
        numbers
    }

    /// The piece of a number, with `##` before one that goes on with a word; empty where there is none.
    pub fn text(number: u16) -> String {
        let file = File::builtin();
        if number as usize >= file.len() {
            return String::new();
        }
        let (text, continues) = file.piece(number);
        format!("{}{}", if continues { "##" } else { "" }, String::from_utf8_lossy(text))
    }
}

fn cut_word(file: &File, word: &str, numbers: &mut Vec<u16>) {
    let before = numbers.len();
    if word.len() > MOST_CHARS && word.chars().count() > MOST_CHARS {
        return numbers.push(file.unknown);
    }
    let bytes = word.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let continues = start > 0;
        let Some((number, length)) = longest(file, &bytes[start..], continues) else {
            numbers.truncate(before);
            return numbers.push(file.unknown);
        };
        numbers.push(number);
        start += length;
    }
}

/// The longest piece that `rest` of a word begins with, and its length.
fn longest(file: &File, rest: &[u8], continues: bool) -> Option<(u16, usize)> {
    // One hash of every beginning, in one pass.
    let mut hashes = [Hash::new(continues); MOST_BYTES + 1];
    let most = rest.len().min(MOST_BYTES);
    for (i, byte) in rest[..most].iter().enumerate() {
        hashes[i + 1] = hashes[i].with(*byte);
    }
    (1..=most).rev().find_map(|length| {
        let whole_characters = rest.get(length).is_none_or(|b| b & 0xc0 != 0x80);
        let number = if whole_characters { file.find(&rest[..length], continues, hashes[length]) } else { None };
        number.map(|number| (number, length))
    })
}
