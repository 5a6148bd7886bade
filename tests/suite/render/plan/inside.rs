//! What becomes of the parts of an object that another engine looks after.

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value as Json;
use terrace::config;
use terrace::diag::Diagnostics;
use terrace::plan::{
    Action, After, Change, Fate, Inside, Order, Part, PartAction, Plan, Property, Reason, Recreation,
};
use terrace::render::json::PLAN_SCHEMA;
use terrace::render::{
    EnvironmentDrift, EnvironmentPlan, Style, drift_comment, drift_json, drift_table, environments_table,
    json_plan, log_line, plan_comment, plan_records, plan_view, terminal_plan,
};
use terrace::schema::{Attribute, Block};
use terrace::source::{Manifest, Tree};
use terrace::value::{Mark, Path, Type, Value};

use super::comment::{hostile, read};
use super::shapes::PLAIN;
use crate::support::plan_json::{change_of, empty, schemas};
use crate::support::shape;

fn stack() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("parameters", Attribute::optional(Type::map(Type::String)))
        .with("template", Attribute::optional(Type::Dynamic))
        .with("zone", Attribute::optional(Type::String))
}

fn object(size: &str) -> Value {
    Value::object([
        ("id", Value::string("arn:stack/shop")),
        ("name", Value::string("shop")),
        ("parameters", Value::map(Type::String, [("Size", Value::string(size))])),
        ("template", Value::null(Type::Dynamic)),
        ("zone", Value::null(Type::String)),
    ])
}

fn none() -> Value {
    Value::null(Type::Dynamic)
}

fn part(name: &str, kind: &str, action: PartAction) -> Part {
    let is_there = !matches!(action, PartAction::Add | PartAction::Import);
    Part {
        name: name.into(),
        kind: kind.into(),
        id: is_there.then(|| format!("{}-1", name.to_lowercase())),
        action,
        properties: Vec::new(),
        holds_data: false,
        fate: Fate::Deleted,
    }
}

fn subnet(name: &str, action: PartAction) -> Part {
    part(name, "AWS::EC2::Subnet", action)
}

fn database(name: &str, action: PartAction, fate: Fate) -> Part {
    Part { holds_data: true, fate, ..part(name, "AWS::RDS::DBInstance", action) }
}

fn with(properties: Vec<Property>, part: Part) -> Part {
    Part { properties, ..part }
}

fn step(path: &str, before: &str, after: &str, recreates: Recreation) -> Property {
    let after = After::Known(Some(after.into()));
    Property { path: path.into(), before: Some(before.into()), after, recreates }
}

fn later(path: &str, before: Option<&str>, recreates: Recreation) -> Property {
    Property { path: path.into(), before: before.map(str::to_owned), after: After::Unknown, recreates }
}

fn change(action: Action, parts: Vec<Part>) -> Change {
    let (before, after) = match action {
        Action::Create => (none(), object("2")),
        Action::Delete => (object("1"), none()),
        _ => (object("1"), object("2")),
    };
    let inside = Inside { parts, ..Inside::default() };
    Change { inside: Some(inside.into()), ..change_of("stack", "shop", action, before, after) }
}

fn plan(changes: Vec<Change>) -> Plan {
    Plan { changes, schemas: schemas([("stack", stack())]), ..empty() }
}

fn shown(change: Change) -> String {
    terminal_plan(&plan(vec![change]), PLAIN).collect::<String>()
}

fn comment(plan: &Plan) -> String {
    plan_comment(
        Some("shop"),
        &[EnvironmentPlan::of("staging", Some(plan), Diagnostics::new(), (false, true))],
    )
}

fn json(plan: &Plan) -> Json {
    let folder = tempfile::tempdir().unwrap();
    let (configuration, _) = config::load(&Tree::new(folder.path(), Manifest::read(folder.path()).unwrap()));
    let json: Json = serde_json::from_str(&json_plan(plan, &configuration, "2026-01-01T00:00:00Z")).unwrap();
    let unlike = shape::faults(&serde_json::from_str(PLAN_SCHEMA).unwrap(), &json);
    assert!(unlike.is_empty(), "{unlike:#?}");
    json
}

