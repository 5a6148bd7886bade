//! Several environments side by side: the outcome of each in a line, and one table for all.

use serde_json::{Value as Json, json};

use crate::diag::{Diagnostics, Severity};
use crate::plan::{Mode, Plan};

use super::diagnostic::Style;
use super::json::inside;
use super::table::{Cell, Column, Table, Tone};
use super::view::{Counts, PlanView, plan_view};

/// The width of a heading.
const WIDEST: usize = 78;

/// The outcome of planning one environment.
#[derive(Clone, Debug)]
pub struct EnvironmentPlan {
    pub environment: String,
    pub standing: Standing,
    pub counts: Counts,
    /// The number of objects that were changed outside, if the plan is about that.
    pub found: usize,
    /// Whether protection from destruction changes.
    pub protects: bool,
    /// None if there is no plan, or it is not to be shown.
    pub view: Option<PlanView>,
    pub diagnostics: Diagnostics,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Unchanged,
    Changes,
    /// Somebody else holds its state lock.
    Locked,
    Failed,
}

impl Standing {
    /// The word for programs; it must never change.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "no changes",
            Self::Changes => "changes",
            Self::Locked => "locked",
            Self::Failed => "failed",
        }
    }

    pub fn is_fault(self) -> bool {
        matches!(self, Self::Locked | Self::Failed)
    }

    fn tone(self) -> Tone {
        match self {
            Self::Unchanged => Tone::Faint,
            Self::Changes => Tone::Notable,
            Self::Locked | Self::Failed => Tone::Bad,
        }
    }
}

impl EnvironmentPlan {
    /// From a plan, and whether somebody else held the state lock. With `shown`, keeps the view of the plan.
    pub fn of(
        environment: &str,
        plan: Option<&Plan>,
        diagnostics: Diagnostics,
        (locked, shown): (bool, bool),
    ) -> Self {
        let standing = match plan {
            _ if locked => Standing::Locked,
            Some(plan) if !diagnostics.has_errors() && plan.has_changes() => Standing::Changes,
            Some(_) if !diagnostics.has_errors() => Standing::Unchanged,
            _ => Standing::Failed,
        };
        let refreshing = plan.filter(|plan| plan.options.mode == Mode::RefreshOnly);
        Self {
            environment: environment.to_owned(),
            standing,
            counts: plan.map(Counts::of).unwrap_or_default(),
            protects: plan.is_some_and(|plan| !plan.protection.is_empty()),
            found: refreshing.map_or(0, |plan| plan.drift.len()),
            view: plan.filter(|_| shown).map(plan_view),
            diagnostics,
        }
    }

    /// The outcome in a few words.
    pub(super) fn says(&self) -> String {
        match self.standing {
            Standing::Failed => format!("failed: {}", counted(errors(&self.diagnostics), "error")),
            Standing::Changes if self.found > 0 => {
                format!("{} changed outside", counted(self.found, "object"))
            }
            Standing::Changes if self.counts == Counts::default() && self.protects => {
                "changes to protection".to_owned()
            }
            // Outputs have no column of their own.
            Standing::Changes if self.counts == Counts::default() => "changes to outputs only".to_owned(),
            standing => standing.word().to_owned(),
        }
    }
}

/// Whether an environment can be planned, as far as its inputs are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentVerdict {
    pub environment: String,
    pub errors: usize,
    pub warnings: usize,
}

/// One row each.
pub fn verdicts_table(verdicts: &[EnvironmentVerdict]) -> Table {
    let has_warnings = verdicts.iter().any(|verdict| verdict.warnings > 0);
    let warnings = has_warnings.then(|| Column::number("warnings"));
    let columns = [Column::new("environment"), Column::new("status"), Column::number("errors")];
    let mut table = Table::new(columns.into_iter().chain(warnings));
    for verdict in verdicts {
        let number = |count: usize, tone| match count {
            0 => Cell::from("0").tone(Tone::Faint),
            some => Cell::from(some.to_string()).tone(tone),
        };
        let status = match verdict.errors {
            0 => Cell::from("valid").tone(Tone::Good),
            _ => Cell::from("invalid").tone(Tone::Bad),
        };
        let name = Cell::code(&verdict.environment);
        table.row([name, status, number(verdict.errors, Tone::Bad), number(verdict.warnings, Tone::Notable)]);
    }
    table
}

