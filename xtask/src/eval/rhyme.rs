//! Rhyme: schemes of annotated stanzas, false links among exchanged words, classes of pairs, calibration, speed.
//!
//! What is learnt from gold/rhyme_schemes is scored here by cross-validation over poems: weights and prior are learnt anew
//! without the poems they are scored on. `DOGGEREL_SHIPPED=1` scores the shipped figures instead (which have seen them all).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use phonetics::rhyme_training::{self as training};
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, hear, rhyme};
use rayon::prelude::*;
use serde::Deserialize;
use verse::Calibration;

use super::{Figure, interval_by_group, records};
use crate::rhyme_weights::{self, Gold, ModelVerse};

const FOLDS: usize = 4;

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let mut figures = Vec::new();
    if let Some(stanzas) = rhyme_weights::gold(data)? {
        let models = rhyme_weights::model_verse(data)?;
        for historical in [true, false] {
            figures.extend(schemes(&stanzas, &models, historical));
        }
        figures.extend(speed(&stanzas));
    }
    figures.extend(poems(data)?);
    figures.extend(pairs(data)?);
    Ok(figures)
}

/// One stanza scored.
struct Scored<'a> {
    gold: &'a Gold,
    found: verse::StanzaScheme,
    /// The same with every end word exchanged for one of another stanza.
    exchanged: verse::StanzaScheme,
    /// The same with one end word, that rhymes, exchanged: how many of its links are left, of how many other lines.
    one: (usize, usize),
}

impl Scored<'_> {
    /// Links right, given, annotated; exact.
    fn sums(&self) -> [f64; 4] {
        let (mut right, mut given, mut gold) = (0, 0, 0);
        let n = self.gold.words.len();
        for j in 1..n {
            for i in 0..j {
                let a = self.gold.rhymes(i, j);
                let b = self.found.rhymes[i].is_some() && self.found.rhymes[i] == self.found.rhymes[j];
                right += usize::from(a && b);
                given += usize::from(b);
                gold += usize::from(a);
            }
        }
        let exact = right == given && right == gold;
        [right as f64, given as f64, gold as f64, f64::from(u8::from(exact))]
    }
}

fn f1(s: &[f64; 4]) -> f64 {
    2.0 * s[0] / (s[1] + s[2])
}

fn schemes(stanzas: &[Gold], models: &ModelVerse, historical: bool) -> Vec<Figure> {
    let scored = score(stanzas, models, historical, Calibration::shipped(historical));
    let name = if historical { "historical" } else { "today" };
    print_confusion(&scored, historical);
    let mut figures = Vec::new();
    let mut periods: Vec<&str> = stanzas.iter().map(|s| s.period.as_str()).collect();
    periods.sort();
    periods.dedup();
    for period in std::iter::once(None).chain(periods.into_iter().map(Some)) {
        let items: Vec<(String, [f64; 4])> = scored
            .iter()
            .filter(|s| period.is_none_or(|p| s.gold.period == p))
            .map(|s| (s.gold.group(), s.sums()))
            .collect();
        let n = items.len() as f64;
        let exact: Vec<(String, [f64; 2])> = items.iter().map(|(g, s)| (g.clone(), [s[3], 1.0])).collect();
        let all = period.is_none() && historical;
        let label = period.unwrap_or("all");
        let mut add = |what: &str, (value, low, high): (f64, f64, f64), goal: Option<f64>| {
            figures.push(Figure {
                task: "rhyme",
                figure: format!("{name} {label}: {what}"),
                value,
                low,
                high,
                n: n as usize,
                goal,
                lower_is_better: false,
            });
        };
        if period.is_none() {
            add("pair precision", interval_by_group(&items, |s| s[0] / s[1]), None);
            add("pair recall", interval_by_group(&items, |s| s[0] / s[2]), None);
        }
        add("pair F1", interval_by_group(&items, f1), all.then_some(0.96));
        add("scheme exact", interval_by_group(&exact, |s| s[0] / s[1]), all.then_some(0.88));
    }
    figures.extend(false_links(&scored, name, historical));
    figures.extend(reliability(&scored, name));
    figures
}

/// Each stanza's scheme, found by ears that have not heard its poem, with the posterior as its confidence; and whether it is right.
pub fn outcomes(stanzas: &[Gold], models: &ModelVerse, historical: bool) -> Vec<(verse::StanzaScheme, bool)> {
    let scored = score(stanzas, models, historical, &Calibration::RAW);
    scored.into_iter().map(|s| (s.sums()[3] == 1.0, s.found)).map(|(right, found)| (found, right)).collect()
}

