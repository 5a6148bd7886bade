//! What is destroyed, replaced or forgotten: by name if there is space, and otherwise summed up.

use std::collections::BTreeMap;

use crate::plan::Action;

use super::super::environments::{EnvironmentPlan, counted};
use super::super::markdown;
use super::super::view::{ChangeView, PartView};
use super::details::short;

/// A way to list the losses of an environment, line by line.
type Lines = fn(&EnvironmentPlan) -> Vec<String>;

/// The most detailed list that fits.
pub(super) fn losses(plans: &[EnvironmentPlan], room: usize) -> String {
    let lossy: Vec<&EnvironmentPlan> = plans.iter().filter(|plan| !lost(plan).is_empty()).collect();
    if lossy.is_empty() {
        return String::new();
    }
    let ways: [(Lines, &str); 4] = [
        (each, ""),
        (by_resource, "There are too many to name each: they are summed up by resource."),
        (by_type, "There are too many to name each: they are summed up by type."),
        (in_all, "There are too many to name them."),
    ];
    let mut texts = ways.into_iter().map(|(lines, note)| text(&lossy, lines, note));
    let told = texts.find(|text| text.len() <= room);
    told.unwrap_or_else(|| {
        format!(
            "{TITLE}There are too many to name them or their {}: see the plan itself.\n\n",
            counted(lossy.len(), "environment")
        )
    })
}

const TITLE: &str = "#### Destroyed, replaced or forgotten\n\n";

fn text(plans: &[&EnvironmentPlan], lines: Lines, note: &str) -> String {
    let mut text = TITLE.to_owned();
    if !note.is_empty() {
        text.extend([note, "\n\n"]);
    }
    for plan in plans {
        text.push_str(&format!("In {}:\n\n", markdown::code(&short(&plan.environment))));
        lines(plan).iter().for_each(|line| text.extend(["- ", line, "\n"]));
        text.push('\n');
    }
    text
}

/// Something that is lost: an object, or a part inside one.
#[derive(Clone, Copy)]
struct Loss<'p> {
    word: &'static str,
    change: &'p ChangeView,
    part: Option<&'p PartView>,
}

/// Parts that hold data first, then destroyed objects, then other parts.
fn lost(plan: &EnvironmentPlan) -> Vec<Loss<'_>> {
    let changes = || plan.view.iter().flat_map(|view| &view.changes);
    let parts = changes().flat_map(|change| {
        let parts = change.parts.iter().flat_map(|parts| &parts.parts);
        parts.filter_map(move |part| Some(Loss { word: part.loss()?, change, part: Some(part) }))
    });
    let holds_data = |loss: &Loss<'_>| loss.part.is_some_and(|part| part.loses_data);
    let (data, parts): (Vec<Loss<'_>>, Vec<_>) = parts.partition(holds_data);
    let objects = changes()
        .filter_map(|change| Some(Loss { word: word(change.action)?, change, part: None }))
        .collect::<Vec<_>>();
    // An object's parts are lost with it; only those with data are listed.
    let parts = parts.into_iter().filter(|loss| loss.change.action != Action::Delete).collect();
    [data, objects, parts].into_iter().flat_map(sorted).collect()
}

/// Forgotten objects come last.
fn sorted(mut losses: Vec<Loss<'_>>) -> Vec<Loss<'_>> {
    let order = ["destroy", "replace", "may replace"];
    let rank = |loss: &Loss<'_>| order.iter().position(|word| *word == loss.word);
    losses.sort_by_key(|loss| rank(loss).unwrap_or(order.len()));
    losses
}

fn word(action: Action) -> Option<&'static str> {
    match action {
        Action::Delete => Some("destroy"),
        Action::Replace(_) => Some("replace"),
        Action::Forget => Some("forget"),
        _ => None,
    }
}

fn each(plan: &EnvironmentPlan) -> Vec<String> {
    let lines = lost(plan).into_iter().map(|Loss { word, change, part }| {
        let subject = markdown::code(&short(&change.headline.subject));
        let (subject, cause) = match part {
            Some(part) => {
                let label = markdown::code(&short(&part.label()));
                // The heading says it already.
                let says = part.says.filter(|says| *says != "replaced");
                (format!("{label} inside {subject}"), says.map(str::to_owned))
            }
            None => (subject, change.cause.clone()),
        };
        match cause {
            Some(cause) => format!("**{word}** {subject}: {}", markdown::text(&short(&cause))),
            None => format!("**{word}** {subject}"),
        }
    });
    lines.collect()
}

fn by_resource(plan: &EnvironmentPlan) -> Vec<String> {
    summed(plan, |loss| {
        let path = loss.change.address.path();
        path.to_string()
    })
}

fn by_type(plan: &EnvironmentPlan) -> Vec<String> {
    summed(plan, |loss| match loss.part {
        Some(part) => part.kind.clone(),
        None => loss.change.address.resource.kind.to_string(),
    })
}

fn summed(plan: &EnvironmentPlan, name: impl Fn(&Loss<'_>) -> String) -> Vec<String> {
    let mut sums: BTreeMap<(&'static str, &'static str), BTreeMap<String, usize>> = BTreeMap::new();
    for loss in lost(plan) {
        let noun = match loss.part {
            Some(part) if part.loses_data => "part with data",
            Some(_) => "part",
            None => "instance",
        };
        *sums.entry((loss.word, noun)).or_default().entry(name(&loss)).or_default() += 1;
    }
    let lines = sums.into_iter().flat_map(|((word, noun), names)| {
        names.into_iter().map(move |(name, count)| {
            let subject = markdown::code(&short(&name));
            let count = match noun.split_once(' ') {
                Some((noun, rest)) => format!("{} {rest}", counted(count, noun)),
                None => counted(count, noun),
            };
            format!("**{word}** {subject}: {count}")
        })
    });
    lines.collect()
}

fn in_all(plan: &EnvironmentPlan) -> Vec<String> {
    let counts = plan.counts;
    let sums = [
        ("destroy", counts.delete, "object"),
        ("replace", counts.replaced(), "object"),
        ("forget", counts.forget, "object"),
        ("destroy or replace", counts.parts.lost, "part"),
    ];
    let lines = sums.into_iter().filter(|(_, count, _)| *count > 0);
    let mut lines: Vec<String> =
        lines.map(|(word, count, noun)| format!("**{word}** {}", counted(count, noun))).collect();
    if counts.parts.data > 0 {
        lines.push(format!("of the parts **{}** data", holding(counts.parts.data)));
    }
    lines
}

fn holding(count: usize) -> String {
    if count == 1 { "1 holds".to_owned() } else { format!("{count} hold") }
}
