//! Metre: whole lines right, given the whole poem and given the line alone, on the three gold sets; and speed.
//!
//! `real` is scored on EPG64 and the litlab sample, which mark the stresses, `met` on For Better For Verse, which marks the
//! template. Weights are learnt anew without the poems that they are scored on. `DOGGEREL_SHIPPED=1` scores the shipped
//! weights instead (which have seen them all): for gold that they have not seen.

use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use verse::{LineMetre, Scanner};

use super::{Figure, interval_by_group};
use crate::metre_weights::{GoldPoem, cross_validated, gold_poems};

const FOLDS: usize = 6;

/// One line's gold and answers.
struct Scored {
    source: &'static str,
    poem: String,
    gold: String,
    given_poem: LineMetre,
    given_line: LineMetre,
}

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(poems) = gold_poems(data)? else { return Ok(Vec::new()) };
    let lines: Vec<Scored> = if std::env::var_os("DOGGEREL_SHIPPED").is_some() {
        poems.iter().flat_map(|p| read(&Scanner::shipped(), p)).collect()
    } else {
        cross_validated(&poems, FOLDS, read).into_iter().flatten().collect()
    };
    if std::env::var_os("DOGGEREL_ERRORS").is_some() {
        print_errors(&poems, &lines);
    }
    let mut figures = Vec::new();
    type Answer = fn(&Scored) -> &str;
    let sets: [(&str, &str, Answer, Option<f64>); 6] = [
        ("epg64", "EPG64 real, poem given", |s| &s.given_poem.real, Some(0.85)),
        ("epg64", "EPG64 real, line alone", |s| &s.given_line.real, Some(0.80)),
        ("litlab", "litlab real, poem given", |s| &s.given_poem.real, Some(0.78)),
        ("litlab", "litlab real, line alone", |s| &s.given_line.real, Some(0.78)),
        ("fbfv", "For Better For Verse met, poem given", |s| &s.given_poem.met, Some(0.90)),
        ("fbfv", "For Better For Verse met, line alone", |s| &s.given_line.met, None),
    ];
    for (source, name, answer, goal) in sets {
        figures.extend(score(&lines, source, name, &answer, goal));
    }
    for (source, name) in [("epg64", "EPG64"), ("litlab", "litlab"), ("fbfv", "For Better For Verse")] {
        // The baseline knows our length and nothing else.
        let iambic = |s: &Scored| "ws".repeat(s.given_poem.real.len())[..s.given_poem.real.len()].to_owned();
        let sums = |s: &Scored| [f64::from(iambic(s) == s.gold), 1.0];
        figures.push(figure(&lines, source, format!("{name}, always iambic at our length"), sums, None));
    }
    figures.push(speed(&poems));
    Ok(figures)
}

fn read(scanner: &Scanner, poem: &GoldPoem) -> Vec<Scored> {
    let whole = scanner.poem(&poem.stanzas).lines.into_iter().flatten();
    let lines = poem.stanzas.iter().flatten();
    whole
        .zip(lines)
        .zip(&poem.gold)
        .filter(|(_, gold)| !gold.is_empty())
        .map(|((given_poem, line), gold)| Scored {
            source: poem.source,
            poem: poem.name.clone(),
            gold: gold.clone(),
            given_poem,
            given_line: scanner.line(line),
        })
        .collect()
}

/// Whole lines right, lines of the right length, and syllables right where the length is.
fn score(
    lines: &[Scored],
    source: &str,
    name: &str,
    answer: &dyn Fn(&Scored) -> &str,
    goal: Option<f64>,
) -> [Figure; 3] {
    let exact = |s: &Scored| [f64::from(answer(s) == s.gold), 1.0];
    let length = |s: &Scored| [f64::from(answer(s).len() == s.gold.len()), 1.0];
    let syllables = |s: &Scored| {
        if answer(s).len() != s.gold.len() {
            return [0.0; 2];
        }
        let right = answer(s).bytes().zip(s.gold.bytes()).filter(|(a, b)| a == b).count();
        [right as f64, s.gold.len() as f64]
    };
    [
        figure(lines, source, name.to_owned(), exact, goal),
        figure(lines, source, format!("{name}: same length"), length, None),
        figure(lines, source, format!("{name}: syllables"), syllables, None),
    ]
}

fn figure(
    lines: &[Scored],
    source: &str,
    figure: String,
    sums: impl Fn(&Scored) -> [f64; 2],
    goal: Option<f64>,
) -> Figure {
    let items: Vec<(String, [f64; 2])> =
        lines.iter().filter(|s| s.source == source).map(|s| (s.poem.clone(), sums(s))).collect();
    let (value, low, high) = interval_by_group(&items, |[right, all]| right / all);
    Figure { task: "metre", figure, value, low, high, n: items.len(), goal, lower_is_better: false }
}

/// Lines a second on all threads, poems already tokenized and pronounced.
fn speed(poems: &[GoldPoem]) -> Figure {
    const REPEATS: usize = 20;
    let lines: usize = poems.iter().map(|p| p.gold.len()).sum();
    let scanner = Scanner::shipped();
    let run = || {
        let start = Instant::now();
        (0..REPEATS).into_par_iter().for_each(|_| {
            for poem in poems {
                std::hint::black_box(scanner.poem(&poem.stanzas));
            }
        });
        (lines * REPEATS) as f64 / start.elapsed().as_secs_f64()
    };
    run();
    let mut rates: Vec<f64> = (0..5).map(|_| run()).collect();
    rates.sort_by(f64::total_cmp);
    let figure = "lines a second, poems given".to_owned();
    let (low, value, high) = (rates[0], rates[2], rates[4]);
    Figure { task: "metre", figure, value, low, high, n: lines, goal: Some(200_000.0), lower_is_better: false }
}

/// For whoever works on the model: every line that was read wrong.
fn print_errors(poems: &[GoldPoem], lines: &[Scored]) {
    let texts = poems.iter().flat_map(|p| p.stanzas.iter().flatten().zip(&p.gold)).filter(|(_, g)| !g.is_empty());
    for ((line, _), s) in texts.zip(lines) {
        let answer = if s.source == "fbfv" { &s.given_poem.met } else { &s.given_poem.real };
        if *answer != s.gold {
            println!("{} {} {} {} | {}", s.source, s.gold, answer, s.given_line.real, line.text);
        }
    }
}
