//! One environment is never taken for another.

use super::{MAIN, Project, TERRACE};

/// The project of the page, before it had environments, with something applied.
fn undeclared() -> Project {
    let project = Project::of(&[("main.tf", MAIN)]);
    project.fine(&format!("apply -auto-approve {INPUTS}"));
    project
}

const INPUTS: &str = "-var environment=x -var instance_type=t -var instance_count=2 -var domain=d";

#[test]
fn a_plan_of_one_environment_is_not_applied_to_another() {
    let project = Project::shop();
    // The first plan is no exception.
    project.fine("plan -e staging -out plan");
    let said = project.refused("apply -e production plan");
    assert!(said.contains("Plan of another environment") && said.contains("staging"), "{said}");
    let said = project.run_with("apply plan", &[("TERRACE_ENV", "production")]);
    assert!(said.code == 1 && said.err.contains("Plan of another environment"), "{}", said.err);
    assert!(project.fine("state list -e production").is_empty());
    project.fine("apply plan");
    assert!(project.fine("state list -e production").is_empty());
    assert_eq!(project.fine("state list -e staging").lines().count(), 1);
}

#[test]
fn a_plan_is_not_applied_to_the_same_environment_of_another_copy_of_the_project() {
    let (here, there) = (Project::shop(), Project::shop());
    for flags in ["", " -lock=false"] {
        here.fine(&format!("plan -e staging{flags} -out plan"));
        std::fs::copy(here.path().join("plan"), there.path().join("plan")).unwrap();
        there.fine("apply -e staging -auto-approve");
        let said = there.refused("apply plan");
        assert!(said.contains("stale"), "{said}");
    }
}

#[test]
fn the_state_of_one_environment_is_not_pushed_over_another() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    let state = project.fine("state pull -e staging");
    project.write("state.json", &state);
    for words in ["state push -e production state.json", "state push -e production -force state.json"] {
        let said = project.refused(words);
        assert!(said.contains("That is the state of staging"), "{said}");
        assert!(said.contains("terrace state adopt -e production staging"), "{said}");
    }
    assert!(project.fine("state list -e production").is_empty());
    project.fine("state push -e staging state.json");
}

#[test]
fn a_copied_file_knows_whose_state_it_is() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    let file = |name: &str| project.path().join(format!(".terrace/{name}.db"));
    let state = project.fine("state pull -e staging");
    project.write("state.json", &state.replace("\"lineage\": \"", "\"lineage\": \"0"));
    std::fs::copy(file("staging"), file("production")).unwrap();
    for words in [
        "plan -e production",
        "state list -e production",
        "state push -e production -force state.json",
        "output -e production",
    ] {
        let said = project.refused(words);
        assert!(said.contains("State of another environment"), "{words}: {said}");
        assert!(said.contains("holds the state of staging, and not that of production"), "{words}: {said}");
    }
    std::fs::remove_file(file("production")).unwrap();
    project.fine("plan -e production");
}

#[test]
fn an_environment_does_not_begin_empty_beside_the_state_of_a_project_that_had_none() {
    let project = undeclared();
    project.write("terrace.hcl", TERRACE);
    for words in [
        "plan -e staging",
        "apply -e production -auto-approve --confirm production",
        "plan -e staging -lock=false",
    ] {
        let said = project.refused(words);
        assert!(said.contains("State was not taken over"), "{said}");
        assert!(said.contains("2 objects of default"), "{said}");
        assert!(said.contains("terrace state adopt -e "), "{said}");
    }
    let said = project.fine("state adopt -e staging default");
    assert!(said.contains("staging has the state of default now, with 2 instances"), "{said}");
    assert_eq!(project.fine("state list -e staging").lines().count(), 2);
    assert!(project.fine("state list -e default").is_empty());
    let said = project.fine("plan -e staging");
    assert!(said.contains("0 to add, 1 to change, 1 to destroy"), "{said}");
    // The other one is new.
    let said = project.fine("plan -e production");
    assert!(said.contains("3 to add"), "{said}");
    let said = project.refused("state adopt -e production default");
    assert!(said.contains("Nothing to adopt"), "{said}");
    let said = project.refused("state adopt -e staging staging");
    assert!(said.contains("Nothing to adopt"), "{said}");
}

