//! Questions and answers, sentences that open alike, lists of three.

use std::collections::BTreeSet;

use super::lexis;
use super::text::{ProseText, Sentence};
use super::{share, yes};

/// First words counted for their variety.
const COUNTED: usize = 20;

/// The seven features of the block.
pub(super) fn features(text: &ProseText) -> [f64; 7] {
    let cut = text.cut();
    let n = cut.len();
    let count = |f: &dyn Fn(&Sentence) -> bool| share(cut.iter().filter(|s| f(s)).count(), n);
    let alike = cut.windows(2).filter(|w| w[0].word(0) == w[1].word(0)).count();
    let first: Vec<&str> = cut.iter().take(COUNTED).map(|s| s.word(0)).collect();
    let different = first.iter().collect::<BTreeSet<_>>().len();
    [
        yes(question_answer(text)),
        count(&|s| s.end == '?'),
        share(alike, n.saturating_sub(1)),
        if first.is_empty() { 1.0 } else { share(different, first.len()) },
        count(&|s| {
            lexis::PRONOUNS.contains(&s.word(0)) || lexis::first_person(s.word(0)) || lexis::second_person(s.word(0))
        }),
        count(&|s| participle(s.word(0))),
        count(&triad),
    ]
}

/// The first sentence asks, and one to three that do not ask answer.
pub(super) fn question_answer(text: &ProseText) -> bool {
    match text.sentences.as_slice() {
        [first, rest @ ..] => first.end == '?' && (1..=3).contains(&rest.len()) && rest.iter().all(|s| s.end != '?'),
        [] => false,
    }
}

fn participle(word: &str) -> bool {
    matches!(word, "as" | "while" | "when" | "after" | "before") || lexis::is_ing(word)
}

/// Two commas and more, and an *and* or *or* among its last words.
fn triad(s: &Sentence) -> bool {
    let last = s.words.iter().rev().take(6).any(|w| matches!(w.text.as_str(), "and" | "or"));
    s.commas >= 2 && last && s.len() <= 40
}
