//! Paths that match a pattern.
//!
//! A pattern is split at slashes first, so an alternative cannot contain one. `**` alone between slashes matches any
//! number of directories, including links to directories; hidden names are like any other.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::eval::{FileKind, World};

/// Why no result can be given.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The pattern is invalid, which is only noticed when a name is compared with it.
    BadPattern,
    /// There are too many names, or too many ways in which the pattern could match them.
    Endless,
}

/// The most names that are visited. A whole disk is a mistake, and some directories never end.
const MOST_NAMES: u64 = 500_000;

/// The most steps of matching, where each alternative is another way to match.
const MOST_STEPS: u64 = 10_000_000;

/// So that circular links come to an end.
const DEEPEST: usize = 255;

pub(super) struct Glob<'a> {
    world: &'a dyn World,
    found: Vec<PathBuf>,
    names: u64,
    steps: Steps,
}

/// How many more steps may be taken.
pub(super) struct Steps(Cell<u64>);

impl<'a> Glob<'a> {
    pub(super) fn new(world: &'a dyn World) -> Self {
        Self { world, found: Vec::new(), names: MOST_NAMES, steps: Steps(Cell::new(MOST_STEPS)) }
    }

    /// All matches, including directories. What cannot be read is skipped.
    pub(super) fn files(mut self, pattern: &str) -> Result<Vec<PathBuf>, Fault> {
        let (start, pattern) = match pattern.strip_prefix('/') {
            Some(rest) => (Path::new("/"), rest),
            None => (Path::new("."), pattern),
        };
        let parts = split(pattern, '/');
        self.descend(start, &parts, 0)?;
        Ok(self.found)
    }

    fn descend(&mut self, start: &Path, parts: &[&str], depth: usize) -> Result<(), Fault> {
        let plain = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).count();
        let (names, rest) = parts.split_at(plain);
        let mut place = start.to_path_buf();
        place.extend(names.iter().map(OsStr::new));
        let Some((first, after)) = rest.split_first() else {
            if self.is_there(&place) {
                self.found.push(place);
            }
            return Ok(());
        };
        let Ok(entries) = self.world.entries(&place) else {
            return Ok(());
        };
        self.names = self.names.checked_sub(entries.len() as u64 + 1).ok_or(Fault::Endless)?;
        let mut wanted = *first;
        let mut after = after;
        if wanted == "**" {
            for entry in &entries {
                let path = place.join(&entry.name);
                let kind = match entry.kind {
                    FileKind::Link => match self.world.kind(&path) {
                        Ok(Some(kind)) => kind,
                        _ => continue,
                    },
                    kind => kind,
                };
                if after.is_empty() {
                    self.found.push(path.clone());
                }
                if kind == FileKind::Directory && depth < DEEPEST {
                    self.descend(&path, rest, depth + 1)?;
                }
            }
            let Some((next, others)) = after.split_first() else {
                return Ok(());
            };
            wanted = next;
            after = others;
        }
        for entry in &entries {
            if !self.steps.fit(wanted, &entry.name.to_string_lossy())? {
                continue;
            }
            let path = place.join(&entry.name);
            if after.is_empty() {
                self.found.push(path);
            } else {
                self.descend(&path, after, depth + 1)?;
            }
        }
        Ok(())
    }

    /// A link exists even if its target does not; the caller finds that out.
    fn is_there(&self, path: &Path) -> bool {
        if matches!(self.world.kind(path), Ok(Some(_))) {
            return true;
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        self.world.entries(parent).is_ok_and(|entries| entries.iter().any(|entry| entry.name == name))
    }
}

/// Splits at each separator without a backslash before it; a trailing one adds nothing.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = find_plain(rest, separator);
        parts.push(rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest));
        rest = end.and_then(|end| rest.get(end + separator.len_utf8()..)).unwrap_or("");
    }
    parts
}

/// The place of a character without a backslash before it.
fn find_plain(text: &str, wanted: char) -> Option<usize> {
    text.match_indices(wanted)
        .map(|(at, _)| at)
        .find(|at| !text.get(..*at).is_some_and(|t| t.ends_with('\\')))
}

