//! What `protect` asks for, and what happens to whoever does not heed it.

use std::process::Command;

use super::{Project, Said};
use crate::support;

/// A project whose production is protected by these lines.
fn guarded(protect: &str) -> Project {
    Project::of(&[("main.tf", MAIN), ("terrace.hcl", &terrace(protect))])
}

fn terrace(protect: &str) -> String {
    format!(
        r#"environment "staging" {{
  tier   = "staging"
  values = {{ size = 1 }}
}}

environment "production" {{
  extends = "staging"
  tier    = "staging"
{protect}
}}
"#
    )
}

const MAIN: &str = r#"
variable "size" {
  type = number
}

variable "keep" {
  type    = bool
  default = true
}

resource "terraform_data" "db" {
  count            = var.keep ? 1 : 0
  input            = var.size
  triggers_replace = var.size
}

resource "terraform_data" "web" {
  input = var.size
}

module "network" {
  source = "./network"
  size   = var.size
}
"#;

const NETWORK: &str = r#"
variable "size" {
  type = number
}

resource "terraform_data" "subnet" {
  triggers_replace = var.size
}
"#;

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Project {
    fn with_network(self) -> Self {
        self.write("network/main.tf", NETWORK);
        self
    }

    fn protect(&self, protect: &str) {
        self.write("terrace.hcl", &terrace(protect));
    }

    /// Runs with something typed.
    fn type_in(&self, words: &str, typed: &str) -> Said {
        let mut command = support::terrace(self.path());
        let output = support::feed(command.args(words.split(' ')), typed);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Runs at another time.
    fn at(&self, now: &str, words: &str) -> Said {
        self.run_with(words, &[("TERRACE_TEST_NOW", now)])
    }

    fn git(&self, words: &str) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Somebody",
                "-c",
                "user.email=some@body.example",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(words.split(' '))
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A repository on the branch main with everything committed.
    fn committed(self) -> Self {
        self.git("init --quiet --initial-branch=main");
        self.commit("begin");
        self
    }

    fn commit(&self, message: &str) -> String {
        self.git("add --all");
        self.git(&format!("commit --quiet --message {message}"));
        self.git("rev-parse HEAD")
    }
}

#[test]
fn an_environment_that_confirms_takes_its_name() {
    let project = guarded("  protect {\n    confirm = true\n  }").with_network();
    // A yes is not enough, nor is another name.
    for typed in ["yes\n", "staging\n", "\n"] {
        let said = project.type_in("apply -e production", typed);
        assert_eq!(said.code, 1, "{typed}: {}{}", said.out, said.err);
        assert!(said.out.contains("type the name of the environment"), "{}", said.out);
        assert!(said.out.contains("Apply cancelled."), "{}", said.out);
        assert_eq!(said.out.contains("\"staging\" is not the name of production."), typed == "staging\n");
    }
    // Nobody is there.
    let said = project.type_in("apply -e production", "");
    assert!(said.code == 1 && one_line(&said.err).contains("--confirm production"), "{}", said.err);
    let said = project.refused("apply -e production -auto-approve");
    assert!(said.contains("Confirmation is missing") && said.contains("rule confirm"), "{said}");
    assert!(said.contains("--confirm production") && said.contains("terrace.hcl:10"), "{said}");
    let said = project.refused("apply -e production -auto-approve --confirm staging");
    assert!(said.contains("Confirmation of another environment"), "{said}");
    let said = project.refused("apply -e production -json -auto-approve");
    assert!(said.is_empty(), "a program reads along on the standard output: {said}");
    assert!(project.fine("state list -e production").is_empty());

    let said = project.type_in("apply -e production", "production\n");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("Environment: production (tier staging)\n  confirm  the name must be typed"),
        "{}",
        said.out
    );
    // Nothing is asked where nothing happens.
    project.fine("apply -e production -auto-approve");
    project.fine("apply -e production -auto-approve -var size=2 --confirm production");
    project.fine("apply -e production -var size=3 --confirm production");
    // The other one has a yes still.
    let said = project.type_in("apply -e staging", "yes\n");
    assert!(said.code == 0 && said.out.contains("Only \"yes\" is accepted"), "{}{}", said.out, said.err);
}

