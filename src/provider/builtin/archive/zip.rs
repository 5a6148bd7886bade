//! ZIP archives, byte for byte as the public release writes them: their checksums decide whether functions made of them
//! are replaced, so neither order nor time nor compression may differ.

use super::tree::Entry;
use crate::eval::functions::gzip::{Effort, deflate};

/// An archive of these files. A given mode applies to each file from the disk.
pub(super) fn archive(entries: &[Entry], mode: Option<u32>) -> Result<Vec<u8>, String> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let head = Head::of(entry, mode)?;
        let start = archive.len() as u64;
        let content = entry.read()?;
        let mut checksum = flate2::Crc::new();
        checksum.update(&content);
        let packed = if head.is_folder { Vec::new() } else { deflate(&content, Effort::FIVE) };
        let sizes =
            Sizes { checksum: checksum.sum(), packed: packed.len() as u64, plain: content.len() as u64 };
        if head.is_folder && sizes.plain > 0 {
            return Err(format!("\"{}\" names a folder, which has no content.", entry.name));
        }
        head.write_before(&mut archive);
        archive.extend(packed);
        if !head.is_folder {
            sizes.write_after(&mut archive);
        }
        head.write_into_directory(&mut directory, &sizes, start);
    }
    end(&mut archive, &directory, entries.len() as u64);
    Ok(archive)
}

/// What is known of an entry before its content.
struct Head<'a> {
    name: &'a str,
    /// The system whose attributes these are, in the upper byte.
    creator: u16,
    attributes: u32,
    flags: u16,
    method: u16,
    date: u16,
    is_folder: bool,
}

struct Sizes {
    checksum: u32,
    packed: u64,
    plain: u64,
}

const VERSION: u16 = 20;
const VERSION_OF_LARGE: u16 = 45;
const REGULAR: u32 = 0o100_000;
const LARGEST: u64 = u32::MAX as u64;

impl<'a> Head<'a> {
    fn of(entry: &'a Entry, mode: Option<u32>) -> Result<Self, String> {
        let name = entry.name.as_str();
        if name.len() > usize::from(u16::MAX) {
            return Err("A name is longer than the format allows.".into());
        }
        let is_folder = name.ends_with('/');
        // Sizes follow the content.
        let streamed = if is_folder { 0 } else { 8 };
        let foreign = name.chars().any(|c| !(' '..='}').contains(&c) || c == '\\');
        let mut head = Head {
            name,
            creator: VERSION,
            attributes: 0,
            flags: streamed | if foreign { 0x800 } else { 0 },
            method: if is_folder { 0 } else { 8 },
            date: 0,
            is_folder,
        };
        if let Some(own) = entry.mode {
            let mode = mode.map_or(own, |mode| mode & 0o777);
            let read_only = u32::from(mode & 0o200 == 0);
            head.creator |= 3 << 8;
            head.attributes = (REGULAR | mode) << 16 | read_only;
            // The first day of the year 1, which the format cannot represent and wraps to 2049.
            head.date = 0x8a21;
        }
        Ok(head)
    }

    fn write_before(&self, out: &mut Vec<u8>) {
        out.extend(0x0403_4b50_u32.to_le_bytes());
        out.extend(VERSION.to_le_bytes());
        self.write_middle(out);
        out.extend([0; 12]);
        self.write_length(out);
        out.extend([0; 2]);
        out.extend(self.name.as_bytes());
    }

    fn write_into_directory(&self, out: &mut Vec<u8>, sizes: &Sizes, start: u64) {
        let large = sizes.are_large() || start >= LARGEST;
        let version = if large { VERSION_OF_LARGE } else { VERSION };
        let (packed, plain, offset) =
            if large { (LARGEST, LARGEST, LARGEST) } else { (sizes.packed, sizes.plain, start) };
        out.extend(0x0201_4b50_u32.to_le_bytes());
        out.extend(self.creator.to_le_bytes());
        out.extend(version.to_le_bytes());
        self.write_middle(out);
        out.extend(sizes.checksum.to_le_bytes());
        out.extend((packed as u32).to_le_bytes());
        out.extend((plain as u32).to_le_bytes());
        self.write_length(out);
        out.extend(if large { 28_u16 } else { 0 }.to_le_bytes());
        out.extend([0; 6]);
        out.extend(self.attributes.to_le_bytes());
        out.extend((offset as u32).to_le_bytes());
        out.extend(self.name.as_bytes());
        if large {
            out.extend(1_u16.to_le_bytes());
            out.extend(24_u16.to_le_bytes());
            out.extend(sizes.plain.to_le_bytes());
            out.extend(sizes.packed.to_le_bytes());
            out.extend(start.to_le_bytes());
        }
    }

    fn write_middle(&self, out: &mut Vec<u8>) {
        for field in [self.flags, self.method, 0, self.date] {
            out.extend(field.to_le_bytes());
        }
    }

    fn write_length(&self, out: &mut Vec<u8>) {
        out.extend((self.name.len() as u16).to_le_bytes());
    }
}

impl Sizes {
    fn are_large(&self) -> bool {
        self.packed >= LARGEST || self.plain >= LARGEST
    }

    fn write_after(&self, out: &mut Vec<u8>) {
        out.extend(0x0807_4b50_u32.to_le_bytes());
        out.extend(self.checksum.to_le_bytes());
        for size in [self.packed, self.plain] {
            match self.are_large() {
                true => out.extend(size.to_le_bytes()),
                false => out.extend((size as u32).to_le_bytes()),
            }
        }
    }
}

fn end(archive: &mut Vec<u8>, directory: &[u8], count: u64) {
    let start = archive.len() as u64;
    let size = directory.len() as u64;
    archive.extend(directory);
    let few = u64::from(u16::MAX);
    let (mut shown_count, mut shown_size, mut shown_start) = (count, size, start);
    if count >= few || size >= LARGEST || start >= LARGEST {
        let here = archive.len() as u64;
        archive.extend(0x0606_4b50_u32.to_le_bytes());
        archive.extend(44_u64.to_le_bytes());
        archive.extend(VERSION_OF_LARGE.to_le_bytes());
        archive.extend(VERSION_OF_LARGE.to_le_bytes());
        archive.extend([0; 8]);
        for field in [count, count, size, start] {
            archive.extend(field.to_le_bytes());
        }
        archive.extend(0x0706_4b50_u32.to_le_bytes());
        archive.extend([0; 4]);
        archive.extend(here.to_le_bytes());
        archive.extend(1_u32.to_le_bytes());
        (shown_count, shown_size, shown_start) = (few, LARGEST, LARGEST);
    }
    archive.extend(0x0605_4b50_u32.to_le_bytes());
    archive.extend([0; 4]);
    archive.extend((shown_count as u16).to_le_bytes());
    archive.extend((shown_count as u16).to_le_bytes());
    archive.extend((shown_size as u32).to_le_bytes());
    archive.extend((shown_start as u32).to_le_bytes());
    archive.extend([0; 2]);
}
