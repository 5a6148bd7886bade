//! Translates a question into the engine's terms.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::{AbsoluteInstance, ResourceMode, Target};
use crate::config::{Configuration, parse_target};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::plan::{Mode, PlanOptions};
use crate::value::{Mark, Name, Value};

use super::run::Question;

/// The question in the engine's terms, with its addresses parsed.
pub(super) fn options(
    question: &Question,
    (inputs, given): (BTreeMap<Name, Value>, BTreeSet<Name>),
    diagnostics: &mut Diagnostics,
) -> PlanOptions {
    let mut read = |option: &str, typed: &[String]| -> Vec<Target> {
        let sources = typed.iter().map(|text| Source::new(format!("-{option}"), text.as_str()));
        sources.filter_map(|source| parse_target(&source, diagnostics)).collect()
    };
    let (targets, excluded) = (read("target", &question.targets), read("exclude", &question.excluded));
    let replace = read("replace", &question.replace);
    let mut options = PlanOptions {
        mode: question.mode,
        inputs,
        targets,
        excluded,
        imports: Vec::new(),
        replace: Vec::new(),
        skip_refresh: !question.refresh,
        given: Some(given),
    };
    if question.mode != Mode::Normal && !replace.is_empty() {
        let why = match question.mode {
            Mode::Destroy => "all is destroyed, and nothing made in its place",
            _ => "what is there is only looked at",
        };
        let why = format!("Nothing can be replaced where {why}.");
        diagnostics.push(Diagnostic::error("Contradicting flags", why).hint("Leave -replace away."));
    }
    if question.mode == Mode::RefreshOnly && !question.refresh {
        let why =
            "-refresh-only takes over what has changed outside, and -refresh=false says not to look for it.";
        diagnostics.push(Diagnostic::error("Contradicting flags", why));
    }
    for target in replace {
        match &target.resource {
            Some(resource) if resource.mode == ResourceMode::Managed => {
                options.replace.push(AbsoluteInstance {
                    module: target.module.clone(),
                    resource: resource.clone(),
                    key: target.key.clone(),
                });
            }
            _ => {
                let why = format!("-replace takes a resource instance, and {target} is none.");
                diagnostics.push(Diagnostic::error("Invalid -replace address", why));
            }
        }
    }
    options
}

/// Marks the inputs that must not be stored or shown.
pub(super) fn guarded(configuration: &Configuration, inputs: BTreeMap<Name, Value>) -> BTreeMap<Name, Value> {
    let variables = &configuration.root().module.variables;
    let guarded = inputs.into_iter().map(|(name, value)| {
        let ephemeral = variables.get(&name).is_some_and(|variable| variable.ephemeral);
        (name, if ephemeral { value.mark(Mark::Ephemeral) } else { value })
    });
    guarded.collect()
}
