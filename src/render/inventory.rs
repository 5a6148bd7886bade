//! The list of environments: a table for daily work, and a page for a new colleague.

mod page;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::address::EnvironmentName;
use crate::port::Revision;

use super::Style;
use super::parameters::Matrix;
use super::short::{self, ago, counted};
use super::table::{Cell, Column, Table, Tone};
use super::toggles::ToggleMatrix;

/// A project's environments.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    pub project: Option<String>,
    pub description: Option<String>,
    pub environments: Vec<EnvironmentRow>,
    /// The settings for previews, if the project has any.
    pub preview: Option<PreviewRule>,
    pub sizes: Matrix,
    pub toggles: ToggleMatrix,
}

#[derive(Clone, Debug)]
pub struct PreviewRule {
    pub extends: String,
    pub ttl: Duration,
    pub limit: Option<u64>,
}

/// One environment.
#[derive(Clone, Debug)]
pub struct EnvironmentRow {
    pub name: EnvironmentName,
    pub standing: Standing,
    pub description: Option<String>,
    pub tier: Option<&'static str>,
    /// The environments that it extends, nearest first.
    pub extends: Vec<String>,
    pub branch: Option<String>,
    pub owners: Vec<String>,
    pub protection: Vec<Protection>,
    /// None if the state cannot be read.
    pub holdings: Option<Holdings>,
    /// The last revision.
    pub last: Option<Revision>,
    pub prospect: Option<Outlook>,
    /// When a preview expires.
    pub expires: Option<String>,
}

/// Why an environment is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Declared,
    /// It is a preview.
    Preview,
    /// It has a state, but is no longer declared.
    Undeclared,
}

/// A rule that protects an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The kind in one word.
    pub short: &'static str,
    pub long: String,
}

/// The resources that an environment has.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The number of managed instances by module and type; the root module has an empty name.
    pub by_module: BTreeMap<String, BTreeMap<String, usize>>,
    pub outputs: Vec<String>,
}

/// What the last plan found.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub when: String,
    pub add: usize,
    pub change: usize,
    pub destroy: usize,
    /// Changes of outputs or of the state only.
    pub other: bool,
    /// The number of objects changed outside.
    pub drift: Option<usize>,
    /// Whether the files or the state have changed since.
    pub is_past: bool,
}

impl Standing {
    fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Preview => "preview",
            Self::Undeclared => "undeclared",
        }
    }
}

impl Holdings {
    pub fn instances(&self) -> usize {
        self.by_module.values().flat_map(BTreeMap::values).sum()
    }

    /// The numbers of all modules together.
    fn by_type(&self) -> BTreeMap<&str, usize> {
        let mut types = BTreeMap::new();
        for (kind, count) in self.by_module.values().flatten() {
            *types.entry(kind.as_str()).or_default() += count;
        }
        types
    }
}

impl Outlook {
    /// What is pending, and as of when.
    fn cell(&self, now: Timestamp) -> Cell {
        let tone = |tone| if self.is_past { Tone::Faint } else { tone };
        let counts = [
            (self.add, "to add", Tone::Notable),
            (self.change, "to change", Tone::Notable),
            (self.destroy, "to destroy", Tone::Bad),
        ];
        let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
        let counts = counts.map(|(count, what, ink)| Cell::from(format!("{count} {what}")).tone(tone(ink)));
        let pending = counts.reduce(Cell::and).unwrap_or_else(|| match self.other {
            true => Cell::from("outputs").tone(tone(Tone::Notable)),
            false => Cell::from("none").tone(Tone::Faint),
        });
        let drift = self.drift.filter(|drift| *drift > 0);
        let drift = drift.map(|drift| Cell::from(format!("{drift} by hand")).tone(tone(Tone::Notable)));
        let past = self.is_past.then(|| Cell::from("before an edit").tone(Tone::Faint));
        let when = Cell::from(ago(&self.when, now)).tone(Tone::Faint);
        [drift, Some(when), past].into_iter().flatten().fold(pending, Cell::and)
    }
}

impl Overview {
    /// As a table for a terminal; `now` is needed for relative times.
    pub fn terminal(&self, style: Style, now: Timestamp) -> String {
        let mut columns = vec![Column::new("environment"), Column::new("tier"), Column::new("branch")];
        columns.push(Column::number("resources"));
        columns.extend(["last change", "pending", "protection"].map(Column::new));
        let mut table = Table::new(columns);
        for row in &self.environments {
            table.row([
                row.title(),
                row.tier.map(Cell::from).unwrap_or_default(),
                row.branch.as_deref().map(|branch| Cell::code(short::middle(branch))).unwrap_or_default(),
                match &row.holdings {
                    Some(holdings) => Cell::from(holdings.instances().to_string()),
                    None => Cell::from("unreadable").tone(Tone::Bad),
                },
                row.last
                    .as_ref()
                    .map_or_else(|| Cell::from("never").tone(Tone::Faint), |last| last_change(last, now)),
                row.prospect
                    .as_ref()
                    .map_or_else(|| Cell::from("not known").tone(Tone::Faint), |seen| seen.cell(now)),
                Cell::from(row.kinds_of_protection()),
            ]);
        }
        let mut text = table.terminal(style);
        if let Some(preview) = &self.preview {
            text.push('\n');
            text.push_str(&style.prose(&preview.sentence(&self.environments)));
        }
        let undeclared = self.environments.iter().find(|row| row.standing == Standing::Undeclared);
        if let Some(row) = undeclared {
            let hint = format!(
                "To keep or to destroy what is not declared, declare it: environment \"{}\" {{}}",
                row.name
            );
            text.push('\n');
            text.push_str(&style.prose(&hint));
        }
        text
    }

    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        page::page(self)
    }

    pub fn json(&self) -> serde_json::Value {
        let environments: Vec<serde_json::Value> =
            self.environments.iter().map(EnvironmentRow::json).collect();
        let preview = self.preview.as_ref().map(|preview| {
            json!({ "extends": preview.extends, "ttl_seconds": preview.ttl.as_secs(), "limit": preview.limit })
        });
        json!({
            "format_version": "1.0",
            "project": self.project,
            "description": self.description,
            "environments": environments,
            "preview": preview,
            "sizes": self.sizes.json(),
        })
    }
}

