//! Bodies in JSON syntax: an object, or an array of objects whose properties are combined.
//!
//! The text does not distinguish attributes from blocks; the rule does. A block's labels are the names of nested
//! objects, and several blocks of the same kind and labels are an array.

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Range, Span};
use crate::syntax::body::Taken;
use crate::syntax::tree::{ExprId, File, Node};
use crate::syntax::{
    Attribute, Attributes, Block, BlockRule, Body, BodyRule, Content, Expression, Label, Text,
};
use crate::value::Name;

/// A property with this name is a comment wherever a body is expected.
const COMMENT: &str = "//";

#[derive(Clone)]
pub(in crate::syntax) struct JsonBody {
    file: Arc<File>,
    node: ExprId,
    taken: Taken,
}

/// A property of an object, as a part of a body or as a label.
#[derive(Clone, Copy)]
struct Property<'a> {
    name: &'a str,
    text: Text,
    name_range: Range,
    value: ExprId,
}

impl JsonBody {
    pub(in crate::syntax) fn new(file: Arc<File>, node: ExprId) -> Self {
        Self { file, node, taken: Taken::default() }
    }

    pub(in crate::syntax) fn content(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        let content = self.some(rule, diagnostics);
        let unused =
            rule.attributes.iter().map(|(name, _)| *name).filter(|name| !content.attributes.contains(name));
        let blocks = || rule.blocks.iter().map(|block| block.kind);
        let known: Vec<&str> = unused.chain(blocks()).collect();
        // Errors in the body itself were reported before.
        for property in self.properties(self.node, None, &mut Diagnostics::new()) {
            let name = property.name;
            let is_known = content.attributes.contains(name) || blocks().any(|kind| kind == name);
            if name != COMMENT && !is_known && !self.is_taken(name) {
                diagnostics.push(
                    Diagnostic::error(
                        "Unknown JSON property",
                        format!("No argument or block here is named \"{name}\"."),
                    )
                    .at(self.span(property.name_range))
                    .within(self.span(property.name_range.to(self.file.range(property.value))))
                    .suggest(name, known.iter().copied()),
                );
            }
        }
        content
    }

    pub(in crate::syntax) fn some(&self, rule: &BodyRule<'_>, diagnostics: &mut Diagnostics) -> Content {
        let mut content = Content { missing: Some(self.missing_item()), ..Content::default() };
        for property in self.properties(self.node, None, diagnostics) {
            if self.is_taken(property.name) {
                continue;
            }
            if rule.attributes.iter().any(|(name, _)| *name == property.name) {
                self.add_attribute(&property, &mut content.attributes, diagnostics);
            } else if let Some(block) = rule.blocks.iter().find(|block| block.kind == property.name) {
                let mut blocks = Blocks {
                    body: self,
                    rule: block,
                    kind: property.name.into(),
                    kind_span: self.span(property.name_range),
                    found: &mut content.blocks,
                };
                blocks.collect(property.value, &mut Vec::new(), diagnostics);
            }
        }
        for (name, required) in &rule.attributes {
            if *required && !content.attributes.contains(name) {
                diagnostics.push(
                    Diagnostic::error(
                        "Missing required argument",
                        format!("The argument \"{name}\" must be set here."),
                    )
                    .at(self.missing_item()),
                );
            }
        }
        content
    }

    /// The same body where what a rule names is no longer there.
    pub(in crate::syntax) fn without(&self, rule: &'static BodyRule<'static>) -> Self {
        Self { file: Arc::clone(&self.file), node: self.node, taken: self.taken.and(rule) }
    }

    fn is_taken(&self, name: &str) -> bool {
        self.taken.attribute(name) || self.taken.block(name)
    }

    pub(in crate::syntax) fn attributes(&self, diagnostics: &mut Diagnostics) -> Attributes {
        let mut attributes = Attributes::default();
        match self.file.node(self.node) {
            Node::Object(_) | Node::Invalid => {}
            _ => {
                diagnostics.push(
                    Diagnostic::error(
                        "Wrong kind of JSON value",
                        format!("The arguments are given by an object; this is {}.", self.kind_of(self.node)),
                    )
                    .at(self.start(self.node)),
                );
                return attributes;
            }
        }
        for property in self.properties(self.node, None, diagnostics) {
            if property.name != COMMENT && !self.is_taken(property.name) {
                self.add_attribute(&property, &mut attributes, diagnostics);
            }
        }
        attributes
    }

    pub(in crate::syntax) fn missing_item(&self) -> Span {
        let range = self.file.range(self.node);
        match self.file.node(self.node) {
            Node::Object(_) if self.file.source().slice(range).ends_with('}') => {
                self.span(Range { start: range.end - 1, end: range.end })
            }
            Node::Object(_) => self.span(Range { start: range.end, end: range.end }),
            _ => self.start(self.node),
        }
    }

