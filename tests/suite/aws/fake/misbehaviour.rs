//! Requests that go wrong as told.

use super::{Aws, cloudformation, element, form, send, signed_form};

const WHO: &[(&str, &str)] = &[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
const TEMPLATE: &str = r#"{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}"#;

#[test]
fn a_rule_is_for_the_requests_that_it_names() {
    let aws = Aws::start();
    aws.on("sts:Get*").nth(2).throttles();
    let statuses: Vec<u16> = (0..3).map(|_| form(&aws, "sts", WHO).unwrap().0).collect();
    assert_eq!(statuses, [200, 400, 200]);
    aws.on("GetCallerIdentity").breaks(503);
    let (status, body) = form(&aws, "sts", WHO).unwrap();
    assert_eq!((status, body.as_str()), (503, ""));
    aws.on("eks:*").throttles();
    let (status, body) = send(&aws, "eks", ("test", None), "GET", "/clusters", "").unwrap();
    assert_eq!((status, body.contains("Rate exceeded")), (429, true));
}

#[test]
fn a_connection_ends_before_or_after_the_work_or_never() {
    let aws = Aws::start();
    let create = [("StackName", "shop"), ("TemplateBody", TEMPLATE), ("ClientRequestToken", "one")];
    aws.on("CreateStack").loses_request();
    assert!(cloudformation(&aws, "CreateStack", &create).is_none());
    assert_eq!(aws.stack("shop").status(), "");

    aws.on("CreateStack").loses_answer();
    assert!(cloudformation(&aws, "CreateStack", &create).is_none());
    assert_eq!(aws.stack("shop").status(), "CREATE_IN_PROGRESS");
    // The same request again is harmless for its token.
    let (status, body) = cloudformation(&aws, "CreateStack", &create).unwrap();
    assert_eq!((status, element(&body, "StackId")), (200, aws.stack("shop").id().as_str()));

    aws.on("DescribeStacks").never_answers();
    assert!(cloudformation(&aws, "DescribeStacks", &[]).is_none());
    assert!(cloudformation(&aws, "DescribeStacks", &[]).is_some());
}

#[test]
fn a_session_ends_in_the_middle() {
    let aws = Aws::start();
    let assume = [
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::123456789012:role/deploy"),
        ("RoleSessionName", "me"),
    ];
    let session = || {
        let (_, body) = form(&aws, "sts", &assume).unwrap();
        (element(&body, "AccessKeyId").to_owned(), element(&body, "SessionToken").to_owned())
    };
    let look = |(key, token): &(String, String)| {
        let fields = [("Action", "DescribeStacks"), ("Version", "2010-05-15")];
        signed_form(&aws, "cloudformation", (key, Some(token)), &fields).unwrap().0
    };
    aws.on("DescribeStacks").nth(2).comes_after(|world| world.expire_sessions());
    let first = session();
    assert_eq!([look(&first), look(&first), look(&first)], [200, 403, 403]);
    assert_eq!(look(&session()), 200);
}

#[test]
fn somebody_else_can_be_faster() {
    let aws = Aws::start();
    cloudformation(&aws, "CreateStack", &[("StackName", "shop"), ("TemplateBody", TEMPLATE)]).unwrap();
    aws.on("DescribeStacks").nth(2).comes_after(|world| {
        world.cloud.stacks[0].termination_protection = true;
    });
    let protection = || {
        let (_, body) = cloudformation(&aws, "DescribeStacks", &[("StackName", "shop")]).unwrap();
        element(&body, "EnableTerminationProtection").to_owned()
    };
    assert_eq!([protection(), protection(), protection()], ["false", "true", "true"]);
}
