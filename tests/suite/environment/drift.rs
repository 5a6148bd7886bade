//! What somebody changed by hand.

use serde_json::Value as Json;

use super::Project;

const MAIN: &str = r#"
variable "environment" {
  type = string
}

variable "text" {
  type    = string
  default = "first"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "xyzzy"
}

resource "local_file" "page" {
  filename = "${path.module}/${var.environment}.txt"
  content  = var.text
}

resource "local_sensitive_file" "secret" {
  filename = "${path.module}/${var.environment}.secret"
  content  = var.password
}

resource "terraform_data" "other" {
  input = var.text
}
"#;

const TERRACE: &str = "project \"shop\" {\n}\nenvironment \"staging\" {\n}\nenvironment \"production\" {\n  \
                       extends = \"staging\"\n}\n";

fn applied() -> Project {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    project.fine("apply -e staging -auto-approve");
    project.fine("apply -e production -auto-approve");
    project
}

#[test]
fn a_file_that_was_edited_is_not_told_to_be_gone() {
    let project = applied();
    project.write("production.txt", "edited");
    project.write("production.secret", "plugh");
    let said = project.run("drift -e production");
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.out.contains("# local_file.page has changed"), "{}", said.out);
    assert!(said.out.contains("~ content              = \"first\" -> \"edited\""), "{}", said.out);
    assert!(said.out.contains("# local_sensitive_file.secret has changed"), "{}", said.out);
    assert!(
        said.out.contains("Drift: 2 objects changed in production since the last apply."),
        "{}",
        said.out
    );
    assert!(said.out.contains("The configuration would undo it (2 to add)"), "{}", said.out);
    assert!(!said.out.contains("plugh") && !said.out.contains("xyzzy"), "{}", said.out);
    std::fs::remove_file(project.path().join("production.txt")).unwrap();
    let said = project.run("drift -e production");
    assert!(said.out.contains("Drift: 1 object changed, 1 object gone in production"), "{}", said.out);
}

#[test]
fn nothing_was_touched() {
    let project = applied();
    assert_eq!(project.fine("drift -e staging"), "No drift: staging is as it was left.\n");
    let table = project.fine("drift --all");
    assert!(
        table.lines().any(|line| line.starts_with("production") && line.ends_with("no drift")),
        "{table}"
    );
}

#[test]
fn what_was_done_by_hand_is_told_apart_from_what_the_configuration_says() {
    let project = applied();
    std::fs::remove_file(project.path().join("production.txt")).unwrap();
    std::fs::remove_file(project.path().join("production.secret")).unwrap();
    project.write("terraform.tfvars", "text = \"second\"\n");
    let before = std::fs::read(project.path().join(".terrace/production.db")).unwrap();
    let said = project.run("drift -e production");
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.out.contains("# local_file.page has been deleted"), "{}", said.out);
    assert!(!said.out.contains("terraform_data.other") && !said.out.contains("xyzzy"), "{}", said.out);
    let end = "Drift: 2 objects gone in production since the last apply.\nThe configuration would undo it (2 to add) \
               and has apart from that 1 to change: terrace plan -e production\n";
    assert!(said.out.ends_with(end), "{}", said.out);
    assert_eq!(std::fs::read(project.path().join(".terrace/production.db")).unwrap(), before);
    assert_eq!(project.run("drift -e production").code, 2, "looking changes nothing");

    let said = project.run("drift --all");
    assert_eq!(said.code, 2);
    let table: Vec<&str> = said.out.lines().rev().take(2).collect();
    assert!(table[0].starts_with("production") && table[0].ends_with("drift"), "{table:?}");
    assert!(table[1].starts_with("staging") && table[1].ends_with("no drift"), "{table:?}");
}

#[test]
fn what_was_never_applied_has_not_drifted() {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    let said = project.run("drift -e staging");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("Nothing was applied in staging yet.\n"), "{}", said.out);
    assert!(!project.path().join(".terrace").exists());
}

#[test]
fn an_error_goes_before_drift() {
    let project = applied();
    std::fs::remove_file(project.path().join("production.txt")).unwrap();
    let broken = "environment \"broken\" {\n  extends = \"staging\"\n  secrets {\n    password = \
                  env(\"TERRACE_TEST_NOT_SET\")\n  }\n}\n";
    project.write("terrace.hcl", &format!("{TERRACE}{broken}"));
    let said = project.run("drift --all");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("Secret cannot be read"), "{}", said.err);
    assert!(said.out.contains("failed: 1 error"), "{}", said.out);
    assert!(project.refused("drift --all -var=text=x").contains("-var"));
}

#[test]
fn programs_and_messages_get_it_too() {
    let project = applied();
    std::fs::remove_file(project.path().join("production.txt")).unwrap();
    let said = project.run("drift --all --json --markdown=drift.md");
    assert_eq!(said.code, 2, "{}", said.err);
    let found: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!(found["format_version"], "1.0");
    let production = &found["environments"][1];
    let expected = serde_json::json!({
        "environment": "production",
        "status": "drift",
        "changed": 0,
        "gone": 1,
        "objects": [{ "address": "local_file.page", "type": "local_file", "what": "gone" }],
        "pending": {
            "undoing_drift": { "add": 1, "change": 0, "replace": 0, "destroy": 0 },
            "besides": { "add": 0, "change": 0, "replace": 0, "destroy": 0 },
        },
        "diagnostics": [],
    });
    assert_eq!(*production, expected);
    assert_eq!(found["environments"][0]["status"], "no drift");
    let text = std::fs::read_to_string(project.path().join("drift.md")).unwrap();
    assert!(text.starts_with("<!-- terrace drift: shop -->\n\n### Terrace drift: shop\n"), "{text}");
    assert!(text.contains("| `production` | 0 | **1** | 1 | drift |"), "{text}");
    let one = project.run("drift -e production --markdown=-");
    assert!(one.out.contains("<summary><code>production</code>: 1 object gone</summary>"), "{}", one.out);
}
