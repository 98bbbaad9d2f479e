//! Schemes of stanzas, from line ends.

use doggerel_verse::{StanzaScheme, schemes};
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions};
use proptest::prelude::*;

type Ends = Vec<Option<LineEnd>>;

/// Stanzas from end words, parted by slashes.
fn poem(words: &str) -> Vec<Ends> {
    let end = |word: &str| LineEnd::of_line(Pronouncer::shared(), word);
    words.split('/').map(|stanza| stanza.split_whitespace().map(end).collect()).collect()
}

fn read(words: &str) -> Vec<StanzaScheme> {
    schemes(&poem(words), &RhymeOptions::default())
}

fn letters(words: &str) -> String {
    let stanzas: Vec<String> = read(words).iter().map(|s| s.letters().concat()).collect();
    stanzas.join(" ")
}

#[test]
fn schemes_of_single_stanzas() {
    for (words, expected) in [
        ("stone light bone night", "abab"),
        ("stone bone light night", "aabb"),
        ("stone light night bone", "abba"),
        ("river light meadow night", "xaxa"),
        ("stone river light meadow", "xxxx"),
        ("stone bone", "aa"),
        ("light stone night bone bright alone", "ababab"),
        ("light stone night bone sea sky free fly", "ababcdcd"),
        ("light", "x"),
        ("", ""),
    ] {
        assert_eq!(letters(words), expected, "{words}");
    }
}

#[test]
fn a_pattern_confirms_a_weak_rhyme_and_never_invents_one() {
    // The slant rhyme home / stone completes the pattern.
    assert_eq!(letters("light stone night home"), "abab");
    // Nothing is heard between window and table.
    assert_eq!(letters("light window night table"), "axax");
}

#[test]
fn sister_stanzas_show_the_pattern() {
    let poem = "stone light bone night / sea day free way / hill moon still prune / rain wood vein should";
    assert_eq!(letters(poem), "abab cdcd efef ghgh");
}

#[test]
fn what_is_too_weak_alone_sister_stanzas_confirm() {
    // A near rhyme in which one word is the other's inflection needs no help; the same consonants behind related vowels do.
    assert_eq!(letters("stone bone deep keeps"), "aabb");
    assert_eq!(letters("stone bone us bliss"), "aaxx");
    let couplets = "light night gold old / sea free way day / hill still moon prune / wood should rain vein";
    assert!(letters(&format!("{couplets} / stone bone us bliss")).ends_with("iijj"));
    // Nor do they invent one.
    assert!(letters(&format!("{couplets} / stone bone deep table")).ends_with("iixx"));
}

#[test]
fn interlocking_rhymes_keep_their_letter() {
    assert_eq!(letters("stone light bone / night sea bright / free hill me"), "aba bcb cxc");
    // The same sound far off is another rhyme.
    assert_eq!(letters("stone bone / light night / sea free / alone moan"), "aa bb cc dd");
}

#[test]
fn a_rhyme_of_the_stanza_before_joins_no_two_of_this_one() {
    let found = read("stone bone / day free way sea / moan alone light night");
    for stanza in &found {
        for link in &stanza.links {
            assert_eq!(stanza.rhymes[link.lines.0], stanza.rhymes[link.lines.1]);
        }
    }
    assert_eq!(letters("stone bone river table / day free way sea"), "aaxx bcbc");
}

#[test]
fn links_and_confidence() {
    let found = &read("stone light bone night")[0];
    assert_eq!(found.links.len(), 2);
    assert!(found.links.iter().all(|l| l.class == Class::Perfect && l.lines.1 - l.lines.0 == 2));
    assert!(found.confidence > 0.9 && found.confidence < 1.0);
    assert!(read("light window night home")[0].confidence < found.confidence);
    assert_eq!(found.class(0), Some(Class::Perfect));
}

#[test]
fn long_stanzas_are_read_too() {
    let couplets = ["stone bone", "light night", "sea free", "hill still", "day way", "moon soon"];
    let words: Vec<&str> = couplets.iter().cycle().take(150).copied().collect();
    let found = &read(&words.join(" "))[0];
    assert_eq!(found.rhymes.len(), 300);
    let linked = (0..300).step_by(2).filter(|&i| found.rhymes[i].is_some() && found.rhymes[i] == found.rhymes[i + 1]);
    assert_eq!(linked.count(), 150);
}

fn words() -> impl Strategy<Value = Vec<&'static str>> {
    const WORDS: &[&str] = &[
        "stone", "bone", "alone", "home", "light", "night", "sky", "silently", "sea", "free", "love", "prove", "river",
        "ever", "never", "table", "window", "meadow", "shadow", "day", "away", "grief", "leaf", "breath", "death",
        "deep", "keeps", "chest", "unrested", "sounds", "ground",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..12)
}

fn ends(words: &[&str]) -> Ends {
    words.iter().map(|w| LineEnd::of_line(Pronouncer::shared(), w)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn another_stanza_never_takes_a_perfect_rhyme_away(first in words(), second in words(), historical: bool) {
        let options = RhymeOptions { historical, ..RhymeOptions::default() };
        let (first, second) = (ends(&first), ends(&second));
        let alone = schemes(std::slice::from_ref(&first), &options);
        let both = schemes(&[first, second], &options);
        for link in alone[0].links.iter().filter(|l| matches!(l.class, Class::Perfect | Class::Rich)) {
            let (i, j) = link.lines;
            prop_assert!(both[0].rhymes[i].is_some() && both[0].rhymes[i] == both[0].rhymes[j]);
        }
    }

    #[test]
    fn linked_lines_share_a_letter_and_no_pair_is_linked_unheard(words in words()) {
        let found = schemes(&[ends(&words)], &RhymeOptions::default());
        prop_assert_eq!(found[0].rhymes.len(), words.len());
        for link in &found[0].links {
            prop_assert!(found[0].rhymes[link.lines.0] == found[0].rhymes[link.lines.1]);
            prop_assert!(link.class != Class::None && link.strength.is_finite());
        }
        for (i, rhyme) in found[0].rhymes.iter().enumerate() {
            prop_assert_eq!(rhyme.is_some(), found[0].class(i).is_some());
        }
        prop_assert!((0.0..=1.0).contains(&found[0].confidence));
    }
}
