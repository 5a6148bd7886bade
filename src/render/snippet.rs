//! The lines around a place, with the place underlined; drawn by miette.

use std::fmt;
use std::ops::RangeInclusive;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, SourceSpan, SpanContents};

use crate::diag::{Diagnostic, Severity, Source, Span};

use super::diagnostic::{Color, Style, harmless};
use super::outlines::Outlines;

/// Another place within this many lines is shown in the same snippet.
const NEAR: usize = 5;
/// Of a span with more lines, only the first one is shown.
const LINES: usize = 8;

/// The snippet, and the further places that it does not include.
pub(super) fn snippet(
    diagnostic: &Diagnostic,
    style: Style,
    outlines: &mut Outlines,
) -> Option<(String, Vec<(String, String)>)> {
    let subject = diagnostic.subject.as_ref()?;
    let (near, far): (Vec<_>, Vec<_>) =
        diagnostic.related.iter().partition(|(_, span)| is_near(span, subject));
    let mut spans = vec![(None, subject)];
    spans.extend(near.iter().map(|(label, span)| (Some(label.clone()), span)));

    let lines = lines_around(&spans);
    let mut title = place(subject);
    // The header of the enclosing block is added if the lines do not include it.
    if let Some((first, block)) = outlines.around(subject)
        && first < *lines.start()
    {
        title.push_str(&format!(" in {}", harmless(&block)));
    }
    let window = Window::over(&subject.source, lines, &spans, title, style);
    let text = draw(&Report { window: &window, severity: diagnostic.severity }, style);
    let far = far.into_iter().map(|(label, span)| (label.clone(), place(span)));
    Some((text, far.collect()))
}

fn place(span: &Span) -> String {
    let start = span.start();
    format!("{}:{}:{}", harmless(span.source.name()), start.line, start.column)
}

fn is_near(span: &Span, subject: &Span) -> bool {
    let apart = span.start().line.abs_diff(subject.start().line);
    // Between two lines of a file of values there may be a secret.
    let apart = if span.source.holds_values() && apart > 1 { usize::MAX } else { apart };
    std::ptr::eq(&raw const *subject.source, &raw const *span.source) && apart <= NEAR
}

/// The lines of all spans, with one more on each side unless it is blank.
fn lines_around(spans: &[(Option<String>, &Span)]) -> RangeInclusive<usize> {
    let source = spans.first().map(|(_, span)| &span.source);
    // In files of values, neighbouring lines may hold values that should not be shown.
    let values = source.is_some_and(|source| source.holds_values());
    let has_text = |line| !values && source.is_some_and(|source| !source.line(line).trim().is_empty());
    let first = spans.iter().map(|(_, span)| span.start().line).min().unwrap_or(1);
    let last = spans.iter().map(|(_, span)| last_line(span)).max().unwrap_or(first).max(first);
    let first = if first > 1 && has_text(first - 1) { first - 1 } else { first };
    first..=if has_text(last + 1) { last + 1 } else { last }
}

/// The last line that is shown of a span.
fn last_line(span: &Span) -> usize {
    let (first, last) = (span.start().line, span.end().line);
    if last - first < LINES { last } else { first }
}

