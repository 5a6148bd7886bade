//! Somebody else, before and after the plan.

use super::{Project, SHOP, Said};
use crate::support::aws::Aws;

/// Plans and applies for somebody else, in a place of their own.
fn somebody(aws: &Aws, text: &str, arguments: &[&str]) {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("main.tf"), format!("{}{text}", super::HEAD)).unwrap();
    let output = aws.terrace(folder.path()).args(arguments).output().unwrap();
    Said::of(&output).fine();
}

#[test]
fn a_name_that_is_taken_is_told_while_planning() {
    let project = Project::of(SHOP);
    somebody(&project.aws, SHOP, &["apply", "-auto-approve"]);
    project.plan(&[]).failed().says("Stack exists already").says("terrace import");
    assert_eq!(project.count("CreateChangeSet"), 1);
}

#[test]
fn a_stack_under_review_is_ours_or_not() {
    let project = Project::of(SHOP);
    // One of ours, whose plan nobody has given up yet.
    somebody(&project.aws, SHOP, &["plan", "-out=plan"]);
    assert_eq!(project.aws.stack("shop").status(), "REVIEW_IN_PROGRESS");
    project.plan(&[]).fine();
    assert_eq!(project.aws.stack("shop").status(), "REVIEW_IN_PROGRESS");
    assert_eq!(project.aws.stack("shop").change_sets().len(), 1);
    project.aws.stack("shop").change(|stack| "by-hand".clone_into(&mut stack.change_sets[0].name));
    project.plan(&[]).failed().says("Stack is under review").says("by-hand");
    project.aws.stack("shop").change(|stack| "terrace-1".clone_into(&mut stack.change_sets[0].name));
    project.apply(&[]).fine();
    project.rests();
}

#[test]
fn a_place_for_change_sets_of_ours_makes_way_for_the_stack() {
    let project = Project::of(&SHOP.replace("tags =", "timeout_in_minutes = 9\n  tags ="));
    somebody(&project.aws, SHOP, &["plan", "-out=plan"]);
    project.apply(&[]).fine();
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
    project.rests();
}

#[test]
fn a_plan_that_was_overtaken_does_nothing() {
    let project = Project::applied(SHOP);
    project.plan(&["-out=plan", "-var=size=large"]).fine();
    let shop = project.aws.stack("shop");
    // Another one is executed first.
    project.apply(&["-var=size=medium"]).fine();
    let executed = project.count("ExecuteChangeSet");
    project.run(&["apply", "plan"]).failed();
    assert_eq!(project.count("ExecuteChangeSet"), executed);
    assert_eq!(shop.resource("Database").unwrap().properties["DBInstanceClass"], "medium");
}

#[test]
fn who_was_faster_is_told_as_far_as_it_is_known() {
    let project = Project::applied(SHOP);
    project.plan(&["-out=plan", "-var=size=large"]).fine();
    let body = project.aws.asked("CreateChangeSet")[0].text("TemplateBody").replace("small", "medium");
    let update = [("StackName", "shop"), ("TemplateBody", &*body), ("ClientRequestToken", "console-42")];
    super::super::fake::done(&project.aws, "UpdateStack", &update);
    for _ in 0..20 {
        super::super::fake::done(&project.aws, "DescribeStacks", &[("StackName", "shop")]);
    }
    let said = project.run(&["apply", "plan"]).failed();
    said.says("Stack has changed since the plan")
        .says("by the operation console-42")
        .says("Nothing was done; plan again");
    let shop = project.aws.stack("shop");
    assert_eq!(shop.resource("Database").unwrap().properties["DBInstanceClass"], "medium");
    // The template that somebody else gave it is seen as what it is.
    project.plan(&[]).fine().says("medium");
    project.apply(&[]).fine();
    assert_eq!(shop.resource("Database").unwrap().properties["DBInstanceClass"], "small");
    project.rests();
}

#[test]
fn a_stack_that_somebody_deleted_is_made_again() {
    let project = Project::applied(SHOP);
    super::super::fake::done(&project.aws, "DeleteStack", &[("StackName", "shop")]);
    // It goes while it is looked at.
    project.apply(&[]).fine().says("1 added, 0 changed, 0 destroyed");
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
    project.rests();
}

#[test]
fn what_somebody_else_is_doing_is_waited_for() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    shop.takes("Database", 8);
    let body = project.aws.asked("CreateChangeSet")[0].text("TemplateBody").replace("small", "medium");
    super::super::fake::done(&project.aws, "UpdateStack", &[("StackName", "shop"), ("TemplateBody", &body)]);
    assert_eq!(shop.status(), "UPDATE_IN_PROGRESS");
    let said = project.apply(&[]).fine();
    said.says("Stack was being changed").says("UPDATE_IN_PROGRESS");
    assert_eq!(shop.resource("Database").unwrap().properties["DBInstanceClass"], "small");
}

#[test]
fn a_stack_that_is_elsewhere_is_not_taken_for_gone() {
    let project = Project::applied(SHOP);
    project.aws.add_key("other", "222222222222");
    for (name, value, why) in [
        ("AWS_REGION", "us-east-1", "is in the region eu-central-1, and us-east-1 is asked"),
        (
            "AWS_ACCESS_KEY_ID",
            "other",
            "is in the account 123456789012, and the credentials are of the account 222222222222",
        ),
    ] {
        for arguments in
            [&["plan"][..], &["destroy", "-auto-approve"], &["destroy", "-auto-approve", "-refresh=false"]]
        {
            let said = Said::of(&project.command(arguments).env(name, value).output().unwrap()).failed();
            said.says("Object is elsewhere").says(why);
        }
    }
    project.run(&["state", "list"]).fine().says("aws_cloudformation_stack.shop");
    project.apply(&[]).fine().says("0 added, 0 changed, 0 destroyed");
}

#[test]
fn who_this_is_may_be_left_unasked() {
    let project = Project::of(SHOP);
    let file = project.folder.path().join("main.tf");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("environment_tags =", "skip_requesting_account_id = true\n  environment_tags =");
    std::fs::write(&file, text).unwrap();
    project.apply(&[]).fine();
    project.aws.world().remove("shop");
    project.apply(&[]).fine().says("1 added");
    assert!(project.aws.asked("sts:*").is_empty());
}
