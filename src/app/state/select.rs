//! Which instances an address selects.

use std::cmp::Ordering;

use crate::address::{AbsoluteInstance, EnvironmentName, InstanceKey, ModuleInstance, Target};
use crate::config::parse_target;
use crate::diag::{Diagnostic, Diagnostics, Source, closest};
use crate::state::State;

/// All instances that the addresses select; each address must select at least one.
pub(super) fn instances(
    state: &State,
    typed: &[String],
    environment: &EnvironmentName,
) -> Result<Vec<AbsoluteInstance>, Diagnostics> {
    let mut found = Vec::new();
    let mut diagnostics = Diagnostics::new();
    for text in typed {
        let Some(target) = target(text, &mut diagnostics) else {
            continue;
        };
        let meant = matching(state, &target);
        if meant.is_empty() {
            diagnostics.push(missing(state, text, environment));
        }
        found.extend(meant);
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(found) }
}

pub(super) fn target(typed: &str, diagnostics: &mut Diagnostics) -> Option<Target> {
    parse_target(&Source::new("<address>", typed), diagnostics)
}

/// The instances that a target selects: of a module everything in it and below, of a resource all instances.
pub(super) fn matching(state: &State, target: &Target) -> Vec<AbsoluteInstance> {
    let mut found: Vec<AbsoluteInstance> = match &target.resource {
        None => {
            let inside = state.instances().filter(|(address, ..)| is_inside(&target.module, &address.module));
            inside.map(|(address, ..)| address).collect()
        }
        Some(resource) => {
            let address = resource.within(target.module.clone());
            let keys =
                state.resources.get(&address).into_iter().flat_map(|resource| resource.instances.keys());
            let keys = keys.filter(|key| target.key.is_none() || **key == target.key);
            keys.map(|key| address.instance(key.clone())).collect()
        }
    };
    found.sort_by(as_listed);
    found
}

/// Whether `module` is `outer` or below it. A last step without a key in `outer` stands for all instances.
fn is_inside(outer: &ModuleInstance, module: &ModuleInstance) -> bool {
    let (outer, module) = (outer.steps(), module.steps());
    let last = outer.len().wrapping_sub(1);
    module.len() >= outer.len()
        && outer.iter().zip(module).enumerate().all(|(index, ((name, key), (other, found)))| {
            name == other && (key == found || index == last && *key == InstanceKey::None)
        })
}

/// The order of Terraform's lists: by depth first, and data sources before managed resources.
pub(super) fn as_listed(a: &AbsoluteInstance, b: &AbsoluteInstance) -> Ordering {
    let depth = a.module.steps().len().cmp(&b.module.steps().len());
    depth
        .then_with(|| a.module.cmp(&b.module))
        .then_with(|| b.resource.mode.cmp(&a.resource.mode))
        .then_with(|| (&a.resource.kind, &a.resource.name).cmp(&(&b.resource.kind, &b.resource.name)))
        .then_with(|| a.key.cmp(&b.key))
}

/// The attribute "id" of the current object, if it is a string.
pub(super) fn id(state: &State, address: &AbsoluteInstance) -> Option<String> {
    let object = state.instance(address)?.current.as_ref()?;
    let attributes: serde_json::Value = serde_json::from_str(&object.attributes).ok()?;
    attributes.get("id")?.as_str().map(str::to_owned)
}

/// Suggest at most this many instances.
const INSTANCES: usize = 5;

/// The error that there is no such instance, with what was probably meant.
pub(in crate::app) fn missing(state: &State, typed: &str, environment: &EnvironmentName) -> Diagnostic {
    let why = format!("The state of {environment} has nothing at {typed}.");
    let fault = Diagnostic::error("Nothing at this address", why);
    let known: Vec<String> = state.instances().map(|(address, ..)| address.to_string()).collect();
    // Probably one of several instances, with its key left out.
    let keyed = format!("{typed}[");
    let mut instances = known.iter().filter(|name| name.starts_with(&keyed)).map(String::as_str);
    let some: Vec<&str> = instances.by_ref().take(INSTANCES).collect();
    if !some.is_empty() {
        let more = if instances.next().is_some() { ", ..." } else { "" };
        return fault.hint(format!("It has instances: {}{more}", some.join(", ")));
    }
    match closest(typed, known.iter().map(String::as_str)) {
        Some(meant) => fault.hint(format!("Did you mean {meant}?")),
        None => fault.hint(format!("What there is: terrace state list{}", environment.flag())),
    }
}
