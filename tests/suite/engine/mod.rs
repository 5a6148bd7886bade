//! What must hold whatever providers do: random configurations and changes of them, against a world that fails, lies,
//! is slow and is cut off.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use terrace::address::EnvironmentName;
use terrace::app::inputs::Given;
use terrace::app::protection::Approval;
use terrace::app::run::{Ports, Question, Session};
use terrace::app::state::{Change, Place, settle};
use terrace::diag::Diagnostics;
use terrace::engine::Signals;
use terrace::plan::Mode;
use terrace::port::{Event, EventSink, Holder, StateStore};
use terrace::provision::Provisioners;
use terrace::state::{State, json, verify};
use terrace::store::Memory;

use crate::support::chance::Chance;
use draft::Draft;
use toy::{Mood, Toy, World};

mod draft;
mod inside;
mod nest;
mod outputs;
mod toy;

struct Silence;

impl EventSink for Silence {
    fn event(&self, _event: Event) {}
}

/// Seeds that have found something once.
const REMEMBERED: &[u64] = &[38, 44, 105, 144, 1278, 1355, 2419, 2737];

/// `TERRACE_FUZZ_SEED=17` replays one story, `TERRACE_FUZZ_CASES=10000` tries more of them.
#[test]
fn nothing_is_lost_whatever_providers_do() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("TERRACE_FUZZ_SEED") {
        return story(seed);
    }
    let first = number("TERRACE_FUZZ_FIRST").unwrap_or(0);
    let cases = first..first + number("TERRACE_FUZZ_CASES").unwrap_or(60);
    let mut faults = Vec::new();
    for seed in REMEMBERED.iter().copied().chain(cases) {
        if let Err(fault) = std::panic::catch_unwind(|| story(seed)) {
            let text = fault.downcast_ref::<String>().cloned().unwrap_or_default();
            faults.push(format!("TERRACE_FUZZ_SEED={seed}: {}", text.lines().next().unwrap_or("panicked")));
        }
    }
    assert!(faults.is_empty(), "{} stories end badly:\n{}", faults.len(), faults.join("\n"));
}

const ONE: &str = "resource \"toy_thing\" \"one\" {\n  name = \"one\"\n}\n";

/// Writes a configuration of resources of the toy provider.
fn write(stage: &Stage, resources: &str) {
    let toy = "terraform {\n  required_providers {\n    toy = { source = \"test/toy\" }\n  }\n}\n";
    std::fs::write(stage.folder.path().join("main.tf"), format!("{toy}{resources}")).unwrap();
}

/// Cuts a run off when the world holds this many things, and the end of an operation is not recorded.
async fn cut_off(stage: &mut Stage, things: usize) -> terrace::port::Intent {
    for seed in 0..100 {
        let mood = Mood { seed, cancelled: Some(1), ..Mood::default() };
        let _ = stage.run(&Ask::default(), mood).await;
        let open = stage.store.open_intents(&stage.environment).await.unwrap();
        let made = stage.world.lock().unwrap().things.len();
        if let (Some(intent), true) = (open.first(), made == things) {
            return intent.clone();
        }
    }
    panic!("no run was cut off in that moment");
}

#[tokio::test]
async fn an_object_that_was_found_is_recorded_like_one_that_was_made() {
    let mut stage = Stage::new(0);
    write(&stage, ONE);
    assert!(!stage.run(&Ask::default(), Mood::default()).await.has_errors());
    write(
        &stage,
        &format!(
            "{ONE}resource \"toy_thing\" \"two\" {{
  name = sensitive(\"two\")
  depends_on = [toy_thing.one]
  lifecycle {{
    create_before_destroy = true
  }}
}}
"
        ),
    );
    let intent = cut_off(&mut stage, 2).await;
    assert_eq!(intent.address.to_string(), "toy_thing.two");
    // Without its configuration, everything is known from the journal.
    write(&stage, "");
    let ask = Ask { mode: Mode::RefreshOnly, ..Ask::default() };
    assert!(!stage.run(&ask, Mood::default()).await.has_errors());
    let state = stage.store.read(&stage.environment).await.unwrap();
    let object = state.instance(&intent.address).unwrap().current.as_ref().unwrap();
    assert_eq!(object.sensitive.iter().map(ToString::to_string).collect::<Vec<_>>(), [".name"]);
    assert_eq!(object.dependencies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["toy_thing.one"]);
    assert!(object.create_before_destroy);
    stage.end().await;
}