/// Something of everything.
fn rich() -> Vec<Part> {
    use PartAction::{Add, Import, Modify, PerhapsReplace, Remove, Replace, Undecided};
    let role = "{\"Statement\":[{\"Action\":\"a:Get\",\"Effect\":\"Allow\"}]}";
    let more = "{\"Statement\":[{\"Action\":\"a:Put\",\"Effect\":\"Allow\"}]}";
    let script = |what: &str| format!("#!/bin/sh\nset -e\nmount /data\nmkdir /data/{what}\necho done\n");
    vec![
        subnet("A", Add),
        part("Adopted", "AWS::S3::Bucket", Import),
        database("Backed", Remove, Fate::Copied),
        part("Custom", "Custom::Thing", Undecided),
        with(
            vec![
                step("DBName", "shop", "store", Recreation::Always),
                step("Engine", "mysql", "postgres", Recreation::Perhaps),
            ],
            database("Database", Replace, Fate::Deleted),
        ),
        with(
            vec![later("Image", Some("ami-1"), Recreation::Always), later("Key", None, Recreation::Never)],
            part("Launcher", "AWS::EC2::LaunchTemplate", Replace),
        ),
        subnet("Old", Remove),
        with(
            vec![step("StorageType", "gp2", "gp3", Recreation::Perhaps)],
            database("Perhaps", PerhapsReplace, Fate::Deleted),
        ),
        database("Retained", Remove, Fate::Kept),
        with(
            vec![
                Property {
                    path: "Description".into(),
                    before: Some("old".into()),
                    after: After::Known(None),
                    recreates: Recreation::Never,
                },
                step("Policy", role, more, Recreation::Never),
                Property {
                    path: "Secret".into(),
                    before: None,
                    after: After::Known(None),
                    recreates: Recreation::Never,
                },
                step("Tags.0.Value", "a", "b", Recreation::Never),
                step("UserData", &script("one"), &script("two"), Recreation::Never),
            ],
            part("Role", "AWS::IAM::Role", Modify),
        ),
    ]
}

#[test]
fn a_new_object_is_shown_with_what_is_in_it() {
    let parts = vec![subnet("A", PartAction::Add), database("Database", PartAction::Add, Fate::Deleted)];
    assert_snapshot!(shown(change(Action::Create, parts)));
}

#[test]
fn every_kind_of_part_is_told_apart_and_what_is_lost_comes_first() {
    let mut change = change(Action::Update, rich());
    let mut inside = Inside::clone(change.inside.as_ref().unwrap());
    inside.reservations.push("The macro of the template may add more.".into());
    change.inside = Some(inside.into());
    assert_snapshot!("every_kind", shown(change.clone()));
    assert_snapshot!("every_kind_in_a_comment", comment(&plan(vec![change.clone()])));
    let json = json(&plan(vec![change]));
    assert_snapshot!("every_kind_as_json", format!("{:#}", json["resource_changes"][0]["inside"]));
}

#[test]
fn what_may_be_replaced_and_holds_data_is_a_loss_in_the_headline() {
    let parts = vec![database("Database", PartAction::PerhapsReplace, Fate::Deleted)];
    let text = shown(change(Action::Update, parts));
    let headline = "# stack.shop will be updated in-place, and what holds data inside may be replaced\n  \
                  # Warning: Database (AWS::RDS::DBInstance): may be replaced, and its data lost\n";
    assert!(text.contains(headline), "{text}");
    assert!(
        text.contains("Inside: 1 perhaps to replace. 1 of them that holds data goes or may go.\n"),
        "{text}"
    );
}

#[test]
fn of_what_is_not_decided_the_worst_is_thought_where_data_is_at_stake() {
    let database = database("Database", PartAction::Undecided, Fate::Deleted);
    let queue = part("Queue", "AWS::SQS::Queue", PartAction::Undecided);
    let text = shown(change(Action::Update, vec![database.clone(), queue]));
    let said = "Warning: Database (AWS::RDS::DBInstance): what becomes of it is known after apply: it may be replaced";
    assert!(text.contains(said) && text.matches("Warning").count() == 1, "{text}");
    let fresh = Part { id: None, ..database };
    assert!(!fresh.loses_data(), "there is none yet");
}

#[test]
fn what_is_kept_is_no_loss() {
    let kept = plan(vec![change(Action::Update, vec![database("Kept", PartAction::Remove, Fate::Kept)])]);
    let text = terminal_plan(&kept, PLAIN).collect::<String>();
    assert_snapshot!("kept", text);
    let comment = comment(&kept);
    assert!(comment.contains("Nothing is destroyed or replaced."), "{comment}");
    assert!(!comment.contains("let go\n"), "{comment}");
}

#[test]
fn a_replaced_and_a_destroyed_object_say_what_goes_with_them() {
    let parts =
        vec![database("Database", PartAction::Replace, Fate::Deleted), subnet("Subnet", PartAction::Replace)];
    let replaced = Change {
        reason: Some(Reason::ReplaceBecauseCannotUpdate),
        forces_replacement: vec![Path::root().attribute("parameters")],
        ..change(Action::Replace(Order::DestroyFirst), parts)
    };
    let gone =
        vec![database("Database", PartAction::Remove, Fate::Deleted), subnet("Subnet", PartAction::Remove)];
    assert_snapshot!("replaced", shown(replaced.clone()));
    let destroyed = plan(vec![change(Action::Delete, gone)]);
    assert_snapshot!("destroyed", terminal_plan(&destroyed, PLAIN).collect::<String>());
    assert_snapshot!("destroyed_in_a_comment", comment(&destroyed));
}

