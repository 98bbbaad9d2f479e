//! Shares and ratios over lines and stanzas.

use std::collections::{HashMap, HashSet};

use phonetics::Class;

use crate::profile::{Profile, Row, scheme_of};

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// ln(a / b), 0 where either is 0.
fn ln_ratio(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { (a / b).ln() } else { 0.0 }
}

/// The share of the commonest value.
fn commonest(values: impl Iterator<Item = usize>) -> f64 {
    let mut values: Vec<usize> = values.collect();
    values.sort_unstable();
    let most = values.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0);
    most as f64 / values.len().max(1) as f64
}

pub(super) fn stanza(poem: &Profile) -> [f64; 10] {
    let n = poem.rows.len() as f64;
    let stanzas = poem.stanzas.len();
    let in_length = |from: usize, to: usize| {
        let lines: usize = poem.stanza_lengths().filter(|l| (from..=to).contains(l)).sum();
        ratio(lines as f64, n)
    };
    let closing = match poem.stanzas.split_last() {
        Some((last, others)) if !others.is_empty() => {
            ln_ratio(last.len() as f64, mean(others.iter().map(|s| s.len() as f64)))
        }
        _ => 0.0,
    };
    [
        (1.0 + n).ln(),
        ratio(n, stanzas as f64).max(1.0).ln(),
        commonest(poem.stanza_lengths()),
        in_length(2, 2),
        in_length(3, 3),
        in_length(4, 4),
        in_length(5, 10),
        closing,
        refrain(&poem.rows),
        anaphora(&poem.rows),
    ]
}

fn refrain(rows: &[Row]) -> f64 {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut again = 0;
    let mut words: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|r| r.line.words.len() > 1) {
        words.clear();
        words.extend(row.line.words.iter().map(|w| w.word.text()));
        again += usize::from(!seen.insert(words.join(" ")));
    }
    ratio(again as f64, rows.len() as f64)
}

fn anaphora(rows: &[Row]) -> f64 {
    let first = |r: &Row| r.line.words.first().map(|w| w.word.clone());
    let again = rows
        .windows(2)
        .filter(|pair| matches!((first(&pair[0]), first(&pair[1])), (Some(a), Some(b)) if a.text() == b.text()))
        .count();
    ratio(again as f64, rows.len().saturating_sub(1) as f64)
}

pub(super) fn rhyme(poem: &Profile) -> [f64; 15] {
    let rows = &poem.rows;
    let rhymed: Vec<&Row> = rows.iter().filter(|r| r.rhyme.is_some()).collect();
    let of_rhymed =
        |passes: &dyn Fn(&Row) -> bool| ratio(rhymed.iter().filter(|r| passes(r)).count() as f64, rhymed.len() as f64);
    let class = |wanted: &[Class]| of_rhymed(&|r: &Row| r.class.is_some_and(|c| wanted.contains(&c)));
    let [aabb, abab, abcb, abba] = poem.fours();
    let groups = groups(rows);
    [
        poem.density,
        class(&[Class::Perfect, Class::Rich, Class::Mosaic]),
        class(&[Class::Promoted]),
        class(&[Class::Slant, Class::Eye]),
        class(&[Class::Identical]),
        aabb,
        abab,
        abcb,
        abba,
        distance(rows),
        mean(groups.values().map(|g| g.lines as f64)),
        commonest_scheme(poem),
        ratio(groups.values().filter(|g| g.stanzas > 1).count() as f64, groups.len() as f64),
        of_rhymed(&|r: &Row| r.feminine()),
        poem.share(|r| {
            r.line.last().is_some_and(|w| w.word.pronunciations().first().is_some_and(|p| p.syllables() == 1))
        }),
    ]
}

struct Group {
    lines: usize,
    stanzas: usize,
    last_stanza: usize,
}

fn groups(rows: &[Row]) -> HashMap<u32, Group> {
    let mut groups: HashMap<u32, Group> = HashMap::new();
    for row in rows {
        let Some(rhyme) = row.rhyme else { continue };
        let group = groups.entry(rhyme).or_insert(Group { lines: 0, stanzas: 0, last_stanza: usize::MAX });
        group.lines += 1;
        group.stanzas += usize::from(group.last_stanza != row.stanza);
        group.last_stanza = row.stanza;
    }
    groups
}

/// Mean ln of the way from a line to the next on its rhyme.
fn distance(rows: &[Row]) -> f64 {
    let mut last: HashMap<u32, usize> = HashMap::new();
    let (mut sum, mut n) = (0.0, 0usize);
    for (i, row) in rows.iter().enumerate() {
        let Some(rhyme) = row.rhyme else { continue };
        if let Some(before) = last.insert(rhyme, i) {
            sum += ((i - before) as f64).ln();
            n += 1;
        }
    }
    ratio(sum, n as f64)
}

fn commonest_scheme(poem: &Profile) -> f64 {
    let (size, _) = poem.usual_stanza();
    let mut schemes: Vec<String> =
        (0..poem.stanzas.len()).filter(|&i| poem.stanzas[i].len() == size).map(|i| scheme_of(poem.stanza(i))).collect();
    schemes.sort_unstable();
    let most = schemes.chunk_by(|a, b| a == b).map(<[String]>::len).max().unwrap_or(0);
    ratio(most as f64, schemes.len() as f64)
}

/// What a random order of normal lengths gives: mean |difference| of neighbours over the standard deviation, 2/√π.
const RANDOM_STEP: f64 = 1.128;

