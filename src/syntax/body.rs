//! Bodies: attributes and blocks, taken apart by a rule that says what may be there.
//!
//! Native and JSON bodies answer the same questions. In JSON only the rule tells an attribute from a block.

use std::collections::BTreeMap;

use crate::diag::{Diagnostics, Span};
use crate::value::Name;

use super::Expression;

/// The inside of a file or block.
#[derive(Clone)]
pub struct Body {
    // The file, the node of the native or JSON tree, and what `split` has already taken: see the parser.
}

/// What may be in a body.
#[derive(Clone, Debug, Default)]
pub struct BodyRule<'a> {
    /// Name, and whether it must be there.
    pub attributes: Vec<(&'a str, bool)>,
    pub blocks: Vec<BlockRule<'a>>,
}

#[derive(Clone, Debug)]
pub struct BlockRule<'a> {
    pub kind: &'a str,
    /// What each label is, for messages: `["type", "name"]`.
    pub labels: &'a [&'a str],
}

/// What was in a body.
#[derive(Clone, Default)]
pub struct Content {
    /// In the order of the text within each syntax's rules; looked up by name.
    pub attributes: BTreeMap<Name, Attribute>,
    pub blocks: Vec<Block>,
    /// Where something that is missing would be added.
    pub missing: Option<Span>,
}

/// `name = expression`
#[derive(Clone)]
pub struct Attribute {
    pub name: Name,
    pub name_span: Span,
    pub expression: Expression,
    /// All of it.
    pub span: Span,
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
    /// Takes the body apart; anything that the rule does not name is a fault ("did you mean"), as are missing
    /// required attributes and wrong numbers of labels.
    pub fn content(&self, _rule: &BodyRule<'_>, _diagnostics: &mut Diagnostics) -> Content {
        todo!()
    }

    /// As [`Self::content`], but what the rule does not name stays in the second body, unchecked.
    pub fn split(&self, _rule: &BodyRule<'_>, _diagnostics: &mut Diagnostics) -> (Content, Self) {
        todo!()
    }

    /// All attributes; blocks are faults.
    pub fn attributes(&self, _diagnostics: &mut Diagnostics) -> BTreeMap<Name, Attribute> {
        todo!()
    }

    /// Where something that is missing would be added: the closing brace, or the end of the file.
    pub fn missing_item(&self) -> Span {
        todo!()
    }
}
