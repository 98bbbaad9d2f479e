//! Lines of bounded length from an unbounded source.

use std::io::{self, BufRead};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// In the buffer, without its line end.
    Whole,
    /// Longer than the limit. It was read over, and the buffer is empty.
    TooLong,
    End,
}

/// Reads up to the next line feed into `line`, never holding more than `limit` bytes of it.
pub(crate) fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    line.clear();
    let mut too_long = false;
    let mut begun = false;
    loop {
        let bytes = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes.is_empty() {
            break;
        }
        begun = true;
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if line.len() + part.len() > limit {
            too_long = true;
            *line = Vec::new();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(match (begun, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    proptest! {
        /// Against the slow, obvious version: split the whole.
        #[test]
        fn same_as_split(text in "[ab\r\n]{0,60}", capacity in 1usize..8, limit in 1usize..10) {
            let mut reader = BufReader::with_capacity(capacity, text.as_bytes());
            let mut expected: Vec<&str> = text.split('\n').collect();
            if expected.last() == Some(&"") {
                expected.pop();
            }
            let mut line = Vec::new();
            for whole in expected {
                let found = read_line(&mut reader, &mut line, limit).unwrap();
                if whole.len() > limit {
                    prop_assert_eq!(found, Line::TooLong);
                    prop_assert!(line.is_empty());
                } else {
                    prop_assert_eq!(found, Line::Whole);
                    prop_assert_eq!(line.as_slice(), whole.strip_suffix('\r').unwrap_or(whole).as_bytes());
                }
            }
            prop_assert_eq!(read_line(&mut reader, &mut line, limit).unwrap(), Line::End);
        }
    }
}