pub(super) fn syllables(poem: &Profile) -> [f64; 7] {
    let lengths: Vec<f64> = poem.rows.iter().map(|r| r.syllables as f64).collect();
    let average = mean(lengths.iter().copied());
    if average == 0.0 {
        return [0.0; 7];
    }
    let spread = mean(lengths.iter().map(|l| (l - average).powi(2))).sqrt();
    let steps = mean(lengths.windows(2).map(|p| (p[1] - p[0]).abs()));
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let shortest = lengths.iter().copied().fold(f64::INFINITY, f64::min);
    let closes = mean(poem.stanzas.iter().filter(|s| s.len() > 1).map(|s| lengths[s.end - 1]));
    let (odd, even) = turns(poem, &lengths);
    [
        average.ln().max(0.0),
        spread / average,
        off_pattern(poem, &lengths) / average,
        (odd - even) / average,
        ln_ratio(1.0 + longest - average, 1.0 + average - shortest),
        if spread > 0.0 { steps / spread } else { RANDOM_STEP },
        ln_ratio(closes, average),
    ]
}

/// Mean lengths of the odd and the even lines of stanzas.
fn turns(poem: &Profile, lengths: &[f64]) -> (f64, f64) {
    let at = |from: usize| {
        mean(
            poem.stanzas
                .iter()
                .filter(|s| s.len() > 1)
                .flat_map(|s| lengths[s.clone()].iter().skip(from).step_by(2).copied()),
        )
    };
    (at(0), at(1))
}

/// Standard deviation from the mean length at each place, over stanzas of the commonest length; in a text of one stanza, at
/// odd and even places. One degree of freedom is taken off for every place.
fn off_pattern(poem: &Profile, lengths: &[f64]) -> f64 {
    let (size, _) = poem.usual_stanza();
    let alike: Vec<&std::ops::Range<usize>> = poem.stanzas.iter().filter(|s| s.len() == size).collect();
    let place: Box<dyn Fn(usize) -> usize> = if alike.len() > 1 { Box::new(|i| i) } else { Box::new(|i| i % 2) };
    let places = if alike.len() > 1 { size } else { 2.min(size) };
    let mut sums = vec![(0.0, 0.0, 0usize); places.max(1)];
    for stanza in &alike {
        for (i, l) in lengths[(*stanza).clone()].iter().enumerate() {
            let cell = &mut sums[place(i)];
            *cell = (cell.0 + l, cell.1 + l * l, cell.2 + 1);
        }
    }
    let n: usize = sums.iter().map(|c| c.2).sum();
    let squares: f64 = sums.iter().filter(|c| c.2 > 0).map(|c| c.1 - c.0 * c.0 / c.2 as f64).sum();
    (squares.max(0.0) / n.saturating_sub(places).max(1) as f64).sqrt()
}

pub(super) fn metre(poem: &Profile) -> [f64; 12] {
    let mut intervals = [0usize; 4];
    let (mut strong, mut syllables, mut iambic) = (0usize, 0usize, 0usize);
    for row in &poem.rows {
        let mut weak: Option<usize> = None;
        for (i, b) in row.real.bytes().enumerate() {
            let stressed = b == b's';
            syllables += 1;
            strong += usize::from(stressed);
            iambic += usize::from(stressed == (i % 2 == 1));
            if stressed {
                if let Some(n) = weak {
                    intervals[n.min(3)] += 1;
                }
                weak = Some(0);
            } else if let Some(n) = weak.as_mut() {
                *n += 1;
            }
        }
    }
    let all: usize = intervals.iter().sum();
    let interval = |n: usize| ratio(intervals[n] as f64, all as f64);
    [
        ratio(iambic as f64, syllables as f64),
        interval(2),
        interval(0),
        interval(3),
        poem.share(|r| r.real.starts_with('s')),
        poem.share(|r| r.feminine()),
        ratio(strong as f64, syllables as f64),
        commonest(poem.rows.iter().map(|r| r.real.bytes().filter(|b| *b == b's').count())),
        mean(poem.rows.windows(2).map(|p| echo(p[0].real, p[1].real))),
        poem.metre.fit,
        poem.metre.regularity,
        poem.metre.inversions,
    ]
}

/// Share of places at which two rhythms agree, over the longer one's length.
fn echo(a: &str, b: &str) -> f64 {
    let same = a.bytes().zip(b.bytes()).filter(|(x, y)| x == y).count();
    ratio(same as f64, a.len().max(b.len()) as f64)
}

pub(super) fn punctuation(poem: &Profile) -> [f64; 6] {
    let (mut stops, mut pauses, mut place, mut placed) = (0usize, 0usize, 0.0, 0usize);
    for row in &poem.rows {
        let words = row.line.words.len();
        for i in 0..words.saturating_sub(1) {
            let after = row.line.after(i);
            let (stop, pause) = (ends_sentence(after), is_pause(after));
            stops += usize::from(stop);
            pauses += usize::from(pause && !stop);
            if stop || pause {
                place += (i + 1) as f64 / words as f64;
                placed += 1;
            }
        }
    }
    let lines = poem.rows.len() as f64;
    let closed = poem.stanzas.iter().filter(|s| s.end > 0 && ends_sentence(poem.rows[s.end - 1].close())).count();
    [
        poem.share(|r| ends_sentence(r.close())),
        poem.share(|r| is_pause(r.close()) && !ends_sentence(r.close())),
        ratio(stops as f64, lines),
        ratio(pauses as f64, lines),
        if placed == 0 { 0.5 } else { place / placed as f64 },
        ratio(closed as f64, poem.stanzas.len() as f64),
    ]
}

fn ends_sentence(after: &str) -> bool {
    after.contains(['.', '!', '?', '…'])
}

/// A pause of any sign: which one is the editor's.
fn is_pause(after: &str) -> bool {
    after.contains([',', ';', ':', '—', '–', '(', ')']) || after.contains("--")
}
