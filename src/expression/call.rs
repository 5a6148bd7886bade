//! Function calls.

use crate::diag::{Diagnostic, Diagnostics, Range, closest};
use crate::syntax::{ExprId, Expression};
use crate::value::{Kind, Mark, Marks, Type, Value};

use super::access::marked;
use super::evaluator::{Evaluator, Locals};
use super::function::{Function, FunctionBody, FunctionError, LazyCall, convert_argument, plural};
use super::note;

/// Functions that people look for under names from other languages.
const ELSEWHERE: &[(&str, &str)] = &[
    ("append", "concat"),
    ("capitalize", "title"),
    ("count", "length"),
    ("filter", "a for expression with an if clause"),
    ("fromjson", "jsondecode"),
    ("has", "can or contains"),
    ("if", "the conditional, condition ? a : b"),
    ("includes", "contains"),
    ("int", "floor or tonumber"),
    ("len", "length"),
    ("list", "tolist"),
    ("lowercase", "lower"),
    ("map", "tomap or a for expression"),
    ("readfile", "file"),
    ("size", "length"),
    ("str", "tostring"),
    ("string", "tostring"),
    ("tojson", "jsonencode"),
    ("toyaml", "yamlencode"),
    ("uppercase", "upper"),
];

/// The parts of a call.
#[derive(Clone, Copy)]
struct Call<'t> {
    id: ExprId,
    name: &'t str,
    name_range: Range,
    arguments: &'t [ExprId],
    expand: bool,
    parentheses: Range,
}

impl<'a> Evaluator<'a> {
    pub(super) fn call(&mut self, id: ExprId, index: u32, locals: &Locals<'_>) -> Value {
        let file = self.file;
        let written = file.call(index);
        let call = Call {
            id,
            name: file.text(written.name),
            name_range: written.name_range,
            arguments: file.list(written.arguments),
            expand: written.expand,
            parentheses: written.parentheses,
        };
        let scope = self.scope;
        let Some(function) = scope.function(call.name) else {
            if scope.may_have_function(call.name) {
                return self.unexamined(&call, locals);
            }
            return self.unknown_function(&call, locals);
        };
        let (fixed, expanded) = match call.arguments.split_last() {
            Some((last, before)) if call.expand => match self.expand(&call, *last, locals) {
                Ok(expanded) => (before, expanded),
                Err(stands_in) => return stands_in,
            },
            _ => (call.arguments, Vec::new()),
        };
        if let Some(fault) = self.miscount(&call, function, fixed.len() + expanded.len()) {
            return self.report(id, locals, |_| fault);
        }
        if let FunctionBody::Lazy(body) = &function.body {
            return self.lazy(&call, fixed, &expanded, body.as_ref(), locals);
        }
        self.strict(&call, function, fixed, expanded, locals)
    }

    fn strict(
        &mut self,
        call: &Call<'_>,
        function: &Function,
        fixed: &[ExprId],
        expanded: Vec<Value>,
        locals: &Locals<'_>,
    ) -> Value {
        let errors = self.errors();
        let mut arguments = Vec::with_capacity(fixed.len() + expanded.len());
        for argument in fixed {
            let value = self.value(*argument, locals);
            arguments.push(self.argument(call, function, arguments.len(), &value, locals));
        }
        for value in expanded {
            arguments.push(self.argument(call, function, arguments.len(), &value, locals));
        }
        if self.errors() > errors {
            return Value::dynamic();
        }
        match function.call_converted(&arguments) {
            Ok(value) => value,
            Err(error) => self.failed(call, Some(function), error, &secrets(&arguments), locals),
        }
    }

    /// An argument, converted for its parameter.
    fn argument(
        &mut self,
        call: &Call<'_>,
        function: &Function,
        index: usize,
        value: &Value,
        locals: &Locals<'_>,
    ) -> Value {
        let Some(parameter) = function.parameter(index) else { return Value::dynamic() };
        convert_argument(value, &parameter.ty).unwrap_or_else(|error| {
            let place = call.place(index);
            self.report(place, locals, |this| {
                let start =
                    format!("{}() cannot take this as its argument \"{}\"", call.name, parameter.name);
                Diagnostic::error("Unsuitable argument", note::conversion(&start, &error))
                    .at(this.span(place))
                    .within(this.span(call.id))
            })
        })
    }

