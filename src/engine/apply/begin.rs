//! The beginning of an apply: stores what planning found, and collects the values that will not change.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, AbsoluteResource, ResourceMode};
use crate::plan::Action;
use crate::port::{Effect, Outcome};
use crate::state::{Object, State, json};

use super::super::instance::union;
use super::Run;

impl Run<'_, '_> {
    /// Stores what refreshing and moving found.
    pub(super) fn take_over(&self, stored: &State) {
        let mut effects = Vec::new();
        let mut last = None;
        for change in &self.plan.changes {
            // An instance moves once, together with all of its objects.
            if let Some(from) = change.moved_from.as_deref().filter(|_| last != Some(&change.address)) {
                effects.push(Effect::Move { from: from.clone(), to: change.address.clone() });
                last = Some(&change.address);
            }
        }
        let moved: HashMap<&AbsoluteInstance, &AbsoluteInstance> = self
            .plan
            .changes
            .iter()
            .filter_map(|change| Some((change.moved_from.as_deref()?, &change.address)))
            .collect();
        let origins: HashMap<&AbsoluteInstance, &AbsoluteInstance> =
            moved.iter().map(|(from, to)| (*to, *from)).collect();
        for (place, resource) in &self.plan.prior.resources {
            let stored_resource = stored.resources.get(place);
            let by_another = stored_resource.is_some_and(|before| before.provider != resource.provider);
            for (instance_key, instance) in &resource.instances {
                let put = |deposed, object: &Object| Effect::Put {
                    address: place.instance(instance_key.clone()),
                    deposed,
                    provider: resource.provider.clone(),
                    object: object.clone(),
                };
                if !instance.deposed.is_empty() {
                    let address = place.instance(instance_key.clone());
                    let origin = stored.instance(origins.get(&address).copied().unwrap_or(&address));
                    for (key, object) in &instance.deposed {
                        let before = origin.and_then(|instance| instance.deposed.get(key));
                        // An object whose type has changed must be stored as that type.
                        if before.is_none_or(|before| !is_the_same(before, object)) {
                            effects.push(put(Some(key.clone()), object));
                        }
                    }
                }
                let before =
                    stored_resource.and_then(|before| before.instances.get(instance_key)?.current.as_ref());
                if let Some(object) = &instance.current
                    && (by_another || before.is_none_or(|before| !is_the_same(before, object)))
                {
                    effects.push(put(None, object));
                }
            }
        }
        for (address, _, instance) in stored.instances() {
            let after = self.plan.prior.instance(&address).and_then(|instance| instance.current.as_ref());
            if instance.current.is_some() && after.is_none() && !moved.contains_key(&address) {
                effects.push(Effect::Remove { address: address.clone(), deposed: None });
            }
            let address = moved.get(&address).copied().cloned().unwrap_or(address);
            let after = self.plan.prior.instance(&address);
            for key in instance.deposed.keys() {
                if after.is_none_or(|after| !after.deposed.contains_key(key)) {
                    effects.push(Effect::Remove { address: address.clone(), deposed: Some(key.clone()) });
                }
            }
        }
        effects.extend(self.newly_needed());
        if !effects.is_empty() {
            self.lease.send(Outcome { operation: None, effects });
        }
        let imported = self.plan.changes.iter().filter(|change| change.import.is_some());
        self.applied.borrow_mut().tally.imported = imported.count();
    }

    /// Stores the new dependencies of objects that are to change, so that they are known even if the change fails or is
    /// never tried.
    fn newly_needed(&self) -> impl Iterator<Item = Effect> {
        let refreshed = !self.plan.options.skip_refresh;
        let changing = self.plan.changes.iter().filter(move |change| {
            refreshed
                && change.deposed.is_none()
                && matches!(change.action, Action::Update | Action::Replace(_))
        });
        changing.filter_map(|change| {
            let object = self.plan.prior.instance(&change.address)?.current.as_ref()?;
            if change.dependencies == object.dependencies {
                return None;
            }
            let dependencies = union(&object.dependencies, &change.dependencies);
            if dependencies.len() == object.dependencies.len() {
                return None;
            }
            Some(Effect::Put {
                address: change.address.clone(),
                deposed: None,
                provider: change.provider.clone(),
                object: Object { dependencies, ..object.clone() },
            })
        })
    }

    /// Collects the values that are final already: of unchanged instances, of those that the run does not select, and
    /// of data sources that were read while planning.
    pub(super) async fn remember(&self) {
        for change in self.plan.changes.iter().filter(|change| change.action == Action::NoOp) {
            self.is_now(change, change.after.clone());
        }
        let planned: HashSet<&AbsoluteInstance> = match self.walk.selection {
            Some(_) => {
                let current = self.plan.changes.iter().filter(|change| change.deposed.is_none());
                current.map(|change| &change.address).collect()
            }
            None => HashSet::default(),
        };
        for (address, state, instance) in self.plan.prior.instances() {
            let left_alone = self.walk.selection.is_some() && !planned.contains(&address);
            if address.resource.mode != ResourceMode::Data && !left_alone {
                continue;
            }
            let Some(object) = &instance.current else { continue };
            let providers = self.walk.ports.providers;
            let kind = self.walk.kinds.of(providers, &state.provider.provider, &address.resource).await;
            let Ok(kind) = kind else { continue };
            if let Ok(value) = json::decode(&object.attributes, &kind.ty) {
                let value = kind.mark_as(object, value);
                let place = AbsoluteResource { module: address.module, resource: address.resource };
                self.values.borrow_mut().entry(place).or_default().push((address.key, value));
            }
        }
    }
}

/// Compares attributes only if nothing cheaper decides.
fn is_the_same(before: &Object, object: &Object) -> bool {
    let noted = |object: &Object| (object.create_before_destroy, object.schema_version, object.status);
    if Arc::ptr_eq(&before.attributes, &object.attributes) {
        noted(before) == noted(object)
            && before.sensitive == object.sensitive
            && before.private == object.private
            && (Arc::ptr_eq(&before.dependencies, &object.dependencies)
                || before.dependencies == object.dependencies)
    } else {
        before == object
    }
}
