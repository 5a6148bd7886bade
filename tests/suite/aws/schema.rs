//! What the types of terrace/aws take and give is what those of the public provider do, release 5.100, so that a project
//! moves either way by changing a source.
//!
//! `schema/` holds what the public provider says of the types that we have: facts, recorded from it with
//! `TERRACE_RECORD=1`. Where the public provider is there, the records are held against it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::plugins;
use crate::support::{self, skipped};

/// Where a type may be, by the word of our records and that of the reference.
const MODES: [(&str, &str); 3] = [
    ("resource", "resource_schemas"),
    ("data", "data_source_schemas"),
    ("ephemeral", "ephemeral_resource_schemas"),
];

#[test]
fn every_type_takes_and_gives_what_the_public_one_does() {
    let ours = ours();
    let known = support::known_differences(&folder().join("known_differences.txt"));
    let mut faults = Vec::new();
    let mut met = BTreeSet::new();
    let provider = (("block", "provider".to_owned()), facts(&ours["provider"]));
    for ((mode, kind), block) in types(&ours).into_iter().chain([provider]) {
        let Some(public) = recorded(&kind).get(mode).cloned() else {
            faults.push(format!("{mode} {kind}: not among the public types, or not recorded yet"));
            continue;
        };
        let mut differences = Vec::new();
        if block["version"] != public["version"] {
            differences
                .push((String::new(), format!("version {} here, {}", block["version"], public["version"])));
        }
        compare("", &block["block"], &public["block"], &mut differences);
        // What means nothing here is better refused than ignored.
        differences.retain(|(_, what)| mode != "block" || what != MISSING);
        for (path, what) in differences {
            let place = format!("{mode} {kind}{path}");
            if known.contains_key(&place) {
                met.insert(place);
            } else {
                faults.push(format!("{place}: {what}"));
            }
        }
    }
    faults.extend(
        known
            .keys()
            .filter(|place| !met.contains(*place))
            .map(|place| format!("{place}: no longer differs; take it off the list")),
    );
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_is_recorded_is_what_the_public_provider_says() {
    let Some(public) = public() else {
        skipped("the schemas of hashicorp/aws", plugins::WHY_NOT);
        return;
    };
    let ours = ours();
    let mut kinds: BTreeSet<String> = types(&ours).into_keys().map(|(_, kind)| kind).collect();
    let files = std::fs::read_dir(folder()).unwrap();
    let names =
        files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "json"));
    kinds.extend(names.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()));
    kinds.insert("provider".to_owned());
    let record = std::env::var_os("TERRACE_RECORD").is_some();
    let mut faults = Vec::new();
    for kind in kinds {
        let mut said = Map::new();
        if kind == "provider" {
            said.insert("block".to_owned(), facts(&public["provider"]));
        }
        for (mode, member) in MODES {
            if let Some(found) = public[member].get(&kind) {
                said.insert(mode.to_owned(), facts(found));
            }
        }
        if said.is_empty() {
            continue;
        }
        let said = Value::Object(said);
        if record {
            let text = serde_json::to_string_pretty(&said).unwrap() + "\n";
            std::fs::write(folder().join(format!("{kind}.json")), text).unwrap();
        } else if recorded(&kind) != said {
            faults.push(kind);
        }
    }
    assert!(faults.is_empty(), "recorded otherwise, record them anew with TERRACE_RECORD=1: {faults:?}");
}

/// The difference of what only the public provider has.
const MISSING: &str = "is missing here";

/// Where a block here is other than the public one, and how.
fn compare(path: &str, ours: &Value, public: &Value, differences: &mut Vec<(String, String)>) {
    for member in ["attributes", "block_types"] {
        let (ours, public) = (members(&ours[member]), members(&public[member]));
        let names: BTreeSet<&String> = ours.keys().chain(public.keys()).collect();
        for name in names {
            let path = format!("{path}.{name}");
            match (ours.get(name), public.get(name)) {
                (Some(_), None) => differences.push((path, "is only here".to_owned())),
                (None, Some(_)) => differences.push((path, MISSING.to_owned())),
                (Some(ours), Some(public)) if member == "attributes" => {
                    if !is_as_good_as(ours, public) {
                        differences.push((path, format!("{ours} here, {public}")));
                    }
                }
                (Some(ours), Some(public)) => {
                    let kind = |block: &Value| {
                        json!([block["nesting_mode"], block["min_items"], block["max_items"]])
                    };
                    if kind(ours) != kind(public) {
                        differences.push((path.clone(), format!("{} here, {}", kind(ours), kind(public))));
                    }
                    compare(&path, &ours["block"], &public["block"], differences);
                }
                (None, None) => {}
            }
        }
    }
}

/// The public provider may answer otherwise than was asked for, and then an argument is something that nobody wrote
/// although it is not called computed: a default, for one. Here it is called so.
fn is_as_good_as(ours: &Value, public: &Value) -> bool {
    let mut public = public.clone();
    if public["optional"] == true && ours["computed"] == true {
        public["computed"] = json!(true);
    }
    *ours == public
}

fn members(block: &Value) -> Map<String, Value> {
    block.as_object().cloned().unwrap_or_default()
}

/// A schema without its prose.
fn facts(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let prose = |(name, value): &(&String, &Value)| {
                name.starts_with("description") && (value.is_string() || value.is_null())
            };
            let said = members.iter().filter(|member| !prose(member));
            said.map(|(name, value)| (name.clone(), facts(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(facts).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

fn types(schemas: &Value) -> BTreeMap<(&'static str, String), Value> {
    let mut types = BTreeMap::new();
    for (mode, member) in MODES {
        let of_mode = members(&schemas[member]).into_iter();
        types.extend(of_mode.map(|(kind, block)| ((mode, kind), facts(&block))));
    }
    types
}

/// What the binary says of its own types.
fn ours() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let source = "terraform {\n  required_providers {\n    aws = { source = \"terrace/aws\" }\n  }\n}\n";
    std::fs::write(folder.path().join("main.tf"), source).unwrap();
    let output = support::terrace(folder.path()).args(["providers", "schema", "-json"]).output().unwrap();
    let schemas: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    schemas["provider_schemas"]["registry.terraform.io/terrace/aws"].clone()
}

/// What the public provider says, where it is there.
fn public() -> Option<Value> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), plugins::choice()).unwrap();
    plugins::prepare(folder.path())?;
    let said = plugins::done(folder.path(), &["providers", "schema", "-json"], |command| command);
    let schemas: Value = serde_json::from_slice(&said).unwrap();
    Some(schemas["provider_schemas"]["registry.terraform.io/hashicorp/aws"].clone())
}

fn recorded(kind: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(format!("{kind}.json"))).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn folder() -> PathBuf {
    support::root().join("tests/suite/aws/schema")
}
