//! `hashicorp/tls`: keys, requests and certificates, made and looked into.

mod asn1;
mod certificate;
mod curve;
mod fetch;
mod inspect;
mod issue;
mod key;
mod locally_signed;
mod name;
mod openssh;
mod pem;
mod private_key;
mod public_key;
mod request;
mod self_signed;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sha2::Digest;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Number, Type, Value};

use super::checksum::hexadecimal;
use super::moment::{Clock, Moment};
use super::object::{Arguments, at, quoted};
use super::{Configured, ProviderDefinition};

pub(super) fn definition() -> ProviderDefinition {
    kit_with(&Clock::real())
}

fn kit_with(clock: &Clock) -> ProviderDefinition {
    let configured = Configured::default();
    ProviderDefinition {
        release: "4.2.1",
        configuration: configuration(),
        resources: vec![
            ("tls_cert_request", Arc::new(request::Request)),
            ("tls_locally_signed_cert", Arc::new(locally_signed::LocallySigned(clock.clone()))),
            ("tls_private_key", Arc::new(private_key::PrivateKey)),
            ("tls_self_signed_cert", Arc::new(self_signed::SelfSigned(clock.clone()))),
        ],
        data: vec![
            ("tls_certificate", Arc::new(inspect::Inspect(configured.clone()))),
            ("tls_public_key", Arc::new(public_key::PublicKey)),
        ],
        ephemeral: vec![
            ("tls_private_key", Arc::new(private_key::PrivateKey)),
            ("tls_public_key", Arc::new(public_key::PublicKey)),
        ],
        objections: Some(fetch::objections),
        configured,
        ..ProviderDefinition::default()
    }
}

fn configuration() -> Block {
    let text = || Attribute::optional(Type::String);
    let proxy = Block::default()
        .with("from_env", Attribute::optional(Type::Bool))
        .with("password", text().sensitive())
        .with("url", text())
        .with("username", text());
    let mut block = Block::default();
    block.blocks.insert("proxy".into(), list_of(proxy));
    block
}

fn list_of(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::List, min: 0, max: None }
}

/// The id of what is told by its bytes. White space at the end is not part of it, as little sense as that makes for
/// bytes: it is how the public provider counts.
fn identity(bytes: &[u8]) -> String {
    let mut rest = bytes;
    loop {
        let tail = (1..=3).find_map(|length| {
            let start = rest.len().checked_sub(length)?;
            let text = std::str::from_utf8(rest.get(start..)?).ok()?;
            (text.chars().count() == 1 && text.chars().all(char::is_whitespace)).then_some(start)
        });
        match tail.and_then(|start| rest.get(..start)) {
            Some(shorter) => rest = shorter,
            None => return hexadecimal(&sha1::Sha1::digest(rest)),
        }
    }
}

/// From when until when a certificate is valid; nothing where it cannot be read.
pub(super) fn validity(der: &[u8]) -> Option<(Moment, Moment)> {
    let certificate = certificate::Certificate::read(der)?;
    Moment::parse(&certificate.start).zip(Moment::parse(&certificate.end))
}

fn integer(value: i64) -> Value {
    Value::number(Number::from_i64(value))
}

fn unreadable(what: &str, argument: &str, why: &str, remarks: &mut Remarks) {
    remarks.push(Remark::error(format!("{what} cannot be read"), why).at(at(argument)));
}

fn parsed_key(arguments: Arguments<'_>, name: &str, remarks: &mut Remarks) -> Option<key::Key> {
    key::Key::parse(arguments.text(name).unwrap_or_default())
        .map_err(|why| unreadable("Private key", name, &why, remarks))
        .ok()
}

/// Holds a text against what it may be.
fn one_of(arguments: Arguments<'_>, name: &str, allowed: &[&str], remarks: &mut Remarks) {
    if let Some(given) = arguments.text(name)
        && !allowed.contains(&given)
    {
        let detail = format!("\"{name}\" is one of {}, not \"{given}\".", quoted(allowed));
        remarks.push(Remark::error("Unsuitable argument", detail).at(at(name)));
    }
}

fn count(arguments: Arguments<'_>, name: &str, least: i64, most: i64, remarks: &mut Remarks) {
    let Some(given) = arguments.value(name).and_then(Value::as_number) else { return };
    if given.to_i64().is_none_or(|number| !(least..=most).contains(&number)) {
        let bounds =
            if most == i64::MAX { format!("at least {least}") } else { format!("from {least} to {most}") };
        let detail = format!("\"{name}\" is a whole number, {bounds}, not {given}.");
        remarks.push(Remark::error("Number out of range", detail).at(at(name)));
    }
}
