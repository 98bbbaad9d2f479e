//! A line of text → the words that a reader says, in order.

use std::borrow::Cow;
use std::ops::Range;

use crate::lexicon;
use crate::morphology::LOST_HEADS;
use crate::normal::{is_apostrophe, is_hyphen, normalize};
use crate::spoken::is_symbol;

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
            let start = self.at + rest.find(|c: char| c.is_alphanumeric() || is_apostrophe(c) || is_symbol(c))?;
            let end = start + extent(&self.line[start..]);
            self.at = end;
            if let Some(token) = trim(self.line, start, end) {
                return Some(token);
            }
        }
    }
}

/// How many bytes of `rest` are one word: letters, digits and apostrophes, joined by single hyphens; a number with its
/// marks; letters each with a full stop (`a.m.`); or a symbol alone.
fn extent(rest: &str) -> usize {
    if let Some(end) = dotted(rest) {
        return end;
    }
    let mut chars = rest.char_indices().peekable();
    let mut end = 0;
    let mut before = None;
    while let Some((i, c)) = chars.next() {
        let after = chars.peek().map(|&(_, c)| c);
        if !belongs(before, c, after) {
            // A symbol alone is a word; a rule of them (====) is none, so it is taken whole for `trim` to drop.
            let run = rest.find(|other| other != c).unwrap_or(rest.len());
            return if end == 0 { run.max(c.len_utf8()) } else { end };
        }
        end = i + c.len_utf8();
        before = Some(c);
    }
    end
}

/// Whether `c` goes on the word that `before` belongs to (or begins one), given what comes after.
fn belongs(before: Option<char>, c: char, after: Option<char>) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if is_letter(c) || is_apostrophe(c) {
        return true;
    }
    if is_hyphen(c) {
        return before.is_some_and(|b| is_letter(b) || is_apostrophe(b))
            && after.is_some_and(|a| is_letter(a) || is_apostrophe(a));
    }
    match c {
        ',' | '.' | ':' => digit(before) && digit(after),
        '£' | '$' | '€' | '#' => before.is_none() && digit(after),
        '%' | '°' => digit(before),
        _ => false,
    }
}

/// `a.m.`, `U.S.A.`: two letters and more, a full stop after each.
fn dotted(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let pairs = bytes.chunks_exact(2).take_while(|pair| pair[0].is_ascii_alphabetic() && pair[1] == b'.').count();
    (pairs > 1).then_some(2 * pairs)
}

/// Takes quotation marks off both ends, unless they are apostrophes that belong to the word.
fn trim(line: &str, mut start: usize, mut end: usize) -> Option<Token<'_>> {
    let mut quoted = false;
    loop {
        let text = &line[start..end];
        let first = text.chars().next()?;
        let last = text.chars().next_back()?;
        let normal = normalize(text);
        if is_apostrophe(first) && !keeps_head(&normal) {
            start += first.len_utf8();
            quoted = true;
        } else if is_apostrophe(last) && !keeps_tail(&normal, quoted, text) {
            end -= last.len_utf8();
        } else if is_combining(first) {
            // An accent over nothing.
            start += first.len_utf8();
        } else if !is_read(text) {
            return None;
        } else {
            return Some(Token { range: start..end, text: normal });
        }
    }
}

/// Whether a text is read aloud: letters and digits are, and of symbols alone only those that join words.
fn is_read(text: &str) -> bool {
    text.contains(|c: char| c.is_alphanumeric()) || matches!(text, "&" | "+" | "=")
}

/// `'tis`, `'neath`, `'90s`: the word is listed with its apostrophe, or is none without what the apostrophe stands for.
fn keeps_head(text: &str) -> bool {
    let body = text.trim_end_matches('\'');
    let rest = body.trim_start_matches('\'');
    rest.starts_with(|c: char| c.is_ascii_digit())
        || body.starts_with('\'') && (is_listed(body) || !is_listed(rest) && is_shortened(rest))
}

/// `th'`, `o'`, `walkin'`. The possessive of a plural (`boys'`) sounds as the plural does and is told from a closing
/// quotation mark by nothing, so its apostrophe goes.
fn keeps_tail(text: &str, quoted: bool, raw: &str) -> bool {
    let Some(rest) = text.strip_suffix('\'') else { return false };
    if is_listed(text) && rest != "'" {
        // I' is a quotation's end, i' is *in*; an opening mark before it makes it a quotation too.
        return !is_listed(rest) || !raw.starts_with(char::is_uppercase) && (rest == "i" || !quoted);
    }
    let cut = |ends: &[&str]| ends.iter().any(|end| is_listed(&format!("{rest}{end}")));
    rest.len() > 1 && !is_listed(rest) && (rest.ends_with("in") || cut(&["d", "t", "f", "k", "ugh", "ve"]))
}

fn is_listed(word: &str) -> bool {
    lexicon::entry(word).is_some()
}

/// Whether an unstressed beginning before `rest` makes a listed word.
fn is_shortened(rest: &str) -> bool {
    rest.len() > 1 && LOST_HEADS.iter().any(|head| is_listed(&format!("{head}{rest}")))
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
        assert_eq!(
            said("th' expense o' walkin' thro' boys' heav'n"),
            ["th'", "expense", "o'", "walkin'", "thro'", "boys'", "heav'n"]
        );
        assert_eq!(said("—And now—alas!—no more…"), ["and", "now", "alas", "no", "more"]);
        assert_eq!(said("heart-ache -- love-lies-bleeding-"), ["heart-ache", "love-lies-bleeding"]);
        assert_eq!(
            said("'boys' and i' the heart o' the wood'"),
            ["boys", "and", "i'", "the", "heart", "o'", "the", "wood"]
        );
        assert_eq!(
            said("'So did I' 'and a' 'Tis 'neath 'ouse 'twixt"),
            ["so", "did", "i", "and", "a'", "'tis", "'neath", "'ouse", "'twixt"]
        );
        assert_eq!(said("at 9 a.m. in the U.S. "), ["at", "9", "a.m.", "in", "the", "u.s."]);
        assert_eq!(said("''"), Vec::<String>::new());
        assert_eq!(said(""), Vec::<String>::new());
    }

    #[test]
    fn numbers_and_symbols_are_words() {
        assert_eq!(said("In 1,845 & 3.5% of £5, the 3rd"), ["in", "1,845", "&", "3.5%", "of", "£5", "the", "3rd"]);
        assert_eq!(said("# Title\n==== 2 + 2 = 4 '90s $ % ***"), ["title", "2", "+", "2", "=", "4", "'90s"]);
    }
}