    fn add_attribute(
        &self,
        property: &Property<'_>,
        attributes: &mut Attributes,
        diagnostics: &mut Diagnostics,
    ) {
        let attribute = Attribute {
            expression: Expression::new(Arc::clone(&self.file), property.value),
            name: property.text,
            name_range: property.name_range,
        };
        if let Some(first) = attributes.get(property.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Argument set twice",
                    format!("The argument \"{}\" was already set at {}.", property.name, first.name_span()),
                )
                .at(attribute.name_span())
                .within(attribute.span())
                .related("set here first", first.name_span()),
            );
            return;
        }
        attributes.insert(attribute);
    }

    /// The properties of an object, or of all objects in an array, in order. With `label`, their names are labels of
    /// that name.
    fn properties<'a>(
        &'a self,
        value: ExprId,
        label: Option<(&str, &str)>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Property<'a>> {
        let mut properties = Vec::new();
        match self.file.node(value) {
            Node::Null | Node::Invalid => {}
            Node::Object(_) => self.own_properties(value, &mut properties),
            Node::Tuple(items) => {
                for item in self.file.list(*items) {
                    match self.file.node(*item) {
                        Node::Object(_) => self.own_properties(*item, &mut properties),
                        Node::Invalid => {}
                        _ => self.report_no_object(*item, label, "an object", diagnostics),
                    }
                }
            }
            _ => self.report_no_object(value, label, "an object or an array of objects", diagnostics),
        }
        properties
    }

    fn own_properties<'a>(&'a self, object: ExprId, properties: &mut Vec<Property<'a>>) {
        let Node::Object(entries) = self.file.node(object) else { return };
        properties.extend(self.file.entries(*entries).iter().map(|entry| {
            let text = match self.file.node(entry.key) {
                Node::JsonText { text, .. } => *text,
                _ => Text::Source(Range::default()),
            };
            let name_range = self.file.range(entry.key);
            Property { name: self.file.text(text), text, name_range, value: entry.value }
        }));
    }

    fn report_no_object(
        &self,
        value: ExprId,
        label: Option<(&str, &str)>,
        needed: &str,
        diagnostics: &mut Diagnostics,
    ) {
        let what = match label {
            Some((kind, label)) => {
                format!("The {label} of a \"{kind}\" block is a property name of {needed}")
            }
            None => format!("The arguments and blocks of a body are the properties of {needed}"),
        };
        diagnostics.push(
            Diagnostic::error(
                "Wrong kind of JSON value",
                format!("{what}; this is {}.", self.kind_of(value)),
            )
            .at(self.start(value)),
        );
    }

    fn kind_of(&self, value: ExprId) -> &'static str {
        match self.file.node(value) {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Tuple(_) => "an array",
            Node::Object(_) => "an object",
            _ => "a string",
        }
    }

    /// The opening bracket of a container; the whole of anything else.
    fn start(&self, value: ExprId) -> Span {
        let range = self.file.range(value);
        match self.file.node(value) {
            Node::Object(_) | Node::Tuple(_) => self.span(Range { start: range.start, end: range.start + 1 }),
            _ => self.span(range),
        }
    }

    fn span(&self, range: Range) -> Span {
        self.file.span(range)
    }
}

/// Collects the blocks of one kind below a property.
struct Blocks<'a, 'b> {
    body: &'a JsonBody,
    rule: &'a BlockRule<'a>,
    kind: Name,
    kind_span: Span,
    found: &'b mut Vec<Block>,
}

impl Blocks<'_, '_> {
    fn collect(&mut self, value: ExprId, labels: &mut Vec<Label>, diagnostics: &mut Diagnostics) {
        match self.rule.labels.get(labels.len()) {
            Some(label) => self.collect_labelled(value, label, labels, diagnostics),
            None => self.collect_bodies(value, labels, diagnostics),
        }
    }

    fn collect_labelled(
        &mut self,
        value: ExprId,
        label: &str,
        labels: &mut Vec<Label>,
        diagnostics: &mut Diagnostics,
    ) {
        let body = self.body;
        let before = diagnostics.len();
        let properties = body.properties(value, Some((self.rule.kind, label)), diagnostics);
        let is_silent = diagnostics.len() == before && !matches!(body.file.node(value), Node::Invalid);
        if properties.is_empty() && is_silent {
            diagnostics.push(
                Diagnostic::error(
                    "Missing block label",
                    format!(
                        "The {label} of a \"{}\" block is a property name; here is no property.",
                        self.rule.kind
                    ),
                )
                .at(body.start(value)),
            );
        }
        for property in properties {
            labels.push(Label { text: property.name.into(), span: body.span(property.name_range) });
            self.collect(property.value, labels, diagnostics);
            labels.pop();
        }
    }

    fn collect_bodies(&mut self, value: ExprId, labels: &[Label], diagnostics: &mut Diagnostics) {
        let file = &self.body.file;
        match file.node(value) {
            Node::Null | Node::Invalid => {}
            Node::Object(_) => self.add(value, labels),
            Node::Tuple(items) => {
                // An item that is not an object is reported when its content is read.
                for item in file.list(*items) {
                    self.add(*item, labels);
                }
            }
            _ => diagnostics.push(
                Diagnostic::error(
                    "Wrong kind of JSON value",
                    format!(
                        "A \"{}\" block is an object, several are an array of objects; this is {}.",
                        self.rule.kind,
                        self.body.kind_of(value)
                    ),
                )
                .at(self.body.start(value)),
            ),
        }
    }

    fn add(&mut self, body: ExprId, labels: &[Label]) {
        let header = labels.last().map_or(&self.kind_span, |label| &label.span);
        self.found.push(Block {
            kind: Arc::clone(&self.kind),
            kind_span: self.kind_span.clone(),
            labels: labels.to_vec(),
            body: Body::json(JsonBody::new(Arc::clone(&self.body.file), body)),
            header: header.clone(),
        });
    }
}
