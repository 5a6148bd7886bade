//! Shortens many warnings: similar ones are combined, and in compact form only titles and places are shown.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Diagnostics, Severity};

use super::diagnostic::{Style, harmless};

/// At most this many warnings of one title are shown one by one, unless their texts are equal.
const FEW: usize = 5;
/// Further places are counted.
const PLACES: usize = 5;

/// A diagnostic, and the warnings that are combined with it.
pub(super) struct Group<'d> {
    pub(super) first: &'d Diagnostic,
    pub(super) alike: Vec<&'d Diagnostic>,
}

/// Combines warnings of one title if there are many or their texts are equal, each group at the place of its first.
/// Errors are never combined.
pub(super) fn folded<'d>(ordered: &[&'d Diagnostic]) -> Vec<Group<'d>> {
    let mut titles: HashMap<&str, (usize, bool)> = HashMap::new();
    let mut details: HashMap<&str, &str> = HashMap::new();
    for one in ordered.iter().filter(|one| one.severity == Severity::Warning) {
        let (count, same) = titles.entry(&one.summary).or_insert((0, true));
        *count += 1;
        *same &= *details.entry(&one.summary).or_insert(&one.detail) == one.detail;
    }
    let folds = |one: &Diagnostic| {
        let (count, same) = titles.get(one.summary.as_str()).copied().unwrap_or((0, false));
        one.severity == Severity::Warning && (count > FEW || same && count > 1)
    };
    let mut all: Vec<Group<'d>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for one in ordered {
        if !folds(one) {
            all.push(Group { first: one, alike: Vec::new() });
            continue;
        }
        let place = *places.entry(&one.summary).or_insert(all.len());
        match all.get_mut(place) {
            Some(group) => group.alike.push(one),
            None => all.push(Group { first: one, alike: Vec::new() }),
        }
    }
    all
}

/// The text below the first of a group: only places if the texts are equal, else a line for each.
pub(super) fn alike(group: &Group<'_>, style: Style) -> String {
    let Some(last) = group.alike.len().checked_sub(1) else { return String::new() };
    if group.alike.iter().all(|one| one.detail == group.first.detail) {
        return match places(&group.alike) {
            Some(places) => format!("  The same at {places}.\n"),
            None => format!(
                "  The same {}.\n",
                if last == 0 { "once more".into() } else { format!("{} times more", last + 1) }
            ),
        };
    }
    let mut text = format!("  And {} more of this kind:\n", last + 1);
    for one in &group.alike {
        let place = place(one).map(|place| format!("{place}: ")).unwrap_or_default();
        let line = one.detail.lines().next().unwrap_or_default();
        text.push_str(&format!("  - {}\n", shortened(&format!("{place}{}", harmless(line)), style)));
    }
    text
}

/// Warnings as a list of titles, each with its places.
pub fn compact_warnings(diagnostics: &Diagnostics) -> String {
    let mut groups: Vec<(&str, Vec<&Diagnostic>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for one in super::diagnostic::ordered(diagnostics) {
        let group = *known.entry(&one.summary).or_insert(groups.len());
        match groups.get_mut(group) {
            Some((_, members)) => members.push(one),
            None => groups.push((&one.summary, vec![one])),
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut text = String::from("Warnings:\n");
    for (title, members) in &groups {
        let title = harmless(title);
        text.push_str(&match (places(members), members.len()) {
            (Some(places), _) => format!("- {title}: {places}\n"),
            (None, 1) => format!("- {title}\n"),
            (None, count) => format!("- {title} ({count} times)\n"),
        });
    }
    text.push_str("Without -compact-warnings they are shown in full.\n");
    text
}

/// `main.tf:3, main.tf:9 and 12 more places`.
fn places(members: &[&Diagnostic]) -> Option<String> {
    let mut places: Vec<String> = members.iter().filter_map(|one| place(one)).collect();
    places.dedup();
    let more = places.len().saturating_sub(PLACES);
    places.truncate(PLACES);
    let shown = places.join(", ");
    match more {
        0 if shown.is_empty() => None,
        0 => Some(shown),
        1 => Some(format!("{shown} and 1 more place")),
        more => Some(format!("{shown} and {more} more places")),
    }
}

fn place(one: &Diagnostic) -> Option<String> {
    let subject = one.subject.as_ref()?;
    Some(format!("{}:{}", harmless(subject.source.name()), subject.start().line))
}

/// As much of a line as fits beside its bullet.
fn shortened(line: &str, style: Style) -> String {
    let room = style.width.saturating_sub(4);
    if line.chars().count() <= room {
        return line.to_owned();
    }
    let kept: String = line.chars().take(room.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}
