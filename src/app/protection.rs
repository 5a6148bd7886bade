//! Stands between plan and apply: nothing is applied that the environment's rules do not permit.

use std::path::Path;

use jiff::Timestamp;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::{Checkout, Circumstances, Claims, Definitions, Rule, RuleLine, Rules};
use crate::plan::{Action, Mode, Plan};
use crate::port::{Effect, Outcome, Override, StateStore};
use crate::source;
use crate::state::State;
use crate::value::Name;

use super::fault::store_fault;
use super::run::Session;
use super::state;

/// The consent given for a change, and the time at which it is judged.
#[derive(Clone, Debug)]
pub struct Approval {
    pub claims: Claims,
    /// The reason for overriding rules.
    pub reason: Option<String>,
    pub now: Timestamp,
}

impl Approval {
    /// No consent, as of now.
    pub fn none() -> Self {
        Self { claims: Claims::default(), reason: None, now: Timestamp::now() }
    }
}

/// Proof that one plan may be carried out. Only [`Session::permit`] creates it.
#[derive(Debug)]
pub struct Permit {
    /// The environment and the serial of the plan that it is for.
    plan: (EnvironmentName, u64),
    pub(super) commit: Option<String>,
    pub(super) overrides: Vec<Override>,
}

/// What a person should know before agreeing to a plan.
#[derive(Clone, Debug)]
pub struct Notice {
    pub environment: EnvironmentName,
    /// None if the project declares no environments.
    pub tier: Option<&'static str>,
    pub rules: Vec<RuleLine>,
    /// Whether the environment's name has to be typed to agree.
    pub wants_name: bool,
}

impl Notice {
    /// Where there is nothing to agree to.
    #[must_use]
    pub fn without_rules(&self) -> Self {
        Self { rules: Vec::new(), ..self.clone() }
    }
}

impl Session<'_> {
    /// What a person should know before agreeing to this plan.
    pub fn notice(&self, plan: &Plan, now: Timestamp) -> Notice {
        let rules = self.rules();
        let touches = plan.has_changes() && plan.options.mode != Mode::RefreshOnly;
        Notice {
            environment: rules.environment.clone(),
            tier: rules.tier.map(|tier| tier.word()),
            rules: rules.lines(now),
            wants_name: touches && rules.confirms().is_some(),
        }
    }

    /// Permits a plan to be carried out, if every rule is met or overridden with a reason.
    pub fn permit(&self, plan: &Plan, approval: &Approval) -> Result<Permit, Diagnostics> {
        let rules = self.rules();
        let checkout = source::checkout(self.folder());
        let commit = checkout.as_ref().ok().and_then(Option::as_ref).and_then(Checkout::mark);
        let circumstances = Circumstances { now: approval.now, checkout };
        let verdict = rules.judge(plan, &approval.claims, &circumstances);
        let mut faults: Diagnostics = Diagnostics::new();
        verdict.faults.into_iter().for_each(|fault| faults.push(fault));
        let reason = approval.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let mut overrides = Vec::new();
        match reason {
            Some(reason) => overrides.extend(
                verdict
                    .set_aside
                    .iter()
                    .map(|rule| Override { rule: rule.word().into(), reason: reason.into() }),
            ),
            None if approval.claims.overridden.is_empty() => {}
            None => {
                let why = "A rule is set aside for a reason, which is kept in the history.";
                faults.push(
                    Diagnostic::error("Reason is missing", why).hint("Add --reason \"...\" and say why."),
                );
            }
        }
        if faults.has_errors() {
            return Err(faults);
        }
        Ok(Permit { plan: (plan.origin.environment.clone(), plan.origin.serial), commit, overrides })
    }

    /// Notes in the plan how it changes protection, and reports what the rules say of it, as soon as the plan is made.
    pub(super) fn protect(&self, plan: &mut Plan) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let rules = self.rules();
        if plan.faulty || plan.options.mode == Mode::RefreshOnly {
            return diagnostics;
        }
        plan.protection = rules.changes(plan.options.mode);
        rules
            .unmatched(self.configuration(), Some(self.state()))
            .into_iter()
            .for_each(|one| diagnostics.push(one));
        rules.let_go(plan).into_iter().for_each(|one| diagnostics.push(one));
        // A breach that cannot be overridden is an error already. One that can be is only reported, and decided when
        // the plan is applied.
        for breach in rules.denied(plan) {
            let mut fault = breach.diagnostic;
            if breach.is_overridable {
                fault.severity = crate::diag::Severity::Warning;
                fault = fault.hint("Applying it takes --override deny_destroy --reason \"...\".");
            }
            diagnostics.push(fault);
        }
        diagnostics
    }

    /// Stores the plan's changes of protection before anything is done, so that new objects are protected from the
    /// start.
    pub(super) fn store_protection(&self, plan: &Plan, permit: &Permit) {
        assert!(
            permit.plan == (plan.origin.environment.clone(), plan.origin.serial),
            "a permit is given for a plan, and used for it"
        );
        let effects = plan.protection.iter().map(|(pattern, action)| Effect::Protect {
            pattern: pattern.clone(),
            lifted: *action == Action::Delete,
        });
        let effects: Vec<Effect> = effects.collect();
        if let Some(lease) = self.lease()
            && !effects.is_empty()
        {
            lease.send(Outcome { operation: None, effects });
        }
    }

    fn rules(&self) -> Rules {
        Rules::new(self.environment(), self.chosen(), self.state().protected.clone())
    }
}

