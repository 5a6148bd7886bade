//! The outcome of a run, in words and in numbers.

use crate::engine::{Applied, Tally};
use crate::plan::Mode;
use crate::render;

/// Counts of what was done, for programs.
pub(super) fn counts(applied: &Applied) -> render::Counts {
    let tally = applied.tally;
    render::Counts {
        create: tally.created,
        update: tally.updated,
        delete: tally.deleted,
        import: tally.imported,
        forget: tally.forgotten,
        ..render::Counts::default()
    }
}

/// What was done, and after a failure, what was not, for people.
pub(super) fn summary(applied: &Applied, mode: Mode, failed: bool) -> String {
    if failed {
        let mut text = String::new();
        let kinds =
            [("Failed", &applied.failed), ("Given up", &applied.given_up), ("Not tried", &applied.untried)];
        for (what, names) in kinds {
            if !names.is_empty() {
                text.push_str(&format!("\n{what}:\n"));
                names.iter().for_each(|name| text.push_str(&format!("  {name}\n")));
            }
        }
        // The errors follow below.
        text.push('\n');
        return text;
    }
    let mut text = match mode {
        Mode::Destroy => format!("\nDestroy complete! Resources: {} destroyed.\n", applied.tally.deleted),
        _ => format!("\nApply complete! Resources: {}.\n", counted(applied.tally)),
    };
    if !applied.outputs.is_empty() {
        text.push_str("\nOutputs:\n\n");
        text.push_str(&render::outputs(&applied.outputs));
    }
    text
}

/// The usual actions are always counted, the others only if there are any.
fn counted(tally: Tally) -> String {
    let counts = [
        (tally.imported, false, "imported"),
        (tally.created, true, "added"),
        (tally.updated, true, "changed"),
        (tally.deleted, true, "destroyed"),
        (tally.forgotten, false, "forgotten"),
    ];
    let told = counts.into_iter().filter(|(count, usual, _)| *usual || *count > 0);
    told.map(|(count, _, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}
