//! Looking at a reference.

use std::sync::Arc;

use crate::diag::{Range, Span};

use super::{ExprId, Expression, File, Node, Step, StepKind, Traversal};

/// A name and the literal steps after it, as written. Borrowed, so that looking at one costs nothing; spans are made
/// only where somebody wants to see one.
#[derive(Clone, Copy)]
pub struct Reference<'a> {
    pub root: &'a str,
    pub steps: &'a [Step],
    pub file: &'a Arc<File>,
    pub id: ExprId,
}

impl<'a> Reference<'a> {
    /// What an expression is as a reference; a name of nothing where it is none.
    fn of(file: &'a Arc<File>, id: ExprId) -> Self {
        let (root, steps) = name_and_steps(file, id).unwrap_or_default();
        Self { root, steps, file, id }
    }

    /// The name after the root, if the step is one: `.name`.
    pub fn attribute(&self, index: usize) -> Option<&'a str> {
        match self.steps.get(index)?.kind {
            StepKind::Attribute(text) => Some(self.file.text(text)),
            StepKind::Key(_) | StepKind::Number(_) => None,
        }
    }

    /// The name of an attribute step, or the text of a key step.
    pub fn step_name(&self, index: usize) -> Option<&'a str> {
        match self.steps.get(index)?.kind {
            StepKind::Attribute(text) | StepKind::Key(text) => Some(self.file.text(text)),
            StepKind::Number(_) => None,
        }
    }

    /// The whole of it.
    pub fn span(&self) -> Span {
        self.file.span(self.file.range(self.id))
    }

    /// The root name alone.
    pub fn root_span(&self) -> Span {
        let whole = self.file.range(self.id);
        let end = self.steps.first().map_or(whole.end, |step| step.range.start);
        self.file.span(Range { start: whole.start, end: end.max(whole.start) })
    }

    /// One step; the whole reference where there is no such step.
    pub fn step_span(&self, index: usize) -> Span {
        self.steps.get(index).map_or_else(|| self.span(), |step| self.file.span(step.range))
    }
}

impl Traversal {
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// The reference as an expression.
    pub fn expression(&self) -> Expression {
        Expression::new(Arc::clone(&self.file), self.id)
    }

    pub fn reference(&self) -> Reference<'_> {
        Reference::of(&self.file, self.id)
    }

    /// The name that it starts with.
    pub fn root(&self) -> &str {
        self.reference().root
    }

    /// What follows the root name.
    pub fn steps(&self) -> &[Step] {
        self.reference().steps
    }

    /// As [`Reference::attribute`].
    pub fn attribute(&self, index: usize) -> Option<&str> {
        self.reference().attribute(index)
    }

    pub fn span(&self) -> Span {
        self.reference().span()
    }

    pub fn root_span(&self) -> Span {
        self.reference().root_span()
    }

    pub fn step_span(&self, index: usize) -> Span {
        self.reference().step_span(index)
    }
}

/// What an expression is as a reference. Where a reference is needed, the names of literals are names as any
/// other: `null` may be what a module calls a provider.
pub(super) fn name_and_steps(file: &File, id: ExprId) -> Option<(&str, &[Step])> {
    let literal = |node: &Node| match node {
        Node::Null => Some("null"),
        Node::Bool(true) => Some("true"),
        Node::Bool(false) => Some("false"),
        _ => None,
    };
    match file.node(id) {
        Node::Traversal { root, steps } => Some((file.text(*root), file.steps(*steps))),
        Node::Text(text) => Some((file.text(*text), &[])),
        Node::Relative { source, steps } => {
            literal(file.node(*source)).map(|name| (name, file.steps(*steps)))
        }
        node => literal(node).map(|name| (name, [].as_slice())),
    }
}

impl std::fmt::Debug for Traversal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Traversal({})", self.span())
    }
}
