//! Checksum attributes of file resources.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;

/// The checksums of one content, in each encoding.
pub(super) struct Checksums {
    pub(super) md5: String,
    pub(super) sha1: String,
    pub(super) sha256: String,
    pub(super) base64sha256: String,
    pub(super) sha512: String,
    pub(super) base64sha512: String,
}

impl Checksums {
    pub(super) fn of(content: &[u8]) -> Self {
        let sha256 = sha2::Sha256::digest(content);
        let sha512 = sha2::Sha512::digest(content);
        Self {
            md5: hexadecimal(&md5::Md5::digest(content)),
            sha1: hexadecimal(&sha1::Sha1::digest(content)),
            sha256: hexadecimal(&sha256),
            base64sha256: STANDARD.encode(sha256),
            sha512: hexadecimal(&sha512),
            base64sha512: STANDARD.encode(sha512),
        }
    }
}

pub(super) fn hexadecimal(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
