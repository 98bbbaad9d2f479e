//! The checks of the fuzz targets `normalize` and `scan`, on texts near to what models write.

#[path = "../../../fuzz/checks/texts.rs"]
mod texts;

use proptest::prelude::*;

const ANSWERS: [&str; 6] = [
    "Sure! Here's a poem for you:\n\n**The Lantern**\n\nThe lantern swings above the door,\nIt knows the rain, it knows the floor,\n\nIt keeps a little yellow light\nFor those who wander in at night.\n\nI hope you enjoy it! Would you like another?",
    "<think>\nThe user wants a haiku.\n</think>\n\nwet stone -- the heron\nfolds the whole grey afternoon\ninto one long leg",
    "```\n1.\nO'er hill, thro' vale, th' uncertain bells\n'Tis heav'n, quoth he, & 1845 wells\n\n2.\nWe walk'd--we stopp'd--\u{201c}no more!\u{201d} she tells\n```",
    "## Ode to the Kettle\r\n\r\n*Verse 1:*\r\nIt sings / it stops / it sings again /\r\n> - a quoted line\r\n> - another one\r\n\r\n---\r\n\u{1f525} *Fin* \u{1f525}",
    "MARTHA: The well is dry.\nJOHN: Then dig.\nMARTHA: With what? The spade's at your brother's.\nJOHN: Then wait.",
    "I left the key under the second stone from the gate because the first one had gone, and the dog was no help. He lay there. He looked at me.",
];

const PIECES: [&str; 24] = [
    "\n",
    "\n\n",
    "\r\n",
    " / ",
    "**",
    "*",
    "_",
    "```",
    "<think>",
    "</think>",
    "# ",
    "> ",
    "- ",
    "1. ",
    "'",
    "\u{2019}",
    "--",
    "\u{2014}",
    "\u{1b}[31m",
    "\u{0}",
    "\u{202e}",
    "\u{301}",
    "e\u{301}\u{200d}",
    "Here is a poem:\n",
];

#[derive(Debug, Clone)]
enum Change {
    Insert(usize, String),
    Remove(usize, usize),
    Move(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        prop::sample::select(PIECES.to_vec()).prop_map(str::to_string),
        "\\PC{1,4}",
        any::<char>().prop_map(String::from)
    ];
    prop_oneof![
        4 => (any::<usize>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        1 => (any::<usize>(), 1usize..60).prop_map(|(at, n)| Change::Remove(at, n)),
        1 => (any::<usize>(), 1usize..120, any::<usize>()).prop_map(|(from, n, to)| Change::Move(from, n, to)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for change in changes {
        let len = letters.len();
        match change {
            Change::Insert(at, piece) => {
                let at = at % (len + 1);
                letters.splice(at..at, piece.chars());
            }
            Change::Remove(at, n) if len > 0 => {
                let at = at % len;
                letters.drain(at..(at + n).min(len));
            }
            Change::Move(from, n, to) if len > 0 => {
                let from = from % len;
                let part: Vec<char> = letters.drain(from..(from + n).min(len)).collect();
                let to = to % (letters.len() + 1);
                letters.splice(to..to, part);
            }
            _ => {}
        }
    }
    letters.into_iter().collect()
}

/// Failures are told, not stored beside the tests.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn layouts(answer in prop::sample::select(ANSWERS.to_vec()), changes in prop::collection::vec(change(), 0..12)) {
        texts::check_layout(&changed(answer, &changes));
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn readings(answer in prop::sample::select(ANSWERS.to_vec()), changes in prop::collection::vec(change(), 0..12)) {
        texts::check_reading(&changed(answer, &changes));
    }

    #[test]
    fn readings_of_anything(text in "(?s).{0,200}") {
        texts::check_layout(&text);
        texts::check_reading(&text);
    }
}
