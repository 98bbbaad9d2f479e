//! The rhyme scheme of a stanza, found as one decision.
//!
//! Every pair of lines gives evidence (the log-odds of [`phonetics::hear`]); every scheme has a chance before anything is
//! heard ([`prior`]). The answer is the partition of the lines that is likeliest after both. Thereby a pattern confirms weak
//! evidence, and never invents a rhyme: a pair without evidence of sound is never linked, however well it would fit.

mod confidence;
mod evidence;
mod pattern;
mod prior;
mod search;

use phonetics::{Class, LineEnd, RhymeOptions};

pub use confidence::Calibration;
use evidence::Evidence;
pub use pattern::pattern;
pub use prior::Prior;

/// Two lines of a stanza that rhyme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// 0-based numbers of the lines in the stanza, the earlier first.
    pub lines: (usize, usize),
    pub class: Class,
    /// Log-odds from sound alone.
    pub strength: f32,
}

/// What was decided about one stanza.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StanzaScheme {
    /// The number of each line's rhyme in the poem, from 0; None where it rhymes with no line.
    pub rhymes: Vec<Option<u32>>,
    /// Every pair of lines of the stanza that share a rhyme.
    pub links: Vec<Link>,
    /// Chance that the scheme is right in every line, 0…1.
    pub confidence: f32,
}

impl StanzaScheme {
    /// The stanza's own pattern: letters by first appearance, `x` unrhymed ("abab").
    pub fn pattern(&self) -> String {
        pattern(&self.rhymes)
    }

    /// The letters of the poem, one a line, `x` unrhymed.
    pub fn letters(&self) -> Vec<String> {
        self.rhymes.iter().map(|r| r.map_or_else(|| "x".to_string(), letter)).collect()
    }

    /// The strongest class among the links of a line.
    pub fn class(&self, line: usize) -> Option<Class> {
        self.links.iter().filter(|l| l.lines.0 == line || l.lines.1 == line).map(|l| l.class).min()
    }
}

