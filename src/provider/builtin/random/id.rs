//! `random_id`: random bytes for unique names, in every encoding.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dashu_int::UBig;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::checksum::hexadecimal;
use super::super::object::Arguments;
use super::super::{Resource, entropy, made};

pub(super) struct Id;

#[async_trait]
impl Resource for Id {
    fn schema(&self) -> Block {
        Block::default()
            .with("b64_std", Attribute::computed(Type::String))
            .with("b64_url", Attribute::computed(Type::String))
            .with("byte_length", Attribute::required(Type::Number))
            .with("dec", Attribute::computed(Type::String))
            .with("hex", Attribute::computed(Type::String))
            .with("id", Attribute::computed(Type::String))
            .with("keepers", super::keepers())
            .with("prefix", Attribute::optional(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        super::counts(Arguments(configuration), &["byte_length"], 0, super::MOST_BYTES, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(super::plan(request, schema, &["byte_length", "prefix"]))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(request.planned);
        let length = super::count(arguments, "byte_length", 0, super::MOST_BYTES, remarks)?;
        let mut bytes = vec![0; length];
        entropy::fill(&mut bytes, remarks)?;
        Some(made(request, spellings(&bytes, arguments.text("prefix").unwrap_or_default())))
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let (prefix, id) = match id.rsplit_once(',') {
            Some((prefix, id)) => (prefix, id),
            None => ("", id),
        };
        let bytes = URL_SAFE_NO_PAD
            .decode(id)
            .map_err(|error| {
                let detail = format!(
                    "A random_id is imported by its id, or by its prefix, a comma and its id. The id is base64 for \
                     URLs without padding, and \"{id}\" is not: {error}."
                );
                remarks.push(Remark::error("Unsuitable import id", detail));
            })
            .ok()?;
        let length = ("byte_length", Value::count(bytes.len()));
        let kept = (!prefix.is_empty()).then(|| ("prefix", Value::string(prefix)));
        Some(Value::object(spellings(&bytes, prefix).into_iter().chain([length]).chain(kept)))
    }
}

fn spellings(bytes: &[u8], prefix: &str) -> [(&'static str, Value); 5] {
    let id = URL_SAFE_NO_PAD.encode(bytes);
    let prefixed = |text: &str| Value::string(&format!("{prefix}{text}"));
    [
        ("b64_std", prefixed(&STANDARD.encode(bytes))),
        ("b64_url", prefixed(&id)),
        ("dec", prefixed(&UBig::from_be_bytes(bytes).to_string())),
        ("hex", prefixed(&hexadecimal(bytes))),
        ("id", Value::string(&id)),
    ]
}
