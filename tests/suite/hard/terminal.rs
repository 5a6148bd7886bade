//! Values, keys, names of files and words on the command line that command a terminal, or turn the order of what is read.

use std::path::Path;

use crate::support::terrace;

/// A colour, a title, a bell, the same in one character, a turn to the left, and a line begun anew.
const HOSTILE: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\r";

/// The same in the words of the language.
const WRITTEN: &str = r"\u001b[31mred\u001b]0;title\u0007\u009b31m\u202e\r";

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = terrace(folder).args(arguments).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 3), "{arguments:?}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn commands(said: &str) -> Option<char> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    said.chars().find(|c| turns(*c) || c.is_control() && !['\n', '\t'].contains(c))
}

#[test]
fn nothing_that_is_stored_or_typed_commands_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
variable "v" {
  default     = "HOSTILE"
  description = "HOSTILE"
}
resource "terraform_data" "a" {
  for_each         = { "HOSTILE" = "HOSTILE" }
  input            = { "HOSTILE" = each.value, list = ["HOSTILE"], json = jsonencode({ a = "HOSTILE" }) }
  triggers_replace = var.v
  provisioner "local-exec" {
    command = "printf '\\033[31mcommand\\033]0;t\\007\\r\\n'; printf '\\033[32merror' >&2"
  }
}
resource "terraform_data" "b" {}
output "o" {
  value = { "HOSTILE" = "HOSTILE" }
}
check "c" {
  assert {
    condition     = var.v == ""
    error_message = "HOSTILE"
  }
}
"#;
    std::fs::write(folder.path().join("main.tf"), text.replace("HOSTILE", WRITTEN)).unwrap();
    // No line ends inside of a string.
    let address = format!("terraform_data.b[\"{}\"]", HOSTILE.replace('\r', ""));
    let steps: &[&[&str]] = &[
        &["validate"],
        &["plan"],
        &["plan", &format!("-out={HOSTILE}x")],
        &["show", &format!("{HOSTILE}x")],
        &["apply", &format!("{HOSTILE}x")],
        &["apply", "-auto-approve"],
        &["show"],
        &["output"],
        &["output", "o"],
        &["state", "list"],
        &["state", "show", &format!("terraform_data.a[\"{HOSTILE}\"]")],
        &["state", "mv", "terraform_data.b", &address],
        &["state", "rm", &address],
        &["import", "terraform_data.b", HOSTILE],
        &["plan", "-var=v=other"],
        &["query", "select * from instances"],
        &["query", &format!("select '{HOSTILE}' as \"{HOSTILE}\"")],
        &["state", "history", "-details"],
        &["graph"],
        &["taint", &address],
        &["plan", &format!("-target={address}")],
        &["plan", "-e", HOSTILE],
        &["plan", &format!("-var-file={HOSTILE}")],
        &["show", HOSTILE],
        &["output", HOSTILE],
        &["destroy", "-auto-approve"],
        &[&format!("-chdir={HOSTILE}"), "plan"],
        &[HOSTILE],
        &["plan", &format!("--{HOSTILE}")],
        &["state", "push", HOSTILE],
    ];
    let mut all = String::new();
    for step in steps {
        let said = said(folder.path(), step);
        assert_eq!(commands(&said), None, "{step:?}: {said:?}");
        all.push_str(&said);
    }
    for part in ["The plan is saved in", "(local-exec): ", "state mv terraform_data.b", "id="] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn names_of_files_do_not_command_the_terminal_either() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("{}.tf", HOSTILE.replace('/', ""));
    std::fs::write(folder.path().join(&name), "locals {\n  a = nothing.b\n  c=file(\"\\u001b[31m\")\n}\n")
        .unwrap();
    for step in [&["validate"][..], &["plan"], &["init"]] {
        let said = said(folder.path(), step);
        assert!(!said.is_empty());
        assert_eq!(commands(&said), None, "{step:?}: {said:?}");
    }
}
