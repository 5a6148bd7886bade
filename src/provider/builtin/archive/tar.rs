//! Compressed tar archives, byte for byte as the public release writes them: plain headers if a name fits into one,
//! otherwise with an extended header before it.

use super::tree::Entry;
use crate::eval::functions::gzip::pack;

const BLOCK: usize = 512;
const NAME: usize = 100;
const PREFIX: usize = 155;
/// The largest number of seven octal digits.
const LARGEST_MODE: u32 = 0o7_777_777;
const LARGEST_SIZE: usize = 0o77_777_777_777;

/// An archive of these files. A given mode applies to each of them.
pub(super) fn archive(entries: &[Entry], mode: Option<u32>) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for entry in entries {
        let content = entry.read()?;
        if content.len() > LARGEST_SIZE {
            return Err(format!("{} is larger than the format allows.", entry.name));
        }
        let mode = mode.unwrap_or_else(|| entry.mode.map_or(0, portable));
        header(&mut out, &entry.name, mode, content.len())?;
        pad(&mut out, &content);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(pack(&out))
}

fn header(out: &mut Vec<u8>, name: &str, mode: u32, size: usize) -> Result<(), String> {
    if name.contains('\0') {
        return Err("A name has a zero character, which the format cannot say.".into());
    }
    let kind = if name.ends_with('/') { b'5' } else { b'0' };
    if kind == b'5' && size > 0 {
        return Err(format!("\"{name}\" names a folder, which has no content."));
    }
    let block = Header { mode, size, kind, ..Header::default() };
    if name.is_ascii() && name.len() <= NAME {
        block.write(out, name, "");
    } else if let Some((prefix, rest)) = split(name) {
        block.write(out, rest, prefix);
    } else {
        extended(out, name);
        block.write(out, &plain(name), "");
    }
    Ok(())
}

/// A header of its own, with the complete name.
fn extended(out: &mut Vec<u8>, name: &str) {
    let record = record("path", name);
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let place = if folder.is_empty() {
        format!("PaxHeaders.0/{file}")
    } else {
        format!("{folder}/PaxHeaders.0/{file}")
    };
    let place = plain(&place);
    let place = place.get(..place.len().min(NAME)).unwrap_or(&place).trim_end_matches('/');
    let block = Header { size: record.len(), kind: b'x', bare: true, ..Header::default() };
    block.write(out, place, "");
    pad(out, record.as_bytes());
}

/// `30 path=...`, with its own length in front, which counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    loop {
        let whole = rest.len() + length.to_string().len();
        if whole == length {
            return format!("{length}{rest}");
        }
        length = whole;
    }
}

/// Splits a long name in two, if there is a slash in the right place.
fn split(name: &str) -> Option<(&str, &str)> {
    if !name.is_ascii() || name.len() <= NAME {
        return None;
    }
    let most = if name.len() > PREFIX + 1 {
        PREFIX + 1
    } else if name.ends_with('/') {
        name.len() - 1
    } else {
        name.len()
    };
    let (prefix, _) = name.get(..most)?.rsplit_once('/')?;
    let rest = name.get(prefix.len() + 1..)?;
    let fits = !prefix.is_empty() && prefix.len() <= PREFIX && !rest.is_empty() && rest.len() <= NAME;
    fits.then_some((prefix, rest))
}

/// The name for readers without support for extended headers.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii() && *c != '\0').collect()
}

#[derive(Default)]
struct Header {
    mode: u32,
    size: usize,
    kind: u8,
    /// Without device numbers.
    bare: bool,
}

impl Header {
    fn write(&self, out: &mut Vec<u8>, name: &str, prefix: &str) {
        let mut block = [0_u8; BLOCK];
        let mut put = |at: usize, bytes: &[u8]| {
            for (place, byte) in block.iter_mut().skip(at).zip(bytes) {
                *place = *byte;
            }
        };
        put(0, &name.as_bytes()[..name.len().min(NAME)]);
        // A truncated name must not look like that of a folder.
        if name.len() > NAME && name.as_bytes().get(NAME - 1) == Some(&b'/') {
            let cut = name.get(..NAME - 1).unwrap_or_default().trim_end_matches('/').len();
            put(cut, &[0]);
        }
        // Modes with too many digits are encoded as binary numbers, in the older dialect.
        let large = self.mode > LARGEST_MODE;
        if large {
            put(100, &[0x80, 0, 0, 0]);
            put(104, &self.mode.to_be_bytes());
        } else {
            put(100, format!("{:07o}\0", self.mode).as_bytes());
        }
        put(108, b"0000000\x000000000\x00");
        put(124, format!("{:011o}\0", self.size).as_bytes());
        put(136, b"00000000000\x00");
        put(156, &[self.kind]);
        put(257, if large { b"ustar  \0" } else { b"ustar\x0000" });
        if !self.bare {
            put(329, b"0000000\x000000000\x00");
        }
        put(345, prefix.as_bytes());
        put(148, b"        ");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        let text = format!("{sum:06o}\0 ");
        for (place, byte) in block.iter_mut().skip(148).zip(text.as_bytes()) {
            *place = *byte;
        }
        out.extend(block);
    }
}

fn pad(out: &mut Vec<u8>, content: &[u8]) {
    out.extend(content);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

/// A mode of this system, with the special bits as the public release has them.
fn portable(mode: u32) -> u32 {
    let bit = |from: u32, to: u32| if mode & from == 0 { 0 } else { to };
    (mode & 0o777) | bit(0o4000, 1 << 23) | bit(0o2000, 1 << 22) | bit(0o1000, 1 << 20)
}
