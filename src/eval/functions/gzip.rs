//! Gzip and deflate, compressing byte for byte as Terraform does.
//!
//! The result of `base64gzip` ends up in user data of machines, where any other byte, even one that decompresses to the
//! same, would replace them; checksums of archives do the same to functions. So matches, blocks and codes are chosen as
//! Terraform's library does, which no general-purpose library offers.

mod block;
mod huffman;
mod matching;
#[cfg(test)]
mod tests;

use block::BlockWriter;
pub use matching::Effort;
use matching::Matcher;

/// The data as one gzip member, as `base64gzip` makes it.
pub(super) fn compress(data: &[u8]) -> Vec<u8> {
    // Terraform flushes before it closes.
    member(data, true)
}

/// The data as one gzip member, as files are made.
pub fn pack(data: &[u8]) -> Vec<u8> {
    member(data, false)
}

/// The data in the format that gzip members and archives hold.
pub fn deflate(data: &[u8], effort: Effort) -> Vec<u8> {
    deflated(Vec::new(), data, effort, false)
}

fn member(data: &[u8], flushed: bool) -> Vec<u8> {
    // Deflate, no flags, no time, no extra flags, operating system unknown.
    let head = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut out = deflated(head, data, Effort::SIX, flushed);
    let mut checksum = flate2::Crc::new();
    checksum.update(data);
    out.extend(checksum.sum().to_le_bytes());
    // The length counts modulo 2^32.
    out.extend((data.len() as u32).to_le_bytes());
    out
}

/// Continues after a header. Flushed or closed data ends with an empty stored block.
fn deflated(head: Vec<u8>, data: &[u8], effort: Effort, flushed: bool) -> Vec<u8> {
    let mut writer = BlockWriter::new(head);
    Matcher::new(data, effort).run(|tokens, original| writer.write(tokens, original));
    if flushed {
        writer.write_empty(false);
    }
    writer.write_empty(true);
    writer.into_bytes()
}
