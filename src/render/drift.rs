//! Drift: a table and Markdown for people, JSON for programs.

use serde_json::{Value as Json, json};

use crate::diag::{Diagnostics, Severity};
use crate::plan::{Action, PartAction, Plan};

use super::comment::{Fold, LONGEST, folded, opening, short};
use super::diagnostic::Style;
use super::environments::{Standing, counted, errors};
use super::markdown;
use super::table::{Cell, Column, Table, Tone};
use super::terminal::{difference_changes, terminal_changes};
use super::view::{Counts, DriftView, PartView, drift_view};

/// The outcome of a search for drift in one environment.
#[derive(Clone, Debug)]
pub struct EnvironmentDrift {
    pub environment: String,
    /// `Changes` if there is drift.
    pub standing: Standing,
    /// Whether nothing was ever applied in it.
    pub is_new: bool,
    pub view: Option<DriftView>,
    pub diagnostics: Diagnostics,
}

impl EnvironmentDrift {
    /// From a plan without targets, and whether somebody else held the state lock.
    pub fn of(environment: &str, plan: Option<&Plan>, diagnostics: Diagnostics, locked: bool) -> Self {
        let view = plan.map(drift_view);
        let standing = match &view {
            _ if locked => Standing::Locked,
            Some(view) if !diagnostics.has_errors() => match view.changes.is_empty() {
                true => Standing::Unchanged,
                false => Standing::Changes,
            },
            _ => Standing::Failed,
        };
        let is_new =
            plan.is_some_and(|plan| plan.origin.lineage.is_empty()) && standing == Standing::Unchanged;
        Self { environment: environment.to_owned(), standing, is_new, view, diagnostics }
    }

    /// The word for programs; it must never change.
    fn word(&self) -> &'static str {
        match self.standing {
            Standing::Changes => "drift",
            Standing::Unchanged if self.is_new => "never applied",
            Standing::Unchanged => "no drift",
            fault => fault.word(),
        }
    }

    fn says(&self) -> String {
        match self.standing {
            Standing::Failed => format!("failed: {}", counted(errors(&self.diagnostics), "error")),
            _ => self.word().to_owned(),
        }
    }

    fn counts(&self) -> (usize, usize) {
        self.view.as_ref().map_or((0, 0), |view| (view.changed, view.gone))
    }

    /// Everything there is to say of one environment. Ends with a newline.
    pub fn terminal(&self, style: Style) -> String {
        let Some(view) = &self.view else { return String::new() };
        let mut text = terminal_changes(&view.changes, style);
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&match view.changes.is_empty() {
            _ if self.is_new => format!("Nothing was applied in {} yet.\n", self.environment),
            true if self.standing.is_fault() => {
                format!("{} was not looked at completely.\n", self.environment)
            }
            true => format!("No drift: {} is as it was left.\n", self.environment),
            false => {
                format!("Drift: {} in {} since the last apply.\n", found(view), self.environment)
            }
        });
        if let Some(pending) = pending(view).filter(|_| !self.standing.is_fault()) {
            text.push_str(&format!("{pending}: terrace plan -e {}\n", self.environment));
        }
        text
    }
}

/// "1 object changed, 2 objects gone"
fn found(view: &DriftView) -> String {
    let counts = [(view.changed, "changed"), (view.gone, "gone")];
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, how)| format!("{} {how}", counted(*count, "object"))).collect();
    match view.parts {
        0 => told.join(", "),
        parts => format!("{} ({} inside)", told.join(", "), counted(parts, "part")),
    }
}

/// What the configuration would change, only as counts.
fn pending(view: &DriftView) -> Option<String> {
    let said = |counts: Counts| {
        let all = [
            (counts.create, "to add"),
            (counts.update, "to change"),
            (counts.replaced(), "to replace"),
            (counts.delete, "to destroy"),
        ];
        let told = all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join(", "))
    };
    Some(match (said(view.undoing), said(view.besides)) {
        (Some(undoing), None) => format!("The configuration would undo it ({undoing})"),
        (None, Some(besides)) => format!("Apart from that the configuration has {besides}"),
        (Some(undoing), Some(besides)) => {
            format!("The configuration would undo it ({undoing}) and has apart from that {besides}")
        }
        (None, None) => return None,
    })
}

/// One row per environment.
pub fn drift_table(drifts: &[EnvironmentDrift]) -> Table {
    // Rare columns are only shown if they are needed.
    let parts = |drift: &EnvironmentDrift| drift.view.as_ref().map_or(0, |view| view.parts);
    let has_parts = drifts.iter().any(|drift| parts(drift) > 0);
    let columns = [
        Some(Column::new("environment")),
        Some(Column::number("changed")),
        has_parts.then(|| Column::number("parts")),
        Some(Column::number("gone")),
        Some(Column::number("pending")),
        Some(Column::new("status")),
    ];
    let mut table = Table::new(columns.into_iter().flatten());
    for drift in drifts {
        let (changed, gone) = drift.counts();
        let number = |count: usize, tone: Tone| match count {
            _ if drift.standing.is_fault() => Cell::default(),
            0 => Cell::from("0").tone(Tone::Faint),
            some => Cell::from(some.to_string()).tone(tone),
        };
        let pending = drift.view.as_ref().map_or(0, |view| all(view.undoing) + all(view.besides));
        let tone = match drift.standing {
            Standing::Unchanged => Tone::Faint,
            Standing::Changes => Tone::Notable,
            Standing::Locked | Standing::Failed => Tone::Bad,
        };
        let cells = [
            Some(Cell::code(&drift.environment)),
            Some(number(changed, Tone::Notable)),
            has_parts.then(|| number(parts(drift), Tone::Notable)),
            Some(number(gone, Tone::Bad)),
            Some(number(pending, Tone::Plain)),
            Some(Cell::from(drift.says()).tone(tone)),
        ];
        table.row(cells.into_iter().flatten());
    }
    table
}

