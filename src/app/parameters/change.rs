//! Changes the values that an environment sets, in `terrace.hcl` itself, if every environment concerned accepts them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::environment::edit::{Change, Target, edit};
use crate::environment::{Chosen, Definitions, FILE, Layer, PreviewFacts, Service};
use crate::eval::accept;
use crate::source;
use crate::value::{Name, Type, Value, convert};

use super::super::inputs::missing;
use super::super::inputs::{Given, NAME_VARIABLE, read_text};
use super::super::project::{Project, Use, functions};
use super::{Survey, defined};

/// The requested changes, as typed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The environment; the only one if none is named. `preview` stands for the settings that all previews share.
    pub environment: Option<String>,
    /// `NAME=VALUE`
    pub values: Vec<String>,
    /// Variables to reset to their default.
    pub unset: Vec<String>,
    /// Variables to reset to the inherited value.
    pub inherit: Vec<String>,
}

/// The changes that were made.
#[derive(Clone, Debug)]
pub struct Changed {
    pub file: String,
    pub before: String,
    pub after: String,
    /// The environment, if it can be planned.
    pub environment: Option<EnvironmentName>,
    /// Other environments that inherit a changed value.
    pub inherited_by: Vec<String>,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

/// Writes all changes, or refuses and writes nothing.
pub fn change(folder: &Path, given: &Given, wanted: &Wanted) -> Result<Changed, Diagnostics> {
    let (mut project, faults) = Project::open(folder);
    if faults.has_errors() {
        return Err(faults);
    }
    let definitions = defined(&project)?.clone();
    let target = target(&definitions, wanted.environment.as_deref())?;
    let variables = &project.configuration.root().module.variables;
    let mut diagnostics = Diagnostics::new();
    let changes = changes(wanted, &target, |name| variables.get(name), &mut diagnostics);
    if diagnostics.has_errors() {
        suggest(&mut diagnostics, variables, &definitions);
        return Err(diagnostics);
    }
    let before = Arc::clone(&definitions.source);
    if before.strays().next().is_some() {
        let why = format!("{} is not valid UTF-8, so it can only be edited by hand.", before.name());
        return Err(Diagnostic::error("File cannot be edited", why).into());
    }
    let edited = edit(&before, target.as_edited(), &changes)?;
    let after = Source::new(before.name(), edited.text);
    let site = (folder, given);
    let known: BTreeSet<(String, String)> = faults_of(&project, &target, site)
        .iter()
        .map(|one| (one.summary.clone(), one.detail.clone()))
        .collect();
    project.definitions = Some(Definitions::read(&after, &mut diagnostics));
    if !diagnostics.has_errors() {
        let now = faults_of(&project, &target, site);
        let is_known = |one: &Diagnostic| known.contains(&(one.summary.clone(), one.detail.clone()));
        let is_touched =
            |one: &Diagnostic| changes.iter().any(|(name, _)| one.detail.contains(&format!("\"{name}\"")));
        now.into_iter().filter(|one| !is_known(one) || is_touched(one)).for_each(|one| diagnostics.push(one));
    }
    if diagnostics.has_errors() {
        diagnostics.iter_mut().for_each(|one| one.detail.push_str(" Nothing was written."));
        return Err(diagnostics);
    }
    for (name, text) in &edited.worked_out {
        let why = format!("\"{name}\" was computed from {text}, and has a fixed value from now on.");
        diagnostics.push(Diagnostic::warning("Expression replaced", why));
    }
    if after.text() != before.text() {
        write(folder, &before, after.text())?;
    }
    Ok(Changed {
        file: before.name().to_owned(),
        before: before.text().to_owned(),
        after: after.text().to_owned(),
        environment: target.planned(),
        inherited_by: heirs(&project, &target, &changes),
        diagnostics,
    })
}

/// The block to edit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    Environment { name: EnvironmentName, is_abstract: bool },
    Preview,
}

impl Meant {
    fn as_edited(&self) -> Target<'_> {
        match self {
            Self::Environment { name, .. } => Target::Environment(name.as_str()),
            Self::Preview => Target::Preview,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Environment { name, .. } => name.as_str(),
            Self::Preview => "preview",
        }
    }

    fn planned(&self) -> Option<EnvironmentName> {
        match self {
            Self::Environment { name, is_abstract: false } => Some(name.clone()),
            _ => None,
        }
    }

    /// Whether the block applies to an environment.
    fn concerns(&self, chosen: &Chosen) -> bool {
        match self {
            Self::Environment { name, .. } => chosen.chain.iter().any(|one| one.name == *name),
            Self::Preview => chosen.preview.is_some(),
        }
    }
}

