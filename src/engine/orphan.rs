//! Objects that the configuration no longer declares: to be destroyed, or forgotten.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, InstanceKey, ModuleInstance, ProviderConfigAddress, ResourceMode, ResourcePath,
};
use crate::config::{Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::{Surroundings, whole};
use crate::plan::{Action, Change, Mode, Reason};
use crate::port::{PlanRequest, Provider, Remarks};
use crate::state::{DeposedKey, InstanceState, Object, ResourceState, json};
use crate::value::Value;

use super::instance::{is_protected, protected_fault};
use super::kinds::Kind;
use super::refresh::{Refresh, Refreshed};
use super::remarks::Place;
use super::walk::{Walk, stored_instances};
use super::{configured, inside, removed};

/// While destroying, the value of a resource is what is stored of it.
pub(super) fn remember(walk: &Walk<'_>, path: &ResourcePath, resource: &Resource, kind: &Rc<Kind>) -> bool {
    let mut by_module: BTreeMap<&ModuleInstance, Vec<(InstanceKey, Value)>> = BTreeMap::new();
    for (address, state) in stored_instances(walk.stored, path) {
        for (key, instance) in &state.instances {
            let Some(object) = &instance.current else { continue };
            by_module.entry(&address.module).or_default().push((key.clone(), value_of(object, kind)));
        }
    }
    for (module, instances) in by_module {
        walk.known.put(module, &path.resource, whole(&resource.repetition, instances));
    }
    true
}

/// The stored value of an instance that is not planned.
pub(super) fn stored_value(walk: &Walk<'_>, address: &AbsoluteInstance, kind: &Kind) -> Option<Value> {
    let object = walk.stored.instance(address)?.current.as_ref()?;
    Some(value_of(object, kind))
}

fn value_of(object: &Object, kind: &Kind) -> Value {
    let value = json::decode(&object.attributes, &kind.ty);
    let value = value.unwrap_or_else(|_| Value::unknown(kind.ty.clone()));
    kind.mark_as(object, value)
}

/// Plans the end of every stored object that is not declared.
pub(super) async fn plan(walk: &Walk<'_>) {
    let refresh_only = walk.request.options.mode == Mode::RefreshOnly;
    let failing = walk.diagnostics.borrow().has_errors();
    for (address, state, instance) in walk.stored.instances() {
        let wanted = walk.found.borrow().wanted.contains(&address);
        if address.resource.mode == ResourceMode::Data {
            if !wanted && !failing {
                // A data source leaves nothing to destroy.
                walk.found.borrow_mut().refreshed.push((address, state.provider.clone(), None));
            }
            continue;
        }
        walk.ports.signals.breathe().await;
        if walk.ports.signals.stopped() {
            return;
        }
        let of_deposed = walk.selection.as_ref().is_none_or(|selection| selection.destroys_deposed(&address));
        let of_current = walk.selection.as_ref().is_none_or(|selection| selection.destroys(&address));
        if !of_current && !of_deposed {
            continue;
        }
        if failing && (!wanted && is_open(walk, &address) || has_failed(walk, &state.provider)) {
            continue;
        }
        let ends = ends(instance, of_current && !wanted, of_deposed);
        let sound = one(walk, &address, state, &ends, wanted, refresh_only).await;
        if sound.is_none() && !walk.diagnostics.borrow().has_errors() {
            let why = format!("The end of {address} could not be planned.");
            walk.diagnostics.borrow_mut().push(Diagnostic::error("Instance cannot be planned", why));
        }
    }
}

/// Whether the configuration of a provider failed to evaluate. Its target is unknown, so it must not be used.
fn has_failed(walk: &Walk<'_>, provider: &ProviderConfigAddress) -> bool {
    let written = configured::written(provider, walk.request.configuration);
    written.is_some_and(|(thing, _)| walk.failed.borrow().contains(&thing))
}

/// Whether an earlier failure leaves open if an instance is declared.
fn is_open(walk: &Walk<'_>, address: &AbsoluteInstance) -> bool {
    let destroying = walk.request.options.mode == Mode::Destroy;
    let Some((id, node)) = walk.request.configuration.find(&address.module.path()) else { return false };
    if destroying || !node.module.resources.contains_key(&address.resource) {
        return false;
    }
    let modules = walk.evaluator.expansion(id);
    let is_there = modules.is_none_or(|modules| modules.contains(&address.module));
    is_there && !walk.found.borrow().wanted.knows(&address.module, &address.resource)
}

/// The objects of an instance that come to their end.
fn ends(instance: &InstanceState, current: bool, deposed: bool) -> Vec<(Option<&DeposedKey>, &Object)> {
    let unwanted = instance.current.iter().filter(|_| current).map(|object| (None, object));
    let deposed = instance.deposed.iter().filter(|_| deposed).map(|(key, object)| (Some(key), object));
    unwanted.chain(deposed).collect()
}

async fn one(
    walk: &Walk<'_>,
    address: &AbsoluteInstance,
    state: &ResourceState,
    ends: &[(Option<&DeposedKey>, &Object)],
    wanted: bool,
    refresh_only: bool,
) -> Option<()> {
    if ends.is_empty() {
        return Some(());
    }
    // Destroying everything includes what a removed block would forget.
    let kept = !wanted
        && walk.request.options.mode != Mode::Destroy
        && removed::about(walk.request.configuration, address).is_some_and(|removed| !removed.destroy);
    let kind = kind(walk, address, &state.provider).await?;
    let provider = walk.provider(&state.provider).await?;
    for (key, object) in ends.iter().copied() {
        let end = End { walk, address, deposed: key, state, object, kind: &kind, provider: &provider };
        end.plan(kept, refresh_only).await?;
    }
    Some(())
}

async fn kind(
    walk: &Walk<'_>,
    address: &AbsoluteInstance,
    provider: &ProviderConfigAddress,
) -> Option<Rc<Kind>> {
    match walk.kinds.of(walk.ports.providers, &provider.provider, &address.resource).await {
        Ok(kind) => Some(kind),
        Err(why) => {
            let fault = Diagnostic::error("Provider cannot be used", why).address(address.to_string());
            walk.diagnostics.borrow_mut().push(fault);
            None
        }
    }
}

/// An object to be destroyed or forgotten.
struct End<'e, 'w> {
    walk: &'e Walk<'w>,
    address: &'e AbsoluteInstance,
    deposed: Option<&'e DeposedKey>,
    state: &'e ResourceState,
    object: &'e Object,
    kind: &'e Rc<Kind>,
    provider: &'e Arc<dyn Provider>,
}

impl End<'_, '_> {
    async fn plan(&self, kept: bool, refresh_only: bool) -> Option<()> {
        let walk = self.walk;
        let mut remarks = Remarks::new();
        let name = &*self.address.resource.kind;
        let stored = self.object;
        let value =
            self.provider.upgrade(name, stored.schema_version, &stored.attributes, &mut remarks).await;
        let value = self.checked(value, remarks)?;
        // The object to forget may be out of reach, so it is not refreshed.
        let (value, private) =
            if kept { (value, stored.private.to_vec()) } else { self.refresh(value).await? };
        if value.is_null() {
            return Some(());
        }
        let before = self.kind.mark_as(stored, value.clone());
        if refresh_only {
            if self.deposed.is_none() && walk.moved.contains_key(self.address) {
                let change = Change { after: before.clone(), before, ..self.blank() };
                walk.found.borrow_mut().moved(change);
            }
            return Some(());
        }
        let none = Value::null(self.kind.ty.clone());
        let mut change = Change {
            action: if kept { Action::Forget } else { Action::Delete },
            before,
            private: private.clone().into(),
            ..self.blank()
        };
        if self.deposed.is_none() && walk.request.options.mode != Mode::Destroy {
            change.reason = Some(reason(walk, self.address));
        }
        if !kept {
            if self.refuse_destruction().is_none() {
                // A refused change is shown.
                walk.found.borrow_mut().change(change);
                return None;
            }
            let request = PlanRequest {
                kind: name,
                prior: &value,
                proposed: &none,
                configuration: &none,
                private: &private,
                secrets: &[],
                noted: &[],
            };
            let mut remarks = Remarks::new();
            let planned = self.provider.plan(request, &mut remarks).await;
            change.private = self.checked(planned, remarks)?.private.into();
            let mut remarks = Remarks::new();
            let found = inside::of_destruction(walk, &**self.provider, &change, &value, &mut remarks).await;
            change.inside = self.checked(Some(found), remarks)?.map(Arc::new);
        }
        walk.found.borrow_mut().change(change);
        Some(())
    }

    /// The address before a move. Meaningless for a deposed object that is destroyed with everything else.
    fn moved_from(&self) -> Option<Box<AbsoluteInstance>> {
        let matters = self.deposed.is_none() || self.walk.request.options.mode != Mode::Destroy;
        self.walk.moved.get(self.address).filter(|_| matters).cloned().map(Box::new)
    }

    /// Refreshes the object.
    async fn refresh(&self, stored: Value) -> Option<(Value, Vec<u8>)> {
        let private = self.object.private.to_vec();
        let marked = self.kind.mark_as(self.object, stored.clone());
        let refresh = Refresh {
            walk: self.walk,
            address: self.address,
            deposed: self.deposed,
            provider: &**self.provider,
            configured_by: &self.state.provider,
            kind: self.kind,
            object: self.object,
            report: &|remarks| self.report(remarks),
            blank: &|| self.blank(),
        };
        Some(match refresh.run(&stored, &marked, &private).await? {
            Refreshed::Same => (stored, private),
            Refreshed::Other(read) => (read.value, read.private),
        })
    }

    /// A no-op change of the object.
    fn blank(&self) -> Change {
        let (object, provider) = (self.object, self.state.provider.clone());
        let blank =
            Change::of_nothing(self.address.clone(), provider, object.dependencies.clone(), &self.kind.ty);
        Change {
            deposed: self.deposed.cloned(),
            moved_from: self.moved_from(),
            create_before_destroy: object.create_before_destroy,
            ..blank
        }
    }

    fn refuse_destruction(&self) -> Option<()> {
        let path = self.address.path();
        let Some((id, node)) = self.walk.request.configuration.find(&path.module) else { return Some(()) };
        let resource = node.module.resources.get(&path.resource);
        let Some(resource) = resource.filter(|_| self.deposed.is_none()) else { return Some(()) };
        let mut faults = Diagnostics::new();
        // Its instance of the module may be gone as well.
        let evaluator = self.walk.evaluator;
        let is_there = evaluator.expansion(id).is_some_and(|modules| modules.contains(&self.address.module));
        let scope = match is_there {
            true => evaluator.scope(&self.address.module, Surroundings::default()),
            false => evaluator.unkeyed_scope(id, Surroundings::default()),
        };
        if is_protected(resource, &scope, &mut faults) {
            faults.push(protected_fault(resource, self.address));
        }
        (!self.walk.report(faults)).then_some(())
    }

    fn checked<T>(&self, answer: Option<T>, remarks: Remarks) -> Option<T> {
        let failed = self.report(remarks);
        answer.filter(|_| !failed)
    }

    fn report(&self, remarks: Remarks) -> bool {
        if remarks.is_empty() {
            return false;
        }
        let place = Place {
            secrets: self.walk.secrets_in([&value_of(self.object, self.kind)]),
            ..Place::of(self.address)
        };
        place.report(remarks, &mut self.walk.diagnostics.borrow_mut())
    }
}

/// Why the object is no longer declared.
fn reason(walk: &Walk<'_>, address: &AbsoluteInstance) -> Reason {
    let path = address.path();
    let undeclared = match walk.moved.contains_key(address) {
        true => Reason::DeleteBecauseNoMoveTarget,
        false => Reason::DeleteBecauseNoResourceConfig,
    };
    let Some((id, node)) = walk.request.configuration.find(&path.module) else { return undeclared };
    let Some(resource) = node.module.resources.get(&path.resource) else { return undeclared };
    if !walk.evaluator.expansion(id).unwrap_or_default().contains(&address.module) {
        return Reason::DeleteBecauseNoModule;
    }
    match (&resource.repetition, &address.key) {
        (Repetition::Count(_), InstanceKey::Number(_)) => Reason::DeleteBecauseCountIndex,
        (Repetition::ForEach(_), InstanceKey::Text(_)) => Reason::DeleteBecauseEachKey,
        _ => Reason::DeleteBecauseWrongRepetition,
    }
}
