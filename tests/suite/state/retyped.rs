//! Objects that a `moved` block gives another type.

use serde_json::Value as Json;

use super::commands::Project;

/// A project whose state has these instances, each with its resource's type, name, provider and instances.
fn with(resources: &[String], text: &str) -> Project {
    let project = Project(tempfile::tempdir().unwrap());
    std::fs::write(project.path().join("main.tf"), text).unwrap();
    let state = format!(
        "{{\"version\": 4, \"terraform_version\": \"1.11.4\", \"serial\": 1, \"lineage\": \"l\", \"outputs\": {{}}, \
         \"resources\": [{}]}}",
        resources.join(", ")
    );
    std::fs::write(project.path().join("before.json"), state).unwrap();
    project.fine("state push before.json");
    project
}

fn resource(kind: &str, name: &str, instances: &[&str]) -> String {
    let provider = kind.split('_').next().unwrap();
    format!(
        "{{\"mode\": \"managed\", \"type\": \"{kind}\", \"name\": \"{name}\", \"provider\": \
         \"provider[\\\"registry.terraform.io/hashicorp/{provider}\\\"]\", \"instances\": [{}]}}",
        instances.join(", ")
    )
}

/// An instance with what else is said of it.
fn instance(more: &str, attributes: &str) -> String {
    format!("{{{more}\"schema_version\": 0, \"attributes\": {attributes}}}")
}

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n")
}

fn state(project: &Project) -> Json {
    serde_json::from_str(&project.fine("state pull")).unwrap()
}

const DEPOSED: &str = r#""deposed": "0a1b2c3d", "#;

