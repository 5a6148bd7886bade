//! Opens a session. Errors in the project are found before its state is touched.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::address::{AbsoluteInstance, EnvironmentName};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::engine::{self, Parts};
use crate::environment::Chosen;
use crate::eval::functions::Table;
use crate::plan::{Mode, Origin, Plan, PlanOptions};
use crate::port::{Intent, Lease, Opened, StateStore, StoreFault};
use crate::state::State;

use super::super::environment::Secrets;
use super::super::fault::store_fault;
use super::super::inputs::{self, Inputs, Search, missing};
use super::super::options::{guarded, options};
use super::super::preview::{self, Kept};
use super::super::project::{Project, Use};
use super::super::protection::refuse_empty_beside_full;
use super::super::saved;
use super::super::state::refuse_other_states;
use super::super::wrong_folder;
use super::{Ports, Question, Session, Written, hold};

/// What a session is for.
enum Aim<'p> {
    Planning,
    Applying,
    ApplyingSaved(&'p Plan),
    Importing((AbsoluteInstance, String)),
}

impl<'d> Session<'d> {
    /// Opens the project and its state. Errors in the project are found before the state is touched.
    pub async fn open(question: Question, ports: Ports<'d>) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Applying, ports).await
    }

    /// Opens the project to plan without applying. A state that cannot be written is still read.
    pub async fn open_to_plan(
        question: Question,
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Planning, ports).await
    }

    /// Opens the project to import one object. An open operation that may have made that object is no obstacle.
    pub(in crate::app) async fn open_to_import(
        question: Question,
        import: (AbsoluteInstance, String),
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::open_for(question, Aim::Importing(import), ports).await
    }

    /// Opens the project and state of a saved plan, to apply it. If they have changed since, the plan is refused.
    pub async fn open_saved(
        question: Question,
        plan: &Plan,
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let (mut session, mut diagnostics) =
            Self::open_for(question, Aim::ApplyingSaved(plan), ports).await?;
        let now = session.origin(plan).await;
        diagnostics.extend(saved::fresh(&plan.origin, &now));
        if diagnostics.has_errors() {
            diagnostics.extend(session.close().await);
            return Err(diagnostics);
        }
        Ok((session, diagnostics))
    }

    /// What a plan would be made from now.
    async fn origin(&self, plan: &Plan) -> Origin {
        let mut providers = BTreeMap::new();
        for address in plan.origin.providers.keys() {
            if let Ok(digest) = self.ports.providers.digest(address).await {
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

    /// Opens one environment of a project that is already read and checked, to plan without applying.
    pub(in crate::app) async fn open_among(
        project: Arc<Project>,
        question: Question,
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::of((project, Diagnostics::new()), question, Aim::Planning, ports).await
    }

    async fn open_for(
        question: Question,
        aim: Aim<'_>,
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let place = (&*question.folder, question.kept().map(Kept::base));
        let (project, found) = Project::checked_copy(place, Some(question.environment.as_str()));
        // The warnings were shown when the plan was saved.
        let repeats = matches!(aim, Aim::ApplyingSaved(_));
        let mut diagnostics = Diagnostics::new();
        diagnostics.extend(found.into_iter().filter(|fault| !repeats || fault.severity == Severity::Error));
        Self::of((Arc::new(project), diagnostics), question, aim, ports).await
    }

    async fn of(
        (project, mut diagnostics): (Arc<Project>, Diagnostics),
        mut question: Question,
        aim: Aim<'_>,
        ports: Ports<'d>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        if question.preview.is_none() {
            question.preview = preview::of(ports.store, &question.environment).await?;
        }
        let chosen = project.choose(&question, &mut diagnostics);
        let opening = Opening { project: &project, question: &question, chosen: chosen.as_ref(), ports };
        let (saved, planning) = (aim.plan(), matches!(aim, Aim::Planning));
        let inputs = opening.inputs(saved, &mut diagnostics).await;
        sound(&mut diagnostics)?;
        let given = inputs.places(&project.configuration);
        let options = opening.options(aim, inputs, &mut diagnostics);
        sound(&mut diagnostics)?;
        let (folder, environment) = (&question.folder, &question.environment);
        if let Err(faults) =
            refuse_other_states(folder, &project.configuration, ports.store, environment).await
        {
            diagnostics.extend(faults);
            return Err(diagnostics);
        }
        let Some(Held { lease, stored, intents, is_moving }) =
            opening.state(planning, &mut diagnostics).await
        else {
            return Err(diagnostics);
        };
        let time = saved.and_then(|plan| plan.time.parse().ok()).unwrap_or_else(Timestamp::now);
        let mut session = Self {
            project,
            chosen,
            question,
            stored: Arc::new(stored),
            lease: lease.map(OnceCell::from).unwrap_or_default(),
            is_moving,
            ports,
            options,
            given,
            time,
            left: Vec::new(),
            written: Written::default(),
            unwritten: Cell::default(),
            prepared: RefCell::default(),
        };
        if let Some(preview) = &session.question.preview
            && session.question.mode == Mode::Destroy
        {
            let (store, environment) = (ports.store, &session.question.environment);
            let mut changed = preview::unchanged(store, environment, &preview.record).await;
            if !changed.is_empty() {
                changed.extend(session.close().await);
                return Err(changed);
            }
        }
        let definitions = session.project.definitions.as_ref();
        let own = (&session.question.environment, &*session.stored);
        diagnostics
            .extend(refuse_empty_beside_full(&session.question.folder, definitions, ports.store, own).await);
        if !diagnostics.has_errors() {
            diagnostics.extend(session.settle(intents).await);
        }
        if diagnostics.has_errors() {
            diagnostics.extend(session.close().await);
            return Err(diagnostics);
        }
        Ok((session, diagnostics))
    }

    /// Closes the operations that an earlier run left open.
    async fn settle(&mut self, mut open: Vec<Intent>) -> Diagnostics {
        let is_imported =
            |intent: &mut Intent| self.options.imports.iter().any(|(to, _)| *to == intent.address);
        self.left = open.extract_if(.., is_imported).map(|intent| intent.operation).collect();
        if open.is_empty() {
            return Diagnostics::new();
        }
        let Some(lease) = self.lease.get().cloned() else {
            let why = "An earlier run was interrupted, and without the lock what it left cannot be settled; the \
                       plan may be wrong about it.";
            return Diagnostic::warning("State is not settled", why).into();
        };
        let mut state = State::clone(&self.stored);
        let request = self.request(Use::Planning(self.time), Parts::Ignored);
        let diagnostics = engine::settle(&request, open, &mut state, &lease, self.engine_ports()).await;
        self.stored = Arc::new(state);
        diagnostics
    }
}

impl<'p> Aim<'p> {
    /// The saved plan to apply, if there is one.
    fn plan(&self) -> Option<&'p Plan> {
        match self {
            Aim::ApplyingSaved(plan) => Some(plan),
            Aim::Planning | Aim::Applying | Aim::Importing(_) => None,
        }
    }
}

