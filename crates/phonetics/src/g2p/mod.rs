//! Letters to sounds: how a word that no dictionary lists is most likely read.
//!
//! Every letter is read as a [`Unit`]: itself with none, one or two phones (*th-ou-gh* is t→TH h→– o→AO1 u→– g→– h→–). Three
//! models, all trained on nine tenths of CMUdict by `cargo xtask g2p`, judge a sequence of units:
//!
//! - a joint n-gram model of units (Bisani & Ney 2008, *Joint-sequence models for grapheme-to-phoneme conversion*): what
//!   follows what, from the word's end to its beginning, since English endings tell more of stress and vowels than
//!   beginnings do;
//! - a small network that reads the same way and judges a letter's unit from the eight letters on either side, the five
//!   units read before, and whether the stress has been spent;
//! - its twin that reads from the beginning.
//!
//! A beam search with the first two finds the sequences whose weighted sum of log probabilities is highest; the twin then
//! judges what was found, unless there is no doubt left. Stress is part of the phones, so it needs no pass of its own.

mod net;
mod ngram;
mod reader;
mod search;

use std::cell::RefCell;
use std::sync::OnceLock;

pub use net::{EDGE, History, INPUTS, MEMORY, REACH, Rows};
pub use ngram::STEP;
pub use search::NGRAM_WEIGHT;

use self::net::Net;
use self::ngram::Ngram;
use self::reader::Reader;
use self::search::Search;
use crate::Phone;

/// What the file starts with; the digit counts its layouts.
pub const MAGIC: &[u8; 4] = b"G2P2";

/// The letter number that stands for the end of the word, after a–z.
pub const END: usize = 26;

/// No letter may be read in more ways, so that a set of them fits one machine word.
pub const MOST_UNITS: usize = 64;

/// One way to read one letter.
#[derive(Debug, Clone)]
struct Unit {
    phones: Vec<Phone>,
    stresses: Vec<u8>,
}

/// The trained model.
///
/// ```
/// use phonetics::G2p;
///
/// let readings = G2p::shared().predict("blorft");
/// assert_eq!(readings[0].iter().map(|p| p.arpabet()).collect::<Vec<_>>(), ["B", "L", "AO1", "R", "F", "T"]);
/// ```
#[derive(Debug)]
pub struct G2p {
    units: Vec<Unit>,
    /// Where each letter's units start, END's too; one more closes the list.
    first: [u16; END + 2],
    ngram: Ngram,
    /// Reads from the end.
    net: Net,
    /// Reads from the beginning; only a model half trained lacks it.
    twin: Option<Net>,
}

thread_local! {
    static SEARCH: RefCell<Search> = RefCell::default();
}

impl G2p {
    /// The model that ships with the crate.
    pub fn shared() -> &'static G2p {
        static SHARED: OnceLock<G2p> = OnceLock::new();
        SHARED.get_or_init(|| {
            G2p::from_bytes(include_bytes!("../../../../data/g2p.bin"))
                .expect("data/g2p.bin is written by cargo xtask g2p")
        })
    }

    /// Reads what `cargo xtask g2p` wrote, or None where the bytes are not that.
    pub fn from_bytes(bytes: &[u8]) -> Option<G2p> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let count = reader.u16()? as usize;
        let mut units = Vec::with_capacity(count);
        let mut letters = Vec::with_capacity(count);
        for _ in 0..count {
            letters.push(reader.u8()?);
            let length = reader.u8()? as usize;
            let phones = reader.take(length)?.iter().map(|b| Phone::from_byte(*b)).collect::<Option<Vec<_>>>()?;
            let stresses = phones.iter().filter_map(|p| p.stress()).collect();
            units.push(Unit { phones, stresses });
        }
        let first: [u16; END + 2] =
            std::array::from_fn(|letter| letters.partition_point(|l| (*l as usize) < letter) as u16);
        let fits = first.windows(2).all(|w| (1..=MOST_UNITS).contains(&(w[1].saturating_sub(w[0]) as usize)));
        if !fits || !letters.is_sorted() || *letters.last()? as usize != END || !units[count - 1].phones.is_empty() {
            return None;
        }
        let ngram = Ngram::read(&mut reader, count)?;
        let net = Net::read(&mut reader, &first)?;
        let twin = if reader.0.is_empty() { None } else { Some(Net::read(&mut reader, &first)?) };
        reader.0.is_empty().then_some(G2p { units, first, ngram, net, twin })
    }

    /// The likeliest readings of `word`, best first, no two alike; none where the word has no Latin letter.
    ///
    /// Accents and anything that is no letter are left out.
    pub fn predict(&self, word: &str) -> Vec<Vec<Phone>> {
        let letters: Vec<u8> = word.chars().flat_map(letters_of).collect();
        if letters.is_empty() {
            return Vec::new();
        }
        SEARCH.with_borrow_mut(|search| {
            let mut readings: Vec<Vec<Phone>> = Vec::new();
            for found in search.best(self, &letters) {
                let phones = found.units.iter().rev().flat_map(|u| &self.units[*u as usize].phones).copied();
                let phones: Vec<Phone> = phones.collect();
                if !phones.is_empty() && !readings.contains(&phones) {
                    readings.push(phones);
                }
            }
            readings
        })
    }
}

