//! What is said about arguments without asking anybody.

use super::Project;

#[test]
fn every_argument_is_looked_at_before_anybody_is_asked() {
    let cases = [
        ("name = \"0shop\"", "is no name of a stack"),
        ("capabilities = [\"CAPABILITY_IAMM\"]", "Did you mean CAPABILITY_IAM?"),
        ("on_failure = \"ROLBACK\"", "Did you mean ROLLBACK?"),
        ("on_failure = \"DELETE\"\ndisable_rollback = true", "exclude each other"),
        ("policy_body = \"{\"", "The policy of a stack is an object of JSON"),
        ("policy_body = \"{}\"\npolicy_url = \"https://a.s3.amazonaws.com/b\"", "exclude each other"),
        ("policy_url = \"s3://a/b\"", "https://BUCKET.s3.REGION.amazonaws.com/KEY"),
        ("iam_role_arn = \"role\"", "is no ARN of a role"),
        ("notification_arns = [\"topic\"]", "is no ARN of a topic"),
        ("timeout_in_minutes = 0", "at least one minute"),
        ("timeouts {\n create = \"soon\"\n}", "soon"),
        (
            "template_url = \"https://a.s3.amazonaws.com/b\"",
            "can be given, not \"template_body\", \"template_url\" together",
        ),
    ];
    for (argument, words) in cases {
        let name = if argument.starts_with("name") { "" } else { "name = \"shop\"" };
        let project = Project::of(&format!(
            "resource \"aws_cloudformation_stack\" \"shop\" {{
               {name}
               {argument}
               template_body = jsonencode({{ Resources = {{ A = {{ Type = \"AWS::SNS::Topic\" }} }} }})
             }}"
        ));
        project.run(&["validate"]).failed().says(words);
        assert!(project.aws.asked("*").is_empty(), "{argument}");
    }
}

#[test]
fn every_template_is_looked_at_before_anybody_is_asked() {
    let many = "{ for n in range(501) : \"R${n}\" => { Type = \"AWS::SNS::Topic\" } }";
    let cases = [
        ("template_body = \"{\\\"Resources\\\": {\"".to_owned(), "neither JSON nor YAML"),
        ("template_body = \"Description: x\"".to_owned(), "needs a section Resources"),
        ("template_body = \"Resouces:\\n  A: {Type: X}\"".to_owned(), "There is one called \"Resouces\""),
        ("template_body = \"Resources:\\n  A: {Type: X}\\n  A: {Type: Y}\"".to_owned(), "is there twice"),
        ("template_body = \"Resources:\\n  A_b: {Type: X}\"".to_owned(), "only letters and digits"),
        ("template_body = \"Resources:\\n  A: {}\"".to_owned(), "has no Type"),
        (format!("template = {{ Resources = {many} }}"), "501 resources"),
        (
            "template = { Resources = { A = { Type = \"X\", Metadata = join(\"\", [for n in range(1000) : \"a text that is longer than it looks, and then some more\"]) } } }"
                .to_owned(),
            "as \"template_url\"",
        ),
        ("".to_owned(), "is needed, and none is given"),
    ];
    for (argument, words) in cases {
        let project = Project::of(&format!(
            "resource \"aws_cloudformation_stack\" \"shop\" {{\n name = \"shop\"\n {argument}\n }}"
        ));
        project.plan(&[]).failed().says(words);
        assert!(project.aws.asked("*").is_empty(), "{argument}");
    }
}
