//! Texts of strangers on a person's terminal.

use std::borrow::Cow;

/// The text without what could command a terminal or reorder what is read: control codes (line feed and tab stay),
/// whole escape sequences, and the Unicode controls of writing direction.
///
/// ```
/// assert_eq!(corpus::sanitize("a \u{1b}[31mred\u{1b}[0m\u{7} rose\n"), "a red rose\n");
/// ```
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_command) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            // The one-character form of the same introducers: CSI, and the strings DCS, SOS, OSC, PM and APC.
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            c if is_command(c) => {}
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

fn is_command(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

fn skip_escape(rest: &mut std::str::Chars<'_>) {
    match rest.clone().next() {
        Some('[') => {
            rest.next();
            skip_control_sequence(rest);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            rest.next();
            skip_string(rest);
        }
        // Intermediate bytes, then one final byte (ECMA-48, 5.3.3).
        Some(' '..='/') => {
            while let Some(' '..='/') = rest.clone().next() {
                rest.next();
            }
            if let Some('0'..='~') = rest.clone().next() {
                rest.next();
            }
        }
        Some('0'..='~') => {
            rest.next();
        }
        _ => {}
    }
}

/// Parameters and intermediates, then a final byte (ECMA-48, 5.4). Anything else ends it and stays.
fn skip_control_sequence(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.clone().next() {
        match c {
            ' '..='?' => rest.next(),
            '@'..='~' => {
                rest.next();
                return;
            }
            _ => return,
        };
    }
}

/// To the string terminator or bell. An unclosed one ends with its line, so that it cannot swallow a poem.
fn skip_string(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.clone().next() {
        match c {
            '\n' => return,
            '\u{7}' | '\u{9c}' => {
                rest.next();
                return;
            }
            '\u{1b}' => {
                rest.next();
                if rest.clone().next() == Some('\\') {
                    rest.next();
                }
                return;
            }
            _ => rest.next(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sequences_go_whole_and_poems_stay() {
        assert_eq!(sanitize("\u{1b}]0;title\u{7}The sea\u{1b}(B is \u{9b}2Jcalm"), "The sea is calm");
        assert_eq!(sanitize("un\u{1b}]closed\nnext"), "un\nnext");
        assert_eq!(sanitize("a\u{202e}cb\r\n"), "acb\n");
        assert!(matches!(sanitize("naïve — ‘tis\tfine\n"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_left_commands(text in "\\PC*[\u{0}-\u{9f}\u{202a}-\u{202e}]*\\PC*") {
            let clean = sanitize(&text).into_owned();
            prop_assert!(!clean.chars().any(is_command));
            prop_assert_eq!(sanitize(&clean), clean.as_str());
        }
    }
}
