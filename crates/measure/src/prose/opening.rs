//! How a text opens: one of fifteen ways, told from its first sentence.

use super::lexis;
use super::text::{ProseText, Sentence};
use super::yes;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Why,
    What,
    How,
    Question,
    Walks,
    Once,
    Scene,
    I,
    You,
    Command,
    Name,
    Pronoun,
    Thing,
    Saying,
    /// Somebody speaks: dialogue marks the era, so it is told but not compared.
    Speech,
}

use Opening::*;

/// The ways that are features, in their order.
const COMPARED: [Opening; 14] =
    [Why, What, How, Question, Walks, Once, Scene, I, You, Command, Name, Pronoun, Thing, Saying];

pub(super) fn features(opening: Opening) -> [f64; 14] {
    COMPARED.map(|way| yes(way == opening))
}

impl Opening {
    pub(super) fn is_question(self) -> bool {
        matches!(self, Why | What | How | Question)
    }
}

/// The first rule that holds.
pub(super) fn of(text: &ProseText) -> Opening {
    let Some(first) = text.sentences.first() else { return Saying };
    let at = usize::from(first.word(0) == "q");
    let (word, next) = (first.word(at), first.word(at + 1));
    match () {
        () if first.opens_quoted => Speech,
        () if first.end == '?' => question(word),
        () if walks(first) => Walks,
        () if once(first) => Once,
        () if lexis::first_person(word) => I,
        () if lexis::second_person(word) => You,
        () if lexis::COMMANDS.contains(&word) && !lexis::first_person(next) => Command,
        () if scene(first) => Scene,
        () if named(text, first) => Name,
        () if lexis::PRONOUNS.contains(&word) => Pronoun,
        () if lexis::POINTERS.contains(&word) => Thing,
        () => Saying,
    }
}

fn question(word: &str) -> Opening {
    let stem = word.split('\'').next().unwrap_or_default();
    match stem {
        "why" => Why,
        "what" | "who" | "whom" | "whose" | "which" | "where" | "when" => What,
        "how" => How,
        _ => Question,
    }
}

/// Words of the first sentence within which somebody walks in.
const NEAR: usize = 16;

fn walks(s: &Sentence) -> bool {
    s.words.windows(2).take(NEAR).any(|w| {
        matches!(w[0].text.as_str(), "walk" | "walks" | "walked" | "walking")
            && matches!(w[1].text.as_str(), "into" | "in" | "up")
    })
}

fn once(s: &Sentence) -> bool {
    let (a, b) = (s.word(0), s.word(1));
    match a {
        "once" => true,
        "one" => matches!(b, "day" | "night" | "morning" | "evening" | "afternoon" | "time" | "summer" | "winter"),
        "long" => b == "ago",
        "there" => matches!(b, "was" | "were" | "lived" | "once"),
        "in" => s.words.iter().take(8).any(|w| matches!(w.text.as_str(), "ago" | "days" | "year" | "beginning")),
        _ => s.words.iter().take(6).any(|w| w.text == "ago"),
    }
}

fn scene(s: &Sentence) -> bool {
    s.words.iter().take(NEAR).any(|w| lexis::SCENE.contains(&w.text.as_str()))
}

/// The first or second word is a name: it has a capital though a sentence does not begin there, here or later.
fn named(text: &ProseText, first: &Sentence) -> bool {
    let Some(word) = first.words.first() else { return false };
    let function = lexis::is_function(&word.text);
    if !function && first.words.get(1).is_some_and(lexis::is_name) {
        return true;
    }
    let plain = word.text.trim_end_matches("'s");
    let again =
        |s: &Sentence| s.words.iter().skip(1).any(|w| lexis::is_name(w) && w.text.trim_end_matches("'s") == plain);
    !function && text.cut().iter().any(again)
}
