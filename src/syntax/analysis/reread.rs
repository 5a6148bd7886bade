//! A string in JSON, read as an expression.

use std::sync::Arc;

use crate::diag::{Diagnostics, Range, Source};
use crate::syntax::tree::Arena;
use crate::syntax::{Expression, File, Node, StepKind, Text, parse_expression};

impl Expression {
    /// The expression that the text of a JSON string reads as, if it does. It says that it is where the string is.
    pub(super) fn reread(&self) -> Option<Self> {
        let Node::JsonText { text, .. } = *self.node() else { return None };
        let mut faults = Diagnostics::new();
        let read = parse_expression(&Source::new(self.file.source.name(), self.file.text(text)), &mut faults);
        if faults.has_errors() {
            return None;
        }
        // Nobody else has seen this file, so that it can be taken apart.
        let File { source, mut arena, .. } = Arc::try_unwrap(read.file).ok()?;
        move_to(&mut arena, &source, self.file.range(self.id));
        Some(Self { file: Arc::new(File::new(Arc::clone(&self.file.source), arena)), id: read.id })
    }
}

/// Puts everything at one place of another source, and keeps the texts themselves.
fn move_to(arena: &mut Arena, from: &Source, place: Range) {
    let Arena { nodes, ranges, steps, fors, texts, .. } = arena;
    let mut keep = |text: &mut Text| {
        if let Text::Source(range) = *text {
            let start = texts.len();
            texts.push_str(from.slice(range));
            *text = Text::Arena(Range::new(start, texts.len()));
        }
    };
    ranges.fill(place);
    for node in nodes {
        match node {
            Node::Text(text) | Node::Traversal { root: text, .. } => keep(text),
            Node::Call { name, name_range, parentheses, .. } => {
                keep(name);
                (*name_range, *parentheses) = (place, place);
            }
            Node::Splat { marker, .. } => *marker = place,
            Node::Binary { symbol, .. } => *symbol = place,
            _ => {}
        }
    }
    for step in steps {
        match &mut step.kind {
            StepKind::Attribute(text) | StepKind::Key(text) => keep(text),
            // That an index was written with a dot can no longer be seen, and no longer matters.
            StepKind::Number(_) => {}
        }
        step.range = place;
    }
    for each in fors {
        for (text, range) in each.key_name.iter_mut().chain([&mut each.value_name]) {
            keep(text);
            *range = place;
        }
    }
}
