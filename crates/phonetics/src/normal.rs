//! One spelling for one word: lower case, straight apostrophes.

use std::borrow::Cow;

/// Whether a printer uses this character as an apostrophe or single quotation mark.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '\u{201B}' | '`' | '\u{00B4}' | '\u{FF07}' | '\u{2032}')
}

/// Whether a printer uses this character to join the parts of a word.
pub fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{00AD}')
}

/// Lower case, `'` for every apostrophe, `-` for every hyphen, ligatures and long s undone; accents stay (learnèd).
pub fn normalize(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'' || b == b'-' || b.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            c if is_apostrophe(c) => out.push('\''),
            '\u{00AD}' => {}
            c if is_hyphen(c) => out.push('-'),
            'ſ' => out.push('s'),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬀ' => out.push_str("ff"),
            c => out.extend(c.to_lowercase()),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_one_word() {
        assert_eq!(normalize("O’er"), "o'er");
        assert_eq!(normalize("ſweet"), "sweet");
        assert_eq!(normalize("Æther"), "aether");
        assert_eq!(normalize("Heart‑strings"), "heart-strings");
        assert_eq!(normalize("Learnèd"), "learnèd");
        assert!(matches!(normalize("plain"), Cow::Borrowed(_)));
    }
}
