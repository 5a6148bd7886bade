//! The names in certificates: the distinguished name, and the alternative names.

use std::net::IpAddr;

use crate::schema::{Attribute, Block, NestedBlock};
use crate::value::{Type, Value};

use super::super::checksum::hexadecimal;
use super::super::object::Arguments;
use super::asn1::{self, Reader};

/// The arguments of a subject in their order in the name: argument, identifier, and abbreviation.
const PARTS: [(&str, &str, &str); 9] = [
    ("country", "2.5.4.6", "C"),
    ("province", "2.5.4.8", "ST"),
    ("locality", "2.5.4.7", "L"),
    ("street_address", "2.5.4.9", "STREET"),
    ("postal_code", "2.5.4.17", "POSTALCODE"),
    ("organization", "2.5.4.10", "O"),
    ("organizational_unit", "2.5.4.11", "OU"),
    ("common_name", "2.5.4.3", "CN"),
    ("serial_number", "2.5.4.5", "SERIALNUMBER"),
];

const EMAIL: (&str, &str) = ("email_address", "1.2.840.113549.1.9.1");

/// Alternative names: their arguments, and their tags.
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const ADDRESS: u8 = 0x87;

pub(super) fn subject_block() -> NestedBlock {
    let names = PARTS.iter().map(|(name, ..)| *name).chain([EMAIL.0]);
    let block = names.fold(Block::default(), |block, name| {
        let ty = if name == "street_address" { Type::list(Type::String) } else { Type::String };
        block.with(name, Attribute::optional(ty))
    });
    super::list_of(block)
}

/// The distinguished name of the first `subject`, or an empty one. The error is a sentence.
pub(super) fn subject(object: &Value) -> Result<Vec<u8>, String> {
    let blocks = Arguments(object).value("subject").and_then(Value::items).unwrap_or_default();
    let Some(block) = blocks.first() else { return Ok(asn1::sequence(&[])) };
    let given = Arguments(block);
    let mut parts = Vec::new();
    for (name, oid, _) in PARTS {
        let values = match name {
            "street_address" => given.texts(name),
            _ => given.text(name).into_iter().collect(),
        };
        // These two are left out if empty.
        let is_empty =
            |name| matches!(name, "common_name" | "serial_number") && values.iter().all(|v| v.is_empty());
        if !values.is_empty() && !is_empty(name) {
            parts.push(part(oid, values.iter().map(|value| text(value))));
        }
    }
    if let Some(email) = given.text(EMAIL.0) {
        if !email.is_ascii() {
            return Err(format!(
                "\"{email}\" is no e-mail address that a certificate can hold: it is not ASCII."
            ));
        }
        parts.push(part(EMAIL.1, std::iter::once(asn1::tagged(asn1::IA5, email.as_bytes()))));
    }
    Ok(asn1::tagged(asn1::SEQUENCE, &parts.concat()))
}

fn part(oid: &str, values: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    asn1::set(values.map(|value| asn1::sequence(&[&asn1::oid(oid), &value])).collect())
}

/// In the smallest string type that can hold it.
fn text(value: &str) -> Vec<u8> {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte));
    asn1::tagged(if is_plain { asn1::PRINTABLE } else { asn1::UTF8 }, value.as_bytes())
}

/// The alternative names of an object in the form of the extension; `None` if there are none.
pub(super) fn alternatives(object: &Value) -> Result<Option<Vec<u8>>, String> {
    let given = Arguments(object);
    let mut names = Vec::new();
    for (argument, tag, what) in [("dns_names", DNS, "DNS name"), ("uris", URI, "URI")] {
        if tag == URI {
            for written in given.texts("ip_addresses") {
                let address: IpAddr =
                    written.parse().map_err(|_| format!("\"{written}\" is no IP address."))?;
                names.push(match address.to_canonical() {
                    IpAddr::V4(address) => asn1::tagged(ADDRESS, &address.octets()),
                    IpAddr::V6(address) => asn1::tagged(ADDRESS, &address.octets()),
                });
            }
        }
        for written in given.texts(argument) {
            if !written.is_ascii() {
                return Err(format!(
                    "\"{written}\" is no {what} that a certificate can hold: it is not ASCII."
                ));
            }
            if tag == URI && !may_be_uri(written) {
                return Err(format!("\"{written}\" is no URI."));
            }
            names.push(asn1::tagged(tag, written.as_bytes()));
        }
    }
    Ok((!names.is_empty()).then(|| asn1::tagged(asn1::SEQUENCE, &names.concat())))
}

/// Whether a text may be a URI, including relative ones.
fn may_be_uri(written: &str) -> bool {
    let is_escaped = |(at, _): (usize, &str)| {
        let digits = written.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let control = written.bytes().any(|byte| byte.is_ascii_control());
    !control && !written.starts_with(':') && written.match_indices('%').all(is_escaped)
}

/// The names of an extension that are copied from a request to a certificate: all but e-mail addresses.
pub(super) fn passed_on(extension: &[u8]) -> Option<Vec<u8>> {
    let mut names = Reader(extension).take_sequence()?;
    let mut kept: [Vec<&[u8]>; 3] = Default::default();
    while let Some(name) = names.next() {
        let [dns, addresses, uris] = &mut kept;
        match name.tag {
            DNS => dns.push(name.whole),
            ADDRESS => addresses.push(name.whole),
            URI => uris.push(name.whole),
            _ => {}
        }
    }
    let kept = kept.concat();
    (!kept.is_empty()).then(|| asn1::tagged(asn1::SEQUENCE, &kept.concat()))
}

/// A distinguished name as text, last part first.
pub(super) fn to_text(name: &[u8]) -> Option<String> {
    let mut parts = Reader(name).take_sequence()?;
    // Known parts have their own order, with several values of one part together.
    let mut known: [Vec<String>; PARTS.len()] = Default::default();
    let mut others = Vec::new();
    while let Some(part) = parts.take(asn1::SET) {
        let mut values = Reader(part);
        while let Some(mut pair) = values.take_sequence() {
            let oid = asn1::dotted(pair.take(asn1::OID)?)?;
            let value = pair.next()?;
            match PARTS.iter().position(|(_, known, _)| *known == oid) {
                Some(index) => {
                    let text = String::from_utf8_lossy(value.content);
                    known.get_mut(index)?.push(escaped(&text));
                }
                None => {
                    let text = String::from_utf8_lossy(value.content);
                    others.push(format!("{oid}=#{}", hexadecimal(&self::text(&text))));
                }
            }
        }
    }
    let known = PARTS.iter().zip(&known).filter(|(_, values)| !values.is_empty());
    let known = known.map(|((name, _, short), values)| {
        // If a part may only occur once, the last one counts.
        let values = match (*name, values.as_slice()) {
            ("common_name" | "serial_number", [.., last]) => std::slice::from_ref(last),
            (_, values) => values,
        };
        values.iter().map(|value| format!("{short}={value}")).collect::<Vec<_>>().join("+")
    });
    let mut parts: Vec<String> = others.into_iter().chain(known).collect();
    parts.reverse();
    Some(parts.join(","))
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        let is_special = match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            ' ' => index == 0 || index == last,
            '#' => index == 0,
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
