//! What the reward promises, on the poems of examples/.

use diversity::Rng;
use training::{Diversity, DiversityOptions, Sample, Scored, Standard};

fn poems(name: &str) -> Vec<Sample> {
    let path = format!("{}/../../examples/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(path).expect("the examples are there");
    let record = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    let sample = |r: serde_json::Value| Sample {
        prompt: r["prompt"].as_str().map(str::to_owned),
        text: r["text"].as_str().expect("a text").to_owned(),
    };
    lines.lines().map(|line| sample(record(line))).collect()
}

fn reward() -> Diversity {
    Diversity::new(Standard::open("human", None).expect("the atlas is shipped"), DiversityOptions::default())
        .expect("a reward")
}

fn mean(scored: &[Scored]) -> f64 {
    scored.iter().map(|s| s.reward).sum::<f64>() / scored.len() as f64
}

#[test]
fn a_batch_has_no_order_but_calls_have() {
    let poems = poems("chat-poems");
    let (a, b) = (reward(), reward());
    let forward = a.score(&poems);
    let mut order: Vec<usize> = (0..poems.len()).collect();
    Rng::new(1).shuffle(&mut order);
    let shuffled: Vec<Sample> = order.iter().map(|&i| poems[i].clone()).collect();
    let scored = b.score(&shuffled);
    for (k, &i) in order.iter().enumerate() {
        assert!((scored[k].reward - forward[i].reward).abs() < 1e-5);
    }
    assert_eq!(reward().score(&poems), forward, "the same calls give the same rewards");
}

#[test]
fn a_snapshot_goes_on_where_it_was_taken() {
    let poems = poems("chat-poems");
    let (first, second) = poems.split_at(40);
    let whole = reward();
    whole.score(first);
    let restored = reward();
    restored.restore(&whole.snapshot()).expect("a snapshot");
    assert_eq!((restored.window_len(), restored.scored()), (whole.window_len(), 40));
    assert_eq!(restored.score(second), whole.score(second));

    let mut bytes = whole.snapshot();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    assert!(restored.restore(&bytes).is_err_and(|e| e.to_string().contains("damaged")));
    assert!(restored.restore(&bytes[..100]).is_err() && restored.restore(b"").is_err());
    let options = DiversityOptions { window: 500, ..DiversityOptions::default() };
    let other = Diversity::new(Standard::open("human", None).expect("the atlas"), options).expect("a reward");
    assert!(other.restore(&whole.snapshot()).is_err_and(|e| e.to_string().contains("another reference")));
}

#[test]
fn varied_poems_earn_more_than_one_mould() {
    let chat = mean(&reward().score(&poems("chat-poems")));
    let varied = mean(&reward().score(&poems("varied-poems")));
    assert!(varied > chat + 0.2, "{varied} {chat}");
}

const LETTERS: [char; 12] = ['q', 'x', 'z', 'k', 'v', 'w', 'j', 'o', 'u', 't', 'r', 'f'];

/// The text with other words in the place of its own: lines, stanzas and punctuation stay.
fn with_words(text: &str, mut word: impl FnMut(&str) -> String) -> String {
    let is_letter = |c: char| c.is_alphabetic() || c == '\'' || c == '’';
    let mut out = String::new();
    let mut own = String::new();
    for c in text.chars().chain(['\n']) {
        if is_letter(c) {
            own.push(c);
            continue;
        }
        if !own.is_empty() {
            out.push_str(&word(&own));
            own.clear();
        }
        out.push(c);
    }
    out
}

fn samples(texts: impl Iterator<Item = String>) -> Vec<Sample> {
    texts.map(|text| Sample { prompt: Some("Write a poem.".into()), text }).collect()
}

/// Mean rewards of a policy that writes these alone, and of one that begins to among the chat poems.
fn played(texts: &[Sample]) -> (f64, f64) {
    let (alone, among) = (reward(), reward());
    among.score(&poems("chat-poems"));
    (mean(&alone.score(texts)), mean(&among.score(&texts[..16])))
}

#[test]
fn no_trick_earns_what_varied_poems_earn() {
    let varied = poems("varied-poems");
    let texts = || varied.iter().map(|s| s.text.clone());
    let mut rng = Rng::new(1);
    let mut pool: Vec<String> = Vec::new();
    texts().for_each(|t| drop(with_words(&t, |w| (pool.push(w.to_lowercase()), String::new()).1)));
    let poem = varied[0].text.clone();
    let mut tricks: Vec<(&str, Vec<Sample>)> = Vec::new();
    tricks.push((
        "random letters",
        samples(texts().map(|t| with_words(&t, |w| w.chars().map(|_| LETTERS[rng.below(12)]).collect()))),
    ));
    tricks.push(("random words", samples(texts().map(|t| with_words(&t, |_| pool[rng.below(pool.len())].clone())))));
    let mut shuffled = |text: String| {
        let mut own = Vec::new();
        with_words(&text, |w| (own.push(w.to_owned()), String::new()).1);
        rng.shuffle(&mut own);
        with_words(&text, |_| own.pop().unwrap_or_default())
    };
    tricks.push(("shuffled words", samples(texts().map(&mut shuffled))));
    tricks.push(("one poem", samples((0..64).map(|_| poem.clone()))));
    tricks.push((
        "padding",
        samples((0..64).map(|i| format!("{poem}{}", "\nand so, and so, and so it goes".repeat(i % 16)))),
    ));
    let things = ["lamp", "river", "engine", "ladder", "coat", "window", "harbour", "spoon"];
    let template = |i: usize| {
        let (a, b) = (things[i % 8], things[(i / 2 + 3) % 8]);
        match i % 2 {
            0 => format!("I went to the {a}\nand I saw the {b},\nI went to the {b}\nand I saw you."),
            _ => format!(
                "O {a}, O {b}, how you rise,\nA {b} shining in my eyes,\nO {a}, O {b}, how you fall,\nA {a} shadow on the wall."
            ),
        }
    };
    tricks.push(("two templates", samples((0..64).map(template))));
    let (alone, among) = played(&varied);
    for (name, texts) in tricks {
        let (trick_alone, trick_among) = played(&texts);
        assert!(
            trick_alone < alone - 0.3 && trick_among < among - 0.3,
            "{name}: {trick_alone} {trick_among}, poems {alone} {among}"
        );
    }
}

#[test]
fn copies_of_the_reference_earn_nothing() {
    let text = |(i, s): (usize, Sample)| corpus::Text { prompt: s.prompt, ..corpus::Text::new(i.to_string(), s.text) };
    let base: Vec<corpus::Text> = poems("varied-poems").into_iter().enumerate().map(text).collect();
    let standard = Standard::of_texts("base", &base, None).expect("a base");
    let reward = Diversity::new(standard, DiversityOptions::default()).expect("a reward");
    let copied = reward.score(&poems("varied-poems"));
    let paid: Vec<&Scored> = copied.iter().filter(|s| s.copied < 0.95 || s.reward > -2.8).collect();
    assert!(paid.is_empty(), "{paid:?}");
    let own = reward.score(&poems("chat-poems"));
    assert!(own.iter().all(|s| s.copied < 0.1 && s.content.is_some()) && mean(&own) > -3.0);
}

/// Where content is not weighed, as against the atlas, lines alone tell.
#[test]
fn a_copy_is_told_by_its_lines() {
    let text = |(i, s): (usize, Sample)| corpus::Text { prompt: s.prompt, ..corpus::Text::new(i.to_string(), s.text) };
    let base: Vec<corpus::Text> = poems("varied-poems").into_iter().enumerate().map(text).collect();
    let options = DiversityOptions { content: Some(0.0), ..DiversityOptions::default() };
    let reward = Diversity::new(Standard::of_texts("base", &base, None).expect("a base"), options).expect("a reward");
    let copied = reward.score(&poems("varied-poems"));
    assert!(copied.iter().filter(|s| s.copied > 0.9).count() > 50 && mean(&copied) < -2.7, "{}", mean(&copied));
    assert!(reward.score(&poems("chat-poems")).iter().all(|s| s.content.is_none() && s.copied < 0.1));
}

#[test]
fn options_that_say_nothing_are_refused() {
    let refused = |options: DiversityOptions| {
        let standard = Standard::open("human", None).expect("the atlas");
        Diversity::new(standard, options).expect_err("it is refused").to_string()
    };
    let default = DiversityOptions::default;
    assert!(refused(DiversityOptions { window: 0, ..default() }).contains("give 1 to"));
    assert!(refused(DiversityOptions { form: 0.0, content: Some(0.0), ..default() }).contains("weigh nothing"));
    assert!(refused(DiversityOptions { form: f64::NAN, ..default() }).contains("weigh nothing"));
    assert!(refused(DiversityOptions { clip: -1.0, ..default() }).contains("clip"));
    assert!(refused(DiversityOptions { prior: 0.0, ..default() }).contains("prior"));
    assert!(refused(DiversityOptions { content: Some(1.0), ..default() }).contains("holds no texts"));
}
