//! The pipeline of every change: open the project, lease the state, make a plan, and with consent, carry it out.

mod generate;
mod hold;
mod open;
mod prepared;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::address::{AbsoluteInstance, EnvironmentName};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::engine::{self, Applied, Parts, Signals};
use crate::environment::Chosen;
use crate::plan::{Action, Mode, Plan, PlanOptions};
use crate::port::{
    Effect, EventSink, Holder, Lease, OperationId, Outcome, Providers, Provisioner, Revision, StateStore,
    Workplace,
};
use crate::render::Counts;
use crate::source;
use crate::state::State;
use crate::value::Name;

use super::fault::{not_written, store_fault};
use super::inputs::{Asker, Given};
use super::plan_summary::PlanSummary;
use super::preview::{self, Kept, Preview};
use super::project::{Project, Use};
use super::protection::Permit;
use super::saved;
use super::state::select;
pub use generate::Written;
use prepared::Prepared;

/// What a plan is asked to be: of which project and environment, with which inputs and targets.
#[derive(Clone, Debug)]
pub struct Question {
    pub folder: PathBuf,
    pub environment: EnvironmentName,
    /// What is known of the branch, if the environment is a preview.
    pub preview: Option<Preview>,
    pub given: Given,
    pub mode: Mode,
    /// Addresses as typed.
    pub targets: Vec<String>,
    pub excluded: Vec<String>,
    pub replace: Vec<String>,
    pub refresh: bool,
    pub parallelism: usize,
    /// How long to wait while somebody else holds the state lock.
    pub patience: Duration,
    /// Whether to hold the lock from the start, and not only while the plan is carried out.
    pub lock: bool,
    /// Who to name as the holder of the lock.
    pub holder: Holder,
}

/// The access to the outside world.
#[derive(Clone, Copy)]
pub struct Ports<'d> {
    pub store: &'d dyn StateStore,
    pub providers: &'d dyn Providers,
    pub provisioner: &'d dyn Provisioner,
    pub events: &'d dyn EventSink,
    pub signals: &'d Signals,
    /// The person to ask for missing inputs, if there is one.
    pub asker: Option<&'d dyn Asker>,
}

/// A project with its state, ready to be planned.
pub struct Session<'d> {
    project: Arc<Project>,
    /// What `terrace.hcl` says of the environment, if there is one.
    chosen: Option<Chosen>,
    question: Question,
    stored: Arc<State>,
    /// None until something is written, if the session was opened without the lock or without a state.
    lease: OnceCell<Arc<dyn Lease>>,
    /// Whether somebody else was changing the state while it was read.
    is_moving: bool,
    ports: Ports<'d>,
    options: PlanOptions,
    /// Where the values of variables were given, as far as that may be shown.
    given: BTreeMap<Name, Span>,
    /// When the session began; its plans bear this time.
    time: Timestamp,
    /// Open operations of an earlier run that an import closes.
    left: Vec<OperationId>,
    /// Configuration that was generated for imported objects.
    written: Written,
    /// Whether a failure to write the state was reported already.
    unwritten: Cell<bool>,
    /// What providers have prepared for plans of this session, and that was neither applied nor saved yet.
    prepared: RefCell<Prepared>,
}

impl<'d> Session<'d> {
    pub fn configuration(&self) -> &Configuration {
        &self.project.configuration
    }

    /// The name of the project.
    pub fn project_name(&self) -> Option<&str> {
        self.project.name()
    }

    /// Makes a plan, to be applied or [saved](Self::save). If neither happens, what providers prepared for it is
    /// discarded when the session is closed.
    pub async fn plan(&self) -> (Plan, Diagnostics) {
        let (plan, mut diagnostics) = self.planned(Parts::Planned).await;
        diagnostics.extend(self.partial().filter(|_| !diagnostics.has_errors()));
        (plan, diagnostics)
    }

    /// Warns that a plan for part of an environment may be incomplete.
    fn partial(&self) -> Option<Diagnostic> {
        let flag = match (self.options.targets.is_empty(), self.options.excluded.is_empty()) {
            (true, true) => return None,
            (false, _) => "-target",
            (true, false) => "-exclude",
        };
        let why = format!(
            "With {flag}, only part of {} was planned: the rest may still differ from the configuration.",
            self.question.environment
        );
        let fault = Diagnostic::warning("Plan is about a part only", why);
        Some(fault.hint(format!("Once this part is applied, plan without {flag} to see what is left.")))
    }

