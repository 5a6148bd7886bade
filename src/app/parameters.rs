//! What environments set the project's variables to, for people to read: side by side, or one at a time.
//!
//! Reads no secret and no state.

mod change;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::address::EnvironmentName;
use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::environment::{Chosen, Definitions, Place, PreviewFacts, Rules, Setting};
use crate::render::inventory::Protection;
use crate::render::parameters::{
    EnvironmentDetail, From, Given as Shown, Held, Matrix, MatrixRow, ParameterKind,
};
use crate::value::{Kind, Mark, Name, Value};

use super::environment::{Secrets, undeclared};
use super::inputs::{Given, Inputs, NAME_VARIABLE, Origin, Search};
use super::project::{Project, Use, functions};
use super::wrong_folder;

pub use change::{Changed, Wanted, change};

/// The variables' values in one environment.
pub(super) struct Survey {
    pub(super) name: EnvironmentName,
    pub(super) chosen: Option<Chosen>,
    pub(super) inputs: Inputs,
}

impl Survey {
    pub(super) fn of(
        project: &Project,
        chosen: Option<Chosen>,
        (folder, given): (&Path, &Given),
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let functions = functions(Use::Validation);
        let search = Search {
            follows_origins: false,
            folder,
            given,
            chosen: chosen.as_ref(),
            secrets: Secrets::Unknown,
            functions: &functions,
        };
        let inputs = search.inputs(&project.configuration, diagnostics);
        let name = chosen.as_ref().map(|chosen| chosen.name.clone()).unwrap_or_default();
        Self { name, chosen, inputs }
    }

    /// Every environment that can be applied.
    pub(super) fn all(project: &Project, site: (&Path, &Given), diagnostics: &mut Diagnostics) -> Vec<Self> {
        let Some(definitions) = &project.definitions else {
            return vec![Self::of(project, None, site, diagnostics)];
        };
        let mut found = Vec::new();
        for one in definitions.applicable() {
            match definitions.choose(Some(one.name.as_str())) {
                Ok(chosen) => found.push(Self::of(project, Some(chosen), site, diagnostics)),
                Err(faults) => diagnostics.extend(faults),
            }
        }
        found
    }

    /// A variable's value, in a form that may be shown.
    fn shown(&self, variable: &Variable) -> Shown {
        if let (Some((Origin::Environment(Place::Secret(_)), _)), Some(chosen)) =
            (self.inputs.origins.get(&variable.name), &self.chosen)
            && let Some(place) = secret_place(chosen, &variable.name)
        {
            return Shown::Secret(place);
        }
        match self.inputs.values.get(&variable.name) {
            Some(value) if variable.is_secret() => Shown::Value(value.clone().mark(Mark::Sensitive)),
            Some(value) => Shown::Value(value.clone()),
            None => Shown::Nothing,
        }
    }
}

/// Where a secret is, in words: `env NAME`.
fn secret_place(chosen: &Chosen, name: &str) -> Option<String> {
    let secrets = chosen.layers().flat_map(|(_, layer)| &layer.secrets);
    let secret = secrets.filter(|secret| &*secret.name == name).last()?;
    let kind = secret.kind.word();
    let argument = secret.argument.as_literal_text();
    let argument = argument.map_or_else(|| secret.argument.span().text().to_owned(), |text| text.to_string());
    Some(format!("{kind} {argument}"))
}

