//! Objects with parts that another engine looks after: what is asked of their provider, and when.

use std::path::PathBuf;
use std::sync::Mutex;

use terrace::address::EnvironmentName;
use terrace::app::everywhere::{EnvironmentOutcome, Everywhere, SharedPorts};
use terrace::app::protection::Approval;
use terrace::app::run::{Ports, Question, Session};
use terrace::app::saved;
use terrace::diag::{Diagnostics, Severity};
use terrace::engine::{Applied, Signals};
use terrace::plan::{Action, Mode, Order, PartAction, Plan};
use terrace::port::{Event, EventSink, StateStore};
use terrace::provision::Provisioners;
use terrace::store::Memory;

use super::nest::Nest;
use super::{Ask, question};

const HEAD: &str = "terraform {\n  required_providers {\n    nest = { source = \"test/nest\" }\n  }\n}\n";

struct Stage {
    folder: tempfile::TempDir,
    store: Memory,
    nest: Nest,
    environment: EnvironmentName,
    signals: Signals,
    heard: Heard,
}

#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl EventSink for Heard {
    fn event(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

impl Heard {
    fn words(&self) -> Vec<String> {
        let heard = self.0.lock().unwrap();
        let words = heard.iter().filter_map(|event| match event {
            Event::Part { address, progress } => {
                Some(format!("{address} {} {}", progress.part, progress.status))
            }
            _ => None,
        });
        words.collect()
    }
}

/// `address: action [Part action, ...]` of everything that is not left alone.
fn outline(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    let outline = changes.map(|change| {
        let parts = change.inside.iter().flat_map(|inside| &inside.parts);
        let parts: Vec<String> = parts.map(|part| format!("{} {:?}", part.name, part.action)).collect();
        format!("{}: {:?} [{}]", change.address, change.action, parts.join(", "))
    });
    outline.collect()
}

fn errors(diagnostics: &Diagnostics) -> Vec<&str> {
    let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.detail.as_str()).collect()
}

impl Stage {
    fn new(text: &str) -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
            store: Memory::default(),
            nest: Nest::default(),
            environment: EnvironmentName::new("default").unwrap(),
            signals: Signals::default(),
            heard: Heard::default(),
        };
        stage.write(text);
        stage
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("main.tf"), format!("{HEAD}{text}")).unwrap();
    }

    fn ports(&self) -> Ports<'_> {
        Ports {
            store: &self.store,
            providers: &self.nest,
            provisioner: &Provisioners,
            events: &self.heard,
            signals: &self.signals,
            asker: None,
        }
    }

    fn question(&self, mode: Mode) -> Question {
        question(self.folder.path(), &self.environment, &Ask { mode, ..Ask::default() })
    }

    async fn open(&self, mode: Mode) -> Session<'_> {
        let opened = Session::open(self.question(mode), self.ports()).await;
        opened.unwrap_or_else(|faults| panic!("{faults:?}")).0
    }

    /// Plans and applies.
    async fn apply(&self, mode: Mode) -> (Vec<String>, Applied, Diagnostics) {
        let mut session = self.open(mode).await;
        let (plan, mut said) = session.plan().await;
        assert!(!said.has_errors(), "{said:?}");
        let permit = session.permit(&plan, &Approval::none()).unwrap();
        let (applied, more) = session.apply(&plan, permit).await;
        said.extend(more);
        said.extend(session.close().await);
        (outline(&plan), applied, said)
    }

    fn saved_in(&self) -> PathBuf {
        self.folder.path().join("saved")
    }

    async fn save(&self) {
        let mut session = self.open(Mode::Normal).await;
        let (plan, said) = session.plan().await;
        assert!(!said.has_errors(), "{said:?}");
        session.save(&terrace::plan::format::write(&plan), &self.saved_in()).unwrap();
        assert!(session.close().await.is_empty());
    }

    async fn apply_saved(&self) -> Diagnostics {
        let plan = saved::load(&self.saved_in()).unwrap();
        let opened = Session::open_saved(self.question(Mode::Normal), &plan, self.ports()).await;
        let (mut session, mut said) = opened.unwrap_or_else(|faults| panic!("{faults:?}"));
        let permit = session.permit(&plan, &Approval::none()).unwrap();
        said.extend(session.apply(&plan, permit).await.1);
        said.extend(session.close().await);
        said
    }

    fn drift(&self) -> EnvironmentOutcome {
        let (everywhere, _) = Everywhere::open(self.folder.path(), None).unwrap();
        let quiet = |_: &EnvironmentName| -> Box<dyn EventSink> { Box::new(super::Silence) };
        let ports = SharedPorts {
            store: &self.store,
            providers: &self.nest,
            provisioner: &Provisioners,
            signals: &self.signals,
            events: &quiet,
        };
        let mut told = Vec::new();
        let faults = everywhere.drift(&self.question(Mode::Normal), ports, |found| told.push(found));
        assert!(faults.is_empty());
        told.pop().expect("there is one environment")
    }
}

