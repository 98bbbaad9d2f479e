//! What a text is wrapped in, character by character: thinking, special tokens, tags, entities, control codes.

use super::aside::Asides;

/// Tags whose contents are a model's thoughts, not its answer.
const THINKING: [&str; 7] = ["think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad"];
/// Tokens after which a model's answer is over.
const END_TOKENS: [&str; 7] =
    ["</s>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>", "<eos>"];
/// Tokens that only frame an answer.
const FRAME_TOKENS: [&str; 5] = ["<s>", "<bos>", "[/INST]", "[INST]", "<start_of_turn>model"];
/// The longest tag that is looked for, in bytes: a bound that keeps a text of `<` linear.
const LONGEST_TAG: usize = 120;

/// A piece of the text: kept, or set aside under a kind.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Keep(&'a str),
    Aside(&'static str, &'a str),
}

/// Parts thinking, and what follows an end token, from the answer.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    // A template may have opened the thinking in the prompt, so that the text holds its close alone.
    if let Some((close, after)) = first_tag(rest, |name| name.strip_prefix('/').is_some_and(is_thinking)) {
        let opened = first_tag(rest, is_thinking).is_some_and(|(open, _)| open < close);
        if !opened {
            out.push(Piece::Aside("thinking", &rest[..after]));
            rest = &rest[after..];
        }
    }
    while let Some((open, after_open)) = first_tag(rest, is_thinking) {
        out.push(Piece::Keep(&rest[..open]));
        let close = first_tag(&rest[after_open..], |name| name.strip_prefix('/').is_some_and(is_thinking));
        let end = close.map_or(rest.len(), |(_, after)| after_open + after);
        out.push(Piece::Aside("thinking", &rest[open..end]));
        rest = &rest[end..];
    }
    let end = END_TOKENS
        .iter()
        .filter_map(|token| rest.find(token))
        .filter(|&at| rest[..at].chars().any(char::is_alphanumeric))
        .min();
    match end {
        Some(at) => out.extend([Piece::Keep(&rest[..at]), Piece::Aside("after the end token", &rest[at..])]),
        None => out.push(Piece::Keep(rest)),
    }
    out
}

fn is_thinking(name: &str) -> bool {
    THINKING.iter().any(|t| t.eq_ignore_ascii_case(name))
}

/// The first `<name>` whose name passes, as (start, end) in bytes. Attributes are allowed and ignored.
fn first_tag(text: &str, passes: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('<').map(|i| from + i) {
        if let Some((name, end)) = tag_at(text, at)
            && passes(name)
        {
            return Some((at, end));
        }
        from = at + 1;
    }
    None
}

/// The tag that opens at byte `at`: its name (with a leading `/` where it closes) and the byte after it.
fn tag_at(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = &text.as_bytes()[at..];
    let window = &bytes[..bytes.len().min(LONGEST_TAG)];
    let close = window.iter().position(|&b| b == b'>')?;
    let inner = text.get(at + 1..at + close)?;
    if inner.contains('<') || inner.contains('\n') {
        return None;
    }
    let name = inner.split([' ', '\t']).next().unwrap_or("").trim_end_matches('/');
    let plain = name.strip_prefix('/').unwrap_or(name);
    let is_name = plain.starts_with(|c: char| c.is_ascii_alphabetic())
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b':');
    is_name.then_some((name, at + close + 1))
}

/// Turns a kept piece into plain text with `\n` as its only control character. What is taken out goes to `asides`.
pub(super) fn plain(piece: &str, asides: &mut Asides) -> String {
    let mut out = String::with_capacity(piece.len());
    let mut rest = piece;
    while !rest.is_empty() {
        // Most of a text is letters and blanks, which stay as they are.
        let run = rest.bytes().take_while(|b| is_plain(*b)).count();
        out.push_str(&rest[..run]);
        rest = &rest[run..];
        let Some(c) = rest.chars().next() else { break };
        let taken = match c {
            '<' => tag(rest, &mut out, asides),
            '[' => frame_token(rest, asides),
            '&' => entity(rest, &mut out),
            _ => None,
        };
        if let Some(bytes) = taken {
            rest = &rest[bytes..];
            continue;
        }
        let bytes = c.len_utf8();
        match c {
            '\n' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' => out.push_str("\n\n"),
            '\r' => {
                if !rest[bytes..].starts_with('\n') {
                    out.push('\n');
                }
            }
            _ if is_invisible(c) => asides.control(c),
            _ if c.is_whitespace() => out.push(' '),
            _ => out.push(c),
        }
        rest = &rest[bytes..];
    }
    out
}

