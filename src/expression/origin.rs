//! Preserves origins: an unknown value may still depend on everything that it is made from.
//!
//! Operators and functions pass on the marks of what they use. When the result is unknown they often stop early. That
//! is right for secrets, because there is nothing to hide, but wrong for origins: two unknown values are only equal if
//! everything they are made from is. So everything that an unknown value refers to is one of its origins.

use crate::syntax::{ExprId, Node};
use crate::value::{Mark, Marks, Origin, Value};

use super::evaluator::{Evaluator, Locals};
use super::note::{look, walk};

impl Evaluator<'_> {
    /// An unknown value of a node, with the origins that its operator did not pass on.
    pub(super) fn traced(&mut self, id: ExprId, node: &Node, value: Value, locals: &Locals<'_>) -> Value {
        if value.is_known() || matches!(node, Node::Parentheses(_) | Node::Wrap(_) | Node::JsonText { .. }) {
            return value;
        }
        let touched = self.touched(id, locals);
        let passed_on = |origin: &Origin| {
            let same =
                |known: &Origin| known.parameter == origin.parameter && (!known.indirect || origin.indirect);
            value.marks().origins().any(same)
        };
        let lost = touched.origins().filter(|origin| !passed_on(origin)).cloned();
        let lost: Marks = lost.map(Mark::Origin).collect();
        if lost.is_empty() {
            return value;
        }
        let decides = match node {
            Node::Template(_)
            | Node::TemplateFor(_)
            | Node::Conditional { .. }
            | Node::For(_)
            | Node::Splat { .. }
            | Node::Object(_) => false,
            Node::Call(index) => {
                let name = self.file.text(self.file.call(*index).name);
                !self.scope.function(name).is_some_and(|function| (function.passes)(&[], 0))
            }
            _ => true,
        };
        value.with_marks(&if decides { lost.deciding() } else { lost })
    }

    /// The origins of everything that an expression refers to.
    pub(super) fn touched(&mut self, id: ExprId, locals: &Locals<'_>) -> Marks {
        let mut marks = locals.item().map_or_else(Marks::none, Value::origins_deep);
        let mut hidden = Vec::new();
        walk(self.file, id, &mut hidden, &mut |id, root, steps| {
            if let Some((_, value)) = look(self, id, root, steps, locals) {
                marks = marks.union(&value.origins_deep());
            }
        });
        marks
    }
}
