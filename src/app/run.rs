//! The way of a change: the project is opened, the state leased, a plan made, and, with consent, carried out.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::address::{AbsoluteInstance, EnvironmentName};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{self, Applied, Parts, Ports, Signals};
use crate::environment::Chosen;
use crate::plan::{Action, Change, Mode, Origin, Plan, Wish};
use crate::port::{
    Effect, EventSink, Holder, Intent, Lease, OperationId, Outcome, Providers, Provisioner, Revision,
    StateStore, StoreFault, Workplace,
};
use crate::render::Counts;
use crate::source;
use crate::state::State;

use super::environment::Secrets;
use super::fault::{not_written, store_fault};
use super::inputs::{self, Asker, Given, Search, missing};
use super::preview::{self, Kept, Preview};
use super::project::{self, Project, Use};
use super::protection::{Permit, refuse_empty_beside_full};
use super::saved;
use super::sighting::Sighting;
use super::state::refuse_other_states;
use super::wish::{guarded, wish};

pub use super::project::DEFAULT_ENVIRONMENT;

/// What somebody wants to know or to have done.
#[derive(Clone, Debug)]
pub struct Question {
    pub folder: PathBuf,
    pub environment: EnvironmentName,
    /// What is known of the branch, where the environment is a preview.
    pub preview: Option<Preview>,
    pub given: Given,
    pub mode: Mode,
    /// Addresses, as typed.
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
    /// Somebody who can be asked for missing inputs.
    pub asker: Option<&'d dyn Asker>,
}

/// A project with its state, ready to be planned.
pub struct Session<'d> {
    project: Arc<Project>,
    /// What is said of the environment, where anything is.
    chosen: Option<Chosen>,
    question: Question,
    stored: Arc<State>,
    lease: Option<Arc<dyn Lease>>,
    doors: Doors<'d>,
    wish: Wish,
    /// When the session began, which is when its plans are made.
    time: Timestamp,
    /// Operations of an earlier run that an import settles.
    left: Vec<OperationId>,
    /// Whether somebody was told already that not all could be written down.
    unwritten: Cell<bool>,
    /// What providers have prepared for plans of this session, and nobody has carried out or kept.
    prepared: RefCell<Prepared>,
}

/// Changes whose insides were prepared, and the state that their plan starts from.
#[derive(Default)]
struct Prepared {
    changes: Vec<Change>,
    prior: Arc<State>,
}

/// What a session is for.
enum Aim<'p> {
    Looking,
    Changing,
    Finishing(&'p Plan),
    Importing((AbsoluteInstance, String)),
}

impl<'d> Session<'d> {
    /// Opens the project and its state. What is wrong with the project is found before the state is touched.
    pub async fn open(question: Question, doors: Doors<'d>) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Changing, doors).await
    }

