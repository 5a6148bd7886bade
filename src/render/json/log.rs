//! The JSON lines that `plan -json` and `apply -json` print.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::address::{AbsoluteInstance, InstanceKey};
use crate::config::LANGUAGE_VERSION;
use crate::diag::{Diagnostic, Severity};
use crate::plan::{Action, Change, Mode, OutputChange, Plan, Reason};
use crate::port::{Event, Step};
use crate::state::OutputState;
use crate::value::{Mark, Name};

use super::super::environments::{EnvironmentPlan, Standing, environments_json};
use super::super::outlines::Outlines;
use super::super::progress;
use super::super::view::{Counts, is_shown};
use super::DiagnosticForm;
use super::inside;
use super::value::{Plain, TypeForm};

/// The subject of a line.
#[derive(Clone, Copy)]
pub enum Record<'a> {
    /// The first line, with the version.
    Version,
    PlannedChange(&'a Change),
    Drift(&'a Change),
    Summary {
        counts: Counts,
        operation: Operation,
    },
    PlannedOutputs(&'a BTreeMap<Name, OutputChange>),
    Outputs(&'a BTreeMap<Name, OutputState>),
    Event {
        event: &'a Event,
        elapsed: Duration,
    },
    /// An operation is still running.
    Still {
        address: &'a AbsoluteInstance,
        action: Action,
        id: Option<&'a (String, String)>,
        elapsed: Duration,
    },
    Diagnostic(&'a Diagnostic),
    /// The outcome of all environments: the last line when there are several.
    Environments(&'a [EnvironmentPlan]),
}

/// What counts are about: a plan, or what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Plan,
    Apply,
    Destroy,
}

/// All records of a plan, in order.
pub fn plan_records(plan: &Plan) -> Vec<Record<'_>> {
    // A mere change of address is reported with the changes.
    let everything = plan.options.mode == Mode::RefreshOnly;
    let drift =
        plan.drift.iter().filter(|change| everything || change.action != Action::NoOp).map(Record::Drift);
    let changes = plan.changes.iter().filter(|change| is_shown(change)).map(Record::PlannedChange);
    let summary = Record::Summary { counts: Counts::of(plan), operation: Operation::Plan };
    let outputs = (!plan.outputs.is_empty()).then_some(Record::PlannedOutputs(&plan.outputs));
    drift.chain(changes).chain([summary]).chain(outputs).collect()
}

/// The records of a plan that is about to be applied and was shown before.
pub fn work_records(plan: &Plan) -> impl Iterator<Item = Record<'_>> {
    plan.changes.iter().filter(|change| change.action != Action::NoOp).map(Record::PlannedChange)
}

/// One line without its end, or `None` if there is nothing to report. The timestamp is in RFC 3339 with microseconds.
pub fn log_line(record: Record<'_>, timestamp: &str) -> Option<String> {
    log_line_of(None, record, timestamp)
}

/// As [`log_line`], with the environment that it is about, if there are several.
pub fn log_line_of(environment: Option<&str>, record: Record<'_>, timestamp: &str) -> Option<String> {
    let line = line(record)?;
    let mut fields = Map::new();
    fields.insert("@level".into(), line.level.into());
    fields.insert("@message".into(), line.message.into());
    // Programs that read these lines expect this name.
    fields.insert("@module".into(), "terraform.ui".into());
    fields.insert("@timestamp".into(), timestamp.into());
    fields.insert("type".into(), line.kind.into());
    fields.extend(environment.map(|name| ("environment".to_owned(), name.into())));
    fields.extend(line.fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Some(super::terraform_bytes(serde_json::to_string(&Json::Object(fields))))
}

struct Line {
    level: &'static str,
    message: String,
    kind: &'static str,
    fields: Vec<(&'static str, Json)>,
}

fn info(kind: &'static str, message: String, name: &'static str, value: Json) -> Line {
    Line { level: "info", message, kind, fields: vec![(name, value)] }
}

fn line(record: Record<'_>) -> Option<Line> {
    Some(match record {
        Record::Version => Line {
            level: "info",
            message: format!("Terrace {}", env!("CARGO_PKG_VERSION")),
            kind: "version",
            fields: vec![
                ("terraform", LANGUAGE_VERSION.into()),
                ("terrace", env!("CARGO_PKG_VERSION").into()),
                ("ui", "1.2".into()),
            ],
        },
        Record::PlannedChange(change) => {
            let message = format!("{}: Plan to {}", change.address, deed(change));
            info("planned_change", message, "change", change_form(change))
        }
        Record::Drift(change) => {
            let message = format!("{}: Drift detected ({})", change.address, deed(change));
            info("resource_drift", message, "change", change_form(change))
        }
        Record::Summary { counts, operation } => summary(counts, operation),
        Record::PlannedOutputs(outputs) => {
            let forms = outputs.iter().map(|(name, output)| {
                let form = json!({ "sensitive": output.sensitive, "action": word(output.action) });
                (name.to_string(), form)
            });
            info("outputs", format!("Outputs: {}", outputs.len()), "outputs", Json::Object(forms.collect()))
        }
        Record::Outputs(outputs) => {
            let forms = outputs.iter().map(|(name, output)| (name.to_string(), output_form(output)));
            info("outputs", format!("Outputs: {}", outputs.len()), "outputs", Json::Object(forms.collect()))
        }
        Record::Event { event, elapsed } => event_line(event, elapsed)?,
        Record::Still { address, action, id, elapsed } => {
            let mut hook = hook(address, Some(action), id);
            hook.insert("elapsed_seconds".into(), elapsed.as_secs().into());
            let message = progress::still_line(address, None, action, id, elapsed);
            info("apply_progress", message, "hook", hook.into())
        }
        Record::Diagnostic(diagnostic) => diagnostic_line(diagnostic),
        Record::Environments(plans) => {
            let with = plans.iter().filter(|plan| plan.standing == Standing::Changes).count();
            let failed = plans.iter().filter(|plan| plan.standing.is_fault()).count();
            let message = format!(
                "Environments: {} planned, {with} with changes, {failed} failed",
                plans.len() - failed
            );
            info("environments", message, "environments", environments_json(plans))
        }
    })
}

fn event_line(event: &Event, elapsed: Duration) -> Option<Line> {
    Some(match event {
        Event::Refresh { address, id, step } => {
            let (kind, words) = match step {
                Step::Started => ("refresh_start", "Refreshing state..."),
                Step::Done => ("refresh_complete", "Refresh complete"),
                Step::Failed => return None,
            };
            let message = format!("{address}: {words}{}", progress::id_of(id.as_ref()));
            info(kind, message, "hook", hook(address, None, id.as_ref()).into())
        }
        // The diagnostic that follows reports it.
        Event::Read { step: Step::Failed, .. } => return None,
        Event::Read { address, id, step } => {
            let message = match step {
                Step::Started => format!("{address}: Refreshing..."),
                Step::Done => format!("{address}: Refresh complete after {}", progress::duration(elapsed)),
                Step::Failed => format!("{address}: Refresh errored after {}", progress::duration(elapsed)),
            };
            let message = message + &progress::id_of(id.as_ref());
            applying(*step, message, hook(address, Some(Action::Read), id.as_ref()), elapsed)
        }
        Event::Operation { address, action, id, step, .. } => {
            let message =
                format!("{address}: {}", progress::operation(*action, *step, elapsed, id.as_ref())?);
            let gone = *action == Action::Delete && *step != Step::Started || *step == Step::Failed;
            let id = id.as_ref().filter(|_| !gone);
            applying(*step, message, hook(address, Some(*action), id), elapsed)
        }
        Event::Provision { address, kind, step } => {
            let (name, message) = match step {
                Step::Started => ("provision_start", format!("{address}: Provisioning with '{kind}'...")),
                Step::Done => ("provision_complete", format!("{address}: ({kind}) Provisioning complete")),
                Step::Failed => ("provision_errored", format!("{address}: ({kind}) Provisioning errored")),
            };
            let mut hook = hook(address, None, None);
            hook.insert("provisioner".into(), kind.as_str().into());
            info(name, message, "hook", hook.into())
        }
        // As in Terraform, blank lines of provisioners are left out.
        Event::ProvisionOutput { line, .. } if line.trim_end().is_empty() => return None,
        Event::ProvisionOutput { address, kind, line } => {
            let line = line.trim_end();
            let mut hook = hook(address, None, None);
            hook.insert("provisioner".into(), kind.as_str().into());
            hook.insert("output".into(), line.into());
            info("provision_progress", format!("{address}: ({kind}): {line}"), "hook", hook.into())
        }
        Event::Part { address, progress } => {
            let mut hook = hook(address, None, None);
            let words =
                [("part", &progress.part), ("part_type", &progress.kind), ("status", &progress.status)];
            hook.extend(words.map(|(name, word)| (name.into(), word.as_str().into())));
            hook.extend(progress.reason.as_ref().map(|reason| ("reason".into(), reason.as_str().into())));
            info("apply_part", progress::progress_line(event, elapsed)?, "hook", hook.into())
        }
        Event::Diagnostic(diagnostic) => diagnostic_line(diagnostic),
        Event::Stopping => {
            let message = progress::progress_line(event, elapsed)?;
            Line { level: "info", message, kind: "log", fields: Vec::new() }
        }
        Event::Outlook { .. } => return None,
    })
}

fn applying(step: Step, message: String, mut hook: Map<String, Json>, elapsed: Duration) -> Line {
    let kind = match step {
        Step::Started => "apply_start",
        Step::Done => "apply_complete",
        Step::Failed => "apply_errored",
    };
    if step != Step::Started {
        hook.insert("elapsed_seconds".into(), elapsed.as_secs().into());
    }
    info(kind, message, "hook", hook.into())
}

fn hook(
    address: &AbsoluteInstance,
    action: Option<Action>,
    id: Option<&(String, String)>,
) -> Map<String, Json> {
    let mut hook = Map::new();
    hook.insert("resource".into(), resource(address));
    if let Some(action) = action {
        hook.insert("action".into(), word(action).into());
    }
    if let Some((key, value)) = id {
        hook.insert("id_key".into(), key.as_str().into());
        hook.insert("id_value".into(), value.as_str().into());
    }
    hook
}

fn resource(address: &AbsoluteInstance) -> Json {
    let inner = &address.resource;
    json!({
        "addr": address.to_string(),
        "module": address.module.to_string(),
        "resource": format!("{inner}{}", address.key),
        "implied_provider": inner.implied_provider(),
        "resource_type": &*inner.kind,
        "resource_name": &*inner.name,
        "resource_key": key(&address.key),
    })
}

pub(super) fn key(key: &InstanceKey) -> Json {
    match key {
        InstanceKey::None => Json::Null,
        InstanceKey::Number(number) => (*number).into(),
        InstanceKey::Text(text) => (&**text).into(),
    }
}

fn change_form(change: &Change) -> Json {
    let mut form = Map::new();
    form.insert("resource".into(), resource(&change.address));
    if let Some(from) = super::plan::previous(change) {
        form.insert("previous_resource".into(), resource(from));
    }
    form.insert("action".into(), deed(change).into());
    if let Some(reason) = reason(change.reason, change.action) {
        form.insert("reason".into(), reason.into());
    }
    if let Some(import) = &change.import {
        form.insert("importing".into(), json!({ "id": import.id }));
        if let Some(generated) = &import.generated {
            form.insert("generated_config".into(), (&**generated).into());
        }
    }
    form.extend(change.inside.as_deref().map(|found| ("inside".to_owned(), inside::outline(found))));
    form.into()
}

/// What happens to an instance, if nothing happens to its object.
fn deed(change: &Change) -> &'static str {
    match change.action {
        Action::NoOp if change.moved_from.is_some() => "move",
        Action::NoOp if change.import.is_some() => "import",
        action => word(action),
    }
}

fn word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Replace(_) => "replace",
        Action::Forget => "remove",
    }
}

fn reason(reason: Option<Reason>, action: Action) -> Option<&'static str> {
    Some(match reason {
        Some(Reason::ReplaceBecauseTainted) => "tainted",
        Some(Reason::ReplaceByRequest) => "requested",
        Some(Reason::ReplaceByTriggers) => "replace_triggered_by",
        Some(Reason::ReplaceBecauseCannotUpdate) => "cannot_update",
        Some(other) => super::plan::reason(other),
        None if matches!(action, Action::Replace(_)) => "cannot_update",
        None => return None,
    })
}

