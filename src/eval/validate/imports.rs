//! `import` blocks: the instance that they name, and the identity that they give.

use crate::address::InstanceKey;
use crate::config::{Import, Repetition};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::scope::{Each, Surroundings};
use crate::syntax::{Node, StepKind};
use crate::value::{Type, Value, convert};

use super::site::Site;

/// Checks all of them; they stand in the root module only.
pub(super) fn check(root: &Site<'_, '_>, diagnostics: &mut Diagnostics) {
    for import in &root.module().imports {
        import_block(root, import, diagnostics);
    }
}

fn import_block(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    key_fits(site, import, diagnostics);
    let inside = match &import.for_each {
        Some(expression) => {
            let mut faults = Diagnostics::new();
            let value = site.value(expression, &mut faults);
            let (value, _) = value.unmark();
            let iterable = value.ty() == Type::Dynamic
                || value.ty().is_collection()
                || matches!(value.ty(), Type::Tuple(_) | Type::Object(_));
            if !faults.has_errors() && !iterable {
                let why = format!("\"for_each\" needs a collection, not a {}.", value.ty().friendly());
                faults.push(Diagnostic::error("Invalid for_each", why).at(expression.span()));
            }
            let failed = faults.has_errors();
            diagnostics.extend(faults);
            if failed {
                return;
            }
            let each = Each { key: Value::dynamic(), value: Some(Value::dynamic()) };
            let surroundings = Surroundings { each: Some(each), ..Surroundings::default() };
            Site { scope: site.scope.within(surroundings), ..site.elsewhere(site.id) }
        }
        None => site.elsewhere(site.id),
    };
    let Some(id) = &import.id else { return };
    let mut faults = Diagnostics::new();
    let (value, _) = inside.value(id, &mut faults).unmark_deep();
    let why = if faults.has_errors() {
        None
    } else if value.is_null() {
        Some("is null".to_owned())
    } else {
        match convert(&value, &Type::String) {
            Ok(text) if text.as_str() == Some("") => Some("is empty".to_owned()),
            Ok(_) => None,
            Err(error) => Some(format!("is no text: {error}")),
        }
    };
    diagnostics.extend(faults);
    if let Some(why) = why {
        let why = format!("The identity of the object to import {why}.");
        diagnostics.push(Diagnostic::error("Invalid identity", why).at(id.span()));
    }
}

/// An instance has a key exactly where its resource is repeated, and of that kind.
fn key_fits(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    let found = site.evaluator.configuration.find(&import.resource.module);
    let resource = found.and_then(|(_, node)| node.module.resources.get(&import.resource.resource));
    let Some(resource) = resource else { return };
    let Some(key) = literal_key(import) else { return };
    let why = match (&resource.repetition, key) {
        (Repetition::Once, InstanceKey::Number(_)) => "does not use count, so it takes no number",
        (Repetition::Once, InstanceKey::Text(_)) => "does not use for_each, so it takes no key",
        (Repetition::Count(_), InstanceKey::None) => "uses count, so it needs the number of an instance",
        (Repetition::Count(_), InstanceKey::Text(_)) => "uses count, so it takes a number and no text",
        (Repetition::ForEach(_), InstanceKey::None) => "uses for_each, so it needs the key of an instance",
        (Repetition::ForEach(_), InstanceKey::Number(_)) => "uses for_each, so it takes a text and no number",
        _ => return,
    };
    let why = format!("{} {why}.", import.resource.resource);
    diagnostics.push(Diagnostic::error("Wrong instance", why).at(import.to.span()));
}

/// The key that ends the address, where it is written out.
fn literal_key(import: &Import) -> Option<InstanceKey> {
    let file = import.to.file();
    match import.to.node() {
        Node::Traversal { steps, .. } => match file.steps(*steps).last().map(|step| &step.kind) {
            Some(StepKind::Number(number)) => {
                let number = file.number(*number).to_i64()?;
                Some(InstanceKey::Number(u64::try_from(number).ok()?))
            }
            Some(StepKind::Key(key)) => Some(InstanceKey::text(file.text(*key))),
            _ => Some(InstanceKey::None),
        },
        _ => None,
    }
}
