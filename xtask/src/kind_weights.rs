//! `cargo xtask kind-weights`: the odds of verse from the shape of lines → data/kind_weights.tsv.
//!
//! Logistic regression (ridge, Newton's method) over human and model verse against stories, answers, jokes and web text.
//! Poems are also read in parts and with blank lines between their lines, stories also wrapped at a column, since all of
//! these come in practice. Of each source one half by hash is learnt from and the other half scored.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::census::pages::wrapped;
use crate::eval::records;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/kind_weights.tsv")]
    out: PathBuf,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: serde_json::Value,
    text: String,
    prompt: Option<String>,
    form: Option<String>,
}

/// A text with its answer, the source it is from and a hash of its id.
pub struct Example {
    pub source: &'static str,
    pub verse: bool,
    pub text: String,
    pub hash: u64,
}

const SOURCES: [(&str, &str, bool); 11] = [
    ("poems by form", "human/poems_by_form.jsonl.gz", true),
    ("historical poems", "human/historical_poems.jsonl.gz", true),
    ("light verse", "human/light_verse.jsonl.gz", true),
    ("prompted poems", "models/prompted_poems.jsonl.gz", true),
    ("short stories", "human/short_stories.jsonl.gz", false),
    ("model stories", "models/stories.jsonl.gz", false),
    ("cue word stories", "models/cue_word_stories.jsonl.gz", false),
    ("story continuations", "models/story_continuations.jsonl.gz", false),
    ("one-liners", "human/one_liners.jsonl.gz", false),
    ("jokes", "models/chatgpt_jokes.jsonl.gz", false),
    ("answers", "models/olmo2_stages_nbcurated.jsonl.gz", false),
];

/// Words in a prompt that make verse a right answer.
const ASKS_FOR_VERSE: [&str; 9] = ["poem", "haiku", "limerick", "verse", "rhyme", "song", "lyric", "sonnet", "rap"];

/// Every text of known kind: whole poems, stories cut to pieces of about 300 words.
pub fn examples(data: &Path) -> Result<Vec<Example>, Box<dyn std::error::Error>> {
    let mut out = Vec::new();
    for (source, file, verse) in SOURCES {
        for record in records::<Record>(data, file)?.unwrap_or_default() {
            let prompt = record.prompt.unwrap_or_default().to_lowercase();
            let asked = !verse && ASKS_FOR_VERSE.iter().any(|w| prompt.contains(w));
            if asked {
                continue;
            }
            let in_prose = record.form.as_deref() == Some("prose poem");
            let (source, verse) = if in_prose { ("prose poems", false) } else { (source, verse) };
            let hash = fnv(&format!("{source}{}", record.id));
            let long = matches!(source, "short stories" | "model stories");
            let texts = if long { cut(&record.text, hash) } else { vec![record.text] };
            out.extend(texts.into_iter().map(|text| Example { source, verse, text, hash }));
        }
    }
    Ok(out)
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let examples = examples(&args.data)?;
    let names = verse::kind_evidence("").0;
    let mut rows: Vec<(Vec<f64>, bool, f64)> = Vec::new();
    for e in examples.iter().filter(|e| e.hash % 2 == 0) {
        let weight = source_weight(e.source);
        for (text, share) in variants(e) {
            if let (_, Some(evidence)) = verse::kind_evidence(&text) {
                rows.push((evidence, e.verse, weight * share));
            }
        }
    }
    let weights = logistic(&rows, names.len(), 1.0);
    let mut out = String::new();
    for (name, weight) in names.iter().zip(&weights) {
        writeln!(out, "{name}\t{weight:.4}")?;
    }
    std::fs::write(&args.out, out)?;
    println!("{} examples → {}", rows.len(), args.out.display());
    let mut tally: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for e in examples.iter().filter(|e| e.hash % 2 == 1) {
        let variants = variants(e);
        let n = variants.len();
        for (i, (text, _)) in variants.into_iter().enumerate() {
            let (_, Some(evidence)) = verse::kind_evidence(&text) else { continue };
            let odds: f64 = evidence.iter().zip(&weights).map(|(e, w)| e * w).sum();
            let cell = tally
                .entry((
                    e.source,
                    if e.verse && i + 1 == n { "modern print" } else { ["whole", "part", "respaced"][i.min(2)] },
                ))
                .or_default();
            *cell = (cell.0 + usize::from((odds > 0.0) == e.verse), cell.1 + 1);
        }
    }
    println!("Of the other half, of texts that are not decided by other rules:");
    for ((source, variant), (right, all)) in tally {
        println!("{source:<22} {variant:<10} {right:>5} of {all:<5} {:.4}", right as f64 / all as f64);
    }
    Ok(())
}

