//! Finds contradictions in a state that no correct program would write.

use super::{Object, State};
use crate::address::AbsoluteInstance;
use crate::syntax::data::{Document, Shape};

/// The contradictions as sentences; empty if the state is sound.
///
/// Circular dependencies are no contradiction: if a configuration reverses a dependency and only half of that is
/// applied, objects from before stand next to objects from after, and both are right.
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
    faults
}

fn verify_object(address: &AbsoluteInstance, object: &Object, faults: &mut Vec<String>) {
    let mut document = Document::new(&object.attributes);
    let is_object = document.shape() == Ok(Shape::Object);
    if !is_object || document.skip().is_err() || document.end().is_err() {
        faults.push(format!("The attributes of {address} are no JSON object."));
    }
}
