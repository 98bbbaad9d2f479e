//! One line of the text as it came, without its Markdown, and what the Markdown said of it.

use super::aside::Asides;

/// A line with what its marks said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub text: String,
    /// Its number among the lines of the text, blank ones included.
    pub at: usize,
    pub heading: bool,
    /// The whole line stood in bold or italics.
    pub emphasized: bool,
    pub bullet: bool,
    /// "12." or "12)" that the line opens with; still part of `text`.
    pub number: Option<u32>,
    pub fenced: bool,
    /// It was cut out of a longer line at a slash.
    pub cut: bool,
}

impl Row {
    pub fn words(&self) -> usize {
        self.text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count()
    }

    /// True where the line holds a letter or digit, or another sign that is said aloud.
    pub fn speaks(&self) -> bool {
        self.text.chars().any(|c| c.is_alphanumeric() || matches!(c, '&' | '%' | '$' | '£'))
    }
}

/// Takes the marks off a line.
pub(super) fn row(line: &str, at: usize, asides: &mut Asides) -> Row {
    let mut row = Row { at, ..Row::default() };
    let mut s = line.trim();
    while let Some(rest) = s.strip_prefix('>') {
        if !(rest.is_empty() || rest.starts_with([' ', '>', '*', '_'])) {
            break;
        }
        asides.markup(">");
        s = rest.trim_start();
    }
    if s.starts_with('#') {
        let rest = s.trim_start_matches('#');
        let level = s.len() - rest.len();
        if level <= 6 && rest.starts_with(|c: char| c == ' ' || c.is_alphabetic()) {
            asides.markup(&s[..level]);
            row.heading = true;
            s = rest.trim().trim_end_matches('#').trim_end();
        }
    }
    if let Some(mark) = bullet(s) {
        asides.markup(mark);
        row.bullet = true;
        s = s[mark.len()..].trim_start();
    }
    row.number = number(s).map(|(n, _)| n);
    if let Some(rest) = s.strip_suffix('\\') {
        asides.markup("\\");
        s = rest.trim_end();
    }
    let (text, emphasized) = without_emphasis(s, asides);
    row.emphasized = emphasized;
    row.text = single_spaced(&text);
    if row.number.is_none() {
        row.number = number(&row.text).map(|(n, _)| n);
    }
    row
}

fn bullet(s: &str) -> Option<&str> {
    let mark = s.chars().next().filter(|c| matches!(c, '-' | '*' | '+' | '•' | '·' | '▪' | '◦' | '‣' | '●' | '○'))?;
    let rest = &s[mark.len_utf8()..];
    (rest.starts_with(' ') && rest.trim_start().starts_with(|c: char| c.is_alphanumeric() || "\"'“‘*_(".contains(c)))
        .then(|| &s[..mark.len_utf8()])
}

/// The number that opens a line, "12." or "12)", and the bytes it takes with the space behind it.
pub(super) fn number(s: &str) -> Option<(u32, usize)> {
    let digits = s.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    let rest = &s[digits..];
    let sign = rest.chars().next().filter(|c| matches!(c, '.' | ')' | ':'))?;
    let after = &rest[sign.len_utf8()..];
    if !after.is_empty() && !after.starts_with(' ') {
        return None;
    }
    let space = after.len() - after.trim_start().len();
    Some((s[..digits].parse().ok()?, digits + sign.len_utf8() + space))
}

/// Takes out `*`, `**`, `_`, `__` and backticks that mark emphasis: those at the edge of a word. True where one mark
/// held the whole line.
fn without_emphasis(s: &str, asides: &mut Asides) -> (String, bool) {
    if !s.contains(['*', '_', '`']) {
        return (s.to_owned(), false);
    }
    let whole = ["**", "__", "*", "_"].iter().any(|mark| {
        s.len() > 2 * mark.len()
            && s.starts_with(mark)
            && s.trim_end_matches([':', '.']).ends_with(mark)
            && !s[mark.len()..].trim_end_matches([':', '.']).trim_end_matches(mark).contains(mark)
    });
    let mut out = String::with_capacity(s.len());
    let mut rest = s;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if matches!(c, '*' | '_' | '`') {
            let run = rest.len() - rest.trim_start_matches(c).len();
            let after = rest[run..].chars().next();
            let inside = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
            if !inside || (c == '*' && run > 1) {
                asides.markup(&rest[..run]);
            } else {
                out.push_str(&rest[..run]);
            }
            before = Some(c);
            rest = &rest[run..];
            continue;
        }
        out.push(c);
        before = Some(c);
        rest = &rest[c.len_utf8()..];
    }
    (out, whole)
}

/// Runs of blanks become one: indentation and gaps are the printer's.
pub(super) fn single_spaced(s: &str) -> String {
    if !s.contains("  ") {
        return s.trim().to_owned();
    }
    let mut out = String::with_capacity(s.len());
    for word in s.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Row {
        row(line, 0, &mut Asides::default())
    }

    #[test]
    fn marks_come_off_and_are_remembered() {
        assert!(of("### The Crow").heading);
        assert_eq!(of("### The Crow").text, "The Crow");
        assert!(of("**\"The Crow\"**").emphasized);
        assert_eq!(of("**\"The Crow\"**").text, "\"The Crow\"");
        assert!(!of("**A** crow **B**").emphasized);
        assert_eq!(of("> - a *black* crow\\").text, "a black crow");
        assert!(of("- a crow").bullet);
        assert!(!of("-- a crow").bullet);
        assert_eq!(of("snake_case d*mn").text, "snake_case d*mn");
        assert_eq!(of("12) a  crow").number, Some(12));
        assert_eq!(of("1845 was a year").number, None);
    }
}
