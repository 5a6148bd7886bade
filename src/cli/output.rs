//! What is printed, and in which style.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, Style};

use super::{ERRORS, FINE};

/// Where results and reports go.
pub(super) struct Output {
    style: Style,
    /// Whether a title and a place is all that is wanted of warnings.
    compact: bool,
    /// Whether a result could not be written, which makes any command fail.
    lost: AtomicBool,
}

impl Output {
    /// Colours where a person looks and did not ask for none.
    pub(super) fn for_process(no_color: bool, compact: bool) -> Self {
        let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = !refused && std::io::stderr().is_terminal();
        let style = Style { color, unicode: has_unicode(), width: width() };
        Self { style, compact, lost: AtomicBool::new(false) }
    }

    /// The style of results, which may go elsewhere than reports.
    pub(super) fn result_style(&self) -> Style {
        Style { color: self.style.color && std::io::stdout().is_terminal(), ..self.style }
    }

    /// A result, to standard output. A reader that has gone away is not an error of ours.
    pub(super) fn print(&self, text: &str) {
        self.write(text.as_bytes());
    }

    /// A result as it is, for programs; people's terminals take no commands from it.
    pub(super) fn show(&self, text: &str) {
        match std::io::stdout().is_terminal() {
            true => self.print(&render::harmless_lines(text)),
            false => self.print(text),
        }
    }

    /// Pieces of a result that follow each other.
    pub(super) fn print_all(&self, pieces: impl Iterator<Item = String>) {
        pieces.for_each(|piece| self.print(&piece));
    }

    /// As [`Output::print`], also of what is no text.
    pub(super) fn write(&self, content: &[u8]) {
        let mut out = std::io::stdout().lock();
        match out.write_all(content).and_then(|()| out.flush()) {
            Err(error)
                if error.kind() != ErrorKind::BrokenPipe && !self.lost.swap(true, Ordering::Relaxed) =>
            {
                self.fail("Result not written", &format!("Writing to standard output failed: {error}."));
            }
            _ => {}
        }
    }

    /// The exit code of a command, which is not fine where a result was lost.
    pub(super) fn code(&self, code: u8) -> u8 {
        if self.lost.load(Ordering::Relaxed) { code.max(ERRORS) } else { code }
    }

    /// Reports, to standard error; the exit code that they mean.
    pub(super) fn report(&self, diagnostics: &Diagnostics) -> u8 {
        // Where something has failed, a warning may say why.
        let text = if self.compact && !diagnostics.has_errors() {
            render::compact_warnings(diagnostics)
        } else {
            render::diagnostics(diagnostics, self.style)
        };
        std::io::stderr().lock().write_all(text.as_bytes()).unwrap_or_default();
        if diagnostics.has_errors() { ERRORS } else { FINE }
    }

    pub(super) fn fail(&self, summary: &str, detail: &str) -> u8 {
        self.report(&Diagnostic::error(summary, detail).into())
    }
}

/// Whether the locale says that the terminal knows more than ASCII; Windows has no such locale and does.
fn has_unicode() -> bool {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(set).and_then(|name| std::env::var(name).ok());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || std::io::stderr().is_terminal().then(terminal_width).flatten();
    columns.or_else(terminal).unwrap_or(100).clamp(40, 120)
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width))
}
