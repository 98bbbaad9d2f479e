//! A text in numbers: what forms and features are computed from.

use phonetics::Class;
use smallvec::SmallVec;

use crate::{Kind, Line, Metre};

/// One line, with what scheme and metre said of it.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a> {
    pub line: &'a Line,
    pub stanza: usize,
    pub syllables: usize,
    pub real: &'a str,
    /// The poem-wide rhyme, None where the line rhymes with none.
    pub rhyme: Option<u32>,
    /// Class of the strongest link.
    pub class: Option<Class>,
}

impl Row<'_> {
    pub fn last_word(&self) -> &str {
        self.line.last().map_or("", |w| w.word.text())
    }

    /// What stands behind the last word: the punctuation of the line's end.
    pub fn close(&self) -> &str {
        self.line.words.len().checked_sub(1).map_or("", |last| self.line.after(last))
    }

    /// The last syllable is weak.
    pub fn feminine(&self) -> bool {
        self.real.ends_with('w')
    }

    /// The same words in the same order.
    pub fn says(&self, other: &Row) -> bool {
        self.line.words.len() == other.line.words.len()
            && self.line.words.iter().zip(&other.line.words).all(|(a, b)| a.word.text() == b.word.text())
    }

    /// Share of this line's words that the other line has too.
    pub fn shares(&self, other: &Row) -> f64 {
        let common =
            self.line.words.iter().filter(|a| other.line.words.iter().any(|b| a.word.text() == b.word.text())).count();
        common as f64 / self.line.words.len().max(other.line.words.len()).max(1) as f64
    }
}

/// A whole text.
pub(crate) struct Profile<'a> {
    pub kind: Kind,
    pub rows: Vec<Row<'a>>,
    /// Lines of each stanza, as ranges of `rows`.
    pub stanzas: Vec<std::ops::Range<usize>>,
    pub metre: &'a Metre,
    pub rhymed: bool,
    pub density: f64,
}

impl<'a> Profile<'a> {
    /// The first `lines` lines, as heard in the whole: its metre stays, and a line whose partners all come later rhymes no
    /// more.
    pub fn opening(&self, lines: usize) -> Profile<'a> {
        let mut rows = self.rows[..lines.min(self.rows.len())].to_vec();
        let alone = |rhyme: u32| self.rows[..rows.len()].iter().filter(|r| r.rhyme == Some(rhyme)).count() < 2;
        let widowed: Vec<bool> = rows.iter().map(|r| r.rhyme.is_some_and(alone)).collect();
        for (row, _) in rows.iter_mut().zip(widowed).filter(|(_, widowed)| *widowed) {
            row.rhyme = None;
            row.class = None;
        }
        let stanzas = self.stanzas.iter().map(|s| s.start..s.end.min(rows.len())).filter(|s| !s.is_empty()).collect();
        let density = rows.iter().filter(|r| r.rhyme.is_some()).count() as f64 / rows.len().max(1) as f64;
        Profile { rows, stanzas, density, ..*self }
    }

    pub fn stanza(&self, i: usize) -> &[Row<'a>] {
        &self.rows[self.stanzas[i].clone()]
    }

    pub fn stanza_lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.stanzas.iter().map(|s| s.len())
    }

    /// The commonest stanza length and the share of lines that stand in stanzas of that length.
    pub fn usual_stanza(&self) -> (usize, f64) {
        let mut best = (0, 0);
        let mut lengths: Vec<usize> = self.stanza_lengths().collect();
        lengths.sort_unstable();
        for run in lengths.chunk_by(|a, b| a == b) {
            let lines = run.len() * run[0];
            if lines > best.1 {
                best = (run[0], lines);
            }
        }
        (best.0, best.1 as f64 / self.rows.len().max(1) as f64)
    }

    /// Mean syllables a line.
    pub fn syllables(&self) -> f64 {
        self.rows.iter().map(|r| r.syllables).sum::<usize>() as f64 / self.rows.len().max(1) as f64
    }

    /// Share of lines with a number of syllables in the range.
    pub fn share_of_syllables(&self, range: std::ops::RangeInclusive<usize>) -> f64 {
        self.share(|r| range.contains(&r.syllables))
    }

    /// Shares of lines in aabb, abab, abcb and abba: each stanza cut in fours from its start, a last pair counted as aabb
    /// where it rhymes.
    pub fn fours(&self) -> [f64; 4] {
        let mut lines = [0usize; 4];
        for four in self.stanzas.iter().flat_map(|stanza| self.rows[stanza.clone()].chunks(4)) {
            let at = match scheme_of(four).as_str() {
                "aabb" | "aaxx" | "xxaa" | "aa" | "aaa" | "aaaa" => 0,
                "abab" => 1,
                "xaxa" => 2,
                "abba" | "xaax" => 3,
                _ => continue,
            };
            lines[at] += four.len();
        }
        lines.map(|l| l as f64 / self.rows.len().max(1) as f64)
    }

    /// Share of lines in stanzas that have a rhyme and share their scheme with another stanza.
    pub fn shared_schemes(&self) -> f64 {
        let mut schemes: Vec<String> = (0..self.stanzas.len()).map(|i| scheme_of(self.stanza(i))).collect();
        schemes.retain(|s| s.bytes().any(|b| b != b'x'));
        schemes.sort_unstable();
        let lines: usize = schemes.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).flatten().map(String::len).sum();
        lines as f64 / self.rows.len().max(1) as f64
    }

    /// Share of lines that pass, 0 of none.
    pub fn share(&self, passes: impl Fn(&Row) -> bool) -> f64 {
        self.rows.iter().filter(|r| passes(r)).count() as f64 / self.rows.len().max(1) as f64
    }
}

/// The scheme of some lines by themselves: letters from `a` in the order of first sight, `x` for a line that rhymes with
/// none of them; `?` beyond the 25th rhyme.
pub(crate) fn scheme_of(rows: &[Row]) -> String {
    const LETTERS: &[u8; 25] = b"abcdefghijklmnopqrstuvwyz";
    let mut seen: SmallVec<[(u32, usize); 8]> = SmallVec::new();
    for rhyme in rows.iter().filter_map(|r| r.rhyme) {
        match seen.iter_mut().find(|(known, _)| *known == rhyme) {
            Some((_, lines)) => *lines += 1,
            None => seen.push((rhyme, 1)),
        }
    }
    seen.retain(|(_, lines)| *lines > 1);
    rows.iter()
        .map(|row| match row.rhyme.and_then(|rhyme| seen.iter().position(|(known, _)| *known == rhyme)) {
            Some(at) => LETTERS.get(at).map_or('?', |b| char::from(*b)),
            None => 'x',
        })
        .collect()
}
