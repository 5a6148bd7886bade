//! Reads addresses from expressions.

use std::sync::Arc;

use crate::address::{
    ConfigTarget, InstanceKey, ModuleInstance, ResourceAddress, ResourceMode, ResourcePath, Target,
};
use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::syntax::{Expression, File, Node, Step, StepKind, Traversal, parse_expression};
use crate::value::{Name, Number};

use super::reference::is_reserved;

/// A part of an address, as it was written.
struct Part {
    kind: PartKind,
    span: Span,
}

enum PartKind {
    Name(Name),
    Key(InstanceKey),
    /// A number that is not a valid index.
    BadKey,
    /// `[each.key]`: known only when evaluated.
    Computed,
}

/// Whether an address may have keys; if not, it means all instances of a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Allowed,
    Refused,
}

/// The result, or a sentence about the error and its place.
type Read<T> = Result<T, (String, Option<Span>)>;

/// A module or resource, with or without keys: `module.a["x"].aws_instance.b[0]`.
pub(super) fn target(reference: &Traversal, diagnostics: &mut Diagnostics) -> Option<Target> {
    found(parse(&parts_of_reference(reference), Keys::Allowed), &reference.span(), diagnostics)
}

/// An address on its own, as typed after `-target` or `state mv`.
pub fn parse_target(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Target> {
    let expression = diagnostics.unless_faulty(|diagnostics| parse_expression(source, diagnostics))?;
    let Some(reference) = expression.as_traversal() else {
        let detail = "The address of a module, a resource or an instance is needed here, such as module.network or \
                      aws_instance.web[0].";
        diagnostics.push(Diagnostic::error("Invalid address", detail).at(expression.span()).hint(
            "Keys that are texts have quotes around them, which a shell must be kept from taking away.",
        ));
        return None;
    };
    target(&reference, diagnostics)
}

/// A module or resource without keys.
pub(super) fn config_target(reference: &Traversal, diagnostics: &mut Diagnostics) -> Option<ConfigTarget> {
    let target = found(parse(&parts_of_reference(reference), Keys::Refused), &reference.span(), diagnostics)?;
    Some(target.path())
}

/// The resource of an instance whose keys may be computed, and the instance if none is.
pub(super) fn resource_path(
    expression: &Expression,
    diagnostics: &mut Diagnostics,
) -> Option<(ResourcePath, Option<Target>)> {
    let parts = instance_parts(expression, &mut |_| PartKind::Computed, diagnostics)?;
    let computed = parts.iter().any(|part| matches!(part.kind, PartKind::Computed));
    let target = found(parse(&parts, Keys::Allowed), &expression.span(), diagnostics)?;
    let Some(resource) = target.resource.clone() else {
        let detail = "This is the address of a module; the address of a resource instance is needed here.";
        diagnostics.push(Diagnostic::error("Invalid address", detail).at(expression.span()));
        return None;
    };
    let path = ResourcePath { module: target.module.path(), resource };
    Some((path, (!computed).then_some(target)))
}

/// The instance at an address whose keys may be expressions, evaluated by `key`.
pub fn computed_target(
    expression: &Expression,
    key: &mut dyn FnMut(&Expression) -> Option<InstanceKey>,
    diagnostics: &mut Diagnostics,
) -> Option<Target> {
    let mut complete = true;
    let mut part = |expression: &Expression| match key(expression) {
        Some(key) => PartKind::Key(key),
        None => {
            complete = false;
            PartKind::Computed
        }
    };
    let parts = instance_parts(expression, &mut part, diagnostics)?;
    let target = found(parse(&parts, Keys::Allowed), &expression.span(), diagnostics)?;
    complete.then_some(target)
}

fn instance_parts(
    expression: &Expression,
    key: &mut dyn FnMut(&Expression) -> PartKind,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Part>> {
    let parts = parts_of_expression(expression, key);
    if parts.is_none() && !matches!(expression.node(), Node::Invalid) {
        let detail = "The address of a resource instance is needed here, such as aws_instance.web[0].";
        diagnostics.push(Diagnostic::error("Invalid address", detail).at(expression.span()));
    }
    parts
}

/// Reports an error in an address.
fn found(parsed: Read<Target>, whole: &Span, diagnostics: &mut Diagnostics) -> Option<Target> {
    parsed
        .map_err(|(detail, span)| {
            let subject = span.unwrap_or_else(|| whole.clone());
            diagnostics.push(Diagnostic::error("Invalid address", detail).at(subject).within(whole.clone()));
        })
        .ok()
}

fn parse(parts: &[Part], keys: Keys) -> Read<Target> {
    let mut rest = parts;
    let mut module = ModuleInstance::root();
    while let Some((keyword, after)) = rest.split_first()
        && keyword.name().is_some_and(|name| &**name == "module")
    {
        let Some((call, after)) = after.split_first().and_then(|(part, after)| Some((part.name()?, after)))
        else {
            let detail = "\"module.\" is followed by the name of a module call.";
            return Err((detail.into(), Some(keyword.span.clone())));
        };
        let (key, after) = leading_key(after, keys)?;
        module = module.child(call.clone(), key);
        rest = after;
    }
    if rest.is_empty() {
        return Ok(Target { module, resource: None, key: InstanceKey::None });
    }
    let (resource, rest) = resource(rest, keys)?;
    let (key, rest) = leading_key(rest, keys)?;
    match rest.first() {
        None => Ok(Target { module, resource: Some(resource), key }),
        Some(extra) => {
            let detail =
                format!("The address of a resource ends before this; {resource} is all that can be named.");
            Err((detail, Some(extra.span.clone())))
        }
    }
}

/// The resource at the start of the parts.
fn resource(parts: &[Part], keys: Keys) -> Read<(ResourceAddress, &[Part])> {
    let first = parts.first().and_then(Part::name).map(|name| &**name);
    let mode = match (first, keys) {
        (Some("data"), _) => Some(ResourceMode::Data),
        (Some("ephemeral"), Keys::Allowed) => Some(ResourceMode::Ephemeral),
        (Some("resource"), Keys::Allowed) => Some(ResourceMode::Managed),
        (Some(root), Keys::Allowed) if is_reserved(root) => {
            let detail = format!(
                "\"{root}\" has another meaning and names no resource type. If there is a resource type of that name, \
                 write resource.{root} in front."
            );
            return Err((detail, parts.first().map(|part| part.span.clone())));
        }
        _ => None,
    };
    let rest = if mode.is_some() { parts.get(1..).unwrap_or(&[]) } else { parts };
    let mode = mode.unwrap_or(ResourceMode::Managed);
    let name_at = |index: usize| rest.get(index).and_then(Part::name);
    let (Some(kind), Some(name)) = (name_at(0), name_at(1)) else {
        let at = rest.iter().take(2).find(|part| part.name().is_none()).or(parts.first());
        let detail = "The address of a resource is its type, a dot and its name, such as aws_instance.web.";
        return Err((detail.into(), at.map(|part| part.span.clone())));
    };
    Ok((ResourceAddress::new(mode, kind.clone(), name.clone()), rest.get(2..).unwrap_or(&[])))
}

/// The instance key at the start of the parts, if there is one.
fn leading_key(parts: &[Part], keys: Keys) -> Read<(InstanceKey, &[Part])> {
    let Some((first, rest)) = parts.split_first() else {
        return Ok((InstanceKey::None, parts));
    };
    let key = match &first.kind {
        PartKind::Name(_) => return Ok((InstanceKey::None, parts)),
        PartKind::Key(key) => key.clone(),
        PartKind::Computed => InstanceKey::None,
        PartKind::BadKey => {
            let detail = "An instance is known by a whole number from zero, or by a text.";
            return Err((detail.into(), Some(first.span.clone())));
        }
    };
    if keys == Keys::Refused {
        let detail = "A whole module or resource is meant here, with all its instances; leave the key out.";
        return Err((detail.into(), Some(first.span.clone())));
    }
    Ok((key, rest))
}

impl Part {
    fn name(&self) -> Option<&Name> {
        match &self.kind {
            PartKind::Name(name) => Some(name),
            _ => None,
        }
    }
}

fn parts_of_reference(reference: &Traversal) -> Vec<Part> {
    let root = Part { kind: PartKind::Name(reference.root().into()), span: reference.root_span() };
    let file = reference.file();
    std::iter::once(root).chain(reference.steps().iter().map(|step| part(file, step))).collect()
}

/// The parts of an address whose keys may be any expression. `None` if it is not an address.
fn parts_of_expression(
    expression: &Expression,
    computed: &mut dyn FnMut(&Expression) -> PartKind,
) -> Option<Vec<Part>> {
    let mut backwards = Vec::new();
    let mut current = expression.clone();
    loop {
        let next = match current.node() {
            Node::Index { collection, key } => {
                let key = current.at(*key);
                backwards.push(Part { kind: computed(&key), span: key.span() });
                current.at(*collection)
            }
            Node::Relative { source, steps } => {
                let file = current.file();
                backwards.extend(file.steps(*steps).iter().rev().map(|step| part(file, step)));
                current.at(*source)
            }
            Node::Parentheses(inner) => current.at(*inner),
            _ => {
                let mut parts = parts_of_reference(&current.as_traversal()?);
                parts.extend(backwards.into_iter().rev());
                return Some(parts);
            }
        };
        current = next;
    }
}

fn part(file: &Arc<File>, step: &Step) -> Part {
    let kind = match &step.kind {
        StepKind::Attribute(text) => PartKind::Name(file.text(*text).into()),
        StepKind::Key(text) => PartKind::Key(InstanceKey::text(file.text(*text))),
        StepKind::Number(index) => number_key(file.number(*index)),
    };
    Part { kind, span: file.span(step.range) }
}

fn number_key(number: &Number) -> PartKind {
    match number.to_i64().map(u64::try_from) {
        Some(Ok(index)) => PartKind::Key(InstanceKey::Number(index)),
        _ => PartKind::BadKey,
    }
}
