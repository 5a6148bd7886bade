//! One operation: a provider creates, changes, destroys or reads something. The intent is stored before, and the
//! outcome after.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::config::When;
use crate::diag::{Diagnostic, Diagnostics};
use crate::plan::{Action, Change, Order};
use crate::port::{
    Applied, ApplyRequest, Effect, Effects, Event, EventSink, Intent, OperationId, Outcome, PartProgress,
    Planned, Provider, Remarks, Step,
};
use crate::state::{DeposedKey, Object, Status};
use crate::value::{Marks, Path, Value};

use super::apply::Run;
use super::instance::{
    Prior, Question, arguments, ask, heeded, heeded_secrets, identity, report, secrets_about, with_self,
};
use super::kinds::Kind;
use super::order::Half;
use super::remarks::{Place, has_errors};
use super::secrets::Secrets;
use super::walk::{Common, Job, Walk};
use super::{conformity, data, provision};

/// What came of an operation that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Done,
    /// What was not known while planning has turned out to be what is stored already.
    Needless,
}

/// Runs one half of a change; `None` if it failed.
pub(super) async fn run(run: &Run<'_, '_>, change: &Change, half: Half) -> Option<Work> {
    let sound = match half {
        Half::Forget => {
            let effect = Effect::Remove { address: change.address.clone(), deposed: change.deposed.clone() };
            run.send(&change.address, Outcome { operation: None, effects: vec![effect] });
            Some(())
        }
        Half::Destroy => destroy(run, change).await,
        Half::Make if change.action == Action::Read => read(run, change).await,
        Half::Make => return make(run, change).await,
    };
    sound.map(|()| Work::Done)
}

/// The job of an instance whose resource the configuration declares.
async fn job<'j>(run: &'j Run<'_, '_>, change: &Change, common: &'j Common) -> Option<Job<'j>> {
    let path = &common.path;
    let (_, node) = run.walk.request.configuration.find(&path.module)?;
    let resource = node.module.resources.get(&path.resource)?;
    let expansion = run.expansion(resource, change);
    let (address, shared) = (change.address.clone(), expansion.shared.clone());
    let scope = run.walk.evaluator.scope(&address.module, expansion.instances.surroundings(&address.key));
    Some(Job { resource, address, scope, shared, common, by_another: false })
}

async fn common(run: &Run<'_, '_>, change: &Change) -> Option<Common> {
    let providers = run.walk.ports.providers;
    let kind =
        run.walk.kinds.of(providers, &change.provider.provider, &change.address.resource).await.ok()?;
    let path = change.address.path();
    let (_, node) = run.walk.request.configuration.find(&path.module)?;
    let resource = node.module.resources.get(&path.resource)?;
    Some(Common {
        body: run.walk.body(&path, resource, &kind),
        path,
        provider: run.walk.provider(&change.provider).await?,
        configured_by: change.provider.clone(),
        kind,
        dependencies: change.dependencies.clone(),
        create_first: change.create_before_destroy,
        noted_first: change.create_before_destroy,
        imports: BTreeMap::new(),
    })
}

