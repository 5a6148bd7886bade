//! Plans a stack.

use std::collections::{BTreeMap, BTreeSet};

use crate::port::{PlanRequest, Planned, Remark, Remarks};
use crate::schema::Block;
use crate::value::{Entries, Name, Path, Type, Value};

use super::super::super::Draft;
use super::super::super::object::{Arguments, at};
use super::super::account::Account;
use super::notes::Notes;
use super::outputs::{self, Comparison};
use super::template::{self, Generated, LONGEST, Rendered, Template, Unfit};
use super::{order, validate};

/// These only matter at creation. Setting them on a stack that was not created here is no change.
const AT_CREATION: [&str; 3] = ["disable_rollback", "on_failure", "timeout_in_minutes"];

pub(super) fn plan(
    account: &Account,
    request: &PlanRequest<'_>,
    schema: &Block,
    remarks: &mut Remarks,
) -> Option<Planned> {
    let kept = Notes::read(request.private);
    let mut notes = kept.clone();
    let mut draft = Draft::new(request, schema);
    let tags = Arguments(request.configuration).value("tags");
    draft.set("tags_all", account.tags_all(tags, draft.prior("tags_all")));
    let read = body(request, &mut draft, &mut notes, remarks)?;
    parameters(request, &mut draft, read.as_ref(), &notes.generated, remarks)?;
    let none = |ty: Type| Value::null(ty);
    if draft.is_new() {
        draft.default("policy_body", none(Type::String));
        draft.default("enable_termination_protection", Value::bool(false));
        draft.default("id", Value::unknown(Type::String).refine_not_null());
    } else {
        keep_policy(&mut draft);
        draft.fixed("name");
        for name in AT_CREATION {
            let given = |value: Option<&Value>| value.is_some_and(|value| !value.is_null());
            let meant = |value: Option<&Value>| given(value) && value.and_then(Value::as_bool) != Some(false);
            if meant(draft.prior(name)) && meant(draft.get(name)) {
                draft.fixed(name);
            }
        }
        let generated = notes.generated != kept.generated;
        if generated || order::TOLD.iter().any(|name| draft.changes(name)) || hidden_change(request, &notes) {
            open_outputs(request, &mut draft, read.as_ref(), &kept, &notes);
        }
        if let Some(status) = kept.status.as_deref().filter(|status| is_spent(status)) {
            unfit(&mut draft, status, remarks);
        }
    }
    let planned = draft.finish();
    Some(Planned { private: notes.write(), ..planned })
}

/// Marks the outputs that may change as unknown.
fn open_outputs(
    request: &PlanRequest<'_>,
    draft: &mut Draft<'_>,
    after: Option<&Template>,
    kept: &Notes,
    notes: &Notes,
) {
    let prior = draft.prior("template_body").and_then(Value::as_str);
    let before = prior.and_then(|text| template::read(text).ok());
    let parameters = draft.get("parameters");
    let is_open = draft.get("template_body").is_none_or(|body| !body.is_known())
        || parameters.is_some_and(|parameters| !parameters.is_known());
    let (Some(before), Some(after), false) = (before, after, is_open) else {
        return draft.unknown("outputs");
    };
    let changed = changed_parameters(request, draft, kept, notes);
    let stays = outputs::kept(&Comparison { before: &before, after, changed: &changed });
    let told = draft.prior("outputs").and_then(Value::entries).cloned().unwrap_or_default();
    let names = after.section("Outputs").into_iter().flatten().map(|(name, _)| name);
    // An output with a condition may disappear, so the set of outputs is unknown, too.
    let uncertain = |name: &String| !stays.contains(name) && is_conditional(after, name);
    if names.clone().any(uncertain) {
        return draft.unknown("outputs");
    }
    let entries = names.filter_map(|name| {
        let value = match told.get(name.as_str()) {
            Some(value) if stays.contains(name) => value.clone(),
            // It is absent because of a condition, now as before.
            None if stays.contains(name) => return None,
            _ => Value::unknown(Type::String),
        };
        Some((Name::from(name.as_str()), value))
    });
    let outputs = Value::map(Type::String, entries);
    draft.set("outputs", outputs);
}

