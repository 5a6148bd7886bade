use std::collections::BTreeMap;

use serde_json::json;

use super::place::Step;
use super::render::{name, worth};
use super::*;
use crate::value::{Mark, Marks, Path, Type, Value};

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

/// A template with one property of one resource.
fn with(property: Value) -> Value {
    let properties = object([("Name", property)]);
    let resource = object([("Type", Value::string("AWS::SNS::Topic")), ("Properties", properties)]);
    object([("Resources", object([("Topic", resource)]))])
}

fn rendered(template: &Value) -> Rendered {
    render(template, &[], &BTreeMap::new()).unwrap()
}

fn property(rendered: &Rendered) -> &Json {
    &rendered.template.0["Resources"]["Topic"]["Properties"]["Name"]
}

#[test]
fn a_template_is_written_the_same_each_time_and_without_nulls() {
    let template = object([
        (
            "Resources",
            object([("B", object([("Type", Value::string("X"))])), ("A", Value::null(Type::String))]),
        ),
        ("Description", Value::string("a \"quoted\" line")),
    ]);
    let rendered = rendered(&template);
    assert_eq!(rendered.text(), r#"{"Description":"a \"quoted\" line","Resources":{"B":{"Type":"X"}}}"#);
    assert!(rendered.generated.is_empty());
}

#[test]
fn what_is_not_known_becomes_a_parameter_and_stays_one() {
    let open = rendered(&with(Value::unknown(Type::String)));
    let (parameter, one) = open.generated.first_key_value().unwrap();
    assert!(parameter.starts_with("TopicName"), "{parameter}");
    assert_eq!(*one, Generated { shape: Shape::Text, secret: false });
    assert_eq!(*property(&open), json!({ "Ref": parameter }));
    assert_eq!(open.template.0["Parameters"], json!({ parameter: { "Type": "String" } }));

    let known = render(&with(Value::string("hello")), &[], &open.generated).unwrap();
    assert_eq!(known.text(), open.text());
    let worths = worths(&with(Value::string("hello")), &open.generated);
    assert_eq!(worths[parameter], Some(Ok("hello".to_owned())));
    assert_eq!(super::worths(&with(Value::unknown(Type::String)), &open.generated)[parameter], None);
}

#[test]
fn lists_and_numbers_become_parameters_of_their_kind() {
    let list = rendered(&with(Value::unknown(Type::list(Type::String))));
    assert_eq!(list.generated.values().next().unwrap().shape, Shape::List);
    let number = rendered(&with(Value::unknown(Type::Number)));
    assert_eq!(number.generated.values().next().unwrap().shape, Shape::Number);
    let items = Value::tuple(vec![Value::string("a"), Value::count(2)]);
    assert_eq!(worth(&items, Shape::List), Ok("a,2".to_owned()));
    assert!(worth(&Value::tuple(vec![Value::string("a,b")]), Shape::List).is_err());
    assert!(worth(&Value::tuple(vec![]), Shape::List).is_err());
    assert!(worth(&Value::null(Type::String), Shape::Text).is_err());
}

#[test]
fn what_is_secret_is_not_in_the_text() {
    let path = ["template", "Resources", "Topic", "Properties", "Name"];
    let path = path.into_iter().fold(Path::root(), |path, step| path.attribute(step));
    let secrets = [(path, Marks::one(Mark::Sensitive))];
    let hidden = render(&with(Value::string("hunter2")), &secrets, &BTreeMap::new()).unwrap();
    assert!(!hidden.text().contains("hunter2"));
    let declared = &hidden.template.0["Parameters"];
    assert_eq!(declared.as_object().unwrap().values().next().unwrap()["NoEcho"], true);

    // The type of a resource is told to everybody.
    let path = ["template", "Resources", "Topic", "Type"];
    let path = path.into_iter().fold(Path::root(), |path, step| path.attribute(step));
    let secrets = [(path, Marks::one(Mark::Sensitive))];
    let refused = render(&with(Value::string("a")), &secrets, &BTreeMap::new());
    assert!(matches!(refused, Err(Unfit::Fault(..))));
}

#[test]
fn where_no_reference_can_stand_the_text_is_not_known() {
    let sub = with(object([("Fn::Sub", Value::unknown(Type::String))]));
    assert_eq!(render(&sub, &[], &BTreeMap::new()).unwrap_err(), Unfit::Unknown);
    let join = with(object([(
        "Fn::Join",
        Value::tuple(vec![Value::string("-"), Value::tuple(vec![Value::unknown(Type::String)])]),
    )]));
    assert_eq!(rendered(&join).generated.len(), 1);
    let whole = with(Value::unknown(Type::map(Type::String)));
    assert_eq!(render(&whole, &[], &BTreeMap::new()).unwrap_err(), Unfit::Unknown);
}

#[test]
fn places_have_names_of_their_own() {
    let of = |steps: &[Step<'_>]| name(steps);
    let one = of(&[Step::Key("Resources"), Step::Key("A"), Step::Key("Properties"), Step::Key("B-C")]);
    let other = of(&[Step::Key("Resources"), Step::Key("A"), Step::Key("Properties"), Step::Key("BC")]);
    assert_ne!(one, other);
    assert!(one.starts_with("ABC") && one.chars().all(|one| one.is_ascii_alphanumeric()));
}

#[test]
fn a_template_is_the_same_however_it_is_written() {
    let json =
        r#"{"Resources": {"A": {"Type": "X", "Properties": {"P": {"Fn::GetAtt": ["B", "Arn"]}, "N": 3}}}}"#;
    let yaml =
        "Resources:\n  A: # a note\n    Type: X\n    Properties:\n      P: !GetAtt B.Arn\n      N: 3\n";
    assert!(same(json, yaml));
    assert!(!same(json, &yaml.replace("N: 3", "N: '3'")));
    assert!(!same("{", "{ "));
}

#[test]
fn a_template_is_refused_for_what_would_be_lost_or_endless() {
    assert!(read(r#"{"Resources": {"A": {}, "A": {}}}"#).unwrap_err().contains("twice"));
    assert!(read("Resources:\n  A: 1\n  A: 2\n").unwrap_err().contains("twice"));
    assert!(read("A: &a [1]\nB: *a\n").unwrap_err().contains("aliases"));
    assert!(read(&"[".repeat(1000)).is_err());
    assert!(read(&format!("a: {}", "[".repeat(1000))).is_err());
    assert!(read("just text").is_err());
    assert_eq!(
        read(r#"{"Resources": {"A": {"Type": "X", "Properties": {"Wide": 12345678901234567890123}}}}"#)
            .unwrap()
            .0["Resources"]["A"]["Properties"]["Wide"]
            .to_string(),
        "12345678901234567890123"
    );
    let many: Map<_, _> = (0..501).map(|n| (format!("R{n}"), json!({ "Type": "X" }))).collect();
    let faults = sound(&Template(json!({ "Resources": many })));
    assert!(faults[0].contains("501") && faults.len() == 1, "{faults:?}");
    assert!(sound(&Template(json!({}))).len() == 1);
}

#[test]
fn what_becomes_of_a_resource_is_its_policy() {
    let template = Template(json!({ "Resources": {
        "Kept": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain" },
        "Copied": { "Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Retain" },
        "Cluster": { "Type": "AWS::RDS::DBCluster" },
        "Gone": { "Type": "AWS::S3::Bucket", "Condition": "Wanted" },
    } }));
    let resources = template.resources();
    let of = |name: &str| (resources[name].on_removal, resources[name].on_replacement);
    assert_eq!(of("Kept"), (Fate::Kept, Fate::Deleted));
    assert_eq!(of("Copied"), (Fate::Copied, Fate::Kept));
    assert_eq!(of("Cluster"), (Fate::Copied, Fate::Deleted));
    assert!(resources["Gone"].conditional);
}
