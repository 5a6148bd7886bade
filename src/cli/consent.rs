//! Consent to a plan: a "yes", or the name of the environment, or flags given beforehand.

use jiff::Timestamp;

use crate::app::protection::{Approval, Notice, overridden};
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::Claims;
use crate::plan::{Mode, Plan};
use crate::render;

use super::arguments::Consent;
use super::ask;
use super::output::Output;

/// The answer to a request for consent.
pub(super) enum Answer {
    Agreed,
    /// The name that was typed.
    Named(String),
    Refused,
    /// Nobody could be asked.
    Nobody,
}

/// The consent given on the command line.
pub(super) fn approval(request: &Consent) -> Result<Approval, Diagnostics> {
    let overridden = overridden(&request.overrides)?;
    let reason = request.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    if !overridden.is_empty() && reason.is_none() {
        let why = "A rule is set aside for a reason, which is kept in the history.";
        let fault = Diagnostic::error("Reason is missing", why).hint("Add --reason \"...\" and say why.");
        return Err(fault.into());
    }
    if overridden.is_empty() && request.reason.is_some() {
        let why = "--reason says why a rule is set aside, and none is named.";
        return Err(Diagnostic::error("Rule is missing", why).hint("Name it: --override windows").into());
    }
    let claims =
        Claims { confirmed: request.confirm.clone(), allow_destroy: request.allow_destroy, overridden };
    Ok(Approval { claims, reason: reason.map(str::to_owned), now: now() })
}

/// The time by which change windows are open or closed. Tests may set it.
pub(super) fn now() -> Timestamp {
    let given = if cfg!(debug_assertions) { std::env::var("TERRACE_TEST_NOW").ok() } else { None };
    given.and_then(|text| text.parse().ok()).unwrap_or_else(Timestamp::now)
}

/// Asks the person at the terminal.
pub(super) async fn ask(plan: &Plan, notice: &Notice, output: &Output) -> Answer {
    let environment = &notice.environment;
    if notice.wants_name {
        let what = if plan.options.mode == Mode::Destroy {
            "To destroy everything above"
        } else {
            "To do all of this"
        };
        let question = format!("\n{what} in {environment}, type the name of the environment.");
        return match ask::question(&question, output).await.map(|answer| answer.trim().to_owned()) {
            None => Answer::Nobody,
            Some(typed) if typed == environment.as_str() => Answer::Named(typed),
            Some(typed) => {
                if !typed.is_empty() {
                    let typed = render::harmless(&typed);
                    output.print(&format!("\n\"{typed}\" is not the name of {environment}.\n"));
                }
                Answer::Refused
            }
        };
    }
    let what = if plan.options.mode == Mode::Destroy { "destroy everything above" } else { "do all of this" };
    let question = format!("\nShould terrace {what} in {environment}? Only \"yes\" is accepted.");
    match ask::question(&question, output).await {
        Some(answer) if answer.trim() == "yes" => Answer::Agreed,
        _ => Answer::Refused,
    }
}

/// Describes the environment and its rules; empty if the project declares no environments.
pub(super) fn notice_text(notice: &Notice, output: &Output) -> String {
    let Some(tier) = notice.tier else { return String::new() };
    render::rules(&notice.environment, tier, &notice.rules, output.result_style())
}
