//! From texts to an atlas: readings chosen so that no author and no text counts too much.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::genre::Genre;
use crate::packed::Packed;
use crate::reading::Reading;
use crate::reference::{group_of, probe};
use crate::repeats::near_duplicates;
use crate::rhymes::RhymePairs;
use crate::store::{Contents, to_bytes};

/// How an atlas is made.
#[derive(Debug, Clone)]
pub struct AtlasPlan {
    /// How `--against` and the report call it.
    pub name: String,
    /// Which texts are on task, and which form vector is kept.
    pub genre: Genre,
    /// Texts of one author (of one prompt, where no authors are named); 0 keeps all.
    pub cap: usize,
    /// Whether texts and content vectors stay in it: without them only form is compared.
    pub contents: Contents,
}

/// What was left out, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub off_task: usize,
    /// Near repeats of an earlier text (edit similarity of .85 and more).
    pub repeats: usize,
    pub above_cap: usize,
}

/// The rows of an atlas, in the order given: on task, each text once, at most `cap` a group.
#[must_use]
pub fn atlas_rows(readings: &[Reading], plan: &AtlasPlan) -> (Vec<Reading>, LeftOut) {
    let on_task: Vec<&Reading> = readings.iter().filter(|r| plan.genre.is_on_task(r.kind)).collect();
    let clusters = near_duplicates(&on_task);
    let mut seen = BTreeSet::new();
    let different: Vec<&Reading> =
        on_task.iter().zip(clusters).filter(|(_, c)| seen.insert(*c)).map(|(r, _)| *r).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let kept: Vec<Reading> = different
        .iter()
        .filter(|r| {
            let count = counts.entry(group_of(r, true)).or_default();
            *count += 1;
            plan.cap == 0 || *count <= plan.cap
        })
        .map(|r| row(r, plan))
        .collect();
    let left_out = LeftOut {
        off_task: readings.len() - on_task.len(),
        repeats: on_task.len() - different.len(),
        above_cap: different.len() - kept.len(),
    };
    (kept, left_out)
}

/// A row without what the plan leaves out: the vectors of the other genre, texts.
fn row(r: &Reading, plan: &AtlasPlan) -> Reading {
    let mut row = r.clone();
    match plan.genre {
        Genre::Poetry => {
            row.prose.clear();
            row.beside.clear();
            row.prose_name.clear();
        }
        Genre::Jokes | Genre::Stories => {
            row.form.clear();
            row.measures.clear();
            row.form_name = row.prose_name.clone();
            row.scheme.clear();
            row.metre.clear();
            row.rhymed = false;
        }
    }
    if plan.contents == Contents::NoText {
        row.text.clear();
        row.body.clear();
        row.set_aside.clear();
        row.packed = Packed::default();
        row.rhyme_pairs = RhymePairs::default();
        row.content.clear();
        row.opening_content.clear();
    }
    row
}

/// The file of an atlas, with all that [`crate::Reference::open`] asks of it. Works are people's where most of them
/// name an author and none a model; else groups are prompts, as in any set of the user's own.
///
/// # Errors
/// If there are no rows, or of the Parquet library.
pub fn atlas_bytes(rows: &[Reading], plan: &AtlasPlan, more: &[(&str, String)]) -> Result<Vec<u8>, Error> {
    if rows.is_empty() {
        return Err(Error::NoTexts(plan.name.clone()));
    }
    let authors = rows.iter().filter(|r| r.author.is_some()).count();
    let people = 2 * authors >= rows.len() && rows.iter().all(|r| r.model.is_none());
    let probe = serde_json::to_string(&probe(plan.genre)).unwrap_or_default();
    let mut notes = vec![
        ("name", plan.name.clone()),
        ("genre", plan.genre.name().to_owned()),
        ("people", if people { "yes" } else { "no" }.to_owned()),
        ("frozen", "yes".to_owned()),
        ("probe", probe),
    ];
    // a later note of the same key is the one that counts
    notes.extend(more.iter().map(|(k, v)| (*k, v.clone())));
    to_bytes(rows, plan.contents, &notes)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{ReadOptions, Reference, read};

    fn plan(cap: usize, contents: Contents) -> AtlasPlan {
        AtlasPlan { name: "mine".into(), genre: Genre::Stories, cap, contents }
    }

    fn texts() -> Vec<Reading> {
        let nouns = ["miller", "kettle", "harbour", "orchard", "lantern", "ladder"];
        let mut texts: Vec<corpus::Text> = (0..12)
            .map(|i| {
                let (a, b) = (nouns[i % 6], nouns[(i * 5 + i / 6 + 1) % 6]);
                let body = format!(
                    "The {a} stood by the {b} and waited for number {i}. Nobody told the {b} what the {a} had seen there. \
                     {} It rained on the {a} until the evening, and then the {b} was gone.",
                    if i % 2 == 0 { "“Go home,” said the crow." } else { "A crow looked on for a while and left." }
                );
                let mut text = corpus::Text::new(format!("t{i}"), body);
                text.labels.insert("author".into(), ["Ann", "Bo", "Cy"][i % 3].into());
                text
            })
            .collect();
        texts.push(corpus::Text { id: "copy".into(), ..texts[3].clone() });
        texts.push(corpus::Text::new("list", "1. eggs\n2. milk\n3. bread\n4. tea"));
        read(&texts, &ReadOptions::default())
    }

    #[test]
    fn an_atlas_is_capped_and_has_each_text_once() {
        let (rows, left_out) = atlas_rows(&texts(), &plan(2, Contents::NoText));
        assert_eq!(rows.len() + left_out.off_task + left_out.repeats + left_out.above_cap, 14);
        assert!(left_out.off_task == 1 && left_out.repeats >= 1 && rows.iter().all(|r| r.id != "copy"));
        for author in ["Ann", "Bo", "Cy"] {
            assert!(rows.iter().filter(|r| r.author.as_deref() == Some(author)).count() <= 2);
        }
        assert!(rows.iter().all(|r| r.text.is_empty() && r.form.is_empty() && !r.prose.is_empty()));
    }

    #[test]
    fn the_file_opens_as_a_reference_of_its_genre() {
        let plan = plan(0, Contents::Everything);
        let (rows, _) = atlas_rows(&texts(), &plan);
        let bytes = atlas_bytes(&rows, &plan, &[]).expect("writes");
        let atlas = Reference::from_atlas_bytes("file", Bytes::from(bytes), false).expect("opens");
        assert_eq!((atlas.name.as_str(), atlas.genre, atlas.people), ("mine", Genre::Stories, true));
        assert_eq!(atlas.changed_feature(), None);
        assert!(atlas.hash.starts_with("sha256:") && !atlas.readings[0].content().is_empty());
        assert!(atlas_bytes(&[], &plan, &[]).is_err());
    }
}
