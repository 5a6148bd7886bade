//! Every environment is checked, and which ones fail is told.

use serde_json::Value as Json;

use super::{MAIN, Project, TERRACE};

#[test]
fn a_table_says_which_environments_are_valid() {
    let more = "environment \"broken\" {\n  extends = \"staging\"\n  values = { instance_count = 12, domain = [] }\n}\n";
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", &format!("{TERRACE}{more}"))]);
    let said = project.run("validate");
    assert_eq!(said.code, 1);
    insta::assert_snapshot!(said.out, @r"
    environment  status   errors
    ───────────  ───────  ──────
    staging      valid         0
    production   valid         0
    broken       invalid       1
    preview      valid         0
    ");
    let said = project.run("validate -json");
    assert_eq!(said.code, 1);
    let answer: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&answer["valid"], &answer["error_count"]), (&false.into(), &1.into()));
    let of = |index: usize| answer["environments"][index].clone();
    let row = |name: &str, errors: usize| serde_json::json!({ "environment": name, "valid": errors == 0, "error_count": errors, "warning_count": 0 });
    assert_eq!(
        [of(0), of(1), of(2), of(3)],
        [row("staging", 0), row("production", 0), row("broken", 1), row("preview", 0)]
    );
}

#[test]
fn without_environments_the_answer_is_the_references() {
    let project = Project::of(&[("main.tf", "output \"a\" {\n  value = 1\n}\n")]);
    assert_eq!(project.fine("validate"), "The configuration is valid.\n");
    let answer: Json = serde_json::from_str(&project.fine("validate -json")).unwrap();
    assert_eq!(answer.get("environments"), None);
}

#[test]
fn a_pattern_that_protects_nothing_is_told() {
    let project = Project::shop();
    let protect = "  protect {\n    deny_destroy = [\"terraform_data.instanec\"]\n  }\n";
    let text =
        TERRACE.replacen("environment \"staging\" {\n", &format!("environment \"staging\" {{\n{protect}"), 1);
    project.write("terrace.hcl", &text);
    let said = project.run("validate");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.err.matches("Pattern matches nothing").count(), 1, "{}", said.err);
    assert!(said.err.contains("Did you mean \"terraform_data.instance\"?"), "{}", said.err);
}

#[test]
fn what_is_looked_up_by_workspace_is_fine_where_every_environment_has_an_entry() {
    let project = Project::shop();
    project.write(
        "more.tf",
        "output \"x\" {\n  value = { staging = 1, production = 3 }[terraform.workspace]\n}\n",
    );
    project.fine("validate");
    project.fine("plan --all");
}

#[test]
fn what_fails_with_the_values_of_one_environment_is_found_without_a_plan() {
    let project = Project::shop();
    project.write(
        "more.tf",
        "resource \"terraform_data\" \"it\" {\n  count = var.instance_count > 1 ? 1 : 0\n  input = [\"a\"][var.instance_count]\n}\n",
    );
    let said = project.refused("validate");
    assert!(said.contains("Index out of range") && said.contains("environment production"), "{said}");
    assert!(!said.contains("environment staging)"), "{said}");
}

#[test]
fn faults_of_modules_and_of_environments_are_told_together() {
    let broken = "environment \"broken\" {\n  extends = \"staging\"\n  values = { instance_count = 12 }\n}\n";
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", &format!("{TERRACE}{broken}"))]);
    project.write("more.tf", "output \"x\" {\n  value = var.nothing\n}\n");
    let said = project.run("validate -json");
    let answer: Json = serde_json::from_str(&said.out).unwrap();
    let told = answer["diagnostics"].to_string();
    assert!(told.contains("var.nothing") || told.contains("nothing"), "{told}");
    assert!(told.contains("Too many.") && told.contains("environment broken"), "{told}");
    assert!(
        answer.get("environments").is_none_or(|all| all.as_array().is_some_and(Vec::is_empty)),
        "{answer}"
    );
    assert_eq!(answer["error_count"], 2);

    // Where a file cannot be read, what it declares is not known, and only what terrace.hcl says by itself is told.
    let project = Project::of(&[("terrace.hcl", TERRACE), ("main.tf", MAIN)]);
    project.write("main.tf", &MAIN.replacen("type = string", "type = = string", 1));
    let said = project.run("validate -json");
    let answer: Json = serde_json::from_str(&said.out).unwrap();
    let told = answer["diagnostics"].as_array().unwrap();
    assert!(told.iter().all(|one| one["range"]["filename"] == "main.tf"), "{}", said.out);
    project.write("terrace.hcl", &TERRACE.replacen("extends = \"staging\"", "extends = \"stagin\"", 1));
    let told = project.refused("validate");
    assert!(told.contains("stagin") && told.contains("main.tf"), "{told}");
}