fn is_conditional(template: &Template, output: &str) -> bool {
    let found = template.section("Outputs").and_then(|outputs| outputs.get(output));
    found.is_some_and(|output| output.get("Condition").is_some())
}

/// The parameters whose values change, or are not known yet.
fn changed_parameters(
    request: &PlanRequest<'_>,
    draft: &Draft<'_>,
    kept: &Notes,
    notes: &Notes,
) -> BTreeSet<String> {
    let none = BTreeMap::new();
    let entries = |value: Option<&'_ Value>| value.and_then(Value::entries).cloned().unwrap_or_default();
    let (before, after) = (entries(draft.prior("parameters")), entries(draft.get("parameters")));
    let differs = |name: &&Name| match (before.get(name), after.get(name)) {
        (Some(before), Some(after)) => !before.same(after) || !after.is_known(),
        (None, None) => false,
        _ => true,
    };
    let mut changed: BTreeSet<String> =
        before.keys().chain(after.keys()).filter(differs).map(|name| name.to_string()).collect();
    let worths = |object: &Value, notes: &Notes| {
        let written = object.at(&Path::root().attribute("template"));
        written.map_or(none.clone(), |written| template::worths(&written, &notes.generated))
    };
    let (before, after) = (worths(request.prior, kept), worths(request.configuration, notes));
    let is_new = |(name, worth): &(&String, &Option<_>)| worth.is_none() || before.get(*name) != Some(*worth);
    changed.extend(after.iter().filter(is_new).map(|(name, _)| name.clone()));
    changed
}

/// The formatting of a policy is no change.
fn keep_policy(draft: &mut Draft<'_>) {
    let read = |value: &Value| serde_json::from_str::<serde_json::Value>(value.as_str()?).ok();
    let prior = draft.prior("policy_body");
    if let (Some(prior), Some(planned)) = (prior, draft.get("policy_body"))
        && let (Some(before), Some(after)) = (read(prior), read(planned))
        && before == after
    {
        draft.set("policy_body", prior.clone());
    }
}

