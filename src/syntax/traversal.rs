//! Looking at a reference.

use std::sync::Arc;

use crate::diag::{Range, Span};

use super::{Expression, File, Node, Step, StepKind, Traversal};

impl Traversal {
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// The reference as an expression.
    pub fn expression(&self) -> Expression {
        Expression::new(Arc::clone(&self.file), self.id)
    }

    /// The name that it starts with.
    pub fn root(&self) -> &str {
        match self.file.node(self.id) {
            Node::Traversal { root, .. } | Node::Text(root) => self.file.text(*root),
            _ => "",
        }
    }

    /// What follows the root name.
    pub fn steps(&self) -> &[Step] {
        match self.file.node(self.id) {
            Node::Traversal { steps, .. } => self.file.steps(*steps),
            _ => &[],
        }
    }

    /// The name after the root, if the step is one: `.name`.
    pub fn attribute(&self, index: usize) -> Option<&str> {
        match self.steps().get(index)?.kind {
            StepKind::Attribute(text) => Some(self.file.text(text)),
            StepKind::Key(_) | StepKind::Number(_) => None,
        }
    }

    /// The whole of it.
    pub fn span(&self) -> Span {
        self.file.span(self.file.range(self.id))
    }

    /// The root name alone.
    pub fn root_span(&self) -> Span {
        let whole = self.file.range(self.id);
        let end = self.steps().first().map_or(whole.end, |step| step.range.start);
        self.file.span(Range { start: whole.start, end })
    }

    /// One step; the whole reference where there is no such step.
    pub fn step_span(&self, index: usize) -> Span {
        self.steps().get(index).map_or_else(|| self.span(), |step| self.file.span(step.range))
    }
}

impl std::fmt::Debug for Traversal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Traversal({})", self.span())
    }
}