async fn make(run: &Run<'_, '_>, change: &Change) -> Option<Work> {
    let walk = run.walk;
    let events = walk.ports.events;
    let common = common(run, change).await?;
    let job = job(run, change, &common).await?;
    let wanted = plan_again(run, change, &job).await?;
    if wanted.is_needless(change, &common.kind) {
        run.is_now(change, change.before.clone());
        hold_afterwards(run, &job, &change.before)?;
        return Some(Work::Needless);
    }
    let known_as = (!is_new(change)).then(|| identity(&change.before)).flatten();
    events.event(making(change, known_as, Step::Started));
    let answer = ask_to_make(run, change, &job, &wanted).await?;
    if answer.goes_on {
        // The intent stays open, and the next run looks for the object.
        events.event(making(change, None, Step::Failed));
        return None;
    }
    // Usually one effect. Reserve no more, because many outcomes may be waiting for the store.
    let mut outcome = Outcome { operation: answer.operation, effects: Vec::with_capacity(1) };
    let Some(made) = answer.made else {
        // Nothing was created, so the deposed object is restored.
        if let Some(key) = answer.deposed {
            outcome.effects.push(Effect::Restore { address: change.address.clone(), key });
        }
        run.send(&change.address, outcome);
        events.event(making(change, None, Step::Failed));
        if !answer.failed {
            let why =
                format!("The provider {} reported no error, and yet made nothing.", change.provider.provider);
            fail(walk, &job, "Provider made nothing", why);
        }
        return None;
    };
    let (value, mut sound) = wanted.accept(walk, &job, made.value, answer.failed);
    let marked = common.kind.mark(value.mark_places(&wanted.secrets));
    let unprovisioned = sound && provision::has_any(job.resource, When::Create);
    let mut object = Object {
        // Tainted until all provisioners have run, in case this run is interrupted.
        status: if is_new(change) && (answer.failed || unprovisioned) {
            Status::Tainted
        } else {
            Status::Ready
        },
        ..object_of(change, &common.kind, &marked, made.private)
    };
    let put = |object: Object| Effect::Put {
        address: change.address.clone(),
        deposed: None,
        provider: change.provider.clone(),
        object,
    };
    outcome.effects.push(put(object.clone()));
    run.send(&change.address, outcome);
    if is_new(change) && unprovisioned {
        // Provisioners may do anything, so the new object is made durable first.
        if run.settled().await.is_none() {
            events.event(making(change, None, Step::Failed));
            return None;
        }
        sound = provision::created(walk, &job, &marked).await;
        if sound {
            object.status = Status::Ready;
            run.send(&change.address, Outcome { operation: None, effects: vec![put(object)] });
        }
    }
    events.event(making(change, identity(&marked), if sound { Step::Done } else { Step::Failed }));
    run.is_now(change, marked.clone());
    if !sound {
        return None;
    }
    hold_afterwards(run, &job, &marked)?;
    Some(Work::Done)
}

/// The object to store for the marked value of a changed instance.
fn object_of(change: &Change, kind: &Kind, marked: &Value, private: Vec<u8>) -> Object {
    Object {
        dependencies: change.dependencies.clone(),
        create_before_destroy: change.create_before_destroy,
        ..kind.stored(marked, private)
    }
}

/// Whether the object is created, if only as the replacement of another.
fn is_new(change: &Change) -> bool {
    change.action != Action::Update
}

fn making(change: &Change, id: Option<(String, String)>, step: Step) -> Event {
    Event::Operation {
        address: change.address.clone(),
        deposed: None,
        action: match change.action {
            Action::Replace(_) => Action::Create,
            action => action,
        },
        id,
        step,
    }
}

/// What a provider is asked for, now that every value is known.
struct Wanted {
    prior: Value,
    configuration: Value,
    secrets: Vec<(Path, Marks)>,
    /// Paths of values that no message may show.
    hidden: Vec<Path>,
    planned: Planned,
}

