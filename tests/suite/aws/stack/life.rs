//! A stack from its first plan to its end, with nothing going wrong.

use serde_json::Value;

use super::{Project, SHOP};

#[test]
fn the_change_set_that_was_planned_is_the_one_that_is_executed() {
    let project = Project::of(SHOP);
    project.plan(&["-out=plan"]).fine();
    let shop = project.aws.stack("shop");
    assert_eq!(shop.status(), "REVIEW_IN_PROGRESS");
    let planned = shop.change_sets();
    assert_eq!(planned.len(), 1);
    assert!(planned[0].name.starts_with("terrace-"));

    project.run(&["apply", "plan"]).fine().says("bucket = \"wares\"");
    assert_eq!(shop.status(), "CREATE_COMPLETE");
    let executed = project.aws.asked("ExecuteChangeSet");
    assert_eq!(executed.len(), 1);
    assert_eq!(executed[0].text("ChangeSetName"), planned[0].id);
    assert!(!executed[0].text("ClientRequestToken").is_empty());
    assert_eq!((project.count("CreateChangeSet"), project.count("CreateStack")), (1, 0));
    project.rests();
    assert_eq!(project.count("CreateChangeSet"), 1);
}

#[test]
fn a_change_is_shown_as_a_change_set_and_done_as_that() {
    let project = Project::applied(SHOP);
    let shop = project.aws.stack("shop");
    let before = shop.resource("Database").unwrap().physical;
    project.plan(&["-out=plan", "-var=size=large"]).fine();
    assert_eq!(shop.status(), "CREATE_COMPLETE");
    let planned = shop.change_sets().into_iter().find(|set| set.execution_status == "AVAILABLE").unwrap();
    project.run(&["apply", "plan"]).fine();
    assert_eq!(shop.status(), "UPDATE_COMPLETE");
    assert_eq!(project.aws.asked("ExecuteChangeSet")[1].text("ChangeSetName"), planned.id);
    let database = shop.resource("Database").unwrap();
    assert_eq!(database.properties["DBInstanceClass"], "large");
    assert_eq!(database.physical, before);
    project.run(&["plan", "-detailed-exitcode", "-var=size=large"]).fine();
}

#[test]
fn what_a_change_does_not_touch_stays_known_to_others() {
    let project = Project::applied(SHOP);
    // The name of the bucket has nothing to do with the size of the database.
    project.apply(&["-var=size=large"]).fine().keeps_to_itself("known after apply");
    let tagged = SHOP.replace("team = \"shop\"", "team = \"wares\"");
    project.write(&tagged);
    project.apply(&["-var=size=large"]).fine().keeps_to_itself("~ outputs");
    project
        .apply(&["-var=size=large", "-var=bucket=goods"])
        .fine()
        .says("known after apply")
        .says("bucket = \"goods\"");
    let gone = tagged.replace(
        "Outputs = { Bucket = { Value = { Ref = \"Bucket\" } } }",
        "Outputs = { Topic = { Value = { Ref = \"Topic\" } } }",
    );
    project.write(&gone.replace("outputs[\"Bucket\"]", "outputs[\"Topic\"]"));
    project.apply(&["-var=size=large", "-var=bucket=goods"]).fine();
    project.run(&["plan", "-detailed-exitcode", "-var=size=large", "-var=bucket=goods"]).fine();
}

#[test]
fn the_revision_is_known_when_the_change_set_is_made() {
    let project = Project::of(SHOP);
    let file = project.folder.path().join("main.tf");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("environment_tags = false", "")).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"]] {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=me", "-c", "user.email=me@example.org"]).args(arguments);
        assert!(git.current_dir(project.folder.path()).status().unwrap().success());
    }
    project.apply(&[]).fine();
    let shop = project.aws.stack("shop");
    let tags = project.aws.asked("CreateChangeSet")[0].parameters["Tags"].to_string();
    assert!(tags.contains("terrace:revision") && tags.contains("terrace:environment"), "{tags}");
    assert_eq!((shop.status().as_str(), project.count("CreateStack")), ("CREATE_COMPLETE", 0));
    project.rests();
}

#[test]
fn events_are_told_while_they_come() {
    let project = Project::of(SHOP);
    project.aws.stack("shop").takes("Database", 4);
    project.aws.set_page(2);
    let said = project.apply(&["-json"]).fine().text;
    for part in ["Bucket", "Database", "Topic"] {
        let told = said
            .lines()
            .filter(|line| line.contains(&format!("\"{part}\"")) && line.contains("CREATE_COMPLETE"));
        // Once each, however often was looked.
        if told.clone().count() > 1 {
            panic!("{part} is told more than once:\n{said}");
        }
    }
}

