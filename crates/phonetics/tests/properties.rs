//! What must hold of any text whatever.

use phonetics::{Options, Pronouncer, Via};
use proptest::prelude::*;

/// Text with much of what makes words hard: apostrophes, hyphens, digits, accents, symbols.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        "[a-z'’èé\u{300}-]{0,40}",
        "([A-Za-z']{1,9}[ ,.—-]){0,9}",
        "[0-9.,:%£$a-z-]{0,20}",
        proptest::collection::vec(
            prop_oneof!["'tis", "o'er", "th'", "walk'd", "£5", "1,845", "3rd", "ﬁx", "naïve", "''", "--", "’s", " "],
            0..12
        )
        .prop_map(|v| v.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_lie_in_the_line_in_order(text in line()) {
        let mut end = 0;
        for token in phonetics::words(&text) {
            prop_assert!(token.range.start >= end);
            prop_assert!(!token.range.is_empty());
            prop_assert!(text.get(token.range.clone()).is_some());
            prop_assert!(!token.text.is_empty());
            end = token.range.end;
        }
    }

    #[test]
    fn every_token_is_said(text in line()) {
        for token in phonetics::words(&text) {
            let word = Pronouncer::shared().word(&token.text);
            prop_assert!(!word.pronunciations().is_empty(), "{:?}", token.text);
            prop_assert!(word.pronunciations().iter().all(|p| !p.phones().is_empty()));
        }
    }

    #[test]
    fn any_string_is_said_without_panic_and_always_alike(text in line(), lexicon: bool, morphology: bool) {
        let pronouncer = Pronouncer::new(Options { lexicon, morphology });
        let (once, twice) = (pronouncer.word(&text), Pronouncer::new(Options { lexicon, morphology }).word(&text));
        prop_assert_eq!(once.pronunciations(), twice.pronunciations());
        let letter_or_digit = text.contains(|c: char| c.is_alphanumeric());
        prop_assert!(!letter_or_digit || !once.pronunciations().is_empty());
    }

    #[test]
    fn any_letters_are_said(word in "[a-zA-Z]{1,24}") {
        let word = Pronouncer::shared().word(&word);
        prop_assert!(!word.pronunciations().is_empty());
        for p in word.pronunciations() {
            prop_assert_eq!(p.syllables(), p.stresses().count());
            prop_assert_eq!(p.syllables(), p.phones().iter().filter(|p| p.is_vowel()).count());
            let ranges = p.syllable_ranges();
            prop_assert_eq!(ranges.first().map(|r| r.start), Some(0));
            prop_assert_eq!(ranges.last().map(|r| r.end), Some(p.phones().len()));
            prop_assert!(ranges.windows(2).all(|w| w[0].end == w[1].start));
        }
    }

    #[test]
    fn an_apostrophe_of_any_print_is_an_apostrophe(stem in "[a-z]{2,8}") {
        let straight = Pronouncer::shared().word(&format!("{stem}'s"));
        let curly = Pronouncer::shared().word(&format!("{stem}’s"));
        prop_assert_eq!(straight.pronunciations(), curly.pronunciations());
    }

    #[test]
    fn a_possessive_adds_a_hiss_to_its_word(stem in "[a-z]{3,9}") {
        let of = |word: &str| Pronouncer::shared().word(word).pronunciations().to_vec();
        let (plain, possessive) = (of(&stem), of(&format!("{stem}'s")));
        if possessive[0].via() != Via::Lexicon {
            prop_assert!(possessive[0].phones().len() > plain[0].phones().len());
        }
    }
}
