//! The console: evaluates expressions against a project and its state.

mod stored;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::environment::PreviewFacts;
use crate::eval::functions::Table;
use crate::eval::validate::{checked_value, cycles, dependencies};
use crate::eval::{Evaluator, Purpose};
use crate::render;
use crate::state::State;
use crate::syntax;
use crate::value::{Kind, Mark, Name, Value};

use super::environment::{self, Secrets};
use super::inputs::{Given, Search};
use super::project::{Project, Use, functions};
use super::validate::Known;
use stored::Stored;

/// A project to try expressions against.
pub struct Session {
    project: Project,
    /// The environment and the values of its variables.
    inputs: (EnvironmentName, BTreeMap<Name, Value>),
    stored: Stored,
}

/// Evaluates one expression after the other.
pub struct Interpreter<'s> {
    evaluator: Evaluator<'s>,
    functions: Table,
    schemas: Known,
}

/// The words that completion offers.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    pub functions: Vec<String>,
    /// `var.size`, `local.name`, `module.network`, `aws_instance.web`.
    pub names: Vec<String>,
}

impl Session {
    /// Opens a project. Despite errors in it, expressions that do not depend on them can still be evaluated.
    pub fn open(
        folder: &Path,
        (environment, preview): (Option<&str>, Option<&PreviewFacts>),
        given: &Given,
    ) -> (Self, Diagnostics) {
        let (project, mut diagnostics) = Project::open(folder);
        diagnostics.extend(cycles(&project.configuration, &dependencies(&project.configuration)));
        let chosen = environment::choose((folder, project.definitions.as_ref()), environment, preview);
        let (name, chosen) = chosen.unwrap_or_else(|faults| {
            diagnostics.extend(faults);
            (EnvironmentName::default(), None)
        });
        let own = functions(Use::Values);
        let (chosen, secrets) = (chosen.as_ref(), Secrets::Read);
        let search = Search { folder, given, chosen, secrets, follows_origins: false, functions: &own };
        let inputs = search.inputs(&project.configuration, &mut diagnostics);
        if !diagnostics.has_errors() {
            project.check(&inputs, &name, own, &mut diagnostics);
        }
        let stored = Stored::new(State::default());
        (Self { project, inputs: (name, inputs.values), stored }, diagnostics)
    }

    pub fn environment(&self) -> &EnvironmentName {
        &self.inputs.0
    }

    /// Sets the state of the environment. Without it, resources are unknown.
    pub fn set_state(&mut self, state: State) {
        self.stored = Stored::new(state);
    }

    pub fn interpreter(&self) -> Interpreter<'_> {
        let own = functions(Use::Values);
        let (environment, inputs) = &self.inputs;
        let inputs = (environment.as_str(), inputs.clone());
        let evaluator = self.project.evaluator(Purpose::Values, own, &self.stored, inputs);
        Interpreter { evaluator, functions: functions(Use::Console), schemas: Known::new() }
    }

    pub fn vocabulary(&self) -> Vocabulary {
        let module = &self.project.configuration.root().module;
        let mut names: Vec<String> = Vec::new();
        names.extend(module.variables.keys().map(|name| format!("var.{name}")));
        names.extend(module.locals.keys().map(|name| format!("local.{name}")));
        names.extend(module.calls.keys().map(|name| format!("module.{name}")));
        names.extend(module.resources.keys().map(ToString::to_string));
        names.extend(["path.module", "path.root", "path.cwd", "terraform.workspace"].map(str::to_owned));
        let table = functions(Use::Console);
        let mut functions: Vec<String> = table.names().into_iter().map(str::to_owned).collect();
        for required in module.settings.required_providers.values() {
            let offered = table.of_provider(&required.address).unwrap_or_default();
            let local = &required.local_name;
            functions.extend(offered.iter().map(|function| format!("provider::{local}::{}", function.name)));
        }
        Vocabulary { functions, names }
    }
}

impl Interpreter<'_> {
    /// The value of a line as text, or diagnostics.
    pub fn answer(&self, line: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<String> {
        let mut faults = Diagnostics::new();
        let expression = syntax::parse_expression(line, &mut faults);
        if faults.has_errors() {
            diagnostics.extend(faults);
            return None;
        }
        let value = checked_value(&self.evaluator, &self.schemas, &self.functions, &expression, &mut faults);
        faults.extend(self.evaluator.take_faults());
        let failed = faults.has_errors();
        diagnostics.extend(faults);
        if failed {
            return None;
        }
        if value.has_mark_deep(&Mark::TypeReveal) && !matches!(value.kind(), Kind::Type(_)) {
            let why = "What type() gives is for looking at; it cannot be part of a larger expression.";
            diagnostics.push(Diagnostic::error("Type used as a value", why).at(expression.span()));
            return None;
        }
        Some(render::value(&value))
    }
}
