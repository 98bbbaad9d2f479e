//! Pages whose truth is known: poems and stories planted among what else stands in web pages.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use diversity::Rng;
use serde::Deserialize;

use crate::eval::records;

type Failure = Box<dyn std::error::Error>;

/// Which half of poets, storytellers and files is drawn from: what weights are learnt on, and what they are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Learn,
    Try,
}

/// A page with the places of what was planted.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub text: String,
    pub poems: Vec<Planted>,
    pub stories: Vec<Range<usize>>,
}

#[derive(Debug, Clone)]
pub struct Planted {
    pub range: Range<usize>,
    pub rhymed: bool,
}

struct Poem {
    text: String,
    title: String,
    author: String,
    rhymed: bool,
}

/// What pages are made from.
pub struct Sources {
    poems: Vec<Poem>,
    stories: Vec<String>,
    noise: Vec<String>,
    /// Short lines as they stand in menus and footers.
    menus: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    id: String,
    text: String,
    title: Option<String>,
    author: Option<String>,
    model: Option<String>,
    kind: Option<String>,
}

/// Lines of the shortest poem that is planted: shorter ones are not looked for.
const LEAST_LINES: usize = 4;
/// Files of noise at most, and bytes of each.
const FILES: usize = 6000;
const BYTES: usize = 60_000;

fn half_of(key: &str) -> Half {
    let hash =
        key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    if (hash ^ (hash >> 29)).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 63 == 0 { Half::Learn } else { Half::Try }
}

impl Sources {
    /// None where the evaluation data are absent.
    pub fn open(data: &Path, noise: &[PathBuf], half: Half) -> Result<Option<Sources>, Failure> {
        let mut poems = Vec::new();
        for name in ["human/historical_poems", "human/poems_by_form", "human/light_verse", "models/prompted_poems"] {
            let Some(rows) = records::<Row>(data, &format!("{name}.jsonl.gz"))? else { return Ok(None) };
            let step = if name.starts_with("models") { 4 } else { 1 };
            for row in rows.into_iter().step_by(step) {
                let key =
                    row.author.clone().or(row.model.clone()).map_or(row.id.clone(), |who| format!("{who} {}", row.id));
                let by = row.author.as_deref().unwrap_or(&key);
                if half_of(by) == half {
                    poems.extend(poem(row));
                }
            }
        }
        let mut stories = Vec::new();
        for name in ["human/short_stories", "models/stories", "models/cue_word_stories", "models/story_continuations"] {
            let Some(rows) = records::<Row>(data, &format!("{name}.jsonl.gz"))? else { return Ok(None) };
            let told = rows.into_iter().filter(|r| half_of(r.author.as_deref().unwrap_or(&r.id)) == half);
            stories.extend(told.filter(|r| r.kind.as_deref().is_none_or(|k| k != "base")).map(|r| r.text));
        }
        stories.retain(|s| s.split_whitespace().count() >= 200);
        let mut files = Vec::new();
        for folder in noise {
            walk(folder, &mut files);
        }
        files.sort();
        // every folder of files has its share
        let step = (files.len() / FILES).max(1);
        let noise: Vec<String> = files
            .iter()
            .step_by(step)
            .filter(|file| half_of(&file.to_string_lossy()) == half)
            .filter_map(|file| plain(file))
            .filter(|text| text.len() > 200)
            .collect();
        if poems.is_empty() || stories.is_empty() || noise.is_empty() {
            return Ok(None);
        }
        let menus: Vec<String> = noise.iter().filter_map(|text| menu(text)).collect();
        Ok(Some(Sources { poems, stories, noise, menus }))
    }

    pub fn sizes(&self) -> String {
        format!(
            "{} poems, {} stories, {} files of {} MB",
            self.poems.len(),
            self.stories.len(),
            self.noise.len(),
            self.noise.iter().map(String::len).sum::<usize>() / 1_000_000
        )
    }

    /// A page: noise alone, a story, or poems, each among what pages have around it.
    pub fn page(&self, rng: &mut Rng) -> Sheet {
        let mut sheet = Sheet::default();
        let roll = rng.unit();
        if roll < 0.35 {
            sheet.push(&self.noise_of(rng, 6000));
            return sheet;
        }
        self.around(&mut sheet, rng, 18);
        if roll < 0.60 {
            let story = self.story(rng);
            let start = sheet.text.len();
            sheet.push(&story);
            sheet.stories.push(start..sheet.text.trim_end().len());
        } else {
            for i in 0..1 + rng.below(2) * rng.below(3) {
                self.plant(&mut sheet, rng, i > 0);
                if rng.unit() < 0.6 {
                    sheet.push(&self.noise_of(rng, 900));
                }
            }
        }
        self.around(&mut sheet, rng, 14);
        sheet
    }

    fn plant(&self, sheet: &mut Sheet, rng: &mut Rng, another: bool) {
        let poem = &self.poems[rng.below(self.poems.len())];
        if (another || rng.unit() < 0.8) && !poem.title.is_empty() {
            sheet.push(&poem.title);
        } else if another {
            // nobody could tell where the one ends
            sheet.push("* * *");
        }
        if rng.unit() < 0.5 && !poem.author.is_empty() {
            sheet.push(&format!("by {}", poem.author));
        }
        let text = match rng.unit() {
            r if r < 0.08 => poem.text.lines().filter(|l| !l.trim().is_empty()).collect::<Vec<_>>().join("\n\n"),
            r if r < 0.18 => poem.text.lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n"),
            _ => poem.text.clone(),
        };
        let start = sheet.text.len() + text.len() - text.trim_start().len();
        sheet.push(&text);
        let end = sheet.text.trim_end().len();
        sheet.poems.push(Planted { range: start..end, rhymed: poem.rhymed });
    }

