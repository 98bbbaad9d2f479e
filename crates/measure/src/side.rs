//! One of the two sets of a comparison, with what belongs together in it.

use std::collections::BTreeMap;

use diversity::{Folds, Groups, Matched, Rng};
use rayon::prelude::*;

use crate::Reference;
use crate::genre::Genre;
use crate::prose::CUT;
use crate::reading::Reading;
use crate::repeats::{hash, normal_words};

/// Folds of the jackknife.
pub(crate) const FOLDS: usize = 20;
/// Prompts from which the interval is over prompts; under that many it is over texts, and holds for these prompts only.
pub(crate) const ENOUGH_PROMPTS: usize = 8;
/// Authors from which the reference's texts are grouped by them: fewer are one poet's manner, or a few poets', and another
/// draw of that is other poems of theirs.
const ENOUGH_AUTHORS: usize = 8;
/// Texts of a reference that enter; of more, a seeded draw of whole groups.
const MOST_REFERENCE: usize = 4000;
/// Texts of samples that views are measured on, and that are searched for the same in other words; of more, a seeded draw.
pub(crate) const LARGE: usize = 100_000;
/// Groups from which a draw takes whole ones: then the share that the last group adds or lacks is small.
const MANY: usize = 1000;

pub(crate) struct Side<'a> {
    pub readings: Vec<&'a Reading>,
    pub groups: Groups,
    pub folds: Folds,
    /// The key of every group.
    pub keys: Vec<String>,
}

impl<'a> Side<'a> {
    fn new(readings: Vec<&'a Reading>, keys: &[String], seed: u64) -> Self {
        let groups = Groups::of_keys(keys.iter());
        let names: std::collections::BTreeSet<&String> = keys.iter().collect();
        Self { folds: groups.folds(FOLDS, seed), readings, groups, keys: names.into_iter().cloned().collect() }
    }

    /// Samples: whole prompts together where there are enough of them, else texts, copies of one text together (so that
    /// copies never shrink an interval). Texts whose prompt is not known, in a set of others whose prompt is, are no answers
    /// to one prompt: they are groups of their own, as they are where none is known.
    pub(crate) fn samples(readings: Vec<&'a Reading>, seed: u64) -> Self {
        let prompts: std::collections::BTreeSet<&String> = readings.iter().filter_map(|r| r.prompt.as_ref()).collect();
        // the words of a million texts would be as large as the set itself, so their hashes stand for them
        let large = readings.len() > LARGE;
        let words = |i: usize, r: &Reading| match normal_words(&r.told()) {
            words if words.is_empty() => format!("{i:09}"),
            words if large => format!("{:032x}", hash(&words)),
            words => words,
        };
        let by_prompt = prompts.len() >= ENOUGH_PROMPTS;
        let key = |(i, r): (usize, &&Reading)| match &r.prompt {
            Some(prompt) if by_prompt => format!("prompt {prompt}"),
            _ if by_prompt => format!("text {}", words(i, r)),
            _ => words(i, r),
        };
        let mut keys: Vec<String> = readings.par_iter().enumerate().map(key).collect();
        if keys.iter().all(|k| Some(k) == keys.first()) {
            keys = (0..readings.len()).map(|i| format!("{i:09}")).collect();
        }
        Self::new(readings, &keys, seed)
    }

    /// The reference by authors, prompts or texts. The flag is true where only a draw of it entered.
    pub(crate) fn reference(reference: &'a Reference, keep: impl Fn(&Reading) -> bool, seed: u64) -> (Self, bool) {
        let mut readings: Vec<&Reading> = reference.readings.iter().filter(|r| keep(r)).collect();
        let mut keys: Vec<String> = readings.iter().map(|r| reference.group_of(r)).collect();
        if few_authors(&keys) {
            keys = readings.iter().map(|r| format!("text {}", r.id)).collect();
        }
        let cut = readings.len() > MOST_REFERENCE;
        if cut {
            let drawn = Groups::of_keys(keys.iter()).draw(MOST_REFERENCE, &mut Rng::new(seed));
            let mut mark = drawn.iter();
            readings.retain(|_| mark.next().copied().unwrap_or(false));
            let mut mark = drawn.iter();
            keys.retain(|_| mark.next().copied().unwrap_or(false));
        }
        (Self::new(readings, &keys, seed ^ 1), cut)
    }

