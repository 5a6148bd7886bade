//! Static analysis of expressions: names, references, literal lists.
//!
//! A string in JSON counts as what it reads as: a reference, a name, a call.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::value::Name;

use super::json::read_string;
use super::lexer::is_identifier;
use super::traversal::name_and_steps;
use super::{ExprId, Expression, File, Node, Reference, StepKind, Traversal, parse_expression};

impl Expression {
    /// The references in the expression in the order of the text, without names that its own `for` expressions define.
    pub fn references(&self) -> References<'_> {
        References::of(&self.file, self.id)
    }

    /// The names of all functions that it calls, with the place of each name.
    pub fn calls(&self) -> Vec<(Name, Span)> {
        let mut found = Vec::new();
        let mut visits = vec![Visit::Expression(self.id)];
        while let Some(visit) = visits.pop() {
            let Visit::Expression(id) = visit else { continue };
            if let Node::Call(index) = self.file.node(id) {
                let call = self.file.call(*index);
                found.push((Name::from(self.file.text(call.name)), self.file.span(call.name_range)));
            }
            visit_children(&self.file, id, &mut visits);
        }
        found
    }

    /// The expression as a reference, if it is nothing else (in JSON: a string that reads as one). The bare key of an
    /// object entry is one, too.
    pub fn as_traversal(&self) -> Option<Traversal> {
        match self.node() {
            Node::Text(_) if !self.is_bare_key() => None,
            Node::JsonText { .. } => {
                let inner = read_string(self)?;
                inner.is_strict_traversal().then(|| Traversal { file: inner.file, id: inner.id })
            }
            _ => name_and_steps(&self.file, self.id)
                .map(|_| Traversal { file: Arc::clone(&self.file), id: self.id }),
        }
    }

    /// The expression as a bare name: `string`, `all`, `create` (in JSON: a string that reads as one).
    pub fn as_keyword(&self) -> Option<Name> {
        match *self.node() {
            Node::Traversal { root, steps } if steps.is_empty() => Some(self.file.text(root).into()),
            Node::Text(text) if self.is_bare_key() => Some(self.file.text(text).into()),
            Node::Bool(true) => Some("true".into()),
            Node::Bool(false) => Some("false".into()),
            Node::Null => Some("null".into()),
            Node::JsonText { text, .. } => {
                let text = self.file.text(text);
                is_identifier(text).then(|| text.into())
            }
            _ => None,
        }
    }

    /// The items of a literal list.
    pub fn as_list(&self) -> Option<Vec<Self>> {
        match *self.node() {
            Node::Tuple(items) => Some(self.file.list(items).iter().map(|id| self.at(*id)).collect()),
            _ => None,
        }
    }

    /// The entries of a literal object.
    pub fn as_pairs(&self) -> Option<Vec<(Self, Self)>> {
        match *self.node() {
            Node::Object(entries) => {
                let entries = self.file.entries(entries).iter();
                Some(entries.map(|entry| (self.at(entry.key), self.at(entry.value))).collect())
            }
            _ => None,
        }
    }

    /// The name and arguments of a call (in JSON: a string that reads as one).
    pub fn as_call(&self) -> Option<(Name, Vec<Self>)> {
        match *self.node() {
            Node::Call(index) => {
                let call = self.file.call(index);
                let arguments = self.file.list(call.arguments).iter().map(|id| self.at(*id)).collect();
                Some((self.file.text(call.name).into(), arguments))
            }
            Node::JsonText { .. } => {
                read_string(self).filter(|inner| matches!(inner.node(), Node::Call(_)))?.as_call()
            }
            _ => None,
        }
    }

    /// The text of a literal string without interpolation.
    pub fn as_literal_text(&self) -> Option<Name> {
        match *self.node() {
            Node::Text(text) => Some(self.file.text(text).into()),
            Node::JsonText { template, .. } => match *self.file.node(template) {
                Node::Text(text) => Some(self.file.text(text).into()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether this text is a name without quotes, as only a key of an object can be.
    fn is_bare_key(&self) -> bool {
        self.file
            .source
            .slice(self.file.range(self.id))
            .chars()
            .next()
            .is_some_and(super::lexer::starts_identifier)
            && is_identifier(self.file.source.slice(self.file.range(self.id)))
    }

    /// Whether it is a reference without indexes in dot notation.
    fn is_strict_traversal(&self) -> bool {
        if matches!(self.node(), Node::Text(_)) {
            return false;
        }
        let Some((_, steps)) = name_and_steps(&self.file, self.id) else { return false };
        steps.iter().all(|step| {
            !matches!(step.kind, StepKind::Number(_)) || self.file.source.slice(step.range).starts_with('[')
        })
    }
}

impl Traversal {
    /// Reads a reference from text such as `aws_instance.web[0]`, as in a `moved` block in JSON or on the command line.
    pub fn parse(text: &str, name_of_source: &str) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let expression = parse_expression(&Source::new(name_of_source, text), &mut diagnostics);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        if expression.is_strict_traversal() {
            return Ok(Self { file: expression.file, id: expression.id });
        }
        Err(Diagnostic::error(
            "Invalid reference",
            "A reference is a name with attributes and literal indexes after it, such as a.b[0][\"c\"].",
        )
        .at(expression.span())
        .into())
    }
}

/// The references in an expression.
pub struct References<'a> {
    file: &'a Arc<File>,
    /// Kept apart from the stack, because most expressions have only one.
    first: Option<Visit>,
    waiting: Vec<Visit>,
    locals: Vec<&'a str>,
}

impl<'a> References<'a> {
    pub(super) fn of(file: &'a Arc<File>, id: ExprId) -> Self {
        Self { file, first: Some(Visit::Expression(id)), waiting: Vec::new(), locals: Vec::new() }
    }
}

impl<'a> Iterator for References<'a> {
    type Item = Reference<'a>;

    fn next(&mut self) -> Option<Reference<'a>> {
        let file: &'a Arc<File> = self.file;
        while let Some(visit) = self.first.take().or_else(|| self.waiting.pop()) {
            match visit {
                Visit::Expression(id) => match file.node(id) {
                    Node::Traversal { root, steps } => {
                        let root = file.text(*root);
                        if !self.locals.contains(&root) {
                            return Some(Reference { root, steps: file.steps(*steps), file, id });
                        }
                    }
                    _ => visit_children(file, id, &mut self.waiting),
                },
                Visit::Enter(index) => {
                    let each = file.for_expression(index);
                    let key = each.key_name.map_or("", |(name, _)| file.text(name));
                    self.locals.extend([key, file.text(each.value_name.0)]);
                }
                Visit::Leave => self.locals.truncate(self.locals.len() - 2),
            }
        }
        None
    }
}

