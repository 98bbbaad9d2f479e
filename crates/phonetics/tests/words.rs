//! Words and how they are said, written down by hand: everyday, archaic, elided, compound, foreign, numbers.
//!
//! `*` at the head of a pronunciation: it must be the first; otherwise any of the word's pronunciations may be it.

use phonetics::{Options, Phone, Pronouncer, Via};

/// word, pronunciation, source.
#[rustfmt::skip]
const WORDS: &[(&str, &str, Via)] = &[
    // The lexicon.
    ("light", "*L AY1 T", Via::Lexicon),
    ("ocean", "*OW1 SH AH0 N", Via::Lexicon),
    ("Through", "*TH R UW1", Via::Lexicon),
    ("NIGHT", "*N AY1 T", Via::Lexicon),
    ("the", "*DH AH0", Via::Lexicon),
    ("thou", "*DH AW1", Via::Lexicon),
    ("hath", "*HH AE1 TH", Via::Lexicon),
    // Heteronyms: the noun of verse first, the other kept.
    ("wind", "*W IH1 N D", Via::Lexicon),
    ("wind", "W AY1 N D", Via::Lexicon),
    ("tear", "*T IH1 R", Via::Lexicon),
    ("tear", "T EH1 R", Via::Lexicon),
    ("live", "L AY1 V", Via::Lexicon),
    ("wound", "*W UW1 N D", Via::Lexicon),
    ("wound", "W AW1 N D", Via::Lexicon),
    ("bow", "B AW1", Via::Lexicon),
    ("again", "AH0 G EY1 N", Via::Lexicon),
    ("been", "B IY1 N", Via::Lexicon),
    ("blessed", "B L EH1 S IH0 D", Via::Lexicon),
    ("beloved", "B IH0 L AH1 V AH0 D", Via::Lexicon),
    ("beloved", "B IH0 L AH1 V D", Via::Lexicon),
    ("winged", "W IH1 NG IH0 D", Via::Lexicon),
    ("aged", "EY1 JH IH0 D", Via::Lexicon),
    // Elisions that the lexicon lists for us.
    ("'tis", "*T IH1 Z", Via::Lexicon),
    ("’Twas", "*T W AA1 Z", Via::Lexicon),
    ("o'er", "*AO1 R", Via::Lexicon),
    ("o’er", "*AO1 R", Via::Lexicon),
    ("e'er", "*EH1 R", Via::Lexicon),
    ("ne'er", "*N EH1 R", Via::Lexicon),
    ("th'", "*DH", Via::Lexicon),
    ("tho'", "*DH OW1", Via::Lexicon),
    ("thro'", "*TH R UW1", Via::Lexicon),
    ("ta'en", "*T EY1 N", Via::Lexicon),
    ("'neath", "*N IY1 TH", Via::Lexicon),
    ("'mid", "*M IH1 D", Via::Lexicon),
    ("doth", "*D AH1 TH", Via::Lexicon),
    ("methinks", "*M IY0 TH IH1 NG K S", Via::Lexicon),
    ("saith", "*S EH1 TH", Via::Lexicon),
    ("shew", "*SH OW1", Via::Lexicon),
    ("wouldst", "*W UH1 D S T", Via::Lexicon),
    // A letter left out, a syllable lost.
    ("ev'ry", "*EH1 V R IY0", Via::Morphology),
    ("heav'n", "*HH EH1 V N", Via::Morphology),
    ("heav'nly", "*HH EH1 V N L IY0", Via::Morphology),
    ("pow'r", "*P AW1 R", Via::Morphology),
    ("flow'rs", "*F L AW1 R Z", Via::Morphology),
    ("giv'n", "*G IH1 V N", Via::Morphology),
    ("stol'n", "*S T OW1 L N", Via::Morphology),
    ("fall'n", "*F AA1 L N", Via::Morphology),
    ("wand'ring", "*W AA1 N D R IH0 NG", Via::Morphology),
    ("am'rous", "*AE1 M R AH0 S", Via::Morphology),
    ("gen'rous", "*JH EH1 N R AH0 S", Via::Morphology),
    ("glitt'ring", "*G L IH1 T R IH0 NG", Via::Morphology),
    ("murm'ring", "*M ER1 M R IH0 NG", Via::Morphology),
    ("cov'nant", "*K AH1 V N AH0 N T", Via::Morphology),
    ("pris'n", "*P R IH1 Z N", Via::Morphology),
    ("ev'ning", "*IY1 V N IH0 NG", Via::Morphology),
    ("to'ards", "*T AO1 R D Z", Via::Morphology),
    ("whene'er", "*W EH2 N EH1 R", Via::Morphology),
    ("where'er", "*W EH2 R EH1 R", Via::Morphology),
    ("howsoe'er", "*HH AW2 S OW0 EH1 R", Via::Morphology),
    ("wheresoever", "*W EH2 R S OW0 EH1 V ER0", Via::Morphology),
    ("'twixt", "*T W IH1 K S T", Via::Lexicon),
    ("'scape", "*S K EY1 P", Via::Morphology),
    ("o'erflow", "*AO2 R F L OW1", Via::Morphology),
    ("o'ershadow'd", "*AO2 R SH AE1 D OW2 D", Via::Morphology),
    ("'ouse", "*AW1 S", Via::Morphology),
    ("th'expense", "*DH IH0 K S P EH1 N S", Via::Morphology),
    // -'d, -'st, enclitics, possessives.
    ("walk'd", "*W AO1 K T", Via::Morphology),
    ("lov'd", "*L AH1 V D", Via::Morphology),
    ("wish’d", "*W IH1 SH T", Via::Morphology),
    ("stopp'd", "*S T AA1 P T", Via::Morphology),
    ("carry'd", "K EH1 R IY0 D", Via::Morphology),
    ("deni'd", "*D IH0 N AY1 D", Via::Morphology),
    ("rais'd", "*R EY1 Z D", Via::Morphology),
    ("wander'd", "*W AA1 N D ER0 D", Via::Morphology),
    ("honour'd", "*AA1 N ER0 D", Via::Morphology),
    ("lov'st", "*L AH1 V S T", Via::Morphology),
    ("know'st", "*N OW1 S T", Via::Morphology),
    ("thou'lt", "*DH AW1 L T", Via::Morphology),
    ("thou'rt", "*DH AW1 R T", Via::Morphology),
    ("is't", "*IH1 Z T", Via::Morphology),
    ("on't", "*AA1 N T", Via::Morphology),
    ("soul's", "*S OW1 L Z", Via::Morphology),
    ("breeze's", "*B R IY1 Z IH0 Z", Via::Morphology),
    ("moonlight's", "*M UW1 N L AY2 T S", Via::Morphology),
    ("trees'", "*T R IY1 Z", Via::Morphology),
    ("whisperin'", "*W IH1 S P ER0 IH0 N", Via::Morphology),
    ("lan'", "L AE1 N", Via::Morphology),
    // Endings.
    ("walkest", "*W AO1 K AH0 S T", Via::Morphology),
    ("lovest", "*L AH1 V AH0 S T", Via::Morphology),
    ("seest", "*S IY1 AH0 S T", Via::Morphology),
    ("loveth", "*L AH1 V IH0 TH", Via::Morphology),
    ("maketh", "*M EY1 K IH0 TH", Via::Morphology),
    ("slumbers", "*S L AH1 M B ER0 Z", Via::Morphology),
    ("rustles", "*R AH1 S AH0 L Z", Via::Morphology),
    ("wharves", "*W AO1 R V Z", Via::Morphology),
    ("griefs", "*G R IY1 F S", Via::Morphology),
    ("enchantress", "*EH0 N CH AE1 N T R AH0 S", Via::Morphology),
    ("throned", "*TH R OW1 N D", Via::Morphology),
    ("girded", "*G ER1 D IH0 D", Via::Morphology),
    ("loveliness", "*L AH1 V L IY0 N AH0 S", Via::Morphology),
    ("deathless", "*D EH1 TH L AH0 S", Via::Morphology),
    ("mournfully", "*M AO1 R N F AH0 L IY0", Via::Morphology),
    ("wakeful", "*W EY1 K F AH0 L", Via::Morphology),
    ("dimpling", "*D IH1 M P L IH0 NG", Via::Morphology),
    ("diviner", "*D IH0 V AY1 N ER0", Via::Morphology),
    ("loveliest", "*L AH1 V L IY0 AH0 S T", Via::Morphology),
    ("beauteous", "*B Y UW1 T IY0 AH0 S", Via::Morphology),
    ("dropt", "*D R AA1 P T", Via::Morphology),
    ("drest", "*D R EH1 S T", Via::Morphology),
    ("wrapt", "*R AE1 P T", Via::Morphology),
    ("seemd", "*S IY1 M D", Via::Morphology),
    // Prefixes and compounds.
    ("unblest", "*AH0 N B L EH1 S T", Via::Morphology),
    ("unnumbered", "*AH0 N N AH1 M B ER0 D", Via::Morphology),
    ("outspread", "AW1 T S P R EH2 D", Via::Morphology),
    ("upraised", "AH2 P R EY1 Z D", Via::Morphology),
    ("re-enter", "*R IY2 EH1 N T ER0", Via::Morphology),
    ("unkist", "*AH0 N K IH1 S T", Via::Morphology),
    ("a-weeping", "*AH0 W IY1 P IH0 NG", Via::Morphology),
    ("noontide", "*N UW1 N T AY2 D", Via::Morphology),
    ("redbreast", "*R EH1 D B R EH2 S T", Via::Morphology),
    ("brushstrokes", "*B R AH1 SH S T R OW2 K S", Via::Morphology),
    ("whereof", "*W EH2 R AH1 V", Via::Morphology),
    ("to-day", "*T AH0 D EY1", Via::Morphology),
    ("snow-white", "*S N OW1 W AY2 T", Via::Morphology),
    ("heart-shaken", "*HH AA1 R T SH EY1 K AH0 N", Via::Morphology),
    ("well-beloved", "*W EH2 L B IH0 L AH1 V AH0 D", Via::Morphology),
    ("love-lit", "*L AH1 V L IH2 T", Via::Morphology),
    // Old and British spellings.
    ("splendour", "*S P L EH1 N D ER0", Via::Morphology),
    ("labours", "*L EY1 B ER0 Z", Via::Morphology),
    ("spectre", "*S P EH1 K T ER0", Via::Lexicon),
    ("offence", "*AH0 F EH1 N S", Via::Morphology),
    ("skilful", "*S K IH1 L F AH0 L", Via::Morphology),
    ("agonise", "*AE1 G AH0 N AY2 Z", Via::Morphology),
    ("publick", "*P AH1 B L IH0 K", Via::Morphology),
    ("goodnesse", "*G UH1 D N AH0 S", Via::Morphology),
    ("beautie", "*B Y UW1 T IY0", Via::Morphology),
    ("keepe", "*K IY1 P", Via::Morphology),
    ("sunne", "*S AH1 N", Via::Morphology),
    ("loue", "*L AH1 V", Via::Morphology),
    ("vpon", "*AH0 P AA1 N", Via::Morphology),
    ("haue", "*HH AE1 V", Via::Morphology),
    ("ioy", "*JH OY1", Via::Morphology),
    ("hym", "*HH IH1 M", Via::Morphology),
    ("cloudes", "*K L AW1 D Z", Via::Morphology),
    ("wandring", "*W AA1 N D R IH0 NG", Via::Morphology),
    ("wreathe", "*R IY1 DH", Via::Lexicon),
    // Accents.
    ("learnèd", "*L ER1 N IH0 D", Via::Morphology),
    ("fixèd", "*F IH1 K S IH0 D", Via::Morphology),
    ("belovèd", "*B IH0 L AH1 V AH0 D", Via::Morphology),
    ("wingéd", "*W IH1 NG IH0 D", Via::Morphology),
    ("café", "*K AH0 F EY1", Via::Morphology),
    ("naïve", "*N AY2 IY1 V", Via::Morphology),
    // Numbers, symbols, letters.
    ("3rd", "*TH ER1 D", Via::Morphology),
    ("&", "*AH0 N D", Via::Morphology),
    ("xiv", "*F AO1 R T IY1 N", Via::Morphology),
    ("b", "*B IY1", Via::Lexicon),
    ("xkcd", "*EH2 K S K EY2 S IY2 D IY1", Via::Morphology),
];

