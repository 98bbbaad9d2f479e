//! The promises of a comparison, over texts made for the purpose.

use measure::{Comparison, ReadOptions, Reading, Reference, Samples, Settings, VerdictWord, compare, read};

const NOUNS: [&str; 12] = [
    "river", "lantern", "window", "garden", "harbour", "winter", "ladder", "kettle", "meadow", "pillow", "candle",
    "gravel",
];
const VERBS: [&str; 8] = ["wander", "listen", "gather", "falter", "glimmer", "linger", "tremble", "whisper"];
const RHYMES: [(&str, &str); 8] = [
    ("light", "night"),
    ("day", "way"),
    ("stone", "alone"),
    ("sea", "free"),
    ("air", "there"),
    ("rain", "again"),
    ("sky", "high"),
    ("heart", "start"),
];

/// A quatrain abab in fours, other words each time.
fn quatrain(i: usize) -> String {
    let noun = |k: usize| NOUNS[(i * 5 + k * 7) % 12];
    let verb = |k: usize| VERBS[(i * 3 + k) % 8];
    let (a, b) = (RHYMES[i % 8], RHYMES[(i + 1 + i / 8 % 7) % 8]);
    format!(
        "The {} will {} in the {},\nThe {} will {} by the {},\nAnd I shall {} to the {},\nAnd you shall {} to the {}.",
        noun(0),
        verb(0),
        a.0,
        noun(1),
        verb(1),
        b.0,
        verb(2),
        a.1,
        verb(3),
        b.1
    )
}

fn chatty(n: usize) -> Vec<corpus::Text> {
    (0..n)
        .map(|i| {
            let text = (0..3).map(|k| quatrain(i * 3 + k)).collect::<Vec<_>>().join("\n\n");
            corpus::Text { prompt: Some(format!("Write poem {}.", i % 12)), ..corpus::Text::new(format!("s{i}"), text) }
        })
        .collect()
}

fn samples(texts: &[corpus::Text]) -> Samples {
    Samples { name: "made".into(), readings: read(texts, &ReadOptions::default()), skipped: vec![] }
}

fn against_people(texts: &[corpus::Text]) -> Comparison {
    let atlas = Reference::poetry().expect("the shipped atlas");
    let (comparison, evidence) = compare(&samples(texts), atlas, &Settings::default()).expect("compares");
    assert!(evidence.texts.len() == texts.len());
    comparison
}

/// JSON has no NaN: it would be written as null, which stands only where a number may be absent.
fn assert_sound(comparison: &Comparison) {
    fn nulls(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Null => found.push(path.to_owned()),
            serde_json::Value::Array(list) => list.iter().for_each(|v| nulls(v, path, found)),
            serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| nulls(v, &format!("{path}.{k}"), found)),
            _ => {}
        }
    }
    let json = serde_json::to_value(comparison).expect("serializes");
    let mut found = Vec::new();
    nulls(&json, "", &mut found);
    let open = [".verdict.n_needed", ".missing.p_adjusted", ".crowded.p_adjusted"];
    found.retain(|p| !open.contains(&p.as_str()));
    assert!(found.is_empty(), "null at {found:?}");
    let text = json.to_string();
    serde_json::from_str::<Comparison>(&text).expect("every number is a number");
}

#[test]
fn even_quatrains_have_collapsed() {
    let c = against_people(&chatty(120));
    assert_eq!(c.verdict.word, VerdictWord::Collapsed, "{}", c.verdict.why);
    let form = &c.views["form"];
    assert!(form.reach.high.is_some_and(|h| h < 0.5) && form.reach.null.is_some());
    assert!(c.verdict.sentence.contains("of people's"), "{}", c.verdict.sentence);
    assert!(c.missing.iter().any(|m| m.label.contains("blank verse")), "blank verse is missing");
    assert!(c.crowded.iter().any(|m| m.samples.len() > 5), "the crowd is named");
    assert!(c.portrait["quatrain_share"].value > 0.9);
    assert!(c.portrait["quatrain_share"].null.as_ref().is_some_and(|n| n.value < 0.5));
    assert!(c.views["form"].blocks.len() == 7 && form.within_prompt.is_some());
    assert_sound(&c);
}

