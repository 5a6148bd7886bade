//! What came of a run, in words and in numbers.

use crate::engine::{Applied, Tally};
use crate::plan::Mode;
use crate::render;

/// What was done, counted for programs.
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

/// What was done, and where that failed, what was not, for people.
pub(super) fn told(applied: &Applied, mode: Mode, failed: bool) -> String {
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
        // What went wrong is told below.
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

/// What is usual is counted always, and the rest where there is any.
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
