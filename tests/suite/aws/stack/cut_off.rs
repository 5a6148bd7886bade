//! Runs that are cut off while CloudFormation works.

use std::process::Child;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Project, SHOP, Said};
use crate::support::aws::{Pace, When};

/// Waits until the stack is at work.
fn until(project: &Project, status: &str) {
    let from = Instant::now();
    while project.aws.stack("shop").status() != status {
        assert!(from.elapsed() < Duration::from_secs(20), "it is {}", project.aws.stack("shop").status());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(running: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(running.id()).unwrap()), signal).unwrap();
}

/// Slow enough to be caught.
fn slow(project: &Project) {
    project.aws.set_pace(Pace::Every(Duration::from_millis(100)));
    project.aws.stack("shop").takes("Database", 10);
}

#[test]
fn a_stack_that_was_being_made_is_found_again() {
    let project = Project::of(SHOP);
    slow(&project);
    let mut running = project.begin(&["apply", "-auto-approve"]);
    until(&project, "CREATE_IN_PROGRESS");
    running.kill().unwrap();
    running.wait().unwrap();
    let said = project.apply(&[]).fine();
    said.says("was being created; it was found")
        .says("0 added, 0 changed, 0 destroyed")
        .says(
            "shop: shop (AWS::CloudFormation::Stack): CREATE_IN_PROGRESS: begun before, waiting for its end",
        )
        .says("aws_cloudformation_stack.shop: Database (AWS::RDS::DBInstance): CREATE_COMPLETE");
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
    project.rests();
}

#[test]
fn a_stack_that_was_asked_for_without_a_change_set_is_found_too() {
    let project = Project::of(&SHOP.replace("tags =", "timeout_in_minutes = 9\n  tags ="));
    slow(&project);
    let mut running = project.begin(&["apply", "-auto-approve"]);
    until(&project, "CREATE_IN_PROGRESS");
    running.kill().unwrap();
    running.wait().unwrap();
    project.apply(&[]).fine().says("it was found").says("0 added, 0 changed, 0 destroyed");
    assert_eq!(project.count("CreateStack"), 1);
    project.rests();
}

#[test]
fn one_that_never_came_to_be_is_made_anew() {
    let project = Project::of(SHOP);
    project.aws.on("ExecuteChangeSet").never_answers();
    let mut running = project.begin(&["apply", "-auto-approve"]);
    let from = Instant::now();
    while project.count("ExecuteChangeSet") == 0 {
        assert!(from.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    project.apply(&[]).fine().says("does not exist").says("1 added");
    project.rests();
}

#[test]
fn a_change_that_was_under_way_is_waited_for() {
    let project = Project::applied(SHOP);
    slow(&project);
    let mut running = project.begin(&["apply", "-auto-approve", "-var=size=large"]);
    until(&project, "UPDATE_IN_PROGRESS");
    running.kill().unwrap();
    running.wait().unwrap();
    let said = project.apply(&["-var=size=large"]).fine();
    said.says("was being changed")
        .says("begun before, waiting for its end")
        .says("aws_cloudformation_stack.shop: Database (AWS::RDS::DBInstance): UPDATE_COMPLETE");
    // What is changed is what the state has of the template's object.
    assert_eq!(project.count("ExecuteChangeSet"), 2);
    project.run(&["plan", "-detailed-exitcode", "-var=size=large"]).fine();
}

#[test]
fn asked_twice_to_stop_it_leaves_at_once_and_goes_on_later() {
    let project = Project::of(SHOP);
    slow(&project);
    let running = project.begin(&["apply", "-auto-approve"]);
    until(&project, "CREATE_IN_PROGRESS");
    signal(&running, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(50));
    let from = Instant::now();
    signal(&running, Signal::SIGINT);
    let output = running.wait_with_output().unwrap();
    assert!(from.elapsed() < Duration::from_secs(2), "{:?}", from.elapsed());
    Said::of(&output).failed();
    project.apply(&[]).fine().says("0 added, 0 changed, 0 destroyed");
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    project.rests();
}

#[test]
fn asked_once_to_stop_it_waits_for_the_stack() {
    let project = Project::of(SHOP);
    slow(&project);
    let running = project.begin(&["apply", "-auto-approve"]);
    until(&project, "CREATE_IN_PROGRESS");
    signal(&running, Signal::SIGTERM);
    running.wait_with_output().unwrap();
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
    project.apply(&[]).fine().says("0 added, 0 changed, 0 destroyed");
}

#[test]
fn what_takes_longer_than_it_may_is_left_to_go_on() {
    let project = Project::of(&SHOP.replace("tags =", "timeouts {\n    create = \"300ms\"\n  }\n  tags ="));
    slow(&project);
    let said = project.apply(&[]).failed();
    said.says("Stack takes too long").says("The operation goes on in AWS");
    assert_eq!(project.aws.stack("shop").status(), "CREATE_IN_PROGRESS");
    // The next run waits for it as long again, and one of them sees it done: nothing is made twice or unmade.
    let mut runs = 0;
    let said = loop {
        let said = project.apply(&[]);
        runs += 1;
        if said.fine || runs > 40 {
            break said.fine();
        }
        said.failed().says("Stack is being changed");
    };
    said.says("it was found").says("0 added, 0 changed, 0 destroyed");
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    assert_eq!(project.count("DeleteStack"), 0);
    project.rests();
}

#[test]
fn what_takes_too_long_and_fails_in_the_end_is_made_anew() {
    let project = Project::of(&SHOP.replace("tags =", "timeouts {\n    create = \"300ms\"\n  }\n  tags ="));
    slow(&project);
    project.aws.stack("shop").fails_once(When::Create, "Database", "No room");
    project.apply(&[]).failed().says("Stack takes too long");
    project.aws.set_pace(Pace::Looks);
    project.apply(&[]).fine().says("it was found").says("1 added, 0 changed, 1 destroyed");
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
}

#[test]
fn a_service_that_is_not_to_be_had_for_a_while_is_waited_for() {
    let project = Project::of(SHOP);
    let file = project.folder.path().join("main.tf");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("environment_tags =", "max_retries = 0\n  environment_tags ="))
        .unwrap();
    project.aws.stack("shop").takes("Database", 10);
    project.aws.on("DescribeStackEvents").nth(3).breaks(503);
    project.aws.on("DescribeStackEvents").nth(3).breaks(503);
    project.apply(&[]).fine();
    project.aws.on("DescribeStackEvents").always().breaks(503);
    let said = project.apply(&["-var=size=large"]).failed();
    said.says("Stack cannot be followed").says("503").says("The operation goes on in AWS");
}

#[test]
fn a_word_that_every_resource_is_given_is_not_repeated() {
    let project = Project::of(SHOP);
    let said = project.apply(&[]).fine().keeps_to_itself("Initiated");
    assert_eq!(
        said.text.matches("Database (AWS::RDS::DBInstance): CREATE_IN_PROGRESS").count(),
        1,
        "{}",
        said.text
    );
    project.apply(&["-var=bucket=goods"]).fine().says("requires the creation of a new physical resource");
}
