//! `plan`, `apply`, `destroy`, `refresh`: what would change, and changing it.

mod outcome;

use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::app;
use crate::app::inputs::Asker;
use crate::app::other_states;
use crate::app::preview::Preview;
use crate::app::protection::{Approval, Notice, Permit};
use crate::app::run::{Ports, Question, Session};
use crate::app::saved;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::engine::{Applied, Signals};
use crate::graph::shared::{MANY, beside};
use crate::plan::{Mode, Plan, format};
use crate::provision;
use crate::render::{self, EnvironmentPlan, Record};

use super::arguments::{Apply, Planning};
use super::ask::{self, Person};
use super::consent::{self, Answer};
use super::output::Output;
use super::progress::{PACE, Progress};
use super::{ERRORS, FINE, everywhere, question, signals};
use outcome::{counts, summary};

/// The exit code for changes, with `-detailed-exitcode`.
const CHANGES: u8 = 2;

/// What to do with a plan once it is made.
struct Intention<'i> {
    planning: &'i Planning,
    mode: Mode,
    /// Whether to carry out the plan; if so, whether it is approved already.
    carry_out: Option<bool>,
    /// The consent given on the command line.
    approval: Approval,
    /// Whether a person may be asked.
    asks: bool,
    operation: &'static str,
    /// Whether to print JSON records.
    json: bool,
    /// Whether the exit code says if there are changes.
    detailed: bool,
    /// Where to save the plan.
    out: Option<&'i Path>,
    /// Where to write it as Markdown.
    markdown: Option<&'i Path>,
    /// Where to write configuration for imported objects.
    generate: Option<&'i Path>,
    /// A saved plan to carry out.
    saved: Option<&'i Plan>,
    /// The preview, if it is about one.
    preview: Option<&'i Preview>,
}

pub(super) fn plan(request: &super::arguments::Plan, output: &Output) -> u8 {
    if request.json && everywhere::only_markdown(request.markdown.as_deref()) {
        return output.fail("Contradicting flags", "Both -json and -markdown - want standard output.");
    }
    let intention = Intention {
        planning: &request.planning,
        mode: request.kind.mode(),
        carry_out: None,
        approval: Approval::none(),
        asks: false,
        operation: "plan",
        json: request.json,
        detailed: request.detailed_exitcode,
        out: request.out.as_deref(),
        markdown: request.markdown.as_deref(),
        generate: request.generate_config_out.as_deref(),
        saved: None,
        preview: None,
    };
    run(&intention, output)
}

pub(super) fn apply(request: &Apply, output: &Output) -> u8 {
    changing(request, request.kind.mode(), (request.auto_approve, None), "apply", output)
}

pub(super) fn destroy(request: &Apply, output: &Output) -> u8 {
    if request.kind.refresh_only {
        let why =
            "destroy plans to destroy everything, and -refresh-only asks for a plan that touches nothing.";
        return output.fail("Contradicting flags", why);
    }
    changing(request, Mode::Destroy, (request.auto_approve, None), "destroy", output)
}

pub(super) fn refresh(request: &Apply, output: &Output) -> u8 {
    if request.kind.destroy {
        let why = "refresh touches nothing, and -destroy asks for a plan that destroys everything.";
        return output.fail("Contradicting flags", why);
    }
    changing(request, Mode::RefreshOnly, (true, None), "refresh", output)
}

/// Brings up or takes down a preview.
pub(super) fn of_preview(
    request: &Apply,
    preview: &Preview,
    mode: Mode,
    operation: &'static str,
    output: &Output,
) -> u8 {
    changing(request, mode, (request.auto_approve, Some(preview)), operation, output)
}

