//! What is compared, and what is declared.

use super::{Project, compared, of, pairs};

#[test]
fn a_declared_parameter_may_differ_and_another_may_not() {
    let main = r#"
variable "size" { type = number }
variable "other" { type = number }
resource "terraform_data" "a" { input = var.size }
resource "terraform_data" "b" { input = var.other }
resource "terraform_data" "both" { input = var.size + var.other }
"#;
    let compared = compared(
        main,
        "size = 1\nother = 1",
        "size = 2\nother = 2",
        "parameter \"size\" { differs = \"scale\" }",
    );
    assert_eq!(compared.declared(), pairs(&[("terraform_data.a.input", "size")]));
    let undeclared = pairs(&[("terraform_data.b.input", "other"), ("terraform_data.both.input", "other")]);
    assert_eq!(compared.undeclared(), undeclared);
    let lines: Vec<String> =
        compared.parity.undeclared().flat_map(|one| one.missing()).map(|(_, line)| line).collect();
    assert!(lines.iter().all(|line| line == "parameter \"other\" { differs = \"scale\" }"), "{lines:?}");
}

#[test]
fn a_variable_that_nothing_uses_must_be_declared_too() {
    let compared = compared("variable \"idle\" {}\n", "idle = 1", "idle = 2", "");
    let places: Vec<String> = compared.parity.undeclared().map(|finding| finding.place()).collect();
    assert_eq!(places, ["var.idle"]);
}

#[test]
fn the_number_of_instances_and_their_keys_have_causes() {
    let main = r#"
variable "amount" { type = number }
variable "zones" { type = set(string) }
variable "environment" {}
resource "terraform_data" "counted" {
  count = var.amount
}
resource "terraform_data" "keyed" {
  for_each = var.zones
  input    = each.key
}
resource "terraform_data" "named" {
  for_each = toset([var.environment])
}
"#;
    let compared = compared(main, "amount = 1\nzones = [\"a\"]", "amount = 2\nzones = [\"a\", \"b\"]", "");
    let undeclared = pairs(&[
        ("terraform_data.counted[1]", "amount"),
        ("terraform_data.keyed[\"b\"]", "zones"),
        ("terraform_data.named[\"alpha\"]", "environment!"),
        ("terraform_data.named[\"omega\"]", "environment!"),
    ]);
    assert_eq!(compared.undeclared(), undeclared);
}

#[test]
fn what_is_at_a_key_comes_from_the_map_that_had_it() {
    let main = r#"
variable "services" { type = map(object({ port = number })) }
resource "terraform_data" "service" {
  for_each = var.services
  input    = each.value.port
}
"#;
    let compared = compared(
        main,
        "services = { a = { port = 1 } }",
        "services = { a = { port = 2 }, b = { port = 3 } }",
        "",
    );
    let undeclared = pairs(&[
        ("terraform_data.service[\"a\"].input", "services"),
        ("terraform_data.service[\"b\"]", "services"),
    ]);
    assert_eq!(compared.undeclared(), undeclared);
}

#[test]
fn modules_carry_origins_in_and_out() {
    let project = Project::of(&[
        (
            "main.tf",
            r#"
variable "size" { type = number }
variable "replicas" { type = number }
module "service" {
  source = "./service"
  count  = var.replicas
  size   = var.size
}
output "first" { value = module.service[0].size }
output "number" { value = length(module.service) }
"#,
        ),
        (
            "service/main.tf",
            r#"
variable "size" { type = number }
locals {
  doubled = var.size * 2
}
resource "terraform_data" "it" { input = local.doubled }
output "size" { value = local.doubled }
"#,
        ),
        (
            "terrace.hcl",
            r#"
environment "alpha" { values = { size = 1, replicas = 1 } }
environment "omega" {
  extends = "alpha"
  values  = { size = 2, replicas = 2 }
}
"#,
        ),
    ]);
    project.fine("init");
    let undeclared = pairs(&[
        ("module.service[0].terraform_data.it.input", "size"),
        ("module.service[1].terraform_data.it", "replicas"),
        ("output.first", "replicas size"),
        ("output.number", "replicas"),
    ]);
    assert_eq!(of(&project, "alpha", "omega").undeclared(), undeclared);
}

#[test]
fn what_a_resource_gives_comes_from_its_arguments() {
    let main = r#"
variable "words" { type = number }
resource "random_pet" "name" { length = var.words }
resource "terraform_data" "echo" { input = var.words }
resource "terraform_data" "made" { input = random_pet.name.id }
resource "terraform_data" "echoed" { input = terraform_data.echo.output }
"#;
    let compared = compared(main, "words = 1", "words = 2", "");
    // What the name will be nobody knows; that it is made otherwise is said where it is.
    let undeclared = pairs(&[
        ("random_pet.name.length", "words"),
        ("terraform_data.echo.input", "words"),
        ("terraform_data.echoed.input", "words"),
    ]);
    assert_eq!(compared.undeclared(), undeclared);
}