fn all(counts: Counts) -> usize {
    counts.create + counts.update + counts.replaced() + counts.delete
}

/// One JSON object for all. Without values: only addresses and the names of attributes are given, so it cannot contain
/// a secret.
pub fn drift_json(drifts: &[EnvironmentDrift]) -> String {
    let forms: Vec<Json> = drifts.iter().map(form).collect();
    let answer = json!({ "format_version": "1.0", "environments": forms });
    format!("{answer:#}\n")
}

fn part_form(part: &PartView) -> Json {
    let what = match part.action {
        PartAction::Remove => "gone",
        PartAction::Add | PartAction::Import => "added",
        _ => "changed",
    };
    let properties: Vec<&str> = part.properties.iter().map(|property| property.path.as_str()).collect();
    json!({ "name": part.name, "type": part.kind, "what": what, "properties": properties })
}

fn form(drift: &EnvironmentDrift) -> Json {
    let (changed, gone) = drift.counts();
    let objects = drift.view.iter().flat_map(|view| &view.changes).map(|change| {
        let mut form = json!({
            "address": change.address.to_string(),
            "type": &*change.address.resource.kind,
            "what": if change.action == Action::Delete { "gone" } else { "changed" },
        });
        if let Some(parts) = &change.parts
            && let Some(fields) = form.as_object_mut()
        {
            fields.insert("parts".into(), parts.parts.iter().map(part_form).collect());
        }
        form
    });
    let counts = |counts: Counts| {
        json!({
            "add": counts.create,
            "change": counts.update,
            "replace": counts.replaced(),
            "destroy": counts.delete,
        })
    };
    let faults = drift.diagnostics.iter().map(|fault| {
        json!({
            "severity": if fault.severity == Severity::Error { "error" } else { "warning" },
            "summary": fault.summary,
            "detail": fault.detail,
            "address": fault.address,
        })
    });
    let view = drift.view.as_ref();
    json!({
        "environment": drift.environment,
        "status": drift.word(),
        "changed": changed,
        "gone": gone,
        "objects": objects.collect::<Vec<_>>(),
        "pending": {
            "undoing_drift": counts(view.map(|view| view.undoing).unwrap_or_default()),
            "besides": counts(view.map(|view| view.besides).unwrap_or_default()),
        },
        "diagnostics": faults.collect::<Vec<_>>(),
    })
}

/// The text of an issue or a message: what drifted where, and each difference folded.
pub fn drift_comment(project: Option<&str>, drifts: &[EnvironmentDrift]) -> String {
    let mut text = opening("drift", project, drifts.iter().map(|drift| &*drift.environment));
    let drifted = drifts.iter().filter(|drift| drift.standing == Standing::Changes).count();
    let failed = drifts.iter().filter(|drift| drift.standing.is_fault()).count();
    let mut said = Vec::new();
    match drifted {
        0 if failed == 0 => said.push("No drift: everything is as it was left.".to_owned()),
        0 => {}
        some => said.push(format!("⚠️ **Changed by hand: {}.**", counted(some, "environment"))),
    }
    if failed > 0 {
        said.push(format!("❌ **{} could not be looked at.**", counted(failed, "environment")));
    }
    text.extend([&*said.join(" "), "\n\n"]);
    let table = drift_table(drifts).markdown();
    text.push_str(if table.len() < LONGEST / 2 {
        &table
    } else {
        "There are too many environments for a table.\n"
    });
    text.push('\n');
    let folds = drifts.iter().filter_map(|drift| {
        let view = drift.view.as_ref().filter(|view| !view.changes.is_empty())?;
        let command = format!("terrace drift -e {}", drift.environment);
        let mut text = difference_changes(&view.changes);
        text.extend(pending(view).map(|pending| format!("\n{pending}.\n")));
        let summary = found(view);
        Some(Fold { environment: short(&drift.environment), summary, text, command })
    });
    text.push_str(&folded(&folds.collect::<Vec<_>>(), LONGEST.saturating_sub(text.len())));
    for drift in drifts.iter().filter(|drift| drift.standing.is_fault()) {
        let first = drift.diagnostics.iter().find(|fault| fault.severity == Severity::Error);
        let title = first.map_or("failed", |fault| &fault.summary);
        let line =
            format!("- {}: {}\n", markdown::code(&short(&drift.environment)), markdown::text(&short(title)));
        if text.len() + line.len() < LONGEST {
            text.push_str(&line);
        }
    }
    text
}
