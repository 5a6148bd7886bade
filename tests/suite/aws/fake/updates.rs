//! Changes of stacks: what is said of them before, how they go wrong, and who else has a hand in them.

use serde_json::json;

use super::stacks::{code, create, settle, template};
use super::{Aws, cloudformation, done, element};
use crate::support::aws::When;

#[test]
fn a_change_set_says_what_is_replaced_and_why() {
    let aws = Aws::start();
    create(&aws, "shop");
    settle(&aws, "shop");
    let renamed = template("large").replace("${AWS::StackName}-bucket", "renamed");
    let set = [("StackName", "shop"), ("ChangeSetName", "two")];
    done(&aws, "CreateChangeSet", &[&set[..], &[("TemplateBody", &renamed)]].concat());
    let changes = aws.stack("shop").change_sets()[0].changes.clone();
    let change = |name: &str| {
        let change = changes.iter().find(|change| change["ResourceChange"]["LogicalResourceId"] == name);
        change.map(|change| change["ResourceChange"].clone()).unwrap_or_default()
    };
    assert_eq!(change("Bucket")["Replacement"], "True");
    assert_eq!(change("Bucket")["PolicyAction"], "ReplaceAndDelete");
    assert_eq!(change("Database")["Replacement"], "False");
    let topic = change("Topic");
    assert_eq!(topic["Details"][0]["ChangeSource"], "ResourceAttribute");
    assert_eq!(topic["Details"][0]["Evaluation"], "Dynamic");
    assert_eq!(topic["Details"][0]["CausingEntity"], "Bucket.Arn");
    assert_eq!(topic["Details"][0]["Target"]["AfterValue"], "{{changeSet:KNOWN_AFTER_APPLY}}");
    // Values are for those who ask for them.
    let look = |fields: &[(&str, &str)]| done(&aws, "DescribeChangeSet", &[&set[..], fields].concat());
    look(&[]);
    assert!(!look(&[]).contains("AfterValue"));
    assert!(look(&[("IncludePropertyValues", "true")]).contains("AfterValue"));
}

#[test]
fn nothing_to_change_is_a_change_set_that_failed() {
    let aws = Aws::start();
    create(&aws, "shop");
    settle(&aws, "shop");
    let set = [("StackName", "shop"), ("ChangeSetName", "same")];
    done(&aws, "CreateChangeSet", &[&set[..], &[("TemplateBody", &template("small"))]].concat());
    done(&aws, "DescribeChangeSet", &set);
    let body = done(&aws, "DescribeChangeSet", &set);
    assert_eq!(element(&body, "Status"), "FAILED");
    assert!(element(&body, "StatusReason").contains("didn't contain changes"));
    let refused = cloudformation(&aws, "ExecuteChangeSet", &set);
    assert!(code(refused).starts_with("InvalidChangeSetStatus: "));
}

#[test]
fn an_update_that_fails_is_undone_and_the_undoing_can_fail_too() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    create(&aws, "shop");
    settle(&aws, "shop");
    shop.fails_once(When::Update, "Topic", "no").fails_once(When::Restore, "Database", "still busy");
    let changed = template("large").replace("${AWS::StackName}-bucket", "other");
    let update = [("StackName", "shop"), ("TemplateBody", &*changed)];
    done(&aws, "UpdateStack", &update);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_FAILED");
    assert!(code(cloudformation(&aws, "UpdateStack", &update)).contains("can not be updated"));

    done(&aws, "ContinueUpdateRollback", &[("StackName", "shop")]);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_COMPLETE");
    let properties = |name: &str| shop.resource(name).unwrap().properties;
    assert_eq!(properties("Database")["DBInstanceClass"], "small");
    assert_eq!(properties("Bucket")["BucketName"], "shop-bucket");
    done(&aws, "UpdateStack", &update);
    assert_eq!(settle(&aws, "shop"), "UPDATE_COMPLETE");
}

#[test]
fn an_update_can_be_cancelled() {
    let aws = Aws::start();
    create(&aws, "shop");
    settle(&aws, "shop");
    aws.stack("shop").takes("Database", 9);
    done(&aws, "UpdateStack", &[("StackName", "shop"), ("TemplateBody", &template("large"))]);
    done(&aws, "DescribeStacks", &[("StackName", "shop")]);
    done(&aws, "CancelUpdateStack", &[("StackName", "shop")]);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn an_update_leaves_drift_elsewhere_and_does_not_find_what_is_lost() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    shop.deploy(&template("small"), &[]);
    shop.drifts("Database", "/Engine", json!("mysql"));
    shop.deploy(&template("large"), &[]);
    let actual = shop.resource("Database").unwrap().actual.unwrap();
    assert_eq!((&actual["Engine"], &actual["DBInstanceClass"]), (&json!("mysql"), &json!("large")));
    shop.loses("Database");
    done(&aws, "UpdateStack", &[("StackName", "shop"), ("TemplateBody", &template("small"))]);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_COMPLETE");
    shop.detection_fails("no permission");
    let body = done(&aws, "DetectStackDrift", &[("StackName", "shop")]);
    let id = element(&body, "StackDriftDetectionId").to_owned();
    let look = || done(&aws, "DescribeStackDriftDetectionStatus", &[("StackDriftDetectionId", &id)]);
    look();
    assert_eq!(element(&look(), "DetectionStatus"), "DETECTION_FAILED");
}

