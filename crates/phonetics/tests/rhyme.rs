//! Rhyme as a reader meets it: classes of known pairs, and properties that hold of every pair.

use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, hear, rhyme, rhymes_of};
use proptest::prelude::*;

fn end(line: &str) -> LineEnd {
    LineEnd::of_line(Pronouncer::shared(), line).expect("the line has words")
}

const TODAY: RhymeOptions = RhymeOptions { historical: false, rhotic: true, cot_caught: false };
const OLD: RhymeOptions = RhymeOptions { historical: true, ..TODAY };

fn class(a: &str, b: &str, options: &RhymeOptions) -> Class {
    rhyme(&end(a), &end(b), options).class
}

#[test]
fn classes_today() {
    for (a, b, expected) in [
        ("stone", "stone", Class::Identical),
        ("bear", "bare", Class::Rich),
        ("leave", "believe", Class::Rich),
        ("air", "heir", Class::Rich),
        ("stone", "bone", Class::Perfect),
        ("motion", "ocean", Class::Perfect),
        ("tenderly", "slenderly", Class::Perfect),
        ("fire", "higher", Class::Perfect),
        ("flower", "hour", Class::Perfect),
        ("dial", "smile", Class::Perfect),
        ("sky", "satisfy", Class::Promoted),
        ("tree", "silently", Class::Promoted),
        ("thee", "eternity", Class::Promoted),
        ("poet", "know it", Class::Mosaic),
        ("visit", "is it", Class::Mosaic),
        ("dined her", "kinder", Class::Mosaic),
        ("home", "alone", Class::Slant),
        ("worm", "swarm", Class::Slant),
        ("warm", "scorn", Class::Slant),
        ("ice", "prize", Class::Slant),
        ("love", "prove", Class::Eye),
        ("cough", "bough", Class::Eye),
        ("escaped", "scooped", Class::Slant),
        ("deep", "keeps", Class::Slant),
        ("sounds", "ground", Class::Slant),
        ("seems", "serene", Class::Slant),
        ("unrested", "chest", Class::Slant),
        ("quasp", "clasp", Class::Eye),
        ("intellectual", "hen-pecked you all", Class::Mosaic),
        ("away", "tree", Class::None),
        ("cat", "dog", Class::None),
        ("happy", "lovely", Class::None),
        ("table", "window", Class::None),
    ] {
        assert_eq!(class(a, b, &TODAY), expected, "{a} / {b}: {}", rhyme(&end(a), &end(b), &TODAY).why());
    }
}

#[test]
fn heteronyms_take_the_pronunciation_that_rhymes() {
    for (a, b) in
        [("tear", "near"), ("tear", "bear"), ("wound", "found"), ("wound", "tuned"), ("bow", "cow"), ("bow", "toe")]
    {
        assert!(class(a, b, &TODAY).is_full(), "{a} / {b}");
    }
}

#[test]
fn historical_rules_are_off_unless_asked_for() {
    for (a, b) in [
        ("love", "prove"),
        ("wind", "kind"),
        ("tea", "obey"),
        ("join", "line"),
        ("war", "far"),
        ("blood", "good"),
        ("great", "seat"),
        ("eternity", "die"),
        ("banished", "bed"),
        ("haste", "last"),
    ] {
        assert!(class(a, b, &OLD).is_full(), "{a} / {b}: {}", rhyme(&end(a), &end(b), &OLD).why());
        let today = rhyme(&end(a), &end(b), &TODAY);
        // Wind has both sounds still.
        assert!(!today.class.is_full() || a == "wind", "{a} / {b}: {}", today.why());
        assert!(today.correspondence().is_none());
    }
    let rule = rhyme(&end("love"), &end("prove"), &OLD).correspondence().expect("a historical rhyme names its rule");
    assert_eq!(rule.name, "love, move");
}

