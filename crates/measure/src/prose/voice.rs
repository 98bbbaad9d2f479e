//! Who tells and of whom, in which tense, how many names there are.

use std::collections::BTreeMap;

use super::lexis;
use super::share;
use super::text::{ProseText, Word};

/// Words from which a name must come twice to be one (else titles of ships and inns are counted too).
const LONG: usize = 100;

/// The eight features of the block.
pub(super) fn features(text: &ProseText) -> [f64; 8] {
    let words: Vec<&Word> = text.cut().iter().flat_map(|s| &s.words).collect();
    let told: Vec<&Word> = words.iter().copied().filter(|w| !w.spoken).collect();
    // what is all speech is told by those who speak
    let told = if told.is_empty() { words.clone() } else { told };
    let of = |f: &dyn Fn(&str) -> bool| share(told.iter().filter(|w| f(&w.text)).count(), told.len());
    let (different, mentions) = names(text);
    [
        of(&lexis::first_person),
        of(&lexis::second_person),
        of(&|w| matches!(w, "he" | "him" | "his" | "himself" | "he's" | "he'd" | "he'll")),
        of(&|w| matches!(w, "she" | "her" | "hers" | "herself" | "she's" | "she'd" | "she'll")),
        present(&told),
        of(&lexis::is_ing),
        different as f64,
        share(mentions, words.len()),
    ]
}

/// Share of the present among the verbs whose tense shows; one half where none does.
fn present(told: &[&Word]) -> f64 {
    let now = told.iter().filter(|w| lexis::is_present(&w.text)).count();
    let past = told.iter().filter(|w| lexis::is_past(&w.text)).count();
    if now + past == 0 { 0.5 } else { share(now, now + past) }
}

/// Different names, and how often names are said. Words with capitals that follow on each other are one name.
pub(super) fn names(text: &ProseText) -> (usize, usize) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut words = 0;
    for s in text.cut() {
        words += s.len();
        for i in 1..s.len() {
            let (before, w) = (&s.words[i - 1], &s.words[i]);
            let begins_speech = w.spoken && !before.spoken;
            if lexis::is_name(w) && !begins_speech && !(i > 1 && lexis::is_name(before)) {
                *counts.entry(w.text.trim_end_matches("'s")).or_default() += 1;
            }
        }
    }
    let least = if words >= LONG { 2 } else { 1 };
    let kept = counts.values().filter(|n| **n >= least);
    (kept.clone().count(), kept.sum())
}