/// Whether a stack in this status accepts no more updates, and can only be deleted and created again.
pub(super) fn is_spent(status: &str) -> bool {
    matches!(status, "CREATE_FAILED" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED")
}

fn unfit(draft: &mut Draft<'_>, status: &str, remarks: &mut Remarks) {
    let name = draft.prior("name").and_then(Value::as_str).unwrap_or_default();
    let why = match status {
        "DELETE_FAILED" => "it was to be deleted, and not all of its resources went",
        _ => "making it has failed",
    };
    let detail = format!(
        "The stack {name} is in the status {status}: {why}. CloudFormation takes no changes of such a stack; it is deleted \
         and made again."
    );
    remarks.push(Remark::warning("Stack has to be made again", detail));
    draft.unknown("id");
    draft.replace("id");
}

/// The text of the template and its content; neither while it is unknown.
fn body(
    request: &PlanRequest<'_>,
    draft: &mut Draft<'_>,
    notes: &mut Notes,
    remarks: &mut Remarks,
) -> Option<Option<Template>> {
    let prior = draft.prior("template_body").and_then(Value::as_str);
    let arguments = Arguments(request.configuration);
    if let Some(written) = arguments.value("template") {
        let earlier = if request.noted.is_empty() { notes.clone() } else { Notes::read(request.noted) };
        return match rendered(written, request, &earlier, remarks)? {
            Some(rendered) => {
                let text = rendered.text();
                let text = prior.filter(|prior| template::same(prior, &text)).unwrap_or(&text);
                draft.set("template_body", Value::string(text));
                notes.generated = rendered.generated;
                Some(Some(rendered.template))
            }
            None => {
                notes.generated = BTreeMap::new();
                draft.unknown("template_body");
                Some(None)
            }
        };
    }
    notes.generated = BTreeMap::new();
    match arguments.value("template_body") {
        Some(body) => {
            let Some(text) = body.as_str() else { return Some(None) };
            if let Some(prior) = prior.filter(|prior| template::same(prior, text)) {
                draft.set("template_body", Value::string(prior));
            }
            Some(template::read(text).ok())
        }
        // It is in a bucket, so its content is only known after creation.
        None => {
            let same = draft.prior("template_url").is_some_and(|prior| !prior.is_null())
                && !draft.changes("template_url");
            if !same {
                draft.unknown("template_body");
            }
            Some(None)
        }
    }
}

/// An object as a template text; unknown while it depends on unknown values, `None` if it is invalid.
fn rendered(
    written: &Value,
    request: &PlanRequest<'_>,
    earlier: &Notes,
    remarks: &mut Remarks,
) -> Option<Option<Rendered>> {
    match template::render(written, request.secrets, &earlier.generated) {
        Ok(rendered) => {
            let before = remarks.len();
            validate::template(&rendered.template, &rendered.text(), "template", remarks);
            (remarks.len() == before).then_some(Some(rendered))
        }
        Err(Unfit::Unknown) => Some(None),
        Err(Unfit::Fault(why, path)) => {
            remarks.push(Remark::error("Unsuitable template", why).at(path));
            None
        }
    }
}

/// The parameters: as configured, or those of the stack that the template still has.
fn parameters(
    request: &PlanRequest<'_>,
    draft: &mut Draft<'_>,
    template: Option<&Template>,
    generated: &BTreeMap<String, Generated>,
    remarks: &mut Remarks,
) -> Option<()> {
    let ty = || Value::null(Type::map(Type::String));
    if let Some(configured) = draft.configured("parameters") {
        if let (Some(template), Some(entries)) = (template, configured.entries()) {
            let given: Vec<&str> = entries.keys().map(|name| &**name).collect();
            let generated: Vec<&str> = generated.keys().map(String::as_str).collect();
            let is_new = request.prior.is_null();
            return validate::parameters(template, &given, is_new.then_some(&*generated), remarks);
        }
        return Some(());
    }
    if let Some(template) = template {
        let kept = draft.prior("parameters").and_then(Value::entries).cloned().unwrap_or_default();
        let known = template.parameters();
        let left: Entries = kept.into_iter().filter(|(name, _)| known.contains_key(&**name)).collect();
        let given: Vec<&str> = left.keys().map(|name| &**name).collect();
        let generated: Vec<&str> = generated.keys().map(String::as_str).collect();
        let is_new = request.prior.is_null();
        validate::parameters(template, &given, is_new.then_some(&*generated), remarks)?;
        let prior = draft.prior("parameters").cloned().unwrap_or_else(ty);
        let count = prior.entries().map_or(0, Entries::len);
        let same = left.len() == count;
        draft.set("parameters", if same { prior } else { Value::map(Type::String, left) });
    } else if request.prior.is_null() {
        draft.set("parameters", ty());
    }
    Some(())
}

/// Whether a part of the template that its text hides has changed.
fn hidden_change(request: &PlanRequest<'_>, notes: &Notes) -> bool {
    let part = |object: &Value| {
        let written = object.at(&Path::root().attribute("template"));
        written.map(|written| template::worths(&written, &notes.generated)).unwrap_or_default()
    };
    !notes.generated.is_empty() && part(request.prior) != part(request.configuration)
}

/// Refuses a text that is too long to be sent.
pub(super) fn check_length(text: &str, argument: &str, remarks: &mut Remarks) {
    if text.len() > LONGEST {
        let detail = format!(
            "The template has {} bytes, and CloudFormation takes {LONGEST} as text. Put it into a bucket and give its \
             address as \"template_url\", or divide it into several stacks.",
            text.len()
        );
        remarks.push(Remark::error("Template is too long", detail).at(at(argument)));
    }
}
