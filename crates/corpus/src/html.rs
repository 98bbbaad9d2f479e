//! The text of an HTML page, line by line as a browser breaks it: what a crawl's WET files hold for its WARC files.

/// Elements whose content nobody reads.
const SILENT: [&str; 7] = ["script", "style", "noscript", "template", "svg", "iframe", "head"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "thead",
    "title",
    "tr",
    "ul",
];
/// Of those, the ones with a blank line around them.
const SPACED: [&str; 12] = ["article", "blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "table", "ul"];

/// The readable text of an HTML page. White space is as a browser shows it, in `<pre>` as it stands; whatever is broken in
/// the page, something comes of it.
///
/// ```
/// let page = "<p>The rope is long,<br>the well is &quot;deep&quot;.</p><script>let x = '<p>';</script><p>Next</p>";
/// assert_eq!(corpus::html_text(page), "The rope is long,\nthe well is \"deep\".\n\nNext\n\n");
/// ```
#[must_use]
pub fn html_text(page: &str) -> String {
    let mut out = Out { text: String::with_capacity(page.len() / 4), pre: 0, space: false };
    let mut rest = page;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        out.words(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let Some(end) = tag_end(rest).filter(|_| is_tag) else {
            out.words("<");
            rest = &rest[1..];
            continue;
        };
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if !closing && SILENT.contains(&name.as_str()) && !inside.ends_with('/') {
            rest = behind(rest, &name);
            continue;
        }
        out.tag(&name, closing);
    }
    out.words(rest);
    out.line();
    out.text
}

/// Where a tag ends; a `>` inside quotation marks does not end it.
fn tag_end(tag: &str) -> Option<usize> {
    /// Attributes longer than this are broken marks.
    const LONGEST: usize = 16 << 10;
    let mut quote = None;
    let mut after_equals = false;
    for (i, b) in tag.bytes().enumerate().take(LONGEST) {
        match (quote, b) {
            (None, b'>') => return Some(i),
            (None, b'"' | b'\'') if after_equals => quote = Some(b),
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
        after_equals = b == b'=' || (after_equals && b == b' ');
    }
    memchr::memchr(b'>', tag.as_bytes())
}

/// What stands behind the closing tag of a silent element.
fn behind<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&rest.as_bytes()[from..], b"</") {
        let start = from + at + 2;
        if rest.as_bytes().get(start..start + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes())) {
            return rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]);
        }
        from = start;
    }
    // A head that is never closed is a page without a head.
    if name == "head" { rest } else { "" }
}

struct Out {
    text: String,
    /// Depth of `<pre>`.
    pre: usize,
    /// White space is owed before the next word.
    space: bool,
}

impl Out {
    fn tag(&mut self, name: &str, closing: bool) {
        match name {
            "br" => {
                self.text.truncate(self.text.trim_end_matches(' ').len());
                self.text.push('\n');
                self.space = false;
            }
            "p" => self.gap(),
            "pre" | "textarea" => {
                self.gap();
                self.pre = if closing { self.pre.saturating_sub(1) } else { self.pre + 1 };
            }
            "td" | "th" => self.space = true,
            name if SPACED.contains(&name) => self.gap(),
            name if BLOCKS.contains(&name) => self.line(),
            _ => {}
        }
    }

    /// Begins a new line, unless one has begun.
    fn line(&mut self) {
        self.space = false;
        if self.pre == 0 {
            self.text.truncate(self.text.trim_end_matches([' ', '\t']).len());
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// A blank line, unless there is one.
    fn gap(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn words(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let text = decoded(raw);
        if self.pre > 0 {
            self.text.push_str(&text.replace('\r', ""));
            return;
        }
        for c in text.chars() {
            if c.is_ascii_whitespace() || c == '\u{a0}' {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
                self.text.push(' ');
            }
            self.text.push(c);
        }
    }
}

/// Character references that pages of English use; others stay as they are.
fn decoded(raw: &str) -> std::borrow::Cow<'_, str> {
    const NAMED: [(&str, char); 24] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("hellip", '…'),
        ("copy", '©'),
        ("reg", '®'),
        ("middot", '·'),
        ("bull", '•'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("shy", '\u{ad}'),
    ];
    if !raw.contains('&') {
        return raw.into();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).next().unwrap_or_default();
        let number = |digits: &str| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        };
        let known = match name.strip_prefix('#') {
            Some(digits) => number(digits).and_then(char::from_u32).filter(|c| *c != '\0'),
            None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
        };
        match known {
            Some(c) => {
                out.push(c);
                let behind = &rest[1 + name.len()..];
                rest = behind.strip_prefix(';').unwrap_or(behind);
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_a_browser_shows_it() {
        let page = "<!doctype html><html><head><title>No</title></head><body><nav><ul><li>Home<li>About</ul></nav>\
            <h1>The Well</h1>\n<p>The rope  is\n long,<br/>the <b>well</b> is deep.<p class='a>b'>1 &lt; 2 &amp; 3&nbsp;&#8212; &#x41;&bogus;\
            <pre>  as\n    is</pre><!-- <p>not</p> --><table><tr><td>a<td>b<tr><td>c</table>x < y</body>";
        let text = html_text(page);
        assert_eq!(
            text,
            "Home\nAbout\n\nThe Well\n\nThe rope is long,\nthe well is deep.\n\n1 < 2 & 3 — A&bogus;\n\n  as\n    is\n\na b\nc\n\nx < y\n"
        );
    }

    #[test]
    fn broken_pages_give_something() {
        assert_eq!(html_text("<script>never closed"), "");
        assert_eq!(html_text("<head><p>never closed"), "never closed\n");
        assert_eq!(html_text("a <"), "a <\n");
        assert_eq!(html_text("a <b c=\"never closed>d"), "a d\n");
        assert_eq!(html_text(""), "");
    }

    proptest::proptest! {
        #[test]
        fn nothing_breaks_it(page in "([a-z<>/&;#\"'= é\n]|<p>|</pre>|<pre>|<!--|<script>){0,60}") {
            let _ = html_text(&page);
        }
    }
}