#[test]
fn providers_dynamic_blocks_conditions_and_provisioners_are_compared() {
    let main = r#"
variable "region" {}
variable "rules" { type = list(string) }
variable "strict" { type = bool }
terraform {
  required_providers {
    cloud = { source = "example/cloud" }
  }
}
provider "cloud" {
  region = var.region
}
resource "cloud_firewall" "it" {
  name = "x"
  dynamic "rule" {
    for_each = var.rules
    content {
      port = rule.value
    }
  }
  dynamic "egress" {
    for_each = [1]
    content {
      to = var.region
    }
  }
}
data "archive_file" "it" {
  type        = "zip"
  output_path = "x.zip"
  dynamic "source" {
    for_each = var.rules
    content {
      content  = "c"
      filename = source.value
    }
  }
}
resource "terraform_data" "it" {
  lifecycle {
    precondition {
      condition     = var.strict
      error_message = "Not strict."
    }
  }
  provisioner "local-exec" {
    command = "echo ${var.region}"
  }
}
"#;
    let first = "region = \"eu\"\nrules = [\"1\"]\nstrict = true";
    let second = "region = \"us\"\nrules = [\"1\", \"2\"]\nstrict = true";
    let compared = compared(main, first, second, "");
    let undeclared = pairs(&[
        ("provider.cloud.region", "region"),
        ("cloud_firewall.it.egress[0].content.to", "region"),
        ("cloud_firewall.it.rule[0].for_each", "rules"),
        ("data.archive_file.it.source", "rules"),
        ("terraform_data.it.provisioner[0].command", "region"),
    ]);
    assert_eq!(compared.undeclared(), undeclared);
}

#[test]
fn one_expression_for_both_environments_is_explained_by_what_it_names() {
    let project = Project::of(&[
        (
            "main.tf",
            r#"
variable "prefix" {}
variable "checkout" { type = bool }
variable "class" {}
resource "terraform_data" "prefix" { input = var.prefix }
resource "terraform_data" "checkout" { input = var.checkout ? 1 : 0 }
resource "terraform_data" "class" { input = var.class }
"#,
        ),
        (
            "terrace.hcl",
            r#"
toggle "checkout" {
  on    = { staging = true, production = false }
  since = "2026-11-01"
}
environment "staging" {
  values = {
    prefix   = "shop-${environment.name}"
    checkout = toggle.checkout
    class    = environment.tier == "production" ? "large" : "small"
  }
}
environment "production" {
  extends = "staging"
  tier    = "production"
}
"#,
        ),
    ]);
    let compared = of(&project, "staging", "production");
    let declared = pairs(&[
        ("terraform_data.checkout.input", "toggle.checkout"),
        ("terraform_data.prefix.input", "environment"),
    ]);
    assert_eq!(compared.declared(), declared);
    assert_eq!(compared.undeclared(), pairs(&[("terraform_data.class.input", "class")]));
}

#[test]
fn variables_of_a_service_may_differ_in_their_values() {
    let project = Project::of(&[
        (
            "main.tf",
            "variable \"api_env\" { type = map(string) }\nresource \"terraform_data\" \"api\" { input = var.api_env }\n",
        ),
        (
            "terrace.hcl",
            r#"
variables_for "api" {
  variable = "api_env"
  required = ["URL", "LEVEL"]
  values   = { LEVEL = "info" }
}
environment "staging" {
  variables_for "api" { URL = "https://staging" }
}
environment "production" {
  extends = "staging"
  variables_for "api" { URL = "https://live" }
}
"#,
        ),
    ]);
    let compared = of(&project, "staging", "production");
    assert_eq!(compared.undeclared(), []);
    assert_eq!(compared.declared(), pairs(&[("terraform_data.api.input[\"URL\"]", "variables_for.api")]));
}

#[test]
fn a_name_that_decides_is_declared_by_saying_so() {
    let main = "variable \"environment\" {}\nresource \"terraform_data\" \"it\" { input = var.environment == \"omega\" ? 3 : 1 }\n";
    let strict = compared(main, "", "", "");
    assert_eq!(strict.undeclared(), pairs(&[("terraform_data.it.input", "environment!")]));
    let lines: Vec<String> =
        strict.parity.undeclared().flat_map(|one| one.missing()).map(|(_, line)| line).collect();
    assert_eq!(lines, ["parameter \"environment\" { decides = true }"]);
    let named = compared(main, "", "", "parameter \"environment\" { differs = \"identity\" }");
    assert_eq!(named.undeclared().len(), 1, "text only");
    let admitted = compared(main, "", "", "parameter \"environment\" { decides = true }");
    assert_eq!(admitted.undeclared(), []);
}

#[test]
fn secrets_of_two_environments_are_no_difference() {
    let main = "variable \"password\" { sensitive = true }\nresource \"terraform_data\" \"it\" { input = \"p-${var.password}\" }\n";
    let hcl = r#"
environment "staging" {
  secrets { password = env("STAGING_PASSWORD") }
}
environment "production" {
  extends = "staging"
  secrets { password = env("PRODUCTION_PASSWORD") }
}
"#;
    let project = Project::of(&[("main.tf", main), ("terrace.hcl", hcl)]);
    let compared = of(&project, "staging", "production");
    assert!(compared.parity.findings.is_empty());
}
