//! Generates configuration for imported objects that have none, from the objects themselves.

use std::sync::Arc;

use crate::address::{ModuleInstance, ProviderConfigAddress, ResourcePath};
use crate::config::Import;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::dependencies;
use crate::eval::{Evaluator, Purpose, Surroundings};
use crate::port::Remarks;
use crate::state::State;

use super::generated;
use super::imports::Imports;
use super::instance::by_id;
use super::known::Known;
use super::remarks::Place;
use super::walk::Walk;
use super::{Ports, Request};

/// Generates blocks for all objects that `import` blocks name and the configuration does not declare, in the order of
/// the blocks.
pub async fn generate(
    request: &Request<'_>,
    stored: &Arc<State>,
    ports: Ports<'_>,
) -> (Vec<(ResourcePath, String)>, Diagnostics) {
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let inputs = request.options.inputs.clone();
    let (place, functions) = (request.place.clone(), request.functions.clone());
    let evaluator = Evaluator::new(request.configuration, Purpose::Values, place, functions, &known, inputs);
    let walk = Walk::new(request, ports, &evaluator, &known, &graph, stored);
    let imports = Imports::of(request.configuration);
    let mut blocks = Vec::new();
    for import in imports.undeclared(request.configuration) {
        if let Some(block) = one(&walk, &imports, import).await {
            blocks.push((import.resource.clone(), block));
        }
    }
    walk.release().await;
    (blocks, walk.diagnostics.take())
}

async fn one(walk: &Walk<'_>, imports: &Imports<'_>, import: &Import) -> Option<String> {
    let path: &ResourcePath = &import.resource;
    let refuse = |why: String| {
        let fault = Diagnostic::error("Configuration cannot be written", why).at(import.span.clone());
        walk.diagnostics.borrow_mut().push(fault.address(path.to_string()));
    };
    if !path.module.is_root() || import.for_each.is_some() {
        refuse("It can be written for single instances of the root module only.".to_owned());
        return None;
    }
    let mut faults = Diagnostics::new();
    let root = walk.evaluator.scope(&ModuleInstance::root(), Surroundings::default());
    let found = imports.resolve(path, &root, walk.stored, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let (_, found) = found.into_iter().next()?;
    let local = import.provider_reference.as_ref().map(|reference| reference.local.clone());
    let configured_by = ProviderConfigAddress {
        module: path.module.clone(),
        provider: import.provider.clone(),
        alias: local.as_ref().and_then(|local| local.alias.clone()),
    };
    let kind = walk.kinds.of(walk.ports.providers, &import.provider, &path.resource).await;
    let kind = kind.map_err(&refuse).ok()?;
    let provider = walk.provider(&configured_by).await?;
    let name = &*path.resource.kind;
    let mut remarks = Remarks::new();
    let object = by_id(walk, &*provider, name, &found.id, &mut remarks).await;
    let secrets = walk.secrets_in([]);
    let place = Place { address: path.to_string(), body: None, block: Some(&import.span), secrets };
    if place.report(remarks, &mut walk.diagnostics.borrow_mut()) {
        return None;
    }
    let Some(object) = object else {
        refuse(format!("There is no {name} \"{}\".", found.id));
        return None;
    };
    Some(generated::resource(&path.resource, local.as_ref(), &kind.block, &kind.mark(object.value)))
}
