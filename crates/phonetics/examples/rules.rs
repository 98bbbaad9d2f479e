//! How right each rule of morphology is: every word of the lexicon that the rules can build from others, held against what
//! the lexicon says of it.
//!
//! `cargo run --release -p doggerel-phonetics --example rules -- 3` shows three errors a rule.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use phonetics::{Options, Phone, Pronouncer, Via};

#[derive(Default)]
struct Score {
    words: u32,
    right: u32,
    right_but_for_stress: u32,
    errors: Vec<String>,
}

fn main() {
    let shown = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let common = std::env::args().nth(2).is_some();
    let without = Pronouncer::new(Options { lexicon: false, morphology: true });
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for word in Pronouncer::shared().lexicon_words() {
        if phonetics::is_held_out(word.text()) || common && word.commonness() < -2.9 {
            continue;
        }
        let guess = without.word(word.text());
        let Some(guess) = guess.pronunciations().first().filter(|p| p.via() == Via::Morphology) else { continue };
        let bare = |phones: &[Phone]| -> Vec<Phone> { phones.iter().map(|p| p.with_stress(0)).collect() };
        let score = scores.entry(rule(guess.how())).or_default();
        score.words += 1;
        let right = word.pronunciations().contains(guess);
        let nearly = word.pronunciations().iter().any(|p| bare(p.phones()) == bare(guess.phones()));
        score.right += u32::from(right);
        score.right_but_for_stress += u32::from(nearly);
        if !right {
            score.errors.push(format!("{} {guess} [{}] is {}", word.text(), guess.how(), word.pronunciations()[0]));
        }
    }
    println!("{:<32} {:>6} {:>7} {:>7}", "rule", "words", "right", "no str.");
    for (rule, score) in &scores {
        let share = |n: u32| 100.0 * f64::from(n) / f64::from(score.words);
        println!("{rule:<32} {:>6} {:>6.1}% {:>6.1}%", score.words, share(score.right), share(score.right_but_for_stress));
        let step = (score.errors.len() / (shown + 1)).max(1);
        score.errors.iter().step_by(step).take(shown).for_each(|e| println!("      {e}"));
    }
}

/// The last rule applied, and how many were.
fn rule(how: &str) -> String {
    let words: Vec<&str> = how.split(' ').collect();
    let rules = words.iter().filter(|w| **w == "+" || w.starts_with('(') || **w == "without").count();
    let last = match words.as_slice() {
        [.., "+", ending] if ending.contains(['-', '\'']) => (*ending).to_owned(),
        [prefix, "+", ..] if prefix.ends_with('-') => (*prefix).to_owned(),
        [_, "+", _] => "compound".into(),
        [.., _, "+", _] => "compound".into(),
        [.., "without", "its", _] => "without".into(),
        [_, rest @ ..] => rest.join(" "),
        [] => String::new(),
    };
    format!("{last} {rules}")
}
