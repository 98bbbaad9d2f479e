//! Everything that is computed from one text, slim enough to keep for a million texts.

use std::borrow::Cow;

use corpus::Text;
use rayon::prelude::*;
use serde_json::Value;
use verse::Kind;

use crate::packed::Packed;
use crate::portrait::MEASURES;
use crate::rhymes::RhymePairs;

/// What is computed from one text alone, so once for all: it can be stored ([`crate::write_readings`]) and compared later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    pub id: String,
    /// What was asked.
    pub prompt: Option<String>,
    /// Who answered.
    pub model: Option<String>,
    /// A person's work, where the record names one.
    pub author: Option<String>,
    pub title: Option<String>,
    pub year: Option<i32>,
    /// The form as its source labels it (a collection's "sonnet"); never used for a number.
    pub label: Option<String>,
    /// The text as it came; empty in an atlas, and where it is [packed](Self::pack): [`Self::text`] knows it in any case.
    pub text: String,
    /// What the normalizer left of it; likewise, see [`Self::body`].
    pub body: String,
    /// Both, compressed together, where that was asked for.
    pub packed: Packed,
    pub set_aside: Vec<verse::SetAside>,
    pub kind: Kind,
    /// The computed form: "shakespearean sonnet".
    pub form_name: String,
    pub scheme: String,
    pub metre: String,
    pub rhymed: bool,
    /// Verse lines, stanzas and words of the body.
    pub lines: u32,
    pub stanzas: u32,
    pub words: u32,
    /// The form vector: one value for each of [`verse::FEATURES`]. Kept in single precision everywhere, so that a value
    /// equals itself after storage.
    pub form: Vec<f32>,
    /// The same of the first [`verse::OPENING_LINES`] lines, so that texts of every length can be held side by side.
    pub opening_form: Vec<f32>,
    /// What the portrait counts: one value for each of [`MEASURES`].
    pub measures: Vec<f32>,
    /// The form vector as prose: one value for each of [`crate::prose::FEATURES`]. Empty, as `form` is, in an atlas of the
    /// other genre.
    pub prose: Vec<f32>,
    /// What is told of it as prose and not compared: one value for each of [`crate::prose::BESIDE`].
    pub beside: Vec<f32>,
    /// What a reader would call a prose text of this build: "why-question and answer".
    pub prose_name: String,
    /// Words that rhyme, in alphabetical order within the pair.
    pub rhyme_pairs: RhymePairs,
    /// The meaning of the body, and of its first 40 words, as vectors of length 1, where they are kept; empty in an atlas.
    /// [`Self::content`] computes them where they are not.
    pub content: Vec<f32>,
    pub opening_content: Vec<f32>,
}

/// How texts are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Rhymes that were good when the poem was written count ("love/prove").
    pub historical: bool,
    /// For large sets: texts are kept compressed, and content vectors (2 KB a text) are computed when they are asked for.
    pub packed: bool,
}

impl Reading {
    /// The text as it came; empty in an atlas.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.packed.text().map_or(Cow::Borrowed(&self.text), Cow::Owned)
    }

    /// What the normalizer left of it; empty in an atlas.
    #[must_use]
    pub fn body(&self) -> Cow<'_, str> {
        self.packed.body().map_or(Cow::Borrowed(&self.body), Cow::Owned)
    }

    /// The body, or the text where there is no body.
    pub(crate) fn told(&self) -> Cow<'_, str> {
        let body = self.body();
        if body.is_empty() { self.text() } else { body }
    }

    /// False in an atlas.
    #[must_use]
    pub fn has_text(&self) -> bool {
        !self.text.is_empty() || !self.body.is_empty() || !self.packed.is_empty()
    }

    /// Whether there is, or can be, a content vector; of an empty text it is 0.
    #[must_use]
    pub fn has_content(&self) -> bool {
        !self.content.is_empty() || self.has_text() || self.kind == Kind::Empty
    }

    /// The meaning of the body as a vector of length 1 (0 without a known word); empty in an atlas.
    #[must_use]
    pub fn content(&self) -> Cow<'_, [f32]> {
        if !self.content.is_empty() || !self.has_text() {
            return Cow::Borrowed(&self.content);
        }
        Cow::Owned(embed::StaticEmbedder::builtin().embed(&self.body()))
    }

    /// The same of its first 40 words: longer texts lie closer together.
    #[must_use]
    pub fn opening_content(&self) -> Cow<'_, [f32]> {
        if !self.opening_content.is_empty() || !self.has_text() {
            return Cow::Borrowed(&self.opening_content);
        }
        Cow::Owned(embed::StaticEmbedder::builtin().embed(&first_words(&self.body(), OPENING)))
    }

    /// Compresses the texts, and forgets the vectors that can be computed from them again.
    pub fn pack(&mut self) {
        if !self.text.is_empty() || !self.body.is_empty() {
            self.packed = Packed::new(&std::mem::take(&mut self.text), &std::mem::take(&mut self.body));
            self.content = Vec::new();
            self.opening_content = Vec::new();
        }
    }
}

