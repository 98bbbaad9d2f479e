//! A word that the lexicon lacks: parts, numbers, rules, and at last the letters themselves.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::morphology::{Known, Made, Morphology, Phones, Trust, hyphenated, join_parts, possessive, without_accents};
use crate::pronouncer::Options;
use crate::{G2p, Phone, Pronunciation, Via, lexicon, numeral};

/// How many pronunciations a word of several parts is given.
const COMBINED: usize = 4;

/// Says normalized words within the bounds of its options.
#[derive(Debug, Clone, Copy)]
pub struct Speaker {
    options: Options,
    morphology: Morphology,
}

impl Speaker {
    pub fn new(options: Options) -> Speaker {
        let known = if options.lexicon { Known::Listed } else { Known::Trained };
        Speaker { options, morphology: Morphology::new(known) }
    }

    /// Every pronunciation, most usual first; none only for a word without letter, digit or symbol.
    pub fn say(&self, word: &str) -> Vec<Pronunciation> {
        let word = word.trim_matches(|c: char| c != '\'' && !is_spoken(c));
        if !is_said(word) {
            return Vec::new();
        }
        if word.contains(|c: char| c != '\'' && !is_spoken(c)) && !is_number(word) {
            return self.parts(word);
        }
        if let Some(stem) =
            word.strip_suffix("'s").filter(|stem| is_said(stem) && !stem.ends_with(|c: char| c.is_ascii_digit()))
        {
            return possessive(stem, &self.part(stem));
        }
        if let Some(plural) = word.strip_suffix('\'').filter(|plural| plural.ends_with('s')) {
            let said = self.part(plural);
            let how = |p: &Pronunciation| format!("{} + '", if p.via() == Via::Lexicon { plural } else { p.how() });
            return said.iter().map(|p| Pronunciation::new(p.phones(), p.via().max(Via::Morphology), how(p))).collect();
        }
        if let Some(words) = numeral::words(word) {
            return self.phrase(&words.iter().map(String::as_str).collect::<Vec<_>>(), word, Via::Morphology);
        }
        if self.options.morphology {
            let readings = OnceCell::new();
            if let Some(said) = self.morphology.answers(word).find_map(|made| borne_out(made, word, &readings)) {
                return said;
            }
        }
        self.letters(word)
    }

    /// A part of a word: looked up where the options allow it.
    fn part(&self, word: &str) -> Vec<Pronunciation> {
        match lexicon::word(word).filter(|_| self.options.lexicon) {
            Some(word) => word.pronunciations().to_vec(),
            None => self.say(word),
        }
    }

    /// Words joined by hyphens, spaces or anything else that is not said.
    fn parts(&self, word: &str) -> Vec<Pronunciation> {
        let parts: Vec<&str> = word.split(|c: char| c != '\'' && !is_spoken(c)).filter(|p| is_said(p)).collect();
        if word.contains('-')
            && let Some(joined) = self.joined(&parts)
        {
            return joined;
        }
        self.phrase(&parts, word, Via::Lexicon)
    }

    /// *to-day, rain-bow*: the lexicon has them in one. Not where a prefix makes another word (*re-cover*).
    fn joined(&self, parts: &[&str]) -> Option<Vec<Pronunciation>> {
        let entry = self.morphology.entry(&parts.concat())?;
        if matches!(parts[0], "re" | "co" | "de" | "pre" | "un") || parts.iter().any(|p| p.len() == 1 && *p != "a") {
            return None;
        }
        let how = format!("{} in one", entry.text);
        let said = entry.pronunciations().map(|(phones, _)| Pronunciation::new(phones, Via::Morphology, how.as_str()));
        Some(said.collect())
    }

    /// One word after the other: the first pronunciation of all but the last, and every one of the last.
    fn phrase(&self, parts: &[&str], whole: &str, least: Via) -> Vec<Pronunciation> {
        let mut said: Vec<(&str, Vec<Pronunciation>)> =
            parts.iter().map(|p| (*p, self.part(p))).filter(|(_, said)| !said.is_empty()).collect();
        if let Some(prefix) =
            parts.first().and_then(|p| hyphenated(p)).filter(|_| whole.contains('-') && said.len() > 1)
        {
            said[0].1 = vec![Pronunciation::new(&prefix, Via::Morphology, "prefix")];
        }
        let Some(((last_text, last), heads)) = said.split_last() else { return self.letters(whole) };
        if heads.is_empty() && least == Via::Lexicon {
            return last.clone();
        }
        let via = said.iter().map(|(_, said)| said[0].via()).max().unwrap_or(least).max(Via::Morphology);
        let how = parts.join(" + ");
        last.iter()
            .take(COMBINED)
            .map(|last| {
                let mut parts: Vec<(&str, &[Phone])> =
                    heads.iter().map(|(text, said)| (*text, said[0].phones())).collect();
                parts.push((last_text, last.phones()));
                Pronunciation::new(&join_parts(&parts), via, how.as_str())
            })
            .collect()
    }

