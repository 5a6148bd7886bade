//! Providers in the process, held against the public ones.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::support;

/// `providers schema -json` of each public release as terraform 1.11.4 tells it, without descriptions.
fn public() -> BTreeMap<String, Json> {
    let file = support::root().join("tests/suite/provider/public.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn facts(told: &Json) -> Json {
    let words = ["description", "description_kind", "summary", "deprecation_message"];
    match told {
        Json::Object(entries) => entries
            .iter()
            .filter(|(name, _)| !words.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), facts(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Json::Array(items) => items.iter().map(facts).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

#[test]
fn schemas_and_functions_are_those_of_the_public_releases() {
    let folder = tempfile::tempdir().unwrap();
    let public = public();
    let needed: String =
        public.keys().map(|name| format!("    {name} = {{ source = \"hashicorp/{name}\" }}\n")).collect();
    let text = format!("terraform {{\n  required_providers {{\n{needed}  }}\n}}\n");
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = run(&["init"]);
    let told: Json = serde_json::from_str(&run(&["providers", "schema", "-json"])).unwrap();
    for (name, expected) in public {
        let release = expected["release"].as_str().unwrap();
        assert!(said.contains(&format!("hashicorp/{name}: built in, as {release}")), "{name}: {said}");
        let told = facts(&told["provider_schemas"][format!("registry.terraform.io/hashicorp/{name}")]);
        for part in
            ["provider", "resource_schemas", "data_source_schemas", "ephemeral_resource_schemas", "functions"]
        {
            let (ours, theirs) = (&told[part], &expected["schema"][part]);
            let kinds = |all: &Json| {
                all.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
            };
            assert_eq!(kinds(ours), kinds(theirs), "{name}: {part}");
            for kind in kinds(theirs) {
                assert_eq!(ours[&kind], theirs[&kind], "{name}: {part}.{kind}");
            }
        }
    }
}