/// Pairs of lines by period and by what the ear alone makes of them: linked rightly, missed, linked falsely.
fn print_confusion(scored: &[Scored], historical: bool) {
    let options = RhymeOptions { historical, ..RhymeOptions::default() };
    let mut table: BTreeMap<(&str, Class), [usize; 3]> = BTreeMap::new();
    for s in scored {
        for j in 1..s.gold.ends.len() {
            for i in 0..j {
                let gold = s.gold.rhymes(i, j);
                let linked = s.found.rhymes[i].is_some() && s.found.rhymes[i] == s.found.rhymes[j];
                if !gold && !linked {
                    continue;
                }
                let (Some(a), Some(b)) = (&s.gold.ends[i], &s.gold.ends[j]) else { continue };
                let column = if gold { usize::from(!linked) } else { 2 };
                for period in ["all", s.gold.period.as_str()] {
                    table.entry((period, hear(a, b, &options).0)).or_default()[column] += 1;
                }
            }
        }
    }
    eprintln!("pairs of lines, {} ears", if historical { "historical" } else { "today's" });
    eprintln!("{:<8} {:<10} {:>8} {:>8} {:>8}", "period", "class", "right", "missed", "false");
    for ((period, class), [right, missed, wrong]) in table {
        eprintln!("{period:<8} {:<10} {right:>8} {missed:>8} {wrong:>8}", class.as_str());
    }
}

/// Learns on three quarters of the poems and scores the fourth, four times.
fn score<'a>(stanzas: &'a [Gold], models: &ModelVerse, historical: bool, calibration: &Calibration) -> Vec<Scored<'a>> {
    let shipped = std::env::var_os("DOGGEREL_SHIPPED").is_some();
    let options = RhymeOptions { historical, ..RhymeOptions::default() };
    let fold =
        |g: &Gold| g.group().bytes().fold(7u32, |h, b| h.wrapping_mul(31).wrapping_add(b.into())) as usize / 7 % FOLDS;
    let every: Vec<&Gold> = stanzas.iter().collect();
    (0..FOLDS)
        .into_par_iter()
        .flat_map(|k| {
            let learnt: Vec<&Gold> = every.iter().filter(|g| fold(g) != k).copied().collect();
            let held: Vec<&Gold> = every.iter().filter(|g| fold(g) == k).copied().collect();
            let weights = (!shipped).then(|| {
                let learnt_weights = rhyme_weights::learn(&learnt, (!historical).then_some(models), historical);
                let prior = match historical {
                    true => rhyme_weights::schemes(&learnt, &ModelVerse::default(), &learnt_weights),
                    false => rhyme_weights::schemes(&learnt, models, &learnt_weights),
                };
                let weights = training::weights(learnt_weights).expect("one weight a feature");
                (weights, verse::Prior::parse(&prior, historical))
            });
            let one_scheme = |ends: &[Option<LineEnd>]| {
                let stanza = [ends.to_vec()];
                let found = match &weights {
                    Some((w, prior)) => {
                        let hear = |a: &LineEnd, b: &LineEnd| training::hear(a, b, &options, w);
                        verse::schemes_by(&stanza, &hear, prior, calibration)
                    }
                    None => verse::schemes(&stanza, &options),
                };
                found.into_iter().next().unwrap_or_default()
            };
            let mut state = 17 + k as u64;
            let mut draw = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = every[(state >> 33) as usize % every.len()];
                other.ends[(state >> 17) as usize % other.ends.len()].clone()
            };
            let mut scored = Vec::with_capacity(held.len());
            for gold in held {
                let n = gold.ends.len();
                let drawn: Vec<Option<LineEnd>> = (0..n).map(|_| draw()).collect();
                let at = gold.words[0].len() * 7 % n;
                let mut one = gold.ends.clone();
                one[at] = draw();
                let with_one = one_scheme(&one);
                let links = with_one.links.iter().filter(|l| l.lines.0 == at || l.lines.1 == at).count();
                scored.push(Scored {
                    gold,
                    found: one_scheme(&gold.ends),
                    exchanged: one_scheme(&drawn),
                    one: (links, n - 1),
                });
            }
            scored
        })
        .collect()
}

