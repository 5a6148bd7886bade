//! Stacks that fail, in every way that CloudFormation has for it.

use super::{Project, SHOP};
use crate::support::aws::When;

const REASON: &str = "The subnet group has one zone only";

fn with(argument: &str) -> String {
    SHOP.replace("tags =", &format!("{argument}\n  tags ="))
}

#[test]
fn a_stack_that_was_not_made_says_why_and_is_made_again() {
    let project = Project::of(SHOP);
    let shop = project.aws.stack("shop");
    shop.takes("Bucket", 1).takes("Database", 3).fails_once(When::Create, "Database", REASON);
    let said = project.apply(&[]).failed();
    said.says("Stack was not made")
        .says(&format!("- Database (AWS::RDS::DBInstance) CREATE_FAILED: {REASON}"))
        .says("It rolled back: ")
        .says("Bucket deleted")
        .says("The stack shop is now in the status ROLLBACK_COMPLETE")
        .keeps_to_itself("Resource creation cancelled");
    assert_eq!(shop.status(), "ROLLBACK_COMPLETE");
    project.apply(&[]).fine().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(shop.status(), "CREATE_COMPLETE");
    project.rests();
}

#[test]
fn the_first_cause_comes_first() {
    let project = Project::of(SHOP);
    let shop = project.aws.stack("shop");
    shop.fails_once(When::Create, "Bucket", "taken").takes("Database", 5);
    let said = project.apply(&[]).failed().text;
    let causes: Vec<&str> = said.lines().filter(|line| line.starts_with("- ")).collect();
    assert_eq!(causes.len(), 1, "{said}");
    assert!(causes[0].contains("Bucket (AWS::S3::Bucket) CREATE_FAILED: taken"), "{said}");
}

#[test]
fn a_stack_is_gone_where_that_is_asked_for() {
    let project = Project::of(&with("on_failure = \"DELETE\""));
    let shop = project.aws.stack("shop");
    shop.fails_once(When::Create, "Database", REASON);
    project.apply(&[]).failed().says(REASON).says("is gone, as on_failure asks for");
    assert_eq!(shop.status(), "DELETE_COMPLETE");
    project.apply(&[]).fine().says("1 added, 0 changed, 0 destroyed");
    project.rests();
}

#[test]
fn a_stack_is_left_to_be_looked_at_where_that_is_asked_for() {
    for argument in ["disable_rollback = true", "on_failure = \"DO_NOTHING\""] {
        let project = Project::of(&with(argument));
        let shop = project.aws.stack("shop");
        shop.fails_once(When::Create, "Topic", REASON);
        project.apply(&[]).failed().says(REASON).says("CREATE_FAILED").says("is still there to be looked at");
        assert_eq!(shop.status(), "CREATE_FAILED");
        assert!(shop.resource("Bucket").is_some());
        project.apply(&[]).fine().says("1 added, 0 changed, 1 destroyed");
        project.rests();
    }
}

#[test]
fn a_change_that_failed_leaves_the_stack_and_the_state_as_they_were() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    shop.fails_once(When::Update, "Database", REASON);
    let said = project.apply(&["-var=size=large"]).failed();
    said.says("Stack was not changed")
        .says(&format!("- Database (AWS::RDS::DBInstance) UPDATE_FAILED: {REASON}"))
        .says("UPDATE_ROLLBACK_COMPLETE")
        .says("It is as it was before");
    assert_eq!(shop.resource("Database").unwrap().properties["DBInstanceClass"], "small");
    project.rests();
    project.apply(&["-var=size=large"]).fine().says("0 added, 1 changed, 0 destroyed");
}

#[test]
fn a_rollback_that_failed_has_a_way_out_that_people_take() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    shop.fails_once(When::Update, "Database", REASON).fails_always(When::Restore, "Database", "still not");
    let way_out = "aws cloudformation continue-update-rollback --stack-name shop --region eu-central-1";
    let said = project.apply(&["-var=size=large"]).failed();
    said.says(REASON).says("UPDATE_ROLLBACK_FAILED").says(way_out).says("--resources-to-skip Database");
    assert_eq!(shop.status(), "UPDATE_ROLLBACK_FAILED");
    // It is told whatever is planned, and nothing can be changed.
    project.plan(&[]).fine().says("Rollback of a stack has failed").says(way_out);
    project.plan(&["-var=size=large"]).failed().says("--resources-to-skip Database");
    assert_eq!(project.count("ContinueUpdateRollback"), 0);
}

#[test]
fn a_stack_that_does_not_go_says_what_holds_it() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    shop.fails_once(When::Delete, "Bucket", "The bucket is not empty");
    let said = project.run(&["destroy", "-auto-approve"]).failed();
    said.says("Stack was not deleted")
        .says("- Bucket (AWS::S3::Bucket) DELETE_FAILED: The bucket is not empty")
        .says("--retain-resources Bucket");
    assert_eq!(shop.status(), "DELETE_FAILED");
    project.plan(&[]).fine().says("Stack has to be made again").says("must be replaced");
    project.run(&["destroy", "-auto-approve"]).fine();
    assert_eq!(shop.status(), "DELETE_COMPLETE");
}

#[test]
fn a_stack_that_is_spent_is_found_and_made_again() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    for status in ["ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"] {
        shop.set_status(status, "somebody tried");
        project.plan(&[]).fine().says("Stack has to be made again").says(status).says("must be replaced");
    }
    project.apply(&[]).fine().says("1 added, 0 changed, 1 destroyed");
    project.rests();
}

#[test]
fn what_cannot_be_worked_out_is_told_while_planning() {
    let text = SHOP.replace("\"AWS::SNS::Topic\"", "\"AWS::IAM::Role\"");
    let project = Project::of(&text);
    project.plan(&[]).failed().says("CAPABILITY");
    assert_ne!(project.aws.stack("shop").status(), "REVIEW_IN_PROGRESS");
    project.write(&text.replace("tags =", "capabilities = [\"CAPABILITY_IAM\"]\n  tags ="));
    project.apply(&[]).fine();
    project.rests();
}

#[test]
fn a_service_that_is_busy_or_breaks_off_is_asked_again() {
    let project = Project::of(SHOP);
    project.aws.on("DescribeStacks").first(2).throttles();
    project.aws.on("CreateChangeSet").loses_answer();
    project.aws.on("DescribeStackEvents").nth(2).breaks(503);
    project.aws.on("ExecuteChangeSet").loses_answer();
    project.apply(&[]).fine();
    assert_eq!(project.aws.stack("shop").status(), "CREATE_COMPLETE");
    let tokens: Vec<String> =
        project.aws.asked("ExecuteChangeSet").iter().map(|ask| ask.text("ClientRequestToken")).collect();
    assert!(tokens.len() == 2 && tokens[0] == tokens[1], "{tokens:?}");
    project.rests();
}

#[test]
fn an_account_that_may_make_no_change_sets_gets_along_without() {
    let project = Project::of(SHOP);
    let denied = "User is not authorized to perform: cloudformation:CreateChangeSet";
    project.aws.on("CreateChangeSet").always().fails(403, "AccessDenied", denied);
    project.apply(&[]).fine();
    assert_eq!((project.count("CreateStack"), project.count("ExecuteChangeSet")), (1, 0));
    project.rests();
    project.aws.on("GetTemplate").always().fails(403, "AccessDenied", denied);
    project.aws.on("DescribeStackEvents").always().fails(403, "AccessDenied", denied);
    project.apply(&["-var=size=large"]).fine();
    assert_eq!(project.count("UpdateStack"), 1);
    assert_eq!(project.aws.stack("shop").status(), "UPDATE_COMPLETE");
}