impl Steps {
    /// Whether a name matches one part of a pattern.
    fn fit(&self, pattern: &str, name: &str) -> Result<bool, Fault> {
        let fit = fits(pattern, name, self);
        // With no steps left, the result is meaningless.
        if self.0.get() == 0 { Err(Fault::Endless) } else { Ok(fit? == Fit::Yes) }
    }

    fn take(&self, steps: usize) -> Result<(), Fault> {
        self.0.set(self.0.get().saturating_sub(steps as u64));
        if self.0.get() == 0 { Err(Fault::Endless) } else { Ok(()) }
    }
}

/// Whether the rest of a name matches the rest of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    /// No, and no later part of the name does either: the last star has tried them all, so earlier stars need not.
    Never,
}

impl From<bool> for Fit {
    fn from(fits: bool) -> Self {
        if fits { Self::Yes } else { Self::No }
    }
}

fn fits(pattern: &str, name: &str, steps: &Steps) -> Result<Fit, Fault> {
    steps.take(1)?;
    let mut characters = pattern.chars();
    let Some(first) = characters.next() else {
        return Ok(name.is_empty().into());
    };
    let rest = characters.as_str();
    let mut left = name.chars();
    let current = left.next();
    let after = left.as_str();
    match (first, current) {
        // Errors in the rest of the pattern do not count unless it is needed.
        ('*', _) if rest.is_empty() => Ok(Fit::Yes),
        ('*', _) => {
            let starts = name.char_indices().map(|(at, _)| name.get(at..).unwrap_or(""));
            for start in starts.chain(std::iter::once("").filter(|_| name.is_empty())) {
                match stacker::maybe_grow(64 * 1024, 1024 * 1024, || fits(rest, start, steps)) {
                    Ok(Fit::Yes) => return Ok(Fit::Yes),
                    Ok(Fit::Never) => break,
                    Ok(Fit::No) | Err(_) => {}
                }
            }
            Ok(Fit::Never)
        }
        // The rest of the pattern needs at least one character.
        (_, None) => Ok(Fit::No),
        ('\\', Some(current)) => match characters.next() {
            None => Err(Fault::BadPattern),
            Some(escaped) if escaped == current => fits(characters.as_str(), after, steps),
            Some(_) => Ok(Fit::No),
        },
        ('[', Some(current)) => {
            let end = find_plain(rest, ']').ok_or(Fault::BadPattern)?;
            if !in_class(rest.get(..end).unwrap_or(""), current)? {
                return Ok(Fit::No);
            }
            fits(rest.get(end + 1..).unwrap_or(""), after, steps)
        }
        ('{', Some(_)) => {
            let end = find_plain(rest, '}').ok_or(Fault::BadPattern)?;
            let tail = rest.get(end + 1..).unwrap_or("");
            for option in split(rest.get(..end).unwrap_or(""), ',') {
                steps.take(option.len() + tail.len())?;
                let whole = format!("{option}{tail}");
                let fit = stacker::maybe_grow(64 * 1024, 1024 * 1024, || fits(&whole, name, steps))?;
                if fit == Fit::Yes {
                    return Ok(fit);
                }
            }
            Ok(Fit::No)
        }
        ('?', Some(_)) => fits(rest, after, steps),
        (first, Some(current)) if first == current => fits(rest, after, steps),
        _ => Ok(Fit::No),
    }
}

/// `a-z`, characters one by one, and `^` in front for everything else.
fn in_class(class: &str, character: char) -> Result<bool, Fault> {
    let (inverted, class) = match class.strip_prefix('^') {
        Some(rest) => (true, rest),
        None if class.is_empty() => return Err(Fault::BadPattern),
        None => (false, class),
    };
    let mut inside = false;
    let mut characters = class.chars().peekable();
    let one = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| match characters.next() {
        None | Some('-') => Err(Fault::BadPattern),
        Some('\\') => characters.next().ok_or(Fault::BadPattern),
        Some(plain) => Ok(plain),
    };
    while characters.peek().is_some() {
        let low = one(&mut characters)?;
        let high = match characters.next_if_eq(&'-') {
            Some(_) => one(&mut characters)?,
            None => low,
        };
        inside |= (low..=high).contains(&character);
    }
    Ok(inside != inverted)
}
