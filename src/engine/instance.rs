//! One managed instance: refreshed and planned.

mod noted;
mod prior;

use std::sync::Arc;

use crate::address::ResourceMode;
use crate::config::IgnoreChanges;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::ephemeral_arguments;
use crate::eval::{OneOf, Surroundings};
use crate::expression::Scope;
use crate::plan::{Action, Change, Import, Mode, Order, Reason};
use crate::port::{PlanRequest, Planned, Remarks};
use crate::value::{Kind as ValueKind, Mark, Marks, Path, Value};

use super::remarks::Place;
use super::secrets::Secrets;
use super::storable::unfit;
use super::walk::{Job, Walk};
use super::{conformity, ignored, inside, orphan, proposed, replacement};

pub(super) use noted::{Noted, union};
use noted::{note, with_configured};
pub(super) use prior::{Prior, by_id};
use prior::{import, refresh};

/// The arguments of an instance.
pub(super) struct Arguments {
    pub(super) value: Value,
    pub(super) secrets: Vec<(Path, Marks)>,
}

/// Refreshes and plans the instance; returns its planned value for references. `None` if that failed.
pub(super) async fn plan(walk: &Walk<'_>, job: &Job<'_>) -> Option<Value> {
    let imported = job.common.imports.get(&job.address);
    let stored = walk.stored.instance(&job.address).and_then(|instance| instance.current.as_ref());
    let prior = match imported {
        Some(id) => import(walk, job, id).await?,
        None => refresh(walk, job, stored).await?,
    };
    if walk.request.options.mode == Mode::RefreshOnly {
        if let Some(stored) = stored {
            note(walk, job, stored, Some(with_configured(&stored.dependencies, job)));
        }
        if walk.moved.contains_key(&job.address) {
            let (before, after) = (prior.marked.clone(), prior.marked.clone());
            walk.found.borrow_mut().moved(Change { before, after, ..blank(walk, job) });
        }
        preconditions(walk, job)?;
        let found =
            if prior.value.is_null() { Value::unknown(prior.value.ty()) } else { prior.marked.clone() };
        postconditions(walk, job, &found)?;
        return Some(prior.marked);
    }
    preconditions(walk, job)?;
    let mut faults = Diagnostics::new();
    let arguments = arguments(job, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    let mut change = decide(walk, job, prior, &arguments).await?;
    change.import = imported.map(|id| Import { id: id.clone(), generated: None }.into());
    let after = change.after.clone();
    let accepted = refuse_destruction(walk, job, &change).and_then(|()| postconditions(walk, job, &after));
    if accepted.is_none() {
        // A change that is refused is still shown.
        walk.found.borrow_mut().change(change);
        return None;
    }
    // Last, so that nothing is prepared for a change that is refused.
    inside::look(walk, job, &mut change, &arguments).await?;
    if let Some(stored) = stored {
        let stays = change.action == Action::NoOp;
        note(walk, job, stored, stays.then(|| job.common.dependencies.clone()));
    }
    walk.found.borrow_mut().change(change);
    Some(after)
}

/// Evaluates the arguments by the schema of the type.
pub(super) fn arguments(job: &Job<'_>, faults: &mut Diagnostics) -> Option<Arguments> {
    let schema = &job.common.kind.block;
    let value = faults.unless_faulty(|faults| match &job.shared {
        Some(shared) => job.common.body.value(schema, &OneOf::new(&job.scope, shared), faults),
        None => job.common.body.value(schema, &job.scope, faults),
    })?;
    let (value, marks) = value.unmark_places();
    let is_ephemeral = |(_, marks): &(Path, Marks)| marks.contains(&Mark::Ephemeral);
    if job.address.resource.mode != ResourceMode::Ephemeral && marks.iter().any(is_ephemeral) {
        // Some keys were not known when the configuration was validated.
        let mut found = Diagnostics::new();
        ephemeral_arguments(&value.clone().mark_places(&marks), schema, job.resource, &mut found);
        if found.has_errors() {
            faults.extend(found.into_iter().map(|fault| fault.address(job.address.to_string())));
            return None;
        }
    }
    let secrets = secrets(marks);
    if let Some(unfit) = unfit(&value) {
        let why = format!("One of the arguments {}.", unfit.clause());
        faults.push(
            Diagnostic::error(unfit.title(), why)
                .at(job.resource.span.clone())
                .address(job.address.to_string()),
        );
        return None;
    }
    Some(Arguments { value, secrets })
}

fn secrets(marks: Vec<(Path, Marks)>) -> Vec<(Path, Marks)> {
    let secret = marks.into_iter().filter(|(_, marks)| marks.contains(&Mark::Sensitive));
    secret.map(|(path, _)| (path, Marks::one(Mark::Sensitive))).collect()
}

/// Decides what to do about the instance.
async fn decide(walk: &Walk<'_>, job: &Job<'_>, prior: Prior, arguments: &Arguments) -> Option<Change> {
    let common = job.common;
    let mut remarks = Remarks::new();
    common.provider.validate_resource(&job.address.resource.kind, &arguments.value, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    let none = Value::null(common.kind.ty.clone());
    let managed = job.resource.managed.as_deref();
    let configuration = heeded(job, &prior.value, &arguments.value);
    let secrets = heeded_secrets(job, &prior.marked, arguments);
    let question =
        Question { from: &prior.value, configuration: &configuration, secrets: &secrets, noted: &[] };
    let planned = ask(walk, job, &prior, question).await?;
    let mut change = Change { before: prior.marked.clone(), ..blank(walk, job) };
    let marked = |value: Value| common.kind.mark(value.mark_places(&secrets));

    let triggered =
        managed.is_some_and(|managed| replacement::is_triggered(walk, job, &managed.replace_triggered_by));
    if prior.value.is_null() {
        change.action = Action::Create;
        change.reason = triggered.then_some(Reason::ReplaceByTriggers);
        change.after = marked(planned.value);
        change.private = kept(planned.private);
        return Some(change);
    }
    let forcing = forcing(&planned, &prior.value);
    change.reason = if triggered {
        Some(Reason::ReplaceByTriggers)
    } else if prior.tainted {
        Some(Reason::ReplaceBecauseTainted)
    } else if walk.request.options.replace.contains(&job.address) {
        Some(Reason::ReplaceByRequest)
    } else if !forcing.is_empty() {
        Some(Reason::ReplaceBecauseCannotUpdate)
    } else {
        None
    };
    if change.reason.is_some() {
        // A replacement is planned as the creation of a new object, from the configuration alone.
        let question = Question {
            from: &none,
            configuration: &arguments.value,
            secrets: &arguments.secrets,
            noted: &[],
        };
        let planned = ask(walk, job, &prior, question).await?;
        change.action =
            Action::Replace(if common.create_first { Order::CreateFirst } else { Order::DestroyFirst });
        change.after = marked(planned.value);
        change.private = kept(planned.private);
        // A tainted object is replaced for being tainted, whatever else has changed.
        change.forces_replacement = if prior.tainted { Vec::new() } else { forcing };
        return Some(change);
    }
    change.after = marked(planned.value);
    change.private = kept(planned.private);
    if change.before.same(&change.after) {
        change.after = change.before.clone();
    } else {
        change.action = Action::Update;
    }
    Some(change)
}

/// The configuration that counts for an existing object: without the changes that `ignore_changes` names.
pub(super) fn heeded(job: &Job<'_>, prior: &Value, configuration: &Value) -> Value {
    match ignoring(job) {
        Some(ignoring) => ignored::apply(ignoring, &job.common.kind.block, prior, configuration),
        None => configuration.clone(),
    }
}

/// The paths of secrets in that configuration.
pub(super) fn heeded_secrets(job: &Job<'_>, prior: &Value, arguments: &Arguments) -> Vec<(Path, Marks)> {
    if ignoring(job).is_none() {
        return arguments.secrets.clone();
    }
    let marked = arguments.value.clone().mark_places(&arguments.secrets);
    secrets(heeded(job, prior, &marked).unmark_places().1)
}

fn ignoring<'j>(job: &Job<'j>) -> Option<&'j IgnoreChanges> {
    let managed = job.resource.managed.as_deref()?;
    (!matches!(managed.ignore_changes, IgnoreChanges::None)).then_some(&managed.ignore_changes)
}

