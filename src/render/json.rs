//! Machine-readable forms in Terraform's formats: `validate -json`, `show -json`, `plan -json` and `apply -json`.

mod check;
mod configuration;
pub(super) mod inside;
mod log;
mod parity;
mod plan;
mod relevant;
mod schema;
mod state;
mod value;

use std::borrow::Cow;

use serde::Serialize;

use crate::diag::{Diagnostic, Diagnostics, Position, Range, Severity, Span};
use crate::syntax::data::escape_html;

use super::environments::EnvironmentVerdict;
use super::outlines::Outlines;
use super::snippet::holds_several;

pub use log::{Operation, Record, log_line, log_line_of, plan_records, work_records};
pub use parity::json_parity;
pub use plan::{PLAN_SCHEMA, json_plan};
pub use schema::{json_schemas, json_type};
pub use state::json_state;
pub(super) use value::{Plain, TypeForm};

/// A document with the bytes that Terraform writes.
pub(super) fn terraform_bytes(document: serde_json::Result<String>) -> String {
    let document = document.expect("plain data always has a JSON form");
    match escape_html(&document) {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => document,
    }
}

/// The whole answer of `validate -json`, with the verdict on each environment if there are any.
pub fn validation(diagnostics: &Diagnostics, environments: &[EnvironmentVerdict]) -> String {
    let verdicts = environments.iter().map(|verdict| VerdictForm {
        environment: &verdict.environment,
        valid: verdict.errors == 0,
        error_count: verdict.errors,
        warning_count: verdict.warnings,
    });
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let mut outlines = Outlines::default();
    let answer = Validation {
        format_version: "1.0",
        valid: !diagnostics.has_errors(),
        error_count: count(Severity::Error),
        warning_count: count(Severity::Warning),
        diagnostics: diagnostics
            .iter()
            .map(|diagnostic| DiagnosticForm::of(diagnostic, &mut outlines))
            .collect(),
        environments: verdicts.collect(),
    };
    terraform_bytes(serde_json::to_string_pretty(&answer))
}

#[derive(Serialize)]
struct Validation<'a> {
    format_version: &'a str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<DiagnosticForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<VerdictForm<'a>>,
}

#[derive(Serialize)]
struct VerdictForm<'a> {
    environment: &'a str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
}

#[derive(Serialize)]
struct DiagnosticForm<'a> {
    severity: &'a str,
    summary: &'a str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<RangeForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<SnippetForm<'a>>,
}

#[derive(Serialize)]
struct RangeForm<'a> {
    filename: &'a str,
    start: PositionForm,
    end: PositionForm,
}

#[derive(Serialize)]
struct PositionForm {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Serialize)]
struct SnippetForm<'a> {
    /// The header of the enclosing top-level block.
    context: Option<String>,
    code: String,
    start_line: usize,
    highlight_start_offset: usize,
    highlight_end_offset: usize,
    values: Vec<ValueForm<'a>>,
}

#[derive(Serialize)]
struct ValueForm<'a> {
    traversal: &'a str,
    statement: &'a str,
}

impl<'a> DiagnosticForm<'a> {
    fn of(diagnostic: &'a Diagnostic, outlines: &mut Outlines) -> Self {
        let snippet = |subject| SnippetForm::of(diagnostic, subject, outlines);
        Self {
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            summary: &diagnostic.summary,
            detail: detail(diagnostic),
            address: diagnostic.address.as_deref(),
            range: diagnostic.subject.as_ref().map(RangeForm::of),
            snippet: diagnostic.subject.as_ref().map(snippet),
        }
    }
}

/// The format has no fields for hints and further places, so they are appended to the detail.
fn detail(diagnostic: &Diagnostic) -> String {
    let mut detail = diagnostic.detail.clone();
    for (label, span) in &diagnostic.related {
        detail.push_str(&format!("\n\n{span}: {label}."));
    }
    if let Some(hint) = &diagnostic.hint {
        detail.push_str("\n\n");
        detail.push_str(hint);
    }
    detail
}

impl<'a> RangeForm<'a> {
    fn of(span: &'a Span) -> Self {
        let (start, mut end) = (span.start(), span.end());
        if start == end {
            end = Position { column: end.column + 1, byte: end.byte + 1, ..end };
        }
        Self { filename: span.source.name(), start: start.into(), end: end.into() }
    }
}

impl From<Position> for PositionForm {
    fn from(Position { line, column, byte }: Position) -> Self {
        Self { line, column, byte }
    }
}

impl<'a> SnippetForm<'a> {
    fn of(diagnostic: &'a Diagnostic, subject: &Span, outlines: &mut Outlines) -> Self {
        let shown =
            diagnostic.context.as_ref().map_or_else(|| subject.clone(), |context| context.to(subject));
        // A span that ends at the start of a line does not include that line.
        let last = shown.range.end.saturating_sub(1).max(shown.range.start);
        let (first, last) = (shown.start().line, shown.source.position(last).line);
        let lines: Vec<&str> = (first..=last).map(|line| subject.source.line(line)).collect();
        let (code, start_of_code) = if lines.iter().any(|line| holds_several(&subject.source, line)) {
            (subject.source.slice(subject.range).to_owned(), subject.range.start as usize)
        } else {
            (lines.join("\n"), line_start(subject, first))
        };
        let offset = |byte: u32| (byte as usize).saturating_sub(start_of_code).min(code.len());
        let Range { start, end } = subject.range;
        Self {
            context: outlines.around(subject).map(|(_, header)| header),
            start_line: first,
            highlight_start_offset: offset(start),
            highlight_end_offset: offset(end.max(start + 1)),
            values: diagnostic
                .values
                .iter()
                .map(|note| ValueForm { traversal: &note.expression, statement: &note.statement })
                .collect(),
            code,
        }
    }
}

fn line_start(span: &Span, line: usize) -> usize {
    span.source.line_range(line).start as usize
}
