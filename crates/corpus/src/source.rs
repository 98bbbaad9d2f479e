//! Opens a file or standard input: decompresses, counts the bytes for progress, looks at the first bytes, and refuses
//! what is no UTF-8 text.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Place};
use crate::format::Format;

/// As much of a source as is looked at to find its format and encoding.
const HEAD: usize = 64 << 10;

/// What standard input is called.
pub(crate) const STDIN: &str = "standard input";

/// Bytes consumed so far, before decompression, shared with whoever shows progress.
pub(crate) type Count = Arc<AtomicU64>;

/// A source opened, its format known.
pub(crate) struct Source {
    pub name: String,
    pub format: Format,
    /// From its first byte after a byte order mark.
    pub reader: Reader,
    /// Nothing but white space in it.
    pub empty: bool,
}

pub(crate) type Reader = Box<dyn BufRead + Send>;

impl Source {
    pub fn stdin(format: Option<Format>, count: &Count) -> Result<Source, Error> {
        Source::new(STDIN, "-", Box::new(io::stdin()), format, count)
    }

    pub fn reader(
        reader: Box<dyn Read + Send>,
        name: &str,
        format: Option<Format>,
        count: &Count,
    ) -> Result<Source, Error> {
        Source::new(name, name, reader, format, count)
    }

    pub fn file(path: &Path, name: &str, format: Option<Format>, count: &Count) -> Result<Source, Error> {
        let file = File::open(path).map_err(|error| Error::Open { source_name: name.to_string(), error })?;
        Source::new(name, name, Box::new(file), format, count)
    }

    fn new(
        name: &str,
        file_name: &str,
        raw: Box<dyn Read + Send>,
        format: Option<Format>,
        count: &Count,
    ) -> Result<Source, Error> {
        let failed = |error: io::Error| reading_failed(Place { source: name.to_string(), line: None }, error);
        let mut counted = Counted { inner: raw, count: Arc::clone(count) };
        let packed = first_bytes(&mut counted).map_err(failed)?;
        let mut plain = decompress(packed, counted).map_err(failed)?;
        let mut head = first_bytes(&mut plain).map_err(failed)?;
        let whole = head.len() < HEAD;

        if let Some(what) = binary(&head) {
            return Err(Error::NotText { source_name: name.to_string(), what });
        }
        // The pages of a web archive have encodings of their own.
        let archive = format == Some(Format::Warc) || head.starts_with(b"WARC/");
        if let Some(encoding) = other_encoding(&head).filter(|_| !archive) {
            return Err(Error::Encoding { source_name: name.to_string(), encoding });
        }
        if head.starts_with(b"\xEF\xBB\xBF") {
            head.drain(..3);
        }
        let format = format.unwrap_or_else(|| Format::detect(file_name, &head, whole));
        let empty = whole && head.trim_ascii().is_empty();
        let reader: Reader = Box::new(BufReader::with_capacity(HEAD, Cursor::new(head).chain(plain)));
        Ok(Source { name: name.to_string(), format, reader, empty })
    }
}

/// Damage of compressed data is bad input; anything else is a failure of the machine.
pub(crate) fn reading_failed(place: Place, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Error::Compressed { place, error }
        }
        // zstd reports damage as `Other`; the operating system's errors carry a number.
        io::ErrorKind::Other if error.raw_os_error().is_none() => Error::Compressed { place, error },
        _ => Error::Read { place, error },
    }
}

struct Counted<R> {
    inner: R,
    count: Count,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// As many bytes as there are, at most [`HEAD`]; however the operating system cuts them, so that what is decided from
/// them does not depend on timing.
fn first_bytes(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn decompress(head: Vec<u8>, rest: Counted<Box<dyn Read + Send>>) -> io::Result<Box<dyn Read + Send>> {
    let gzip = head.starts_with(b"\x1F\x8B");
    let zstd = head.starts_with(b"\x28\xB5\x2F\xFD");
    let raw = Cursor::new(head).chain(rest);
    Ok(if gzip {
        Box::new(flate2::read::MultiGzDecoder::new(raw))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(raw)?)
    } else {
        Box::new(raw)
    })
}

/// The names of formats that people give by mistake, by their first bytes.
fn binary(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 12] = [
        (b"PK\x03\x04", "a ZIP archive"),
        (b"BZh", "compressed with bzip2"),
        (b"\xFD7zXZ", "compressed with xz"),
        (b"\x1F\x8B", "compressed twice"),
        (b"\x28\xB5\x2F\xFD", "compressed twice"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"ARROW1", "an Arrow file"),
        (b"PAR1", "a Parquet file"),
        (b"\x7FELF", "a program"),
    ];
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, what)| what)
}

/// UTF-16, with a byte order mark or with every other byte zero, and Latin-1: many records with bytes over 0x7F and
/// not one of them UTF-8. Single bad records are left to be skipped one by one.
fn other_encoding(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("UTF-16");
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if half >= 4 && even.max(odd) * 10 > half * 7 && even.min(odd) * 10 < half {
        return Some(if odd > even { "UTF-16LE" } else { "UTF-16BE" });
    }
    latin_1(head).then_some("Latin-1")
}

fn latin_1(head: &[u8]) -> bool {
    const ENOUGH: usize = 3;
    let (mut bad_lines, mut last) = (0, usize::MAX);
    let mut line = 0;
    for chunk in head.utf8_chunks() {
        if !chunk.valid().is_ascii() {
            return false;
        }
        line += chunk.valid().bytes().filter(|&byte| byte == b'\n').count();
        if !chunk.invalid().is_empty() && line != last {
            (bad_lines, last) = (bad_lines + 1, line);
        }
    }
    bad_lines >= ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(other_encoding(b"caf\xE9\nna\xEFf\nr\xF4le\n"), Some("Latin-1"));
        assert_eq!(other_encoding(b"caf\xE9\nplain\n"), None);
        assert_eq!(other_encoding("café\nnaïf\n".as_bytes()), None);
        assert_eq!(
            other_encoding(
                "café\n".as_bytes().iter().chain(b"\xE9\n\xE9\n\xE9\n").copied().collect::<Vec<_>>().as_slice()
            ),
            None
        );
        let utf16: Vec<u8> = "a rose".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(other_encoding(&utf16), Some("UTF-16LE"));
        assert_eq!(other_encoding(b"\xFE\xFF\0a"), Some("UTF-16"));
        assert_eq!(other_encoding(b""), None);
    }
}
