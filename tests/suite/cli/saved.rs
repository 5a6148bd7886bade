//! Plans that are saved first and carried out later, by the binary as a user has it.

use std::path::Path;

use crate::support;

fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

const SIZED: &str = r#"
variable "size" {
  type = number
}

resource "terraform_data" "a" {
  input = var.size
}

output "size" {
  value = terraform_data.a.output
}
"#;

#[test]
fn a_saved_plan_has_the_values_that_it_was_made_with() {
    let folder = project(SIZED);
    let (planned, said) = run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=size=7"]);
    assert!(planned, "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "plan"]);
    assert!(applied, "{said}");
    assert_eq!(run(folder.path(), &["output", "-raw", "size"]).1, "7");
}

#[test]
fn a_saved_plan_takes_no_other_values() {
    let folder = project(SIZED);
    run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=size=7"]);
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=size=8", "plan"]);
    assert!(!applied && said.contains("another value of the variable \"size\""), "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=size=7", "plan"]);
    assert!(applied, "{said}");
}

#[test]
fn what_a_saved_plan_must_not_keep_is_given_once_more() {
    let folder = project(
        r#"
variable "token" {
  ephemeral = true
}

resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "echo ${var.token} > told"
  }
}
"#,
    );
    let (planned, said) = run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=token=abc"]);
    assert!(planned, "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "plan"]);
    assert!(!applied && said.contains("No value for required variable"), "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=token=abc", "plan"]);
    assert!(applied, "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("told")).unwrap(), "abc\n");
}

#[test]
fn the_state_says_by_now_which_configuration_of_a_provider_looks_after_what_does_not_change() {
    let resource = |line: &str| {
        format!(
            "provider \"terraform\" {{\n  alias = \"second\"\n}}\nresource \"terraform_data\" \"a\" {{\n{line}}}\n"
        )
    };
    let folder = project(&resource(""));
    for (line, wanted) in
        [("", "terraform\\\"]\""), ("  provider = terraform.second\n", "terraform\\\"].second\"")]
    {
        std::fs::write(folder.path().join("main.tf"), resource(line)).unwrap();
        let (applied, said) = run(folder.path(), &["apply", "-auto-approve"]);
        assert!(applied, "{said}");
        let state = run(folder.path(), &["state", "pull"]).1;
        assert!(state.contains(wanted), "{state}");
    }
}
