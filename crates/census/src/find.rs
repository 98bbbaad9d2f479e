//! One text: what verse and literary prose stands in it, and where.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::line::Page;
use crate::path::runs;
use crate::prose::{self, chunks};
use crate::weights::{RUN_EVIDENCE, Weights, dot};

/// What was found in one text, in its order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub passages: Vec<Passage>,
    /// Words of the whole text.
    pub words: usize,
}

/// A stretch of verse or of literary prose.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    pub kind: Kind,
    /// Bytes of the text.
    pub start: usize,
    pub end: usize,
    pub words: usize,
    /// Chance that it is what it is taken for, 0…1, by the weights learnt.
    pub confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verse: Option<Verse>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Verse,
    LiteraryProse,
}

/// What a reader of poems says of a passage of verse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verse {
    pub lines: usize,
    pub form: String,
    pub rhymed: bool,
    pub scheme: String,
    pub metre: String,
}

/// Lines of the shortest verse that is looked for: three are a haiku, and in a menu by chance.
const LEAST_LINES: usize = 4;
/// Words of the shortest verse: fewer in four lines are a menu.
const LEAST_WORDS: usize = 12;
/// A line's odds count up to this much.
const MOST: f64 = 6.0;
/// Bytes of verse that are read at once; an epic is told from its beginning.
const READ: usize = 64 << 10;

/// Finds the verse and the literary prose in a text. Depends on nothing but the text.
#[must_use]
pub fn read(text: &str) -> Found {
    read_with(text, Weights::shipped())
}

/// [`read`] by other weights than those that are shipped.
#[doc(hidden)]
#[must_use]
pub fn read_with(text: &str, weights: &Weights) -> Found {
    let page = Page::new(text);
    let mut passages = Vec::new();
    for candidate in candidates(&page, weights) {
        let slice = slice(text, &page, &candidate.lines);
        let reading = verse::read(head(slice), &verse::Options::default());
        let odds = dot(&run_evidence(&candidate, &reading), &weights.run);
        if odds > 0.0 {
            passages.push(of_verse(&page, &candidate, odds, reading));
        }
    }
    let verse: Vec<Range<usize>> = passages.iter().map(|p: &Passage| p.start..p.end).collect();
    let (chunks, words) = chunks(text, &page, &verse);
    passages.extend(prose::passages(text, &chunks, &weights.prose));
    passages.sort_by_key(|p| p.start);
    let words = words + passages.iter().filter(|p| p.kind == Kind::Verse).map(|p| p.words).sum::<usize>();
    Found { passages, words }
}

fn of_verse(page: &Page, candidate: &Candidate, odds: f64, reading: verse::Reading) -> Passage {
    let lines = &page.lines[candidate.lines.clone()];
    // of more than was read, the count of lines is the shape's
    let read: usize = reading.stanzas.iter().map(|s| s.lines.len()).sum();
    let whole = lines[lines.len() - 1].end - lines[0].start <= READ;
    Passage {
        kind: Kind::Verse,
        start: lines[0].start,
        end: lines[lines.len() - 1].end,
        words: lines.iter().map(|l| l.words()).sum(),
        confidence: round(1.0 / (1.0 + (-odds).exp())),
        verse: Some(Verse {
            lines: if whole && read > 0 { read } else { lines.len() },
            form: reading.form.name,
            rhymed: reading.rhymed,
            scheme: shortened(reading.scheme),
            metre: reading.metre.name,
        }),
    }
}

/// Letters of a scheme that are kept.
const SCHEME: usize = 80;

fn shortened(mut scheme: String) -> String {
    if let Some((at, _)) = scheme.char_indices().nth(SCHEME) {
        scheme.truncate(at);
        scheme.push('…');
    }
    scheme
}

pub(crate) fn round(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

/// A run of lines that looks like verse.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Places among the page's lines.
    pub lines: Range<usize>,
    /// The sum of their log-odds.
    pub odds: f64,
}

