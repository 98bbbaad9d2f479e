//! What a corpus holds, counted; and two counts made one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::find::{Found, Kind};

/// Whole numbers only, so that `census(A ∪ B) = census(A).merge(census(B))` exactly, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Texts read: pages, books, records.
    pub texts: u64,
    pub bytes: u64,
    pub words: u64,
    /// Texts with verse in them, and with literary prose.
    pub with_verse: u64,
    pub with_prose: u64,
    pub verse: Count,
    pub rhymed: Count,
    pub literary_prose: Count,
    /// Passages of verse by form.
    pub forms: BTreeMap<String, Count>,
    /// Passages of verse by metre.
    pub metres: BTreeMap<String, Count>,
    /// Records that were damaged or empty.
    pub skipped: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub passages: u64,
    /// Lines of verse; 0 of prose.
    pub lines: u64,
    pub words: u64,
}

impl Count {
    fn add(&mut self, lines: usize, words: usize) {
        self.merge(&Count { passages: 1, lines: lines as u64, words: words as u64 });
    }

    fn merge(&mut self, other: &Count) {
        self.passages += other.passages;
        self.lines += other.lines;
        self.words += other.words;
    }
}

impl Census {
    /// Counts one text of so many bytes.
    pub fn add(&mut self, bytes: usize, found: &Found) {
        self.texts += 1;
        self.bytes += bytes as u64;
        self.words += found.words as u64;
        let has = |kind: Kind| u64::from(found.passages.iter().any(|p| p.kind == kind));
        self.with_verse += has(Kind::Verse);
        self.with_prose += has(Kind::LiteraryProse);
        for passage in &found.passages {
            match &passage.verse {
                Some(verse) => {
                    let add = |count: &mut Count| count.add(verse.lines, passage.words);
                    add(&mut self.verse);
                    if verse.rhymed {
                        add(&mut self.rhymed);
                    }
                    add(self.forms.entry(verse.form.clone()).or_default());
                    add(self.metres.entry(verse.metre.clone()).or_default());
                }
                None => self.literary_prose.add(0, passage.words),
            }
        }
    }

    /// The census of both.
    pub fn merge(&mut self, other: &Census) {
        self.texts += other.texts;
        self.bytes += other.bytes;
        self.words += other.words;
        self.with_verse += other.with_verse;
        self.with_prose += other.with_prose;
        self.skipped += other.skipped;
        self.verse.merge(&other.verse);
        self.rhymed.merge(&other.rhymed);
        self.literary_prose.merge(&other.literary_prose);
        for (mine, theirs) in [(&mut self.forms, &other.forms), (&mut self.metres, &other.metres)] {
            theirs.iter().for_each(|(name, count)| mine.entry(name.clone()).or_default().merge(count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::{Passage, Verse};

    fn found(form: &str, rhymed: bool) -> Found {
        let verse = Verse { lines: 8, form: form.into(), rhymed, ..Verse::default() };
        let poem = Passage { words: 50, verse: Some(verse), ..Passage::default() };
        let prose = Passage { kind: Kind::LiteraryProse, words: 300, ..Passage::default() };
        Found { passages: vec![poem, prose], words: 400 }
    }

    #[test]
    fn merged_is_counted_together() {
        let all = [found("sonnet", true), found("haiku", false), Found::default(), found("sonnet", true)];
        let census = |some: &[Found]| {
            let mut census = Census::default();
            some.iter().for_each(|f| census.add(1000, f));
            census
        };
        let mut merged = census(&all[..1]);
        merged.merge(&census(&all[1..]));
        assert_eq!(merged, census(&all));
        assert_eq!(
            (merged.texts, merged.with_verse, merged.rhymed.passages, merged.forms["sonnet"].lines),
            (4, 3, 2, 16)
        );
        let json = serde_json::to_string(&merged).expect("writes");
        assert_eq!(serde_json::from_str::<Census>(&json).expect("reads"), merged);
    }
}
