//! Bodies in layers: a block's own, its `_` block, and what override files put on top.

use std::collections::BTreeMap;

use crate::diag::{Diagnostics, Span};
use crate::syntax::{Attribute, Body, BodyRule, Content};
use crate::value::Name;

/// What is left of a block's body for whoever knows its arguments. Answers the same questions as a [`Body`].
#[derive(Clone)]
pub struct LayeredBody {
    base: Body,
    layers: Vec<Layer>,
}

#[derive(Clone)]
struct Layer {
    body: Body,
    kind: LayerKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LayerKind {
    /// The inside of a `_` block: adds to what is below it; an argument in both is a fault.
    Escape,
    /// From an override file: its arguments replace those below it, its blocks all blocks of their kind.
    Override,
}

impl LayeredBody {
    /// Takes the body apart; what the rule does not name is a fault.
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

    /// All that is left in any layer, for those who have no rule.
    pub fn everything(&self) -> Content {
        let mut content = self.base.everything();
        for layer in &self.layers {
            let more = layer.body.everything();
            content.attributes.extend(more.attributes);
            content.blocks.extend(more.blocks);
        }
        content
    }

    /// Where something that is missing would be added.
    pub fn missing_item(&self) -> Span {
        self.base.missing_item()
    }
}

impl From<Body> for LayeredBody {
    fn from(base: Body) -> Self {
        Self { base, layers: Vec::new() }
    }
}
