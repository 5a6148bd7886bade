//! Plans as the reference prints them, read back into ours: what it does, without an engine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;
use std::sync::Arc;

use serde_json::Value as Json;
use terrace::address::{
    AbsoluteInstance, EnvironmentName, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ProviderConfigAddress, ResourceAddress, ResourceMode,
};
use terrace::plan::{
    Action, Change, Import, Mode, Order, Origin, OutputChange, Plan, PlanOptions, Reason, Schemas,
};
use terrace::schema::{Block, Provider};
use terrace::state::{CheckKind, CheckState, CheckStatus, CheckedObject, DeposedKey, State};
use terrace::value::{Mark, Name, Number, Path, Type, Value};

/// What `terraform show -json` says of a plan.
pub(crate) fn read(text: &str) -> Plan {
    let json: Json = serde_json::from_str(text).unwrap();
    let changes = |name: &str| list(&json[name]).iter().map(change).collect();
    let outputs = json["output_changes"].as_object().into_iter().flatten();
    let inputs = json["variables"].as_object().into_iter().flatten();
    let inputs =
        inputs.map(|(name, variable)| (Name::from(name.as_str()), value(&variable["value"]))).collect();
    Plan {
        options: PlanOptions { inputs, ..PlanOptions::default() },
        changes: changes("resource_changes"),
        drift: changes("resource_drift"),
        checks: list(&json["checks"]).iter().map(check).collect(),
        outputs: outputs.map(|(name, output)| (Name::from(name.as_str()), output_change(output))).collect(),
        ..empty()
    }
}

/// A plan of the reference's, as ours, as its JSON, and as it prints it.
pub(crate) struct Made {
    pub(crate) plan: Plan,
    pub(crate) json: String,
    pub(crate) text: String,
}

fn check(json: &Json) -> CheckState {
    let text = |json: &Json| json["address"]["to_display"].as_str().unwrap().to_owned();
    let status = |json: &Json| match json["status"].as_str() {
        Some("pass") => CheckStatus::Pass,
        Some("fail") => CheckStatus::Fail,
        Some("error") => CheckStatus::Error,
        _ => CheckStatus::Unknown,
    };
    let kind = match json["address"]["kind"].as_str() {
        Some("resource") => CheckKind::Resource,
        Some("output_value") => CheckKind::Output,
        Some("var") => CheckKind::Variable,
        _ => CheckKind::Check,
    };
    let objects = list(&json["instances"]).iter().map(|object| CheckedObject {
        address: text(object),
        status: status(object),
        messages: list(&object["problems"])
            .iter()
            .map(|problem| problem["message"].as_str().unwrap().to_owned())
            .collect(),
    });
    CheckState { kind, address: text(json), status: status(json), objects: objects.collect() }
}

/// The plan that the reference makes in a folder, and what it prints of it.
pub(crate) fn made_in(folder: &FilePath, arguments: &[&str]) -> Option<Made> {
    let run = |arguments: &[&str]| {
        super::reference(folder).map(|mut command| command.args(arguments).output().unwrap())
    };
    let planned = run(&[&["plan", "-no-color", "-out=saved"], arguments].concat())?;
    assert!(planned.status.success(), "{}", String::from_utf8_lossy(&planned.stderr));
    let shown = run(&["show", "-json", "saved"])?;
    let json = String::from_utf8_lossy(&shown.stdout).into_owned();
    Some(Made { plan: read(&json), json, text: String::from_utf8_lossy(&planned.stdout).into_owned() })
}

/// A plan of nothing, with the schema of `terraform_data`.
pub(crate) fn empty() -> Plan {
    Plan {
        time: String::new(),
        origin: Origin {
            environment: EnvironmentName::new("default").unwrap(),
            lineage: "00000000-0000-0000-0000-000000000000".into(),
            serial: 1,
            configuration: String::new(),
            providers: BTreeMap::new(),
        },
        options: PlanOptions { mode: Mode::Normal, ..PlanOptions::default() },
        changes: Vec::new(),
        drift: Vec::new(),
        outputs: BTreeMap::new(),
        checks: Vec::new(),
        protection: BTreeMap::new(),
        prior: State::default().into(),
        schemas: builtin(),
        faulty: false,
        unfounded: false,
    }
}

