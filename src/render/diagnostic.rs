//! Diagnostics for people: a headline, what is wrong, the place underlined, the values involved, the next step.

use std::borrow::Cow;

use crate::diag::{Diagnostic, Diagnostics, Severity};

use super::outlines::Outlines;
use super::snippet::snippet;
use super::warnings::{alike, folded};

/// The capabilities of the reader's terminal.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub color: bool,
    /// Whether lines and arrows may use more than ASCII.
    pub unicode: bool,
    pub width: usize,
}

/// The indentation of everything below a headline.
const INDENT: &str = "  ";

/// Lays out diagnostics in the order of the files. Warnings come first, so that the most important is at the end, where
/// a terminal stops. Many similar warnings are shown as one. If there are several diagnostics, the report ends with
/// their number.
pub fn diagnostics(diagnostics: &Diagnostics, style: Style) -> String {
    let mut outlines = Outlines::default();
    let mut text = String::new();
    let ordered = ordered(diagnostics);
    for group in folded(&ordered) {
        text.push_str(&report(group.first, style, &mut outlines));
        text.push_str(&alike(&group, style));
        text.push('\n');
    }
    if ordered.len() > 1 {
        text.push_str(&style.bold(&count(&ordered)));
        text.push('\n');
    }
    text
}

/// Those without a place come first: they are about the whole. What is warned of the same piece of text more than once,
/// because many instances come from it or it was looked at in two steps, is one warning.
pub(super) fn ordered(diagnostics: &Diagnostics) -> Vec<&Diagnostic> {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.subject.as_ref().map(|span| (span.source.name().to_owned(), span.range.start));
        (std::cmp::Reverse(diagnostic.severity), place)
    });
    ordered.dedup_by(|one, before| {
        let about = |diagnostic: &Diagnostic| {
            let span = diagnostic.subject.as_ref()?;
            Some((span.source.name().to_owned(), span.range, diagnostic.address.clone()))
        };
        one.severity == Severity::Warning
            && (one.severity, &one.summary, &one.detail) == (before.severity, &before.summary, &before.detail)
            && about(one).is_some_and(|place| about(before) == Some(place))
    });
    ordered
}

/// "2 errors, 1 warning."
fn count(diagnostics: &[&Diagnostic]) -> String {
    let of = |severity, one: &str| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {one}{plural}"))
    };
    let counts = [of(Severity::Error, "error"), of(Severity::Warning, "warning")];
    format!("{}.", counts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn report(diagnostic: &Diagnostic, style: Style, outlines: &mut Outlines) -> String {
    let mut parts = vec![headline(diagnostic, style)];
    if !diagnostic.detail.is_empty() {
        parts.push(prose(&diagnostic.detail, style));
    }
    let (shown, elsewhere) = snippet(diagnostic, style, outlines).unwrap_or_default();
    let notes = diagnostic.values.iter().map(|note| format!("{} {}", note.expression, note.statement));
    let notes = notes.chain(elsewhere.into_iter().map(|(label, place)| format!("{place}: {label}")));
    let mut below: Vec<String> = notes.map(|note| prose(&note, style)).collect();
    below.extend(diagnostic.hint.as_ref().map(|hint| style.paint(&prose(hint, style), Color::Hint)));
    // Notes follow directly below the snippet that they are about.
    match (shown.is_empty(), below.is_empty()) {
        (true, true) => {}
        (true, false) => parts.push(below.concat()),
        (false, _) => parts.push(shown + &below.concat()),
    }
    parts.join("\n")
}

fn headline(diagnostic: &Diagnostic, style: Style) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => style.paint("Error:", Color::Error),
        Severity::Warning => style.paint("Warning:", Color::Warning),
    };
    let address = diagnostic.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
    format!("{kind} {}{address}\n", style.bold(&harmless(&diagnostic.summary)))
}

/// Wraps paragraphs. Lines that begin with a space are laid out already and are kept.
fn prose(text: &str, style: Style) -> String {
    let options = textwrap::Options::new(style.width)
        .initial_indent(INDENT)
        .subsequent_indent(INDENT)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut wrapped = String::new();
    for line in text.trim_end().lines().map(harmless) {
        match line.as_bytes().first() {
            None => {}
            Some(b' ') => wrapped.extend([INDENT, &line]),
            Some(_) => wrapped.push_str(&textwrap::fill(&line, &options)),
        }
        wrapped.push('\n');
    }
    wrapped
}

/// Makes text from outside harmless: it must not control the terminal, nor be displayed in another order than it is
/// written.
pub fn harmless(text: &str) -> Cow<'_, str> {
    without(text, commands)
}

/// [`harmless`] for text of several lines.
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    without(text, |c| c != '\n' && commands(c))
}

fn without(text: &str, unwanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Nearly all text is plain ASCII, which is quick to recognise.
    let plain = |byte: u8| byte >= b' ' && byte != 0x7f && byte.is_ascii();
    if text.bytes().all(plain) || !text.contains(&unwanted) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(unwanted, "\u{fffd}"))
}

fn commands(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && c != '\t'
}

#[derive(Clone, Copy)]
pub(super) enum Color {
    Error,
    Warning,
    Hint,
}

impl Color {
    pub(super) fn style(self) -> owo_colors::Style {
        match self {
            Self::Error => owo_colors::Style::new().red().bold(),
            Self::Warning => owo_colors::Style::new().yellow().bold(),
            Self::Hint => owo_colors::Style::new().cyan(),
        }
    }
}

impl Style {
    fn paint(self, text: &str, color: Color) -> String {
        self.styled(text, color.style())
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.styled(text, owo_colors::Style::new().bold())
    }

    pub(super) fn styled(self, text: &str, style: owo_colors::Style) -> String {
        if !self.color {
            return text.to_owned();
        }
        // Blanks and line ends stay outside the colours, because some programs colour them too.
        let body = text.trim();
        let start = text.len() - text.trim_start().len();
        let (before, rest) = text.split_at(start);
        let after = rest.get(body.len()..).unwrap_or_default();
        format!("{before}{}{after}", style.style(body))
    }
}
