//! Diagnostics for people, through miette: snippets with the place underlined, values involved, hints.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, SourceSpan, SpanContents};

use crate::diag::{Diagnostic, Diagnostics, Severity, Source, Span};

/// What the reader has in front of them.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub color: bool,
    pub width: usize,
}

/// All of them, warnings first so that what matters most stands last, where a terminal ends.
pub fn diagnostics(diagnostics: &Diagnostics, style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false);
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|d| std::cmp::Reverse(d.severity));
    let mut text = String::new();
    for diagnostic in ordered {
        let report = Report { diagnostic, detail: Detail(diagnostic.detail.clone()) };
        handler.render_report(&mut text, &report).expect("writing to a string cannot fail");
        text.push('\n');
    }
    text
}

/// A diagnostic as miette wants to see it.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    detail: Detail,
}

/// The detail stands under the summary, as the cause of an error does.
#[derive(Debug)]
struct Detail(String);

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Detail {}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.diagnostic.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        write!(f, "{kind}: {}", self.diagnostic.summary)?;
        match &self.diagnostic.address {
            Some(address) => write!(f, " ({address})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Report<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None
    }
}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let notes =
            self.diagnostic.values.iter().map(|note| format!("{} {}", note.expression, note.statement));
        let elsewhere = self.elsewhere().map(|(label, span)| format!("{label}: {span}"));
        let lines: Vec<String> = notes.chain(elsewhere).chain(self.diagnostic.hint.clone()).collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.diagnostic.subject.as_ref().map(|span| &*span.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let subject = self.diagnostic.subject.as_ref()?;
        let here = LabeledSpan::new_primary_with_span(None, source_span(subject));
        let related = self.diagnostic.related.iter().filter(|(_, span)| self.is_near(span));
        let related =
            related.map(|(label, span)| LabeledSpan::new_with_span(Some(label.clone()), source_span(span)));
        Some(Box::new(std::iter::once(here).chain(related)))
    }

    fn diagnostic_source(&self) -> Option<&dyn miette::Diagnostic> {
        (!self.detail.0.is_empty()).then_some(&self.detail as &dyn miette::Diagnostic)
    }
}

impl miette::Diagnostic for Detail {}

impl<'a> Report<'a> {
    /// Whether another place can be shown in the same snippet.
    fn is_near(&self, span: &Span) -> bool {
        self.diagnostic.subject.as_ref().is_some_and(|subject| std::ptr::eq(&*subject.source, &*span.source))
    }

    fn elsewhere(&self) -> impl Iterator<Item = &'a (String, Span)> {
        self.diagnostic.related.iter().filter(|(_, span)| !self.is_near(span))
    }
}

fn source_span(span: &Span) -> SourceSpan {
    let range = span.range;
    SourceSpan::new((range.start as usize).into(), (range.end.saturating_sub(range.start)) as usize)
}

/// A window of whole lines around the span. Long lines and long spans are shown as they are; a span at the end of
/// a text has the last line around it.
impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.text().read_span(span, context_before, context_after)?;
        let contents = miette::MietteSpanContents::new_named(
            self.name().to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        );
        Ok(Box::new(contents))
    }
}
