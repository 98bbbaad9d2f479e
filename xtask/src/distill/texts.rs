//! Texts that the transformer reads: single sentences, answers and couplets, as people and models write them.

use std::error::Error;
use std::path::Path;

use serde::Deserialize;

use crate::eval::records;

#[derive(Deserialize)]
struct Record {
    text: String,
}

/// File, how its texts are cut, and how many pieces are taken at most.
const SOURCES: [(&str, Cut, usize); 8] = [
    ("human/one_liners.jsonl.gz", Cut::Whole, usize::MAX),
    ("models/olmo2_stages_nbcurated.jsonl.gz", Cut::Whole, usize::MAX),
    ("models/cue_word_stories.jsonl.gz", Cut::Sentences, 4000),
    ("models/stories.jsonl.gz", Cut::Sentences, 3000),
    ("models/story_continuations.jsonl.gz", Cut::Sentences, 2000),
    ("human/short_stories.jsonl.gz", Cut::Sentences, 6000),
    ("human/poems_by_form.jsonl.gz", Cut::LinePairs, 2000),
    ("models/prompted_poems.jsonl.gz", Cut::LinePairs, 2000),
];

#[derive(Clone, Copy)]
enum Cut {
    /// The first 240 characters.
    Whole,
    Sentences,
    LinePairs,
}

pub fn gather(data: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (name, cut, most) in SOURCES {
        let records = records::<Record>(data, name)?.ok_or_else(|| format!("{name} is needed"))?;
        let mut texts: Vec<String> = records.iter().flat_map(|r| pieces(&r.text, cut)).collect();
        // A draw that is the same in every run: by hash.
        texts.sort_by_cached_key(|t| hash(t));
        texts.dedup();
        texts.truncate(most);
        all.extend(texts);
    }
    Ok(all)
}

fn pieces(text: &str, cut: Cut) -> Vec<String> {
    let pieces: Vec<String> = match cut {
        Cut::Whole => vec![text.chars().take(240).collect()],
        Cut::Sentences => {
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let ends =
                flat.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).filter(|at| flat[*at..].starts_with(' '));
            let mut start = 0;
            let mut sentences = Vec::new();
            for end in ends.chain([flat.len()]) {
                sentences.push(flat[start..end].trim().to_owned());
                start = end;
            }
            sentences.into_iter().filter(|s| (15..=300).contains(&s.len())).collect()
        }
        Cut::LinePairs => {
            let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
            lines.chunks_exact(2).map(|pair| pair.join(" ")).collect()
        }
    };
    pieces.into_iter().filter(|p| !p.trim().is_empty()).collect()
}

/// FNV-1a, turned.
fn hash(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ b as u64).wrapping_mul(0x0100_0000_01b3));
    (hash ^ hash >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
