//! All environments of a project side by side. What they share is read and checked once; each has its own inputs, its own
//! state and its own plan, and one that fails holds up none of the others.

use std::path::Path;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{Parts, Signals};
use crate::plan::Plan;
use crate::port::{EventSink, Providers, Provisioner, StateStore};

use super::abreast::abreast;
use super::fault::LOCKED;
use super::project::Project;
use super::run::{Doors, Question, Session};

/// A project with all its environments.
pub struct Everywhere {
    project: Arc<Project>,
    names: Vec<EnvironmentName>,
}

/// The doors to the world that all of them share.
#[derive(Clone, Copy)]
pub struct Surroundings<'s> {
    pub store: &'s dyn StateStore,
    pub providers: &'s dyn Providers,
    pub provisioner: &'s dyn Provisioner,
    pub signals: &'s Signals,
    /// Who hears what happens in an environment.
    pub events: &'s (dyn Fn(&EnvironmentName) -> Box<dyn EventSink + 's> + Sync),
}

/// What came of looking at one environment.
pub struct Prospect {
    pub environment: EnvironmentName,
    /// None where it did not come to a plan.
    pub plan: Option<Plan>,
    pub diagnostics: Diagnostics,
    /// Somebody else has the state.
    pub locked: bool,
}

impl Everywhere {
    /// Reads and checks the project, for all of its environments or the one that is named. What is wrong with the project
    /// is wrong with every environment.
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

    /// In the order in which they were declared; of previews none but one that was named.
    pub fn environments(&self) -> &[EnvironmentName] {
        &self.names
    }

    /// What the project calls itself.
    pub fn project(&self) -> Option<&str> {
        self.project.name()
    }

    /// Plans each environment as the question says, whose own environment is of no account. What comes of them is told in
    /// their order.
    pub fn plan(
        &self,
        question: &Question,
        surroundings: Surroundings<'_>,
        tell: impl FnMut(Prospect),
    ) -> Diagnostics {
        self.look(question, (Aim::Plan, surroundings), tell)
    }

    /// Holds each environment against the world, and changes nothing at all.
    pub fn drift(
        &self,
        question: &Question,
        surroundings: Surroundings<'_>,
        tell: impl FnMut(Prospect),
    ) -> Diagnostics {
        let question = Question { lock: false, ..question.clone() };
        self.look(&question, (Aim::Drift, surroundings), tell)
    }

    fn look(
        &self,
        question: &Question,
        (aim, surroundings): (Aim, Surroundings<'_>),
        mut tell: impl FnMut(Prospect),
    ) -> Diagnostics {
        let work = async |name: &EnvironmentName| {
            let question = Question { environment: name.clone(), ..question.clone() };
            prospect(Arc::clone(&self.project), question, (aim, surroundings)).await
        };
        match abreast(&self.names, work, |_, prospect| tell(prospect)) {
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

async fn prospect(
    project: Arc<Project>,
    question: Question,
    (aim, surroundings): (Aim, Surroundings<'_>),
) -> Prospect {
    let environment = question.environment.clone();
    let nothing = |diagnostics: Diagnostics| {
        let locked = diagnostics.iter().any(|one| one.summary == LOCKED);
        Prospect { environment: environment.clone(), plan: None, diagnostics, locked }
    };
    if surroundings.signals.stopped() {
        let why = "The run was interrupted before this environment had its turn.";
        return nothing(Diagnostic::error("Interrupted", why).into());
    }
    let events = (surroundings.events)(&environment);
    let doors = Doors {
        store: surroundings.store,
        providers: surroundings.providers,
        provisioner: surroundings.provisioner,
        events: &*events,
        signals: surroundings.signals,
        asker: None,
    };
    let (mut session, mut diagnostics) = match Session::open_among(project, question, doors).await {
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
    Prospect { plan: Some(plan), ..nothing(diagnostics) }
}
