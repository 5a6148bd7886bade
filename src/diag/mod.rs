//! Diagnostics: what went wrong, where, and what to do about it.
//!
//! A user's mistake is a [`Diagnostic`]; code that finds one adds it to [`Diagnostics`] and goes on. This room knows
//! texts and places in them, and nothing of what the texts mean. How a diagnostic looks on a terminal or as JSON is
//! decided in `render`.

mod shortened;
mod source;
mod suggestion;

pub use shortened::shortened;
pub use source::{Position, Range, Source, Span};
pub use suggestion::closest;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

/// One thing that a person should know, with its place.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A stable title in sentence case, without a full stop.
    pub summary: String,
    /// Whole sentences: what is wrong and why.
    pub detail: String,
    /// The exact place.
    pub subject: Option<Span>,
    /// The larger construct around the subject, for orientation.
    pub context: Option<Span>,
    /// Other places that are involved, each with a few words.
    pub related: Vec<(String, Span)>,
    /// The next step, if there is one.
    pub hint: Option<String>,
    /// The present values of the expressions involved: `var.size` "is 3".
    pub values: Vec<ValueNote>,
    /// The address of what it is about, as people write it.
    pub address: Option<String>,
}

/// The value of an expression in the subject; never reveals a sensitive value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueNote {
    pub expression: String,
    pub statement: String,
}

impl Diagnostic {
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::of(Severity::Error, summary, detail)
    }

    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::of(Severity::Warning, summary, detail)
    }

    fn of(severity: Severity, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity,
            summary: shortened(summary.into()),
            detail: shortened(detail.into()),
            subject: None,
            context: None,
            related: Vec::new(),
            hint: None,
            values: Vec::new(),
            address: None,
        }
    }

    /// The same, where it keeps nobody from anything.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Sets the exact place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.subject = Some(span);
        self
    }

    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        self.context = Some(span);
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(shortened(hint.into()));
        self
    }

    /// Adds "did you mean" if one of `known` is close to `given`.
    #[must_use]
    pub fn suggest<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(given, known) {
            Some(name) => self.hint(format!("Did you mean \"{name}\"?")),
            None => self,
        }
    }

    #[must_use]
    pub fn related(mut self, label: impl Into<String>, span: Span) -> Self {
        self.related.push((shortened(label.into()), span));
        self
    }

    #[must_use]
    pub fn values(mut self, values: Vec<ValueNote>) -> Self {
        self.values = values;
        self
    }

    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(shortened(address.into()));
        self
    }
}

/// Diagnostics in the order in which they were found.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// The result of a step, if it reports no error. Its diagnostics are kept either way.
    pub fn unless_faulty<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let mut own = Self::new();
        let made = step(&mut own);
        let failed = own.has_errors();
        self.0.append(&mut own.0);
        (!failed).then_some(made)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
