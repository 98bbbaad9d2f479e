//! How right each rule of morphology is, and whether the letters alone would have done better: every held-out word of the
//! lexicon that the rules can build from others, held against what the lexicon says of it.
//!
//! `cargo run --release -p doggerel-phonetics --example rules -- 3` shows three errors a rule; with `common` behind it only
//! words that occur in the counted works are looked at, with `all` every word (then the letters are not on trial: the model
//! has seen most of them).
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use phonetics::{Options, Phone, Pronouncer, Pronunciation, Via, Word};

#[derive(Default)]
struct Score {
    words: u32,
    right: u32,
    right_but_for_stress: u32,
    letters_right: u32,
    letters_right_but_for_stress: u32,
    errors: Vec<String>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let shown = arguments.first().and_then(|n| n.parse().ok()).unwrap_or(0);
    let has = |name: &str| arguments.iter().any(|a| a == name);
    let rules = Pronouncer::new(Options { lexicon: false, morphology: true });
    let letters = Pronouncer::new(Options { lexicon: false, morphology: false });
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for word in Pronouncer::shared().lexicon_words() {
        if !has("all") && !phonetics::is_held_out(word.text()) || has("common") && word.commonness() < -2.9 {
            continue;
        }
        let guess = rules.word(word.text());
        let Some(guess) = guess.pronunciations().first() else { continue };
        for name in [rule(guess), guess.via().to_string(), "ALL".into()] {
            let score = scores.entry(name).or_default();
            add(score, &word, guess, &letters);
        }
    }
    println!("{:<20} {:>6} {:>7} {:>7} {:>14} {:>7}", "rule", "words", "right", "no str.", "letters right", "no str.");
    for (rule, s) in &scores {
        let share = |n: u32| 100.0 * f64::from(n) / f64::from(s.words);
        println!(
            "{rule:<20} {:>6} {:>6.1}% {:>6.1}% {:>13.1}% {:>6.1}%",
            s.words,
            share(s.right),
            share(s.right_but_for_stress),
            share(s.letters_right),
            share(s.letters_right_but_for_stress)
        );
        let step = (s.errors.len() / (shown + 1)).max(1);
        s.errors.iter().step_by(step).take(shown).for_each(|e| println!("      {e}"));
    }
}

fn add(score: &mut Score, word: &Word, guess: &Pronunciation, letters: &Pronouncer) {
    let bare = |p: &Pronunciation| -> Vec<Phone> { p.phones().iter().map(|p| p.with_stress(0)).collect() };
    let right = |guess: &Pronunciation| word.pronunciations().contains(guess);
    let nearly = |guess: &Pronunciation| word.pronunciations().iter().any(|p| bare(p) == bare(guess));
    score.words += 1;
    score.right += u32::from(right(guess));
    score.right_but_for_stress += u32::from(nearly(guess));
    if !right(guess) {
        score.errors.push(format!("{} {guess} [{}] is {}", word.text(), guess.how(), word.pronunciations()[0]));
    }
    if let Some(read) = letters.word(word.text()).pronunciations().first() {
        score.letters_right += u32::from(right(read));
        score.letters_right_but_for_stress += u32::from(nearly(read));
    }
}

/// The last rule applied, and how many were.
fn rule(guess: &Pronunciation) -> String {
    if guess.via() == Via::G2p {
        return "g2p".into();
    }
    let words: Vec<&str> = guess.how().split(' ').collect();
    let rules = words.iter().filter(|w| **w == "+" || w.starts_with('(') || **w == "without").count();
    let last = match words.as_slice() {
        [.., "+", ending] if ending.contains(['-', '\'']) => (*ending).to_owned(),
        [prefix, "+", ..] if prefix.ends_with('-') => (*prefix).to_owned(),
        [.., "+", _] => "compound".into(),
        [.., "without", "its", _] => "without".into(),
        [_, rest @ ..] => rest.join(" "),
        [] => String::new(),
    };
    format!("{last} {rules}")
}
