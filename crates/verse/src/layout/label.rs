//! Titles, stanza numbers, labels of stanzas and line numbers.

use super::remark::plain_lower;

const LABELS: [&str; 20] = [
    "verse",
    "stanza",
    "chorus",
    "refrain",
    "bridge",
    "couplet",
    "quatrain",
    "sestet",
    "octave",
    "tercet",
    "section",
    "part",
    "canto",
    "intro",
    "outro",
    "pre-chorus",
    "line",
    "envoi",
    "volta",
    "prologue",
];
const ORDINALS: [&str; 20] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "first", "second", "third",
    "fourth", "fifth", "sixth", "seventh", "eighth", "final", "last",
];
/// Words that a title leaves small.
const SMALL: [&str; 32] = [
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "or", "but", "nor", "by", "with", "from", "into",
    "upon", "as", "is", "its", "it's", "o'er", "de", "la", "s", "over", "through", "that", "than", "when", "if",
];

/// A roman number of at most 100, or a decimal one, alone: "IV.", "[3]", "12".
pub(super) fn is_number(text: &str) -> bool {
    let core = text.trim_matches(|c: char| !c.is_alphanumeric());
    if core.is_empty() || core.len() > 8 {
        return false;
    }
    core.bytes().all(|b| b.is_ascii_digit()) && core.len() <= 3 || is_roman(core)
}

pub(super) fn is_roman(core: &str) -> bool {
    let upper = core.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L' | b'C'));
    let lower = core.len() > 1 && core.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'l'));
    (upper || lower) && roman(core).is_some_and(|n| n <= 200)
}

/// The value of a well-formed roman number.
fn roman(core: &str) -> Option<u32> {
    let value = |b: u8| match b.to_ascii_uppercase() {
        b'I' => 1,
        b'V' => 5,
        b'X' => 10,
        b'L' => 50,
        _ => 100,
    };
    let digits: Vec<i32> = core.bytes().map(value).collect();
    let mut total = 0;
    for (i, &d) in digits.iter().enumerate() {
        if i >= 3 && digits[i - 3..i].iter().all(|x| *x == d) {
            return None;
        }
        match digits.get(i + 1) {
            // Only I before V and X, and X before L and C, are written so.
            Some(&next) if next > d && (next > 10 * d || matches!(d, 5 | 50)) => return None,
            Some(&next) if next > d => total -= d,
            _ => total += d,
        }
    }
    u32::try_from(total).ok()
}

/// The bytes of a stanza label at the start of a line ("[Verse 2] ", "Chorus:", "Second stanza:"), with the space behind
/// it; the whole line where it is a label alone.
pub(super) fn stanza_label(text: &str) -> Option<usize> {
    let open = text.starts_with(['[', '(', '{']);
    let body = text.trim_start_matches(['[', '(', '{']);
    let close = if open { body.find([']', ')', '}'])? } else { body.find(':').unwrap_or(body.len()) };
    if close > 40 {
        return None;
    }
    let inside = plain_lower(&body[..close]);
    let mut label = false;
    let mut numbered = false;
    for word in inside.split([' ', ':', '.']).filter(|w| !w.is_empty()) {
        if LABELS.contains(&word) {
            label = true;
        } else if ORDINALS.contains(&word)
            || word.parse::<u32>().is_ok()
            || word.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'))
        {
            numbered = true;
        } else {
            return None;
        }
    }
    if !label {
        return None;
    }
    let head = text.len() - body.len();
    let closed = open || close < body.len();
    let alone = inside.len() == body.len() && !body.ends_with([',', ';', '.', '!', '?']);
    if !(closed || numbered || alone) {
        return None;
    }
    let end = (head + close + usize::from(close < body.len())).min(text.len());
    let mut rest = &text[end..];
    rest = rest.trim_start_matches([']', ')', '}', ':', ' ']);
    Some(text.len() - rest.len())
}

/// "Title: The Crow" and its like: the bytes of the label.
pub(super) fn title_label(text: &str) -> Option<usize> {
    let lower = plain_lower(text);
    ["title:", "poem title:", "title -", "title –"].iter().any(|p| lower.starts_with(p)).then_some(text.len())
}

