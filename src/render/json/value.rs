//! Values, types, and the unknown or sensitive parts of values, as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::schema::Block;
use crate::value::{Kind, Number, Type, Value};

use super::super::view::is_secret;

/// A value including its secrets. Unknown elements are left out of mappings, and null in sequences.
pub(in crate::render) struct Plain<'a>(pub(in crate::render) &'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.kind() {
            Kind::Null(_) | Kind::Unknown(..) | Kind::Type(_) => serializer.serialize_unit(),
            Kind::Bool(value) => serializer.serialize_bool(*value),
            Kind::Number(number) => serialize_number(number, serializer),
            Kind::String(text) => serializer.serialize_str(text),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => deep(|| {
                let items = self.0.items().unwrap_or_default();
                serializer.collect_seq(items.iter().map(Plain))
            }),
            Kind::Map(_) | Kind::Object(_) => deep(|| {
                let entries = self.0.entries().into_iter().flatten();
                let known = entries.filter(|(_, entry)| entry.is_known());
                serializer.collect_map(known.map(|(name, entry)| (&**name, Plain(entry))))
            }),
        }
    }
}

fn serialize_number<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(small) = number.to_i64() {
        return serializer.serialize_i64(small);
    }
    match number.to_string().parse::<serde_json::Number>() {
        Ok(number) => number.serialize(serializer),
        // JSON has no infinity.
        Err(_) => serializer.serialize_unit(),
    }
}

/// `"string"`, `["list", "number"]`, `["object", {"a": "bool"}]`
pub(in crate::render) struct TypeForm<'a>(pub(in crate::render) &'a Type);

impl Serialize for TypeForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        deep(|| match self.0 {
            Type::Dynamic | Type::Type => serializer.serialize_str("dynamic"),
            Type::Bool => serializer.serialize_str("bool"),
            Type::Number => serializer.serialize_str("number"),
            Type::String => serializer.serialize_str("string"),
            Type::List(element) => ("list", TypeForm(element)).serialize(serializer),
            Type::Set(element) => ("set", TypeForm(element)).serialize(serializer),
            Type::Map(element) => ("map", TypeForm(element)).serialize(serializer),
            Type::Tuple(elements) => ("tuple", TypeForms(elements)).serialize(serializer),
            Type::Object(object) => ("object", ObjectForm(object)).serialize(serializer),
        })
    }
}

struct TypeForms<'a>(&'a [Type]);

impl Serialize for TypeForms<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(TypeForm))
    }
}

struct ObjectForm<'a>(&'a crate::value::ObjectType);

impl Serialize for ObjectForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.attributes.iter().map(|(name, ty)| (&**name, TypeForm(ty))))
    }
}

/// A value's shape with booleans: `true` at each matching place; elsewhere nothing in a mapping, and `false` in a
/// sequence.
#[derive(Clone, Copy)]
pub(super) struct Shadow<'a> {
    value: &'a Value,
    question: Question,
    /// The schema, if sensitive attributes are asked for.
    schema: Option<&'a Block>,
    /// The schema calls this very place sensitive.
    marked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Unknown,
    Secret,
}

impl<'a> Shadow<'a> {
    pub(super) fn unknown(value: &'a Value) -> Self {
        Self { value, question: Question::Unknown, schema: None, marked: false }
    }

    pub(super) fn secret(value: &'a Value, schema: Option<&'a Block>) -> Self {
        Self { value, question: Question::Secret, schema, marked: false }
    }

    /// Whether the answer is yes for the whole value.
    pub(super) fn is_true(&self) -> bool {
        match self.question {
            Question::Unknown => !self.value.is_known(),
            Question::Secret => self.marked || is_secret(self.value),
        }
    }

    /// Whether the answer is no, with nothing inside to look at.
    fn is_false(&self) -> bool {
        !self.is_true() && self.form() == Form::Leaf
    }

    fn form(&self) -> Form {
        let of_type = |ty: &Type| match ty {
            Type::Object(_) | Type::Map(_) => Form::Mapping,
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => Form::Sequence,
            _ => Form::Leaf,
        };
        match self.value.kind() {
            Kind::Unknown(ty, _) => of_type(ty),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => Form::Sequence,
            Kind::Map(_) | Kind::Object(_) => Form::Mapping,
            _ => Form::Leaf,
        }
    }

    fn entry(&self, name: &str, value: &'a Value) -> Self {
        let schema = self.schema;
        let nested = schema.and_then(|schema| schema.blocks.get(name));
        let marked =
            schema.and_then(|schema| schema.attributes.get(name)).is_some_and(|found| found.sensitive);
        Self { value, schema: nested.map(|nested| &nested.block), marked, ..*self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Leaf,
    Sequence,
    Mapping,
}

impl Serialize for Shadow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_true() {
            return serializer.serialize_bool(true);
        }
        deep(|| match self.form() {
            Form::Leaf => serializer.serialize_bool(false),
            Form::Sequence => {
                let mut sequence = serializer.serialize_seq(None)?;
                for item in self.value.items().unwrap_or_default() {
                    sequence.serialize_element(&Shadow { value: item, marked: false, ..*self })?;
                }
                sequence.end()
            }
            Form::Mapping => {
                let mut mapping = serializer.serialize_map(None)?;
                // Blocks by label are a map, and their schema applies to each entry; other mappings have entries of
                // their own.
                let labelled = matches!(self.value.kind(), Kind::Map(_));
                for (name, entry) in self.value.entries().into_iter().flatten() {
                    let entry = match labelled {
                        true => Shadow { value: entry, marked: false, ..*self },
                        false => self.entry(name, entry),
                    };
                    if !entry.is_false() {
                        mapping.serialize_entry(&**name, &entry)?;
                    }
                }
                mapping.end()
            }
        })
    }
}

fn deep<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}