    /// The letters alone: the trained model, with the names of letters for what nobody could read as a word.
    fn letters(&self, word: &str) -> Vec<Pronunciation> {
        let plain: Cow<str> = if word.is_ascii() { Cow::Borrowed(word) } else { Cow::Owned(without_accents(word)) };
        let letters: String = plain.chars().filter(char::is_ascii_alphabetic).collect();
        if letters.is_empty() {
            // A script that English readers don't sound: one breath a character, so that lines keep their length.
            let phones: Vec<Phone> = plain.chars().filter(|c| is_spoken(*c)).map(|_| unreadable()).collect();
            return vec![Pronunciation::new(&phones, Via::G2p, "no English letters: one syllable each")];
        }
        if let Some(spelled) = initialism(&letters) {
            return vec![Pronunciation::new(&spelled, Via::Morphology, "letter by letter")];
        }
        // The model's second choices are seldom right, and every pronunciation more is a chance of a false rhyme.
        match G2p::shared().predict(&letters).first() {
            Some(phones) => vec![Pronunciation::new(phones, Via::G2p, "guessed from its letters")],
            None => vec![Pronunciation::new(&spell_out(&letters), Via::Morphology, "letter by letter")],
        }
    }
}

/// How many readings of the letters are asked to bear a rule out.
const WITNESSES: usize = 2;

/// Holds an answer of the rules against the likeliest readings of the letters: a pronunciation that one of them bears out
/// comes first, and an answer that none does stands only if its rules are sure.
///
/// Where the rules are less than sure and the likeliest reading bears them out, that also says where the stress falls: on
/// words kept out of training it is oftener right. The stress of likely rules stays the second choice.
fn borne_out(mut made: Vec<Made>, word: &str, readings: &OnceCell<Vec<Vec<Phone>>>) -> Option<Vec<Pronunciation>> {
    let trust = made[0].trust;
    // A sure answer of one pronunciation stands whatever the letters say.
    let settled = trust == Trust::AgainstLetters || trust == Trust::Sure && made.len() == 1;
    if !settled {
        let readings = readings.get_or_init(|| G2p::shared().predict(word));
        let witnesses = if trust == Trust::Doubtful { 1 } else { WITNESSES };
        let bears_out = |(rank, reading): (usize, &Vec<Phone>)| {
            Some((made.iter().position(|m| sounds_alike(&m.phones, reading))?, rank, Phones::from_slice(reading)))
        };
        match readings.iter().take(witnesses).enumerate().find_map(bears_out) {
            Some((at, rank, reading)) => {
                made[..=at].rotate_right(1);
                if trust == Trust::Doubtful {
                    made[0].phones = reading;
                } else if trust == Trust::Likely && rank == 0 {
                    let how = made[0].how.clone();
                    made.retain(|m| m.phones != reading);
                    made.insert(0, Made { phones: reading, how, trust });
                }
            }
            None if trust == Trust::Sure => {}
            None => return None,
        }
    }
    let said = |made: &Made| Pronunciation::new(&made.phones, Via::Morphology, made.how.as_str());
    Some(made.iter().map(said).collect())
}

/// The same sounds, whatever the stress.
fn sounds_alike(a: &[Phone], b: &[Phone]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.phoneme() == b.phoneme())
}

/// Whether there is a letter, a digit or a symbol in it.
fn is_said(text: &str) -> bool {
    text.contains(|c: char| c.is_alphanumeric() || is_symbol(c))
}

fn is_spoken(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{0300}'..='\u{036F}') || is_symbol(c)
}

/// Symbols that are read aloud.
pub fn is_symbol(c: char) -> bool {
    matches!(c, '&' | '%' | '+' | '=' | '£' | '$' | '€' | '@' | '#' | '°' | '½' | '¼' | '¾' | '⅓' | '⅔')
}

/// Digits with the marks that belong to a number.
fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_alphanumeric() || is_symbol(c) || matches!(c, '.' | ',' | ':' | '\''))
}

fn unreadable() -> Phone {
    Phone::new(crate::Phoneme::AH, 1)
}

/// One letter, or several without a vowel among them.
fn initialism(letters: &str) -> Option<Vec<Phone>> {
    let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    (letters.len() == 1 || letters.len() < 7 && !letters.bytes().any(vowel)).then(|| spell_out(letters))
}

fn spell_out(letters: &str) -> Vec<Phone> {
    const NAMES: [&str; 26] = [
        "EY1",
        "B IY1",
        "S IY1",
        "D IY1",
        "IY1",
        "EH1 F",
        "JH IY1",
        "EY1 CH",
        "AY1",
        "JH EY1",
        "K EY1",
        "EH1 L",
        "EH1 M",
        "EH1 N",
        "OW1",
        "P IY1",
        "K Y UW1",
        "AA1 R",
        "EH1 S",
        "T IY1",
        "Y UW1",
        "V IY1",
        "D AH1 B AH0 L Y UW0",
        "EH1 K S",
        "W AY1",
        "Z IY1",
    ];
    let named = letters.bytes().map(|b| NAMES[(b - b'a') as usize]);
    let mut phones: Vec<Phone> = named.flat_map(|name| Phone::parse_all(name).unwrap_or_default()).collect();
    // The last letter carries the stress: B-B-C.
    let last = letters.len() - 1;
    let last_from =
        Phone::parse_all(NAMES[(letters.as_bytes()[last] - b'a') as usize]).map_or(0, |p| phones.len() - p.len());
    phones[..last_from].iter_mut().filter(|p| p.stress() == Some(1)).for_each(|p| *p = p.with_stress(2));
    phones
}
