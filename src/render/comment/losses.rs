//! What is destroyed, replaced or let go, by name as long as there is room, and otherwise summed up.

use std::collections::BTreeMap;

use crate::plan::Action;

use super::super::environments::{EnvironmentPlan, counted};
use super::super::markdown;
use super::super::view::ChangeView;
use super::details::short;

/// A way to tell the losses of an environment, line by line.
type Telling = fn(&EnvironmentPlan) -> Vec<String>;

/// The finest way that fits.
pub(super) fn losses(plans: &[EnvironmentPlan], room: usize) -> String {
    let lossy: Vec<&EnvironmentPlan> = plans.iter().filter(|plan| lost(plan).next().is_some()).collect();
    if lossy.is_empty() {
        return String::new();
    }
    let tellings: [(Telling, &str); 4] = [
        (each, ""),
        (by_resource, "There are too many to name each: they are summed up by resource."),
        (by_type, "There are too many to name each: they are summed up by type."),
        (in_all, "There are too many to name them."),
    ];
    let mut texts = tellings.into_iter().map(|(telling, note)| told(&lossy, telling, note));
    let told = texts.find(|text| text.len() <= room);
    told.unwrap_or_else(|| {
        format!(
            "{TITLE}There are too many to name them or their {}: see the plan itself.\n\n",
            counted(lossy.len(), "environment")
        )
    })
}

const TITLE: &str = "#### Destroyed, replaced or let go\n\n";

fn told(plans: &[&EnvironmentPlan], telling: Telling, note: &str) -> String {
    let mut text = TITLE.to_owned();
    if !note.is_empty() {
        text.extend([note, "\n\n"]);
    }
    for plan in plans {
        text.push_str(&format!("In {}:\n\n", markdown::code(&short(&plan.environment))));
        telling(plan).iter().for_each(|line| text.extend(["- ", line, "\n"]));
        text.push('\n');
    }
    text
}

/// What is destroyed first.
fn lost(plan: &EnvironmentPlan) -> impl Iterator<Item = (&'static str, &ChangeView)> {
    let changes = || plan.view.iter().flat_map(|view| &view.changes);
    let words = ["destroy", "replace", "forget"];
    words.into_iter().flat_map(move |word| {
        changes()
            .filter(move |change| self::word(change.action) == Some(word))
            .map(move |change| (word, change))
    })
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
    let lines = lost(plan).map(|(word, change)| {
        let subject = markdown::code(&short(&change.headline.subject));
        match &change.cause {
            Some(cause) => format!("**{word}** {subject}: {}", markdown::text(&short(cause))),
            None => format!("**{word}** {subject}"),
        }
    });
    lines.collect()
}

fn by_resource(plan: &EnvironmentPlan) -> Vec<String> {
    summed(plan, |change| {
        let path = change.address.path();
        path.to_string()
    })
}

fn by_type(plan: &EnvironmentPlan) -> Vec<String> {
    summed(plan, |change| change.address.resource.kind.to_string())
}

fn summed(plan: &EnvironmentPlan, name: impl Fn(&ChangeView) -> String) -> Vec<String> {
    let mut sums: BTreeMap<&'static str, BTreeMap<String, usize>> = BTreeMap::new();
    for (word, change) in lost(plan) {
        *sums.entry(word).or_default().entry(name(change)).or_default() += 1;
    }
    let lines = sums.into_iter().flat_map(|(word, names)| {
        names.into_iter().map(move |(name, count)| {
            let subject = markdown::code(&short(&name));
            format!("**{word}** {subject}: {}", counted(count, "instance"))
        })
    });
    lines.collect()
}

fn in_all(plan: &EnvironmentPlan) -> Vec<String> {
    let counts = plan.counts;
    let sums = [("destroy", counts.delete), ("replace", counts.replaced()), ("forget", counts.forget)];
    let lines = sums.into_iter().filter(|(_, count)| *count > 0);
    lines.map(|(word, count)| format!("**{word}** {}", counted(count, "object"))).collect()
}
