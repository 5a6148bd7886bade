//! Values for the root module's variables, from every place where they may be given.
//!
//! Later places win: `TF_VAR_*`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json`
//! by name, what `terrace.hcl` says of the environment, then the flags of the command line in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::config::{Configuration, ParsingMode, Variable};
use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::environment::{Chosen, Place, assignments};
use crate::eval::functions::Table;
use crate::eval::{accept, undeclared, unreadable_secret, without_secrets};
use crate::expression::{Nothing, evaluate};
use crate::plan::PlanOptions;
use crate::source;
use crate::syntax;
use crate::value::{Mark, Name, Type, Value};

use super::environment::{Beside, Secrets};
use super::project::Project;

/// The variable that many projects have for the name of the environment.
pub(super) const NAME_VARIABLE: &str = "environment";

/// What was given from outside.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// From the command line, in the order typed.
    pub said: Vec<Said>,
    /// `NAME` and value of each `TF_VAR_NAME`. The value may not be UTF-8.
    pub environment: Vec<(String, Vec<u8>)>,
}

/// What a flag says about variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// `NAME=VALUE`, as typed.
    Variable(String),
    /// A file of values.
    File(PathBuf),
}

/// Can ask a person for missing values.
#[async_trait(?Send)]
pub trait Asker {
    /// The text for a variable; `None` if there is no answer.
    async fn ask(&self, variable: &Variable) -> Option<String>;
}

/// Asks for each variable that has no value. One that is not answered is still missing afterwards.
pub async fn ask(
    configuration: &Configuration,
    asker: &dyn Asker,
    inputs: &mut Inputs,
    diagnostics: &mut Diagnostics,
) {
    for variable in configuration.root().module.variables.values() {
        if inputs.values.contains_key(&variable.name) {
            continue;
        }
        let Some(text) = asker.ask(variable).await else { return };
        let source = Source::new(format!("var.{}", variable.name), text);
        let Some((value, span)) = read_text(variable, &source, diagnostics) else { continue };
        if let Some(value) = accept(variable, Some((value, span.clone())), diagnostics) {
            inputs.values.insert(variable.name.clone(), value);
            inputs.origins.insert(variable.name.clone(), (Origin::Answer, span));
        }
    }
}

/// What is needed to find the inputs of a project.
pub(super) struct Search<'a> {
    pub folder: &'a Path,
    pub given: &'a Given,
    /// What `terrace.hcl` says of the environment, if there is one.
    pub chosen: Option<&'a Chosen>,
    pub secrets: Secrets,
    /// Whether values are marked with the settings that they were derived from.
    pub follows_origins: bool,
    pub functions: &'a Table,
}

/// The values of the root module's variables. Variables without a value or a default are left out.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub values: BTreeMap<Name, Value>,
    /// Where each value came from; variables with their default are left out.
    pub origins: BTreeMap<Name, (Origin, Span)>,
}

/// Where a variable's value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `TF_VAR_name`
    Process,
    /// `terraform.tfvars` and `*.auto.tfvars`, by name.
    Automatic(String),
    /// `terrace.hcl`
    Environment(Place),
    /// The variable `environment` is set to the name of the environment.
    Name,
    /// `-var-file`
    File(String),
    /// `-var`
    Flag,
    /// A person typed it.
    Answer,
}

