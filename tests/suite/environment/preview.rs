//! The environments of branches, with real repositories.

use std::process::Command;

use serde_json::Value as Json;

use super::{Project, Said};
use crate::support;

const MAIN: &str = r#"
variable "environment" { type = string }
variable "domain" { type = string }
variable "about" {
  type    = string
  default = ""
}
variable "token" {
  type    = string
  default = "none"
}
variable "password" {
  type      = string
  sensitive = true
  default   = "unset"
}
variable "checkout" {
  type    = bool
  default = false
}

resource "local_file" "page" {
  filename = "out/${terraform.workspace}/page.txt"
  content  = templatefile("${path.module}/page.tftpl", { domain = var.domain, token = var.token })
}

module "shared" {
  source = "./modules/shared"
  about  = "${var.about} ${var.checkout}"
}

output "url" {
  value = "https://${var.domain}/"
}

output "about" {
  value = module.shared.about
}

output "secret" {
  value     = "https://${var.password}/"
  sensitive = true
}
"#;

const SHARED: &str = r#"
variable "about" {}
resource "terraform_data" "about" { input = var.about }
output "about" { value = terraform_data.about.output }
"#;

const TERRACE: &str = r#"
toggle "checkout" {
  since = "2026-11-01"
  on    = { staging = true, production = false }
}
environment "staging" {
  branch = "staging"
  values = { domain = "staging.example.com", checkout = toggle.checkout }
  protect {
    deny_destroy = ["local_file.page", "module.shared"]
  }
}
environment "production" {
  branch = "main"
  values = { domain = "example.com" }
}
preview {
  extends = "staging"
  ttl     = "72h"
  limit   = 2
  values = {
    domain = "${preview.slug}.preview.example.com"
    about  = "${preview.branch} ${preview.number == null ? "-" : preview.number} ${substr(preview.sha, 0, 4)}"
  }
}
"#;

/// A project in a repository; none, said loudly, where there is no git.
fn repository() -> Option<Project> {
    if Command::new("git").arg("--version").output().is_err() {
        support::skipped("previews", "there is no git");
        return None;
    }
    let project = plain();
    git(&project, "init --quiet --initial-branch main");
    commit(&project, "first");
    Some(project)
}

/// Without a repository.
fn plain() -> Project {
    Project::of(&[
        ("main.tf", MAIN),
        ("page.tftpl", "${domain} ${token}\n"),
        ("modules/shared/main.tf", SHARED),
        ("terrace.hcl", TERRACE),
    ])
}

#[track_caller]
fn git(project: &Project, words: &str) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"])
        .args(words.split(' '))
        .current_dir(project.path())
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .output()
        .unwrap();
    assert!(output.status.success(), "git {words}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(project: &Project, note: &str) -> String {
    project.write("note.txt", note);
    git(project, "add -A");
    git(project, &format!("commit --quiet -m {note}"));
    git(project, "rev-parse HEAD")
}

/// Runs at a time, which must come off.
#[track_caller]
fn at(project: &Project, time: &str, words: &str) -> String {
    let said = try_at(project, time, words);
    assert_eq!(said.code, 0, "{words}\n{}\n{}", said.out, said.err);
    said.out
}

fn try_at(project: &Project, time: &str, words: &str) -> Said {
    project.run_with(words, &[("TERRACE_TEST_NOW", time)])
}

fn list(project: &Project) -> Vec<Json> {
    match serde_json::from_str(&project.fine("preview list --json")).unwrap() {
        Json::Array(previews) => previews,
        other => panic!("{other}"),
    }
}

fn slugs(project: &Project) -> Vec<String> {
    list(project).iter().map(|one| one["slug"].as_str().unwrap().to_owned()).collect()
}

/// What is kept of the preview `topic`.
fn kept(project: &Project) -> terrace::source::Package {
    let mut command = support::terrace(project.path());
    command.args(["query", "-e", "preview/topic", "-json"]);
    command.arg("SELECT value FROM meta WHERE name = 'note configuration'");
    let answer = support::feed(&mut command, "").stdout;
    let rows: Json = serde_json::from_slice(&answer).unwrap();
    terrace::source::Package::unpack(rows[0]["value"].as_str().unwrap()).unwrap()
}