#[tokio::test]
async fn what_an_interrupted_update_may_have_made_secret_is_secret() {
    let mut stage = Stage::new(0);
    write(&stage, ONE);
    assert!(!stage.run(&Ask::default(), Mood::default()).await.has_errors());
    write(&stage, &ONE.replace("\"one\"\n}", "sensitive(\"secret\")\n}"));
    let intent = cut_off(&mut stage, 1).await;
    let ask = Ask { mode: Mode::RefreshOnly, ..Ask::default() };
    assert!(!stage.run(&ask, Mood::default()).await.has_errors());
    let state = stage.store.read(&stage.environment).await.unwrap();
    let object = state.instance(&intent.address).unwrap().current.as_ref().unwrap();
    assert_eq!(object.sensitive.iter().map(ToString::to_string).collect::<Vec<_>>(), [".name"]);
    stage.end().await;
}

#[tokio::test]
async fn what_nobody_can_look_for_is_named_until_somebody_decides() {
    let forgetful = Mood { forgetful: true, ..Mood::default() };
    let mut stage = Stage::new(0);
    write(&stage, ONE);
    let intent = cut_off(&mut stage, 1).await;
    assert_eq!(intent.address.to_string(), "toy_thing.one");
    for ask in [Ask::default(), Ask { mode: Mode::Destroy, ..Ask::default() }] {
        let said = stage.run(&ask, forgetful).await;
        let fault = said.iter().find(|one| one.summary == "Object may exist").expect("it is named");
        assert!(fault.detail.contains("toy_thing.one"), "{}", fault.detail);
        assert_eq!(stage.world.lock().unwrap().things.len(), 1, "nothing is made a second time");
    }
    // It exists, so it is taken over.
    let id = stage.world.lock().unwrap().things.keys().next().unwrap().clone();
    let signals = Arc::new(Signals::default());
    let toy = Toy::with(&stage.world, forgetful, &signals);
    let ports = Ports {
        store: &stage.store,
        providers: &toy,
        provisioner: &Provisioners,
        events: &Silence,
        signals: &signals,
        asker: None,
    };
    let ask = question(stage.folder.path(), &stage.environment, &Ask::default());
    let imported = terrace::app::import::run(ask.clone(), ("toy_thing.one", &id), ports).await;
    assert_eq!(imported.unwrap().0.to_string(), "toy_thing.one");
    assert!(stage.store.open_intents(&stage.environment).await.unwrap().is_empty());
    let again = terrace::app::import::run(ask, ("toy_thing.one", &id), ports).await.unwrap_err();
    assert!(again.iter().any(|one| one.summary == "Instance exists already"));
    stage.calm_down().await;
    assert_eq!(stage.world.lock().unwrap().things.len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn what_somebody_looked_for_and_did_not_find_is_made_anew() {
    let forgetful = Mood { forgetful: true, ..Mood::default() };
    let mut stage = Stage::new(0);
    write(&stage, ONE);
    cut_off(&mut stage, 1).await;
    stage.world.lock().unwrap().things.clear();
    let holder = Holder { who: "test".into(), process: 1, operation: "state settle".into() };
    let change = Change {
        place: Place { store: &stage.store, environment: &stage.environment },
        holder: &holder,
        patience: Duration::ZERO,
        what: "state settle toy_thing.one",
    };
    assert_eq!(settle(change, "toy_thing.one").await.unwrap().to_string(), "toy_thing.one");
    let again = settle(change, "toy_thing.one").await.unwrap_err();
    assert!(again.iter().any(|one| one.summary == "Nothing to settle"));
    assert!(!stage.run(&Ask::default(), forgetful).await.has_errors());
    stage.calm_down().await;
    stage.end().await;
}

/// One project on its way through several configurations, and its end.
fn story(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut chance = Chance::of(seed, "story");
    let mut draft = Draft::random(&mut chance);
    let mut stage = Stage::new(seed);
    for step in 0..2 + chance.below(4) {
        if step > 0 {
            draft.change(&mut chance);
        }
        stage.configure(&draft);
        stage.meddle(&mut chance);
        let ask = Ask::random(&draft, &mut chance);
        let mood = Mood {
            seed: seed.wrapping_mul(1000).wrapping_add(step as u64),
            trouble: *chance.one(&[0, 10, 30, 60]),
            interrupted: chance.percent(15).then(|| 1 + chance.below(6)),
            cancelled: chance.percent(25).then(|| 1 + chance.below(8)),
            forgetful: false,
        };
        let _ = runtime.block_on(stage.run(&ask, mood));
        if chance.percent(60) {
            runtime.block_on(stage.calm_down());
        }
    }
    runtime.block_on(stage.calm_down());
    let mood = Mood { seed, trouble: 30, cancelled: chance.percent(30).then_some(2), ..Mood::default() };
    let _ = runtime.block_on(stage.run(&Ask { mode: Mode::Destroy, ..Ask::default() }, mood));
    runtime.block_on(stage.end());
}

/// What is asked for.
#[derive(Clone, Debug)]
struct Ask {
    mode: Mode,
    targets: Vec<String>,
    excluded: Vec<String>,
    replace: Vec<String>,
    refresh: bool,
}

impl Default for Ask {
    fn default() -> Self {
        Self { mode: Mode::Normal, targets: vec![], excluded: vec![], replace: vec![], refresh: true }
    }
}

impl Ask {
    fn random(draft: &Draft, chance: &mut Chance) -> Self {
        let mut ask = Self::default();
        match chance.below(10) {
            0 => ask.mode = Mode::Destroy,
            1 => ask.targets.extend(draft.address(true, chance)),
            2 => ask.excluded.extend(draft.address(true, chance)),
            3 | 4 => ask.replace.extend(draft.address(false, chance)),
            5 => {
                ask.mode = Mode::Destroy;
                ask.targets.extend(draft.address(true, chance));
            }
            6 => ask.mode = Mode::RefreshOnly,
            7 => ask.refresh = false,
            _ => {}
        }
        ask
    }
}

/// Where a story happens.
struct Stage {
    folder: tempfile::TempDir,
    store: Memory,
    world: Arc<Mutex<World>>,
    environment: EnvironmentName,
    told: String,
    seed: u64,
}

impl Stage {
    fn new(seed: u64) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            store: Memory::default(),
            world: Arc::default(),
            environment: EnvironmentName::new("default").unwrap(),
            told: String::new(),
            seed,
        }
    }

    fn configure(&mut self, draft: &Draft) {
        let text = draft.text();
        std::fs::write(self.folder.path().join("main.tf"), &text).unwrap();
        let _ = writeln!(self.told, "=== configuration\n{text}");
    }

    /// Somebody destroys something behind our back.
    fn meddle(&mut self, chance: &mut Chance) {
        let mut world = self.world.lock().unwrap();
        let ids: Vec<String> = world.things.keys().cloned().collect();
        if !ids.is_empty() && chance.percent(15) {
            let id = chance.one(&ids);
            world.things.remove(id);
            let _ = writeln!(self.told, "=== {id} is gone");
        }
    }

    async fn run(&mut self, ask: &Ask, mood: Mood) -> Diagnostics {
        let _ = writeln!(self.told, "=== {ask:?}\n    {mood:?}");
        let signals = Arc::new(Signals::default());
        let toy = Toy::with(&self.world, mood, &signals);
        let ports = Ports {
            store: &self.store,
            providers: &toy,
            provisioner: &Provisioners,
            events: &Silence,
            signals: &signals,
            asker: None,
        };
        let (diagnostics, changes) =
            carry_out(question(self.folder.path(), &self.environment, ask), ports).await;
        self.told.push_str(&changes);
        for one in diagnostics.iter() {
            let _ = writeln!(self.told, "    said: {}: {}", one.summary, one.detail);
        }
        let prepared = std::mem::take(&mut self.world.lock().unwrap().prepared);
        let left = mood.cancelled.is_none() && !prepared.is_empty();
        self.demand(!left, &format!("something was prepared for nothing: {prepared:?}"));
        let state = self.state().await;
        self.told.push_str(&outline(&state, &self.world.lock().unwrap()));
        self.holds(&state, &diagnostics).await;
        diagnostics
    }

    async fn state(&self) -> State {
        self.store.read(&self.environment).await.unwrap()
    }

    /// What must hold at any moment.
    async fn holds(&self, state: &State, diagnostics: &Diagnostics) {
        let contradictions = verify(state);
        self.demand(contradictions.is_empty(), &format!("the state contradicts itself: {contradictions:?}"));
        let unsound = diagnostics.iter().find(|one| one.summary == "Plan is not sound");
        self.demand(unsound.is_none(), &format!("unsound: {:?}", unsound.map(|one| &one.detail)));
        let ids = ids(state);
        let unique: BTreeSet<&String> = ids.iter().collect();
        self.demand(unique.len() == ids.len(), "the state has an object twice");
        let open = self.store.open_intents(&self.environment).await.unwrap();
        for (id, thing) in &self.world.lock().unwrap().things {
            let intended = open.iter().any(|intent| *intent.operation.0 == *thing.token);
            self.demand(unique.contains(id) || intended, &format!("{id} is an orphan"));
        }
    }

    /// Without trouble, everything becomes as it is written.
    async fn calm_down(&mut self) {
        let said = self.run(&Ask::default(), Mood::default()).await;
        self.demand(!said.has_errors(), "a run without trouble fails");
        let again = self.run(&Ask::default(), Mood::default()).await;
        self.demand(!again.has_errors(), "the run after it fails");
        let changes = self.told.rsplit("=== ").next().unwrap().contains("    plan: ");
        self.demand(!changes, "a second run still has something to do");
        let state = self.state().await;
        let known: BTreeSet<String> = ids(&state).into_iter().collect();
        let there: BTreeSet<String> = self.world.lock().unwrap().things.keys().cloned().collect();
        self.demand(known == there, "state and world are not the same");
        let deposed = state.instances().any(|(_, _, instance)| !instance.deposed.is_empty());
        self.demand(!deposed, "something is still put aside");
    }

    async fn end(&mut self) {
        let said = self.run(&Ask { mode: Mode::Destroy, ..Ask::default() }, Mood::default()).await;
        self.demand(!said.has_errors(), "destroying without trouble fails");
        let left = self.state().await;
        self.demand(left.resources.is_empty(), "the state still has something");
        self.demand(self.world.lock().unwrap().things.is_empty(), "the world still has something");
    }

    fn demand(&self, holds: bool, otherwise: &str) {
        assert!(holds, "{otherwise}\nTERRACE_FUZZ_SEED={} replays this story:\n{}", self.seed, self.told);
    }
}

