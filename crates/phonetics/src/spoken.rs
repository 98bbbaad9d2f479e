//! A word that the lexicon lacks: rules first, then the letters.

use crate::pronouncer::Options;
use crate::{Phone, Pronunciation, Via};

/// Every pronunciation of a normalized word, most usual first; none only for a word without letter or digit.
pub fn say(text: &str, _options: Options) -> Vec<Pronunciation> {
    let phones = crude(text);
    if phones.is_empty() {
        return Vec::new();
    }
    vec![Pronunciation::new(&phones, Via::G2p, "letters")]
}

/// One phone a letter: until the trained model stands.
fn crude(text: &str) -> Vec<Phone> {
    let mut stressed = false;
    let mut out = Vec::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        let name = match c {
            'a' => "AE0",
            'e' => "EH0",
            'i' | 'y' => "IH0",
            'o' => "AA0",
            'u' => "AH0",
            'b' => "B",
            'c' | 'k' | 'q' => "K",
            'd' => "D",
            'f' => "F",
            'g' => "G",
            'h' => "HH",
            'j' => "JH",
            'l' => "L",
            'm' => "M",
            'n' => "N",
            'p' => "P",
            'r' => "R",
            's' => "S",
            't' => "T",
            'v' => "V",
            'w' => "W",
            'z' => "Z",
            _ => "AH0",
        };
        let Some(mut phone) = Phone::parse(name) else { continue };
        if phone.is_vowel() && !stressed {
            phone = phone.with_stress(1);
            stressed = true;
        }
        out.push(phone);
    }
    out
}
