//! Gzip, byte for byte as the reference compresses.
//!
//! What `base64gzip` gives ends up in user data of machines, and any other byte there, even one that means the
//! same when unpacked, would replace them. So the choice of matches, blocks and codes is the reference's (its
//! default level), which no library for general use has.

mod block;
mod huffman;
mod matching;
#[cfg(test)]
mod tests;

use block::BlockWriter;
use matching::Matcher;

/// The data as one gzip member.
pub(super) fn compress(data: &[u8]) -> Vec<u8> {
    // Deflate, no flags, no time, no extra flags, operating system unknown.
    let mut writer = BlockWriter::new(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    Matcher::new(data).run(|tokens, original| writer.write(tokens, original));
    // The reference flushes before it closes: an empty stored block for each.
    writer.write_empty(false);
    writer.write_empty(true);
    let mut out = writer.into_bytes();
    let mut checksum = flate2::Crc::new();
    checksum.update(data);
    out.extend(checksum.sum().to_le_bytes());
    // The length counts modulo 2^32.
    out.extend((data.len() as u32).to_le_bytes());
    out
}
