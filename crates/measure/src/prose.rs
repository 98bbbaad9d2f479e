//! The form vector of prose, "prose-1": how a joke or a story is built, as numbers, so that texts can be compared by
//! Euclid's distance over rank-Gaussianized features, as verse is by form-1.
//!
//! It is read from the normalized text cut behind its 600th word (paragraphs, rhythm of sentences, opening, questions, who
//! speaks, tense, names), and from the last five sentences of the whole (closing). What is left out, because it marks the era
//! or the source and not the form: semicolons, dashes, exclamation marks, archaic words, vocabulary, the share of dialogue.
//! Those that a reader wants to know all the same stand in [`BESIDE`], as do valence and length: told, never compared.

mod affect;
mod closing;
mod kind;
pub(crate) mod lexis;
mod opening;
mod paragraphs;
mod rhythm;
mod shape;
mod text;
mod voice;

pub(crate) use affect::{MORAL, QUARTERS, SPREAD, UPLIFT, VALENCE};
pub(crate) use kind::SHORT;
pub(crate) use text::{ProseText, Sentence};
pub use verse::Feature;

/// Words that the shape of a text is read from.
pub const CUT: u32 = text::CUT as u32;

const fn feature(name: &'static str, block: &'static str, unit: &'static str, description: &'static str) -> Feature {
    Feature::new(name, block, unit, description)
}

/// The version of the list below; vectors of different versions are not to be compared.
pub const VECTOR: &str = "prose-1";

const YES: &str = "yes or no";

/// The features of prose-1, in the order of a reading's `prose`.
pub const FEATURES: &[Feature] = &[
    feature("paragraphs", "paragraphs", "paragraphs", "Paragraphs among the first 600 words."),
    feature("paragraph_words", "paragraphs", "words", "Words a paragraph (geometric mean)."),
    feature("paragraph_spread", "paragraphs", "ln words", "Spread of the lengths of paragraphs, as logarithms."),
    feature("one_paragraph", "paragraphs", YES, "The whole text is one paragraph."),
    feature("even_paragraphs", "paragraphs", YES, "Three to five paragraphs of like length, as in a school essay."),
    feature("lone_sentences", "paragraphs", "share of paragraphs", "Narrated paragraphs of a single sentence."),
    feature("last_paragraph", "paragraphs", "ln ratio", "Length of the last paragraph against the mean of the others."),
    feature("length", "rhythm", "words", "Words, counted up to 600."),
    feature("sentences", "rhythm", "sentences", "Sentences among the first 600 words."),
    feature("sentence_words", "rhythm", "words", "Words a sentence (geometric mean)."),
    feature("sentence_spread", "rhythm", "ln words", "Spread of the lengths of sentences, as logarithms."),
    feature("sentence_echo", "rhythm", "correlation", "How far the length of a sentence goes with that of the next."),
    feature("fragments", "rhythm", "share of sentences", "Sentences of four words and less."),
    feature("first_sentence", "rhythm", "ln ratio", "Length of the first sentence against the mean of all."),
    feature("opens_why", "opening", YES, "It opens with a question why."),
    feature("opens_what", "opening", YES, "It opens with a question what, who, which, where or when."),
    feature("opens_how", "opening", YES, "It opens with a question how."),
    feature("opens_question", "opening", YES, "It opens with another question (did you hear, have you)."),
    feature("opens_walks", "opening", YES, "Somebody walks into somewhere."),
    feature("opens_once", "opening", YES, "It opens as tales do: once, one day, there was."),
    feature("opens_scene", "opening", YES, "It opens with weather, light, season or time of day."),
    feature("opens_i", "opening", YES, "It opens with I, my, we or our."),
    feature("opens_you", "opening", YES, "It opens with you or your."),
    feature("opens_command", "opening", YES, "It opens with a command or advice."),
    feature("opens_name", "opening", YES, "It opens with a name."),
    feature("opens_pronoun", "opening", YES, "It opens with he, she, it or they, who are not told yet."),
    feature("opens_thing", "opening", YES, "It opens with a thing or person: the, a, this, that."),
    feature("opens_saying", "opening", YES, "It opens with a general statement, or in another way."),
    feature("question_answer", "shape", YES, "A question, and nothing but its answer."),
    feature("questions", "shape", "share of sentences", "Questions."),
    feature(
        "same_openings",
        "shape",
        "share of sentences",
        "Sentences that open with the word that the one before opened with.",
    ),
    feature("opening_variety", "shape", "ratio", "Different first words among twenty sentences."),
    feature("pronoun_openings", "shape", "share of sentences", "Sentences that open with a pronoun."),
    feature(
        "participle_openings",
        "shape",
        "share of sentences",
        "Sentences that open with an -ing word or with as, while, when.",
    ),
    feature("triads", "shape", "share of sentences", "Sentences with a list of three: this, that, and that."),
    feature("person_i", "voice", "share of words", "I, me, my, we, us, our among the words told."),
    feature("person_you", "voice", "share of words", "You and your among the words told."),
    feature("person_he", "voice", "share of words", "He, him, his among the words told."),
    feature("person_she", "voice", "share of words", "She and her among the words told."),
    feature("present", "voice", "share of verbs", "Verbs in the present among those whose tense shows."),
    feature("ing_words", "voice", "share of words", "Words that end in -ing."),
    feature("names", "voice", "names", "Different names among the first 600 words."),
    feature("name_density", "voice", "share of words", "Names among the words."),
    feature("last_sentence", "closing", "ln ratio", "Length of the last sentence against the mean of all."),
    feature("closing_words", "closing", "ln ratio", "Length of the last five sentences against the mean of all."),
    feature("closes_question", "closing", YES, "It ends with a question."),
    feature("closing_moral", "closing", "0…1", "How far the last five sentences reflect or draw a moral."),
    feature(
        "closing_image",
        "closing",
        "share of sentences",
        "Of the last five, sentences of things seen and heard, without reflection.",
    ),
    feature(
        "closing_echo",
        "closing",
        "share of words",
        "Content words of the last sentences that stood in the first ones.",
    ),
];

