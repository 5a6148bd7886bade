//! One managed instance: read again, and planned.

use std::collections::BTreeMap;

use crate::address::ProviderAddress;
use crate::config::IgnoreChanges;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::Surroundings;
use crate::expression::Scope;
use crate::plan::{Action, Change, Import, Mode, Order, Reason};
use crate::port::{Applied, Current, Event, MoveRequest, PlanRequest, Planned, Provider, Remarks, Step};
use crate::state::{Object, Status};
use crate::value::{Kind as ValueKind, Mark, Marks, Path, Value};

use super::finite::is_finite;
use super::remarks::Place;
use super::walk::{Job, Walk};
use super::{conformity, ignored, inside, proposed, replacement};

/// An object before a change, as a value.
pub(super) struct Prior {
    /// Without marks; null where there is none.
    pub(super) value: Value,
    /// As it is shown and referred to.
    pub(super) marked: Value,
    pub(super) private: Vec<u8>,
    pub(super) tainted: bool,
}

/// The arguments of an instance.
pub(super) struct Arguments {
    pub(super) value: Value,
    pub(super) secrets: Vec<(Path, Marks)>,
}

/// Refreshes and plans; what the instance will be, for whoever refers to it. None where that failed.
pub(super) async fn plan(walk: &Walk<'_>, job: &Job<'_>) -> Option<Value> {
    let imported = job.common.imports.get(&job.address);
    let prior = match imported {
        Some(id) => import(walk, job, id).await?,
        None => refresh(walk, job).await?,
    };
    if walk.request.wish.mode == Mode::RefreshOnly {
        return Some(prior.marked);
    }
    let mut faults = Diagnostics::new();
    let holds = walk.found.borrow_mut().checks.before(
        &job.address,
        &job.resource.preconditions,
        &job.scope,
        &mut faults,
    );
    let arguments = if holds { arguments(job, &mut faults) } else { None };
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    let mut change = decide(walk, job, prior, &arguments).await?;
    change.import = imported.map(|id| Import { id: id.clone(), generated: None });
    let after = change.after.clone();
    refuse_destruction(walk, job, &change)?;
    postconditions(walk, job, &after)?;
    // Last, so that nothing is prepared for what is refused.
    inside::look(walk, job, &mut change, &arguments).await?;
    walk.found.borrow_mut().change(change);
    Some(after)
}

/// The stored object as it is now.
async fn refresh(walk: &Walk<'_>, job: &Job<'_>) -> Option<Prior> {
    let common = job.common;
    let nothing = || Prior {
        value: Value::null(common.kind.ty.clone()),
        marked: Value::null(common.kind.ty.clone()),
        private: Vec::new(),
        tainted: false,
    };
    let Some(object) = walk.stored.instance(&job.address).and_then(|instance| instance.current.as_ref())
    else {
        return Some(nothing());
    };
    let stored = read_stored(walk, job, object).await?;
    if walk.request.wish.skip_refresh {
        return Some(stored);
    }
    let kind = &*job.address.resource.kind;
    let id = identity(&stored.marked);
    let event = |step| Event::Refresh { address: job.address.clone(), id: id.clone(), step };
    walk.ports.events.event(event(Step::Started));
    let mut remarks = Remarks::new();
    let permit = walk.permit(&*common.provider, kind).await;
    let (address, events) = (&job.address, walk.ports.events);
    let tell = |tiding| events.event(Event::Part { address: address.clone(), tiding });
    let current = Current { kind, value: &stored.value, private: &stored.private, tell: &tell };
    let read = common.provider.read(current, &mut remarks).await;
    drop(permit);
    if report(walk, job, remarks) {
        walk.ports.events.event(event(Step::Failed));
        return None;
    }
    walk.ports.events.event(event(Step::Done));
    let read =
        read.unwrap_or_else(|| Applied { value: stored.value.clone(), private: stored.private.clone() });
    let gone = read.value.is_null();
    let mut remarks = Remarks::new();
    let current = Current { kind, value: &read.value, private: &read.private, tell: &tell };
    let inside = inside::examined(walk, &*common.provider, current, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    if read.value.same(&stored.value) && read.private == stored.private {
        if inside.is_some() {
            let (before, after) = (stored.marked.clone(), stored.marked.clone());
            let drifted = Change { action: Action::Update, before, after, inside, ..blank(walk, job) };
            walk.found.borrow_mut().drift.push(drifted);
        }
        return Some(stored);
    }
    let fresh = Prior {
        marked: common.kind.mark(read.value.clone().mark_places(&secret_places(object))),
        value: read.value,
        private: read.private,
        tainted: stored.tainted,
    };
    let mut found = walk.found.borrow_mut();
    if !fresh.value.same(&stored.value) || inside.is_some() {
        found.drift.push(Change {
            action: if gone { Action::Delete } else { Action::Update },
            before: stored.marked,
            after: fresh.marked.clone(),
            inside,
            ..blank(walk, job)
        });
    }
    let object = (!gone).then(|| common.kind.refreshed(object, &fresh.value, &fresh.private));
    found.refreshed.push((job.address.clone(), common.configured_by.clone(), object));
    Some(fresh)
}

/// An object that exists and is looked after from now on.
async fn import(walk: &Walk<'_>, job: &Job<'_>, id: &str) -> Option<Prior> {
    let common = job.common;
    let kind = &*job.address.resource.kind;
    let mut remarks = Remarks::new();
    let found = by_id(walk, &*common.provider, kind, id, &mut remarks).await;
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
        create_before_destroy: common.create_first,
        ..common.kind.stored(&marked, found.private.clone())
    };
    let mut so_far = walk.found.borrow_mut();
    so_far.refreshed.push((job.address.clone(), common.configured_by.clone(), Some(object)));
    Some(Prior { marked, value: found.value, private: found.private, tainted: false })
}

