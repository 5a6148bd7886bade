//! Planning that most types share: defaults, what is decided by the provider, what cannot be changed in place.

use crate::port::{PlanRequest, Planned};
use crate::schema::Block;
use crate::value::{Entries, Kind, Name, Path, Value};

/// The default plan: everything as proposed; what only the provider decides is unknown in a new object and kept in one
/// that is there.
pub(crate) fn planned(request: &PlanRequest<'_>, schema: &Block, is_fixed: &dyn Fn(&str) -> bool) -> Planned {
    let mut draft = Draft::new(request, schema);
    for name in schema.attributes.keys().chain(schema.blocks.keys()) {
        if is_fixed(name) {
            draft.fixed(name);
        }
    }
    draft.finish()
}

/// A plan in the making. Defaults are to be given before anything is asked that compares.
pub(crate) struct Draft<'a> {
    request: &'a PlanRequest<'a>,
    schema: &'a Block,
    /// What differs from the proposed object.
    changed: Entries,
    replace: Vec<Path>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(request: &'a PlanRequest<'a>, schema: &'a Block) -> Self {
        Self { request, schema, changed: Entries::new(), replace: Vec::new() }
    }

    /// Whether there is no object yet.
    pub(crate) fn is_new(&self) -> bool {
        self.request.prior.is_null()
    }

    /// As planned so far.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.changed.get(name).or_else(|| attribute(self.request.proposed, name))
    }

    /// As the object has it; nothing where there is none.
    pub(crate) fn prior(&self, name: &str) -> Option<&'a Value> {
        attribute(self.request.prior, name)
    }

    /// As written; nothing where the configuration leaves it out.
    pub(crate) fn configured(&self, name: &str) -> Option<&'a Value> {
        attribute(self.request.configuration, name).filter(|value| !value.is_null())
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.changed.insert(name.into(), value);
    }

    /// What an argument is that the configuration leaves out.
    pub(crate) fn default(&mut self, name: &str, value: Value) {
        if self.configured(name).is_none() {
            self.set(name, value);
        }
    }

    /// To be decided when it is applied, whatever it was before.
    pub(crate) fn unknown(&mut self, name: &str) {
        if let Some(attribute) = self.schema.attributes.get(name) {
            self.set(name, Value::unknown(attribute.ty.clone()));
        }
    }

    /// Where anything is to change in an object that is there, everything that the configuration leaves to the provider
    /// is open again, but for what is named. Says whether anything changes.
    pub(crate) fn reconsider(&mut self, kept: &[&str]) -> bool {
        let schema = self.schema;
        let changes = !self.is_new() && schema.attributes.keys().any(|name| self.changes(name));
        if changes {
            for (name, attribute) in &schema.attributes {
                let is_left = attribute.computed && self.configured(name).is_none();
                if is_left && !self.changed.contains_key(name) && !kept.contains(&&**name) {
                    self.unknown(name);
                }
            }
        }
        changes
    }

    /// Whether the object is there and the planned value is another than it has.
    pub(crate) fn changes(&self, name: &str) -> bool {
        match (self.prior(name), self.get(name)) {
            (Some(prior), Some(planned)) => !prior.same(planned),
            _ => false,
        }
    }

    /// An argument whose change means a new object.
    pub(crate) fn fixed(&mut self, name: &str) {
        if self.changes(name) {
            self.replace(name);
        }
    }

    /// A map of anything whose change means a new object. One that differs only in entries that are null is taken as
    /// the same, since states of earlier releases leave them out.
    pub(crate) fn keepers(&mut self, name: &str) {
        let null = |value: &Value| matches!(value.kind(), Kind::Null(_));
        let same_but_nulls = || {
            let (Some(prior), Some(planned)) = (self.prior(name), self.get(name)) else { return true };
            let (before, after) = (prior.entries(), planned.entries());
            match (before, after) {
                (None, Some(after)) => prior.is_null() && after.values().all(null),
                (Some(before), Some(after)) => {
                    let kept = |(key, value): (&Name, &Value)| match before.get(key) {
                        Some(prior) => prior.same(value),
                        None => null(value),
                    };
                    after.iter().all(kept) && before.keys().all(|key| after.contains_key(key))
                }
                // Null or unknown now.
                _ => false,
            }
        };
        if self.changes(name) && !same_but_nulls() {
            self.replace(name);
        }
    }

    pub(crate) fn replace(&mut self, name: &str) {
        self.replace_at(Path::root().attribute(name));
    }

    pub(crate) fn replace_at(&mut self, path: Path) {
        self.replace.push(path);
    }

    /// The plan: what only the provider decides is unknown in a new object, unless something was said about it.
    pub(crate) fn finish(mut self) -> Planned {
        if self.is_new() {
            for (name, attribute) in &self.schema.attributes {
                let open = attribute.computed && self.get(name).is_none_or(Value::is_null);
                if open && !self.changed.contains_key(name) {
                    self.changed.insert(name.clone(), Value::unknown(attribute.ty.clone()));
                }
            }
        }
        let private = self.request.private.to_vec();
        if self.changed.is_empty() {
            return Planned { value: self.request.proposed.clone(), private, replace: self.replace };
        }
        let mut entries = self.request.proposed.entries().cloned().unwrap_or_default();
        entries.extend(self.changed);
        Planned { value: Value::object(entries), private, replace: self.replace }
    }
}

fn attribute<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.entries().and_then(|entries| entries.get(name))
}
