//! The proposed object: what the object would be if the provider had no opinion. It is the configuration, with what
//! that leaves to the provider taken from the prior object.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::schema::{Attribute, Block, Nested, Nesting};
use crate::value::{Entries, Kind, Name, Value};

/// The object to propose to the provider. Both values conform to the schema and have no marks; the prior one is wholly
/// known, or null if there is none.
///
/// Write-only arguments are included as configured: the provider must see them, and must not plan them.
pub(super) fn proposed(schema: &Block, prior: &Value, configuration: &Value) -> Value {
    // There is nothing to keep: a new object is proposed as configured, with null for what is left to the provider.
    if prior.is_null() {
        return configuration.clone();
    }
    block(schema, prior, configuration)
}

/// What a data source will be once it is read: as configured, and unknown elsewhere.
pub(super) fn unread(schema: &Block, configuration: &Value) -> Value {
    block(schema, &Value::unknown(schema.implied_type()), configuration)
}

/// `prior` may be unknown here; then everything taken from it is unknown, too.
fn block(schema: &Block, prior: &Value, configuration: &Value) -> Value {
    let Some(configured) = configuration.entries() else { return prior.clone() };
    let mut changed = attributes(&schema.attributes, prior, configured);
    for (name, nested) in &schema.blocks {
        let (Some(after), Some(before)) = (configured.get(name), part(prior, name)) else { continue };
        if nested.block.computed && after.items().is_some_and(<[Value]>::is_empty) && !before.is_null() {
            changed.push((name.clone(), before));
            continue;
        }
        let shape = Shape { attributes: &nested.block.attributes, block: Some(&nested.block) };
        changed.extend(parts(nested.nesting, &shape, &before, after).map(|value| (name.clone(), value)));
    }
    replaced(configuration, changed)
}

fn object(attributes_of: &BTreeMap<Name, Attribute>, prior: &Value, configuration: &Value) -> Value {
    let Some(configured) = configuration.entries() else { return configuration.clone() };
    replaced(configuration, attributes(attributes_of, prior, configured))
}

fn replaced(configuration: &Value, changed: Vec<(Name, Value)>) -> Value {
    if changed.is_empty() { configuration.clone() } else { configuration.with_entries(changed) }
}

/// The attributes for which the proposal differs from the configuration.
fn attributes(
    attributes: &BTreeMap<Name, Attribute>,
    prior: &Value,
    configured: &Entries,
) -> Vec<(Name, Value)> {
    let mut changed = Vec::new();
    for (name, attribute) in attributes {
        let Some(after) = configured.get(name) else { continue };
        if attribute.computed && after.is_null() {
            let before = match part(prior, name) {
                Some(before) if before.is_known() => before,
                Some(_) => Value::unknown(attribute.ty.clone()),
                None => continue,
            };
            // A null has a type, too, where the schema leaves the type open.
            if !before.same(after) && (before.is_null() || !was_configured(attribute, &before)) {
                changed.push((name.clone(), before));
            }
        } else if let Some(nested) = &attribute.nested {
            let before = part(prior, name).unwrap_or_else(|| Value::null(attribute.ty.clone()));
            let shape = Shape { attributes: &nested.attributes, block: None };
            changed.extend(parts(nested.nesting, &shape, &before, after).map(|value| (name.clone(), value)));
        }
    }
    changed
}

/// A part of an object that may be unknown; `None` if the object is null.
fn part(object: &Value, name: &str) -> Option<Value> {
    match object.entries() {
        Some(entries) => entries.get(name).cloned(),
        None => (!object.is_known()).then(Value::dynamic),
    }
}

/// The content of a nested block, or of an attribute with a nested type.
struct Shape<'a> {
    attributes: &'a BTreeMap<Name, Attribute>,
    /// None for an attribute.
    block: Option<&'a Block>,
}

impl Shape<'_> {
    fn propose(&self, prior: &Value, configuration: &Value) -> Value {
        match self.block {
            Some(schema) if !prior.is_null() => block(schema, prior, configuration),
            Some(_) => configuration.clone(),
            None => object(self.attributes, prior, configuration),
        }
    }
}

/// All blocks of one kind, each paired with its prior one; `None` if they stay as configured.
fn parts(nesting: Nesting, shape: &Shape<'_>, prior: &Value, configuration: &Value) -> Option<Value> {
    // Only blocks for an unknown number of things are unknown themselves.
    if !configuration.is_known() || configuration.is_null() || prior.is_null() {
        return None;
    }
    match nesting {
        Nesting::Single | Nesting::Group => Some(shape.propose(prior, configuration)),
        Nesting::List => {
            let before = prior.items();
            let propose = |(index, after): (usize, &Value)| match before {
                Some(before) => {
                    before.get(index).map_or_else(|| after.clone(), |before| shape.propose(before, after))
                }
                None => shape.propose(prior, after),
            };
            let items = configuration.items()?.iter().enumerate().map(propose).collect();
            match configuration.kind() {
                Kind::List(list) => Some(Value::list(list.element.clone(), items)),
                _ => Some(Value::tuple(items)),
            }
        }
        Nesting::Map => {
            let before = prior.entries()?;
            let propose = |(key, after): (&Name, &Value)| {
                let value =
                    before.get(key).map_or_else(|| after.clone(), |before| shape.propose(before, after));
                (key.clone(), value)
            };
            let entries = configuration.entries()?.iter().map(propose);
            match configuration.kind() {
                Kind::Map(map) => Some(Value::map(map.element.clone(), entries)),
                _ => Some(Value::object(entries)),
            }
        }
        Nesting::Set => {
            let Kind::Set(set) = configuration.kind() else { return None };
            let mut candidates = Candidates::new(shape, prior.items()?);
            let propose = |after: &Value| match candidates.take(after) {
                Some(before) => shape.propose(before, after),
                None => after.clone(),
            };
            Some(Value::set(set.element().clone(), set.items().iter().map(propose).collect()))
        }
    }
}

