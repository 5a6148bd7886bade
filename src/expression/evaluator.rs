//! The walk over the expression tree: dispatches each kind of node, and holds local names and errors.

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Range, Span};
use crate::syntax::{ExprId, File, Node, Text};
use crate::value::{Name, Value};

use super::{Scope, Shared, note};

/// Grow the stack when less than this is left.
const STACK_RESERVE: usize = 192 * 1024;
const STACK_STEP: usize = 4 * 1024 * 1024;

/// How often one place may be reported for different errors.
const REPEATS: usize = 3;

/// Evaluates expressions of one file in one scope.
pub(super) struct Evaluator<'a> {
    pub(super) file: &'a Arc<File>,
    pub(super) scope: &'a dyn Scope,
    /// The buffer for templates, kept so that its memory is reused.
    pub(super) buffer: String,
    /// The number of elements that `for` expressions have visited.
    pub(super) rounds: usize,
    /// The size of the values that they have made.
    pub(super) made: u32,
    gathered: Diagnostics,
    pub(super) errors: usize,
    /// Whether origins are traced; there is no cost if they are not.
    pub(super) follows: bool,
    /// Above zero, errors are only counted, because nobody will read them.
    silent: usize,
    shared: Option<&'a Shared>,
}

/// Names defined by `for` expressions, and elements of splats, innermost first. Lives on the stack.
pub(super) enum Locals<'f> {
    None,
    Name { name: &'f str, value: &'f Value, outer: &'f Locals<'f> },
    Item { value: &'f Value, outer: &'f Locals<'f> },
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(file: &'a Arc<File>, scope: &'a dyn Scope) -> Self {
        Self {
            file,
            scope,
            buffer: String::new(),
            rounds: 0,
            made: 0,
            gathered: Diagnostics::new(),
            errors: 0,
            follows: scope.follows_origins(),
            silent: 0,
            // Origins differ between instances, so nothing is shared when they are traced.
            shared: scope.shared().filter(|_| !scope.follows_origins()),
        }
    }

    /// An evaluator that only counts errors.
    pub(super) fn silent(file: &'a Arc<File>, scope: &'a dyn Scope) -> Self {
        Self { silent: 1, ..Self::new(file, scope) }
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.gathered
    }

    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent > 0
    }

    /// The value of a node.
    pub(super) fn value(&mut self, id: ExprId, locals: &Locals<'_>) -> Value {
        let file: &'a File = self.file;
        match file.node(id) {
            Node::Invalid => Value::dynamic(),
            Node::Null => Value::null(crate::value::Type::Dynamic),
            Node::Bool(value) => Value::bool(*value),
            Node::Number(index) => Value::number(file.number(*index).clone()),
            Node::Text(text) => Value::normalized_string(Name::from(file.text(*text))),
            Node::Item => locals.item().cloned().unwrap_or_else(Value::dynamic),
            node => match self.shared {
                // Expressions with local names change from element to element, so only the others are shared.
                Some(shared) if matches!(locals, Locals::None) => self.common(shared, id, node),
                _ => self.own(id, node, locals),
            },
        }
    }

    fn own(&mut self, id: ExprId, node: &'a Node, locals: &Locals<'_>) -> Value {
        if let Node::Traversal { root, steps } = node {
            return self.traversal(id, self.file.text(*root), self.file.steps(*steps), locals);
        }
        let value = stacker::maybe_grow(STACK_RESERVE, STACK_STEP, || self.compound(id, node, locals));
        let value = if self.follows { self.traced(id, node, value, locals) } else { value };
        if value.is_too_heavy() { self.too_heavy(id) } else { value }
    }

    /// The value from another instance, if it must be the same.
    fn common(&mut self, shared: &Shared, id: ExprId, node: &'a Node) -> Value {
        let known = shared.get(self.file, id);
        if let Some(Some(value)) = known {
            return value;
        }
        let before = self.standing(shared);
        let value = self.own(id, node, &Locals::None);
        if known.is_none() && self.silent == 0 {
            let is_alike = self.standing(shared) == before;
            shared.put(self.file, id, is_alike.then(|| value.clone()));
        }
        value
    }

    /// Counters that change if a value belongs to one instance only, or has an error.
    fn standing(&self, shared: &Shared) -> (usize, usize, usize) {
        (shared.times_own(), self.errors, self.gathered.len())
    }

    fn compound(&mut self, id: ExprId, node: &'a Node, locals: &Locals<'_>) -> Value {
        match node {
            Node::Parentheses(inner) | Node::Wrap(inner) => self.value(*inner, locals),
            Node::JsonText { text, template } => self.json_text(id, *text, *template, locals),
            Node::Relative { source, steps } => self.relative(id, *source, self.file.steps(*steps), locals),
            Node::Index { collection, key } => self.index(id, *collection, *key, locals),
            Node::Binary { .. } => self.binary(id, locals),
            Node::Unary { operator, operand } => self.unary(id, *operator, *operand, locals),
            Node::Conditional { condition, yes, no } => self.conditional(id, *condition, *yes, *no, locals),
            Node::Template(parts) => self.template(id, self.file.list(*parts), locals),
            Node::TemplateFor(inner) => self.template_for(*inner, locals),
            Node::Tuple(items) => self.tuple(self.file.list(*items), locals),
            Node::Object(entries) => self.object(self.file.entries(*entries), locals),
            Node::For(index) => self.iteration(id, self.file.for_expression(*index), locals),
            Node::Splat { source, each, .. } => self.splat(id, *source, *each, locals),
            Node::Call(index) => self.call(id, *index, locals),
            Node::Invalid
            | Node::Null
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Item
            | Node::Traversal { .. } => self.value(id, locals),
        }
    }

    /// Refuses an expression whose value would take too much time and memory to go on with.
    fn too_heavy(&mut self, id: ExprId) -> Value {
        self.errors += 1;
        if self.silent == 0 {
            let why = "Written out, with all that it holds as often as it holds it, this value would have tens of \
                       millions of parts.";
            self.keep(Diagnostic::error("Value too large", why).at(self.span(id)));
        }
        Value::dynamic()
    }

    /// A string in JSON is a template, and is checked for errors only when it is evaluated.
    fn json_text(&mut self, id: ExprId, text: Text, template: ExprId, locals: &Locals<'_>) -> Value {
        if !self.scope.reads_templates() {
            return Value::normalized_string(Name::from(self.file.text(text)));
        }
        if let Some(faults) = self.file.template_faults(id) {
            self.pass_on(faults.clone());
            if faults.has_errors() {
                return Value::dynamic();
            }
        }
        self.value(template, locals)
    }

    /// Evaluates without reporting; returns whether there were errors.
    pub(super) fn silently<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let (before, rounds, made) = (self.errors, self.rounds, self.made);
        self.silent += 1;
        let result = run(self);
        self.silent -= 1;
        let failed = self.errors > before;
        (self.errors, self.rounds, self.made) = (before, rounds, made);
        (result, failed)
    }

    /// Reports an error together with the present values of the expressions in `involved`; the value becomes unknown.
    pub(super) fn report(
        &mut self,
        involved: ExprId,
        locals: &Locals<'_>,
        make: impl FnOnce(&Self) -> Diagnostic,
    ) -> Value {
        self.errors += 1;
        if self.silent == 0 {
            let values = note::notes(self, involved, locals);
            let diagnostic = make(self).values(values);
            self.keep(diagnostic);
        }
        Value::dynamic()
    }

    /// Keeps an error unless its place was reported often enough: a `for` over a thousand elements would repeat it for
    /// each.
    fn keep(&mut self, diagnostic: Diagnostic) {
        let alike =
            |known: &&Diagnostic| known.subject == diagnostic.subject && known.summary == diagnostic.summary;
        let mut seen = self.gathered.iter().filter(alike);
        let repeated = seen.clone().count() >= REPEATS || seen.any(|known| known.detail == diagnostic.detail);
        if !repeated || diagnostic.subject.is_none() {
            self.gathered.push(diagnostic);
        }
    }

    /// Reports errors that were found elsewhere.
    pub(super) fn pass_on(&mut self, diagnostics: Diagnostics) {
        if diagnostics.has_errors() {
            self.errors += 1;
        }
        if self.silent == 0 {
            for diagnostic in diagnostics {
                self.keep(diagnostic);
            }
        }
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.file.span(self.file.range(id))
    }

    pub(super) fn span_of(&self, range: Range) -> Span {
        self.file.span(range)
    }
}

impl<'f> Locals<'f> {
    pub(super) fn get(&self, wanted: &str) -> Option<&'f Value> {
        let mut locals = self;
        loop {
            match locals {
                Locals::None => return None,
                Locals::Name { name, value, .. } if *name == wanted => return Some(value),
                Locals::Name { outer, .. } | Locals::Item { outer, .. } => locals = outer,
            }
        }
    }

    pub(super) fn item(&self) -> Option<&'f Value> {
        let mut locals = self;
        loop {
            match locals {
                Locals::None => return None,
                Locals::Item { value, .. } => return Some(value),
                Locals::Name { outer, .. } => locals = outer,
            }
        }
    }
}
