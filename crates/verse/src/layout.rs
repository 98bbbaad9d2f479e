//! Normalizer N1: from a text as it came (a model's answer, a page of a book) to its lines and stanzas, with everything
//! that is not the poem set aside under a name.
//!
//! The steps, each in its own file under `layout/`: thinking, tags and control codes go out (`clean`); lines lose their
//! Markdown (`row`); words of a chat before and after the text are told from verse by what they speak of (`remark`); titles,
//! stanza numbers and labels are found (`label`); double spacing is undone; and the kind of the text is decided from the
//! shape of its lines (`kind`). Nothing is dropped silently: every letter of the input is in a stanza or in
//! [`Layout::set_aside`].

mod aside;
mod clean;
mod diction;
mod kind;
mod label;
mod remark;
mod row;

use aside::Asides;
use row::Row;

use crate::{Kind, SetAside};

/// Bytes that a paragraph about a poem has at least.
const COMMENTARY: usize = 120;

/// The version of the normalizer; readings made by different versions are not to be compared.
pub const NORMALIZER: &str = "N1";

/// A text without its wrapping.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    pub kind: Kind,
    /// Stanzas of lines. In prose a stanza is a paragraph in one line.
    pub stanzas: Vec<Vec<String>>,
    /// What is not the text itself, in the order in which it stood.
    pub set_aside: Vec<SetAside>,
}

impl Layout {
    /// The text alone: lines ended by `\n`, stanzas parted by a blank line.
    pub fn text(&self) -> String {
        let stanzas: Vec<String> = self.stanzas.iter().map(|lines| lines.join("\n")).collect();
        stanzas.join("\n\n")
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.stanzas.iter().flatten().map(String::as_str)
    }
}

/// Takes a text out of its wrapping and parts it into stanzas and lines (normalizer N1).
///
/// ```
/// let layout = doggerel_verse::normalize("Sure! Here's a poem:\n\n**The Well**\n\nThe rope is long,\nThe well is deep.\n\nI hope you enjoy it!");
/// assert_eq!(layout.stanzas, [["The rope is long,", "The well is deep."]]);
/// let kinds: Vec<&str> = layout.set_aside.iter().map(|s| s.kind.as_str()).collect();
/// assert_eq!(kinds, ["chat wrapping", "title", "closing remark", "markup"]);
/// ```
pub fn normalize(text: &str) -> Layout {
    normalize_answer(text, false)
}

/// [`normalize`] of a text of which it is known whether a poem was asked for.
pub(crate) fn normalize_answer(text: &str, poem_asked: bool) -> Layout {
    if let Some(words) = word_list(text) {
        return words;
    }
    Draft::unwrapped(text).finish(poem_asked)
}

/// A text of single words a line is read as the ends of verses: nothing in it is a title or a remark.
fn word_list(text: &str) -> Option<Layout> {
    let is_word =
        |line: &str| !line.contains([' ', '\t', '<', '*', '#', '`', '_', ':', '|', '/', '[']) && line.len() <= 40;
    let plain = !text.contains(|c: char| c != '\n' && c != '\r' && clean::is_invisible(c));
    let lines = || text.lines().map(str::trim);
    let words = lines().filter(|l| !l.is_empty()).count();
    if !plain
        || words < 2
        || !lines().all(is_word)
        || lines().any(|l| !l.is_empty() && !l.starts_with(char::is_alphabetic))
    {
        return None;
    }
    let mut stanzas: Vec<Vec<String>> = vec![Vec::new()];
    for line in lines() {
        match stanzas.last_mut() {
            Some(stanza) if !line.is_empty() => stanza.push(line.to_owned()),
            Some(stanza) if !stanza.is_empty() => stanzas.push(Vec::new()),
            _ => {}
        }
    }
    stanzas.retain(|s| !s.is_empty());
    Some(Layout { kind: Kind::Verse, stanzas, set_aside: Vec::new() })
}

