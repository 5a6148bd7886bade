//! Discards what providers have prepared for changes that will not be applied.

use std::sync::Arc;

use futures_util::StreamExt;

use crate::diag::{Diagnostics, Severity};
use crate::eval::validate::dependencies;
use crate::eval::{Evaluator, Purpose};
use crate::plan::Change;
use crate::port::Remarks;
use crate::state::State;

use super::known::Known;
use super::remarks::Place;
use super::walk::Walk;
use super::{Ports, Request};

/// Tells the providers of these changes to discard what they prepared, if anything. `state` is the one the plan started
/// from. Failures are only warnings: what is left behind does no harm.
pub async fn discard(
    request: &Request<'_>,
    prior: &Arc<State>,
    changes: &[Change],
    ports: Ports<'_>,
) -> Diagnostics {
    let prepared: Vec<&Change> = changes.iter().filter(|change| !notes(change).is_empty()).collect();
    if prepared.is_empty() {
        return Diagnostics::new();
    }
    let graph = dependencies(request.configuration);
    let known = Known::default();
    let inputs = request.options.inputs.clone();
    let (place, functions) = (request.place.clone(), request.functions.clone());
    let evaluator = Evaluator::new(request.configuration, Purpose::Values, place, functions, &known, inputs);
    let walk = Walk::new(request, ports, &evaluator, &known, &graph, prior);
    walk.remember_all().await;
    let at_once = request.parallelism.max(1);
    let given_up = futures_util::stream::iter(prepared).map(|change| one(&walk, change));
    let mut given_up = given_up.buffer_unordered(at_once);
    loop {
        tokio::select! {
            biased;
            given_up = given_up.next() => if given_up.is_none() { break },
            () = ports.signals.until_cancelled() => break,
        }
    }
    drop(given_up);
    walk.release().await;
    let mut diagnostics = walk.diagnostics.take();
    diagnostics.iter_mut().for_each(|one| one.severity = Severity::Warning);
    diagnostics
}

fn notes(change: &Change) -> &[u8] {
    change.inside.as_ref().map_or(&[], |inside| &inside.notes)
}

async fn one(walk: &Walk<'_>, change: &Change) {
    let Some(provider) = walk.provider(&change.provider).await else { return };
    let kind = &*change.address.resource.kind;
    let mut remarks = Remarks::new();
    let permit = walk.permit(&*provider, kind).await;
    provider.discard(kind, notes(change), &mut remarks).await;
    drop(permit);
    let secrets = walk.secrets_in([&change.before, &change.after]);
    let place = Place { secrets, ..Place::of(&change.address) };
    place.report(remarks, &mut walk.diagnostics.borrow_mut());
}
