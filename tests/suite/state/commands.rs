use std::path::Path;
use std::process::Stdio;

use crate::support;

/// A project with a state that terraform left.
pub(super) struct Project(pub(super) tempfile::TempDir);

impl Project {
    fn with_terraform_state() -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::copy(&support::root().join("tests/suite/state/project"), folder.path());
        let files = support::root().join("tests/suite/state/files");
        std::fs::copy(files.join("applied.tfstate"), folder.path().join("terraform.tfstate")).unwrap();
        Self(folder)
    }

    /// The same, taken over.
    fn taken_over() -> Self {
        let project = Self::with_terraform_state();
        project.fine("init");
        project
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = support::terrace(self.path()).args(arguments).output().unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    /// What a command, whose words have no spaces inside, says.
    pub(super) fn fine(&self, line: &str) -> String {
        let (code, text) = self.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(code, Some(0), "{line}: {text}");
        text
    }

    pub(super) fn refused(&self, line: &str) -> String {
        let (code, text) = self.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(code, Some(1), "{line}: {text}");
        text
    }
}

#[test]
fn a_state_that_terraform_left_is_taken_over_by_init_and_never_ignored() {
    let project = Project::with_terraform_state();
    let refused = project.refused("plan");
    assert!(refused.contains("terrace state push -e default terraform.tfstate"), "{refused}");
    assert!(!project.path().join(".terrace").exists(), "refused before anything was made");

    let said = project.fine("init");
    assert!(said.contains("9 instances, serial 10"), "{said}");
    assert!(!project.fine("init").contains("taken over"), "once is enough");
    assert!(project.fine("plan -detailed-exitcode").contains("No changes"));
    assert!(project.path().join("terraform.tfstate").exists());
    assert!(project.fine("state history").contains("take over terraform.tfstate"));

    // Somebody went on with terraform.
    let file = project.path().join("terraform.tfstate");
    let later = std::fs::read_to_string(&file).unwrap().replace("\"serial\": 10", "\"serial\": 11");
    std::fs::write(&file, later).unwrap();
    assert!(project.refused("plan").contains("changed after it had been taken over"));
    project.fine("state push terraform.tfstate");
    project.fine("plan");
}

#[test]
fn a_state_that_is_kept_elsewhere_is_asked_for_before_anything_is_planned() {
    let project = Project::with_terraform_state();
    let file = project.path().join("backend.tf");
    std::fs::write(file, "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n  }\n}\n").unwrap();
    assert!(project.fine("init").contains("stays where it is"));
    let refused = project.refused("plan");
    assert!(refused.contains("backend \"s3\"") && refused.contains("terraform state pull"), "{refused}");
    project.fine("state push terraform.tfstate");
    project.fine("plan");
}

#[test]
fn the_other_workspaces_of_terraform_become_environments() {
    let project = Project::with_terraform_state();
    let folder = project.path().join("terraform.tfstate.d/staging");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(project.path().join("terraform.tfstate"), folder.join("terraform.tfstate")).unwrap();
    assert!(project.refused("plan -e staging").contains("no terrace.hcl"));
    project.fine("init");
    assert_eq!(project.fine("state list -e staging"), project.fine("state list"));
    let said = project.fine("state rm -e staging terraform_data.a");
    assert!(said.contains("1 instance removed of staging"), "{said}");
    assert_ne!(project.fine("state list -e staging"), project.fine("state list"));
}

#[test]
fn instances_are_listed_by_module_resource_instance_and_id() {
    let project = Project::taken_over();
    let all = "terraform_data.a\nterraform_data.b[0]\nterraform_data.b[1]\nterraform_data.c[\"x\"]\n\
               terraform_data.c[\"y\\\"z\"]\nmodule.m[\"k\"].terraform_data.in\nmodule.m[\"k\"].terraform_data.in2\n\
               module.m2.terraform_data.in\nmodule.m2.terraform_data.in2\n";
    assert_eq!(project.fine("state list"), all);
    assert_eq!(project.fine("state list terraform_data.b"), "terraform_data.b[0]\nterraform_data.b[1]\n");
    assert_eq!(project.fine("state list terraform_data.c[\"x\"]"), "terraform_data.c[\"x\"]\n");
    assert_eq!(project.fine("state list module.m").lines().count(), 2);
    assert_eq!(project.fine("state list module.m[\"k\"]").lines().count(), 2);
    let id = "-id=a8c105d9-96d5-b091-c7a8-289abc2afac6";
    assert_eq!(project.fine(&format!("state list {id}")), "terraform_data.a\n");
    let missing = project.refused("state list terraform_data.d");
    assert!(missing.contains("Did you mean terraform_data.a?"), "{missing}");
    assert!(project.fine("state show terraform_data.a").contains("resource \"terraform_data\" \"a\""));
    project.refused("state show terraform_data.b");
}