/// What the odds of verse are learnt from: the names of the evidence, and its values for a text; None where the kind of
/// the text is decided without them.
#[doc(hidden)]
pub fn kind_evidence(text: &str) -> (&'static [&'static str], Option<Vec<f64>>) {
    let mut draft = Draft::unwrapped(text);
    draft.drop_ornaments();
    let shape = kind::shape(&draft.rows, &draft.gaps);
    let undecided = shape.rows >= 2 && shape.code < 0.25 && shape.items < 0.5;
    (&kind::EVIDENCE, undecided.then(|| kind::evidence(&shape).to_vec()))
}

/// The lines that are still held to be the text, with the blank lines before each.
#[derive(Default)]
struct Draft {
    rows: Vec<Row>,
    /// Blank lines before each row, by its `at`.
    gaps: Vec<usize>,
    asides: Asides,
}

impl Draft {
    fn unwrapped(text: &str) -> Draft {
        let mut draft = Draft::new(text);
        draft.code_fences();
        draft.next_turn();
        draft.wrapping();
        draft.commentary();
        draft.closing();
        draft.slashes();
        draft.labels();
        draft.titles();
        draft.numbers();
        draft
    }

    fn new(text: &str) -> Draft {
        let mut draft = Draft::default();
        let mut reader = Reader::default();
        for piece in clean::pieces(text) {
            match piece {
                clean::Piece::Aside(kind, aside) => draft.asides.push(reader.at, kind, aside),
                clean::Piece::Keep(kept) => {
                    let plain = clean::plain(kept, &mut draft.asides);
                    for line in plain.split('\n') {
                        reader.line(line, &mut draft);
                    }
                }
            }
        }
        draft
    }

    /// True where the row stands between blank lines (or the ends of the text).
    fn apart(&self, i: usize) -> bool {
        (i == 0 || self.gaps[i] > 0) && self.gaps.get(i + 1).is_none_or(|g| *g > 0)
    }

    fn set_aside(&mut self, i: usize, kind: &'static str) {
        let row = self.rows.remove(i);
        let gap = self.gaps.remove(i);
        self.asides.push(row.at, kind, row.text);
        if let Some(next) = self.gaps.get_mut(i) {
            *next = (*next).max(gap);
        }
    }

    /// Sets aside every row that `kind_of` names, in one pass. With `parts` the place of a row is a break of stanza.
    fn sweep(&mut self, parts: bool, kind_of: impl Fn(&Draft, usize) -> Option<&'static str>) {
        let kinds: Vec<Option<&'static str>> = (0..self.rows.len()).map(|i| kind_of(self, i)).collect();
        if kinds.iter().all(Option::is_none) {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let gaps = std::mem::take(&mut self.gaps);
        let mut before = 0;
        for ((row, gap), kind) in rows.into_iter().zip(gaps).zip(kinds) {
            match kind {
                Some(kind) => {
                    self.asides.push(row.at, kind, row.text);
                    before = gap.max(before).max(usize::from(parts));
                }
                None => {
                    self.rows.push(row);
                    self.gaps.push(gap.max(before));
                    before = 0;
                }
            }
        }
    }

    fn set_aside_range(&mut self, range: std::ops::Range<usize>, kind: &'static str) {
        for row in self.rows.drain(range.clone()) {
            self.asides.push(row.at, kind, row.text);
        }
        self.gaps.drain(range.clone());
        if let Some(next) = self.gaps.get_mut(range.start) {
            *next = (*next).max(1);
        }
    }

    /// In a text of lines set apart, a line apart says nothing.
    fn is_spaced(&self) -> bool {
        self.rows.len() > 3 && self.block_starts().len() * 3 > self.rows.len() * 2
    }

    /// The rows with which blocks begin.
    fn block_starts(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|&i| i == 0 || self.gaps[i] > 0).collect()
    }

