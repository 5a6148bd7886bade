//! Facts of the language, each checked against `terraform console` 1.11.

mod constraints;
mod faults;
mod functions;
mod values;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::syntax::{Expression, parse_expression};
use crate::value::{Entries, Kind, Mark, Name, Refinement, Type, Value, convert};

/// Some names and a few functions.
struct Small {
    names: BTreeMap<&'static str, Value>,
    functions: BTreeMap<&'static str, Function>,
}

impl Small {
    fn new() -> Self {
        let object = |a: i64| Value::object([("a", number(a))]);
        let names = BTreeMap::from([
            ("anything", Value::dynamic()),
            ("id", Value::unknown(Type::String)),
            ("count", Value::unknown(Type::Number)),
            ("flag", Value::unknown(Type::Bool)),
            ("certain", Value::unknown(Type::String).refine_not_null()),
            ("pair", Value::unknown(Type::tuple(vec![Type::Number, Type::String]))),
            ("names", Value::unknown(Type::list(Type::String))),
            ("record", Value::unknown(Type::object([("a", Type::Number)]))),
            ("secret", Value::string("hunter2").mark(Mark::Sensitive)),
            ("secret_flag", Value::bool(true).mark(Mark::Sensitive)),
            ("secret_list", Value::tuple(vec![number(1), number(2)]).mark(Mark::Sensitive)),
            ("secret_id", Value::unknown(Type::String).mark(Mark::Sensitive)),
            ("size", number(3)),
            ("list", Value::list(Type::object([("a", Type::Number)]), vec![object(1), object(2)])),
            ("set", Value::set(Type::object([("a", Type::Number)]), vec![object(1), object(2)])),
            ("map", Value::map(Type::Number, BTreeMap::from([(Name::from("a"), number(1))]))),
            ("no_list", Value::null(Type::list(Type::String))),
            ("var", Value::object([("name", Value::string("web")), ("zone", object(7))])),
        ]);
        let functions = [
            try_function(),
            can_function(),
            Function::new(
                "upper",
                "",
                vec![Parameter::new("string", Type::String, "")],
                Type::String,
                |arguments| Ok(Value::string(&arguments[0].as_str().unwrap().to_uppercase())),
            )
            .never_null(),
            Function::new("max", "", Vec::new(), Type::Number, |arguments| {
                arguments
                    .iter()
                    .max_by_key(|value| value.as_number().cloned())
                    .cloned()
                    .ok_or_else(|| FunctionError::new("at least one number is needed"))
            })
            .variadic(Parameter::new("numbers", Type::Number, ""))
            .never_null(),
            Function::new(
                "fail",
                "",
                vec![Parameter::new("text", Type::String, "")],
                Type::String,
                |arguments| {
                    Err(FunctionError::argument(0, format!("it is {}", arguments[0].as_str().unwrap())))
                },
            ),
            convertor("tolist", Type::list(Type::Dynamic)),
            convertor("tomap", Type::map(Type::Dynamic)),
            convertor("tostring", Type::String),
        ];
        let functions = functions
            .into_iter()
            .map(|function| (&*Box::leak(function.name.clone().into_boxed_str()), function))
            .collect();
        Self { names, functions }
    }
}

fn convertor(name: &str, ty: Type) -> Function {
    let parameter = Parameter::new("value", Type::Dynamic, "").allow_null();
    let target = ty.clone();
    Function::typed(
        name,
        "",
        vec![parameter],
        move |arguments| {
            convert(&arguments[0], &target)
                .map(|value| value.ty())
                .map_err(|error| FunctionError::argument(0, error.message))
        },
        move |arguments, _| Ok(convert(&arguments[0], &ty).unwrap()),
    )
}

impl Scope for Small {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        match self.names.get(reference.root) {
            Some(value) => Ok(Resolution { value: value.clone(), taken: 0 }),
            None => Err(Diagnostic::error("Unknown name", format!("There is no {}.", reference.root))
                .at(reference.span())
                .into()),
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    fn function_names(&self) -> Vec<&str> {
        self.functions.keys().copied().collect()
    }
}

fn number(value: i64) -> Value {
    Value::number(crate::value::Number::from_i64(value))
}

fn parse(text: &str) -> Expression {
    let mut diagnostics = Diagnostics::new();
    let expression = parse_expression(&Source::new("test", text), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{text}: {diagnostics:?}");
    expression
}

fn run(text: &str) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let value = evaluate(&parse(text), &Small::new(), &mut diagnostics);
    (value, diagnostics)
}

/// What the expression gives, on one line.
fn shown(text: &str) -> String {
    let (value, diagnostics) = run(text);
    match diagnostics.iter().next() {
        Some(first) => format!("fault: {}", first.summary),
        None => show(&value),
    }
}

fn facts(facts: &[(&str, &str)]) {
    let wrong: Vec<String> = facts
        .iter()
        .map(|(text, wanted)| (text, wanted, shown(text)))
        .filter(|(_, wanted, found)| *wanted != found)
        .map(|(text, wanted, found)| format!("{text}\n  wanted {wanted}\n  found  {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn show(value: &Value) -> String {
    let mut text = String::new();
    for mark in value.marks().iter() {
        text.push_str(if *mark == Mark::Sensitive { "secret " } else { "marked " });
    }
    let items = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    let entries = |entries: &Entries| {
        entries.iter().map(|(name, value)| format!("{name} = {}", show(value))).collect::<Vec<_>>().join(", ")
    };
    match value.kind() {
        Kind::Null(ty) => write!(text, "null {}", ty.friendly()),
        Kind::Unknown(ty, facts) => {
            write!(text, "unknown {}{}", ty.friendly(), facts.as_deref().map(show_facts).unwrap_or_default())
        }
        Kind::Bool(value) => write!(text, "{value}"),
        Kind::Number(number) => write!(text, "{number}"),
        Kind::String(string) => write!(text, "{string:?}"),
        Kind::List(list) => write!(text, "list[{}]", items(&list.items)),
        Kind::Set(set) => write!(text, "set[{}]", items(set.items())),
        Kind::Tuple(tuple) => write!(text, "[{}]", items(tuple)),
        Kind::Map(map) => write!(text, "map{{{}}}", entries(&map.items)),
        Kind::Object(attributes) => write!(text, "{{{}}}", entries(attributes)),
        Kind::Type(_) => write!(text, "type"),
    }
    .unwrap();
    text
}

fn show_facts(facts: &Refinement) -> String {
    let mut text = String::new();
    if facts.not_null {
        text.push_str(" not null");
    }
    if let Some(prefix) = &facts.prefix {
        write!(text, " begins {prefix:?}").unwrap();
    }
    for (word, bound) in [("above", &facts.lower), ("below", &facts.upper)] {
        if let Some(bound) = bound {
            let or_equal = if bound.inclusive { " or equal to" } else { "" };
            write!(text, " {word}{or_equal} {}", bound.limit).unwrap();
        }
    }
    if let Some(length) = facts.length_lower {
        write!(text, " at least {length}").unwrap();
    }
    if let Some(length) = facts.length_upper {
        write!(text, " at most {length}").unwrap();
    }
    text
}

/// A handle that several tests take apart: the fault of an expression.
fn fault(text: &str) -> Diagnostic {
    let (_, diagnostics) = run(text);
    diagnostics.into_iter().next().unwrap_or_else(|| panic!("{text} has no fault"))
}
