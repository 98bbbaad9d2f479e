//! The whole way: layout, lines, scheme, metre, form, ending, features.

use std::collections::BTreeMap;

use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, WordRef};
use smallvec::SmallVec;

use crate::profile::{Profile, Row};
use crate::scheme::{Link, StanzaScheme, letter};
use crate::{
    FEATURES, Features, Kind, Layout, Line, LineMetre, LineReading, Metre, Reading, Stanza, ending, features, form,
    layout, metre, rhymed, scheme,
};

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Count as rhyme what rhymed in 1600 to 1800 (love, prove).
    pub historical: bool,
    /// The text answers a request for a poem ([`asks_for_poem`]): what is set as prose is then a prose poem, where it is
    /// neither talk about writing nor a dialogue.
    pub poem_asked: bool,
}

/// True where a prompt asks for verse: it names a form of it and does not ask for a story or an essay about one.
///
/// ```
/// use doggerel_verse::asks_for_poem;
/// assert!(asks_for_poem("Write a short poem about rain."));
/// assert!(asks_for_poem("haiku, please"));
/// assert!(!asks_for_poem("Write a story about a poet."));
/// assert!(!asks_for_poem("Explain what a sonnet is."));
/// ```
pub fn asks_for_poem(prompt: &str) -> bool {
    const VERSE: [&str; 24] = [
        "poem",
        "poems",
        "poetry",
        "verse",
        "verses",
        "haiku",
        "limerick",
        "sonnet",
        "ballad",
        "ode",
        "elegy",
        "couplet",
        "couplets",
        "quatrain",
        "villanelle",
        "sestina",
        "ghazal",
        "tanka",
        "rhyme",
        "lyrics",
        "song",
        "stanza",
        "stanzas",
        "monostich",
    ];
    const OTHER: [&str; 12] = [
        "story",
        "essay",
        "explain",
        "summarize",
        "summarise",
        "analyse",
        "analyze",
        "describe",
        "joke",
        "review",
        "what",
        "who",
    ];
    let lower = prompt.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    // The first of the two kinds of word is what is asked for: "a story about a poem", "a poem about a story".
    words.find(|w| VERSE.contains(w) || OTHER.contains(w)).is_some_and(|w| VERSE.contains(&w))
}

/// A text of one line is scanned up to so many words: it may be a line of verse by itself.
const LONGEST_LONE_LINE: usize = 24;

/// Reads a text: everything that doggerel computes from one text alone.
///
/// Verse is scanned and its rhymes are found; so for a lone line, which may be verse. In other prose, dialogue and lists
/// `met`, `real` and `rhyme` say nothing.
///
/// ```
/// use doggerel_verse::{Options, read};
/// let reading = read("The rain is on the river,\nThe crow is on the wall,\nI've nothing to deliver\nAnd nobody to call.", &Options::default());
/// assert_eq!(reading.scheme, "abab");
/// assert!(reading.rhymed);
/// ```
pub fn read(text: &str, options: &Options) -> Reading {
    let pronouncer = Pronouncer::shared();
    let Layout { kind, stanzas, set_aside } = layout::normalize_answer(text, options.poem_asked);
    let lines: Vec<Vec<Line>> = stanzas
        .into_iter()
        .map(|stanza| stanza.into_iter().map(|line| Line::new(line, pronouncer)).collect())
        .collect();
    let lone = lines.len() == 1 && lines[0].len() == 1 && lines[0][0].words.len() <= LONGEST_LONE_LINE;
    let of = |kind| Wrapped { kind, set_aside };
    if kind == Kind::Verse || lone {
        return assemble(of(kind), &lines, Heard::verse(&lines, options), options);
    }
    if matches!(kind, Kind::Prose | Kind::ProsePoem) && could_be_verse(&lines) {
        // As paragraphs they are a line each.
        let stanza = vec![lines.iter().flatten().cloned().collect()];
        let heard = Heard::verse(&stanza, options);
        if heard.rhyme_density() >= SURELY_VERSE {
            return assemble(of(Kind::Verse), &stanza, heard, options);
        }
    }
    assemble(of(kind), &lines, Heard::prose(&lines), options)
}

/// What the layout says of a text beside its lines.
struct Wrapped {
    kind: Kind,
    set_aside: Vec<crate::SetAside>,
}

/// Lines set as prose sets them, a sentence each, are verse all the same where so large a share of them rhymes.
const SURELY_VERSE: f64 = 0.75;

/// Four lines and more, none of them a paragraph.
fn could_be_verse(lines: &[Vec<Line>]) -> bool {
    let (count, longest) = lines.iter().flatten().fold((0, 0), |(n, m), line| (n + 1, m.max(line.text.len())));
    (4..=LONGEST_PIECE).contains(&count) && longest <= 120
}

/// What was heard in the lines.
struct Heard {
    schemes: Vec<StanzaScheme>,
    metre: Metre,
    metres: Vec<Vec<LineMetre>>,
}

