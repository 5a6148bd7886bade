//! A secret is shown nowhere, wherever in an object it is.

use proptest::prelude::*;

use terrace::plan::{Action, Order, OutputChange, Plan};
use terrace::render::{Style, log_line, outputs, plan_records, plan_view, terminal_plan, terminal_state};
use terrace::schema::{Attribute, Block};
use terrace::state::{Object, OutputState, State, Status};
use terrace::value::{Mark, Path, Type, Value};

use crate::support::plan_json::{change_of, empty, schemas};

const SECRET: &str = "xyzzy";

/// What everything may be made of: secrets hidden in texts of every kind, and plain values.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::string("plain")),
        Just(Value::null(Type::Dynamic)),
        Just(Value::unknown(Type::String)),
        Just(Value::bool(true)),
        Just("{\"a\":\"plain\"}").prop_map(Value::string),
        Just("one\ntwo\n").prop_map(Value::string),
        secret(),
    ]
}

fn secret() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(SECRET.to_owned()),
        Just(format!("{{\"a\":\"{SECRET}\"}}")),
        Just(format!("\"a\": \"{SECRET}\"\n")),
        Just(format!("one\n{SECRET}\nthree\n")),
    ];
    prop_oneof![
        text.clone().prop_map(|text| Value::string(&text).mark(Mark::Sensitive)),
        text.clone().prop_map(|text| Value::tuple(vec![Value::string(&text)]).mark(Mark::Sensitive)),
        text.clone()
            .prop_map(|text| Value::set(Type::String, vec![Value::string(&text).mark(Mark::Sensitive)])),
        text.prop_map(|text| Value::object([("inner", Value::string(&text))]).mark(Mark::Sensitive)),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(Value::object),
        ]
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Create),
        Just(Action::Update),
        Just(Action::Delete),
        Just(Action::Read),
        Just(Action::Forget),
        Just(Action::Replace(Order::CreateFirst)),
    ]
}

fn thing() -> Block {
    Block::default()
        .with("any", Attribute::optional(Type::Dynamic))
        .with("list", Attribute::optional(Type::list(Type::Dynamic)))
        .with("password", Attribute::optional(Type::Dynamic).sensitive())
}

fn object(any: Value, password: &Value) -> Value {
    let list = Value::tuple(vec![any.clone(), Value::string("other")]);
    // Marked by the schema alone.
    Value::object([("any", any), ("list", list), ("password", password.clone().unmark_deep().0)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_plan_shows_a_secret(before in anything(), after in anything(), password in secret(), action in action()) {
        let nothing = || Value::null(Type::Dynamic);
        let sides = match action {
            Action::Create | Action::Read => (nothing(), object(after.clone(), &password)),
            Action::Delete | Action::Forget => (object(before.clone(), &password), nothing()),
            _ => (object(before.clone(), &nothing()), object(after.clone(), &password)),
        };
        let change = change_of("thing", "t", action, sides.0, sides.1);
        let output = OutputChange { action: Action::Update, before, after, sensitive: true };
        let plan = Plan {
            drift: vec![change.clone()],
            changes: vec![change],
            outputs: [("o".into(), output)].into(),
            schemas: schemas([("thing", thing())]),
            ..empty()
        };
        let view = plan_view(&plan);
        for color in [true, false] {
            let shown = terminal_plan(&plan, Style { color, unicode: true, width: 80 }).collect::<String>();
            prop_assert!(!shown.contains(SECRET), "{shown}");
        }
        prop_assert!(!format!("{view:?}").contains(SECRET), "{view:?}");
        for record in plan_records(&plan) {
            prop_assert!(!log_line(record, "").unwrap_or_default().contains(SECRET));
        }
    }

    #[test]
    fn no_state_shows_a_secret(value in anything(), path in prop_oneof![Just("a"), Just("b")]) {
        let object = Object {
            schema_version: 0,
            attributes: format!(
                "{{\"any\":{{\"value\":{{\"{path}\":\"{SECRET}\"}},\"type\":[\"object\",{{\"{path}\":\"string\"}}]}},\
                 \"list\":null,\"password\":{{\"value\":\"{SECRET}\",\"type\":\"string\"}}}}"
            ).into(),
            sensitive: vec![Path::root().attribute("any").attribute(path)],
            private: [].into(),
            dependencies: [].into(),
            status: Status::Ready,
            create_before_destroy: false,
        };
        let change = change_of("thing", "t", Action::NoOp, Value::dynamic(), Value::dynamic());
        let mut state = State::default();
        state.put(&change.address, None, &change.provider, object);
        state.outputs.insert("o".into(), OutputState { value });
        let style = Style { color: false, unicode: true, width: 80 };
        let shown = terminal_state(&state, &schemas([("thing", thing())]), style);
        prop_assert!(shown.contains("password"), "{shown}");
        prop_assert!(!shown.contains(SECRET), "{shown}");
        prop_assert!(!outputs(&state.outputs).contains(SECRET));
    }
}
