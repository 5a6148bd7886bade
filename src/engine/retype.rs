//! Objects that a `moved` block gives another type or provider. They, and their deposed objects, are converted before
//! anything is planned.

use std::collections::HashMap;
use std::sync::Arc;

use crate::address::{AbsoluteInstance, ProviderAddress, ProviderConfigAddress};
use crate::config::Resource;
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{MoveRequest, Provider, Remarks};
use crate::state::{DeposedKey, Object, State};
use crate::value::Path;

use super::kinds::{Kind, Kinds};
use super::moves::Moved;
use super::remarks::Place;
use super::secrets::Secrets;
use super::{Ports, Request, configured};

/// Converts objects that were moved to another type. One that cannot be converted is reported and left out of the plan.
pub(super) async fn retype(
    (request, ports, kinds): (&Request<'_>, Ports<'_>, &Kinds),
    moved: &Moved,
    state: &mut Arc<State>,
    diagnostics: &mut Diagnostics,
) {
    let mut started: HashMap<ProviderAddress, Option<Arc<dyn Provider>>> = HashMap::new();
    for (address, from) in &moved.previous {
        let Some(source) = moved.providers.get(address) else { continue };
        let Some((resource, configured_by)) = declared(request, address) else { continue };
        if from.resource.kind == address.resource.kind && *source == configured_by.provider {
            continue;
        }
        // An unknown type is reported when the resource is planned.
        let of = kinds.of(ports.providers, &configured_by.provider, &address.resource).await;
        let Ok(kind) = of else { continue };
        if !started.contains_key(&configured_by.provider) {
            let provider = ports.providers.start(&configured_by.provider, &request.workplace).await;
            started.insert(configured_by.provider.clone(), provider.ok());
        }
        let Some(provider) = started.get(&configured_by.provider).and_then(Option::as_ref) else { continue };
        let conversion =
            Conversion { address, from, source, resource, kind: &kind, configured_by: configured_by.into() };
        conversion.run(&**provider, Arc::make_mut(state), diagnostics).await;
    }
    for provider in started.into_values().flatten() {
        provider.stop().await;
    }
}

fn declared<'r>(
    request: &'r Request<'_>,
    address: &AbsoluteInstance,
) -> Option<(&'r Resource, ProviderConfigAddress)> {
    let (id, node) = request.configuration.find(&address.module.path())?;
    let resource = node.module.resources.get(&address.resource)?;
    Some((resource, configured::address(request.configuration, id, &address.resource)?))
}

/// One instance whose objects are converted.
struct Conversion<'c> {
    address: &'c AbsoluteInstance,
    from: &'c AbsoluteInstance,
    source: &'c ProviderAddress,
    resource: &'c Resource,
    kind: &'c Kind,
    configured_by: Arc<ProviderConfigAddress>,
}

impl Conversion<'_> {
    async fn run(&self, provider: &dyn Provider, state: &mut State, diagnostics: &mut Diagnostics) {
        let objects: Vec<(Option<DeposedKey>, Object)> = state
            .instance(self.address)
            .into_iter()
            .flat_map(|instance| instance.objects())
            .map(|(key, object)| (key.cloned(), object.clone()))
            .collect();
        for (key, object) in objects {
            match self.object(provider, &object, diagnostics).await {
                Some(object) => state.put(self.address, key.as_ref(), &self.configured_by, object),
                None => drop(state.remove(self.address, key.as_ref())),
            }
        }
    }

    async fn object(
        &self,
        provider: &dyn Provider,
        object: &Object,
        diagnostics: &mut Diagnostics,
    ) -> Option<Object> {
        let request = MoveRequest {
            kind: &self.address.resource.kind,
            source: self.source,
            source_kind: &self.from.resource.kind,
            version: object.schema_version,
            attributes: &object.attributes,
            private: &object.private,
        };
        let mut remarks = Remarks::new();
        let moved = provider.move_state(request, &mut remarks).await;
        let place = Place {
            address: self.address.to_string(),
            body: Some(&self.resource.body),
            block: Some(&self.resource.span),
            secrets: Secrets::default(),
        };
        if place.report(remarks, diagnostics) {
            return None;
        }
        let Some(moved) = moved else {
            diagnostics.push(self.unknown());
            return None;
        };
        // The old paths of secrets mean nothing in the new type, so everything except the identity is treated as
        // sensitive.
        let names = moved.value.entries().into_iter().flat_map(|entries| entries.keys());
        let sensitive = match object.sensitive.is_empty() {
            true => Vec::new(),
            false => names
                .filter(|name| &***name != "id")
                .map(|name| Path::root().attribute(name.clone()))
                .collect(),
        };
        let before = Object { sensitive, ..object.clone() };
        Some(self.kind.refreshed(&before, &moved.value, &moved.private))
    }

    fn unknown(&self) -> Diagnostic {
        let Self { address, from, source, .. } = self;
        let detail = format!(
            "{address} has moved from a {} of the provider {source} to a {} of the provider {}, which does not say how \
             one becomes the other.",
            from.resource.kind, address.resource.kind, self.configured_by.provider
        );
        let hint = "Forget the object with a \"removed\" block (destroy = false) and take it over with an \"import\" \
                    block.";
        Diagnostic::error("Move to another type", detail)
            .at(self.resource.span.clone())
            .hint(hint)
            .address(address.to_string())
    }
}