#[test]
fn a_saved_plan_obeys_the_rules_of_its_environment() {
    let project =
        guarded("  protect {\n    confirm = true\n    windows = [\"Mon-Thu 09:00-16:00 UTC\"]\n  }")
            .with_network();
    project.fine("plan -e production -out plan");
    let (closed, open) = ("2026-11-20T12:00:00Z", "2026-11-19T12:00:00Z");
    let said = project.at(closed, "apply --confirm production plan");
    assert!(said.code == 1 && said.err.contains("Outside of the change windows"), "{}", said.err);
    let said = project.at(open, "apply plan");
    assert!(said.code == 1 && said.err.contains("Confirmation is missing"), "{}", said.err);
    let said = project.at(open, "apply -e staging plan");
    assert!(said.code == 1 && said.err.contains("Plan of another environment"), "{}", said.err);
    let said = project.at(open, "apply --confirm production plan");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn production_destroys_only_when_told_so() {
    let project = guarded("").with_network();
    project.write("terrace.hcl", &terrace("").replace("tier    = \"staging\"", "tier    = \"production\""));
    project.fine("apply -e production --confirm production");
    for words in
        ["apply -var size=2", "destroy", "apply -replace=terraform_data.web", "apply -var keep=false"]
    {
        let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
        let words = format!("{verb} -e production --confirm production {rest}");
        let said = project.refused(words.trim());
        assert!(said.contains("rule allow_destroy") && said.contains("--allow-destroy"), "{words}: {said}");
    }
    // The change alone would be fine, were it not for what is replaced.
    project.fine("apply -e production --confirm production --allow-destroy -var size=2");
    project.fine("plan -e production -var size=3 -out plan");
    let said = project.refused("apply --confirm production plan");
    assert!(said.contains("rule allow_destroy"), "{said}");
    project.fine("apply --confirm production --allow-destroy plan");
    project.fine("destroy -e production --confirm production --allow-destroy");
    // Staging is faster.
    project.fine("apply -e staging -auto-approve");
    project.fine("destroy -e staging -auto-approve");
}

#[test]
fn what_is_denied_is_neither_destroyed_nor_replaced_nor_moved_away() {
    let protect = "  protect {\n    deny_destroy = [\"terraform_data.db\", \"module.network\"]\n  }";
    let project = guarded(protect).with_network();
    let said = project.fine("plan -e production");
    assert!(said.contains("terraform_data.db will be protected from being destroyed"), "{said}");
    project.fine("apply -e production -auto-approve");
    let replaced = project.refused("plan -e production -var size=2");
    assert!(replaced.contains("would replace terraform_data.db[0]"), "{replaced}");
    assert!(replaced.contains("would replace module.network.terraform_data.subnet"), "{replaced}");
    assert!(replaced.contains("rule deny_destroy") && replaced.contains("terrace.hcl:10"), "{replaced}");
    for words in [
        "apply -e production -auto-approve -var keep=false",
        "destroy -e production -auto-approve",
        "apply -e production -auto-approve -replace=terraform_data.db[0]",
    ] {
        let said = project.refused(words);
        assert!(said.contains("Protected object") && said.contains("terraform_data.db"), "{words}: {said}");
    }
    // Not by leaving it out either, nor by calling it something else.
    let without =
        MAIN.replace("module \"network\" {\n  source = \"./network\"\n  size   = var.size\n}\n", "");
    project.write("main.tf", &without);
    let said = project.refused("apply -e production -auto-approve");
    assert!(said.contains("would destroy module.network.terraform_data.subnet"), "{said}");
    let renamed = MAIN.replace("\"db\"", "\"store\"");
    project.write(
        "main.tf",
        &format!("{renamed}\nmoved {{\n  from = terraform_data.db\n  to   = terraform_data.store\n}}\n"),
    );
    let said = project.refused("apply -e production -auto-approve");
    assert!(said.contains("another address, which nothing protects, to terraform_data.db"), "{said}");
    // What is let go stays, and is said.
    project.write(
        "main.tf",
        &format!(
            "{without}\nremoved {{\n  from = module.network\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
        ),
    );
    let said = project.run("apply -e production -auto-approve");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("Protected object is let go"), "{}", said.err);
    let said = project.fine("state rm -e production terraform_data.db");
    assert!(said.contains("was protected by terraform_data.db: the object stays"), "{said}");
    // The other environment has no such rule.
    project.write("main.tf", MAIN);
    project.fine("apply -e staging -auto-approve");
    project.fine("destroy -e staging -auto-approve");
}