/// Refuses to start an environment with an empty state next to a state that no environment declares any more: the
/// environment may have been renamed.
pub(super) async fn refuse_empty_beside_full(
    folder: &Path,
    definitions: Option<&Definitions>,
    store: &dyn StateStore,
    (environment, stored): (&EnvironmentName, &State),
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    if !stored.is_empty() || stored.serial > 0 {
        return diagnostics;
    }
    let known = match store.environments().await {
        Ok(known) => known,
        Err(fault) => return store_fault(&fault).into(),
    };
    let is_declared = |name: &EnvironmentName| match definitions {
        Some(definitions) => {
            name.as_str().starts_with("preview/") || definitions.environment(name.as_str()).is_some()
        }
        None => name.as_str() == EnvironmentName::DEFAULT,
    };
    for other in known.iter().filter(|other| *other != environment && !is_declared(other)) {
        let state = match store.read(other).await {
            Ok(state) => state,
            Err(fault) => return store_fault(&fault).into(),
        };
        if state.resources.is_empty() {
            continue;
        }
        let count = state.instances().count();
        let many = if count == 1 { "1 object".to_owned() } else { format!("{count} objects") };
        let hint = format!(
            "If it is the state of {environment}: terrace state adopt -e {environment} {other}. If it is that of another \
             environment, let that one adopt it."
        );
        // The state of the default environment, from before environments were declared, belongs to one of those
        // declared now.
        let first = other.as_str() == EnvironmentName::DEFAULT || definitions.is_none();
        let (title, rest) = if first {
            ("State was not taken over", "Planning without it would create everything a second time.")
        } else {
            ("State that nobody declares", "Planning without it may create everything a second time.")
        };
        let what = match definitions {
            Some(_) => format!("{other}, which terrace.hcl does not declare"),
            None => format!("{other}, and no terrace.hcl that declares it"),
        };
        let why = format!(
            "The environment {environment} has no state yet, and there is a state of {many} of {what}. {rest}"
        );
        let fault = if first { Diagnostic::error(title, why) } else { Diagnostic::warning(title, why) };
        diagnostics.push(match definitions {
            Some(_) => fault.hint(hint),
            None => fault.hint(format!(
                "Bring terrace.hcl back, or write one that declares it: environment \"{other}\" {{}}. To go on with the \
                 state without: terrace state adopt {other}"
            )),
        });
    }
    if !diagnostics.has_errors()
        && let Err(faults) = state::refuse_first_state(folder, store, environment, is_declared).await
    {
        diagnostics.extend(faults);
    }
    diagnostics
}

/// Parses the rules to override.
pub fn overridden(words: &[String]) -> Result<std::collections::BTreeSet<Rule>, Diagnostics> {
    let mut faults = Diagnostics::new();
    let mut rules = std::collections::BTreeSet::new();
    for word in words {
        match Rule::to_override(word) {
            Ok(rule) => drop(rules.insert(rule)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.has_errors() { Err(faults) } else { Ok(rules) }
}

/// The protected objects of a state, by address, for commands that remove them from it.
pub(super) fn protected<'a>(
    state: &State,
    addresses: impl Iterator<Item = &'a crate::address::AbsoluteInstance>,
) -> Vec<(String, Name)> {
    let patterns: Vec<(&Name, crate::environment::Pattern)> = state
        .protected
        .iter()
        .filter_map(|text| Some((text, crate::environment::Pattern::parse(text).ok()?)))
        .collect();
    let found = addresses.filter_map(|address| {
        let (text, _) = patterns.iter().find(|(_, pattern)| pattern.matches(address))?;
        Some((address.to_string(), (*text).clone()))
    });
    found.collect()
}
