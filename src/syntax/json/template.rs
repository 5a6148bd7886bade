//! Native syntax in a JSON string: the template that evaluation finds in it, and the expression that static analysis
//! reads. Either way, places are those of the file, however many escapes lie between the decoded text and the file.

use std::sync::Arc;

use crate::diag::{Diagnostics, Range, Source, Span};
use crate::syntax::Expression;
use crate::syntax::parser::{parse_expression, parse_template_into};
use crate::syntax::tree::{Arena, ExprId, Node, StepKind, Text};

use super::text::{Decoded, Places, decode};

/// Whether the text is more than a literal when evaluated.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

/// Parses the text as a template, into the arena of the file that contains the string. A text with errors is a
/// [`Node::Invalid`].
pub(super) fn lower(
    source: &Arc<Source>,
    decoded: &Decoded<'_>,
    range: Range,
    arena: &mut Arena,
    faults: &mut Diagnostics,
) -> ExprId {
    let text = Source::new(source.name(), decoded.text.as_ref());
    let relocation = Relocation { from: &text, to: source, places: &decoded.places };
    let before = Marks::of(arena);
    let mut found = Diagnostics::new();
    let template = parse_template_into(&text, arena, &mut found);
    relocation.nodes(arena, &before);
    let failed = found.has_errors();
    faults.extend(found.into_iter().map(|mut diagnostic| {
        relocation.diagnostic(&mut diagnostic);
        diagnostic
    }));
    if failed { arena.add(Node::Invalid, range) } else { template }
}

/// The expression that a string reads as, if it does: with a tree of its own, but with the places of the string.
pub(in crate::syntax) fn read_string(string: &Expression) -> Option<Expression> {
    let Node::JsonText { .. } = string.node() else { return None };
    let source = string.file().source();
    let range = string.file().range(string.id());
    let content = source.slice(range).strip_prefix('"')?.strip_suffix('"')?;
    let decoded = decode(content, range.start + 1);
    let text = Source::new(source.name(), decoded.text.as_ref());
    let mut faults = Diagnostics::new();
    let parsed = parse_expression(&text, &mut faults);
    if faults.has_errors() {
        return None;
    }
    let id = parsed.id();
    let mut file = Arc::into_inner(parsed.file)?;
    let nothing = Marks::of(&Arena::default());
    Relocation { from: &text, to: source, places: &decoded.places }.nodes(&mut file.arena, &nothing);
    file.source = Arc::clone(source);
    Some(Expression::new(Arc::new(file), id))
}

/// The size of an arena at some moment.
struct Marks {
    nodes: usize,
    steps: usize,
    fors: usize,
    calls: usize,
}

impl Marks {
    fn of(arena: &Arena) -> Self {
        Self {
            nodes: arena.nodes.len(),
            steps: arena.steps.len(),
            fors: arena.fors.len(),
            calls: arena.calls.len(),
        }
    }
}

/// Maps places in a decoded text to places in the file.
struct Relocation<'a> {
    from: &'a Arc<Source>,
    to: &'a Arc<Source>,
    places: &'a Places,
}

impl Relocation<'_> {
    /// Relocates everything that was added to the arena since the marks were taken.
    fn nodes(&self, arena: &mut Arena, since: &Marks) {
        for range in arena.ranges.iter_mut().skip(since.nodes) {
            *range = self.places.range(*range);
        }
        let texts = &mut arena.texts;
        for node in arena.nodes.iter_mut().skip(since.nodes) {
            match node {
                Node::Text(text) => self.text(text, texts),
                Node::Traversal { root, .. } => self.text(root, texts),
                Node::Splat { marker, .. } => *marker = self.places.range(*marker),
                Node::Binary { symbol, .. } => *symbol = self.places.range(*symbol),
                _ => {}
            }
        }
        for step in arena.steps.iter_mut().skip(since.steps) {
            step.range = self.places.range(step.range);
            match &mut step.kind {
                StepKind::Attribute(text) | StepKind::Key(text) => self.text(text, texts),
                StepKind::Number(_) => {}
            }
        }
        for call in arena.calls.iter_mut().skip(since.calls) {
            self.text(&mut call.name, texts);
            call.name_range = self.places.range(call.name_range);
            call.parentheses = self.places.range(call.parentheses);
        }
        for each in arena.fors.iter_mut().skip(since.fors) {
            for (text, range) in each.key_name.iter_mut().chain([&mut each.value_name]) {
                self.text(text, texts);
                *range = self.places.range(*range);
            }
        }
    }

    /// Text with escapes cannot be sliced from the file, so the arena keeps it.
    fn text(&self, text: &mut Text, texts: &mut String) {
        if let Text::Source(range) = *text {
            *text = if self.places.is_plain() {
                Text::Source(self.places.range(range))
            } else {
                let start = texts.len();
                texts.push_str(self.from.slice(range));
                Text::Arena(Range::new(start, texts.len()))
            };
        }
    }

    fn diagnostic(&self, diagnostic: &mut crate::diag::Diagnostic) {
        let related = diagnostic.related.iter_mut().map(|(_, span)| span);
        for span in diagnostic.subject.iter_mut().chain(diagnostic.context.iter_mut()).chain(related) {
            self.span(span);
        }
    }

    fn span(&self, span: &mut Span) {
        if Arc::ptr_eq(&span.source, self.from) {
            *span = self.to.span(self.places.range(span.range));
        }
    }
}