/// For training.
#[doc(hidden)]
impl G2p {
    /// The units that the search finds for `letters` (0–25), both in the order in which this model reads, best first; several
    /// may sound alike. The twin is not asked.
    pub fn candidates(&self, letters: &[u8]) -> Vec<Vec<u16>> {
        SEARCH.with_borrow_mut(|search| search.run(self, letters)).into_iter().map(|found| found.units).collect()
    }

    /// What the n-gram model says of a word's units, in the order in which it reads: a natural log probability.
    pub fn ngram_score(&self, units: &[u16]) -> f32 {
        self.ngram.score(units.iter().copied().chain([self.first[END]]))
    }
}

/// The letters a–z, as 0–25, that a character is read as.
fn letters_of(c: char) -> impl Iterator<Item = u8> {
    let plain = match c {
        'a'..='z' | 'A'..='Z' => return [Some(c.to_ascii_lowercase() as u8 - b'a'), None].into_iter().flatten(),
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'ą' => "a",
        'æ' | 'Æ' => "ae",
        'ç' | 'Ç' | 'ć' | 'č' | 'Č' => "c",
        'ð' | 'Ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'ı' => "i",
        'ł' | 'Ł' => "l",
        'ñ' | 'Ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' | 'ō' | 'ő' => "o",
        'œ' | 'Œ' => "oe",
        'ř' => "r",
        'ß' => "ss",
        'ś' | 'š' | 'Š' | 'ş' => "s",
        'þ' | 'Þ' => "th",
        'ť' => "t",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' | 'Ý' => "y",
        'ź' | 'ż' | 'ž' | 'Ž' => "z",
        _ => "",
    };
    let mut letters = plain.bytes().map(|b| b - b'a');
    [letters.next(), letters.next()].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn best(word: &str) -> String {
        let readings = G2p::shared().predict(word);
        readings.first().map(|r| r.iter().map(|p| p.arpabet()).collect::<Vec<_>>().join(" ")).unwrap_or_default()
    }

    #[test]
    fn made_up_words_are_read_as_their_spelling_suggests() {
        assert_eq!(best("splinge"), "S P L IH1 N JH");
        assert_eq!(best("Bloat-ing"), best("bloating"));
        assert_eq!(best("phlip"), "F L IH1 P");
        assert_eq!(best("naïvité"), best("naivite"));
    }

    #[test]
    fn what_has_no_letter_has_no_reading() {
        assert_eq!(best(""), "");
        assert_eq!(best("1845 &c".trim_end_matches("&c")), "");
        assert_eq!(best("日本"), "");
    }

    #[test]
    fn the_twin_chooses_among_what_the_search_found() {
        let model = G2p::shared();
        let mut overruled = 0;
        for word in
            ["acorady", "belarine", "dovantic", "esperole", "hamarist", "lodenary", "morabel", "sorapane", "tavelin"]
        {
            let backward: Vec<u8> = word.bytes().rev().map(|b| b - b'a').collect();
            let sound = |units: &Vec<u16>| -> Vec<Phone> {
                units.iter().rev().flat_map(|u| &model.units[*u as usize].phones).copied().collect()
            };
            let found: Vec<Vec<Phone>> = model.candidates(&backward).iter().map(sound).collect();
            let readings = model.predict(word);
            assert!(readings.iter().all(|r| found.contains(r)), "{word}");
            overruled += usize::from(readings[0] != found[0]);
        }
        assert!((1..9).contains(&overruled), "{overruled} of 9");
    }

    #[test]
    fn a_broken_file_is_refused() {
        let bytes = include_bytes!("../../../../data/g2p.bin");
        assert!(G2p::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        assert!(G2p::from_bytes(&bytes[..1000]).is_none());
        assert!(G2p::from_bytes(b"G2P0").is_none());
    }

    proptest! {
        #[test]
        fn any_string_is_read_without_panic_and_always_alike(word in "\\PC{0,40}") {
            let readings = G2p::shared().predict(&word);
            prop_assert_eq!(readings.is_empty(), word.chars().flat_map(letters_of).next().is_none());
            prop_assert_eq!(readings, G2p::shared().predict(&word));
        }

        #[test]
        fn long_words_are_read_too(word in "[a-z]{200,400}") {
            prop_assert!(!G2p::shared().predict(&word).is_empty());
        }
    }
}
