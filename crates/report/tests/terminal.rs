//! What a person sees in the terminal.

mod fixture;

use doggerel_report::{Renderer, Terminal};
use measure::{Comparison, Evidence, VerdictWord};

fn shown(terminal: &Terminal, comparison: &Comparison, evidence: &Evidence) -> String {
    let mut out = Vec::new();
    terminal.render(comparison, evidence, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_collapsed_set() {
    let (comparison, evidence) = fixture::collapsed();
    let terminal = Terminal {
        page: Some("report.html".into()),
        again: Some("doggerel measure chat-poems.jsonl --seed 1".into()),
        ..Terminal::default()
    };
    let text = shown(&terminal, &comparison, &evidence);
    assert!(text.lines().count() <= 32, "thirty lines or so, not {}", text.lines().count());
    insta::assert_snapshot!(text);
}

#[test]
fn a_narrow_window() {
    let (comparison, evidence) = fixture::collapsed();
    insta::assert_snapshot!(shown(&Terminal { width: 72, ..Terminal::default() }, &comparison, &evidence));
}

#[test]
fn two_views_against_a_base() {
    let (comparison, evidence) = fixture::against_base();
    insta::assert_snapshot!(shown(&Terminal::default(), &comparison, &evidence));
}

#[test]
fn an_empty_comparison_is_still_a_page() {
    let text = shown(&Terminal::default(), &Comparison::default(), &Evidence::default());
    assert!(text.contains("CANNOT TELL"), "{text}");
}

#[test]
fn colour_changes_nothing_but_colour() {
    let (comparison, evidence) = fixture::collapsed();
    let plain = shown(&Terminal::default(), &comparison, &evidence);
    let coloured = shown(&Terminal { colour: true, ..Terminal::default() }, &comparison, &evidence);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').expect("every code is a style").1;
    }
    stripped.push_str(rest);
    let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    assert_eq!(trimmed(&stripped), trimmed(&plain));
}

#[test]
fn strangers_texts_cannot_drive_the_terminal() {
    let (comparison, evidence) = fixture::attacked();
    let text = shown(&Terminal::default(), &comparison, &evidence);
    let acts = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert_eq!(text.chars().find(acts), None, "{text}");
    assert!(text.contains("␛[2J"), "the code is shown: {text}");
}

#[test]
fn every_verdict_is_said_in_words() {
    let (mut comparison, evidence) = fixture::collapsed();
    for (word, said) in [
        (VerdictWord::Collapsed, "COLLAPSED"),
        (VerdictWord::Displaced, "DISPLACED"),
        (VerdictWord::Narrow, "NARROW"),
        (VerdictWord::Holds, "HOLDS"),
        (VerdictWord::CannotTell, "CANNOT TELL"),
    ] {
        comparison.verdict.word = word;
        assert!(shown(&Terminal::default(), &comparison, &evidence).contains(said));
    }
}

/// Groups by their figure, and the measures of other papers beside the reference's.
#[test]
fn groups_and_peers() {
    let (mut comparison, evidence) = fixture::collapsed();
    let number = |value: f64, low: f64, high: f64| measure::Number {
        value,
        low: Some(low),
        high: Some(high),
        level: Some(0.95),
        n: 5,
        ..measure::Number::default()
    };
    comparison.groups = (0..20)
        .map(|i| measure::GroupDiversity {
            key: format!("prompt {i}"),
            n: 5,
            diversity: number(0.04 * f64::from(i), 0.04 * f64::from(i) - 0.1, 0.04 * f64::from(i) + 0.1),
        })
        .collect();
    let theirs = measure::Null { value: 21.0, low: 21.0, high: 21.0 };
    comparison.peers.insert("vendi".into(), measure::Number { null: Some(theirs), ..number(8.4, 8.1, 8.7) });
    let text = shown(&Terminal::default(), &comparison, &evidence);
    let of = |word: &str| text.lines().find(|line| line.contains(word)).unwrap_or_default().to_string();
    assert!(of("prompt 0 ").starts_with(" Groups"), "{text}");
    assert!(of("prompt 19").contains("0.76") && of("prompt 19").contains("n = 5"), "{text}");
    assert!(text.contains("… 8 groups between these are in --json") && !text.contains("prompt 10"), "{text}");
    let vendi = of("Vendi");
    assert!(vendi.starts_with(" Peers") && vendi.contains("8.4") && vendi.contains("people 21"), "{vendi}");
}
