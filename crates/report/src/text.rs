//! Texts of strangers, made safe to look at.
//!
//! A sample may hold terminal control codes, marks that turn the direction of writing, or letters that take no room. They are neither
//! obeyed nor dropped: they are shown, since a reader should see what a model wrote.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text with every control code and invisible mark written out: U+001B as `␛`, U+202E as `⟨U+202E⟩`. Line feeds and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\0'..='\u{1f}' if hidden(c) => out.extend(char::from_u32(0x2400 + c as u32)),
            '\u{7f}' => out.push('␡'),
            c if hidden(c) => out.push_str(&format!("⟨U+{:04X}⟩", c as u32)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// One line of at most `width` columns: white space made single, cut with "…".
pub fn one_line(text: &str, width: usize) -> String {
    let text = visible(text);
    // A stranger's text can be long; only its beginning can be seen.
    let start: String = text.chars().take(4 * width + 64).collect();
    let joined = start.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.width() <= width && start.len() == text.len() {
        return joined;
    }
    let mut out = String::new();
    let mut used = 0;
    for c in joined.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Lines of at most `width` columns, broken at spaces (within a word only where it is longer than a line).
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let text = visible(text);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{a0}').filter(|word| !word.is_empty()) {
        let room = word.width();
        if used > 0 && used + 1 + room > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, c.encode_utf8(&mut [0; 4]));
            used += wide;
        }
    }
    lines
}

/// Columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

fn push(lines: &mut [String], part: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(part);
    }
}

/// Characters that act without being seen. The joiner U+200D and variation selectors stay, since emoji are made with them.
fn hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_and_not_obeyed() {
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "␛[31mred␇");
        assert_eq!(visible("a\u{202e}b\u{200f}c\u{9b}d"), "a⟨U+202E⟩b⟨U+200F⟩c⟨U+009B⟩d");
        assert_eq!(visible("one\r\ntwo\rthree\n\tfour"), "one\ntwo\nthree\n\tfour");
        assert_eq!(visible("👩\u{200d}🚀 naïve"), "👩\u{200d}🚀 naïve");
    }

    #[test]
    fn lines_are_cut_by_columns() {
        assert_eq!(one_line("In the  quiet\nof the morning", 40), "In the quiet of the morning");
        assert_eq!(one_line("In the quiet of the morning", 10), "In the qu…");
        assert_eq!(one_line("月月月月月月", 6), "月月…");
        assert_eq!(one_line(&"long ".repeat(10_000), 12), "long long l…");
    }

    #[test]
    fn wrapping_keeps_words_and_breaks_only_giants() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap(&"x".repeat(20), 8), ["xxxxxxxx", "xxxxxxxx", "xxxx"]);
        assert_eq!(wrap("", 9), [""]);
    }

    proptest::proptest! {
        #[test]
        fn no_control_code_survives(text in ".*") {
            let shown = visible(&text);
            proptest::prop_assert!(!shown.chars().any(hidden));
            for line in wrap(&text, 20) {
                proptest::prop_assert!(!line.contains('\n') && line.width() <= 20 + 1);
            }
        }
    }
}