/// Texts read by one thread at a time.
const BATCH: usize = 16;
/// Words of a text that its opening vector sees.
const OPENING: usize = 40;

/// Reads every text, in parallel, in the order given.
#[must_use]
pub fn read(texts: &[Text], options: &ReadOptions) -> Vec<Reading> {
    texts
        .par_chunks(BATCH)
        .flat_map_iter(|batch| {
            let mut readings: Vec<Reading> = batch.iter().map(|text| read_form(text, options)).collect();
            if options.packed {
                readings.iter_mut().for_each(Reading::pack)
            } else {
                embed(&mut readings)
            }
            readings
        })
        .collect()
}

/// Reads the whole of one text again, line by line: for the few that are shown. The prompt, where it is known, tells whether
/// a poem was asked for.
#[must_use]
pub fn read_verse(text: &str, prompt: Option<&str>, options: &ReadOptions) -> verse::Reading {
    let poem_asked = prompt.is_some_and(verse::asks_for_poem);
    verse::read(text, &verse::Options { historical: options.historical, poem_asked })
}

fn read_form(text: &Text, options: &ReadOptions) -> Reading {
    let verse = read_verse(&text.text, text.prompt.as_deref(), options);
    let stanzas: Vec<String> =
        verse.stanzas.iter().map(|s| s.lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n")).collect();
    let body = stanzas.join("\n\n");
    let prose = crate::prose::read(&body);
    let label = |name: &str| match text.labels.get(name) {
        Some(Value::String(s)) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        _ => None,
    };
    Reading {
        id: text.id.clone(),
        prompt: text.prompt.clone(),
        model: text.model.clone(),
        author: label("author"),
        title: label("title"),
        year: text.field("year").and_then(|y| y.trim().parse().ok()),
        label: label("form"),
        text: text.text.clone(),
        words: body.split_whitespace().count() as u32,
        lines: verse.stanzas.iter().map(|s| s.lines.len() as u32).sum(),
        stanzas: verse.stanzas.len() as u32,
        form: single(verse::form_vector(&verse)),
        opening_form: single(verse::opening_vector(&verse)),
        measures: MEASURES.iter().map(|m| (m.of)(&verse)).collect(),
        prose: prose.vector,
        beside: prose.beside,
        prose_name: prose.kind,
        rhyme_pairs: RhymePairs::of(&verse),
        packed: Packed::default(),
        body,
        kind: verse.kind,
        form_name: verse.form.name,
        scheme: verse.scheme,
        metre: verse.metre.name,
        rhymed: verse.rhymed,
        set_aside: verse.set_aside,
        content: Vec::new(),
        opening_content: Vec::new(),
    }
}

fn single(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|x| x as f32).collect()
}

fn embed(readings: &mut [Reading]) {
    let embedder = embed::StaticEmbedder::builtin();
    for reading in readings {
        reading.content = embedder.embed(&reading.body);
        reading.opening_content = embedder.embed(&first_words(&reading.body, OPENING));
    }
}

/// A vector of each reading, one after another, worked out on all cores.
pub(crate) fn vectors(readings: &[&Reading], dim: usize, of: impl Fn(&Reading) -> Vec<f32> + Sync) -> Vec<f32> {
    let mut out = vec![0.0; readings.len() * dim];
    out.par_chunks_mut(dim.max(1)).zip(readings).with_min_len(BATCH).for_each(|(row, reading)| {
        let vector = of(reading);
        row[..vector.len()].copy_from_slice(&vector);
    });
    out
}

/// The vector made as long as 1 (a text without a known word stays 0).
pub(crate) fn unit(v: &[f32]) -> Vec<f32> {
    let length = v.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 && length.is_finite() { v.iter().map(|x| x / length).collect() } else { vec![0.0; v.len()] }
}

fn first_words(text: &str, n: usize) -> String {
    text.split_whitespace().take(n).collect::<Vec<_>>().join(" ")
}