impl Heard {
    fn verse(lines: &[Vec<Line>], options: &Options) -> Heard {
        let schemes = heard_schemes(lines, options);
        let metre::MetreReading { metre, lines: metres } = metre::scan_poem(lines);
        Heard { schemes, metre, metres }
    }

    /// Share of lines that rhyme.
    fn rhyme_density(&self) -> f64 {
        let (rhymed, all) =
            self.schemes.iter().flat_map(|s| &s.rhymes).fold((0, 0), |(r, n), x| (r + u32::from(x.is_some()), n + 1));
        f64::from(rhymed) / f64::from(all.max(1_u32))
    }

    fn prose(lines: &[Vec<Line>]) -> Heard {
        let unscanned = |line: &Line| LineMetre { syllables: syllables(line), ..LineMetre::default() };
        Heard {
            schemes: lines
                .iter()
                .map(|stanza| StanzaScheme { rhymes: vec![None; stanza.len()], links: Vec::new(), confidence: 0.0 })
                .collect(),
            metre: Metre::default(),
            metres: lines.iter().map(|stanza| stanza.iter().map(unscanned).collect()).collect(),
        }
    }
}

fn heard_schemes(lines: &[Vec<Line>], options: &Options) -> Vec<StanzaScheme> {
    let rhyme = RhymeOptions { historical: options.historical, ..RhymeOptions::default() };
    schemes(lines.iter().map(|stanza| stanza.iter().map(line_end).collect()).collect(), &rhyme)
}

/// A stanza of more lines is decided in pieces of so many (a number that couplets, tercets, quatrains and sestets divide):
/// rhymes reach a few lines, and the cost of one decision grows faster than its lines.
const LONGEST_PIECE: usize = 60;

/// The schemes of the stanzas, very long ones piece by piece.
fn schemes(stanzas: Vec<Vec<Option<LineEnd>>>, options: &RhymeOptions) -> Vec<StanzaScheme> {
    if stanzas.iter().all(|s| s.len() <= LONGEST_PIECE) {
        return scheme::schemes(&stanzas, options);
    }
    let counts: Vec<usize> = stanzas.iter().map(|s| s.len().div_ceil(LONGEST_PIECE)).collect();
    let mut pieces = Vec::with_capacity(counts.iter().sum());
    for mut stanza in stanzas {
        while stanza.len() > LONGEST_PIECE {
            let rest = stanza.split_off(LONGEST_PIECE);
            pieces.push(std::mem::replace(&mut stanza, rest));
        }
        pieces.push(stanza);
    }
    let mut found = scheme::schemes(&pieces, options).into_iter();
    counts.iter().map(|&n| found.by_ref().take(n).reduce(join).unwrap_or_default()).collect()
}

/// Two pieces of one stanza.
fn join(mut a: StanzaScheme, b: StanzaScheme) -> StanzaScheme {
    let offset = a.rhymes.len();
    a.rhymes.extend(b.rhymes);
    a.links.extend(b.links.into_iter().map(|l| Link { lines: (l.lines.0 + offset, l.lines.1 + offset), ..l }));
    a.confidence *= b.confidence;
    a
}

/// Words at the end of a line within which a rhyme stands.
const RHYME_WORDS: usize = 5;

fn line_end(line: &Line) -> Option<LineEnd> {
    let near = &line.words[line.words.len().saturating_sub(RHYME_WORDS)..];
    let said: SmallVec<[WordRef; RHYME_WORDS]> = near.iter().map(|w| w.word.clone()).collect();
    LineEnd::of_words(&said)
}

fn syllables(line: &Line) -> usize {
    line.words.iter().filter_map(|w| w.word.pronunciations().first()).map(|p| p.syllables()).sum()
}

fn assemble(text: Wrapped, lines: &[Vec<Line>], heard: Heard, options: &Options) -> Reading {
    let Wrapped { kind, set_aside } = text;
    let classes: Vec<Vec<Option<Class>>> = heard.schemes.iter().map(strongest).collect();
    let profile = profile(kind, lines, &heard, &heard.schemes, &classes);
    let old = || {
        if options.historical {
            return None;
        }
        let schemes = heard_schemes(lines, &Options { historical: true, ..*options });
        let classes: Vec<Vec<Option<Class>>> = schemes.iter().map(strongest).collect();
        Some(self::profile(kind, lines, &heard, &schemes, &classes))
    };
    let form = form::form(&profile, old);
    let mut features = Features::from([("form".to_owned(), named(&features::vector(&profile)))]);
    if profile.rows.len() > features::OPENING_LINES {
        let opening = features::vector(&profile.opening(features::OPENING_LINES));
        features.insert(features::OPENING.to_owned(), named(&opening));
    }
    let (rhymed, density) = (profile.rhymed, profile.density);
    let ending = if kind == Kind::Verse || kind == Kind::List {
        ending::ending(lines.iter().flatten())
    } else {
        ending::ending(sentences(lines).iter())
    };
    Reading {
        kind,
        set_aside,
        form,
        scheme: scheme_text(&heard.schemes),
        rhymed,
        rhyme_density: density,
        ending,
        stanzas: stanza_readings(lines, &heard, &classes),
        features,
        metre: heard.metre,
    }
}

