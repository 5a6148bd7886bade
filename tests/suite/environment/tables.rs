//! `envs`, `env show`, `params`, `toggles`: what people and programs are told.

use serde_json::Value;

use super::Project;

const MAIN: &str = r#"
variable "environment" {
  type = string
}

variable "instance_type" {
  type        = string
  description = "What each instance is."
}

variable "instance_count" {
  type    = number
  default = 1
}

variable "domain" {
  type = string
}

variable "log_retention" {
  type    = number
  default = 7
}

variable "tags" {
  type    = map(string)
  default = { team = "platform" }
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = null
}

variable "license" {
  sensitive = true
  default   = "hunter2"
}

variable "api_env" {
  type = map(string)
}

variable "checkout" {
  type    = bool
  default = false
}

variable "bucket" {
  default = ""
}

resource "terraform_data" "instance" {
  count = var.instance_count
  input = "${var.domain}/${var.instance_type}"
}

module "network" {
  source = "./network"
}

output "instances" {
  value = terraform_data.instance[*].input
}
"#;

const NETWORK: &str = "resource \"terraform_data\" \"net\" {\n}\n";

const TERRACE: &str = r#"project "shop" {
  description = "Storefront and API; ask @ops <b>first</b>"
}

parameter "instance_type" {
  differs = "scale"
}
parameter "instance_count" {
  differs     = "scale"
  description = "three zones in production"
}
parameter "domain" {
  differs = "identity"
}

environment "staging" {
  description = "What testers see"
  tier        = "staging"
  branch      = "staging"
  owners      = ["platform"]
  secrets {
    db_password = env("STAGING_DB_PASSWORD")
  }
  values = {
    instance_type = "t3.medium"
    domain        = "staging.example.com"
    bucket        = "shop-${environment.name}"
    checkout      = toggle.new_checkout
  }
}

environment "production" {
  extends = "staging"
  tier    = "production"
  branch  = "main"
  owners  = ["platform", "anna"]
  secrets {
    db_password = command(["pass", "db"])
  }
  values = {
    instance_type  = "m5.xlarge"
    instance_count = 3
    domain         = "example.com"
    log_retention  = 90
  }
  variables_for "api" {
    PAYMENT = "live"
  }
  protect {
    confirm      = true
    deny_destroy = ["terraform_data.instance", "module.network"]
    windows      = ["Mon-Thu 09:00-16:00 Europe/Berlin"]
    branches     = ["main"]
  }
}

preview {
  extends = "staging"
  ttl     = "72h"
  limit   = 10
}

toggle "new_checkout" {
  description = "the checkout of one page"
  since       = "2026-11-01"
  on          = { staging = true, production = false }
}

toggle "dark_mode" {
  since        = "2025-01-01"
  retire_after = "90d"
  on           = { staging = true, production = true }
}

variables_for "api" {
  variable = "api_env"
  required = ["LOG_LEVEL", "NEW_CHECKOUT", "PAYMENT"]
  values = {
    LOG_LEVEL    = "info"
    NEW_CHECKOUT = toggle.new_checkout
    PAYMENT      = "sandbox"
  }
}
"#;

fn shop() -> Project {
    Project::of(&[("main.tf", MAIN), ("network/main.tf", NETWORK), ("terrace.hcl", TERRACE)])
}