/// The parameters of all environments, or of one of them.
pub fn matrix(
    folder: &Path,
    given: &Given,
    only: Option<&str>,
) -> Result<(Matrix, Diagnostics), Diagnostics> {
    let (project, mut diagnostics) = Project::open(folder);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    match (only, &project.definitions) {
        (Some(name), Some(definitions)) => drop(definitions.choose(Some(name))?),
        (only, None) => {
            undeclared(folder, only)?;
            diagnostics.extend(wrong_folder::nothing_here(folder).map(Diagnostic::as_warning));
        }
        (None, Some(_)) => {}
    }
    let surveys = Survey::all(&project, (folder, given), &mut diagnostics);
    let mut matrix = compared(&project, &surveys);
    if let Some(name) = only {
        let kept: Vec<bool> = matrix.environments.iter().map(|one| one.as_str() == name).collect();
        let mut keep = kept.iter();
        matrix.environments.retain(|_| keep.next().copied().unwrap_or(true));
        for row in &mut matrix.rows {
            let mut keep = kept.iter();
            row.cells.retain(|_| keep.next().copied().unwrap_or(true));
        }
    }
    Ok((matrix, diagnostics))
}

/// The variables that may differ between environments, and those that do.
pub(super) fn compared(project: &Project, surveys: &[Survey]) -> Matrix {
    let mut rows = Vec::new();
    let definitions = project.definitions.as_ref();
    for variable in project.configuration.root().module.variables.values() {
        let name = &variable.name;
        let service = definitions.and_then(|all| all.services.values().find(|one| one.variable == *name));
        if let Some(service) = service {
            rows.extend(keys(&service.name, name, surveys));
            continue;
        }
        let cells: Vec<Shown> = surveys.iter().map(|survey| survey.shown(variable)).collect();
        let differs = differ(&cells);
        let parameter = definitions.and_then(|all| all.parameters.get(name));
        let is_secret = cells.iter().any(|cell| matches!(cell, Shown::Secret(_)));
        let kind = match parameter {
            Some(parameter) => ParameterKind::Declared(parameter.differs),
            None if &**name == NAME_VARIABLE && is_named(surveys) => ParameterKind::Name,
            None if is_secret => ParameterKind::Secret,
            None => cause(name, surveys).unwrap_or(ParameterKind::Undeclared),
        };
        if differs || parameter.is_some() {
            let reason = parameter.and_then(|parameter| parameter.description.as_deref());
            rows.push(MatrixRow {
                name: name.to_string(),
                kind,
                reason: reason.map(str::to_owned),
                description: variable.description.as_deref().map(str::to_owned),
                cells,
                differs,
            });
        }
    }
    Matrix { environments: surveys.iter().map(|survey| survey.name.clone()).collect(), rows }
}

/// Why a value that is written once for all environments differs: because of what it is derived from.
fn cause(variable: &Name, surveys: &[Survey]) -> Option<ParameterKind> {
    let mut written: Option<&Setting> = None;
    for survey in surveys {
        let (origin, _) = survey.inputs.origins.get(variable)?;
        let Origin::Environment(Place::Values(_)) = origin else { return None };
        let layers = survey.chosen.as_ref()?.layers();
        let settings = layers.flat_map(|(_, layer)| &layer.values);
        let setting = settings.filter(|setting| setting.name == *variable).last()?;
        if written.is_some_and(|other| other.name_span.range != setting.name_span.range) {
            return None;
        }
        written = Some(setting);
    }
    let mut cause = ParameterKind::Name;
    for reference in written?.expression.references() {
        match (reference.root, reference.step_name(0)) {
            ("toggle", _) => cause = ParameterKind::Toggle,
            ("environment", Some("name")) => {}
            _ => return None,
        }
    }
    Some(cause)
}

/// Whether the variable `environment` is just the name of the environment.
fn is_named(surveys: &[Survey]) -> bool {
    surveys.iter().any(|survey| matches!(survey.inputs.origins.get(NAME_VARIABLE), Some((Origin::Name, _))))
}