/// What to ask a provider about an object.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// The prior object; null to create a new one.
    pub(super) from: &'a Value,
    pub(super) configuration: &'a Value,
    pub(super) secrets: &'a [(Path, Marks)],
    /// The private data from the plan that is being applied.
    pub(super) noted: &'a [u8],
}

/// Asks the provider to plan an object, and checks its answer against the configuration and the prior object.
pub(super) async fn ask(
    walk: &Walk<'_>,
    job: &Job<'_>,
    prior: &Prior,
    question: Question<'_>,
) -> Option<Planned> {
    let Question { from, configuration, secrets, noted } = question;
    let common = job.common;
    let kind = &*job.address.resource.kind;
    let proposed = proposed::proposed(&common.kind.block, from, configuration);
    let private: &[u8] = if from.is_null() { &[] } else { &prior.private };
    let request =
        PlanRequest { kind, prior: from, proposed: &proposed, configuration, secrets, private, noted };
    let mut remarks = Remarks::new();
    let permit = walk.permit(&*common.provider, kind).await;
    let planned = common.provider.plan(request, &mut remarks).await;
    drop(permit);
    if report(walk, job, remarks) {
        return None;
    }
    let mut planned = planned?;
    if let Some(ignoring) = ignoring(job).filter(|_| !from.is_null()) {
        planned.value = ignored::apply_to_plan(ignoring, &common.kind.block, from, &planned.value);
    }
    let (_, known) = prior.marked.clone().unmark_places();
    let hidden: Vec<Path> = secrets.iter().chain(&known).map(|(path, _)| path.clone()).collect();
    let wrong = conformity::of_plan(&common.kind.block, from, configuration, &planned.value, &hidden);
    if let Some(first) = wrong.first() {
        let first = format!("{} {}", first.path, first.clause);
        let detail = format!(
            "The provider {} planned something for {} that its configuration does not allow: {first}. This is a bug \
             in the provider.",
            common.configured_by.provider, job.address
        );
        let fault =
            Diagnostic::error("Provider planned something invalid", detail).at(job.resource.span.clone());
        walk.diagnostics.borrow_mut().push(fault.address(job.address.to_string()));
        return None;
    }
    Some(planned)
}