    /// Opens the project to look at what would change. Where the state cannot be written, it is read all the same.
    pub async fn open_to_look(
        question: Question,
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Looking, doors).await
    }

    /// Opens the project to take one object over. That it may have been made by a run that was cut off is no obstacle.
    pub(super) async fn open_to_import(
        question: Question,
        import: (AbsoluteInstance, String),
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Importing(import), doors).await
    }

    /// Opens what a saved plan was made from, to carry it out. Where that has changed, the plan is refused.
    pub async fn open_saved(
        question: Question,
        plan: &Plan,
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let (mut session, mut diagnostics) = Self::open_for(question, Aim::Finishing(plan), doors).await?;
        let now = session.origin(plan).await;
        diagnostics.extend(saved::fresh(&plan.origin, &now));
        if diagnostics.has_errors() {
            diagnostics.extend(session.close().await);
            return Err(diagnostics);
        }
        Ok((session, diagnostics))
    }

    /// What a plan would be made from just now.
    async fn origin(&self, plan: &Plan) -> Origin {
        let mut providers = BTreeMap::new();
        for address in plan.origin.providers.keys() {
            if let Ok(digest) = self.doors.providers.digest(address).await {
                providers.insert(address.clone(), digest);
            }
        }
        Origin {
            environment: self.question.environment.clone(),
            lineage: self.stored.lineage.clone(),
            serial: self.stored.serial,
            configuration: self.project.digest().to_owned(),
            providers,
        }
    }

    async fn open_for(
        question: Question,
        aim: Aim<'_>,
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let place = (&*question.folder, question.kept().map(Kept::base));
        let (project, diagnostics) = Project::checked_copy(place, Some(question.environment.as_str()));
        Self::of((Arc::new(project), diagnostics), question, aim, doors).await
    }

    /// Opens one environment of a project that was read and checked, to look at what would change in it.
    pub(super) async fn open_among(
        project: Arc<Project>,
        question: Question,
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::of((project, Diagnostics::new()), question, Aim::Looking, doors).await
    }

    async fn of(
        (project, mut diagnostics): (Arc<Project>, Diagnostics),
        mut question: Question,
        aim: Aim<'_>,
        doors: Doors<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        if question.preview.is_none() {
            question.preview = preview::of(doors.store, &question.environment).await?;
        }
        let kept = question.kept();
        let chosen = project.choose(&question, &mut diagnostics);
        let functions = project.functions(Use::Values);
        let search = Search {
            follows_origins: false,
            folder: kept.map_or(&*question.folder, Kept::base),
            given: &question.given,
            chosen: chosen.as_ref(),
            secrets: if kept.is_some() { Secrets::WhereThere } else { Secrets::Read },
            functions: &functions,
        };
        let mut inputs = search.inputs(&project.configuration, &mut diagnostics);
        if kept.is_some() {
            inputs.fill(&project.configuration);
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        if let Some(asker) = doors.asker {
            tokio::select! {
                biased;
                () = doors.signals.until_stopped() => {
                    let why = "The run was interrupted while it asked for inputs. Nothing was changed.";
                    diagnostics.push(Diagnostic::error("Interrupted", why));
                }
                () = inputs::ask(&project.configuration, asker, &mut inputs, &mut diagnostics) => {}
            }
            // What was answered with something unfit is told as such, and not as missing.
            if diagnostics.has_errors() {
                return Err(diagnostics);
            }
        }
        if project.is_empty() && question.mode != Mode::Destroy {
            let why = "There is no configuration in this directory, and planning without one would destroy everything.";
            diagnostics.push(
                Diagnostic::error("No configuration files", why)
                    .hint("To destroy everything, use terrace destroy."),
            );
        }
        missing(&project.configuration, &inputs, chosen.as_ref(), &mut diagnostics);
        project.check(&inputs, &question.environment, functions, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let inputs = guarded(&project.configuration, inputs.values);
        let looking = matches!(aim, Aim::Looking);
        let (wish, saved) = match aim {
            Aim::Finishing(plan) => (Wish { inputs, ..plan.wish.clone() }, Some(plan)),
            Aim::Looking | Aim::Changing => (wish(&question, inputs, &mut diagnostics), None),
            Aim::Importing(import) => {
                (Wish { imports: vec![import], ..wish(&question, inputs, &mut diagnostics) }, None)
            }
        };
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let (folder, environment) = (&question.folder, &question.environment);
        if let Err(faults) =
            refuse_other_states(folder, &project.configuration, doors.store, environment).await
        {
            diagnostics.extend(faults);
            return Err(diagnostics);
        }
        let opened = match question.patience {
            Some(patience) => {
                let opened = tokio::select! {
                    biased;
                    opened = doors.store.open(&question.environment, &question.holder, patience) => opened,
                    () = doors.signals.until_stopped() => {
                        let why = "The run was interrupted while it waited for the state. Nothing was changed.";
                        diagnostics.push(Diagnostic::error("Interrupted", why));
                        return Err(diagnostics);
                    }
                };
                opened.map(|opened| (Some(opened.lease), opened.state, opened.intents))
            }
            None => without_lease(doors.store, &question.environment).await,
        };
        let opened = match opened {
            Err(fault @ (StoreFault::ReadOnly { .. } | StoreFault::Full { .. })) if looking => {
                let why = format!("{fault}. It is read without its lock: somebody else may be changing it.");
                diagnostics.push(Diagnostic::warning("State cannot be written", why));
                without_lease(doors.store, &question.environment).await
            }
            opened => opened,
        };
        let (lease, stored, intents) = match opened {
            Ok(opened) => opened,
            Err(fault) => {
                diagnostics.push(store_fault(&fault));
                return Err(diagnostics);
            }
        };
        let time = saved.and_then(|plan| plan.time.parse().ok()).unwrap_or_else(Timestamp::now);
        let left = Vec::new();
        let stored = Arc::new(stored);
        let mut session = Self {
            project,
            chosen,
            question,
            stored,
            lease,
            doors,
            wish,
            time,
            left,
            unwritten: Cell::default(),
            prepared: RefCell::default(),
        };
        if let Some(preview) = &session.question.preview
            && session.question.mode == Mode::Destroy
        {
            let (store, environment) = (doors.store, &session.question.environment);
            let mut changed = preview::unchanged(store, environment, &preview.record).await;
            if !changed.is_empty() {
                changed.extend(session.close().await);
                return Err(changed);
            }
        }
        let definitions = session.project.definitions.as_ref();
        let own = (&session.question.environment, &*session.stored);
        diagnostics
            .extend(refuse_empty_beside_full(&session.question.folder, definitions, doors.store, own).await);
        if diagnostics.has_errors() {
            diagnostics.extend(session.close().await);
            return Err(diagnostics);
        }
        diagnostics.extend(session.settle(intents).await);
        if diagnostics.has_errors() {
            diagnostics.extend(session.close().await);
            return Err(diagnostics);
        }
        Ok((session, diagnostics))
    }

    /// Settles what an earlier run left open.
    async fn settle(&mut self, mut open: Vec<Intent>) -> Diagnostics {
        let is_imported = |intent: &mut Intent| self.wish.imports.iter().any(|(to, _)| *to == intent.address);
        self.left = open.extract_if(.., is_imported).map(|intent| intent.operation).collect();
        if open.is_empty() {
            return Diagnostics::new();
        }
        let Some(lease) = self.lease.clone() else {
            let why = "An earlier run was cut off, and without the lock what it left cannot be settled; the plan may be wrong about it.";
            return Diagnostic::warning("State is not settled", why).into();
        };
        let mut state = State::clone(&self.stored);
        let request = self.request(Use::Planning(self.time), Parts::Ignored);
        let diagnostics = engine::settle(&request, open, &mut state, &lease, self.ports()).await;
        self.stored = Arc::new(state);
        diagnostics
    }

    pub fn configuration(&self) -> &Configuration {
        &self.project.configuration
    }

    /// What the project calls itself.
    pub fn project_name(&self) -> Option<&str> {
        self.project.name()
    }

    /// What would change, to be carried out or [kept](Self::save). What providers prepare for it is given up when the
    /// session is closed and neither was done.
    pub async fn plan(&self) -> (Plan, Diagnostics) {
        self.planned(Parts::Planned).await
    }

    /// What would change, for whoever wants that only. Of objects that other engines look after it does not say what
    /// becomes of their parts, or which of them somebody has changed.
    pub(super) async fn sketch(&self, parts: Parts) -> (Plan, Diagnostics) {
        debug_assert!(parts != Parts::Planned, "what is prepared is planned");
        self.planned(parts).await
    }

    /// Writes a plan of this session into a file, from which it can be carried out later.
    pub fn save(&self, plan: &Plan, path: &Path) -> Result<(), Diagnostic> {
        saved::save(plan, path)?;
        self.prepared.take();
        Ok(())
    }

    async fn planned(&self, parts: Parts) -> (Plan, Diagnostics) {
        let request = self.request(Use::Planning(self.time), parts);
        let (mut plan, mut diagnostics) =
            engine::plan(&request, Arc::clone(&self.stored), self.ports()).await;
        self.prepared.borrow_mut().take_in(&plan);
        if !diagnostics.has_errors() && !plan.faulty {
            let counts = Counts::of(&plan);
            let drift = plan.drift.iter().filter(|change| change.action != Action::NoOp).count();
            let found = Sighting {
                serial: self.stored.serial,
                add: counts.added(),
                change: counts.update,
                // Data that goes from the inside of something is as good as destroyed.
                destroy: counts.lost(),
                other: plan.has_changes(),
                drift: self.question.refresh.then_some(drift),
                ..Sighting::default()
            };
            self.remember(found);
        }
        diagnostics.extend(self.protect(&mut plan));
        (plan, diagnostics)
    }

    /// Keeps what was found beside the state. What only part of the environment was asked about says nothing of the whole,
    /// and whoever has no lease writes nothing.
    fn remember(&self, mut found: Sighting) {
        let wish = &self.wish;
        let whole = wish.mode == Mode::Normal
            && wish.targets.is_empty()
            && wish.excluded.is_empty()
            && wish.replace.is_empty()
            && wish.imports.is_empty();
        if let Some(lease) = self.lease.as_ref().filter(|_| whole) {
            found.configuration = self.project.digest().to_owned();
            found.when = Timestamp::now().to_string();
            found.keep(&**lease);
        }
    }

    /// Writes configuration for imported objects that have none into a new file, as far as there are any.
    pub async fn write_configuration(question: &Question, doors: Doors<'d>, path: &Path) -> Diagnostics {
        let (project, mut diagnostics) = Project::open(&question.folder);
        let chosen = project.choose(question, &mut diagnostics);
        let functions = project::functions(Use::Values);
        let search = Search {
            follows_origins: false,
            folder: &question.folder,
            given: &question.given,
            chosen: chosen.as_ref(),
            secrets: Secrets::Read,
            functions: &functions,
        };
        let inputs = search.inputs(&project.configuration, &mut diagnostics).values;
        if diagnostics.has_errors() {
            return diagnostics;
        }
        let stored = match doors.store.read(&question.environment).await {
            Ok(stored) => Arc::new(stored),
            Err(fault) => return store_fault(&fault).into(),
        };
        let time = Timestamp::now();
        let wish = Wish { inputs, ..Wish::default() };
        let session = Self {
            project: Arc::new(project),
            chosen: None,
            question: question.clone(),
            stored,
            lease: None,
            doors,
            wish,
            time,
            left: Vec::new(),
            unwritten: Cell::default(),
            prepared: RefCell::default(),
        };
        let request = session.request(Use::Planning(time), Parts::Ignored);
        let (text, faults) = engine::generate(&request, &session.stored, session.ports()).await;
        diagnostics.extend(faults);
        if diagnostics.has_errors() || text.is_empty() {
            return diagnostics;
        }
        let written = std::fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            let why = format!("Writing {} failed: {error}.", path.display());
            diagnostics.push(
                Diagnostic::error("Configuration not written", why)
                    .hint("It must be a file that is not there yet."),
            );
        }
        diagnostics
    }

    /// Carries out a plan of this session, or one that was made from the same state, as it was permitted.
    pub async fn apply(&self, plan: &Plan, permit: Permit) -> (Applied, Diagnostics) {
        let lease = self.lease.as_ref().expect("whoever applies has asked for the lease");
        if let Err(faults) = self.keep(plan).await {
            return (Applied::default(), faults);
        }
        let request = self.request(Use::Applying(self.time), Parts::Ignored);
        self.tell_protection(plan, &permit);
        let Permit { commit, overrides, .. } = permit;
        let revision = Revision { commit, overrides, ..self.revision() };
        let (applied, mut diagnostics) =
            engine::apply(&request, plan, &self.stored, lease, revision, self.ports()).await;
        self.prepared.borrow_mut().leave(plan, &applied);
        if let Some(unwritten) = &applied.unwritten {
            diagnostics.push(not_written(unwritten));
            self.unwritten.set(true);
        } else if !diagnostics.has_errors() && applied.failed.is_empty() && applied.untried.is_empty() {
            let drift = self.question.refresh.then_some(0);
            self.remember(Sighting { serial: applied.serial, drift, ..Sighting::default() });
        }
        (applied, diagnostics)
    }

    /// Whether somebody has changed the state since it was read without its lease, so that what was found to differ from
    /// it may be their work.
    pub(super) async fn moved_on(&self) -> Diagnostics {
        let now = match self.doors.store.read(&self.question.environment).await {
            Ok(now) => now,
            Err(fault) => return store_fault(&fault).into(),
        };
        if now.serial == self.stored.serial && now.lineage == self.stored.lineage {
            return Diagnostics::new();
        }
        let why = "Somebody has applied something meanwhile, so that what differs may be their work.";
        Diagnostic::error("State has changed meanwhile", why).hint("Look again.").into()
    }

    /// A preview is known, with its configuration, before anything of it is made.
    async fn keep(&self, plan: &Plan) -> Result<(), Diagnostics> {
        let (Some(preview), Some(lease)) = (&self.question.preview, &self.lease) else { return Ok(()) };
        if plan.wish.mode == Mode::Destroy {
            return Ok(());
        }
        let chosen = self.project.choose(&self.question, &mut Diagnostics::new());
        let made_from = (&*self.project, &self.question, chosen.as_ref());
        preview::keep((self.doors.store, &**lease), &preview.record, made_from).await
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
        self.lease.as_deref()
    }

    /// Records an object that a plan has found, and nothing else that was planned.
    pub(super) async fn record(
        &self,
        plan: &Plan,
        address: &AbsoluteInstance,
    ) -> Result<Option<u64>, StoreFault> {
        let lease = self.lease.as_ref().expect("whoever records has asked for the lease");
        let resource = plan.prior.resources.get(&address.absolute_resource());
        let object = plan.prior.instance(address).and_then(|instance| instance.current.clone());
        let (Some(resource), Some(object)) = (resource, object) else { return Ok(None) };
        let (provider, place) = (resource.provider.clone(), address.clone());
        let effect = Effect::Put { address: place, deposed: None, provider, object };
        lease.tell(Outcome { operation: None, effects: vec![effect] });
        for operation in &self.left {
            lease.tell(Outcome { operation: Some(operation.clone()), effects: Vec::new() });
        }
        lease.finish(self.revision()).await.map(Some)
    }

    fn revision(&self) -> Revision {
        Revision {
            when: Timestamp::now().to_string(),
            who: self.question.holder.who.clone(),
            what: self.question.holder.operation.clone(),
            ..Revision::default()
        }
    }

    /// Gives up what was prepared for nothing, while nobody else can prepare the same; and gives the state back.
    pub async fn close(&mut self) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let Prepared { changes, prior } = self.prepared.take();
        if !changes.is_empty() {
            let request = self.request(Use::Planning(self.time), Parts::Ignored);
            diagnostics.extend(engine::discard(&request, &prior, &changes, self.ports()).await);
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
            wish: self.wish.clone(),
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

impl Prepared {
    /// What an apply has left of what was prepared for its plan.
    fn leave(&mut self, plan: &Plan, applied: &Applied) {
        // Once the state has moved on, nobody carries out the rest of a plan that was saved before.
        if applied.unwritten.is_none() && applied.serial != plan.origin.serial {
            self.changes.clear();
            self.take_in(plan);
        }
        self.changes.retain(|change| !applied.prepared.contains(&change.address));
    }

    fn take_in(&mut self, plan: &Plan) {
        let is_prepared =
            |change: &&Change| change.inside.as_ref().is_some_and(|inside| !inside.notes.is_empty());
        let before = self.changes.len();
        self.changes.extend(plan.changes.iter().filter(is_prepared).cloned());
        if self.changes.len() > before {
            self.prior = Arc::clone(&plan.prior);
        }
    }
}

impl Question {
    fn kept(&self) -> Option<&Kept> {
        self.preview.as_ref()?.kept.as_deref()
    }
}

/// A state and what was left open in it, to be looked at only.
async fn without_lease(
    store: &dyn StateStore,
    environment: &EnvironmentName,
) -> Result<(Option<Arc<dyn Lease>>, State, Vec<Intent>), StoreFault> {
    let state = store.read(environment).await?;
    Ok((None, state, store.open_intents(environment).await?))
}

/// An id that nobody can guess.
fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
