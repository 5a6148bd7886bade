//! `init`: what was fetched and what is missing, in short lines.

use std::path::Path;
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::app::environment::is_declared;
use crate::app::init::{self, How, Ready, RequiredProvider, Step};
use crate::app::state::{self, Change, Place, Taken};
use crate::diag::Diagnostic;

use super::answer::answer;
use super::arguments::Init;
use super::output::Output;
use super::question::holder;
use super::{ERRORS, FINE};

pub(super) fn run(request: &Init, output: &Output) -> u8 {
    if request.from_module.is_some() {
        let why = "-from-module would copy a module into this directory, which is not supported.";
        let fault = Diagnostic::error("Flag not supported", why)
            .hint("Clone or copy the module yourself, then run terrace init in it.");
        return output.report(&fault.into());
    }
    let report = |fetching: &init::Fetching| {
        let version = fetching.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        output.show(&format!("Fetching {}{version} for {} ...\n", fetching.address, fetching.key));
    };
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let (ready, diagnostics) = init::run(&init::Request {
        folder: Path::new("."),
        modules: request.get,
        upgrade: request.upgrade,
        environment,
        home: std::env::home_dir(),
        report: &report,
    });
    output.show(&summary(&ready));
    let code = output.report(&diagnostics).max(take_over(output));
    if code == FINE {
        let ready = if ready.is_empty {
            "There is no configuration in this directory yet."
        } else {
            "The project is ready."
        };
        output.print(&format!("{ready}\n"));
        return FINE;
    }
    ERRORS
}

/// Takes over the state files that another tool left in the project, and reports it.
fn take_over(output: &Output) -> u8 {
    let (store, holder) = (super::store(), holder("init"));
    let folder = Path::new(".");
    let environment = EnvironmentName::default();
    answer(output, async {
        let place = Place { store: &store, environment: &environment };
        let change = Change { place, holder: &holder, patience: Duration::ZERO, what: "init" };
        let taken = state::take_over(folder, change).await?;
        let lines = taken.iter().map(|taken| {
            format!(
                "State taken over from {} into the environment {}: {} instances, serial {}. The file stays as it is.\n",
                taken.file.strip_prefix(folder).unwrap_or(&taken.file).display(),
                taken.environment,
                taken.instances,
                taken.serial
            )
        });
        Ok(lines.chain(undeclared(folder, &taken)).collect())
    })
}

/// What is to be done about environments that only have a state.
fn undeclared(folder: &Path, taken: &[Taken]) -> Option<String> {
    let names = taken.iter().map(|taken| taken.environment.as_str());
    let names: Vec<&str> =
        names.filter(|name| *name != EnvironmentName::DEFAULT && !is_declared(folder, name)).collect();
    let blocks: Vec<String> = names.iter().map(|name| format!("environment \"{name}\" {{}}")).collect();
    let blocks = blocks.join(" and ");
    (!names.is_empty()).then(|| {
        format!(
            "To go on with {}, declare what is taken over in terrace.hcl: {blocks}\n",
            names.join(" and ")
        )
    })
}

fn summary(ready: &Ready) -> String {
    let mut text = String::new();
    section(&mut text, "Modules", ready.modules.iter().map(module));
    section(&mut text, "Providers", ready.providers.iter().map(provider));
    if let Some(state) = &ready.state {
        let line =
            format!("State stays where it is ({state}) until it is taken over; it was not contacted.\n");
        text.push_str(&line);
    }
    text
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            text.push_str(&format!("{title}:\n"));
        }
        text.push_str(&format!("  {line}\n"));
    }
}

fn module(step: &Step) -> String {
    let Step { key, source, directory, .. } = step;
    let version = step.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    match step.how {
        How::Local => format!("{key}: {directory}"),
        How::Kept => format!("{key}: {source}{version}, already in {directory}"),
        How::Fetched => format!("{key}: {source}{version}, installed in {directory}"),
    }
}

fn provider(required: &RequiredProvider) -> String {
    let name = required.address.short();
    if let Some(release) = required.release {
        return format!("{name}: built in, as {release}");
    }
    let wanted = required.constraints.join(", ");
    let wanted = if wanted.is_empty() { wanted } else { format!(" {wanted}") };
    let meant = required.meant.as_ref().map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    format!("{name}{wanted}: not available yet (this version of terrace cannot download providers){meant}")
}
