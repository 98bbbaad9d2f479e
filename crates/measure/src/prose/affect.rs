//! What is told of a prose text and never compared: dialogue, softness, and brightness along the way.

use super::closing::{last, moral};
use super::lexis;
use super::opening::Opening;
use super::text::{ProseText, Sentence};
use super::{mean, share, spread, yes};

/// Places in [`super::BESIDE`].
pub(crate) const VALENCE: usize = 6;
pub(crate) const QUARTERS: [usize; 4] = [7, 8, 9, 10];
pub(crate) const UPLIFT: usize = 11;
pub(crate) const SPREAD: usize = 12;
pub(crate) const MORAL: usize = 13;

/// The values of [`super::BESIDE`].
pub(super) fn beside(text: &ProseText, opening: Opening) -> Vec<f64> {
    let all = &text.sentences;
    let words: Vec<_> = all.iter().flat_map(|s| &s.words).collect();
    let content: Vec<f64> = words
        .iter()
        .filter(|w| !lexis::is_function(&w.text) && !lexis::is_name(w) && w.text.starts_with(char::is_alphabetic))
        .map(|w| f64::from(phonetics::commonness(&w.text)))
        .collect();
    let valences: Vec<f64> = all.iter().map(valence).collect();
    let quarters = quarters(all, &valences);
    let rest = (quarters[0] + quarters[1] + quarters[2]) / 3.0;
    let mut out = vec![
        words.len() as f64,
        share(words.iter().filter(|w| w.spoken).count(), words.len()),
        yes(opening == Opening::Speech),
        yes(all.last().is_some_and(Sentence::is_spoken)),
        share(words.iter().filter(|w| lexis::is_soft(&w.text)).count(), words.len()),
        mean(&content),
        mean(&valences),
    ];
    out.extend(quarters);
    out.extend([quarters[3] - rest, spread(&valences), moral(last(all))]);
    out
}

fn valence(s: &Sentence) -> f64 {
    verse::valence_of(s.words.iter().map(|w| w.text.as_str()))
}

/// Mean brightness of the sentences of each quarter, by the words before a sentence's middle. A quarter without a sentence
/// is as bright as the one before it.
fn quarters(all: &[Sentence], valences: &[f64]) -> [f64; 4] {
    let total: usize = all.iter().map(Sentence::len).sum();
    let mut of: [Vec<f64>; 4] = Default::default();
    let mut before = 0;
    for (s, v) in all.iter().zip(valences) {
        let middle = 2 * before + s.len();
        of[(2 * middle / total.max(1)).min(3)].push(*v);
        before += s.len();
    }
    let mut out = [0.0; 4];
    for q in 0..4 {
        out[q] = if of[q].is_empty() && q > 0 { out[q - 1] } else { mean(&of[q]) };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{BESIDE, beside, read};
    use super::*;

    #[test]
    fn places_are_those_of_the_list() {
        assert_eq!(BESIDE[QUARTERS[0]].name, "valence_1");
        assert_eq!((BESIDE[VALENCE].name, BESIDE[UPLIFT].name), ("valence", "uplift"));
        assert_eq!((BESIDE[SPREAD].name, BESIDE[MORAL].name), ("valence_spread", "moral"));
    }

    #[test]
    fn a_bright_end_is_an_uplift() {
        let text = "The war killed them all. Grief filled the terrible house. Pain and hate were everywhere here. \
            Then joy came, and love, and a wonderful peace.";
        assert!(beside(&read(text).beside, "uplift") > 0.5);
        assert!(beside(&read("He said nothing.").beside, "uplift").abs() < 1e-6);
    }

    #[test]
    fn quarters_go_by_words() {
        let text = ProseText::new("A b c d. E f g h. I j k l. M n o p.");
        assert_eq!(quarters(&text.sentences, &[0.1, 0.2, 0.3, 0.4]), [0.1, 0.2, 0.3, 0.4]);
    }
}
