//! All environments side by side.

use serde_json::Value as Json;

use super::{MAIN, Project, TERRACE};

/// The shop with an environment that cannot be planned, and one that others extend only.
fn shop() -> Project {
    let more = "\nenvironment \"broken\" {\n  extends = \"staging\"\n  values  = { instance_count = null }\n}\n\
                environment \"base\" {\n  abstract = true\n}\n\
                environment \"last\" {\n  extends = \"base\"\n  values = {\n    instance_type = \"a\"\n    \
                instance_count = 0\n    domain = \"x\"\n  }\n}\n";
    Project::of(&[("main.tf", MAIN), ("terrace.hcl", &format!("{TERRACE}{more}"))])
}

#[test]
fn every_environment_is_planned_and_one_that_fails_holds_up_no_other() {
    let project = shop();
    project.fine("apply -e staging -auto-approve");
    let said = project.run("plan --all");
    assert_eq!(said.code, 1, "{}", said.err);
    let (details, table) = said.out.split_at(said.out.find("environment  add").unwrap());
    let headings: Vec<&str> = details.lines().filter(|line| line.starts_with("━━")).collect();
    let names: Vec<&str> = headings.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(names, ["staging", "production", "broken", "last"]);
    insta::assert_snapshot!(table, @r"
    environment  add  change  replace  destroy  status
    ───────────  ───  ──────  ───────  ───────  ───────────────────────
    staging        0       0        0        0  no changes
    production     3       0        0        0  changes
    broken                                      failed: 1 error
    last           0       0        0        0  changes to outputs only
    ");
    assert!(
        said.err.contains("Operand is null") && said.err.contains("(environment broken)"),
        "{}",
        said.err
    );
    assert!(said.out.contains("production/production/example.com/m5.xlarge/true"), "{}", said.out);
}

#[test]
fn what_could_be_planned_is_shown_beside_the_errors_as_for_one_environment() {
    let main = format!(
        "{MAIN}\nresource \"terraform_data\" \"guarded\" {{\n  lifecycle {{\n    precondition {{\n      \
         condition = terraform.workspace != \"production\"\n      error_message = \"Not here.\"\n    }}\n  }}\n}}\n"
    );
    let project = Project::of(&[("main.tf", &main), ("terrace.hcl", TERRACE)]);
    let alone = project.run("plan -e production");
    let all = project.run("plan --all");
    let production = all.out.split("━━ production").nth(1).unwrap();
    assert_eq!((alone.code, all.code), (1, 1), "{}", all.err);
    assert!(alone.out.contains("could be planned"), "{}", alone.out);
    assert!(production.contains(alone.out.trim()), "{production}");
    let events = project.run("plan --all -json").out;
    let planned =
        events.lines().filter(|line| line.contains("planned_change") && line.contains("\"production\""));
    assert_eq!(planned.count(), alone.out.matches("will be created").count(), "{events}");
}

#[test]
fn the_summary_is_the_table_alone() {
    let project = Project::shop();
    let table = project.fine("plan --all --summary");
    assert_eq!(table.lines().count(), 4, "{table}");
    assert_eq!(table, project.fine("plan -all -summary"));
    assert!(!table.contains("preview"), "{table}");
}

#[test]
fn the_exit_code_is_that_of_all() {
    let free = TERRACE.replace("tier    = \"production\"", "tier    = \"staging\"");
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", &free)]);
    assert_eq!(project.run("plan --all").code, 0);
    assert_eq!(project.run("plan --all -detailed-exitcode").code, 2);
    project.fine("apply -e staging -auto-approve");
    assert_eq!(project.run("plan --all -detailed-exitcode").code, 2);
    project.fine("apply -e production -auto-approve");
    assert_eq!(project.run("plan --all -detailed-exitcode").code, 0);
    assert_eq!(shop().run("plan --all -detailed-exitcode").code, 1);
}

#[test]
fn somebody_elses_lock_is_told_and_holds_up_no_other() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    let holder = terrace::store::sqlite::SqliteStore::new(project.path().join(".terrace"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use terrace::port::{Holder, StateStore};
        let name = terrace::address::EnvironmentName::new("staging").unwrap();
        let who = Holder { who: "ada@desk".into(), process: std::process::id(), operation: "apply".into() };
        let lease = holder.open(&name, &who, std::time::Duration::ZERO).await.unwrap().lease;
        let said = project.run("plan --all --summary");
        assert_eq!(said.code, 1);
        let row = said.out.lines().find(|line| line.starts_with("staging")).unwrap();
        assert!(row.ends_with("locked"), "{row}");
        assert!(said.out.lines().any(|line| line.starts_with("production") && line.ends_with("changes")));
        assert!(said.err.contains("ada@desk"), "{}", said.err);
        assert_eq!(project.run("plan --all --summary -lock=false").code, 0);
        lease.release().await.unwrap();
    });
}

