//! What becomes of projects, step by step, as in the reference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use terrace::address::EnvironmentName;
use terrace::app::inputs::Given;
use terrace::app::run::{Doors, Question, Session};
use terrace::engine::Signals;
use terrace::plan::{Action, Change, Mode, Order, Plan, Reason};
use terrace::port::{Event, EventSink, Holder, StateStore};
use terrace::provider::Registry;
use terrace::state::{State, format};
use terrace::store::Memory;
use terrace::value::PathStep;

use crate::support;

mod shell;

/// One step of a case.
struct Step {
    verb: String,
    flags: Vec<String>,
    files: BTreeMap<String, String>,
}

struct Silence;

impl EventSink for Silence {
    fn event(&self, _event: Event) {}
}

#[test]
fn projects_go_the_way_that_they_go_in_the_reference() {
    let folder = folder();
    let known = support::known_differences(&folder.join("known_differences.txt"));
    let recorded = std::fs::read_to_string(folder.join("recorded.jsonl")).unwrap();
    let mut faults = Vec::new();
    for line in recorded.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let name = case["case"].as_str().unwrap();
        let text = std::fs::read_to_string(folder.join("cases").join(name)).unwrap();
        let here = numbered(&Json::Array(walk(&steps(&text))));
        let found = differences(&case["steps"], &here);
        match (found.is_empty(), known.contains_key(name)) {
            (true, true) => faults.push(format!("{name}: no longer differs; take it off the list")),
            (false, false) => faults.push(format!("{name}:\n    {}", found.join("\n    "))),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/lifecycle")
}

fn steps(text: &str) -> Vec<Step> {
    let parts = text.split("\n--- ").skip(1);
    parts
        .map(|part| {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            let mut words = head.split_whitespace().map(str::to_owned);
            let verb = words.next().unwrap();
            let (mut files, mut name) = (BTreeMap::new(), "main.tf".to_owned());
            for line in body.split_inclusive('\n') {
                match line.strip_prefix('@') {
                    Some(file) => {
                        file.trim().clone_into(&mut name);
                        files.insert(name.clone(), String::new());
                    }
                    None => files.entry(name.clone()).or_default().push_str(line),
                }
            }
            Step { verb, flags: words.collect(), files }
        })
        .collect()
}

/// Plans and applies each step on what the one before left.
fn walk(steps: &[Step]) -> Vec<Json> {
    let folder = tempfile::tempdir().unwrap();
    let store = Memory::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answers = steps.iter().map(|step| {
        lay_out(step, folder.path());
        runtime.block_on(one(step, folder.path(), &store))
    });
    answers.collect()
}

fn lay_out(step: &Step, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            std::fs::remove_dir_all(entry.path()).unwrap();
        } else {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    for (name, content) in &step.files {
        let place = folder.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, content).unwrap();
    }
    // Local modules are listed too where somebody has run init.
    let _ = terrace::app::init::run(&terrace::app::init::Request {
        folder,
        modules: true,
        upgrade: false,
        environment: Vec::new(),
        home: None,
        report: &|_| {},
    });
}

async fn one(step: &Step, folder: &Path, store: &Memory) -> Json {
    let values = |name: &str| {
        let prefix = format!("-{name}=");
        step.flags.iter().filter_map(|flag| flag.strip_prefix(&prefix)).map(str::to_owned).collect::<Vec<_>>()
    };
    let environment = EnvironmentName::new("default").unwrap();
    let question = Question {
        folder: folder.to_path_buf(),
        environment: environment.clone(),
        given: Given { variables: values("var"), ..Given::default() },
        mode: match &*step.verb {
            "destroy" => Mode::Destroy,
            "refresh" => Mode::RefreshOnly,
            _ => Mode::Normal,
        },
        targets: values("target"),
        excluded: values("exclude"),
        replace: values("replace"),
        refresh: !step.flags.iter().any(|flag| flag == "-refresh=false"),
        parallelism: 10,
        patience: Some(std::time::Duration::ZERO),
        holder: Holder { who: "test".into(), process: 1, operation: step.verb.clone() },
    };
    let (providers, provisioner, signals) = (Registry::default(), shell::Shell, Signals::default());
    let doors = Doors {
        store,
        providers: &providers,
        provisioner: &provisioner,
        events: &Silence,
        signals: &signals,
    };
    let Ok((session, _)) = Session::open(question, doors).await else { return json!({ "planned": false }) };
    let (plan, diagnostics) = session.plan().await;
    if diagnostics.has_errors() {
        session.close().await.has_errors();
        return json!({ "planned": false, "said": said(&diagnostics) });
    }
    let (_, diagnostics) = session.apply(&plan).await;
    session.close().await.has_errors();
    let state = store.read(&environment).await.unwrap();
    json!({
        "planned": true,
        "changes": changes(&plan),
        "outputs": plan.outputs.iter().map(|(name, change)| (name.to_string(), json!(actions(change.action)))).collect::<serde_json::Map<_, _>>(),
        "drift": plan.drift.iter().map(|change| change.address.to_string()).collect::<Vec<_>>(),
        "applied": !diagnostics.has_errors(),
        "said": said(&diagnostics),
        "state": of_state(&state),
    })
}

fn said(diagnostics: &terrace::diag::Diagnostics) -> Json {
    json!(diagnostics.iter().map(|fault| format!("{}: {}", fault.summary, fault.detail)).collect::<Vec<_>>())
}

fn changes(plan: &Plan) -> Json {
    let all = plan.changes.iter().map(|change| {
        let deposed = if change.deposed.is_some() { " (deposed)" } else { "" };
        (format!("{}{deposed}", change.address), of_change(change))
    });
    Json::Object(all.collect())
}

