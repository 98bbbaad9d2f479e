//! Forms made of returning lines and words: sestina, villanelle, pantoum, triolet, ghazal.

use super::{Fit, percent};
use crate::profile::{Profile, Row};

/// A line that comes back, perhaps a little changed: the same last word, and half of its words.
fn returns(a: &Row, b: &Row) -> bool {
    a.says(b) || (a.last_word() == b.last_word() && a.shares(b) >= 0.5) || a.shares(b) >= 0.75
}

/// Share of the pairs (0-based line numbers) that return.
fn share_returning(poem: &Profile, pairs: &[(usize, usize)]) -> f64 {
    let found = pairs.iter().filter(|(a, b)| returns(&poem.rows[*a], &poem.rows[*b])).count();
    found as f64 / pairs.len() as f64
}

/// Six stanzas of six lines on the same six end words, each stanza taking the last one's in the order 6 1 5 2 4 3; mostly an
/// envoi of three lines.
pub(super) fn sestina(poem: &Profile) -> Option<Fit> {
    const ORDER: [usize; 6] = [5, 0, 4, 1, 3, 2];
    let n = poem.rows.len();
    if !(36..=40).contains(&n) {
        return None;
    }
    let word = |stanza: usize, line: usize| poem.rows[6 * stanza + line].last_word();
    let (mut in_place, mut present) = (0, 0);
    for stanza in 1..6 {
        for (line, from) in ORDER.into_iter().enumerate() {
            let end = word(stanza, line);
            in_place += usize::from(end == word(stanza - 1, from));
            present += usize::from((0..6).any(|k| word(0, k) == end));
        }
    }
    let present = present as f64 / 30.0;
    if present < 0.75 {
        return None;
    }
    let in_place = in_place as f64 / 30.0;
    Fit::new(
        "sestina",
        0.6 * present + 0.4 * in_place,
        vec![format!("{} of the lines of stanzas 2 to 6 end on the six words of the first", percent(present))],
    )
}

/// Nineteen lines; the first returns in 6, 12 and 18, the third in 9, 15 and 19.
pub(super) fn villanelle(poem: &Profile) -> Option<Fit> {
    if !(18..=20).contains(&poem.rows.len()) {
        return None;
    }
    let last = poem.rows.len() - 1;
    let pairs = [(0, 5), (0, 11), (0, 17), (2, 8), (2, 14), (2, last)];
    let share = share_returning(poem, &pairs);
    (share >= 0.6).then_some(())?;
    Fit::new("villanelle", share, vec![format!("{} of the six returns of its two refrains", percent(share))])
}

/// Quatrains whose second and fourth lines become the first and third of the next.
pub(super) fn pantoum(poem: &Profile) -> Option<Fit> {
    if poem.rows.len() < 8 || !poem.rows.len().is_multiple_of(4) {
        return None;
    }
    let pairs: Vec<(usize, usize)> =
        (0..poem.rows.len() / 4 - 1).flat_map(|q| [(4 * q + 1, 4 * q + 4), (4 * q + 3, 4 * q + 6)]).collect();
    let share = share_returning(poem, &pairs);
    (share >= 0.65).then_some(())?;
    Fit::new(
        "pantoum",
        share,
        vec![format!("{} of the lines 2 and 4 return as 1 and 3 of the next quatrain", percent(share))],
    )
}

/// Eight lines; the first returns as 4 and 7, the second as 8.
pub(super) fn triolet(poem: &Profile) -> Option<Fit> {
    if poem.rows.len() != 8 {
        return None;
    }
    let share = share_returning(poem, &[(0, 3), (0, 6), (1, 7)]);
    (share >= 0.99).then_some(())?;
    Fit::new("triolet", share, vec!["lines 1, 4 and 7 are one, and 2 and 8".to_owned()])
}

/// Couplets, the second lines of all ending in the same words.
pub(super) fn ghazal(poem: &Profile) -> Option<Fit> {
    let n = poem.stanzas.len();
    let couplets = poem.stanza_lengths().filter(|l| *l == 2).count();
    if n < 4 || couplets * 10 < n * 9 {
        return None;
    }
    let seconds: Vec<&Row> = (0..n).filter(|&i| poem.stanzas[i].len() == 2).map(|i| &poem.stanza(i)[1]).collect();
    let ends = |row: &Row, by: usize| -> Vec<String> {
        let words = &row.line.words;
        words[words.len().saturating_sub(by)..].iter().map(|w| w.word.text().to_owned()).collect()
    };
    let radif = ends(seconds[0], 1);
    let share = seconds.iter().filter(|row| ends(row, 1) == radif).count() as f64 / seconds.len() as f64;
    // Couplets in which every line ends so are a refrain of another kind.
    let firsts = poem.share(|r| r.line.last().map(|w| w.word.text()) == radif.first().map(String::as_str));
    if share < 0.75 || firsts > 0.85 {
        return None;
    }
    Fit::new("ghazal", share, vec![format!("{} of the couplets close on “{}”", percent(share), radif.join(" "))])
}