impl Search<'_> {
    /// Finds a value for each variable that has one.
    pub(super) fn inputs(&self, configuration: &Configuration, diagnostics: &mut Diagnostics) -> Inputs {
        let variables = &configuration.root().module.variables;
        let mut found = Found::new();
        for (name, text) in &self.given.environment {
            if let Some(variable) = variables.get(name.as_str()) {
                let source = Source::from_bytes(format!("TF_VAR_{name}"), text.clone());
                let read = read_text(variable, &source, diagnostics);
                found.extend(
                    read.map(|(value, span)| (variable.name.clone(), (value, span, Origin::Process))),
                );
            }
        }
        for file in automatic(self.folder) {
            if let Some(source) = source::read_found(&file, diagnostics).map(Source::as_values) {
                let origin = Origin::Automatic(file.display().to_string());
                read_file((&file, &source), variables, &origin, &mut found, diagnostics);
            }
        }
        if let Some(chosen) = self.chosen {
            self.environment(chosen, variables, &mut found, diagnostics);
        }
        for said in &self.given.said {
            match said {
                Said::Variable(typed) => read_typed(typed, variables, &mut found, diagnostics),
                Said::File(file) => {
                    if let Some(source) = source::read(file, diagnostics).map(Source::as_values) {
                        let origin = Origin::File(file.display().to_string());
                        read_file((file, &source), variables, &origin, &mut found, diagnostics);
                    }
                }
            }
        }
        if let Some(chosen) = self.chosen {
            name(chosen, variables, &mut found, diagnostics);
        }
        let mut inputs = Inputs::default();
        for variable in variables.values() {
            let given = found.remove(&variable.name);
            if let Some((_, span, origin)) = &given {
                inputs.origins.insert(variable.name.clone(), (origin.clone(), span.clone()));
            }
            let value = accept(variable, given.map(|(value, span, _)| (value, span)), diagnostics);
            inputs.values.extend(value.map(|value| (variable.name.clone(), value)));
        }
        inputs
    }

    /// Applies what `terrace.hcl` says over what was found so far; what it unsets is removed.
    fn environment(
        &self,
        chosen: &Chosen,
        variables: &BTreeMap<Name, Variable>,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) {
        let outside =
            Beside { folder: self.folder, secrets: self.secrets, follows_origins: self.follows_origins };
        for (name, assignment) in assignments(chosen, variables, self.functions, &outside, diagnostics) {
            match assignment.value {
                Some(value) => {
                    let origin = Origin::Environment(assignment.place);
                    found.insert(name, (value, assignment.span, origin));
                }
                None => drop(found.remove(&name)),
            }
        }
    }
}

/// The values of all variables in an environment, checked against their rules; incomplete if there are errors.
pub(super) fn settled(
    project: &Project,
    chosen: &Chosen,
    search: &Search<'_>,
    faults: &mut Diagnostics,
) -> Inputs {
    let inputs = search.inputs(&project.configuration, faults);
    if !faults.has_errors() {
        missing(&project.configuration, &inputs, Some(chosen), faults);
    }
    if !faults.has_errors() {
        project.check(&inputs, &chosen.name, search.functions.clone(), faults);
    }
    inputs
}

impl Inputs {
    /// Makes missing values unknown. That is enough to destroy an environment, which needs what exists, and not what
    /// the configuration would make of it.
    pub(super) fn fill(&mut self, configuration: &Configuration) {
        for variable in configuration.root().module.variables.values() {
            let unknown = || {
                let value = Value::unknown(variable.constraint.ty.clone());
                if variable.is_secret() { value.mark(Mark::Sensitive) } else { value }
            };
            self.values.entry(variable.name.clone()).or_insert_with(unknown);
        }
    }

    /// Where values were given, as far as that may be shown.
    pub(super) fn places(&self, configuration: &Configuration) -> BTreeMap<Name, Span> {
        let variables = configuration.root().module.variables.values();
        let plain = variables.filter(|variable| !variable.is_secret());
        plain.filter_map(|one| Some((one.name.clone(), self.origins.get(&one.name)?.1.clone()))).collect()
    }

    /// The ephemeral variables that were given a value, be it null.
    pub(super) fn ephemeral(&self, configuration: &Configuration) -> BTreeSet<Name> {
        let variables = configuration.root().module.variables.values();
        let given = variables.filter(|one| one.ephemeral && self.origins.contains_key(&one.name));
        given.map(|variable| variable.name.clone()).collect()
    }