/// The text, a part of it, and the text in another spacing, each with its share of the text's weight.
fn variants(e: &Example) -> Vec<(String, f64)> {
    let mut out = vec![(e.text.clone(), 0.6)];
    if e.verse {
        let lines: Vec<&str> = e.text.lines().collect();
        let take = 4 + (e.hash >> 8) as usize % 10;
        if lines.len() > take + 2 {
            out.push((lines[..take].join("\n"), 0.2));
            out.push((
                lines.iter().filter(|l| !l.trim().is_empty()).take(30).copied().collect::<Vec<_>>().join("\n\n"),
                0.2,
            ));
        }
        out.push((as_modern_poets_print(&lines), 0.4));
    } else if e.text.len() > 300 && e.hash.is_multiple_of(3) {
        let width = 55 + (e.hash >> 8) as usize % 26;
        let half: usize = e.text.char_indices().nth(e.text.chars().count() / 2).map_or(0, |(i, _)| i);
        out.push((wrap(&e.text[..half], width), 0.2));
        out.push((wrap(&e.text, width), 0.2));
    }
    out
}

/// The lines with a capital only where a sentence begins: most verse of the last hundred years, of which the sources hold
/// little, is printed so.
fn as_modern_poets_print(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut begins = true;
    for line in lines {
        let line = line.trim();
        let mut chars = line.chars();
        match chars.next() {
            Some(first) if !begins && !line.starts_with("I ") && !line.starts_with("I'") => {
                out.extend(first.to_lowercase());
                out.push_str(chars.as_str());
            }
            _ => out.push_str(line),
        }
        if let Some(end) = line.chars().next_back() {
            begins = matches!(end, '.' | '!' | '?' | '"' | '”');
        }
        out.push('\n');
    }
    out
}

fn source_weight(source: &str) -> f64 {
    match source {
        "prompted poems" => 0.35,
        "short stories" => 2.0,
        // They are few, and set as prose.
        "prose poems" => 10.0,
        "one-liners" | "jokes" | "cue word stories" => 0.5,
        _ => 1.0,
    }
}

/// Pieces of about 300 words, cut between paragraphs; three at most.
fn cut(text: &str, hash: u64) -> Vec<String> {
    let mut pieces: Vec<String> = vec![String::new()];
    let mut words = 0;
    for paragraph in text.split("\n\n") {
        let last = pieces.last_mut().expect("there is always a piece");
        if !last.is_empty() {
            last.push_str("\n\n");
        }
        last.push_str(paragraph);
        words += paragraph.split_whitespace().count();
        if words > 300 {
            pieces.push(String::new());
            words = 0;
        }
    }
    pieces.retain(|p| p.split_whitespace().count() > 40);
    let n = pieces.len().max(1);
    let mut at: Vec<usize> =
        (0..3).map(|k| (hash as usize / 7 + k * n / 3) % n).filter(|i| *i < pieces.len()).collect();
    at.sort_unstable();
    at.dedup();
    at.into_iter().map(|i| pieces[i].clone()).collect()
}

/// Every paragraph wrapped, a newline after each.
fn wrap(text: &str, width: usize) -> String {
    text.split('\n').map(|paragraph| wrapped(paragraph, width) + "\n").collect()
}

fn fnv(s: &str) -> u64 {
    s.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Ridge logistic regression by Newton's method; the first column is the constant and is not shrunk.
pub fn logistic(rows: &[(Vec<f64>, bool, f64)], k: usize, ridge: f64) -> Vec<f64> {
    let mut w = vec![0.0; k];
    for _ in 0..30 {
        let mut gradient = vec![0.0; k];
        let mut hessian = vec![vec![0.0; k]; k];
        for (x, y, weight) in rows {
            let z: f64 = x.iter().zip(&w).map(|(a, b)| a * b).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let (g, h) = (weight * (f64::from(u8::from(*y)) - p), weight * (p * (1.0 - p)).max(1e-9));
            for i in 0..k {
                gradient[i] += g * x[i];
                hessian[i].iter_mut().zip(x).for_each(|(cell, xj)| *cell += h * x[i] * xj);
            }
        }
        for i in 0..k {
            let shrink = if i == 0 { 1e-6 } else { ridge };
            gradient[i] -= shrink * w[i];
            hessian[i][i] += shrink;
        }
        let step = solve(hessian, gradient);
        let size = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
        let damp = if size > 4.0 { 4.0 / size } else { 1.0 };
        w.iter_mut().zip(&step).for_each(|(w, s)| *w += damp * s);
        if size < 1e-6 {
            break;
        }
    }
    w
}

/// Solves a positive definite system by Gaussian elimination with pivots.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs())).unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..n {
            let factor = a[row][column] / a[column][column];
            let (above, below) = a.split_at_mut(row);
            below[0].iter_mut().zip(&above[column]).skip(column).for_each(|(x, y)| *x -= factor * y);
            b[row] -= factor * b[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|j| a[row][j] * b[j]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}
