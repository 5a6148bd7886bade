//! `plan --all`, and what it shares with `drift`: environments side by side.

use std::io::IsTerminal;
use std::path::Path;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::Notify;

use crate::address::EnvironmentName;
use crate::app::everywhere::{EnvironmentOutcome, Everywhere, SharedPorts};
use crate::app::inputs::Said;
use crate::app::other_states;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::Signals;
use crate::port::{Event, EventSink};
use crate::provision;
use crate::render::{self, EnvironmentPlan, Record, Standing};

use super::arguments::Plan;
use super::output::Output;
use super::progress::Progress;
use super::{ERRORS, FINE, question, signals};

/// The exit code for changes, with `-detailed-exitcode`.
const FOUND: u8 = 2;

pub(super) fn plan(request: &Plan, output: &Output) -> u8 {
    if let Some(fault) = unsuited(request) {
        return output.report(&fault.into());
    }
    let question = match question::of_all(&request.planning, request.kind.mode(), "plan") {
        Ok(question) => question,
        Err(fault) => return output.report(&fault.into()),
    };
    let progress = Progress::new(output, request.json);
    progress.record(Record::Version);
    let (everywhere, remarks) = match Everywhere::open(&question.folder, None) {
        Ok(opened) => opened,
        Err(faults) => {
            // The reviewer should see that nothing could be planned.
            if let Some(path) = &request.markdown {
                let plan = EnvironmentPlan::of("every environment", None, faults.clone(), (false, false));
                write(path, &render::plan_comment(None, &[plan]), output);
            }
            return progress.report(&faults);
        }
    };
    progress.report(&remarks);
    let waiting = Waiting::for_all(everywhere.environments().len(), request.json);
    let details = !request.summary && !only_markdown(request.markdown.as_deref());
    let mut plans: Vec<EnvironmentPlan> = Vec::new();
    let show = |outcome: EnvironmentOutcome| {
        let name = outcome.environment.as_str();
        let told = Progress::among(output, request.json, name);
        let is_fine = !outcome.diagnostics.has_errors();
        let shown = outcome.plan.as_ref().filter(|plan| is_fine || plan.is_partial());
        if let Some(plan) = shown.filter(|_| request.json) {
            render::plan_records(plan).into_iter().for_each(|record| told.record(record));
        }
        let circumstances = (outcome.locked, request.markdown.is_some());
        let plan = EnvironmentPlan::of(name, outcome.plan.as_ref(), outcome.diagnostics, circumstances);
        waiting.aside(|| {
            if details && !request.json {
                let style = output.result_style();
                output.print(&render::environment_heading(name, style));
                if let Some(planned) = shown {
                    output.print_all(render::terminal_plan(planned, style));
                }
                output.print("\n");
            }
            told.report(&named(name, &plan.diagnostics));
        });
        plans.push(plan);
    };
    let faults = beside(output, request.json, |ports| everywhere.plan(&question, ports, show));
    waiting.end();
    if request.json {
        progress.record(Record::Environments(&plans));
    } else if !only_markdown(request.markdown.as_deref()) {
        output.print(&render::environments_table(&plans).terminal(output.result_style()));
    }
    let mut code = progress.report(&faults);
    if let Some(path) = &request.markdown {
        code = code.max(write(path, &render::plan_comment(everywhere.project(), &plans), output));
    }
    // Freeing a large project takes time, and the process ends with this command anyway.
    std::mem::forget(everywhere);
    worst(code, plans.iter().map(|plan| plan.standing), request.detailed_exitcode)
}

/// The exit code for all environments together: errors take precedence over changes.
pub(super) fn worst(
    code: u8,
    mut standings: impl Iterator<Item = Standing> + Clone,
    tells_changes: bool,
) -> u8 {
    if code != FINE {
        return code;
    }
    if standings.clone().any(Standing::is_fault) {
        return ERRORS;
    }
    if tells_changes && standings.any(|one| one == Standing::Changes) { FOUND } else { FINE }
}

/// Writes a text for a review to a file, or to standard output for `-`.
pub(super) fn write(path: &Path, text: &str, output: &Output) -> u8 {
    if path == Path::new("-") {
        output.print(text);
        return FINE;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text)) {
        Ok(()) => FINE,
        Err(error) => {
            output.fail("Markdown not written", &format!("Writing {} failed: {error}.", path.display()))
        }
    }
}

/// Whether standard output is for Markdown alone.
pub(super) fn only_markdown(path: Option<&Path>) -> bool {
    path == Some(Path::new("-"))
}

