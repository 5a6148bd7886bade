//! What the real service does beside what it is asked for: it learns late, forgets, and ends sessions.

use super::{Project, SHOP};
use crate::support::aws::{When, World};

#[test]
fn what_was_asked_for_just_now_and_is_not_known_yet_is_waited_for() {
    let project = Project::of(&SHOP.replace("tags =", "timeout_in_minutes = 9\n  tags ="));
    let unknown = "Stack with id shop does not exist";
    project.aws.on("DescribeStacks").nth(2).fails(400, "ValidationError", unknown);
    project.aws.on("DescribeStacks").nth(3).fails(400, "ValidationError", unknown);
    project.aws.on("DescribeStackEvents").first(2).fails(
        400,
        "ValidationError",
        "Stack [shop] does not exist",
    );
    project.apply(&[]).fine().says("1 added");
    project.write(SHOP);
    let nowhere = "ChangeSet [terrace] does not exist";
    project.aws.on("DescribeChangeSet").first(2).fails(404, "ChangeSetNotFound", nowhere);
    project.apply(&["-var=size=large"]).fine().says("1 changed");
    assert_eq!(project.count("CreateChangeSet"), 1);
    project.run(&["plan", "-detailed-exitcode", "-var=size=large"]).fine();
}

#[test]
fn a_role_that_was_made_just_now_is_waited_for() {
    let role = "iam_role_arn = \"arn:aws:iam::123456789012:role/deploy\"\n  timeout_in_minutes = 9\n  tags =";
    let project = Project::of(&SHOP.replace("tags =", role));
    let unknown = "Role arn:aws:iam::123456789012:role/deploy is invalid or cannot be assumed";
    project.aws.on("CreateStack").first(2).fails(400, "ValidationError", unknown);
    project.apply(&[]).fine().says("1 added");
    assert_eq!(project.count("CreateStack"), 3);
    project.rests();
}

#[test]
fn a_protected_stack_that_could_not_be_made_is_made_anew() {
    let text =
        SHOP.replace("tags =", "timeout_in_minutes = 9\n  enable_termination_protection = true\n  tags =");
    let project = Project::of(&text);
    project.aws.stack("shop").fails_once(When::Create, "Database", "No room");
    project.apply(&[]).failed().says("No room");
    assert_eq!(project.aws.stack("shop").status(), "ROLLBACK_COMPLETE");
    project.apply(&[]).fine().says("1 added, 0 changed, 1 destroyed");
    assert!(project.aws.stack("shop").now().unwrap().termination_protection);
    project.rests();
}

#[test]
fn a_stack_inside_of_a_stack_may_lose_what_nobody_tells() {
    let nested = |address: &str| {
        format!(
            "Inner = {{ Type = \"AWS::CloudFormation::Stack\", Properties = {{ TemplateURL = \"{address}\" }} }}\n      Topic = {{"
        )
    };
    let text = |address: &str| SHOP.replace("Topic = {", &nested(address));
    let project = Project::applied(&text("https://shop.s3.amazonaws.com/one"));
    project.write(&text("https://shop.s3.amazonaws.com/two"));
    project
        .plan(&[])
        .fine()
        .says("What becomes of the resources in Inner, a stack inside of this one")
        .says("may be their loss");
    project.write(SHOP);
    project.plan(&[]).fine().says("Inner (AWS::CloudFormation::Stack): destroyed, and its data is lost");
}

#[test]
fn what_a_stack_leaves_behind_is_told() {
    let text = SHOP.replace("DeletionPolicy      = \"Snapshot\"", "DeletionPolicy      = \"Retain\"");
    let project = Project::applied(&text);
    let said = project.run(&["destroy", "-auto-approve"]).fine();
    said.says(
        "Database (AWS::RDS::DBInstance): DELETE_SKIPPED: it stays, and the stack looks after it no more",
    );
}

#[test]
fn a_session_that_ends_while_a_stack_is_made_is_begun_anew() {
    let role =
        "assume_role {\n    role_arn = \"arn:aws:iam::222222222222:role/deploy\"\n  }\n  environment_tags =";
    let of_role = || {
        let project = Project::of(SHOP);
        let file = project.folder.path().join("main.tf");
        let text = std::fs::read_to_string(&file).unwrap().replacen("environment_tags =", role, 1);
        std::fs::write(&file, text).unwrap();
        project
    };
    let project = of_role();
    project.apply(&[]).fine();
    let usual = project.aws.asked("AssumeRole").len();

    let project = of_role();
    project.aws.on("DescribeStackEvents").nth(2).comes_after(World::expire_sessions);
    project.apply(&[]).fine().says("1 added");
    assert_eq!(project.aws.asked("AssumeRole").len(), usual + 1);
    // One whose role is taken away in the middle ends at once, and says so.
    project.aws.on("DescribeStackEvents").nth(2).comes_after(|world| {
        world.close_role("arn:aws:iam::222222222222:role/deploy");
        world.expire_sessions();
    });
    let said = project.apply(&["-var=size=large"]).failed();
    said.says("Stack cannot be followed").says("not authorized");
}
