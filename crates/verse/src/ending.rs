//! How a text ends: brighter than it went (uplift), and with a moral or without.
//!
//! **Valence** of a line is the sum of its words' ratings (VADER: Hutto & Gilbert 2014, "VADER: a parsimonious rule-based
//! model for sentiment analysis of social media text"), a rating turned round behind a negation and raised behind an
//! intensifier, squashed to −1…1 by s/√(s² + 15) (their equation).
//!
//! **Uplift** is the mean valence of the last quarter of the lines minus that of the rest.
//!
//! **Moral** weighs what a lesson is made of, in the last quarter: an exhortation ("let us", "remember"), a conclusion
//! ("so", "for in the end"), all of us as its subject, *must* and *shall*, and the large abstractions. It is a rule of thumb;
//! the weights are in [`CUES`].

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::{Ending, Line};

/// A rating behind a negation is turned round and weakened (VADER's constant).
const NEGATED: f32 = -0.74;
/// What an intensifier adds to the size of the rating behind it (VADER's constant).
const RAISED: f32 = 0.293;
/// VADER's α: a sum of 4 stands at 0.72.
const ALPHA: f32 = 15.0;
/// Words over which a negation or an intensifier reaches.
const REACH: usize = 3;

const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nor",
    "neither",
    "without",
    "cannot",
    "nothing",
    "nowhere",
    "hardly",
    "scarcely",
    "seldom",
    "ne'er",
    "nay",
    "naught",
    "nought",
    "can't",
    "don't",
    "won't",
    "isn't",
    "wasn't",
    "weren't",
    "aren't",
    "doesn't",
    "didn't",
    "hasn't",
    "haven't",
    "hadn't",
    "wouldn't",
    "couldn't",
    "shouldn't",
    "shan't",
    "ain't",
    "lack",
    "lacks",
];
const INTENSIFIERS: &[&str] = &[
    "very", "so", "most", "more", "too", "deeply", "utterly", "wholly", "purely", "truly", "full", "how", "such",
    "all", "ever",
];

/// A sign of a moral: its words, the weight, and whether it must open the line.
struct Cue {
    words: &'static [&'static str],
    weight: f64,
    opens: bool,
}

const CUES: &[Cue] = &[
    // Exhortations.
    Cue {
        words: &[
            "let", "may", "remember", "cherish", "embrace", "seize", "learn", "never", "always", "go", "take", "be",
            "hold", "know", "trust",
        ],
        weight: 0.8,
        opens: true,
    },
    // Conclusions.
    Cue { words: &["so", "thus", "therefore", "hence", "for", "then", "yet"], weight: 0.5, opens: true },
    // All of us.
    Cue {
        words: &[
            "we",
            "us",
            "our",
            "ours",
            "ourselves",
            "all",
            "every",
            "each",
            "everyone",
            "mankind",
            "men",
            "humanity",
            "you",
            "your",
        ],
        weight: 0.35,
        opens: false,
    },
    // What ought to be, what ever is.
    Cue {
        words: &[
            "must", "shall", "should", "ought", "will", "can", "forever", "evermore", "eternal", "always", "never",
            "ever",
        ],
        weight: 0.35,
        opens: false,
    },
    // The large abstractions.
    Cue {
        words: &[
            "life", "love", "hope", "truth", "heart", "hearts", "soul", "souls", "grace", "faith", "dream", "dreams",
            "peace", "joy", "light", "strength", "wisdom", "beauty", "virtue", "kindness", "courage", "lesson",
            "lessons", "journey", "purpose", "god", "heaven", "time",
        ],
        weight: 0.45,
        opens: false,
    },
    // Teaching said outright.
    Cue {
        words: &[
            "lesson",
            "lessons",
            "teach",
            "teaches",
            "taught",
            "learn",
            "moral",
            "reminds",
            "reminder",
            "testament",
            "remember",
            "cherish",
            "embrace",
        ],
        weight: 0.7,
        opens: false,
    },
];

/// What a word does to the valence of its line.
#[derive(Clone, Copy, Default)]
struct Weight {
    rating: Option<f32>,
    negates: bool,
    raises: bool,
}