/// Refuses flags that make no sense for several environments at once.
fn unsuited(request: &Plan) -> Option<Diagnostic> {
    let planning = &request.planning;
    let flags = [
        ("-out", request.out.is_some(), "A saved plan is for one environment."),
        (
            "-generate-config-out",
            request.generate_config_out.is_some(),
            "Configuration is generated for the imports of one environment.",
        ),
        (
            "-replace",
            !planning.replace.is_empty(),
            "Replace objects in one environment at a time, to see that each comes back.",
        ),
    ];
    if let Some((flag, _, why)) = flags.into_iter().find(|(_, given, _)| *given) {
        return Some(not_with_all(flag, why));
    }
    // TERRACE_ENV is a default for commands on one environment, so it does not contradict -all.
    let from_process = std::env::var("TERRACE_ENV").ok();
    if planning.environment.is_some() && planning.environment != from_process {
        return Some(not_with_all("-e", "Either all environments are meant, or one."));
    }
    if request.json && only_markdown(request.markdown.as_deref()) {
        let why = "Both -json and -markdown - want standard output.";
        return Some(Diagnostic::error("Contradicting flags", why).hint("Name a file for the Markdown."));
    }
    refuse_inputs(true, &planning.inputs)
}

pub(super) fn refuse_inputs(all: bool, inputs: &super::arguments::Inputs) -> Option<Diagnostic> {
    let flag = match inputs.said.first().filter(|_| all)? {
        Said::Variable(_) => "-var",
        Said::File(_) => "-var-file",
    };
    let why = "It would give the same value to every environment, overriding what terrace.hcl says of each.";
    Some(not_with_all(flag, why).hint("Write the value into terrace.hcl, or name one environment with -e."))
}

pub(super) fn not_with_all(flag: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Flag not possible with -all",
        format!("{flag} is not possible together with -all. {why}"),
    )
}

/// Names the environment in each diagnostic.
pub(super) fn named(environment: &str, faults: &Diagnostics) -> Diagnostics {
    let mut faults = faults.clone();
    for fault in faults.iter_mut() {
        fault.address = Some(match fault.address.take() {
            Some(address) => format!("{environment}: {address}"),
            None => format!("environment {environment}"),
        });
    }
    faults
}

/// Does work with the store, the providers and the rest of the outside world, and handles signals meanwhile.
pub(super) fn beside(
    output: &Output,
    json: bool,
    work: impl FnOnce(SharedPorts<'_>) -> Diagnostics,
) -> Diagnostics {
    let (store, providers, provisioner) =
        (super::store(), other_states::providers(), provision::Provisioners);
    let (signals, done) = (Signals::default(), Notify::new());
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return Diagnostic::error("Cannot start", format!("The system refused: {error}.")).into();
        }
    };
    let asked = {
        let _entered = runtime.enter();
        signals::ask()
    };
    let events = |environment: &EnvironmentName| -> Box<dyn EventSink + '_> {
        match json {
            true => Box::new(Progress::among(output, true, environment.as_str())),
            false => Box::new(Silence),
        }
    };
    let ports = SharedPorts {
        store: &store,
        providers: &providers,
        provisioner: &provisioner,
        signals: &signals,
        events: &events,
    };
    thread::scope(|scope| {
        let (signals, done) = (&signals, &done);
        scope.spawn(move || {
            runtime.block_on(async {
                let progress = Progress::new(output, json);
                tokio::select! {
                    () = done.notified() => {}
                    () = signals::listen(asked, signals, &progress) => {
                        let why = "Running operations could not be cancelled in time. Nothing was changed.";
                        progress.report(&Diagnostic::error("Interrupted", why).into());
                        std::process::exit(i32::from(ERRORS));
                    }
                }
            });
            runtime.shutdown_timeout(Duration::ZERO);
        });
        let faults = work(ports);
        done.notify_one();
        faults
    })
}

/// Shows on a terminal how many environments are done, below what was printed of them.
pub(super) struct Waiting(ProgressBar);

impl Waiting {
    pub(super) fn for_all(environments: usize, json: bool) -> Self {
        let is_seen = !json && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let target = if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(environments as u64), target);
        let style = ProgressStyle::with_template("{pos} of {len} environments looked at, {elapsed}");
        bar.set_style(style.expect("the template is ours"));
        if is_seen {
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        Self(bar)
    }

    /// Prints what there is to say of one environment, above the bar.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        self.0.suspend(print);
        self.0.inc(1);
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Reports nothing: with many environments at once, progress lines would be unreadable.
struct Silence;

impl EventSink for Silence {
    fn event(&self, _: Event) {}
}
