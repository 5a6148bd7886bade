//! Stacks from their first change set to their end, and every way in which that goes wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Aws, cloudformation, done, element};
use crate::support::aws::{Pace, When};

pub(super) fn template(size: &str) -> String {
    json!({
        "Parameters": { "Secret": { "Type": "String", "NoEcho": true, "Default": "hush" } },
        "Resources": {
            "Bucket": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": { "Fn::Sub": "${AWS::StackName}-bucket" } } },
            "Database": {
                "Type": "AWS::RDS::DBInstance",
                "DeletionPolicy": "Retain",
                "Properties": { "Engine": "postgres", "DBInstanceClass": size, "MasterUserPassword": { "Ref": "Secret" } },
            },
            "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Fn::GetAtt": ["Bucket", "Arn"] } } },
        },
        "Outputs": { "Topic": { "Value": { "Ref": "Topic" } } },
    })
    .to_string()
}

pub(super) fn create(aws: &Aws, name: &str) {
    done(aws, "CreateStack", &[("StackName", name), ("TemplateBody", &template("small"))]);
}

/// Looks until nothing goes on.
pub(super) fn settle(aws: &Aws, name: &str) -> String {
    for _ in 0..50 {
        let Some((200, body)) = cloudformation(aws, "DescribeStacks", &[("StackName", name)]) else { break };
        let status = element(&body, "StackStatus").to_owned();
        if !status.ends_with("_IN_PROGRESS") {
            return status;
        }
    }
    aws.stack(name).status()
}

pub(super) fn code(reply: Option<(u16, String)>) -> String {
    let (_, body) = reply.unwrap();
    format!("{}: {}", element(&body, "Code"), element(&body, "Message"))
}

#[test]
fn a_change_set_makes_a_stack() {
    let aws = Aws::start();
    let set = [("StackName", "shop"), ("ChangeSetName", "one")];
    let more = [("ChangeSetType", "CREATE"), ("TemplateBody", &template("small"))];
    done(&aws, "CreateChangeSet", &[set, more].concat());
    assert_eq!(aws.stack("shop").status(), "REVIEW_IN_PROGRESS");
    let status = || element(&done(&aws, "DescribeChangeSet", &set), "Status").to_owned();
    assert_eq!([status(), status()], ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]);

    done(&aws, "ExecuteChangeSet", &[&set[..], &[("ClientRequestToken", "token")]].concat());
    done(
        &aws,
        "ExecuteChangeSet",
        &[("ChangeSetName", &*aws.stack("shop").change_sets()[0].id), ("ClientRequestToken", "token")],
    );
    assert_eq!(settle(&aws, "shop"), "CREATE_COMPLETE");
    assert_eq!(aws.stack("shop").change_sets()[0].execution_status, "EXECUTE_COMPLETE");
    let outputs = aws.stack("shop").outputs();
    assert!(outputs["Topic"].starts_with("shop-Topic-"), "{outputs:?}");
    let body = done(&aws, "DescribeStacks", &[("StackName", "shop")]);
    assert_eq!(element(&body, "ParameterValue"), "****");
    assert!(aws.stack("shop").events().iter().skip(1).all(|event| event.token.as_deref() == Some("token")));
}

#[test]
fn a_resource_that_fails_takes_the_others_back() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    shop.takes("Database", 5).fails_once(When::Create, "Bucket", "The name is taken");
    create(&aws, "shop");
    assert_eq!(settle(&aws, "shop"), "ROLLBACK_COMPLETE");
    let events = shop.events();
    let reason = |logical: &str, status: &str| {
        let found = events.iter().find(|event| event.logical == logical && event.status == status);
        found.and_then(|event| event.reason.clone()).unwrap_or_default()
    };
    assert_eq!(reason("Bucket", "CREATE_FAILED"), "The name is taken");
    assert_eq!(reason("Database", "CREATE_FAILED"), "Resource creation cancelled");
    assert!(reason("shop", "ROLLBACK_IN_PROGRESS").contains("[Bucket, Database]"));
    let refused =
        cloudformation(&aws, "UpdateStack", &[("StackName", "shop"), ("TemplateBody", &template("large"))]);
    assert!(code(refused).contains("is in ROLLBACK_COMPLETE state and can not be updated"));
}

#[test]
fn what_happens_on_failure_can_be_chosen() {
    for (choice, end) in [("DELETE", "DELETE_COMPLETE"), ("DO_NOTHING", "CREATE_FAILED")] {
        let aws = Aws::start();
        aws.stack("shop").fails_once(When::Create, "Topic", "no");
        let fields = [("StackName", "shop"), ("TemplateBody", &*template("small")), ("OnFailure", choice)];
        done(&aws, "CreateStack", &fields);
        settle(&aws, "shop");
        assert_eq!(aws.stack("shop").status(), end);
    }
}

