//! A declarative description of a type, from which its schema, its plan, and its decoding follow.
//!
//! A planned value follows the configuration and, if that is silent, a default, the prior value, or the service. What
//! the service calls empty and what a configuration leaves out count as equal, so that an object whose state another
//! release has written, with an empty string here and null there, has no change.

mod fill;
mod plan;
mod read;
#[cfg(test)]
mod tests;

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Kind, Type, Value};

pub(in super::super) use fill::fill;

/// The content of a type, or of a block in it.
#[derive(Clone, Default)]
pub(in super::super) struct Shape {
    attributes: Vec<(&'static str, Part)>,
    blocks: Vec<(&'static str, Blocks)>,
    version: u64,
}

/// One attribute.
#[derive(Clone)]
pub(in super::super) struct Part {
    ty: Type,
    who: Who,
    fixed: Fixed,
    deprecated: bool,
}

/// Whether a change of an attribute requires a new object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fixed {
    No,
    Yes,
    /// Once it is set, it cannot be changed.
    OnceSet,
}

/// Where the value of an attribute comes from.
#[derive(Clone)]
enum Who {
    Required,
    /// The configuration; null if it is silent.
    Optional,
    /// The configuration, while the object is created: the service does not return it afterwards, and removing it later
    /// changes nothing.
    Once,
    /// The configuration, or this default.
    Or(Value),
    /// The configuration, or the service, once.
    Decided,
    Service,
}

/// Blocks of one kind.
#[derive(Clone)]
pub(in super::super) struct Blocks {
    shape: Shape,
    nesting: Nesting,
    min: usize,
    max: Option<usize>,
    decided: bool,
    fixed: bool,
}

pub(in super::super) fn required(ty: Type) -> Part {
    Part { ty, who: Who::Required, fixed: Fixed::No, deprecated: false }
}

pub(in super::super) fn optional(ty: Type) -> Part {
    Part { who: Who::Optional, ..required(ty) }
}

/// Only matters while the object is created.
pub(in super::super) fn once(ty: Type) -> Part {
    Part { who: Who::Once, ..required(ty) }
}

/// The service decides if the configuration does not, and the value is kept from then on.
pub(in super::super) fn decided(ty: Type) -> Part {
    Part { who: Who::Decided, ..required(ty) }
}

/// Only the service sets it.
pub(in super::super) fn computed(ty: Type) -> Part {
    Part { who: Who::Service, ..required(ty) }
}

pub(in super::super) fn text() -> Type {
    Type::String
}

pub(in super::super) fn texts() -> Type {
    Type::set(Type::String)
}

pub(in super::super) fn text_map() -> Type {
    Type::map(Type::String)
}

impl Part {
    /// Sets the default.
    pub(in super::super) fn or(mut self, default: Value) -> Self {
        self.who = Who::Or(default);
        self
    }

    /// A change requires a new object.
    pub(in super::super) fn fixed(mut self) -> Self {
        self.fixed = Fixed::Yes;
        self
    }

    /// A change from one value to another requires a new object.
    pub(in super::super) fn fixed_once_set(mut self) -> Self {
        self.fixed = Fixed::OnceSet;
        self
    }

    pub(in super::super) fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    fn attribute(&self) -> Attribute {
        let ty = self.ty.clone();
        let attribute = match self.who {
            Who::Required => Attribute::required(ty),
            Who::Service => Attribute::computed(ty),
            // In the public schema, the planned value of an optional attribute may differ from the configuration
            // without being computed, which the engine does not allow.
            Who::Optional | Who::Once | Who::Or(_) | Who::Decided => Attribute::optional_computed(ty),
        };
        Attribute { deprecated: self.deprecated, ..attribute }
    }
}

/// At most one block.
pub(in super::super) fn one(shape: Shape) -> Blocks {
    Blocks { shape, nesting: Nesting::List, min: 0, max: Some(1), decided: false, fixed: false }
}

/// Exactly one block.
pub(in super::super) fn the_one(shape: Shape) -> Blocks {
    Blocks { min: 1, ..one(shape) }
}

/// Blocks in no order.
pub(in super::super) fn any(shape: Shape, min: usize, max: Option<usize>) -> Blocks {
    Blocks { nesting: Nesting::Set, min, max, ..one(shape) }
}

impl Blocks {
    /// If the configuration has none, the service decides.
    pub(in super::super) fn decided(mut self) -> Self {
        self.decided = true;
        self
    }

    /// Adding or removing one requires a new object.
    pub(in super::super) fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    fn block(&self) -> NestedBlock {
        let block = Block { computed: self.decided, ..self.shape.schema() };
        NestedBlock { block, nesting: self.nesting, min: self.min, max: self.max }
    }

    fn element(&self) -> Type {
        self.shape.schema().implied_type()
    }
}

impl Shape {
    pub(in super::super) fn with(mut self, name: &'static str, part: Part) -> Self {
        self.attributes.push((name, part));
        self
    }

    pub(in super::super) fn block(mut self, name: &'static str, blocks: Blocks) -> Self {
        self.blocks.push((name, blocks));
        self
    }

    /// A block `timeouts` for these operations.
    pub(in super::super) fn timeouts(self, operations: &[&'static str]) -> Self {
        let shape = operations.iter().fold(Self::default(), |shape, name| shape.with(name, optional(text())));
        self.block("timeouts", Blocks { nesting: Nesting::Single, max: None, ..one(shape) })
    }

    /// The tags of an object, and `tags_all`, which includes the provider's default tags.
    pub(in super::super) fn tagged(self) -> Self {
        self.with("tags", optional(text_map())).with("tags_all", decided(text_map()))
    }

    pub(in super::super) fn is_tagged(&self) -> bool {
        self.attributes.iter().any(|(name, _)| *name == "tags_all")
    }

    pub(in super::super) fn versioned(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    pub(in super::super) fn schema(&self) -> Block {
        Block {
            version: self.version,
            attributes: self
                .attributes
                .iter()
                .map(|(name, part)| ((*name).into(), part.attribute()))
                .collect(),
            blocks: self.blocks.iter().map(|(name, blocks)| ((*name).into(), blocks.block())).collect(),
            ..Block::default()
        }
    }
}

fn entry<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.entries().and_then(|entries| entries.get(name))
}

/// Whether a value counts as absent: an empty string or collection.
fn is_empty(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Unknown(..) => false,
        _ => {
            value.as_str().is_some_and(str::is_empty)
                || value.items().is_some_and(<[Value]>::is_empty)
                || matches!(value.kind(), Kind::Map(map) if map.items.is_empty())
        }
    }
}

/// Whether two values are equivalent.
fn alike(a: &Value, b: &Value) -> bool {
    a.same(b) || is_empty(a) && is_empty(b)
}

/// Whether two parts of an object are equivalent. Unknown counts as unchanged.
pub(in super::super) fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (_, Some(after)) if !after.is_known() => true,
        (Some(before), Some(after)) => alike(before, after),
        (before, after) => before.is_none_or(is_empty) && after.is_none_or(is_empty),
    }
}
