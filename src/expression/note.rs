//! The notes of a diagnostic about values: what references are at present, and why a value does not fit.

use crate::diag::ValueNote;
use crate::syntax::{ExprId, File, Node, Step};
use crate::value::{ConversionError, Kind, Mark, Type, Value};

use super::Reference;
use super::access::follow_steps;
use super::evaluator::{Evaluator, Locals};
use super::function::plural;

/// More notes than this would bury the message.
const LIMIT: usize = 8;

/// The number of characters shown of a string.
const TEXT_LIMIT: usize = 60;

/// The present value of each reference in an expression. A reference that fails is noted as far as it leads.
pub(super) fn notes(
    evaluator: &mut Evaluator<'_>,
    expression: ExprId,
    locals: &Locals<'_>,
) -> Vec<ValueNote> {
    let mut notes: Vec<ValueNote> = Vec::new();
    let mut hidden = Vec::new();
    walk(evaluator.file, expression, &mut hidden, &mut |id, root, steps| {
        if notes.len() >= LIMIT {
            return;
        }
        let Some((text, value)) = look(evaluator, id, root, steps, locals) else { return };
        if text.is_empty() || text.len() > 200 {
            return;
        }
        if !notes.iter().any(|note| note.expression == text) {
            notes.push(ValueNote { expression: text, statement: statement(&value) });
        }
    });
    notes
}

/// A sentence with the given start that says where in the value a conversion failed, and why.
pub(super) fn conversion(start: &str, error: &ConversionError) -> String {
    format!("{start}: {error}.")
}

/// "is 3", "is a list of string with 2 elements", "is sensitive".
pub(super) fn statement(value: &Value) -> String {
    if value.has_mark_deep(&Mark::Sensitive) {
        return "is sensitive".to_owned();
    }
    if value.has_mark_deep(&Mark::Ephemeral) {
        return "is ephemeral, so it is not shown".to_owned();
    }
    match value.kind() {
        Kind::Null(_) => "is null".to_owned(),
        Kind::Unknown(Type::Dynamic, _) => "is not known yet".to_owned(),
        Kind::Unknown(ty, _) => format!("is {}, known only after apply", article(&ty.friendly())),
        Kind::Bool(truth) => format!("is {truth}"),
        Kind::Number(number) => format!("is {number}"),
        Kind::String(text) if text.chars().count() <= TEXT_LIMIT => format!("is {text:?}"),
        Kind::String(text) => {
            let start: String = text.chars().take(TEXT_LIMIT).collect();
            format!("is a string that begins with {start:?}")
        }
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            let count = value.items().map_or(0, <[Value]>::len);
            format!("is {} with {}", article(&value.ty().friendly()), plural(count, "element"))
        }
        Kind::Map(map) => {
            format!("is {} with {}", article(&value.ty().friendly()), plural(map.items.len(), "element"))
        }
        Kind::Object(attributes) => format!("is an object with {}", plural(attributes.len(), "attribute")),
        Kind::Type(_) => "is a type".to_owned(),
    }
}

fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The value of a reference as far as it leads, and the text of that part.
pub(super) fn look(
    evaluator: &mut Evaluator<'_>,
    id: ExprId,
    root: &str,
    steps: &[Step],
    locals: &Locals<'_>,
) -> Option<(String, Value)> {
    let file = evaluator.file;
    let mut range = file.range(id);
    let (value, rest) = if let Some(value) = locals.get(root) {
        (value.clone(), steps)
    } else {
        let resolution = evaluator.scope.resolve(&Reference { root, steps, file, id }).ok()?;
        (resolution.value, steps.get(resolution.taken..).unwrap_or(&[]))
    };
    let (value, taken, _) = follow_steps(file, &value, rest);
    if let Some(next) = rest.get(taken) {
        range.end = next.range.start.max(range.start);
    }
    let text = file.source().slice(range).trim();
    Some((text.to_owned(), value))
}

/// Visits the references of an expression in the order of the text, without names that the expression itself defines.
pub(super) fn walk<'t>(
    file: &'t File,
    id: ExprId,
    hidden: &mut Vec<&'t str>,
    visit: &mut dyn FnMut(ExprId, &'t str, &'t [Step]),
) {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        let mut all = |ids: &[ExprId], hidden: &mut Vec<&'t str>| {
            for id in ids {
                walk(file, *id, hidden, visit);
            }
        };
        match file.node(id) {
            Node::Invalid | Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Item => {}
            Node::Traversal { root, steps } => {
                let root = file.text(*root);
                if !hidden.contains(&root) {
                    visit(id, root, file.steps(*steps));
                }
            }
            Node::Wrap(inner) | Node::TemplateFor(inner) | Node::Parentheses(inner) => all(&[*inner], hidden),
            Node::JsonText { template, .. } => all(&[*template], hidden),
            Node::Relative { source, .. } => all(&[*source], hidden),
            Node::Unary { operand, .. } => all(&[*operand], hidden),
            Node::Template(parts) | Node::Tuple(parts) => all(file.list(*parts), hidden),
            Node::Call(index) => all(file.list(file.call(*index).arguments), hidden),
            Node::Index { collection, key } => all(&[*collection, *key], hidden),
            Node::Splat { source, each, .. } => all(&[*source, *each], hidden),
            Node::Binary { left, right, .. } => all(&[*left, *right], hidden),
            Node::Conditional { condition, yes, no } => all(&[*condition, *yes, *no], hidden),
            Node::Object(entries) => {
                for entry in file.entries(*entries) {
                    all(&[entry.key, entry.value], hidden);
                }
            }
            Node::For(index) => {
                let each = file.for_expression(*index);
                all(&[each.collection], hidden);
                let before = hidden.len();
                hidden.push(file.text(each.value_name.0));
                hidden.extend(each.key_name.map(|(name, _)| file.text(name)));
                all(each.key_result.as_slice(), hidden);
                all(&[each.result], hidden);
                all(each.condition.as_slice(), hidden);
                hidden.truncate(before);
            }
        }
    });
}
