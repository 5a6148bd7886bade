use aws_sdk_cloudformation::types::{ChangeType, ResourceTargetDefinition};

use super::*;

fn change(
    action: ChangeAction,
    replacement: Option<Replacement>,
    details: Vec<ResourceChangeDetail>,
) -> Change {
    let change = ResourceChange::builder()
        .action(action)
        .set_replacement(replacement)
        .logical_resource_id("Database")
        .physical_resource_id("shop-database")
        .resource_type("AWS::RDS::DBInstance")
        .policy_action(PolicyAction::ReplaceAndSnapshot)
        .set_details(Some(details))
        .build();
    Change::builder().r#type(ChangeType::Resource).resource_change(change).build()
}

fn detail(
    path: &str,
    values: (&str, &str),
    evaluation: EvaluationType,
    recreation: RequiresRecreation,
) -> ResourceChangeDetail {
    let target = ResourceTargetDefinition::builder()
        .attribute(ResourceAttribute::Properties)
        .name("Engine")
        .path(path)
        .before_value(values.0)
        .after_value(values.1)
        .requires_recreation(recreation)
        .build();
    ResourceChangeDetail::builder().target(target).evaluation(evaluation).build()
}

fn only(changes: &[Change], secrets: &[&str]) -> Part {
    let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
    let mut parts = parts(changes, &secrets);
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

#[test]
fn a_replacement_tells_what_it_is_for_and_what_becomes_of_the_data() {
    let details = vec![
        detail(
            "/Properties/Engine",
            ("mysql", "postgres"),
            EvaluationType::Static,
            RequiresRecreation::Always,
        ),
        detail("/Properties/Tags/0/Value", ("a", LATER), EvaluationType::Dynamic, RequiresRecreation::Never),
    ];
    let part = only(&[change(ChangeAction::Modify, Some(Replacement::True), details)], &[]);
    assert_eq!(part.action, PartAction::Replace);
    assert_eq!(part.fate, Fate::Copied);
    assert!(part.holds_data && part.loses_data());
    assert_eq!(part.id.as_deref(), Some("shop-database"));
    let [engine, tag] = &part.properties[..] else { panic!("{:?}", part.properties) };
    assert_eq!((engine.path.as_str(), engine.recreates), ("Engine", Recreation::Always));
    assert_eq!(engine.after, After::Known(Some("postgres".to_owned())));
    assert_eq!((tag.path.as_str(), &tag.after), ("Tags.0.Value", &After::Unknown));
}

#[test]
fn actions_are_what_cloudformation_calls_them() {
    let cases = [
        (ChangeAction::Add, None, PartAction::Add),
        (ChangeAction::Remove, None, PartAction::Remove),
        (ChangeAction::Import, None, PartAction::Import),
        (ChangeAction::Dynamic, None, PartAction::Undecided),
        (ChangeAction::Modify, Some(Replacement::False), PartAction::Modify),
        (ChangeAction::Modify, Some(Replacement::Conditional), PartAction::PerhapsReplace),
        (ChangeAction::Modify, None, PartAction::Modify),
        (ChangeAction::from("SomethingNew"), None, PartAction::Modify),
    ];
    for (action, replacement, expected) in cases {
        assert_eq!(only(&[change(action, replacement, vec![])], &[]).action, expected);
    }
}

#[test]
fn one_property_told_twice_is_one() {
    let details = vec![
        detail(
            "/Properties/Engine",
            ("a", LATER),
            EvaluationType::Dynamic,
            RequiresRecreation::Conditionally,
        ),
        detail("/Properties/Engine", ("a", "b"), EvaluationType::Static, RequiresRecreation::Always),
    ];
    for details in [details.clone(), details.into_iter().rev().collect()] {
        let part = only(&[change(ChangeAction::Modify, Some(Replacement::True), details)], &[]);
        assert_eq!(part.properties.len(), 1);
        assert_eq!(part.properties[0].recreates, Recreation::Always);
        assert_eq!(part.properties[0].after, After::Known(Some("b".to_owned())));
    }
}

#[test]
fn no_value_tells_a_secret() {
    let details = vec![detail(
        "/Properties/Engine",
        ("x", "is hunter2!"),
        EvaluationType::Static,
        RequiresRecreation::Never,
    )];
    let part = only(&[change(ChangeAction::Modify, None, details)], &["hunter2"]);
    assert_eq!(part.properties[0].after, After::Known(Some(SECRET.to_owned())));
    assert_eq!(part.properties[0].before.as_deref(), Some("x"));
}

#[test]
fn a_property_without_a_path_has_its_name() {
    let target = ResourceTargetDefinition::builder()
        .attribute(ResourceAttribute::Properties)
        .name("Port")
        .requires_recreation(RequiresRecreation::Conditionally)
        .build();
    let tags = ResourceTargetDefinition::builder().attribute(ResourceAttribute::Tags).build();
    let of =
        |target| ResourceChangeDetail::builder().target(target).evaluation(EvaluationType::Static).build();
    let part = only(&[change(ChangeAction::Modify, None, vec![of(target), of(tags)])], &[]);
    let paths: Vec<&str> = part.properties.iter().map(|property| property.path.as_str()).collect();
    assert_eq!(paths, ["Port", "Tags"]);
    assert_eq!(dotted("/Properties/A~1B/0/~0"), "A/B.0.~");
}