    pub(crate) fn len(&self) -> usize {
        self.readings.len()
    }

    /// A seeded draw of about so many texts where there are more: of whole prompts (or texts with their copies) where there are
    /// many, else of single texts.
    pub(crate) fn drawn(self, most: usize, seed: u64) -> Self {
        if self.len() <= most {
            return self;
        }
        let mut rng = Rng::new(seed ^ 0xd0);
        let rows: Vec<usize> = if self.groups.count() >= MANY {
            let drawn = self.groups.draw(most, &mut rng);
            (0..self.len()).filter(|&i| drawn[i]).collect()
        } else {
            let mut rows = rng.choose(self.len(), most);
            rows.sort_unstable();
            rows
        };
        self.select(&rows, seed)
    }

    /// A part of the side, with its groups.
    pub(crate) fn select(&self, rows: &[usize], seed: u64) -> Self {
        let readings = rows.iter().map(|&i| self.readings[i]).collect();
        let keys: Vec<String> = rows.iter().map(|&i| self.keys[self.groups.of(i)].clone()).collect();
        Self::new(readings, &keys, seed)
    }

    /// Answers to one prompt as groups, whatever the intervals are over. Texts without prompt form one group.
    pub(crate) fn prompts(&self) -> Groups {
        Groups::of_keys(self.readings.iter().map(|r| r.prompt.as_deref().unwrap_or_default()))
    }

    /// The prompts of this side that are groups of the reference.
    pub(crate) fn matched(&self, reference: &Side) -> Option<Matched> {
        let number: BTreeMap<&str, u32> =
            reference.keys.iter().enumerate().map(|(i, k)| (k.as_str(), i as u32)).collect();
        let of = |r: &&Reading| {
            r.prompt.as_ref().and_then(|p| number.get(format!("prompt {p}").as_str())).copied().unwrap_or(u32::MAX)
        };
        let group_of_sample: Vec<u32> = self.readings.iter().map(of).collect();
        group_of_sample.iter().any(|g| *g != u32::MAX).then_some(Matched { group_of_sample })
    }
}

/// Rows of both sides with the same spread of lengths (lines for verse, words for prose): within every band of lengths each
/// side is thinned, by a seeded draw, to the smaller of the two shares.
pub(crate) fn match_lengths(samples: &Side, reference: &Side, genre: Genre, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut kept = thinned(&[samples, reference], genre, seed).into_iter();
    (kept.next().unwrap_or_default(), kept.next().unwrap_or_default())
}

/// The same for any number of sides: rising rows of each.
pub(crate) fn thinned(sides: &[&Side], genre: Genre, seed: u64) -> Vec<Vec<usize>> {
    let length = |r: &Reading| match genre {
        Genre::Poetry => r.lines,
        Genre::Jokes => r.words / 2,
        // the form of prose is read from so many words
        Genre::Stories => r.words.min(CUT) / 20,
    };
    // by band the rows of every side
    let mut bands: BTreeMap<u32, Vec<Vec<usize>>> = BTreeMap::new();
    for (s, side) in sides.iter().enumerate() {
        for (i, r) in side.readings.iter().enumerate() {
            bands.entry(band(length(r))).or_insert_with(|| vec![Vec::new(); sides.len()])[s].push(i);
        }
    }
    let mut rng = Rng::new(seed);
    let mut kept = vec![Vec::new(); sides.len()];
    for rows in bands.values_mut().filter(|rows| rows.iter().all(|r| !r.is_empty())) {
        let of = |s: usize, rows: &[usize]| rows.len() as f64 / sides[s].len() as f64;
        let share = rows.iter().enumerate().map(|(s, r)| of(s, r)).fold(f64::INFINITY, f64::min);
        for (s, rows) in rows.iter_mut().enumerate() {
            let keep = (rows.len() as f64 * share / of(s, rows)).round() as usize;
            rng.shuffle(rows);
            kept[s].extend(rows.iter().take(keep));
        }
    }
    kept.iter_mut().for_each(|rows| rows.sort_unstable());
    kept
}