/// The object of an id, as it is; none where there is none.
pub(super) async fn by_id(
    walk: &Walk<'_>,
    provider: &dyn Provider,
    kind: &str,
    id: &str,
    remarks: &mut Remarks,
) -> Option<Applied> {
    let _permit = walk.permit(provider, kind).await;
    let imported = provider.import(kind, id, remarks).await;
    let imported = imported.into_iter().find(|imported| imported.kind == kind)?;
    let current = Current { kind, value: &imported.value, private: &imported.private, tell: &|_| () };
    provider.read(current, remarks).await.filter(|read| !read.value.is_null())
}

/// A stored object as a value of the present schema.
async fn read_stored(walk: &Walk<'_>, job: &Job<'_>, object: &Object) -> Option<Prior> {
    let common = job.common;
    if let Some((source, source_kind)) = moved_from_type(walk, job) {
        return converted(walk, job, object, source, source_kind).await;
    }
    let mut remarks = Remarks::new();
    let kind = &*job.address.resource.kind;
    let value = common.provider.upgrade(kind, object.schema_version, &object.attributes, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    let value = value?;
    Some(Prior {
        marked: common.kind.mark(value.clone().mark_places(&secret_places(object))),
        value,
        private: object.private.to_vec(),
        tainted: object.status == Status::Tainted,
    })
}

/// The provider and the type that an object had, where it has moved to another.
fn moved_from_type<'w>(walk: &'w Walk<'_>, job: &Job<'_>) -> Option<(&'w ProviderAddress, &'w str)> {
    let from = &walk.moved.get(&job.address)?.resource.kind;
    let source = &walk.stored.resources.get(&job.address.absolute_resource())?.provider.provider;
    let same = *from == job.address.resource.kind && *source == job.common.configured_by.provider;
    (!same).then_some((source, &**from))
}

