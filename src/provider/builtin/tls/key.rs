//! Private keys: generates, reads, writes, and signs with them.

use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::signature::{SignatureEncoding, Signer};
use rsa::{RsaPrivateKey, RsaPublicKey};
use sha2::Digest;

use super::asn1::{self, Reader};
use super::curve::Curve;
use super::{openssh, pem};

pub(super) enum Key {
    Rsa(Box<RsaPrivateKey>),
    Curve { curve: Curve, secret: Vec<u8>, point: Vec<u8> },
    Edwards(Box<ed25519_dalek::SigningKey>),
}

/// The public part of a key, as certificates contain it.
pub(super) struct PublicKey {
    /// SubjectPublicKeyInfo.
    pub(super) der: Vec<u8>,
    /// The input of key identifiers.
    identity: Vec<u8>,
}

const RSA: &str = "1.2.840.113549.1.1.1";
const CURVE: &str = "1.2.840.10045.2.1";
const EDWARDS: &str = "1.3.101.112";
const NULL: [u8; 2] = [asn1::NULL, 0];

impl Key {
    /// Slow.
    pub(super) fn rsa(bits: usize) -> Result<Self, String> {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits)
            .map_err(|error| format!("An RSA key of {bits} bits cannot be made: {error}."))?;
        Ok(Self::Rsa(Box::new(key)))
    }

    pub(super) fn on(curve: Curve) -> Result<Self, String> {
        Self::of_secret(curve, &curve.secret()).ok_or_else(|| "The key that was drawn is no key.".into())
    }

    pub(super) fn edwards(seed: &[u8]) -> Option<Self> {
        let seed = seed.try_into().ok()?;
        Some(Self::Edwards(Box::new(ed25519_dalek::SigningKey::from_bytes(seed))))
    }

    pub(super) fn of_secret(curve: Curve, secret: &[u8]) -> Option<Self> {
        let significant = secret.iter().skip_while(|byte| **byte == 0).count();
        let significant = secret.get(secret.len() - significant..)?;
        let mut padded = vec![0; curve.size().checked_sub(significant.len())?];
        padded.extend_from_slice(significant);
        let point = curve.point(&padded)?;
        Some(Self::Curve { curve, secret: padded, point })
    }

    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RSA",
            Self::Curve { .. } => "ECDSA",
            Self::Edwards(_) => "ED25519",
        }
    }

    /// From any block that contains a key. The error is a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("It is not in PEM.")?;
        let found = match &*block.label {
            "RSA PRIVATE KEY" => Self::of_rsa(&block.bytes),
            "EC PRIVATE KEY" => Self::of_sec1(&block.bytes, None),
            "PRIVATE KEY" => Self::of_pkcs8(&block.bytes),
            "OPENSSH PRIVATE KEY" => openssh::read(&block.bytes),
            label => {
                return Err(format!("A block of type \"{label}\" is no private key that is known here."));
            }
        };
        found.ok_or_else(|| {
            format!("The block of type \"{}\" holds no private key that can be read.", block.label)
        })
    }

    fn of_rsa(der: &[u8]) -> Option<Self> {
        let mut key = RsaPrivateKey::from_pkcs1_der(der).ok()?;
        key.precompute().ok()?;
        Some(Self::Rsa(Box::new(key)))
    }

    fn of_sec1(der: &[u8], curve: Option<Curve>) -> Option<Self> {
        let mut fields = Reader(der).take_sequence()?;
        fields.take(asn1::INTEGER)?;
        let secret = fields.take(asn1::OCTETS)?;
        let named = fields.maybe(asn1::context(0)).and_then(|named| Reader(named).take(asn1::OID));
        let curve = named.and_then(asn1::dotted).and_then(|oid| Curve::of_oid(&oid)).or(curve)?;
        Self::of_secret(curve, secret)
    }

    fn of_pkcs8(der: &[u8]) -> Option<Self> {
        let mut fields = Reader(der).take_sequence()?;
        fields.take(asn1::INTEGER)?;
        let mut algorithm = fields.take_sequence()?;
        let inner = fields.take(asn1::OCTETS)?;
        match &*asn1::dotted(algorithm.take(asn1::OID)?)? {
            RSA => Self::of_rsa(inner),
            CURVE => {
                let curve = algorithm.take(asn1::OID).and_then(asn1::dotted);
                Self::of_sec1(inner, curve.and_then(|oid| Curve::of_oid(&oid)))
            }
            EDWARDS => Self::edwards(Reader(inner).take(asn1::OCTETS)?),
            _ => None,
        }
    }

    /// In the oldest format that supports the key.
    pub(super) fn pem(&self) -> Result<String, String> {
        Ok(match self {
            Self::Rsa(key) => pem::encode("RSA PRIVATE KEY", &pkcs1(key)?),
            Self::Curve { curve, .. } => {
                let named = asn1::tagged(asn1::context(0), &asn1::oid(curve.oid()));
                pem::encode("EC PRIVATE KEY", &self.sec1(&named))
            }
            Self::Edwards(_) => self.pkcs8_pem()?,
        })
    }

    pub(super) fn pkcs8_pem(&self) -> Result<String, String> {
        let (algorithm, inner) = match self {
            Self::Rsa(key) => (asn1::sequence(&[&asn1::oid(RSA), &NULL]), pkcs1(key)?),
            Self::Curve { curve, .. } => {
                (asn1::sequence(&[&asn1::oid(CURVE), &asn1::oid(curve.oid())]), self.sec1(&[]))
            }
            Self::Edwards(key) => (asn1::sequence(&[&asn1::oid(EDWARDS)]), asn1::octets(key.as_bytes())),
        };
        let der = asn1::sequence(&[&asn1::integer(&[0]), &algorithm, &asn1::octets(&inner)]);
        Ok(pem::encode("PRIVATE KEY", &der))
    }

    /// With the name of the curve, if nothing around it contains that.
    fn sec1(&self, named: &[u8]) -> Vec<u8> {
        let Self::Curve { secret, point, .. } = self else { return Vec::new() };
        let public = asn1::tagged(asn1::context(1), &asn1::bits(point));
        asn1::sequence(&[&asn1::integer(&[1]), &asn1::octets(secret), named, &public])
    }

    pub(super) fn public(&self) -> Result<PublicKey, String> {
        Ok(match self {
            Self::Rsa(key) => {
                let public = RsaPublicKey::from(&**key).to_pkcs1_der();
                let public = public.map_err(|error| format!("The key cannot be written: {error}."))?;
                let algorithm = asn1::sequence(&[&asn1::oid(RSA), &NULL]);
                let der = asn1::sequence(&[&algorithm, &asn1::bits(public.as_bytes())]);
                PublicKey { der, identity: public.as_bytes().to_vec() }
            }
            Self::Curve { curve, point, .. } => {
                let algorithm = asn1::sequence(&[&asn1::oid(CURVE), &asn1::oid(curve.oid())]);
                let der = asn1::sequence(&[&algorithm, &asn1::bits(point)]);
                PublicKey { der, identity: point.clone() }
            }
            Self::Edwards(key) => {
                let public = key.verifying_key().to_bytes();
                let algorithm = asn1::sequence(&[&asn1::oid(EDWARDS)]);
                let der = asn1::sequence(&[&algorithm, &asn1::bits(&public)]);
                PublicKey { der, identity: asn1::octets(&public) }
            }
        })
    }

    /// The identifier of the algorithm, and the signature.
    pub(super) fn sign(&self, message: &[u8]) -> Result<(Vec<u8>, Vec<u8>), String> {
        Ok(match self {
            Self::Rsa(key) => {
                let signer = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new((**key).clone());
                let signature = signer.try_sign(message);
                let signature = signature.map_err(|error| format!("The key cannot sign: {error}."))?;
                (asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.11"), &NULL]), signature.to_vec())
            }
            Self::Curve { curve, secret, .. } => {
                let signature = curve.sign(secret, message).ok_or("The key cannot sign.")?;
                (asn1::sequence(&[&asn1::oid(curve.signature_oid())]), signature)
            }
            Self::Edwards(key) => {
                let signature = Signer::sign(&**key, message);
                (asn1::sequence(&[&asn1::oid(EDWARDS)]), signature.to_bytes().to_vec())
            }
        })
    }
}

impl PublicKey {
    /// From the SubjectPublicKeyInfo of a request.
    pub(super) fn of_info(der: &[u8]) -> Option<Self> {
        let mut fields = Reader(der).take_sequence()?;
        let mut algorithm = fields.take_sequence()?;
        let key = fields.take_bits()?;
        let identity = match &*asn1::dotted(algorithm.take(asn1::OID)?)? {
            RSA | CURVE => key.to_vec(),
            EDWARDS => asn1::octets(key),
            _ => return None,
        };
        Some(Self { der: der.to_vec(), identity })
    }

    /// The key identifier in certificates.
    pub(super) fn identifier(&self) -> Vec<u8> {
        sha1::Sha1::digest(&self.identity).to_vec()
    }
}

fn pkcs1(key: &RsaPrivateKey) -> Result<Vec<u8>, String> {
    let der = key.to_pkcs1_der().map_err(|error| format!("The key cannot be written: {error}."))?;
    Ok(der.as_bytes().to_vec())
}
