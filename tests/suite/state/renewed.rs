//! Objects that an earlier release of their provider has stored.

use serde_json::Value as Json;

use super::commands::Project;

const STATE: &str = r#"{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "l", "outputs": {},
  "resources": [{"mode": "managed", "type": "random_password", "name": "a",
    "provider": "provider[\"registry.terraform.io/hashicorp/random\"]",
    "instances": [{"schema_version": 0, "private": "bm90ZQ==", "attributes": {
      "id": "none", "keepers": null, "length": 3, "lower": true, "min_lower": 0, "min_numeric": 0, "min_special": 0,
      "min_upper": 0, "number": true, "override_special": null, "result": "abc", "special": true, "upper": true}}]}]}"#;

const TEXT: &str = "resource \"random_password\" \"a\" {\n  length = 3\n}\noutput \"hash\" {\n  \
                    value     = random_password.a.bcrypt_hash\n  sensitive = true\n}\n";

fn project(text: &str) -> Project {
    let project = Project(tempfile::tempdir().unwrap());
    std::fs::write(project.path().join("main.tf"), text).unwrap();
    std::fs::write(project.path().join("before.json"), STATE).unwrap();
    project.fine("state push before.json");
    project
}

fn instance(project: &Project) -> Json {
    let state: Json = serde_json::from_str(&project.fine("state pull")).unwrap();
    state["resources"][0]["instances"][0].clone()
}

#[test]
fn what_a_provider_makes_up_for_an_object_of_an_earlier_schema_is_kept() {
    let project = project(TEXT);
    project.fine("apply -auto-approve");
    let stored = instance(&project);
    assert_eq!(stored["schema_version"], 3);
    assert!(stored["attributes"]["bcrypt_hash"].as_str().unwrap().starts_with("$2a$10$"));
    assert!(stored["sensitive_attributes"].to_string().contains("bcrypt_hash"), "{stored}");
    assert_eq!(stored["private"], "bm90ZQ==");
    let said = project.fine("plan -detailed-exitcode");
    assert!(said.contains("No changes"), "another salt in every plan: {said}");
}

#[test]
fn an_object_of_an_earlier_schema_is_renewed_without_reading_it_and_where_nothing_else_changes() {
    let text = TEXT.split("output").next().unwrap();
    let project = project(text);
    assert_eq!(instance(&project)["schema_version"], 0);
    assert!(project.fine("plan -detailed-exitcode -refresh=false").contains("No changes"));
    assert_eq!(instance(&project)["schema_version"], 0, "a plan changes nothing");
    project.fine("apply -auto-approve -refresh=false");
    assert_eq!(instance(&project)["schema_version"], 3);
    let serial = |project: &Project| project.fine("state pull").lines().nth(3).unwrap().to_owned();
    let before = serial(&project);
    project.fine("apply -auto-approve");
    assert_eq!(serial(&project), before, "once is enough");
}