/// Printed ASCII that opens no tag, token or entity; line feeds too.
fn is_plain(b: u8) -> bool {
    matches!(b, b' '..=b'~' | b'\n') && !matches!(b, b'<' | b'[' | b'&')
}

/// Control and format characters, which no reader sees.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FFFD}')
}

fn tag(rest: &str, out: &mut String, asides: &mut Asides) -> Option<usize> {
    if let Some(bytes) = frame_token(rest, asides) {
        return Some(bytes);
    }
    if rest.starts_with("<|") {
        let end = rest.as_bytes()[..rest.len().min(LONGEST_TAG)].windows(2).position(|w| w == b"|>")? + 2;
        if rest[..end].contains('\n') {
            return None;
        }
        asides.markup(&rest[..end]);
        return Some(end);
    }
    let (name, end) = tag_at(rest, 0)?;
    match name.trim_start_matches('/').to_ascii_lowercase().as_str() {
        "br" => out.push('\n'),
        "p" | "div" | "hr" | "poem" | "stanza" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" => {
            out.push_str("\n\n")
        }
        "li" | "line" => out.push('\n'),
        _ => {}
    }
    asides.markup(&rest[..end]);
    Some(end)
}

fn frame_token(rest: &str, asides: &mut Asides) -> Option<usize> {
    let token = FRAME_TOKENS.iter().chain(&END_TOKENS).find(|token| rest.starts_with(**token))?;
    asides.markup(token);
    Some(token.len())
}

/// The commonest character entities; an unknown one stays as it is.
fn entity(rest: &str, out: &mut String) -> Option<usize> {
    let close = rest.as_bytes()[..rest.len().min(12)].iter().position(|&b| b == b';')?;
    let c = match rest.get(1..close)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "#39" => '\'',
        "nbsp" | "#160" | "ensp" | "emsp" | "thinsp" => ' ',
        "mdash" => '—',
        "ndash" => '–',
        "hyphen" | "dash" => '-',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "eacute" => 'é',
        "egrave" => 'è',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        _ => return None,
    };
    out.push(c);
    Some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_of(text: &str) -> String {
        plain(text, &mut Asides::default())
    }

    #[test]
    fn thinking_is_cut_out_wherever_it_opens() {
        assert_eq!(
            pieces("<think>rhyme?</think>\nA crow"),
            [Piece::Keep(""), Piece::Aside("thinking", "<think>rhyme?</think>"), Piece::Keep("\nA crow")]
        );
        assert_eq!(pieces("rhyme?</think>A crow"), [Piece::Aside("thinking", "rhyme?</think>"), Piece::Keep("A crow")]);
        assert_eq!(
            pieces("A crow<Thinking>and so"),
            [Piece::Keep("A crow"), Piece::Aside("thinking", "<Thinking>and so"), Piece::Keep("")]
        );
    }

    #[test]
    fn text_after_an_end_token_is_set_aside() {
        assert_eq!(
            pieces("A crow</s>Another"),
            [Piece::Keep("A crow"), Piece::Aside("after the end token", "</s>Another")]
        );
        assert_eq!(pieces("</s>A crow"), [Piece::Keep("</s>A crow")]);
    }

    #[test]
    fn line_ends_tags_and_entities_become_plain() {
        assert_eq!(plain_of("a\r\nb\rc<br/>d<p>e"), "a\nb\nc\nd\n\ne");
        assert_eq!(plain_of("a &amp; b&nbsp;&bogus; <i>c</i> 1 < 2"), "a & b &bogus; c 1 < 2");
        assert_eq!(plain_of("a\0b\u{200B}c\td"), "abc d");
    }
}
