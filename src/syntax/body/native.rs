//! Bodies in the native syntax: items in the order of the text.

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Range, Span};
use crate::value::Name;

use super::{Attribute, Attributes, Block, BlockRule, Body, BodyRule, Content, Label, Taken};
use crate::syntax::tree::Slice;
use crate::syntax::{ExprId, Expression, File, Reference, References, Text};

/// A body in a file, without what earlier splits have taken.
#[derive(Clone)]
pub(in crate::syntax) struct NativeBody {
    file: Arc<File>,
    id: BodyId,
    taken: Taken,
    /// Kind and labels of the enclosing block, if there is one.
    header: Option<Range>,
}

/// A native body's place in the arena of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) struct BodyId(pub(in crate::syntax) u32);

#[derive(Clone, Debug)]
pub(in crate::syntax) struct BodyNode {
    pub items: Slice,
    /// From the opening brace to the closing one, or the whole file.
    pub range: Range,
    /// Where another item would be inserted.
    pub end: u32,
}

#[derive(Clone, Debug)]
pub(in crate::syntax) enum ItemNode {
    Attribute(AttributeNode),
    Block(BlockNode),
}

#[derive(Clone, Debug)]
pub(in crate::syntax) struct AttributeNode {
    pub name: Text,
    pub name_range: Range,
    pub equals: u32,
    pub expression: ExprId,
}

#[derive(Clone, Debug)]
pub(in crate::syntax) struct BlockNode {
    pub kind: Text,
    pub kind_range: Range,
    pub labels: Slice,
    pub body: BodyId,
}

#[derive(Clone, Debug)]
pub(in crate::syntax) struct LabelNode {
    pub text: Text,
    pub range: Range,
}

/// An item of a native body with the ranges of its parts, for editing a file without reprinting it.
#[derive(Clone)]
pub enum Item {
    Attribute(ItemAttribute),
    Block(ItemBlock),
}

#[derive(Clone)]
pub struct ItemAttribute {
    pub name: Name,
    pub name_range: Range,
    pub equals: Range,
    pub expression: Expression,
}

#[derive(Clone)]
pub struct ItemBlock {
    pub kind: Name,
    pub kind_range: Range,
    pub labels: Vec<Label>,
    pub body: Body,
    /// Includes the braces as its first and last byte, if the block was closed.
    pub braces: Range,
}

impl NativeBody {
    pub(in crate::syntax) fn new(file: Arc<File>, id: BodyId) -> Self {
        Self { file, id, taken: Taken::default(), header: None }
    }

    pub(super) fn content(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        let content = self.some(rule, diagnostics);
        self.report_leftovers(rule, &content, diagnostics);
        content
    }

    /// The same body without what a rule names.
    pub(super) fn without(&self, rule: &'static BodyRule<'static>) -> Self {
        Self { file: Arc::clone(&self.file), taken: self.taken.and(rule), ..*self }
    }

    /// All items, taken or not, in the order of the text.
    pub(super) fn items(&self) -> Vec<Item> {
        let item = |item: &ItemNode| match item {
            ItemNode::Attribute(found) => Item::Attribute(ItemAttribute {
                name: self.name(found.name),
                name_range: found.name_range,
                equals: Range { start: found.equals, end: found.equals + 1 },
                expression: Expression::new(Arc::clone(&self.file), found.expression),
            }),
            ItemNode::Block(found) => Item::Block(ItemBlock {
                kind: self.name(found.kind),
                kind_range: found.kind_range,
                labels: self.labels(found),
                body: self.inner(found),
                braces: self.file.arena.bodies[found.body.0 as usize].range,
            }),
        };
        self.nodes().iter().map(item).collect()
    }

    fn node(&self) -> &BodyNode {
        &self.file.arena.bodies[self.id.0 as usize]
    }

    fn nodes(&self) -> &[ItemNode] {
        &self.file.arena.items[self.node().items.indices()]
    }

    fn inner(&self, block: &BlockNode) -> Body {
        let header = Some(self.header(block).range);
        Body::native(Self { header, ..Self::new(Arc::clone(&self.file), block.body) })
    }

    fn name(&self, text: Text) -> Name {
        Name::from(self.file.text(text))
    }

    fn labels(&self, block: &BlockNode) -> Vec<Label> {
        let labels = &self.file.arena.labels[block.labels.indices()];
        let label = |l: &LabelNode| Label { text: self.name(l.text), span: self.file.span(l.range) };
        labels.iter().map(label).collect()
    }

