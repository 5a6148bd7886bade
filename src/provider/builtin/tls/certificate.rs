//! Parses certificates.

use super::asn1::{self, Reader};
use super::{issue, name, pem};

pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    pub(super) version: u64,
    /// With a sign, its highest byte first.
    pub(super) serial: Vec<u8>,
    pub(super) signature_algorithm: &'static str,
    pub(super) key_algorithm: &'static str,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    /// RFC 3339.
    pub(super) start: String,
    pub(super) end: String,
    /// SubjectPublicKeyInfo.
    pub(super) key: Vec<u8>,
    extensions: Vec<(String, Vec<u8>)>,
}

impl Certificate {
    /// The first block of a text. The error is a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("It is not in PEM.")?;
        if block.label != "CERTIFICATE" {
            return Err(format!("A block of type \"{}\" is no certificate.", block.label));
        }
        Self::read(&block.bytes).ok_or_else(|| "The block holds no certificate that can be read.".into())
    }

    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let mut whole = Reader(der);
        let mut parts = whole.take_sequence()?;
        // Anything after it would not be signed.
        if whole.next().is_some() {
            return None;
        }
        let mut signed = parts.take_sequence()?;
        let version = match signed.maybe(asn1::context(0)) {
            Some(version) => u64::from(*Reader(version).take(asn1::INTEGER)?.last()?) + 1,
            None => 1,
        };
        let serial = signed.take(asn1::INTEGER)?.to_vec();
        let algorithm = signed.next()?.content;
        let issuer = signed.next()?.whole.to_vec();
        let mut validity = signed.take_sequence()?;
        let (start, end) = (time(&mut validity)?, time(&mut validity)?);
        let subject = signed.next()?.whole.to_vec();
        let key = signed.next()?.whole.to_vec();
        let mut extensions = Vec::new();
        while let Some(element) = signed.next() {
            if element.tag == asn1::context(3) {
                let mut list = Reader(element.content).take_sequence()?;
                while let Some(mut extension) = list.take_sequence() {
                    let oid = asn1::dotted(extension.take(asn1::OID)?)?;
                    extension.maybe(asn1::BOOLEAN);
                    extensions.push((oid, extension.take(asn1::OCTETS)?.to_vec()));
                }
            }
        }
        let key_algorithm = Reader(&key).take_sequence()?.take_sequence()?.take(asn1::OID)?;
        Some(Self {
            der: der.to_vec(),
            version,
            serial,
            signature_algorithm: signature_algorithm(Reader(algorithm))?,
            key_algorithm: key_algorithm_name(&asn1::dotted(key_algorithm)?),
            issuer,
            subject,
            start,
            end,
            key,
            extensions,
        })
    }

    pub(super) fn is_authority(&self) -> bool {
        self.constraints().is_some_and(|(is_authority, _)| is_authority)
    }

    /// How many authorities may follow: -1 for any number; 0 also if the certificate does not say.
    pub(super) fn path_length(&self) -> i64 {
        self.constraints().map_or(0, |(_, length)| length)
    }

    pub(super) fn key_identifier(&self) -> Option<Vec<u8>> {
        let identifier = Reader(self.extension(issue::SUBJECT_KEY)?).take(asn1::OCTETS)?;
        (!identifier.is_empty()).then(|| identifier.to_vec())
    }

    pub(super) fn serial_text(&self) -> String {
        let is_negative = self.serial.first().is_some_and(|first| *first >= 0x80);
        if !is_negative {
            return dashu_int::UBig::from_be_bytes(&self.serial).to_string();
        }
        let inverted: Vec<u8> = self.serial.iter().map(|byte| !byte).collect();
        format!("-{}", dashu_int::UBig::from_be_bytes(&inverted) + dashu_int::UBig::ONE)
    }

    pub(super) fn issuer_text(&self) -> String {
        name::to_text(&self.issuer).unwrap_or_default()
    }

    pub(super) fn subject_text(&self) -> String {
        name::to_text(&self.subject).unwrap_or_default()
    }

    fn constraints(&self) -> Option<(bool, i64)> {
        let mut fields = Reader(self.extension(issue::CONSTRAINTS)?).take_sequence()?;
        let is_authority = fields.maybe(asn1::BOOLEAN).is_some_and(|flag| flag != [0]);
        let length = fields.maybe(asn1::INTEGER).map(|bytes| {
            bytes
                .iter()
                .fold(0i64, |length, byte| length.saturating_mul(256).saturating_add(i64::from(*byte)))
        });
        Some((is_authority, length.unwrap_or(-1)))
    }

    fn extension(&self, oid: &str) -> Option<&[u8]> {
        self.extensions.iter().find(|(known, _)| known == oid).map(|(_, value)| &**value)
    }
}

fn time(fields: &mut Reader<'_>) -> Option<String> {
    let element = fields.next()?;
    let digits = std::str::from_utf8(element.content).ok()?.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = match (element.tag, digits.len()) {
        (asn1::UTC_TIME, 12) => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        (asn1::TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// By the names of Go's library.
fn signature_algorithm(mut algorithm: Reader<'_>) -> Option<&'static str> {
    Some(match &*asn1::dotted(algorithm.take(asn1::OID)?)? {
        "1.2.840.113549.1.1.2" => "MD2-RSA",
        "1.2.840.113549.1.1.4" => "MD5-RSA",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA1-RSA",
        "1.2.840.113549.1.1.11" => "SHA256-RSA",
        "1.2.840.113549.1.1.12" => "SHA384-RSA",
        "1.2.840.113549.1.1.13" => "SHA512-RSA",
        "1.2.840.113549.1.1.10" => probabilistic(algorithm),
        "1.2.840.10040.4.3" => "DSA-SHA1",
        "2.16.840.1.101.3.4.3.2" => "DSA-SHA256",
        "1.2.840.10045.4.1" => "ECDSA-SHA1",
        "1.2.840.10045.4.3.2" => "ECDSA-SHA256",
        "1.2.840.10045.4.3.3" => "ECDSA-SHA384",
        "1.2.840.10045.4.3.4" => "ECDSA-SHA512",
        "1.3.101.112" => "Ed25519",
        _ => "0",
    })
}

/// RSA-PSS has its hash among its parameters.
fn probabilistic(mut parameters: Reader<'_>) -> &'static str {
    let hash = parameters
        .take_sequence()
        .and_then(|mut fields| fields.maybe(asn1::context(0)))
        .and_then(|hash| Reader(hash).take_sequence())
        .and_then(|mut hash| hash.take(asn1::OID))
        .and_then(asn1::dotted);
    match hash.as_deref() {
        Some("2.16.840.1.101.3.4.2.1") => "SHA256-RSAPSS",
        Some("2.16.840.1.101.3.4.2.2") => "SHA384-RSAPSS",
        Some("2.16.840.1.101.3.4.2.3") => "SHA512-RSAPSS",
        _ => "0",
    }
}

fn key_algorithm_name(oid: &str) -> &'static str {
    match oid {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.3.101.112" => "Ed25519",
        _ => "0",
    }
}