fn changing(
    request: &Apply,
    mode: Mode,
    (approved, preview): (bool, Option<&Preview>),
    operation: &'static str,
    output: &Output,
) -> u8 {
    let planning = &request.planning;
    let json = request.json;
    let approval = match consent::approval(&request.consent) {
        Ok(approval) => approval,
        Err(faults) => return refuse(&faults, json, output),
    };
    let asks = !approved && approval.claims.confirmed.is_none() && !json && ask::welcome(planning.input);
    let approved = approved || approval.claims.confirmed.is_some();
    // Saving a plan counts as approving it.
    if json && !approved && request.plan.is_none() {
        let why = "With -json nobody can be asked, so -auto-approve or a saved plan is needed.";
        return refuse(&Diagnostic::error("Consent is missing", why).into(), json, output);
    }
    if request.plan.is_none() && !approved && !ask::welcome(planning.input) {
        let why = "With -input=false (or TF_INPUT=0) nothing is asked, so nobody can approve the plan.";
        let fault = Diagnostic::error("Consent is missing", why)
            .hint("Approve it with -auto-approve, or save a plan with terrace plan -out and apply that.");
        return refuse(&fault.into(), json, output);
    }
    let mut intention = Intention {
        planning,
        mode,
        carry_out: Some(approved),
        approval,
        asks,
        operation,
        json,
        detailed: false,
        out: None,
        markdown: None,
        generate: None,
        saved: None,
        preview,
    };
    let Some(path) = &request.plan else { return run(&intention, output) };
    let loaded = saved::load(path).map_err(|fault| super::show::or_environment(fault, path, operation));
    let plan = match loaded.and_then(|plan| suits(request, plan, mode)) {
        Ok(plan) => plan,
        Err(fault) => return refuse(&fault.into(), json, output),
    };
    intention.mode = plan.options.mode;
    intention.saved = Some(&plan);
    run(&intention, output)
}

/// Reports why nothing was begun.
pub(super) fn refuse(faults: &Diagnostics, json: bool, output: &Output) -> u8 {
    let progress = Progress::new(output, json);
    progress.record(Record::Version);
    progress.report(faults)
}

/// A saved plan has decided everything; nothing else can be asked for with it.
fn suits(request: &Apply, plan: Plan, mode: Mode) -> Result<Plan, Diagnostic> {
    if mode != Mode::Normal
        && !request.kind.destroy
        && !request.kind.refresh_only
        && plan.options.mode != mode
    {
        let why =
            "What a saved plan does was decided when it was made, and this one was made for something else.";
        return Err(Diagnostic::error("Plan of another kind", why).hint("Carry it out with terrace apply."));
    }
    let planning = &request.planning;
    let decided = [
        ("-target", !planning.target.is_empty()),
        ("-exclude", !planning.exclude.is_empty()),
        ("-replace", !planning.replace.is_empty()),
        ("-destroy", request.kind.destroy),
        ("-refresh-only", request.kind.refresh_only),
    ];
    if let Some((flag, _)) = decided.iter().find(|(_, given)| *given) {
        let why = format!("{flag} is decided when a plan is made, and this one is made already.");
        return Err(Diagnostic::error("Saved plan cannot be changed", why));
    }
    if let Some(named) = &planning.environment
        && *named != plan.origin.environment.as_str()
    {
        let why =
            format!("The plan is for the environment {}, and {named} was named.", plan.origin.environment);
        let hint = format!("To change {named}, plan it: terrace plan -e {named}");
        return Err(Diagnostic::error("Plan of another environment", why).hint(hint));
    }
    Ok(plan)
}

fn run(intention: &Intention<'_>, output: &Output) -> u8 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return output.fail("Cannot start", &format!("The system refused: {error}.")),
    };
    let code = runtime.block_on(walk(intention, output));
    // Tasks that still block were cancelled; they must not delay the exit.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn walk(intention: &Intention<'_>, output: &Output) -> u8 {
    let question = match question(intention) {
        Ok(question) => question,
        Err(faults) => return refuse(&faults, intention.json, output),
    };
    let (asked, signals) = (signals::ask(), Signals::default());
    signals::guard();
    let progress = Progress::new(output, intention.json).watched();
    let watch = async {
        loop {
            tokio::time::sleep(PACE).await;
            progress.tick();
        }
    };
    tokio::select! {
        biased;
        code = changed(intention, question, &signals, &progress, output) => code,
        () = signals::listen(asked, &signals, &progress) => {
            progress.finish();
            Reporter { intention, output, progress: &progress, signals: &signals }.report(&Diagnostic::error("Interrupted", signals::INTERRUPTED).into())
        }
        () = watch => unreachable!("the watch never ends"),
    }
}