    /// Makes a plan that is only to be looked at. For objects managed by another engine, such as a CloudFormation
    /// stack, `parts` says how closely to look inside.
    pub(super) async fn sketch(&self, parts: Parts) -> (Plan, Diagnostics) {
        debug_assert!(parts != Parts::Planned, "what is prepared is planned");
        self.planned(parts).await
    }

    /// Saves a plan of this session to a file, to be applied later.
    pub fn save(&self, plan: &[u8], path: &Path) -> Result<(), Diagnostic> {
        if self.is_moving {
            return Err(hold::moving(&self.question.environment));
        }
        saved::save(plan, path)?;
        self.prepared.take();
        Ok(())
    }

    async fn planned(&self, parts: Parts) -> (Plan, Diagnostics) {
        let request = self.request(Use::Planning(self.time), parts);
        let (mut plan, mut diagnostics) =
            engine::plan(&request, Arc::clone(&self.stored), self.engine_ports()).await;
        self.written.note_in(&mut plan);
        self.prepared.borrow_mut().take_in(&plan);
        if !diagnostics.has_errors() && !plan.faulty {
            let counts = Counts::of(&plan);
            let drift = plan.drift.iter().filter(|change| change.action != Action::NoOp).count();
            let found = PlanSummary {
                serial: self.stored.serial,
                add: counts.added(),
                change: counts.update,
                // Losing data inside an object counts as destroying it.
                destroy: counts.lost(),
                other: plan.has_changes(),
                drift: self.question.refresh.then_some(drift),
                ..PlanSummary::default()
            };
            self.remember(found);
        }
        diagnostics.extend(self.not_replaced(&plan));
        diagnostics.extend(self.protect(&mut plan));
        (plan, diagnostics)
    }

    /// Warns of `-replace` addresses that match nothing, which are most likely misspelled.
    fn not_replaced(&self, plan: &Plan) -> Vec<Diagnostic> {
        let planned =
            |address: &AbsoluteInstance| plan.changes.iter().any(|change| change.address == *address);
        let absent = self.options.replace.iter().filter(|address| !planned(address));
        absent
            .filter(|address| self.stored.instance(address).is_none())
            .map(|address| {
                let mut fault =
                    select::missing(&self.stored, &address.to_string(), &self.question.environment);
                fault.severity = Severity::Warning;
                fault.detail.push_str(" \"-replace\" changes nothing.");
                fault
            })
            .collect()
    }

    /// Stores what the plan found beside the state. Not if only part of the environment was planned, or without the
    /// lease.
    fn remember(&self, mut found: PlanSummary) {
        let options = &self.options;
        let whole = options.mode == Mode::Normal
            && options.targets.is_empty()
            && options.excluded.is_empty()
            && options.replace.is_empty()
            && options.imports.is_empty();
        if let Some(lease) = self.lease.get().filter(|_| whole) {
            found.configuration = self.project.digest().to_owned();
            found.when = Timestamp::now().to_string();
            found.keep(&**lease);
        }
    }

    /// Applies a plan that was made by this session, or from the same state, as permitted.
    pub async fn apply(&self, plan: &Plan, permit: Permit) -> (Applied, Diagnostics) {
        let lease = match self.hold().await {
            Ok(lease) => lease,
            Err(faults) => return (Applied::default(), faults),
        };
        if let Err(faults) = self.keep(plan).await {
            return (Applied::default(), faults);
        }
        let request = self.request(Use::Applying(self.time), Parts::Ignored);
        self.store_protection(plan, &permit);
        let Permit { commit, overrides, .. } = permit;
        let revision = Revision { commit, overrides, ..self.revision() };
        let (applied, mut diagnostics) =
            engine::apply(&request, plan, &self.stored, &lease, revision, self.engine_ports()).await;
        self.prepared.borrow_mut().leave(plan, &applied);
        if let Some(unwritten) = &applied.unwritten {
            diagnostics.push(not_written(unwritten));
            self.unwritten.set(true);
        } else if !diagnostics.has_errors() && applied.failed.is_empty() && applied.untried.is_empty() {
            let drift = self.question.refresh.then_some(0);
            self.remember(PlanSummary { serial: applied.serial, drift, ..PlanSummary::default() });
        }
        (applied, diagnostics)
    }