#[test]
fn protection_is_remembered_until_lifting_it_was_applied() {
    let project = guarded("  protect {\n    deny_destroy = [\"terraform_data.*\"]\n  }").with_network();
    project.fine("apply -e production -auto-approve");
    assert_eq!(project.run("plan -e production -detailed-exitcode").code, 0);
    for protect in ["", "  protect {\n    deny_destroy = [\"terraform_data.web\"]\n  }"] {
        project.protect(protect);
        let said = project.refused("apply -e production -auto-approve -var keep=false");
        assert!(said.contains("was protected by \"terraform_data.*\""), "{said}");
        let said = project.refused("destroy -e production -auto-approve");
        assert!(said.contains("was protected by"), "{said}");
    }
    // Neither is the memory lost by a state that is pushed.
    let state = project.fine("state pull -e production");
    project.write("state.json", &state);
    project.fine("state push -e production -force state.json");
    project.protect("");
    let said = project.run("plan -e production -detailed-exitcode -out plan");
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.out.contains("protection of terraform_data.* will be lifted"), "{}", said.out);
    assert!(project.fine("show plan").contains("protection of terraform_data.* will be lifted"));
    let json = project.fine("show -json plan");
    assert!(json.contains(r#""terrace_protection":{"terraform_data.*":"lifted"}"#), "{json}");
    project.fine("apply plan");
    let said = project.fine("state history -e production --details");
    assert!(said.contains("deleted protection of terraform_data.*"), "{said}");
    assert_eq!(project.run("plan -e production -detailed-exitcode").code, 0);
    project.fine("apply -e production -auto-approve -var keep=false");
}

#[test]
fn patterns_and_windows_are_checked_where_they_are_written() {
    let project = guarded(
        "  protect {\n    deny_destroy = [\"terraform_data\", \"data.x.y\"]\n    windows = [\"Mon-Thu 09:00-16:00\"]\n  }",
    )
    .with_network();
    let said = project.refused("validate");
    assert!(said.contains("Invalid pattern") && said.contains("terrace.hcl:10"), "{said}");
    assert!(said.contains("only resources are ever destroyed"), "{said}");
    assert!(said.contains("Invalid window") && said.contains("terrace.hcl:11"), "{said}");
    project.protect("  protect {\n    deny_destroy = [\"terraform_data.dbb\", \"module.networks\"]\n  }");
    let said = project.run("plan -e production");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("Pattern matches nothing"), "{}", said.err);
    assert!(said.err.contains("Did you mean \"terraform_data.db\"?"), "{}", said.err);
    assert!(said.err.contains("Did you mean \"module.network\"?"), "{}", said.err);
}

#[test]
fn an_environment_is_changed_only_in_its_windows_and_otherwise_for_a_reason() {
    let protect = |more: &str| {
        format!("  protect {{\n    windows = [\"Mon-Thu 09:00-16:00 Europe/Berlin\"]\n{more}\n  }}")
    };
    let project = guarded(&protect("")).with_network();
    let friday = "2026-11-20T10:00:00Z";
    let said = project.at(friday, "plan -e production");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains(
            "windows  Mon-Thu 09:00-16:00 Europe/Berlin (closed until Mon 2026-11-23 09:00 Europe/Berlin)"
        ),
        "{}",
        said.out
    );
    let said = project.at(friday, "apply -e production -auto-approve");
    assert_eq!(said.code, 1);
    let line = one_line(&said.err);
    assert!(line.contains("rule windows") && line.contains("terrace.hcl:10"), "{line}");
    assert!(line.contains("The next window opens on Monday, 2026-11-23 at 09:00 Europe/Berlin."), "{line}");
    let said = project.at(friday, "apply -e production -auto-approve --override windows --reason why");
    assert!(said.code == 1 && said.err.contains("does not name it in overridable"), "{}", said.err);

    project.protect(&protect("    overridable = [\"windows\"]"));
    let said = project.at(friday, "apply -e production -auto-approve");
    assert!(said.code == 1 && one_line(&said.err).contains("--override windows --reason"), "{}", said.err);
    let said = project.at(friday, "apply -e production -auto-approve --override windows");
    assert!(said.code == 1 && said.err.contains("Reason is missing"), "{}", said.err);
    let said = project.at(friday, "apply -e production -auto-approve --override window --reason x");
    assert!(said.code == 1 && said.err.contains("Did you mean \"windows\"?"), "{}", said.err);
    let said = project.at(friday, "apply -e production -auto-approve --reason x");
    assert!(said.code == 1 && said.err.contains("Rule is missing"), "{}", said.err);
    let said = project.at(friday, "apply -e production -auto-approve --override windows --reason INC-12");
    assert_eq!(said.code, 0, "{}", said.err);
    let history = project.fine("state history -e production");
    assert!(history.contains("set aside windows: INC-12"), "{history}");
    let json = project.fine("state history -e production --json");
    assert!(json.contains("\"reason\": \"INC-12\"") && json.contains("\"rule\": \"windows\""), "{json}");
    // What was not broken is not set aside.
    let monday = "2026-11-23T10:00:00Z";
    let words = "apply -e production -auto-approve -var size=2 --override windows --reason again";
    assert_eq!(project.at(monday, words).code, 0);
    assert_eq!(project.fine("state history -e production").matches("set aside").count(), 1);
}

