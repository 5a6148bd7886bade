//! One data source: read while planning where all that it needs is known and done, and otherwise while applying.

use crate::config::Resource;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::Subject;
use crate::plan::{Action, Change, Reason};
use crate::port::{Event, Remarks, Step};
use crate::state::Object;
use crate::syntax::Traversal;
use crate::value::Value;

use super::instance::{Arguments, arguments, blank, identity, report, with_self};
use super::proposed;
use super::walk::{Job, Walk};

/// Reads it, or plans to; what it is, for whoever refers to it. None where that failed.
pub(super) async fn plan(walk: &Walk<'_>, job: &Job<'_>) -> Option<Value> {
    let mut faults = Diagnostics::new();
    let resource = job.resource;
    let holds =
        walk.found.borrow_mut().checks.before(&job.address, &resource.preconditions, &job.scope, &mut faults);
    let arguments = if holds { arguments(job, &mut faults) } else { None };
    faults.extend(walk.evaluator.take_faults());
    if resource.check.is_some() && faults.has_errors() {
        // What goes wrong inside a check is a finding of the check and stops nothing.
        walk.report(as_warnings(faults));
        return Some(Value::unknown(job.common.kind.ty.clone()));
    }
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    let reason = if !arguments.value.is_wholly_known() {
        Some(Reason::ReadBecauseConfigUnknown)
    } else if waits(walk, job) {
        Some(Reason::ReadBecauseDependencyPending)
    } else {
        None
    };
    if let Some(reason) = reason {
        let unread = proposed::unread(&job.common.kind.block, &arguments.value);
        let after = job.common.kind.mark(unread.mark_places(&arguments.secrets));
        let change =
            Change { action: Action::Read, reason: Some(reason), after: after.clone(), ..blank(walk, job) };
        walk.found.borrow_mut().change(change);
        // What must be true of it is open until it has been read, and is told as that.
        let mut faults = Diagnostics::new();
        let scope = with_self(job, &after);
        let rules = &resource.postconditions;
        walk.found.borrow_mut().checks.after(&job.address, rules, &scope, &mut faults);
        faults.extend(walk.evaluator.take_faults());
        return (!walk.report(faults)).then_some(after);
    }
    let value = match read(walk, job, &arguments).await {
        Some(value) => value,
        None if resource.check.is_some() => return Some(Value::unknown(job.common.kind.ty.clone())),
        None => return None,
    };
    let object = stored(job, &value);
    walk.found.borrow_mut().refreshed.push((
        job.address.clone(),
        job.common.configured_by.clone(),
        Some(object),
    ));
    let mut faults = Diagnostics::new();
    let scope = with_self(job, &value);
    walk.found.borrow_mut().checks.after(&job.address, &resource.postconditions, &scope, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    (!walk.report(faults)).then_some(value)
}

/// Asks the provider; the value with its marks.
pub(super) async fn read(walk: &Walk<'_>, job: &Job<'_>, arguments: &Arguments) -> Option<Value> {
    let kind = &*job.address.resource.kind;
    let provider = &job.common.provider;
    let event = |id, step| Event::Read { address: job.address.clone(), id, step };
    let mut remarks = Remarks::new();
    provider.validate_data(kind, &arguments.value, &mut remarks).await;
    let mut value = None;
    if !super::remarks::has_errors(&remarks) {
        walk.ports.events.event(event(None, Step::Started));
        value = provider.read_data(kind, &arguments.value, &mut remarks).await;
    }
    if job.resource.check.is_some() {
        for remark in &mut remarks {
            remark.severity = Severity::Warning;
        }
    }
    let failed = report(walk, job, remarks);
    let value = value.filter(|_| !failed);
    let marked = value.map(|value| job.common.kind.mark(value.mark_places(&arguments.secrets)));
    let step = if marked.is_some() { Step::Done } else { Step::Failed };
    walk.ports.events.event(event(marked.as_ref().and_then(identity), step));
    marked
}

/// What is kept of it.
pub(super) fn stored(job: &Job<'_>, value: &Value) -> Object {
    let common = job.common;
    Object { dependencies: common.dependencies.clone(), ..common.kind.stored(value, Vec::new()) }
}

/// Whether something that it is said to depend on is still to happen.
fn waits(walk: &Walk<'_>, job: &Job<'_>) -> bool {
    let configuration = walk.request.configuration;
    let mut path = job.common.path.module.clone();
    let own: &Resource = job.resource;
    if own.depends_on.iter().any(|traversal| is_pending(walk, &path, traversal)) {
        return true;
    }
    while let Some((parent, name)) = path.parent() {
        let call = configuration.find(&parent).and_then(|(_, node)| node.module.calls.get(name));
        if call
            .is_some_and(|call| call.depends_on.iter().any(|traversal| is_pending(walk, &parent, traversal)))
        {
            return true;
        }
        path = parent;
    }
    false
}

fn is_pending(walk: &Walk<'_>, module: &crate::address::ModulePath, traversal: &Traversal) -> bool {
    match Subject::of(&traversal.reference()) {
        Ok((Subject::Resource(resource), _)) => {
            walk.is_pending(&crate::address::ResourcePath { module: module.clone(), resource })
        }
        Ok((Subject::Module(call), _)) => {
            let inside = module.child(call);
            walk.found.borrow().pending.iter().any(|path| path.module.starts_with(&inside))
        }
        _ => false,
    }
}

fn as_warnings(faults: Diagnostics) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    warnings.extend(faults.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }));
    warnings
}
