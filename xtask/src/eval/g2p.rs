//! Letters to sounds: error rates on the held-out tenth of CMUdict, with the nearest listed pronunciation as gold
//! (as the shipped lexicon holds them, without doggerel's additions); speed.

use std::path::Path;
use std::time::Instant;

use phonetics::{G2p, Options, Phone, Pronouncer, Word, is_held_out};
use rayon::prelude::*;

use super::{Figure, interval_by_group};

/// Goals of the design for the share of words wrong, and for words a second on two cores.
const WRONG_BARE: f64 = 0.24;
const WRONG: f64 = 0.28;
const SPEED: f64 = 100_000.0;

pub fn run(_: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let words: Vec<Word> = Pronouncer::shared().lexicon_words().filter(|w| is_held_out(w.text())).collect();
    let alone = |word: &str| G2p::shared().predict(word).into_iter().next().unwrap_or_default();
    let without_lexicon = Pronouncer::new(Options { lexicon: false, ..Options::default() });
    let whole = |word: &str| {
        without_lexicon.word(word).pronunciations().first().map(|p| p.phones().to_vec()).unwrap_or_default()
    };
    let mut figures = errors("model alone", &words, alone);
    figures.extend(errors("morphology and model", &words, whole));
    figures.push(speed(&words));
    Ok(figures)
}

fn errors(what: &str, words: &[Word], say: impl Fn(&str) -> Vec<Phone> + Sync) -> Vec<Figure> {
    let mut figures = Vec::new();
    for stress in [true, false] {
        let items: Vec<(String, [f64; 4])> =
            words.par_iter().map(|word| (word.text().to_owned(), score(word, &say(word.text()), stress))).collect();
        let suffix = if stress { "with stress" } else { "without stress" };
        let wrong = interval_by_group(&items, |s| s[2] / s[3]);
        let phones = interval_by_group(&items, |s| s[0] / s[1]);
        let goal = if stress { WRONG } else { WRONG_BARE };
        for (name, (value, low, high), goal) in [("words wrong", wrong, Some(goal)), ("phones wrong", phones, None)] {
            let figure = format!("{name}, {suffix}, {what}");
            figures.push(Figure { task: "g2p", figure, value, low, high, n: words.len(), goal, lower_is_better: true });
        }
    }
    figures
}

/// Edits, phones of the nearest listed pronunciation, 1 if any edit, 1.
fn score(word: &Word, said: &[Phone], stress: bool) -> [f64; 4] {
    let plain = |phones: &[Phone]| -> Vec<Phone> {
        phones.iter().map(|p| if stress { *p } else { p.with_stress(0) }).collect()
    };
    let said = plain(said);
    let listed = word.pronunciations().iter().filter(|p| p.how() == "CMUdict").map(|p| plain(p.phones()));
    let (edits, length) = listed.map(|l| (edits(&l, &said), l.len())).min().unwrap_or((said.len(), 0));
    [edits as f64, length as f64, f64::from(u8::from(edits > 0)), 1.0]
}

/// Levenshtein's distance.
fn edits(a: &[Phone], b: &[Phone]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// Words a second, on all cores, of the model alone; each a whole pass over the words.
fn speed(words: &[Word]) -> Figure {
    let mut passes: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let phones: usize = words.par_iter().map(|w| G2p::shared().predict(w.text()).len()).sum();
            std::hint::black_box(phones);
            words.len() as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    Figure {
        task: "g2p",
        figure: format!("words a second, model alone, {} cores", rayon::current_num_threads()),
        value: passes[2],
        low: passes[0],
        high: passes[4],
        n: words.len(),
        goal: Some(SPEED),
        lower_is_better: false,
    }
}
