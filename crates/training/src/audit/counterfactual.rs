//! The same poem with its end words exchanged, so that it rhymes or does not.
//!
//! A group is two frames (quatrains whose second and fourth line end in a gap) and two pairs of words. *Matched*, each frame
//! has one pair: light/night, brick/stick. *Crossed*, the pairs are cut in two and mixed: light/stick, brick/night. Every frame
//! and every word stands in both, the words in the same place of a poem, so whatever a model thinks of a frame or of a word
//! cancels in the mean of the matched less the mean of the crossed, and what is left is what it thinks of the pairing.

use diversity::Rng;
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, rhyme};
use serde::{Deserialize, Serialize};

/// One text for a reward model to score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterfactual {
    /// `CLASS-QUAD-ROUND-ARM-FRAME`: all that the analysis needs, so that scores may come back with ids alone.
    pub id: String,
    pub prompt: String,
    pub text: String,
    /// "remembered", "new", "ear" or "eye".
    pub class: String,
    /// "matched" or "crossed".
    pub arm: String,
    /// The two end words.
    pub ends: String,
}

/// What is asked for where the person does not say.
pub(super) const PROMPT: &str = "Write a short poem.";

/// How often each quadruple of words is set into other frames.
const ROUNDS: usize = 4;

/// Quatrains in ballad metre. The lines between the gaps end in words that rhyme with nothing here.
const FRAMES: [&str; 12] = [
    "The market closed at half past ten,\nmy brother bought the {},\nand on the bus across the bridge\nhe dropped it by the {}.",
    "We packed the van before the storm\nand could not find the {},\nso Martha drove to town with Ruth\nand came back with the {}.",
    "My uncle painted every fence\nexcept beside the {},\nfor something with a crooked nose\nwas sleeping on the {}.",
    "The baker keeps a list of months\nand next to mine the {};\nhe says that I may pay in wolves\nor bring him back the {}.",
    "It snowed the week we lost the maps\nsomewhere behind the {};\na stranger with a scarf of silk\nwas holding up the {}.",
    "On Tuesdays I collect the lamps\nand walk around the {},\nthen wait until the kettle works\nand sit beside the {}.",
    "The teacher drew upon the desk\na picture of the {},\nand no one in the class of twelve\nwould ask about the {}.",
    "They told me at the ferry bench\nto look behind the {};\nI looked, and there was nothing fresh\nof it except the {}.",
    "Our neighbour swears that late in March\nshe heard beneath the {}\na noise like someone dragging desks\nand talking to the {}.",
    "The river took the garden months,\nthe bucket and the {},\nand all that I could carry off\nwas half a loaf, the {}.",
    "I have a drawer of useless lamps,\na button and the {},\nand one long letter never begged\nthat mentions just the {}.",
    "The children built a ship of depth\nand christened it the {};\nit sailed as far as number twelve\nand sank upon the {}.",
];

/// Pairs of one kind.
pub(super) struct Words {
    pub class: &'static str,
    pub pairs: &'static [(&'static str, &'static str)],
}