    /// Menus, headings, footers.
    fn around(&self, sheet: &mut Sheet, rng: &mut Rng, lines: usize) {
        if !self.menus.is_empty() && rng.unit() < 0.8 {
            let menu = &self.menus[rng.below(self.menus.len())];
            let all: Vec<&str> = menu.lines().collect();
            let n = (1 + rng.below(lines)).min(all.len());
            let from = rng.below(all.len() - n + 1);
            sheet.push(&all[from..from + n].join("\n"));
        }
        if rng.unit() < 0.3 {
            sheet.push(&self.noise_of(rng, 600));
        }
    }

    /// A stretch of a file, from the beginning of a line.
    fn noise_of(&self, rng: &mut Rng, bytes: usize) -> String {
        let text = &self.noise[rng.below(self.noise.len())];
        let at = rng.below(text.len().saturating_sub(bytes / 2).max(1));
        let start = text[floor(text, at)..].find('\n').map_or(0, |i| floor(text, at) + i + 1);
        let end = floor(text, (start + bytes / 2 + rng.below(bytes / 2 + 1)).min(text.len()));
        let end = text[..end].rfind('\n').filter(|e| *e > start).unwrap_or(end);
        text[start.min(end)..end].to_owned()
    }

    fn story(&self, rng: &mut Rng) -> String {
        let story = &self.stories[rng.below(self.stories.len())];
        let cut = floor(story, story.len().min(6000));
        let cut = story[..cut].rfind(['.', '!', '?']).map_or(cut, |e| e + 1);
        let story = &story[..cut];
        match rng.unit() {
            // as Gutenberg's books stand: hard lines
            r if r < 0.35 => {
                let width = 60 + rng.below(20);
                story.lines().map(|p| wrapped(p, width)).collect::<Vec<_>>().join("\n")
            }
            r if r < 0.7 => story.lines().filter(|l| !l.trim().is_empty()).collect::<Vec<_>>().join("\n\n"),
            _ => story.to_owned(),
        }
    }
}

impl Sheet {
    /// Where its poems stand.
    pub fn verse(&self) -> Vec<Range<usize>> {
        self.poems.iter().map(|p| p.range.clone()).collect()
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push_str("\n\n");
    }
}

fn poem(row: Row) -> Option<Poem> {
    let layout = verse::normalize(&row.text);
    let lines = row.text.lines().filter(|l| !l.trim().is_empty()).count();
    let model = row.author.is_none() && row.model.is_some();
    // a model's answer is a poem where nothing of it is talk about one
    let is_poem = !model || (layout.kind == verse::Kind::Verse && layout.set_aside.is_empty());
    if !(LEAST_LINES..=400).contains(&lines) || !is_poem {
        return None;
    }
    let reading = verse::read(&row.text, &verse::Options::default());
    Some(Poem {
        text: row.text.replace('\r', ""),
        title: row.title.unwrap_or_default(),
        author: row.author.unwrap_or_default(),
        rhymed: reading.rhymed,
    })
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A paragraph in lines of at most `width` characters.
pub fn wrapped(paragraph: &str, width: usize) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for word in paragraph.split_whitespace() {
        let n = word.chars().count();
        if used > 0 && used + 1 + n > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += n;
    }
    out
}

/// The first stretch of short lines without a stop, as menus are.
fn menu(text: &str) -> Option<String> {
    let is_item = |l: &&str| l.len() <= 40 && !l.ends_with(['.', ',', ';', '{', '}']);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut at = 0;
    while at < lines.len() {
        let n = lines[at..].iter().take_while(|l| is_item(l)).count();
        if n >= 5 {
            return Some(lines[at..at + n.min(60)].join("\n"));
        }
        at += n + 1;
    }
    None
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            walk(&path, files);
        } else if kind.is_file() && extension_of(&path).is_some() {
            files.push(path);
        }
    }
}

fn extension_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    let known: BTreeMap<&str, &str> =
        [("html", "html"), ("htm", "html"), ("md", "text"), ("txt", "text"), ("rst", "text")].into();
    match bare.rsplit_once('.') {
        Some((_, extension)) => known.get(extension).copied(),
        None => (bare.contains("readme") || bare.contains("changelog") || bare.contains("news") || bare == "copyright")
            .then_some("text"),
    }
    .or_else(|| (bare.starts_with("changelog") || bare.starts_with("news")).then_some("text"))
}

/// The text of a file of noise.
fn plain(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    let packed = path.extension().is_some_and(|e| e == "gz");
    let limit = (8 * BYTES) as u64;
    if packed {
        flate2::read::MultiGzDecoder::new(file).take(limit).read_to_end(&mut bytes).ok()?;
    } else {
        file.take(limit).read_to_end(&mut bytes).ok()?;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let text = if extension_of(path)? == "html" { corpus::html_text(&text) } else { text };
    let cut = floor(&text, BYTES);
    Some(text[..cut].to_owned())
}
