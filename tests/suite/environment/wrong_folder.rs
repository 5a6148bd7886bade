//! What goes wrong at three in the morning: the wrong directory, the wrong file name, the wrong place on the line.

use super::{MAIN, Project, TERRACE};

#[test]
fn a_state_alone_is_no_reason_to_plan_an_environment_that_nothing_declares() {
    let project = Project::shop();
    project.fine("apply -e production --confirm production");
    // As on a branch that has no such file: neither values nor protection would be known.
    std::fs::rename(project.path().join("terrace.hcl"), project.path().join("away")).unwrap();
    project.write("main.tf", "resource \"terraform_data\" \"instance\" {\n}\n");
    for words in
        ["plan -e production", "apply -e production -auto-approve", "destroy -e production -auto-approve"]
    {
        let said = project.refused(words);
        assert!(said.contains("Unknown environment"), "{words}: {said}");
        assert!(said.contains("There is no terrace.hcl in "), "{words}: {said}");
    }
    // What there is can be looked at all the same.
    assert!(project.fine("state list -e production").contains("terraform_data.instance[2]"));
}

#[test]
fn a_file_that_is_nearly_called_terrace_hcl_is_told() {
    let project = Project::of(&[("main.tf", MAIN), ("terace.hcl", TERRACE)]);
    let said = project.refused("plan -e staging");
    assert!(said.contains("Is that what terace.hcl is meant to be?"), "{said}");
    let said = project.run("validate");
    assert_eq!(said.code, 0);
    assert!(said.err.contains("terace.hcl is not read"), "{}", said.err);
    let other = Project::of(&[("main.tf", "locals {\n}\n"), ("terragrunt.hcl", "")]);
    assert_eq!(other.run("validate").err, "");
}

#[test]
fn the_project_that_is_near_is_named() {
    let project = Project::shop();
    project.write("modules/app/main.tf", "locals {\n}\n");
    project.write("notes/today", "");
    let said = project.refused("-chdir=modules/app plan -e staging");
    assert!(said.contains("There is one in ../..: terrace -chdir=../.. ..."), "{said}");
    let said = project.refused("-chdir=notes plan -e staging");
    assert!(said.contains("No configuration files") && said.contains("terrace -chdir=.. ..."), "{said}");
    let said = project.refused("-chdir=notes apply -auto-approve");
    assert!(said.contains("No configuration files") && said.contains("terrace -chdir=.. ..."), "{said}");
}

#[test]
fn nobody_is_told_that_there_is_nothing_beside_a_project() {
    let project = Project::shop();
    project.write("notes/today", "");
    for words in ["envs", "params", "toggles"] {
        let said = project.run(&format!("-chdir=notes {words}"));
        assert!(
            said.err.contains("There is a project in ..: terrace -chdir=.. ..."),
            "{words}: {}",
            said.err
        );
    }
    for words in ["output", "state list", "parity staging production"] {
        let said = project.refused(&format!("-chdir=notes {words}"));
        assert!(said.contains("There is a project in ..: terrace -chdir=.. ..."), "{words}: {said}");
    }
    let said = project.refused("-chdir=notes preview up");
    assert!(said.contains("There is one in ..: terrace -chdir=.. ..."), "{said}");
}

#[test]
fn a_name_that_nobody_has_typed_is_traced() {
    let project = Project::shop();
    let said = project.run_with("plan", &[("TERRACE_ENV", "prodution")]);
    assert_eq!(said.code, 1);
    let text = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("The name comes from TERRACE_ENV."), "{text}");
    assert!(!project.run("plan -e prodution").err.contains("TERRACE_ENV."));
}

#[test]
fn a_misspelled_block_is_told_and_not_what_follows_from_it() {
    let project = Project::shop();
    project.write("terrace.hcl", &TERRACE.replacen("environment \"staging\"", "enviroment \"staging\"", 1));
    for words in ["validate", "plan -e staging"] {
        let said = project.refused(words);
        assert!(said.contains("Did you mean \"environment\"?"), "{words}: {said}");
        assert_eq!(said.matches("Error:").count(), 1, "{words}: {said}");
    }
}

