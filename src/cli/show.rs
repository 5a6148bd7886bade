//! `show`, `output`, `taint`, `untaint`: what is stored.

use std::path::Path;

use crate::app::environment::is_declared;
use crate::app::saved::Either;
use crate::app::state::{Change, Place, taint as mark};
use crate::app::{inspect, saved};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::plan::Plan;
use crate::provider::Registry;
use crate::render;
use crate::state::{State, Status};

use super::answer::{answer, environment};
use super::arguments::{Outputs, Show, Taint};
use super::output::Output;
use super::question;

pub(super) fn show(request: &Show, output: &Output) -> u8 {
    answer(output, async {
        if let Some(path) = &request.plan {
            let either = saved::load_either(path);
            return match either.map_err(|faults| of_environment(faults, path, "show"))? {
                Either::Plan(plan) => saved_plan(&plan, request.json, output),
                Either::State(state) => {
                    Ok(shown(&state, &format!("in {}", path.display()), request.json, output).await)
                }
            };
        }
        let environment = environment(request.environment.as_deref())?;
        let store = super::store();
        let state = inspect::state(&store, &environment).await?;
        Ok(shown(&state, &format!("of {environment}"), request.json, output).await)
    })
}

/// A state in the form that was asked for. `whose` says whose state it is.
async fn shown(state: &State, whose: &str, json: bool, output: &Output) -> String {
    let schemas = inspect::schemas(&Registry::default(), state).await;
    if json {
        return render::json_state(state, &schemas) + "\n";
    }
    if state.is_empty() {
        return format!("The state {} is empty.\n", render::harmless(whose));
    }
    render::terminal_state(state, &schemas, output.result_style())
}

/// A saved plan, as it was shown when it was made.
fn saved_plan(plan: &Plan, json: bool, output: &Output) -> Result<String, Diagnostics> {
    if json {
        let configuration = inspect::configuration(Path::new("."))?;
        return Ok(render::json_plan(plan, &configuration, &plan.time) + "\n");
    }
    Ok(render::terminal_plan(plan, output.result_style()).collect())
}

/// [`or_environment`] for a whole set of diagnostics.
fn of_environment(faults: Diagnostics, path: &Path, command: &str) -> Diagnostics {
    let mut told = Diagnostics::new();
    told.extend(faults.into_iter().map(|fault| or_environment(fault, path, command)));
    told
}

/// Where an environment's name was given in place of a plan file, adds the hint that its flag was forgotten.
pub(super) fn or_environment(fault: Diagnostic, path: &Path, command: &str) -> Diagnostic {
    match path.to_str().filter(|name| !path.exists() && is_declared(Path::new("."), name)) {
        Some(name) => fault.hint(format!("{name} is an environment: terrace {command} -e {name}")),
        None => fault,
    }
}

pub(super) fn outputs(request: &Outputs, output: &Output) -> u8 {
    answer(output, async {
        let environment = environment(request.environment.as_deref())?;
        let state = inspect::state(&super::store(), &environment).await?;
        let Some(name) = &request.name else {
            if request.json {
                return Ok(render::outputs_json(&state.outputs));
            }
            if request.raw {
                let why = "-raw prints one output, which has to be named.";
                return Err(Diagnostic::error("Output name is missing", why).into());
            }
            if state.outputs.is_empty() {
                let why = format!(
                    "The state of {environment} has no outputs: none are declared, or nothing has been applied yet."
                );
                return Err(Diagnostic::warning("No outputs", why).into());
            }
            return Ok(render::outputs(&state.outputs));
        };
        let Some(found) = state.outputs.get(name.as_str()) else {
            let why = format!("The state of {environment} has no output \"{name}\".");
            let known = state.outputs.keys().map(AsRef::as_ref);
            return Err(Diagnostic::error("No such output", why).suggest(name, known).into());
        };
        if request.json {
            return Ok(render::output_json(found));
        }
        if request.raw {
            return render::output_raw(found).ok_or_else(|| {
                let why =
                    format!("-raw prints strings, numbers and booleans, and \"{name}\" is none of these.");
                Diagnostic::error("Output cannot be printed raw", why).hint("Use -json.").into()
            });
        }
        Ok(render::output(found))
    })
}

pub(super) fn taint(request: &Taint, output: &Output) -> u8 {
    marked(request, "taint", Status::Tainted, output)
}

pub(super) fn untaint(request: &Taint, output: &Output) -> u8 {
    marked(request, "untaint", Status::Ready, output)
}

fn marked(request: &Taint, operation: &str, status: Status, output: &Output) -> u8 {
    answer(output, async {
        let environment = environment(request.environment.as_deref())?;
        let (store, holder) = (super::store(), question::holder(operation));
        let change = Change {
            place: Place { store: &store, environment: &environment },
            holder: &holder,
            patience: question::patience(request.locking.lock_timeout.as_deref())?,
            what: &format!("{operation} {}", request.address),
        };
        let missing = if request.allow_missing { Severity::Warning } else { Severity::Error };
        let address = mark(change, &request.address, status, missing).await?;
        Ok(match status {
            Status::Tainted => format!("{address} will be replaced by the next apply.\n"),
            Status::Ready => format!("{address} is no longer tainted.\n"),
        })
    })
}
