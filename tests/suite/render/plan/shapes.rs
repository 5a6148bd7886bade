//! Each shape that a difference can have.

use std::collections::BTreeMap;
use std::sync::Arc;

use insta::assert_snapshot;
use terrace::address::{InstanceKey, ModuleInstance, ResourceAddress, ResourceMode};
use terrace::plan::{Action, Change, Import, Mode, Order, OutputChange, Plan, Reason};
use terrace::render::{Style, terminal_plan};
use terrace::schema::{Attribute, Block, NestedBlock, Nesting};
use terrace::state::DeposedKey;
use terrace::value::{Mark, Name, Number, Path, Type, Value};

use crate::support::plan_json::{change_of, empty, schemas};

pub(super) const PLAIN: Style = Style { color: false, unicode: true, width: 78 };

fn text(text: &str) -> Value {
    Value::string(text)
}

fn number(number: i64) -> Value {
    Value::number(Number::from_i64(number))
}

fn none() -> Value {
    Value::null(Type::Dynamic)
}

fn later() -> Value {
    Value::unknown(Type::String)
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

fn texts(items: &[&str]) -> Vec<Value> {
    items.iter().map(|item| text(item)).collect()
}

fn list(items: &[&str]) -> Value {
    Value::list(Type::String, texts(items))
}

fn map(entries: &[(&str, Value)]) -> Value {
    let items: BTreeMap<Name, Value> =
        entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Value::map(Type::String, items)
}

fn nested(nesting: Nesting, block: Block) -> NestedBlock {
    NestedBlock { block, nesting, min: 0, max: None }
}

/// A type with something of everything.
fn machine() -> Block {
    let disk = Block::default()
        .with("size", Attribute::optional(Type::Number))
        .with("kind", Attribute::optional(Type::String));
    let mut block = Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("image", Attribute::required(Type::String))
        .with("text", Attribute::optional(Type::String))
        .with("tags", Attribute::optional(Type::map(Type::String)))
        .with("labels", Attribute::optional(Type::map(Type::String)))
        .with("zones", Attribute::optional(Type::list(Type::String)))
        .with("groups", Attribute::optional(Type::set(Type::String)))
        .with(
            "ports",
            Attribute::optional(Type::map(Type::object([("from", Type::Number), ("to", Type::Number)]))),
        )
        .with("password", Attribute::optional(Type::String).sensitive())
        .with("token", Attribute { write_only: true, ..Attribute::optional(Type::String) });
    for (kind, nesting) in [
        ("network", Nesting::Single),
        ("disk", Nesting::List),
        ("rule", Nesting::Set),
        ("volume", Nesting::Map),
    ] {
        block.blocks.insert(kind.into(), nested(nesting, disk.clone()));
    }
    block
}

fn disk(size: i64, kind: &str) -> Value {
    object([("size", number(size)), ("kind", text(kind))])
}

fn disk_type() -> Type {
    Type::object([("size", Type::Number), ("kind", Type::String)])
}

/// A machine of which only some attributes are set.
fn of_machine<const N: usize>(given: [(&str, Value); N]) -> Value {
    let names = machine();
    let all = names.attributes.keys().chain(names.blocks.keys());
    let given: BTreeMap<&str, Value> = given.into_iter().collect();
    Value::object(all.map(|name| (name.clone(), given.get(&**name).cloned().unwrap_or_else(none))))
}

fn plan(changes: Vec<Change>) -> Plan {
    Plan { changes, schemas: schemas([("machine", machine())]), ..empty() }
}

fn shown(plan: &Plan) -> String {
    terminal_plan(plan, PLAIN).collect::<String>()
}

fn updated(before: Value, after: Value) -> String {
    shown(&plan(vec![change_of("machine", "m", Action::Update, before, after)]))
}

#[test]
fn nothing_to_do_is_said_in_a_line() {
    assert_snapshot!(shown(&empty()), @"No changes. The infrastructure matches the configuration.");
    let mut destroy = empty();
    destroy.options.mode = Mode::Destroy;
    assert_snapshot!(shown(&destroy), @"No changes. There is nothing to destroy.");
    let faulty = Plan { faulty: true, ..empty() };
    assert_snapshot!(shown(&faulty), @"Planning failed. The errors are reported with it.");
}

#[test]
fn blocks_of_every_nesting_are_told_apart() {
    let before = of_machine([
        ("id", text("i-1")),
        ("name", text("web")),
        ("network", disk(1, "a")),
        ("disk", Value::list(disk_type(), vec![disk(1, "a"), disk(2, "b"), disk(3, "c")])),
        ("rule", Value::set(disk_type(), vec![disk(1, "a"), disk(2, "b")])),
        ("volume", Value::map(disk_type(), [("x", disk(1, "a")), ("y", disk(2, "b"))])),
    ]);
    let after = of_machine([
        ("id", text("i-1")),
        ("name", text("web")),
        ("network", disk(5, "a")),
        ("disk", Value::list(disk_type(), vec![disk(1, "a"), disk(20, "b")])),
        ("rule", Value::set(disk_type(), vec![disk(1, "a"), disk(3, "b")])),
        ("volume", Value::map(disk_type(), [("x", disk(1, "b")), ("z", disk(2, "b"))])),
    ]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn collections_of_every_kind_are_compared_by_element() {
    let port = |from, to| object([("from", number(from)), ("to", number(to))]);
    let ports = |entries: Vec<(&str, Value)>| {
        Value::map(Type::object([("from", Type::Number), ("to", Type::Number)]), entries)
    };
    let before = of_machine([
        ("name", text("web")),
        ("tags", map(&[("team", text("a")), ("old", text("x")), ("same", text("s"))])),
        ("labels", map(&[("one", text("1"))])),
        ("zones", list(&["a", "b", "c", "d", "e", "f", "g", "h"])),
        ("groups", Value::set(Type::String, texts(&["a", "b", "c"]))),
        ("ports", ports(vec![("http", port(80, 8080)), ("ssh", port(22, 22))])),
    ]);
    let after = of_machine([
        ("name", text("web")),
        ("tags", map(&[("team", text("b")), ("new key", text("y")), ("same", text("s"))])),
        ("labels", map(&[])),
        ("zones", list(&["a", "b", "c", "x", "d", "e", "f", "g"])),
        ("groups", Value::set(Type::String, texts(&["a", "c", "d"]))),
        ("ports", ports(vec![("http", port(80, 80)), ("https", port(443, 443))])),
    ]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn what_forces_a_replacement_is_marked_where_it_is() {
    let before = of_machine([
        ("id", text("i-1")),
        ("name", text("web")),
        ("image", text("debian")),
        ("zones", list(&["a", "b"])),
        ("disk", Value::list(disk_type(), vec![disk(1, "a")])),
    ]);
    let after = of_machine([
        ("id", later()),
        ("name", text("web")),
        ("image", text("ubuntu")),
        ("zones", list(&["a", "c"])),
        ("disk", Value::list(disk_type(), vec![disk(2, "a")])),
    ]);
    let mut change = change_of("machine", "m", Action::Replace(Order::DestroyFirst), before, after);
    change.reason = Some(Reason::ReplaceBecauseCannotUpdate);
    change.forces_replacement = vec![
        Path::root().attribute("image"),
        Path::root().attribute("zones"),
        Path::root().attribute("disk").index(number(0)).attribute("size"),
    ];
    assert_snapshot!(shown(&plan(vec![change])));
}

#[test]
fn long_texts_are_folded_around_what_changes() {
    let lines = |changed: &str| {
        (1..=20).map(|n| if n == 12 { changed.into() } else { format!("line {n}\n") }).collect::<String>()
    };
    let before = of_machine([("name", text("web")), ("text", text(&lines("before\n")))]);
    let after = of_machine([("name", text("web")), ("text", text(&lines("after\n")))]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn the_end_of_the_last_line_counts() {
    let before = of_machine([("name", text("web")), ("text", text("a\nb"))]);
    let after = of_machine([("name", text("web")), ("text", text("a\nb\n"))]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn documents_in_texts_are_compared_by_what_they_say() {
    let json = |size: i64| format!("{{\"disks\":[{{\"size\":{size}}},{{\"size\":2}}],\"name\":\"a\"}}");
    let before = of_machine([("name", text("json")), ("text", text(&json(1)))]);
    let after = of_machine([("name", text("json")), ("text", text(&json(5)))]);
    assert_snapshot!("json", updated(before, after));
    let yaml = |size: i64| format!("\"disks\":\n- \"size\": {size}\n- \"size\": 2\n\"name\": \"a\"\n");
    let before = of_machine([("name", text("yaml")), ("text", text(&yaml(1)))]);
    let after = of_machine([("name", text("yaml")), ("text", text(&yaml(5)))]);
    assert_snapshot!("yaml", updated(before, after));
    // What a person wrote has comments, which must not get lost.
    let before = of_machine([("name", text("yaml")), ("text", text("# mine\na: 1\nb: 2\n"))]);
    let after = of_machine([("name", text("yaml")), ("text", text("# mine\na: 1\nb: 3\n"))]);
    assert_snapshot!("written_yaml", updated(before, after));
}

#[test]
fn a_text_that_becomes_a_document_is_one_thing_instead_of_another() {
    let before = of_machine([("name", text("web")), ("text", text("plain\ntext\n"))]);
    let after = of_machine([("name", text("web")), ("text", text("{\"a\":1}"))]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn secrets_and_what_is_never_stored_are_not_shown() {
    let secret = |value: &str| text(value).mark(Mark::Sensitive);
    let blocks = |size| Value::set(disk_type(), vec![disk(size, "hush")]).mark(Mark::Sensitive);
    let before = of_machine([
        ("name", text("web")),
        ("image", text("becomes")),
        ("password", text("hush")),
        ("zones", Value::list(Type::String, vec![text("a"), secret("hush")])),
        ("rule", blocks(1)),
    ]);
    let after = of_machine([
        ("name", text("web")),
        ("image", secret("becomes")),
        ("password", text("hush hush")),
        ("zones", Value::list(Type::String, vec![text("b"), secret("hush")])),
        ("rule", blocks(2)),
    ]);
    let created = change_of("machine", "new", Action::Create, none(), after.clone());
    let updated = change_of("machine", "m", Action::Update, before, after);
    let shown = shown(&plan(vec![updated, created]));
    assert!(!shown.contains("hush"));
    assert_snapshot!(shown);
}

#[test]
fn blocks_that_are_not_known_are_said_to_come() {
    let before = of_machine([("name", text("web"))]);
    let after = of_machine([
        ("name", text("web")),
        ("disk", Value::unknown(Type::list(disk_type()))),
        ("text", later()),
    ]);
    assert_snapshot!(updated(before, after));
}

#[test]
fn every_reason_is_told() {
    let make = |name: &str, action, reason| {
        let there = of_machine([("name", text(name))]);
        let (before, after) = match action {
            Action::Delete | Action::Forget => (there, none()),
            Action::Create | Action::Read => (none(), there),
            _ => (there.clone(), there),
        };
        let mut change = change_of("machine", name, action, before, after);
        change.reason = reason;
        change
    };
    let replace = Action::Replace(Order::CreateFirst);
    let mut changes = vec![
        make("tainted", replace, Some(Reason::ReplaceBecauseTainted)),
        make("requested", replace, Some(Reason::ReplaceByRequest)),
        make("triggered", replace, Some(Reason::ReplaceByTriggers)),
        make("gone", Action::Delete, Some(Reason::DeleteBecauseNoResourceConfig)),
        make("indexed", Action::Delete, Some(Reason::DeleteBecauseCountIndex)),
        make("keyed", Action::Delete, Some(Reason::DeleteBecauseEachKey)),
        make("wrong", Action::Delete, Some(Reason::DeleteBecauseWrongRepetition)),
        make("moduled", Action::Delete, Some(Reason::DeleteBecauseNoModule)),
        make("left", Action::Delete, None),
        make("forgotten", Action::Forget, Some(Reason::DeleteBecauseNoResourceConfig)),
        make("unknown", Action::Read, Some(Reason::ReadBecauseConfigUnknown)),
        make("pending", Action::Read, Some(Reason::ReadBecauseDependencyPending)),
        make("nested", Action::Read, Some(Reason::ReadBecauseCheckNested)),
        make("moved", Action::NoOp, None),
        make("imported", Action::NoOp, None),
        make("lost", replace, Some(Reason::ReplaceByRequest)),
    ];
    for change in &mut changes {
        let old = || ResourceAddress::managed("machine", "old").within(ModuleInstance::root());
        match &*change.address.resource.name {
            "indexed" => change.address.key = InstanceKey::Number(3),
            "keyed" => change.address.key = InstanceKey::text("k"),
            "moduled" => {
                change.address.module = ModuleInstance::root().child("a", InstanceKey::text("x"));
            }
            "left" => change.deposed = Some(DeposedKey("0badcafe".into())),
            "unknown" | "pending" | "nested" => change.address.resource.mode = ResourceMode::Data,
            "moved" => change.moved_from = Some(old().instance(InstanceKey::None).into()),
            "imported" => {
                change.import = Some(Import { id: "i-1".into(), generated: Some(Arc::from("")) }.into());
            }
            "lost" => change.import = Some(Import { id: "i-2".into(), generated: None }.into()),
            _ => {}
        }
    }
    let shown = shown(&plan(changes));
    let comments: String =
        shown.lines().filter(|line| line.starts_with("  # ")).flat_map(|line| [line, "\n"]).collect();
    assert_snapshot!("every_reason", comments);
    let end = shown.find("What will be destroyed").unwrap();
    assert_snapshot!("every_loss", &shown[end..]);
}

#[test]
fn a_long_plan_begins_with_a_summary_and_ends_with_what_is_lost() {
    let mut changes = Vec::new();
    for index in 0..20 {
        let mut change =
            change_of("machine", "many", Action::Create, none(), of_machine([("name", text("many"))]));
        change.address.key = InstanceKey::Number(index);
        changes.push(change);
    }
    let there = of_machine([("name", text("there"))]);
    changes.push(change_of("machine", "gone", Action::Delete, there.clone(), none()));
    for key in ["x", "y"] {
        let mut change =
            change_of("machine", "inner", Action::Update, there.clone(), of_machine([("name", text("new"))]));
        change.address.module =
            ModuleInstance::root().child("a", InstanceKey::text(key)).child("b", InstanceKey::None);
        changes.push(change);
    }
    let shown = shown(&plan(changes));
    let details = shown.find("\n  # ").unwrap();
    let losses = shown.find("What will be destroyed").unwrap();
    assert_snapshot!(format!("{}[...]\n\n{}", &shown[..details], &shown[losses..]));
}

#[test]
fn drift_is_told_where_it_matters() {
    let before = of_machine([("id", text("i-1")), ("name", text("web")), ("image", text("debian"))]);
    let after = of_machine([("id", text("i-1")), ("name", text("web")), ("image", text("ubuntu"))]);
    let drift = vec![
        change_of("machine", "m", Action::Update, before.clone(), after.clone()),
        change_of("machine", "other", Action::Delete, before.clone(), none()),
    ];
    let repaired = change_of("machine", "m", Action::Update, after, before);
    let normal = Plan { drift: drift.clone(), ..plan(vec![repaired]) };
    assert_snapshot!("drift", shown(&normal));
    let mut refresh = Plan { drift, ..plan(Vec::new()) };
    refresh.options.mode = Mode::RefreshOnly;
    assert_snapshot!("drift_only", shown(&refresh));
}

#[test]
fn outputs_change_like_attributes() {
    let output = |action, before, after, sensitive| OutputChange { action, before, after, sensitive };
    let outputs = BTreeMap::from([
        ("address".into(), output(Action::Update, text("a"), later(), false)),
        ("gone".into(), output(Action::Delete, list(&["x"]), none(), false)),
        ("same".into(), output(Action::NoOp, text("a"), text("a"), false)),
        ("secret".into(), output(Action::Update, text("hush"), text("hush hush"), true)),
        ("tags".into(), output(Action::Create, none(), map(&[("a", text("1"))]), false)),
    ]);
    assert_snapshot!(shown(&Plan { outputs, ..empty() }));
}

#[test]
fn a_type_that_nobody_knows_shows_nothing_of_its_object() {
    let change = change_of("unheard_of", "m", Action::Delete, object([("password", text("hush"))]), none());
    assert_snapshot!(shown(&plan(vec![change])));
}

#[test]
fn colours_mark_what_becomes_of_things() {
    let before = of_machine([
        ("id", text("i-1")),
        ("name", text("web")),
        ("image", text("debian")),
        ("text", text("x")),
    ]);
    let after = of_machine([("id", later()), ("name", text("web")), ("image", text("ubuntu"))]);
    let mut change = change_of("machine", "m", Action::Replace(Order::DestroyFirst), before, after);
    change.forces_replacement = vec![Path::root().attribute("image")];
    let shown = terminal_plan(&plan(vec![change]), Style { color: true, ..PLAIN }).collect::<String>();
    assert_snapshot!(shown.replace('\u{1b}', "^"));
}

#[test]
fn control_characters_of_a_text_do_not_reach_the_terminal() {
    let before = of_machine([("name", text("web"))]);
    let after = of_machine([("name", text("\u{1b}[31m")), ("text", text("one\n\u{1b}[2Jtwo\n"))]);
    assert!(!updated(before, after).contains('\u{1b}'));
}