/// A stored object of another type as one of this type, if its provider can say how it becomes that.
async fn converted(
    walk: &Walk<'_>,
    job: &Job<'_>,
    object: &Object,
    source: &ProviderAddress,
    source_kind: &str,
) -> Option<Prior> {
    let common = job.common;
    let kind = &*job.address.resource.kind;
    let request = MoveRequest {
        kind,
        source,
        source_kind,
        version: object.schema_version,
        attributes: &object.attributes,
        private: &object.private,
    };
    let mut remarks = Remarks::new();
    let moved = common.provider.move_state(request, &mut remarks).await;
    if report(walk, job, remarks) {
        return None;
    }
    let Some(moved) = moved else {
        let detail = format!(
            "{} has moved from a {source_kind} of the provider {source} to a {kind} of the provider {}, which does not \
             say how one becomes the other.",
            job.address, common.configured_by.provider
        );
        let hint = "Forget the object with a \"removed\" block (destroy = false) and take it over with an \"import\" \
                    block.";
        let fault =
            Diagnostic::error("Move to another type", detail).at(job.resource.span.clone()).hint(hint);
        walk.diagnostics.borrow_mut().push(fault.address(job.address.to_string()));
        return None;
    };
    // Where secrets were tells nothing about where they are: all may be one but what an object is known by.
    let names = moved.value.entries().into_iter().flat_map(|entries| entries.keys());
    let sensitive = match object.sensitive.is_empty() {
        true => Vec::new(),
        false => {
            names.filter(|name| &***name != "id").map(|name| Path::root().attribute(name.clone())).collect()
        }
    };
    let before = Object { sensitive, ..object.clone() };
    let stored = common.kind.refreshed(&before, &moved.value, &moved.private);
    let marked = common.kind.mark(moved.value.clone().mark_places(&secret_places(&stored)));
    let place = (job.address.clone(), common.configured_by.clone(), Some(stored));
    walk.found.borrow_mut().refreshed.push(place);
    let tainted = object.status == Status::Tainted;
    Some(Prior { marked, value: moved.value, private: moved.private, tainted })
}

/// Evaluates the arguments by the type's schema.
pub(super) fn arguments(job: &Job<'_>, faults: &mut Diagnostics) -> Option<Arguments> {
    let schema = &job.common.kind.block;
    let value = faults.unless_faulty(|faults| job.common.body.value(schema, &job.scope, faults))?;
    let (value, secrets) = secret_marks(value);
    if !is_finite(&value) {
        let why = "One of the arguments is an infinite number, as division by zero gives it, which cannot be stored.";
        faults.push(
            Diagnostic::error("Infinite number", why)
                .at(job.resource.span.clone())
                .address(job.address.to_string()),
        );
        return None;
    }
    Some(Arguments { value, secrets })
}

fn secret_marks(value: Value) -> (Value, Vec<(Path, Marks)>) {
    let (value, marks) = value.unmark_places();
    let secrets = marks
        .into_iter()
        .filter(|(_, marks)| marks.contains(&Mark::Sensitive))
        .map(|(path, _)| (path, Marks::one(Mark::Sensitive)));
    (value, secrets.collect())
}

/// What is to be done about the instance.
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

    if prior.value.is_null() {
        change.action = Action::Create;
        change.after = marked(planned.value);
        change.private = planned.private.into();
        return Some(change);
    }
    let forcing = forcing(&planned, &prior.value);
    let triggered =
        managed.is_some_and(|managed| replacement::is_triggered(walk, job, &managed.replace_triggered_by));
    change.reason = if prior.tainted {
        Some(Reason::ReplaceBecauseTainted)
    } else if walk.request.wish.replace.contains(&job.address) {
        Some(Reason::ReplaceByRequest)
    } else if !forcing.is_empty() {
        Some(Reason::ReplaceBecauseCannotUpdate)
    } else if triggered {
        Some(Reason::ReplaceByTriggers)
    } else {
        None
    };
    if change.reason.is_some() {
        // A replacement is planned as what it is: a new object, made from the configuration alone.
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
        change.private = planned.private.into();
        change.forces_replacement = forcing;
        return Some(change);
    }
    change.after = marked(planned.value);
    change.private = planned.private.into();
    if change.before.same(&change.after) {
        change.after = change.before.clone();
    } else {
        change.action = Action::Update;
    }
    Some(change)
}

/// The configuration as far as it counts for an object that is there: without what `ignore_changes` names.
pub(super) fn heeded(job: &Job<'_>, prior: &Value, configuration: &Value) -> Value {
    match ignoring(job) {
        Some(ignoring) => ignored::apply(ignoring, &job.common.kind.block, prior, configuration),
        None => configuration.clone(),
    }
}

/// Where secrets are, once what is ignored has been taken from the object that is there.
pub(super) fn heeded_secrets(job: &Job<'_>, prior: &Value, arguments: &Arguments) -> Vec<(Path, Marks)> {
    if ignoring(job).is_none() {
        return arguments.secrets.clone();
    }
    let marked = arguments.value.clone().mark_places(&arguments.secrets);
    secret_marks(heeded(job, prior, &marked)).1
}