/// Those of the paths that force a replacement whose values do change.
fn forcing(planned: &Planned, prior: &Value) -> Vec<Path> {
    let changes = |path: &&Path| match (prior.at(path), planned.value.at(path)) {
        // Null equals null, whatever its type.
        (Some(before), Some(after)) => !(before.same(&after) || before.is_null() && after.is_null()),
        (None, None) => path.is_root(),
        _ => true,
    };
    planned.replace.iter().filter(changes).cloned().collect()
}

fn refuse_destruction(walk: &Walk<'_>, job: &Job<'_>, change: &Change) -> Option<()> {
    if !change.action.destroys() {
        return Some(());
    }
    let mut faults = Diagnostics::new();
    let protected = is_protected(job.resource, &job.scope, &mut faults);
    if protected {
        faults.push(protected_fault(job.resource, &change.address));
    }
    (!walk.report(faults)).then_some(())
}

/// Whether the configuration forbids destroying the object.
pub(super) fn is_protected(
    resource: &crate::config::Resource,
    scope: &dyn Scope,
    faults: &mut Diagnostics,
) -> bool {
    let expression = resource.managed.as_ref().and_then(|managed| managed.prevent_destroy.as_ref());
    let Some(expression) = expression else { return false };
    let value = crate::expression::evaluate(expression, scope, faults);
    let value = crate::value::convert(&value.unmark_deep().0, &crate::value::Type::Bool);
    value.ok().and_then(|value| value.as_bool()).unwrap_or(false)
}

