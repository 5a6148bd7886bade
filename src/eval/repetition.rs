//! `count` and `for_each`, evaluated and checked.

use crate::address::InstanceKey;
use crate::config::Repetition;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expression::{Scope, evaluate};
use crate::syntax::Expression;
use crate::value::{Entries, Kind, Mark, Marks, Type, Value, convert};

use super::scope::Surroundings;

/// More instances of one block would fill the memory before anything was done with the first.
const MOST_INSTANCES: u64 = 1_000_000;

/// The instances of a block.
#[derive(Clone)]
pub enum Instances {
    /// Not known yet, or an error was reported.
    Unknown,
    Once,
    Counted(u64),
    /// By key, with the value for each.
    Keyed(Entries),
}

impl Instances {
    /// The number of known instances.
    pub fn number(&self) -> usize {
        match self {
            Self::Unknown => 0,
            Self::Once => 1,
            Self::Counted(count) => usize::try_from(*count).unwrap_or(usize::MAX),
            Self::Keyed(entries) => entries.len(),
        }
    }

    /// The keys of the known instances, in order.
    pub fn keys(&self) -> impl Iterator<Item = InstanceKey> {
        let (only, count, entries) = match self {
            Self::Unknown => (None, 0, None),
            Self::Once => (Some(InstanceKey::None), 0, None),
            Self::Counted(count) => (None, *count, None),
            Self::Keyed(entries) => (None, 0, Some(entries)),
        };
        let named = entries.into_iter().flat_map(Entries::keys).cloned().map(InstanceKey::Text);
        only.into_iter().chain((0..count).map(InstanceKey::Number)).chain(named)
    }

    pub fn contains(&self, key: &InstanceKey) -> bool {
        match (self, key) {
            (Self::Once, InstanceKey::None) => true,
            (Self::Counted(count), InstanceKey::Number(number)) => number < count,
            (Self::Keyed(entries), InstanceKey::Text(key)) => entries.contains_key(key),
            _ => false,
        }
    }

    /// The surroundings of the instance with this key, which may no longer exist.
    pub fn surroundings(&self, key: &InstanceKey) -> Surroundings {
        let values = if let Self::Keyed(entries) = self { Some(entries) } else { None };
        Surroundings::for_key(key, values)
    }
}

/// The value of a whole resource, assembled from those of its instances that have one. In a counted resource the others
/// before the last are unknown: with `-target`, not every instance is planned.
pub fn whole(repetition: &Repetition, mut instances: Vec<(InstanceKey, Value)>) -> Value {
    match repetition {
        Repetition::Once => {
            let only = instances.into_iter().find(|(key, _)| *key == InstanceKey::None);
            only.map_or_else(Value::dynamic, |(_, value)| value)
        }
        Repetition::Count(_) => {
            instances.sort_by(|(a, _), (b, _)| a.cmp(b));
            let mut items = Vec::with_capacity(instances.len());
            for (key, value) in instances {
                // A state can have any index.
                let InstanceKey::Number(index @ ..MOST_INSTANCES) = key else { continue };
                items.resize_with(index as usize, Value::dynamic);
                items.push(value);
            }
            Value::tuple(items)
        }
        Repetition::ForEach(_) => {
            let entries = instances.into_iter().filter_map(|(key, value)| match key {
                InstanceKey::Text(key) => Some((key, value)),
                _ => None,
            });
            Value::object(entries.collect::<Entries>())
        }
    }
}

/// Evaluates the repetition of a block.
pub fn instances(repetition: &Repetition, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> Instances {
    instances_with_origins(repetition, scope, diagnostics).0
}

/// [`instances`], with the origins of what decided their number and their keys.
pub fn instances_with_origins(
    repetition: &Repetition,
    scope: &dyn Scope,
    diagnostics: &mut Diagnostics,
) -> (Instances, Marks) {
    match repetition {
        Repetition::Once => (Instances::Once, Marks::none()),
        Repetition::Count(expression) => count(expression, scope, diagnostics),
        Repetition::ForEach(expression) => for_each(expression, scope, diagnostics),
    }
}

fn count(expression: &Expression, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> (Instances, Marks) {
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, scope, faults));
    let Some(value) = value else { return (Instances::Unknown, Marks::none()) };
    let (value, marks) = value.unmark_deep();
    (counted(&value, &marks, expression, diagnostics), marks.only_origins().deciding())
}