fn ignoring<'j>(job: &Job<'j>) -> Option<&'j IgnoreChanges> {
    let managed = job.resource.managed.as_deref()?;
    (!matches!(managed.ignore_changes, IgnoreChanges::None)).then_some(&managed.ignore_changes)
}

/// What a provider is asked about an object.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// What there is; null where a new one is to be made.
    pub(super) from: &'a Value,
    pub(super) configuration: &'a Value,
    pub(super) secrets: &'a [(Path, Marks)],
    /// What the plan noted that is carried out.
    pub(super) noted: &'a [u8],
}

/// Asks the provider what becomes of an object under a configuration, and holds the answer against both.
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
    let wrong = conformity::of_plan(&common.kind.block, from, configuration, &planned.value, &[]);
    if let Some(first) = wrong.first() {
        let first = format!("{} {}", first.path, first.clause);
        let detail = format!(
            "The provider {} planned something for {} that its configuration does not allow: {first}. This is a fault \
             of the provider.",
            common.configured_by.provider, job.address
        );
        let fault =
            Diagnostic::error("Provider planned something invalid", detail).at(job.resource.span.clone());
        walk.diagnostics.borrow_mut().push(fault.address(job.address.to_string()));
        return None;
    }
    Some(planned)
}

/// Which of the paths that cannot be changed in place do change.
fn forcing(planned: &Planned, prior: &Value) -> Vec<Path> {
    let changes = |path: &&Path| match (prior.at(path), planned.value.at(path)) {
        (Some(before), Some(after)) => !before.same(&after),
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

/// Whether the configuration forbids to destroy it.
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

/// Holds what the instance will be against its postconditions.
fn postconditions(walk: &Walk<'_>, job: &Job<'_>, after: &Value) -> Option<()> {
    if job.resource.postconditions.is_empty() {
        return Some(());
    }
    let scope = with_self(job, after);
    let mut faults = Diagnostics::new();
    walk.found.borrow_mut().checks.after(&job.address, &job.resource.postconditions, &scope, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    (!walk.report(faults)).then_some(())
}

/// The same place with `self` as the object.
pub(super) fn with_self<'j>(job: &Job<'j>, object: &Value) -> crate::eval::ModuleScope<'j, 'j> {
    job.scope.within(Surroundings { self_object: Some(object.clone()), ..job.scope.surroundings().clone() })
}

/// A change of the instance that does nothing yet.
pub(super) fn blank(walk: &Walk<'_>, job: &Job<'_>) -> Change {
    let none = Value::null(job.common.kind.ty.clone());
    Change {
        address: job.address.clone(),
        deposed: None,
        moved_from: walk.moved.get(&job.address).cloned(),
        provider: job.common.configured_by.clone(),
        action: Action::NoOp,
        reason: None,
        before: none.clone(),
        after: none,
        forces_replacement: Vec::new(),
        import: None,
        private: Vec::new().into(),
        dependencies: job.common.dependencies.clone(),
        create_before_destroy: job.common.create_first,
        inside: None,
    }
}

pub(super) fn secret_places(object: &Object) -> Vec<(Path, Marks)> {
    object.sensitive.iter().map(|path| (path.clone(), Marks::one(Mark::Sensitive))).collect()
}

/// What people know an object by, where that is no secret.
pub(super) fn identity(object: &Value) -> Option<(String, String)> {
    let entries: &BTreeMap<_, _> = object.entries()?;
    ["id", "name"].iter().find_map(|name| {
        let value = entries.get(*name)?;
        match value.kind() {
            ValueKind::String(text) if value.marks().is_empty() => {
                Some(((*name).to_owned(), text.to_string()))
            }
            _ => None,
        }
    })
}

pub(super) fn report(walk: &Walk<'_>, job: &Job<'_>, remarks: Remarks) -> bool {
    if remarks.is_empty() {
        return false;
    }
    let place = Place {
        address: job.address.to_string(),
        body: Some(&job.resource.body),
        block: Some(&job.resource.span),
    };
    place.report(remarks, &mut walk.diagnostics.borrow_mut())
}
