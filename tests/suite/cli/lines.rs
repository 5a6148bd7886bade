//! The lines of JSON that programs read, held against what the reference prints in the same place.

use std::path::Path;

use serde_json::Value as Json;

use crate::support;

fn lines(folder: &Path, arguments: &[&str], code: i32) -> Vec<Json> {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}{told}");
    assert!(told.is_empty(), "{told}");
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(lines: &[Json]) -> Vec<&str> {
    lines.iter().map(|line| line["type"].as_str().unwrap()).collect()
}

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

const ONE: &str = "resource \"terraform_data\" \"a\" {}\noutput \"o\" {\n  value = 1\n}\n";

#[test]
fn each_command_has_the_lines_that_are_its_own() {
    let folder = project(ONE);
    let folder = folder.path();
    let made = ["version", "planned_change", "change_summary", "outputs", "apply_start", "apply_complete"];
    let apply = lines(folder, &["apply", "-json", "-auto-approve"], 0);
    assert_eq!(kinds(&apply), [&made[..], &["change_summary", "outputs"]].concat());
    // Nothing is planned by refresh.
    let refresh = lines(folder, &["refresh", "-json"], 0);
    assert_eq!(kinds(&refresh), ["version", "refresh_start", "refresh_complete", "outputs"]);
    // Whatever apply does was applied, and there are outputs to tell of.
    let looked = ["version", "refresh_start", "refresh_complete"];
    let went = ["planned_change", "change_summary", "outputs", "apply_start", "apply_complete"];
    let gone = lines(folder, &["apply", "-destroy", "-json", "-auto-approve"], 0);
    assert_eq!(kinds(&gone), [&looked[..], &went[..], &["change_summary", "outputs"]].concat());
    assert_eq!(gone[8]["changes"]["operation"], "apply");
    lines(folder, &["apply", "-json", "-auto-approve"], 0);
    let gone = lines(folder, &["destroy", "-json", "-auto-approve"], 0);
    assert_eq!(kinds(&gone), [&looked[..], &went[..], &["change_summary"]].concat());
    assert_eq!(gone[8]["changes"]["operation"], "destroy");
}

#[test]
fn why_nothing_is_begun_is_told_in_lines_too() {
    let folder = project(ONE);
    for arguments in [
        &["apply", "-json"][..],
        &["destroy", "-json"],
        &["apply", "-json", "nowhere"],
        &["plan", "-json", "-lock-timeout=x"],
        &["plan", "-json", "-target=.."],
    ] {
        let lines = lines(folder.path(), arguments, 1);
        assert_eq!(kinds(&lines), ["version", "diagnostic"], "{arguments:?}");
        assert_eq!(lines[1]["diagnostic"]["severity"], "error");
    }
}

#[test]
fn a_condition_that_does_not_hold_is_told_with_what_it_looked_at() {
    let folder = project(
        "locals {\n  size = 3\n}\nresource \"terraform_data\" \"a\" {\n  lifecycle {\n    precondition {\n      \
         condition     = local.size < 3\n      error_message = \"Too large.\"\n    }\n  }\n}\n",
    );
    let lines = lines(folder.path(), &["plan", "-json"], 1);
    let values = &lines[1]["diagnostic"]["snippet"]["values"];
    assert_eq!(*values, serde_json::json!([{ "traversal": "local.size", "statement": "is 3" }]));
    let output = support::terrace(folder.path()).arg("plan").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("local.size is 3"), "{said}");
}

#[test]
fn what_is_let_go_is_not_read_again_first() {
    let folder = project(ONE);
    let folder = folder.path();
    lines(folder, &["apply", "-json", "-auto-approve"], 0);
    let removed = "removed {\n  from = terraform_data.a\n  lifecycle {\n    destroy = false\n  }\n}\n";
    std::fs::write(folder.join("main.tf"), removed).unwrap();
    let plan = lines(folder, &["plan", "-json"], 0);
    assert!(!kinds(&plan).contains(&"refresh_start"), "{plan:?}");
    assert!(plan.iter().any(|line| line["change"]["action"] == "remove"), "{plan:?}");
}
