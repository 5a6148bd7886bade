//! Files on disk: which ones there are, reading and replacing them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source};

/// What the formatter lays out.
const FORMATTED: [&str; 4] = [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"];

/// Reads a file as text; a fault says why where that cannot be.
pub fn read(file: &Path, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    let why = match std::fs::read(file).map(String::from_utf8) {
        Ok(Ok(text)) => return Some(Source::new(file.display().to_string(), text)),
        Ok(Err(error)) => not_utf8(&error),
        Err(error) => error.to_string(),
    };
    diagnostics
        .push(Diagnostic::error("File cannot be read", format!("Reading {} failed: {why}.", file.display())));
    None
}

fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    let good = error.utf8_error().valid_up_to();
    let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
    format!("line {line} holds bytes that are not UTF-8")
}

/// Replaces a file's content at once: whoever looks sees the old text or the new one, also after a crash. Its
/// permissions stay, and a link stays a link.
pub fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    let permissions = std::fs::metadata(&file)?.permissions();
    write_at_once(&file, text, permissions)
}

/// As [`replace`], and makes the file where there is none.
pub(super) fn create_or_replace(file: &Path, text: &str) -> std::io::Result<()> {
    if !file.exists() {
        std::fs::File::create_new(file)?;
    }
    replace(file, text)
}

fn write_at_once(file: &Path, text: &str, permissions: std::fs::Permissions) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(text.as_bytes())?;
    fresh.as_file().set_permissions(permissions)?;
    fresh.as_file().sync_all()?;
    fresh.persist(file)?;
    Ok(())
}

/// The files that the formatter lays out, in order: those named, and those in the directories named.
pub fn formattable(targets: &[PathBuf], recursive: bool, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if targets.is_empty() {
        gather(Path::new("."), recursive, &mut found, diagnostics);
    }
    for target in targets {
        if target.is_dir() {
            gather(target, recursive, &mut found, diagnostics);
        } else if !target.exists() {
            let why = format!("There is no file or directory {}.", target.display());
            diagnostics.push(Diagnostic::error("Nothing to format", why));
        } else if is_formatted(target) {
            found.push(target.clone());
        } else {
            let why = format!(
                "{} is none of the files that are formatted: {}, terrace.hcl.",
                target.display(),
                FORMATTED.join(", ")
            );
            diagnostics.push(Diagnostic::error("Not a configuration file", why));
        }
    }
    found
}

/// Hidden directories hold what tools keep, and links to directories may lead in circles: neither is entered.
fn gather(folder: &Path, recursive: bool, found: &mut Vec<PathBuf>, diagnostics: &mut Diagnostics) {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let why = format!("Reading {} failed: {error}.", folder.display());
            return diagnostics.push(Diagnostic::error("Directory cannot be read", why));
        }
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let path = path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && recursive && !hidden {
            gather(&path, recursive, found, diagnostics);
        } else if !is_folder && !hidden && is_formatted(&path) && path.is_file() {
            found.push(path);
        }
    }
}

fn is_formatted(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name == "terrace.hcl" || FORMATTED.iter().any(|ending| name.ends_with(ending))
}
