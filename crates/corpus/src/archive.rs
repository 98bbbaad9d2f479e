//! ZIP archives, as far as a log needs them: members stored, deflated or compressed with Zstandard.
//!
//! An archive is a stranger's file. Names of members are never used as paths, what a member unpacks to is held to a limit
//! whatever it declares, and members that together take more room than the file has (one of them read many times over) are
//! refused before anything is unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::path::Path;

use crate::error::{Error, Place};
use crate::source::reading_failed;

/// Bytes that the table of contents may have: some 500,000 members.
const CONTENTS: u64 = 64 << 20;
/// The end record (22 bytes) and the longest comment that may follow it.
const TAIL: u64 = 22 + 0xFFFF;
/// Characters of a member's name that are shown.
const SHOWN: usize = 120;

/// True where the file begins as a ZIP archive does.
pub(crate) fn is_zip(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && magic == *b"PK\x03\x04"
}

/// One member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: String,
    method: u16,
    encrypted: bool,
    crc: u32,
    packed: u64,
    header_at: u64,
}

pub(crate) struct Archive {
    name: String,
    file: BufReader<File>,
    pub members: Vec<Member>,
}

impl Archive {
    /// Reads the table of contents.
    pub fn open(path: &Path, name: &str) -> Result<Archive, Error> {
        let file = File::open(path).map_err(|error| Error::Open { source_name: name.to_string(), error })?;
        let mut file = BufReader::new(file);
        let members =
            contents(&mut file).map_err(|message| Error::Archive { source_name: name.to_string(), message })?;
        Ok(Archive { name: name.to_string(), file, members })
    }

    /// The place of a member, for messages.
    pub fn place(&self, member: &Member) -> Place {
        let shown: String = member.name.chars().take(SHOWN).collect();
        Place { source: format!("{}/{shown}", self.name), line: None }
    }

    /// The bytes of a member, at most `limit`.
    pub fn read(&mut self, member: &Member, limit: usize) -> Result<Vec<u8>, Error> {
        let place = self.place(member);
        let failed = |error| reading_failed(place.clone(), error);
        let bytes = self.unpack(member, limit).map_err(failed)?;
        if bytes.len() > limit {
            return Err(Error::TooLong { place, limit });
        }
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        if crc.sum() != member.crc {
            return Err(failed(damaged("the checksum is another")));
        }
        Ok(bytes)
    }

    fn unpack(&mut self, member: &Member, limit: usize) -> io::Result<Vec<u8>> {
        if member.encrypted {
            return Err(damaged("it is encrypted"));
        }
        let packed = self.packed(member)?;
        let mut bytes = Vec::new();
        let most = limit as u64 + 1;
        match member.method {
            0 => packed.take(most).read_to_end(&mut bytes)?,
            8 => flate2::bufread::DeflateDecoder::new(packed).take(most).read_to_end(&mut bytes)?,
            // Written in several frames, which the decoder reads as one.
            93 => zstd::stream::read::Decoder::with_buffer(packed)?.take(most).read_to_end(&mut bytes)?,
            other => return Err(damaged(&format!("it is compressed by method {other}, which is not read"))),
        };
        Ok(bytes)
    }