/// The heading of one environment's part. Ends with a newline.
pub fn environment_heading(name: &str, style: Style) -> String {
    let rule = if style.unicode { "━" } else { "=" };
    let taken = name.chars().count() + 4;
    let rest = style.width.min(WIDEST).saturating_sub(taken).max(2);
    style.toned(&format!("{} {name} {}", rule.repeat(2), rule.repeat(rest)), Tone::Strong) + "\n"
}

/// A column of numbers: its heading, and what it counts.
type CountColumn = (&'static str, fn(&Counts) -> usize);

/// Nested changes: how many parts are or may be lost, and how many of them hold data.
const PARTS_LOST: &str = "parts lost";
const DATA_LOST: &str = "data lost";

/// One row each.
pub fn environments_table(plans: &[EnvironmentPlan]) -> Table {
    let has = |count: fn(&Counts) -> usize| plans.iter().any(|plan| count(&plan.counts) > 0);
    let mut columns: Vec<CountColumn> = vec![
        ("add", |counts| counts.create),
        ("change", |counts| counts.update),
        ("replace", |counts| counts.replaced()),
        ("destroy", |counts| counts.delete),
    ];
    // Rare columns are only shown if they are needed.
    let rare: [CountColumn; 6] = [
        (DATA_LOST, |counts| counts.parts.data),
        (PARTS_LOST, |counts| counts.parts.lost),
        ("import", |counts| counts.import),
        ("forget", |counts| counts.forget),
        ("move", |counts| counts.moved),
        ("read", |counts| counts.read),
    ];
    columns.extend(rare.into_iter().filter(|(_, count)| has(*count)));
    let numbers = columns.iter().map(|(name, _)| Column::number(*name));
    let mut table =
        Table::new([Column::new("environment")].into_iter().chain(numbers).chain([Column::new("status")]));
    for plan in plans {
        let number = |(name, count): &CountColumn| match count(&plan.counts) {
            _ if plan.standing.is_fault() => Cell::default(),
            0 => Cell::from("0").tone(Tone::Faint),
            lost if matches!(*name, "replace" | "destroy" | DATA_LOST | PARTS_LOST) => {
                Cell::from(lost.to_string()).tone(Tone::Bad)
            }
            some => Cell::from(some.to_string()),
        };
        let name = Cell::code(&plan.environment);
        let status = Cell::from(plan.says()).tone(plan.standing.tone());
        table.row([name].into_iter().chain(columns.iter().map(number)).chain([status]));
    }
    table
}

/// One object each, for programs.
pub(super) fn environments_json(plans: &[EnvironmentPlan]) -> Json {
    let forms = plans.iter().map(|plan| {
        let counts = plan.counts;
        let mut form = json!({
            "environment": plan.environment,
            "status": plan.standing.word(),
            "add": counts.create,
            "change": counts.update,
            "replace": counts.replaced(),
            "destroy": counts.delete,
            "import": counts.import,
            "forget": counts.forget,
            "move": counts.moved,
            "errors": errors(&plan.diagnostics),
        });
        if counts.parts.all() > 0
            && let Some(fields) = form.as_object_mut()
        {
            fields.insert("inside".into(), inside::counts(counts.parts));
        }
        form
    });
    forms.collect()
}

pub(super) fn errors(diagnostics: &Diagnostics) -> usize {
    diagnostics.iter().filter(|one| one.severity == Severity::Error).count()
}

/// "1 error", "2 errors"
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
