//! Whatever a value went through, where it came from is known.

use super::{compared, pairs};

/// Variables of which `hidden` differs, and what is not known before it is applied.
const HEAD: &str = r#"
variable "environment" {}
variable "hidden" {}
variable "flag" { type = bool }
variable "amount" { type = number }
variable "items" { type = list(string) }
variable "table" { type = map(string) }
variable "config" {
  type    = object({ size = optional(number, 7), name = string })
  default = { name = "x" }
}
variable "maybe" {
  type    = string
  default = null
}
resource "random_pet" "later" {}
"#;

/// What an output comes to whose expression is made of variables that differ.
fn causes_of(expression: &str) -> String {
    let main = format!(
        "{HEAD}\nlocals {{\n  it = {expression}\n}}\nresource \"terraform_data\" \"it\" {{\n  input = local.it\n}}\n"
    );
    let first = "hidden = \"h1\"\nflag = true\namount = 1\nitems = [\"a\", \"b\"]\ntable = { k = \"v\", only = \"x\" }\nconfig = { name = \"n\", size = null }\nmaybe = null";
    let second = "hidden = \"h2\"\nflag = false\namount = 2\nitems = [\"a\"]\ntable = { k = \"w\" }\nconfig = { name = \"n\", size = 3 }\nmaybe = \"given\"";
    let compared = compared(&main, first, second, "");
    let mut found: Vec<String> = compared
        .undeclared()
        .into_iter()
        .filter(|(place, _)| place.starts_with("terraform_data.it"))
        .flat_map(|(_, causes)| causes.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    found.sort();
    found.dedup();
    found.join(" ")
}

#[test]
fn operators_and_control_flow_say_where_their_results_came_from() {
    let cases = [
        ("var.hidden", "hidden"),
        ("\"${var.hidden}-x\"", "hidden"),
        ("var.amount + 1", "amount"),
        ("-var.amount", "amount"),
        ("!var.flag", "flag"),
        ("var.flag || false", "flag"),
        ("var.amount > 1", "amount"),
        ("var.hidden == \"h1\"", "hidden"),
        ("var.hidden != \"h1\"", "hidden"),
        ("var.flag ? 1 : 2", "flag"),
        ("var.flag ? [1] : []", "flag"),
        ("true ? var.amount : 0", "amount"),
        ("[\"x\", \"y\", \"z\"][var.amount]", "amount"),
        ("{ h1 = 1, h2 = 2 }[var.hidden]", "hidden"),
        ("{ (var.hidden) = 1 }", "hidden"),
        ("[for x in [\"h1\", \"q\"] : x if x != var.hidden]", "hidden"),
        ("{ for x in [\"a\"] : \"${x}${var.hidden}\" => 1 }", "hidden"),
        ("[for x in var.items : 1]", "items"),
        ("[for x in [1] : var.hidden]", "hidden"),
        ("var.items[*]", "items"),
        ("\"%{ if var.flag }yes%{ else }no%{ endif }\"", "flag"),
        ("\"%{ for x in var.items }${x}%{ endfor }\"", "items"),
        ("try({ h1 = 1 }[var.hidden], 2)", "hidden"),
        ("try(var.table.only, \"fallback\")", "table"),
        ("try(tonumber(trimprefix(var.hidden, \"h\")), 0) == 2", "hidden"),
        ("can({ h1 = 1 }[var.hidden])", "hidden"),
        ("can(var.table[\"only\"])", "table"),
        ("var.config.size", "config"),
        ("coalesce(var.maybe, \"none\")", "maybe"),
        ("var.maybe == null", "maybe"),
    ];
    for (expression, causes) in cases {
        assert_eq!(causes_of(expression), causes, "{expression}");
    }
}

#[test]
fn functions_say_where_their_results_came_from() {
    let cases = [
        ("length(var.items)", "items"),
        ("length(var.hidden == \"h1\" ? [1] : [])", "hidden"),
        ("join(\",\", var.items)", "items"),
        ("upper(var.hidden)", "hidden"),
        ("format(\"%s\", var.hidden)", "hidden"),
        ("contains(var.items, \"b\")", "items"),
        ("lookup(var.table, \"only\", \"none\")", "table"),
        ("lookup({ h1 = 1 }, var.hidden, 2)", "hidden"),
        ("element([\"x\", \"y\", \"z\"], var.amount)", "amount"),
        ("keys(var.table)", "table"),
        ("values(var.table)", "table"),
        ("merge({ a = 1 }, var.flag ? { b = 2 } : {})", "flag"),
        ("concat([\"x\"], var.items)", "items"),
        ("flatten([[\"x\"], var.items])", "items"),
        ("zipmap([var.hidden], [1])", "hidden"),
        ("toset([\"x\", var.hidden])", "hidden"),
        ("sort(var.items)", "items"),
        ("distinct(concat(var.items, [\"c\"]))", "items"),
        ("setsubtract([\"a\", \"b\"], var.items)", "items"),
        ("slice([1, 2, 3], 0, var.amount)", "amount"),
        ("range(var.amount)", "amount"),
        ("jsonencode({ a = [var.hidden] })", "hidden"),
        ("jsondecode(jsonencode({ a = [var.hidden] })).a[0]", "hidden"),
        ("sha256(var.hidden)", "hidden"),
        ("replace(\"h1\", var.hidden, \"\")", "hidden"),
        ("max(var.amount, 0)", "amount"),
        ("one(var.flag ? [1] : [])", "flag"),
        ("startswith(var.hidden, \"h1\")", "hidden"),
        ("regex(\"[0-9]\", var.hidden)", "hidden"),
        ("nonsensitive(sensitive(var.hidden))", "hidden"),
        ("issensitive(var.flag ? sensitive(1) : 1)", ""),
        ("cidrsubnet(\"10.0.0.0/8\", 8, var.amount)", "amount"),
        ("chunklist([1, 2, 3, 4], var.amount)", "amount"),
        ("matchkeys([1, 2], [\"h1\", \"h2\"], [var.hidden])", "hidden"),
        ("transpose({ a = [var.hidden] })", "hidden"),
        ("alltrue([var.flag])", "flag"),
        ("sum([1, var.amount])", "amount"),
        ("tobool(var.flag)", "flag"),
        ("templatestring(local.template, { x = var.hidden })", "hidden"),
    ];
    for (expression, causes) in cases {
        let expression = match expression.contains("local.template") {
            true => format!("{expression}\n  template = \"<$${{x}}>\""),
            false => expression.to_owned(),
        };
        assert_eq!(causes_of(&expression), causes, "{expression}");
    }
}

#[test]
fn what_is_not_known_yet_still_says_what_it_is_made_from() {
    let cases = [
        ("\"${random_pet.later.id}-${var.hidden}\"", "hidden"),
        ("random_pet.later.id == \"x\" ? [var.hidden] : []", "hidden"),
        ("[for x in [random_pet.later.id, var.hidden] : x if x != random_pet.later.id]", "hidden"),
        ("{ (random_pet.later.id) = var.hidden }", "hidden"),
        ("[var.hidden, \"y\"][length(random_pet.later.id)]", "hidden"),
        ("lookup({ a = var.hidden }, random_pet.later.id, 1)", "hidden"),
        ("try(tonumber(random_pet.later.id), var.amount)", "amount"),
        ("length([for x in [random_pet.later.id] : x if x == var.hidden])", "hidden"),
        ("can(regex(var.hidden, random_pet.later.id))", "hidden"),
        ("random_pet.later.id == var.hidden", "hidden"),
        ("contains([random_pet.later.id], var.hidden)", "hidden"),
        ("var.flag ? random_pet.later.id : \"x\"", "flag"),
        // The same in both as far as anybody can tell.
        ("random_pet.later.id", ""),
        ("\"${random_pet.later.id}-x\"", ""),
        ("[for x in [random_pet.later.id] : upper(x)]", ""),
    ];
    for (expression, causes) in cases {
        assert_eq!(causes_of(expression), causes, "{expression}");
    }
}

#[test]
fn the_name_of_the_environment_may_be_text_and_may_not_decide() {
    let name = |expression: &str| {
        let main = format!("{HEAD}\nresource \"terraform_data\" \"it\" {{\n  input = {expression}\n}}\n");
        let values = "hidden = \"h\"\nflag = true\namount = 1\nitems = []\ntable = {}";
        let compared = compared(&main, values, values, "");
        let undeclared = compared.undeclared().iter().any(|(_, causes)| causes.contains("environment!"));
        (!undeclared, compared.parity.findings.len() > 1)
    };
    let text = [
        "var.environment",
        "terraform.workspace",
        "\"shop-${var.environment}\"",
        "upper(\"shop-${terraform.workspace}\")",
        "{ Name = \"x-${var.environment}\", Team = \"t\" }",
        "merge({ Team = \"t\" }, { Environment = var.environment })",
        "[for n in [\"a\", \"b\"] : \"${n}-${var.environment}\"]",
        "{ for n in [\"a\"] : \"${n}-${var.environment}\" => n }",
        "join(\"-\", [\"x\", var.environment])",
        "format(\"%s-%s\", var.environment, \"x\")",
        "replace(\"x/${var.environment}\", \"/\", \"-\")",
        "substr(var.environment, 0, 3)",
        "sha1(var.environment)",
        "jsonencode({ environment = var.environment })",
        "coalesce(var.maybe, var.environment)",
        "try(var.table.name, var.environment)",
        "true ? var.environment : \"x\"",
        "\"${random_pet.later.id}-${var.environment}\"",
        "toset([\"x\", var.environment])",
        "one([\"x-${var.environment}\"])",
    ];
    for expression in text {
        assert_eq!(name(expression), (true, true), "{expression}");
    }
    let decisions = [
        "var.environment == \"omega\"",
        "var.environment == \"omega\" ? 3 : 1",
        "terraform.workspace == \"omega\" ? \"large\" : \"small\"",
        "{ alpha = 1, omega = 3 }[var.environment]",
        "lookup({ omega = 3 }, var.environment, 1)",
        "try({ omega = 3 }[var.environment], 1)",
        "can({ omega = 3 }[var.environment])",
        "contains([\"omega\"], var.environment) ? [1] : []",
        "[for x in [\"a\", \"b\"] : x if var.environment == \"omega\"]",
        "startswith(var.environment, \"om\")",
        "length(regexall(\"o\", var.environment))",
        "regex(\"^.\", var.environment)",
        "merge({ alpha = 1, omega = 1 }, { (var.environment) = 3 })[\"omega\"]",
        "element([\"x\", \"y\"], length(split(\"m\", var.environment)))",
        "replace(var.environment, \"omega\", \"m5.large\")",
        "tonumber(replace(replace(var.environment, \"omega\", \"3\"), \"alpha\", \"1\"))",
        "index([\"alpha\", \"omega\"], var.environment)",
        "coalesce(trimprefix(var.environment, \"omega\"), \"x\")",
        "distinct([var.environment, \"omega\"])",
        "length(toset([var.environment, \"omega\"]))",
        "random_pet.later.id == var.environment",
        "\"%{ if var.environment == \"omega\" }large%{ else }small%{ endif }\"",
    ];
    for expression in decisions {
        assert_eq!(name(expression), (false, true), "{expression}");
    }
}

#[test]
fn an_origin_that_decides_nothing_here_is_not_blamed() {
    let main = r#"
variable "size" {}
variable "other" {}
resource "terraform_data" "sized" {
  input = { size = var.size, fixed = "x" }
}
resource "terraform_data" "fixed" {
  input = terraform_data.sized.input.fixed
}
"#;
    let compared = compared(main, "size = 1\nother = 1", "size = 2\nother = 2", "");
    assert_eq!(compared.undeclared(), pairs(&[("terraform_data.sized.input.size", "size")]));
}