/// Evaluates the arguments and asks the provider for a plan once more. `None` if that fails, or if the new plan departs
/// from the one that is being applied.
async fn plan_again(run: &Run<'_, '_>, change: &Change, job: &Job<'_>) -> Option<Wanted> {
    let walk = run.walk;
    let kind = &job.common.kind;
    let mut faults = Diagnostics::new();
    let preconditions = &job.resource.preconditions;
    let holds = walk.found.borrow_mut().checks.before(&job.address, preconditions, &job.scope, &mut faults);
    let arguments = if holds { arguments(job, &mut faults) } else { None };
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    let fresh = is_new(change);
    let none = Value::null(kind.ty.clone());
    let prior = Prior {
        value: if fresh { none.clone() } else { change.before.clone().unmark_deep().0 },
        marked: none,
        private: stored(run, change)
            .filter(|_| !fresh)
            .map(|object| object.private.to_vec())
            .unwrap_or_default(),
        tainted: false,
    };
    let configuration = heeded(job, &prior.value, &arguments.value);
    if let Some(path) = conformity::unknown_parts(&configuration).first() {
        let why = format!(
            "{}{path} is not known even now: it depends on something that this run leaves out. Nothing was done about it.",
            job.address
        );
        fail(walk, job, "Argument is not known", why);
        return None;
    }
    let secrets = match fresh {
        true => arguments.secrets,
        false => heeded_secrets(job, &change.before, &arguments),
    };
    let question = Question {
        from: &prior.value,
        configuration: &configuration,
        secrets: &secrets,
        noted: &change.private,
    };
    let planned = ask(walk, job, &prior, question).await?;
    let (promised, hidden) = change.after.clone().unmark_places();
    let hidden: Vec<Path> = hidden.iter().chain(&secrets).map(|(path, _)| path.clone()).collect();
    if let Some(fault) = conformity::of_result(&kind.block, &promised, &planned.value, &hidden).first() {
        let why = format!(
            "What {} would become has changed since the plan was made: {} {}. Nothing was done about it; plan again.",
            change.address, fault.path, fault.clause
        );
        fail(walk, job, "Provider left the plan", why);
        return None;
    }
    Some(Wanted { prior: prior.value, configuration, secrets, hidden, planned })
}

/// The current object of the changed instance, as it is stored.
fn stored<'r>(run: &'r Run<'_, '_>, change: &Change) -> Option<&'r Object> {
    run.walk.stored.instance(&change.address)?.current.as_ref()
}

/// What came of asking a provider to create or update an object.
struct Answer {
    /// The operation, if its intent was stored.
    operation: Option<OperationId>,
    /// Where the object is that makes way for this one.
    deposed: Option<DeposedKey>,
    made: Option<Applied>,
    failed: bool,
    /// The call has failed, and yet the object may still come to be.
    goes_on: bool,
}

/// Asks the provider, with the intent stored before. `None` if the intent could not be stored.
async fn ask_to_make(run: &Run<'_, '_>, change: &Change, job: &Job<'_>, wanted: &Wanted) -> Option<Answer> {
    let walk = run.walk;
    let common = job.common;
    let fresh = is_new(change);
    let deposed = (change.action == Action::Replace(Order::CreateFirst) && stored(run, change).is_some())
        .then(|| DeposedKey((walk.ports.ids)().chars().take(8).collect::<String>().into()));
    let outside = common.provider.effects(&change.address.resource.kind) == Effects::Outside;
    let operation = OperationId((walk.ports.ids)().into());
    if let Some(key) = &deposed {
        run.puts_aside(change, key);
        let effect = Effect::Depose { address: change.address.clone(), key: key.clone() };
        run.lease.send(Outcome { operation: None, effects: vec![effect] });
    }
    if outside {
        let intent = Intent {
            operation: operation.clone(),
            address: change.address.clone(),
            deposed: None,
            provider: change.provider.clone(),
            action: if fresh { Action::Create } else { Action::Update },
            planned: Some(wanted.object(change, &common.kind)),
            since: None,
        };
        run.intend(intent).await?;
    }
    run.uses_notes(change);
    let events = walk.ports.events;
    let secrets_of_parts = match common.provider.has_inside(&change.address.resource.kind) {
        true => secrets_about(walk, job),
        false => Secrets::default(),
    };
    let goes_on = AtomicBool::new(false);
    let request = ApplyRequest {
        kind: &change.address.resource.kind,
        prior: &wanted.prior,
        planned: &wanted.planned.value,
        configuration: &wanted.configuration,
        private: &wanted.planned.private,
        token: &operation.0,
        inside: notes(change),
        on_progress: &|progress| report_progress(events, change, &secrets_of_parts, progress),
        goes_on: &goes_on,
    };
    let mut remarks = Remarks::new();
    let made = common.provider.apply(request, &mut remarks).await;
    let failed = report(walk, job, remarks);
    Some(Answer {
        operation: outside.then_some(operation),
        deposed,
        made: made.filter(|made| !made.value.is_null() && !is_bare(&made.value)),
        failed,
        goes_on: failed && fresh && outside && goes_on.into_inner(),
    })
}

