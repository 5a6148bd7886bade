//! Checks references against declarations and schemas, without evaluating anything.

use crate::config::{Repetition, Resource};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::eval::{Subject, declared};
use crate::expression::Reference;
use crate::schema::{self, Nesting};
use crate::syntax::{Step, StepKind};
use crate::value::Value;

use super::site::Site;

/// Reports errors in a reference, whatever its value.
pub(super) fn check(reference: &Reference<'_>, site: &Site<'_, '_>, diagnostics: &mut Diagnostics) {
    let (subject, taken) = match Subject::of(reference) {
        Ok(read) => read,
        Err(fault) => return diagnostics.push(fault),
    };
    if let Err(faults) = declared::check(&subject, site.module(), reference) {
        if site.whole {
            diagnostics.extend(faults);
        }
        return;
    }
    match &subject {
        Subject::Resource(address) => {
            if let Some(resource) = site.module().resources.get(address) {
                resource_reference(resource, reference, taken, site, diagnostics);
            }
        }
        Subject::SelfObject => match site.owner {
            Some(owner) => {
                if let Some(schema) = schema_of(owner, site) {
                    steps(reference, 0, schema, diagnostics);
                }
            }
            None => diagnostics.push(
                Diagnostic::error(
                    "No \"self\" here",
                    "\"self\" is the object that a provisioner, a connection or a postcondition belongs to, and exists only there.",
                )
                .at(reference.span()),
            ),
        },
        _ => {}
    }
}

fn resource_reference(
    resource: &Resource,
    reference: &Reference<'_>,
    taken: usize,
    site: &Site<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    if let Some(check) = &resource.check
        && site.container.as_ref() != Some(check)
    {
        let why =
            format!("{} belongs to the check \"{check}\" and can be used only inside it.", resource.address);
        diagnostics.push(Diagnostic::error("Out of reach", why).at(reference.span()));
    }
    let rest = &reference.steps[taken..];
    let has_key = matches!(rest.first().map(|step| &step.kind), Some(StepKind::Key(_) | StepKind::Number(_)));
    let repeated = !matches!(resource.repetition, Repetition::Once);
    let inside = taken + usize::from(has_key);
    if has_key && !repeated {
        let why = format!(
            "{} has neither count nor for_each, so there is one of it and nothing to choose.",
            resource.address
        );
        diagnostics.push(
            Diagnostic::error("Key for a single resource", why)
                .at(reference.span())
                .hint("Leave out the brackets."),
        );
    }
    if !has_key && repeated && !rest.is_empty() {
        let (argument, key) = match resource.repetition {
            Repetition::Count(_) => ("count", "count.index"),
            _ => ("for_each", "each.key"),
        };
        let why = format!(
            "{0} has \"{argument}\", so an attribute belongs to one of its instances: {0}[...].",
            resource.address
        );
        diagnostics.push(Diagnostic::error("Missing instance key", why).at(reference.span()).hint(format!(
            "In a block with \"{argument}\" too, {0}[{key}] is the instance of the same key.",
            resource.address
        )));
    }
    if let Some(schema) = schema_of(resource, site) {
        steps(reference, inside, schema, diagnostics);
    }
}

/// The schema of a resource, if it is known.
pub(super) fn schema_of<'a>(resource: &Resource, site: &Site<'a, '_>) -> Option<&'a schema::Block> {
    let provider = site.schemas.provider(&resource.provider)?;
    super::resource::schemas_of(provider, resource.address.mode).get(&resource.address.kind)
}

/// Follows the steps from one on through a schema, as far as it is certain.
pub(super) fn steps(
    reference: &Reference<'_>,
    from: usize,
    schema: &schema::Block,
    diagnostics: &mut Diagnostics,
) {
    let all = reference.steps;
    let Some(step) = all.get(from) else { return };
    let span = reference.step_span(from);
    let Some(name) = reference.attribute(from) else {
        let why = "This is an object: its attributes are read with a dot and their name.";
        return diagnostics.push(Diagnostic::error("Index into an object", why).at(span));
    };
    if let Some(attribute) = schema.attributes.get(name) {
        if attribute.deprecated {
            let why = format!("\"{name}\" is deprecated by its provider.");
            diagnostics.push(Diagnostic::warning("Deprecated attribute", why).at(span));
        }
        return follow(Value::unknown(attribute.ty.clone()), reference, from + 1, diagnostics);
    }
    if let Some(nested) = schema.blocks.get(name) {
        return match (nested.nesting, all.get(from + 1)) {
            (_, None) => {}
            (Nesting::Single | Nesting::Group, _) => steps(reference, from + 1, &nested.block, diagnostics),
            (Nesting::Map, _) => steps(reference, from + 2, &nested.block, diagnostics),
            (Nesting::List, Some(Step { kind: StepKind::Number(_), .. })) => {
                steps(reference, from + 2, &nested.block, diagnostics);
            }
            (Nesting::List, Some(_)) => {
                let why =
                    format!("The \"{name}\" blocks are a list; choose one by its number, as in {name}[0].");
                diagnostics
                    .push(Diagnostic::error("Attribute of a list", why).at(reference.step_span(from + 1)));
            }
            (Nesting::Set, Some(_)) => {
                let why = format!(
                    "The \"{name}\" blocks are a set, whose elements have no keys; a \"for\" expression finds the one you mean."
                );
                diagnostics
                    .push(Diagnostic::error("Index into a set", why).at(reference.step_span(from + 1)));
            }
        };
    }
    let known = schema.attributes.keys().chain(schema.blocks.keys()).map(AsRef::as_ref);
    let place = reference.file.span(step.range);
    diagnostics.push(
        Diagnostic::error(
            "Unknown attribute",
            format!("This kind of object has no attribute or block \"{name}\"."),
        )
        .at(place)
        .suggest(name, known),
    );
}

fn follow(mut value: Value, reference: &Reference<'_>, from: usize, diagnostics: &mut Diagnostics) {
    for (index, step) in reference.steps.iter().enumerate().skip(from) {
        let next = match &step.kind {
            StepKind::Attribute(name) => value.attribute(reference.file.text(*name)),
            StepKind::Key(key) => value.index(&Value::string(reference.file.text(*key))),
            StepKind::Number(number) => value.index(&Value::number(reference.file.number(*number).clone())),
        };
        match next {
            Ok(next) => value = next,
            Err(error) => {
                let place: Span = reference.step_span(index);
                let what =
                    Diagnostic::error("Unsupported attribute", format!("This cannot be read here: {error}."));
                return diagnostics.push(what.at(place));
            }
        }
    }
}