/// Bands about a third wide, exact for short texts: 14 lines stand apart from 13 and 15.
fn band(length: u32) -> u32 {
    match length {
        0..=8 => length,
        9..=11 => 9,
        12 | 13 => 12,
        14 => 14,
        15..=17 => 15,
        18..=22 => 18,
        23..=29 => 23,
        30..=39 => 30,
        40..=59 => 40,
        60..=99 => 60,
        _ => 100,
    }
}

/// Whether all texts are of a few named authors.
fn few_authors(keys: &[String]) -> bool {
    let authors: std::collections::BTreeSet<&String> = keys.iter().collect();
    authors.len() < ENOUGH_AUTHORS && authors.iter().all(|key| key.starts_with("author "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(id: usize, lines: u32) -> Reading {
        Reading { id: id.to_string(), body: format!("text {id}"), lines, ..Reading::default() }
    }

    #[test]
    fn a_text_without_prompt_is_a_group_of_its_own() {
        let reading = |i: usize, prompt: Option<String>| Reading { id: i.to_string(), prompt, ..Reading::default() };
        let prompted = (0..16).map(|i| reading(i, Some(format!("p{}", i / 2))));
        let all: Vec<Reading> = prompted.chain((16..26).map(|i| reading(i, None))).collect();
        let side = Side::samples(all.iter().collect(), 1);
        assert_eq!(side.groups.count(), 8 + 10);
    }

    #[test]
    fn poems_of_one_poet_are_groups_of_their_own() {
        let keys = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>();
        assert!(few_authors(&keys(&["author Ann", "author Ann", "author Ben"])));
        assert!(!few_authors(&keys(&["prompt a sea", "author Ann"])), "prompts are drawn anew");
        let many: Vec<String> = (0..8).map(|i| format!("author {i}")).collect();
        assert!(!few_authors(&many));
    }

    #[test]
    fn lengths_are_matched() {
        let short: Vec<Reading> = (0..100).map(|i| reading(i, if i < 80 { 14 } else { 40 })).collect();
        let long: Vec<Reading> = (0..100).map(|i| reading(i, if i < 20 { 14 } else { 50 })).collect();
        let (a, b) = (Side::samples(short.iter().collect(), 1), Side::samples(long.iter().collect(), 1));
        let (s, r) = match_lengths(&a, &b, Genre::Poetry, 1);
        let sonnets = |side: &Side, rows: &[usize]| rows.iter().filter(|&&i| side.readings[i].lines == 14).count();
        assert_eq!((s.len(), sonnets(&a, &s)), (40, 20));
        assert_eq!((r.len(), sonnets(&b, &r)), (40, 20));
    }

    #[test]
    fn a_draw_takes_whole_prompts_where_there_are_many() {
        let texts = |prompts: usize| -> Vec<Reading> {
            (0..6000).map(|i| Reading { prompt: Some(format!("p{}", i % prompts)), ..reading(i, 14) }).collect()
        };
        let drawn = |texts: &[Reading]| -> Vec<usize> {
            let side = Side::samples(texts.iter().collect(), 1).drawn(600, 1);
            assert!((590..=610).contains(&side.len()), "{}", side.len());
            (0..side.groups.count()).map(|g| side.groups.size(g)).collect()
        };
        assert!(drawn(&texts(2000)).iter().all(|n| *n == 3));
        let few = drawn(&texts(20));
        assert!(few.len() == 20 && few.iter().all(|n| (10..60).contains(n)), "{few:?}");
        let small = texts(20);
        assert_eq!(Side::samples(small.iter().collect(), 1).drawn(6000, 1).len(), 6000);
    }

    #[test]
    fn copies_are_one_group() {
        let mut texts: Vec<Reading> = (0..30).map(|i| reading(i, 4)).collect();
        texts.iter_mut().for_each(|r| r.body = format!("poem {}", r.id.len()));
        assert_eq!(Side::samples(texts.iter().collect(), 1).groups.count(), 2);
    }
}