impl Wanted {
    /// The planned object, null where a value is unknown.
    fn object(&self, change: &Change, kind: &Kind) -> Object {
        let marked = kind.mark(self.planned.value.settled().mark_places(&self.secrets));
        object_of(change, kind, &marked, self.planned.private.clone())
    }

    /// Whether an update would change nothing. What was prepared inside the object is carried out in any case.
    fn is_needless(&self, change: &Change, kind: &Kind) -> bool {
        change.action == Action::Update
            && change.inside.is_none()
            && kind.mark(self.planned.value.clone().mark_places(&self.secrets)).same(&change.before)
    }

    /// The value that was made, wholly known, and whether it is what was planned. Reports what is not.
    fn accept(&self, walk: &Walk<'_>, job: &Job<'_>, made: Value, failed: bool) -> (Value, bool) {
        let left = conformity::unknown_parts(&made);
        if let Some(path) = left.first() {
            let why = format!(
                "After applying, {}{path} is still not known. This is a bug in the provider.",
                job.address
            );
            fail(walk, job, "Provider left something unknown", why);
            return (made.settled(), false);
        }
        if failed {
            return (made, false);
        }
        let schema = &job.common.kind.block;
        if let Some(fault) = conformity::of_result(schema, &self.planned.value, &made, &self.hidden).first() {
            let why = format!(
                "The provider {} made something other than it had planned: {}{} {}. It is recorded as it is. This \
                 is a bug in the provider.",
                job.common.configured_by.provider, job.address, fault.path, fault.clause
            );
            fail(walk, job, "Provider made something else", why);
            return (made, false);
        }
        (made, true)
    }
}

/// Emits the progress of a part, with the secrets of its object masked.
fn report_progress(events: &dyn EventSink, change: &Change, secrets: &Secrets, progress: PartProgress) {
    let reason = progress.reason.map(|reason| secrets.hide(&reason).into_owned());
    events.event(Event::Part {
        address: change.address.clone(),
        progress: PartProgress { reason, ..progress },
    });
}

async fn read(run: &Run<'_, '_>, change: &Change) -> Option<()> {
    let walk = run.walk;
    let common = common(run, change).await?;
    let job = job(run, change, &common).await?;
    let mut faults = Diagnostics::new();
    let arguments = arguments(&job, &mut faults);
    faults.extend(walk.evaluator.take_faults());
    if walk.report(faults) {
        return None;
    }
    let arguments = arguments?;
    let Some(value) = data::read(walk, &job, &arguments).await else {
        job.resource.check.as_ref()?;
        // The check has failed; the earlier value of its data source stays.
        run.is_now(change, data::unread(&job, &arguments));
        return Some(());
    };
    let object = data::stored(&job, &value);
    let effect = Effect::Put {
        address: change.address.clone(),
        deposed: None,
        provider: change.provider.clone(),
        object,
    };
    run.send(&change.address, Outcome { operation: None, effects: vec![effect] });
    run.is_now(change, value.clone());
    hold_afterwards(run, &job, &value)
}

fn hold_afterwards(run: &Run<'_, '_>, job: &Job<'_>, value: &Value) -> Option<()> {
    if job.resource.postconditions.is_empty() {
        return Some(());
    }
    let mut faults = Diagnostics::new();
    let scope = with_self(job, value);
    let checks = &mut run.walk.found.borrow_mut().checks;
    checks.after((&job.address, value), &job.resource.postconditions, &scope, &mut faults);
    faults.extend(run.walk.evaluator.take_faults());
    (!run.walk.report(faults)).then_some(())
}