impl EnvironmentRow {
    fn title(&self) -> Cell {
        let name = Cell::code(self.name.as_str());
        match self.standing {
            Standing::Undeclared => name.and(Cell::from("not declared").tone(Tone::Notable)),
            Standing::Declared | Standing::Preview => match &self.expires {
                Some(when) => name.and(Cell::from(format!("until {}", short::day(when))).tone(Tone::Faint)),
                None => name,
            },
        }
    }

    /// "confirm, keeps 2, windows"
    fn kinds_of_protection(&self) -> String {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for rule in &self.protection {
            match kinds.iter_mut().find(|(kind, _)| *kind == rule.short) {
                Some((_, count)) => *count += 1,
                None => kinds.push((rule.short, 1)),
            }
        }
        let kinds = kinds.into_iter().map(|(kind, count)| match kind {
            "keeps" => format!("keeps {count}"),
            _ => kind.to_owned(),
        });
        kinds.collect::<Vec<_>>().join(", ")
    }

    fn json(&self) -> serde_json::Value {
        let protection: Vec<&str> = self.protection.iter().map(|rule| rule.long.as_str()).collect();
        let holdings = self.holdings.as_ref();
        let resources = holdings.map(|holdings| {
            json!({
                "total": holdings.instances(),
                "by_type": holdings.by_type(),
                "by_module": holdings.by_module,
            })
        });
        let last = self.last.as_ref().map(|last| {
            json!({
                "serial": last.serial,
                "when": last.when,
                "who": last.who,
                "what": last.what,
                "commit": last.commit,
                "created": last.created,
                "updated": last.updated,
                "deleted": last.deleted,
            })
        });
        let pending = self.prospect.as_ref().map(|seen| {
            json!({
                "when": seen.when,
                "add": seen.add,
                "change": seen.change,
                "destroy": seen.destroy,
                "other": seen.other,
                "drift": seen.drift,
                "outdated": seen.is_past,
            })
        });
        json!({
            "name": self.name.as_str(),
            "standing": self.standing.word(),
            "description": self.description,
            "tier": self.tier,
            "extends": self.extends,
            "branch": self.branch,
            "owners": self.owners,
            "protection": protection,
            "resources": resources,
            "outputs": holdings.map(|holdings| &holdings.outputs),
            "last_change": last,
            "pending": pending,
            "expires": self.expires,
        })
    }
}

impl PreviewRule {
    fn sentence(&self, environments: &[EnvironmentRow]) -> String {
        let there = environments.iter().filter(|row| row.standing == Standing::Preview).count();
        let limit = self.limit.map(|limit| format!(" of at most {limit}")).unwrap_or_default();
        format!(
            "Previews are made like {} and go {} after their last new commit; there {} {there}{limit}.",
            self.extends,
            short::period(self.ttl),
            if there == 1 { "is" } else { "are" }
        )
    }
}

/// "apply 2 h ago", and by whom from which commit.
fn last_change(last: &Revision, now: Timestamp) -> Cell {
    // Of these commands, the second word says which one it was.
    let group = last.what.split_once(' ').map(|(first, _)| first);
    let words = if group.is_some_and(|first| ["preview", "state", "take"].contains(&first)) { 2 } else { 1 };
    let what = last.what.split(' ').take(words).collect::<Vec<_>>().join(" ");
    // The machine is in the history.
    let who = last.who.split('@').next().unwrap_or_default();
    let commit = last.commit.as_deref().map(|commit| format!(", {}", commit_id(commit)));
    let by = format!("{who}{}", commit.unwrap_or_default());
    Cell::from(format!("{what} {}", ago(&last.when, now))).and(Cell::from(by).tone(Tone::Faint))
}

/// Shortens a commit hash; a mark of uncommitted changes stays.
fn commit_id(commit: &str) -> String {
    let digits = commit.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(commit.len());
    let (id, rest) = commit.split_at(digits);
    format!("{}{rest}", id.get(..7).unwrap_or(id))
}

/// "3 resources"
fn resources(count: usize) -> String {
    counted(count as u64, "resource")
}

#[cfg(test)]
mod tests;
