//! Type constraints: `list(object({ name = string, size = optional(number, 3) }))`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics};
use crate::syntax::{Expression, Node};
use crate::value::{Defaults, Name, ObjectType, Type, TypeConstraint, Value, convert};

use super::{Nothing, evaluate, note};

const SUMMARY: &str = "Invalid type";
const SIMPLE: &[&str] = &["any", "bool", "number", "string"];
const CONSTRUCTORS: &[&str] = &["list", "map", "object", "set", "tuple"];

/// Reads a type constraint. A part with an error accepts anything.
pub fn type_constraint(expression: &Expression, diagnostics: &mut Diagnostics) -> TypeConstraint {
    let (ty, defaults) = read(expression, diagnostics);
    TypeConstraint { ty, defaults: defaults.map(Box::new) }
}

/// The `type` of a `variable` block: a [`type_constraint`], or one of the short forms that are only allowed there.
pub fn variable_type(expression: &Expression, diagnostics: &mut Diagnostics) -> TypeConstraint {
    let node = expression.node();
    if matches!(node, Node::Text(_) | Node::Template(_) | Node::Wrap(_)) {
        diagnostics.push(quoted(expression));
        return TypeConstraint { ty: Type::Dynamic, defaults: None };
    }
    let ty = match expression.as_keyword().as_deref() {
        Some("list") => Type::list(Type::Dynamic),
        Some("map") => Type::map(Type::Dynamic),
        _ => return type_constraint(expression, diagnostics),
    };
    TypeConstraint { ty, defaults: None }
}

/// The error for a quoted type, as it was written before version 0.12 of the language.
fn quoted(expression: &Expression) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "Type in quotes",
        "A type is written without quotes; the quoted form belonged to an early version of the language.",
    )
    .at(expression.span());
    match expression.as_literal_text().as_deref() {
        Some(kind @ ("list" | "map")) => {
            diagnostic.hint(format!("Write {kind}(string) where the elements are strings."))
        }
        Some(text) => diagnostic.hint(format!("Write {text}.")),
        None => diagnostic,
    }
}

fn read(expression: &Expression, diagnostics: &mut Diagnostics) -> (Type, Option<Defaults>) {
    // Types may nest as deep as expressions.
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
        if let Some(keyword) = expression.as_keyword() {
            return (read_keyword(&keyword, expression, diagnostics), None);
        }
        match expression.as_call() {
            Some((name, arguments)) => read_call(&name, &arguments, expression, diagnostics),
            None => {
                fault(
                    expression,
                    "A type is a keyword (string, number, bool, any) or built from others, as in list(string).",
                    diagnostics,
                );
                (Type::Dynamic, None)
            }
        }
    })
}

fn read_keyword(keyword: &str, expression: &Expression, diagnostics: &mut Diagnostics) -> Type {
    match keyword {
        "bool" => return Type::Bool,
        "string" => return Type::String,
        "number" => return Type::Number,
        "any" => return Type::Dynamic,
        _ => {}
    }
    let diagnostic = match lacking(keyword) {
        Some(what) => Diagnostic::error(SUMMARY, what),
        None => unknown(keyword),
    };
    diagnostics.push(diagnostic.at(expression.span()));
    Type::Dynamic
}

/// What a type constructor without an argument lacks.
fn lacking(constructor: &str) -> Option<String> {
    Some(match constructor {
        "list" | "set" | "map" => {
            format!(
                "The type {constructor} takes one argument, the type of its elements, as in {constructor}(string)."
            )
        }
        "object" => {
            "The type object takes one argument, its attributes, as in object({ name = string }).".to_owned()
        }
        "tuple" => {
            "The type tuple takes one argument, the types of its elements, as in tuple([string, number])."
                .to_owned()
        }
        _ => return None,
    })
}

fn unknown(name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(SUMMARY, format!("There is no type called \"{name}\"."));
    match name {
        "int" | "integer" | "float" => diagnostic.hint("All numbers are of the type number."),
        "boolean" => diagnostic.hint("Did you mean \"bool\"?"),
        "str" | "text" => diagnostic.hint("Did you mean \"string\"?"),
        "array" => diagnostic.hint("Did you mean \"list\"?"),
        _ => diagnostic.suggest(name, SIMPLE.iter().chain(CONSTRUCTORS).copied()),
    }
}

fn read_call(
    name: &str,
    arguments: &[Expression],
    expression: &Expression,
    diagnostics: &mut Diagnostics,
) -> (Type, Option<Defaults>) {
    if SIMPLE.contains(&name) {
        fault(expression, &format!("The type {name} takes no arguments."), diagnostics);
        return (Type::Dynamic, None);
    }
    if name == "optional" {
        fault(
            expression,
            "Only an attribute of an object can be optional, as in object({ name = optional(string) }).",
            diagnostics,
        );
        return (Type::Dynamic, None);
    }
    let Some(what) = lacking(name) else {
        diagnostics.push(unknown(name).at(expression.span()));
        return (Type::Dynamic, None);
    };
    let [argument] = arguments else {
        let place = match arguments {
            [_, second, ..] => second,
            _ => expression,
        };
        diagnostics.push(Diagnostic::error(SUMMARY, what).at(place.span()).within(expression.span()));
        return (Type::Dynamic, None);
    };
    match name {
        "object" => read_object(argument, expression, diagnostics),
        "tuple" => read_tuple(argument, expression, diagnostics),
        _ => {
            let (element, inner) = read(argument, diagnostics);
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let defaults = inner.map(|inner| Defaults {
                values: BTreeMap::new(),
                children: BTreeMap::from([("".into(), inner)]),
            });
            (ty, defaults)
        }
    }
}