    /// Takes the values that a saved plan was made with, which can no longer be changed. Ephemeral values are not
    /// saved, so they have to be given again.
    pub(super) fn keep_to(
        &mut self,
        options: &PlanOptions,
        configuration: &Configuration,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some(given) = &options.given {
            self.give_again(given, configuration, diagnostics);
        }
        let saved = &options.inputs;
        let plain = |value: &Value| value.clone().unmark_deep().0;
        let variables = &configuration.root().module.variables;
        for (name, value) in saved.iter().filter(|(name, _)| variables.contains_key(*name)) {
            // Process variables and automatic files may be meant for other commands, so a difference there is ignored.
            // -var and -var-file are meant for this plan, so a difference there is an error.
            let said =
                self.origins.get(name).filter(|(origin, _)| matches!(origin, Origin::Flag | Origin::File(_)));
            if let (Some((_, span)), Some(given)) = (said, self.values.get(name))
                && !plain(given).same(&plain(value))
            {
                let why =
                    format!("The plan was made with another value of the variable \"{name}\" than this one.");
                let fault = Diagnostic::error("Saved plan cannot be changed", why).at(span.clone());
                diagnostics.push(fault.hint("Plan again with this value, or leave it out."));
            }
            self.values.insert(name.clone(), value.clone());
        }
    }
}

impl Inputs {
    /// Reports ephemeral variables that have their default now and had not when the plan was made, or the other way
    /// round. One without a default is missing in any case.
    fn give_again(
        &self,
        given: &BTreeSet<Name>,
        configuration: &Configuration,
        diagnostics: &mut Diagnostics,
    ) {
        let now = self.ephemeral(configuration);
        for name in given.symmetric_difference(&now) {
            let Some(variable) = configuration.root().module.variables.get(name) else { continue };
            let why = if now.contains(name) {
                format!(
                    "The ephemeral variable \"{name}\" was given no value when the plan was made, and is given one now."
                )
            } else if variable.default.is_some() {
                format!(
                    "The ephemeral variable \"{name}\" was given a value when the plan was made. The plan does not \
                     contain it, so it has to be given again."
                )
            } else {
                continue;
            };
            diagnostics.push(
                Diagnostic::error("Saved plan needs the same variables", why).at(variable.span.clone()),
            );
        }
    }
}

type Found = BTreeMap<Name, (Value, Span, Origin)>;

/// Sets the variable `environment`, which many projects have, to the name of the environment.
fn name(
    chosen: &Chosen,
    variables: &BTreeMap<Name, Variable>,
    found: &mut Found,
    diagnostics: &mut Diagnostics,
) {
    let Some(variable) = variables.get(NAME_VARIABLE) else { return };
    if !matches!(variable.constraint.ty, Type::String | Type::Dynamic) {
        return;
    }
    let name = chosen.name.as_str();
    if let Some((value, span, _)) = found.get(NAME_VARIABLE)
        && value.as_str() != Some(name)
    {
        let why = format!(
            "The variable \"{NAME_VARIABLE}\" is the name of the environment, which is \"{name}\", and something else is given for it here."
        );
        diagnostics.push(
            Diagnostic::error("Value of another environment", why)
                .at(span.clone())
                .related("the variable", variable.span.clone())
                .hint("Leave it out: it is set automatically."),
        );
    }
    let span = chosen.span();
    found.insert(NAME_VARIABLE.into(), (Value::string(name), span, Origin::Name));
}

/// The variable files that are read automatically, in order.
pub(super) fn automatic(folder: &Path) -> Vec<PathBuf> {
    let named = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| folder.join(name));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut auto: Vec<PathBuf> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
        .map(|name| folder.join(name))
        .collect();
    auto.sort();
    let tidy = |path: PathBuf| path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
    named.into_iter().filter(|path| path.exists() && !path.is_dir()).chain(auto).map(tidy).collect()
}

fn read_file(
    (file, source): (&Path, &Arc<Source>),
    variables: &BTreeMap<Name, Variable>,
    origin: &Origin,
    found: &mut Found,
    diagnostics: &mut Diagnostics,
) {
    let json = file.extension().is_some_and(|extension| extension == "json");
    let mut faults = Diagnostics::new();
    let mut unused = Diagnostics::new();
    let body = if json {
        syntax::parse_json_file(source, &mut faults)
    } else {
        syntax::parse_file(source, &mut faults)
    };
    for attribute in &body.attributes(&mut faults) {
        let name = attribute.name();
        let span = attribute.expression.span();
        if variables.contains_key(name) {
            let value = evaluate(&attribute.expression, &Nothing, &mut faults);
            found.insert(name.into(), (value, span, origin.clone()));
        } else {
            let so = "so this value is not used";
            unused.push(undeclared(name, attribute.name_span(), variables, so).as_warning());
        }
    }
    diagnostics.extend(without_secrets(faults, source, variables));
    diagnostics.extend(unused);
}

