//! `tls_private_key`: a key in all formats.

use async_trait::async_trait;
use serde_json::json;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::{Arguments, filled};
use super::super::{Draft, Ephemeral, Resource, blocking};
use super::curve::{CURVES, Curve};
use super::key::Key;
use super::{openssh, pem};

pub(super) struct PrivateKey;

const ALGORITHMS: [&str; 3] = ["RSA", "ECDSA", "ED25519"];
/// Fewer bits are insecure, and more take minutes.
const BITS: (i64, i64) = (1024, 16384);

/// The formats of a key: attributes and their texts.
type Forms = Vec<(&'static str, String)>;

#[async_trait]
impl Resource for PrivateKey {
    fn schema(&self) -> Block {
        Ephemeral::schema(self).with("id", Attribute::computed(Type::String)).versioned(1)
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        draft.default("rsa_bits", super::integer(2048));
        draft.default("ecdsa_curve", Value::string("P224"));
        draft.reconsider(&[]);
        for name in ["algorithm", "rsa_bits", "ecdsa_curve"] {
            draft.fixed(name);
        }
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let forms = drawn(request.planned, remarks).await?;
        let value = filled(request.planned, forms.iter().map(|(name, text)| (*name, Value::string(text))));
        Some(Applied { value, private: request.private.to_vec() })
    }

    /// Version 0 had fewer formats.
    fn upgrade(
        &self,
        _version: u64,
        mut attributes: serde_json::Value,
        remarks: &mut Remarks,
    ) -> Option<serde_json::Value> {
        let stored = attributes.as_object_mut()?;
        let text = stored.get("private_key_pem").and_then(|text| text.as_str()).unwrap_or_default();
        let forms = Key::parse(text).and_then(|key| forms(&key));
        let forms =
            forms.map_err(|why| super::unreadable("Private key", "private_key_pem", &why, remarks)).ok()?;
        for (name, text) in forms {
            let is_there =
                |name| stored.get(name).and_then(|text| text.as_str()).is_some_and(|text| !text.is_empty());
            // These two texts keep their stored form.
            if !(matches!(name, "private_key_pem" | "private_key_openssh") && is_there(name)) {
                stored.insert(name.into(), json!(text));
            }
        }
        Some(attributes)
    }
}

#[async_trait]
impl Ephemeral for PrivateKey {
    fn schema(&self) -> Block {
        let text = || Attribute::computed(Type::String);
        Block::default()
            .with("algorithm", Attribute::required(Type::String))
            .with("ecdsa_curve", Attribute::optional_computed(Type::String))
            .with("private_key_openssh", text().sensitive())
            .with("private_key_pem", text().sensitive())
            .with("private_key_pem_pkcs8", text().sensitive())
            .with("public_key_fingerprint_md5", text())
            .with("public_key_fingerprint_sha256", text())
            .with("public_key_openssh", text())
            .with("public_key_pem", text())
            .with("rsa_bits", Attribute::optional_computed(Type::Number))
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        let given = Arguments(configuration);
        let bits = super::integer(given.number("rsa_bits").unwrap_or(2048));
        let curve = Value::string(given.text("ecdsa_curve").unwrap_or("P224"));
        let whole = filled(configuration, [("rsa_bits", bits), ("ecdsa_curve", curve)]);
        let forms = drawn(&whole, remarks).await?;
        let forms = forms.iter().filter(|(name, _)| *name != "id");
        Some((filled(&whole, forms.map(|(name, text)| (*name, Value::string(text)))), Vec::new()))
    }
}

fn validate(configuration: &Value, remarks: &mut Remarks) {
    let given = Arguments(configuration);
    super::one_of(given, "algorithm", &ALGORITHMS, remarks);
    super::one_of(given, "ecdsa_curve", &CURVES.map(Curve::name), remarks);
    if given.text("algorithm") == Some("RSA") {
        super::count(given, "rsa_bits", BITS.0, BITS.1, remarks);
    }
}

async fn drawn(object: &Value, remarks: &mut Remarks) -> Option<Forms> {
    let before = remarks.len();
    validate(object, remarks);
    if remarks.len() > before {
        return None;
    }
    let given = Arguments(object);
    let algorithm = given.text("algorithm").unwrap_or_default().to_owned();
    let bits = usize::try_from(given.number("rsa_bits").unwrap_or_default()).unwrap_or_default();
    let curve = Curve::of_name(given.text("ecdsa_curve").unwrap_or_default());
    let forms = blocking(move || {
        let key = match &*algorithm {
            "RSA" => Key::rsa(bits)?,
            "ECDSA" => Key::on(curve.ok_or("There is no such curve.")?)?,
            _ => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed)
                    .map_err(|error| format!("The operating system gave no random bytes: {error}."))?;
                Key::edwards(&seed).ok_or("The key that was drawn is no key.")?
            }
        };
        forms(&key)
    });
    forms.await.map_err(|why| remarks.push(Remark::error("Key cannot be made", why))).ok()
}

fn forms(key: &Key) -> Result<Forms, String> {
    let private = [
        ("private_key_openssh", openssh::private(key)),
        ("private_key_pem", key.pem()?),
        ("private_key_pem_pkcs8", key.pkcs8_pem()?),
    ];
    Ok(private.into_iter().chain(public_forms(key)?).collect())
}

/// The formats of the public key.
pub(super) fn public_forms(key: &Key) -> Result<Forms, String> {
    let public = key.public()?;
    let text = openssh::public(key);
    Ok(vec![
        ("id", super::identity(&public.der)),
        ("public_key_fingerprint_md5", text.md5),
        ("public_key_fingerprint_sha256", text.sha256),
        ("public_key_openssh", text.authorized),
        ("public_key_pem", pem::encode("PUBLIC KEY", &public.der)),
    ])
}
