//! Sets, gates and series, as a person sees them.

use std::collections::BTreeMap;

use doggerel_report::{Html, Terminal};
use measure::{
    ExclusiveMode, Gate, GateSet, Number, Outcome, Ruling, SetComparison, SetDifference, SetSummary, SetsVerdict, Step,
    Track, TrackMeasure,
};

/// What a stranger may call a file or write in a text.
const HOSTILE: &str = "</h4><script>alert(1)</script>\u{1b}[31m\u{202e}&\"'";

fn number(value: f64, low: f64, high: f64, n: usize) -> Number {
    Number { value, low: Some(low), high: Some(high), level: Some(0.95), n, ..Number::default() }
}

fn sets(names: [&str; 2]) -> SetComparison {
    let set = |name: &str, d: f64| SetSummary {
        name: name.into(),
        n: 300,
        measures: BTreeMap::from([
            ("content.D".to_owned(), number(d, d - 0.03, d + 0.03, 100)),
            ("repeats.exact".to_owned(), number(0.05, 0.02, 0.09, 300)),
            ("rhymed_share".to_owned(), number(0.9, 0.85, 0.94, 300)),
        ]),
        ..SetSummary::default()
    };
    let [a, b] = names;
    let difference = |measure: &str, kind: &str, number: Number, told| SetDifference {
        measure: measure.into(),
        a: a.into(),
        b: b.into(),
        kind: kind.into(),
        p_adjusted: Some(if told { 0.0001 } else { 0.41 }),
        number,
        paired: true,
        told,
    };
    SetComparison {
        schema: "doggerel.compare/1".into(),
        doggerel: "0.1.0".into(),
        seed: 1,
        verdict: SetsVerdict {
            word: "less varied".into(),
            sentence: format!("{a} is less varied than {b}: answers to one prompt lie 0.62 [0.55, 0.70] as far apart."),
        },
        sets: vec![set(a, 0.43), set(b, 0.69)],
        differences: vec![
            difference("content.D", "ratio", number(0.62, 0.55, 0.70, 100), true),
            difference("repeats.exact", "difference", number(0.01, -0.02, 0.04, 300), false),
        ],
        modes: vec![ExclusiveMode {
            view: "content".into(),
            label: format!("answers to “Tell me a joke.” like “{a}”"),
            has: a.into(),
            lacks: b.into(),
            share: number(0.8, 0.5, 0.95, 10),
            share_of_other: Number { n: 10, ..Number::default() },
            p_adjusted: None,
            samples: vec!["joke-1".into(), a.into()],
        }],
        warnings: vec!["the sets hold 300 to 900 texts".into()],
        ..SetComparison::default()
    }
}

fn track(name: &str) -> Track {
    let steps = [(1.0, Outcome::Holds), (0.9, Outcome::Holds), (0.5, Outcome::Collapsed)].into_iter().enumerate();
    let steps = steps.map(|(i, (d, outcome))| Step {
        name: format!("{name}_{i}"),
        step: Some(i as f64 * 100.0),
        n: 300,
        is_base: i == 0,
        measures: BTreeMap::from([
            ("content.D_ratio".to_owned(), number(d, d - 0.05, d + 0.05, 100)),
            ("log.kl".to_owned(), Number { value: i as f64, n: 300, ..Number::default() }),
        ]),
        outcome,
        ..Step::default()
    });
    let measure =
        |name: &str, limit| TrackMeasure { name: name.into(), description: "how far apart".into(), base: None, limit };
    Track {
        doggerel: "0.1.0".into(),
        seed: 1,
        base: GateSet { name: format!("{name}_0"), n: 300, on_task: 300 },
        delta: 0.2,
        looks: 2,
        level: 0.9747,
        sentence: format!("The gate first fails at {name}_2. 1 of 2 checkpoints fail."),
        first_failure: Some(format!("{name}_2")),
        measures: vec![measure("content.D_ratio", Some(0.8)), measure("log.kl", None)],
        steps: steps.collect(),
        ..Track::default()
    }
}

fn shown(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

fn pages(name: &str) -> [String; 2] {
    let html = Html { date: None, again: Some("doggerel compare a b --seed 1".into()) };
    [
        shown(|out| html.sets(&sets([name, "base.jsonl"]), out).unwrap()),
        shown(|out| html.track(&track(name), out).unwrap()),
    ]
}

#[test]
fn two_sets_in_a_terminal() {
    insta::assert_snapshot!(shown(|out| Terminal::default().sets(&sets(["tuned.jsonl", "base.jsonl"]), out).unwrap()));
}

#[test]
fn a_series_in_a_terminal() {
    insta::assert_snapshot!(shown(|out| Terminal::default().track(&track("step"), out).unwrap()));
}

#[test]
fn strangers_names_stay_text() {
    let plain: Vec<usize> = pages("tuned").iter().map(|p| p.matches('<').count()).collect();
    for (page, plain) in pages(HOSTILE).iter().zip(plain) {
        assert_eq!(page.matches('<').count(), plain, "an element more than the page's own");
        assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
        assert!(page.contains("&lt;script&gt;"));
    }
    let gate = Gate {
        samples: GateSet { name: HOSTILE.into(), n: 3, on_task: 3 },
        sentence: HOSTILE.into(),
        rules: vec![Ruling { rule: HOSTILE.into(), ..Ruling::default() }],
        ..Gate::default()
    };
    for text in [
        shown(|out| Terminal::default().sets(&sets([HOSTILE, "b"]), out).unwrap()),
        shown(|out| Terminal::default().track(&track(HOSTILE), out).unwrap()),
        shown(|out| Terminal::default().gate(&gate, out).unwrap()),
    ] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn the_pages_refer_to_nothing_outside_themselves() {
    for page in pages("tuned") {
        for sign in ["http:", "https:", "src=", "@import", "url(", "<script", "<iframe", "style=\"", "onclick"] {
            assert!(!page.contains(sign), "{sign}");
        }
        assert!(page.contains("default-src 'none'"));
    }
    assert_eq!(pages("tuned"), pages("tuned"));
}

#[test]
fn the_picture_marks_the_limit_and_the_first_failure() {
    let [_, page] = pages("step");
    assert_eq!(page.matches("class=\"failed\"").count(), 2, "one a picture");
    assert_eq!(page.matches("class=\"limit\"").count(), 1);
}