fn read_typed(
    typed: &str,
    variables: &BTreeMap<Name, Variable>,
    found: &mut Found,
    diagnostics: &mut Diagnostics,
) {
    let Some((name, text)) = typed.split_once('=') else {
        // What follows the name may be a secret.
        let name: String = typed.chars().take_while(|c| c.is_alphanumeric() || "_-".contains(*c)).collect();
        let rest = if name.len() < typed.len() { "..." } else { "" };
        let why = format!("-var takes NAME=VALUE, and \"{name}{rest}\" has no equals sign.");
        return diagnostics.push(Diagnostic::error("Incomplete -var", why));
    };
    let name = name.trim();
    let Some(variable) = variables.get(name) else {
        let known = variables.keys().map(AsRef::as_ref);
        let why = format!("The root module declares no variable \"{name}\", so -var cannot set it.");
        return diagnostics
            .push(Diagnostic::error("Value for an undeclared variable", why).suggest(name, known));
    };
    let source = Source::new(format!("-var {name}"), text);
    let read = read_text(variable, &source, diagnostics);
    found.extend(read.map(|(value, span)| (variable.name.clone(), (value, span, Origin::Flag))));
}

/// Reads a value given as text: as the text itself or as an expression, depending on the variable's type.
pub(super) fn read_text(
    variable: &Variable,
    source: &Arc<Source>,
    diagnostics: &mut Diagnostics,
) -> Option<(Value, Span)> {
    let span = source.span(crate::diag::Range::new(0, source.text().len()));
    if variable.parsing == ParsingMode::Literal {
        if let Some(stray) = source.strays().next() {
            let why = format!("The value for \"{}\" is not valid UTF-8.", variable.name);
            let subject = if variable.is_secret() { variable.span.clone() } else { source.span(stray) };
            diagnostics.push(Diagnostic::error("Not UTF-8", why).at(subject));
            return None;
        }
        return Some((Value::string(source.text()), span));
    }
    let mut faults = Diagnostics::new();
    let expression = syntax::parse_expression(source, &mut faults);
    if !faults.has_errors() {
        let value = evaluate(&expression, &Nothing, &mut faults);
        if !faults.has_errors() {
            return Some((value, span));
        }
    }
    if variable.is_secret() {
        faults = unreadable_secret(variable, span).into();
    }
    diagnostics.extend(faults);
    None
}

/// Reports required variables without a value.
pub(super) fn missing(
    configuration: &Configuration,
    inputs: &Inputs,
    chosen: Option<&Chosen>,
    diagnostics: &mut Diagnostics,
) {
    for variable in configuration.root().module.variables.values() {
        let name = &variable.name;
        if inputs.values.contains_key(name) {
            continue;
        }
        let Some(chosen) = chosen else {
            let why = format!("The variable \"{name}\" has no default, and no value was given for it.");
            let hint =
                format!("Use -var '{name}=...', -var-file, a terraform.tfvars file, or TF_VAR_{name}.");
            let fault = Diagnostic::error("No value for required variable", why);
            diagnostics.push(fault.at(variable.span.clone()).hint(hint));
            continue;
        };
        let why = format!(
            "The variable \"{name}\" has no default, and no value was given for it in {}.",
            chosen.name
        );
        let hint = if variable.is_secret() {
            format!("Say in the environment where it is: secrets {{ {name} = env(\"...\") }}.")
        } else {
            format!("Add it to the environment's values: {name} = ...")
        };
        diagnostics.push(
            Diagnostic::error("No value for required variable", why)
                .at(chosen.span())
                .related("declared here", variable.span.clone())
                .hint(hint),
        );
    }
}
