//! Lay out files: find them, format them, say what differs, write what should be written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::source;
use crate::syntax;

/// What to lay out, and what to do with the result.
#[derive(Debug)]
pub struct Request<'a> {
    /// Files and directories; the current directory where there are none.
    pub targets: &'a [PathBuf],
    pub recursive: bool,
    /// Write the result back.
    pub write: bool,
}

/// A text before and after.
#[derive(Debug)]
pub struct Formatted {
    /// As people know it: relative to where they stand.
    pub name: String,
    pub before: String,
    pub after: String,
    source: Arc<Source>,
}

impl Formatted {
    /// The new content of the file: also what is no text in it is as it was.
    pub fn content(&self) -> Vec<u8> {
        self.source.restored(&self.after)
    }

    /// Whether the layout was another one.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// Lays out everything that was asked for. A file that cannot be read, parsed or written is reported, left alone,
/// and does not keep the others from being done.
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

/// Lays out one text; none where it has syntax errors.
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
