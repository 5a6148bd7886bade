//! The operations of a plan as a graph to be displayed.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::address::ResourcePath;
use crate::config::Configuration;
use crate::plan::{Action, Mode, Plan, Step};

use super::dependencies::resources;
use super::order::{Half, Turn, inside_checks, turns};
use super::validations::Waiting;

/// The operations of a plan; for a refresh-only plan, the objects that it has read.
pub fn steps(configuration: &Configuration, plan: &Plan) -> Vec<Step> {
    if plan.options.mode == Mode::RefreshOnly {
        return refreshed(plan);
    }
    let mut resources = resources(configuration);
    resources.iter_mut().for_each(|(path, needed)| needed.retain(|needed| needed != path));
    let (turns, needs) = turns(plan, &resources, &inside_checks(configuration), &Waiting::default());
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); turns.len()];
    needs.into_iter().for_each(|(turn, other)| below[turn].push(other));
    let mut steps = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for (turn, what) in turns.iter().enumerate() {
        if let Turn::Operation(place, half) = what {
            places.insert(turn, steps.len());
            steps.push(step(plan, *place, *half));
        }
    }
    for (turn, step) in &places {
        let found = sooner(*turn, &turns, &below);
        steps[*step].needs = found.iter().filter_map(|turn| places.get(turn)).copied().collect();
    }
    steps
}

fn step(plan: &Plan, place: usize, half: Half) -> Step {
    let change = &plan.changes[place];
    let action = match (half, change.action) {
        (Half::Make, Action::Replace(_)) => Action::Create,
        (Half::Make, action) => action,
        (Half::Destroy, _) => Action::Delete,
        (Half::Forget, _) => Action::Forget,
    };
    Step { address: change.address.clone(), deposed: change.deposed.clone(), action, needs: Vec::new() }
}

/// The operations before this one, found through the joints between them.
fn sooner(turn: usize, turns: &[Turn], below: &[Vec<usize>]) -> Vec<usize> {
    let is_operation = |turn: &usize| matches!(turns[*turn], Turn::Operation(..));
    let (mut found, mut seen, mut waiting) = (Vec::new(), HashSet::new(), below[turn].clone());
    while let Some(turn) = waiting.pop() {
        if !seen.insert(turn) {
            continue;
        }
        if is_operation(&turn) {
            found.push(turn);
            continue;
        }
        // Operations beyond such a joint come after everything before it themselves.
        let closed = matches!(turns[turn], Turn::Done(_) | Turn::Unused(_));
        let stops = closed && below[turn].iter().any(is_operation);
        waiting.extend(below[turn].iter().filter(|turn| !stops || is_operation(turn)));
    }
    found.sort_unstable();
    found
}

fn refreshed(plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut needed = Vec::new();
    let mut places: BTreeMap<ResourcePath, Vec<usize>> = BTreeMap::new();
    for (address, _, instance) in plan.prior.instances() {
        let Some(object) = &instance.current else { continue };
        places.entry(address.path()).or_default().push(steps.len());
        needed.push(&object.dependencies);
        steps.push(Step { address, deposed: None, action: Action::NoOp, needs: Vec::new() });
    }
    for (step, needed) in steps.iter_mut().zip(needed) {
        step.needs = needed.iter().filter_map(|path| places.get(path)).flatten().copied().collect();
    }
    steps
}
