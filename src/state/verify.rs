//! What cannot be in a state that anybody made on purpose.

use std::collections::HashSet;

use super::document::{Document, Shape};
use super::{Object, State};
use crate::address::{AbsoluteInstance, ResourcePath};
use crate::graph::Needs;

/// What contradicts itself, in sentences; nothing where the state is sound.
pub fn verify(state: &State) -> Vec<String> {
    let mut faults = Vec::new();
    if state.lineage.is_empty() && !state.is_empty() {
        faults.push("The state has content and no lineage.".to_owned());
    }
    for (address, resource) in &state.resources {
        if resource.instances.is_empty() {
            faults.push(format!("{address} has no instance."));
        }
        let provider = &resource.provider;
        if !address.module.path().starts_with(&provider.module) {
            faults.push(format!("{address} belongs to {provider}, which its module cannot see."));
        }
    }
    for (address, _, instance) in state.instances() {
        if instance.is_empty() {
            faults.push(format!("{address} has no object."));
        }
        for (deposed, object) in instance.objects() {
            if let Some(key) = deposed
                && !(key.0.len() == 8 && key.0.bytes().all(|byte| byte.is_ascii_hexdigit()))
            {
                faults.push(format!("{address} has a deposed object \"{key}\", which is no name of one."));
            }
            verify_object(&address, object, &mut faults);
        }
    }
    verify_order(state, &mut faults);
    faults
}

fn verify_object(address: &AbsoluteInstance, object: &Object, faults: &mut Vec<String>) {
    let mut document = Document::new(&object.attributes);
    let is_object = document.shape() == Ok(Shape::Object);
    if !is_object || document.skip().is_err() || document.end().is_err() {
        faults.push(format!("The attributes of {address} are no JSON object."));
    }
}

/// Nothing can need itself, or it could be neither made nor destroyed in order.
fn verify_order(state: &State, faults: &mut Vec<String>) {
    let mut needs: Needs<ResourcePath> = Needs::new();
    let mut known: HashSet<(ResourcePath, ResourcePath)> = HashSet::new();
    for (address, resource) in &state.resources {
        let path = address.path();
        let place = needs.add(path.clone());
        for (_, object) in resource.instances.values().flat_map(|instance| instance.objects()) {
            for other in object.dependencies.iter() {
                if known.insert((path.clone(), other.clone())) {
                    needs.needs(place, other.clone());
                }
            }
        }
    }
    for circle in needs.circles() {
        let circle: Vec<String> = circle.iter().map(ResourcePath::to_string).collect();
        faults.push(format!("These depend on each other in a circle: {}.", circle.join(", ")));
    }
}
