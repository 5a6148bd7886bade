//! `random_bytes`: a secret, kept in the state or only for the length of a run.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::checksum::hexadecimal;
use super::super::object::{Arguments, filled};
use super::super::{Draft, Ephemeral, Resource, entropy};

pub(super) struct Bytes;

#[async_trait]
impl Resource for Bytes {
    fn schema(&self) -> Block {
        Ephemeral::schema(self).with("keepers", super::keepers())
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        super::counts(Arguments(configuration), &["length"], 1, super::MOST_BYTES, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        // For this type only, a null entry counts as a change, too.
        draft.fixed("keepers");
        draft.fixed("length");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let value = drawn(request.planned, remarks)?;
        Some(Applied { value, private: request.private.to_vec() })
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let bytes = STANDARD
            .decode(id)
            .map_err(|_| {
                let detail =
                    "The id of a random_bytes is its bytes in base64, with padding, and this is not base64.";
                remarks.push(Remark::error("Unsuitable import id", detail));
            })
            .ok()?;
        Some(Value::object([
            ("base64", Value::string(id)),
            ("hex", Value::string(&hexadecimal(&bytes))),
            ("length", Value::count(bytes.len())),
        ]))
    }
}

#[async_trait]
impl Ephemeral for Bytes {
    fn schema(&self) -> Block {
        Block::default()
            .with("base64", Attribute::computed(Type::String).sensitive())
            .with("hex", Attribute::computed(Type::String).sensitive())
            .with("length", Attribute::required(Type::Number))
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        Some((drawn(configuration, remarks)?, Vec::new()))
    }
}

fn drawn(object: &Value, remarks: &mut Remarks) -> Option<Value> {
    let length = super::count(Arguments(object), "length", 1, super::MOST_BYTES, remarks)?;
    let mut bytes = vec![0; length];
    entropy::fill(&mut bytes, remarks)?;
    let results =
        [("base64", Value::string(&STANDARD.encode(&bytes))), ("hex", Value::string(&hexadecimal(&bytes)))];
    Some(filled(object, results))
}
