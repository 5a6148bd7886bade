//! Standard output and standard error: what is printed, and in which style.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, Style};

use super::{ERRORS, FINE};

/// Progress lines that come less than this apart are written together.
const SHORTLY: Duration = Duration::from_millis(20);

/// Held text beyond this size is written at once.
const MOST_HELD: usize = 16 * 1024;

/// Where results and reports go.
pub(super) struct Output {
    style: Style,
    /// Whether warnings are cut down to a title and a place.
    compact: bool,
    /// Whether a result could not be written, which makes any command fail.
    lost: AtomicBool,
}

/// Process-wide, so that the panic hook can reach it.
static HELD: Mutex<Held> = Mutex::new(Held { text: String::new(), written: None });

/// Progress lines that are held, to be written together.
struct Held {
    text: String,
    /// When something was last written; none before the first line, which is never held.
    written: Option<Instant>,
}

impl Output {
    /// Uses colours on a terminal, unless they are switched off.
    pub(super) fn for_process(no_color: bool, compact: bool) -> Self {
        let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = !refused && std::io::stderr().is_terminal();
        let style = Style { color, unicode: has_unicode(), width: width() };
        Self { style, compact, lost: AtomicBool::new(false) }
    }

    /// The style of results; reports go to standard error, which may be another device.
    pub(super) fn result_style(&self) -> Style {
        Style { color: self.style.color && std::io::stdout().is_terminal(), ..self.style }
    }

    /// Prints a result to standard output. A reader that has closed the pipe is not an error.
    pub(super) fn print(&self, text: &str) {
        self.write(text.as_bytes());
    }

    /// Prints a result unchanged for programs; on a terminal, control characters are made harmless.
    pub(super) fn show(&self, text: &str) {
        match std::io::stdout().is_terminal() {
            true => self.print(&render::harmless_lines(text)),
            false => self.print(text),
        }
    }

    /// Prints a result in pieces.
    pub(super) fn print_all(&self, pieces: impl Iterator<Item = String>) {
        pieces.for_each(|piece| self.print(&piece));
    }

    /// Prints a progress line. A line alone is written at once; many in quick succession are held and written together.
    /// Held lines are written before anything else that is printed, and by [`let_go`](Self::let_go), which the caller
    /// must call soon.
    pub(super) fn print_soon(&self, line: &str) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        held.text.push_str(line);
        let is_due =
            held.text.len() > MOST_HELD || held.written.is_none_or(|written| written.elapsed() >= SHORTLY);
        drop(held);
        if is_due {
            self.let_go();
        }
    }

    /// Holds a line until [`let_go`](Self::let_go), or until anything else is printed.
    pub(super) fn hold(&self, line: &str) {
        HELD.lock().unwrap_or_else(PoisonError::into_inner).text.push_str(line);
    }

    /// Whether lines are held.
    pub(super) fn holds(&self) -> bool {
        !HELD.lock().unwrap_or_else(PoisonError::into_inner).text.is_empty()
    }

    /// Writes the held lines.
    pub(super) fn let_go(&self) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if held.text.is_empty() {
            return;
        }
        held.written = Some(Instant::now());
        let text = std::mem::take(&mut held.text);
        drop(held);
        self.write_now(text.as_bytes());
    }

    /// As [`Output::print`], for any bytes.
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

    /// The exit code of a command: an error if a result could not be written.
    pub(super) fn code(&self, code: u8) -> u8 {
        self.let_go();
        if self.lost.load(Ordering::Relaxed) { code.max(ERRORS) } else { code }
    }

    /// Prints diagnostics to standard error, and returns their exit code.
    pub(super) fn report(&self, diagnostics: &Diagnostics) -> u8 {
        self.let_go();
        // Beside an error, warnings are shown in full: one may explain it.
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

/// Writes the held lines when the process is about to end; skipped if another thread is using them.
pub(super) fn let_go_at_last() {
    if let Ok(mut held) = HELD.try_lock() {
        let text = std::mem::take(&mut held.text);
        drop(std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()));
    }
}

/// Whether the locale says that the terminal can show more than ASCII. Windows has no such setting, and can.
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
