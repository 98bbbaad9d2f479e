//! What the page's script reads: texts with their readings, and the map's points, packed.

use std::collections::{BTreeMap, BTreeSet};

use measure::{Comparison, Evidence, SampleText, Work};
use serde::Serialize;

use crate::chart::Projection;
use crate::number::count;

/// The page's limit.
const PAGE: usize = 5_000_000;
/// Kept for what the template writes (modes, cards, trust).
const FRAME: usize = 400_000;
/// Lines of one text, and bytes of one line; what is beyond is counted and said.
const LINES: usize = 400;
const LINE: usize = 2_000;

#[derive(Serialize)]
pub struct Data {
    pub texts: Vec<Text>,
    /// `[author, title, year, scheme, text]`, absent ones empty.
    works: Vec<(String, String, String, String, String)>,
    modes: Vec<String>,
    /// `x, y, text or -1, mode` for each sample, one after the other.
    samples: Vec<f32>,
    /// `x, y, work or -1, mode` for each work of the reference.
    reference: Vec<f32>,
    /// True where the script draws the points.
    canvas: bool,
    people: bool,
}

#[derive(Serialize)]
pub struct Text {
    pub id: String,
    prompt: String,
    form: String,
    scheme: String,
    metre: String,
    aside: Vec<(String, String)>,
    reasons: Vec<String>,
    stanzas: Vec<Vec<Line>>,
    /// The text as it came, where it was not read as verse.
    raw: String,
    /// What was left out, in words; empty where nothing was.
    cut: String,
}

/// `text, stresses as spoken, metre, rhyme letter, class, sound of the ending`.
#[derive(Serialize)]
struct Line(String, String, String, String, String, String);

impl Data {
    /// Packs the evidence. `other` is the size of what the page holds besides.
    pub fn of(comparison: &Comparison, evidence: &Evidence, other: usize) -> Data {
        let map = &evidence.map;
        let projection = Projection::of(map.samples.iter().chain(&map.reference));
        let mut modes: BTreeMap<&str, usize> = BTreeMap::new();
        for point in map.samples.iter().chain(&map.reference) {
            let next = modes.len();
            modes.entry(&point.mode).or_insert(next);
        }
        let mut mode_names = vec![String::new(); modes.len()];
        for (mode, &i) in &modes {
            mode_names[i] = (*mode).to_string();
        }
        let mut works = Vec::new();
        let mut reference = Vec::with_capacity(4 * map.reference.len());
        for point in &map.reference {
            let (x, y) = projection.place(point.x, point.y);
            let place = point.work.as_ref().map_or(-1.0, |work| {
                works.push(packed(work));
                (works.len() - 1) as f32
            });
            reference.extend([x, y, place, modes[point.mode.as_str()] as f32]);
        }
        let works_size: usize =
            works.iter().map(|(a, b, c, d, e)| a.len() + b.len() + c.len() + d.len() + 2 * e.len() + 16).sum();
        let points_size = 24 * (map.samples.len() + map.reference.len());
        let room = PAGE.saturating_sub(other + FRAME + works_size + points_size);
        let kept = kept(comparison, evidence, room);
        let mut samples = Vec::with_capacity(4 * map.samples.len());
        for point in &map.samples {
            let (x, y) = projection.place(point.x, point.y);
            let place = point.text.and_then(|text| kept.get(&text)).map_or(-1.0, |&place| place as f32);
            samples.extend([x, y, place, modes[point.mode.as_str()] as f32]);
        }
        Data {
            texts: kept.keys().map(|&i| Text::of(&evidence.texts[i])).collect(),
            works,
            modes: mode_names,
            samples,
            reference,
            canvas: map.samples.len() + map.reference.len() > super::CANVAS_ABOVE,
            people: comparison.reference.people,
        }
    }

    /// Where the text with an id stands.
    pub fn places(&self) -> BTreeMap<&str, usize> {
        self.texts.iter().enumerate().map(|(i, text)| (text.id.as_str(), i)).collect()
    }
}

impl Text {
    fn of(sample: &SampleText) -> Text {
        let reading = &sample.reading;
        // Prose has neither rhymes at its margin nor a rhythm to look at: it is shown as it came.
        let scanned: &[verse::Stanza] = if reading.kind == verse::Kind::Verse { &reading.stanzas } else { &[] };
        let lines: usize = scanned.iter().map(|stanza| stanza.lines.len()).sum();
        let mut left = LINES;
        let mut stanzas = Vec::new();
        for stanza in scanned {
            let taken: Vec<Line> = stanza.lines.iter().take(left).map(Line::of).collect();
            left -= taken.len();
            if !taken.is_empty() {
                stanzas.push(taken);
            }
        }
        let (raw, raw_cut) = if lines == 0 { clipped(&sample.text, LINES * 100) } else { (String::new(), 0) };
        let cut = match (lines.saturating_sub(LINES), raw_cut) {
            (0, 0) => String::new(),
            (0, letters) => format!("{} more letters are not shown here", count(letters)),
            (lines, _) => format!("{} more lines are not shown here", count(lines)),
        };
        Text {
            id: sample.id.clone(),
            prompt: clipped(sample.prompt.as_deref().unwrap_or_default(), LINE).0,
            form: if sample.form.is_empty() { reading.form.name.clone() } else { sample.form.clone() },
            scheme: if lines > 0 { clipped(&reading.scheme, LINE).0 } else { String::new() },
            metre: if lines > 0 { reading.metre.name.clone() } else { String::new() },
            aside: reading.set_aside.iter().map(|aside| (aside.kind.clone(), clipped(&aside.text, LINE).0)).collect(),
            reasons: reading.form.reasons.clone(),
            stanzas,
            raw,
            cut,
        }
    }

