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

/// One that is made, one that a condition refuses once it is planned, one that is refused before, and what needs that.
const REFUSED: &str = r#"
resource "terraform_data" "made" {
  input = 1
}
resource "terraform_data" "kept" {
  triggers_replace = 2
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "counted" {
  count = 1
}
resource "terraform_data" "refused" {
  input = 2
  lifecycle {
    postcondition {
      condition     = self.input == 3
      error_message = "Not three."
    }
  }
}
resource "terraform_data" "untried" {
  lifecycle {
    precondition {
      condition     = terraform_data.made.input == 3
      error_message = "Not three."
    }
  }
}
resource "terraform_data" "waiting" {
  input = terraform_data.untried.id
}
output "good" {
  value = terraform_data.made.input
}
output "bad" {
  value = terraform_data.waiting.id
}
"#;

#[test]
fn what_could_be_planned_is_told_beside_what_went_wrong() {
    let folder = project(
        "resource \"terraform_data\" \"gone\" {}\nresource \"terraform_data\" \"counted\" {\n  count = 2\n}\n\
         resource \"terraform_data\" \"kept\" {}\n",
    );
    let folder = folder.path();
    lines(folder, &["apply", "-json", "-auto-approve"], 0);
    std::fs::write(folder.join("main.tf"), REFUSED).unwrap();
    for arguments in [&["plan", "-json"][..], &["apply", "-json", "-auto-approve"]] {
        let told = lines(folder, arguments, 1);
        let planned = told.iter().filter(|line| line["type"] == "planned_change");
        let planned: Vec<String> =
            planned.map(|line| line["@message"].as_str().unwrap().replace("terraform_data.", "")).collect();
        let expected = [
            "counted[1]: Plan to delete",
            "gone: Plan to delete",
            "kept: Plan to replace",
            "made: Plan to create",
            "refused: Plan to create",
        ];
        assert_eq!(planned, expected, "{arguments:?}");
        let summary = told.iter().position(|line| line["type"] == "change_summary").unwrap();
        let changes =
            serde_json::json!({ "add": 3, "change": 0, "import": 0, "operation": "plan", "remove": 3 });
        assert_eq!(told[summary]["changes"], changes);
        let good = serde_json::json!({ "good": { "action": "create", "sensitive": false } });
        assert_eq!(told[summary + 1]["outputs"], good);
        assert!(kinds(&told)[summary + 2..].iter().all(|kind| *kind == "diagnostic"), "{told:?}");
        assert_eq!(told.len(), summary + 5);
    }
    let output = support::terrace(folder).arg("plan").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("could be planned before something went wrong"), "{said}");
    assert!(said.contains("3 to add, 0 to change, 3 to destroy"), "{said}");
}

#[test]
fn nothing_is_planned_where_moves_cannot_be() {
    let folder = project(
        "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    precondition {\n      condition     = terraform.workspace == \
         \"x\"\n      error_message = \"no\"\n    }\n  }\n}\nresource \"terraform_data\" \"b\" {}\nmoved {\n  from = \
         terraform_data.a\n  to   = terraform_data.c\n}\n",
    );
    let told = lines(folder.path(), &["plan", "-json"], 1);
    assert_eq!(kinds(&told), ["version", "diagnostic"], "{told:?}");
    assert_eq!(told[1]["diagnostic"]["range"]["start"]["line"], 10);
}

#[test]
fn faults_are_told_where_they_are() {
    let itself =
        "resource \"terraform_data\" \"a\" {\n  input = 1\n  triggers_replace = terraform_data.a.id\n}\n";
    let told = lines(project(itself).path(), &["plan", "-json"], 1);
    assert_eq!(kinds(&told), ["version", "diagnostic"], "what was suspected is told once");
    assert_eq!(told[1]["diagnostic"]["range"]["start"]["line"], 3);
    let secret = "variable \"v\" {\n  default   = 1\n  sensitive = true\n}\nresource \"terraform_data\" \"a\" {\n  \
                  input = var.v\n}\noutput \"o\" {\n\n  value = terraform_data.a.input\n}\n";
    let told = lines(project(secret).path(), &["plan", "-json"], 1);
    let fault = told.iter().find(|line| line["type"] == "diagnostic").unwrap();
    assert_eq!(fault["diagnostic"]["range"]["start"]["line"], 8);
}

#[test]
fn checks_are_held_beside_what_went_wrong() {
    let folder = project(
        r#"resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = terraform.workspace == "x"
      error_message = "no"
    }
  }
}
check "of_others" {
  assert {
    condition     = terraform.workspace == "y"
    error_message = "of others"
  }
}
check "of_it" {
  assert {
    condition     = terraform_data.a.id == "y"
    error_message = "of it"
  }
}
"#,
    );
    let told = lines(folder.path(), &["plan", "-json"], 1);
    let said: Vec<&str> =
        told.iter().filter_map(|line| line["diagnostic"]["detail"].as_str()).map(str::trim).collect();
    assert_eq!(said, ["no", "of others"]);
}

#[test]
fn no_condition_and_no_move_keeps_an_object_from_being_taken_over() {
    let folder = project(
        r#"resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = self.id == ""
      error_message = "no"
    }
  }
}
resource "terraform_data" "b" {}
moved {
  from = terraform_data.b
  to   = terraform_data.c
}
"#,
    );
    let output = support::terrace(folder.path()).args(["import", "terraform_data.a", "it"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("Warning: Resource postcondition failed"), "{told}");
}
