//! WARC and WET (ISO 28500; Common Crawl's files): a page a record.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use crate::error::{Error, Place};
use crate::html::html_text;
use crate::line::{Line, read_line};
use crate::record::Record;
use crate::source::{Reader, Source, reading_failed};

/// Bytes of a record's header, and of the header of the answer in it.
const HEADER: usize = 256 << 10;
/// A page of so many bytes of HTML has more marks than text, so a record may be this many times longer than its text.
const PAGE: usize = 4;

/// The pages of an archive: the text of `conversion` records (WET), and of HTML and plain text in `response` and `resource`
/// records. Others (requests, metadata, pictures) are read over. After a damaged record the next one is looked for.
pub(crate) struct Warc {
    name: String,
    reader: Reader,
    limit: usize,
    /// Line of the file, where its records begin; contents are counted too.
    line: u64,
    failed: bool,
}

/// The header of a record, as far as it is needed.
#[derive(Default)]
struct Header {
    kind: String,
    length: Option<usize>,
    id: Option<String>,
    url: Option<String>,
    date: Option<String>,
    content: String,
}

enum Next {
    End,
    Record(Header),
    /// Lines that begin no record, up to one that does or the end.
    Damaged,
}

impl Warc {
    pub fn new(source: Source, limit: usize) -> Warc {
        Warc { name: source.name, reader: source.reader, limit, line: 0, failed: false }
    }

    fn place(&self) -> Place {
        Place { source: self.name.clone(), line: Some(self.line.max(1)) }
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        self.line += 1;
        match read_line(&mut self.reader, &mut bytes, HEADER)? {
            Line::End => Ok(None),
            Line::TooLong => Ok(Some(String::new())),
            Line::Whole => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        }
    }

    /// The header of the next record.
    fn header(&mut self) -> io::Result<Next> {
        let mut damaged = false;
        loop {
            match self.read_line()? {
                None => return Ok(if damaged { Next::Damaged } else { Next::End }),
                Some(line) if line.trim().is_empty() => {}
                Some(line) if line.starts_with("WARC/") => break,
                Some(_) => damaged = true,
            }
            // Said once for all lines that are passed over.
            if damaged && self.at_record()? {
                return Ok(Next::Damaged);
            }
        }
        let mut header = Header::default();
        loop {
            let Some(line) = self.read_line()? else { return Ok(Next::Damaged) };
            if line.trim().is_empty() {
                return Ok(Next::Record(header));
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim().to_string();
            match name.trim().to_ascii_lowercase().as_str() {
                "warc-type" => header.kind = value.to_ascii_lowercase(),
                "content-length" => header.length = value.parse().ok(),
                "warc-record-id" => header.id = Some(value.trim_matches(['<', '>']).to_string()),
                "warc-target-uri" => header.url = Some(value.trim_matches(['<', '>']).to_string()),
                "warc-date" => header.date = Some(value),
                "content-type" => header.content = value.to_ascii_lowercase(),
                _ => {}
            }
        }
    }

    fn at_record(&mut self) -> io::Result<bool> {
        Ok(self.reader.fill_buf()?.starts_with(b"WARC/"))
    }

    /// The content of a record; None where it is longer than is held, and it is read over.
    fn content(&mut self, length: usize, wanted: bool) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let mut part = self.reader.by_ref().take(length as u64);
        let held = wanted && length <= self.limit.saturating_mul(PAGE);
        let n = if held { part.read_to_end(&mut bytes)? as u64 } else { io::copy(&mut part, &mut io::sink())? };
        if n < length as u64 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a record ends too early"));
        }
        Ok(held.then_some(bytes))
    }

    fn record(&mut self, header: Header, place: Place) -> Result<Option<Record>, Error> {
        let Some(length) = header.length else {
            return Err(Error::NotARecord { place, found: "a header without Content-Length" });
        };
        let wanted = match header.kind.as_str() {
            "conversion" => true,
            "resource" => is_text(&header.content),
            "response" => header.content.contains("http"),
            _ => false,
        };
        let content = self.content(length, wanted).map_err(|error| {
            self.failed = true;
            reading_failed(place.clone(), error)
        })?;
        if !wanted {
            return Ok(None);
        }
        let Some(content) = content else { return Err(Error::TooLong { place, limit: self.limit }) };
        let text = match header.kind.as_str() {
            "response" => match answer(&content) {
                Some(text) => text,
                None => return Ok(None),
            },
            _ if header.content.contains("html") => html_text(&String::from_utf8_lossy(&content)),
            _ => String::from_utf8_lossy(&content).into_owned(),
        };
        if text.len() > self.limit {
            return Err(Error::TooLong { place, limit: self.limit });
        }
        let mut object = Map::new();
        let fields = [("id", header.id), ("text", Some(text)), ("url", header.url), ("date", header.date)];
        object.extend(fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), Value::from(value?)))));
        Ok(Some(Record::new(place, Value::Object(object))))
    }
}

