//! A portrait: what a person would say of a set of poems after reading all of them — how many rhyme, in which schemes, how
//! even the lines are, how they end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use verse::Kind;

use crate::genre::is_verse;
use crate::reading::Reading;

/// One thing that a portrait counts.
pub struct Measure {
    /// Key in the JSON; ends in `_share` where the value of one text is 0 or 1.
    pub name: &'static str,
    /// What a reader is told it is.
    pub description: &'static str,
    pub(crate) of: fn(&verse::Reading) -> f32,
}

/// Every measure of a portrait, in order.
pub const MEASURES: &[Measure] = &[
    Measure { name: "rhymed_share", description: "poems that rhyme", of: |r| flag(r.rhymed) },
    Measure { name: "rhyme_density", description: "share of lines that rhyme", of: |r| r.rhyme_density as f32 },
    Measure { name: "quatrain_share", description: "poems in quatrains", of: |r| flag(stanzas_of(r, 4)) },
    Measure { name: "couplet_share", description: "poems in stanzas of two lines", of: |r| flag(stanzas_of(r, 2)) },
    Measure { name: "one_block_share", description: "poems without stanza breaks", of: |r| flag(r.stanzas.len() == 1) },
    Measure {
        name: "even_stanzas_share",
        description: "poems whose stanzas all have as many lines",
        of: |r| flag(even_stanzas(r)),
    },
    Measure {
        name: "scheme_aabb_share",
        description: "poems mostly in quatrains aabb",
        of: |r| flag(mostly(r, "aabb")),
    },
    Measure {
        name: "scheme_abab_share",
        description: "poems mostly in quatrains abab",
        of: |r| flag(mostly(r, "abab")),
    },
    Measure {
        name: "scheme_abcb_share",
        description: "poems mostly in quatrains abcb",
        of: |r| flag(mostly(r, "xaxa")),
    },
    Measure {
        name: "scheme_abba_share",
        description: "poems mostly in quatrains abba",
        of: |r| flag(mostly(r, "abba")),
    },
    Measure { name: "iambic_share", description: "iambic poems", of: |r| flag(iambic(&r.metre.name)) },
    Measure { name: "trochaic_share", description: "trochaic poems", of: |r| flag(r.metre.name.starts_with("trocha")) },
    Measure {
        name: "triple_share",
        description: "poems in triple feet (anapaests, dactyls)",
        of: |r| flag(triple(&r.metre.name)),
    },
    Measure { name: "free_share", description: "poems without a metre", of: |r| flag(r.metre.name.contains("free")) },
    Measure {
        name: "pentameter_share",
        description: "pentameters",
        of: |r| flag(r.metre.name.ends_with("pentameter")),
    },
    Measure {
        name: "tetrameter_share",
        description: "tetrameters",
        of: |r| flag(r.metre.name.ends_with("tetrameter")),
    },
    Measure { name: "metre_fit", description: "share of lines that fit the poem's metre", of: |r| r.metre.fit as f32 },
    Measure {
        name: "metre_regularity",
        description: "how alike the rhythms of the lines are",
        of: |r| r.metre.regularity as f32,
    },
    Measure { name: "lines", description: "lines a poem", of: |r| lines(r).count() as f32 },
    Measure { name: "syllables", description: "syllables a line", of: |r| line_length(r).0 },
    Measure {
        name: "line_length_variation",
        description: "spread of syllables a line over their mean",
        of: |r| line_length(r).1,
    },
    Measure {
        name: "even_lines_share",
        description: "poems whose lines are evenly long (spread under an eighth of the mean)",
        of: |r| flag(lines(r).count() > 3 && line_length(r).1 < 0.125),
    },
    Measure {
        name: "uplift",
        description: "valence of the last quarter less that of the rest",
        of: |r| r.ending.uplift as f32,
    },
    Measure {
        name: "uplift_share",
        description: "poems that turn upward at the end (uplift over .1)",
        of: |r| flag(r.ending.uplift > 0.1),
    },
    Measure {
        name: "moral_share",
        description: "poems that end on a moral (over .5)",
        of: |r| flag(r.ending.moral > 0.5),
    },
];

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn lines(r: &verse::Reading) -> impl Iterator<Item = &verse::LineReading> {
    r.stanzas.iter().flat_map(|s| &s.lines)
}

/// At least three of four stanzas have this many lines, and there are two or more.
fn stanzas_of(r: &verse::Reading, lines: usize) -> bool {
    let so = r.stanzas.iter().filter(|s| s.lines.len() == lines).count();
    so >= 2 && 4 * so >= 3 * r.stanzas.len()
}

fn even_stanzas(r: &verse::Reading) -> bool {
    r.stanzas.len() >= 2 && r.stanzas.windows(2).all(|w| w[0].lines.len() == w[1].lines.len())
}

/// More than half of the stanzas have this scheme.
fn mostly(r: &verse::Reading, scheme: &str) -> bool {
    let so = r.stanzas.iter().filter(|s| letters(&s.scheme) == scheme).count();
    so > 0 && 2 * so > r.stanzas.len()
}

