//! `random_uuid`, `random_uuid4` and `random_uuid7`.

use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::{Resource, entropy, made};

/// By version: random, or ordered by time.
pub(super) enum Uuid {
    V4,
    V7,
}

#[async_trait]
impl Resource for Uuid {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("keepers", super::keepers())
            .with("result", Attribute::computed(Type::String))
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(super::plan(request, schema, &[]))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let mut bytes = [0; 16];
        entropy::fill(&mut bytes, remarks)?;
        let drawn = match self {
            Self::V4 => uuid::Builder::from_random_bytes(bytes),
            Self::V7 => {
                let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
                let [a, b, c, d, e, f, g, h, i, j, ..] = bytes;
                let rest = [a, b, c, d, e, f, g, h, i, j];
                uuid::Builder::from_unix_timestamp_millis(millis as u64, &rest)
            }
        };
        Some(made(request, named(&drawn.into_uuid())))
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let found = uuid::Uuid::try_parse(id)
            .map_err(|_| {
                remarks.push(Remark::error("Unsuitable import id", format!("\"{id}\" is no UUID.")));
            })
            .ok()?;
        Some(Value::object(named(&found)))
    }
}

fn named(uuid: &uuid::Uuid) -> [(&'static str, Value); 2] {
    let text = Value::string(&uuid.to_string());
    [("id", text.clone()), ("result", text)]
}