enum Visit {
    Expression(ExprId),
    /// Inside the `for` with this index, its names hide others.
    Enter(u32),
    Leave,
}

/// Pushes the direct subexpressions, so that the first in the text is on top.
fn visit_children(file: &File, id: ExprId, visits: &mut Vec<Visit>) {
    let mark = visits.len();
    let mut add = |ids: &[ExprId]| visits.extend(ids.iter().map(|id| Visit::Expression(*id)));
    match *file.node(id) {
        Node::Invalid
        | Node::Null
        | Node::Bool(_)
        | Node::Number(_)
        | Node::Text(_)
        | Node::Traversal { .. }
        | Node::Item => {}
        Node::Template(slice) | Node::Tuple(slice) => add(file.list(slice)),
        Node::Call(index) => add(file.list(file.call(index).arguments)),
        Node::Wrap(inner) | Node::TemplateFor(inner) | Node::Parentheses(inner) => add(&[inner]),
        Node::Relative { source, .. } => add(&[source]),
        Node::Index { collection, key } => add(&[collection, key]),
        Node::Splat { source, each, .. } => add(&[source, each]),
        Node::Unary { operand, .. } => add(&[operand]),
        Node::Binary { left, right, .. } => add(&[left, right]),
        Node::Conditional { condition, yes, no } => add(&[condition, yes, no]),
        Node::Object(entries) => {
            for entry in file.entries(entries) {
                add(&[entry.key, entry.value]);
            }
        }
        Node::For(index) => {
            let each = file.for_expression(index);
            add(&[each.collection]);
            visits.push(Visit::Enter(index));
            let inner = [each.key_result, Some(each.result), each.condition];
            visits.extend(inner.into_iter().flatten().map(Visit::Expression));
            visits.push(Visit::Leave);
        }
        Node::JsonText { template, .. } => add(&[template]),
    }
    if let Some(added) = visits.get_mut(mark..) {
        added.reverse();
    }
}