#[test]
fn what_is_no_variable_is_told_where_it_is_set() {
    let project = Project::of(&[
        ("main.tf", "variable \"sale\" {\n  type = bool\n}\nvariable \"api\" {\n  type = map(string)\n}\n"),
        (
            "terrace.hcl",
            "toggle \"winter\" {\n  since = \"2026-01-01\"\n  on    = { staging = true }\n}\nvariables_for \"api\" {\n  \
             variable = \"api\"\n  required = [\"LEVEL\"]\n}\nenvironment \"staging\" {\n  values = { sale = true }\n  \
             variables_for \"api\" {\n    LEVEL = \"info\"\n  }\n}\n",
        ),
    ]);
    let said = project.refused("params set -e staging LEVEL=debug --no-plan");
    assert!(said.contains("edit the block variables_for \"api\" of the environment"), "{said}");
    let said = project.refused("params set -e staging winter=false --no-plan");
    assert!(said.contains("It is a toggle"), "{said}");
}

#[test]
fn a_plan_without_changes_says_of_which_environment() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    let said = project.fine("plan -e staging");
    assert!(
        said.contains("No changes.") && said.ends_with("Environment: staging (tier staging)\n"),
        "{said}"
    );
    let said = project.fine("plan -e production -markdown -");
    assert!(!said.contains("Environment: "), "{said}");
    let said = project.run("apply -e production -auto-approve");
    assert!(said.code == 1 && said.out.ends_with("\n\n"), "{}", said.out);
}

#[test]
fn whoever_waits_is_told_how_to_unlock_the_environment_that_is_meant() {
    let project = Project::shop();
    project.write(
        "slow.tf",
        "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"touch begun; while test \
         ! -e end; do sleep 0.05; done\"\n  }\n}\n",
    );
    std::thread::scope(|scope| {
        let first = scope.spawn(|| project.fine("apply -e staging -auto-approve"));
        while !project.path().join("begun").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let said = project.refused("plan -e staging");
        project.write("end", "");
        first.join().unwrap();
        assert!(said.contains("terrace state unlock -e staging "), "{said}");
    });
}

#[test]
fn what_environments_have_in_common_is_told_once() {
    let project = Project::shop();
    project.write(
        "terrace.hcl",
        &TERRACE.replacen("instance_count = 1", "instance_count = 1\n    retires = 1", 1),
    );
    let said = project.run("validate");
    assert_eq!(said.code, 1);
    assert_eq!(said.err.matches("Error:").count(), 1, "{}", said.err);
    assert!(said.err.contains("(environments staging, production and previews)"), "{}", said.err);
    assert!(said.out.contains("preview      invalid       1"), "{}", said.out);
}

#[test]
fn what_instances_have_in_common_is_told_once() {
    let project = Project::shop();
    let broken = "input = \"${var.high_availability ? split(\",\", var.domain)[7] : \"\"}";
    project.write("main.tf", &MAIN.replace("input = \"", broken));
    let said = project.run("validate");
    assert_eq!(said.code, 1);
    // production has three instances of it.
    assert_eq!(said.err.matches("Error:").count(), 1, "{}", said.err);
    assert!(said.err.contains("(environment production)"), "{}", said.err);
}

#[test]
fn a_parameter_of_no_variable_is_told() {
    let project = Project::shop();
    project.write("terrace.hcl", &TERRACE.replacen("\"instance_count\"", "\"instance_cuont\"", 1));
    let said = project.run("validate");
    assert_eq!(said.code, 0);
    assert!(said.err.contains("Parameter of no variable"), "{}", said.err);
    assert!(said.err.contains("Did you mean \"instance_count\"?"), "{}", said.err);
}

