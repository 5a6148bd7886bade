//! Checks the nested changes of a change.

use crate::plan::{Action, Change, Inside};

use super::Flaws;

/// Checks nested changes that will be made.
pub(super) fn planned(change: &Change, flaws: &mut Flaws) {
    let Some(inside) = &change.inside else { return };
    if matches!(change.action, Action::NoOp | Action::Read | Action::Forget) {
        flaws.push(&change.address, "has something happen to its parts, and nothing to itself");
    }
    sequence(change, inside, flaws);
}

/// Checks nested changes that were detected.
pub(super) fn detected(change: &Change, flaws: &mut Flaws) {
    let Some(inside) = &change.inside else { return };
    if !inside.notes.is_empty() {
        flaws.push(&change.address, "has something prepared for what has happened already");
    }
    sequence(change, inside, flaws);
}

/// Parts are ordered by name, each once; their properties by path.
fn sequence(change: &Change, inside: &Inside, flaws: &mut Flaws) {
    for pair in inside.parts.windows(2) {
        let [first, second] = pair else { continue };
        match first.name.cmp(&second.name) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => {
                flaws.push(&change.address, format!("has its part {:?} twice", second.name));
            }
            std::cmp::Ordering::Greater => {
                flaws.push(&change.address, format!("has its part {:?} out of its place", second.name));
            }
        }
    }
    for part in inside.parts.iter().filter(|part| !part.properties.is_sorted_by_key(|one| &one.path)) {
        flaws
            .push(&change.address, format!("has properties of its part {:?} out of their places", part.name));
    }
}
