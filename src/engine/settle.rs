//! Operations that an earlier run began and did not finish recording, because it was interrupted.
//!
//! An object that was being changed or destroyed is in the state, and the next refresh finds what became of it. An
//! object that was being created may exist without a record: its provider is asked. If the provider cannot tell,
//! nothing is guessed.

use std::sync::Arc;

use crate::config::When;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::dependencies;
use crate::eval::{Evaluator, Purpose};
use crate::plan::Action;
use crate::port::{Effect, Event, Intent, Lease, Outcome, Remarks, Search, Settled};
use crate::state::{Object, State, Status, json};
use crate::value::Value;

use super::known::Known;
use super::remarks::Place;
use super::walk::Walk;
use super::{Ports, Request, orphan, provision};

/// Settles open intents against the state, updating it. Each outcome is reported as a warning; an error means that a
/// person has to decide.
pub async fn settle(
    request: &Request<'_>,
    intents: Vec<Intent>,
    state: &mut State,
    lease: &Arc<dyn Lease>,
    ports: Ports<'_>,
) -> Diagnostics {
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let inputs = request.options.inputs.clone();
    let (place, functions) = (request.place.clone(), request.functions.clone());
    let evaluator = Evaluator::new(request.configuration, Purpose::Values, place, functions, &known, inputs);
    let stored = Arc::new(state.clone());
    let walk = Walk::new(request, ports, &evaluator, &known, &graph, &stored);
    walk.remember_all().await;
    for intent in intents {
        let outcome = if intent.action == Action::Create {
            made(&walk, &intent).await
        } else {
            let effects = marked(state, &intent).into_iter().collect();
            Some(Outcome { operation: Some(intent.operation.clone()), effects })
        };
        let Some(outcome) = outcome else { continue };
        report(&walk, &intent, &outcome);
        for effect in outcome.effects.clone() {
            effect.enact(state);
        }
        lease.send(outcome);
    }
    walk.release().await;
    walk.diagnostics.take()
}

/// Looks for an object that may have been created.
async fn made(walk: &Walk<'_>, intent: &Intent) -> Option<Outcome> {
    let address = &intent.address;
    let operation = Some(intent.operation.clone());
    let kind = walk.kinds.of(walk.ports.providers, &intent.provider.provider, &address.resource).await;
    let kind = kind.map_err(|why| undecided(walk, intent, &why)).ok()?;
    let provider = walk.provider(&intent.provider).await?;
    let none = kind.stored(&Value::null(kind.ty.clone()), Vec::new());
    let planned = intent.planned.as_ref().unwrap_or(&none);
    let value = json::decode(&planned.attributes, &kind.ty).unwrap_or_else(|_| Value::null(kind.ty.clone()));
    let search = Search {
        kind: &address.resource.kind,
        planned: &value,
        private: &planned.private,
        token: &intent.operation.0,
        since: intent.since,
        on_progress: &|progress| walk.ports.events.event(Event::Part { address: address.clone(), progress }),
    };
    let mut remarks = Remarks::new();
    let found = provider.find(search, &mut remarks).await;
    let secrets = walk.secrets_in([&kind.mark_as(planned, value.clone())]);
    let place = Place { secrets, ..Place::of(address) };
    if place.report(remarks, &mut walk.diagnostics.borrow_mut()) {
        return None;
    }
    match found {
        Settled::Absent => Some(Outcome { operation, effects: Vec::new() }),
        Settled::Found(found) => {
            let marked = kind.mark_as(planned, found.value.settled());
            let object = Object {
                status: if has_provisioners(walk, intent) { Status::Tainted } else { Status::Ready },
                dependencies: planned.dependencies.clone(),
                create_before_destroy: planned.create_before_destroy,
                ..kind.stored(&marked, found.private)
            };
            let (address, deposed) = (address.clone(), intent.deposed.clone());
            let provider = intent.provider.clone();
            Some(Outcome { operation, effects: vec![Effect::Put { address, deposed, provider, object }] })
        }
        Settled::CannotTell => {
            undecided(walk, intent, "its provider cannot look for it");
            None
        }
    }
}

/// An interrupted update may have stored secrets where there were none: the object with their places marked, too.
fn marked(state: &State, intent: &Intent) -> Option<Effect> {
    let planned = intent.planned.as_ref()?;
    let resource = state.resources.get(&intent.address.absolute_resource())?;
    let current = resource.instances.get(&intent.address.key)?.current.as_ref()?;
    let mut sensitive = current.sensitive.clone();
    sensitive.extend(planned.sensitive.iter().filter(|path| !current.sensitive.contains(path)).cloned());
    (sensitive.len() > current.sensitive.len()).then(|| Effect::Put {
        address: intent.address.clone(),
        deposed: None,
        provider: resource.provider.clone(),
        object: Object { sensitive, ..current.clone() },
    })
}

/// Whether provisioners were to run after the creation: it is unknown whether they did.
fn has_provisioners(walk: &Walk<'_>, intent: &Intent) -> bool {
    let path = intent.address.path();
    let node = walk.request.configuration.find(&path.module).map(|(_, node)| node);
    let resource = node.and_then(|node| node.module.resources.get(&path.resource));
    resource.is_some_and(|resource| provision::has_any(resource, When::Create))
}

fn report(walk: &Walk<'_>, intent: &Intent, outcome: &Outcome) {
    let address = &intent.address;
    let what = match (intent.action, outcome.effects.is_empty()) {
        (Action::Create, true) => {
            format!("{address} was being created; it was looked for and does not exist.")
        }
        (Action::Create, false) => {
            format!("{address} was being created; it was found and is managed from now on.")
        }
        (Action::Delete, _) => format!("{address} was being destroyed; how far that went is checked now."),
        _ => format!("{address} was being changed; how far that went is checked now."),
    };
    let note = Diagnostic::warning("An earlier run was interrupted", what).address(address.to_string());
    walk.diagnostics.borrow_mut().push(note);
}

fn undecided(walk: &Walk<'_>, intent: &Intent, why: &str) {
    let address = &intent.address;
    let detail = format!(
        "An earlier run was interrupted while it created {address}. The object may exist or not: {why}. Nothing is \
         planned until that is settled, so that it is neither lost nor created twice."
    );
    let hint = format!(
        "Check whether it exists. If it does: terrace import{flag} '{address}' ID. If it does not: terrace state \
         settle{flag} '{address}'.",
        flag = walk.request.environment.flag()
    );
    let fault = Diagnostic::error("Object may exist", detail).hint(hint).address(address.to_string());
    walk.diagnostics.borrow_mut().push(fault);
}

impl Walk<'_> {
    /// Sets the values of all resources to what is stored of them.
    pub(super) async fn remember_all(&self) {
        for (_, node) in self.request.configuration.nodes() {
            for (address, resource) in &node.module.resources {
                let path =
                    crate::address::ResourcePath { module: node.path.clone(), resource: address.clone() };
                let kind = self.kinds.of(self.ports.providers, &resource.provider, address).await;
                if let Ok(kind) = kind {
                    orphan::remember(self, &path, resource, &kind);
                }
            }
        }
    }
}
