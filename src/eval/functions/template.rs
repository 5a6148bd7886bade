//! Templates from files and from strings.
//!
//! A template sees the variables it is given and nothing else of the module. It can call functions, but no other
//! template, because it could end up inside itself.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::Setting;
use super::argument::{Outcome, any};
use super::file::read_text;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::expression::{
    Function, FunctionError, LazyCall, Parameter, Reference, Resolution, Scope, evaluate,
};
use crate::syntax::{Expression, Node, is_identifier, parse_template};
use crate::value::{Entries, Marks, Type, Value, convert};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    vec![templatefile(setting), templatestring()]
}

fn templatefile(setting: &Setting) -> Function {
    let setting = setting.clone();
    let parameters = vec![
        Parameter::new("path", Type::String, "The path of a template, relative to the module."),
        any("vars", "The variables that the template sees."),
    ];
    let description = "What a template in a file gives with some variables.";
    Function::lazy("templatefile", description, parameters, move |call| {
        let mut arguments = arguments(call)?;
        let vars = arguments.pop().unwrap_or_else(Value::dynamic);
        let path = arguments.pop().unwrap_or_else(Value::dynamic);
        let path = convert(&path, &Type::String).map_err(|e| FunctionError::argument(0, e.to_string()))?;
        required(0, &path)?;
        required(1, &vars)?;
        let (path, path_marks) = path.unmark();
        let (vars, vars_marks) = vars.unmark_deep();
        // The path decides which template is used.
        let marks = path_marks.deciding().union(&vars_marks);
        let (Some(path), true) = (path.as_str(), vars.is_known()) else {
            return Ok(Value::dynamic().with_marks(&marks));
        };
        let text = read_text(&setting, path, &path_marks)?;
        let template = parse(path, &text, &path_marks)?;
        Ok(render(call.scope, &template, &vars, Files::Allowed)?.with_marks(&marks))
    })
}

fn templatestring() -> Function {
    let parameters = vec![
        any("template", "A reference to the template."),
        any("vars", "The variables that the template sees."),
    ];
    let description = "What a template from another value gives with some variables.";
    Function::lazy("templatestring", description, parameters, |call| {
        if let Some(expression) = call.arguments.first() {
            check_reference(expression)?;
        }
        let mut arguments = arguments(call)?;
        let vars = arguments.pop().unwrap_or_else(Value::dynamic);
        let template = arguments.pop().unwrap_or_else(Value::dynamic);
        required(1, &vars)?;
        let (vars, vars_marks) = vars.unmark_deep();
        let (template, template_marks) = template.unmark();
        let marks = vars_marks.union(&template_marks);
        if !vars.is_known() && vars.ty() == Type::Dynamic {
            return Ok(Value::dynamic().with_marks(&marks));
        }
        if !template.is_known() || !vars.is_known() {
            return Ok(Value::unknown(Type::String).refine_not_null().with_marks(&marks));
        }
        let text = template.as_str().ok_or_else(|| {
            let have = if template.is_null() { "null".to_owned() } else { template.ty().friendly() };
            FunctionError::argument(0, format!("the template must be a string, and this is {have}"))
        })?;
        let template = parse("<templatestring argument>", text, &template_marks)?;
        let result = render(call.scope, &template, &vars, Files::Forbidden)?;
        let result = convert(&result, &Type::String)
            .map_err(|e| FunctionError::new(format!("what the template gives is not a string: {e}")))?;
        Ok(result.refine_not_null().with_marks(&marks))
    })
}

/// The values of both arguments, however they were passed.
fn arguments(call: &LazyCall<'_>) -> Result<Vec<Value>, FunctionError> {
    let mut values = Vec::new();
    let mut faults = Diagnostics::new();
    for expression in call.arguments {
        match (call.evaluate)(expression) {
            Ok(value) => values.push(value),
            Err(found) => faults.extend(found),
        }
    }
    values.extend_from_slice(call.spread);
    if faults.has_errors() {
        return Err(FunctionError { inner: faults, ..FunctionError::new("an argument has faults") });
    }
    match values.len() {
        2 => Ok(values),
        given => {
            Err(FunctionError::new(format!("a template and its variables are needed, but {given} given")))
        }
    }
}

fn required(index: usize, value: &Value) -> Result<(), FunctionError> {
    if value.is_null() { Err(FunctionError::argument(index, "null is not allowed here")) } else { Ok(()) }
}

/// Only a reference is accepted: a template in quotes would be evaluated before the function saw it, with the names of
/// the module instead of those given.
fn check_reference(expression: &Expression) -> Result<(), FunctionError> {
    let mut at = expression.clone();
    loop {
        let source = match at.node() {
            Node::Traversal { .. } => return Ok(()),
            Node::Relative { source, .. } | Node::Splat { source, .. } => *source,
            Node::Index { collection, .. } => *collection,
            Node::Wrap(_) => {
                return Err(FunctionError::argument(
                    0,
                    "write the reference to the template by itself, without the quotes and ${} around it",
                ));
            }
            Node::Template(_) | Node::Text(_) | Node::JsonText { .. } => {
                return Err(FunctionError::argument(
                    0,
                    "the template must come from elsewhere, by a reference; what is in quotes here is a template \
                     already, and needs no function to fill it in",
                ));
            }
            _ => {
                return Err(FunctionError::argument(
                    0,
                    "the template must be a reference to a string; to put one together, do that in a local value \
                     and refer to it",
                ));
            }
        };
        at = at.at(source);
    }
}