fn read_tuple(
    argument: &Expression,
    whole: &Expression,
    diagnostics: &mut Diagnostics,
) -> (Type, Option<Defaults>) {
    let Some(elements) = argument.as_list() else {
        let detail = "The argument of tuple is a list of types in brackets, as in tuple([string, number]).";
        diagnostics.push(Diagnostic::error(SUMMARY, detail).at(argument.span()).within(whole.span()));
        return (Type::Dynamic, None);
    };
    let mut types = Vec::with_capacity(elements.len());
    let mut defaults = Defaults::default();
    for (index, element) in elements.iter().enumerate() {
        let (ty, inner) = read(element, diagnostics);
        types.push(ty);
        if let Some(inner) = inner {
            defaults.children.insert(index.to_string().into(), inner);
        }
    }
    (Type::tuple(types), non_empty(defaults))
}

fn read_object(
    argument: &Expression,
    whole: &Expression,
    diagnostics: &mut Diagnostics,
) -> (Type, Option<Defaults>) {
    let Some(pairs) = argument.as_pairs() else {
        let detail = "The argument of object is its attributes with their types in braces, as in object({ name = string }).";
        diagnostics.push(Diagnostic::error(SUMMARY, detail).at(argument.span()).within(whole.span()));
        return (Type::Dynamic, None);
    };
    let mut object = ObjectType { attributes: BTreeMap::new(), optional: BTreeSet::new() };
    let mut defaults = Defaults::default();
    for (key, value) in &pairs {
        let Some(name) = attribute_name(key) else {
            let detail = "An attribute of an object type has a plain name without quotes.";
            diagnostics.push(Diagnostic::error(SUMMARY, detail).at(key.span()).within(whole.span()));
            continue;
        };
        if object.attributes.contains_key(&name) {
            let detail = format!("The attribute \"{name}\" is there twice.");
            diagnostics.push(Diagnostic::error(SUMMARY, detail).at(key.span()).within(whole.span()));
            continue;
        }
        let Some(attribute) = read_attribute(value, diagnostics) else { continue };
        if attribute.optional {
            object.optional.insert(Arc::clone(&name));
        }
        if let Some(default) = attribute.default {
            defaults.values.insert(Arc::clone(&name), default);
        }
        if let Some(inner) = attribute.defaults {
            defaults.children.insert(Arc::clone(&name), inner);
        }
        object.attributes.insert(name, attribute.ty);
    }
    (Type::Object(Arc::new(object)), non_empty(defaults))
}

/// The name of an attribute: a bare name, or in JSON a string that is a valid name.
fn attribute_name(key: &Expression) -> Option<Name> {
    key.as_keyword()
}

struct Attribute {
    ty: Type,
    defaults: Option<Defaults>,
    optional: bool,
    default: Option<Value>,
}

fn read_attribute(expression: &Expression, diagnostics: &mut Diagnostics) -> Option<Attribute> {
    let arguments = match expression.as_call() {
        Some((name, arguments)) if &*name == "optional" => arguments,
        _ => {
            let (ty, defaults) = read(expression, diagnostics);
            return Some(Attribute { ty, defaults, optional: false, default: None });
        }
    };
    let Some(inner) = arguments.first() else {
        fault(expression, "optional takes the type of the attribute, as in optional(string).", diagnostics);
        return None;
    };
    if let Some(third) = arguments.get(2) {
        let detail = "optional takes the type of the attribute and, if there is one, a default: no more.";
        diagnostics.push(Diagnostic::error(SUMMARY, detail).at(third.span()).within(expression.span()));
    }
    let (ty, defaults) = read(inner, diagnostics);
    let default = match arguments.as_slice() {
        [_, default] => read_default(default, &ty, diagnostics),
        _ => None,
    };
    Some(Attribute { ty, defaults, optional: true, default })
}

fn read_default(expression: &Expression, ty: &Type, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut faults = Diagnostics::new();
    let value = evaluate(expression, &Nothing, &mut faults);
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    if failed {
        return None;
    }
    match convert(&value, ty) {
        Ok(value) => Some(value),
        Err(error) => {
            let detail = note::conversion("The default does not have the type of its attribute", &error);
            diagnostics.push(Diagnostic::error("Unsuitable default", detail).at(expression.span()));
            None
        }
    }
}

fn non_empty(defaults: Defaults) -> Option<Defaults> {
    (!defaults.values.is_empty() || !defaults.children.is_empty()).then_some(defaults)
}

fn fault(expression: &Expression, detail: &str, diagnostics: &mut Diagnostics) {
    diagnostics.push(Diagnostic::error(SUMMARY, detail).at(expression.span()));
}