#[test]
fn what_is_destroyed_goes_as_its_template_says() {
    let project = Project::applied(SHOP);
    project.run(&["destroy", "-auto-approve"]).fine();
    assert_eq!(project.aws.stack("shop").status(), "DELETE_COMPLETE");
    assert_eq!(project.aws.snapshots().len(), 1);
    let asked = project.aws.asked("DeleteStack");
    assert!(asked[0].text("StackName").starts_with("arn:"));
    assert!(!asked[0].text("ClientRequestToken").is_empty());
}

#[test]
fn a_plan_that_is_only_looked_at_leaves_nothing_behind() {
    let project = Project::of(SHOP);
    project.plan(&[]).fine();
    assert_eq!(project.count("CreateChangeSet"), 1);
    assert!(project.aws.stack("shop").status().starts_with("DELETE_"));
    project.apply(&[]).fine();
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    project.plan(&["-var=size=large"]).fine();
    let open = |set: &crate::support::aws::ChangeSet| set.execution_status == "AVAILABLE";
    assert_eq!(project.aws.stack("shop").change_sets().into_iter().filter(open).count(), 0);
}

#[test]
fn protection_is_given_and_taken_without_a_change_set() {
    let protected = SHOP.replace("tags =", "enable_termination_protection = true\n  tags =");
    let project = Project::applied(&protected);
    let shop = project.aws.stack("shop");
    assert!(shop.now().unwrap().termination_protection);
    project.rests();
    project
        .run(&["plan", "-destroy"])
        .failed()
        .says("Stack is protected")
        .says("enable_termination_protection = false");
    assert_eq!(project.count("DeleteStack"), 0);

    project.write(&protected.replace("protection = true", "protection = false"));
    project.apply(&[]).fine();
    assert!(!shop.now().unwrap().termination_protection);
    assert_eq!(project.count("CreateChangeSet"), 1);
    project.run(&["destroy", "-auto-approve"]).fine();
}

#[test]
fn a_policy_comes_with_the_stack_and_changes_without_it() {
    let policy = r#"policy_body = jsonencode({ Statement = [{ Effect = "Allow", Action = "Update:*", Principal = "*", Resource = "*" }] })"#;
    let text = SHOP.replace("tags =", &format!("{policy}\n  tags ="));
    let project = Project::applied(&text);
    let shop = project.aws.stack("shop");
    assert!(shop.now().unwrap().policy.unwrap().contains("Update:*"));
    // A policy is about changes of a stack and not about its making, so that a change set shows all of it.
    assert_eq!((project.count("CreateStack"), project.count("CreateChangeSet")), (0, 1));
    project.rests();
    let spaced = text
        .replace("policy_body = jsonencode(", "policy_body = format(\"  %s\", jsonencode(")
        .replace("Resource = \"*\" }] })", "Resource = \"*\" }] }))");
    assert_ne!(spaced, text);
    project.write(&spaced);
    project.rests();
    project.write(&text.replace("Update:*", "Update:Modify"));
    project.apply(&[]).fine();
    assert!(shop.now().unwrap().policy.unwrap().contains("Update:Modify"));
    assert_eq!(project.count("CreateChangeSet"), 1);
}

#[test]
fn a_policy_that_could_not_be_set_is_set_by_the_next_run() {
    let policy = r#"policy_body = jsonencode({ Statement = [{ Effect = "Allow", Action = "Update:*", Principal = "*", Resource = "*" }] })"#;
    let project = Project::of(&SHOP.replace("tags =", &format!("{policy}\n  tags =")));
    project.aws.on("SetStackPolicy").fails(403, "AccessDenied", "no");
    project.apply(&[]).fine().says("Policy of a stack was not set").says("1 added");
    assert_eq!(project.aws.stack("shop").now().unwrap().policy, None);
    project.plan(&[]).fine().says("policy_body");
    project.apply(&[]).fine().says("0 added, 1 changed, 0 destroyed");
    assert!(project.aws.stack("shop").now().unwrap().policy.unwrap().contains("Update:*"));
    project.rests();
}

#[test]
fn a_stack_with_a_limit_of_its_own_is_asked_for_with_it() {
    let project = Project::applied(&SHOP.replace("tags =", "timeout_in_minutes = 20\n  tags ="));
    assert_eq!(project.aws.asked("CreateStack")[0].text("TimeoutInMinutes"), "20");
    project.rests();
}