#[test]
fn what_is_moved_keeps_its_objects_and_those_that_depend_on_it() {
    let project = Project::taken_over();
    let before = project.fine("state list");
    assert!(project.fine("state mv -dry-run terraform_data.a terraform_data.z").contains("Would move"));
    assert_eq!(project.fine("state list"), before);
    project.fine("state mv terraform_data.b terraform_data.bb");
    project.fine("state mv terraform_data.a terraform_data.aa[3]");
    project.fine("state mv module.m2 module.n[0].module.o");
    let after = project.fine("state list");
    for address in ["terraform_data.bb[1]", "terraform_data.aa[3]", "module.n[0].module.o.terraform_data.in2"]
    {
        assert!(after.lines().any(|line| line == address), "{after}");
    }
    let pulled = project.fine("state pull");
    assert!(
        pulled.contains("module.n.module.o.terraform_data.in\"") && !pulled.contains("\"terraform_data.a\"")
    );
    for (from, to) in [
        ("terraform_data.c", "terraform_data.bb"),
        ("terraform_data.c", "terraform_data.d[0]"),
        ("terraform_data.c[\"x\"]", "terraform_data.bb[0]"),
        ("terraform_data.c", "null_resource.c"),
        ("terraform_data.c", "data.terraform_data.c"),
        ("terraform_data.c", "module.c"),
        ("module.m", "module.x"),
        ("terraform_data.q", "terraform_data.r"),
        // Nothing collides, and yet the two could not be told apart again.
        ("module.n[0].module.o", "module.m[\"k\"]"),
    ] {
        let said = project.refused(&format!("state mv {from} {to}"));
        assert!(!said.contains("Moved"), "{said}");
    }
}

#[test]
fn what_is_removed_is_only_forgotten() {
    let project = Project::taken_over();
    assert!(project.fine("state rm -dry-run module.m").contains("2 instances would be removed"));
    assert!(project.fine("state rm -dry-run terraform_data.q").contains("Nothing would be removed"));
    project.fine("state rm module.m terraform_data.c");
    assert_eq!(project.fine("state list").lines().count(), 5);
    project.refused("state rm terraform_data.c");
    let history = project.fine("state history -details -n 1");
    assert!(history.contains("state rm module.m terraform_data.c"), "{history}");
    assert!(history.contains("deleted module.m[\"k\"].terraform_data.in\n"), "{history}");
}

#[test]
fn a_state_goes_out_and_comes_back_and_only_forward() {
    let project = Project::taken_over();
    let pulled = project.fine("state pull");
    assert_eq!(pulled, std::fs::read_to_string(project.path().join("terraform.tfstate")).unwrap());
    project.fine("state rm terraform_data.a");
    std::fs::write(project.path().join("pulled"), &pulled).unwrap();
    assert!(project.refused("state push pulled").contains("which is later"));
    assert!(project.fine("state push -force pulled").contains("serial 12"));
    assert!(project.fine("state list").contains("terraform_data.a\n"));

    let other = pulled.replace("44616710", "11111111").replace("\"serial\": 10", "\"serial\": 90");
    std::fs::write(project.path().join("other"), &other).unwrap();
    assert!(project.refused("state push other").contains("nothing to do with each other"));
    project.fine("state push -force other");
    assert!(project.fine("state pull").contains("\"serial\": 90"));
    std::fs::write(project.path().join("other"), other.replace("s3cret", "other")).unwrap();
    assert!(project.refused("state push other").contains("other content"));
    std::fs::write(project.path().join("other"), "{\"version\": 3}").unwrap();
    assert!(project.refused("state push other").contains("version 3"));
    project.refused("state push nowhere");
}