/// A stanza's scheme with its own letters: "cdcd" is "abab"; unrhymed lines stay x, and a letter that occurs only once in
/// the stanza is x too.
pub(crate) fn letters(scheme: &str) -> String {
    let mut named: Vec<char> = Vec::new();
    scheme
        .chars()
        .map(|c| {
            if c == 'x' || scheme.chars().filter(|d| *d == c).count() < 2 {
                return 'x';
            }
            let at = named.iter().position(|d| *d == c).unwrap_or_else(|| {
                named.push(c);
                named.len() - 1
            });
            char::from(b'a' + (at % 23) as u8)
        })
        .collect()
}

fn iambic(metre: &str) -> bool {
    metre.starts_with("iambic") || matches!(metre, "common metre" | "long metre" | "short metre")
}

fn triple(metre: &str) -> bool {
    ["anapaest", "dactyl", "amphibrach"].iter().any(|f| metre.starts_with(f))
}

/// Mean syllables a line, and their coefficient of variation.
fn line_length(r: &verse::Reading) -> (f32, f32) {
    let (n, sum, squares) = lines(r).fold((0.0f64, 0.0, 0.0), |(n, s, q), l| {
        let x = l.syllables as f64;
        (n + 1.0, s + x, q + x * x)
    });
    if n == 0.0 || sum == 0.0 {
        return (0.0, 0.0);
    }
    let mean = sum / n;
    (mean as f32, ((squares / n - mean * mean).max(0.0).sqrt() / mean) as f32)
}

/// Sums over a set of readings. `portrait(A ∪ B) = portrait(A).merge(portrait(B))` exactly, in any order: values are added
/// as whole millionths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portrait {
    /// Texts on task, which the sums are over.
    pub n: u64,
    sums: Vec<i64>,
    /// Texts by kind, form, and metre.
    pub kinds: BTreeMap<String, u64>,
    pub forms: BTreeMap<String, u64>,
    pub metres: BTreeMap<String, u64>,
    /// Poems by the scheme of most of their stanzas.
    pub schemes: BTreeMap<String, u64>,
}

const MILLION: f64 = 1e6;

impl Portrait {
    /// Of some readings; only verse enters the sums, every text the kinds.
    pub fn of<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        let mut portrait = Self { sums: vec![0; MEASURES.len()], ..Self::default() };
        readings.into_iter().for_each(|r| portrait.add(r));
        portrait
    }

    fn add(&mut self, reading: &Reading) {
        *self.kinds.entry(kind_name(reading.kind).to_owned()).or_default() += 1;
        if !is_verse(reading.kind) {
            return;
        }
        self.n += 1;
        for (sum, value) in self.sums.iter_mut().zip(&reading.measures) {
            *sum += (f64::from(*value) * MILLION).round() as i64;
        }
        *self.forms.entry(reading.form_name.clone()).or_default() += 1;
        *self.metres.entry(reading.metre.clone()).or_default() += 1;
        *self.schemes.entry(usual_scheme(&reading.scheme)).or_default() += 1;
    }

    /// The portrait of both sets together.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        self.n += other.n;
        self.sums.resize(MEASURES.len(), 0);
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += b);
        let pairs = [
            (&mut self.kinds, &other.kinds),
            (&mut self.forms, &other.forms),
            (&mut self.metres, &other.metres),
            (&mut self.schemes, &other.schemes),
        ];
        for (mine, theirs) in pairs {
            theirs.iter().for_each(|(k, n)| *mine.entry(k.clone()).or_default() += n);
        }
        self
    }

    /// The mean of a measure (a share, where its name says so); NaN without verse.
    #[must_use]
    pub fn mean(&self, measure: usize) -> f64 {
        self.sums[measure] as f64 / MILLION / self.n as f64
    }

    /// The mean without a part of the set.
    pub(crate) fn mean_without(&self, part: &Self, measure: usize) -> f64 {
        (self.sums[measure] - part.sums[measure]) as f64 / MILLION / (self.n - part.n) as f64
    }
}

pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Verse => "verse",
        Kind::ProsePoem => "prose poem",
        Kind::Prose => "prose",
        Kind::Dialogue => "dialogue",
        Kind::List => "list",
        Kind::Empty => "empty",
    }
}

/// The commonest stanza scheme of a poem, in the stanza's own letters.
pub(crate) fn usual_scheme(scheme: &str) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    scheme.split_whitespace().for_each(|s| *counts.entry(letters(s)).or_default() += 1);
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(s, _)| s).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn schemes_are_named_by_their_own_letters() {
        assert_eq!(letters("cdcd"), "abab");
        assert_eq!(letters("xbxb"), "xaxa");
        assert_eq!(letters("abcb"), "xaxa");
        assert_eq!(usual_scheme("abab cdcd efef gg"), "abab");
    }

    proptest! {
        #[test]
        fn portraits_merge_exactly(values in proptest::collection::vec((0.0f32..9.0, 0usize..4), 1..60), cut in 0usize..60) {
            let kinds = [Kind::Verse, Kind::Prose, Kind::ProsePoem, Kind::Empty];
            let readings: Vec<Reading> = values
                .iter()
                .map(|(v, k)| Reading { measures: vec![*v; MEASURES.len()], kind: kinds[*k], ..Reading::default() })
                .collect();
            let (a, b) = readings.split_at(cut.min(readings.len()));
            let whole = Portrait::of(&readings);
            prop_assert_eq!(&Portrait::of(a).merge(&Portrait::of(b)), &whole);
            prop_assert_eq!(&Portrait::of(b).merge(&Portrait::of(a)), &whole);
        }
    }
}