fn nest(name: &str, more: &str) -> String {
    format!("resource \"nest_nest\" \"{name}\" {{\n  name = \"{name}\"\n{more}\n}}\n")
}

#[tokio::test]
async fn a_change_is_looked_into_once_and_what_was_noted_arrives_when_it_is_applied() {
    let stage = Stage::new(&nest("one", "parts = [\"B\", \"A\"]"));
    let (plan, ..) = stage.apply(Mode::Normal).await;
    assert_eq!(plan, ["nest_nest.one: Create [A Add, B Add]"], "parts are in order");
    assert_eq!(stage.nest.asked(), ["look at one: create", "make one with \"create one\""]);
    assert_eq!(stage.heard.words(), ["nest_nest.one Part WORKING"]);

    stage.write(&nest("one", "parts = [\"A\"]"));
    let (plan, ..) = stage.apply(Mode::Normal).await;
    assert_eq!(plan, ["nest_nest.one: Update [B Remove]"]);
    assert_eq!(stage.nest.asked(), ["look at one: update", "make one with \"update one\""]);

    let (plan, ..) = stage.apply(Mode::Normal).await;
    assert!(plan.is_empty());
    assert!(stage.nest.asked().is_empty(), "what stays as it is has no inside");
}

#[tokio::test]
async fn a_replacement_says_what_goes_with_the_one_and_what_comes_with_the_other() {
    let stage = Stage::new(&nest("one", "parts = [\"Database\", \"Gone\"]\nzone = \"a\""));
    let _ = stage.apply(Mode::Normal).await;
    stage.nest.asked();
    stage.write(&nest("one", "parts = [\"Database\", \"Fresh\"]\nzone = \"b\""));
    let mut session = stage.open(Mode::Normal).await;
    let (plan, _) = session.plan().await;
    let replaced =
        "nest_nest.one: Replace(DestroyFirst) [Database Replace, Fresh Add, Gone Remove]".to_owned();
    assert_eq!(outline(&plan), [replaced]);
    assert_eq!(plan.changes[0].action, Action::Replace(Order::DestroyFirst));
    let inside = plan.changes[0].inside.as_ref().unwrap();
    assert_eq!(&*inside.notes, b"create one", "what is noted is about the new one");
    assert!(inside.parts[0].loses_data());
    assert_eq!(inside.parts[0].id.as_deref(), Some("Database-1"), "it is the one that goes");
    let permit = session.permit(&plan, &Approval::none()).unwrap();
    let _ = session.apply(&plan, permit).await;
    assert!(session.close().await.is_empty());
    assert_eq!(
        stage.nest.asked(),
        [
            "look at one: create",
            "look at one: destroy",
            "make one with \"create one\"",
            "unmake one with \"\""
        ]
    );
}

