//! Takes the lease on a state: at the start of a session, or only once a plan is applied.

use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{Lease, Opened, StoreFault};
use crate::state::State;

use super::super::fault::store_fault;
use super::super::state::content;
use super::{Ports, Question, Session};

impl Session<'_> {
    /// The lease. If the session was opened without it, it is taken now, and the state is compared with the one that
    /// was planned from. So `-lock=false` may lose a race, but never overwrites what somebody else did.
    pub(in crate::app) async fn hold(&self) -> Result<Arc<dyn Lease>, Diagnostics> {
        if let Some(lease) = self.lease.get() {
            return Ok(Arc::clone(lease));
        }
        let environment = &self.question.environment;
        let Some(opened) = take(&self.question, self.ports).await else { return Err(interrupted().into()) };
        let Opened { lease, state, intents } = opened.map_err(|fault| store_fault(&fault))?;
        let left = intents.iter().any(|intent| !self.left.contains(&intent.operation));
        let refused = if !same(&state, &self.stored) {
            let why = format!(
                "The state of {environment} was read without its lock, and somebody has changed it since. Nothing was done."
            );
            Some(Diagnostic::error("State has changed meanwhile", why).hint("Run the same again."))
        } else if left {
            let why = format!(
                "A run in {environment} was interrupted. What it left can only be settled by a run that holds the \
                 lock from the start."
            );
            Some(Diagnostic::error("State is not settled", why).hint("Run the same without -lock=false."))
        } else {
            None
        };
        if let Some(refused) = refused {
            let mut faults = Diagnostics::from(refused);
            faults.extend(lease.release().await.err().map(|fault| store_fault(&fault)));
            return Err(faults);
        }
        Ok(Arc::clone(self.lease.get_or_init(|| lease)))
    }
}

/// Takes the lease, waiting for another holder as long as the question says; `None` if the wait was interrupted.
pub(super) async fn take(question: &Question, ports: Ports<'_>) -> Option<Result<Opened, StoreFault>> {
    tokio::select! {
        biased;
        opened = ports.store.open(&question.environment, &question.holder, question.patience) => Some(opened),
        () = ports.signals.until_stopped() => None,
    }
}

pub(super) fn interrupted() -> Diagnostic {
    let why = "The run was interrupted before it had the state. Nothing was changed.";
    Diagnostic::error("Interrupted", why)
}

/// The error for saving a plan that was made while somebody was changing the state: it would seem to be made from the
/// state after that change.
pub(super) fn moving(environment: &EnvironmentName) -> Diagnostic {
    let why = format!(
        "Somebody was changing the state of {environment} while it was read without its lock, or was interrupted \
         while changing it. A plan from such a state could never be applied."
    );
    Diagnostic::error("Plan not saved", why)
        .hint("Plan without -lock=false; -lock-timeout=5m waits for them.")
}

/// Whether two states are equal. A state that was never written has no lineage of its own yet, so lineage is ignored
/// there.
fn same(now: &State, then: &State) -> bool {
    let lineage = then.lineage.is_empty() || now.lineage == then.lineage;
    lineage && now.serial == then.serial && now.protected == then.protected && content(now) == content(then)
}