#[test]
fn blocks_in_the_wrong_file_are_told_where_they_belong() {
    let project = Project::shop();
    project.write("more.tf", "environment \"qa\" {\n}\npreview {\n}\n");
    let said = project.refused("validate");
    assert_eq!(said.matches("they belong into terrace.hcl").count(), 2, "{said}");
    let project = Project::shop();
    project.write(
        "terrace.hcl",
        &format!("{TERRACE}\nresource \"terraform_data\" \"a\" {{\n}}\nvariable \"b\" {{\n}}\n"),
    );
    let said = project.refused("validate");
    assert_eq!(said.matches("Write it into a file whose name ends with .tf").count(), 2, "{said}");
}

#[test]
fn an_environment_without_its_flag_is_recognized() {
    let project = Project::shop();
    assert!(project.refused("plan -e preview").contains("-e preview/NAME"));
    for (words, meant) in [
        ("plan staging", "terrace plan -e staging"),
        ("drift production", "terrace drift -e production"),
        ("apply staging", "terrace apply -e staging"),
        ("destroy staging", "terrace destroy -e staging"),
        ("show staging", "terrace show -e staging"),
    ] {
        let said = project.refused(words);
        assert!(said.contains(meant), "{words}: {said}");
    }
}

#[test]
fn flags_that_contradict_the_command_are_refused_before_anything_is_looked_at() {
    let project = Project::shop();
    for (words, part) in [
        ("destroy -e staging -refresh-only -auto-approve", "Contradicting flags"),
        ("refresh -e staging -destroy", "Contradicting flags"),
    ] {
        let said = project.refused(words);
        assert!(said.contains(part), "{words}: {said}");
    }
    project.fine("plan -e staging -out=normal.plan");
    let said = project.refused("destroy normal.plan");
    assert!(said.contains("Plan of another kind"), "{said}");
}

#[test]
fn a_renamed_environment_leaves_no_line_behind() {
    let project = Project::shop();
    project.fine("apply -e staging -auto-approve");
    project.write(
        "terrace.hcl",
        &TERRACE
            .replace("\"staging\" {", "\"stage\" {")
            .replace("extends = \"staging\"", "extends = \"stage\""),
    );
    assert!(project.fine("envs").contains("not declared"));
    project.fine("state adopt -e stage staging");
    let told = project.fine("envs");
    assert!(!told.contains("not declared"), "{told}");
}

#[test]
fn an_instance_whose_key_was_left_out_is_one_of_these() {
    let project = Project::shop();
    project.fine("apply -e production --confirm production");
    for words in
        ["state show -e production terraform_data.instance", "taint -e production terraform_data.instance"]
    {
        let said = project.refused(words);
        assert!(
            said.contains("It has instances: terraform_data.instance[0], terraform_data.instance[1]"),
            "{said}"
        );
    }
    let said = project.run("plan -e production -replace=terraform_data.instnace[0]");
    assert!(said.err.contains("Did you mean terraform_data.instance[0]?"), "{}", said.err);
    let said = project.run("plan -e production -target=terraform_data.instnace");
    assert!(said.err.contains("Did you mean terraform_data.instance?"), "{}", said.err);
}

#[test]
fn a_module_and_a_provider_that_are_nearly_called_so_are_recognized() {
    let project = Project::of(&[
        ("main.tf", "module \"worker\" {\n  source = \"./modules/wroker\"\n}\n"),
        ("modules/worker/main.tf", ""),
    ]);
    assert!(project.refused("validate").contains("Did you mean \"./modules/worker\"?"));
    let project = Project::of(&[(
        "main.tf",
        "terraform {\n  required_providers {\n    random = {\n      source = \"hashicrop/random\"\n    }\n    local = {\n      \
         source = \"hashicorp/local\"\n      version = \"~> 9.1\"\n    }\n  }\n}\nresource \"random_pet\" \"a\" {\n}\n",
    )]);
    let said = project.run("init");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("did you mean hashicorp/random?"), "{}", said.out);
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("asks for another one"), "{told}");
    assert!(project.refused("plan").contains("Did you mean hashicorp/random?"));
}
