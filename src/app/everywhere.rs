//! Works on all environments of a project side by side. The configuration is read and checked once; each environment
//! has its own inputs, state and plan, and a failure in one does not hold up the others.

use std::path::Path;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{Parts, Signals};
use crate::plan::Plan;
use crate::port::{EventSink, Providers, Provisioner, StateStore};

use super::concurrent::concurrently;
use super::fault::LOCKED;
use super::project::Project;
use super::run::{Ports, Question, Session};

/// A project with all its environments.
pub struct Everywhere {
    project: Arc<Project>,
    names: Vec<EnvironmentName>,
}

/// The access to the outside world that all environments share.
#[derive(Clone, Copy)]
pub struct SharedPorts<'s> {
    pub store: &'s dyn StateStore,
    pub providers: &'s dyn Providers,
    pub provisioner: &'s dyn Provisioner,
    pub signals: &'s Signals,
    /// Makes the receiver of an environment's events.
    pub events: &'s (dyn Fn(&EnvironmentName) -> Box<dyn EventSink + 's> + Sync),
}

/// The outcome for one environment.
pub struct EnvironmentOutcome {
    pub environment: EnvironmentName,
    /// None if it could not be planned.
    pub plan: Option<Plan>,
    pub diagnostics: Diagnostics,
    /// Whether somebody else holds the state lock.
    pub locked: bool,
}

impl Everywhere {
    /// Reads and checks the project, for all of its environments or the one that is named. An error in the project is
    /// an error in every environment.
    pub fn open(folder: &Path, only: Option<EnvironmentName>) -> Result<(Self, Diagnostics), Diagnostics> {
        let (project, diagnostics) = Project::checked(folder, None);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let names = match (only, &project.definitions) {
            (Some(only), _) => vec![only],
            (None, Some(definitions)) => definitions.applicable().map(|one| one.name.clone()).collect(),
            (None, None) => vec![EnvironmentName::default()],
        };
        Ok((Self { project: Arc::new(project), names }, diagnostics))
    }

    /// In the order of their declaration; previews are left out, unless one was named.
    pub fn environments(&self) -> &[EnvironmentName] {
        &self.names
    }

    /// The name of the project.
    pub fn project(&self) -> Option<&str> {
        self.project.name()
    }

    /// Plans each environment as the question says, ignoring the environment in it. Passes the outcomes to `receive` in
    /// the order of the environments.
    pub fn plan(
        &self,
        question: &Question,
        ports: SharedPorts<'_>,
        receive: impl FnMut(EnvironmentOutcome),
    ) -> Diagnostics {
        self.run(question, (Aim::Plan, ports), receive)
    }

    /// Compares each environment's state with the real objects, and changes nothing at all.
    pub fn drift(
        &self,
        question: &Question,
        ports: SharedPorts<'_>,
        receive: impl FnMut(EnvironmentOutcome),
    ) -> Diagnostics {
        let question = Question { lock: false, ..question.clone() };
        self.run(&question, (Aim::Drift, ports), receive)
    }

    fn run(
        &self,
        question: &Question,
        (aim, ports): (Aim, SharedPorts<'_>),
        mut receive: impl FnMut(EnvironmentOutcome),
    ) -> Diagnostics {
        let work = async |name: &EnvironmentName| {
            let question = Question { environment: name.clone(), ..question.clone() };
            outcome_of(Arc::clone(&self.project), question, (aim, ports)).await
        };
        match concurrently(&self.names, work, |_, outcome| receive(outcome)) {
            Ok(()) => Diagnostics::new(),
            Err(error) => Diagnostic::error("Cannot start", format!("The system refused: {error}.")).into(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Plan,
    Drift,
}

async fn outcome_of(
    project: Arc<Project>,
    question: Question,
    (aim, ports): (Aim, SharedPorts<'_>),
) -> EnvironmentOutcome {
    let environment = question.environment.clone();
    let nothing = |diagnostics: Diagnostics| {
        let locked = diagnostics.iter().any(|one| one.summary == LOCKED);
        EnvironmentOutcome { environment: environment.clone(), plan: None, diagnostics, locked }
    };
    if ports.signals.stopped() {
        let why = "The run was interrupted before this environment was planned.";
        return nothing(Diagnostic::error("Interrupted", why).into());
    }
    let events = (ports.events)(&environment);
    let ports = Ports {
        store: ports.store,
        providers: ports.providers,
        provisioner: ports.provisioner,
        events: &*events,
        signals: ports.signals,
        asker: None,
    };
    let (mut session, mut diagnostics) = match Session::open_among(project, question, ports).await {
        Ok(opened) => opened,
        Err(diagnostics) => return nothing(diagnostics),
    };
    let (plan, faults) = match aim {
        Aim::Plan => session.plan().await,
        Aim::Drift => session.sketch(Parts::Examined).await,
    };
    diagnostics.extend(faults);
    if aim == Aim::Drift && !plan.drift.is_empty() {
        diagnostics.extend(session.moved_on().await);
    }
    diagnostics.extend(session.close().await);
    EnvironmentOutcome { plan: Some(plan), ..nothing(diagnostics) }
}