#[test]
fn what_would_be_the_same_for_all_is_refused() {
    let project = Project::shop();
    for words in
        ["-var=domain=x", "-var-file=x.tfvars", "-out=plan", "-e staging", "-replace=terraform_data.a"]
    {
        let said = project.refused(&format!("plan --all {words}"));
        let flag = words.split(['=', ' ']).next().unwrap();
        assert!(said.contains("Flag not possible with -all") && said.contains(flag), "{said}");
    }
    assert!(!project.path().join("plan").exists());
    assert!(project.refused("plan --all -json -markdown=-").contains("Contradicting flags"));
    let said = project.run_with("plan --all --summary", &[("TERRACE_ENV", "staging")]);
    assert_eq!((said.code, said.out.lines().count()), (0, 4), "{}", said.err);
}

#[test]
fn programs_read_whose_each_line_is_and_the_table_last() {
    let project = shop();
    let said = project.run("plan --all -json");
    assert_eq!(said.code, 1);
    let lines: Vec<Json> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["type"], "version");
    let of = |kind: &str, name: &str| {
        let found = lines.iter().filter(|line| line["type"] == kind && line["environment"] == name);
        found.count()
    };
    assert_eq!(of("planned_change", "staging"), 1);
    assert_eq!(of("planned_change", "production"), 3);
    assert_eq!(of("change_summary", "broken"), 0);
    assert_eq!(of("diagnostic", "broken"), 1);
    let last = lines.last().unwrap();
    assert_eq!(last["type"], "environments");
    let rows = last["environments"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["environment"].as_str().unwrap()).collect();
    assert_eq!(names, ["staging", "production", "broken", "last"]);
    let expected = serde_json::json!({
        "environment": "production", "status": "changes", "add": 3, "change": 0, "replace": 0, "destroy": 0,
        "import": 0, "forget": 0, "move": 0, "errors": 0,
    });
    assert_eq!(rows[1], expected);
    assert_eq!((&rows[2]["status"], &rows[2]["errors"]), (&"failed".into(), &1.into()));
}

#[test]
fn what_is_wrong_with_the_project_is_told_once() {
    let project = Project::shop();
    project.write("more.tf", "output \"x\" {\n  value = var.nothing\n}\n");
    let said = project.run("plan --all");
    assert_eq!((said.code, said.err.matches("Undeclared variable").count()), (1, 1), "{}", said.err);
    assert_eq!(said.out, "");
}

#[test]
fn a_project_without_environments_has_one() {
    let project = Project::of(&[("main.tf", "output \"a\" {\n  value = 1\n}\n")]);
    let said = project.fine("plan --all --summary");
    assert!(
        said.lines().any(|line| line.starts_with("default") && line.ends_with("changes to outputs only")),
        "{said}"
    );
}

#[test]
fn the_comment_for_a_review_is_the_same_each_time() {
    let project = shop();
    let said = project.run("plan --all -markdown=out/plan.md");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("━━ staging"));
    let text = std::fs::read_to_string(project.path().join("out/plan.md")).unwrap();
    assert!(text.starts_with("<!-- terrace plan: shop -->\n\n### Terrace plan: shop\n"), "{text}");
    assert!(text.contains("| `production` | 3 | 0 | 0 | 0 | changes |"), "{text}");
    assert!(text.contains("- `broken`: Operand is null, `main.tf:13`"), "{text}");
    let again = project.run("plan --all -markdown=-");
    assert_eq!((again.code, again.out), (1, text));
    let one = project.run("plan -e production -markdown=-");
    assert_eq!(one.code, 0);
    assert!(one.out.contains("### Terrace plan: shop (`production`)"), "{}", one.out);
    assert!(one.out.contains("<details><summary><code>production</code>: 3 to add</summary>"), "{}", one.out);
    let broken = project.run("plan -e broken -markdown=-");
    assert_eq!(broken.code, 1);
    assert!(broken.out.contains("#### Not planned"), "{}", broken.out);
}