impl Iterator for Warc {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let header = match self.header() {
                Ok(Next::End) => return None,
                Ok(Next::Damaged) => {
                    let found = "something that begins no WARC record";
                    return Some(Err(Error::NotARecord { place: self.place(), found }));
                }
                Ok(Next::Record(header)) => header,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(reading_failed(self.place(), error)));
                }
            };
            let place = self.place();
            match self.record(header, place) {
                Ok(None) => {}
                Ok(Some(record)) => return Some(Ok(record)),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

fn is_text(content: &str) -> bool {
    content.starts_with("text/html") || content.starts_with("text/plain") || content.contains("xhtml")
}

/// The text of an HTTP answer; None where it is no text, or empty.
fn answer(content: &[u8]) -> Option<String> {
    let end = memchr::memmem::find(content, b"\r\n\r\n").map(|at| (at, at + 4));
    let (end, body) = end.or_else(|| memchr::memmem::find(content, b"\n\n").map(|at| (at, at + 2)))?;
    if end > HEADER {
        return None;
    }
    let head = String::from_utf8_lossy(&content[..end]).to_ascii_lowercase();
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap_or_default();
    let (kind, encoding) = (value("content-type:"), value("content-encoding:"));
    let body = &content[body..];
    if !is_text(kind) || (!encoding.is_empty() && encoding != "identity" && !looks_plain(body)) {
        return None;
    }
    let text = decoded(body, kind);
    Some(if kind.starts_with("text/plain") { text } else { html_text(&text) }).filter(|text| !text.trim().is_empty())
}

/// Crawlers store a body unpacked and leave the header that said it was packed.
fn looks_plain(body: &[u8]) -> bool {
    !body.starts_with(b"\x1F\x8B") && body.iter().take(512).filter(|b| **b < 9).count() == 0
}

/// UTF-8, or Latin-1 where the page says so or is no UTF-8.
fn decoded(body: &[u8], kind: &str) -> String {
    let latin = kind.contains("8859-1") || kind.contains("1252");
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) if latin => body.iter().map(|b| char::from(*b)).collect(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Format, Options, Text, from_reader, open};

    fn record(kind: &str, content_type: &str, body: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.org/{kind}\r\nWARC-Record-ID: <urn:uuid:{kind}>\r\n\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}\r\n\r\n",
            body.len()
        )
    }

    fn read(archive: String) -> (Vec<Text>, usize) {
        let options = Options { format: Some(Format::Warc), ..Options::default() };
        let mut texts = from_reader(std::io::Cursor::new(archive.into_bytes()), "crawl.warc", &options).expect("opens");
        let found: Vec<Text> = texts.by_ref().map(|t| t.expect("reads on")).collect();
        (found, texts.skipped().iter().map(|s| s.n).sum())
    }

    #[test]
    fn pages_are_texts_and_the_rest_is_read_over() {
        let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>The rope is long,<br>the well is deep.";
        let archive = [
            record("warcinfo", "application/warc-fields", "software: x"),
            record("request", "application/http; msgtype=request", "GET / HTTP/1.1"),
            record("response", "application/http; msgtype=response", html),
            record("response", "application/http", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}"),
            record("conversion", "text/plain", "WARC/1.0 is a name\nplain text"),
        ]
        .concat();
        let (texts, skipped) = read(archive);
        assert_eq!(skipped, 0);
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0].text, "The rope is long,\nthe well is deep.\n");
        assert_eq!(
            (texts[0].id.as_str(), texts[0].labels["url"].as_str()),
            ("urn:uuid:response", Some("https://example.org/response"))
        );
        assert!(texts[1].text.starts_with("WARC/1.0 is a name"));
    }

    #[test]
    fn after_damage_the_next_record_is_read() {
        let good = record("conversion", "text/plain", "The rope is long.");
        let archive = format!("{good}rubbish\r\nmore rubbish\r\n{good}WARC/1.0\r\nWARC-Type: conversion\r\n\r\n{good}");
        let (texts, skipped) = read(archive);
        assert_eq!((texts.len(), skipped), (3, 2));
    }

    #[test]
    fn a_file_cut_off_keeps_what_came_before() {
        let good = record("conversion", "text/plain", "The rope is long.");
        let options = Options { format: Some(Format::Warc), ..Options::default() };
        let cut = format!("{good}{}", &good[..good.len() - 20]);
        let mut texts = from_reader(std::io::Cursor::new(cut.into_bytes()), "x.wet", &options).expect("opens");
        assert!(texts.next().is_some_and(|t| t.is_ok()));
        assert!(texts.next().is_some_and(|t| t.is_err()));
        assert!(texts.next().is_none());
    }

    #[test]
    fn archives_are_known_by_name_and_by_their_first_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["crawl.warc.wet", "crawl.warc", "download"] {
            let path = folder.path().join(name);
            std::fs::write(&path, record("conversion", "text/plain", "The rope is long.")).expect("writes");
            let texts = open(path.to_str().expect("a name"), &Options::default()).expect("opens");
            assert_eq!(texts.map(|t| t.expect("reads").text).collect::<Vec<_>>(), ["The rope is long."]);
        }
    }
}