    fn attribute(&self, found: &AttributeNode) -> Attribute {
        let expression = Expression::new(Arc::clone(&self.file), found.expression);
        Attribute { expression, name: found.name, name_range: found.name_range }
    }

    fn is_taken(&self, attribute: &AttributeNode) -> bool {
        self.taken.attribute(self.file.text(attribute.name))
    }

    fn block(&self, found: &BlockNode) -> Block {
        Block {
            kind: self.name(found.kind),
            kind_span: self.file.span(found.kind_range),
            labels: self.labels(found),
            body: self.inner(found),
            header: self.header(found),
        }
    }

    fn header(&self, block: &BlockNode) -> Span {
        let labels = &self.file.arena.labels[block.labels.indices()];
        self.file.span(labels.last().map_or(block.kind_range, |last| block.kind_range.to(last.range)))
    }

    /// The header of the block in which something is missing, or the end of the file.
    pub(super) fn missing_item(&self) -> Span {
        let end = self.node().end;
        self.file.span(self.header.unwrap_or(Range { start: end, end }))
    }

    /// What the rule names and was not taken before. Missing attributes and wrong labels are errors.
    pub(super) fn some(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        let mut content = Content { missing: Some(self.missing_item()), ..Content::default() };
        let mut attributes = Vec::new();
        for item in self.nodes() {
            match item {
                ItemNode::Attribute(found) => {
                    let name = self.file.text(found.name);
                    let wanted = rule.attributes.iter().any(|(wanted, _)| *wanted == name);
                    if wanted && !self.taken.attribute(name) {
                        attributes.push(self.attribute(found));
                    }
                }
                ItemNode::Block(found) => {
                    let kind = self.file.text(found.kind);
                    if self.taken.block(kind) {
                        continue;
                    }
                    if let Some(rule) = rule.blocks.iter().find(|rule| rule.kind == kind) {
                        match self.wrong_labels(found, rule) {
                            Some(fault) => diagnostics.push(fault),
                            None => content.blocks.push(self.block(found)),
                        }
                    }
                }
            }
        }
        // The first of two with one name is kept; the parser has reported the second.
        content.attributes = attributes.into_iter().collect();
        for (name, required) in &rule.attributes {
            if *required && !content.attributes.contains(name) {
                diagnostics.push(
                    Diagnostic::error(
                        "Missing required argument",
                        format!("The argument \"{name}\" must be set here, and it is not."),
                    )
                    .at(self.missing_item()),
                );
            }
        }
        content
    }

    fn wrong_labels(&self, block: &BlockNode, rule: &BlockRule<'_>) -> Option<Diagnostic> {
        let kind = self.file.text(block.kind);
        let labels = &self.file.arena.labels[block.labels.indices()];
        let whole = self.header(block);
        if let Some(extra) = labels.get(rule.labels.len()) {
            let detail = match rule.labels {
                [] => format!("A \"{kind}\" block takes no labels."),
                [one] => format!("A \"{kind}\" block takes one label only, its {one}."),
                names => {
                    format!("A \"{kind}\" block takes {} labels only: {}.", names.len(), names.join(", "))
                }
            };
            return Some(
                Diagnostic::error(format!("Extraneous label for {kind}"), detail)
                    .at(self.file.span(extra.range))
                    .within(whole),
            );
        }
        let missing = rule.labels.get(labels.len())?;
        let given = match labels.len() {
            0 => "It has none".to_owned(),
            count => format!("It has only {count}"),
        };
        let all = rule.labels.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(" ");
        let brace = self.file.arena.bodies[block.body.0 as usize].range.start;
        Some(
            Diagnostic::error(
                format!("Missing {missing} for {kind}"),
                format!(
                    "A \"{kind}\" block needs {} here: {kind} {all} {{ ... }}. {given}.",
                    count(rule.labels.len())
                ),
            )
            .at(self.file.span(Range { start: brace, end: brace.saturating_add(1) }))
            .within(whole),
        )
    }

