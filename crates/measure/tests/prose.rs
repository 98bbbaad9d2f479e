//! The promises of a comparison of prose, over texts made for the purpose.

use measure::{Comparison, Genre, ReadOptions, Reading, Reference, Samples, Settings, VerdictWord, compare, read};

const NOUNS: [&str; 12] = [
    "miller", "kettle", "harbour", "orchard", "lantern", "ladder", "bridge", "window", "garden", "candle", "tower",
    "stove",
];
const PLACES: [&str; 7] = ["bank", "library", "bakery", "dentist", "museum", "laundry", "courtroom"];

fn noun(i: usize) -> &'static str {
    NOUNS[i % 12]
}

/// Riddles of one build, other words each time.
fn riddle(i: usize) -> String {
    format!("Why did the {} go to the {}? Because the {} was out of order.", noun(i), PLACES[i % 7], noun(i / 5 + 1))
}

/// A tale of some eighty words.
fn tale(i: usize) -> String {
    let (a, b) = (noun(i), noun(i * 5 + 1));
    format!(
        "The {a} had stood by the {b} since the war, and nobody remembered who had put it there. On Monday a woman came \
         down the road with a cart and asked what it would cost. Nobody knew what to say. She waited, looked at the {b}, \
         counted the coins in her hand, and put {i} of them on the step. Then she loaded the {a} and drove on. We still \
         walk round the place where it used to be, as if it stood there."
    )
}

fn texts(n: usize, of: impl Fn(usize) -> String) -> Vec<Reading> {
    let texts: Vec<corpus::Text> = (0..n).map(|i| corpus::Text::new(format!("{i}"), of(i))).collect();
    read(&texts, &ReadOptions::default())
}

fn held(readings: Vec<Reading>, reference: &Reference) -> Comparison {
    let samples = Samples { name: "made".into(), readings, skipped: vec![] };
    compare(&samples, reference, &Settings::default()).expect("compares").0
}

#[test]
fn riddles_of_one_build_have_collapsed() {
    let riddles = texts(80, riddle);
    let people = Reference::shipped_for("human", &riddles).expect("shipped");
    assert_eq!(people.genre, Genre::Jokes);
    let c = held(riddles, people);
    assert_eq!(c.verdict.word, VerdictWord::Collapsed, "{}", c.verdict.sentence);
    assert!(c.verdict.sentence.contains("of these jokes"), "{}", c.verdict.sentence);
    assert_eq!(c.crowded[0].mode, "why-question and answer");
    assert_eq!(c.portrait["opens_why"].value, 1.0);
    assert!(
        c.views["form"].blocks.contains_key("opening") && c.views["form"].blocks.contains_key("without paragraphs")
    );
    assert!(c.views.wording.is_none(), "an atlas holds no words");
    let affect = c.views.affect.as_ref().expect("told against an atlas too");
    assert!(affect.uplift.null.is_some() && affect.quarters.len() == 4);
}

#[test]
fn stories_of_another_length_are_not_judged() {
    let tales = texts(60, tale);
    let people = Reference::shipped_for("human", &tales).expect("shipped");
    assert_eq!(people.genre, Genre::Stories);
    let c = held(tales, people);
    assert_eq!(c.verdict.word, VerdictWord::CannotTell);
    assert!(c.verdict.sentence.contains("words, where nearly all in stories-1"), "{}", c.verdict.sentence);
    assert!(c.missing.is_empty() && c.crowded.is_empty());
}

#[test]
fn a_mixture_says_so() {
    let poem = |i: usize| {
        format!("The {} is wide,\nthe {} is deep,\nand no one cried,\nand none could sleep.", noun(i), noun(i + 3))
    };
    let mixed = texts(60, |i| if i % 3 == 0 { poem(i) } else { riddle(i) });
    let c = held(mixed, Reference::people(Genre::Jokes).expect("shipped"));
    assert!(
        c.warnings.iter().any(|w| w.starts_with("a mixture: 20 of 60 texts are no jokes (20 verse)")),
        "{:?}",
        c.warnings
    );
    assert!((c.samples.on_task.value - 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn against_a_set_of_ones_own_words_are_compared() {
    let (ours, theirs) = (texts(60, riddle), texts(60, tale));
    let reference = Reference::from_readings("base", theirs).expect("texts");
    let c = held(ours, &reference);
    let wording = c.views.wording.as_ref().expect("both have texts");
    assert!(wording.overused.iter().any(|w| w.n_reference == 0 && w.n >= 8), "{:?}", wording.overused);
    let json = serde_json::to_value(&c).expect("serializes");
    assert!(json["views"]["form"]["reach"]["value"].is_number());
    assert!(json["views"]["wording"]["vocabulary"]["null"]["value"].is_number());
    assert!(json["views"]["affect"]["uplift"]["low"].is_number());
    let back: Comparison = serde_json::from_value(json).expect("reads its own JSON");
    assert_eq!(back.views.wording.map(|w| w.overused), c.views.wording.map(|w| w.overused));
}