/// What is told of prose beside the vector, in the order of a reading's `beside`.
pub const BESIDE: &[Feature] = &[
    feature("words", "beside", "words", "Words of the whole text."),
    feature("dialogue", "beside", "share of words", "Words inside quotation marks."),
    feature("opens_speech", "beside", YES, "It opens with somebody speaking."),
    feature("closes_speech", "beside", YES, "It ends with somebody speaking."),
    feature("soft_words", "beside", "share of words", "Soft words: whisper, gentle, quiet, glow …"),
    feature(
        "commonness",
        "beside",
        "ln per million",
        "How common the content words are in older English prose and verse.",
    ),
    feature("valence", "beside", "−1…1", "How bright the words are, sentence by sentence."),
    feature("valence_1", "beside", "−1…1", "Brightness of the first quarter."),
    feature("valence_2", "beside", "−1…1", "Brightness of the second quarter."),
    feature("valence_3", "beside", "−1…1", "Brightness of the third quarter."),
    feature("valence_4", "beside", "−1…1", "Brightness of the last quarter."),
    feature("uplift", "beside", "−2…2", "The last quarter's brightness less that of the rest."),
    feature("valence_spread", "beside", "0…1", "Spread of brightness over the sentences."),
    feature("moral", "beside", "0…1", "How far the last five sentences (of verse: the last quarter) draw a moral."),
];

/// The vector, what stands beside it, and what a reader would call a text of this build.
pub(crate) struct Prose {
    pub vector: Vec<f32>,
    pub beside: Vec<f32>,
    pub kind: String,
}

/// Reads a normalized body with a paragraph (or line) a line.
pub(crate) fn read(body: &str) -> Prose {
    let text = ProseText::new(body);
    let opening = opening::of(&text);
    let mut vector = Vec::with_capacity(FEATURES.len());
    vector.extend(paragraphs::features(&text));
    vector.extend(rhythm::features(&text));
    vector.extend(opening::features(opening));
    vector.extend(shape::features(&text));
    vector.extend(voice::features(&text));
    vector.extend(closing::features(&text));
    debug_assert_eq!(vector.len(), FEATURES.len());
    let beside = affect::beside(&text, opening);
    debug_assert_eq!(beside.len(), BESIDE.len());
    let finite = |v: Vec<f64>| v.into_iter().map(|x| if x.is_finite() { x as f32 } else { 0.0 }).collect::<Vec<f32>>();
    let (vector, beside) = (finite(vector), finite(beside));
    Prose { kind: kind::name(&text, opening, &vector, &beside), vector, beside }
}

/// The value of a feature by its name; 0 where the vector has none (a row of another genre).
pub(crate) fn value(vector: &[f32], name: &str) -> f32 {
    let all = FEATURES.iter().position(|f| f.name == name);
    all.and_then(|at| vector.get(at)).copied().unwrap_or(0.0)
}