#[test]
fn accents() {
    let british = RhymeOptions { rhotic: false, ..TODAY };
    assert!(!class("father", "farther", &TODAY).is_full());
    assert!(class("father", "farther", &british).is_full());
    let western = RhymeOptions { cot_caught: true, ..TODAY };
    assert!(!class("collar", "caller", &TODAY).is_full());
    assert!(class("collar", "caller", &western).is_full());
}

#[test]
fn punctuation_at_the_end_of_a_line_is_silent() {
    for line in
        ["in the night", "in the night --", "“in the night!”", "in the night…", "in the ‘night’", "in the night'"]
    {
        assert_eq!(class(line, "the light", &TODAY), Class::Perfect, "{line}");
    }
}

#[test]
fn the_number_of_a_line_may_stand_at_its_end() {
    for line in ["in the night      25", "in the night12"] {
        assert_eq!(class(line, "the light", &TODAY), Class::Perfect, "{line}");
    }
    assert!(class("we were only 25", "still alive", &TODAY).is_full());
}

#[test]
fn the_reason_is_in_words() {
    let why = rhyme(&end("love"), &end("prove"), &OLD).why();
    assert!(why.contains("historical rule “love, move”"), "{why}");
    let why = rhyme(&end("silently"), &end("tree"), &TODAY).why();
    assert!(why.contains("both end in IY") && why.contains("CMUdict"), "{why}");
}

#[test]
fn strength_follows_how_surely_people_hear_a_rhyme() {
    let strength = |a: &str, b: &str| rhyme(&end(a), &end(b), &TODAY).strength;
    assert!(strength("stone", "bone") > strength("stone", "home"));
    assert!(strength("stone", "home") > strength("stone", "cat"));
}

#[test]
fn the_rhymes_of_a_word() {
    let rhymes = rhymes_of("night");
    let at = |word: &str| rhymes.iter().position(|r| r.word.text() == word);
    assert!(at("light").is_some_and(|i| i < 20));
    assert!(at("night").is_none(), "no word is a rhyme of itself");
    assert!(at("light") < at("knight"), "perfect rhymes come before rich ones");
    assert!(rhymes.iter().all(|r| r.class.is_full()));
    assert!(rhymes_of("silver").len() < 10);
}

fn a_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}[aeiou][a-z]{0,6}",
        "[a-z]{2,6}(ing|ed|ly|tion|ness|y|ie|er|est)",
        "[b-df-hj-np-tv-z]{1,2}[aeiouy]{1,2}[b-df-hj-np-tv-z]{1,2}e?"
    ]
}

proptest! {
    #[test]
    fn rhyme_is_symmetric(a in a_word(), b in a_word(), historical: bool, rhotic: bool, cot_caught: bool) {
        let options = RhymeOptions { historical, rhotic, cot_caught };
        let (x, y) = (end(&a), end(&b));
        let (there, back) = (rhyme(&x, &y, &options), rhyme(&y, &x, &options));
        prop_assert_eq!(there.class, back.class);
        prop_assert_eq!(there.strength, back.strength);
        prop_assert_eq!(there.syllables, back.syllables);
        prop_assert_eq!(hear(&x, &y, &options), (there.class, there.strength));
    }

    #[test]
    fn no_word_rhymes_better_with_another_than_with_itself(a in a_word(), b in a_word(), historical: bool) {
        let options = RhymeOptions { historical, ..TODAY };
        let (x, y) = (end(&a), end(&b));
        prop_assert_eq!(rhyme(&x, &x, &options).class, Class::Identical);
        prop_assert!(rhyme(&x, &x, &options).class <= rhyme(&x, &y, &options).class);
    }

    #[test]
    fn any_line_with_a_letter_has_an_end(line in "\\PC{0,40}[a-z]\\PC{0,3}") {
        prop_assert!(LineEnd::of_line(Pronouncer::shared(), &line).is_some());
    }

    #[test]
    fn history_adds_rhymes_and_takes_none_away(a in a_word(), b in a_word()) {
        let (x, y) = (end(&a), end(&b));
        if rhyme(&x, &y, &TODAY).class.is_full() {
            prop_assert!(rhyme(&x, &y, &OLD).class.is_full());
        }
    }
}
