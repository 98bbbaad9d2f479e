//! Sentences of one build: function words in their places, content words left open ("the … of … was …").

use std::collections::BTreeMap;

use super::{Parsed, share_of};
use crate::comparison::{Cluster, Number};
use crate::number::{null_of, number};
use crate::prose::Sentence;
use crate::prose::lexis::is_function;

/// Words of a sentence that has a skeleton, function words among them, and content words that it leaves open.
const WORDS: std::ops::RangeInclusive<usize> = 6..=20;
const FIXED: usize = 3;
const OPEN: usize = 2;
/// Texts that make a template.
const SHARED: usize = 3;
const LISTED: usize = 25;
const IDS: usize = 20;

/// The share of texts with a template, the reference's as its null, and the samples' templates.
pub(super) fn templates(ours: &[Parsed], theirs: &[Parsed]) -> (Number, Vec<Cluster>) {
    // what is shared by three among more texts says less: both sides are cut to the same number
    let n = ours.len().min(theirs.len());
    let share = |texts: &[Parsed]| {
        let by = by_skeleton(texts);
        let mut flags = vec![false; texts.len()];
        by.values().filter(|m| m.len() >= SHARED).flatten().for_each(|i| flags[*i] = true);
        share_of(&flags, &texts.iter().map(|t| t.fold).collect::<Vec<_>>())
    };
    let number = number(share(&ours[..n]), n, null_of(share(&theirs[..n])));
    let mut list: Vec<Cluster> = by_skeleton(ours)
        .into_iter()
        .filter(|(_, members)| members.len() >= SHARED)
        .map(|(text, members)| Cluster {
            text,
            n: members.len(),
            ids: members.iter().take(IDS).map(|i| ours[*i].id.clone()).collect(),
        })
        .collect();
    list.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.text.cmp(&b.text)));
    list.truncate(LISTED);
    (number, list)
}

/// The texts that have each skeleton, each once.
fn by_skeleton(texts: &[Parsed]) -> BTreeMap<String, Vec<usize>> {
    let mut by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, text) in texts.iter().enumerate() {
        for skeleton in text.sentences.iter().filter_map(skeleton) {
            let members = by.entry(skeleton).or_default();
            if members.last() != Some(&i) {
                members.push(i);
            }
        }
    }
    by
}

fn skeleton(s: &Sentence) -> Option<String> {
    let open = s.words.iter().filter(|w| !is_function(&w.text)).count();
    if !WORDS.contains(&s.words.len()) || open < OPEN || s.words.len() - open < FIXED {
        return None;
    }
    let place = |w: &str| if is_function(w) { w.to_owned() } else { "…".to_owned() };
    Some(s.words.iter().map(|w| place(&w.text)).collect::<Vec<_>>().join(" "))
}