fn states(project: &Project) -> Vec<String> {
    let entries = std::fs::read_dir(project.path().join(".terrace/preview")).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const DAY_1: &str = "2026-11-21T10:00:00Z";
const DAY_2: &str = "2026-11-22T10:00:00Z";
const DAY_3: &str = "2026-11-23T10:00:00Z";
const DAY_4: &str = "2026-11-24T10:00:00Z";
const DAY_9: &str = "2026-11-29T10:00:00Z";

#[test]
fn a_branch_gets_an_environment_of_its_own_and_loses_it_again() {
    let Some(project) = repository() else { return };
    project.fine("apply -e staging -auto-approve");
    git(&project, "checkout --quiet -b feature-x");
    let said = at(&project, DAY_1, "preview up --number 7 -auto-approve");
    assert!(said.contains("The environment preview/feature-x of the branch feature-x"), "{said}");
    assert!(said.contains("until 2026-11-24 10:00 UTC"), "{said}");
    let sha = git(&project, "rev-parse HEAD");
    let previews = list(&project);
    assert_eq!(previews.len(), 1);
    let expected = [
        ("environment", Json::from("preview/feature-x")),
        ("slug", Json::from("feature-x")),
        ("branch", Json::from("feature-x")),
        ("number", Json::from(7)),
        ("commit", Json::from(sha.as_str())),
        ("made", Json::from(DAY_1)),
        ("renewed", Json::from(DAY_1)),
        ("expires", Json::from(DAY_4)),
        ("resources", Json::from(2)),
        ("urls", serde_json::json!({ "url": "https://feature-x.preview.example.com/" })),
    ];
    for (name, value) in expected {
        assert_eq!(previews[0][name], value, "{name}");
    }
    // Its own values, the toggles of what it extends, and what is known of the branch.
    let about = project.fine("output -e preview/feature-x -raw about");
    assert_eq!(about, format!("feature-x 7 {} true", &sha[..4]));
    assert_eq!(
        std::fs::read_to_string(project.path().join("out/preview/feature-x/page.txt")).unwrap(),
        "feature-x.preview.example.com none\n"
    );
    // Other commands work with it as with any environment.
    assert!(project.fine("state list -e preview/feature-x").contains("local_file.page"));
    assert!(project.fine("plan -e preview/feature-x").contains("No changes."));
    let shown = project.fine("env show preview/feature-x");
    assert!(shown.contains(&format!("feature-x 7 {}", &sha[..4])), "{shown}");
    let mut console = support::terrace(project.path());
    let shown = support::feed(console.args(["console", "-e", "preview/feature-x"]), "var.about").stdout;
    assert_eq!(String::from_utf8_lossy(&shown), format!("\"feature-x 7 {}\"\n", &sha[..4]));
    project.write("page.tftpl", "changed ${domain} ${token}\n");
    project.fine("plan -e preview/feature-x -out saved");
    assert!(project.fine("apply saved").contains("Apply complete!"));
    // Rules of what it extends do not hold for it.
    let said = project.fine("preview down -auto-approve");
    assert!(said.contains("2 destroyed") && said.contains("preview/feature-x is gone."), "{said}");
    assert_eq!(list(&project), Vec::<Json>::new());
    assert_eq!(states(&project), Vec::<String>::new());
    assert!(!project.path().join("out/preview/feature-x/page.txt").exists());
    assert!(project.fine("state list -e staging").contains("local_file.page"), "others are left alone");
    assert!(project.refused("plan -e preview/feature-x").contains("There is no preview/feature-x"));
    assert!(project.refused("preview down feature-x").contains("there are none"));
    assert!(project.fine("preview down feature-x -if-exists").contains("nothing to take down"));
}

#[test]
fn without_a_repository_or_a_branch_it_must_be_named() {
    let project = plain();
    let said = project.refused("preview up -auto-approve");
    assert!(said.contains("not in a git repository") && said.contains("--branch NAME"), "{said}");
    project.fine("preview up --branch Some/Branch -auto-approve");
    assert_eq!(list(&project)[0]["branch"], "Some/Branch");
    let Some(project) = repository() else { return };
    git(&project, "checkout --quiet --detach");
    let said = project.refused("preview up -auto-approve");
    assert!(said.contains("No branch is checked out") && said.contains("--branch NAME"), "{said}");
    project.fine("preview up --branch topic -auto-approve");
    assert_eq!(slugs(&project), ["topic"]);
}

#[test]
fn a_branch_that_is_not_checked_out_is_not_taken_for_the_one_that_is() {
    let Some(project) = repository() else { return };
    git(&project, "branch here");
    git(&project, "checkout --quiet -b there");
    commit(&project, "more");
    git(&project, "checkout --quiet main");
    let said = project.run("preview up --branch here -auto-approve");
    assert!(said.code == 0 && said.err.is_empty(), "the same commit: {}", said.err);
    let said = project.run("preview up --branch typo -auto-approve");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("Another branch is checked out"), "{}", said.err);
    assert!(said.err.contains("which git does not know here"), "{}", said.err);
    project.fine("preview down typo -auto-approve");
    let said = project.run("preview up --branch refs/heads/there -auto-approve");
    assert!(said.err.contains("\"there\", which is at another commit,"), "{}", said.err);
    assert_eq!(slugs(&project), ["here", "there"]);
    // In CI nothing is checked out but a commit.
    git(&project, "checkout --quiet --detach");
    let said = project.run("preview up --branch there -auto-approve");
    assert!(said.code == 0 && said.err.is_empty(), "{}", said.err);
    let said = project.refused("preview up --branch ../etc");
    assert!(said.contains("Not a branch"), "{said}");
    let said = project.refused("preview down");
    assert!(said.contains("Name it: terrace preview down NAME"), "{said}");
}

