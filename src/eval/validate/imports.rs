//! `import` blocks: the instance that they name, and the identity that they give.

use crate::address::InstanceKey;
use crate::config::{Import, Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::Subject;
use crate::eval::scope::{Each, Surroundings};
use crate::expression::Reference;
use crate::syntax::{Node, StepKind};
use crate::value::{Kind, Number, Type, Value, convert};

use super::site::Site;

/// Checks all of them; they stand in the root module only.
pub(super) fn check(root: &Site<'_, '_>, diagnostics: &mut Diagnostics) {
    for import in &root.module().imports {
        import_block(root, import, diagnostics);
    }
}

fn import_block(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    target_exists(site, import, diagnostics);
    same_provider(site, import, diagnostics);
    key_fits(site, import, diagnostics);
    let Some(each) = elements(site, import, diagnostics) else { return };
    for each in each {
        let surroundings = Surroundings { each: each.clone(), ..Surroundings::default() };
        let inside = Site { scope: site.scope.within(surroundings), ..site.in_module(site.id) };
        if each.is_some() {
            made_key_fits(&inside, import, diagnostics);
        }
        identity(&inside, import, diagnostics);
    }
}

/// The value of `each` for every import that the block stands for; `None` if an error was reported.
fn elements(
    site: &Site<'_, '_>,
    import: &Import,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Option<Each>>> {
    let Some(expression) = &import.for_each else { return Some(vec![None]) };
    let value = diagnostics.unless_faulty(|faults| site.value(expression, faults))?;
    match repeated(&value) {
        Ok(Some(each)) => Some(each.into_iter().map(Some).collect()),
        Ok(None) => Some(vec![Some(Each { key: Value::dynamic(), value: Some(Value::dynamic()) })]),
        Err(why) => {
            diagnostics.push(Diagnostic::error("Invalid for_each", why).at(expression.span()));
            None
        }
    }
}

/// The value of `each` for the elements of any collection; `None` if it is unknown.
pub fn repeated(value: &Value) -> Result<Option<Vec<Each>>, String> {
    let (value, marks) = value.clone().unmark();
    let ty = value.ty();
    let several = ty.is_collection() || matches!(ty, Type::Tuple(_) | Type::Object(_) | Type::Dynamic);
    if !several || value.is_null() {
        let what = if value.is_null() { "null".to_owned() } else { format!("a {}", ty.friendly()) };
        return Err(format!("\"for_each\" needs a collection, not {what}."));
    }
    let each = |key: Value, value: &Value| Each { key, value: Some(value.clone().with_marks(&marks)) };
    Ok(match value.kind() {
        Kind::Unknown(..) => None,
        Kind::Set(set) => Some(set.items().iter().map(|item| each(item.clone(), item)).collect()),
        Kind::List(_) | Kind::Tuple(_) => {
            let items = value.items().unwrap_or_default().iter().zip(0..);
            Some(items.map(|(item, index)| each(Value::number(Number::from_i64(index)), item)).collect())
        }
        _ => {
            let entries = value.entries().into_iter().flatten();
            Some(entries.map(|(key, item)| each(Value::normalized_string(key.clone()), item)).collect())
        }
    })
}

fn identity(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    let Some(id) = &import.id else { return };
    let imported = |reference: Reference<'_>| {
        let subject = Subject::of(&reference);
        import.resource.module.is_root()
            && subject
                .is_ok_and(|(subject, _)| subject == Subject::Resource(import.resource.resource.clone()))
    };
    if id.references().any(imported) {
        let why = "The identity of an object cannot come from the object that it is to find.";
        return diagnostics.push(Diagnostic::error("Invalid identity", why).at(id.span()));
    }
    let mut faults = Diagnostics::new();
    let (value, _) = site.value(id, &mut faults).unmark_deep();
    let why = match convert(&value, &Type::String) {
        _ if faults.has_errors() => None,
        _ if value.is_null() => Some("is null".to_owned()),
        Ok(text) if text.as_str() == Some("") => Some("is empty".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!("is no text: {error}")),
    };
    diagnostics.extend(faults);
    if let Some(why) = why {
        let why = format!("The identity of the object to import {why}.");
        diagnostics.push(Diagnostic::error("Invalid identity", why).at(id.span()));
    }
}

/// An undeclared resource can be generated in the root module, for a single instance; anything else must be declared.
fn target_exists(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    if resource(site, import).is_some() || !site.whole {
        return;
    }
    let single = import.for_each.is_none() && literal_key(import) == Some(InstanceKey::None);
    let why = if !import.resource.module.is_root() {
        "is not declared; only resources of the root module can be made up from what is imported"
    } else if !single {
        "is not declared; only a resource without count and for_each can be made up from what is imported"
    } else {
        return;
    };
    let why = format!("{} {why}.", import.resource);
    diagnostics.push(Diagnostic::error("Nothing to import into", why).at(import.to.span()));
}

fn same_provider(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    let (Some(resource), Some(reference)) = (resource(site, import), &import.provider_reference) else {
        return;
    };
    let (name, alias) = resource.local_provider();
    if *name != *reference.local.name || alias != reference.local.alias.as_deref() {
        let alias = alias.map_or(String::new(), |alias| format!(".{alias}"));
        let why = format!("{} uses provider {name}{alias}, and this import another.", import.resource);
        diagnostics.push(
            Diagnostic::error("Different provider", why)
                .at(reference.span.clone())
                .related("the resource", resource.span.clone()),
        );
    }
}

fn resource<'c>(site: &Site<'_, 'c>, import: &Import) -> Option<&'c Resource> {
    let (_, node) = site.evaluator.configuration.find(&import.resource.module)?;
    node.module.resources.get(&import.resource.resource).map(AsRef::as_ref)
}

/// A key computed from `each` must be of the kind that the resource's instances have.
fn made_key_fits(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    let (Some(resource), Node::Index { key, .. }) = (resource(site, import), import.to.node()) else {
        return;
    };
    let key = site.value(&import.to.at(*key), diagnostics);
    let ty = key.ty();
    let fits = match &resource.repetition {
        _ if ty == Type::Dynamic => true,
        Repetition::Once => false,
        Repetition::Count(_) => ty == Type::Number,
        Repetition::ForEach(_) => ty == Type::String,
    };
    if !fits {
        let why = format!("{} has no instance whose key is a {}.", import.resource, ty.friendly());
        diagnostics.push(Diagnostic::error("Wrong instance", why).at(import.to.span()));
    }
}

/// An instance has a key exactly if its resource has `count` or `for_each`, and of that kind.
fn key_fits(site: &Site<'_, '_>, import: &Import, diagnostics: &mut Diagnostics) {
    let Some(resource) = resource(site, import) else { return };
    let Some(key) = literal_key(import) else {
        if import.for_each.is_none() {
            let why = "Without for_each, the key of the instance must be written out.";
            diagnostics.push(Diagnostic::error("Key is not constant", why).at(import.to.span()));
        }
        return;
    };
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

/// The key at the end of the address, if it is a literal.
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
