//! What each environment gives to the project's variables.

use super::{MAIN, Project, TERRACE};

#[test]
fn each_environment_has_its_own_values_and_its_own_state() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    assert!(
        project
            .fine("output -e staging -json")
            .contains("staging/staging/staging.example.com/t3.medium/false")
    );
    assert_eq!(project.fine("state list -e staging").lines().count(), 1);
    assert!(project.fine("state list -e production").is_empty());
}

#[test]
fn the_environment_is_named_or_the_only_one() {
    let project = Project::shop();
    let said = project.refused("plan");
    assert!(said.contains("staging, production") && said.contains("TERRACE_ENV"), "{said}");
    assert!(project.refused("plan -e prod").contains("Did you mean \"production\"?"));
    assert_eq!(project.run_with("plan", &[("TERRACE_ENV", "staging")]).code, 0);
    let single = Project::of(&[("main.tf", ""), ("terrace.hcl", "environment \"only\" {\n}\n")]);
    single.fine("validate");
    assert!(single.refused("plan -e other").contains("only"));
    let none = Project::of(&[("main.tf", "output \"a\" {\n  value = 1\n}\n")]);
    assert!(none.refused("plan -e staging").contains("There is no terrace.hcl"));
    none.fine("plan");
}

#[test]
fn later_ones_go_before_earlier_ones_and_the_process_comes_last() {
    let project = Project::of(&[
        ("main.tf", "variable \"v\" {\n  default = \"default\"\n}\noutput \"v\" {\n  value = var.v\n}\n"),
        ("terrace.hcl", "environment \"a\" {\n}\n"),
    ]);
    let value = |words: &str| project.run_with(words, &[("TF_VAR_v", "process")]).out;
    let plan = "plan -e a";
    assert!(project.fine(plan).contains("\"default\""));
    assert!(value(plan).contains("\"process\""));
    project.write("terraform.tfvars", "v = \"file\"\n");
    assert!(value(plan).contains("\"file\""));
    let base = "environment \"base\" {\n  abstract = true\n  values = { v = \"base\" }\n}\n";
    project.write("terrace.hcl", &format!("{base}environment \"a\" {{\n  extends = \"base\"\n}}\n"));
    assert!(value(plan).contains("\"base\""));
    project.write("a.tfvars", "v = \"values file\"\n");
    let files = "extends = \"base\"\n  values_files = [\"a.tfvars\"]\n";
    project.write("terrace.hcl", &format!("{base}environment \"a\" {{\n  {files}}}\n"));
    assert!(value(plan).contains("\"values file\""));
    project.write(
        "terrace.hcl",
        &format!("{base}environment \"a\" {{\n  {files}  values = {{ v = \"values\" }}\n}}\n"),
    );
    assert!(value(plan).contains("\"values\""));
    assert!(value("plan -e a -var=v=flag").contains("\"flag\""));
    project.write("terrace.hcl", &format!("{base}environment \"a\" {{\n  {files}  unset = [\"v\"]\n}}\n"));
    assert!(value(plan).contains("\"default\""));
}

#[test]
fn the_name_reaches_what_was_written_for_workspaces_and_for_a_variable() {
    let project = Project::shop();
    let said = project.run_with("plan -e staging", &[("TF_VAR_environment", "production")]);
    assert!(said.err.contains("Value of another environment"), "{}", said.err);
    let without = Project::of(&[("main.tf", MAIN)]);
    assert!(without.refused("plan").contains("environment"));
}

#[test]
fn secrets_are_read_when_a_plan_needs_them_and_never_shown() {
    let project = Project::shop();
    let secret = "owners = [\"platform\"]\n  secrets {\n    db_password = env(\"STAGING_PASSWORD\")\n  }\n";
    project.write("terrace.hcl", &TERRACE.replace("owners = [\"platform\"]\n", secret));
    project.write("more.tf", "resource \"terraform_data\" \"secret\" {\n  input = var.db_password\n}\n");
    project.fine("validate");
    assert!(project.refused("plan -e staging").contains("STAGING_PASSWORD is not set"));
    let said = project.run_with("plan -e staging", &[("STAGING_PASSWORD", "hunter2")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("(sensitive value)") && !said.out.contains("hunter2"), "{}", said.out);
    project.write("password", "hunter3\n");
    let text = TERRACE.replace(
        "owners = [\"platform\"]\n",
        &secret.replace("env(\"STAGING_PASSWORD\")", "command([\"cat\", \"password\"])"),
    );
    project.write("terrace.hcl", &text);
    assert!(!project.fine("plan -e staging").contains("hunter3"));
}

#[test]
fn a_service_gets_the_same_variables_everywhere() {
    let project = Project::of(&[
        ("main.tf", "variable \"api\" {\n  type = map(string)\n}\noutput \"api\" {\n  value = var.api\n}\n"),
        (
            "terrace.hcl",
            r#"
toggle "new_checkout" {
  since = "2026-11-01"
  on    = { staging = true, production = false }
}
variables_for "api" {
  variable = "api"
  required = ["LOG_LEVEL", "NEW_CHECKOUT", "PAYMENT"]
  values   = { LOG_LEVEL = "info", NEW_CHECKOUT = toggle.new_checkout }
}
environment "staging" {
  variables_for "api" {
    PAYMENT = "sandbox-${environment.name}"
  }
}
environment "production" {
  extends = "staging"
  variables_for "api" {
    PAYMENT   = "live"
    LOG_LEVEL = "warn"
  }
}
"#,
        ),
    ]);
    let staging = project.fine("plan -e staging");
    assert!(
        staging.contains("\"info\"") && staging.contains("\"true\"") && staging.contains("sandbox-staging"),
        "{staging}"
    );
    let production = project.fine("plan -e production");
    assert!(
        production.contains("\"warn\"")
            && production.contains("\"false\"")
            && production.contains("\"live\""),
        "{production}"
    );
}

#[test]
fn a_confirmation_that_is_inherited_is_shown_as_what_it_is() {
    let text = TERRACE
        .replace("owners = [\"platform\"]", "protect {\n    confirm = true\n  }")
        .replace("branch  = \"main\"", "protect {\n    confirm = false\n  }")
        .replace("tier    = \"production\"", "tier    = \"development\"");
    let project = Project::shop();
    project.write("terrace.hcl", &text);
    // Protection is only ever tightened, so that the name must be given all the same.
    assert!(project.refused("apply -e production -auto-approve").contains("--confirm production"));
    assert!(project.fine("env show production").contains("confirmed by name"));
}