/// Elements of a set have no identity: a prior element is paired with a configured one if they differ only in what the
/// provider decides.
struct Candidates<'a> {
    shape: &'a Shape<'a>,
    /// By the part that the configuration alone decides, so that few need to be compared; in the set's order.
    by_digest: HashMap<u64, Vec<&'a Value>>,
}

impl<'a> Candidates<'a> {
    fn new(shape: &'a Shape<'a>, prior: &'a [Value]) -> Self {
        let mut by_digest: HashMap<u64, Vec<&Value>> = HashMap::new();
        // Reversed, so that the first can be popped cheaply.
        for value in prior.iter().rev() {
            by_digest.entry(configured_digest(shape, value)).or_default().push(value);
        }
        Self { shape, by_digest }
    }

    fn take(&mut self, configuration: &Value) -> Option<&'a Value> {
        let alike = self.by_digest.get_mut(&configured_digest(self.shape, configuration))?;
        let found = alike.iter().rposition(|prior| could_become(self.shape, prior, configuration))?;
        Some(alike.remove(found))
    }
}

fn configured_digest(shape: &Shape<'_>, value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (name, attribute) in shape.attributes {
        if !attribute.computed
            && attribute.nested.is_none()
            && let Some(value) = part(value, name)
        {
            value.digest().hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// Whether the prior element can have come from this configuration, with the rest filled in by the provider.
fn could_become(shape: &Shape<'_>, prior: &Value, configuration: &Value) -> bool {
    if alike(prior, configuration) || prior.is_null() {
        return true;
    }
    let Some(before) = prior.entries() else { return false };
    let same_attributes = shape.attributes.iter().all(|(name, attribute)| {
        let Some(before) = before.get(name) else { return true };
        let Some(after) = part(configuration, name) else { return false };
        if alike(before, &after) {
            return true;
        }
        match &attribute.nested {
            _ if is_set(&after) => false,
            Some(nested) => {
                let shape = Shape { attributes: &nested.attributes, block: None };
                parts_could_become(&shape, nested.nesting, before, &after)
            }
            None => attribute.computed && after.is_null(),
        }
    });
    let mut blocks = shape.block.into_iter().flat_map(|block| &block.blocks);
    same_attributes
        && blocks.all(|(name, nested)| {
            let Some(before) = before.get(name) else { return true };
            let Some(after) = part(configuration, name) else { return false };
            let shape = Shape { attributes: &nested.block.attributes, block: Some(&nested.block) };
            alike(before, &after)
                || nested.nesting != Nesting::Set
                    && parts_could_become(&shape, nested.nesting, before, &after)
        })
}

fn parts_could_become(shape: &Shape<'_>, nesting: Nesting, prior: &Value, configuration: &Value) -> bool {
    let pair =
        |before: &Value, after: Option<&Value>| after.is_some_and(|after| could_become(shape, before, after));
    match nesting {
        Nesting::Single | Nesting::Group => could_become(shape, prior, configuration),
        Nesting::Map => match (prior.entries(), configuration.entries()) {
            (Some(before), Some(after)) => before.iter().all(|(key, before)| pair(before, after.get(key))),
            (before, _) => before.is_none_or(Entries::is_empty),
        },
        Nesting::List | Nesting::Set => match (prior.items(), configuration.items()) {
            (Some(before), Some(after)) => {
                before.iter().enumerate().all(|(index, before)| pair(before, after.get(index)))
            }
            (before, _) => before.is_none_or(<[Value]>::is_empty),
        },
    }
}

fn alike(a: &Value, b: &Value) -> bool {
    a.is_null() && b.is_null() || a.same(b)
}

fn is_set(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(ty) | Kind::Unknown(ty, _) => matches!(ty, crate::value::Type::Set(_)),
        kind => matches!(kind, Kind::Set(_)),
    }
}

/// Whether an optional and computed attribute holds something that only a configuration can have set: leaving it out of
/// the configuration then removes it.
fn was_configured(attribute: &Attribute, prior: &Value) -> bool {
    attribute.optional && attribute.nested.as_ref().is_some_and(|nested| holds_configured(nested, prior))
}

fn holds_configured(nested: &Nested, prior: &Value) -> bool {
    let configured = |object: &Value| {
        let entries = object.entries();
        nested.attributes.iter().any(|(name, attribute)| {
            let value = entries.and_then(|entries| entries.get(name)).filter(|value| !value.is_null());
            value.is_some_and(|value| {
                let mut inside = attribute.nested.iter();
                !attribute.computed || inside.any(|nested| holds_configured(nested, value))
            })
        })
    };
    match nested.nesting {
        Nesting::Single | Nesting::Group => configured(prior),
        Nesting::Map => prior.entries().is_some_and(|entries| entries.values().any(configured)),
        Nesting::List | Nesting::Set => prior.items().is_some_and(|items| items.iter().any(configured)),
    }
}
