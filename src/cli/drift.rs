//! `drift`: what somebody changed by hand.

use crate::address::EnvironmentName;
use crate::app::everywhere::{EnvironmentOutcome, Everywhere};
use crate::app::run::Question;
use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, EnvironmentDrift};

use super::arguments::Drift;
use super::everywhere::{Waiting, beside, named, not_with_all, only_markdown, refuse_inputs, worst, write};
use super::output::Output;
use super::{answer, question};

pub(super) fn drift(request: &Drift, output: &Output) -> u8 {
    let only = match named_or_all(request) {
        Ok(only) => only,
        Err(faults) => return output.report(&faults),
    };
    let question = Question {
        given: question::given(&request.inputs),
        parallelism: request.parallelism,
        ..question::plain("drift")
    };
    if let Some(fault) = refuse_inputs(request.all, &request.inputs) {
        return output.report(&fault.into());
    }
    let (everywhere, remarks) = match Everywhere::open(&question.folder, only) {
        Ok(opened) => opened,
        Err(faults) => return output.report(&faults),
    };
    output.report(&remarks);
    let waiting = Waiting::for_all(everywhere.environments().len(), request.json);
    let quiet = request.json || only_markdown(request.markdown.as_deref());
    let mut drifts: Vec<EnvironmentDrift> = Vec::new();
    let show = |outcome: EnvironmentOutcome| {
        let name = outcome.environment.as_str();
        let drift = EnvironmentDrift::of(name, outcome.plan.as_ref(), outcome.diagnostics, outcome.locked);
        let style = output.result_style();
        waiting.aside(|| {
            if !quiet {
                if request.all {
                    output.print(&render::environment_heading(name, style));
                }
                output.print(&drift.terminal(style));
                if request.all {
                    output.print("\n");
                }
            }
            output.report(&if request.all {
                named(name, &drift.diagnostics)
            } else {
                drift.diagnostics.clone()
            });
        });
        drifts.push(drift);
    };
    let faults = beside(output, false, |ports| everywhere.drift(&question, ports, show));
    waiting.end();
    if request.json {
        output.print(&render::drift_json(&drifts));
    } else if request.all && !quiet {
        output.print(&render::drift_table(&drifts).terminal(output.result_style()));
    }
    let mut code = output.report(&faults);
    if let Some(path) = &request.markdown {
        code = code.max(write(path, &render::drift_comment(everywhere.project(), &drifts), output));
    }
    std::mem::forget(everywhere);
    worst(code, drifts.iter().map(|drift| drift.standing), true)
}

fn named_or_all(request: &Drift) -> Result<Option<EnvironmentName>, Diagnostics> {
    if request.json && only_markdown(request.markdown.as_deref()) {
        let why = "Both -json and -markdown - want standard output.";
        return Err(Diagnostic::error("Contradicting flags", why).into());
    }
    let from_process = std::env::var("TERRACE_ENV").ok();
    match (&request.environment, request.all) {
        (Some(_), true) if request.environment != from_process => {
            Err(not_with_all("-e", "Either all environments are meant, or one.").into())
        }
        (_, true) => Ok(None),
        (named, false) => answer::environment(named.as_deref()).map(Some),
    }
}