async fn changed(
    intention: &Intention<'_>,
    question: Question,
    signals: &Signals,
    progress: &Progress<'_>,
    output: &Output,
) -> u8 {
    let store = super::store();
    let (providers, provisioner) = (other_states::providers(), provision::Provisioners);
    let asks = !intention.json && ask::welcome(intention.planning.input);
    let person = if asks { Person::present(output) } else { None };
    let ports = Ports {
        store: &store,
        providers: &providers,
        provisioner: &provisioner,
        events: progress,
        signals,
        asker: person.as_ref().map(|person| person as &dyn Asker),
    };
    let reporter = Reporter { intention, output, progress, signals };
    progress.record(Record::Version);
    let mut written = None;
    if let Some(path) = intention.generate {
        let (blocks, faults) = Session::write_configuration(&question, ports, path).await;
        if reporter.report(&faults) != FINE {
            return ERRORS;
        }
        written = Some(blocks);
    }
    let environment = question.environment.clone();
    let opened = match intention.saved {
        Some(plan) => Session::open_saved(question, plan, ports).await,
        None if intention.carry_out.is_none() => Session::open_to_plan(question, ports).await,
        None => Session::open(question, ports).await,
    };
    let (mut session, diagnostics) = match opened {
        Ok(opened) => opened,
        Err(diagnostics) => {
            reporter.write_markdown(&environment, None, None, &diagnostics);
            return reporter.report(&diagnostics);
        }
    };
    if let Some(written) = written {
        session.note_written(written);
    }
    let code = reporter.planned(&session, diagnostics).await;
    progress.finish();
    let closed = reporter.report(&session.close().await);
    // The process is about to end, and the system frees all its memory at once.
    std::mem::forget(session);
    if code == FINE { closed } else { code }
}

/// Reports what becomes of a plan.
struct Reporter<'v> {
    intention: &'v Intention<'v>,
    output: &'v Output,
    progress: &'v Progress<'v>,
    signals: &'v Signals,
}

impl Reporter<'_> {
    async fn planned(&self, session: &Session<'_>, diagnostics: Diagnostics) -> u8 {
        if let Some(plan) = self.intention.saved {
            self.report(&diagnostics);
            if self.intention.json {
                render::work_records(plan).for_each(|record| self.progress.record(record));
            }
            let notice = session.notice(plan, consent::now());
            // Whoever saved it has read it; only the environment's name may still be asked for.
            let asks = notice.wants_name && self.intention.asks;
            if asks {
                self.output.print(&consent::notice_text(&notice, self.output));
            }
            return self.agreed(session, plan, &notice, asks).await;
        }
        let (plan, more) = session.plan().await;
        // Never dropped, like the session.
        let plan = ManuallyDrop::new(plan);
        let mut diagnostics = superseded(diagnostics, &more);
        diagnostics.extend(more);
        let mut file = None;
        if (!diagnostics.has_errors() || plan.is_partial())
            && !everywhere::only_markdown(self.intention.markdown)
        {
            if !plan.faulty && self.intention.out.is_some() && plan.changes.len() >= MANY {
                file = Some(beside(|| self.show(&plan), || format::write(&plan)).1);
            } else {
                self.show(&plan);
            }
            // A blank line separates the plan from the diagnostics.
            if !diagnostics.is_empty() && !self.intention.json {
                self.output.print("\n");
            }
        }
        let written =
            self.write_markdown(&plan.origin.environment, session.project_name(), Some(&plan), &diagnostics);
        if self.report(&diagnostics).max(written) != FINE {
            return ERRORS;
        }
        let changes = plan.has_changes();
        let notice = session.notice(&plan, consent::now());
        if !self.intention.json && !everywhere::only_markdown(self.intention.markdown) {
            // Rules are for what is about to be done; which environment it is, is said in any case.
            let notice = if changes { notice.clone() } else { notice.without_rules() };
            self.output.print(&consent::notice_text(&notice, self.output));
        }
        if let Some(path) = self.intention.out {
            let file = file.unwrap_or_else(|| format::write(&plan));
            if let Err(fault) = session.save(&file, path) {
                return self.report(&fault.into());
            }
            if !self.intention.json {
                let path = path.display().to_string();
                let path = render::harmless(&path);
                self.output.print(&format!(
                    "\nThe plan is saved in {path}. To do just this: terrace apply {path}\n"
                ));
            }
        }
        let Some(approved) = self.intention.carry_out else {
            return if self.intention.detailed && changes { CHANGES } else { FINE };
        };
        self.agreed(session, &plan, &notice, changes && !approved).await
    }

    /// Writes the Markdown for a review, if asked to.
    fn write_markdown(
        &self,
        environment: &EnvironmentName,
        project: Option<&str>,
        plan: Option<&Plan>,
        diagnostics: &Diagnostics,
    ) -> u8 {
        let Some(path) = self.intention.markdown else { return FINE };
        let plan = EnvironmentPlan::of(environment.as_str(), plan, diagnostics.clone(), (false, true));
        everywhere::write(path, &render::plan_comment(project, &[plan]), self.output)
    }

    /// Asks for consent if needed, and carries out the plan if it is permitted.
    async fn agreed(&self, session: &Session<'_>, plan: &Plan, notice: &Notice, asks: bool) -> u8 {
        let mut approval = self.intention.approval.clone();
        if asks {
            // What no answer could change is reported before anybody is asked.
            if !notice.rules.is_empty() {
                let mut named = approval.clone();
                named.claims.confirmed.get_or_insert_with(|| notice.environment.to_string());
                if let Err(faults) = session.permit(plan, &Approval { now: consent::now(), ..named }) {
                    return self.refused(&faults, asks);
                }
            }
            let answer = tokio::select! {
                answer = consent::ask(plan, notice, self.output) => answer,
                () = self.signals.until_stopped() => Answer::Refused,
            };
            match answer {
                Answer::Agreed | Answer::Nobody => {}
                Answer::Named(typed) => approval.claims.confirmed = Some(typed),
                Answer::Refused => {
                    let what = if plan.options.mode == Mode::Destroy { "Destroy" } else { "Apply" };
                    self.output.print(&format!("\n{what} cancelled.\n"));
                    return ERRORS;
                }
            }
        }
        match session.permit(plan, &Approval { now: consent::now(), ..approval }) {
            Ok(permit) => self.carry_out(session, plan, permit).await,
            Err(faults) => self.refused(&faults, asks),
        }
    }

    /// Says what the rules object to, apart from the plan and the rules that were shown before.
    fn refused(&self, faults: &Diagnostics, asks: bool) -> u8 {
        if !self.intention.json && (asks || self.intention.saved.is_none()) {
            self.output.print("\n");
        }
        self.report(faults)
    }

    async fn carry_out(&self, session: &Session<'_>, plan: &Plan, permit: Permit) -> u8 {
        if !self.intention.json && plan.has_changes() {
            self.output.print("\n");
        }
        signals::applying();
        let (applied, diagnostics) = session.apply(plan, permit).await;
        self.progress.finish();
        self.print_outcome(&applied, diagnostics.has_errors());
        self.report(&diagnostics)
    }

    fn show(&self, plan: &Plan) {
        if self.intention.json {
            if !self.only_takes_over() {
                render::plan_records(plan).into_iter().for_each(|record| self.progress.record(record));
            }
        } else {
            self.output.print_all(render::terminal_plan(plan, self.output.result_style()));
        }
    }

    /// Whether only the state is updated, so that `-json` reports no plan, as Terraform's refresh.
    fn only_takes_over(&self) -> bool {
        self.intention.operation == "refresh"
    }

    /// Reports what was done, and after a failure, what was not.
    fn print_outcome(&self, applied: &Applied, failed: bool) {
        if self.intention.json {
            if !failed {
                // `apply` reports its work as applied, even that of a destroy plan.
                let destroyed = self.intention.mode == Mode::Destroy && self.intention.operation != "apply";
                let operation = if destroyed { render::Operation::Destroy } else { render::Operation::Apply };
                if !self.only_takes_over() {
                    self.progress.record(Record::Summary { counts: counts(applied), operation });
                }
                if !destroyed {
                    self.progress.record(Record::Outputs(&applied.outputs));
                }
            }
        } else {
            self.output.print(&summary(applied, self.intention.mode, failed));
        }
    }

    fn report(&self, diagnostics: &Diagnostics) -> u8 {
        self.progress.report(diagnostics)
    }
}

