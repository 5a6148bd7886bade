//! The conditions of unchanged instances that look at something that was unknown while planning, or is another by now.

use foldhash::{HashMap, HashSet};

use crate::address::{ResourceMode, ResourcePath};
use crate::config::Configuration;
use crate::diag::Diagnostics;
use crate::eval::Surroundings;
use crate::plan::{Action, Plan};
use crate::state::{CheckKind, CheckStatus};

use super::apply::Run;

/// The places of no-op changes whose conditions are undecided, by resource.
pub(super) type Undecided = HashMap<ResourcePath, Vec<usize>>;

pub(super) fn undecided(plan: &Plan, configuration: &Configuration) -> Undecided {
    // Ephemeral values may be others than while planning.
    let renewed = has_ephemeral(configuration);
    let resources = plan.checks.iter().filter(|check| check.kind == CheckKind::Resource);
    let open = resources
        .flat_map(|check| &check.objects)
        .filter(|object| renewed || object.status == CheckStatus::Unknown);
    let open: HashSet<&str> = open.map(|object| object.address.as_str()).collect();
    let mut found = Undecided::default();
    if open.is_empty() {
        return found;
    }
    for (place, change) in plan.changes.iter().enumerate() {
        let stays = change.action == Action::NoOp && change.deposed.is_none();
        if stays && open.contains(&*change.address.to_string()) {
            found.entry(change.address.path()).or_default().push(place);
        }
    }
    found
}

fn has_ephemeral(configuration: &Configuration) -> bool {
    configuration.root().module.variables.values().any(|variable| variable.ephemeral)
        || configuration
            .nodes()
            .any(|(_, node)| node.module.resources.keys().any(|one| one.mode == ResourceMode::Ephemeral))
}

/// Evaluates the undecided conditions of a resource, now that everything it depends on is done; returns whether
/// dependants may go on.
pub(super) fn hold(run: &Run<'_, '_>, path: &ResourcePath) -> bool {
    let Some(places) = run.undecided.get(path) else { return true };
    let (walk, configuration) = (run.walk, run.walk.request.configuration);
    let node = configuration.find(&path.module).map(|(_, node)| node);
    let Some(resource) = node.and_then(|node| node.module.resources.get(&path.resource)) else { return true };
    let mut faults = Diagnostics::new();
    for change in places.iter().filter_map(|place| run.plan.changes.get(*place)) {
        let surroundings = run.expansion(resource, change).instances.surroundings(&change.address.key);
        let with_self = Surroundings { self_object: Some(change.after.clone()), ..surroundings.clone() };
        let scope = |surroundings| walk.evaluator.scope(&change.address.module, surroundings);
        let checks = &mut walk.found.borrow_mut().checks;
        if checks.before(&change.address, &resource.preconditions, &scope(surroundings), &mut faults) {
            let object = (&change.address, &change.after);
            checks.after(object, &resource.postconditions, &scope(with_self), &mut faults);
        }
    }
    faults.extend(walk.evaluator.take_faults());
    !walk.report(faults)
}
