//! What the normalizer sets aside, kept in the order of the text.

use crate::SetAside;

#[derive(Debug, Default)]
pub(super) struct Asides {
    /// (row before which it stood, kind, text)
    items: Vec<(usize, &'static str, String)>,
    /// Marks of Markdown and HTML, special tokens.
    markup: String,
    /// Control characters by code point, with their number.
    controls: Vec<(char, usize)>,
}

impl Asides {
    pub fn push(&mut self, row: usize, kind: &'static str, text: impl Into<String>) {
        let text: String = text.into();
        let text = text.trim();
        if !text.is_empty() {
            self.items.push((row, kind, text.to_owned()));
        }
    }

    pub fn markup(&mut self, mark: &str) {
        if !self.markup.is_empty() {
            self.markup.push(' ');
        }
        self.markup.push_str(mark);
    }

    pub fn control(&mut self, c: char) {
        match self.controls.iter_mut().find(|(known, _)| *known == c) {
            Some((_, n)) => *n += 1,
            None => self.controls.push((c, 1)),
        }
    }

    /// Everything set aside, in the order of the text; marks and control characters last.
    pub fn finish(mut self) -> Vec<SetAside> {
        self.items.sort_by_key(|(row, ..)| *row);
        let mut out: Vec<SetAside> = Vec::with_capacity(self.items.len() + 2);
        let mut last = None;
        for (row, kind, text) in self.items {
            // Neighbouring lines of one kind are one remark.
            match out.last_mut() {
                Some(before) if before.kind == kind && joins(kind) && last.is_some_and(|l| row <= l + 3) => {
                    before.text.push('\n');
                    before.text.push_str(&text);
                }
                _ => out.push(SetAside { kind: kind.to_owned(), text }),
            }
            last = Some(row);
        }
        if !self.markup.is_empty() {
            out.push(SetAside { kind: "markup".to_owned(), text: self.markup });
        }
        if !self.controls.is_empty() {
            let listed: Vec<String> =
                self.controls.iter().map(|(c, n)| format!("U+{:04X} ×{n}", u32::from(*c))).collect();
            out.push(SetAside { kind: "control characters".to_owned(), text: listed.join(", ") });
        }
        out
    }
}

fn joins(kind: &str) -> bool {
    matches!(kind, "chat wrapping" | "closing remark" | "code")
}