#[test]
fn tags_change_with_a_change_set() {
    let project = Project::applied(SHOP);
    project.write(&SHOP.replace("team = \"shop\"", "team = \"wares\""));
    project.apply(&[]).fine();
    assert_eq!(project.count("ExecuteChangeSet"), 2);
    project.rests();
    project.write(&SHOP.replace("tags = { team = \"shop\" }", ""));
    project.apply(&[]).fine();
    project.rests();
}

#[test]
fn a_stack_is_taken_over_by_its_name_and_by_its_arn() {
    let project = Project::applied(SHOP);
    let id = project.aws.stack("shop").id();
    for known in ["shop", &id] {
        project.run(&["state", "rm", "aws_cloudformation_stack.shop"]).fine();
        project.run(&["import", "aws_cloudformation_stack.shop", known]).fine();
        let state: Value = serde_json::from_str(&project.run(&["state", "pull"]).fine().text).unwrap();
        let attributes = &state["resources"][0]["instances"][0]["attributes"];
        assert_eq!(attributes["id"], *id);
        assert_eq!(attributes["name"], "shop");
        assert_eq!(attributes["tags"]["team"], "shop");
        assert_eq!(attributes["outputs"]["Bucket"], "wares");
        // That the template is written in the language now is nothing that CloudFormation has to know.
        project.apply(&[]).fine();
        project.rests();
    }
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    project.run(&["state", "rm", "aws_cloudformation_stack.shop"]).fine();
    project.run(&["import", "aws_cloudformation_stack.shop", "nothing"]).failed();
}

#[test]
fn a_stack_of_somebody_else_is_looked_up() {
    let project = Project::applied(SHOP);
    let both = format!(
        "{SHOP}
        data \"aws_cloudformation_stack\" \"shop\" {{
          name = \"shop\"
        }}
        output \"found\" {{ value = data.aws_cloudformation_stack.shop }}"
    );
    project.write(&both);
    project.apply(&[]).fine();
    let found: Value = serde_json::from_str(&project.run(&["output", "-json", "found"]).fine().text).unwrap();
    assert_eq!(found["outputs"]["Bucket"], "wares");
    assert_eq!(found["tags"]["team"], "shop");
    assert!(found["id"].as_str().unwrap().starts_with("arn:aws:cloudformation:"));
    assert!(found["template_body"].as_str().unwrap().contains("AWS::RDS::DBInstance"));
    project.write(&both.replace("{\n          name = \"shop\"", "{\n          name = \"nothing\""));
    project.plan(&[]).failed().says("There is no stack nothing");
}

#[test]
fn drift_is_looked_for_closely_and_shown() {
    let project = Project::applied(SHOP);
    project.aws.stack("shop").drifts("Topic", "/DisplayName", "somebody was here".into()).loses("Bucket");
    let said = project.run(&["drift"]);
    said.says("aws_cloudformation_stack.shop has changed").says("Topic").says("DisplayName").says("Bucket");
    assert_eq!(project.count("DetectStackDrift"), 1);
    // One looks at a time.
    let busy = "Drift detection is already in progress for stack shop";
    project.aws.on("DetectStackDrift").first(2).fails(400, "ValidationError", busy);
    project.run(&["drift"]).says("somebody was here").keeps_to_itself("not known");
    assert_eq!(project.count("DetectStackDrift"), 4);
}

#[test]
fn what_could_not_be_looked_at_is_not_called_free_of_drift() {
    let project = Project::applied(SHOP);
    project.aws.stack("shop").detection_fails("Access denied for operation DescribeTopic");
    let said = project.run(&["drift"]).failed().says("not wholly known").says("DescribeTopic");
    said.says("was not looked at completely").keeps_to_itself("No drift");
    // What was found is shown all the same.
    project.aws.stack("shop").drifts("Topic", "/DisplayName", "somebody was here".into());
    project.aws.stack("shop").detection_fails("Access denied for operation DescribeBucket");
    project.run(&["drift"]).failed().says("somebody was here").says("DescribeBucket");
    project.aws.on("DetectStackDrift").first(1).fails(400, "AccessDenied", "not for you");
    project.run(&["drift"]).failed().says("is not known").keeps_to_itself("No drift");
}

#[test]
fn another_name_is_another_stack() {
    let project = Project::applied(SHOP);
    project.write(&SHOP.replace("name = \"shop\"", "name = \"store\""));
    project.apply(&[]).fine().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(project.aws.stack("shop").status(), "DELETE_COMPLETE");
    assert_eq!(project.aws.stack("store").status(), "CREATE_COMPLETE");
    project.rests();
}