async fn destroy(run: &Run<'_, '_>, change: &Change) -> Option<()> {
    let walk = run.walk;
    let providers = walk.ports.providers;
    let kind = walk.kinds.of(providers, &change.provider.provider, &change.address.resource).await.ok()?;
    let provider = walk.provider(&change.provider).await?;
    let event = |step| Event::Operation {
        address: change.address.clone(),
        deposed: change.deposed.clone(),
        action: Action::Delete,
        id: identity(&change.before),
        step,
    };
    walk.ports.events.event(event(Step::Started));
    let done = destroyed(run, change, &kind, &provider).await;
    walk.ports.events.event(event(if done.is_some() { Step::Done } else { Step::Failed }));
    done
}

async fn destroyed(
    run: &Run<'_, '_>,
    change: &Change,
    kind: &Kind,
    provider: &Arc<dyn Provider>,
) -> Option<()> {
    let walk = run.walk;
    // An object that was deposed for its replacement is found under its deposed key.
    let deposed = match change.action {
        Action::Replace(Order::CreateFirst) => run.put_aside(change),
        _ => change.deposed.clone(),
    };
    if !provision::destroyed(walk, change).await {
        return None;
    }
    let none = Value::null(kind.ty.clone());
    let prior = change.before.clone().unmark_deep().0;
    let outside = provider.effects(&change.address.resource.kind) == Effects::Outside;
    let operation = OperationId((walk.ports.ids)().into());
    if outside {
        let intent = Intent {
            operation: operation.clone(),
            address: change.address.clone(),
            deposed: deposed.clone(),
            provider: change.provider.clone(),
            action: Action::Delete,
            planned: None,
            since: None,
        };
        run.intend(intent).await?;
    }
    // The prepared notes of a replacement belong to its new object.
    let inside = if change.action == Action::Delete { notes(change) } else { &[] };
    if !inside.is_empty() {
        run.uses_notes(change);
    }
    let events = walk.ports.events;
    let secrets_of_parts = match provider.has_inside(&change.address.resource.kind) {
        true => walk.secrets_in([&change.before]),
        false => Secrets::default(),
    };
    let request = ApplyRequest {
        kind: &change.address.resource.kind,
        prior: &prior,
        planned: &none,
        configuration: &none,
        private: &change.private,
        token: &operation.0,
        inside,
        on_progress: &|progress| report_progress(events, change, &secrets_of_parts, progress),
        goes_on: &AtomicBool::new(false),
    };
    let mut remarks = Remarks::new();
    let left = provider.apply(request, &mut remarks).await;
    let failed = has_errors(&remarks);
    if !remarks.is_empty() {
        let place = Place { secrets: walk.secrets_in([&change.before]), ..Place::of(&change.address) };
        place.report(remarks, &mut walk.diagnostics.borrow_mut());
    }
    let gone = !failed && left.as_ref().is_none_or(|left| left.value.is_null());
    let effect = if gone {
        Some(Effect::Remove { address: change.address.clone(), deposed })
    } else {
        left.and_then(|left| left_over(change, deposed, kind, left))
    };
    let effects = effect.into_iter().collect();
    run.send(&change.address, Outcome { operation: outside.then_some(operation), effects });
    gone.then_some(())
}

/// What the provider says is left of an object that was only partly destroyed.
fn left_over(change: &Change, deposed: Option<DeposedKey>, kind: &Kind, left: Applied) -> Option<Effect> {
    let is_object = !left.value.is_null() && left.value.is_wholly_known();
    is_object.then(|| Effect::Put {
        address: change.address.clone(),
        deposed,
        provider: change.provider.clone(),
        object: object_of(change, kind, &kind.mark(left.value), left.private),
    })
}

fn notes(change: &Change) -> &[u8] {
    change.inside.as_ref().map_or(&[], |inside| &inside.notes)
}

fn fail(walk: &Walk<'_>, job: &Job<'_>, summary: &str, why: String) {
    let fault =
        Diagnostic::error(summary, why).at(job.resource.span.clone()).address(job.address.to_string());
    walk.diagnostics.borrow_mut().push(fault);
}

/// Whether an answer carries no information: a provider that failed to create an object may return the plan with
/// everything unknown.
fn is_bare(value: &Value) -> bool {
    value.entries().is_some_and(|entries| entries.get("id").is_some_and(|id| !id.is_known()))
}
