//! What must hold for every text whatever.

use doggerel_verse::{FEATURES, Kind, Options, Reading, form_vector, normalize, read};
use proptest::prelude::*;

fn lines(reading: &Reading) -> impl Iterator<Item = &doggerel_verse::LineReading> {
    reading.stanzas.iter().flat_map(|s| &s.lines)
}

/// Letters and digits, counted.
fn letters(text: &str) -> std::collections::BTreeMap<char, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *counts.entry(c).or_insert(0) += 1;
    }
    counts
}

fn check(text: &str) {
    let reading = read(text, &Options::default());
    let vector = form_vector(&reading);
    assert_eq!(vector.len(), FEATURES.len());
    assert!(vector.iter().all(|v| v.is_finite()), "{vector:?}");
    for line in lines(&reading) {
        assert!(!line.text.trim().is_empty());
        assert!(!line.text.contains('\n'));
        if !line.real.is_empty() {
            assert_eq!(line.real.len(), line.syllables, "{line:?}");
            assert!(line.met.bytes().chain(line.real.bytes()).all(|b| b == b'w' || b == b's'));
        }
    }
    for stanza in &reading.stanzas {
        assert!(!stanza.lines.is_empty());
        for (i, line) in stanza.lines.iter().enumerate() {
            for &partner in &line.rhymes_with {
                assert_eq!(stanza.lines[partner].rhyme, line.rhyme);
                assert!(stanza.lines[partner].rhymes_with.contains(&i));
            }
        }
    }
    assert!((0.0..=1.0).contains(&reading.rhyme_density));
    assert!((-1.0..=1.0).contains(&reading.ending.uplift));
    assert!((0.0..=1.0).contains(&reading.ending.moral));
    assert_eq!(reading.kind == Kind::Empty, reading.stanzas.is_empty());
}

/// Every letter of the input is in a line or in what was set aside, and none came from nowhere.
fn check_nothing_lost(text: &str) {
    let layout = normalize(text);
    let mut kept: String = layout.lines().collect();
    for aside in &layout.set_aside {
        if aside.kind != "control characters" {
            kept.push_str(&aside.text);
        }
    }
    assert_eq!(letters(text), letters(&kept), "{layout:?}");
}

/// Pieces that texts out of models are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("**The Well**\n".to_owned()),
        Just("# Title\n".to_owned()),
        Just("```\n".to_owned()),
        Just("<think>\n".to_owned()),
        Just("</think>\n".to_owned()),
        Just("Here is a poem for you:\n\n".to_owned()),
        Just("I hope you enjoy it!\n".to_owned()),
        Just("[Verse 2] ".to_owned()),
        Just("XIV.\n".to_owned()),
        Just("- item\n".to_owned()),
        Just("1. one\n".to_owned()),
        Just(" / ".to_owned()),
        Just("<br>".to_owned()),
        Just("---\n".to_owned()),
        Just("### User:\n".to_owned()),
        Just("— Ann Harrow\n".to_owned()),
        "[a-zA-Z ,.'’—*_&;0-9]{0,40}\n?",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_string_is_read(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn anything_out_of_a_model_is_read_and_nothing_is_lost(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        check(&text);
        check_nothing_lost(&text);
    }

    #[test]
    fn reading_is_a_function_of_the_text(pieces in prop::collection::vec(piece(), 0..12)) {
        let text = pieces.concat();
        let (a, b) = (read(&text, &Options::default()), read(&text, &Options::default()));
        prop_assert_eq!(format!("{:?}", a), format!("{:?}", b));
    }
}

/// Texts made to be slow, of 128 KB: by a quadratic step anywhere a reading would take minutes.
#[test]
fn hostile_texts_take_linear_time() {
    let size = 1 << 17;
    for (name, unit) in [
        ("one long word", "a"),
        ("one long line", "rain on the river "),
        ("short lines", "rain\nriver\n"),
        ("one stanza", "the rain is on the river,\nthe crow is on the wall,\n"),
        ("double spacing", "the rain is on the river,\n\n"),
        ("titles", "# The Rain\n"),
        ("numbers", "IV.\n\n12\n\n"),
        ("brackets", "<"),
        ("stars", "*_"),
        ("slashes", "rain / river "),
        ("labels", "[Verse 1]\n"),
        ("remarks", "I hope you enjoy it!\n\n"),
        ("thinking", "<think>"),
        ("blank lines", "\n \n"),
        ("apostrophes", "'’"),
        ("nulls", "\0"),
    ] {
        let text = unit.repeat(size / unit.len());
        let start = std::time::Instant::now();
        let reading = read(&text, &Options::default());
        let seconds = start.elapsed().as_secs_f64();
        assert!(form_vector(&reading).iter().all(|v| v.is_finite()));
        assert!(seconds < 60.0, "{name}: {seconds} s");
    }
}