/// How surely a line that opens a text, in view of the other lines, is its title.
pub(super) struct TitleView {
    /// A blank line follows it and it stands alone.
    pub apart: bool,
    /// Share of the other lines that are written as titles are.
    pub others_alike: f64,
    /// Share of the other lines that end without a sign.
    pub others_bare: f64,
}

pub(super) fn is_title(text: &str, view: &TitleView) -> bool {
    let words = text.split_whitespace().count();
    if words == 0 || words > 12 || text.len() > 90 || text.ends_with([',', ';', ':', '—', '-']) {
        return false;
    }
    let numbered = text.split_whitespace().next_back().is_some_and(is_number) && text.starts_with(char::is_uppercase);
    if numbered && words <= 4 {
        return true;
    }
    let quoted = is_quoted(text);
    let capitals = is_all_caps(text);
    let stop = text.ends_with('.') && !capitals;
    let titled = is_title_case(text);
    let question = text.ends_with('?');
    if view.apart {
        return (quoted && words <= 10)
            || (capitals && view.others_alike < 0.3)
            || titled
            || (!stop && !question && words <= 10);
    }
    // A name may open a poem ("Little Tom Tiller"): in the same block a title needs the small words of a phrase.
    let last = text.rsplit(' ').next().unwrap_or(text).to_lowercase();
    let phrase =
        text.split(' ').skip(1).any(|w| SMALL.contains(&w)) && !SMALL.contains(&last.as_str()) && !text.contains(',');
    (capitals && words >= 1 && view.others_alike < 0.1)
        || (titled
            && phrase
            && !text.ends_with(['.', '!', '?'])
            && (2..=7).contains(&words)
            && view.others_alike < 0.15
            && view.others_bare < 0.6)
}

pub(super) fn is_quoted(text: &str) -> bool {
    let open = text.starts_with(['"', '“', '\'', '‘']);
    let close = text.ends_with(['"', '”', '\'', '’']);
    open && close && text.chars().count() > 2 && text.chars().filter(|c| matches!(c, '"' | '“' | '”')).count() <= 2
}

pub(super) fn is_all_caps(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3 && text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

/// Every word but the small ones opens with a capital, and more than the first does.
pub(super) fn is_title_case(text: &str) -> bool {
    let mut capitals = 0;
    let mut content = 0;
    for (i, word) in text.split_whitespace().enumerate() {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        if core.is_empty() {
            continue;
        }
        let capital = core.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if SMALL.contains(&core.to_lowercase().as_str()) && i > 0 {
            continue;
        }
        if !capital {
            return false;
        }
        content += 1;
        if i > 0 && core != "I" && !core.starts_with("I'") && !core.starts_with("I’") {
            capitals += 1;
        }
    }
    content >= 2 && capitals >= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_roman_numbers() {
        for text in ["IV.", "XXVII", "12", "[3]", "I", "ii."] {
            assert!(is_number(text), "{text}");
        }
        for text in ["1845", "MIX", "IIII", "IC", "Vex", "", "A"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn labels_of_stanzas() {
        assert_eq!(stanza_label("Verse 1:"), Some(8));
        assert_eq!(stanza_label("[Chorus]"), Some(8));
        assert_eq!(stanza_label("(Stanza 2)"), Some(10));
        assert_eq!(stanza_label("[Verse 2] The crow"), Some(10));
        assert_eq!(stanza_label("Second stanza:"), Some(14));
        assert_eq!(stanza_label("Stanza one"), Some(10));
        assert_eq!(stanza_label("Chorus of crows,"), None);
        assert_eq!(stanza_label("Part of the wood"), None);
    }

    #[test]
    fn titles() {
        let apart = TitleView { apart: true, others_alike: 0.0, others_bare: 0.0 };
        let close = TitleView { apart: false, others_alike: 0.0, others_bare: 0.0 };
        assert!(is_title("The Crow in Winter", &apart));
        assert!(is_title("\"The Crow\"", &apart));
        assert!(is_title("SONNET XXVII.", &close));
        assert!(is_title("Whispers of the Wind", &close));
        assert!(!is_title("The crow came down the wind,", &apart));
        assert!(!is_title("The crow came down the wind", &close));
        assert!(!is_title("O Captain! my Captain!", &close));
    }
}