/// The variables of a service that differ, one by one.
fn keys(service: &str, variable: &Name, surveys: &[Survey]) -> Vec<MatrixRow> {
    let maps: Vec<BTreeMap<&Name, &Value>> = surveys
        .iter()
        .map(|survey| {
            let value = survey.inputs.values.get(variable);
            value.and_then(Value::entries).map(|entries| entries.iter().collect()).unwrap_or_default()
        })
        .collect();
    let names: BTreeSet<&Name> = maps.iter().flat_map(|map| map.keys().copied()).collect();
    let rows = names.into_iter().map(|name| {
        let cell = |map: &BTreeMap<&Name, &Value>| {
            map.get(name).map_or(Shown::Nothing, |value| Shown::Value((*value).clone()))
        };
        let cells: Vec<Shown> = maps.iter().map(cell).collect();
        let differs = differ(&cells);
        MatrixRow {
            name: format!("{service}: {name}"),
            kind: ParameterKind::Service,
            reason: None,
            description: None,
            cells,
            differs,
        }
    });
    rows.filter(|row| row.differs).collect()
}

fn differ(cells: &[Shown]) -> bool {
    let alike = |a: &Shown, b: &Shown| match (a, b) {
        (Shown::Value(a), Shown::Value(b)) => a.clone().unmark_deep().0.same(&b.clone().unmark_deep().0),
        (Shown::Secret(a), Shown::Secret(b)) => a == b,
        (Shown::Nothing, Shown::Nothing) => true,
        _ => false,
    };
    cells.windows(2).any(|pair| matches!(pair, [a, b] if !alike(a, b)))
}

/// One environment with everything that it sets, and where that comes from; for a preview also what is known of its
/// branch.
pub fn detail(
    folder: &Path,
    given: &Given,
    name: Option<&str>,
    known: Option<PreviewFacts>,
) -> Result<(EnvironmentDetail, Diagnostics), Diagnostics> {
    let (project, mut diagnostics) = Project::open(folder);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let facts =
        known.or_else(|| name.and_then(|name| name.strip_prefix("preview/")).map(PreviewFacts::of_name));
    let (name, chosen) =
        super::environment::choose((folder, project.definitions.as_ref()), name, facts.as_ref())?;
    let survey = Survey::of(&project, chosen, (folder, given), &mut diagnostics);
    let chosen = survey.chosen.as_ref();
    let definitions = project.definitions.as_ref();
    let is_service = |variable: &Name| {
        definitions.is_some_and(|all| all.services.values().any(|one| one.variable == *variable))
    };
    let variables = project.configuration.root().module.variables.values();
    let variables = variables.filter(|variable| !is_service(&variable.name)).map(|variable| Held {
        name: variable.name.to_string(),
        given: survey.shown(variable),
        from: from(variable, survey.inputs.origins.get(&variable.name)),
    });
    let detail = EnvironmentDetail {
        name,
        description: chosen.and_then(|chosen| chosen.chain.last()?.description.as_deref().map(str::to_owned)),
        tier: chosen.map(|chosen| chosen.tier.word()),
        extends: chosen.map(extends).unwrap_or_default(),
        // For a preview only its own name is known here.
        branch: chosen.filter(|_| facts.is_none()).and_then(Chosen::branch).map(str::to_owned),
        owners: chosen.map(Chosen::owners).unwrap_or_default().iter().map(ToString::to_string).collect(),
        protection: chosen.map(protection).unwrap_or_default().into_iter().map(|rule| rule.long).collect(),
        variables: variables.collect(),
        toggles: chosen.map(toggles).unwrap_or_default(),
        services: chosen.map(|chosen| services(chosen, &survey.inputs)).unwrap_or_default(),
    };
    Ok((detail, diagnostics))
}

/// The environments that this one extends, nearest first.
pub(super) fn extends(chosen: &Chosen) -> Vec<String> {
    let names = chosen.chain.iter().rev().map(|one| one.name.to_string());
    // The chain begins with the environment itself, unless it is a preview.
    names.skip(usize::from(chosen.preview.is_none())).collect()
}

