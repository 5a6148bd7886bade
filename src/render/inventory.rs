//! Which environments there are: a table for people at work, and the page for a new colleague.

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
    /// What previews are like, where there may be any.
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

/// One of them.
#[derive(Clone, Debug)]
pub struct EnvironmentRow {
    pub name: EnvironmentName,
    pub standing: Standing,
    pub description: Option<String>,
    pub tier: Option<&'static str>,
    /// Those that it extends, the nearest first.
    pub extends: Vec<String>,
    pub branch: Option<String>,
    pub owners: Vec<String>,
    /// In short words.
    pub protection: Vec<String>,
    /// None where the state cannot be read.
    pub holdings: Option<Holdings>,
    /// What was done last.
    pub last: Option<Revision>,
    pub prospect: Option<Outlook>,
}

/// Why an environment is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Declared,
    /// Made for a branch.
    Preview,
    /// It has a state, and nothing declares it any more.
    Undeclared,
}

/// What an environment has.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Instances by module and type; the root module has an empty name. Of data sources none.
    pub by_module: BTreeMap<String, BTreeMap<String, usize>>,
    pub outputs: Vec<String>,
}

/// What the last look at it found.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub when: String,
    pub add: usize,
    pub change: usize,
    pub destroy: usize,
    /// Changes of outputs and of the state alone.
    pub other: bool,
    /// Objects that somebody changed by hand.
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

    /// All modules together.
    fn by_type(&self) -> BTreeMap<&str, usize> {
        let mut types = BTreeMap::new();
        for (kind, count) in self.by_module.values().flatten() {
            *types.entry(kind.as_str()).or_default() += count;
        }
        types
    }
}

impl Outlook {
    fn changes(&self) -> String {
        let counts = [(self.add, "to add"), (self.change, "to change"), (self.destroy, "to destroy")];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        match (counts.is_empty(), self.other) {
            (true, true) => "outputs to change".to_owned(),
            (true, false) => "none".to_owned(),
            (false, _) => counts.join(", "),
        }
    }

    fn cell(&self, now: Timestamp) -> Cell {
        let pending = self.add + self.change + self.destroy > 0 || self.other;
        let tone = match (self.is_past, self.destroy > 0, pending) {
            (true, ..) | (_, _, false) => Tone::Faint,
            (_, true, _) => Tone::Bad,
            _ => Tone::Notable,
        };
        let mut cell = Cell::from(self.changes()).tone(tone);
        if let Some(drift) = self.drift.filter(|drift| *drift > 0) {
            cell = cell.and(Cell::from(format!("{drift} changed by hand")).tone(Tone::Notable));
        }
        let when = ago(&self.when, now);
        let when = if self.is_past { format!("{when}, before an edit") } else { when };
        cell.and(Cell::from(when).tone(Tone::Faint))
    }
}

impl Overview {
    /// For a terminal, at a time.
    pub fn terminal(&self, style: Style, now: Timestamp) -> String {
        let mut columns = vec![Column::new("environment"), Column::new("tier"), Column::new("branch")];
        columns.push(Column::number("resources"));
        columns.extend(["last change", "pending", "protection"].map(Column::new));
        let mut table = Table::new(columns);
        for row in &self.environments {
            table.row([
                row.title(),
                row.tier.map(Cell::from).unwrap_or_default(),
                row.branch.as_deref().map(Cell::code).unwrap_or_default(),
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
                row.protection
                    .iter()
                    .map(|rule| Cell::from(rule.as_str()))
                    .reduce(Cell::and)
                    .unwrap_or_default(),
            ]);
        }
        let mut text = table.terminal(style);
        if let Some(preview) = &self.preview {
            text.push_str(&format!("\n{}\n", preview.sentence(&self.environments)));
        }
        if self.environments.iter().any(|row| row.standing == Standing::Undeclared) {
            text.push_str("\nWhat is not declared any more still exists. To remove it, declare it again and destroy it.\n");
        }
        text
    }

    /// The page of what there is, as Markdown.
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
            Standing::Declared | Standing::Preview => name,
        }
    }

    fn json(&self) -> serde_json::Value {
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
            "protection": self.protection,
            "resources": resources,
            "outputs": holdings.map(|holdings| &holdings.outputs),
            "last_change": last,
            "pending": pending,
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

fn last_change(last: &Revision, now: Timestamp) -> Cell {
    let commit =
        last.commit.as_deref().map(|commit| format!(" from {}", commit_id(commit))).unwrap_or_default();
    let what = last.what.split(' ').next().unwrap_or_default();
    Cell::from(format!("{what} {}", ago(&last.when, now)))
        .and(Cell::from(format!("by {}{commit}", last.who)).tone(Tone::Faint))
}

/// As many digits as people read; what follows them, that the tree was not clean, stays.
fn commit_id(commit: &str) -> String {
    let digits = commit.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(commit.len());
    let (id, rest) = commit.split_at(digits);
    format!("{}{rest}", id.get(..7).unwrap_or(id))
}

/// "3 resources"
fn resources(count: usize) -> String {
    counted(count as u64, "resource")
}
