//! A line of text → the words that a reader says, in order.

use std::borrow::Cow;
use std::ops::Range;

use crate::normal::{is_apostrophe, is_hyphen, normalize};

/// A word as it stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Bytes of the line.
    pub range: Range<usize>,
    /// Normalized: lower case, straight apostrophes.
    pub text: Cow<'a, str>,
}

/// The words of `line` in order: apostrophes and hyphens within a word belong to it, elisions at its edges too (`'tis`,
/// `th'`, `o'`), quotation marks and other punctuation do not. Numbers and symbols that are read aloud (`1845`, `&`, `%`)
/// are words.
///
/// ```
/// let said: Vec<_> = phonetics::words("“’Tis the heart’s-blood,” quoth he -- o’er 1845 & all").map(|t| t.text).collect();
/// assert_eq!(said, ["'tis", "the", "heart's-blood", "quoth", "he", "o'er", "1845", "&", "all"]);
/// ```
pub fn words(line: &str) -> impl Iterator<Item = Token<'_>> {
    Words { line, at: 0 }
}

struct Words<'a> {
    line: &'a str,
    at: usize,
}

/// Words that keep an apostrophe at their head: the letters lost there are part of the spelling.
const HEADLESS: &[&str] = &[
    "'tis", "'twas", "'twere", "'twill", "'twould", "'twixt", "'tween", "'gainst", "'neath", "'mid", "'midst", "'mong",
    "'mongst", "'gan", "'gin", "'gins", "'scape", "'scaped", "'em", "'un", "'uns", "'bout", "'round", "'cause", "'fore",
    "'til", "'till", "'rt", "'st", "'s", "'d", "'ll", "'ve", "'re", "'m", "'pon", "'long", "'cross", "'side", "'bove",
    "'stead", "'spite", "'lack", "'las", "'ere", "'im", "'er", "'is", "'ome", "'eart", "'ead", "'tisn't", "'twasn't",
    "'twon't", "'tain't", "'plain", "'larum", "'ware", "'nother", "'nuff", "'low", "'way", "'count", "'most", "'change",
    "'prentice", "'venge", "'vantage", "'havior", "'haviour", "'rithmetic", "'possum", "'coon", "'gator", "'tater",
    "'taters", "'bacco", "'orse", "'and", "'ard", "'igh", "'ow", "'ot", "'old", "'ouse", "'undred", "'alf", "'ell",
    "'ave", "'as", "'ad", "'e",
];

/// Words that keep an apostrophe at their tail, beside those in *-in'* and the *-s'* of a plural's possessive.
const TAILLESS: &[&str] = &[
    "th'", "o'", "wi'", "i'", "a'", "an'", "d'", "t'", "tho'", "thro'", "altho'", "fro'", "e'", "de'", "ol'", "l'", "m'",
    "lil'", "po'", "mo'", "fo'", "yo'", "ha'", "ca'", "fa'", "wa'", "sma'", "ta'", "gi'", "amang'", "hersel'", "himsel'",
    "mysel'", "thysel'", "itsel'", "ev'", "heav'", "ta'en'", "oft'", "to'", "by'", "the'", "upo'", "agin'", "awa'",
];

fn is_symbol(c: char) -> bool {
    matches!(c, '&' | '%' | '+' | '=' | '£' | '$' | '€' | '@' | '#' | '°' | '½' | '¼' | '¾' | '⅓' | '⅔')
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining(c)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

impl<'a> Iterator for Words<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.line[self.at..];
            let start = self.at + rest.find(|c| is_letter(c) || is_apostrophe(c) || is_symbol(c))?;
            let end = start + extent(&self.line[start..]);
            self.at = end;
            if let Some(token) = trim(self.line, start, end) {
                return Some(token);
            }
        }
    }
}

/// How many bytes of `rest` are letters, digits, apostrophes, joined by single hyphens, or a number with its marks.
fn extent(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    let mut end = 0;
    let mut before = None;
    while let Some((i, c)) = chars.next() {
        let after = chars.peek().map(|&(_, c)| c);
        let joins = |c: char| {
            before.is_some_and(|b: char| is_letter(b) || is_apostrophe(b))
                && after.is_some_and(|a| is_letter(a) || is_apostrophe(a) && is_hyphen(c))
        };
        let digits = before.is_some_and(|b: char| b.is_ascii_digit()) && after.is_some_and(|a| a.is_ascii_digit());
        let inside = is_letter(c)
            || is_apostrophe(c)
            || is_hyphen(c) && joins(c)
            || matches!(c, ',' | '.' | ':') && digits
            || matches!(c, '£' | '$' | '€' | '#') && before.is_none() && after.is_some_and(|a| a.is_ascii_digit())
            || matches!(c, '%' | '°') && before.is_some_and(|b: char| b.is_ascii_digit());
        if !inside {
            // A symbol alone is a word.
            return if end == 0 { c.len_utf8() } else { end };
        }
        end = i + c.len_utf8();
        before = Some(c);
    }
    end
}

/// Takes quotation marks off both ends, unless they are apostrophes that belong to the word.
fn trim(line: &str, mut start: usize, mut end: usize) -> Option<Token<'_>> {
    loop {
        let text = &line[start..end];
        let first = text.chars().next()?;
        let last = text.chars().next_back()?;
        let normal = normalize(text);
        if is_apostrophe(first) && !keeps_head(&normal) {
            start += first.len_utf8();
        } else if is_apostrophe(last) && !keeps_tail(&normal) {
            end -= last.len_utf8();
        } else {
            return Some(Token { range: start..end, text: normal });
        }
    }
}

fn keeps_head(text: &str) -> bool {
    let body = text.trim_end_matches('\'');
    HEADLESS.contains(&body)
        || body.len() > 2 && body.as_bytes()[1] == b't' && body[1..].starts_with("tw")
        || body.len() > 1 && body[1..].bytes().all(|b| b.is_ascii_digit())
}

fn keeps_tail(text: &str) -> bool {
    let head = text.trim_start_matches('\'');
    let Some(body) = text.strip_suffix('\'') else { return false };
    TAILLESS.contains(&head)
        || body.len() > 2 && (body.ends_with("in") || body.ends_with('s') || body.ends_with('z') || body.ends_with('x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Vec<String> {
        words(line)
            .map(|t| {
                assert!(line.get(t.range.clone()).is_some(), "{t:?}");
                t.text.into_owned()
            })
            .collect()
    }

    #[test]
    fn punctuation_is_dropped_and_elisions_stay() {
        assert_eq!(said("'Tis 'the end,' he said."), ["'tis", "the", "end", "he", "said"]);
        assert_eq!(said("th' expense o' walkin' thro' boys' heav'n"), ["th'", "expense", "o'", "walkin'", "thro'", "boys'", "heav'n"]);
        assert_eq!(said("—And now—alas!—no more…"), ["and", "now", "alas", "no", "more"]);
        assert_eq!(said("heart-ache -- love-lies-bleeding-"), ["heart-ache", "love-lies-bleeding"]);
        assert_eq!(said("''"), Vec::<String>::new());
        assert_eq!(said(""), Vec::<String>::new());
    }

    #[test]
    fn numbers_and_symbols_are_words() {
        assert_eq!(said("In 1,845 & 3.5% of £5, the 3rd"), ["in", "1,845", "&", "3.5%", "of", "£5", "the", "3rd"]);
    }
}