#[test]
fn resources_are_given_to_another_provider_only_with_consent() {
    let project = Project::taken_over();
    let line = "state replace-provider terraform.io/builtin/terraform acme/data";
    // Nobody who is there says neither yes nor no.
    assert!(project.refused(line).contains("Consent is missing"));
    let answered = |answer: &str| {
        let mut command = support::terrace(project.path());
        command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut asked = command.spawn().unwrap();
        std::io::Write::write_all(&mut asked.stdin.take().unwrap(), answer.as_bytes()).unwrap();
        let output = asked.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = answered("no\n");
    assert!(code == Some(0) && said.contains("Nothing was changed"), "{said}");
    assert!(project.fine(&format!("{line} -auto-approve")).contains("7 resources given to"));
    assert!(project.fine("state pull").contains("registry.terraform.io/acme/data"));
    assert!(project.fine(line).contains("manages no resources"));
    project.refused("state replace-provider a/b/c/d acme/data");
}

#[test]
fn a_state_answers_questions_in_sql() {
    let project = Project::taken_over();
    let ask = |arguments: &[&str]| project.run(&[&["query"], arguments].concat());
    let (code, text) = ask(&["select type, count(*) as n from instances group by type"]);
    assert_eq!((code, text.as_str()), (Some(0), "type            n\nterraform_data  9\n"));
    let (_, json) = ask(&["-json", "select key from instances where name = 'c' order by key"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!([{ "key": "x" }, { "key": "y\"z" }]));
    assert_eq!(ask(&["delete from objects"]).0, Some(1));
    assert_eq!(ask(&["select * from nothing"]).0, Some(1));
}

/// Whoever asks sees what a table shows at a terminal that others look at.
#[test]
fn an_answer_in_sql_has_no_secrets_unless_they_are_wanted() {
    let project = Project(tempfile::tempdir().unwrap());
    let main = r#"
variable "s" {
  sensitive = true
  default   = "CANARY"
}
resource "terraform_data" "a" {
  input = { plain = "shown", secret = var.s }
}
resource "random_password" "b" {
  length  = 9
  special = false
}
resource "random_pet" "c" {
  prefix = var.s
}
output "o" {
  value     = [var.s]
  sensitive = true
}
"#;
    std::fs::write(project.path().join("main.tf"), main).unwrap();
    project.fine("apply -auto-approve");
    let ask = |arguments: &[&str]| {
        let (code, text) = project.run(&[&["query"], arguments].concat());
        assert_eq!(code, Some(0), "{text}");
        text
    };
    let made = ask(&["-show-sensitive", "select attributes ->> 'result' from instances where name = 'b'"]);
    let password = made.lines().nth(1).unwrap();
    assert_eq!(password.len(), 9, "{made}");
    for table in ["instances", "objects", "outputs", "output_values", "journal", "resources", "history"] {
        for flags in [&[][..], &["-json"]] {
            let text = ask(&[flags, &[&format!("select * from {table}")]].concat());
            assert!(!text.contains("CANARY") && !text.contains(password), "{table}: {text}");
            // The id of the pet begins with its prefix.
            if table == "instances" {
                assert!(
                    text.matches("(sensitive value)").count() >= 4 && text.contains("separator"),
                    "{text}"
                );
            }
        }
        ask(&["-show-sensitive", &format!("select * from {table}")]);
    }
    let shown =
        ask(&["-show-sensitive", "select attributes from instances union all select value from outputs"]);
    assert!(shown.matches("CANARY").count() >= 4, "{shown}");
    let plain = ask(&["select attributes ->> 'length' from instances where name = 'b'"]);
    assert_eq!(plain.lines().nth(1), Some("9"));
}

#[test]
fn a_state_in_a_file_is_shown_as_one_that_is_kept() {
    let project = Project::taken_over();
    std::fs::write(project.path().join("pulled"), project.fine("state pull")).unwrap();
    assert_eq!(project.fine("show pulled"), project.fine("show"));
    assert_eq!(project.fine("show -json pulled"), project.fine("show -json"));
    assert_eq!(project.fine("show terraform.tfstate"), project.fine("show"));
    std::fs::write(project.path().join("cut"), "{\"version\": 4, \"serial\"").unwrap();
    assert!(project.refused("show cut").contains("State file cannot be read"));
    std::fs::write(project.path().join("later"), "{\"version\": 5}").unwrap();
    assert!(project.refused("show later").contains("version 5"));
    std::fs::write(project.path().join("other"), "something else").unwrap();
    assert!(project.refused("show other").contains("this is not a saved plan"));
}

#[test]
fn what_is_no_file_in_the_place_of_a_state_keeps_nobody_waiting() {
    let project = Project::taken_over();
    let file = project.path().join(".terrace/default.db");
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    for line in ["plan", "apply -auto-approve", "state list", "state unlock x"] {
        assert!(project.refused(line).contains("it is no file"), "{line}");
    }
}

#[test]
fn what_is_read_on_every_run_is_never_tainted() {
    let project = Project::taken_over();
    for flags in ["", "-allow-missing "] {
        let said = project.refused(&format!("taint {flags}data.terraform_data.x"));
        assert!(said.contains("Not a managed resource"), "{said}");
    }
}

#[test]
fn nobody_unlocks_what_is_not_locked() {
    let project = Project::taken_over();
    let said = project.refused("state unlock 1234");
    assert!(said.contains("Nobody holds the lock"), "{said}");
    project.refused("state list -e a/b");
}

#[test]
fn an_apply_counts_what_it_took_over_and_what_it_forgot() {
    let project = Project(tempfile::tempdir().unwrap());
    let write = |text: &str| std::fs::write(project.path().join("main.tf"), text).unwrap();
    write(
        "import {\n  to = terraform_data.a\n  id = \"known\"\n}\n\
         resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n",
    );
    let said = project.fine("apply -auto-approve");
    assert!(said.contains("Resources: 1 imported, 1 added, 0 changed, 0 destroyed.\n"), "{said}");

    write("removed {\n  from = terraform_data.a\n  lifecycle {\n    destroy = false\n  }\n}\nlocals {}\n");
    let said = project.fine("apply -auto-approve");
    assert!(said.contains("Resources: 0 added, 0 changed, 1 destroyed, 1 forgotten.\n"), "{said}");

    let refused = project.refused("import terraform_data.c other");
    assert!(refused.contains("The configuration has no terraform_data.c"), "{refused}");
}