fn target(definitions: &Definitions, name: Option<&str>) -> Result<Meant, Diagnostics> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => definitions.choose(None)?.name.to_string(),
    };
    if let Some(environment) = definitions.environment(&name) {
        return Ok(Meant::Environment {
            name: environment.name.clone(),
            is_abstract: environment.is_abstract,
        });
    }
    if definitions.preview.is_some() && (name == "preview" || name.starts_with("preview/")) {
        if name == "preview" {
            return Ok(Meant::Preview);
        }
        let why = format!("{name} has what the \"preview\" block gives to all previews.");
        return Err(Diagnostic::error("Preview has no block of its own", why)
            .hint("Change it for all of them: -e preview.")
            .into());
    }
    Err(definitions.unknown(&name).into())
}

/// The changes by name, in the order in which they were typed.
fn changes<'v>(
    wanted: &Wanted,
    target: &Meant,
    variable: impl Fn(&str) -> Option<&'v Variable>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Name, Change)> {
    let mut changes: Vec<(Name, Change)> = Vec::new();
    let mut add = |name: &str,
                   diagnostics: &mut Diagnostics,
                   change: &mut dyn FnMut(&Variable, &mut Diagnostics) -> Option<Change>| {
        let Some(variable) = variable(name) else {
            let why =
                format!("The root module declares no variable \"{name}\", so nothing would use its value.");
            return diagnostics.push(Diagnostic::error(UNDECLARED, why));
        };
        if changes.iter().any(|(known, _)| **known == *name) {
            let why = format!("\"{name}\" is named twice, and can only be changed once.");
            return diagnostics.push(Diagnostic::error("Duplicate value", why));
        }
        if name == NAME_VARIABLE && matches!(variable.constraint.ty, Type::String | Type::Dynamic) {
            let why = format!("\"{name}\" is the name of the environment, and is set automatically.");
            return diagnostics.push(Diagnostic::error("Value of the environment's name", why));
        }
        if let Some(change) = change(variable, diagnostics) {
            changes.push((variable.name.clone(), change));
        }
    };
    for typed in &wanted.values {
        let Some((name, text)) = typed.split_once('=') else {
            let why = format!("A value is given as NAME=VALUE, and \"{typed}\" has no equals sign.");
            diagnostics.push(Diagnostic::error("Incomplete value", why));
            continue;
        };
        add(name.trim(), diagnostics, &mut |variable, diagnostics| {
            value(variable, text, target, diagnostics).map(Change::Set)
        });
    }
    for name in &wanted.unset {
        add(name, diagnostics, &mut |_, _| Some(Change::Unset));
    }
    for name in &wanted.inherit {
        add(name, diagnostics, &mut |_, _| Some(Change::Inherit));
    }
    changes
}

const UNDECLARED: &str = "Value for an undeclared variable";

/// Adds the variable that was probably meant to each diagnostic.
fn suggest(
    diagnostics: &mut Diagnostics,
    variables: &std::collections::BTreeMap<Name, Variable>,
    definitions: &Definitions,
) {
    for fault in diagnostics.iter_mut().filter(|fault| fault.summary == UNDECLARED) {
        let name = fault.detail.split('"').nth(1).unwrap_or_default().to_owned();
        *fault = match elsewhere_settled(definitions, &name) {
            Some(hint) => fault.clone().hint(hint),
            None => fault.clone().suggest(&name, variables.keys().map(AsRef::as_ref)),
        };
    }
}

/// Where somebody sets what is no variable of its own.
fn elsewhere_settled(definitions: &Definitions, name: &str) -> Option<String> {
    if definitions.toggles.contains_key(name) {
        return Some(format!("It is a toggle: say in its block of {FILE} where it is on."));
    }
    let is_key = |service: &&Arc<Service>| {
        let given = service.values.iter().map(|setting| &setting.name);
        service.required.iter().map(|(key, _)| key).chain(given).any(|key| **key == *name)
    };
    let service = definitions.services.values().find(is_key)?;
    Some(format!(
        "It is given to a service: edit the block variables_for \"{}\" of the environment in {FILE}.",
        service.name
    ))
}