#[test]
fn a_null_resource_becomes_terraform_data_and_nothing_else_does() {
    let triggered =
        resource("null_resource", "a", &[&instance("", r#"{"id": "17", "triggers": {"k": "v"}}"#)]);
    let plain = resource("null_resource", "b", &[&instance("", r#"{"id": "18", "triggers": null}"#)]);
    let declared = "resource \"terraform_data\" \"a\" {\n  triggers_replace = { k = \"v\" }\n}\n\
                    resource \"terraform_data\" \"b\" {\n  input = 1\n}\n";
    let text = moved("null_resource.a", "terraform_data.a")
        + &moved("null_resource.b", "terraform_data.b")
        + declared;
    let both = [triggered, plain];
    let project = with(&both, &text);
    let said = project.fine("plan");
    assert!(said.contains("null_resource.a has moved to terraform_data.a"), "{said}");
    assert!(said.contains("Plan: 0 to add, 1 to change, 0 to destroy."), "{said}");
    project.fine("apply -auto-approve");
    project.fine("plan -detailed-exitcode");
    let state = state(&project);
    let first = &state["resources"][0];
    assert_eq!(first["type"], "terraform_data");
    assert_eq!(first["provider"], "provider[\"terraform.io/builtin/terraform\"]");
    assert_eq!(first["instances"][0]["attributes"]["id"], "17");
    assert_eq!(first["instances"][0]["attributes"]["triggers_replace"]["value"]["k"], "v");

    // Everything goes as what it is, where nothing has been moved yet.
    let project = with(&both, &text);
    project.fine("destroy -auto-approve");
    assert_eq!(project.fine("state list"), "");

    let other = instance(
        "",
        r#"{"id": "AA", "byte_length": 1, "b64_std": "AA==", "b64_url": "AA", "dec": "0", "hex": "00", "keepers": null, "prefix": null}"#,
    );
    let text = moved("random_id.c", "terraform_data.c") + "resource \"terraform_data\" \"c\" {}\n";
    let refused = with(&[resource("random_id", "c", &[&other])], &text).refused("plan");
    assert!(refused.contains("Move to another type") && refused.contains("\"removed\" block"), "{refused}");
    assert_eq!(refused.matches("Error:").count(), 1, "{refused}");
}

#[test]
fn what_was_put_aside_takes_on_the_other_type_too_and_still_goes() {
    let current = instance("", r#"{"id": "17", "triggers": null}"#);
    let aside = instance(DEPOSED, r#"{"id": "16", "triggers": null}"#);
    let text = moved("null_resource.a", "terraform_data.a") + "resource \"terraform_data\" \"a\" {}\n";

    let project = with(&[resource("null_resource", "a", &[&current, &aside])], &text);
    let said = project.fine("plan");
    assert!(said.contains("terraform_data.a (deposed object 0a1b2c3d) will be destroyed"), "{said}");
    assert!(said.contains("Plan: 0 to add, 0 to change, 1 to destroy."), "{said}");
    // Noted, and not yet gone: it is of the other type already.
    project.fine("apply -refresh-only -auto-approve");
    let kept = state(&project);
    let instances = kept["resources"][0]["instances"].as_array().unwrap();
    assert_eq!(
        (kept["resources"][0]["type"].as_str(), instances.len()),
        (Some("terraform_data"), 2),
        "{kept}"
    );
    assert_eq!(instances[1]["attributes"]["id"], "16");
    assert!(instances[1]["attributes"].get("triggers").is_none(), "{kept}");
    assert!(project.fine("apply -auto-approve").contains("0 added, 0 changed, 1 destroyed"));
    assert_eq!(state(&project)["resources"][0]["instances"].as_array().unwrap().len(), 1);

    // There may be nothing beside it.
    let project = with(&[resource("null_resource", "a", &[&aside])], &text);
    assert!(project.fine("apply -auto-approve").contains("1 added, 0 changed, 1 destroyed"));
    assert_eq!(project.fine("state list"), "terraform_data.a\n");
    project.fine("plan -detailed-exitcode");

    // An instance that is too many goes as well.
    let keyed = |index: usize| {
        instance(&format!("\"index_key\": {index}, "), r#"{"id": "1", "triggers": {"a": "b"}}"#)
    };
    let text = moved("null_resource.a", "terraform_data.a")
        + "resource \"terraform_data\" \"a\" {\n  count = 1\n  triggers_replace = { a = \"b\" }\n}\n";
    let project = with(&[resource("null_resource", "a", &[&keyed(0), &keyed(1)])], &text);
    assert!(project.fine("apply -auto-approve").contains("0 added, 0 changed, 1 destroyed"));
    assert_eq!(project.fine("state list"), "terraform_data.a[0]\n");
}

#[test]
fn what_moves_once_more_after_it_has_another_type_is_followed_to_where_it_is_declared() {
    let object = resource("null_resource", "a", &[&instance("", r#"{"id": "17", "triggers": null}"#)]);
    let text = moved("null_resource.a", "terraform_data.b")
        + &moved("terraform_data.b", "terraform_data.c")
        + "resource \"terraform_data\" \"c\" {}\n";
    let project = with(std::slice::from_ref(&object), &text);
    let said = project.fine("apply -auto-approve");
    assert!(said.contains("0 added, 0 changed, 0 destroyed"), "{said}");
    assert_eq!(state(&project)["resources"][0]["instances"][0]["attributes"]["id"], "17");

    // Where it leads nowhere it goes as what it is.
    let text = moved("null_resource.a[0]", "terraform_data.b[1]")
        + &moved("terraform_data.b[0]", "null_resource.a[1]")
        + "resource \"terraform_data\" \"c\" {}\n";
    let project = with(&[object], &text);
    assert!(project.fine("plan").contains("# null_resource.a will be destroyed"));
}

#[test]
fn an_object_that_was_put_aside_stays_known_when_its_instance_moves_and_is_left_out() {
    let current = instance("", r#"{"id": "17", "triggers": null}"#);
    let aside = instance(DEPOSED, r#"{"id": "16", "triggers": null}"#);
    let text = moved("null_resource.a", "null_resource.b")
        + "resource \"null_resource\" \"b\" {}\nresource \"terraform_data\" \"x\" {}\n";
    let project = with(&[resource("null_resource", "a", &[&current, &aside])], &text);
    project.fine("apply -auto-approve -exclude=null_resource.b");
    let after = state(&project);
    let resources = after["resources"].as_array().unwrap();
    let kept = resources.iter().find(|resource| resource["type"] == "null_resource").unwrap();
    assert_eq!(kept["instances"].as_array().unwrap().len(), 2, "{after}");
    assert!(project.fine("apply -auto-approve").contains("0 added, 0 changed, 1 destroyed"));
}