/// Four kinds of pair, nouns of one syllable. A test holds each against the rhyme engine, and against the thousand pairs that
/// people rhyme most: the first kind is among them, the others are not.
pub(super) const CLASSES: [Words; 4] = [
    Words {
        class: "remembered",
        pairs: &[
            ("light", "night"),
            ("day", "way"),
            ("hand", "land"),
            ("heart", "part"),
            ("flame", "name"),
            ("face", "place"),
            ("flower", "hour"),
            ("eye", "sky"),
            ("dream", "stream"),
            ("bed", "head"),
            ("grave", "wave"),
            ("spring", "thing"),
            ("crown", "town"),
            ("hall", "wall"),
            ("moon", "noon"),
            ("knee", "sea"),
            ("dawn", "lawn"),
            ("bell", "well"),
            ("gate", "state"),
            ("house", "mouse"),
            ("field", "shield"),
            ("form", "storm"),
            ("side", "tide"),
            ("pain", "rain"),
            ("gloom", "tomb"),
            ("choice", "voice"),
            ("gale", "vale"),
            ("age", "page"),
        ],
    },
    Words {
        class: "new",
        pairs: &[
            ("brick", "stick"),
            ("clock", "sock"),
            ("plank", "tank"),
            ("jug", "rug"),
            ("crab", "cab"),
            ("tram", "clam"),
            ("lamp", "stamp"),
            ("trunk", "skunk"),
            ("jar", "car"),
            ("drill", "grill"),
            ("sink", "mink"),
            ("tent", "vent"),
            ("raft", "shaft"),
            ("fork", "cork"),
            ("torch", "porch"),
            ("shop", "mop"),
            ("shed", "sled"),
            ("shelf", "elf"),
            ("crate", "slate"),
            ("bench", "trench"),
            ("ditch", "witch"),
            ("hatch", "match"),
            ("pump", "stump"),
            ("chin", "bin"),
            ("ship", "lip"),
            ("hook", "cook"),
            ("barn", "yarn"),
            ("cube", "tube"),
        ],
    },
    Words {
        class: "ear",
        pairs: &[
            ("goose", "juice"),
            ("fox", "socks"),
            ("crew", "zoo"),
            ("whale", "snail"),
            ("bread", "sled"),
            ("steak", "rake"),
            ("plate", "freight"),
            ("sleigh", "tray"),
            ("flea", "ski"),
            ("wire", "choir"),
            ("chair", "bear"),
            ("tile", "aisle"),
            ("foam", "comb"),
            ("graph", "calf"),
            ("lung", "tongue"),
            ("mud", "blood"),
            ("bull", "wool"),
            ("soup", "hoop"),
            ("flute", "suit"),
            ("purse", "hearse"),
            ("board", "sword"),
            ("kite", "height"),
            ("glue", "shoe"),
            ("phone", "loan"),
            ("note", "moat"),
            ("lane", "chain"),
            ("bean", "scene"),
            ("wine", "sign"),
        ],
    },
    Words {
        class: "eye",
        pairs: &[
            ("glove", "stove"),
            ("owl", "bowl"),
            ("comb", "tomb"),
            ("dough", "cough"),
            ("crow", "cow"),
            ("mood", "blood"),
            ("foot", "boot"),
            ("pear", "gear"),
            ("work", "fork"),
            ("worm", "storm"),
            ("ward", "card"),
            ("war", "car"),
            ("wand", "hand"),
            ("swan", "fan"),
            ("wasp", "clasp"),
            ("watch", "hatch"),
            ("shoe", "toe"),
            ("mint", "pint"),
            ("wolf", "golf"),
            ("bull", "gull"),
            ("bush", "brush"),
            ("key", "prey"),
            ("post", "frost"),
            ("moth", "sloth"),
            ("steak", "leak"),
            ("thread", "bead"),
            ("breath", "heath"),
            ("height", "weight"),
        ],
    },
];

/// How two words rhyme.
pub(super) fn class_of(a: &str, b: &str) -> Class {
    let end = |word: &str| LineEnd::of_line(Pronouncer::shared(), word);
    match (end(a), end(b)) {
        (Some(a), Some(b)) => rhyme(&a, &b, &RhymeOptions::default()).class,
        _ => Class::None,
    }
}