#[test]
fn programs_are_told_what_becomes_of_previews_in_lines_of_their_own() {
    let Some(project) = repository() else { return };
    let lines = |said: &str| {
        let lines = said.lines().map(|line| serde_json::from_str::<Json>(line).expect(line));
        lines.filter(|line| line["type"] == "preview").collect::<Vec<_>>()
    };
    at(&project, DAY_1, "preview up --branch one -auto-approve -json");
    at(&project, DAY_1, "preview up --branch two -auto-approve -json");
    let gone = lines(&at(&project, DAY_1, "preview down one -auto-approve -json"));
    let expected = |branch: &str, what: &str| {
        let environment = format!("preview/{branch}");
        serde_json::json!({ "type": "preview", "environment": environment, "branch": branch, "what": what })
    };
    assert_eq!(gone, [expected("one", "gone")]);
    let gone = lines(&at(&project, DAY_1, "preview down one -if-exists -json"));
    assert_eq!(gone[0]["what"], "absent");
    assert_eq!(lines(&at(&project, DAY_1, "preview gc -json"))[0]["what"], "absent");
    let overdue = at(&project, DAY_9, "preview gc -dry-run -json");
    assert_eq!(lines(&overdue), [expected("two", "expired")]);
    assert_eq!(overdue.lines().count(), 1);
    let gone = lines(&at(&project, DAY_9, "preview gc -json"));
    assert_eq!(gone, [expected("two", "expired"), expected("two", "gone")]);
    let said = project.run("preview down one -json");
    assert_eq!(said.code, 1);
    assert!(said.err.is_empty() && said.out.contains("No such preview"), "{} {}", said.out, said.err);
}

#[test]
fn what_is_not_committed_is_told() {
    let Some(project) = repository() else { return };
    git(&project, "checkout --quiet -b topic");
    assert!(!project.fine("preview up -auto-approve").contains("not committed"));
    project.write("page.tftpl", "changed ${domain} ${token}\n");
    let said = project.fine("preview up -auto-approve");
    assert!(said.contains(" with what is not committed, until "), "{said}");
}

#[test]
fn the_branch_of_an_environment_gets_none() {
    let Some(project) = repository() else { return };
    let said = project.refused("preview up -auto-approve");
    assert!(said.contains("that of the environment production"), "{said}");
    assert!(!project.path().join(".terrace").exists());
}

#[test]
fn without_a_preview_block_there_are_none() {
    let Some(project) = repository() else { return };
    project.write("terrace.hcl", "environment \"staging\" {}\n");
    git(&project, "checkout --quiet -b topic");
    assert!(project.refused("preview up -auto-approve").contains("No previews"));
    assert!(project.fine("preview list").contains("There are no previews"));
}