#[tokio::test]
async fn what_is_destroyed_is_looked_into_and_what_is_forgotten_is_not() {
    let stage = Stage::new(&(nest("one", "parts = [\"A\"]") + &nest("two", "parts = [\"B\"]")));
    let _ = stage.apply(Mode::Normal).await;
    stage.nest.asked();
    stage.write("removed {\n  from = nest_nest.two\n  lifecycle {\n    destroy = false\n  }\n}\n");
    let (plan, ..) = stage.apply(Mode::Normal).await;
    assert_eq!(plan, ["nest_nest.one: Delete [A Remove]", "nest_nest.two: Forget []"]);
    assert_eq!(stage.nest.asked(), ["look at one: destroy", "unmake one with \"\""]);
}

#[tokio::test]
async fn a_look_that_fails_fails_its_instance_only() {
    let text = nest("bad", "trouble = \"look\"") + &nest("good", "parts = [\"A\"]");
    let stage = Stage::new(&text);
    let mut session = stage.open(Mode::Normal).await;
    let (plan, said) = session.plan().await;
    assert_eq!(errors(&said), ["looking"]);
    assert!(plan.faulty);
    assert_eq!(outline(&plan), ["nest_nest.good: Create [A Add]"]);
    assert!(session.close().await.is_empty());
    let given_up = "discard nest_nest \"create good\"";
    assert_eq!(stage.nest.asked(), [given_up, "look at bad: create", "look at good: create"]);
}

#[tokio::test]
async fn nothing_is_prepared_for_what_is_refused() {
    let stage = Stage::new(&nest("one", "zone = \"a\""));
    let _ = stage.apply(Mode::Normal).await;
    stage.nest.asked();
    stage.write(&nest("one", "zone = \"b\"\nlifecycle {\n  prevent_destroy = true\n}"));
    let mut session = stage.open(Mode::Normal).await;
    let (_, said) = session.plan().await;
    assert!(said.has_errors());
    let _ = session.close().await;
    assert!(stage.nest.asked().is_empty());
}

#[tokio::test]
async fn what_was_prepared_for_a_plan_that_nobody_carries_out_is_given_up() {
    let provider = "variable \"zone\" {\n  default = \"a\"\n}\nprovider \"nest\" {\n  zone = var.zone\n}\n";
    let stage = Stage::new(&(provider.to_owned() + &nest("one", "") + &nest("sticky", "")));
    let opened = Session::open_to_plan(stage.question(Mode::Normal), stage.ports()).await;
    let mut session = opened.unwrap_or_else(|faults| panic!("{faults:?}")).0;
    let (plan, _) = session.plan().await;
    assert_eq!(plan.changes.len(), 2);
    assert_eq!(stage.nest.asked(), ["configure a", "look at one: create", "look at sticky: create"]);
    let said = session.close().await;
    let given_up = ["discard nest_nest \"create one\"", "discard nest_nest \"create sticky\""];
    assert_eq!(stage.nest.asked(), ["configure a", given_up[0], given_up[1]]);
    assert!(!said.has_errors(), "what is left behind is in nobody's way");
    let said: Vec<&str> = said.iter().map(|one| one.detail.as_str()).collect();
    assert_eq!(said, ["It does not go away."]);
    let _ = session.close().await;
    assert!(stage.nest.asked().is_empty(), "once is enough");
}

#[tokio::test]
async fn who_interrupts_once_waits_for_what_is_given_up_and_who_does_it_twice_does_not() {
    let stage = Stage::new(&nest("hanging", ""));
    let mut session = stage.open(Mode::Normal).await;
    let (plan, _) = session.plan().await;
    assert!(!plan.faulty);
    stage.signals.stop();
    let closing = tokio::time::timeout(std::time::Duration::from_millis(50), session.close()).await;
    assert!(closing.is_err(), "it hangs");
    assert_eq!(stage.nest.asked(), ["discard nest_nest \"create hanging\"", "look at hanging: create"]);

    let stage = Stage::new(&nest("hanging", ""));
    let mut session = stage.open(Mode::Normal).await;
    let _ = session.plan().await;
    stage.signals.cancel();
    let closing = tokio::time::timeout(std::time::Duration::from_secs(10), session.close()).await;
    assert!(closing.expect("it is over").is_empty());
}

