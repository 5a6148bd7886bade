//! The folded parts: each environment's differences, with the available space shared fairly.

use std::borrow::Cow;

use super::super::environments::{EnvironmentPlan, Standing, counted};
use super::super::markdown;
use super::super::terminal::{difference_changes, difference_plan};

/// Longer lines are cut.
const LONGEST_LINE: usize = 1_000;

/// Longer names keep only their beginning and their end.
const LONGEST_NAME: usize = 200;

/// Space reserved for the closing note.
const NOTE: usize = 300;

/// With less space than this, nothing useful can be shown.
const LEAST: usize = 400;

/// A folded section.
pub(in crate::render) struct Fold {
    pub(in crate::render) environment: String,
    pub(in crate::render) summary: String,
    pub(in crate::render) text: String,
    /// The command that shows all of it.
    pub(in crate::render) command: String,
}

/// A fold for each environment with changes.
pub(super) fn details(plans: &[EnvironmentPlan], room: usize) -> String {
    let folds = plans.iter().filter(|plan| plan.standing != Standing::Unchanged).filter_map(|plan| {
        let view = plan.view.as_ref()?;
        let mut text = difference_plan(view);
        if !view.frame.drift.is_empty() {
            text.push_str("\nChanged outside of Terrace:\n\n");
            text.push_str(&difference_changes(&view.frame.drift));
        }
        let command = format!("terrace plan -e {}", plan.environment);
        Some(Fold { environment: plan.environment.clone(), summary: summary(plan), text, command })
    });
    folded(&folds.filter(|fold| !fold.text.is_empty()).collect::<Vec<_>>(), room)
}

/// All folds, with those that are too large cut to their share of the remaining space.
pub(in crate::render) fn folded(folds: &[Fold], room: usize) -> String {
    let texts: Vec<String> = folds.iter().map(|fold| clean(&fold.text)).collect();
    let lengths: Vec<usize> = folds.iter().zip(&texts).map(|(fold, text)| one(fold, text, 0).len()).collect();
    let shares = shares(&lengths, room.saturating_sub(NOTE));
    let (mut told, mut cut, mut left_out) = (String::new(), 0, 0);
    for ((fold, text), (length, share)) in folds.iter().zip(&texts).zip(lengths.iter().zip(&shares)) {
        if length <= share {
            told.push_str(&one(fold, text, 0));
        } else if *share < LEAST {
            left_out += 1;
        } else {
            cut += 1;
            told.push_str(&shortened(fold, text, *share));
        }
    }
    if cut + left_out > 0 {
        let left = match left_out {
            0 => String::new(),
            many => format!(" and {} left out", counted(many, "more")),
        };
        told.push_str(&format!("_Cut to the length that a comment may have: {cut} shortened{left}._\n"));
    }
    told
}

/// Divides the space: what small folds do not need goes to the large ones.
fn shares(lengths: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|index| lengths.get(*index));
    let (mut shares, mut left) = (vec![0; lengths.len()], room);
    let mut behind = lengths.len();
    for index in order {
        let fair = left / behind.max(1);
        let length = lengths.get(index).copied().unwrap_or(0);
        let share = length.min(fair);
        if let Some(slot) = shares.get_mut(index) {
            *slot = if length <= fair { length } else { fair };
        }
        left -= share;
        behind -= 1;
    }
    shares
}

/// A fold cut to as many lines as fit.
fn shortened(fold: &Fold, text: &str, share: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let around = one(fold, "", lines.len()).len() + longest_fence(text);
    let mut taken = 0;
    let fitting = lines.iter().take_while(|line| {
        taken += line.len() + 1;
        around + taken <= share
    });
    let kept = fitting.count();
    let head = lines.get(..kept).unwrap_or_default().join("\n");
    one(fold, &head, lines.len() - kept)
}

/// How much longer than the text itself its two fences are at most: each is longer than any run of backticks in it.
fn longest_fence(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0).max(3) * 2
}

fn one(fold: &Fold, text: &str, missing: usize) -> String {
    let note = match missing {
        0 => String::new(),
        many => {
            format!("\n{} not shown here: {}\n", counted(many, "line"), markdown::code(&short(&fold.command)))
        }
    };
    format!(
        "<details><summary><code>{}</code>: {}</summary>\n\n{}{note}\n</details>\n\n",
        html(&short(&fold.environment)),
        html(&fold.summary),
        markdown::fenced("diff", text.trim_end_matches('\n'))
    )
}

/// "1 to add, 2 to destroy"
fn summary(plan: &EnvironmentPlan) -> String {
    let counts = plan.counts;
    let parts = counts.parts;
    let all = [
        (parts.data, "with data inside to destroy or replace"),
        (counts.delete, "to destroy"),
        (counts.replaced(), "to replace"),
        (counts.create, "to add"),
        (counts.update, "to change"),
        (counts.import, "to import"),
        (counts.forget, "to forget"),
        (counts.moved, "to move"),
        (parts.lost - parts.data, "without data inside to destroy or replace"),
    ];
    let told = all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let told: Vec<String> = told.collect();
    match (plan.standing, told.is_empty()) {
        (Standing::Failed, _) => format!("incomplete, {}", plan.says()),
        (_, true) => plan.says(),
        _ => told.join(", "),
    }
}

/// Removes control characters, and shortens long lines.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for line in text.split('\n') {
        let line = markdown::one_line(line);
        match line.char_indices().nth(LONGEST_LINE) {
            Some((end, _)) => {
                let more = line.get(end..).unwrap_or_default().chars().count();
                clean.push_str(line.get(..end).unwrap_or_default());
                clean.push_str(&format!("... ({more} more characters)"));
            }
            None => clean.push_str(&line),
        }
        clean.push('\n');
    }
    clean.truncate(clean.trim_end_matches('\n').len());
    clean
}

/// Shortens a long name by its middle.
pub(in crate::render) fn short(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= LONGEST_NAME {
        return name.to_owned();
    }
    let head: String = name.chars().take(LONGEST_NAME * 3 / 4).collect();
    let tail: String = name.chars().skip(letters - LONGEST_NAME / 4).collect();
    format!("{head}...{tail}")
}

/// Escapes text between HTML tags.
fn html(text: &str) -> Cow<'_, str> {
    let text = markdown::one_line(text);
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Cow::Owned(escaped.replace('"', "&quot;").replace('\'', "&#39;"))
}