#[test]
fn words_are_said_as_people_say_them() {
    let mut wrong = Vec::new();
    for (word, expected, via) in WORDS {
        let said = Pronouncer::shared().word(word);
        let (first, arpabet) = expected.strip_prefix('*').map_or((false, *expected), |rest| (true, rest));
        let phones = Phone::parse_all(arpabet).expect("the table is ARPAbet");
        let place = said.pronunciations().iter().position(|p| p.phones() == phones);
        let right = place.is_some_and(|at| (at == 0 || !first) && said.pronunciations()[at].via() == *via);
        if !right {
            wrong.push(format!("{word}: {expected} ({via}), not {:?}", said.pronunciations()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), WORDS.len(), wrong.join("\n"));
}

/// Syllables of words of which verse counts them.
#[rustfmt::skip]
const SYLLABLES: &[(&str, usize)] = &[
    ("heav'n", 1), ("heaven", 2), ("th'", 0), ("o'er", 1), ("over", 2), ("ev'ry", 2), ("learnèd", 2), ("lov'd", 1),
    ("walkest", 2), ("walk'st", 1), ("never-ending", 4), ("1845", 5), ("£5", 2), ("wond'rous", 2), ("wondrous", 2),
    ("am'rous", 2), ("remember'd", 3), ("rememberest", 4), ("unremembered", 4), ("mother-in-law", 4), ("i'th'", 1),
];

#[test]
fn elided_words_have_the_syllables_that_verse_counts() {
    for (word, n) in SYLLABLES {
        assert_eq!(Pronouncer::shared().word(word).pronunciations()[0].syllables(), *n, "{word}");
    }
}

#[test]
fn every_source_is_told() {
    let how = |word: &str| Pronouncer::shared().word(word).pronunciations()[0].how().to_owned();
    assert_eq!(how("moon"), "CMUdict");
    assert_eq!(how("o'er"), "added by doggerel to CMUdict");
    assert_eq!(how("walk'd"), "walk + -'d");
    assert_eq!(how("noontide"), "noon + tide");
    assert_eq!(how("splendour"), "splendor (British spelling)");
    assert_eq!(how("1900"), "nineteen + hundred");
    assert_eq!(how("zorbeflax"), "guessed from its letters");
}

#[test]
fn without_the_lexicon_a_word_is_built_or_guessed() {
    let without = Pronouncer::new(Options { lexicon: false, morphology: true });
    let letters = Pronouncer::new(Options { lexicon: false, morphology: false });
    for word in ["light", "walked", "gossamer", "moons"] {
        assert!(without.word(word).pronunciations().iter().all(|p| p.via() != Via::Lexicon), "{word}");
        assert!(letters.word(word).pronunciations().iter().all(|p| p.via() == Via::G2p), "{word}");
    }
    assert_eq!(without.word("walks").pronunciations()[0].how(), "walk + -s");
}

#[test]
fn words_without_the_lexicon_never_rest_on_the_held_out_tenth() {
    let without = Pronouncer::new(Options { lexicon: false, morphology: true });
    let mut looked_at = 0;
    for word in Pronouncer::shared().lexicon_words().filter(|w| w.text().ends_with('s')) {
        let stem = &word.text()[..word.text().len() - 1];
        if phonetics::is_held_out(stem) {
            looked_at += 1;
            let said = without.word(word.text());
            assert!(said.pronunciations().iter().all(|p| p.how() != format!("{stem} + -s")), "{}", word.text());
        }
    }
    assert!(looked_at > 500);
}

#[test]
fn what_is_no_word_has_no_pronunciation() {
    for text in ["", "…", "'", "---", "  "] {
        assert!(Pronouncer::shared().word(text).pronunciations().is_empty(), "{text:?}");
    }
}

#[test]
fn other_scripts_keep_a_line_its_length() {
    assert_eq!(Pronouncer::shared().word("押韵").pronunciations()[0].syllables(), 2);
    assert!(!Pronouncer::shared().word("мир").pronunciations().is_empty());
}

#[test]
fn words_that_the_lexicon_lacks_are_counted_too() {
    let common = |word: &str| Pronouncer::shared().word(word).commonness();
    assert!(common("heav'n") > common("gossamer") && common("gossamer") > common("zorbeflax"));
}

#[test]
fn a_lexicon_word_is_made_once() {
    let (a, b) = (Pronouncer::shared().word("gossamer"), Pronouncer::new(Options::default()).word("gossamer"));
    assert!(std::ptr::eq(a.text(), b.text()));
}