    /// Warns if somebody has changed the state since it was read without the lease: the drift found may be their work.
    pub(super) async fn moved_on(&self) -> Diagnostics {
        let now = match self.ports.store.read(&self.question.environment).await {
            Ok(now) => now,
            Err(fault) => return store_fault(&fault).into(),
        };
        if now.serial == self.stored.serial && now.lineage == self.stored.lineage {
            return Diagnostics::new();
        }
        let why = "Somebody has applied something in the meantime, so differences may be their work.";
        Diagnostic::error("State has changed meanwhile", why).hint("Look again.").into()
    }

    /// Stores a preview's record and configuration before anything of it is created.
    async fn keep(&self, plan: &Plan) -> Result<(), Diagnostics> {
        let (Some(preview), Some(lease)) = (&self.question.preview, self.lease.get()) else { return Ok(()) };
        if plan.options.mode == Mode::Destroy {
            return Ok(());
        }
        let chosen = self.project.choose(&self.question, &mut Diagnostics::new());
        let made_from = (&*self.project, &self.question, chosen.as_ref());
        preview::keep((self.ports.store, &**lease), &preview.record, made_from).await
    }

    pub(super) fn state(&self) -> &State {
        &self.stored
    }

    pub(super) fn folder(&self) -> &Path {
        &self.question.folder
    }

    pub(super) fn environment(&self) -> &EnvironmentName {
        &self.question.environment
    }

    pub(super) fn chosen(&self) -> Option<&Chosen> {
        self.chosen.as_ref()
    }

    pub(super) fn lease(&self) -> Option<&dyn Lease> {
        self.lease.get().map(AsRef::as_ref)
    }

    /// Stores an object that a plan has imported, and nothing else of the plan.
    pub(super) async fn record(
        &self,
        plan: &Plan,
        address: &AbsoluteInstance,
    ) -> Result<Option<u64>, Diagnostics> {
        let lease = self.hold().await?;
        let resource = plan.prior.resources.get(&address.absolute_resource());
        let object = plan.prior.instance(address).and_then(|instance| instance.current.clone());
        let (Some(resource), Some(object)) = (resource, object) else { return Ok(None) };
        let (provider, place) = (resource.provider.clone(), address.clone());
        let effect = Effect::Put { address: place, deposed: None, provider, object };
        lease.send(Outcome { operation: None, effects: vec![effect] });
        for operation in &self.left {
            lease.send(Outcome { operation: Some(operation.clone()), effects: Vec::new() });
        }
        let finished = lease.finish(self.revision()).await;
        finished.map(Some).map_err(|fault| store_fault(&fault).into())
    }

    fn revision(&self) -> Revision {
        Revision {
            who: self.question.holder.who.clone(),
            what: self.question.holder.operation.clone(),
            ..Revision::default()
        }
    }

    /// Discards what was prepared and not used, while the lock still keeps others from preparing the same, and then
    /// releases the state.
    pub async fn close(&mut self) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let Prepared { changes, prior } = self.prepared.take();
        if !changes.is_empty() {
            let request = self.request(Use::Planning(self.time), Parts::Ignored);
            diagnostics.extend(engine::discard(&request, &prior, &changes, self.engine_ports()).await);
        }
        if let Some(lease) = self.lease.take()
            && let Err(fault) = lease.release().await
            && !self.unwritten.get()
        {
            diagnostics.push(store_fault(&fault));
        }
        diagnostics
    }

    fn request(&self, wanted: Use, parts: Parts) -> engine::Request<'_> {
        engine::Request {
            configuration: &self.project.configuration,
            environment: self.question.environment.clone(),
            digest: self.project.digest().to_owned(),
            place: self.project.place(self.question.environment.as_str()),
            functions: self.project.functions(wanted),
            time: self.time.to_string(),
            options: self.options.clone(),
            given: self.given.clone(),
            workplace: self.workplace(),
            parallelism: self.question.parallelism,
            parts,
        }
    }

    fn workplace(&self) -> Workplace {
        let folder = self.question.folder.clone();
        Workplace {
            environment: self.question.environment.as_str().to_owned(),
            project: self.project.name().map(str::to_owned),
            revision: Arc::new(move || source::head(&folder)?.commit),
        }
    }

    fn engine_ports(&self) -> engine::Ports<'d> {
        engine::Ports {
            providers: self.ports.providers,
            provisioner: self.ports.provisioner,
            events: self.ports.events,
            signals: self.ports.signals,
            ids: &new_id,
        }
    }
}

impl Question {
    fn kept(&self) -> Option<&Kept> {
        self.preview.as_ref()?.kept.as_deref()
    }
}

/// A random id.
fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
