//! What `cargo xtask validate` asks of the metric on whole collections, small enough for every run of the tests: people against
//! people, chat verse among people's, a form taken out, sets that look like people to one measure. People are rows of the shipped
//! atlas; the chat verse was written for the repository.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use diversity::Rng;
use measure::{Comparison, Contents, ReadOptions, Reading, Reference, Samples, Settings, VerdictWord, compare, read};

/// Samples of a set.
const N: usize = 240;

fn atlas() -> &'static Reference {
    Reference::poetry().expect("the shipped atlas")
}

/// The works of the atlas by author, in two parts of whole authors: `N` for the samples, and the rest.
fn split(seed: u64) -> (Vec<Reading>, Reference) {
    let mut by_author: BTreeMap<String, Vec<&Reading>> = BTreeMap::new();
    for r in &atlas().readings {
        by_author.entry(atlas().group_of(r)).or_default().push(r);
    }
    let mut authors: Vec<Vec<&Reading>> = by_author.into_values().collect();
    Rng::new(seed).shuffle(&mut authors);
    let (mut samples, mut rest): (Vec<Reading>, Vec<Reading>) = (Vec::new(), Vec::new());
    for works in authors {
        let part = if samples.len() + works.len() <= N { &mut samples } else { &mut rest };
        // authors are what belongs together, as prompts are among samples
        part.extend(works.into_iter().map(|r| Reading { prompt: Some(atlas().group_of(r)), ..r.clone() }));
    }
    (samples, reference(&rest))
}

fn reference(rows: &[Reading]) -> Reference {
    let rows: Vec<Reading> = rows.iter().map(|r| Reading { prompt: None, ..r.clone() }).collect();
    let bytes = measure::to_bytes(&rows, Contents::NoText, &[("name", "people".to_owned())]).expect("writes");
    Reference::from_atlas_bytes("people", Bytes::from(bytes), false).expect("opens")
}

fn held(readings: Vec<Reading>, reference: &Reference) -> Comparison {
    let samples = Samples { name: "s".into(), readings, skipped: vec![] };
    compare(&samples, reference, &Settings { shown: 0, ..Settings::default() }).expect("compares").0
}

fn chat_poems() -> Vec<Reading> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/chat-poems.jsonl");
    let lines = std::fs::read_to_string(file).expect("the example is in the repository");
    let texts: Vec<corpus::Text> = lines
        .lines()
        .enumerate()
        .map(|(i, line)| {
            let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
            corpus::Text::new(format!("chat {i}"), record["text"].as_str().expect("a text"))
        })
        .collect();
    read(&texts, &ReadOptions::default())
}

#[test]
fn people_hold_against_people_and_chat_verse_among_them_lowers_reach() {
    let chat = chat_poems();
    let mut within = 0;
    for seed in 1..=2 {
        let (people, rest) = split(seed);
        let null = held(people, &rest);
        let (reach, e) = (&null.views["form"].reach, &null.views["form"].e);
        let one = |n: &measure::Number| n.low.is_some_and(|low| low <= 1.0) && n.high.is_some_and(|high| high >= 1.0);
        within += usize::from(one(reach)) + usize::from(one(e));
        assert!(matches!(null.verdict.word, VerdictWord::Holds | VerdictWord::CannotTell), "{}", null.verdict.why);
    }
    assert!(within >= 3, "1 lies within {within} of 4 intervals of people's");

    let (people, rest) = split(1);
    let mut before = f64::INFINITY;
    for dose in [0, 30, 100] {
        let chat_n = (N * dose / 100).min(people.len());
        let mut mixed: Vec<Reading> = people[chat_n..].to_vec();
        mixed.extend(chat.iter().cycle().take(chat_n).enumerate().map(|(i, r)| {
            // some are there more than once at a full dose: each as a text of its own
            let prompt = Some(format!("chat {}", i % chat.len()));
            Reading { id: format!("chat {i}"), prompt, body: format!("{} {i}", r.body), ..r.clone() }
        }));
        let c = held(mixed, &rest);
        let form = &c.views["form"];
        assert!(form.reach.value < before - 0.03, "reach falls with the dose: {} at {dose} %", form.reach.value);
        before = form.reach.value;
        let p = form.mmd2.as_ref().and_then(|m| m.p).expect("a test");
        assert_eq!(p <= 0.05, dose > 0, "MMD² has p {p} at {dose} %");
        if dose == 100 {
            assert_eq!(c.verdict.word, VerdictWord::Collapsed, "{}", c.verdict.why);
        }
    }
}

#[test]
fn a_form_taken_out_is_named_first() {
    let (people, rest) = split(4);
    for form in ["blank verse", "petrarchan sonnet"] {
        let without: Vec<Reading> = people.iter().filter(|r| r.form_name != form).cloned().collect();
        assert!(without.len() < people.len());
        let c = held(without, &rest);
        let first = c.missing.iter().find(|m| !m.cannot_tell).expect("something is missing");
        assert_eq!(first.label, form, "{:?}", c.missing.iter().map(|m| &m.label).collect::<Vec<_>>());
        assert!(first.share.value == 0.0 && first.p_adjusted.is_some_and(|p| p <= 0.05));
    }
}

#[test]
fn nothing_that_only_looks_like_people_holds() {
    let rows = &atlas().readings;
    let mut rng = Rng::new(7);
    let made = |i: usize, form: Vec<f32>| Reading {
        id: i.to_string(),
        body: format!("made {i}"),
        kind: verse::Kind::Verse,
        form_name: "made up".into(),
        measures: vec![0.0; measure::MEASURES.len()],
        lines: 14,
        opening_form: form.clone(),
        form,
        ..Reading::default()
    };
    let dim = rows[0].form.len();
    // every feature as people have it, and none with another
    let shuffled: Vec<Reading> =
        (0..N).map(|i| made(i, (0..dim).map(|c| rows[rng.below(rows.len())].form[c]).collect())).collect();
    let ten = rng.choose(rows.len(), 10);
    let copies: Vec<Reading> = (0..N).map(|i| made(ten[i % 10], rows[ten[i % 10]].form.clone())).collect();
    let mut middle = Vec::new();
    for c in 0..dim {
        let mut column: Vec<f32> = rows.iter().map(|r| r.form[c]).collect();
        column.sort_by(f32::total_cmp);
        middle.push(column[column.len() / 2]);
    }
    let centre: Vec<Reading> = (0..N).map(|i| made(i, middle.clone())).collect();
    for (name, set, most) in
        [("columns shuffled", shuffled, 0.2), ("ten poems", copies, 0.4), ("the middle", centre, 0.3)]
    {
        let c = held(set, atlas());
        let reach = c.views["form"].reach.value;
        assert!(
            c.verdict.word != VerdictWord::Holds && reach < most,
            "{name}: {} at reach {reach}",
            c.verdict.sentence
        );
    }
}
