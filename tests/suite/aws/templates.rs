//! The templates of the module for whole environments, held against the published types of CloudFormation.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::support::{self, tools};

/// Environments that are unlike each other: small and large, with and without high availability, with all that can be left out.
const ENVIRONMENTS: [(&str, &str); 5] = [
    (
        "staging",
        r#"
        zones        = ["eu-central-1a", "eu-central-1b"]
        protect_data = false
        "#,
    ),
    (
        "staging-in-three",
        r#"
        zones        = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
        protect_data = false
        "#,
    ),
    (
        "production-in-two",
        r#"
        zones             = ["us-east-1b", "us-east-1d"]
        high_availability = true
        "#,
    ),
    (
        "production",
        r#"
        zones              = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
        high_availability  = true
        node_type          = "m7g.large"
        node_count         = 9
        database_type      = "db.m7g.large"
        database_storage   = 200
        backup_days        = 30
        log_retention_days = 400
        "#,
    ),
    (
        "everything",
        r#"
        zones               = ["eu-west-1c", "eu-west-1a"]
        cidr                = "10.64.0.0/20"
        interface_endpoints = ["ecr.api", "ecr.dkr", "sts"]
        repositories        = ["api", "base/python-3"]
        repository_readers  = ["222222222222"]
        database_version    = "16.9"
        node_pools          = { batch = { type = "c7i.2xlarge", spot = true, taints = [{ key = "batch" }] } }
        "#,
    ),
];

/// The stacks of the module, each of which has its template in a local value of its own name.
const STACKS: [&str; 7] = ["network", "egress", "endpoints", "logs", "roles", "registry", "database"];

#[test]
fn cloudformation_knows_everything_in_the_templates_of_environments_of_every_size() {
    let mut all = BTreeMap::new();
    for (environment, values) in ENVIRONMENTS {
        for (stack, template) in rendered(environment, values) {
            all.insert(format!("{environment}-{stack}"), template.to_string());
        }
    }
    assert_eq!(all.len(), 6 * ENVIRONMENTS.len() + 1, "{:?}", all.keys());
    lint("modules/rack", &all);
}

#[test]
fn what_holds_data_says_what_becomes_of_it() {
    const HOLDS_DATA: [&str; 3] = ["AWS::ECR::Repository", "AWS::Logs::LogGroup", "AWS::RDS::DBInstance"];
    let mut seen = 0;
    for (environment, values) in ENVIRONMENTS {
        for (stack, template) in rendered(environment, values) {
            for (id, resource) in template["Resources"].as_object().unwrap() {
                if HOLDS_DATA.contains(&resource["Type"].as_str().unwrap()) {
                    seen += 1;
                    let kept =
                        ["Retain", "Snapshot"].contains(&resource["UpdateReplacePolicy"].as_str().unwrap());
                    assert!(
                        kept && resource["DeletionPolicy"].is_string(),
                        "{environment} {stack} {id}: {resource}"
                    );
                }
            }
        }
    }
    assert!(seen >= 8 * ENVIRONMENTS.len(), "{seen}");
}

#[test]
fn templates_are_far_from_what_cloudformation_takes_at_most() {
    for (environment, values) in ENVIRONMENTS {
        for (stack, template) in rendered(environment, values) {
            let resources = template["Resources"].as_object().unwrap().len();
            assert!(template.to_string().len() < 51_200 / 4, "{environment} {stack}");
            assert!(resources < 500 / 4, "{environment} {stack}: {resources}");
        }
    }
}

#[test]
fn high_availability_and_a_further_zone_leave_every_other_resource_as_it_is() {
    let two = r#"zones = ["eu-central-1a", "eu-central-1b"]"#;
    let three = r#"zones = ["eu-central-1c", "eu-central-1a", "eu-central-1b"]"#;
    let small = rendered("shop", two);
    let available = rendered("shop", &format!("{two}\nhigh_availability = true"));
    let wider = rendered("shop", three);

    // The network and the roles, on which everything stands, do not notice; the database takes its standby in place.
    for stack in ["network", "roles", "registry", "logs"] {
        assert_eq!(small[stack], available[stack], "{stack}");
    }
    let mut standby = small["database"].clone();
    standby["Resources"]["Database"]["Properties"]["MultiAZ"] = true.into();
    assert_eq!(standby, available["database"]);
    for (stack, template) in &small {
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let there = &available[stack]["Resources"][id];
            assert_eq!(there["Type"], resource["Type"], "{stack} {id} goes with high availability");
            if stack == "network" && resource["Type"] == "AWS::EC2::Subnet" {
                assert_eq!(&wider[stack]["Resources"][id], resource, "{id} moves with a further zone");
            }
        }
    }
}

/// Holds templates, by name, against the published types.
pub(super) fn lint(what: &str, templates: &BTreeMap<String, String>) {
    let Some(linter) = tools::tool("cfn-lint", &["--version"]) else {
        return support::skipped(
            &format!("the templates of {what}"),
            "there is no cfn-lint (.ci/run installs it)",
        );
    };
    let folder = tempfile::tempdir().unwrap();
    let files = templates.iter().map(|(name, text)| {
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, text).unwrap();
        file
    });
    // A major version alone is what keeps the minor ones coming; the linter's list has it among those that are over.
    let mut command = Command::new(linter);
    command.args([
        "--ignore-checks",
        "W3691",
        "--regions",
        "eu-central-1",
        "--format",
        "parseable",
        "--template",
    ]);
    let checked = command.args(files).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && said.trim().is_empty(), "{said}{checked:?}");
}

/// The templates of the stacks that an environment has, as the module renders them.
fn rendered(name: &str, values: &str) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("modules/rack"), folder.path());
    std::fs::write(folder.path().join("terraform.tfvars"), format!("name = \"{name}\"\n{values}\n")).unwrap();
    let all: Vec<String> = STACKS.iter().map(|stack| format!("{stack} = local.{stack}")).collect();
    let expression = format!("jsonencode({{ {} }})\n", all.join(", "));
    let shown = support::feed(support::terrace(folder.path()).arg("console"), expression);
    assert!(shown.status.success(), "{name}: {shown:?}");
    let text: String =
        serde_json::from_slice(&shown.stdout).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
    let mut templates: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    if !values.contains("interface_endpoints") {
        templates.remove("endpoints");
    }
    templates
}

#[test]
fn every_stack_of_the_module_is_looked_at() {
    let folder = support::root().join("modules/rack");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text: String = files
        .filter(|file| file.extension().is_some_and(|it| it == "tf"))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let opening = "resource \"aws_cloudformation_stack\" \"";
    let mut stacks: Vec<&str> =
        text.split(opening).skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut known = STACKS.to_vec();
    stacks.sort_unstable();
    known.sort_unstable();
    assert_eq!(stacks, known);
    for stack in stacks {
        assert!(text.contains(&format!("= local.{stack}\n")), "the template of {stack} is not local.{stack}");
    }
}