/// What is known of a session before it has its state.
pub(super) struct Opening<'o, 'd> {
    pub(super) project: &'o Project,
    pub(super) question: &'o Question,
    pub(super) chosen: Option<&'o Chosen>,
    pub(super) ports: Ports<'d>,
}

/// A state, its lease if one was taken, and the operations left open in it.
struct Held {
    lease: Option<Arc<dyn Lease>>,
    stored: State,
    intents: Vec<Intent>,
    /// Whether somebody else is in the middle of changing it.
    is_moving: bool,
}

impl Opening<'_, '_> {
    /// How to search for the variables' values.
    pub(super) fn search<'s>(&'s self, functions: &'s Table) -> Search<'s> {
        let kept = self.question.kept();
        Search {
            follows_origins: false,
            folder: kept.map_or(&*self.question.folder, Kept::base),
            given: &self.question.given,
            chosen: self.chosen,
            secrets: if kept.is_some() { Secrets::WhereThere } else { Secrets::Read },
            functions,
        }
    }

    /// The values of all variables. A saved plan brings its own values; for missing ones a person is asked, if possible.
    /// Whether they are valid shows while planning; before a saved plan is applied, it is asked here.
    async fn inputs(&self, saved: Option<&Plan>, diagnostics: &mut Diagnostics) -> Inputs {
        let configuration = &self.project.configuration;
        let functions = self.project.functions(Use::Values);
        let mut search = self.search(&functions);
        if saved.is_some() {
            // A saved plan contains its values, so their sources need not be reachable any more.
            search.secrets = Secrets::WhereThere;
        }
        let mut inputs = search.inputs(configuration, diagnostics);
        if self.question.kept().is_some() {
            inputs.fill(configuration);
        }
        if let Some(plan) = saved {
            inputs.keep_to(&plan.options, configuration, diagnostics);
        }
        if diagnostics.has_errors() {
            return inputs;
        }
        if let Some(asker) = self.ports.asker {
            tokio::select! {
                biased;
                () = self.ports.signals.until_stopped() => {
                    let why = "The run was interrupted while it asked for inputs. Nothing was changed.";
                    diagnostics.push(Diagnostic::error("Interrupted", why));
                }
                () = inputs::ask(configuration, asker, &mut inputs, diagnostics) => {}
            }
            // An answer that is not valid is reported as invalid, and not also as missing.
            if diagnostics.has_errors() {
                return inputs;
            }
        }
        if self.project.is_empty() && self.question.mode != Mode::Destroy {
            diagnostics.push(wrong_folder::no_configuration(&self.question.folder));
        }
        missing(configuration, &inputs, self.chosen, diagnostics);
        // In part of an environment, and where it goes, a value may be refused that is not needed.
        let is_whole = |options: &PlanOptions| {
            options.mode == Mode::Normal && options.targets.is_empty() && options.excluded.is_empty()
        };
        if saved.is_some_and(|plan| is_whole(&plan.options)) {
            self.project.check(&inputs, &self.question.environment, functions, diagnostics);
        }
        inputs
    }

