//! Checks the changes as operations that depend on each other.

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, ResourceMode, ResourcePath};
use crate::graph::Needs;
use crate::plan::{Action, Change, Order, Plan};

use super::Flaws;

pub(super) fn check(plan: &Plan, flaws: &mut Flaws) {
    let made = plan.changes.iter().filter(|change| makes(change.action));
    // All instances of a resource have the same dependencies, so one change is enough. They mostly follow each other.
    let mut needs: HashMap<ResourcePath, &Change> = HashMap::default();
    let mut last: Option<&AbsoluteInstance> = None;
    for change in made {
        let address = &change.address;
        if last.is_some_and(|last| last.resource == address.resource && last.module == address.module) {
            continue;
        }
        last = Some(address);
        needs.entry(address.path()).or_insert(change);
    }
    circles(&needs, flaws);
    first_things_first(plan, &needs, flaws);
}

/// Whether the operation results in an object that others are made from.
fn makes(action: Action) -> bool {
    matches!(action, Action::Create | Action::Update | Action::Read | Action::Replace(_))
}

/// No resource may depend on itself.
fn circles(needs: &HashMap<ResourcePath, &Change>, flaws: &mut Flaws) {
    let mut graph = Needs::new();
    let mut paths: Vec<&ResourcePath> = needs.keys().collect();
    paths.sort();
    for path in paths {
        let place = graph.add(path.clone());
        let Some(change) = needs.get(path) else { continue };
        // Dependencies between instances of one resource are left to the configuration.
        for needed in
            change.dependencies.iter().filter(|needed| *needed != path && needs.contains_key(*needed))
        {
            graph.needs(place, needed.clone());
        }
    }
    for circle in graph.circles() {
        let names: Vec<String> = circle.iter().map(ToString::to_string).collect();
        flaws.push(names.join(", "), "wait for each other in a circle");
    }
}

/// In a create-before-destroy replacement, the old object is in use until the new one exists, and so is everything it
/// depends on.
fn first_things_first(plan: &Plan, needs: &HashMap<ResourcePath, &Change>, flaws: &mut Flaws) {
    let destroyed_first: HashSet<ResourcePath> = plan
        .changes
        .iter()
        .filter(|change| change.action == Action::Replace(Order::DestroyFirst))
        .filter(|change| change.address.resource.mode == ResourceMode::Managed)
        .map(|change| change.address.path())
        .collect();
    if destroyed_first.is_empty() {
        return;
    }
    for change in &plan.changes {
        if change.action != Action::Replace(Order::CreateFirst) {
            continue;
        }
        let path = change.address.path();
        if let Some(needed) =
            change.dependencies.iter().find(|needed| **needed != path && destroyed_first.contains(*needed))
            && needs.contains_key(needed)
        {
            let clause = format!("is replaced create first, and {needed}, which it needs, destroy first");
            flaws.push(&change.address, clause);
        }
    }
}
