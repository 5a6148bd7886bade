//! Evaluates the values that an environment sets for the project's variables, each with its origin.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::eval::functions::Table;
use crate::eval::{undeclared, without_secrets};
use crate::expression::{Nothing, evaluate};
use crate::syntax::{parse_file, parse_json_file};
use crate::value::{Mark, Name, Type, Value, convert};

use super::choice::Chosen;
use super::definition::{Layer, Secret, SecretKind};
use super::inheritance::settings_of;
use super::parity::origin;
use super::scope::EnvironmentScope;

/// A variable's value in an environment.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// None resets the variable to its default.
    pub value: Option<Value>,
    pub span: Span,
    pub place: Place,
}

/// The part of `terrace.hcl` that a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `values` of the environment with this name.
    Values(Name),
    /// One of the `values_files` of an environment.
    File(Name),
    Unset(Name),
    Secret(Name),
    /// The variables for a service.
    Service(Name),
}

/// What a secret is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretCall {
    Variable(String),
    Command(Vec<String>),
    File(String),
}

/// Access to the outside world.
pub trait Outside {
    /// A variable file, by its path as written.
    fn file(&self, path: &str, diagnostics: &mut Diagnostics) -> Option<Arc<Source>>;

    /// The value of a secret; unknown if secrets are not to be read. An error names the place, and never the content.
    fn secret(&self, call: &SecretCall) -> Result<Value, String>;

    /// Whether values are to be marked with what of the environment they were made from.
    fn follows_origins(&self) -> bool {
        false
    }
}

/// The values that the environment sets for variables of the project.
pub fn assignments(
    chosen: &Chosen,
    variables: &BTreeMap<Name, Variable>,
    functions: &Table,
    outside: &dyn Outside,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Name, Assignment> {
    let follows_origins = outside.follows_origins();
    let mut scope = EnvironmentScope { names: chosen.names(), functions, follows_origins };
    if follows_origins {
        origin::mark(&mut scope.names);
    }
    let secrets = secrets(chosen, &scope, outside, diagnostics);
    let hidden = secrets.iter().map(|(name, secret)| (name.clone(), secret.value.clone()));
    let hidden = hidden.filter_map(|(name, value)| Some((name, value?))).collect();
    scope.names.insert("secret", hidden);
    let mut work = Work { variables, scope, outside, found: BTreeMap::new(), diagnostics };
    let layers: Vec<(&str, &Layer)> = chosen.layers().collect();
    for (name, layer) in &layers {
        work.layer(&Name::from(*name), layer, &secrets);
    }
    work.services(chosen, &layers);
    work.found
}

struct Work<'w> {
    variables: &'w BTreeMap<Name, Variable>,
    scope: EnvironmentScope<'w>,
    outside: &'w dyn Outside,
    found: BTreeMap<Name, Assignment>,
    diagnostics: &'w mut Diagnostics,
}

impl Work<'_> {
    fn layer(&mut self, name: &Name, layer: &Layer, secrets: &BTreeMap<Name, Assignment>) {
        for (path, span) in &layer.files {
            self.file(name, path, span);
        }
        for (variable, span) in &layer.unset {
            if self.declares(variable, span) {
                let place = Place::Unset(name.clone());
                self.found.insert(variable.clone(), Assignment { value: None, span: span.clone(), place });
            }
        }
        for setting in &layer.values {
            if !self.declares(&setting.name, &setting.name_span) {
                continue;
            }
            let value = evaluate(&setting.expression, &self.scope, self.diagnostics);
            self.keep(&setting.name, value, setting.expression.span(), Place::Values(name.clone()));
        }
        for secret in &layer.secrets {
            if let Some(found) = secrets.get(&secret.name)
                && self.declares(&secret.name, &secret.name_span)
            {
                self.found.insert(secret.name.clone(), found.clone());
            }
        }
    }

    fn file(&mut self, name: &Name, path: &str, span: &Span) {
        let mut faults = Diagnostics::new();
        let source = self.outside.file(path, &mut faults);
        for fault in faults {
            self.diagnostics.push(fault.related("named here", span.clone()));
        }
        let Some(source) = source else { return };
        let mut faults = Diagnostics::new();
        let body = if path.ends_with(".json") {
            parse_json_file(&source, &mut faults)
        } else {
            parse_file(&source, &mut faults)
        };
        for attribute in &body.attributes(&mut faults) {
            if self.declares(attribute.name(), &attribute.name_span()) {
                let value = evaluate(&attribute.expression, &Nothing, &mut faults);
                let variable = Name::from(attribute.name());
                self.keep(&variable, value, attribute.expression.span(), Place::File(name.clone()));
            }
        }
        self.diagnostics.extend(without_secrets(faults, &source, self.variables));
    }

    /// Keeps a value, unless it is a secret written in plain text.
    fn keep(&mut self, variable: &Name, value: Value, span: Span, place: Place) {
        let is_secret = self.variables.get(variable).is_some_and(Variable::is_secret);
        if is_secret && !value.is_null() && !value.has_mark_deep(&Mark::Sensitive) {
            let why = format!(
                "The variable \"{variable}\" is a secret, and what is written here can be read by everybody who reads this file."
            );
            self.diagnostics.push(
                Diagnostic::error("Secret written down", why)
                    .at(self.variables.get(variable).map_or(span.clone(), |variable| variable.span.clone()))
                    .related("the value", span.clone())
                    .hint(format!("Say where it is instead: secrets {{ {variable} = env(\"...\") }}.")),
            );
        }
        self.found.insert(variable.clone(), Assignment { value: Some(value), span, place });
    }

    fn declares(&mut self, name: &str, span: &Span) -> bool {
        if self.variables.contains_key(name) {
            return true;
        }
        let so = "so that nothing would use this";
        self.diagnostics.push(undeclared(name, span.clone(), self.variables, so));
        false
    }

    /// Sets the variables of services, which replace no other values.
    fn services(&mut self, chosen: &Chosen, layers: &[(&str, &Layer)]) {
        let layers: Vec<&Layer> = layers.iter().map(|(_, layer)| *layer).collect();
        for service in chosen.services.values() {
            if !self.declares(&service.variable, &service.variable_span) {
                continue;
            }
            if let Some(other) = self.found.get(&service.variable) {
                let why = format!(
                    "The variable \"{}\" receives what variables_for \"{}\" says, and this sets it to something else.",
                    service.variable, service.name
                );
                self.diagnostics.push(
                    Diagnostic::error("Contradicting values", why)
                        .at(other.span.clone())
                        .related("supplied by", service.span.clone()),
                );
            }
            let mut map = BTreeMap::new();
            for (key, setting) in settings_of(&service.values, &layers, &service.name) {
                let scope = &self.scope;
                let value =
                    self.diagnostics.unless_faulty(|faults| evaluate(&setting.expression, scope, faults));
                let value = value.unwrap_or_else(Value::dynamic);
                match convert(&value, &Type::String) {
                    Ok(text) if !text.is_null() => drop(map.insert(key.clone(), text)),
                    _ => {
                        let what = if value.is_null() { "null".into() } else { value.ty().friendly() };
                        let why =
                            format!("A variable of a service is a text, and \"{key}\" is a {what} here.");
                        self.diagnostics
                            .push(Diagnostic::error("Unsuitable value", why).at(setting.expression.span()));
                    }
                }
            }
            let value = Value::map(Type::String, map);
            let place = Place::Service(service.name.clone());
            let span = service.span.clone();
            self.found.insert(service.variable.clone(), Assignment { value: Some(value), span, place });
        }
    }
}

