//! Hashes of texts.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::argument::text;
use crate::expression::{Function, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions() -> Vec<Function> {
    let base64_text = |digest: &[u8]| STANDARD.encode(digest);
    vec![
        hashed("base64sha256", Digest::Sha256, base64_text),
        hashed("base64sha512", Digest::Sha512, base64_text),
        hashed("md5", Digest::Md5, hexadecimal),
        hashed("sha1", Digest::Sha1, hexadecimal),
        hashed("sha256", Digest::Sha256, hexadecimal),
        hashed("sha512", Digest::Sha512, hexadecimal),
    ]
}

fn hashed(name: &str, digest: Digest, show: fn(&[u8]) -> String) -> Function {
    let parameters = vec![Parameter::new("str", Type::String, "The text.")];
    let description = format!("The {digest} hash of a text.");
    Function::new(name, &description, parameters, Type::String, move |arguments| {
        Ok(Value::string(&show(&digest.of(text(arguments, 0).as_bytes()))))
    })
    .never_null()
}

/// The ways to hash that the language has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Digest {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        })
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