    /// What stands outside the only fenced block of a text is talk about it.
    fn code_fences(&mut self) {
        let Some(first) = self.rows.iter().position(|r| r.fenced) else { return };
        let last = self.rows.iter().rposition(|r| r.fenced).unwrap_or(first);
        let inside = last + 1 - first;
        if inside < 2 || self.rows[first..=last].iter().any(|r| !r.fenced) {
            return;
        }
        self.set_aside_range(last + 1..self.rows.len(), "closing remark");
        let titles = self.rows[..first].iter().rposition(|r| !r.heading && !(r.emphasized)).map_or(0, |i| i + 1);
        self.set_aside_range(0..titles, "chat wrapping");
    }

    /// A model that goes on as its own user: all from the next speaker's mark on.
    fn next_turn(&mut self) {
        let mark = (1..self.rows.len()).find(|&i| remark::is_turn(&self.rows[i].text, self.rows[i].heading));
        if let Some(at) = mark {
            self.set_aside_range(at..self.rows.len(), "next turn");
        }
    }

    fn drop_ornaments(&mut self) {
        self.sweep(true, |draft, i| (!draft.rows[i].speaks()).then_some("ornament"));
    }

    fn wrapping(&mut self) {
        let mut end = 0;
        let mut colon = false;
        let spaced = self.is_spaced();
        for i in 0..self.rows.len().min(8) {
            let row = &self.rows[i];
            let apart = self.apart(i) && !spaced;
            if remark::is_wrapping(&row.text, apart) && !row.fenced {
                end = i + 1;
                colon = row.text.trim_end_matches(['*', ' ', '"']).ends_with(':');
            } else if !(apart && remark::is_courtesy(&row.text)) {
                break;
            }
        }
        if end > 0 && (end < self.rows.len() || colon) {
            self.set_aside_range(0..end, "chat wrapping");
        }
        // A second text is announced in the middle of some answers.
        self.sweep(true, |draft, i| {
            let text = draft.rows[i].text.as_str();
            let announces = i > 0
                && text.ends_with(':')
                && !spaced
                && draft.apart(i)
                && remark::is_wrapping(text, true)
                && label::stanza_label(text).is_none();
            announces.then_some("chat wrapping")
        });
        if let Some(first) = self.rows.first_mut()
            && let Some(bytes) = remark::inline_wrapping(&first.text)
        {
            let rest = first.text.split_off(bytes);
            let head = std::mem::replace(&mut first.text, rest);
            self.asides.push(first.at, "chat wrapping", head);
        }
    }

    /// Paragraphs about the poem behind its last stanza: far longer than its lines, and they name it.
    fn commentary(&mut self) {
        let starts = self.block_starts();
        let end_of = |b: usize| starts.get(b + 1).copied().unwrap_or(self.rows.len());
        let stanzas = || (0..starts.len()).filter(|&b| end_of(b) - starts[b] > 1).map(|b| starts[b]..end_of(b));
        let Some(last) = stanzas().next_back() else { return };
        let longest = stanzas().flat_map(|rows| &self.rows[rows]).map(|r| r.text.len()).max().unwrap_or(0);
        let talks = |row: &Row| {
            let length = row.text.len();
            !row.fenced && length > COMMENTARY && length > 2 * longest && remark::meta_share(&row.text).0 > 0
        };
        if self.rows[last.end..].first().is_some_and(talks) {
            self.set_aside_range(last.end..self.rows.len(), "closing remark");
        }
    }

    fn closing(&mut self) {
        let starts = self.block_starts();
        let quoted = |row: &Row| row.text.starts_with(['"', '“', '‘']);
        let end_of = |b: usize| starts.get(b + 1).copied().unwrap_or(self.rows.len());
        let last_stanza = (0..starts.len()).rev().find(|&b| self.is_stanza(starts[b], end_of(b))).unwrap_or(0);
        let remark = (last_stanza.max(1)..starts.len()).find(|&b| {
            let row = &self.rows[starts[b]];
            !row.fenced && !quoted(row) && remark::is_closing(&row.text, true)
        });
        if let Some(b) = remark {
            self.set_aside_range(starts[b]..self.rows.len(), "closing remark");
        } else if self.rows.len() > 1 {
            let from = self.rows.len().saturating_sub(3).max(1);
            let at = (from..self.rows.len()).find(|&i| {
                !quoted(&self.rows[i])
                    && !self.rows[i].fenced
                    && remark::is_closing(&self.rows[i].text, self.gaps[i] > 0)
            });
            if let Some(at) = at {
                self.set_aside_range(at..self.rows.len(), "closing remark");
            }
        }
        if self.rows.len() > 2 {
            let last = self.rows.len() - 1;
            if remark::is_signature(&self.rows[last].text) {
                self.set_aside(last, "signature");
            }
        }
    }