pub(crate) fn beside(values: &[f32], name: &str) -> f32 {
    let all = BESIDE.iter().position(|f| f.name == name);
    all.and_then(|at| values.get(at)).copied().unwrap_or(0.0)
}

fn yes(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}

/// k of n; 0 of none.
fn share(k: usize, n: usize) -> f64 {
    if n == 0 { 0.0 } else { k as f64 / n as f64 }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn spread(values: &[f64]) -> f64 {
    let m = mean(values);
    mean(&values.iter().map(|x| (x - m).powi(2)).collect::<Vec<_>>()).sqrt()
}

fn ln(n: usize) -> f64 {
    (n.max(1) as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str, name: &str) -> f32 {
        value(&read(body).vector, name)
    }

    #[test]
    fn every_feature_is_named_once_and_described() {
        for (i, feature) in FEATURES.iter().chain(BESIDE).enumerate() {
            assert!(FEATURES.iter().chain(BESIDE).skip(i + 1).all(|f| f.name != feature.name), "{}", feature.name);
            assert!(feature.description().ends_with(['.', '…']), "{}", feature.name);
        }
        let mut blocks: Vec<&str> = FEATURES.iter().map(|f| f.block).collect();
        blocks.dedup();
        assert_eq!(blocks, ["paragraphs", "rhythm", "opening", "shape", "voice", "closing"]);
    }

    #[test]
    fn every_text_has_a_finite_vector() {
        for body in ["", ".", "Why?", "…", "“", "A\n\nB", "the the the", "1. 2. 3."] {
            let prose = read(body);
            assert_eq!((prose.vector.len(), prose.beside.len()), (FEATURES.len(), BESIDE.len()), "{body:?}");
            assert!(prose.vector.iter().chain(&prose.beside).all(|x| x.is_finite()), "{body:?}");
        }
    }

    const RIDDLE: &str = "Why did the kettle leave the kitchen? It had lost its steam.";
    const TALE: &str = "Once there was a miller who had no flour. He went to the river and asked it for advice.\n\n\
        \"Grind stones,\" said the river.\n\nSo he ground stones, and sand, and the bones of the bridge. Anna watched him. \
        Anna said nothing, and Anna was right.\n\nPerhaps we all learn too late what love and hope can teach us.";

    #[test]
    fn openings_and_shapes_are_read() {
        assert_eq!((of(RIDDLE, "opens_why"), of(RIDDLE, "question_answer")), (1.0, 1.0));
        assert_eq!((of(TALE, "opens_once"), of(TALE, "question_answer")), (1.0, 0.0));
        assert_eq!(of("A horse walks into a bank. It wants a loan.", "opens_walks"), 1.0);
        assert_eq!(of("Rain fell on the roofs of Leith. Nobody was out.", "opens_scene"), 1.0);
        assert_eq!(of("Never trust a baker with a new hat.", "opens_command"), 1.0);
        assert_eq!(of("My neighbour sold his stairs.", "opens_i"), 1.0);
        assert_eq!(of("“Stop,” she said. He did.", "opens_saying"), 0.0);
    }

    #[test]
    fn paragraphs_names_tense_and_close_are_read() {
        assert_eq!(of(TALE, "paragraphs"), 4.0);
        assert_eq!((of(TALE, "names"), of(RIDDLE, "names")), (1.0, 0.0));
        assert!(of(TALE, "present") < 0.2);
        assert!(of("He walks and she is early. They are late.", "present") > 0.8);
        assert!(of(TALE, "closing_moral") > 0.2);
        assert!(of("He shut the door. Rain ran down the window. A dog barked in the street.", "closing_moral") < 0.1);
        assert!(of("He shut the door. Rain ran down the window. A dog barked in the street.", "closing_image") > 0.6);
        assert!(of(TALE, "triads") > 0.1);
    }

    #[test]
    fn builds_have_names_that_readers_use() {
        assert_eq!(read(RIDDLE).kind, "why-question and answer");
        assert_eq!(read("A horse walks into a bank. It wants a loan.").kind, "walks into a bar");
        assert_eq!(read("My neighbour sold his stairs.").kind, "one-liner told by I");
        assert!(read(&TALE.repeat(2)).kind.starts_with("short tale"));
        assert!(read(&TALE.repeat(4)).kind.starts_with("story "));
    }
}
