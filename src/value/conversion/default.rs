//! Filling in the defaults of optional attributes.

use super::{Defaults, convert};
use crate::value::unification::unify_some;
use crate::value::{Entries, Kind, Type, Value, deep};

impl Defaults {
    /// The value with defaults for missing or null optional attributes. Its type may differ, and it still has to be
    /// converted. Parts of an unexpected shape are left for the conversion to report.
    #[must_use]
    pub fn apply(&self, value: &Value) -> Value {
        if value.is_null() || !value.is_known() || self.values.is_empty() && self.children.is_empty() {
            return value.clone();
        }
        let applied = match value.kind() {
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => deep(|| self.apply_to_sequence(value)),
            Kind::Map(_) | Kind::Object(_) => deep(|| self.apply_to_entries(value)),
            _ => return value.clone(),
        };
        applied.with_marks(value.marks())
    }

    fn apply_to_sequence(&self, value: &Value) -> Value {
        let items = value.items().unwrap_or_default();
        let applied: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(index, item)| match self.of_element(|| index.to_string()) {
                Some(defaults) => defaults.apply(item),
                None => item.clone(),
            })
            .collect();
        match value.kind() {
            Kind::List(list) if applied.is_empty() => Value::list(list.element.clone(), applied),
            Kind::Set(set) if applied.is_empty() => Value::set(set.element().clone(), applied),
            Kind::List(_) => match in_common(applied.iter()) {
                Some((element, items)) => Value::list(element, items),
                None => Value::tuple(applied),
            },
            Kind::Set(_) => match in_common(applied.iter()) {
                Some((element, items)) => Value::set(element, items),
                None => Value::tuple(applied),
            },
            _ => Value::tuple(applied),
        }
    }

    fn apply_to_entries(&self, value: &Value) -> Value {
        let none = Entries::new();
        let mut entries: Entries = value
            .entries()
            .unwrap_or(&none)
            .iter()
            .map(|(name, entry)| {
                let entry = match self.of_element(|| name.to_string()) {
                    Some(defaults) => defaults.apply(entry),
                    None => entry.clone(),
                };
                (name.clone(), entry)
            })
            .collect();
        for (name, default) in &self.values {
            match entries.get_mut(name) {
                Some(entry) if !entry.is_null() => {
                    // A null would have been replaced, so an unknown value will not be null.
                    if default.is_never_null() && !entry.is_known() {
                        *entry = entry.clone().refine_not_null();
                    }
                }
                absent => {
                    let default = match self.children.get(name) {
                        Some(defaults) => defaults.apply(default),
                        None => default.clone(),
                    };
                    // The origins of the null decided that the default is used.
                    let why = absent.map(|null| null.marks().only_origins().deciding());
                    let default = why.iter().fold(default, Value::with_marks);
                    entries.insert(name.clone(), default);
                }
            }
        }
        match value.kind() {
            Kind::Map(map) if entries.is_empty() => Value::map(map.element.clone(), entries),
            Kind::Map(_) => match in_common(entries.values()) {
                Some((element, items)) => Value::map(element, entries.into_keys().zip(items)),
                None => Value::object(entries),
            },
            _ => Value::object(entries),
        }
    }

    /// The defaults of a part with that name: its own, or those for all elements.
    fn of_element(&self, name: impl FnOnce() -> String) -> Option<&Self> {
        if let Some(all) = self.children.get("") {
            return Some(all);
        }
        if self.children.is_empty() { None } else { self.children.get(name().as_str()) }
    }
}

/// The values converted to one type, if there is one.
fn in_common<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Option<(Type, Vec<Value>)> {
    let types: Vec<Type> = values.clone().map(Value::ty).collect();
    let common = unify_some(types.iter(), true)?;
    if common == Type::Dynamic && types.iter().any(|ty| *ty != Type::Dynamic) {
        return None;
    }
    let converted = values.map(|value| convert(value, &common)).collect::<Result<_, _>>().ok()?;
    Some((common, converted))
}
