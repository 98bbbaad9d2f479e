//! Rhyme, alliteration and assonance inside lines.

use phonetics::Phone;

use crate::Spoken;
use crate::profile::Profile;

/// A word more frequent than this (ln per million) is a function word: its sounds are not heard as ornament.
const FUNCTION_WORD: f32 = 7.2;
/// Longer lines are heard only so far: texture needs neighbours, and a line of a megabyte must not cost its square.
const REACH: usize = 24;

struct Sound<'a> {
    text: &'a str,
    /// The consonant that opens the word.
    opening: Option<Phone>,
    /// From the last stressed vowel on.
    tail: &'a [Phone],
}

fn sound(spoken: &Spoken) -> Option<Sound<'_>> {
    let word = &*spoken.word;
    if word.commonness() > FUNCTION_WORD {
        return None;
    }
    let phones = word.pronunciations().first()?.phones();
    let stressed =
        phones.iter().rposition(|p| p.stress() == Some(1)).or_else(|| phones.iter().rposition(|p| p.is_vowel()))?;
    let opening = phones.first().copied().filter(|p| !p.is_vowel());
    Some(Sound { text: word.text(), opening, tail: &phones[stressed..] })
}

fn same_tail(a: &[Phone], b: &[Phone]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.phoneme() == y.phoneme())
}

/// Internal rhyme, alliteration, assonance.
pub(super) fn texture(poem: &Profile) -> [f64; 3] {
    let (mut rhyming, mut pairs, mut alliterating, mut assonant) = (0usize, 0usize, 0usize, 0usize);
    let mut sounds: Vec<Sound> = Vec::with_capacity(REACH);
    for row in &poem.rows {
        sounds.clear();
        sounds.extend(row.line.words.iter().filter_map(sound).take(REACH));
        for pair in sounds.windows(2) {
            let [a, b] = pair else { continue };
            if a.text == b.text {
                continue;
            }
            pairs += 1;
            alliterating += usize::from(a.opening.is_some() && a.opening == b.opening);
            assonant += usize::from(a.tail[0].phoneme() == b.tail[0].phoneme());
        }
        let rhymes = sounds
            .iter()
            .enumerate()
            .any(|(i, a)| sounds[i + 1..].iter().any(|b| a.text != b.text && same_tail(a.tail, b.tail)));
        rhyming += usize::from(rhymes);
    }
    let of = |count: usize, all: usize| count as f64 / all.max(1) as f64;
    [of(rhyming, poem.rows.len()), of(alliterating, pairs), of(assonant, pairs)]
}
