//! `params set`: values changed from the command line.

use super::{MAIN, Project, TERRACE};

fn written(project: &Project) -> String {
    std::fs::read_to_string(project.path().join("terrace.hcl")).unwrap()
}

#[test]
fn a_change_is_written_shown_and_planned() {
    let project = Project::shop();
    let said = project.fine("params set -e production instance_count=5 high_availability=false");
    insta::assert_snapshot!(said.split("\n\n").next().unwrap());
    assert!(said.contains("Plan: 5 to add"), "{said}");
    let wanted = TERRACE
        .replace("instance_count    = 3", "instance_count    = 5")
        .replace("high_availability = true", "high_availability = false");
    assert_eq!(written(&project), wanted);
    assert!(project.fine("params set -e production instance_count=5 -no-plan").contains("says so already"));
    assert_eq!(written(&project), wanted);
}

#[test]
fn a_value_is_written_as_the_type_of_its_variable_has_it() {
    let more = "variable \"tags\" {\n  type = map(string)\n  default = {}\n}\nvariable \"any\" {\n  default = 1\n}\n";
    let project = Project::of(&[("main.tf", &format!("{MAIN}{more}")), ("terrace.hcl", TERRACE)]);
    let set = |value: &str| {
        let mut command = crate::support::terrace(project.path());
        command.args(["params", "set", "-e", "staging", "-no-plan", value]);
        let output = crate::support::feed(&mut command, "");
        assert!(output.status.success(), "{value}: {output:?}");
    };
    set("domain=5 \"${x}\"");
    set("instance_count=2");
    set("high_availability=true");
    set("tags={\"a b\" = 1, c = \"d\"}");
    set("any=7");
    let text = written(&project);
    for line in [
        "    domain         = \"5 \\\"$${x}\\\"\"\n",
        "    instance_count = 2\n",
        "    high_availability = true\n",
        "    tags              = { \"a b\" = 1, c = \"d\" }\n",
        "    any               = 7\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(project.fine("plan -e staging").contains("5 \\\"${x}"));
    set("instance_type=null");
    assert!(written(&project).contains("    instance_type  = null\n"));
}

#[test]
fn what_a_variable_does_not_take_is_refused_and_nothing_is_written() {
    let project = Project::shop();
    for (words, says) in [
        ("-e production instance_count=30", "Too many."),
        ("-e production instance_count=many", "Wrong type for a variable"),
        ("-e production instance_cuont=3", "Did you mean \"instance_count\"?"),
        ("-e prod instance_count=3", "Did you mean \"production\"?"),
        ("instance_count=3", "staging, production"),
        ("-e production db_password=hunter2", "secrets { db_password"),
        ("-e production environment=staging", "set automatically"),
        ("-e production instance_count=1 instance_count=2", "named twice"),
        ("-e production instance_count", "no equals sign"),
        ("-e staging -unset domain", "No value for required variable"),
        ("-e preview/x domain=a", "-e preview"),
    ] {
        let said = project.refused(&format!("params set {words}"));
        assert!(said.contains(says), "{words}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(written(&project), TERRACE, "{words}");
    }
    let none = Project::of(&[("main.tf", "variable \"a\" {\n  default = 1\n}\n")]);
    assert!(none.refused("params set a=1").contains("terrace.hcl"));
}

#[test]
fn an_environment_that_inherits_has_to_take_it_too() {
    let project = Project::shop();
    let text = TERRACE.replace("    instance_count    = 3\n", "");
    project.write("terrace.hcl", &text);
    let said = project.fine("params set -e staging instance_count=4 -no-plan");
    assert!(said.contains("This is inherited by production, previews."), "{said}");
    let rule = "variable \"domain\" {\n  type = string\n  validation {\n    condition     = var.environment != \"production\" || var.instance_count > 3\n    error_message = \"Too few for production.\"\n  }\n}\n";
    project.write("main.tf", &MAIN.replace("variable \"domain\" {\n  type = string\n}\n", rule));
    assert!(project.refused("params set -e staging instance_count=2").contains("Too few for production."));
    assert!(written(&project).contains("instance_count = 4"));
}

#[test]
fn a_value_goes_back_to_what_is_inherited_or_to_the_default() {
    let project = Project::shop();
    project.fine("params set -e production -inherit instance_count -no-plan");
    assert!(project.fine("params").contains("instance_count     1                    1            same"));
    project.fine("params set -e production -unset high_availability -no-plan");
    assert!(written(&project).contains("unset = [\"high_availability\"]"));
    project.fine("params set -e production high_availability=true -no-plan");
    assert!(!written(&project).contains("unset"));
}

#[test]
fn an_expression_is_replaced_with_a_word_about_it() {
    let project = Project::shop();
    let said = project.run("params set -e preview domain=preview.example.com");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("Expression replaced") && said.err.contains("${preview.slug}"), "{}", said.err);
    assert!(!said.out.contains("Plan:"), "{}", said.out);
    assert!(written(&project).contains("domain = \"preview.example.com\""));
}

#[test]
fn what_was_wrong_before_can_be_mended() {
    let project = Project::shop();
    project.write("terrace.hcl", &TERRACE.replace("instance_count    = 3", "instance_count    = 30"));
    project.refused("plan -e production");
    project.fine("params set -e production domain=shop.example.com -no-plan");
    project.fine("params set -e production instance_count=3 -no-plan");
    project.fine("plan -e production");
}
