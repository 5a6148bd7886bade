//! The differences inside an object, by its schema: attributes, and nested blocks.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Entries, Kind, Mark, Name, Type, Value};

use super::align;
use super::difference::{self, Difference, Shape, Turn, alike, is_secret};
use super::document;
use super::forcing::Forcing;

/// The inside of an object or block. What is null on both sides is left out.
#[derive(Clone, Debug)]
pub struct BlockView {
    pub turn: Turn,
    pub forces_replacement: bool,
    pub attributes: Vec<(Name, Difference)>,
    pub blocks: Vec<NestedView>,
}

/// One block inside another.
#[derive(Clone, Debug)]
pub struct NestedView {
    pub kind: Name,
    /// For blocks with labels.
    pub label: Option<Name>,
    pub turn: Turn,
    pub inside: Inside,
}

#[derive(Clone, Debug)]
pub enum Inside {
    Shown(BlockView),
    /// Neither the number of blocks nor their content is known.
    Unknown,
    /// Something in it is or was sensitive, and cannot be separated from the rest.
    Secret {
        forces_replacement: bool,
    },
}

/// Compares two objects; `None` if there is no difference to show.
pub(super) fn block(
    schema: &Block,
    before: Option<&Value>,
    after: Option<&Value>,
    forcing: &Forcing<'_>,
) -> BlockView {
    let (before, after) = (present(before), present(after));
    // A wholly unknown object has unknown attributes.
    let unknown = after.is_some_and(|after| !after.is_known());
    let mut attributes = Vec::with_capacity(schema.attributes.len());
    let mut write_only = Vec::new();
    for (name, attribute) in &schema.attributes {
        if attribute.write_only {
            write_only.push((name, attribute));
            continue;
        }
        let unknown = unknown.then(|| Value::unknown(attribute.ty.clone()));
        let old = side(child(before, name), attribute, schema);
        let new = side(unknown.as_ref().or_else(|| child(after, name)), attribute, schema);
        if old.is_none() && new.is_none() {
            continue;
        }
        if attribute.computed
            && document::repeats(old.as_deref(), before, schema)
            && document::repeats(new.as_deref(), after, schema)
        {
            continue;
        }
        let inner = forcing.attribute(name);
        let differ = if attribute.ty.has_dynamic() { difference::loose } else { difference::typed };
        attributes.push((name.clone(), differ(old.as_deref(), new.as_deref(), &inner)));
    }
    let mut blocks = Vec::new();
    for (name, nested) in &schema.blocks {
        let inner = forcing.attribute(name);
        nested_blocks(name, nested, child(before, name), child(after, name), &inner, &mut blocks);
    }
    let parts = attributes.iter().map(|(_, attribute)| attribute.turn);
    let turn = match (before, after) {
        (None, Some(_)) => Turn::Added,
        (Some(_), None) => Turn::Removed,
        _ => difference::whole(parts.chain(blocks.iter().map(|block| block.turn))),
    };
    add_write_only(&write_only, turn, forcing, &mut attributes);
    BlockView { turn, forces_replacement: forcing.here(), attributes, blocks }
}

/// Write-only arguments are never stored and so cannot be compared: they are added and removed with the block.
fn add_write_only(
    write_only: &[(&Name, &Attribute)],
    turn: Turn,
    forcing: &Forcing<'_>,
    attributes: &mut Vec<(Name, Difference)>,
) {
    if write_only.is_empty() {
        return;
    }
    let turn = if turn == Turn::Changed { Turn::Same } else { turn };
    attributes.extend(write_only.iter().map(|(name, attribute)| {
        let forces_replacement = forcing.attribute(name).here();
        let shape = Shape::WriteOnly { secret: attribute.sensitive };
        ((*name).clone(), Difference { turn, forces_replacement, typed: true, disclosure: None, shape })
    }));
    attributes.sort_by(|(a, _), (b, _)| a.cmp(b));
}

