//! Expressions tried against a project.

use std::path::Path;
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::eval::functions::Table;
use crate::eval::validate::{check_inputs, checked_value, circles};
use crate::eval::{Evaluator, NothingKnown, Purpose};
use crate::render;
use crate::syntax;
use crate::value::{Kind, Mark};

use super::inputs::{self, Given};
use super::project::{Project, Use, functions};
use super::validate::Known;

/// A project to try expressions against.
pub struct Session {
    project: Project,
    inputs: std::collections::BTreeMap<crate::value::Name, crate::value::Value>,
}

/// Answers one expression after the other.
pub struct Trial<'s> {
    evaluator: Evaluator<'s>,
    functions: Table,
    schemas: Known,
}

/// What can be typed, for completion.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    pub functions: Vec<String>,
    /// `var.size`, `local.name`, `module.network`, `aws_instance.web`.
    pub names: Vec<String>,
}

impl Session {
    /// Opens a project. Where it has faults, what does not depend on them can still be tried.
    pub fn open(folder: &Path, given: &Given) -> (Self, Diagnostics) {
        let (project, mut diagnostics) = Project::open(folder);
        diagnostics.extend(circles(&project.configuration));
        let inputs = inputs::values(&project.configuration, folder, given, &mut diagnostics);
        let session = Self { project, inputs };
        if !diagnostics.has_errors() {
            let trial = session.trial();
            check_inputs(&trial.evaluator, &trial.schemas, &mut diagnostics);
        }
        (session, diagnostics)
    }

    pub fn trial(&self) -> Trial<'_> {
        let own = functions(Use::Values);
        let evaluator = self.project.evaluator(Purpose::Values, own, &NothingKnown, self.inputs.clone());
        Trial { evaluator, functions: functions(Use::Console), schemas: Known::new() }
    }

    pub fn vocabulary(&self) -> Vocabulary {
        let module = &self.project.configuration.root().module;
        let mut names: Vec<String> = Vec::new();
        names.extend(module.variables.keys().map(|name| format!("var.{name}")));
        names.extend(module.locals.keys().map(|name| format!("local.{name}")));
        names.extend(module.calls.keys().map(|name| format!("module.{name}")));
        names.extend(module.resources.keys().map(ToString::to_string));
        names.extend(["path.module", "path.root", "path.cwd", "terraform.workspace"].map(str::to_owned));
        Vocabulary { functions: functions(Use::Console).into_keys().collect(), names }
    }
}

impl Trial<'_> {
    /// The value of a line, as text; faults instead where there are any.
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
