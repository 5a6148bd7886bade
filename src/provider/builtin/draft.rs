//! Planning that most types share: defaults, computed attributes, and changes that require a new object.

use crate::port::{PlanRequest, Planned};
use crate::schema::Block;
use crate::value::{Entries, Kind, Name, Path, Value};

/// The default plan: everything as proposed; computed attributes are unknown in a new object, and kept in an existing
/// one.
pub(crate) fn planned(request: &PlanRequest<'_>, schema: &Block, is_fixed: &dyn Fn(&str) -> bool) -> Planned {
    let mut draft = Draft::new(request, schema);
    for name in schema.attributes.keys().chain(schema.blocks.keys()) {
        if is_fixed(name) {
            draft.fixed(name);
        }
    }
    draft.finish()
}

/// A plan in progress. Defaults must be set before comparisons.
pub(crate) struct Draft<'a> {
    request: &'a PlanRequest<'a>,
    schema: &'a Block,
    /// The differences from the proposed object.
    changed: Entries,
    replace: Vec<Path>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(request: &'a PlanRequest<'a>, schema: &'a Block) -> Self {
        Self { request, schema, changed: Entries::new(), replace: Vec::new() }
    }

    /// Whether there is no prior object.
    pub(crate) fn is_new(&self) -> bool {
        self.request.prior.is_null()
    }

    /// The planned value so far.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.changed.get(name).or_else(|| attribute(self.request.proposed, name))
    }

    /// The prior value; `None` if there is no prior object.
    pub(crate) fn prior(&self, name: &str) -> Option<&'a Value> {
        attribute(self.request.prior, name)
    }

    /// The configured value; `None` if it is omitted.
    pub(crate) fn configured(&self, name: &str) -> Option<&'a Value> {
        attribute(self.request.configuration, name).filter(|value| !value.is_null())
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.changed.insert(name.into(), value);
    }

    /// Sets the default of an omitted argument.
    pub(crate) fn default(&mut self, name: &str, value: Value) {
        if self.configured(name).is_none() {
            self.set(name, value);
        }
    }

    /// Makes an attribute unknown, whatever it was before.
    pub(crate) fn unknown(&mut self, name: &str) {
        if let Some(attribute) = self.schema.attributes.get(name) {
            self.set(name, Value::unknown(attribute.ty.clone()));
        }
    }

    /// If an existing object changes in any way, makes all of its computed attributes unknown, except those named.
    /// Returns whether anything changes.
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

    /// Whether an attribute of an existing object changes.
    pub(crate) fn changes(&self, name: &str) -> bool {
        match (self.prior(name), self.get(name)) {
            (Some(prior), Some(planned)) => !prior.same(planned),
            _ => false,
        }
    }

    /// Declares an argument whose change requires a new object.
    pub(crate) fn fixed(&mut self, name: &str) {
        if self.changes(name) {
            self.replace(name);
        }
    }

    /// Declares a map of arbitrary values whose change requires a new object. Null entries are ignored, because states
    /// of earlier releases leave them out.
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
                // Without entries there was nothing to keep.
                (Some(before), None) => before.is_empty() && planned.is_null(),
                (None, None) => false,
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

    /// The plan: computed attributes are unknown in a new object, unless they were set.
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
