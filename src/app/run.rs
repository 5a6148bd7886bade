//! The way of a change: the project is opened, the state leased, a plan made, and, with consent, carried out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{self, Applied, Ports, Signals};
use crate::eval::validate::{check_inputs, validate};
use crate::eval::{NothingKnown, Purpose};
use crate::plan::{Mode, Plan, Wish};
use crate::port::{EventSink, Holder, Lease, Providers, Provisioner, Revision, StateStore, StoreFault};
use crate::state::State;
use crate::value::{Name, Value};

use super::inputs::{self, Given};
use super::project::{Project, Use, functions};
use super::validate::Known;

pub use super::project::DEFAULT_ENVIRONMENT;

/// What somebody wants to know or to have done.
#[derive(Clone, Debug)]
pub struct Question {
    pub folder: PathBuf,
    pub environment: EnvironmentName,
    pub given: Given,
    pub mode: Mode,
    pub targets: Vec<String>,
    pub excluded: Vec<String>,
    pub replace: Vec<String>,
    pub refresh: bool,
    pub parallelism: usize,
    /// How long to wait for somebody else who has the state; none where no lease is wanted.
    pub patience: Option<Duration>,
    /// Who asks.
    pub holder: Holder,
}

/// The doors to the world.
#[derive(Clone, Copy)]
pub struct Doors<'d> {
    pub store: &'d dyn StateStore,
    pub providers: &'d dyn Providers,
    pub provisioner: &'d dyn Provisioner,
    pub events: &'d dyn EventSink,
    pub signals: &'d Signals,
}

/// A project with its state, ready to be planned.
pub struct Session<'d> {
    project: Project,
    question: Question,
    inputs: BTreeMap<Name, Value>,
    stored: State,
    lease: Option<Arc<dyn Lease>>,
    doors: Doors<'d>,
}

impl<'d> Session<'d> {
    /// Opens the project and its state. What is wrong with the project is found before the state is touched.
    pub async fn open(question: Question, doors: Doors<'d>) -> Result<(Self, Diagnostics), Diagnostics> {
        let (project, mut diagnostics) = Project::open(&question.folder);
        let whole = !diagnostics.has_errors();
        let known = Known::new();
        let looking = project.evaluator(
            Purpose::Validation,
            functions(Use::Validation),
            &NothingKnown,
            BTreeMap::new(),
        );
        diagnostics.extend(validate(&looking, &known, whole));
        drop(looking);
        let inputs =
            inputs::values(&project.configuration, &question.folder, &question.given, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        missing(&project.configuration, &inputs, &mut diagnostics);
        let looking =
            project.evaluator(Purpose::Values, functions(Use::Values), &NothingKnown, inputs.clone());
        check_inputs(&looking, &known, &mut diagnostics);
        drop(looking);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let opened = match question.patience {
            Some(patience) => doors
                .store
                .open(&question.environment, &question.holder, patience)
                .await
                .map(|(lease, state)| (Some(lease), state)),
            None => doors.store.read(&question.environment).await.map(|state| (None, state)),
        };
        match opened {
            Ok((lease, stored)) => {
                Ok((Self { project, question, inputs, stored, lease, doors }, diagnostics))
            }
            Err(fault) => {
                diagnostics.push(store_fault(&fault));
                Err(diagnostics)
            }
        }
    }

    pub fn configuration(&self) -> &Configuration {
        &self.project.configuration
    }

    /// What would change.
    pub async fn plan(&self) -> (Plan, Diagnostics) {
        let request = self.request();
        engine::plan(&request, self.stored.clone(), self.ports()).await
    }

    /// Carries out a plan of this session, or one that was made from the same state.
    pub async fn apply(&self, plan: &Plan) -> (Applied, Diagnostics) {
        let lease = self.lease.as_ref().expect("whoever applies has asked for the lease");
        let request = self.request();
        let revision = Revision {
            when: jiff::Timestamp::now().to_string(),
            who: self.question.holder.who.clone(),
            what: self.question.holder.operation.clone(),
            ..Revision::default()
        };
        match engine::apply(&request, plan, &self.stored, lease, revision, self.ports()).await {
            Ok(done) => done,
            Err(fault) => (Applied::default(), store_fault(&fault).into()),
        }
    }

    /// Gives the state back.
    pub async fn close(self) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        if let Some(lease) = &self.lease
            && let Err(fault) = lease.release().await
        {
            diagnostics.push(store_fault(&fault));
        }
        diagnostics
    }

    fn request(&self) -> engine::Request<'_> {
        engine::Request {
            configuration: &self.project.configuration,
            environment: self.question.environment.clone(),
            digest: self.project.digest(),
            place: self.project.place(self.question.environment.as_str()),
            functions: functions(Use::Validation),
            wish: Wish {
                mode: self.question.mode,
                inputs: self.inputs.clone(),
                targets: Vec::new(),
                excluded: Vec::new(),
                replace: Vec::new(),
                skip_refresh: !self.question.refresh,
            },
            parallelism: self.question.parallelism,
        }
    }

    fn ports(&self) -> Ports<'d> {
        Ports {
            providers: self.doors.providers,
            provisioner: self.doors.provisioner,
            events: self.doors.events,
            signals: self.doors.signals,
            ids: &new_id,
        }
    }
}

/// An id that nobody can guess.
fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Reports variables that need a value and have none.
fn missing(configuration: &Configuration, inputs: &BTreeMap<Name, Value>, diagnostics: &mut Diagnostics) {
    for variable in configuration.root().module.variables.values() {
        if !inputs.contains_key(&variable.name) {
            let why =
                format!("The variable \"{}\" has no default, and nothing gives it a value.", variable.name);
            let hint = format!(
                "Use -var '{}=...', -var-file, a terraform.tfvars file, or TF_VAR_{}.",
                variable.name, variable.name
            );
            diagnostics.push(
                Diagnostic::error("No value for required variable", why).at(variable.span.clone()).hint(hint),
            );
        }
    }
}

pub(super) fn store_fault(fault: &StoreFault) -> Diagnostic {
    let text = fault.to_string();
    let (summary, hint) = match fault {
        StoreFault::Locked { id, .. } => (
            "State is locked",
            Some(format!(
                "Wait for it with -lock-timeout, or, if it is surely gone: terrace state unlock {id}"
            )),
        ),
        StoreFault::Lost { .. } => ("Lease was lost", None),
        StoreFault::Unusable { .. } => ("State cannot be used", None),
        StoreFault::Damaged { .. } => ("State is damaged", None),
        StoreFault::TooNew { .. } => {
            ("State is of a later version", Some("Use that version of terrace.".to_owned()))
        }
    };
    let mut first = text.chars();
    let sentence =
        first.next().map(|c| c.to_uppercase().collect::<String>() + first.as_str()).unwrap_or_default();
    let diagnostic = Diagnostic::error(summary, format!("{sentence}."));
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}