/// The runs of lines that look like verse, before anything is read.
#[must_use]
pub fn candidates(page: &Page, weights: &Weights) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mut at = 0;
    // only stretches of short lines are looked at: most of a corpus has none
    while at < page.lines.len() {
        let run = page.lines[at..].iter().take_while(|l| l.is_short()).count();
        if run >= LEAST_LINES {
            let odds: Vec<f64> = (at..at + run)
                .map(|i| dot(&page.evidence(i), &weights.line).clamp(-MOST, MOST) * weights.scale)
                .collect();
            for run in runs(&odds, weights.switch) {
                for lines in apart(page, at, &odds, run) {
                    let words: usize = page.lines[at + lines.start..at + lines.end].iter().map(|l| l.words()).sum();
                    if lines.len() >= LEAST_LINES && words >= LEAST_WORDS {
                        let sum = odds[lines.clone()].iter().sum();
                        out.push(Candidate { lines: at + lines.start..at + lines.end, odds: sum });
                    }
                }
            }
        }
        at += run.max(1);
    }
    out
}

/// A run in pieces: two poems in a row are parted by what stands alone between blocks and is no verse itself, a title or a
/// name. `odds` are of the lines from `at` on.
fn apart(page: &Page, at: usize, odds: &[f64], run: Range<usize>) -> Vec<Range<usize>> {
    let block = |i: usize| page.lines[at + i].block;
    let alone = |i: usize| (i == 0 || block(i - 1) != block(i)) && (i + 1 >= odds.len() || block(i + 1) != block(i));
    let in_stanza = |i: usize| !alone(i);
    let mut pieces = Vec::new();
    let mut start = run.start;
    let mut i = run.start;
    while i < run.end {
        let heads = (i..run.end).take_while(|&j| alone(j) && odds[j] < 0.0).count();
        let between = heads > 0 && i > start && in_stanza(i - 1) && i + heads < run.end && in_stanza(i + heads);
        if between {
            pieces.push(start..i);
            start = i + heads;
        }
        i += heads.max(1);
    }
    pieces.push(start..run.end);
    pieces
}

