//! What `show` tells programs.

use crate::support;

#[test]
fn what_is_null_has_no_secrets_inside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "resource \"null_resource\" \"a\" {}\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["apply", "-auto-approve"]);
    let shown: serde_json::Value = serde_json::from_str(&run(&["show", "-json"])).unwrap();
    let object = &shown["values"]["root_module"]["resources"][0];
    assert_eq!(object["values"]["triggers"], serde_json::Value::Null);
    assert_eq!(object["sensitive_values"], serde_json::json!({}));
}

/// Once with `count`, once with keys, inside of a module and beside it, and one that was not made.
const MADE: &str = r#"
resource "terraform_data" "a" {
  count = 2
  input = "a${count.index}"
}
module "m" {
  source   = "./m"
  for_each = toset(["x"])
}
variable "password" {
  default   = "secret"
  sensitive = true
}
resource "terraform_data" "s" {
  input = { password = var.password, plain = 1 }
}
resource "terraform_data" "none" {
  count = 0
}
locals {
  inputs = terraform_data.a[*].output
}
"#;

#[test]
fn the_console_knows_what_was_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("m")).unwrap();
    std::fs::write(folder.path().join("main.tf"), MADE).unwrap();
    std::fs::write(
        folder.path().join("m/main.tf"),
        "resource \"terraform_data\" \"b\" {\n  for_each = toset([\"k\"])\n  input = each.key\n}\n\
         output \"b\" {\n  value = terraform_data.b[\"k\"].output\n}\n",
    )
    .unwrap();
    let answer = |line: &str| {
        std::fs::write(folder.path().join("line"), format!("{line}\n")).unwrap();
        let line = std::fs::File::open(folder.path().join("line")).unwrap();
        let output = support::terrace(folder.path()).arg("console").stdin(line).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(answer("terraform_data.a[1].output"), "(known after apply)\n");
    let applied = support::terrace(folder.path()).args(["apply", "-auto-approve"]).output().unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    for (line, wanted) in [
        ("terraform_data.a[1].output", "\"a1\""),
        ("length(terraform_data.a)", "2"),
        ("join(\",\", local.inputs)", "\"a0,a1\""),
        ("module.m[\"x\"].b", "\"k\""),
        ("terraform_data.s.input.plain", "1"),
        ("terraform_data.s.input.password", "(sensitive value)"),
        ("terraform_data.none", "(known after apply)"),
        ("terraform_data.s.id == null", "false"),
    ] {
        assert_eq!(answer(line), format!("{wanted}\n"), "{line}");
    }
}

#[test]
fn a_plan_has_the_configuration_that_was_written_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let import = "import {\n  to = terraform_data.a\n  id = \"it\"\n}\n";
    std::fs::write(folder.path().join("main.tf"), import).unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = run(&["plan", "-generate-config-out=written.tf", "-out=plan"]);
    assert!(said.contains("(config will be generated)"), "{said}");
    let shown: serde_json::Value = serde_json::from_str(&run(&["show", "-json", "plan"])).unwrap();
    let written = std::fs::read_to_string(folder.path().join("written.tf")).unwrap();
    assert_eq!(shown["resource_changes"][0]["change"]["generated_config"], written);
}