#[test]
fn somebody_else_deploys_and_change_sets_grow_old() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    shop.deploy(&template("small"), &[("Secret", "one")]);
    assert_eq!(shop.status(), "CREATE_COMPLETE");
    let set = [("StackName", "shop"), ("ChangeSetName", "two")];
    done(&aws, "CreateChangeSet", &[&set[..], &[("TemplateBody", &template("large"))]].concat());
    done(&aws, "DescribeChangeSet", &set);
    done(&aws, "DescribeChangeSet", &set);
    shop.deploy(&template("middle"), &[]);
    assert!(element(&done(&aws, "DescribeChangeSet", &set), "ExecutionStatus").contains("OBSOLETE"));
    let refused = cloudformation(&aws, "ExecuteChangeSet", &set);
    assert!(code(refused).contains("in its current execution status of [OBSOLETE]"));
}

#[test]
fn a_secret_is_seen_to_change_and_not_seen() {
    let aws = Aws::start();
    aws.stack("shop").deploy(&template("small"), &[("Secret", "one")]);
    let secret =
        [("Parameters.member.1.ParameterKey", "Secret"), ("Parameters.member.1.ParameterValue", "two")];
    let set = [("StackName", "shop"), ("ChangeSetName", "two"), ("TemplateBody", &*template("small"))];
    done(&aws, "CreateChangeSet", &[&set[..], &secret].concat());
    let change = aws.stack("shop").change_sets()[0].changes[0]["ResourceChange"].clone();
    assert_eq!(change["Details"][0]["ChangeSource"], "ParameterReference");
    assert_eq!(change["Details"][0]["Target"]["AfterValue"], "****");
    assert!(!change.to_string().contains("two"));
}

#[test]
fn what_was_left_behind_can_be_imported_and_not_made_again() {
    let aws = Aws::start();
    let kept = json!({ "Resources": { "Bucket": {
        "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "BucketName": "records" },
    } } })
    .to_string();
    aws.stack("old").deploy(&kept, &[]);
    aws.world().remove("old");
    assert_eq!(aws.left_behind()[0].physical, "records");

    done(&aws, "CreateStack", &[("StackName", "again"), ("TemplateBody", &kept)]);
    assert_eq!(settle(&aws, "again"), "ROLLBACK_COMPLETE");
    let reasons: Vec<String> =
        aws.stack("again").events().into_iter().filter_map(|event| event.reason).collect();
    assert!(reasons.contains(&"records already exists".to_owned()), "{reasons:?}");

    let set = [
        ("StackName", "new"),
        ("ChangeSetName", "import"),
        ("ChangeSetType", "IMPORT"),
        ("TemplateBody", &*kept),
    ];
    let what = [
        ("ResourcesToImport.member.1.ResourceType", "AWS::S3::Bucket"),
        ("ResourcesToImport.member.1.LogicalResourceId", "Bucket"),
        ("ResourcesToImport.member.1.ResourceIdentifier.entry.1.key", "BucketName"),
        ("ResourcesToImport.member.1.ResourceIdentifier.entry.1.value", "records"),
    ];
    done(&aws, "CreateChangeSet", &[&set[..], &what].concat());
    done(&aws, "DescribeChangeSet", &set[..2]);
    let body = done(&aws, "DescribeChangeSet", &set[..2]);
    assert_eq!(element(&body, "Action"), "Import");
    done(&aws, "ExecuteChangeSet", &set[..2]);
    assert_eq!(settle(&aws, "new"), "IMPORT_COMPLETE");
    assert_eq!(aws.stack("new").resource("Bucket").unwrap().physical, "records");
    assert!(aws.left_behind().is_empty());
}

#[test]
fn an_import_within_an_update_is_undone_without_a_loss() {
    let aws = Aws::start();
    let queue = json!({ "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 1 } });
    let bucket = json!({
        "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "BucketName": "records" },
    });
    aws.stack("old").deploy(&json!({ "Resources": { "Bucket": bucket } }).to_string(), &[]);
    aws.world().remove("old");
    let shop = aws.stack("shop");
    shop.deploy(&json!({ "Resources": { "Queue": queue } }).to_string(), &[]);
    let mut slower = queue.clone();
    slower["Properties"]["DelaySeconds"] = json!(2);
    let both = json!({ "Resources": { "Queue": slower, "Records": bucket } }).to_string();
    let set = [("StackName", "shop"), ("ChangeSetName", "two")];
    let more = [("ImportExistingResources", "true"), ("TemplateBody", &*both)];
    done(&aws, "CreateChangeSet", &[set, more].concat());
    done(&aws, "DescribeChangeSet", &set);
    assert!(done(&aws, "DescribeChangeSet", &set).contains("<Action>Import</Action>"));
    shop.takes("Queue", 2).fails_once(When::Update, "Queue", "no");
    done(&aws, "ExecuteChangeSet", &set);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(aws.left_behind()[0].physical, "records");
    assert!(shop.resource("Records").is_none());
}

#[test]
fn a_policy_stops_an_update() {
    let aws = Aws::start();
    aws.stack("shop").deploy(&template("small"), &[]);
    let policy = json!({ "Statement": [
        { "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "Update:Modify", "Principal": "*", "Resource": "LogicalResourceId/Database" },
    ] });
    done(&aws, "SetStackPolicy", &[("StackName", "shop"), ("StackPolicyBody", &policy.to_string())]);
    done(&aws, "UpdateStack", &[("StackName", "shop"), ("TemplateBody", &template("large"))]);
    assert_eq!(settle(&aws, "shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert!(aws.stack("shop").history().contains(&"Database UPDATE_FAILED".to_owned()));
}