/// A template as a source of its own, so that errors point into it; the text of a secret one is not shown.
fn parse(name: &str, text: &str, marks: &Marks) -> Result<Expression, FunctionError> {
    let mut faults = Diagnostics::new();
    let template = parse_template(&Source::new(name, text), &mut faults);
    if !faults.has_errors() {
        return Ok(template);
    }
    if marks.is_empty() {
        return Err(FunctionError { inner: faults, ..FunctionError::argument(0, "the template has faults") });
    }
    Err(FunctionError::argument(
        0,
        "the template has syntax errors, which stay hidden because it is sensitive",
    ))
}

/// Whether the template may read files itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Allowed,
    Forbidden,
}

fn render(scope: &dyn Scope, template: &Expression, vars: &Value, files: Files) -> Outcome {
    let Some(names) = vars.entries() else {
        let message = format!("the variables must be an object or a map, not {}", vars.ty().friendly());
        return Err(FunctionError::argument(1, message));
    };
    if let Some(name) = names.keys().find(|name| !is_identifier(name)) {
        let message = format!("{name:?} cannot be the name of a variable, which begins with a letter");
        return Err(FunctionError::argument(1, message));
    }
    let inside = Inside { names, outer: scope, files };
    let mut faults = Diagnostics::new();
    for reference in template.references() {
        if !names.contains_key(reference.root) {
            faults.push(missing(reference.root, names).at(reference.root_span()));
        }
    }
    let value = if faults.has_errors() { Value::dynamic() } else { evaluate(template, &inside, &mut faults) };
    if value.is_null() && !faults.has_errors() {
        let detail = "A template must give a value, and this one gives null.";
        faults.push(Diagnostic::error("Template gives null", detail).at(template.span()));
    }
    if faults.has_errors() {
        return Err(FunctionError { inner: faults, ..FunctionError::new("the template has faults") });
    }
    Ok(value)
}

fn missing(name: &str, names: &Entries) -> Diagnostic {
    let detail = match names.keys().map(|name| &**name).collect::<Vec<_>>().join(", ") {
        given if given.is_empty() => format!("The template uses {name:?}, but no variables are given to it."),
        given => format!("The template uses {name:?}, but is given only these variables: {given}."),
    };
    Diagnostic::error("Missing template variable", detail).suggest(name, names.keys().map(|name| &**name))
}

/// The scope of a template: its variables, and the functions of the place where it is called.
struct Inside<'a> {
    names: &'a Entries,
    outer: &'a dyn Scope,
    files: Files,
}

impl Scope for Inside<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        match self.names.get(reference.root) {
            Some(value) => Ok(Resolution { value: value.clone(), taken: 0 }),
            None => Err(missing(reference.root, self.names).at(reference.root_span()).into()),
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        let plain = name.strip_prefix("core::").unwrap_or(name);
        if let Some(refusal) = NESTED.get(plain) {
            return Some(refusal);
        }
        match FILES.get(plain) {
            Some(refusal) if self.files == Files::Forbidden => Some(refusal),
            _ => self.outer.function(name),
        }
    }

    fn follows_origins(&self) -> bool {
        self.outer.follows_origins()
    }

    fn function_names(&self) -> Vec<&str> {
        self.outer.function_names()
    }
}

type Refusals = LazyLock<BTreeMap<&'static str, Arc<Function>>>;

static NESTED: Refusals = LazyLock::new(|| {
    let message = "a template cannot fill in another template; do that first and pass on what comes of it";
    refusals(&["templatefile", "templatestring"], message)
});

static FILES: Refusals = LazyLock::new(|| {
    let names = [
        "file",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "fileexists",
        "filemd5",
        "fileset",
        "filesha1",
        "filesha256",
        "filesha512",
    ];
    refusals(&names, "a template from a string cannot read files; pass what they hold as a variable")
});

/// Functions that only report why they cannot be called here.
fn refusals(names: &[&'static str], message: &'static str) -> BTreeMap<&'static str, Arc<Function>> {
    let refuse = |name: &&'static str| {
        let result = move |_: &[Value]| Err::<Type, _>(FunctionError::new(message));
        let call = move |_: &[Value], _: &Type| Err(FunctionError::new(message));
        let anything =
            any("arguments", "Not used.").allow_null().allow_unknown().allow_dynamic().allow_marked();
        (*name, Arc::new(Function::typed(name, message, vec![], result, call).variadic(anything)))
    };
    names.iter().map(refuse).collect()
}
