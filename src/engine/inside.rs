//! What a change does to the parts of an object that another engine looks after, as far as its provider can tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::{Action, Change, Inside, Part, PartAction};
use crate::port::{InsideRequest, Provider, Remarks};
use crate::value::Value;

use super::instance::{Arguments, heeded, report};
use super::walk::{Job, Walk};

/// Looks inside a change that was decided, where it has an inside.
pub(super) async fn look(
    walk: &Walk<'_>,
    job: &Job<'_>,
    change: &mut Change,
    arguments: &Arguments,
) -> Option<()> {
    let provider = &*job.common.provider;
    let kind = &*job.address.resource.kind;
    let works = change.action.creates() || change.action == Action::Update;
    if !works || !provider.has_inside(kind) {
        return Some(());
    }
    let none = Value::null(job.common.kind.ty.clone());
    let (prior, planned) = (change.before.clone().unmark_deep().0, change.after.clone().unmark_deep().0);
    let mut remarks = Remarks::new();
    let gone = match change.action {
        Action::Replace(_) => of_destruction(walk, provider, change, &prior, &mut remarks).await,
        _ => None,
    };
    let updates = change.action == Action::Update;
    let configuration = match updates {
        true => heeded(job, &prior, &arguments.value),
        false => arguments.value.clone(),
    };
    let request = InsideRequest {
        kind,
        prior: if updates { &prior } else { &none },
        planned: &planned,
        configuration: &configuration,
        private: &change.private,
    };
    let permit = walk.permit(provider, kind).await;
    let found = provider.look_inside(request, &mut remarks).await;
    drop(permit);
    if report(walk, job, remarks) {
        return None;
    }
    change.inside = match (gone, found) {
        (Some(gone), Some(made)) => Some(Arc::new(both(&gone, made))),
        (gone, found) => found.map(Arc::new).or(gone),
    };
    Some(())
}

/// What goes with an object that is destroyed.
pub(super) async fn of_destruction(
    walk: &Walk<'_>,
    provider: &dyn Provider,
    change: &Change,
    prior: &Value,
    remarks: &mut Remarks,
) -> Option<Arc<Inside>> {
    let kind = &*change.address.resource.kind;
    if !provider.has_inside(kind) {
        return None;
    }
    let none = Value::null(prior.ty());
    let request =
        InsideRequest { kind, prior, planned: &none, configuration: &none, private: &change.private };
    let _permit = walk.permit(provider, kind).await;
    provider.look_inside(request, remarks).await.map(Arc::new)
}

/// A replacement: what goes with the one, and what comes with the other.
fn both(gone: &Inside, made: Inside) -> Inside {
    let mut parts: BTreeMap<String, Part> =
        gone.parts.iter().map(|part| (part.name.clone(), part.clone())).collect();
    for part in made.parts {
        let (fate, held) =
            parts.get(&part.name).map_or_else(Default::default, |gone| (gone.fate, gone.holds_data));
        let replaced = parts.contains_key(&part.name);
        let part = match replaced {
            true => Part { action: PartAction::Replace, fate, holds_data: held || part.holds_data, ..part },
            false => part,
        };
        parts.insert(part.name.clone(), part);
    }
    let reservations = gone.reservations.iter().cloned().chain(made.reservations).collect();
    Inside { parts: parts.into_values().collect(), reservations, notes: made.notes }
}
