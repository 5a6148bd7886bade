//! Nested changes: what a change does to the parts of an object that are managed by another engine, such as the
//! resources of a CloudFormation stack; and which parts were changed outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::{Action, Change, Inside, Part, PartAction};
use crate::port::{Current, InsideRequest, Provider, Remarks};
use crate::value::Value;

use super::Parts;
use super::instance::{Arguments, heeded, heeded_secrets, report};
use super::remarks::has_errors;
use super::walk::{Job, Walk};

/// Asks the provider for the nested changes of a change, if its type has any.
pub(super) async fn look(
    walk: &Walk<'_>,
    job: &Job<'_>,
    change: &mut Change,
    arguments: &Arguments,
) -> Option<()> {
    let provider = &*job.common.provider;
    let kind = &*job.address.resource.kind;
    let works = change.action.creates() || change.action == Action::Update;
    if !works || walk.request.parts != Parts::Planned || !provider.has_inside(kind) {
        return Some(());
    }
    let none = Value::null(job.common.kind.ty.clone());
    let (prior, planned) = (change.before.clone().unmark_deep().0, change.after.clone().unmark_deep().0);
    let mut remarks = Remarks::new();
    let gone = match change.action {
        Action::Replace(_) => of_destruction(walk, provider, change, &prior, &mut remarks).await,
        _ => None,
    };
    // Nothing is prepared after an error.
    if has_errors(&remarks) {
        report(walk, job, remarks);
        return None;
    }
    let updates = change.action == Action::Update;
    let configuration = match updates {
        true => heeded(job, &prior, &arguments.value),
        false => arguments.value.clone(),
    };
    let secrets = match updates {
        true => heeded_secrets(job, &change.before, arguments),
        false => arguments.secrets.clone(),
    };
    let request = InsideRequest {
        kind,
        prior: if updates { &prior } else { &none },
        planned: &planned,
        configuration: &configuration,
        secrets: &secrets,
        replaced: if updates { &none } else { &prior },
        private: &change.private,
    };
    let permit = walk.permit(provider, kind).await;
    let found = provider.look_inside(request, &mut remarks).await;
    if has_errors(&remarks)
        && let Some(prepared) = found.as_ref().filter(|found| !found.notes.is_empty())
    {
        provider.discard(kind, &prepared.notes, &mut remarks).await;
    }
    drop(permit);
    if report(walk, job, remarks) {
        return None;
    }
    change.inside = match (gone, found.map(ordered)) {
        (Some(gone), Some(made)) => Some(both(&gone, made).into()),
        (gone, None) => gone.map(|gone| Inside { notes: Vec::new().into(), ..gone }.into()),
        (None, made) => made.map(Arc::new),
    };
    Some(())
}

/// The nested changes of a destroy.
pub(super) async fn of_destruction(
    walk: &Walk<'_>,
    provider: &dyn Provider,
    change: &Change,
    prior: &Value,
    remarks: &mut Remarks,
) -> Option<Inside> {
    let kind = &*change.address.resource.kind;
    if walk.request.parts != Parts::Planned || !provider.has_inside(kind) {
        return None;
    }
    let none = Value::null(prior.ty());
    let request = InsideRequest {
        kind,
        prior,
        planned: &none,
        configuration: &none,
        secrets: &[],
        replaced: &none,
        private: &change.private,
    };
    let _permit = walk.permit(provider, kind).await;
    provider.look_inside(request, remarks).await.map(ordered)
}

/// The parts of an object that were changed outside; `None` if that was not asked for, or there are none.
pub(super) async fn examined(
    walk: &Walk<'_>,
    provider: &dyn Provider,
    current: Current<'_>,
    remarks: &mut Remarks,
) -> Option<Arc<Inside>> {
    if walk.request.parts != Parts::Examined || current.value.is_null() || !provider.has_inside(current.kind)
    {
        return None;
    }
    let _permit = walk.permit(provider, current.kind).await;
    let parts = provider.examine(current, remarks).await;
    (!parts.is_empty()).then(|| Arc::new(ordered(Inside { parts, ..Inside::default() })))
}

/// Other engines list parts in no fixed order.
fn ordered(mut inside: Inside) -> Inside {
    inside.parts.sort_by(|a, b| a.name.cmp(&b.name));
    inside.parts.iter_mut().for_each(|part| part.properties.sort_by(|a, b| a.path.cmp(&b.path)));
    inside
}

/// The nested changes of a replacement: of the old object and of the new one.
fn both(gone: &Inside, made: Inside) -> Inside {
    let mut parts: BTreeMap<String, Part> =
        gone.parts.iter().map(|part| (part.name.clone(), part.clone())).collect();
    for part in made.parts {
        let part = match parts.get(&part.name) {
            Some(gone) => Part {
                action: PartAction::Replace,
                id: gone.id.clone(),
                fate: gone.fate,
                holds_data: gone.holds_data || part.holds_data,
                ..part
            },
            None => part,
        };
        parts.insert(part.name.clone(), part);
    }
    let reservations = gone.reservations.iter().cloned().chain(made.reservations).collect();
    Inside { parts: parts.into_values().collect(), reservations, notes: made.notes }
}
