//! `tls_cert_request`: certificate requests, written and read.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::{Arguments, filled};
use super::super::{Draft, Resource};
use super::asn1::{self, Reader};
use super::key::{Key, PublicKey};
use super::{issue, name, pem};

pub(super) struct Request;

const EXTENSIONS: &str = "1.2.840.113549.1.9.14";

/// The arguments of alternative names.
pub(super) const NAMES: [&str; 3] = ["dns_names", "ip_addresses", "uris"];

#[async_trait]
impl Resource for Request {
    fn schema(&self) -> Block {
        let mut block = Block::default()
            .with("cert_request_pem", Attribute::computed(Type::String))
            .with("id", Attribute::computed(Type::String))
            .with("key_algorithm", Attribute::computed(Type::String))
            .with("private_key_pem", Attribute::required(Type::String).sensitive());
        for name in NAMES {
            block = block.with(name, Attribute::optional(Type::list(Type::String)));
        }
        block.blocks.insert("subject".into(), name::subject_block());
        block
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        issue::check_names(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        issue::replace_pem(&mut draft, &["private_key_pem"]);
        for name in NAMES {
            draft.fixed(name);
        }
        issue::replace_subject(&mut draft);
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let key = super::parsed_key(Arguments(request.planned), "private_key_pem", remarks)?;
        let der = written(request.planned, &key)
            .map_err(|why| remarks.push(Remark::error("Request cannot be made", why)))
            .ok()?;
        let results = [
            ("cert_request_pem", Value::string(&pem::encode("CERTIFICATE REQUEST", &der))),
            ("id", Value::string(&super::identity(&der))),
            ("key_algorithm", Value::string(key.algorithm())),
        ];
        Some(Applied { value: filled(request.planned, results), private: request.private.to_vec() })
    }
}

fn written(object: &Value, key: &Key) -> Result<Vec<u8>, String> {
    let attributes = match name::alternatives(object)? {
        Some(names) => {
            let extensions = asn1::sequence(&[&issue::extension(issue::ALTERNATIVES, false, &names)]);
            asn1::sequence(&[&asn1::oid(EXTENSIONS), &asn1::set(vec![extensions])])
        }
        None => Vec::new(),
    };
    let info = asn1::sequence(&[
        &asn1::integer(&[0]),
        &name::subject(object)?,
        &key.public()?.der,
        &asn1::tagged(asn1::context(0), &attributes),
    ]);
    let (algorithm, signature) = key.sign(&info)?;
    Ok(asn1::sequence(&[&info, &algorithm, &asn1::bits(&signature)]))
}

/// What an authority copies from a request.
pub(super) struct Asked {
    pub(super) subject: Vec<u8>,
    pub(super) key: PublicKey,
    /// In the form of the extension.
    pub(super) names: Option<Vec<u8>>,
}

/// The error is a sentence.
pub(super) fn read(text: &str) -> Result<Asked, String> {
    let block = pem::decode(text).ok_or("It is not in PEM.")?;
    if block.label != "CERTIFICATE REQUEST" {
        return Err(format!("A block of type \"{}\" is no certificate request.", block.label));
    }
    asked(&block.bytes).ok_or_else(|| "The block holds no certificate request that can be read.".into())
}

fn asked(der: &[u8]) -> Option<Asked> {
    let mut info = Reader(der).take_sequence()?.take_sequence()?;
    info.take(asn1::INTEGER)?;
    let subject = info.next().filter(|element| element.tag == asn1::SEQUENCE)?.whole.to_vec();
    let key = PublicKey::of_info(info.next()?.whole)?;
    let mut names = None;
    let mut attributes = Reader(info.maybe(asn1::context(0)).unwrap_or_default());
    while let Some(mut attribute) = attributes.take_sequence() {
        if asn1::dotted(attribute.take(asn1::OID)?)? == EXTENSIONS {
            let mut extensions = Reader(attribute.take(asn1::SET)?).take_sequence()?;
            while let Some(mut extension) = extensions.take_sequence() {
                let oid = asn1::dotted(extension.take(asn1::OID)?)?;
                extension.maybe(asn1::BOOLEAN);
                if oid == issue::ALTERNATIVES {
                    names = name::passed_on(extension.take(asn1::OCTETS)?);
                }
            }
        }
    }
    Some(Asked { subject, key, names })
}
