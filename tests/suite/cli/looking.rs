//! What commands that look into the state answer where there is no state, where nothing is left in it, and to names that
//! nothing has. Held against the reference too, where there is one.

use std::path::Path;

use crate::support;

/// How each command ends where nothing was ever applied, where all was destroyed, and where there is something.
const COMMANDS: [(&str, [i32; 3]); 36] = [
    ("output", [0, 0, 0]),
    ("output -json", [0, 0, 0]),
    ("output nope", [1, 1, 1]),
    ("output -json nope", [1, 1, 1]),
    ("output -raw nope", [1, 1, 1]),
    ("output text", [1, 1, 0]),
    ("output -json text", [1, 1, 0]),
    ("output -raw text", [1, 1, 0]),
    ("output secret", [1, 1, 0]),
    ("output -raw secret", [1, 1, 0]),
    ("output -json secret", [1, 1, 0]),
    ("output list", [1, 1, 0]),
    ("output -raw list", [1, 1, 1]),
    ("output -json list", [1, 1, 0]),
    ("output -raw nothing", [1, 1, 1]),
    ("output -raw", [1, 1, 1]),
    ("output text list", [1, 1, 1]),
    ("state list", [0, 0, 0]),
    ("state list terraform_data.a", [1, 1, 0]),
    ("state list terraform_data.a[7]", [1, 1, 1]),
    ("state list terraform_data.nope", [1, 1, 1]),
    ("state list module.m", [1, 1, 0]),
    ("state list module.nope", [1, 1, 1]),
    ("state list var.text", [1, 1, 1]),
    ("state show terraform_data.a[0]", [1, 1, 0]),
    ("state show terraform_data.a", [1, 1, 1]),
    ("state show terraform_data.nope", [1, 1, 1]),
    ("state show module.m", [1, 1, 1]),
    ("state pull", [0, 0, 0]),
    ("state rm terraform_data.nope", [1, 1, 1]),
    ("state mv terraform_data.nope terraform_data.other", [1, 1, 1]),
    ("taint terraform_data.nope", [1, 1, 1]),
    ("taint -allow-missing terraform_data.nope", [0, 0, 0]),
    ("untaint terraform_data.nope", [1, 1, 1]),
    ("show", [0, 0, 0]),
    ("show -json", [0, 0, 0]),
];

/// Where the reference ends otherwise, by the command and the state, and why it does not here.
fn is_better_here(command: &str, state: usize) -> bool {
    // It prints a warning where the value should be, and says that all is well.
    let named = command.strip_prefix("output ").is_some_and(|rest| !rest.contains("-json") && rest != "-raw");
    // An environment is declared before anything is applied to it, and has nothing until then.
    let lists = command == "state list" && state == 0;
    lists || named && state < 2 && !command.ends_with("text list")
}

#[test]
fn what_is_not_there_is_answered_as_in_the_reference() {
    let reference = support::reference(&std::env::temp_dir()).is_some();
    if !reference {
        support::skipped("answers beside the reference", "there is no terraform 1.11.4 on the PATH");
    }
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [here.path(), there.path()] {
        lay_out(folder);
    }
    if reference {
        end(&mut support::unasked_reference(there.path()), "init -input=false");
    }
    // The one that is not there, then the one with something in it, and what is left of that.
    for state in [0, 2, 1] {
        let before = ["", "destroy -auto-approve", "apply -auto-approve"][state];
        if !before.is_empty() {
            assert_eq!(end(&mut support::terrace(here.path()), before).0, Some(0), "{before}");
            if reference {
                assert_eq!(end(&mut support::unasked_reference(there.path()), before).0, Some(0), "{before}");
            }
        }
        for (command, codes) in COMMANDS {
            let (code, said) = end(&mut support::terrace(here.path()), command);
            assert_eq!(code, Some(codes[state]), "{command}, state {state}: {said}");
            if reference && !is_better_here(command, state) {
                let (wanted, value) = end(&mut support::unasked_reference(there.path()), command);
                assert_eq!(code, wanted, "{command}, state {state}: {said}");
                let is_value =
                    command.starts_with("output ") && code == Some(0) && !value.contains("Warning");
                assert!(!is_value || said == value, "{command}, state {state}: {said} and not {value}");
            }
        }
    }
}

fn lay_out(folder: &Path) {
    let main = r#"
resource "terraform_data" "a" {
  count = 2
}
module "m" {
  source = "./m"
}
output "text" {
  value = "a \"text\"\nof two lines"
}
output "secret" {
  value     = 17.5
  sensitive = true
}
output "list" {
  value = ["a", null, { b = true }]
}
output "nothing" {
  value = null
}
"#;
    std::fs::create_dir_all(folder.join("m")).unwrap();
    std::fs::write(folder.join("main.tf"), main).unwrap();
    std::fs::write(folder.join("m/main.tf"), "resource \"terraform_data\" \"in\" {}\n").unwrap();
}

/// The exit code of a command and what it printed.
fn end(tool: &mut std::process::Command, command: &str) -> (Option<i32>, String) {
    let output = tool.stdin(std::process::Stdio::null()).args(command.split(' ')).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}