/// End words exchanged at random for others: whatever is linked is linked falsely (chance rhymes among them).
fn false_links(scored: &[Scored], name: &str, historical: bool) -> Vec<Figure> {
    let pairs: Vec<(String, [f64; 2])> = scored
        .iter()
        .map(|s| {
            let n = s.gold.words.len() as f64;
            (s.gold.group(), [s.exchanged.links.len() as f64, n * (n - 1.0) / 2.0])
        })
        .collect();
    let lines: Vec<(String, [f64; 2])> = scored
        .iter()
        .map(|s| (s.gold.group(), [s.exchanged.rhymes.iter().flatten().count() as f64, s.gold.words.len() as f64]))
        .collect();
    let one: Vec<(String, [f64; 2])> =
        scored.iter().map(|s| (s.gold.group(), [s.one.0 as f64, s.one.1 as f64])).collect();
    let one_line: Vec<(String, [f64; 2])> =
        scored.iter().map(|s| (s.gold.group(), [f64::from(u8::from(s.one.0 > 0)), 1.0])).collect();
    let goal = |strict: bool| (strict && historical).then_some(0.02);
    [
        ("all exchanged: pairs linked", pairs, goal(true)),
        ("all exchanged: lines linked", lines, None),
        ("one exchanged: its pairs linked", one, goal(true)),
        ("one exchanged: it is linked", one_line, None),
    ]
    .into_iter()
    .map(|(what, items, goal)| {
        let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
        let figure = format!("{name} {what}");
        Figure { task: "rhyme", figure, value, low, high, n: items.len(), goal, lower_is_better: true }
    })
    .collect()
}

/// Of the schemes given with such a confidence, the share that is right.
fn reliability(scored: &[Scored], name: &str) -> Vec<Figure> {
    let bands = [(0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01), (0.9, 1.01)];
    bands
        .into_iter()
        .filter_map(|(from, to)| {
            let items: Vec<(String, [f64; 2])> = scored
                .iter()
                .filter(|s| (from..to).contains(&f64::from(s.found.confidence)))
                .map(|s| (s.gold.group(), [s.sums()[3], 1.0]))
                .collect();
            if items.is_empty() {
                return None;
            }
            let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
            let goal = (from == 0.9 && to > 1.0).then_some(0.9);
            let figure = format!("{name} exact where confidence is {from:.2}–{:.2}", to.min(1.0));
            Some(Figure { task: "rhyme", figure, value, low, high, n: items.len(), goal, lower_is_better: false })
        })
        .collect()
}

/// Lines a second through line ends and schemes, stanza by stanza, on every core.
fn speed(stanzas: &[Gold]) -> Vec<Figure> {
    let options = RhymeOptions { historical: true, ..RhymeOptions::default() };
    let lines: usize = stanzas.iter().map(|s| s.words.len()).sum();
    let pronouncer = Pronouncer::shared();
    let read = |s: &Gold| {
        let ends: Vec<Option<LineEnd>> = s.words.iter().map(|w| LineEnd::of_line(pronouncer, w)).collect();
        verse::schemes(&[ends], &options)[0].links.len()
    };
    let mut rates: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let links: usize = stanzas.par_iter().map(read).sum();
            assert!(links > 0);
            lines as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    vec![Figure {
        task: "rhyme",
        figure: format!("lines a second, words to schemes, {} threads", rayon::current_num_threads()),
        value: rates[2],
        low: rates[0],
        high: rates[4],
        n: lines,
        goal: Some(1e6),
        lower_is_better: false,
    }]
}

/// A stanza of gold/rhyme_stanzas, which says what poem it stands in.
#[derive(Deserialize)]
struct Stanza {
    period: String,
    poem: String,
    text: String,
    scheme: Vec<Option<i64>>,
}

