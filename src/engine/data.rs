//! One data source: read while planning if everything it depends on is known and done, and otherwise while applying.

use crate::address::{ResourceMode, ResourcePath};
use crate::config::Resource;
use crate::diag::{Diagnostics, Severity};
use crate::eval::Subject;
use crate::expression::Reference;
use crate::plan::{Action, Change, Mode, Reason};
use crate::port::{Event, Remarks, Step};
use crate::state::Object;
use crate::syntax::Traversal;
use crate::value::Value;

use super::instance::{Arguments, arguments, blank, identity, report, secrets_about, with_self};
use super::proposed;
use super::walk::{Job, Walk};

/// Reads the data source, or plans to; returns its value for references. `None` if that failed.
pub(super) async fn plan(walk: &Walk<'_>, job: &Job<'_>) -> Option<Value> {
    let mut faults = Diagnostics::new();
    let resource = job.resource;
    let holds =
        walk.found.borrow_mut().checks.before(&job.address, &resource.preconditions, &job.scope, &mut faults);
    let arguments = if holds { arguments(job, &mut faults) } else { None };
    faults.extend(walk.evaluator.take_faults());
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
        let after = unread(job, &arguments);
        let change =
            Change { action: Action::Read, reason: Some(reason), after: after.clone(), ..blank(walk, job) };
        let mut found = walk.found.borrow_mut();
        // With nothing to apply, another run will read it.
        if walk.request.options.mode != Mode::RefreshOnly {
            found.change(change);
        }
        // The value of an earlier read is no longer valid.
        found.refreshed.push((job.address.clone(), job.common.configured_by.clone(), None));
        drop(found);
        // Its conditions cannot be evaluated before it is read, and are reported as open.
        let mut faults = Diagnostics::new();
        let scope = with_self(job, &after);
        let rules = &resource.postconditions;
        walk.found.borrow_mut().checks.after((&job.address, &after), rules, &scope, &mut faults);
        faults.extend(walk.evaluator.take_faults());
        return (!walk.report(faults)).then_some(after);
    }
    let value = match read(walk, job, &arguments).await {
        Some(value) => value,
        None if resource.check.is_some() => unread(job, &arguments),
        None => return None,
    };
    if resource.check.is_some() && walk.request.options.mode == Mode::Normal {
        // Checks are evaluated again after everything is applied.
        let (action, reason) = (Action::Read, Some(Reason::ReadBecauseCheckNested));
        let change = Change { action, reason, after: value.clone(), ..blank(walk, job) };
        walk.found.borrow_mut().change(change);
    }
    let object = stored(job, &value);
    walk.found.borrow_mut().refreshed.push((
        job.address.clone(),
        job.common.configured_by.clone(),
        Some(object),
    ));
    let mut faults = Diagnostics::new();
    let scope = with_self(job, &value);
    walk.found.borrow_mut().checks.after(
        (&job.address, &value),
        &resource.postconditions,
        &scope,
        &mut faults,
    );
    faults.extend(walk.evaluator.take_faults());
    (!walk.report(faults)).then_some(value)
}

/// Asks the provider; returns the value with its marks.
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
    let failed = super::remarks::has_errors(&remarks);
    let value = value.filter(|_| !failed);
    if !remarks.is_empty() {
        secrets_about(walk, job).hide_in(&mut remarks);
    }
    if let Some(check) = job.resource.check.as_ref().filter(|_| value.is_none()) {
        // A failure inside a check block stops nothing.
        let errors = remarks.iter_mut().filter(|remark| remark.severity == Severity::Error);
        let said = errors.map(|remark| {
            remark.severity = Severity::Warning;
            format!("{}: {}", remark.summary, remark.detail)
        });
        let said = said.collect();
        walk.found.borrow_mut().checks.unread(&job.address.module, check, said);
    }
    report(walk, job, remarks);
    let marked = value.map(|value| job.common.kind.mark(value.mark_places(&arguments.secrets)));
    let step = if marked.is_some() { Step::Done } else { Step::Failed };
    walk.ports.events.event(event(marked.as_ref().and_then(identity), step));
    marked
}

/// The value as far as it is known before the read.
pub(super) fn unread(job: &Job<'_>, arguments: &Arguments) -> Value {
    let kind = &job.common.kind;
    kind.mark(proposed::unread(&kind.block, &arguments.value).mark_places(&arguments.secrets))
}

/// What the state keeps of it.
pub(super) fn stored(job: &Job<'_>, value: &Value) -> Object {
    let common = job.common;
    Object { dependencies: common.dependencies.clone(), ..common.kind.stored(&value.settled(), Vec::new()) }
}

/// Whether something in its `depends_on` is still to be changed.
fn waits(walk: &Walk<'_>, job: &Job<'_>) -> bool {
    let configuration = walk.request.configuration;
    let mut path = job.common.path.module.clone();
    let own: &Resource = job.resource;
    if own.depends_on.iter().any(|traversal| is_pending(walk, &path, traversal))
        || refers_to_pending(walk, job)
    {
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

/// Whether a managed resource that the data source refers to is still to be changed; or, if it has conditions, one that
/// it depends on in any way, since the conditions may hold only afterwards.
fn refers_to_pending(walk: &Walk<'_>, job: &Job<'_>) -> bool {
    let resource = job.resource;
    let mut found = false;
    let mut look = |reference: &Reference<'_>| {
        if let Ok((Subject::Resource(named), _)) = Subject::of(reference)
            && named.mode == ResourceMode::Managed
        {
            found |=
                walk.is_pending(&ResourcePath { module: job.common.path.module.clone(), resource: named });
        }
    };
    resource.body.references(&mut look);
    if let Some(repetition) = resource.repetition.expression() {
        repetition.references().for_each(|reference| look(&reference));
    }
    let has_conditions = !resource.preconditions.is_empty() || !resource.postconditions.is_empty();
    let is_managed = |path: &&ResourcePath| path.resource.mode == ResourceMode::Managed;
    found
        || has_conditions
            && job.common.dependencies.iter().filter(is_managed).any(|path| walk.is_pending(path))
}

fn is_pending(walk: &Walk<'_>, module: &crate::address::ModulePath, traversal: &Traversal) -> bool {
    match Subject::of(&traversal.reference()) {
        Ok((Subject::Resource(resource), _)) => {
            walk.is_pending(&ResourcePath { module: module.clone(), resource })
        }
        Ok((Subject::Module(call), _)) => walk.is_pending_in(&module.child(call)),
        _ => false,
    }
}
