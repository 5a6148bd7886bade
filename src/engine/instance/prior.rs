//! The object of an instance before it is planned: stored, refreshed, or imported.

use crate::diag::Diagnostic;
use crate::port::{Applied, Current, Event, Provider, Remarks, Step};
use crate::state::{Object, Status};
use crate::value::Value;

use super::super::refresh::{Refresh, Refreshed};
use super::super::walk::{Job, Walk};
use super::{blank, report};

/// An object before a change, as a value.
pub(in crate::engine) struct Prior {
    /// Without marks; null if there is no object.
    pub(in crate::engine) value: Value,
    /// With marks, for display and references.
    pub(in crate::engine) marked: Value,
    pub(in crate::engine) private: Vec<u8>,
    pub(in crate::engine) tainted: bool,
}

/// Refreshes the stored object.
pub(super) async fn refresh(walk: &Walk<'_>, job: &Job<'_>, stored: Option<&Object>) -> Option<Prior> {
    let common = job.common;
    let Some(object) = stored else {
        return Some(Prior {
            value: Value::null(common.kind.ty.clone()),
            marked: Value::null(common.kind.ty.clone()),
            private: Vec::new(),
            tainted: false,
        });
    };
    let stored = read_stored(walk, job, object).await?;
    let refresh = Refresh {
        walk,
        address: &job.address,
        deposed: None,
        provider: &*common.provider,
        configured_by: &common.configured_by,
        kind: &common.kind,
        object,
        report: &|remarks| report(walk, job, remarks),
        blank: &|| blank(walk, job),
    };
    match refresh.run(&stored.value, &stored.marked, &stored.private).await? {
        Refreshed::Same => Some(stored),
        Refreshed::Other(Applied { value, private }) => Some(Prior {
            marked: common.kind.mark_as(object, value.clone()),
            value,
            private,
            tainted: stored.tainted,
        }),
    }
}

/// Imports an existing object.
pub(super) async fn import(walk: &Walk<'_>, job: &Job<'_>, id: &str) -> Option<Prior> {
    let common = job.common;
    let kind = &*job.address.resource.kind;
    let mut remarks = Remarks::new();
    let known_as = Some(("id".to_owned(), id.to_owned()));
    let event = |step| Event::Refresh { address: job.address.clone(), id: known_as.clone(), step };
    walk.ports.events.event(event(Step::Started));
    let found = by_id(walk, &*common.provider, kind, id, &mut remarks).await;
    walk.ports.events.event(event(if found.is_some() { Step::Done } else { Step::Failed }));
    if report(walk, job, remarks) {
        return None;
    }
    let Some(found) = found else {
        let why = format!("There is no {kind} \"{id}\" that could become {}.", job.address);
        let fault = Diagnostic::error("Nothing to import", why).at(job.resource.span.clone());
        walk.diagnostics.borrow_mut().push(fault.address(job.address.to_string()));
        return None;
    };
    let marked = common.kind.mark(found.value.clone());
    let object = Object {
        dependencies: common.dependencies.clone(),
        ..common.kind.stored(&marked, found.private.clone())
    };
    let mut so_far = walk.found.borrow_mut();
    so_far.refreshed.push((job.address.clone(), common.configured_by.clone(), Some(object)));
    Some(Prior { marked, value: found.value, private: found.private, tainted: false })
}

/// Reads the object with an id; `None` if it does not exist.
pub(in crate::engine) async fn by_id(
    walk: &Walk<'_>,
    provider: &dyn Provider,
    kind: &str,
    id: &str,
    remarks: &mut Remarks,
) -> Option<Applied> {
    let _permit = walk.permit(provider, kind).await;
    let imported = provider.import(kind, id, remarks).await;
    let imported = imported.into_iter().find(|imported| imported.kind == kind)?;
    let current = Current { kind, value: &imported.value, private: &imported.private, on_progress: &|_| () };
    provider.read(current, remarks).await.filter(|read| !read.value.is_null())
}

/// Reads a stored object as a value of the current schema.
async fn read_stored(walk: &Walk<'_>, job: &Job<'_>, object: &Object) -> Option<Prior> {
    let common = job.common;
    let mut remarks = Remarks::new();
    let kind = &*job.address.resource.kind;
    let value = common.provider.upgrade(kind, object.schema_version, &object.attributes, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    let value = value?;
    Some(Prior {
        marked: common.kind.mark_as(object, value.clone()),
        value,
        private: object.private.to_vec(),
        tainted: object.status == Status::Tainted,
    })
}
