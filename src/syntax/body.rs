//! Bodies: attributes and blocks, decoded by a rule that says what is allowed.
//!
//! Native and JSON bodies have the same interface. In JSON, only the rule distinguishes attributes from blocks.

mod attribute;
mod native;

use crate::diag::{Diagnostics, Span};
use crate::value::Name;

use super::json::JsonBody;
use super::{Expression, Reference};

pub use attribute::{Attribute, Attributes};
pub(super) use native::{AttributeNode, BlockNode, BodyId, BodyNode, ItemNode, LabelNode, NativeBody};
pub use native::{Item, ItemAttribute, ItemBlock};

/// The inside of a file or block.
#[derive(Clone)]
pub struct Body {
    syntax: Syntax,
}

/// The file, the node in its tree, and what `split` has already taken.
#[derive(Clone)]
enum Syntax {
    Native(NativeBody),
    Json(JsonBody),
}

/// What a body may contain.
#[derive(Clone, Debug, Default)]
pub struct BodyRule<'a> {
    /// The name, and whether it is required.
    pub attributes: Vec<(&'a str, bool)>,
    pub blocks: Vec<BlockRule<'a>>,
}

/// What rules have already taken from a body; every block of a project has one of these.
#[derive(Clone, Default)]
pub(super) struct Taken(Vec<&'static BodyRule<'static>>);

impl Taken {
    pub(super) fn and(&self, rule: &'static BodyRule<'static>) -> Self {
        Self(self.0.iter().copied().chain([rule]).collect())
    }

    pub(super) fn attribute(&self, name: &str) -> bool {
        self.attributes().any(|taken| taken == name)
    }

    pub(super) fn block(&self, kind: &str) -> bool {
        self.blocks().any(|taken| taken == kind)
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|rule| &rule.attributes).map(|(name, _)| *name)
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|rule| &rule.blocks).map(|block| block.kind)
    }
}

#[derive(Clone, Debug)]
pub struct BlockRule<'a> {
    pub kind: &'a str,
    /// The name of each label for messages: `["type", "name"]`.
    pub labels: &'a [&'a str],
}

/// The content of a body.
#[derive(Clone, Default)]
pub struct Content {
    pub attributes: Attributes,
    pub blocks: Vec<Block>,
    /// Where to report something missing.
    pub missing: Option<Span>,
}

/// `kind "label" { ... }`
#[derive(Clone)]
pub struct Block {
    pub kind: Name,
    pub kind_span: Span,
    pub labels: Vec<Label>,
    pub body: Body,
    /// Kind and labels, without the body.
    pub header: Span,
}

#[derive(Clone)]
pub struct Label {
    pub text: Name,
    pub span: Span,
}

impl Body {
    pub(super) fn native(body: NativeBody) -> Self {
        Self { syntax: Syntax::Native(body) }
    }

    pub(super) fn json(body: JsonBody) -> Self {
        Self { syntax: Syntax::Json(body) }
    }

    /// Decodes the body. Anything that the rule does not name is an error ("did you mean"), and so are missing required
    /// attributes and wrong numbers of labels.
    pub fn content(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        match &self.syntax {
            Syntax::Native(body) => body.content(rule, diagnostics),
            Syntax::Json(body) => body.content(rule, diagnostics),
        }
    }

    /// As [`Self::content`], but ignores what the rule does not name.
    pub fn some(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        match &self.syntax {
            Syntax::Native(body) => body.some(rule, diagnostics),
            Syntax::Json(body) => body.some(rule, diagnostics),
        }
    }

    /// As [`Self::some`]; the second body has what the rule does not name.
    pub fn split(&self, rule: &'static BodyRule<'static>, diagnostics: &mut Diagnostics) -> (Content, Self) {
        match &self.syntax {
            Syntax::Native(body) => (body.some(rule, diagnostics), Self::native(body.without(rule))),
            Syntax::Json(body) => (body.some(rule, diagnostics), Self::json(body.without(rule))),
        }
    }

    /// All attributes; blocks are errors.
    pub fn attributes(&self, diagnostics: &mut Diagnostics) -> Attributes {
        match &self.syntax {
            Syntax::Native(body) => body.attributes(diagnostics),
            Syntax::Json(body) => body.attributes(diagnostics),
        }
    }

    /// Everything that is left, for callers without a rule. In JSON everything is then an attribute.
    pub fn everything(&self) -> Content {
        match &self.syntax {
            Syntax::Native(body) => body.everything(),
            Syntax::Json(body) => Content {
                attributes: body.attributes(&mut Diagnostics::new()),
                missing: Some(body.missing_item()),
                ..Content::default()
            },
        }
    }

    /// Visits every reference in what is left, including those in nested blocks.
    pub fn references(&self, see: &mut dyn FnMut(&Reference<'_>)) {
        match &self.syntax {
            Syntax::Native(body) => body.references(see),
            Syntax::Json(body) => {
                let attributes = body.attributes(&mut Diagnostics::new());
                let expressions = attributes.iter().map(|attribute| &attribute.expression);
                expressions.flat_map(Expression::references).for_each(|reference| see(&reference));
            }
        }
    }

    /// Where to report something missing: the header of the block, or the end of the file.
    pub fn missing_item(&self) -> Span {
        match &self.syntax {
            Syntax::Native(body) => body.missing_item(),
            Syntax::Json(body) => body.missing_item(),
        }
    }

    /// The items of a native body in the order of the text; empty for a JSON body.
    pub fn items(&self) -> Vec<Item> {
        match &self.syntax {
            Syntax::Native(body) => body.items(),
            Syntax::Json(_) => Vec::new(),
        }
    }
}
