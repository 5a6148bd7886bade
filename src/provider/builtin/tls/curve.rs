//! The four curves, each with the hash that it signs with.

use p256::ecdsa::signature::hazmat::{PrehashSigner, RandomizedPrehashSigner};
use rsa::rand_core::OsRng;
use sha2::Digest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P224,
    P256,
    P384,
    P521,
}

pub(super) const CURVES: [Curve; 4] = [Curve::P224, Curve::P256, Curve::P384, Curve::P521];

impl Curve {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P224 => "P224",
            Self::P256 => "P256",
            Self::P384 => "P384",
            Self::P521 => "P521",
        }
    }

    pub(super) fn oid(self) -> &'static str {
        match self {
            Self::P224 => "1.3.132.0.33",
            Self::P256 => "1.2.840.10045.3.1.7",
            Self::P384 => "1.3.132.0.34",
            Self::P521 => "1.3.132.0.35",
        }
    }

    /// ECDSA with the hash that goes with the curve.
    pub(super) fn signature_oid(self) -> &'static str {
        match self {
            Self::P224 | Self::P256 => "1.2.840.10045.4.3.2",
            Self::P384 => "1.2.840.10045.4.3.3",
            Self::P521 => "1.2.840.10045.4.3.4",
        }
    }

    /// The name in OpenSSH, which does not support the smallest curve.
    pub(super) fn openssh(self) -> Option<&'static str> {
        match self {
            Self::P224 => None,
            Self::P256 => Some("nistp256"),
            Self::P384 => Some("nistp384"),
            Self::P521 => Some("nistp521"),
        }
    }

    pub(super) fn of_oid(oid: &str) -> Option<Self> {
        CURVES.into_iter().find(|curve| curve.oid() == oid)
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        CURVES.into_iter().find(|curve| curve.name() == name)
    }

    /// The size of a secret in bytes.
    pub(super) fn size(self) -> usize {
        match self {
            Self::P224 => 28,
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// A new secret.
    pub(super) fn secret(self) -> Vec<u8> {
        match self {
            Self::P224 => p224::SecretKey::random(&mut OsRng).to_bytes().to_vec(),
            Self::P256 => p256::SecretKey::random(&mut OsRng).to_bytes().to_vec(),
            Self::P384 => p384::SecretKey::random(&mut OsRng).to_bytes().to_vec(),
            Self::P521 => p521::SecretKey::random(&mut OsRng).to_bytes().to_vec(),
        }
    }

    /// The uncompressed public point of a secret; `None` if the secret is invalid.
    pub(super) fn point(self, secret: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::P224 => p224::SecretKey::from_slice(secret).ok()?.public_key().to_sec1_bytes().to_vec(),
            Self::P256 => p256::SecretKey::from_slice(secret).ok()?.public_key().to_sec1_bytes().to_vec(),
            Self::P384 => p384::SecretKey::from_slice(secret).ok()?.public_key().to_sec1_bytes().to_vec(),
            Self::P521 => p521::SecretKey::from_slice(secret).ok()?.public_key().to_sec1_bytes().to_vec(),
        })
    }

    pub(super) fn sign(self, secret: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        let sha256 = || sha2::Sha256::digest(message);
        Some(match self {
            Self::P224 => {
                let key = p224::ecdsa::SigningKey::from_slice(secret).ok()?;
                let signature: p224::ecdsa::Signature = key.sign_prehash(&sha256()).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(secret).ok()?;
                let signature: p256::ecdsa::Signature = key.sign_prehash(&sha256()).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(secret).ok()?;
                let hash = sha2::Sha384::digest(message);
                let signature: p384::ecdsa::Signature = key.sign_prehash(&hash).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(secret).ok()?;
                let hash = sha2::Sha512::digest(message);
                let signature: p521::ecdsa::Signature = key.sign_prehash_with_rng(&mut OsRng, &hash).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
        })
    }
}