fn of_change(change: &Change) -> Json {
    let steps = |path: &terrace::value::Path| {
        let steps: Vec<Json> = path
            .0
            .iter()
            .map(|step| match step {
                PathStep::Attribute(name) => json!(name.to_string()),
                PathStep::Index(key) => match key.as_str() {
                    Some(text) => json!(text),
                    None => json!(key.as_number().and_then(terrace::value::Number::to_i64)),
                },
            })
            .collect();
        serde_json::to_string(&steps).unwrap()
    };
    let mut replace: Vec<String> = change.forces_replacement.iter().map(steps).collect();
    replace.sort();
    json!({
        "actions": actions(change.action),
        "reason": change.reason.map(reason),
        "previous": change.moved_from.as_ref().map(ToString::to_string),
        "replace": replace,
    })
}

fn actions(action: Action) -> Vec<&'static str> {
    match action {
        Action::NoOp => vec!["no-op"],
        Action::Create => vec!["create"],
        Action::Read => vec!["read"],
        Action::Update => vec!["update"],
        Action::Delete => vec!["delete"],
        Action::Replace(Order::DestroyFirst) => vec!["delete", "create"],
        Action::Replace(Order::CreateFirst) => vec!["create", "delete"],
        Action::Forget => vec!["forget"],
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseTainted => "replace_because_tainted",
        Reason::ReplaceByRequest => "replace_by_request",
        Reason::ReplaceByTriggers => "replace_by_triggers",
        Reason::ReplaceBecauseCannotUpdate => "replace_because_cannot_update",
        Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        Reason::DeleteBecauseNoModule => "delete_because_no_module",
        Reason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
        Reason::DeleteBecauseCountIndex => "delete_because_count_index",
        Reason::DeleteBecauseEachKey => "delete_because_each_key",
        Reason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
        Reason::ReadBecauseConfigUnknown => "read_because_config_unknown",
        Reason::ReadBecauseDependencyPending => "read_because_dependency_pending",
        Reason::ReadBecauseCheckNested => "read_because_check_nested",
    }
}

/// The state as the reference's file has it.
fn of_state(state: &State) -> Json {
    let file: Json = serde_json::from_str(&format::write(state, "1.11.4")).unwrap();
    let mut resources = serde_json::Map::new();
    for resource in file["resources"].as_array().unwrap() {
        let text = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
        let mut name = format!("{}.{}", text("type"), text("name"));
        if text("mode") == "data" {
            name = format!("data.{name}");
        }
        if resource.get("module").is_some() {
            name = format!("{}.{name}", text("module"));
        }
        for instance in resource["instances"].as_array().unwrap() {
            let key = instance.get("index_key").map(|key| format!("[{key}]")).unwrap_or_default();
            let deposed = if instance.get("deposed").is_some() { " (deposed)" } else { "" };
            let sorted = |list: Option<&Json>| {
                let mut items: Vec<String> = list
                    .and_then(Json::as_array)
                    .into_iter()
                    .flatten()
                    .map(|item| item.as_str().map_or_else(|| spaced(item), str::to_owned))
                    .collect();
                items.sort();
                items
            };
            resources.insert(
                format!("{name}{key}{deposed}"),
                json!({
                    "attributes": instance["attributes"],
                    "dependencies": sorted(instance.get("dependencies")),
                    "status": instance.get("status"),
                    "first": instance.get("create_before_destroy").and_then(Json::as_bool).unwrap_or(false),
                    "sensitive": sorted(instance.get("sensitive_attributes")),
                }),
            );
        }
    }
    json!({ "resources": resources, "outputs": file["outputs"] })
}

/// JSON with the spaces that the recorder writes.
fn spaced(json: &Json) -> String {
    match json {
        Json::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", json!(key), spaced(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// What the reference has in an answer and we do not, or have otherwise. What is only ours (messages) does not count.
fn differences(wanted: &Json, here: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let steps = wanted.as_array().unwrap().iter().zip(here.as_array().unwrap());
    for (number, (wanted, here)) in steps.enumerate() {
        let step = number + 1;
        for part in ["planned", "changes", "outputs", "drift", "applied", "state"] {
            let (mut wanted_part, here_part) = (wanted[part].clone(), here[part].clone());
            if part == "changes" {
                for change in wanted_part.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
                    let change = change.as_object_mut().unwrap();
                    change.remove("after");
                    change.remove("unknown");
                }
            }
            // The reference keeps no state file where nothing was ever stored.
            let nothing = wanted_part.is_null() && part == "state";
            if wanted_part != here_part && !nothing {
                compare(&format!("step {step} {part}"), &wanted_part, &here_part, &mut found);
            }
        }
        if !found.is_empty() && !here["said"].is_null() {
            found.push(format!("step {step} said: {}", here["said"]));
        }
    }
    found
}

fn compare(place: &str, wanted: &Json, here: &Json, found: &mut Vec<String>) {
    match (wanted, here) {
        (Json::Object(a), Json::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let none = Json::Null;
                let (x, y) = (a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none));
                if x != y {
                    compare(&format!("{place} {key}"), x, y, found);
                }
            }
        }
        _ => found.push(format!("{place}: {wanted} in the reference, {here} here")),
    }
}

/// Ids in the order of their appearance, object keys sorted.
fn numbered(answer: &Json) -> Json {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let text = answer.to_string();
    let pattern = regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let numbered = pattern.replace_all(&text, |found: &regex::Captures<'_>| {
        let next = ids.len() + 1;
        format!("<id {}>", ids.entry(found[0].to_owned()).or_insert(next))
    });
    serde_json::from_str(&numbered).unwrap()
}
