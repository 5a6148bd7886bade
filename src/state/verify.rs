//! What cannot be in a state that anybody made on purpose.

use super::{Object, State};
use crate::address::AbsoluteInstance;
use crate::syntax::data::{Document, Shape};

/// What contradicts itself, in sentences; nothing where the state is sound.
///
/// Resources that depend on each other in a circle are no contradiction: where a configuration turns a dependency around
/// and only half of that came off, what was made before stands beside what was made after, and both tell the truth.
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
