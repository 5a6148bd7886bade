//! The way that a project goes here.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};
use terrace::address::EnvironmentName;
use terrace::app::inputs::{Given, Said};
use terrace::app::protection::Approval;
use terrace::app::run::{Ports, Question, Session};
use terrace::engine::Signals;
use terrace::plan::{Action, Change, Mode, Order, Plan, Reason};
use terrace::port::{Event, EventSink, Holder, StateStore};
use terrace::provider::Registry;
use terrace::render;
use terrace::state::{State, format};
use terrace::store::Memory;
use terrace::value::PathStep;

use super::shell::Shell;
use super::{Answer, Step};

struct Silence;

impl EventSink for Silence {
    fn event(&self, _event: Event) {}
}

/// Plans and applies each step on what the one before left.
pub(super) fn walk(steps: &[Step]) -> Vec<Answer> {
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
        if entry.file_name() == "log" {
            continue;
        }
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

async fn one(step: &Step, folder: &Path, store: &Memory) -> Answer {
    let values = |name: &str| {
        let prefix = format!("-{name}=");
        step.flags.iter().filter_map(|flag| flag.strip_prefix(&prefix)).map(str::to_owned).collect::<Vec<_>>()
    };
    let environment = EnvironmentName::new("default").unwrap();
    let question = Question {
        folder: folder.to_path_buf(),
        preview: None,
        environment: environment.clone(),
        given: Given { said: said_of_variables(step, folder), ..Given::default() },
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
        patience: std::time::Duration::ZERO,
        lock: true,
        holder: Holder { who: "test".into(), process: 1, operation: step.verb.clone() },
    };
    let (providers, signals) = (Registry::default(), Signals::default());
    let provisioner = Shell { folder: folder.to_path_buf() };
    let ports = Ports {
        store,
        providers: &providers,
        provisioner: &provisioner,
        events: &Silence,
        signals: &signals,
        asker: None,
    };
    let mut session = match Session::open(question, ports).await {
        Ok((session, _)) => session,
        Err(diagnostics) => return unplanned(None, &said(&diagnostics)),
    };
    let (plan, diagnostics) = session.plan().await;
    if diagnostics.has_errors() {
        session.close().await.has_errors();
        return unplanned(Some(&plan), &said(&diagnostics));
    }
    let shown = render::json::json_plan(&plan, session.configuration(), "");
    let schema: Json = serde_json::from_str(render::json::PLAN_SCHEMA).unwrap();
    let unlike = crate::support::shape::faults(&schema, &serde_json::from_str(&shown).unwrap());
    assert!(unlike.is_empty(), "{unlike:#?}");
    let permit = session.permit(&plan, &Approval::none()).expect("nothing has rules");
    let (_, diagnostics) = session.apply(&plan, permit).await;
    session.close().await.has_errors();
    let state = store.read(&environment).await.unwrap();
    let told = json!({
        "planned": true,
        "changes": changes(&plan),
        "outputs": plan.outputs.iter().map(|(name, change)| (name.to_string(), json!(actions(change.action)))).collect::<serde_json::Map<_, _>>(),
        "drift": plan.drift.iter().map(|change| change.address.to_string()).collect::<Vec<_>>(),
        "applied": !diagnostics.has_errors(),
        "said": said(&diagnostics),
        "state": of_state(&state),
        "log": std::fs::read_to_string(folder.join("log")).ok(),
    });
    let here = |text: &str| -> Json {
        let folder = folder.to_str().unwrap();
        let text = text.replace(&format!("\"{folder}\""), "\".\"").replace(folder, ".");
        serde_json::from_str(&text).unwrap()
    };
    Answer { told: here(&told.to_string()), shown: here(&shown) }
}

/// What the flags say of variables, in their order.
fn said_of_variables(step: &Step, folder: &Path) -> Vec<Said> {
    let read = |flag: &String| match (flag.strip_prefix("-var="), flag.strip_prefix("-var-file=")) {
        (Some(typed), _) => Some(Said::Variable(typed.to_owned())),
        (None, Some(file)) => Some(Said::File(folder.join(file))),
        (None, None) => None,
    };
    step.flags.iter().filter_map(read).collect()
}

fn unplanned(plan: Option<&Plan>, said: &Json) -> Answer {
    let partial = plan.filter(|plan| plan.is_partial()).map(partial).unwrap_or_default();
    Answer { told: json!({ "planned": false, "partial": partial, "said": said }), shown: Json::Null }
}

/// What is told of a plan although not everything could be planned.
fn partial(plan: &Plan) -> BTreeMap<String, &'static str> {
    let word = |action| match action {
        Action::NoOp => None,
        Action::Create => Some("create"),
        Action::Read => Some("read"),
        Action::Update => Some("update"),
        Action::Delete => Some("delete"),
        Action::Replace(_) => Some("replace"),
        Action::Forget => Some("remove"),
    };
    let changes =
        plan.changes.iter().filter_map(|change| Some((change.address.to_string(), word(change.action)?)));
    let outputs = plan.outputs.iter();
    let outputs = outputs.filter_map(|(name, change)| Some((format!("output.{name}"), word(change.action)?)));
    changes.chain(outputs).collect()
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
    let goes_with_all =
        change.action == Action::Delete && change.reason.is_none() && change.deposed.is_none();
    json!({
        "actions": actions(change.action),
        "reason": change.reason.map(reason),
        // As in what is printed, moves are over where all goes.
        "previous": change.moved_from.as_ref().filter(|_| !goes_with_all).map(ToString::to_string),
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
