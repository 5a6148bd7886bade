//! RSA private keys as `ssh-keygen` writes them.

use rsa::{BigUint, RsaPrivateKey};

/// The key in the bytes of an `OPENSSH PRIVATE KEY` block; None where it is protected, not RSA or broken.
pub(super) fn read_key(bytes: &[u8]) -> Option<RsaPrivateKey> {
    let mut outer = Wire(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let (cipher, derivation, _options) = (outer.string()?, outer.string()?, outer.string()?);
    if cipher != b"none" || derivation != b"none" || outer.number()? != 1 {
        return None;
    }
    let _public = outer.string()?;
    let mut inner = Wire(outer.string()?);
    // The same random number twice, to detect a wrong passphrase; then the kind of key.
    if inner.number()? != inner.number()? || inner.string()? != b"ssh-rsa" {
        return None;
    }
    let (modulus, public, private) = (inner.integer()?, inner.integer()?, inner.integer()?);
    let _coefficient = inner.integer()?;
    let primes = vec![inner.integer()?, inner.integer()?];
    let mut key = RsaPrivateKey::from_components(modulus, public, private, primes).ok()?;
    key.validate().ok()?;
    key.precompute().ok()?;
    Some(key)
}

/// The encoding inside of such a block, of RFC 4251: numbers of four bytes, and strings behind their lengths.
pub struct Wire<'a>(pub &'a [u8]);

impl<'a> Wire<'a> {
    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    pub fn integer(&mut self) -> Option<BigUint> {
        self.string().map(BigUint::from_bytes_be)
    }
}
