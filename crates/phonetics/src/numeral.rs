//! Numbers and symbols as they are read aloud: `1845` → eighteen forty-five, `£5` → five pounds.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 4] =
    [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];
/// Above this, digits are read one by one.
const LIMIT: u64 = 1_000_000_000_000_000;

/// The words of a text that holds a digit or a symbol; None for one that has neither.
pub fn words(text: &str) -> Option<Vec<String>> {
    if let Some(name) = symbol(text) {
        return Some(vec![name.into()]);
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return roman(text).map(|n| spell(n).into_iter().map(String::from).collect());
    }
    let mut words = Vec::new();
    for run in runs(text) {
        number(run, &mut words);
    }
    Some(words)
}

fn symbol(text: &str) -> Option<&'static str> {
    Some(match text {
        "&" => "and",
        "%" => "percent",
        "+" => "plus",
        "=" => "equals",
        "@" => "at",
        "#" => "number",
        "£" => "pounds",
        "$" => "dollars",
        "€" => "euros",
        "°" => "degrees",
        "½" => "half",
        "¼" => "quarter",
        "¾" => "three-quarters",
        "⅓" => "third",
        "⅔" => "two-thirds",
        _ => return None,
    })
}

/// Cuts at the change between letters and digits, apart from what belongs to a number (`3rd`, `1,845`, `3.5%`, `£5`).
fn runs(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        '0'..='9' | '.' | ',' | ':' | '%' | '£' | '$' | '€' | '#' | '°' => 0,
        '½' | '¼' | '¾' | '⅓' | '⅔' => 1,
        _ => 2,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut previous = None;
    for (i, c) in text.char_indices() {
        if previous.is_some_and(|p| p != kind(c)) && !is_ordinal_end(&text[start..i], &text[i..]) {
            out.push(&text[start..i]);
            start = i;
        }
        previous = Some(kind(c));
    }
    out.push(&text[start..]);
    out.retain(|run| run.chars().any(|c| c.is_alphanumeric() || symbol(run).is_some()));
    out
}

fn is_ordinal_end(digits: &str, rest: &str) -> bool {
    digits.ends_with(|c: char| c.is_ascii_digit())
        && ["st", "nd", "rd", "th", "d", "s", "'s"]
            .iter()
            .any(|end| rest.strip_prefix(end).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric())))
}

fn number(run: &str, words: &mut Vec<String>) {
    let Some(first) = run.find(|c: char| c.is_ascii_digit()) else {
        words.push(symbol(run).unwrap_or(run).into());
        return;
    };
    let last = run.rfind(|c: char| c.is_ascii_digit()).unwrap_or(first);
    let (head, body, tail) = (&run[..first], &run[first..=last], &run[last + 1..]);
    if head == "#" {
        words.push("number".into());
    }
    let said = amount(body);
    let one = said == ["one"];
    match tail {
        "st" | "nd" | "rd" | "th" | "d" => words.extend(ordinal(said)),
        "s" | "'s" => words.extend(plural(said)),
        _ => words.extend(said),
    }
    let unit = match (head, one) {
        ("£", true) => Some("pound"),
        ("£", false) => Some("pounds"),
        ("$", true) => Some("dollar"),
        ("$", false) => Some("dollars"),
        ("€", true) => Some("euro"),
        ("€", false) => Some("euros"),
        _ => match tail {
            "%" => Some("percent"),
            "°" => Some("degrees"),
            _ => None,
        },
    };
    words.extend(unit.map(String::from));
}

/// Digits with commas, a decimal point or a colon.
fn amount(body: &str) -> Vec<String> {
    if let Some((hours, minutes)) = body.split_once(':') {
        let mut said = amount(hours);
        if !minutes.bytes().all(|b| b == b'0') {
            said.extend(amount(minutes));
        }
        return said;
    }
    let plain: String = body.chars().filter(|&c| c != ',').collect();
    if let Some((whole, fraction)) = plain.split_once('.') {
        let mut said = amount(whole);
        said.push("point".into());
        said.extend(digits(fraction));
        return said;
    }
    let value: Option<u64> = plain.parse().ok().filter(|&n| n < LIMIT);
    match value {
        Some(year) if plain.len() == 4 && !body.contains(',') && is_year(year) => {
            let (century, rest) = (spell(year / 100), year % 100);
            let rest = match rest {
                0 => vec!["hundred"],
                1..10 => vec!["oh", ONES[rest as usize]],
                _ => spell(rest),
            };
            century.into_iter().chain(rest).map(String::from).collect()
        }
        Some(n) if !plain.starts_with('0') || plain.len() == 1 => spell(n).into_iter().map(String::from).collect(),
        _ => digits(&plain),
    }
}