    /// The values of an expanded last argument; otherwise the placeholder for the result.
    fn expand(&mut self, call: &Call<'_>, last: ExprId, locals: &Locals<'_>) -> Result<Vec<Value>, Value> {
        let errors = self.errors();
        let value = self.value(last, locals);
        if self.errors() > errors {
            return Err(Value::dynamic());
        }
        let detail = match value.kind() {
            Kind::Null(_) => "The value before ... is null, so there are no arguments in it.".to_owned(),
            Kind::Unknown(Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => {
                return Err(marked(Value::dynamic(), value.marks()));
            }
            _ => match value.items() {
                Some(items) => {
                    return Ok(items.iter().map(|item| marked(item.clone(), value.marks())).collect());
                }
                None => format!(
                    "Only a list, set or tuple can be spread into arguments with ..., and this is a {}.",
                    value.ty().friendly()
                ),
            },
        };
        Err(self.report(last, locals, |this| {
            Diagnostic::error("Arguments cannot be spread", detail)
                .at(this.span(last))
                .within(this.span(call.id))
        }))
    }

    fn miscount(&self, call: &Call<'_>, function: &Function, given: usize) -> Option<Diagnostic> {
        let wanted = function.parameters.len();
        let takes = || match &function.variadic {
            Some(_) => format!("{}() takes at least {}", call.name, plural(wanted, "argument")),
            None => format!("{}() takes {}", call.name, plural(wanted, "argument")),
        };
        if let Some(missing) = function.parameters.get(given) {
            let detail = format!("{}, and \"{}\" is missing.", takes(), missing.name);
            return Some(
                Diagnostic::error("Too few arguments", detail)
                    .at(self.span_of(call.parentheses))
                    .within(self.span(call.id)),
            );
        }
        if function.variadic.is_none() && given > wanted {
            let first = self.file.range(call.place(wanted));
            let last = self.file.range(call.place(given - 1));
            return Some(
                Diagnostic::error("Too many arguments", format!("{}, and {given} are given.", takes()))
                    .at(self.span_of(first.to(last)))
                    .within(self.span(call.id)),
            );
        }
        None
    }

    /// Calls a function that may exist and is unknown here: only the errors in its arguments are found.
    fn unexamined(&mut self, call: &Call<'_>, locals: &Locals<'_>) -> Value {
        for argument in call.arguments {
            self.value(*argument, locals);
        }
        Value::dynamic()
    }

    fn unknown_function(&mut self, call: &Call<'_>, locals: &Locals<'_>) -> Value {
        let names = if self.is_silent() { Vec::new() } else { self.scope.function_names() };
        self.report(call.id, locals, |this| {
            let diagnostic = match call.name.rsplit_once("::") {
                Some((space, name)) => {
                    let inside: Vec<&str> = names
                        .iter()
                        .filter_map(|known| known.rsplit_once("::").filter(|(s, _)| *s == space))
                        .map(|(_, known)| known)
                        .collect();
                    if inside.is_empty() {
                        let spaces = names.iter().filter_map(|known| known.rsplit_once("::")).map(|(s, _)| s);
                        let diagnostic = Diagnostic::error(
                            "Unknown function",
                            format!("There are no functions under {space}::."),
                        );
                        match space.strip_prefix("provider::") {
                            Some(provider) if closest(space, spaces.clone()).is_none() => {
                                diagnostic.hint(format!(
                                    "Where a provider has functions, they can be called by the name that \
                                     required_providers gives it: {provider} = {{ source = \"...\" }}."
                                ))
                            }
                            _ => diagnostic.suggest(space, spaces),
                        }
                    } else {
                        Diagnostic::error(
                            "Unknown function",
                            format!("There is no \"{name}\" under {space}::."),
                        )
                        .suggest(name, inside)
                    }
                }
                None if names.is_empty() => Diagnostic::error(
                    "Functions not allowed",
                    format!("A constant is needed here; {}() cannot be called.", call.name),
                ),
                None => {
                    let diagnostic = Diagnostic::error(
                        "Unknown function",
                        format!("There is no function named \"{}\".", call.name),
                    );
                    match ELSEWHERE.iter().find(|(name, _)| *name == call.name) {
                        Some((_, place)) => diagnostic.hint(format!("What you look for is {place}.")),
                        None => {
                            let plain = names.iter().copied().filter(|known| !known.contains("::"));
                            diagnostic.suggest(call.name, plain)
                        }
                    }
                }
            };
            diagnostic.at(this.span_of(call.name_range)).within(this.span(call.id))
        })
    }

    fn lazy(
        &mut self,
        call: &Call<'_>,
        fixed: &[ExprId],
        spread: &[Value],
        body: &dyn Fn(&LazyCall<'_>) -> Result<Value, FunctionError>,
        locals: &Locals<'_>,
    ) -> Value {
        let arguments: Vec<Expression> =
            fixed.iter().map(|id| Expression::new(std::sync::Arc::clone(self.file), *id)).collect();
        let scope = self.scope;
        let evaluate = |expression: &Expression| {
            let mut inner = Evaluator::new(expression.file(), scope);
            let value = inner.value(expression.id(), locals);
            if inner.errors() == 0 { Ok(value) } else { Err(inner.into_diagnostics()) }
        };
        let attempt = |expression: &Expression| {
            let mut inner = Evaluator::silent(expression.file(), scope);
            let value = inner.value(expression.id(), locals);
            (inner.errors() == 0).then_some(value)
        };
        let touched = |expression: &Expression| {
            let mut inner = Evaluator::silent(expression.file(), scope);
            if inner.follows { inner.touched(expression.id(), locals) } else { Marks::none() }
        };
        let lazy = LazyCall {
            touched: &touched,
            arguments: &arguments,
            spread,
            evaluate: &evaluate,
            attempt: &attempt,
            silent: self.is_silent(),
            scope,
        };
        match body(&lazy) {
            Ok(value) => value,
            Err(error) => self.failed(call, None, error, &[], locals),
        }
    }

    fn failed(
        &mut self,
        call: &Call<'_>,
        function: Option<&Function>,
        error: FunctionError,
        secrets: &[String],
        locals: &Locals<'_>,
    ) -> Value {
        if !error.inner.is_empty() {
            let mut inner: Diagnostics = error.inner;
            for diagnostic in inner.iter_mut() {
                diagnostic.subject.get_or_insert_with(|| self.file.span(self.file.range(call.id)));
            }
            self.pass_on(inner);
            return Value::dynamic();
        }
        let message = format!("{}{}", error.path.clause(), error.message);
        let message = if secrets.iter().any(|secret| tells(&message, secret)) {
            "the value does not suit it (what is wrong stays hidden, because the value is sensitive)"
                .to_owned()
        } else {
            message
        };
        let blamed = error.argument.and_then(|index| Some((index, function?.parameter(index)?)));
        let Some((index, parameter)) = blamed else {
            return self.report(call.id, locals, |this| {
                Diagnostic::error("Function failed", format!("{}() gives no result: {message}.", call.name))
                    .at(this.span(call.id))
            });
        };
        let place = if call.arguments.is_empty() { call.id } else { call.place(index) };
        self.report(place, locals, |this| {
            Diagnostic::error(
                "Unsuitable argument",
                format!("{}() cannot use its argument \"{}\": {message}.", call.name, parameter.name),
            )
            .at(this.span(place))
            .within(this.span(call.id))
        })
    }
}

impl Call<'_> {
    /// The expression of an argument; all values of an expanded argument belong to the last one.
    fn place(&self, index: usize) -> ExprId {
        self.arguments.get(index).or(self.arguments.last()).copied().unwrap_or(self.id)
    }
}

/// Whether a message contains a secret, or part of it.
fn tells(message: &str, secret: &str) -> bool {
    let quotes_part = |quote: char| {
        message.split(quote).skip(1).step_by(2).any(|part| !part.is_empty() && secret.contains(part))
    };
    message.contains(secret) || quotes_part('"') || quotes_part('\'')
}

/// The secret texts in arguments that a function's message must not contain, plain and quoted.
fn secrets(arguments: &[Value]) -> Vec<String> {
    fn keep(text: &str, texts: &mut Vec<String>) {
        if !text.is_empty() {
            let quoted = format!("{text:?}");
            texts.extend([quoted.trim_matches('"').to_owned(), text.to_owned()]);
        }
    }
    fn gather(value: &Value, hidden: bool, texts: &mut Vec<String>) {
        let marks = value.marks();
        let hidden = hidden || marks.contains(&Mark::Sensitive) || marks.contains(&Mark::Ephemeral);
        match value.kind() {
            Kind::String(text) if hidden => keep(text, texts),
            Kind::Number(number) if hidden => texts.push(number.to_string()),
            Kind::Map(map) if hidden => map.items.keys().for_each(|key| keep(key, texts)),
            _ => {}
        }
        let entries = value.entries().into_iter().flat_map(|entries| entries.values());
        for item in value.items().unwrap_or(&[]).iter().chain(entries) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || gather(item, hidden, texts));
        }
    }
    let mut texts = Vec::new();
    for argument in arguments {
        gather(argument, false, &mut texts);
    }
    texts
}
