use serde_json::json;

use super::*;

fn template() -> Json {
    json!({
        "Parameters": {
            "Size": { "Type": "String", "Default": "s" },
            "Stored": { "Type": "AWS::SSM::Parameter::Value<String>" },
        },
        "Conditions": { "Large": { "Fn::Equals": [{ "Ref": "Size" }, "l"] } },
        "Resources": {
            "Net": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } },
            "Sub": { "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Net" } } },
            "Box": { "Type": "AWS::EC2::Instance", "Properties": { "InstanceType": { "Ref": "Size" } } },
            "Log": { "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": 7 } },
            "Some": { "Type": "AWS::SNS::Topic", "Condition": "Large" },
            "Read": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": "{{resolve:ssm:x}}" } },
            "Inner": { "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": "https://a/b" } },
        },
        "Outputs": {
            "Net": { "Value": { "Ref": "Net" } },
            "Sub": { "Value": { "Fn::Join": [",", [{ "Ref": "Sub" }]] } },
            "Box": { "Value": { "Fn::GetAtt": ["Box", "PublicIp"] } },
            "Log": { "Value": { "Fn::Sub": "${AWS::Region}/${Log.Arn}/${!Net}" }, "Description": "logs" },
            "Own": { "Value": { "Fn::Sub": ["${Net}/${It}", { "It": { "Ref": "Log" } }] } },
            "Some": { "Value": { "Fn::If": ["Large", { "Ref": "Some" }, "none"] } },
            "Read": { "Value": { "Ref": "Read" } },
            "Inner": { "Value": { "Fn::GetAtt": ["Inner", "Outputs.Address"] } },
            "Else": { "Value": { "Fn::ImportValue": "other" } },
            "Stored": { "Value": { "Ref": "Stored" } },
        },
    })
}

fn kept_after(change: impl FnOnce(&mut Json), changed: &[&str]) -> Vec<String> {
    let before = Template(template());
    let mut after = template();
    change(&mut after);
    let changed = changed.iter().map(|&name| name.to_owned()).collect();
    let comparison = Comparison { before: &before, after: &Template(after), changed: &changed };
    kept(&comparison).into_iter().collect()
}

#[test]
fn what_comes_from_elsewhere_is_always_open() {
    assert_eq!(kept_after(|_| {}, &[]), ["Box", "Log", "Net", "Own", "Some", "Sub"]);
}

#[test]
fn what_is_made_of_something_that_changes_is_open() {
    let cidr = |after: &mut Json| after["Resources"]["Net"]["Properties"]["CidrBlock"] = json!("10.1.0.0/16");
    assert_eq!(kept_after(cidr, &[]), ["Box", "Log", "Some"]);
    let days = |after: &mut Json| after["Resources"]["Log"]["Properties"]["RetentionInDays"] = json!(30);
    assert_eq!(kept_after(days, &[]), ["Box", "Net", "Some", "Sub"]);
}

#[test]
fn a_parameter_opens_what_it_is_in_and_what_it_decides() {
    assert_eq!(kept_after(|_| {}, &["Size"]), ["Log", "Net", "Own", "Sub"]);
    let default = |after: &mut Json| after["Parameters"]["Size"]["Default"] = json!("m");
    assert_eq!(kept_after(default, &[]), ["Log", "Net", "Own", "Sub"]);
}

#[test]
fn what_is_said_around_a_resource_changes_nothing_of_it() {
    let around = |after: &mut Json| {
        after["Resources"]["Net"]["DeletionPolicy"] = json!("Retain");
        after["Outputs"]["Log"]["Description"] = json!("other words");
        after["Description"] = json!("a note");
        after["Resources"]["New"] = json!({ "Type": "AWS::SNS::Topic" });
        after["Outputs"]["New"] = json!({ "Value": { "Ref": "New" } });
    };
    assert_eq!(kept_after(around, &[]), ["Box", "Log", "Net", "Own", "Some", "Sub"]);
}

#[test]
fn what_everything_may_depend_on_opens_everything() {
    let condition =
        |after: &mut Json| after["Conditions"]["Other"] = json!({ "Fn::Not": [{ "Condition": "Large" }] });
    assert!(kept_after(condition, &[]).is_empty());
    assert!(kept_after(|after| after["Transform"] = json!("AWS::Serverless-2016-10-31"), &[]).is_empty());
    let gone = |after: &mut Json| drop(after["Resources"].as_object_mut().unwrap().remove("Net"));
    assert_eq!(kept_after(gone, &[]), ["Box", "Log", "Some"]);
}

#[test]
fn resources_in_a_circle_come_to_an_end() {
    let circle = json!({
        "Resources": {
            "A": { "Type": "X", "Properties": { "P": { "Ref": "B" } } },
            "B": { "Type": "X", "Properties": { "P": { "Ref": "A" } } },
        },
        "Outputs": { "A": { "Value": { "Ref": "A" } } },
    });
    let circle = Template(circle);
    let changed = BTreeSet::new();
    assert_eq!(kept(&Comparison { before: &circle, after: &circle, changed: &changed }).len(), 1);
}
