//! Formats files: finds them, formats them, and reports or writes what differs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::source;
use crate::syntax;

/// What to format, and what to do with the result.
#[derive(Debug)]
pub struct Request<'a> {
    /// Files and directories; the current directory where there are none.
    pub targets: &'a [PathBuf],
    pub recursive: bool,
    /// Write the result back.
    pub write: bool,
}

/// A file before and after formatting.
#[derive(Debug)]
pub struct Formatted {
    /// The path relative to the current directory.
    pub name: String,
    pub before: String,
    pub after: String,
    source: Arc<Source>,
}

impl Formatted {
    /// The new content of the file, with any bytes that are not text unchanged.
    pub fn content(&self) -> Vec<u8> {
        self.source.restored(&self.after)
    }

    /// Whether formatting changed anything.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// Formats everything that was asked for. A file that cannot be read, parsed or written is reported and left alone, and
/// does not stop the others.
pub fn run(request: &Request<'_>, diagnostics: &mut Diagnostics) -> Vec<Formatted> {
    let files = source::formattable(request.targets, request.recursive, diagnostics);
    files.iter().filter_map(|file| lay_out(file, request.write, diagnostics)).collect()
}

fn lay_out(file: &Path, write: bool, diagnostics: &mut Diagnostics) -> Option<Formatted> {
    let source = source::read(file, diagnostics)?;
    let formatted = text(&source, diagnostics)?;
    if write
        && formatted.differs()
        && let Err(error) = source::replace(file, &formatted.content())
    {
        diagnostics.push(Diagnostic::error(
            "File not written",
            format!("Writing {} failed and its old content is still there: {error}.", file.display()),
        ));
    }
    Some(formatted)
}

/// Formats one text; `None` if it has syntax errors.
pub fn text(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Formatted> {
    match syntax::format(source) {
        Ok(after) => Some(Formatted {
            name: source.name().to_owned(),
            before: source.text().to_owned(),
            after,
            source: Arc::clone(source),
        }),
        Err(faults) => {
            diagnostics.extend(faults);
            None
        }
    }
}
