//! What is printed, and in which style.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, Style};

use super::{ERRORS, FINE};

/// Lines that follow each other faster than this are written together.
const SHORTLY: Duration = Duration::from_millis(20);

/// More text than this does not wait.
const MOST_HELD: usize = 16 * 1024;

/// Where results and reports go.
pub(super) struct Output {
    style: Style,
    /// Whether a title and a place is all that is wanted of warnings.
    compact: bool,
    /// Whether a result could not be written, which makes any command fail.
    lost: AtomicBool,
    held: Mutex<Held>,
}

/// Lines that wait for others.
#[derive(Default)]
struct Held {
    text: String,
    /// When there was last something written; none before the first line, which waits for nothing.
    written: Option<Instant>,
}

impl Output {
    /// Colours where a person looks and did not ask for none.
    pub(super) fn for_process(no_color: bool, compact: bool) -> Self {
        let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = !refused && std::io::stderr().is_terminal();
        let style = Style { color, unicode: has_unicode(), width: width() };
        Self { style, compact, lost: AtomicBool::new(false), held: Mutex::default() }
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

    /// What happens, a line of it. A thousand of them at once are written in a few pieces; one alone at once. It is seen
    /// before whatever is told after it, and when somebody [lets it go](Self::let_go), which is to be soon: where the
    /// program is at work for long without a pause, a line waits for that.
    pub(super) fn print_soon(&self, line: &str) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.text.push_str(line);
        let is_due =
            held.text.len() > MOST_HELD || held.written.is_none_or(|written| written.elapsed() >= SHORTLY);
        drop(held);
        if is_due {
            self.let_go();
        }
    }

    /// Writes what waits.
    pub(super) fn let_go(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.text.is_empty() {
            return;
        }
        held.written = Some(Instant::now());
        let text = std::mem::take(&mut held.text);
        drop(held);
        self.write_now(text.as_bytes());
    }

    /// As [`Output::print`], also of what is no text.
    pub(super) fn write(&self, content: &[u8]) {
        self.let_go();
        self.write_now(content);
    }

    fn write_now(&self, content: &[u8]) {
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
        self.let_go();
        if self.lost.load(Ordering::Relaxed) { code.max(ERRORS) } else { code }
    }

    /// Reports, to standard error; the exit code that they mean.
    pub(super) fn report(&self, diagnostics: &Diagnostics) -> u8 {
        self.let_go();
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