pub(super) fn protected_fault(
    resource: &crate::config::Resource,
    address: &crate::address::AbsoluteInstance,
) -> Diagnostic {
    let detail = format!(
        "The plan would destroy {address}, and its \"lifecycle\" has prevent_destroy set. Take that out to let it go, or \
         leave the object out of this plan with -target or -exclude."
    );
    Diagnostic::error("Instance cannot be destroyed", detail)
        .at(resource.span.clone())
        .address(address.to_string())
}

fn preconditions(walk: &Walk<'_>, job: &Job<'_>) -> Option<()> {
    if job.resource.preconditions.is_empty() {
        return Some(());
    }
    let mut faults = Diagnostics::new();
    let rules = &job.resource.preconditions;
    let holds = walk.found.borrow_mut().checks.before(&job.address, rules, &job.scope, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    (!walk.report(faults) && holds).then_some(())
}

/// Checks the planned instance's postconditions.
fn postconditions(walk: &Walk<'_>, job: &Job<'_>, after: &Value) -> Option<()> {
    if job.resource.postconditions.is_empty() {
        return Some(());
    }
    let scope = with_self(job, after);
    let mut faults = Diagnostics::new();
    let rules = &job.resource.postconditions;
    walk.found.borrow_mut().checks.after((&job.address, after), rules, &scope, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    (!walk.report(faults)).then_some(())
}

/// The scope of the job with `self` as the object.
pub(super) fn with_self<'j>(job: &Job<'j>, object: &Value) -> crate::eval::ModuleScope<'j, 'j> {
    job.scope.within(Surroundings { self_object: Some(object.clone()), ..job.scope.surroundings().clone() })
}

/// A provider's private data in the form a plan keeps. Most have none, which takes no allocation.
fn kept(notes: Vec<u8>) -> Arc<[u8]> {
    if notes.is_empty() { Arc::default() } else { notes.into() }
}

/// A no-op change of the instance.
pub(super) fn blank(walk: &Walk<'_>, job: &Job<'_>) -> Change {
    let common = job.common;
    let (provider, dependencies) = (common.configured_by.clone(), common.dependencies.clone());
    Change {
        moved_from: walk.moved.get(&job.address).cloned().map(Box::new),
        create_before_destroy: common.noted_first,
        ..Change::of_nothing(job.address.clone(), provider, dependencies, &common.kind.ty)
    }
}

/// The attribute by which people know an object, such as `id`, if it is not secret.
pub(super) fn identity(object: &Value) -> Option<(String, String)> {
    let entries = object.entries()?;
    ["id", "name"].iter().find_map(|name| {
        let value = entries.get(name)?;
        match value.kind() {
            ValueKind::String(text) if value.marks().is_empty() => {
                Some(((*name).to_owned(), text.to_string()))
            }
            _ => None,
        }
    })
}

/// The secrets in the arguments of an instance, in its stored object and in provider configurations. Evaluates the arguments
/// again, so it is meant for the error path.
pub(super) fn secrets_about(walk: &Walk<'_>, job: &Job<'_>) -> Secrets {
    let kind = &job.common.kind;
    let mut secrets = walk.secrets_in([]);
    secrets.take(&kind.mark(job.common.body.value(&kind.block, &job.scope, &mut Diagnostics::new())));
    drop(walk.evaluator.take_faults());
    if let Some(stored) = orphan::stored_value(walk, &job.address, kind) {
        secrets.take(&stored);
    }
    secrets
}

/// Reports remarks about an instance; returns whether one of them is an error.
pub(super) fn report(walk: &Walk<'_>, job: &Job<'_>, remarks: Remarks) -> bool {
    if remarks.is_empty() {
        return false;
    }
    let place = Place {
        address: job.address.to_string(),
        body: Some(&job.resource.body),
        block: Some(&job.resource.span),
        secrets: secrets_about(walk, job),
    };
    place.report(remarks, &mut walk.diagnostics.borrow_mut())
}