/// What protects an environment.
pub(super) fn protection(chosen: &Chosen) -> Vec<Protection> {
    let mut rules: Vec<Protection> = Vec::new();
    if Rules::new(&chosen.name, Some(chosen), BTreeSet::new()).confirms().is_some() {
        rules.push(Protection { short: "confirm", long: "confirmed by name".to_owned() });
    }
    let mut add = |short: &'static str, long: String| {
        if !rules.iter().any(|rule| rule.long == long) {
            rules.push(Protection { short, long });
        }
    };
    for (_, protect) in chosen.protections() {
        protect.deny_destroy.iter().for_each(|(pattern, _)| add("keeps", format!("keeps {pattern}")));
        if let Some((windows, _)) = &protect.windows {
            windows.iter().for_each(|(window, _)| add("windows", window.to_string()));
        }
        if let Some((branches, _)) = &protect.branches {
            branches.iter().for_each(|(branch, _)| add("branches", format!("only from {branch}")));
        }
    }
    rules
}

fn toggles(chosen: &Chosen) -> Vec<(String, bool)> {
    chosen.toggles.iter().map(|(name, on)| (name.to_string(), *on)).collect()
}

fn services(chosen: &Chosen, inputs: &Inputs) -> Vec<(String, Vec<Held>)> {
    let services = chosen.services.values().map(|service| {
        let map = inputs.values.get(&service.variable);
        let settings = chosen.service_settings(service);
        let held = settings.into_iter().map(|(key, setting)| {
            let value = map.and_then(|map| map.entries()?.iter().find(|(name, _)| *name == key));
            let given = match value {
                Some((_, value))
                    if matches!(value.kind(), Kind::Unknown(..))
                        && value.marks().contains(&Mark::Sensitive) =>
                {
                    Shown::Secret(setting.expression.span().text().to_owned())
                }
                Some((_, value)) => Shown::Value(value.clone()),
                None => Shown::Nothing,
            };
            let from = From {
                kind: "service",
                what: format!("variables_for {}", service.name),
                place: Some(place(&setting.expression.span())),
            };
            Held { name: key.to_string(), given, from }
        });
        (service.name.to_string(), held.collect())
    });
    services.collect()
}

/// Where a value comes from, in words.
fn from(variable: &Variable, origin: Option<&(Origin, Span)>) -> From {
    let Some((origin, span)) = origin else {
        let default = variable.default_expression.as_ref().map(|default| place(&default.span()));
        return match (&variable.default, default) {
            (None, _) => {
                From { kind: "none", what: "nothing".to_owned(), place: Some(place(&variable.span)) }
            }
            (Some(_), place) => From { kind: "default", what: "default".to_owned(), place },
        };
    };
    let there = Some(place(span));
    let (kind, what, place) = match origin {
        Origin::Process => ("process", format!("TF_VAR_{}", variable.name), None),
        Origin::Automatic(_) => ("file", "read by itself".to_owned(), there),
        Origin::Environment(Place::Values(name)) => ("values", format!("values of {name}"), there),
        Origin::Environment(Place::File(name)) => ("values_file", format!("values_files of {name}"), there),
        Origin::Environment(Place::Secret(name)) => ("secret", format!("secrets of {name}"), there),
        Origin::Environment(Place::Unset(name)) => ("unset", format!("unset in {name}"), there),
        Origin::Environment(Place::Service(name)) => ("service", format!("variables_for {name}"), there),
        Origin::Name => ("name", "name of the environment".to_owned(), None),
        Origin::File(_) => ("var_file", "-var-file".to_owned(), there),
        Origin::Flag => ("flag", "-var".to_owned(), None),
        Origin::Answer => ("answer", "typed".to_owned(), None),
    };
    From { kind, what, place }
}

fn place(span: &Span) -> (String, usize) {
    (span.source.name().to_owned(), span.start().line)
}

/// The error for a project that declares no environments.
fn without_definitions() -> Diagnostic {
    let why = "Values for an environment are written in terrace.hcl, and there is none here.";
    Diagnostic::error("No environments", why)
        .hint("Write one that declares them: environment \"staging\" { values = {} }.")
}

/// The definitions of a project, or the error that it has none.
fn defined(project: &Project) -> Result<&Definitions, Diagnostic> {
    project.definitions.as_ref().ok_or_else(without_definitions)
}