#[tokio::test]
async fn a_saved_plan_keeps_what_was_prepared_for_it() {
    let stage = Stage::new(&nest("one", "parts = [\"A\"]"));
    stage.save().await;
    assert_eq!(stage.nest.asked(), ["look at one: create"]);
    let said = stage.apply_saved().await;
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(stage.nest.asked(), ["make one with \"create one\""]);
}

#[tokio::test]
async fn what_had_no_turn_because_something_failed_is_given_up() {
    let text = nest("bad", "trouble = \"apply\"")
        + &nest("later", "depends_on = [nest_nest.bad]")
        + &nest("other", "");
    let stage = Stage::new(&text);
    let (_, applied, said) = stage.apply(Mode::Normal).await;
    assert_eq!(errors(&said), ["applying"]);
    assert_eq!(applied.untried, ["create nest_nest.later"]);
    let asked = stage.nest.asked();
    let given_up: Vec<&String> = asked.iter().filter(|one| one.starts_with("discard")).collect();
    assert_eq!(given_up, ["discard nest_nest \"create later\""], "what failed is its provider's");

    // A saved plan that came to an end in the middle can never be applied again.
    let stage = Stage::new(&text);
    stage.save().await;
    let said = stage.apply_saved().await;
    assert_eq!(errors(&said), ["applying"]);
    let asked = stage.nest.asked();
    let given_up: Vec<&String> = asked.iter().filter(|one| one.starts_with("discard")).collect();
    assert_eq!(given_up, ["discard nest_nest \"create later\""]);
}

#[tokio::test]
async fn drift_looks_closely_prepares_nothing_and_writes_nothing_down() {
    let text = nest("one", "parts = [\"A\", \"BBent\"]") + &nest("two", "parts = [\"C\"]");
    let stage = Stage::new(&text);
    let _ = stage.apply(Mode::Normal).await;
    stage.nest.asked();
    let before = stage.store.read(&stage.environment).await.unwrap();
    stage.write(&(nest("one", "parts = []") + &nest("three", "")));
    let found = stage.drift();
    assert!(!found.diagnostics.has_errors(), "{:?}", found.diagnostics);
    // What the configuration does not ask for any more is looked at too.
    assert_eq!(stage.nest.asked(), ["examine one", "examine two"]);
    let plan = found.plan.expect("there is a plan");
    assert_eq!(plan.drift.len(), 1);
    let drifted = &plan.drift[0];
    assert_eq!(drifted.address.to_string(), "nest_nest.one");
    assert!(drifted.before.same(&drifted.after));
    let parts = &drifted.inside.as_ref().unwrap().parts;
    assert_eq!((parts.len(), &*parts[0].name, parts[0].action), (1, "BBent", PartAction::Modify));
    let after = stage.store.read(&stage.environment).await.unwrap();
    assert_eq!(before.serial, after.serial);

    // Other commands do not look that closely.
    stage.write(&text);
    let (plan, ..) = stage.apply(Mode::Normal).await;
    assert!(plan.is_empty());
    assert!(stage.nest.asked().is_empty());
}

#[tokio::test]
async fn an_object_that_cannot_be_looked_at_closely_is_a_fault() {
    let stage = Stage::new(&nest("one", "trouble = \"examine\""));
    let _ = stage.apply(Mode::Normal).await;
    let found = stage.drift();
    assert_eq!(errors(&found.diagnostics), ["examining"]);
}

#[tokio::test]
async fn taking_an_object_over_and_drawing_a_plan_prepare_nothing() {
    let stage = Stage::new(&nest("one", "parts = [\"A\"]"));
    let steps = terrace::app::graph::planned(stage.question(Mode::Normal), stage.ports()).await;
    assert_eq!(steps.unwrap().0.len(), 1);
    assert!(stage.nest.asked().is_empty());
}

