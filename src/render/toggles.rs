//! Toggles: where each is on.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use serde_json::json;

use super::Style;
use super::short;
use super::table::{Cell, Column, Table, Tone};

/// Toggles as rows, environments as columns.
#[derive(Clone, Debug, Default)]
pub struct ToggleMatrix {
    pub environments: Vec<String>,
    pub rows: Vec<ToggleRow>,
}

#[derive(Clone, Debug)]
pub struct ToggleRow {
    pub name: String,
    pub description: Option<String>,
    /// By environment.
    pub on: BTreeMap<String, bool>,
    pub since: Date,
    pub retire_after: Option<Duration>,
    pub age: Age,
}

/// Whether a toggle should be retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It differs between environments, or still has time.
    Young,
    /// It is on everywhere.
    Settled,
    /// It has been on everywhere for longer than declared.
    Overdue,
}

impl ToggleMatrix {
    fn table(&self) -> Table {
        let mut columns = vec![Column::new("toggle")];
        columns.extend(self.environments.iter().map(|name| Column::new(Cell::code(name))));
        columns.extend(["since", "retire after", "note"].map(Column::new));
        let mut table = Table::new(columns);
        for row in &self.rows {
            let mut cells = vec![Cell::code(&row.name)];
            let on = |name: &String| row.on.get(name).map(|on| state(*on)).unwrap_or_default();
            cells.extend(self.environments.iter().map(on));
            cells.push(row.since.to_string().into());
            cells.push(row.retire_after.map(|after| short::period(after).into()).unwrap_or_default());
            cells.push(match row.age {
                Age::Young => row.description.as_deref().map(Cell::from).unwrap_or_default(),
                Age::Settled => Cell::from("on everywhere").tone(Tone::Faint),
                Age::Overdue => Cell::from("on everywhere: remove it").tone(Tone::Notable),
            });
            table.row(cells);
        }
        table
    }

    /// For a terminal.
    pub fn terminal(&self, style: Style) -> String {
        match self.rows.is_empty() {
            true => "There are no toggles.\n".to_owned(),
            false => self.table().terminal(style),
        }
    }

    /// As Markdown, without a heading.
    pub fn markdown(&self) -> String {
        match self.rows.is_empty() {
            true => "There are no toggles.\n".to_owned(),
            false => self.table().markdown(),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "name": row.name,
                "description": row.description,
                "on": row.on,
                "since": row.since.to_string(),
                "retire_after_seconds": row.retire_after.map(|after| after.as_secs()),
                "on_everywhere": row.age != Age::Young,
                "overdue": row.age == Age::Overdue,
            })
        });
        json!({ "environments": self.environments, "toggles": rows.collect::<Vec<_>>() })
    }
}

/// The cell for on or off.
pub(super) fn state(on: bool) -> Cell {
    match on {
        true => Cell::from("on").tone(Tone::Good),
        false => Cell::from("off").tone(Tone::Faint),
    }
}