#[test]
fn a_state_is_not_adopted_over_another() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    project.fine("apply -e production --confirm production");
    let said = project.refused("state adopt -e production staging");
    assert!(said.contains("has a state of its own"), "{said}");
    assert_eq!(project.fine("state list -e staging").lines().count(), 1);
}

#[test]
fn an_environment_that_was_renamed_is_told_of_its_state() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    let renamed = TERRACE
        .replace("environment \"staging\"", "environment \"stage\"")
        .replace("extends = \"staging\"", "extends = \"stage\"");
    project.write("terrace.hcl", &renamed);
    let said = project.run("plan -e stage");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("terrace state adopt -e stage staging"), "{}", said.err);
    project.fine("state adopt -e stage staging");
    assert!(!project.run("plan -e stage").err.contains("adopt"));
}

#[test]
fn an_environment_does_not_begin_empty_beside_a_state_of_terraform() {
    let project = undeclared();
    let state = project.fine("state pull");
    let project = Project::shop();
    project.write("terraform.tfstate", &state);
    let said = project.refused("plan -e staging");
    assert!(said.contains("State was not taken over"), "{said}");
    assert!(said.contains("terrace state push -e staging terraform.tfstate"), "{said}");
    project.fine("state push -e staging terraform.tfstate");
    project.fine("plan -e staging");
    // Whose it was is known now.
    project.fine("plan -e production");
}

#[test]
fn the_states_of_workspaces_are_taken_over_before_anything_else() {
    let before = undeclared();
    let state = before.fine("state pull");
    let project = Project::of(&[("main.tf", MAIN)]);
    for name in ["prod", "staging"] {
        let state = state.replace("\"lineage\": \"", &format!("\"lineage\": \"{}", name.len()));
        project.write(&format!("terraform.tfstate.d/{name}/terraform.tfstate"), &state);
    }
    // Somebody who does not know of it yet does what they did in a workspace.
    for words in ["plan", "apply -auto-approve"] {
        let said = project.refused(&format!("{words} {INPUTS}"));
        assert!(said.contains("State was not taken over"), "{said}");
        assert!(
            said.contains("terraform.tfstate.d/prod/terraform.tfstate and terraform.tfstate.d/st"),
            "{said}"
        );
        assert!(said.contains("Take them over with terrace init"), "{said}");
    }
    // Nor does another name help.
    project.write("terrace.hcl", &TERRACE.replace("environment \"production\"", "environment \"live\""));
    let said = project.refused("plan -e live");
    assert!(said.contains("There is a state in terraform.tfstate.d/prod/terraform.tfstate"), "{said}");
    assert!(said.contains("terrace state push -e live terraform.tfstate.d/prod/terraform.tfstate"), "{said}");
    project.fine("state push -e live terraform.tfstate.d/prod/terraform.tfstate");
    project.fine("plan -e live");
    let said = project.refused("plan -e staging");
    assert!(said.contains("terrace state push -e staging terraform.tfstate.d/staging"), "{said}");
    project.fine("init");
    project.fine("plan -e staging");
    std::fs::remove_file(project.path().join("terrace.hcl")).unwrap();
    let said = project.refused(&format!("plan {INPUTS}"));
    assert!(said.contains("write one that declares it: environment \"live\" {}"), "{said}");
}

#[test]
fn a_project_that_lost_its_environments_does_not_begin_anew() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    std::fs::remove_file(project.path().join("terrace.hcl")).unwrap();
    let said = project.refused(&format!("plan {INPUTS}"));
    assert!(said.contains("Bring terrace.hcl back"), "{said}");
    project.fine("state adopt staging");
    project.fine(&format!("plan {INPUTS}"));
}
