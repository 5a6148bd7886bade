//! The values that environments set: one environment in detail, and many side by side.

use serde_json::{Map, json};

use crate::address::EnvironmentName;
use crate::environment::Difference;
use crate::value::{Mark, Value};

use super::Style;
use super::json::Plain;
use super::short::short;
use super::table::{Cell, Column, Table, Tone};

/// A variable's value in one environment.
#[derive(Clone, Debug)]
pub enum Given {
    Value(Value),
    /// A secret, with its place: `env NAME`.
    Secret(String),
    /// No value and no default.
    Nothing,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct From {
    /// One word for programs; it must never change.
    pub kind: &'static str,
    /// The same for people.
    pub what: String,
    /// The file and line, if there is one.
    pub place: Option<(String, usize)>,
}

/// Parameters as rows, environments as columns.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    pub environments: Vec<EnvironmentName>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Clone, Debug)]
pub struct MatrixRow {
    pub name: String,
    pub kind: ParameterKind,
    /// The declared reason for the difference.
    pub reason: Option<String>,
    pub description: Option<String>,
    /// One for each environment, in order.
    pub cells: Vec<Given>,
    pub differs: bool,
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// It has a `parameter` block.
    Declared(Option<Difference>),
    /// The name of the environment, or a value made of it.
    Name,
    /// The value depends on a toggle.
    Toggle,
    /// A secret, of which only the place is known.
    Secret,
    /// A variable of a service, whose keys are the same everywhere.
    Service,
    Undeclared,
}

impl Given {
    /// As a table cell.
    pub(super) fn cell(&self) -> Cell {
        match self {
            Self::Value(value) if value.marks().contains(&Mark::Sensitive) => {
                Cell::from("(sensitive)").tone(Tone::Faint)
            }
            Self::Value(value) => Cell::code(short(value)),
            Self::Secret(place) => Cell::from(format!("(secret from {place})")).tone(Tone::Faint),
            Self::Nothing => Cell::from("(no value)").tone(Tone::Bad),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Value(value) if value.has_mark_deep(&Mark::Sensitive) => json!({ "sensitive": true }),
            Self::Value(value) => json!({ "value": Plain(value) }),
            Self::Secret(place) => json!({ "secret": place, "sensitive": true }),
            Self::Nothing => json!({}),
        }
    }
}

impl From {
    pub(super) fn text(&self) -> String {
        match &self.place {
            Some((file, line)) => format!("{} ({file}:{line})", self.what),
            None => self.what.clone(),
        }
    }

    fn json(&self) -> serde_json::Value {
        let (file, line) = self.place.clone().unzip();
        json!({ "kind": self.kind, "text": self.what, "file": file, "line": line })
    }
}

impl ParameterKind {
    fn word(self) -> &'static str {
        match self {
            Self::Declared(Some(difference)) => difference.word(),
            Self::Declared(None) => "decides",
            Self::Name => "identity",
            Self::Toggle => "toggle",
            Self::Secret => "secret",
            Self::Service => "service",
            Self::Undeclared => "undeclared",
        }
    }
}

impl MatrixRow {
    /// The difference in words.
    fn difference(&self) -> (&'static str, Tone) {
        match (self.differs, self.kind) {
            (true, ParameterKind::Undeclared) => ("undeclared", Tone::Notable),
            (true, kind) => (kind.word(), Tone::Plain),
            (false, _) => ("same", Tone::Faint),
        }
    }

    fn is_undeclared(&self) -> bool {
        self.differs && self.kind == ParameterKind::Undeclared
    }
}

impl Matrix {
    fn table(&self) -> Table {
        let environments = self.environments.iter().map(|name| Column::new(Cell::code(name.as_str())));
        let mut columns = vec![Column::new("parameter")];
        columns.extend(environments);
        columns.extend([Column::new("differs")]);
        let has_reasons = self.rows.iter().any(|row| row.reason.is_some());
        columns.extend(has_reasons.then(|| Column::new("why")));
        let mut table = Table::new(columns);
        for row in &self.rows {
            let (word, tone) = row.difference();
            let values = row.cells.iter().map(|given| match row.differs {
                true => given.cell(),
                false => given.cell().tone(Tone::Faint),
            });
            let mut cells = vec![Cell::code(&row.name)];
            cells.extend(values);
            cells.push(Cell::from(word).tone(tone));
            cells.push(row.reason.as_deref().map(Cell::from).unwrap_or_default());
            table.row(cells);
        }
        table
    }

    /// For a terminal.
    pub fn terminal(&self, style: Style) -> String {
        if self.rows.is_empty() {
            return match self.environments.len() {
                0 | 1 => "There are no parameters.\n".to_owned(),
                _ => format!("Nothing differs between {}.\n", self.names()),
            };
        }
        self.table().terminal(style) + &self.hint("\n", "  ")
    }