/// All texts that a reward model is asked about, the same for the same seed. `prompt` is what it is told was asked for.
///
/// ```
/// let texts = training::counterfactuals(None, 1);
/// let of = |id: &str| texts.iter().find(|t| t.id == id).expect("it is there");
/// let (matched, crossed) = (of("new-0-0-matched-0"), of("new-0-0-crossed-0"));
/// assert_ne!(matched.text, crossed.text);
/// assert_eq!(matched.text.lines().next(), crossed.text.lines().next());
/// ```
#[must_use]
pub fn counterfactuals(prompt: Option<&str>, seed: u64) -> Vec<Counterfactual> {
    let mut out = Vec::new();
    for (c, words) in CLASSES.iter().enumerate() {
        let mut rng = Rng::stream(seed, c as u64);
        for (q, [first, second]) in quads(words.pairs, &mut rng).into_iter().enumerate() {
            for round in 0..ROUNDS {
                let frames = rng.choose(FRAMES.len(), 2);
                let arms = [("matched", [first, second]), ("crossed", [(first.0, second.1), (second.0, first.1)])];
                for (arm, ends) in arms {
                    for (f, (a, b)) in ends.into_iter().enumerate() {
                        out.push(Counterfactual {
                            id: format!("{}-{q}-{round}-{arm}-{f}", words.class),
                            prompt: prompt.unwrap_or(PROMPT).to_owned(),
                            text: FRAMES[frames[f]].replacen("{}", a, 1).replacen("{}", b, 1),
                            class: words.class.to_owned(),
                            arm: arm.to_owned(),
                            ends: format!("{a}/{b}"),
                        });
                    }
                }
            }
        }
    }
    out
}

type Ends = (&'static str, &'static str);

/// Pairs two by two, so that crossed they neither rhyme nor look as if they did. A pair for which no partner is left stays out.
fn quads(pairs: &[Ends], rng: &mut Rng) -> Vec<[Ends; 2]> {
    let mut left: Vec<Ends> = rng.choose(pairs.len(), pairs.len()).into_iter().map(|i| pairs[i]).collect();
    let apart = |a: &str, b: &str| class_of(a, b) == Class::None;
    let mut quads = Vec::new();
    while let Some(first) = left.pop() {
        let mate = left.iter().position(|second| apart(first.0, second.1) && apart(second.0, first.1));
        quads.extend(mate.map(|at| [first, left.remove(at)]));
    }
    quads
}

#[cfg(test)]
mod tests {
    use super::*;
    use measure::pair_rank;

    #[test]
    fn every_pair_is_of_its_class() {
        let mut wrong = Vec::new();
        for words in CLASSES {
            for (a, b) in words.pairs {
                let class = class_of(a, b);
                let heard = match words.class {
                    "eye" => class == Class::Eye,
                    _ => matches!(class, Class::Perfect | Class::Rich),
                };
                // the same letters from the first vowel letter on
                let rime = |w: &'static str| w.find(['a', 'e', 'i', 'o', 'u']).map_or(w, |at| &w[at..]);
                let alike = rime(a) == rime(b);
                let seen = match words.class {
                    "ear" => !alike,
                    "eye" | "new" => alike || words.class == "eye",
                    _ => true,
                };
                if !heard || !seen || pair_rank(a, b).is_some() != (words.class == "remembered") {
                    wrong.push(format!("{} {a}/{b}: {class:?}, rank {:?}", words.class, pair_rank(a, b)));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn frames_and_words_are_balanced() {
        let texts = counterfactuals(None, 3);
        assert_eq!(texts, counterfactuals(None, 3));
        assert!(texts.len() > 4 * 10 * ROUNDS * 4, "{}", texts.len());
        let words = |arm: &str, place: usize| {
            let of = texts.iter().filter(|t| t.arm == arm);
            let mut ends: Vec<&str> = of.filter_map(|t| t.ends.split('/').nth(place)).collect();
            ends.sort_unstable();
            ends
        };
        assert_eq!(words("matched", 0), words("crossed", 0));
        assert_eq!(words("matched", 1), words("crossed", 1));
        assert!(texts.iter().all(|t| !t.text.contains("{}") && t.text.lines().count() == 4));
    }

    #[test]
    fn only_the_matched_rhyme() {
        for text in counterfactuals(None, 5).iter().step_by(7) {
            let reading = verse::read(&text.text, &verse::Options::default());
            let rhymes = reading.stanzas.iter().flat_map(|s| &s.lines).filter(|l| l.rhyme != "x").count();
            let wanted = if text.arm == "matched" && text.class != "eye" { 2 } else { 0 };
            assert!(rhymes == wanted || text.class == "eye", "{} {rhymes}: {}", text.id, text.text);
        }
    }
}