fn summary(counts: Counts, operation: Operation) -> Line {
    let (add, change, remove, import) = (counts.added(), counts.update, counts.destroyed(), counts.import);
    let imported = |word: &str| if import > 0 { format!("{import} {word}, ") } else { String::new() };
    let (name, message) = match operation {
        Operation::Plan => {
            let imported = imported("to import");
            ("plan", format!("Plan: {imported}{add} to add, {change} to change, {remove} to destroy."))
        }
        Operation::Apply => {
            let imported = imported("imported");
            let done = format!("{imported}{add} added, {change} changed, {remove} destroyed");
            ("apply", format!("Apply complete! Resources: {done}."))
        }
        Operation::Destroy => ("destroy", format!("Destroy complete! Resources: {remove} destroyed.")),
    };
    let mut counted =
        json!({ "add": add, "change": change, "import": import, "remove": remove, "operation": name });
    if counts.parts.all() > 0
        && let Some(fields) = counted.as_object_mut()
    {
        fields.insert("inside".into(), inside::counts(counts.parts));
    }
    info("change_summary", message, "changes", counted)
}

fn output_form(output: &OutputState) -> Json {
    let sensitive = output.value.has_mark_deep(&Mark::Sensitive);
    let mut form = Map::new();
    form.insert("sensitive".into(), sensitive.into());
    form.insert("type".into(), plain_json(&TypeForm(&output.value.ty())));
    if !sensitive {
        form.insert("value".into(), plain_json(&Plain(&output.value)));
    }
    form.into()
}

fn plain_json(what: &impl serde::Serialize) -> Json {
    serde_json::to_value(what).expect("plain data always has a JSON form")
}

fn diagnostic_line(diagnostic: &Diagnostic) -> Line {
    let (level, word) = match diagnostic.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warn", "Warning"),
    };
    let form = plain_json(&DiagnosticForm::of(diagnostic, &mut Outlines::default()));
    let message = format!("{word}: {}", diagnostic.summary);
    Line { level, message, kind: "diagnostic", fields: vec![("diagnostic", form)] }
}