    /// Lines that could be a stanza of verse: two or more, none of them a remark, an item or a paragraph.
    fn is_stanza(&self, from: usize, to: usize) -> bool {
        let rows = &self.rows[from..to];
        let long = rows.iter().filter(|r| r.text.len() > 120).count();
        let items = rows.iter().filter(|r| r.bullet || r.number.is_some()).count();
        rows.len() >= 2 && 2 * long < rows.len() && 2 * items < rows.len() && !remark::is_closing(&rows[0].text, true)
    }

    /// "The rope is long / The well is deep": verse quoted in running text.
    fn slashes(&mut self) {
        let cuts = |row: &Row| row.text.matches(" / ").count() + row.text.matches(" // ").count();
        let total: usize = self.rows.iter().map(cuts).sum();
        let cut_rows = self.rows.iter().filter(|r| cuts(r) > 0).count();
        if total < 2 || 2 * cut_rows < self.rows.len() {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let gaps = std::mem::take(&mut self.gaps);
        for (row, gap) in rows.into_iter().zip(gaps) {
            let mut before = gap.max(usize::from(cut_rows > 1));
            for stanza in row.text.split(" // ") {
                for line in stanza.split(" / ").map(str::trim).filter(|l| !l.is_empty()) {
                    self.rows.push(Row { text: line.to_owned(), cut: true, ..row.clone() });
                    self.gaps.push(before);
                    before = 0;
                }
                before = 1;
            }
        }
        self.asides.markup(&vec!["/"; total].join(" "));
    }

    fn labels(&mut self) {
        let mut whole = vec![false; self.rows.len()];
        for i in 0..self.rows.len() {
            let text = &self.rows[i].text;
            let allowed = i == 0 || self.gaps[i] > 0 || whole[i - 1] || text.starts_with(['[', '(', '{']);
            let Some(bytes) = label::stanza_label(text).filter(|_| allowed) else { continue };
            self.gaps[i] = self.gaps[i].max(usize::from(i > 0));
            if bytes >= text.len() {
                whole[i] = true;
                continue;
            }
            let rest = self.rows[i].text.split_off(bytes);
            let head = std::mem::replace(&mut self.rows[i].text, rest);
            self.asides.push(self.rows[i].at, "stanza label", head);
        }
        if whole.iter().any(|w| !w) {
            self.sweep(true, |_, i| whole[i].then_some("stanza label"));
        }
        self.stanza_numbers();
    }

    /// Numbers alone in a line, at the head of a block.
    fn stanza_numbers(&mut self) {
        let is_head = |draft: &Draft, i: usize| (i == 0 || draft.gaps[i] > 0) && label::is_number(&draft.rows[i].text);
        let heads = (0..self.rows.len()).filter(|&i| is_head(self, i)).count();
        if heads == 0 || heads == self.rows.len() {
            return;
        }
        self.sweep(true, |draft, i| {
            // A lone "I" may open a poem.
            let lone = heads == 1 && draft.rows[i].text == "I" && !draft.apart(i);
            (is_head(draft, i) && !lone).then_some("stanza number")
        });
    }

    fn titles(&mut self) {
        for _ in 0..3 {
            if self.rows.len() < 2 {
                return;
            }
            let row = &self.rows[0];
            if row.heading || label::title_label(&row.text).is_some() || self.is_title(0) {
                self.set_aside(0, "title");
            } else if remark::is_signature(&row.text) {
                self.set_aside(0, "signature");
            } else {
                break;
            }
        }
        let emphasized = self.rows.iter().filter(|r| r.emphasized).count();
        let by_emphasis = emphasized * 2 <= self.rows.len();
        let last = self.rows.len().saturating_sub(1);
        self.sweep(true, |draft, i| {
            let row = &draft.rows[i];
            let emphatic = by_emphasis && row.emphasized && row.words() <= 10 && i < last && draft.apart(i);
            (i > 0 && (row.heading || emphatic)).then_some("title")
        });
    }

    fn is_title(&self, i: usize) -> bool {
        let row = &self.rows[i];
        if row.fenced && i > 0 || row.cut {
            return false;
        }
        let others = &self.rows[i + 1..];
        let count =
            |passes: &dyn Fn(&Row) -> bool| others.iter().filter(|r| passes(r)).count() as f64 / others.len() as f64;
        let apart = self.apart(i);
        let others_emphasized = count(&|r| r.emphasized);
        if row.emphasized && others_emphasized < 0.5 && row.words() <= 12 {
            return true;
        }
        let titled = label::is_title_case(&row.text) || label::is_quoted(&row.text) || label::is_all_caps(&row.text);
        let sentence = matches!(kind::end_sign(&row.text), Some('.' | '!' | '?')) && !label::is_all_caps(&row.text);
        if self.is_spaced() && !(apart && titled && !sentence) {
            return false;
        }
        let view = label::TitleView {
            apart,
            others_alike: count(&|r| label::is_title_case(&r.text) || label::is_all_caps(&r.text)),
            others_bare: count(&|r| kind::end_sign(&r.text).is_none()),
        };
        label::is_title(&row.text, &view)
    }

    /// Numbers that open lines or stanzas, where they count up from one.
    fn numbers(&mut self) {
        let numbered: Vec<usize> =
            (0..self.rows.len()).filter(|&i| row::number(&self.rows[i].text).is_some()).collect();
        let counts_up = numbered.len() >= 2
            && numbered
                .iter()
                .enumerate()
                .all(|(k, &i)| row::number(&self.rows[i].text).is_some_and(|(n, _)| n as usize == k + 1));
        if !counts_up {
            return;
        }
        // "1) two lines 2) two lines": stanzas of one length, whether or not a blank line parts them.
        let step = numbered[1] - numbered[0];
        let even = step > 1
            && numbered[0] == 0
            && numbered.windows(2).all(|pair| pair[1] - pair[0] == step)
            && self.rows.len() - numbered[numbered.len() - 1] == step;
        if even {
            numbered[1..].iter().for_each(|&i| self.gaps[i] = self.gaps[i].max(1));
        }
        let heads = even || numbered.iter().all(|&i| i == 0 || self.gaps[i] > 0);
        // Items of a list keep their numbers as marks; only verse loses them here.
        let kind = if heads && numbered.len() * 2 <= self.rows.len() { "stanza number" } else { "line number" };
        for &i in &numbered {
            let (_, bytes) = row::number(&self.rows[i].text).unwrap_or((0, 0));
            let rest = self.rows[i].text.split_off(bytes);
            if rest.trim().is_empty() {
                continue;
            }
            let head = std::mem::replace(&mut self.rows[i].text, rest);
            self.asides.push(self.rows[i].at, kind, head);
            if kind == "stanza number" {
                self.rows[i].number = None;
            }
        }
    }

    /// Where nearly every line is followed by a blank one, blank lines are the spacing; only wider gaps part stanzas.
    fn undo_double_spacing(&mut self) {
        let starts = self.block_starts();
        if self.rows.len() < 2 || starts.len() * 5 < self.rows.len() * 4 {
            return;
        }
        let spacing = self.gaps.iter().skip(1).copied().filter(|g| *g > 0).min().unwrap_or(0);
        for gap in self.gaps.iter_mut().skip(1) {
            *gap = if *gap > spacing { 1 } else { 0 };
        }
    }

    fn finish(mut self, poem_asked: bool) -> Layout {
        self.drop_ornaments();
        let shape = kind::shape(&self.rows, &self.gaps);
        let mut names: Vec<&str> = self.rows.iter().filter_map(|r| kind::speaker(&r.text)).collect();
        names.sort_unstable();
        names.dedup();
        let mut kind = kind::kind(&shape, names.len());
        if poem_asked && matches!(kind, Kind::Prose | Kind::List) && !self.speaks_of_writing() {
            kind = kind::of_poem(&shape);
        }
        match kind {
            Kind::Verse => self.undo_double_spacing(),
            Kind::Prose | Kind::ProsePoem => {
                self.join_paragraphs(&shape);
                if diction::is_prose_poem(self.rows.iter().map(|r| r.text.as_str())) {
                    kind = Kind::ProsePoem;
                }
            }
            _ => {}
        }
        let mut stanzas: Vec<Vec<String>> = Vec::new();
        for (i, row) in self.rows.into_iter().enumerate() {
            if i == 0 || self.gaps[i] > 0 {
                stanzas.push(Vec::new());
            }
            stanzas.last_mut().expect("the first row opened a stanza").push(row.text);
        }
        Layout { kind, stanzas, set_aside: self.asides.finish() }
    }

    /// A refusal or a lecture instead of a poem: talk of poems and their making, one word in forty or more.
    fn speaks_of_writing(&self) -> bool {
        let (meta, words) =
            self.rows.iter().map(|r| remark::meta_share(&r.text)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        meta * 40 > words || self.rows.iter().all(|r| remark::is_wrapping(&r.text, true))
    }

    /// In prose every block is a paragraph where lines were wrapped at a column; else every line is one.
    fn join_paragraphs(&mut self, shape: &kind::Shape) {
        let column = shape.is_wrapped();
        let rows = std::mem::take(&mut self.rows);
        let gaps = std::mem::take(&mut self.gaps);
        for (row, gap) in rows.into_iter().zip(gaps) {
            match self.rows.last_mut() {
                Some(last) if gap == 0 && column => {
                    last.text.push(' ');
                    last.text.push_str(&row.text);
                }
                _ => {
                    self.rows.push(row);
                    self.gaps.push(1);
                }
            }
        }
    }
}

/// Reads lines one by one, in or out of a fence.
#[derive(Default)]
struct Reader {
    at: usize,
    blank: usize,
    /// Inside a code fence: whether its contents are kept as text.
    fence: Option<bool>,
}

impl Reader {
    fn line(&mut self, line: &str, draft: &mut Draft) {
        let at = self.at;
        self.at += 1;
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.blank += 1;
            return;
        }
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            draft.asides.push(at, "code fence", trimmed);
            let language = trimmed.trim_start_matches(['`', '~']).trim().to_ascii_lowercase();
            self.fence = match self.fence {
                Some(_) => None,
                None => Some(matches!(
                    language.as_str(),
                    "" | "text" | "txt" | "plaintext" | "markdown" | "md" | "poem" | "poetry" | "verse"
                )),
            };
            self.blank += 1;
            return;
        }
        if self.fence == Some(false) {
            draft.asides.push(at, "code", trimmed);
            return;
        }
        let mut row = row::row(line, at, &mut draft.asides);
        if row.text.is_empty() {
            self.blank += 1;
            return;
        }
        if !row.speaks() {
            draft.asides.push(at, "ornament", row.text);
            self.blank += 1;
            return;
        }
        row.fenced = self.fence.is_some();
        margin_number(&mut row, &mut draft.asides);
        draft.rows.push(row);
        draft.gaps.push(self.blank);
        self.blank = 0;
    }
}

/// Editions count every fifth line at the margin, behind a gap.
fn margin_number(row: &mut Row, asides: &mut Asides) {
    let Some((text, number)) = row.text.rsplit_once(' ') else { return };
    let counted = number.len() <= 4 && number.parse::<u32>().is_ok_and(|n| n > 0 && n % 5 == 0);
    if counted && text.ends_with([',', ';', '.', ':', '!', '?', '—', '"', '”']) {
        asides.push(row.at, "line number", number);
        row.text = text.trim_end().to_owned();
    }
}