    /// Bytes that it takes in the page, without being written twice: every letter once, and room for quotes and escapes.
    fn size(&self) -> usize {
        let lines = self.stanzas.iter().flatten().map(|line| {
            in_json(&line.0) + line.1.len() + line.2.len() + line.3.len() + line.4.len() + line.5.len() + 20
        });
        let aside = self.aside.iter().map(|(kind, text)| kind.len() + in_json(text) + 8);
        let reasons = self.reasons.iter().map(|reason| in_json(reason) + 4);
        let rest = [&self.id, &self.prompt, &self.form, &self.scheme, &self.metre, &self.raw, &self.cut]
            .into_iter()
            .map(|text| in_json(text));
        lines.chain(aside).chain(reasons).chain(rest).sum::<usize>() + 120
    }
}

impl Line {
    fn of(line: &verse::LineReading) -> Line {
        let class = line.class.clone().unwrap_or_default();
        Line(
            clipped(&line.text, LINE).0,
            line.real.clone(),
            line.met.clone(),
            line.rhyme.clone(),
            class,
            line.end.clone(),
        )
    }
}

/// Which texts the page carries: all where there is room; else those that the page points at, then a seeded draw. Index in the evidence →
/// place in the page, in the order of the evidence.
fn kept(comparison: &Comparison, evidence: &Evidence, room: usize) -> BTreeMap<usize, usize> {
    let cited: BTreeSet<&str> = comparison
        .crowded
        .iter()
        .flat_map(|mode| &mode.samples)
        .chain(
            comparison
                .repeats
                .clusters
                .iter()
                .take(super::repeats::CARDS)
                .flat_map(|cluster| cluster.ids.iter().take(4)),
        )
        .map(String::as_str)
        .collect();
    let mut order: Vec<usize> = (0..evidence.texts.len()).collect();
    order.sort_by_cached_key(|&i| (!cited.contains(evidence.texts[i].id.as_str()), mixed(comparison.seed, i as u64)));
    let mut left = room;
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        let size = Text::of(&evidence.texts[i]).size();
        if size > left {
            break;
        }
        left -= size;
        kept.push(i);
    }
    kept.sort_unstable();
    kept.into_iter().enumerate().map(|(place, i)| (i, place)).collect()
}

/// SplitMix64 (Steele, Lea & Flood 2014): a draw that depends on the seed and the text's number alone.
fn mixed(seed: u64, i: u64) -> u64 {
    let mut z = seed.wrapping_add(i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn packed(work: &Work) -> (String, String, String, String, String) {
    (
        work.author.clone(),
        work.title.clone(),
        work.year.map(|year| year.to_string()).unwrap_or_default(),
        work.scheme.clone().unwrap_or_default(),
        clipped(work.text.as_deref().unwrap_or_default(), LINE).0,
    )
}

/// At most `limit` bytes of a text, and how many letters were left out.
fn clipped(text: &str, limit: usize) -> (String, usize) {
    if text.len() <= limit {
        return (text.to_string(), 0);
    }
    let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    (format!("{}…", &text[..end]), text[end..].chars().count())
}

/// Bytes of a string in JSON that is safe in a script element, at most.
fn in_json(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '<' | '>' | '&' => 6,
            '"' | '\\' | '\n' | '\t' => 2,
            c if c.is_control() || !c.is_alphanumeric() && !c.is_ascii() => 14,
            c => c.len_utf8(),
        })
        .sum()
}

/// JSON that may stand in a script element: nothing in it can end the element or begin a comment.
pub fn in_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_a_script_element_reads_back() {
        let text = "</script><!-- & \u{2028} \"quoted\" \\ \u{1b}";
        let safe = in_script(&serde_json::to_string(text).unwrap());
        assert!(!safe.contains('<') && !safe.contains('&'));
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn a_text_is_cut_between_letters() {
        assert_eq!(clipped("añb", 2), ("a…".into(), 2));
        assert_eq!(clipped("añb", 4), ("añb".into(), 0));
    }

    proptest::proptest! {
        #[test]
        fn sizes_are_never_underrated(text in ".*") {
            let shown = crate::text::visible(&text).into_owned();
            let written = in_script(&serde_json::to_string(&shown).unwrap()).len();
            proptest::prop_assert!(written <= in_json(&text) + 2, "{written} > {}", in_json(&text));
        }
    }
}