    /// Reports what neither the rule names nor was taken before.
    fn report_leftovers(&self, rule: &BodyRule<'_>, content: &Content, diagnostics: &mut Diagnostics) {
        for item in self.nodes() {
            match item {
                ItemNode::Attribute(found) => {
                    let name = self.file.text(found.name);
                    if self.taken.attribute(name) || content.attributes.contains(name) {
                        continue;
                    }
                    let fault = Diagnostic::error(
                        "Unsupported argument",
                        format!("There is no argument named \"{name}\" here."),
                    )
                    .at(self.file.span(found.name_range));
                    let unset = rule
                        .attributes
                        .iter()
                        .map(|(known, _)| *known)
                        .filter(|known| !content.attributes.contains(known));
                    let given =
                        |name: &str| self.attribute_nodes().any(|found| self.file.text(found.name) == name);
                    let earlier = self.taken.attributes().filter(|name| !given(name));
                    diagnostics.push(match rule.blocks.iter().any(|block| block.kind == name) {
                        true => fault.hint(format!(
                            "\"{name}\" is a block: write it without the equals sign, as {name} {{ ... }}."
                        )),
                        false => fault.suggest(name, unset.chain(earlier)),
                    });
                }
                ItemNode::Block(found) => {
                    let kind = self.file.text(found.kind);
                    if self.taken.block(kind) || rule.blocks.iter().any(|block| block.kind == kind) {
                        continue;
                    }
                    let fault = Diagnostic::error(
                        "Unsupported block type",
                        format!("There are no blocks of type \"{kind}\" here."),
                    )
                    .at(self.file.span(found.kind_range));
                    diagnostics.push(match rule.attributes.iter().any(|(known, _)| *known == kind) {
                        true => fault.hint(format!(
                            "\"{kind}\" is an argument: set it with an equals sign, as {kind} = ..."
                        )),
                        false => {
                            let here = rule.blocks.iter().map(|block| block.kind);
                            fault.suggest(kind, here.chain(self.taken.blocks()))
                        }
                    });
                }
            }
        }
    }

    /// Everything that is left, whatever its name.
    pub(super) fn everything(&self) -> Content {
        let blocks = self.nodes().iter().filter_map(|item| match item {
            ItemNode::Block(found) if !self.taken.block(self.file.text(found.kind)) => {
                Some(self.block(found))
            }
            _ => None,
        });
        Content {
            attributes: self.left_attributes(),
            blocks: blocks.collect(),
            missing: Some(self.missing_item()),
        }
    }

    /// Visits every reference in what is left, including those in nested blocks, in the order of the text.
    pub(super) fn references(&self, see: &mut dyn FnMut(&Reference<'_>)) {
        let mut open = vec![self.nodes().iter()];
        while let Some(items) = open.last_mut() {
            let item = items.next();
            let inside = open.len() > 1;
            match item {
                None => drop(open.pop()),
                Some(ItemNode::Attribute(found)) => {
                    if inside || !self.is_taken(found) {
                        References::of(&self.file, found.expression).for_each(|reference| see(&reference));
                    }
                }
                Some(ItemNode::Block(found)) => {
                    if inside || !self.taken.block(self.file.text(found.kind)) {
                        let body = &self.file.arena.bodies[found.body.0 as usize];
                        open.push(self.file.arena.items[body.items.indices()].iter());
                    }
                }
            }
        }
    }

    pub(super) fn attributes(&self, diagnostics: &mut Diagnostics) -> Attributes {
        let mut blocks = self.nodes().iter().filter_map(|item| match item {
            ItemNode::Block(found) if !self.taken.block(self.file.text(found.kind)) => Some(found),
            _ => None,
        });
        // One is enough: where one block is wrong there are often many, all for one reason.
        if let Some(block) = blocks.next() {
            diagnostics.push(
                Diagnostic::error(
                    format!("Unexpected \"{}\" block", self.file.text(block.kind)),
                    "Only arguments may stand here, each set as name = value; there can be no blocks.",
                )
                .at(self.header(block)),
            );
        }
        self.left_attributes()
    }

    fn left_attributes(&self) -> Attributes {
        let left = self.attribute_nodes().filter(|found| !self.is_taken(found));
        left.map(|found| self.attribute(found)).collect()
    }

    fn attribute_nodes(&self) -> impl Iterator<Item = &AttributeNode> {
        self.nodes().iter().filter_map(|item| match item {
            ItemNode::Attribute(found) => Some(found),
            ItemNode::Block(_) => None,
        })
    }
}

fn count(labels: usize) -> String {
    match labels {
        1 => "one label".to_owned(),
        many => format!("{many} labels"),
    }
}