#[test]
fn what_is_inherited_can_only_be_tightened() {
    let project =
        guarded("  protect {\n    windows = [\"Mon 09:00-12:00 UTC\"]\n    overridable = [\"windows\"]\n  }")
            .with_network();
    let text = std::fs::read_to_string(project.path().join("terrace.hcl")).unwrap();
    let staging = "  values = { size = 1 }\n  protect {\n    windows = [\"Mon-Fri 11:00-14:00 UTC\"]\n  }";
    project.write("terrace.hcl", &text.replace("  values = { size = 1 }", staging));
    let apply = "apply -e production -auto-approve --override windows --reason x";
    for (now, fits) in [
        ("2026-11-23T09:30:00Z", false),
        ("2026-11-23T11:30:00Z", true),
        ("2026-11-24T11:30:00Z", true),
        ("2026-11-24T15:30:00Z", false),
    ] {
        let said = project.at(now, &format!("{apply} -replace=terraform_data.web"));
        assert_eq!(said.code, i32::from(!fits), "{now}: {}", said.err);
        if !fits {
            assert!(said.err.contains("inherits from staging"), "{}", said.err);
        }
    }
    let said = project.at("2026-11-23T07:00:00Z", "apply -e production -auto-approve -var size=2");
    assert!(one_line(&said.err).contains("opens on Monday, 2026-11-23 at 11:00 UTC"), "{}", said.err);
}

#[test]
fn an_environment_is_changed_only_from_its_branches_and_what_is_committed() {
    let protect =
        "  protect {\n    branches = [\"main\", \"release/*\"]\n    overridable = [\"branches\"]\n  }";
    let project = guarded(protect).with_network();
    let apply = "apply -e production -auto-approve";
    let said = project.refused(apply);
    assert!(said.contains("Not in a repository") && said.contains("rule branches"), "{said}");
    let project = project.committed();
    let first = project.git("rev-parse HEAD");
    project.fine(apply);
    assert!(project.fine("state history -e production").contains(&first[..12]));
    assert!(!project.fine("state history -e production").contains("dirty"));

    project.git("checkout --quiet -b feature");
    let said = project.refused("apply -e production -auto-approve -var size=2");
    assert!(said.contains("Not on an allowed branch") && said.contains("branch \"feature\""), "{said}");
    project.git("checkout --quiet -b release/1");
    project.fine("apply -e production -auto-approve -var size=2");

    // What git does not look after counts only where it is configuration.
    project.write("notes.txt", "x");
    project.fine("apply -e production -auto-approve -var size=3");
    project.write("more.tf", "# nothing");
    let said = project.refused("apply -e production -auto-approve -var size=4");
    assert!(said.contains("Working tree is not clean") && said.contains("more.tf"), "{said}");
    project.write(".gitignore", "more.tf\nnotes.txt\n");
    project.commit("ignore");
    project.fine("apply -e production -auto-approve -var size=4");
    project.write("main.tf", &format!("{MAIN}\n# changed\n"));
    let said = project.refused("apply -e production -auto-approve -var size=5");
    assert!(said.contains("not committed is main.tf"), "{said}");
    project.fine("apply -e production -auto-approve -var size=5 --override branches --reason hotfix");
    let history = project.fine("state history -e production");
    assert!(history.contains("-dirty") && history.contains("set aside branches: hotfix"), "{history}");
    // Where no rule asks for it, it is told all the same.
    project.fine("apply -e staging -auto-approve");
    assert!(project.fine("state history -e staging").contains("-dirty"));
}

#[test]
fn a_commit_without_a_branch_must_be_on_an_allowed_branch_of_the_remote() {
    let protect = "  protect {\n    branches = [\"main\"]\n  }";
    let origin = guarded(protect).with_network().committed();
    let clone = Project::of(&[]);
    clone.git(&format!("clone --quiet {} .", origin.path().display()));
    clone.git("checkout --quiet --detach");
    clone.fine("apply -e production -auto-approve");
    clone.write("more.tf", "# more");
    let commit = clone.commit("ahead");
    let said = clone.refused("apply -e production -auto-approve -var size=2");
    assert!(said.contains(&commit) && said.contains("on no such branch of origin"), "{said}");
}
