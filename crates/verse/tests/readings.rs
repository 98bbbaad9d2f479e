//! Whole readings of long texts, as a person would look at them. `cargo insta review` shows a change as a difference.

use std::fmt::Write as _;

use doggerel_verse::{Options, read};

/// A reading without its numbers, which other tests hold.
fn picture(text: &str) -> String {
    let reading = read(text, &Options::default());
    let mut out = String::new();
    for aside in &reading.set_aside {
        writeln!(out, "[{}] {}", aside.kind, aside.text.replace('\n', " ⏎ "))
            .expect("writing to a string does not fail");
    }
    writeln!(out, "{:?}: {}; scheme {}; rhymed {}", reading.kind, reading.form.name, reading.scheme, reading.rhymed)
        .expect("writing to a string does not fail");
    for stanza in &reading.stanzas {
        out.push('\n');
        for line in &stanza.lines {
            let class = line.class.as_deref().unwrap_or("");
            writeln!(out, "{:>2} {:<2} {:<10} {:<14} {}", line.syllables, line.rhyme, class, line.end, line.text)
                .expect("writing to a string does not fail");
        }
    }
    out
}

#[test]
fn a_sonnet_in_chat_wrapping() {
    insta::assert_snapshot!(picture(include_str!("texts/sonnet_in_chat.md")));
}

#[test]
fn a_ballad_with_numbered_stanzas() {
    insta::assert_snapshot!(picture(include_str!("texts/ballad.txt")));
}

#[test]
fn free_verse_with_a_title_and_a_signature() {
    insta::assert_snapshot!(picture(include_str!("texts/free_verse.txt")));
}

#[test]
fn a_song_with_labels_and_a_refrain() {
    insta::assert_snapshot!(picture(include_str!("texts/song.md")));
}

#[test]
fn a_story_told_in_prose() {
    insta::assert_snapshot!(picture(include_str!("texts/story.txt")));
}