#[test]
fn of_very_many_parts_the_losses_are_all_shown_and_the_rest_is_summed_up() {
    let mut parts: Vec<Part> = (0..200).map(|n| subnet(&format!("Subnet{n:03}"), PartAction::Add)).collect();
    parts.extend((0..60).map(|n| part(&format!("Table{n:03}"), "AWS::DynamoDB::Table", PartAction::Modify)));
    parts.extend((0..50).map(|n| database(&format!("Volume{n:03}"), PartAction::Replace, Fate::Deleted)));
    parts.push(with(
        (0..40).map(|n| step(&format!("Tags.{n:02}"), "a", "b", Recreation::Never)).collect(),
        part("Wide", "AWS::X::Wide", PartAction::Replace),
    ));
    let plan = plan(vec![change(Action::Update, parts)]);
    let text = terminal_plan(&plan, PLAIN).collect::<String>();
    assert_eq!(text.matches("-/+ Volume").count(), 50, "{text}");
    assert_eq!(
        text.matches("-/+ stack.shop: Volume").count(),
        50,
        "each is named once more after it:\n{text}"
    );
    assert!(text.contains("# and 160 more to add: 160 AWS::EC2::Subnet"), "{text}");
    assert!(text.contains("# and 60 more to change: 60 AWS::DynamoDB::Table"), "{text}");
    assert!(text.contains("# and 25 more properties"), "{text}");
    assert!(text.contains("# Warning: and 45 more parts with data"), "{text}");
    let comment = comment(&plan);
    assert!(
        comment.contains("⚠️ **50 parts with data destroyed or replaced, 1 part without data"),
        "{comment}"
    );
    assert_eq!(comment.matches("- **replace** `Volume").count(), 50, "{comment}");
}

#[test]
fn losses_inside_too_many_to_name_are_summed_up_and_never_left_out() {
    let parts = |count: usize| {
        let parts =
            (0..count).map(|n| database(&format!("Volume{n:05}"), PartAction::Replace, Fate::Deleted));
        parts.collect::<Vec<_>>()
    };
    let text = comment(&plan(vec![change(Action::Update, parts(5000))]));
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("- **replace** `stack.shop`: 5000 parts with data"), "{}", &text[..2000]);
}

#[test]
fn long_properties_are_cut_around_what_is_different() {
    let same = "x".repeat(3000);
    let lines = "a line\n".repeat(500);
    let properties = vec![
        step("Body", &format!("{same}one{same}"), &format!("{same}two{same}"), Recreation::Always),
        Property {
            path: "Script".into(),
            before: None,
            after: After::Known(Some(lines)),
            recreates: Recreation::Perhaps,
        },
        Property {
            path: "Text".into(),
            before: Some(same),
            after: After::Known(None),
            recreates: Recreation::Never,
        },
    ];
    let function = part("Function", "AWS::Lambda::Function", PartAction::Replace);
    assert_snapshot!(shown(change(Action::Update, vec![with(properties, function)])));
}

#[test]
fn counts_and_lines_for_programs_know_of_it() {
    let plan = plan(vec![change(Action::Update, rich())]);
    let lines: Vec<String> =
        plan_records(&plan).into_iter().filter_map(|record| log_line(record, "2026-01-01")).collect();
    let lines: Vec<Json> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["type"], "planned_change");
    let parts = lines[0]["change"]["inside"]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 10);
    let database = serde_json::json!({
        "name": "Database", "type": "AWS::RDS::DBInstance", "id": "database-1", "action": "replace",
        "loses_data": true, "fate": "deleted", "replace_paths": ["DBName", "Engine"],
    });
    assert_eq!(parts[4], database);
    assert!(!lines[0].to_string().contains("postgres"), "no values");
    let counts = serde_json::json!({
        "add": 1, "change": 1, "replace": 2, "perhaps_replace": 1, "remove": 3, "import": 1, "undecided": 1,
        "loses_data": 3,
    });
    assert_eq!(lines[1]["changes"]["inside"], counts);
    let environment = EnvironmentPlan::of("staging", Some(&plan), Diagnostics::new(), (false, true));
    assert_snapshot!("table", environments_table(&[environment]).terminal(PLAIN));
}