#[test]
fn time_begins_anew_with_a_new_commit_and_not_with_another_up() {
    let Some(project) = repository() else { return };
    git(&project, "checkout --quiet -b topic");
    at(&project, DAY_1, "preview up -auto-approve");
    at(&project, DAY_2, "preview up -auto-approve -var token=other");
    let previews = list(&project);
    assert_eq!((&previews[0]["made"], &previews[0]["renewed"]), (&DAY_1.into(), &DAY_1.into()));
    assert!(at(&project, DAY_3, "preview gc").contains("none to take down"));
    commit(&project, "second");
    at(&project, DAY_3, "preview up -auto-approve");
    let previews = list(&project);
    assert_eq!((&previews[0]["made"], &previews[0]["renewed"]), (&DAY_1.into(), &DAY_3.into()));
    assert!(at(&project, DAY_4, "preview gc").contains("none to take down"));
    assert!(at(&project, DAY_9, "preview gc --dry-run").contains("Would take down preview/topic"));
    assert_eq!(slugs(&project), ["topic"]);
    assert!(at(&project, DAY_9, "preview gc").contains("preview/topic is gone."));
    assert_eq!(states(&project), Vec::<String>::new());
}

#[test]
fn beyond_the_limit_nothing_is_made_and_the_oldest_is_named() {
    let Some(project) = repository() else { return };
    at(&project, DAY_1, "preview up --branch one -auto-approve");
    at(&project, DAY_2, "preview up --branch two -auto-approve");
    let said = try_at(&project, DAY_3, "preview up --branch three -auto-approve");
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(said.code, 1);
    assert!(told.contains("the limit is 2") && told.contains("terrace preview down one"), "{told}");
    assert_eq!(slugs(&project), ["one", "two"]);
    assert!(states(&project).iter().all(|name| !name.starts_with("three")));
    // What exists is brought up to date all the same, and says what could be taken down.
    let said = at(&project, DAY_4, "preview up --branch two -auto-approve");
    assert!(said.contains("The time of one is over") && said.contains("terrace preview gc"), "{said}");
    project.fine("preview down one -auto-approve");
    at(&project, DAY_4, "preview up --branch three -auto-approve");
    assert_eq!(slugs(&project), ["three", "two"]);
}

#[test]
fn of_many_at_once_no_more_than_the_limit_come_to_be() {
    let Some(project) = repository() else { return };
    std::thread::scope(|scope| {
        for branch in ["one", "two", "three", "four"] {
            let words = format!("preview up --branch {branch} -auto-approve");
            let project = &project;
            scope.spawn(move || project.run(&words));
        }
    });
    let made = slugs(&project);
    assert!(made.len() <= 2, "{made:?}");
    for slug in
        ["one", "two", "three", "four"].into_iter().filter(|slug| !made.iter().any(|made| made == slug))
    {
        assert!(!project.path().join(format!("out/preview/{slug}")).exists(), "{slug}");
    }
}

#[test]
fn what_nobody_agreed_to_leaves_nothing_behind() {
    let Some(project) = repository() else { return };
    let said = project.run("preview up --branch topic");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("Apply cancelled."), "{}", said.out);
    assert_eq!(states(&project), Vec::<String>::new());
    project.write("main.tf", "resource \"terraform_data\" \"broken\" { input = nothing.here }\n");
    assert_eq!(project.run("preview up --branch topic -auto-approve").code, 1);
    assert_eq!(states(&project), Vec::<String>::new());
}

#[test]
fn it_is_taken_down_when_its_branch_and_its_configuration_are_gone() {
    let Some(project) = repository() else { return };
    git(&project, "checkout --quiet -b topic");
    project.write("more.tfvars", "about = \"from a file\"\n");
    project.write("secret.tfvars", "password = \"hunter3\"\n");
    commit(&project, "work");
    let up = "preview up -var token=abc -var password=hunter2 -var-file=more.tfvars -var-file=secret.tfvars \
              -auto-approve";
    project.fine(&up.split_whitespace().collect::<Vec<_>>().join(" "));
    let kept = kept(&project);
    let names: Vec<&str> = kept.names().collect();
    assert_eq!(names, ["main.tf", "modules/shared/main.tf", "more.tfvars", "page.tftpl", "terrace.hcl"]);
    assert_eq!(kept.variables, ["token=abc"]);
    git(&project, "checkout --quiet main");
    git(&project, "branch --quiet -D topic");
    for name in ["main.tf", "page.tftpl", "modules/shared/main.tf", "terrace.hcl"] {
        std::fs::remove_file(project.path().join(name)).unwrap();
    }
    project.write("other.tf", "this is no configuration");
    let said = project.fine("preview down topic -auto-approve");
    assert!(said.contains("2 destroyed"), "{said}");
    assert!(!project.path().join("out/preview/topic/page.txt").exists(), "paths are those of the project");
    assert_eq!(states(&project), Vec::<String>::new());
}

