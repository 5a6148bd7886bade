//! Decodes what the service returns, by the shape.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::schema::Nesting;
use crate::state::json;
use crate::value::{Name, Type, Value};

use super::{Blocks, Part, Shape, Who, entry, is_empty};

impl Shape {
    /// The object as described. What is not described stays as it was, or is null.
    pub(in super::super::super) fn read(&self, prior: &Value, described: &Json) -> Value {
        let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
        for (name, part) in &self.attributes {
            entries.insert((*name).into(), part.read(entry(prior, name), described.get(name)));
        }
        for (name, blocks) in &self.blocks {
            entries.insert((*name).into(), blocks.read(entry(prior, name), described.get(name)));
        }
        Value::object(entries)
    }
}

impl Part {
    fn read(&self, prior: Option<&Value>, described: Option<&Json>) -> Value {
        let null = || Value::null(self.ty.clone());
        let Some(described) = described else { return prior.cloned().unwrap_or_else(null) };
        let found = json::decode(&described.to_string(), &self.ty).unwrap_or_else(|_| null());
        let as_empty = prior.filter(|prior| is_empty(prior) && is_empty(&found));
        match (&self.who, as_empty) {
            (Who::Optional, Some(prior)) => prior.clone(),
            (Who::Decided, Some(prior)) if !prior.is_null() => prior.clone(),
            (Who::Optional, None) if is_empty(&found) => null(),
            (Who::Or(default), _) if found.is_null() => default.clone(),
            _ => found,
        }
    }
}

impl Blocks {
    fn read(&self, prior: Option<&Value>, described: Option<&Json>) -> Value {
        let element = self.element();
        let Some(described) = described.and_then(Json::as_array) else {
            let nothing = || match self.nesting {
                Nesting::Single => Value::null(element.clone()),
                Nesting::Set => Value::set(element.clone(), Vec::new()),
                _ => Value::list(element.clone(), Vec::new()),
            };
            return prior.filter(|prior| !prior.is_null()).cloned().unwrap_or_else(nothing);
        };
        let before = prior.and_then(Value::items).unwrap_or_default();
        let nothing = Value::null(Type::Dynamic);
        if self.nesting == Nesting::Set {
            let item = |described| {
                let known = before.iter().find(|before| self.shape.read(before, described).same(before));
                known.cloned().unwrap_or_else(|| self.shape.read(&nothing, described))
            };
            return Value::set(element, described.iter().map(item).collect());
        }
        let item = |(index, described)| self.shape.read(before.get(index).unwrap_or(&nothing), described);
        Value::list(element, described.iter().enumerate().map(item).collect())
    }
}