    /// What the session is to plan, or the saved plan was made for.
    fn options(&self, aim: Aim<'_>, inputs: Inputs, diagnostics: &mut Diagnostics) -> PlanOptions {
        let given = inputs.ephemeral(&self.project.configuration);
        let inputs = (guarded(&self.project.configuration, inputs.values), given);
        match aim {
            Aim::ApplyingSaved(plan) => PlanOptions { inputs: inputs.0, ..plan.options.clone() },
            Aim::Planning | Aim::Applying => options(self.question, inputs, diagnostics),
            Aim::Importing(import) => {
                PlanOptions { imports: vec![import], ..options(self.question, inputs, diagnostics) }
            }
        }
    }

    /// Reads the state; with the lease if the question wants it and, for planning only, if it can be had. Planning
    /// alone never creates a state.
    async fn state(&self, planning: bool, diagnostics: &mut Diagnostics) -> Option<Held> {
        let (store, environment) = (self.ports.store, &self.question.environment);
        // Nothing has been awaited so far, so give signals a chance to be seen.
        self.ports.signals.hear().await;
        if self.ports.signals.stopped() {
            diagnostics.push(hold::interrupted());
            return None;
        }
        let makes_none = planning && matches!(store.has(environment).await, Ok(false));
        let opened = if self.question.lock && !makes_none {
            match hold::take(self.question, self.ports).await {
                Some(opened) => opened.map(Held::from),
                None => {
                    diagnostics.push(hold::interrupted());
                    return None;
                }
            }
        } else {
            without_lease(store, environment).await
        };
        let opened = match opened {
            Err(fault @ (StoreFault::ReadOnly { .. } | StoreFault::Full { .. })) if planning => {
                let read = without_lease(store, environment).await;
                if read.is_ok() {
                    let why =
                        format!("{fault}. It is read without its lock: somebody else may be changing it.");
                    diagnostics.push(Diagnostic::warning("State cannot be written", why));
                }
                read
            }
            opened => opened,
        };
        opened.map_err(|fault| diagnostics.push(store_fault(&fault))).ok()
    }
}

/// Reads a state and the operations left open in it, without the lease.
async fn without_lease(store: &dyn StateStore, environment: &EnvironmentName) -> Result<Held, StoreFault> {
    // Unfinished changes raise the serial before their revision is complete.
    let settled = store.identity(environment).await?.map_or(0, |(_, serial)| serial);
    let stored = store.read(environment).await?;
    let is_moving = stored.serial != settled;
    Ok(Held { lease: None, stored, intents: store.open_intents(environment).await?, is_moving })
}

impl From<Opened> for Held {
    fn from(opened: Opened) -> Self {
        let Opened { lease, state, intents } = opened;
        Self { lease: Some(lease), stored: state, intents, is_moving: false }
    }
}

/// Fails if there are errors.
fn sound(diagnostics: &mut Diagnostics) -> Result<(), Diagnostics> {
    if diagnostics.has_errors() { Err(std::mem::take(diagnostics)) } else { Ok(()) }
}