fn counted(
    value: &Value,
    marks: &Marks,
    expression: &Expression,
    diagnostics: &mut Diagnostics,
) -> Instances {
    let mut refuse = |why: &str| {
        diagnostics
            .push(Diagnostic::error("Invalid count", format!("\"count\" {why}.")).at(expression.span()));
        Instances::Unknown
    };
    if value.is_null() {
        return refuse("is null here; it must be a whole number");
    }
    if marks.contains(&Mark::Ephemeral) {
        return refuse("depends on an ephemeral value, which would be forgotten between plan and apply");
    }
    let number = match convert(value, &Type::Number) {
        Ok(number) => number,
        Err(error) => return refuse(&format!("must be a whole number: {error}")),
    };
    let Some(number) = number.as_number() else { return Instances::Unknown };
    let Some(count) = number.to_i64() else { return refuse("must be a whole number") };
    match u64::try_from(count) {
        Err(_) => refuse("must not be negative"),
        Ok(count) if count > MOST_INSTANCES => {
            refuse(&format!("is {count} here; nothing is there more than {MOST_INSTANCES} times"))
        }
        Ok(count) => Instances::Counted(count),
    }
}

fn for_each(expression: &Expression, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> (Instances, Marks) {
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, scope, faults));
    let Some(value) = value else { return (Instances::Unknown, Marks::none()) };
    let origins = value.marks().only_origins().deciding();
    let found = match keyed(value) {
        Ok(instances) => instances,
        Err(why) => {
            diagnostics.push(
                Diagnostic::error("Invalid for_each", format!("\"for_each\" {why}.")).at(expression.span()),
            );
            Instances::Unknown
        }
    };
    let found = match found {
        // The value for a key has the origins of the whole.
        Instances::Keyed(mut entries) if !origins.is_empty() => {
            for value in entries.values_mut() {
                *value = value.clone().with_marks(&origins);
            }
            Instances::Keyed(entries)
        }
        found => found,
    };
    (found, origins)
}

fn keyed(value: Value) -> Result<Instances, String> {
    let (value, marks) = value.unmark();
    if marks.contains(&Mark::Sensitive) {
        return Err("is sensitive, and its keys would be shown as names of instances".into());
    }
    if marks.contains(&Mark::Ephemeral) {
        return Err("is ephemeral, and would be forgotten between plan and apply".into());
    }
    let ty = value.ty();
    match value.kind() {
        Kind::Null(_) => Err("is null here; it must be a map, or a set of strings".into()),
        Kind::Unknown(Type::Dynamic | Type::Map(_) | Type::Object(_), _) => Ok(Instances::Unknown),
        Kind::Unknown(Type::Set(element), _) if set_of_text(element) => Ok(Instances::Unknown),
        Kind::Map(_) | Kind::Object(_) => Ok(Instances::Keyed(value.entries().cloned().unwrap_or_default())),
        Kind::Set(set) if set_of_text(set.element()) || set.items().is_empty() => keys(set.items()),
        Kind::Set(_) | Kind::Unknown(Type::Set(_), _) => {
            Err(format!("must be a map, or a set of strings, not a {}", ty.friendly()))
        }
        _ => {
            let way = match ty {
                Type::List(_) | Type::Tuple(_) => "; toset(...) makes a set of a list of strings",
                _ => "",
            };
            Err(format!("must be a map, or a set of strings, not a {}{way}", ty.friendly()))
        }
    }
}

fn set_of_text(element: &Type) -> bool {
    matches!(element, Type::String | Type::Dynamic)
}

fn keys(items: &[Value]) -> Result<Instances, String> {
    let mut entries = Entries::new();
    for item in items {
        match item.kind() {
            Kind::String(key) => entries.insert(key.clone(), item.clone()),
            Kind::Unknown(..) => return Ok(Instances::Unknown),
            Kind::Null(_) => return Err("is a set with a null in it, which cannot name an instance".into()),
            _ => return Err("is a set with something other than strings in it".into()),
        };
    }
    Ok(Instances::Keyed(entries))
}