#[test]
fn few_texts_and_odd_ones_give_no_number_and_no_nan() {
    for texts in [
        chatty(1),
        chatty(19),
        vec![corpus::Text::new("empty", ""); 30],
        vec![
            corpus::Text::new("prose", "I went to the bank. It was closed, so I came home and wrote to you at once.");
            3
        ],
    ] {
        let c = against_people(&texts);
        assert_eq!(c.verdict.word, VerdictWord::CannotTell);
        // More verse would tell; more of what is no verse would not.
        assert_eq!(c.verdict.n_needed.is_some(), c.samples.on_task.value > 0.0);
        assert!(c.views.is_empty());
        assert_sound(&c);
    }
}

#[test]
fn one_poem_a_hundred_times_has_collapsed() {
    let one = corpus::Text::new("one", quatrain(3));
    let texts: Vec<_> = (0..100).map(|i| corpus::Text { id: i.to_string(), ..one.clone() }).collect();
    let c = against_people(&texts);
    assert_eq!(c.verdict.word, VerdictWord::Collapsed, "{}", c.verdict.why);
    assert!((c.repeats.exact.value - 0.99).abs() < 1e-12);
    assert_eq!(c.repeats.top1_share["exact"].value, 1.0);
    assert_sound(&c);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let run = |threads: usize| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(|| {
            let atlas = Reference::poetry().expect("the shipped atlas");
            let (c, e) = compare(&samples(&chatty(60)), atlas, &Settings::default()).expect("compares");
            (serde_json::to_string(&c).expect("serializes"), serde_json::to_string(&e).expect("serializes"))
        })
    };
    assert!(run(1) == run(3));
}

#[test]
fn the_order_of_samples_changes_no_verdict_and_no_value() {
    let texts = chatty(80);
    let reversed: Vec<_> = texts.iter().rev().cloned().collect();
    let (a, b) = (against_people(&texts), against_people(&reversed));
    let (a, b) = (&a.views["form"], &b.views["form"]);
    for (x, y) in [(&a.reach, &b.reach), (&a.e, &b.e), (&a.outside, &b.outside)] {
        assert!((x.value - y.value).abs() < 1e-9, "{} {}", x.value, y.value);
    }
}

#[test]
fn against_itself_by_other_prompts_a_set_holds_its_own() {
    let all = chatty(240);
    let (a, b): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(i, _)| i / 12 % 2 == 0);
    let strip = |v: Vec<(usize, corpus::Text)>| v.into_iter().map(|(_, t)| t).collect::<Vec<_>>();
    let (a, b) = (strip(a), strip(b));
    let reference = Reference::from_readings("base", read(&b, &ReadOptions::default())).expect("texts");
    let (c, _) = compare(&samples(&a), &reference, &Settings::default()).expect("compares");
    let form = &c.views["form"];
    assert!(form.reach.low.is_some_and(|l| l <= 1.0) && form.reach.high.is_some_and(|h| h >= 1.0), "{:?}", form.reach);
    let within = form.within_prompt.as_ref().expect("prompts repeat");
    let ratio = within.ratio.as_ref().expect("prompts are shared");
    assert!((ratio.value - 1.0).abs() < 0.25, "{ratio:?}");
    assert_sound(&c);
}

#[test]
fn stored_readings_give_the_same_comparison() {
    let s = samples(&chatty(40));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("readings.parquet");
    measure::write_readings(&path, &s.readings, measure::Contents::Everything, &[]).expect("writes");
    let back: Vec<Reading> = measure::read_readings(&path).expect("reads");
    let mut packed = s.readings.clone();
    packed.iter_mut().for_each(Reading::pack);
    assert!(back == packed, "readings come back as they were");
    let atlas = Reference::poetry().expect("the shipped atlas");
    let json = |s: &Samples| {
        let (c, _) = compare(s, atlas, &Settings::default()).expect("compares");
        serde_json::to_string(&c).expect("serializes")
    };
    assert_eq!(json(&s), json(&Samples { readings: back, ..s.clone() }));
}
