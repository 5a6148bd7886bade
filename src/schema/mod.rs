//! Schemas: attributes with their types, nested blocks, and what is computed, sensitive or write-only.
//!
//! Pure data, in the shape in which providers describe themselves. Knows no expressions and no configuration; bodies
//! are decoded by schemas in a higher room.

mod computed;
mod secrets;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::ResourceMode as Mode;
use crate::value::{Name, Type};

/// The content of a resource, provider or nested block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// For a whole resource: the version of the schema, which is stored with each object.
    pub version: u64,
    pub attributes: BTreeMap<Name, Attribute>,
    pub blocks: BTreeMap<Name, NestedBlock>,
    pub deprecated: bool,
    /// For a nested block: whether the provider decides about it if the configuration has none.
    pub computed: bool,
}

/// One argument or result.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub ty: Type,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    pub write_only: bool,
    pub deprecated: bool,
    /// The nested attributes, if it is described like a block. The type contains the same with less detail.
    pub nested: Option<Arc<Nested>>,
}

/// The content of an attribute with nested attributes.
#[derive(Clone, Debug)]
pub struct Nested {
    pub attributes: BTreeMap<Name, Attribute>,
    pub nesting: Nesting,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    pub block: Block,
    pub nesting: Nesting,
    /// The minimum and maximum number; no maximum if `None`.
    pub min: usize,
    pub max: Option<usize>,
}

/// The form that several blocks of one kind take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object, or null.
    Single,
    /// At most one: an object that always exists.
    Group,
    List,
    Set,
    /// By label.
    Map,
}

/// Everything that one provider offers.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    pub configuration: Block,
    pub resources: BTreeMap<Name, Block>,
    pub data: BTreeMap<Name, Block>,
    pub ephemeral: BTreeMap<Name, Block>,
    pub functions: BTreeMap<Name, Function>,
}

/// The signature of a function, for documentation.
#[derive(Clone, Debug)]
pub struct Function {
    pub description: String,
    pub parameters: Vec<Parameter>,
    /// The parameter for any number of further arguments.
    pub variadic: Option<Parameter>,
    pub result: Type,
}

/// What a function takes in one place.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub description: String,
    pub ty: Type,
    pub allow_null: bool,
}

impl Provider {
    /// The schema of a resource type in a mode.
    pub fn block(&self, mode: Mode, kind: &str) -> Option<&Block> {
        self.of_mode(mode).get(kind)
    }

    /// All types of a mode.
    pub fn of_mode(&self, mode: Mode) -> &BTreeMap<Name, Block> {
        match mode {
            Mode::Managed => &self.resources,
            Mode::Data => &self.data,
            Mode::Ephemeral => &self.ephemeral,
        }
    }
}

impl Block {
    #[must_use]
    pub fn versioned(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    #[must_use]
    pub fn with(mut self, name: &str, attribute: Attribute) -> Self {
        self.attributes.insert(name.into(), attribute);
        self
    }

    /// The type of objects that conform to this schema.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, nested)| (name.clone(), nested.implied_type()));
        Type::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    /// Blocks with attributes of unknown type cannot be elements of a collection, so they become tuples and objects,
    /// whose type is only known with their value.
    pub fn implied_type(&self) -> Type {
        let inner = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => inner,
            Nesting::List | Nesting::Map if inner.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(inner),
            Nesting::Set => Type::set(inner),
            Nesting::Map => Type::map(inner),
        }
    }
}

impl Attribute {
    pub fn required(ty: Type) -> Self {
        Self { required: true, ..Self::of(ty) }
    }

    pub fn optional(ty: Type) -> Self {
        Self { optional: true, ..Self::of(ty) }
    }

    pub fn computed(ty: Type) -> Self {
        Self { computed: true, ..Self::of(ty) }
    }

    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// Optional, and set by the provider if the configuration does not.
    pub fn optional_computed(ty: Type) -> Self {
        Self { optional: true, computed: true, ..Self::of(ty) }
    }

    fn of(ty: Type) -> Self {
        Self {
            ty,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: false,
            nested: None,
        }
    }

    /// Whether a configuration may set it.
    pub fn is_argument(&self) -> bool {
        self.required || self.optional
    }
}
