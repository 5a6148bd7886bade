//! The root module's outputs, before and after.

use std::collections::BTreeMap;

use crate::address::ModuleInstance;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::validate::{Thing, What};
use crate::plan::{Action, Mode, OutputChange};
use crate::value::{Mark, Name, Type, Value};

use super::storable::unfit;
use super::walk::Walk;

/// Evaluates all outputs and compares them with the stored ones.
pub(super) fn plan(walk: &Walk<'_>, faults: &mut Diagnostics) -> BTreeMap<Name, OutputChange> {
    let declared = &walk.request.configuration.root().module.outputs;
    let mut changes = BTreeMap::new();
    let destroying = walk.request.options.mode == Mode::Destroy;
    let root = walk.request.configuration.root_id();
    for (name, output) in declared.iter().filter(|_| !destroying) {
        let thing = Thing { module: root, what: What::Output(name) };
        if walk.selection.as_ref().is_some_and(|selection| !selection.takes_part(&thing)) {
            continue;
        }
        if walk.failed.borrow().contains(&thing) {
            continue;
        }
        let value = walk.evaluator.output_of(&ModuleInstance::root(), name);
        let before = walk.stored.outputs.get(name).map(|output| output.value.clone());
        let Some(after) = settle(output, value, faults) else { continue };
        // A run that only looks does not make values known.
        if walk.request.options.mode == Mode::RefreshOnly && !after.is_wholly_known() {
            continue;
        }
        let action = match &before {
            None if after.is_null() => Action::NoOp,
            None => Action::Create,
            Some(before) if before.same(&after) => Action::NoOp,
            Some(_) => Action::Update,
        };
        let before = before.unwrap_or_else(|| Value::null(Type::Dynamic));
        // A value that was sensitive is not shown next to one that no longer is.
        let sensitive = output.sensitive || before.marks().contains(&Mark::Sensitive);
        changes.insert(name.clone(), OutputChange { action, before, after, sensitive });
    }
    for (name, stored) in &walk.stored.outputs {
        if walk.selection.is_some() || (!destroying && declared.contains_key(name)) {
            continue;
        }
        let sensitive = stored.value.marks().contains(&Mark::Sensitive);
        let change = OutputChange {
            action: Action::Delete,
            before: stored.value.clone(),
            after: Value::null(Type::Dynamic),
            sensitive,
        };
        changes.insert(name.clone(), change);
    }
    changes
}

/// The value of an output as it is stored: not ephemeral, and sensitive only if declared so.
pub(super) fn settle(
    output: &crate::config::Output,
    value: Value,
    faults: &mut Diagnostics,
) -> Option<Value> {
    let (value, marks) = value.unmark_deep();
    let place = output.value.as_ref().map_or_else(|| output.span.clone(), crate::syntax::Expression::span);
    if marks.contains(&Mark::Sensitive) && !output.sensitive {
        let why = format!(
            "The value of output \"{}\" is made from something sensitive, and would be shown in plain text.",
            output.name
        );
        faults.push(
            Diagnostic::error("Output refers to sensitive values", why).at(output.span.clone()).hint(
                "Set sensitive = true on the output, or use nonsensitive(...) where the value is none.",
            ),
        );
        return None;
    }
    if let Some(unfit) = unfit(&value) {
        let why = format!("Output \"{}\" {}.", output.name, unfit.clause());
        faults.push(Diagnostic::error(unfit.title(), why).at(place));
        return None;
    }
    if marks.contains(&Mark::Ephemeral) {
        let why = format!(
            "Output \"{}\" of the root module is stored, and an ephemeral value must not be.",
            output.name
        );
        faults.push(Diagnostic::error("Ephemeral value in an output", why).at(place));
        return None;
    }
    Some(if output.sensitive { value.mark(Mark::Sensitive) } else { value })
}
