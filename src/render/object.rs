//! Converts stored objects to values, with their secrets marked.

use std::collections::HashMap;

use crate::address::{AbsoluteInstance, ProviderAddress};
use crate::eval::functions;
use crate::plan::Schemas;
use crate::schema::Block;
use crate::state::{Object, json};
use crate::value::{Type, Value};

/// Decodes objects by their schemas, whose types are computed once.
pub(super) struct Objects<'a> {
    schemas: &'a Schemas,
    types: HashMap<*const Block, Type>,
}

/// An object and the schema that says which of its attributes are sensitive.
pub(super) struct Read<'a> {
    pub(super) value: Value,
    /// None if the schema is unknown.
    pub(super) schema: Option<&'a Block>,
}

impl<'a> Objects<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self { schemas, types: HashMap::new() }
    }

    /// An object of another schema version, or without a schema here, is decoded as plain JSON.
    pub(super) fn read(
        &mut self,
        provider: &ProviderAddress,
        address: &AbsoluteInstance,
        object: &Object,
    ) -> Read<'a> {
        let schema = self.schemas.of(provider, address);
        let typed = schema.and_then(|schema| {
            let ty = self.types.entry(std::ptr::from_ref(schema)).or_insert_with(|| schema.implied_type());
            json::decode(&object.attributes, ty).ok()
        });
        let value =
            typed.or_else(|| functions::json_document(&object.attributes)).unwrap_or_else(Value::dynamic);
        Read { value: object.mark_secrets_or_around(value), schema }
    }
}
