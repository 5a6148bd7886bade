//! `envs`, `env show`, `params`, `toggles`: which environments there are, and what each has.

use std::path::Path;

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::environments::{self, View};
use crate::app::parameters::{self, Changed, Wanted};
use crate::app::toggles;
use crate::diag::Diagnostics;
use crate::render;

use super::answer::answer;
use super::arguments::{
    Arguments, Command, Environment, EnvironmentCommand, EnvironmentShow, Environments, Form, Inputs,
    Parameters, ParametersCommand, ParametersSet, Plan, Toggles,
};
use super::output::Output;
use super::question;
use super::{FINE, run};

pub(super) fn environments(request: &Environments, output: &Output) -> u8 {
    answer(output, async {
        let store = super::store();
        let stored = environments::stored(store.environments())?;
        let (given, now) = (question::given(&Inputs::default()), Timestamp::now());
        let view = View { folder: Path::new("."), given: &given, store: &store, stored: &stored, now };
        let (overview, diagnostics) = environments::overview(view).await?;
        output.report(&diagnostics);
        Ok(match request.form {
            Form { json: true, .. } => pretty(&overview.json()),
            Form { markdown: true, .. } => overview.markdown(),
            Form { .. } => overview.terminal(output.result_style(), now),
        })
    })
}

pub(super) fn environment(request: &Environment, output: &Output) -> u8 {
    let EnvironmentCommand::Show(EnvironmentShow { name, inputs, json }) = &request.command;
    let shown = super::preview::facts(name.as_deref()).and_then(|facts| {
        parameters::detail(Path::new("."), &question::given(inputs), name.as_deref(), facts)
    });
    print(shown, output, |detail| match json {
        true => pretty(&detail.json()),
        false => detail.terminal(output.result_style()),
    })
}

pub(super) fn parameters(request: &Parameters, output: &Output) -> u8 {
    if let Some(ParametersCommand::Set(set)) = &request.command {
        return change(set, output);
    }
    let matrix = parameters::matrix(
        Path::new("."),
        &question::given(&Inputs::default()),
        request.environment.as_deref(),
    );
    print(matrix, output, |matrix| match request.form {
        Form { json: true, .. } => pretty(&matrix.json()),
        Form { markdown: true, .. } => matrix.markdown(),
        Form { .. } => matrix.terminal(output.result_style()),
    })
}

pub(super) fn toggles(request: &Toggles, output: &Output) -> u8 {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    print(toggles::toggles(Path::new("."), today), output, |matrix| match request.form {
        Form { json: true, .. } => pretty(&matrix.json()),
        Form { markdown: true, .. } => matrix.markdown(),
        Form { .. } => matrix.terminal(output.result_style()),
    })
}

fn change(request: &ParametersSet, output: &Output) -> u8 {
    let wanted = Wanted {
        environment: request.environment.clone(),
        values: request.values.clone(),
        unset: request.unset.clone(),
        inherit: request.inherit.clone(),
    };
    let changed = match parameters::change(Path::new("."), &question::given(&Inputs::default()), &wanted) {
        Ok(changed) => changed,
        Err(faults) => return output.report(&faults),
    };
    let Changed { file, before, after, environment, inherited_by, diagnostics } = changed;
    match before == after {
        true => output.print(&format!("{file} says so already.\n")),
        false => output.print(&render::unified(&file, &before, &after, output.result_style())),
    }
    if before != after && !inherited_by.is_empty() {
        output.print(&format!("\nThis is inherited by {}.\n", inherited_by.join(", ")));
    }
    output.report(&diagnostics);
    let planned = environment.filter(|_| !request.no_plan);
    match planned.and_then(|environment| plan_of(environment.as_str())) {
        Some(plan) => {
            output.print("\n");
            run::plan(&plan, output)
        }
        None => FINE,
    }
}

/// The request that `terrace plan -e NAME` would be.
fn plan_of(environment: &str) -> Option<Plan> {
    match Arguments::try_parse_from(["terrace", "plan", "-e", environment]).ok()?.command {
        Command::Plan(plan) => Some(plan),
        _ => None,
    }
}

/// Prints a result and its diagnostics; errors among them make the command fail.
fn print<T>(
    found: Result<(T, Diagnostics), Diagnostics>,
    output: &Output,
    text: impl FnOnce(&T) -> String,
) -> u8 {
    match found {
        Ok((found, diagnostics)) => {
            output.print(&text(&found));
            output.report(&diagnostics)
        }
        Err(diagnostics) => output.report(&diagnostics),
    }
}

fn pretty(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}
