use std::path::Path;

use crate::support;

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = r#"
terraform {
  required_providers {
    time = {
      source  = "hashicorp/time"
      version = "~> 0.12"
    }
  }
}

resource "time_static" "now" {}

module "one" {
  source = "./inner"
}

module "two" {
  source = "./inner"
}
"#;
    std::fs::write(folder.path().join("main.tf"), root).unwrap();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    std::fs::write(folder.path().join("inner/main.tf"), "resource \"terraform_data\" \"a\" {}\n").unwrap();
    said(folder.path(), &["init"]);
    folder
}

#[test]
fn providers_are_told_by_module_and_by_who_they_are() {
    let folder = project();
    assert_eq!(
        said(folder.path(), &["providers"]),
        "Providers that the configuration needs:\n\
         .\n\
         ├── provider[registry.terraform.io/hashicorp/time] ~> 0.12 (in this program, as release 0.14.0)\n\
         ├── module.one\n\
         │   └── provider[terraform.io/builtin/terraform] (in this program, as release 1.11.4)\n\
         └── module.two\n    \
             └── provider[terraform.io/builtin/terraform] (in this program, as release 1.11.4)\n"
    );
    said(folder.path(), &["apply", "-auto-approve"]);
    std::fs::write(folder.path().join("main.tf"), "resource \"aws_vpc\" \"a\" {}\n").unwrap();
    let text = said(folder.path(), &["providers"]);
    assert!(
        text.contains("└── provider[registry.terraform.io/hashicorp/aws] (a plugin, not available yet)"),
        "{text}"
    );
    assert!(
        text.contains("the state of default needs:\n    provider[registry.terraform.io/hashicorp/time] ("),
        "{text}"
    );
}

#[test]
fn what_providers_offer_is_told_as_the_reference_tells_it() {
    let folder = project();
    let told: serde_json::Value =
        serde_json::from_str(&said(folder.path(), &["providers", "schema", "-json"])).unwrap();
    let schemas = &told["provider_schemas"];
    let duration = &schemas["registry.terraform.io/hashicorp/time"]["resource_schemas"]["time_sleep"]["block"]
        ["attributes"]["create_duration"];
    assert_eq!(duration["type"], "string");
    assert_eq!(duration["optional"], true);
    let data = &schemas["terraform.io/builtin/terraform"]["resource_schemas"]["terraform_data"];
    assert_eq!(data["version"], 0);
    let Some(mut command) = support::reference(folder.path()) else {
        return support::skipped("provider schemas", "terraform 1.11.4 is not on the PATH");
    };
    std::fs::write(folder.path().join("main.tf"), "resource \"terraform_data\" \"a\" {}\n").unwrap();
    let output = command.args(["providers", "schema", "-json"]).output().unwrap();
    let reference: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        *data,
        reference["provider_schemas"]["terraform.io/builtin/terraform"]["resource_schemas"]["terraform_data"]
    );
}

#[test]
fn the_version_is_told_to_programs_as_they_expect_it() {
    let folder = tempfile::tempdir().unwrap();
    let told: serde_json::Value = serde_json::from_str(&said(folder.path(), &["version", "-json"])).unwrap();
    for name in
        ["terrace_version", "terraform_version", "platform", "provider_selections", "terraform_outdated"]
    {
        assert!(!told[name].is_null(), "{name}");
    }
}
