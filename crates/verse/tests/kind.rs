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