/// What the provider of the language offers.
pub(crate) fn builtin() -> Schemas {
    let provider = terrace::provider::builtin(&provider_address()).unwrap();
    Schemas(BTreeMap::from([(provider_address(), Arc::new(provider.clone()))]))
}

pub(crate) fn schemas<const N: usize>(blocks: [(&str, Block); N]) -> Schemas {
    let blocks: BTreeMap<Name, Block> =
        blocks.into_iter().map(|(name, block)| (Name::from(name), block)).collect();
    let provider = Provider { resources: blocks.clone(), data: blocks, ..Provider::default() };
    Schemas(BTreeMap::from([(provider_address(), Arc::new(provider))]))
}

pub(crate) fn provider_address() -> ProviderAddress {
    ProviderAddress::builtin("terraform")
}

/// A change of a resource in the root module.
pub(crate) fn change_of(kind: &str, name: &str, action: Action, before: Value, after: Value) -> Change {
    Change {
        address: ResourceAddress::managed(kind, name)
            .within(ModuleInstance::root())
            .instance(InstanceKey::None),
        deposed: None,
        moved_from: None,
        provider: ProviderConfigAddress {
            module: ModulePath::root(),
            provider: provider_address(),
            alias: None,
        }
        .into(),
        action,
        reason: None,
        before,
        after,
        forces_replacement: Vec::new(),
        import: None,
        private: Arc::from([]),
        dependencies: Arc::from([]),
        create_before_destroy: false,
        inside: None,
    }
}

fn change(json: &Json) -> Change {
    let change = &json["change"];
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let (before, after) = sides(change);
    let object = |value: Value| match value.is_null() {
        true => value,
        false => complete(&value),
    };
    let mode = if json["mode"] == "data" { ResourceMode::Data } else { ResourceMode::Managed };
    let address = AbsoluteInstance {
        module: module(&text(&json["module_address"])),
        resource: ResourceAddress::new(mode, text(&json["type"]), text(&json["name"])),
        key: key(&json["index"]),
    };
    let moved_from = json["previous_address"].as_str().map(|text| instance(text).into());
    let paths = list(&change["replace_paths"]).iter().map(|path| {
        list(path).iter().fold(Path::root(), |path, step| match step {
            Json::String(name) => path.attribute(name.as_str()),
            other => path.index(value(other)),
        })
    });
    Change {
        address,
        deposed: json["deposed"].as_str().map(|key| DeposedKey(key.into())),
        moved_from,
        action: action(&change["actions"]),
        reason: reason(&text(&json["action_reason"])),
        forces_replacement: paths.collect(),
        import: change["importing"]["id"].as_str().map(|id| {
            let generated = change["generated_config"].as_str().map(Arc::from);
            Import { id: id.into(), generated }.into()
        }),
        ..change_of("", "", Action::NoOp, object(before), object(after))
    }
}

fn output_change(json: &Json) -> OutputChange {
    let (before, after) = sides(json);
    let sensitive = json["after_sensitive"] == true || json["before_sensitive"] == true;
    OutputChange { action: action(&json["actions"]), before, after, sensitive }
}

fn sides(change: &Json) -> (Value, Value) {
    let before = marked(value(&change["before"]), &change["before_sensitive"]);
    let after =
        marked(unknown(value(&change["after"]), &change["after_unknown"]), &change["after_sensitive"]);
    (before, after)
}

/// What is left out of JSON is null.
fn complete(object: &Value) -> Value {
    let names = ["id", "input", "output", "triggers_replace"];
    let mut entries = object.entries().cloned().unwrap_or_default();
    for name in names {
        if !entries.contains_key(name) {
            entries.insert(name.into(), Value::null(Type::Dynamic));
        }
    }
    Value::object(entries)
}

fn action(actions: &Json) -> Action {
    let actions: Vec<&str> = list(actions).iter().filter_map(Json::as_str).collect();
    match actions.as_slice() {
        ["create"] => Action::Create,
        ["read"] => Action::Read,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["delete", "create"] => Action::Replace(Order::DestroyFirst),
        ["create", "delete"] => Action::Replace(Order::CreateFirst),
        ["forget"] => Action::Forget,
        _ => Action::NoOp,
    }
}

