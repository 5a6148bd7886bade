//! `hashicorp/null`: a resource without an object, for actions tied to its creation.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::{Data, Draft, ProviderDefinition, Resource, entropy};

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "3.3.1",
        resources: vec![("null_resource", Arc::new(NullResource))],
        data: vec![("null_data_source", Arc::new(NullData))],
        ..ProviderDefinition::default()
    }
}

struct NullResource;

#[async_trait]
impl Resource for NullResource {
    fn schema(&self) -> Block {
        Block::default()
            .with("id", Attribute::computed(Type::String))
            .with("triggers", Attribute::optional(Type::map(Type::String)))
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        draft.keepers("triggers");
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let id = number(remarks)?;
        Some(super::made(request, [("id", Value::string(&id))]))
    }
}

struct NullData;

#[async_trait]
impl Data for NullData {
    fn schema(&self) -> Block {
        let texts = Type::map(Type::String);
        let mut block = Block::default()
            .with("has_computed_default", Attribute::optional_computed(Type::String))
            .with("id", Attribute::computed(Type::String).deprecated())
            .with("inputs", Attribute::optional(texts.clone()))
            .with("outputs", Attribute::computed(texts))
            .with("random", Attribute::computed(Type::String));
        block.deprecated = true;
        block
    }

    fn validate(&self, _configuration: &Value, remarks: &mut Remarks) {
        let detail = "\"null_data_source\" only gives back what it gets; a local value does the same.";
        remarks.push(Remark::warning("Deprecated data source", detail));
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let mut entries = configuration.entries()?.clone();
        let inputs = entries.get("inputs").cloned();
        entries.insert("outputs".into(), inputs.unwrap_or_else(|| Value::null(Type::map(Type::String))));
        entries.insert("random".into(), Value::string(&number(remarks)?));
        entries.insert("id".into(), Value::string("static"));
        if entries.get("has_computed_default").is_none_or(Value::is_null) {
            entries.insert("has_computed_default".into(), Value::string("default"));
        }
        Some(Value::object(entries))
    }
}

/// A random number of 63 bits in decimal.
fn number(remarks: &mut Remarks) -> Option<String> {
    Some((entropy::word(remarks)? >> 1).to_string())
}