fn question(folder: &Path, environment: &EnvironmentName, ask: &Ask) -> Question {
    Question {
        preview: None,
        folder: folder.to_path_buf(),
        environment: environment.clone(),
        given: Given::default(),
        mode: ask.mode,
        targets: ask.targets.clone(),
        excluded: ask.excluded.clone(),
        replace: ask.replace.clone(),
        refresh: ask.refresh,
        parallelism: 4,
        patience: Duration::ZERO,
        lock: true,
        holder: Holder { who: "test".into(), process: 1, operation: "apply".into() },
    }
}

async fn carry_out(question: Question, ports: Ports<'_>) -> (Diagnostics, String) {
    let mut told = String::new();
    let (mut session, mut said) = match Session::open(question, ports).await {
        Ok(opened) => opened,
        Err(said) => return (said, told),
    };
    let (plan, more) = session.plan().await;
    let faulty = more.has_errors();
    said.extend(more);
    for change in plan.changes.iter().filter(|change| change.action != terrace::plan::Action::NoOp) {
        let _ = writeln!(
            told,
            "    plan: {:?} {} {:?} {:?}",
            change.action, change.address, change.deposed, change.reason
        );
    }
    if !faulty {
        let permit = session.permit(&plan, &Approval::none()).expect("nothing has rules");
        let (applied, more) = session.apply(&plan, permit).await;
        let _ = writeln!(
            told,
            "    done: {:?}, failed {:?}, untried {:?}",
            applied.tally, applied.failed, applied.untried
        );
        said.extend(more);
    }
    said.extend(session.close().await);
    (said, told)
}

fn ids(state: &State) -> Vec<String> {
    let ty = toy::block().implied_type();
    let objects = state.instances().flat_map(|(_, _, instance)| instance.objects());
    objects.map(|(_, object)| toy::text(&json::decode(&object.attributes, &ty).unwrap(), "id")).collect()
}

fn outline(state: &State, world: &World) -> String {
    let ty = toy::block().implied_type();
    let mut objects = BTreeMap::new();
    for (address, _, instance) in state.instances() {
        for (deposed, object) in instance.objects() {
            let id = toy::text(&json::decode(&object.attributes, &ty).unwrap(), "id");
            let needs: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
            let first = if object.create_before_destroy { " cbd" } else { "" };
            let gone = if world.things.contains_key(&id) { "" } else { " (gone)" };
            objects.insert(
                format!("{address} {}", deposed.map(|key| key.0.to_string()).unwrap_or_default()),
                format!("{id}{gone} {:?}{first} needs {needs:?}", object.status),
            );
        }
    }
    objects.iter().map(|(name, what)| format!("    state: {name} {what}\n")).collect()
}