/// Stanzas of gold/rhyme_stanzas by their lines, each alone and with its poem around it. The shipped figures are used, which
/// have seen these stanzas: only the difference says something.
fn poems(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(stanzas) = records::<Stanza>(data, "gold/rhyme_stanzas.jsonl.gz")? else { return Ok(Vec::new()) };
    let options = RhymeOptions { historical: true, ..RhymeOptions::default() };
    let ends = |s: &Stanza| -> Vec<Option<LineEnd>> {
        let lines = s.text.lines().filter(|l| !l.trim().is_empty());
        lines.map(|l| LineEnd::of_line(Pronouncer::shared(), l)).collect()
    };
    let mut figures = Vec::new();
    for whole in [false, true] {
        let mut items: Vec<(String, [f64; 2])> = Vec::new();
        for poem in stanzas.chunk_by(|a, b| a.poem == b.poem && a.period == b.period) {
            let read: Vec<(&Stanza, Vec<Option<LineEnd>>)> =
                poem.iter().map(|s| (s, ends(s))).filter(|(s, e)| e.len() == s.scheme.len()).collect();
            let lines: Vec<Vec<Option<LineEnd>>> = read.iter().map(|(_, e)| e.clone()).collect();
            let found = if whole {
                verse::schemes(&lines, &options)
            } else {
                lines.iter().flat_map(|l| verse::schemes(std::slice::from_ref(l), &options)).collect()
            };
            for ((stanza, _), found) in read.iter().zip(&found) {
                let exact = verse::pattern(&stanza.scheme) == found.pattern();
                items.push((format!("{} {}", stanza.period, stanza.poem), [f64::from(u8::from(exact)), 1.0]));
            }
        }
        let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
        let figure =
            format!("whole lines, {}: scheme exact (seen)", if whole { "poem around" } else { "stanza alone" });
        figures.push(Figure {
            task: "rhyme",
            figure,
            value,
            low,
            high,
            n: items.len(),
            goal: None,
            lower_is_better: false,
        });
    }
    Ok(figures)
}

#[derive(Deserialize)]
struct Pair {
    word1: String,
    word2: String,
    class: String,
}

/// The classes of gold/rhyme_pairs, whose finer names are read as ours.
fn pairs(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(pairs) = records::<Pair>(data, "gold/rhyme_pairs.jsonl.gz")? else { return Ok(Vec::new()) };
    let end = |w: &str| LineEnd::of_line(Pronouncer::shared(), w);
    let today = RhymeOptions::default();
    let mut items = Vec::new();
    for pair in &pairs {
        let (Some(a), Some(b)) = (end(&pair.word1), end(&pair.word2)) else { continue };
        let found = rhyme(&a, &b, &today);
        let right = match pair.class.as_str() {
            c if c.starts_with("perfect") || c == "rare_perfect" || c == "nonce_perfect" => {
                matches!(found.class, Class::Perfect | Class::Rich)
            }
            "heteronym" => matches!(found.class, Class::Perfect | Class::Rich),
            "historical" | "eye_historical" => {
                let old = rhyme(&a, &b, &RhymeOptions { historical: true, ..today });
                !found.rhymes() && old.rhymes()
            }
            "eye" | "nonce_eye" => found.class == Class::Eye,
            "dialect_nonrhotic" => rhyme(&a, &b, &RhymeOptions { rhotic: false, ..today }).class.is_full(),
            "dialect_variant" => found.rhymes() || rhyme(&a, &b, &RhymeOptions { rhotic: false, ..today }).rhymes(),
            "dialect_merger" | "nonce_near" => found.class == Class::Slant,
            c if c.contains("promoted") || c.starts_with("wrenched") => {
                found.class == Class::Promoted
                    || rhyme(&a, &b, &RhymeOptions { historical: true, ..today }).class == Class::Promoted
            }
            "identical_homophone" | "rich" => found.class == Class::Rich,
            "identical_repeat" => found.class == Class::Identical,
            "slant_eye" => matches!(found.class, Class::Slant | Class::Eye),
            c if c.starts_with("slant") => found.class == Class::Slant,
            "mosaic" => found.class == Class::Mosaic,
            "mosaic_near" => matches!(found.class, Class::Mosaic | Class::Slant),
            "non" => found.class == Class::None,
            // Either answer can be defended.
            "nonce_ambiguous" | "non_pararhyme" => true,
            other => return Err(format!("unknown class {other} in gold/rhyme_pairs").into()),
        };
        if !right {
            eprintln!(
                "rhyme pair {} / {}: {} found {} ({})",
                pair.word1,
                pair.word2,
                pair.class,
                found.class,
                found.why()
            );
        }
        items.push((pair.word1.clone() + &pair.word2, [f64::from(u8::from(right)), 1.0]));
    }
    let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
    let figure = "classes of chosen pairs".to_string();
    Ok(vec![Figure { task: "rhyme", figure, value, low, high, n: items.len(), goal: None, lower_is_better: false }])
}
