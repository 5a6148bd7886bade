//! The summary of a long plan: by module before it, and the losses again after it.

use std::collections::BTreeMap;

use crate::address::{ModulePath, ResourceAddress};
use crate::plan::{Action, Change, Schemas};

use super::super::view::{self, PartCounts, PartView};
use super::parts;
use super::pen::{Ink, Pen};

/// Losses beyond this number are counted and not listed.
const MOST_NAMED: usize = 100;

/// The number of instances by resource and action, and the number of their parts that lose data.
type Sums<'v> = BTreeMap<(&'v ResourceAddress, Action), (usize, usize)>;

/// One line for each resource and action, by module.
pub(super) fn modules(pen: &mut Pen, changes: &[&Change]) {
    let mut modules: BTreeMap<ModulePath, Sums<'_>> = BTreeMap::new();
    // Changes that share a line mostly follow each other.
    let alike = |a: &&Change, b: &&Change| {
        a.action == b.action
            && a.address.resource == b.address.resource
            && a.address.module == b.address.module
    };
    for together in changes.chunk_by(alike) {
        let [Change { address, action, .. }, ..] = together else { continue };
        let resources = modules.entry(address.module.path()).or_default();
        let (count, data) = resources.entry((&address.resource, *action)).or_default();
        *count += together.len();
        *data += together.iter().map(|change| PartCounts::of(change).data).sum::<usize>();
    }
    pen.put("\nSummary:\n");
    for (module, resources) in modules {
        // A module stands below the one that calls it.
        let depth = module.calls().len();
        if let Some(call) = module.calls().last() {
            pen.put("\n");
            pen.spaces(depth * 2);
            pen.paint(&format!("module.{call}"), Ink::Bold);
            pen.put("\n");
        }
        for ((resource, action), (count, data)) in resources {
            pen.spaces(depth * 2);
            pen.action(action);
            pen.display(resource);
            if count > 1 {
                pen.paint(&format!(" ({count} instances)"), Ink::Faint);
            }
            if data > 0 {
                let many = if data == 1 { "1 part" } else { &format!("{data} parts") };
                pen.paint(&format!(" (with data inside that goes or may go: {many})"), Ink::Loss);
            }
            pen.put("\n");
        }
    }
}

/// What is destroyed, replaced or forgotten, by name: what holds data comes first.
pub(super) fn losses(pen: &mut Pen, changes: &[&Change], schemas: &Schemas) {
    let (data, parts): (Vec<_>, Vec<_>) =
        changes.iter().flat_map(|change| lost_parts(change, schemas)).partition(|(_, part)| part.loses_data);
    let is_loss = |change: &&&Change| change.action.destroys() || change.action == Action::Forget;
    let changes: Vec<&Change> = changes.iter().filter(is_loss).copied().collect();
    let total = changes.len() + data.len() + parts.len();
    if total == 0 {
        return;
    }
    pen.put("\n");
    pen.paint("What will be destroyed, replaced or forgotten:", Ink::Loss);
    pen.put("\n");
    // Losses of data are always listed.
    let room = MOST_NAMED.saturating_sub(data.len());
    for (change, part) in data {
        parts::loss(pen, &view::subject(change), &part);
    }
    for change in changes.iter().take(room) {
        pen.action(change.action);
        pen.put(&view::subject(change));
        if let Some(cause) = view::brief(change) {
            pen.paint(&format!(" ({cause})"), Ink::Faint);
        }
        pen.put("\n");
    }
    let left = room.saturating_sub(changes.len());
    for (change, part) in parts.iter().take(left) {
        parts::loss(pen, &view::subject(change), part);
    }
    let more = changes.len().saturating_sub(room) + parts.len().saturating_sub(left);
    if more > 0 {
        pen.display(format_args!("    ... and {more} more\n"));
    }
}

/// The lost parts inside objects; of objects that are lost themselves, only the parts with data.
fn lost_parts<'p>(change: &'p Change, schemas: &Schemas) -> impl Iterator<Item = (&'p Change, PartView)> {
    let parts = view::parts(change, schemas, false).into_iter().flat_map(|view| view.parts);
    let told = parts.filter(|part| part.loses_data || part.loses && change.action != Action::Delete);
    told.map(move |part| (change, part))
}