#[test]
fn drift_of_parts_is_told_with_its_object() {
    let parts = vec![
        with(
            vec![step("Tags.0.Value", "ours", "theirs", Recreation::Never)],
            subnet("Bent", PartAction::Modify),
        ),
        database("Gone", PartAction::Remove, Fate::Deleted),
    ];
    let unchanged = Change { after: object("1"), ..change(Action::Update, parts) };
    let plan = Plan { drift: vec![unchanged], ..plan(Vec::new()) };
    let drift = EnvironmentDrift::of("staging", Some(&plan), Diagnostics::new(), false);
    assert_snapshot!("drift", drift.terminal(PLAIN));
    let drifts = [drift];
    assert_snapshot!("drift_table", drift_table(&drifts).terminal(PLAIN));
    assert_snapshot!("drift_in_a_comment", drift_comment(Some("shop"), &drifts));
    assert_snapshot!("drift_as_json", drift_json(&drifts));
}

#[test]
fn colours_warn_of_lost_data() {
    let parts = vec![database("Database", PartAction::Replace, Fate::Deleted), subnet("A", PartAction::Add)];
    let plan = plan(vec![change(Action::Update, parts)]);
    let text = terminal_plan(&plan, Style { color: true, ..PLAIN }).collect::<String>();
    assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn nothing_that_another_engine_tells_commands_the_terminal() {
    let evil = "\u{1b}[2Jx\ny";
    let properties = vec![step(evil, evil, "z", Recreation::Never), later(evil, None, Recreation::Perhaps)];
    let parts = vec![Part {
        kind: evil.into(),
        id: Some(evil.into()),
        ..with(properties, database(evil, PartAction::Replace, Fate::Deleted))
    }];
    let text = shown(change(Action::Update, parts));
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(text.matches("x y").count(), 7, "names stay in their lines:\n{text}");
}

const SECRET: &str = "xyzzy\"2";

fn tainted() -> impl Strategy<Value = String> {
    let inner = "xyzzy\\\"2";
    prop::sample::select(vec![
        SECRET.to_owned(),
        format!("postgres://admin:{SECRET}@db/shop"),
        format!("{{\"Password\":\"{inner}\"}}"),
        format!("line\n{SECRET}\nline\n"),
        "plain".to_owned(),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_secret_of_the_object_is_not_shown_as_a_property_of_a_part(
        before in proptest::option::of(tainted()),
        after in proptest::option::of(tainted()),
        unknown in any::<bool>(),
        whole in any::<bool>(),
    ) {
        let password = Value::string(SECRET).mark(Mark::Sensitive);
        let secret = match whole {
            true => Value::map(Type::String, [("Password", Value::string(SECRET))]).mark(Mark::Sensitive),
            false => Value::map(Type::String, [("Password", password)]),
        };
        let mut entries = object("2").entries().unwrap().clone();
        entries.insert("parameters".into(), secret);
        let after = if unknown { After::Unknown } else { After::Known(after) };
        let property = Property { path: "P".into(), before, after, recreates: Recreation::Always };
        let parts = vec![with(vec![property], subnet("A", PartAction::Replace))];
        let plan = plan(vec![Change { after: Value::object(entries), ..change(Action::Update, parts) }]);
        let view = plan_view(&plan);
        let shown = terminal_plan(&plan, PLAIN).collect::<String>();
        let json = json(&plan);
        let inside = json["resource_changes"][0]["inside"].to_string();
        let lines: Vec<String> = plan_records(&plan).into_iter().filter_map(|record| log_line(record, "")).collect();
        for text in [shown, format!("{view:?}"), inside, comment(&plan), lines.join("\n")] {
            prop_assert!(!text.contains("xyzzy"), "{text}");
        }
    }

    #[test]
    fn no_name_of_a_part_becomes_markup(
        names in prop::collection::btree_set(hostile(), 1..5),
        (kind, text) in (hostile(), hostile()),
        action in prop::sample::select(vec![PartAction::Remove, PartAction::Replace, PartAction::PerhapsReplace]),
    ) {
        let parts = names.iter().map(|name| {
            let properties = vec![step(&text, &text, &kind, Recreation::Perhaps)];
            Part { kind: kind.clone(), ..with(properties, database(name, action, Fate::Deleted)) }
        });
        let plan = plan(vec![change(Action::Update, parts.collect())]);
        let text = comment(&plan);
        let found = read(&text);
        prop_assert!(found.strangers.is_empty(), "{:?}\n{text}", found.strangers);
        prop_assert_eq!((found.folds, found.rows), (1, 2), "{}", text);
        let drift = Plan { drift: plan.changes, ..empty() };
        let drifts = [EnvironmentDrift::of("staging", Some(&drift), Diagnostics::new(), false)];
        let text = drift_comment(None, &drifts);
        let found = read(&text);
        prop_assert!(found.strangers.is_empty(), "{:?}\n{text}", found.strangers);
    }
}
