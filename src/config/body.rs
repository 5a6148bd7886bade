//! Bodies in layers: a block's own, its `_` block, and those from override files.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attributes, Block, Body, BodyRule, Content, Reference};

/// What is left of a block's body after the language's own arguments, for the code that knows the others. Offers the
/// same interface as a [`Body`].
#[derive(Clone)]
pub struct LayeredBody {
    base: Body,
    layers: Vec<Layer>,
}

#[derive(Clone)]
struct Layer {
    body: LayeredBody,
    kind: LayerKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LayerKind {
    /// The inside of a `_` block: extends the layer below; an argument in both is an error.
    Escape,
    /// From an override file: its arguments replace those below, and its blocks replace all blocks of their kind.
    Override,
}

impl LayeredBody {
    /// Decodes the body; anything that the rule does not name is an error.
    pub fn content(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        if self.layers.is_empty() {
            return self.base.content(rule, diagnostics);
        }
        // A required argument may be in any layer, so it is looked for in all of them together.
        let relaxed = BodyRule {
            attributes: rule.attributes.iter().map(|(name, _)| (*name, false)).collect(),
            blocks: rule.blocks.clone(),
        };
        // As in Terraform, missing arguments are not reported if there is an override: a block may be overridden whose
        // arguments only another version knows.
        let overridden = self.layers.iter().any(|layer| layer.kind == LayerKind::Override);
        let content = self.layered(&relaxed, overridden, diagnostics);
        for (name, required) in &rule.attributes {
            if *required && !content.attributes.contains(name) {
                let detail = format!("The argument \"{name}\" is required, but was not given.");
                diagnostics
                    .push(Diagnostic::error("Missing required argument", detail).at(self.missing_item()));
            }
        }
        content
    }

    /// All attributes; blocks are faults.
    pub fn attributes(&self, diagnostics: &mut Diagnostics) -> Attributes {
        let mut attributes = self.base.attributes(diagnostics);
        for layer in &self.layers {
            let above = layer.body.attributes(diagnostics);
            merge_attributes(&mut attributes, above, layer.kind, diagnostics);
        }
        attributes
    }

    /// Everything left in any layer, for callers without a rule.
    pub fn everything(&self) -> Content {
        let mut content = self.base.everything();
        for layer in &self.layers {
            let more = layer.body.everything();
            more.attributes.into_iter().for_each(|attribute| content.attributes.insert(attribute));
            content.blocks.extend(more.blocks);
        }
        content
    }

    /// Visits every reference in any layer, including those in nested blocks.
    pub fn references(&self, see: &mut dyn FnMut(&Reference<'_>)) {
        self.base.references(see);
        for layer in &self.layers {
            layer.body.references(see);
        }
    }

    /// Where a missing argument would be added.
    pub fn missing_item(&self) -> Span {
        self.base.missing_item()
    }

    /// Adds the inside of a `_` block.
    pub(super) fn escape(&mut self, body: Body) {
        self.layers.push(Layer { body: body.into(), kind: LayerKind::Escape });
    }

    /// Adds a layer from an override file.
    pub(super) fn override_with(&mut self, body: Self) {
        self.layers.push(Layer { body, kind: LayerKind::Override });
    }

    fn layered(&self, rule: &BodyRule<'_>, overridden: bool, diagnostics: &mut Diagnostics) -> Content {
        let mut content = match overridden {
            true => self.base.some(rule, diagnostics),
            false => self.base.content(rule, diagnostics),
        };
        for layer in &self.layers {
            let above = layer.body.layered(rule, overridden, diagnostics);
            merge_attributes(&mut content.attributes, above.attributes, layer.kind, diagnostics);
            merge_blocks(&mut content.blocks, above.blocks, layer.kind);
        }
        content
    }
}

impl From<Body> for LayeredBody {
    fn from(base: Body) -> Self {
        Self { base, layers: Vec::new() }
    }
}

fn merge_attributes(
    below: &mut Attributes,
    above: Attributes,
    kind: LayerKind,
    diagnostics: &mut Diagnostics,
) {
    for attribute in above {
        if kind == LayerKind::Escape
            && let Some(first) = below.get(attribute.name())
        {
            let name = attribute.name();
            let detail = format!("The argument \"{name}\" is set outside and inside of the \"_\" block.");
            diagnostics.push(
                Diagnostic::error("Duplicate argument", detail)
                    .at(attribute.name_span())
                    .related("set here first", first.name_span()),
            );
            continue;
        }
        below.insert(attribute);
    }
}

fn merge_blocks(below: &mut Vec<Block>, above: Vec<Block>, kind: LayerKind) {
    if kind == LayerKind::Override {
        let replaced: BTreeSet<&str> = above.iter().map(produced_kind).collect();
        below.retain(|block| !replaced.contains(produced_kind(block)));
    }
    below.extend(above);
}

/// The kind of a block, or of the blocks that a `dynamic` block generates.
fn produced_kind(block: &Block) -> &str {
    match block.labels.first() {
        Some(label) if &*block.kind == "dynamic" => &label.text,
        _ => &block.kind,
    }
}
