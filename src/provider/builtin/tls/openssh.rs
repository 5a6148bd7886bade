//! Keys in OpenSSH's formats.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey};
use sha2::Digest;

use crate::eval::functions::Wire;

use super::super::checksum::hexadecimal;
use super::curve::{CURVES, Curve};
use super::key::Key;
use super::pem;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The public key texts; empty for a key that OpenSSH does not support.
pub(super) struct PublicText {
    pub(super) authorized: String,
    pub(super) md5: String,
    pub(super) sha256: String,
}

pub(super) fn public(key: &Key) -> PublicText {
    let Some(blob) = blob(key) else {
        return PublicText { authorized: String::new(), md5: String::new(), sha256: String::new() };
    };
    let md5 = md5::Md5::digest(&blob);
    let md5: Vec<String> = md5.iter().map(|byte| hexadecimal(&[*byte])).collect();
    PublicText {
        authorized: format!("{} {}\n", kind(key), STANDARD.encode(&blob)),
        md5: md5.join(":"),
        sha256: format!("SHA256:{}", STANDARD_NO_PAD.encode(sha2::Sha256::digest(&blob))),
    }
}

/// The private key without a passphrase; empty for a key that OpenSSH does not support.
pub(super) fn private(key: &Key) -> String {
    let Some(public) = blob(key) else { return String::new() };
    let mut check = [0; 4];
    // It only detects a wrong passphrase, and there is none, so any number will do.
    let _ = getrandom::fill(&mut check);
    let mut inner = Writer([check, check].concat());
    inner.text(kind(key).as_bytes());
    match key {
        Key::Rsa(key) => {
            for number in [key.n(), key.e(), key.d()] {
                inner.number(number);
            }
            let (p, q) = primes(key);
            // Precomputed for the larger form of the arithmetic.
            let exponent = &p - BigUint::from(2u8);
            inner.number(&q.modpow(&exponent, &p));
            inner.number(&p);
            inner.number(&q);
        }
        Key::Curve { curve, secret, point } => {
            inner.text(curve.openssh().unwrap_or_default().as_bytes());
            inner.text(point);
            inner.number(&BigUint::from_bytes_be(secret));
        }
        Key::Edwards(key) => {
            let public = key.verifying_key().to_bytes();
            inner.text(&public);
            inner.text(&[*key.as_bytes(), public].concat());
        }
    }
    // No comment.
    inner.text(&[]);
    let mut padding = 0;
    while !inner.0.len().is_multiple_of(8) {
        padding += 1;
        inner.0.push(padding);
    }
    let mut outer = Writer(MAGIC.to_vec());
    outer.text(b"none");
    outer.text(b"none");
    outer.text(&[]);
    outer.0.extend(1u32.to_be_bytes());
    outer.text(&public);
    outer.text(&inner.0);
    pem::encode("OPENSSH PRIVATE KEY", &outer.0)
}

/// The key in the bytes of a block; `None` if it is encrypted, of another kind or invalid.
pub(super) fn read(bytes: &[u8]) -> Option<Key> {
    let mut outer = Wire(bytes.strip_prefix(MAGIC)?);
    let (cipher, derivation, _options) = (outer.string()?, outer.string()?, outer.string()?);
    if cipher != b"none" || derivation != b"none" || outer.number()? != 1 {
        return None;
    }
    let _public = outer.string()?;
    let mut inner = Wire(outer.string()?);
    if inner.number()? != inner.number()? {
        return None;
    }
    match std::str::from_utf8(inner.string()?).ok()? {
        "ssh-rsa" => {
            let mut number = || inner.integer();
            let (n, e, d, _coefficient) = (number()?, number()?, number()?, number()?);
            let primes = vec![number()?, number()?];
            let mut key = RsaPrivateKey::from_components(n, e, d, primes).ok()?;
            key.validate().ok()?;
            key.precompute().ok()?;
            Some(Key::Rsa(Box::new(key)))
        }
        "ssh-ed25519" => {
            let _public = inner.string()?;
            Key::edwards(inner.string()?.get(..32)?)
        }
        kind => {
            let name = kind.strip_prefix("ecdsa-sha2-")?;
            let curve = CURVES.into_iter().find(|curve| curve.openssh() == Some(name))?;
            let (_name, _point) = (inner.string()?, inner.string()?);
            Key::of_secret(curve, inner.string()?)
        }
    }
}

fn kind(key: &Key) -> String {
    match key {
        Key::Rsa(_) => "ssh-rsa".into(),
        Key::Curve { curve, .. } => format!("ecdsa-sha2-{}", curve.openssh().unwrap_or_default()),
        Key::Edwards(_) => "ssh-ed25519".into(),
    }
}

/// The public key in OpenSSH's binary format.
fn blob(key: &Key) -> Option<Vec<u8>> {
    let mut writer = Writer(Vec::new());
    writer.text(kind(key).as_bytes());
    match key {
        Key::Rsa(key) => {
            writer.number(key.e());
            writer.number(key.n());
        }
        Key::Curve { curve, point, .. } => {
            writer.text(Curve::openssh(*curve)?.as_bytes());
            writer.text(point);
        }
        Key::Edwards(key) => writer.text(&key.verifying_key().to_bytes()),
    }
    Some(writer.0)
}

fn primes(key: &RsaPrivateKey) -> (BigUint, BigUint) {
    match key.primes() {
        [p, q, ..] => (p.clone(), q.clone()),
        _ => (BigUint::from(3u8), BigUint::from(2u8)),
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn text(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u32).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: &BigUint) {
        let mut bytes = number.to_bytes_be();
        if bytes.first().is_some_and(|first| *first >= 0x80) {
            bytes.insert(0, 0);
        }
        self.text(&bytes);
    }
}