/// 1100 to 1999 and 2010 to 2099 are read in halves.
fn is_year(n: u64) -> bool {
    (1100..2000).contains(&n) || (2010..2100).contains(&n)
}

fn digits(text: &str) -> Vec<String> {
    text.bytes().filter(u8::is_ascii_digit).map(|b| ONES[(b - b'0') as usize].into()).collect()
}

/// The words of a whole number.
fn spell(n: u64) -> Vec<&'static str> {
    for (scale, name) in SCALES {
        if n >= scale {
            let mut words = spell(n / scale);
            words.push(name);
            if !n.is_multiple_of(scale) {
                words.extend(spell(n % scale));
            }
            return words;
        }
    }
    match n {
        0..20 => vec![ONES[n as usize]],
        20..100 if n.is_multiple_of(10) => vec![TENS[(n / 10) as usize]],
        20..100 => vec![TENS[(n / 10) as usize], ONES[(n % 10) as usize]],
        _ => {
            let mut words = vec![ONES[(n / 100) as usize], "hundred"];
            if !n.is_multiple_of(100) {
                words.extend(spell(n % 100));
            }
            words
        }
    }
}

fn ordinal(mut words: Vec<String>) -> Vec<String> {
    if let Some(last) = words.last_mut() {
        *last = match last.as_str() {
            "one" => "first".into(),
            "two" => "second".into(),
            "three" => "third".into(),
            "five" => "fifth".into(),
            "eight" => "eighth".into(),
            "nine" => "ninth".into(),
            "twelve" => "twelfth".into(),
            ten if ten.ends_with('y') => format!("{}ieth", &ten[..ten.len() - 1]),
            other => format!("{other}th"),
        };
    }
    words
}

/// *the 1840s*.
fn plural(mut words: Vec<String>) -> Vec<String> {
    if let Some(last) = words.last_mut() {
        *last = match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None if last == "six" => "sixes".into(),
            None => format!("{last}s"),
        };
    }
    words
}

/// The value of a Roman numeral of two letters and more in its one proper form, of I, V and X alone (higher ones may be
/// words). Words are known not to be meant: the lexicon has been asked before.
fn roman(text: &str) -> Option<u64> {
    const NUMERALS: [(&str, u64); 5] = [("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)];
    if text.len() < 2 || !text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x')) {
        return None;
    }
    (1..40).find(|&n| {
        let mut rest = n;
        let mut spelled = String::new();
        for (numeral, value) in NUMERALS {
            while rest >= value {
                spelled.push_str(numeral);
                rest -= value;
            }
        }
        spelled == text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        words(text).map(|w| w.join(" ")).unwrap_or_default()
    }

    #[test]
    fn numbers_are_read_aloud() {
        let cases = [
            ("1845", "eighteen forty five"),
            ("1900", "nineteen hundred"),
            ("1906", "nineteen oh six"),
            ("2001", "two thousand one"),
            ("2024", "twenty twenty four"),
            ("1,845", "one thousand eight hundred forty five"),
            ("0", "zero"),
            ("3rd", "third"),
            ("21st", "twenty first"),
            ("40th", "fortieth"),
            ("£5", "five pounds"),
            ("$1", "one dollar"),
            ("3.5%", "three point five percent"),
            ("5:30", "five thirty"),
            ("5:00", "five"),
            ("007", "zero zero seven"),
            ("1840s", "eighteen forties"),
            ("&", "and"),
            ("xiv", "fourteen"),
            ("xxxix", "thirty nine"),
            ("b2b", "b two b"),
            ("2½", "two half"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_left_alone() {
        for text in ["", "iix", "vx", "love", "x", "xxxxx", "lix"] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    #[test]
    fn large_numbers_are_read_digit_by_digit() {
        assert_eq!(words("12345678901234567890").map(|w| w.len()), Some(20));
    }
}
