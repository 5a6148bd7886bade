//! Plans as a comment on a change under review: losses first, then a table of the environments, then each plan folded.
//!
//! The comment quotes names and values from the change under review, so none of them may become markup, and no secret
//! is shown. The same plans give the same bytes. Forges limit the length of a comment: what does not fit is cut from
//! the folded plans, and losses are summed up rather than left out.

mod details;
mod losses;

use crate::diag::Severity;

use super::environments::{EnvironmentPlan, Standing, counted, environments_table, errors};
use super::markdown;

pub(super) use details::{Fold, folded, short};

/// GitHub accepts 65,536 characters, and no text has more characters than bytes.
pub(super) const LONGEST: usize = 65_000;

/// The most that each part may take, so that there is space for all.
const LOSSES: usize = 24_000;
const TABLE: usize = 16_000;
const FAULTS: usize = 6_000;

/// At most this many errors of one environment are listed.
const NAMED: usize = 10;

/// The comment, for one environment or several.
pub fn plan_comment(project: Option<&str>, plans: &[EnvironmentPlan]) -> String {
    let mut text = opening("plan", project, plans.iter().map(|plan| &*plan.environment));
    text.push_str(&verdict(plans));
    text.push_str(&losses::losses(plans, LOSSES));
    text.push_str(&table(plans));
    text.push_str(&faults(plans));
    text.push_str(&details::details(plans, LONGEST.saturating_sub(text.len())));
    text
}

/// The title, and an invisible mark by which a program can find the comment again.
pub(super) fn opening<'n>(what: &str, project: Option<&str>, names: impl Iterator<Item = &'n str>) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' ');
    let mark: String = project.unwrap_or_default().chars().filter(plain).take(100).collect();
    let mark = if mark.is_empty() { String::new() } else { format!(": {mark}") };
    let mut title = match project {
        Some(name) => format!("Terrace {what}: {}", markdown::text(&short(name))),
        None => format!("Terrace {what}"),
    };
    let names: Vec<&str> = names.take(2).collect();
    if let [only] = names.as_slice() {
        title.push_str(&format!(" ({})", markdown::code(&short(only))));
    }
    format!("<!-- terrace {what}{mark} -->\n\n### {title}\n\n")
}

/// The most important statement, in one sentence.
fn verdict(plans: &[EnvironmentPlan]) -> String {
    let sum = |count: fn(&EnvironmentPlan) -> usize| plans.iter().map(count).sum::<usize>();
    let (destroyed, replaced) = (sum(|plan| plan.counts.delete), sum(|plan| plan.counts.replaced()));
    let failed = plans.iter().filter(|plan| plan.standing.is_fault()).count();
    let changed = plans.iter().filter(|plan| plan.standing == Standing::Changes).count();
    let (data, parts) = (sum(|plan| plan.counts.parts.data), sum(|plan| plan.counts.parts.lost));
    let mut said = Vec::new();
    if destroyed + replaced + parts > 0 {
        let lost = [
            (data, "part", "with data destroyed or replaced"),
            (destroyed, "object", "destroyed"),
            (replaced, "object", "replaced"),
            (parts - data, "part", "without data destroyed or replaced"),
        ];
        let lost = lost.iter().filter(|(count, ..)| *count > 0);
        let lost: Vec<String> =
            lost.map(|(count, noun, how)| format!("{} {how}", counted(*count, noun))).collect();
        said.push(format!("⚠️ **{}.**", lost.join(", ")));
    } else if changed > 0 {
        said.push("Nothing is destroyed or replaced.".to_owned());
    }
    if failed > 0 {
        said.push(format!("❌ **{} not planned.**", counted(failed, "environment")));
    } else if changed == 0 {
        said.push("No changes: the infrastructure matches the configuration.".to_owned());
    }
    said.join(" ") + "\n\n"
}

/// The table. If it is too long, environments without changes are left out first.
fn table(plans: &[EnvironmentPlan]) -> String {
    let fits = |plans: &[EnvironmentPlan]| {
        Some(environments_table(plans).markdown()).filter(|text| text.len() <= TABLE)
    };
    if let Some(text) = fits(plans) {
        return text + "\n";
    }
    let is_lossy = |plan: &&EnvironmentPlan| plan.counts.destroyed() + plan.counts.parts.lost > 0;
    let mut kept: Vec<EnvironmentPlan> = plans.iter().filter(is_lossy).map(lean).collect();
    let changed = plans.iter().filter(|plan| !is_lossy(plan) && plan.standing != Standing::Unchanged);
    kept.extend(changed.map(lean));
    let mut text = fits(&kept);
    while text.is_none() && !kept.is_empty() {
        kept.truncate(kept.len() * 3 / 4);
        text = fits(&kept);
    }
    let left = plans.len() - kept.len();
    format!("{}\nThe table leaves {} out.\n\n", text.unwrap_or_default(), counted(left, "environment"))
}

/// Only what the table needs.
fn lean(plan: &EnvironmentPlan) -> EnvironmentPlan {
    EnvironmentPlan { view: None, environment: short(&plan.environment), ..plan.clone() }
}

/// Errors by summary and place only: their details may contain what a provider was told.
fn faults(plans: &[EnvironmentPlan]) -> String {
    let mut lines = String::new();
    let mut left = 0;
    for plan in plans.iter().filter(|plan| plan.standing.is_fault()) {
        let faults = plan.diagnostics.iter().filter(|fault| fault.severity == Severity::Error);
        left += errors(&plan.diagnostics).saturating_sub(NAMED);
        for fault in faults.take(NAMED) {
            let mut line = format!(
                "- {}: {}",
                markdown::code(&short(&plan.environment)),
                markdown::text(&short(&fault.summary))
            );
            if let Some(address) = &fault.address {
                line.push_str(&format!(", {}", markdown::code(&short(address))));
            }
            if let Some(span) = &fault.subject {
                let place = format!("{}:{}", span.source.name(), span.start().line);
                line.push_str(&format!(", {}", markdown::code(&short(&place))));
            }
            match lines.len() + line.len() < FAULTS {
                true => lines.extend([&*line, "\n"]),
                false => left += 1,
            }
        }
    }
    if lines.is_empty() && left == 0 {
        return String::new();
    }
    if left > 0 {
        lines.push_str(&format!("- and {left} more\n"));
    }
    format!("#### Not planned\n\n{lines}\n")
}
