//! Verse and prose, told apart where each is set as the other often is.

use doggerel_verse::{Kind, Options, read};

fn kind(text: &str) -> Kind {
    read(text, &Options::default()).kind
}

#[test]
fn sentences_that_rhyme_throughout_are_verse() {
    let rhymed = "The bus was late. We stood about and talked.\nHer brother works in Leeds. He mends the trains.\n\
                  It cost too much to ride. And so we walked.\nI said I'd write. She said it mostly rains.";
    assert_eq!(kind(rhymed), Kind::Verse);
    let unrhymed = "The bus was late. We stood about and spoke.\nHer brother works in Leeds. He mends the trains.\n\
                    It cost too much to ride. And so we left.\nI said I'd write. She said it mostly snows.";
    assert_eq!(kind(unrhymed), Kind::Prose);
}

#[test]
fn modern_blank_verse_in_small_letters_is_verse() {
    let text = "My uncle kept the ledgers of the mill\nin pencil, in a hand you could not read,\nand when the water took the lower floor\n\
                he carried them upstairs before the chairs,\nbefore the clock, before my aunt's good plates,\nand sat with them till Tuesday, keeping them dry.";
    assert_eq!(kind(text), Kind::Verse);
}

#[test]
fn prose_wrapped_at_a_column_is_prose() {
    let text = "The committee met again on the third of March and went over the same ground as\nbefore, which is to say the roof, the drains, and the question of who had been\n\
                paying for the lamp at the end of the lane. Nobody had. It was agreed that a\nletter should be written, and that Mr Osgood should write it, since he had a\n\
                typewriter and was not, at that time, on speaking terms with the council.";
    assert_eq!(kind(text), Kind::Prose);
}

fn asked(text: &str) -> Kind {
    read(text, &Options { poem_asked: true, ..Options::default() }).kind
}

#[test]
fn where_a_poem_was_asked_for_prose_is_a_prose_poem() {
    let block = "Every night the lighthouse turned its one idea over and over, and the sea, which has no ideas, lay down under it and shone. We children were told that a ship had been saved. We never saw the ship. We saw the beam go over the beds, the chairs, the blue enamel basin, as a hand goes over a sleeping dog, and then the dark, and then the hand again.";
    assert_eq!((kind(block), asked(block)), (Kind::Prose, Kind::ProsePoem));
    let line = "The horse still looking in at the window of the sold house.";
    assert_eq!((kind(line), asked(line)), (Kind::Prose, Kind::Verse));
    // A concrete poem of letters, and a psalm in long lines.
    assert_eq!(asked("r\na\ni\nn\n\n(down the page\nit goes)"), Kind::Verse);
    assert_eq!(
        asked(
            "Blessed be the ladder, for it goes up and comes down and keeps no account of either.\nBlessed be the bucket that is let down into the dark and does not ask how far.\nBlessed be the rope, for it has held, and blessed be the knot that nobody admired.\nLet the well have no complaint of us, and let the frogs be told."
        ),
        Kind::Verse
    );
    // A refusal is no poem, whatever was asked for.
    assert_eq!(
        asked("I'm sorry, but I am not able to write a poem about that. Perhaps another topic would suit?"),
        Kind::Prose
    );
    assert_eq!(asked("ANNA: Is the kettle on?\nTOM: It was.\nANNA: And now?\nTOM: Now it is off."), Kind::Dialogue);
}

#[test]
fn no_line_of_verse_is_set_aside() {
    let aside = |text: &str| doggerel_verse::normalize(text).set_aside;
    for text in [
        "The old clock said, when all the house was still:",
        // Lines set apart that end in a colon, ask, or are written as titles are.
        "Great were the tales we told about the sea:\n\nHow waves were walls, and how the walls would fall,\n\nAnd one would come with lanterns in the night,\n\nAnd carry off the smallest of us all.",
        "So spoke the Queen of Winter and of Frost.\n\nThe court was silent, and the court was cold,\n\nThe windows were with silver leaves embossed,\n\nThe chandeliers were growing green and old.",
        "I followed him as far as to the gate,\nI called him by the name he used to wear,\nAnd still he walked, as though it were too late,\nAnd still the evening hung upon the air.",
    ] {
        assert_eq!(aside(text), [], "{text}");
    }
}

#[test]
fn talk_about_a_poem_is_set_aside() {
    let text = "The gate is low,\nThe path is slow,\nThe lamp is lit,\nThe moths admit.\n\nIn this poem, I have tried to catch the stillness of a garden at evening, and to let every short line rest on a plain word, so that the reader slows down.";
    let layout = doggerel_verse::normalize(text);
    assert_eq!((layout.kind, layout.lines().count()), (Kind::Verse, 4));
    assert_eq!(layout.set_aside[0].kind, "closing remark");
    let numbered = doggerel_verse::normalize(
        "1) The gate is low,\nthe latch is thin\n2) The path is slow\nthat leads within\n3) The lamp is lit,\nthe chair is old",
    );
    assert_eq!(numbered.kind, Kind::Verse);
    assert_eq!(numbered.stanzas.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2]);
}