fn draw(report: &Report<'_>, style: Style) -> String {
    let handler = GraphicalReportHandler::new_themed(theme(report.severity, style))
        .with_width(style.width)
        .with_links(false)
        .without_primary_span_start()
        .with_context_lines(NEAR + LINES);
    let mut drawn = String::new();
    handler.render_report(&mut drawn, report).expect("writing to a string cannot fail");
    // The first line is the message, which is printed elsewhere.
    let lines = drawn.split_once('\n').map_or("", |(_, lines)| lines).lines();
    lines.flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn theme(severity: Severity, style: Style) -> GraphicalTheme {
    let mut theme = match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    if !style.unicode {
        theme.characters.ltop = '+';
        theme.characters.lbot = '+';
    }
    if style.color {
        let here = match severity {
            Severity::Error => Color::Error,
            Severity::Warning => Color::Warning,
        };
        theme.styles.link = owo_colors::Style::new().bold();
        theme.styles.highlights = vec![here.style(), Color::Hint.style()];
    }
    theme
}

/// The part of a source that is shown: a few whole lines, long ones cut around the place, with control characters made
/// harmless.
#[derive(Debug)]
struct Window {
    title: String,
    text: String,
    /// How many lines of the source are before it.
    skipped: usize,
    labels: Vec<LabeledSpan>,
}

impl Window {
    fn over(
        source: &Source,
        lines: RangeInclusive<usize>,
        spans: &[(Option<String>, &Span)],
        title: String,
        style: Style,
    ) -> Self {
        let skipped = lines.start() - 1;
        let mut text = String::new();
        let mut places: Vec<(Option<usize>, Option<usize>)> = vec![(None, None); spans.len()];
        for number in lines {
            let start = source.line_range(number).start as usize;
            let line = source.line(number);
            let marks: Vec<usize> = spans
                .iter()
                .filter(|(_, span)| (span.start().line..=last_line(span)).contains(&number))
                .map(|(_, span)| (span.range.start as usize).saturating_sub(start).min(line.len()))
                .collect();
            let cut = match marks.iter().min() {
                Some(first) if holds_several(source, line) => {
                    Cut::just(line, *first, end_on(spans, start, line), style)
                }
                first => Cut::of(line, first.copied().unwrap_or(0), style),
            };
            for ((_, span), (from, to)) in spans.iter().zip(&mut places) {
                let place =
                    |offset: u32| text.len() + cut.place(line, (offset as usize).saturating_sub(start));
                if span.start().line == number {
                    *from = Some(place(span.range.start));
                }
                if last_line(span) == number {
                    *to = Some(place(span.range.end));
                }
            }
            text.push_str(&cut.text(line));
            text.push('\n');
        }
        let labels = spans.iter().zip(places).enumerate().map(|(index, ((label, _), (from, to)))| {
            let from = from.unwrap_or(0);
            let span = SourceSpan::new(from.into(), to.unwrap_or(from).saturating_sub(from));
            match index {
                0 => LabeledSpan::new_primary_with_span(label.clone(), span),
                _ => LabeledSpan::new_with_span(label.clone(), span),
            }
        });
        Self { title, skipped, labels: labels.collect(), text }
    }
}

/// Whether there may be other values on a line of a file of values, as in JSON.
pub(super) fn holds_several(source: &Source, line: &str) -> bool {
    source.holds_values() && line.matches("\":").count() > 1
}

/// Where the last of the places on a line ends.
fn end_on(spans: &[(Option<String>, &Span)], start: usize, line: &str) -> usize {
    let ends = spans.iter().map(|(_, span)| (span.range.end as usize).saturating_sub(start).min(line.len()));
    ends.max().unwrap_or(line.len())
}

/// The part of a line that is shown.
struct Cut {
    start: usize,
    end: usize,
    more: &'static str,
}

impl Cut {
    /// Nothing but this part.
    fn just(line: &str, start: usize, end: usize, style: Style) -> Self {
        let more = if style.unicode { "…" } else { "..." };
        let start = line.floor_char_boundary(start);
        Self { start, end: line.floor_char_boundary(end).max(start), more }
    }

    /// As much around the place as fits into twice the reader's width: a line that wraps once is readable.
    fn of(line: &str, at: usize, style: Style) -> Self {
        let more = if style.unicode { "…" } else { "..." };
        let limit = style.width.saturating_mul(2);
        if line.len() <= limit {
            return Self { start: 0, end: line.len(), more };
        }
        let start = line.floor_char_boundary(at.saturating_sub(limit / 4));
        let end = line.floor_char_boundary(start.saturating_add(limit).min(line.len()));
        Self { start, end, more }
    }

    fn before(&self) -> &'static str {
        if self.start > 0 { self.more } else { "" }
    }

    fn text(&self, line: &str) -> String {
        let after = if self.end < line.len() { self.more } else { "" };
        format!("{}{}{after}", self.before(), harmless(line.get(self.start..self.end).unwrap_or_default()))
    }

    /// The position of an offset of the line in the cut line.
    fn place(&self, line: &str, offset: usize) -> usize {
        let offset = line.floor_char_boundary(offset.clamp(self.start, self.end));
        self.before().len() + harmless(line.get(self.start..offset).unwrap_or_default()).len()
    }
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.title.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.skipped,
            inner.column(),
            inner.line_count(),
        )))
    }
}

/// A window in the form that miette expects.
#[derive(Debug)]
struct Report<'a> {
    window: &'a Window,
    severity: Severity,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.labels.iter().cloned()))
    }
}