#[test]
fn deletion_keeps_what_is_to_be_kept_and_stops_at_what_cannot_go() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    create(&aws, "shop");
    settle(&aws, "shop");
    let shield = |on: &str| {
        done(
            &aws,
            "UpdateTerminationProtection",
            &[("StackName", "shop"), ("EnableTerminationProtection", on)],
        )
    };
    shield("true");
    let refused = cloudformation(&aws, "DeleteStack", &[("StackName", "shop")]);
    assert!(code(refused).contains("TerminationProtection is enabled"));
    shield("false");

    shop.fails_once(When::Delete, "Bucket", "The bucket is not empty");
    done(&aws, "DeleteStack", &[("StackName", "shop")]);
    assert_eq!(settle(&aws, "shop"), "DELETE_FAILED");
    assert!(shop.history().contains(&"Database DELETE_SKIPPED".to_owned()));
    done(&aws, "DeleteStack", &[("StackName", "shop"), ("RetainResources.member.1", "Bucket")]);
    assert_eq!(settle(&aws, "shop"), "DELETE_COMPLETE");
    let left: Vec<String> = aws.left_behind().into_iter().map(|resource| resource.logical).collect();
    assert_eq!(left, ["Database", "Bucket"]);
    // By its address it can still be looked at.
    let body = done(&aws, "DescribeStacks", &[("StackName", &shop.id())]);
    assert_eq!(element(&body, "StackStatus"), "DELETE_COMPLETE");
    let refused = cloudformation(&aws, "DescribeStacks", &[("StackName", "shop")]);
    assert_eq!(code(refused), "ValidationError: Stack with id shop does not exist");
}

#[test]
fn drift_is_found_by_looking_twice() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    create(&aws, "shop");
    settle(&aws, "shop");
    shop.drifts("Database", "/DBInstanceClass", json!("huge")).loses("Topic");
    let body = done(&aws, "DetectStackDrift", &[("StackName", "shop")]);
    let id = element(&body, "StackDriftDetectionId").to_owned();
    let look = || done(&aws, "DescribeStackDriftDetectionStatus", &[("StackDriftDetectionId", &id)]);
    assert_eq!(element(&look(), "DetectionStatus"), "DETECTION_IN_PROGRESS");
    let found = look();
    assert_eq!(element(&found, "DetectionStatus"), "DETECTION_COMPLETE");
    assert_eq!(element(&found, "DriftedStackResourceCount"), "2");
    let drifts = done(
        &aws,
        "DescribeStackResourceDrifts",
        &[("StackName", "shop"), ("StackResourceDriftStatusFilters.member.1", "MODIFIED")],
    );
    assert_eq!(element(&drifts, "PropertyPath"), "/DBInstanceClass");
    assert_eq!(element(&drifts, "ExpectedValue"), "small");
    assert_eq!(element(&drifts, "ActualValue"), "huge");
    assert_eq!(element(&drifts, "DifferenceType"), "NOT_EQUAL");
    assert!(!drifts.contains("<StackResourceDriftStatus>DELETED"));
}

#[test]
fn time_can_pass_by_itself_or_at_once() {
    let aws = Aws::start();
    aws.set_pace(Pace::Every(Duration::from_millis(5)));
    create(&aws, "shop");
    std::thread::sleep(Duration::from_millis(60));
    done(&aws, "DescribeStacks", &[]);
    assert_eq!(aws.stack("shop").status(), "CREATE_COMPLETE");
    aws.set_pace(Pace::Instant);
    create(&aws, "other");
    done(&aws, "DescribeStacks", &[]);
    assert_eq!(aws.stack("other").status(), "CREATE_COMPLETE");
}

#[test]
fn events_come_in_pages_newest_first() {
    let aws = Aws::start();
    create(&aws, "shop");
    settle(&aws, "shop");
    aws.set_page(4);
    let mut ids = Vec::new();
    let mut token = String::new();
    loop {
        let fields = [("StackName", "shop"), ("NextToken", &*token)];
        let body = done(&aws, "DescribeStackEvents", if token.is_empty() { &fields[..1] } else { &fields });
        ids.extend(body.split("<EventId>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
        element(&body, "NextToken").clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    let mut known: Vec<String> = aws.stack("shop").events().into_iter().map(|event| event.id).collect();
    known.reverse();
    assert_eq!(ids, known);
}

#[test]
fn a_template_is_checked_first() {
    let aws = Aws::start();
    let refusal = |body: &Value| {
        code(cloudformation(
            &aws,
            "CreateStack",
            &[("StackName", "shop"), ("TemplateBody", &body.to_string())],
        ))
    };
    let role = json!({ "Resources": { "Role": { "Type": "AWS::IAM::Role" } } });
    assert_eq!(refusal(&role), "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]");
    let dangling =
        json!({ "Resources": { "A": { "Type": "AWS::SQS::Queue", "Properties": { "Q": { "Ref": "B" } } } } });
    assert!(refusal(&dangling).contains("Unresolved resource dependencies [B]"));
    assert!(refusal(&json!({})).contains("At least one Resources member"));
    let yaml = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${AWS::StackName}-q'\n";
    done(&aws, "CreateStack", &[("StackName", "shop"), ("TemplateBody", yaml)]);
    assert_eq!(settle(&aws, "shop"), "CREATE_COMPLETE");
    assert_eq!(aws.stack("shop").resource("Queue").unwrap().physical, "shop-q");
}

#[test]
fn a_resource_can_be_held_until_the_test_lets_go() {
    let aws = Aws::start();
    let shop = aws.stack("shop");
    shop.holds("Database");
    create(&aws, "shop");
    assert_eq!(settle(&aws, "shop"), "CREATE_IN_PROGRESS");
    shop.releases("Database");
    assert_eq!(settle(&aws, "shop"), "CREATE_COMPLETE");
}