#[test]
fn one_that_fails_does_not_keep_the_others_from_being_taken_down() {
    let Some(project) = repository() else { return };
    project.write(
        "guard.tf",
        "resource \"terraform_data\" \"guard\" {\n  input = terraform.workspace\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"test ${self.input} != preview/one || test -e open\"\n  }\n}\n",
    );
    at(&project, DAY_1, "preview up --branch one -auto-approve");
    at(&project, DAY_1, "preview up --branch two -auto-approve");
    let said = try_at(&project, DAY_9, "preview gc");
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    assert!(said.err.contains("These were not taken down: preview/one."), "{}", said.err);
    assert!(said.out.contains("preview/two is gone."), "{}", said.out);
    assert_eq!(slugs(&project), ["one"], "what is left is known");
    project.write("open", "");
    at(&project, DAY_9, "preview gc");
    assert_eq!(states(&project), Vec::<String>::new());
}

#[test]
fn those_without_a_branch_go_when_that_is_wanted() {
    let Some(project) = repository() else { return };
    let origin = tempfile::tempdir().unwrap();
    git(&project, &format!("init --quiet --bare {}", origin.path().display()));
    git(&project, &format!("remote add origin {}", origin.path().display()));
    git(&project, "push --quiet origin main:elsewhere");
    git(&project, "branch --quiet here");
    let terrace = TERRACE.replace("limit   = 2", "limit   = 3");
    project.write("terrace.hcl", &terrace);
    for branch in ["here", "elsewhere", "nowhere"] {
        at(&project, DAY_1, &format!("preview up --branch {branch} -auto-approve"));
    }
    assert!(at(&project, DAY_2, "preview gc").contains("There are 3 previews, and none"));
    let said = at(&project, DAY_2, "preview gc --gone");
    assert!(said.contains("preview/nowhere of the branch nowhere: its branch is gone."), "{said}");
    assert_eq!(slugs(&project), ["elsewhere", "here"]);
    // Where the origin cannot be asked, nothing is taken for gone.
    drop(origin);
    let said = try_at(&project, DAY_2, "preview gc --gone");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("Branches are not known"), "{}", said.err);
    assert_eq!(slugs(&project), ["elsewhere", "here"]);
}

#[test]
fn two_at_once_take_everything_down_once() {
    let Some(project) = repository() else { return };
    project.write(
        "slow.tf",
        "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"sleep 0.3; echo gone >> log\"\n  }\n}\n",
    );
    for branch in ["one", "two"] {
        at(&project, DAY_1, &format!("preview up --branch {branch} -auto-approve"));
    }
    std::thread::scope(|scope| {
        let both = [(), ()].map(|()| scope.spawn(|| at(&project, DAY_9, "preview gc")));
        both.into_iter().for_each(|one| drop(one.join().unwrap()));
    });
    assert_eq!(std::fs::read_to_string(project.path().join("log")).unwrap(), "gone\ngone\n");
    assert_eq!(slugs(&project), Vec::<String>::new());
    assert_eq!(states(&project), Vec::<String>::new());
}

#[test]
fn names_and_values_become_no_markup() {
    let Some(project) = repository() else { return };
    project.fine("preview up --branch <b>|`x`|@all -auto-approve");
    let said = project.fine("preview list --markdown");
    assert!(said.starts_with("| preview | branch | commit | expires | resources | where |\n"), "{said}");
    assert!(said.contains("&lt;b&gt;&#124;&#96;x&#96;&#124;@<!-- -->all"), "{said}");
}