fn reason(text: &str) -> Option<Reason> {
    Some(match text {
        "replace_because_tainted" => Reason::ReplaceBecauseTainted,
        "replace_by_request" => Reason::ReplaceByRequest,
        "replace_by_triggers" => Reason::ReplaceByTriggers,
        "replace_because_cannot_update" => Reason::ReplaceBecauseCannotUpdate,
        "delete_because_no_resource_config" => Reason::DeleteBecauseNoResourceConfig,
        "delete_because_no_module" => Reason::DeleteBecauseNoModule,
        "delete_because_wrong_repetition" => Reason::DeleteBecauseWrongRepetition,
        "delete_because_count_index" => Reason::DeleteBecauseCountIndex,
        "delete_because_each_key" => Reason::DeleteBecauseEachKey,
        "delete_because_no_move_target" => Reason::DeleteBecauseNoMoveTarget,
        "read_because_config_unknown" => Reason::ReadBecauseConfigUnknown,
        "read_because_dependency_pending" => Reason::ReadBecauseDependencyPending,
        "read_because_check_nested" => Reason::ReadBecauseCheckNested,
        _ => return None,
    })
}

/// `module.a["x"].module.b`; keys in tests have no dots and brackets.
fn module(text: &str) -> ModuleInstance {
    let calls = text.split("module.").filter(|call| !call.is_empty());
    ModuleInstance::new(calls.map(|call| {
        let (name, key) = keyed(call.trim_end_matches('.'));
        (Arc::from(name), key)
    }))
}

/// `module.a.type.name["key"]`, of a resource.
fn instance(text: &str) -> AbsoluteInstance {
    let (rest, last) = text.rsplit_once('.').unwrap();
    let (outer, kind) = rest.rsplit_once('.').unwrap_or(("", rest));
    let (name, key) = keyed(last);
    ResourceAddress::managed(kind, name).within(module(outer)).instance(key)
}

fn keyed(text: &str) -> (&str, InstanceKey) {
    let Some((name, index)) = text.split_once('[') else { return (text, InstanceKey::None) };
    (name, key(&serde_json::from_str(index.trim_end_matches(']')).unwrap()))
}

fn key(json: &Json) -> InstanceKey {
    match json {
        Json::Number(number) => InstanceKey::Number(number.as_u64().unwrap()),
        Json::String(text) => InstanceKey::text(text.as_str()),
        _ => InstanceKey::None,
    }
}

pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Dynamic),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => Value::number(Number::parse(&number.to_string()).unwrap()),
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::tuple(items.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::object(entries.iter().map(|(name, entry)| (name.as_str(), value(entry))))
        }
    }
}

fn unknown(known: Value, json: &Json) -> Value {
    overlay(known, json, &|_| Value::dynamic())
}

fn marked(plain: Value, json: &Json) -> Value {
    overlay(plain, json, &|value| value.mark(Mark::Sensitive))
}

/// Changes those parts of a value that a tree of truths names.
fn overlay(value: Value, truths: &Json, change: &dyn Fn(Value) -> Value) -> Value {
    match truths {
        Json::Bool(true) => change(value),
        // The reference tells by that of what type it will be.
        Json::Object(_) if !value.is_known() => Value::unknown(Type::map(Type::String)),
        Json::Array(_) if !value.is_known() => Value::unknown(Type::list(Type::String)),
        Json::Object(_) if value.is_null() && !any(truths) => value,
        Json::Object(truths) => {
            let entries = value.entries().cloned().unwrap_or_default();
            let names: BTreeSet<Name> =
                entries.keys().cloned().chain(truths.keys().map(|name| Name::from(name.as_str()))).collect();
            let part = |name: &Name| {
                let present = entries.get(name).cloned();
                match truths.get(&**name) {
                    Some(truths) if present.is_some() || any(truths) => {
                        let value = present.unwrap_or_else(|| Value::null(Type::Dynamic));
                        Some(overlay(value, truths, change))
                    }
                    _ => present,
                }
            };
            Value::object(names.iter().filter_map(|name| Some((name.clone(), part(name)?))))
        }
        Json::Array(truths) => {
            let items = value.items().unwrap_or_default().to_vec();
            let changed = items.into_iter().enumerate().map(|(at, item)| match truths.get(at) {
                Some(truths) => overlay(item, truths, change),
                None => item,
            });
            Value::tuple(changed.collect())
        }
        _ => value,
    }
}

fn any(truths: &Json) -> bool {
    match truths {
        Json::Bool(truth) => *truth,
        Json::Object(truths) => truths.values().any(any),
        Json::Array(truths) => truths.iter().any(any),
        _ => false,
    }
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}
