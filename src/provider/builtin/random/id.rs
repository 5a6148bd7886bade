//! `random_id`: random bytes for unique names, in every encoding.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD, URL_SAFE_NO_PAD};
use dashu_int::UBig;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::checksum::hexadecimal;
use super::super::object::Arguments;
use super::super::{Resource, entropy, made};

pub(super) struct Id;

/// What the last bits are that stand for no byte does not matter.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

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
        let prefix = arguments.text("prefix").unwrap_or_default();
        Some(made(request, spellings(&bytes, &URL_SAFE_NO_PAD.encode(&bytes), prefix)))
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let (prefix, id) = match id.rsplit_once(',') {
            Some((prefix, id)) => (prefix, id),
            None => ("", id),
        };
        let bytes = LENIENT
            .decode(id)
            .map_err(|_| {
                let detail = format!(
                    "A random_id is imported by its id, or by its prefix, a comma and its id. The id is base64 for \
                     URLs (letters, digits, \"-\" and \"_\") without padding, and \"{id}\" is not."
                );
                remarks.push(Remark::error("Unsuitable import id", detail));
            })
            .ok()?;
        let length = ("byte_length", Value::count(bytes.len()));
        let kept = (!prefix.is_empty()).then(|| ("prefix", Value::string(prefix)));
        Some(Value::object(spellings(&bytes, id, prefix).into_iter().chain([length]).chain(kept)))
    }
}

/// The id as it was given stays, whatever its last bits are: names were made of it.
fn spellings(bytes: &[u8], id: &str, prefix: &str) -> [(&'static str, Value); 5] {
    let prefixed = |text: &str| Value::string(&format!("{prefix}{text}"));
    [
        ("b64_std", prefixed(&STANDARD.encode(bytes))),
        ("b64_url", prefixed(id)),
        ("dec", prefixed(&UBig::from_be_bytes(bytes).to_string())),
        ("hex", prefixed(&hexadecimal(bytes))),
        ("id", Value::string(id)),
    ]
}