/// The text of a run of lines.
fn slice<'a>(text: &'a str, page: &Page, lines: &Range<usize>) -> &'a str {
    &text[page.lines[lines.start].start..page.lines[lines.end - 1].end]
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What speaks for and against a run, row by row of [`RUN_EVIDENCE`].
#[must_use]
pub fn run_evidence(candidate: &Candidate, reading: &verse::Reading) -> [f64; RUN_EVIDENCE.len()] {
    let n = candidate.lines.len() as f64;
    let flag = |yes: bool| f64::from(u8::from(yes));
    let lines: Vec<&verse::LineReading> = reading.stanzas.iter().flat_map(|s| &s.lines).collect();
    let count = lines.len().max(1) as f64;
    let mean = lines.iter().map(|l| l.syllables as f64).sum::<f64>() / count;
    let spread = (lines.iter().map(|l| (l.syllables as f64 - mean).powi(2)).sum::<f64>() / count).sqrt();
    let aside: usize = reading.set_aside.iter().map(|a| a.text.len()).sum();
    let kept: usize = lines.iter().map(|l| l.text.len()).sum();
    let mut said: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
    said.sort_unstable();
    let again = said.windows(2).filter(|w| w[0] == w[1]).count();
    [
        1.0,
        candidate.odds / n,
        (candidate.odds / 10.0).min(3.0),
        n.ln().min(4.0),
        flag(reading.kind == verse::Kind::Verse),
        flag(matches!(reading.kind, verse::Kind::Prose | verse::Kind::ProsePoem)),
        flag(matches!(reading.kind, verse::Kind::List | verse::Kind::Dialogue)),
        reading.rhyme_density,
        reading.metre.fit,
        reading.metre.regularity,
        flag(reading.rhymed),
        (spread / mean.max(1.0)).min(1.5),
        aside as f64 / (aside + kept).max(1) as f64,
        again as f64 / count,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const POEM: &str = "The kettle clicks, the lamp is low,\nThe gutters talk in drips;\nA neighbour's radio lets go\nOf news about the ships.\n\n\
        I count the plates, I count the spoons,\nI leave the door ajar;\nThe cat comes home on Sunday noons\nSmelling of someone's car.";

    #[test]
    fn a_poem_in_a_page_is_found_where_it_stands() {
        let page = format!(
            "Home\nArchive\nAbout\nLog in\n\nThis week I had little time, so here is something that my aunt wrote down on the back of an envelope in 1971.\n\n{POEM}\n\n\
             Tags: kitchen, cats\n3 comments\nReply\nShare this\nCopyright 2011. All rights reserved."
        );
        let found = read(&page);
        let verse: Vec<&Passage> = found.passages.iter().filter(|p| p.kind == Kind::Verse).collect();
        assert_eq!(verse.len(), 1, "{found:?}");
        let text = &page[verse[0].start..verse[0].end];
        assert!(text.contains("The kettle clicks") && text.ends_with("someone's car."), "{text}");
        let told = verse[0].verse.as_ref().expect("verse is told of");
        assert!(told.rhymed && told.lines == 8, "{told:?}");
    }

    #[test]
    fn two_poems_with_a_title_between_are_two() {
        let other = POEM
            .replace("kettle", "shutter")
            .replace("lamp", "sun")
            .replace("plates", "boats")
            .replace("spoons", "loons");
        let page = format!("Poems of the week\n\n{POEM}\n\nSecond Week\n\n{other}\n\nHome\nArchive\nAbout\nLog in");
        let found = read(&page);
        let texts: Vec<&str> = found.passages.iter().map(|p| &page[p.start..p.end]).collect();
        assert_eq!(texts.len(), 2, "{found:?}");
        assert!(texts[0].ends_with("someone's car.") && texts[1].starts_with("The shutter clicks"), "{texts:?}");
    }

    #[test]
    fn a_story_in_a_page_is_found_and_a_manual_is_none() {
        let told = "She put the kettle down and looked at him. \"You never wrote,\" she said, and he turned his hat round in his hands as \
            he had done when he was a boy. The rain had stopped. Outside the door his brother was waiting with the cart, and he could hear \
            the horse pull at its rope. \"I did write,\" he said. \"I wrote every week, and then I burned what I had written.\" She did \
            not answer him. She walked to the window and stood there with her back to the room, and he saw that her hair had gone grey. \
            After a while she laughed. \"Sit down,\" she said. \"You were always a fool about paper.\" So he sat down, and she poured \
            the tea, and they spoke of the cow, and the roof, and the man who had bought the mill. When his brother knocked he stood up \
            again. She held his sleeve for a moment. \"Burn nothing,\" she told him, and he nodded, and went out into the yard.";
        let page = format!("Home\nArchive\nAbout\n\n{told}\n\nReply\nShare this");
        let found = read(&page);
        assert_eq!(found.passages.len(), 1, "{found:?}");
        assert_eq!(found.passages[0].kind, Kind::LiteraryProse);
        let manual = "The option selects the format of the report. If it is not given, the format is chosen by the name of the file. A \
            report can be written to several files at once, each with its own format. Options that are given later override those \
            that are given earlier. The default is suitable for most uses. ";
        assert!(read(&manual.repeat(4)).passages.is_empty());
    }

    #[test]
    fn what_is_no_verse_is_left_alone() {
        for text in [
            "",
            "Home\nProducts\nSupport\nContact\nCareers\nPress\nLegal\nPrivacy\nCookies",
            "- install the package\n- run the tests\n- read the log\n- open an issue\n- wait for a reply\n- be kind",
            "fn main() {\n    let x = 1;\n    let y = 2;\n    println!(\"{}\", x + y);\n    return;\n}",
            "The program reads its input line by line and writes what it\nfinds to standard output. It stops at the first error unless\nit was told to go on, in which case errors are counted and a\nsummary is printed when the input is at its end. Options are\ndescribed below.",
            "Name    Size    Date\nalpha   10 kB   2019-01-02\nbeta    12 kB   2019-02-03\ngamma   9 kB    2019-03-04\ndelta   1 kB    2019-04-05",
        ] {
            let found = read(text);
            assert!(found.passages.iter().all(|p| p.kind != Kind::Verse), "{text}: {found:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "([a-z ,.é”]{0,40}\n{1,2}){0,12}") {
            let found = read(&text);
            let mut before = 0;
            for p in &found.passages {
                proptest::prop_assert!(p.start >= before && p.end > p.start && text.get(p.start..p.end).is_some());
                before = p.end;
            }
        }
    }
}