/// What is printed on a terminal that wide.
#[track_caller]
fn printed(project: &Project, words: &str, width: &str) -> String {
    let said = project.run_with(words, &[("COLUMNS", width), ("LC_ALL", "C.UTF-8")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.lines().all(|line| line.chars().count() <= width.parse().unwrap()), "{}", said.out);
    said.out
}

#[track_caller]
fn json(project: &Project, words: &str) -> Value {
    serde_json::from_str(&project.fine(words)).unwrap()
}

#[test]
fn parameters_stand_beside_each_other() {
    let project = shop();
    insta::assert_snapshot!("parameters_80", printed(&project, "params", "80"));
    insta::assert_snapshot!("parameters_120", printed(&project, "params", "120"));
    insta::assert_snapshot!("parameters_markdown", project.fine("params -markdown"));
    insta::assert_snapshot!("parameters_json", project.fine("params -json"));
    let one = printed(&project, "params -e production", "80");
    assert!(one.contains("m5.xlarge") && !one.contains("t3.medium"), "{one}");
    assert!(project.refused("params -e prod").contains("Did you mean \"production\"?"));
}

#[test]
fn one_environment_shows_every_value_with_where_it_comes_from() {
    let project = shop();
    insta::assert_snapshot!("environment_80", printed(&project, "env show production", "80"));
    insta::assert_snapshot!("environment_120", printed(&project, "env show production", "120"));
    project.write("big.tfvars", "log_retention = 30\n");
    let said = project.run_with(
        "env show staging -var=instance_count=2 -var-file=big.tfvars -json",
        &[("TF_VAR_tags", "{ a = \"b\" }")],
    );
    let shown: Value = serde_json::from_str(&said.out).unwrap();
    let from = |name: &str| {
        let from = &shown["variables"][name]["from"];
        (from["kind"].as_str().unwrap().to_owned(), from["file"].clone(), from["line"].as_u64())
    };
    assert_eq!(from("instance_count"), ("flag".into(), Value::Null, None));
    assert_eq!(from("log_retention"), ("var_file".into(), "big.tfvars".into(), Some(1)));
    assert_eq!(from("tags"), ("process".into(), Value::Null, None));
    assert_eq!(from("domain"), ("values".into(), "terrace.hcl".into(), Some(26)));
    assert_eq!(from("license"), ("default".into(), "main.tf".into(), Some(38)));
    assert_eq!(from("environment"), ("name".into(), Value::Null, None));
    assert_eq!(shown["variables"]["db_password"]["secret"], "env STAGING_DB_PASSWORD");
    assert_eq!(shown["variables"]["instance_count"]["value"], 2);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    assert!(project.refused("env show").contains("staging, production"));
    assert!(project.refused("env show stagin").contains("Did you mean \"staging\"?"));
}

#[test]
fn toggles_that_have_served_their_time_are_told() {
    let project = shop();
    insta::assert_snapshot!("toggles_80", printed(&project, "toggles", "80"));
    insta::assert_snapshot!("toggles_markdown", project.fine("toggles -markdown"));
    let said = project.run("toggles -json");
    assert!(
        said.err.contains("Toggle has served its time") && said.err.contains("\"dark_mode\""),
        "{}",
        said.err
    );
    let shown: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(shown["toggles"][0]["overdue"], true);
    assert_eq!(shown["toggles"][1]["on"]["production"], false);
}

#[test]
fn every_environment_is_listed_with_what_is_known_of_it() {
    let project = shop();
    let set = [("STAGING_DB_PASSWORD", "hunter2")];
    assert_eq!(json(&project, "envs -json")["environments"][0]["resources"]["total"], 0);
    let before = &json(&project, "envs -json")["environments"][0];
    assert!(before["pending"].is_null() && before["last_change"].is_null(), "{before}");
    assert_eq!(project.run_with("plan -e staging", &set).code, 0);
    assert!(!project.path().join(".terrace").exists(), "to look at what is not there makes nothing");
    let network = "apply -e staging -auto-approve -target module.network";
    assert_eq!(project.run_with(network, &set).code, 0);
    assert_eq!(project.run_with("plan -e staging", &set).code, 0);
    let planned = &json(&project, "envs -json")["environments"][0];
    assert_eq!(
        (planned["pending"]["add"].as_u64(), planned["pending"]["outdated"].as_bool()),
        (Some(1), Some(false))
    );
    assert_eq!(project.run_with("apply -e staging -auto-approve", &set).code, 0);
    let applied = &json(&project, "envs -json")["environments"][0];
    assert_eq!(applied["resources"]["by_module"]["module.network"]["terraform_data"], 1);
    assert_eq!(applied["resources"]["total"], 2);
    assert_eq!(applied["outputs"], serde_json::json!(["instances"]));
    assert_eq!(applied["last_change"]["what"], "apply");
    assert_eq!(
        (applied["pending"]["add"].as_u64(), applied["pending"]["drift"].as_u64()),
        (Some(0), Some(0))
    );
    let text = printed(&project, "envs", "120");
    assert!(text.contains("apply just now") && text.contains("there are 0 of at most 10"), "{text}");
    assert!(text.contains("confirm, keeps 2, windows, branches"), "{text}");
    // An edit makes what is known a thing of the past.
    project.write("main.tf", &MAIN.replace("default = 7", "default = 8"));
    assert_eq!(json(&project, "envs -json")["environments"][0]["pending"]["outdated"], true);
    assert!(printed(&project, "envs", "120").contains("before an edit"));
    // A plan of a part says nothing of the whole.
    let before = project.fine("envs -json");
    assert_eq!(project.run_with("plan -e staging -target=module.network", &set).code, 0);
    assert_eq!(project.fine("envs -json"), before);
    assert!(!before.contains("hunter2"));
}

#[test]
fn what_nobody_declares_any_more_and_previews_are_listed_too() {
    let project = Project::of(&[
        ("main.tf", "resource \"terraform_data\" \"a\" {\n}\n"),
        ("terrace.hcl", "environment \"old\" {\n}\nenvironment \"new\" {\n}\n"),
    ]);
    project.fine("apply -e old -auto-approve");
    project.write(
        "terrace.hcl",
        "environment \"new\" {\n}\npreview {\n  extends = \"new\"\n  ttl = \"24h\"\n}\n",
    );
    std::fs::create_dir(project.path().join(".terrace/preview")).unwrap();
    std::fs::copy(project.path().join(".terrace/old.db"), project.path().join(".terrace/preview/blue.db"))
        .unwrap();
    let listed = json(&project, "envs -json");
    let names: Vec<(&str, &str)> = listed["environments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["standing"].as_str().unwrap()))
        .collect();
    assert_eq!(names, [("new", "declared"), ("old", "undeclared"), ("preview/blue", "preview")]);
    let text = project.fine("envs");
    assert!(
        text.contains("not declared") && text.contains("go 1 day after") && text.contains("there is 1."),
        "{text}"
    );
}

#[test]
fn a_state_that_cannot_be_read_keeps_nobody_from_seeing_the_others() {
    let project =
        Project::of(&[("main.tf", ""), ("terrace.hcl", "environment \"a\" {\n}\nenvironment \"b\" {\n}\n")]);
    std::fs::create_dir(project.path().join(".terrace")).unwrap();
    project.write(".terrace/a.db", "no database");
    let said = project.run("envs");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("unreadable") && said.out.contains("b "), "{}", said.out);
    assert!(said.err.contains("State is damaged"), "{}", said.err);
}

#[test]
fn without_terrace_hcl_there_is_one_environment() {
    let project = Project::of(&[("main.tf", "variable \"a\" {\n  default = 1\n}\n")]);
    let listed = json(&project, "envs -json");
    assert_eq!(listed["environments"].as_array().unwrap().len(), 1);
    assert_eq!(listed["environments"][0]["name"], "default");
    assert!(project.fine("env show").contains("default (main.tf:2)"));
    assert!(project.fine("params").contains("There are no parameters."));
    assert!(project.fine("toggles").contains("There are no toggles."));
    assert!(!project.path().join(".terrace").exists());
}

#[test]
fn no_secret_is_read_for_a_table() {
    let project = shop();
    let pass = "command([\"sh\", \"-c\", \"touch read; echo x\"])";
    project.write("terrace.hcl", &TERRACE.replace("command([\"pass\", \"db\"])", pass));
    for words in ["envs", "envs -markdown", "params", "env show production", "toggles"] {
        project.fine(words);
    }
    assert!(!project.path().join("read").exists());
}