fn lexicon() -> &'static HashMap<&'static str, Weight> {
    static LEXICON: OnceLock<HashMap<&'static str, Weight>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let mut words: HashMap<&'static str, Weight> = HashMap::new();
        for line in include_str!("../../../data/valence.tsv").lines() {
            let Some((word, mean)) = line.split_once('\t') else { continue };
            words.entry(word).or_default().rating = mean.parse().ok();
        }
        NEGATIONS.iter().for_each(|word| words.entry(word).or_default().negates = true);
        INTENSIFIERS.iter().for_each(|word| words.entry(word).or_default().raises = true);
        words
    })
}

/// The valence of a line, −1 (dark) … 1 (bright), 0 where no word has a rating.
pub fn valence(line: &Line) -> f64 {
    valence_of(line.words.iter().map(|spoken| spoken.word.text()))
}

/// The same of words in small letters, as they follow on each other.
pub fn valence_of<'a>(words: impl IntoIterator<Item = &'a str>) -> f64 {
    let lexicon = lexicon();
    let mut sum = 0.0f32;
    let mut negated = 0;
    let mut raised = 0;
    for word in words {
        let weight = lexicon.get(word).copied().unwrap_or_default();
        if let Some(rating) = weight.rating {
            let rating = if raised > 0 { rating + RAISED * rating.signum() } else { rating };
            sum += if negated > 0 { NEGATED * rating } else { rating };
        }
        negated = if weight.negates { REACH } else { negated.saturating_sub(1) };
        raised = if weight.raises { REACH - 1 } else { raised.saturating_sub(1) };
    }
    f64::from(sum / (sum * sum + ALPHA).sqrt())
}

/// Reads how the lines of a text end.
pub(crate) fn ending<'a>(lines: impl Iterator<Item = &'a Line>) -> Ending {
    let lines: Vec<&Line> = lines.collect();
    let last = lines.len().div_ceil(4).min(lines.len().saturating_sub(1));
    if last == 0 {
        return Ending { uplift: 0.0, moral: lines.first().map_or(0.0, |line| moral(&[line])) };
    }
    let (rest, end) = lines.split_at(lines.len() - last);
    let mean = |part: &[&Line]| part.iter().map(|line| valence(line)).sum::<f64>() / part.len() as f64;
    Ending { uplift: (mean(end) - mean(rest)).clamp(-1.0, 1.0), moral: moral(end) }
}

/// 1 − exp(−w), w the mean weight of cues a line; a cue counts once a line.
fn moral(lines: &[&Line]) -> f64 {
    let total: f64 = lines
        .iter()
        .flat_map(|line| {
            CUES.iter().map(|cue| {
                let reach = if cue.opens { 2 } else { line.words.len() };
                let found = line.words.iter().take(reach).any(|w| cue.words.contains(&w.word.text()));
                if found { cue.weight } else { 0.0 }
            })
        })
        .sum();
    1.0 - (-total / lines.len().max(1) as f64).exp()
}

#[cfg(test)]
mod tests {
    use phonetics::Pronouncer;

    use super::*;

    fn line(text: &str) -> Line {
        Line::new(text, Pronouncer::shared())
    }

    #[test]
    fn negation_turns_a_rating_round() {
        assert!(valence(&line("a happy morning")) > 0.3);
        assert!(valence(&line("not a happy morning")) < -0.1);
        assert!(valence(&line("death and despair")) < -0.5);
        assert_eq!(valence(&line("the table by the door")), 0.0);
        assert!(valence(&line("so happy")) > valence(&line("happy")));
    }

    #[test]
    fn an_uplifting_end_is_brighter_than_the_rest() {
        let dark =
            ["the crows were dead", "the grief was long", "the house fell into ruin", "and hate was all our bread"];
        let bright = ["yet joy will come", "and love will win"];
        let up: Vec<Line> = dark.iter().chain(&bright).map(|l| line(l)).collect();
        let down: Vec<Line> = bright.iter().chain(&dark).map(|l| line(l)).collect();
        assert!(ending(up.iter()).uplift > 0.5);
        assert!(ending(down.iter()).uplift < -0.3);
        assert_eq!(ending([].iter()).uplift, 0.0);
    }

    #[test]
    fn a_moral_exhorts() {
        let moral: Vec<Line> = ["a crow", "a stone", "a gate", "So let us cherish every heart and learn"]
            .iter()
            .map(|l| line(l))
            .collect();
        let none: Vec<Line> =
            ["a crow", "a stone", "a gate", "the gate swings in the rain"].iter().map(|l| line(l)).collect();
        assert!(ending(moral.iter()).moral > 0.8);
        assert!(ending(none.iter()).moral < 0.2);
    }
}