/// The diagnostics from before planning, without warnings that planning has since reported as errors.
fn superseded(known: Diagnostics, found: &Diagnostics) -> Diagnostics {
    let is_there = |suspected: &Diagnostic| {
        if suspected.severity == Severity::Error || suspected.subject.is_none() {
            return false;
        }
        let mut errors = found.iter().filter(|fault| fault.severity == Severity::Error);
        errors.any(|fault| fault.summary == suspected.summary && fault.subject == suspected.subject)
    };
    let mut left = Diagnostics::new();
    left.extend(known.into_iter().filter(|known| !is_there(known)));
    left
}

fn question(intention: &Intention<'_>) -> Result<Question, Diagnostics> {
    let planning = intention.planning;
    let environment = match intention.saved {
        Some(plan) => plan.origin.environment.clone(),
        None => match intention.preview {
            Some(preview) => app::preview::environment(&preview.record.facts.slug),
            None => super::answer::environment(planning.environment.as_deref())?,
        },
    };
    let question = question::of_all(planning, intention.mode, intention.operation)?;
    let preview = intention.preview.cloned();
    let given = match preview.as_ref().and_then(|preview| preview.kept.as_ref()) {
        Some(kept) => kept.given(question.given),
        None => question.given,
    };
    Ok(Question { environment, preview, given, ..question })
}
