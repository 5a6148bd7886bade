//! What a thing may have: attributes with their types, nested blocks, what is computed, sensitive or write-only.
//!
//! Pure data, in the shape that providers describe themselves in. Knows no expressions and no configuration:
//! reading a body by a schema is done where expressions can be evaluated.

mod blank;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::ResourceMode as Mode;
use crate::value::{Name, Type};

/// The inside of a resource, provider or nested block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Of a whole resource: which of its schemas stored objects were written by.
    pub version: u64,
    pub attributes: BTreeMap<Name, Attribute>,
    pub blocks: BTreeMap<Name, NestedBlock>,
    pub deprecated: bool,
    /// Of a nested block: the provider decides whether there are any where the configuration has none.
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
    /// What its inside looks like, where that is described as a block's is. The type says the same with less.
    pub nested: Option<Arc<Nested>>,
}

/// The inside of an attribute whose parts are described one by one.
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
    /// How many at least; and at most, where there is a limit.
    pub min: usize,
    pub max: Option<usize>,
}

/// What several blocks of one kind become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object, or null.
    Single,
    /// At most one: an object that is always there.
    Group,
    List,
    Set,
    /// By label.
    Map,
}

/// All that one provider offers.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    pub configuration: Block,
    pub resources: BTreeMap<Name, Block>,
    pub data: BTreeMap<Name, Block>,
    pub ephemeral: BTreeMap<Name, Block>,
    pub functions: BTreeMap<Name, Function>,
}

/// What a function takes and gives, for whoever reads about it.
#[derive(Clone, Debug)]
pub struct Function {
    pub description: String,
    pub parameters: Vec<Parameter>,
    /// Any number more of these.
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
    /// What blocks of a mode and type look like.
    pub fn block(&self, mode: Mode, kind: &str) -> Option<&Block> {
        self.of_mode(mode).get(kind)
    }

    /// Everything of a mode, by type.
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

    /// The type of an object that conforms to this schema.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, nested)| (name.clone(), nested.implied_type()));
        Type::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    /// Blocks with attributes of unknown type cannot be elements of a collection, so they become tuples and objects,
    /// whose type is known only with their value.
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

    /// Optional, and decided by the provider where the configuration says nothing.
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
