//! Does a text use the words of verse? Prose poem and prose have one layout; diction is what tells them apart.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Words of a text that are looked at.
const REACH: usize = 500;
/// A prose poem has at least so many words: a sentence shows no diction.
const SHORTEST: usize = 25;
/// And at most so many; longer prose is a story, however it is told.
const LONGEST: usize = 1500;
/// The mean log-odds of its words from which prose is a prose poem: about one story in 300 has it.
const OF_VERSE: f64 = 0.15;

/// Mean log-odds of the words of a text, verse against prose; 0 for words that speak for neither. By counts learnt with
/// `cargo xtask diction`.
pub(crate) fn diction<'a>(lines: impl Iterator<Item = &'a str>) -> f64 {
    let lexicon = lexicon();
    let mut word = String::with_capacity(16);
    let (mut sum, mut words) = (0.0, 0usize);
    for line in lines {
        for printed in line.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’') {
            word.clear();
            word.extend(
                printed
                    .trim_matches(['\'', '’'])
                    .chars()
                    .flat_map(char::to_lowercase)
                    .map(|c| if c == '’' { '\'' } else { c }),
            );
            if word.is_empty() {
                continue;
            }
            sum += f64::from(lexicon.get(word.as_str()).copied().unwrap_or(0.0));
            words += 1;
            if words == REACH {
                return sum / words as f64;
            }
        }
    }
    if words == 0 { 0.0 } else { sum / words as f64 }
}

/// True where paragraphs speak as poems do.
pub(super) fn is_prose_poem<'a>(paragraphs: impl Iterator<Item = &'a str> + Clone) -> bool {
    let words: usize = paragraphs.clone().map(|p| p.split_whitespace().count()).sum();
    (SHORTEST..=LONGEST).contains(&words) && diction(paragraphs) >= OF_VERSE
}

fn lexicon() -> &'static HashMap<&'static str, f32> {
    static LEXICON: OnceLock<HashMap<&'static str, f32>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        include_str!("../../../../data/diction.tsv")
            .lines()
            .filter_map(|line| {
                let (word, odds) = line.split_once('\t')?;
                Some((word, odds.parse().ok()?))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diction_parts_song_from_report() {
        let song =
            ["O river of silence, thy waters sing to the pale stars, and the winds of heaven hush above thy streams."];
        let report =
            ["He told me that the phone had been working all week, so he really didn't think anyone would've called."];
        assert!(diction(song.into_iter()) > 0.2);
        assert!(diction(report.into_iter()) < -0.2);
        assert_eq!(diction(["12 345"].into_iter()), 0.0);
    }
}