fn nested_blocks(
    kind: &Name,
    nested: &NestedBlock,
    before: Option<&Value>,
    after: Option<&Value>,
    forcing: &Forcing<'_>,
    views: &mut Vec<NestedView>,
) {
    let (before, after) = (present(before), present(after));
    if before.is_some_and(is_secret) || after.is_some_and(is_secret) {
        return views.extend(secret_block(kind, before, after, forcing));
    }
    if after.is_some_and(|after| !after.is_known()) && nested.nesting != Nesting::Single {
        let turn = if before.is_some() { Turn::Changed } else { Turn::Added };
        views.push(NestedView { kind: kind.clone(), label: None, turn, inside: Inside::Unknown });
    }
    let everywhere = forcing.here();
    let mut push =
        |label: Option<&Name>, before: Option<&Value>, after: Option<&Value>, forcing: &Forcing<'_>| {
            let mut inside = block(&nested.block, before, after, forcing);
            inside.forces_replacement |= everywhere;
            let (kind, label, turn) = (kind.clone(), label.cloned(), inside.turn);
            views.push(NestedView { kind, label, turn, inside: Inside::Shown(inside) });
        };
    let items = |value: Option<&Value>| value.and_then(Value::items).unwrap_or_default().to_vec();
    match nested.nesting {
        Nesting::Single | Nesting::Group => {
            if before.is_some() || after.is_some() {
                push(None, before, after, forcing);
            }
        }
        Nesting::List => {
            let (old, new) = (items(before), items(after));
            for index in 0..old.len().max(new.len()) {
                push(None, old.get(index), new.get(index), &forcing.index(index));
            }
        }
        Nesting::Set => {
            let (old, new) = (items(before), items(after));
            for (i, j) in align::set(&old, &new) {
                push(None, i.and_then(|i| old.get(i)), j.and_then(|j| new.get(j)), &Forcing::none());
            }
        }
        Nesting::Map => {
            let (old, new) = (before.and_then(Value::entries), after.and_then(Value::entries));
            let labels: BTreeSet<&Name> =
                old.into_iter().chain(new).flat_map(|entries| entries.keys()).collect();
            for label in labels {
                let of =
                    |entries: Option<&'_ Entries>| entries.and_then(|entries| entries.get(label)).cloned();
                push(Some(label), of(old).as_ref(), of(new).as_ref(), &forcing.key(label));
            }
        }
    }
}

fn secret_block(
    kind: &Name,
    before: Option<&Value>,
    after: Option<&Value>,
    forcing: &Forcing<'_>,
) -> Option<NestedView> {
    let plain = |value: Option<&Value>| value.map(|value| value.clone().unmark_deep().0);
    let turn = match (plain(before), plain(after)) {
        (None, None) => return None,
        (None, Some(_)) => Turn::Added,
        (Some(_), None) => Turn::Removed,
        (Some(old), Some(new)) => {
            let same = before.is_some_and(is_secret) == after.is_some_and(is_secret) && alike(&old, &new);
            if same { Turn::Same } else { Turn::Changed }
        }
    };
    let inside = Inside::Secret { forces_replacement: forcing.here_or_inside() };
    Some(NestedView { kind: kind.clone(), label: None, turn, inside })
}

/// A null object does not exist.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn child<'a>(object: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    object?.entries()?.get(name)
}

/// One side of an attribute, marked if the schema calls it sensitive. A null counts as absent.
fn side<'a>(value: Option<&'a Value>, attribute: &Attribute, schema: &Block) -> Option<Cow<'a, Value>> {
    let value = value.filter(|value| match value.kind() {
        Kind::Null(_) => false,
        Kind::String(text) => !text.is_empty() || !is_lenient(schema),
        _ => true,
    })?;
    match attribute.sensitive && !is_secret(value) {
        true => Some(Cow::Owned(value.clone().mark(Mark::Sensitive))),
        false => Some(Cow::Borrowed(value)),
    }
}

/// Whether the type may come from a legacy provider SDK, which cannot tell an empty string from null: its schema has no
/// feature that those lacked.
fn is_lenient(schema: &Block) -> bool {
    let newer = |ty: &Type| match ty {
        Type::Dynamic | Type::Tuple(_) | Type::Object(_) => true,
        Type::List(element) | Type::Set(element) | Type::Map(element) => {
            element.has_dynamic() || element.element().is_some_and(|inner| !inner.is_primitive())
        }
        _ => false,
    };
    let newer_block = |nested: &NestedBlock| matches!(nested.nesting, Nesting::Map | Nesting::Group);
    !schema.attributes.values().any(|attribute| newer(&attribute.ty))
        && !schema.blocks.values().any(newer_block)
}
