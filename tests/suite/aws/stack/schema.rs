//! The schema against that of the public provider, of which there is an extract: facts of its release 5.100.

use serde_json::Value;

use super::Project;

const EXTRACT: &str = include_str!("schema.json");

/// Arguments of ours beside the public ones.
const OWN: [&str; 2] = ["template", "enable_termination_protection"];

#[test]
fn the_schema_is_the_public_one_and_two_arguments_more() {
    let project = Project::of("");
    let ours: Value =
        serde_json::from_str(&project.run(&["providers", "schema", "-json"]).fine().text).unwrap();
    let public: Value = serde_json::from_str(EXTRACT).unwrap();
    for section in ["resource_schemas", "data_source_schemas"] {
        let kind = "aws_cloudformation_stack";
        let ours = ours["provider_schemas"].as_object().unwrap().values().next().unwrap();
        let mut ours = ours[section][kind].clone();
        if let Some(attributes) = ours["block"]["attributes"].as_object_mut() {
            attributes.retain(|name, _| !OWN.contains(&name.as_str()));
        }
        assert_eq!(ours["version"], public[section]["version"]);
        assert_eq!(facts(&ours["block"]), facts(&public[section]["block"]), "{section}");
    }
}

/// What counts of a block: not how it is described.
fn facts(block: &Value) -> Value {
    let mut block = block.clone();
    forget(&mut block);
    block
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !matches!(name.as_str(), "description" | "description_kind"));
            members.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}
