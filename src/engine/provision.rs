//! Provisioners: run after an object is created, or before it is destroyed.

use crate::address::AbsoluteInstance;
use crate::config::{Connection, LayeredBody, OnFailure, Provisioner, Resource, When};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::eval::{ModuleScope, Surroundings, block, nothing};
use crate::plan::{Action, Change, Order};
use crate::port::{Event, ProvisionRequest, Remarks, Step};
use crate::state::Status;
use crate::value::{Mark, Marks, Value};

use super::remarks::Place;
use super::removed;
use super::walk::{Job, Walk};

/// Attributes of a connection that are secrets even if they are not marked as sensitive.
const KEYS: [&str; 5] =
    ["password", "private_key", "bastion_password", "bastion_private_key", "proxy_user_password"];

/// Whether there is anything to run.
pub(super) fn has_any(resource: &Resource, when: When) -> bool {
    let managed = resource.managed.as_ref();
    managed.is_some_and(|managed| managed.provisioners.iter().any(|one| one.when == when))
}

/// Runs the creation provisioners; returns whether the object may count as created.
pub(super) async fn created(walk: &Walk<'_>, job: &Job<'_>, object: &Value) -> bool {
    let scope = super::instance::with_self(job, object);
    let Some(managed) = &job.resource.managed else { return true };
    let set = Set { provisioners: &managed.provisioners, connection: managed.connection.as_ref() };
    all(walk, set, When::Create, &scope, &job.address).await
}

/// Runs the destroy provisioners of the resource or its `removed` block; returns whether destruction may go on. A
/// deposed object whose replacement exists, and an object that was tainted, have none run.
pub(super) async fn destroyed(walk: &Walk<'_>, change: &Change) -> bool {
    if change.deposed.is_some() || change.action == Action::Replace(Order::CreateFirst) {
        return true;
    }
    let stored = walk.stored.instance(&change.address).and_then(|instance| instance.current.as_ref());
    if stored.is_some_and(|object| object.status == Status::Tainted) {
        return true;
    }
    let path = change.address.path();
    let configuration = walk.request.configuration;
    let node = configuration.find(&path.module).map(|(_, node)| node);
    let declared = node.and_then(|node| node.module.resources.get(&path.resource));
    let set = match declared.map(|resource| resource.managed.as_deref()) {
        Some(Some(managed)) => {
            Set { provisioners: &managed.provisioners, connection: managed.connection.as_ref() }
        }
        Some(None) => return true,
        None => match removed::about(configuration, &change.address) {
            Some(removed) => {
                Set { provisioners: &removed.provisioners, connection: removed.connection.as_ref() }
            }
            None => return true,
        },
    };
    if !set.provisioners.iter().any(|provisioner| provisioner.when == When::Destroy) {
        return true;
    }
    // Only `self`, `count.index`, `each.key` and constants may be referred to.
    let surroundings = Surroundings {
        self_object: Some(change.before.clone()),
        ..Surroundings::for_key(&change.address.key, None)
    };
    // A `removed` block may be about a module that nobody calls any more.
    let id = configuration.find(&path.module).map_or(configuration.root_id(), |(id, _)| id);
    let scope = walk.evaluator.unkeyed_scope(id, surroundings);
    all(walk, set, When::Destroy, &scope, &change.address).await
}

/// The provisioners of a block, and their shared connection.
#[derive(Clone, Copy)]
struct Set<'s> {
    provisioners: &'s [Provisioner],
    connection: Option<&'s Connection>,
}

async fn all(
    walk: &Walk<'_>,
    set: Set<'_>,
    when: When,
    scope: &ModuleScope<'_, '_>,
    address: &AbsoluteInstance,
) -> bool {
    for provisioner in set.provisioners.iter().filter(|provisioner| provisioner.when == when) {
        let connection = provisioner.connection_over(set.connection);
        let event =
            |step| Event::Provision { address: address.clone(), kind: provisioner.kind.to_string(), step };
        let mut faults = Diagnostics::new();
        let told = arguments(walk, provisioner, connection.as_ref(), scope, &mut faults);
        faults.extend(walk.evaluator.take_faults());
        if faults.has_errors() {
            // It was never started, so that its failure cannot be forgiven.
            let faults = faults.into_iter().map(|fault| fault.address(address.to_string()));
            walk.diagnostics.borrow_mut().extend(faults);
            return false;
        }
        let Some(told) = told else { continue };
        walk.ports.events.event(event(Step::Started));
        one(walk, provisioner, told, address, &mut faults).await;
        let failed = faults.has_errors();
        walk.ports.events.event(event(if failed { Step::Failed } else { Step::Done }));
        let forgiven = provisioner.on_failure == OnFailure::Continue;
        for fault in faults {
            let severity = if forgiven { Severity::Warning } else { fault.severity };
            let fault = Diagnostic { severity, ..fault }.address(address.to_string());
            walk.diagnostics.borrow_mut().push(fault);
        }
        if failed && !forgiven {
            return false;
        }
    }
    true
}

/// What a provisioner and its connection are told.
fn arguments(
    walk: &Walk<'_>,
    provisioner: &Provisioner,
    connection: Option<&LayeredBody>,
    scope: &ModuleScope<'_, '_>,
    faults: &mut Diagnostics,
) -> Option<(Value, Value)> {
    let port = walk.ports.provisioner;
    let schema = port.schema(&provisioner.kind)?;
    faults.unless_faulty(|faults| {
        let configuration = block(&provisioner.body, &schema, scope, faults);
        let connection = match connection {
            Some(connection) => block(connection, &port.connection(), scope, faults),
            None => nothing(&port.connection()),
        };
        (configuration, connection)
    })
}

async fn one(
    walk: &Walk<'_>,
    provisioner: &Provisioner,
    (configuration, connection): (Value, Value),
    address: &AbsoluteInstance,
    faults: &mut Diagnostics,
) {
    let port = walk.ports.provisioner;
    let mut secrets = walk.secrets_in([&configuration, &connection]);
    for name in KEYS {
        let key = connection.entries().and_then(|entries| entries.get(name));
        key.into_iter().for_each(|key| secrets.take(&key.clone().mark(Mark::Sensitive)));
    }
    let (configuration, marks) = configuration.unmark_deep();
    // Only host and user of a connection are ever shown.
    let shown = ["host", "user"].into_iter().filter_map(|name| connection.entries()?.get(name));
    let shown = shown.map(Value::marks_deep);
    let is_secret = |marks: Marks| marks.contains(&Mark::Sensitive) || marks.contains(&Mark::Ephemeral);
    let secret = shown.chain([marks]).any(is_secret);
    let (connection, _) = connection.unmark_deep();
    let kind = &*provisioner.kind;
    let say = |line: &str| {
        walk.ports.events.event(Event::ProvisionOutput {
            address: address.clone(),
            kind: kind.to_owned(),
            line: line.to_owned(),
        });
    };
    if secret {
        say("(output is not shown, because something that it was given is sensitive)");
    }
    let events = walk.ports.events;
    let (address, name) = (address.clone(), kind.to_owned());
    let output = move |line: &str| {
        if !secret {
            let line = line.to_owned();
            events.event(Event::ProvisionOutput { address: address.clone(), kind: name.clone(), line });
        }
    };
    let mut remarks = Remarks::new();
    let request = ProvisionRequest { kind, configuration: &configuration, connection: &connection };
    port.run(request, &output, &mut remarks).await;
    let (body, block) = (Some(&provisioner.body), Some(&provisioner.span));
    Place { address: String::new(), body, block, secrets }.report(remarks, faults);
}