/// The letter of a poem's `n`-th rhyme: a … z without x, then A … Z without X, then a2 …
pub fn letter(n: u32) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWYZ";
    let letter = LETTERS[n as usize % LETTERS.len()] as char;
    match n as usize / LETTERS.len() {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

/// The schemes of a poem's stanzas, each decided in the light of the others. A line without a word is None, and unrhymed.
pub fn schemes(stanzas: &[Vec<Option<LineEnd>>], options: &RhymeOptions) -> Vec<StanzaScheme> {
    let hear = |a: &LineEnd, b: &LineEnd| phonetics::hear(a, b, options);
    let (prior, calibration) = (Prior::shipped(options.historical), Calibration::shipped(options.historical));
    schemes_by(stanzas, &hear, prior, calibration)
}

/// [`schemes`] with other ears and another prior than the shipped ones (for learning them).
#[doc(hidden)]
pub fn schemes_by(
    stanzas: &[Vec<Option<LineEnd>>],
    hear: &dyn Fn(&LineEnd, &LineEnd) -> (Class, f32),
    prior: &Prior,
    calibration: &Calibration,
) -> Vec<StanzaScheme> {
    let heard: Vec<Evidence> = stanzas.iter().map(|lines| Evidence::new(lines, hear)).collect();
    let mut found: Vec<search::Found> = heard.iter().map(|e| search::find(e, prior, None)).collect();
    if stanzas.len() > 1 {
        let alone = found.clone();
        for _ in 0..2 {
            let sisters = prior::Sisters::new(&found);
            found = heard.iter().zip(&found).map(|(e, own)| search::find(e, prior, Some((&sisters, own)))).collect();
        }
        // The other stanzas may confirm what is heard here, and never talk the ear out of a perfect rhyme.
        for ((evidence, found), alone) in heard.iter().zip(&mut found).zip(alone) {
            if evidence.loses_perfect(&alone.labels, &found.labels) {
                *found = alone;
            }
        }
    }
    let mut out = name_rhymes(stanzas, &heard, &found, hear);
    for (scheme, found) in out.iter_mut().zip(&found) {
        scheme.confidence = calibration.confidence(found);
    }
    out
}

/// How strongly two stanzas' rhymes must agree in sound to be one rhyme of the poem.
const SAME_RHYME: f32 = 3.0;

/// Gives every rhyme its number in the poem. A rhyme is that of the stanza before where full rhyme binds them (terza rima,
/// villanelle), or where two unrhymed lines rhyme across the gap in the same places.
fn name_rhymes(
    stanzas: &[Vec<Option<LineEnd>>],
    heard: &[Evidence],
    found: &[search::Found],
    hear: &dyn Fn(&LineEnd, &LineEnd) -> (Class, f32),
) -> Vec<StanzaScheme> {
    let mut out: Vec<StanzaScheme> = Vec::with_capacity(stanzas.len());
    let mut next = 0;
    for (s, (evidence, found)) in heard.iter().zip(found).enumerate() {
        let n = found.labels.len();
        let mut rhymes: Vec<Option<u32>> = vec![None; n];
        for i in 0..n {
            if rhymes[i].is_some() {
                continue;
            }
            let members: Vec<usize> = match found.labels[i] {
                pattern::ALONE => vec![i],
                label => (i..n).filter(|&j| found.labels[j] == label).collect(),
            };
            let earlier = s.checked_sub(1).and_then(|p| {
                let (before, lines) = (&mut out[p], &stanzas[p]);
                bound(&stanzas[s], &members, &rhymes, lines, before, hear, &mut next)
            });
            let number = match (earlier, members.len()) {
                (Some(number), _) => Some(number),
                (None, 1) => None,
                (None, _) => {
                    next += 1;
                    Some(next - 1)
                }
            };
            for &m in &members {
                rhymes[m] = number;
            }
        }
        out.push(StanzaScheme { rhymes, links: evidence.links(&found.labels), confidence: found.confidence });
    }
    renumber(&mut out);
    out
}

/// The rhyme of the stanza before that `members` continue, if they continue one that is not `taken`: two rhymes that a stanza
/// keeps apart stay apart, even where one earlier rhyme sounds like both.
fn bound(
    lines: &[Option<LineEnd>],
    members: &[usize],
    taken: &[Option<u32>],
    earlier: &[Option<LineEnd>],
    scheme: &mut StanzaScheme,
    hear: &dyn Fn(&LineEnd, &LineEnd) -> (Class, f32),
    next: &mut u32,
) -> Option<u32> {
    let mut best: Option<(f32, usize)> = None;
    for (j, end) in earlier.iter().enumerate() {
        let Some(end) = end else { continue };
        // Two lines alone in their stanzas bind only where they stand in the same place.
        let alone = members.len() == 1 && scheme.rhymes[j].is_none();
        if scheme.rhymes[j].is_some() && taken.contains(&scheme.rhymes[j]) {
            continue;
        }
        if alone && (j != members[0] || lines.len() != earlier.len()) {
            continue;
        }
        let weakest = members.iter().map(|&m| {
            lines[m].as_ref().map_or(f32::NEG_INFINITY, |l| match hear(l, end) {
                (class, strength) if class.is_full() => strength,
                _ => f32::NEG_INFINITY,
            })
        });
        let weakest = weakest.fold(f32::INFINITY, f32::min);
        if weakest >= SAME_RHYME && best.is_none_or(|b| weakest > b.0) {
            best = Some((weakest, j));
        }
    }
    let (_, j) = best?;
    Some(*scheme.rhymes[j].get_or_insert_with(|| {
        *next += 1;
        *next - 1
    }))
}

/// Numbers the poem's rhymes by first appearance.
fn renumber(stanzas: &mut [StanzaScheme]) {
    let mut names = std::collections::HashMap::new();
    for rhyme in stanzas.iter_mut().flat_map(|s| &mut s.rhymes).flatten() {
        let next = names.len() as u32;
        *rhyme = *names.entry(*rhyme).or_insert(next);
    }
}