/// What a permit is refused for, and whether there would be a plan at all.
async fn refused(stage: &Stage, protect: &str, approval: &Approval) -> (Vec<String>, Vec<String>) {
    let text = format!("environment \"default\" {{\n{protect}\n}}\n");
    std::fs::write(stage.folder.path().join("terrace.hcl"), text).unwrap();
    let mut session = stage.open(Mode::Normal).await;
    let (plan, said) = session.plan().await;
    let forbidden = errors(&said).into_iter().map(str::to_owned).collect();
    let faults = session.permit(&plan, approval).err().unwrap_or_default();
    let refused = errors(&faults).into_iter().map(str::to_owned).collect();
    let _ = session.close().await;
    (forbidden, refused)
}

#[tokio::test]
async fn data_that_goes_from_the_inside_of_an_object_takes_the_consent_of_destroying() {
    let stage = Stage::new(&nest("one", "parts = [\"Database\", \"Queue\"]"));
    let _ = stage.apply(Mode::Normal).await;
    let mut approval = Approval::none();
    approval.claims.confirmed = Some("default".into());
    let production = "tier = \"production\"";

    stage.write(&nest("one", "parts = [\"Database\"]"));
    let (_, refusals) = refused(&stage, production, &approval).await;
    assert!(refusals.is_empty(), "a queue is no loss: {refusals:?}");

    stage.write(&nest("one", "parts = [\"Queue\"]"));
    let (_, refusals) = refused(&stage, production, &approval).await;
    assert_eq!(refusals.len(), 1);
    assert!(refusals[0].contains("destroys or replaces nest_nest.one/Database,"), "{refusals:?}");
    approval.claims.allow_destroy = true;
    let (_, refusals) = refused(&stage, production, &approval).await;
    assert!(refusals.is_empty(), "{refusals:?}");
}

#[tokio::test]
async fn parts_are_protected_by_their_names_and_with_their_objects() {
    let stage = Stage::new(&nest("one", "parts = [\"Database\", \"Queue\", \"ThingKept\"]"));
    let _ = stage.apply(Mode::Normal).await;
    let denied = async |pattern: &str, text: &str| {
        stage.write(text);
        let protect = format!("protect {{\n  deny_destroy = [\"{pattern}\"]\n}}");
        refused(&stage, &protect, &Approval::none()).await.0
    };
    let without = |names: &str| nest("one", &format!("parts = [{names}]"));
    let no_queue = without("\"Database\", \"ThingKept\"");
    let no_database = without("\"Queue\", \"ThingKept\"");
    let no_thing = without("\"Database\", \"Queue\"");
    for (pattern, text, lost) in [
        // An object is protected for the sake of the data in it.
        ("nest_nest.one", &no_queue, None),
        ("nest_nest.one", &no_database, Some("destroy nest_nest.one/Database,")),
        ("nest_nest.one/Queue", &no_queue, Some("destroy nest_nest.one/Queue,")),
        ("nest_nest.one/Queue", &no_database, None),
        ("nest_nest.*/*", &no_queue, Some("destroy nest_nest.one/Queue,")),
        // What stays is not lost.
        ("nest_nest.one/ThingKept", &no_thing, None),
        // With the object goes what is in it.
        ("nest_nest.one/Queue", &String::new(), Some("destroy nest_nest.one/Queue,")),
        ("nest_nest.one/ThingKept", &String::new(), None),
        ("nest_nest.one", &String::new(), Some("destroy nest_nest.one,")),
    ] {
        let said = denied(pattern, text).await;
        match lost {
            None => assert!(said.is_empty(), "{pattern}: {said:?}"),
            Some(lost) => {
                assert_eq!(said.len(), 1, "{pattern}\n{text}");
                assert!(said[0].contains(&format!("This plan would {lost}")), "{pattern}: {said:?}");
            }
        }
    }
}
