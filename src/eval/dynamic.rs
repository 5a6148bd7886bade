//! `dynamic` blocks: one block per element of a collection.

use crate::config::LayeredBody;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::expression::Names;
use crate::syntax::{Block, BlockRule, BodyRule};
use crate::value::{Kind, Mark, Marks, Name, Number, Type, Value, convert};

use super::block::Evaluate;

pub(super) const KIND: &str = "dynamic";

/// A nested block as it counts: written out, or made by a `dynamic` one.
pub(super) struct Expanded {
    pub(super) kind: Name,
    pub(super) labels: Vec<Name>,
    pub(super) body: LayeredBody,
    /// The iterators that its expressions see.
    pub(super) names: Names,
    /// Stands for any number of blocks, because it is not known yet how many there will be.
    pub(super) uncertain: bool,
    /// Of what decided that it is there.
    pub(super) origins: Marks,
    pub(super) span: Span,
}

/// The kind of block that a `dynamic` block makes.
pub(super) fn target(block: &Block) -> Option<&str> {
    block.labels.first().map(|label| &*label.text)
}

/// Makes the blocks. `known` are the kinds that may be here, `label_names` the labels that this kind has.
pub(super) fn expand<'a>(
    block: &Block,
    known: impl Iterator<Item = &'a str> + Clone,
    label_names: &[&str],
    evaluator: &dyn Evaluate,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Vec<Expanded> {
    let Some(label) = block.labels.first() else { return Vec::new() };
    if !known.clone().any(|kind| kind == &*label.text) {
        let why = format!("Blocks of kind \"{}\" are not expected here.", label.text);
        diagnostics.push(
            Diagnostic::error("Unsupported block", why).at(label.span.clone()).suggest(&label.text, known),
        );
        return Vec::new();
    }
    let rule = BodyRule {
        attributes: vec![("for_each", true), ("iterator", false), ("labels", !label_names.is_empty())],
        blocks: vec![BlockRule { kind: "content", labels: &[] }],
    };
    let content = block.body.content(&rule, diagnostics);
    let inside = match content.blocks.as_slice() {
        [inside] => inside,
        [] => {
            let why =
                "A dynamic block needs one \"content\" block, which says what the blocks it makes hold.";
            diagnostics.push(Diagnostic::error("Missing content", why).at(block.header.clone()));
            return Vec::new();
        }
        [_, second, ..] => {
            let why = "A dynamic block has exactly one \"content\" block.";
            diagnostics.push(Diagnostic::error("Second content block", why).at(second.header.clone()));
            return Vec::new();
        }
    };
    let iterator = match content.attributes.get("iterator") {
        None => label.text.clone(),
        Some(attribute) => match attribute.expression.as_keyword() {
            Some(name) => name,
            None => {
                let why =
                    "\"iterator\" takes the bare name that the content will use for the current element.";
                diagnostics.push(Diagnostic::error("Invalid iterator", why).at(attribute.expression.span()));
                return Vec::new();
            }
        },
    };
    let Some(for_each) = content.attributes.get("for_each") else { return Vec::new() };
    let collection = diagnostics.unless_faulty(|faults| evaluator.value(&for_each.expression, names, faults));
    let origins = collection.as_ref().map_or_else(Marks::none, |all| all.marks().only_origins().deciding());
    let elements = collection.map_or(Elements::Unknown, |collection| {
        elements(collection, &for_each.expression.span(), diagnostics)
    });
    let elements = match elements {
        Elements::Known(elements) => elements.into_iter().map(|(key, value)| (key, value, false)).collect(),
        Elements::Unknown => {
            let element = || Value::dynamic().with_marks(&origins);
            vec![(element(), element(), true)]
        }
        Elements::Refused => return Vec::new(),
    };
    let mut made = Vec::with_capacity(elements.len());
    for (key, value, uncertain) in elements {
        let mut names = names.clone();
        names.push((iterator.clone(), Value::object([("key", key), ("value", value)])));
        let labels = content.attributes.get("labels").map(|attribute| {
            let expressions = attribute.expression.as_list().unwrap_or_default();
            expressions
                .iter()
                .map(|label| text(&evaluator.value(label, &names, diagnostics)))
                .collect::<Vec<_>>()
        });
        made.push(Expanded {
            kind: label.text.clone(),
            labels: labels.unwrap_or_default(),
            body: inside.body.clone().into(),
            names,
            uncertain,
            origins: origins.clone(),
            span: block.header.clone(),
        });
    }
    made
}

enum Elements {
    Known(Vec<(Value, Value)>),
    Unknown,
    Refused,
}

fn elements(collection: Value, span: &Span, diagnostics: &mut Diagnostics) -> Elements {
    let mut refuse = |why: String| {
        diagnostics.push(Diagnostic::error("Invalid for_each in a dynamic block", why).at(span.clone()));
        Elements::Refused
    };
    let (collection, marks) = collection.unmark();
    if marks.contains(&Mark::Ephemeral) {
        return refuse("An ephemeral value cannot decide how many blocks there are.".into());
    }
    let ty = collection.ty();
    let pairs: Vec<(Value, Value)> = match collection.kind() {
        Kind::Null(_) => return refuse("A dynamic block cannot be made from null.".into()),
        Kind::Unknown(
            Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple(_) | Type::Object(_),
            _,
        ) => {
            return Elements::Unknown;
        }
        Kind::List(_) | Kind::Tuple(_) => {
            let items = collection.items().unwrap_or_default().iter();
            items
                .zip(0i64..)
                .map(|(item, index)| (Value::number(Number::from_i64(index)), item.clone()))
                .collect()
        }
        Kind::Set(set) => set.items().iter().map(|item| (item.clone(), item.clone())).collect(),
        Kind::Map(_) | Kind::Object(_) => {
            let entries = collection.entries().into_iter().flatten();
            entries.map(|(key, value)| (Value::normalized_string(key.clone()), value.clone())).collect()
        }
        _ => {
            return refuse(format!(
                "A dynamic block needs a collection to be made from, not a {}.",
                ty.friendly()
            ));
        }
    };
    let marked = |value: Value| value.with_marks(&marks);
    Elements::Known(pairs.into_iter().map(|(key, value)| (marked(key), marked(value))).collect())
}

fn text(value: &Value) -> Name {
    let text = convert(value, &Type::String).ok();
    text.as_ref().and_then(Value::as_str).unwrap_or_default().into()
}
