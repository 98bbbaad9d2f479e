use phonetics::Pronouncer;
use proptest::prelude::*;

use super::{LineMetre, scan_line, scan_poem};
use crate::Line;

fn line(text: &str) -> Line {
    Line::new(text, Pronouncer::shared())
}

fn poem(text: &str) -> Vec<Vec<Line>> {
    text.split("\n\n").map(|stanza| stanza.lines().map(|l| line(l.trim())).collect()).collect()
}

fn real(text: &str) -> String {
    scan_line(&line(text)).real
}

/// Lines written for this test, each of a type that the handbooks tell apart.
#[test]
fn lines_of_known_types_scan() {
    let lines = [
        // Iambic: plain, with an inverted foot at the head, inverted after a pause, with a feminine ending, short.
        ("The lantern burned beside the open door", "wswswswsws"),
        ("Silent, the harbour waited for the boats", "swwswswsws"),
        ("Under the stars a little boat went down", "swwswswsws"),
        ("And all the bells were ringing in the morning", "wswswswswsw"),
        ("The river bends below the hill", "wswswsws"),
        ("I heard a whisper at the gate", "wswswsws"),
        // Trochaic, whole and cut short.
        ("Softly falls the snow in winter", "swswswsw"),
        ("Tiger lilies line the lane", "swswsws"),
        // Anapaestic and amphibrachic openings.
        ("And I ran through the rain to the end of the lane", "wwswwswwswws"),
        ("The miller went down to the river to drink", "wswwswwswws"),
        // Dactylic.
        ("Carry me over the mountain and river", "swwswwswwsw"),
    ];
    let wrong: Vec<_> = lines.iter().map(|(text, gold)| (text, gold, real(text))).filter(|l| l.2 != *l.1).collect();
    assert!(wrong.len() <= 1, "{wrong:#?}");
}

#[test]
fn a_word_counts_its_syllables_as_the_line_needs_them() {
    // heaven and power are one syllable each here, two in speech.
    assert_eq!(scan_line(&line("And heaven sends its power to the low")).syllables, 10);
    assert_eq!(scan_line(&line("The power of heaven is upon the hill")).syllables, 10);
}

#[test]
fn a_consonant_alone_is_no_syllable() {
    assert_eq!(real("He walk 'd along th ’ empty shore").len(), real("He walk'd along th' empty shore").len());
}

const PENTAMETER: &str = "The evening settles on the harbour wall\nAnd every mast is darker than before\n\
    A single lantern swings above them all\nAnd draws a yellow circle on the shore\n\
    The men have gone to supper in the town\nThe nets are hung and dripping from the beam\n\
    A gull that could not sleep is walking down\nThe empty quay as someone in a dream";

#[test]
fn pentameter_is_known_by_name() {
    let reading = scan_poem(&poem(PENTAMETER));
    assert_eq!(reading.metre.name, "iambic pentameter");
    assert!(reading.metre.fit > 0.8, "{:?}", reading.metre);
    assert!(reading.lines[0].iter().all(|l| l.met == "wswswswsws"), "{:?}", reading.lines);
}

#[test]
fn common_metre_is_known_by_name() {
    let text = "The rain is falling on the roof,\nThe wind is in the tree,\nThe cat has found a patch of warmth\n\
        And will not come to me.\n\nThe clock is ticking on the wall,\nThe kettle starts to sing,\n\
        The fire is low, and no one calls,\nAnd no one hears it ring.";
    assert_eq!(scan_poem(&poem(text)).metre.name, "common metre");
}

#[test]
fn free_verse_is_free() {
    let text = "I have been thinking about the refrigerator light\nhow it stays on\nor doesn't\n\
        and nobody who has ever lived in this apartment could say with any certainty\nwhich\n\
        the landlord came by on Tuesday asking after the radiator\nI said nothing\n\
        there was a dog in the hallway, patient, brown, belonging to no one we knew\nlater it rained\n\
        and the whole street smelled like pennies";
    let metre = scan_poem(&poem(text)).metre;
    assert_eq!(metre.name, "free", "{metre:?}");
    assert!(metre.regularity < 0.5);
}

#[test]
fn feminine_endings_have_no_position_of_their_own() {
    let text = PENTAMETER.replace("the harbour wall", "the sleepy village");
    let reading = scan_poem(&poem(&text));
    let LineMetre { syllables, met, real } = &reading.lines[0][0];
    assert_eq!((*syllables, real.len(), met.len()), (11, 11, 10));
}

#[test]
fn nothing_to_say_is_nothing() {
    assert_eq!(scan_line(&line("")), LineMetre::default());
    assert_eq!(scan_line(&line("— … !")), LineMetre::default());
    assert!(scan_poem(&[]).lines.is_empty());
    assert_eq!(scan_poem(&[vec![], vec![line("")]]).lines, [vec![], vec![LineMetre::default()]]);
}

#[test]
fn an_endless_line_takes_linear_time() {
    let text = "every heaven of flowers is wandering over the many-coloured power of fire ".repeat(500);
    let start = std::time::Instant::now();
    let found = scan_line(&line(&text));
    assert!(found.syllables > 8_000);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn any_text_scans(texts in prop::collection::vec("\\PC{0,60}|[a-z' ]{0,80}", 0..6)) {
        let lines: Vec<Line> = texts.iter().map(|t| line(t)).collect();
        let reading = scan_poem(&[lines]);
        prop_assert_eq!(reading.lines[0].len(), texts.len());
        for l in &reading.lines[0] {
            prop_assert_eq!(l.real.len(), l.syllables);
            prop_assert_eq!(l.met.is_empty(), l.real.is_empty());
            prop_assert!(l.real.bytes().chain(l.met.bytes()).all(|b| b == b'w' || b == b's'));
        }
        for share in [reading.metre.fit, reading.metre.regularity, reading.metre.inversions] {
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }
}