/// The text in numbers, by these schemes.
fn profile<'a>(
    kind: Kind,
    lines: &'a [Vec<Line>],
    heard: &'a Heard,
    schemes: &[StanzaScheme],
    classes: &[Vec<Option<Class>>],
) -> Profile<'a> {
    let mut rows = Vec::with_capacity(lines.iter().map(Vec::len).sum());
    let mut ranges = Vec::with_capacity(lines.len());
    for (s, stanza) in lines.iter().enumerate() {
        let from = rows.len();
        for (i, line) in stanza.iter().enumerate() {
            let metre = &heard.metres[s][i];
            rows.push(Row {
                line,
                stanza: s,
                syllables: metre.syllables,
                real: &metre.real,
                rhyme: schemes[s].rhymes[i],
                class: classes[s][i],
            });
        }
        ranges.push(from..rows.len());
    }
    let density = rows.iter().filter(|r| r.rhyme.is_some()).count() as f64 / rows.len().max(1) as f64;
    let mut profile = Profile { kind, rows, stanzas: ranges, metre: &heard.metre, rhymed: false, density };
    profile.rhymed = rhymed::is_rhymed(&profile);
    profile
}

/// The strongest class among each line's links.
fn strongest(scheme: &StanzaScheme) -> Vec<Option<Class>> {
    let mut out: Vec<Option<Class>> = vec![None; scheme.rhymes.len()];
    for link in &scheme.links {
        for line in [link.lines.0, link.lines.1] {
            out[line] = Some(out[line].map_or(link.class, |c| c.min(link.class)));
        }
    }
    out
}

fn scheme_text(schemes: &[StanzaScheme]) -> String {
    let mut out = String::new();
    for (i, scheme) in schemes.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        for rhyme in &scheme.rhymes {
            match rhyme {
                Some(n) => out.push_str(&letter(*n)),
                None => out.push('x'),
            }
        }
    }
    out
}

fn stanza_readings(lines: &[Vec<Line>], heard: &Heard, classes: &[Vec<Option<Class>>]) -> Vec<Stanza> {
    lines
        .iter()
        .zip(&heard.schemes)
        .enumerate()
        .map(|(s, (stanza, scheme))| {
            let mut partners: Vec<Vec<usize>> = vec![Vec::new(); stanza.len()];
            for link in &scheme.links {
                partners[link.lines.0].push(link.lines.1);
                partners[link.lines.1].push(link.lines.0);
            }
            let lines = stanza
                .iter()
                .zip(partners)
                .enumerate()
                .map(|(i, (line, mut rhymes_with))| {
                    rhymes_with.sort_unstable();
                    let LineMetre { syllables, met, real, .. } = heard.metres[s][i].clone();
                    LineReading {
                        text: line.text.clone(),
                        syllables,
                        met,
                        real,
                        rhyme: scheme.rhymes[i].map_or_else(|| "x".to_owned(), letter),
                        rhymes_with,
                        class: classes[s][i].map(|c| c.as_str().to_owned()),
                        end: end_sound(line),
                    }
                })
                .collect();
            Stanza {
                scheme: scheme.rhymes.iter().map(|r| r.map_or_else(|| "x".to_owned(), letter)).collect(),
                confidence: f64::from(scheme.confidence),
                lines,
            }
        })
        .collect()
}

/// The last word from its last stressed syllable on, in ARPAbet: "D EY1".
fn end_sound(line: &Line) -> String {
    let Some(pronunciation) = line.last().and_then(|w| w.word.pronunciations().first()) else {
        return String::new();
    };
    let phones = pronunciation.phones();
    let stressed =
        phones.iter().rposition(|p| p.stress() == Some(1)).or_else(|| phones.iter().rposition(|p| p.is_vowel()));
    let from = stressed.map_or(0, |at| {
        pronunciation
            .syllable_ranges()
            .into_iter()
            .find(|syllable| syllable.contains(&at))
            .map_or(at, |syllable| syllable.start)
    });
    let mut out = String::with_capacity(4 * (phones.len() - from));
    for phone in &phones[from..] {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(phone.arpabet());
    }
    out
}

/// Prose by sentences, whose valence is then taken as that of lines.
fn sentences(lines: &[Vec<Line>]) -> Vec<Line> {
    let mut out = Vec::new();
    for line in lines.iter().flatten() {
        let mut words = Vec::new();
        for (i, spoken) in line.words.iter().enumerate() {
            words.push(spoken.clone());
            if line.after(i).contains(['.', '!', '?', '…']) {
                out.push(Line { text: String::new(), words: std::mem::take(&mut words).into() });
            }
        }
        if !words.is_empty() {
            out.push(Line { text: String::new(), words: words.into() });
        }
    }
    out
}

fn named(vector: &[f64]) -> BTreeMap<String, f64> {
    FEATURES.iter().zip(vector).map(|(f, v)| (f.name.to_owned(), *v)).collect()
}
