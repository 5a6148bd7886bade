//! `tls_certificate`: the content of certificates.

use async_trait::async_trait;
use sha2::Digest;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::checksum::hexadecimal;
use super::super::object::{Arguments, at, exactly_one, filled};
use super::super::{Configured, Data, blocking};
use super::certificate::Certificate;
use super::fetch::{self, Server};
use super::pem;

pub(super) struct Inspect(pub(super) Configured);

const COUNT: usize = 12;

/// The attributes of each certificate, in the order of the public provider.
const FIELDS: [(&str, Type); COUNT] = [
    ("signature_algorithm", Type::String),
    ("public_key_algorithm", Type::String),
    ("serial_number", Type::String),
    ("is_ca", Type::Bool),
    ("max_path_length", Type::Number),
    ("version", Type::Number),
    ("issuer", Type::String),
    ("subject", Type::String),
    ("not_before", Type::String),
    ("not_after", Type::String),
    ("sha1_fingerprint", Type::String),
    ("cert_pem", Type::String),
];

#[async_trait]
impl Data for Inspect {
    fn schema(&self) -> Block {
        Block::default()
            .with("certificates", Attribute::computed(Type::list(element())))
            .with("content", Attribute::optional(Type::String))
            .with("id", Attribute::computed(Type::String))
            .with("url", Attribute::optional(Type::String))
            .with("verify_chain", Attribute::optional(Type::Bool))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let given = Arguments(configuration);
        exactly_one(given, &["content", "url"], remarks);
        if let Some(url) = given.text("url")
            && let Err(why) = Server::of(url, true, |_| None)
        {
            remarks.push(Remark::error("Unsuitable argument", why).at(at("url")));
        }
        if given.is_given("verify_chain") && given.is_given("content") {
            let detail =
                "There is no chain to verify in \"content\"; \"verify_chain\" goes with \"url\" only.";
            remarks.push(Remark::error("Arguments exclude each other", detail).at(at("verify_chain")));
        }
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let given = Arguments(configuration);
        let certificates = match given.text("content") {
            Some(content) => Certificate::parse(content)
                .map(|certificate| vec![certificate])
                .map_err(|why| super::unreadable("Certificate", "content", &why, remarks)),
            None => self
                .fetched(given)
                .await
                .map_err(|why| remarks.push(Remark::error("No certificates", why).at(at("url")))),
        };
        certificates.ok().map(|certificates| described(configuration, &certificates))
    }
}

impl Inspect {
    async fn fetched(&self, given: Arguments<'_>) -> Result<Vec<Certificate>, String> {
        let verify = given.flag("verify_chain").unwrap_or(true);
        let server = Server::of(given.text("url").unwrap_or_default(), verify, |host| {
            fetch::proxy(self.0.get(), host)
        })?;
        let shown = blocking(move || server.certificates()).await?;
        let read = shown.iter().rev().map(|der| {
            Certificate::read(der)
                .ok_or_else(|| "The server shows a certificate that cannot be read.".to_owned())
        });
        read.collect()
    }
}

fn element() -> Type {
    Type::object(FIELDS)
}

/// The root of the chain comes first.
fn described(configuration: &Value, certificates: &[Certificate]) -> Value {
    let rows: Vec<[Value; COUNT]> = certificates.iter().map(row).collect();
    let listed: Vec<String> =
        rows.iter().map(|row| format!("{{{}}}", row.each_ref().map(listed).join(" "))).collect();
    let id = super::identity(format!("[{}]", listed.join(" ")).as_bytes());
    let objects = rows
        .into_iter()
        .map(|row| Value::object(FIELDS.iter().zip(row).map(|((name, _), value)| (*name, value))));
    let verify = Arguments(configuration).flag("verify_chain").unwrap_or(true);
    let results = [
        ("certificates", Value::list(element(), objects.collect())),
        ("id", Value::string(&id)),
        ("verify_chain", Value::bool(verify)),
    ];
    filled(configuration, results)
}

fn row(certificate: &Certificate) -> [Value; COUNT] {
    let version = i64::try_from(certificate.version).unwrap_or(i64::MAX);
    [
        Value::string(certificate.signature_algorithm),
        Value::string(certificate.key_algorithm),
        Value::string(&certificate.serial_text()),
        Value::bool(certificate.is_authority()),
        super::integer(certificate.path_length()),
        super::integer(version),
        Value::string(&certificate.issuer_text()),
        Value::string(&certificate.subject_text()),
        Value::string(&certificate.start),
        Value::string(&certificate.end),
        Value::string(&hexadecimal(&sha1::Sha1::digest(&certificate.der))),
        Value::string(&pem::encode("CERTIFICATE", &certificate.der)),
    ]
}

/// As Go prints it, from which the id is made.
fn listed(value: &Value) -> String {
    match (value.as_str(), value.as_bool(), value.as_number()) {
        (Some(text), ..) => {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            format!("\"{text}\"")
        }
        (_, Some(flag), _) => flag.to_string(),
        (.., Some(number)) => number.to_string(),
        _ => "<null>".into(),
    }
}