/// Reads a value as typed: as text for a variable of type string, as an expression for any other; null is null for all.
fn value(variable: &Variable, text: &str, target: &Meant, diagnostics: &mut Diagnostics) -> Option<Value> {
    if variable.is_secret() {
        let (name, target) = (&variable.name, target.name());
        let why = format!(
            "The variable \"{name}\" is a secret, and {FILE} can be read by everybody who can read the project."
        );
        diagnostics.push(
            Diagnostic::error("Secret written down", why)
                .at(variable.span.clone())
                .hint(format!("Say in {target} where it is instead: secrets {{ {name} = env(\"...\") }}.")),
        );
        return None;
    }
    if text == "null" {
        return Some(Value::null(Type::Dynamic));
    }
    let source = Source::new(variable.name.to_string(), text);
    let (value, _) = read_text(variable, &source, diagnostics)?;
    // Converted here too, so that an error shows what was typed. A typed number or boolean is written to the file as
    // one.
    let span = source.span(crate::diag::Range::new(0, text.len()));
    let mut faults = Diagnostics::new();
    let accepted = accept(variable, Some((value.clone(), span)), &mut faults);
    let fine = !faults.has_errors();
    diagnostics.extend(faults);
    let fits = match &variable.default {
        // Without a type constraint, only the default tells the variable's type.
        Some(default) if variable.constraint.ty == Type::Dynamic && default.ty().is_primitive() => {
            convert(&value, &default.ty()).ok()
        }
        _ => accepted.filter(|accepted| accepted.ty().is_primitive()),
    };
    fine.then(|| fits.unwrap_or(value))
}

/// Every environment that the block applies to, including a sample preview.
fn concerned(project: &Project, target: &Meant) -> Vec<Chosen> {
    let Some(definitions) = &project.definitions else { return Vec::new() };
    let all = definitions.applicable().filter_map(|one| definitions.choose(Some(one.name.as_str())).ok());
    let preview =
        definitions.preview.iter().filter_map(|_| definitions.preview(PreviewFacts::of_name("branch")).ok());
    all.chain(preview).filter(|chosen| target.concerns(chosen)).collect()
}

/// The errors in the values of the environments concerned.
fn faults_of(project: &Project, target: &Meant, (folder, given): (&Path, &Given)) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for chosen in concerned(project, target) {
        let mut faults = Diagnostics::new();
        let survey = Survey::of(project, Some(chosen), (folder, given), &mut faults);
        if !faults.has_errors() {
            missing(&project.configuration, &survey.inputs, survey.chosen.as_ref(), &mut faults);
        }
        if !faults.has_errors() {
            project.check(&survey.inputs, &survey.name, functions(Use::Validation), &mut faults);
        }
        all.extend(faults.into_iter().filter(|fault| fault.severity == crate::diag::Severity::Error));
    }
    // An error that several environments inherit is reported once.
    let mut told = BTreeSet::new();
    all.retain(|fault| told.insert((fault.summary.clone(), fault.detail.clone())));
    all
}

/// The environments that inherit one of the changed values.
fn heirs(project: &Project, target: &Meant, changes: &[(Name, Change)]) -> Vec<String> {
    let own = |layer: &Layer, name: &Name| {
        layer.values.iter().any(|one| one.name == *name)
            || layer.secrets.iter().any(|one| one.name == *name)
            || layer.unset.iter().any(|(one, _)| one == name)
    };
    let inherits = |chosen: &Chosen| {
        let above = chosen.layers().skip_while(|(name, _)| *name != target.name()).skip(1);
        let below: Vec<&Layer> = above.map(|(_, layer)| layer).collect();
        changes.iter().any(|(name, _)| !below.iter().any(|layer| own(layer, name)))
    };
    concerned(project, target)
        .into_iter()
        .filter(|chosen| {
            chosen.name.as_str() != target.name() && *target != Meant::Preview && inherits(chosen)
        })
        .map(|chosen| if chosen.preview.is_some() { "previews".to_owned() } else { chosen.name.to_string() })
        .collect()
}

/// Writes the file, unless it has changed since it was read.
fn write(folder: &Path, before: &Source, text: &str) -> Result<(), Diagnostic> {
    let path = folder.join(FILE);
    let fault = |why: String| Diagnostic::error("File not written", why);
    let present =
        std::fs::read(&path).map_err(|error| fault(format!("Reading {FILE} again failed: {error}.")))?;
    if present != before.text().as_bytes() {
        return Err(fault(format!("{FILE} was changed by somebody else meanwhile. Try again.")));
    }
    source::replace(&path, text.as_bytes()).map_err(|error| fault(format!("Writing {FILE} failed: {error}.")))
}