/// All secrets of the environment; of several with one name, the last one counts.
fn secrets(
    chosen: &Chosen,
    scope: &EnvironmentScope<'_>,
    outside: &dyn Outside,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Name, Assignment> {
    let mut last: BTreeMap<&Name, (&Secret, &str)> = BTreeMap::new();
    for (name, layer) in chosen.layers() {
        last.extend(layer.secrets.iter().map(|secret| (&secret.name, (secret, name))));
    }
    let mut found = BTreeMap::new();
    for (name, (secret, environment)) in last {
        let Some(call) = call(secret, scope, diagnostics) else { continue };
        let value = match outside.secret(&call) {
            Ok(value) => value.mark(Mark::Sensitive),
            Err(why) => {
                let why = format!("The secret \"{name}\" of {} cannot be read: {why}.", chosen.name);
                diagnostics.push(Diagnostic::error("Secret cannot be read", why).at(secret.span.clone()));
                Value::unknown(Type::String).mark(Mark::Sensitive)
            }
        };
        let place = Place::Secret(environment.into());
        found.insert(name.clone(), Assignment { value: Some(value), span: secret.span.clone(), place });
    }
    found
}

/// What to read, with the argument evaluated.
fn call(secret: &Secret, scope: &EnvironmentScope<'_>, diagnostics: &mut Diagnostics) -> Option<SecretCall> {
    let value = diagnostics.unless_faulty(|faults| evaluate(&secret.argument, scope, faults))?;
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let call = match secret.kind {
        SecretKind::Variable => text(&value).map(SecretCall::Variable),
        SecretKind::File => text(&value).map(SecretCall::File),
        SecretKind::Command => {
            let words = value.items().map(|items| items.iter().map(text).collect::<Option<Vec<_>>>());
            words.flatten().filter(|words| !words.is_empty()).map(SecretCall::Command)
        }
    };
    if call.is_none() {
        let wanted = match secret.kind {
            SecretKind::Variable => "env() takes the name of an environment variable",
            SecretKind::File => "file() takes a path",
            SecretKind::Command => "command() takes a list: the program and its arguments",
        };
        diagnostics
            .push(Diagnostic::error("Unsuitable reference", format!("{wanted}.")).at(secret.argument.span()));
    }
    call
}

impl Chosen {
    /// The names that expressions may use, without secrets.
    fn names(&self) -> BTreeMap<&'static str, BTreeMap<Name, Value>> {
        let entry = |name: &str, value: Value| (Name::from(name), value);
        let own = [
            entry("name", Value::string(self.name.as_str())),
            entry("tier", Value::string(self.tier.word())),
        ];
        let toggles = self.toggles.iter().map(|(name, on)| (name.clone(), Value::bool(*on)));
        let mut names = BTreeMap::from([
            ("environment", own.into_iter().collect()),
            ("toggle", toggles.collect::<BTreeMap<_, _>>()),
        ]);
        if let Some((_, facts)) = &self.preview {
            let number = facts.number.map(crate::value::Number::from_u64);
            let preview = [
                entry("slug", Value::string(&facts.slug)),
                entry("branch", Value::string(&facts.branch)),
                entry("number", number.map_or_else(|| Value::null(Type::Number), Value::number)),
                entry("sha", Value::string(&facts.sha)),
            ];
            names.insert("preview", preview.into_iter().collect());
        }
        names
    }
}
