//! What a reader would call a text of this build: "why-question and answer", "story of others, with dialogue".
//!
//! Up to 60 words by how the joke is told; beyond, by who tells, how much is said aloud, and how it ends. The name has two
//! parts, parted by a comma: kinds with too few works are taken together under the first.

use super::opening::Opening;
use super::shape::question_answer;
use super::text::ProseText;
use super::{beside, paragraphs, value};

/// Words up to which a text is told like a joke.
pub(crate) const SHORT: usize = 60;
/// Words up to which it is a short tale.
const TALE: usize = 150;

pub(super) fn name(text: &ProseText, opening: Opening, vector: &[f32], besides: &[f32]) -> String {
    let words = text.words();
    if words <= SHORT {
        return short(text, opening, vector, besides).to_owned();
    }
    let teller = match (value(vector, "person_i"), value(vector, "person_you")) {
        (i, you) if you > 0.04 && you > i => "told to you",
        (i, _) if i > 0.025 => "told by I",
        _ => "of others",
    };
    let length = if words <= TALE { "short tale" } else { "story" };
    let head = format!("{length} {teller}");
    if words <= TALE {
        return head;
    }
    let spoken = beside(besides, "dialogue");
    let build = match () {
        () if value(vector, "one_paragraph") > 0.5 => "in one paragraph",
        () if paragraphs::even(&text.sentences) => "in even paragraphs",
        () if spoken > 0.35 => "mostly dialogue",
        () if spoken > 0.05 => "with dialogue",
        () => "without dialogue",
    };
    let close = match () {
        () if beside(besides, "closes_speech") > 0.5 => "last word to a speaker",
        () if value(vector, "closing_moral") > 0.33 => "reflective close",
        () if value(vector, "closing_image") > 0.5 => "close on an image",
        () => "plain close",
    };
    format!("{head} {build}, {close}")
}

fn short(text: &ProseText, opening: Opening, vector: &[f32], besides: &[f32]) -> &'static str {
    let sentences = text.sentences.len();
    if question_answer(text) {
        return match opening {
            Opening::Why => "why-question and answer",
            Opening::What => "what-question and answer",
            Opening::How => "how-question and answer",
            _ => "question and answer",
        };
    }
    match opening {
        Opening::Walks => "walks into a bar",
        _ if beside(besides, "dialogue") > 0.3 => "anecdote with dialogue",
        _ if opening.is_question() => "question",
        Opening::Command => "piece of advice",
        Opening::You => "word to you",
        Opening::I if sentences == 1 => "one-liner told by I",
        Opening::I => "anecdote told by I",
        _ if sentences == 1 && value(vector, "person_i") > 0.0 => "one-liner with I in it",
        _ if sentences == 1 => "one-liner",
        _ if sentences == 2 => "statement and turn",
        _ => "anecdote",
    }
}
