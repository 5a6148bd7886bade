//! Ephemeral resources: opened when needed, closed at the end, never stored.

use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::port::{Provider, Remarks};
use crate::value::{Mark, Value};

use super::instance::{arguments, report};
use super::remarks::Place;
use super::walk::{Job, Walk};

/// What has to be closed: the provider, the type, and the provider's private data.
#[derive(Default)]
pub(super) struct Opened(Vec<(Arc<dyn Provider>, String, Vec<u8>)>);

/// Opens the resource, or leaves it for the apply if its arguments are not known yet.
pub(super) async fn open(walk: &Walk<'_>, job: &Job<'_>) -> Option<Value> {
    let mut faults = Diagnostics::new();
    let arguments = arguments(job, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    if !arguments.value.is_wholly_known() {
        return Some(Value::unknown(job.common.kind.ty.clone()).mark(Mark::Ephemeral));
    }
    let kind = &*job.address.resource.kind;
    let mut remarks = Remarks::new();
    let opened = job.common.provider.open(kind, &arguments.value, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    let (value, private) = opened?;
    walk.found.borrow_mut().open.0.push((Arc::clone(&job.common.provider), kind.to_owned(), private));
    Some(job.common.kind.mark(value.mark_places(&arguments.secrets)).mark(Mark::Ephemeral))
}

/// Closes everything that was opened, in reverse order.
pub(super) async fn close(walk: &Walk<'_>) {
    let opened = std::mem::take(&mut walk.found.borrow_mut().open).0;
    for (provider, kind, private) in opened.into_iter().rev() {
        let mut remarks = Remarks::new();
        provider.close(&kind, &private, &mut remarks).await;
        let secrets = walk.secrets_in([]);
        let place = Place { address: format!("ephemeral.{kind}"), body: None, block: None, secrets };
        place.report(remarks, &mut walk.diagnostics.borrow_mut());
    }
}