    /// The member's bytes as they stand in the file. Its own header repeats the name, at another length perhaps.
    fn packed(&mut self, member: &Member) -> io::Result<Take<&mut BufReader<File>>> {
        let mut header = [0; 30];
        self.file.seek(SeekFrom::Start(member.header_at))?;
        self.file.read_exact(&mut header)?;
        if &header[..4] != b"PK\x03\x04" {
            return Err(damaged("there is no member where the table of contents says"));
        }
        let skip = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
        self.file.seek_relative(skip)?;
        Ok((&mut self.file).take(member.packed))
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// The table of contents, found from the end of the file (APPNOTE.TXT 4.3.16, and 4.3.14 for archives over 4 GB).
fn contents(file: &mut BufReader<File>) -> Result<Vec<Member>, String> {
    let said = |error: io::Error| error.to_string();
    let length = file.seek(SeekFrom::End(0)).map_err(said)?;
    let (from, size) = directory(file, length)?;
    if size > CONTENTS || from.checked_add(size).is_none_or(|end| end > length) {
        return Err("its table of contents lies outside of it or is too long".to_string());
    }
    let mut bytes = vec![0; size as usize];
    file.seek(SeekFrom::Start(from)).map_err(said)?;
    file.read_exact(&mut bytes).map_err(said)?;
    let members = listed(&bytes)?;
    let together = members.iter().fold(0u64, |sum, member| sum.saturating_add(member.packed));
    if together > length {
        return Err("its members overlap: together they are longer than the file".to_string());
    }
    Ok(members)
}

/// Where the table begins, and its length.
fn directory(file: &mut BufReader<File>, length: u64) -> Result<(u64, u64), String> {
    let said = |error: io::Error| error.to_string();
    let tail_at = length.saturating_sub(TAIL);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(tail_at)).map_err(said)?;
    file.take(TAIL).read_to_end(&mut tail).map_err(said)?;
    let end = tail.windows(22).rposition(|window| window.starts_with(b"PK\x05\x06"));
    let end = end.ok_or("it has no table of contents; was it written to its end?")?;
    let record = &tail[end..];
    let (from, size) = (u32_at(record, 16), u32_at(record, 12));
    if from != u32::MAX && size != u32::MAX && u16_at(record, 10) != u16::MAX {
        return Ok((u64::from(from), u64::from(size)));
    }
    let locator = end.checked_sub(20).map(|at| &tail[at..end]).filter(|bytes| bytes.starts_with(b"PK\x06\x07"));
    let Some(locator) = locator else { return Ok((u64::from(from), u64::from(size))) };
    let mut long = [0; 56];
    file.seek(SeekFrom::Start(u64_at(locator, 8))).map_err(said)?;
    file.read_exact(&mut long).map_err(said)?;
    if !long.starts_with(b"PK\x06\x06") {
        return Err("the long form of its table of contents is damaged".to_string());
    }
    Ok((u64_at(&long, 48), u64_at(&long, 40)))
}

fn listed(mut bytes: &[u8]) -> Result<Vec<Member>, String> {
    let mut members = Vec::new();
    while bytes.starts_with(b"PK\x01\x02") {
        let cut = || "its table of contents is cut off".to_string();
        let fixed = bytes.get(..46).ok_or_else(cut)?;
        let (name, extra, comment) = (u16_at(fixed, 28), u16_at(fixed, 30), u16_at(fixed, 32));
        let (name, extra, comment) = (usize::from(name), usize::from(extra), usize::from(comment));
        let rest = bytes.get(46..46 + name + extra + comment).ok_or_else(cut)?;
        let mut member = Member {
            name: String::from_utf8_lossy(&rest[..name]).into_owned(),
            method: u16_at(fixed, 10),
            encrypted: u16_at(fixed, 8) & 1 == 1,
            crc: u32_at(fixed, 16),
            packed: u64::from(u32_at(fixed, 20)),
            header_at: u64::from(u32_at(fixed, 42)),
        };
        lengthen(&mut member, u32_at(fixed, 24), &rest[name..name + extra]);
        members.push(member);
        bytes = &bytes[46 + name + extra + comment..];
    }
    Ok(members)
}

/// The fields that 32 bits do not hold stand behind the name, in a fixed order, each only where it is needed.
fn lengthen(member: &mut Member, unpacked: u32, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(mut field) = extra.get(4..4 + size) else { return };
        if id == 1 {
            let mut next = |wanted: bool| {
                let value = (wanted && field.len() >= 8).then(|| u64_at(field, 0));
                field = if value.is_some() { &field[8..] } else { field };
                value
            };
            next(unpacked == u32::MAX);
            member.packed = next(member.packed == u64::from(u32::MAX)).unwrap_or(member.packed);
            member.header_at = next(member.header_at == u64::from(u32::MAX)).unwrap_or(member.header_at);
            return;
        }
        extra = &extra[4 + size..];
    }
}
