//! A text without case, accents and control characters, and where its words end: as BERT's own tokenizer does it.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Calls `word` with every word of `text`, lower-case and without accents; each punctuation mark and each CJK character is a
/// word of its own. `buffer` is emptied and used.
pub(crate) fn words(text: &str, buffer: &mut String, mut word: impl FnMut(&str)) {
    buffer.clear();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii() {
            ascii(c as u8, buffer, &mut word);
            rest = &rest[1..];
            continue;
        }
        // Accents stand after what they belong to, so a run of other characters is decomposed at once.
        let end = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        other(&rest[..end], buffer, &mut word);
        rest = &rest[end..];
    }
    flush(buffer, &mut word);
}

fn flush(buffer: &mut String, word: &mut impl FnMut(&str)) {
    if !buffer.is_empty() {
        word(buffer);
        buffer.clear();
    }
}

fn alone(c: char, buffer: &mut String, word: &mut impl FnMut(&str)) {
    flush(buffer, word);
    word(c.encode_utf8(&mut [0; 4]));
}

fn ascii(c: u8, buffer: &mut String, word: &mut impl FnMut(&str)) {
    match c {
        b'a'..=b'z' | b'0'..=b'9' => buffer.push(c as char),
        b'A'..=b'Z' => buffer.push(c.to_ascii_lowercase() as char),
        b' ' | b'\t' | b'\n' | b'\r' => flush(buffer, word),
        b'!'..=b'~' => alone(c as char, buffer, word),
        // Control characters vanish.
        _ => {}
    }
}

fn other(run: &str, buffer: &mut String, word: &mut impl FnMut(&str)) {
    let kept = run.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER && (is_space(*c) || !is_control(*c)));
    // Spaces round CJK characters come before the decomposition, as in BERT: it may turn one character into another.
    let spaced = kept.flat_map(|c| {
        let (before, after) = if is_cjk(c) { (Some(' '), Some(' ')) } else { (None, None) };
        before.into_iter().chain([if is_space(c) { ' ' } else { c }]).chain(after)
    });
    let bare = spaced.nfd().filter(|c| c.general_category() != GeneralCategory::NonspacingMark);
    for c in bare.flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            flush(buffer, word);
        } else if c.is_ascii() {
            ascii(c as u8, buffer, word);
        } else if c.general_category_group() == GeneralCategoryGroup::Punctuation {
            alone(c, buffer, word);
        } else {
            buffer.push(c);
        }
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

fn is_control(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Other
}

/// The blocks that BERT counts as Chinese characters.
fn is_cjk(c: char) -> bool {
    matches!(
        c as u32,
        0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x20000..=0x2a6df | 0x2a700..=0x2b73f | 0x2b740..=0x2b81f | 0x2b920..=0x2ceaf
            | 0xf900..=0xfaff | 0x2f800..=0x2fa1f
    )
}

#[cfg(test)]
mod tests {
    fn words(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        super::words(text, &mut String::new(), |w| out.push(w.to_owned()));
        out
    }

    #[test]
    fn case_accents_and_punctuation() {
        assert_eq!(words("Déjà-vu, “Ångström”…"), ["deja", "-", "vu", ",", "“", "angstrom", "”", "…"]);
        assert_eq!(words("e\u{301}tude"), ["etude"]);
        assert_eq!(words("a\u{0}b\tc\u{a0}d\u{200b}e"), ["ab", "c", "de"]);
        assert_eq!(words("snow雪falls"), ["snow", "雪", "falls"]);
        assert_eq!(words(" \n"), [""; 0]);
    }
}
