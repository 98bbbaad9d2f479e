//! Wording and affect as figures: they tell, and carry no verdict.

use measure::{Affect, Comparison, Number, Wording};

use super::{Figure, ViewView, figure};
use crate::number::{Scale, count};
use crate::text::one_line;

/// Over-used words and skeletons shown.
const SHOWN: usize = 12;

pub fn views(comparison: &Comparison) -> Vec<ViewView> {
    let views = &comparison.views;
    let wording = views.wording.as_ref().map(|w| plain("wording", "wording", wording(w)));
    let affect = views.affect.as_ref().map(|a| plain("affect", "affect", affect(a)));
    wording.into_iter().chain(affect).collect()
}

fn plain(name: &str, how: &'static str, figures: Vec<Figure>) -> ViewView {
    ViewView { name: name.into(), multiples: Vec::new(), figures: figures.into_iter().map(|f| f.how(how)).collect() }
}

fn wording(w: &Wording) -> Vec<Figure> {
    let of: [(&str, &Number, Scale); 8] = [
        ("effective vocabulary", &w.vocabulary, Scale::Plain),
        ("different pairs of words", &w.distinct_2, Scale::Share),
        ("different threes of words", &w.distinct_3, Scale::Share),
        ("fours of words that half of the reference lacks", &w.novelty, Scale::Share),
        ("texts with a sentence built as in two others", &w.templates, Scale::Share),
        ("words in -ing", &w.ing_words, Scale::Share),
        ("soft words", &w.soft_words, Scale::Share),
        ("how common the content words are (ln per million)", &w.commonness, Scale::Plain),
    ];
    let mut figures: Vec<Figure> =
        of.into_iter().filter(|(_, n, _)| n.n > 0).map(|(label, n, scale)| figure(label, n, scale)).collect();
    figures.extend(w.overused.iter().take(SHOWN).map(|word| {
        let remark = format!("over-used, z {:.1}", word.z);
        tally(&word.text, word.n, Some(word.n_reference), remark)
    }));
    let built = |c: &measure::Cluster| tally(&c.text, c.n, None, "sentences built alike".into());
    figures.extend(w.skeletons.iter().take(SHOWN).map(built));
    figures
}

/// How many texts hold it.
fn tally(text: &str, n: usize, theirs: Option<usize>, remark: String) -> Figure {
    Figure {
        label: format!("“{}”", one_line(text, 60)),
        value: format!("{} texts", count(n)),
        interval: None,
        people: theirs.map(count),
        people_interval: None,
        remark: Some(remark),
        how: "",
    }
}

fn affect(a: &Affect) -> Vec<Figure> {
    let quarters = ["first", "second", "third", "last"];
    let mut figures = vec![figure("valence (−1 dark, 1 bright)", &a.valence, Scale::Plain)];
    let quarter = |(name, n): (&str, &Number)| figure(&format!("valence of the {name} quarter"), n, Scale::Plain);
    figures.extend(quarters.into_iter().zip(&a.quarters).map(quarter));
    figures.push(figure("uplift: last quarter less the rest", &a.uplift, Scale::Plain));
    figures.push(figure("moral at the close (0…1)", &a.moral, Scale::Plain));
    figures.push(figure("blandness: 1 where every sentence is neutral", &a.blandness, Scale::Plain));
    figures.push(figure("range of mood over the texts (sd)", &a.range, Scale::Plain));
    figures
}
