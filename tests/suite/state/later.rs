//! Files that the first version wrote, as it wrote them. They are read for good, and never written anew.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value as Json;

use crate::support;

fn files() -> PathBuf {
    support::root().join("tests/suite/state/v1")
}

/// A project with a state whose last run was cut off while it made a file.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".terrace")).unwrap();
    std::fs::copy(files().join("state.db"), folder.path().join(".terrace/default.db")).unwrap();
    std::fs::copy(files().join("main.tf"), folder.path().join("main.tf")).unwrap();
    folder
}

fn run(folder: &tempfile::TempDir, line: &str) -> Output {
    support::terrace(folder.path()).args(line.split(' ')).output().unwrap()
}

fn fine(folder: &tempfile::TempDir, line: &str) -> String {
    let output = run(folder, line);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{line}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_state_of_version_one_is_read_and_goes_on() {
    let folder = project();
    let listed = fine(&folder, "state list");
    let listed: BTreeSet<_> = listed.lines().collect();
    let known = [
        "local_file.file[0]",
        "local_file.file[1]",
        "random_pet.name",
        "terraform_data.failing",
        "terraform_data.kept[\"a\"]",
        "terraform_data.kept[\"b c\"]",
    ];
    assert_eq!(listed, known.into());
    let name = fine(&folder, "output -raw name");
    assert!(name.starts_with("v1-"), "{name}");
    let all: Json = serde_json::from_str(&fine(&folder, "output -json all")).unwrap();
    assert_eq!(all, serde_json::json!({"a": "1", "b c": "hidden"}));
    assert!(fine(&folder, "state history").contains("somebody@laptop"));

    let state: Json = serde_json::from_str(&fine(&folder, "state pull")).unwrap();
    let of = |name: &str| {
        let resources = state["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["name"] == name).unwrap()["instances"][0].clone()
    };
    assert_eq!(state["version"], 4);
    assert_eq!(of("failing")["status"], "tainted");
    assert_eq!(of("name")["create_before_destroy"], true);
    assert_eq!(of("file")["dependencies"], serde_json::json!(["terraform_data.kept"]));
    assert_eq!(state["check_results"][0]["status"], "fail");

    // What was cut off is settled, and everything goes on from there.
    let applied = run(&folder, "apply -auto-approve");
    let said =
        String::from_utf8_lossy(&applied.stdout).into_owned() + &String::from_utf8_lossy(&applied.stderr);
    assert_eq!(applied.status.code(), Some(0), "{said}");
    assert!(said.contains("local_file.file[2] was being created"), "{said}");
    assert_eq!(fine(&folder, "output -raw name"), name);
    fine(&folder, "plan -detailed-exitcode");
    fine(&folder, "destroy -auto-approve");
}

#[test]
fn a_saved_plan_of_version_one_is_shown_and_held_against_the_state() {
    let folder = project();
    std::fs::copy(files().join("saved.plan"), folder.path().join("saved.plan")).unwrap();
    let shown = fine(&folder, "show saved.plan");
    assert!(shown.contains("random_pet.name") && shown.contains("terraform_data.failing"), "{shown}");
    let plan: Json = serde_json::from_str(&fine(&folder, "show -json saved.plan")).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["address"] == "random_pet.name").unwrap();
    assert_eq!(change["change"]["actions"], serde_json::json!(["create", "delete"]));
    assert_eq!(change["change"]["before"]["prefix"], "v1");
    assert_eq!(change["change"]["after"]["prefix"], "v2");
    // It was made from another revision.
    let refused = run(&folder, "apply saved.plan");
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("stale"), "{said}");
}

#[test]
fn a_state_of_version_two_remembers_what_it_protects() {
    let folder = tempfile::tempdir().unwrap();
    let files = support::root().join("tests/suite/state/v2");
    std::fs::create_dir(folder.path().join(".terrace")).unwrap();
    for (from, to) in
        [("staging.db", ".terrace/staging.db"), ("main.tf", "main.tf"), ("terrace.hcl", "terrace.hcl")]
    {
        std::fs::copy(files.join(from), folder.path().join(to)).unwrap();
    }
    assert!(fine(&folder, "plan").contains("No changes."));
    assert!(fine(&folder, "state history").contains("somebody@laptop"));

    // Neither the rule nor what it protects is in the configuration any more.
    std::fs::write(folder.path().join("terrace.hcl"), "environment \"staging\" {\n}\n").unwrap();
    std::fs::write(folder.path().join("main.tf"), "").unwrap();
    let refused = run(&folder, "apply -auto-approve");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("terraform_data.database"), "{refused:?}");
    assert_eq!(fine(&folder, "state list").lines().count(), 3);
}