    /// As Markdown, without a heading.
    pub fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return "Nothing differs.\n".to_owned();
        }
        let hint = self.undeclared();
        let mut text = self.table().markdown();
        if !hint.is_empty() {
            text.push_str("\nWhat differs without being declared would be declared so:\n\n");
            text.push_str(&super::markdown::fenced("hcl", &hint.join("\n")));
        }
        text
    }

    pub fn json(&self) -> serde_json::Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.environments.iter().zip(&row.cells);
            let values: Map<String, serde_json::Value> =
                cells.map(|(name, given)| (name.as_str().to_owned(), given.json())).collect();
            json!({
                "name": row.name,
                "kind": row.kind.word(),
                "differs": row.differs,
                "declared": row.kind != ParameterKind::Undeclared,
                "reason": row.reason,
                "description": row.description,
                "values": values,
            })
        });
        let environments: Vec<&str> = self.environments.iter().map(EnvironmentName::as_str).collect();
        json!({ "environments": environments, "parameters": rows.collect::<Vec<_>>() })
    }

    /// The lines that would declare what is undeclared.
    fn undeclared(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|row| row.is_undeclared());
        rows.map(|row| format!("parameter \"{}\" {{ differs = \"scale\" }}", row.name)).collect()
    }

    fn hint(&self, before: &str, indent: &str) -> String {
        let lines = self.undeclared();
        if lines.is_empty() {
            return String::new();
        }
        let lines: String = lines.iter().map(|line| format!("{indent}{line}\n")).collect();
        format!("{before}Undeclared: say in which way it may differ (scale, identity, external):\n{lines}")
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.environments.iter().map(EnvironmentName::as_str).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
            None => "no environments".to_owned(),
        }
    }
}

/// One environment with all its values.
#[derive(Clone, Debug)]
pub struct EnvironmentDetail {
    pub name: EnvironmentName,
    pub description: Option<String>,
    pub tier: Option<&'static str>,
    /// The environments that it extends, nearest first.
    pub extends: Vec<String>,
    pub branch: Option<String>,
    pub owners: Vec<String>,
    pub protection: Vec<String>,
    pub variables: Vec<Held>,
    pub toggles: Vec<(String, bool)>,
    /// Services with their variables.
    pub services: Vec<(String, Vec<Held>)>,
}

/// A variable with its value and where it comes from.
#[derive(Clone, Debug)]
pub struct Held {
    pub name: String,
    pub given: Given,
    pub from: From,
}

impl EnvironmentDetail {
    /// For a terminal.
    pub fn terminal(&self, style: Style) -> String {
        let mut text = style.toned(self.name.as_str(), Tone::Strong) + "\n";
        if let Some(description) = &self.description {
            text.push_str(&format!("  {}\n", super::markdown::one_line(description)));
        }
        let list = |items: &[String], between: &str| (!items.is_empty()).then(|| items.join(between));
        let facts = [
            ("tier", self.tier.map(str::to_owned)),
            ("extends", list(&self.extends, " -> ")),
            ("branch", self.branch.clone()),
            ("owners", list(&self.owners, ", ")),
            ("protection", list(&self.protection, ", ")),
        ];
        for (name, fact) in facts {
            if let Some(fact) = fact {
                let options = textwrap::Options::new(style.width).subsequent_indent("              ");
                let line = format!("  {name:<12}{}", super::markdown::one_line(&fact));
                text.push_str(&(textwrap::fill(&line, options) + "\n"));
            }
        }
        if !self.variables.is_empty() {
            text.push('\n');
            text.push_str(&held("variable", &self.variables).terminal(style));
        }
        if !self.toggles.is_empty() {
            let mut table = Table::new(["toggle", ""].map(Column::new));
            for (name, on) in &self.toggles {
                table.row([Cell::code(name), super::toggles::state(*on)]);
            }
            text.push('\n');
            text.push_str(&table.terminal(style));
        }
        for (service, variables) in &self.services {
            text.push('\n');
            text.push_str(&held(&format!("for {service}"), variables).terminal(style));
        }
        text
    }

    pub fn json(&self) -> serde_json::Value {
        let all = |variables: &[Held]| {
            let entries = variables.iter().map(|held| {
                let mut entry = held.given.json();
                if let Some(entry) = entry.as_object_mut() {
                    entry.insert("from".to_owned(), held.from.json());
                }
                (held.name.clone(), entry)
            });
            serde_json::Value::Object(entries.collect())
        };
        let services: Map<String, serde_json::Value> =
            self.services.iter().map(|(name, variables)| (name.clone(), all(variables))).collect();
        let toggles: Map<String, serde_json::Value> =
            self.toggles.iter().map(|(name, on)| (name.clone(), json!(on))).collect();
        json!({
            "name": self.name.as_str(),
            "description": self.description,
            "tier": self.tier,
            "extends": self.extends,
            "branch": self.branch,
            "owners": self.owners,
            "protection": self.protection,
            "variables": all(&self.variables),
            "toggles": toggles,
            "services": services,
        })
    }
}

fn held(what: &str, variables: &[Held]) -> Table {
    let mut table = Table::new([Column::new(what), Column::new("value"), Column::new("from")]);
    for held in variables {
        let tone = if held.from.kind == "default" { Tone::Faint } else { Tone::Plain };
        table.row([Cell::code(&held.name), held.given.cell(), Cell::from(held.from.text()).tone(tone)]);
    }
    table
}
