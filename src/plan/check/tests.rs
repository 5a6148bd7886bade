use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, EnvironmentName, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ProviderConfigAddress, ResourceAddress,
};
use crate::plan::{
    Action, After, Change, Fate, Inside, Mode, Order, Origin, OutputChange, Part, PartAction, Plan,
    PlanOptions, Property, Reason, Recreation, Schemas,
};
use crate::schema::{self, Attribute, Block};
use crate::state::{Object, State, Status};
use crate::value::{Mark, Path, Type, Value};

use super::check;

fn provider() -> Arc<ProviderConfigAddress> {
    ProviderConfigAddress { module: ModulePath::root(), provider: ProviderAddress::builtin("t"), alias: None }
        .into()
}

fn address(name: &str) -> AbsoluteInstance {
    ResourceAddress::managed("t", name).within(ModuleInstance::root()).instance(InstanceKey::None)
}

fn object(name: &str) -> Value {
    Value::object([
        ("id", Value::string(name)),
        ("secret", Value::string("s").mark(Mark::Sensitive)),
        ("token", Value::null(Type::String)),
    ])
}

fn none() -> Value {
    Value::null(Type::Dynamic)
}

fn change(name: &str, action: Action) -> Change {
    let reason = match action {
        Action::Replace(_) => Some(Reason::ReplaceByRequest),
        _ => None,
    };
    Change {
        address: address(name),
        deposed: None,
        moved_from: None,
        provider: provider(),
        action,
        reason,
        before: if action == Action::Create { none() } else { object(name) },
        after: if matches!(action, Action::Delete | Action::Forget) { none() } else { object(name) },
        forces_replacement: Vec::new(),
        import: None,
        private: Vec::new().into(),
        dependencies: Vec::new().into(),
        create_before_destroy: action == Action::Replace(Order::CreateFirst),
        inside: None,
    }
}

/// A plan of these changes, and a state that has what is there before them.
fn plan(changes: Vec<Change>) -> Plan {
    let mut prior = State::default();
    for change in changes.iter().filter(|change| !change.before.is_null()) {
        let object = Object {
            schema_version: 0,
            attributes: "{}".into(),
            sensitive: Vec::new(),
            private: Vec::new().into(),
            dependencies: Vec::new().into(),
            status: Status::Ready,
            create_before_destroy: false,
        };
        prior.put(&change.address, change.deposed.as_ref(), &change.provider, object);
    }
    let mut token = Attribute::optional(Type::String);
    token.write_only = true;
    let block = Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("secret", Attribute::optional(Type::String).sensitive())
        .with("token", token);
    let schema = schema::Provider { resources: [("t".into(), block)].into(), ..schema::Provider::default() };
    Plan {
        origin: Origin {
            environment: EnvironmentName::new("default").unwrap(),
            lineage: String::new(),
            serial: 1,
            configuration: String::new(),
            providers: Default::default(),
        },
        time: String::new(),
        options: PlanOptions::default(),
        changes,
        drift: Vec::new(),
        outputs: Default::default(),
        checks: Vec::new(),
        prior: prior.into(),
        schemas: Schemas([(provider().provider.clone(), Arc::new(schema))].into()),
        protection: [].into(),
        faulty: false,
        unfounded: false,
    }
}

fn flaws(plan: &Plan) -> Vec<String> {
    check(plan).iter().map(ToString::to_string).collect()
}

fn with(action: Action, adjust: impl FnOnce(&mut Change)) -> Vec<String> {
    let mut change = change("a", action);
    let stored = plan(vec![change.clone()]).prior;
    adjust(&mut change);
    flaws(&Plan { prior: stored, ..plan(vec![change]) })
}

#[test]
fn a_sound_plan_has_no_flaws() {
    let actions = [
        Action::NoOp,
        Action::Create,
        Action::Update,
        Action::Delete,
        Action::Replace(Order::CreateFirst),
        Action::Replace(Order::DestroyFirst),
        Action::Forget,
    ];
    let changes = ["a", "b", "c", "d", "e", "f", "g"].iter().zip(actions);
    let plan = plan(changes.map(|(name, action)| change(name, action)).collect());
    assert_eq!(flaws(&plan), Vec::<String>::new());
}

#[test]
fn values_fit_what_is_done() {
    assert_eq!(with(Action::Create, |c| c.after = none()), ["t.a would be created as nothing"]);
    assert_eq!(
        with(Action::Delete, |c| c.after = object("a")),
        ["t.a would be destroyed, and still be there"]
    );
    assert_eq!(
        with(Action::NoOp, |c| c.after = object("b")),
        ["t.a would stay as it is, and be something else"]
    );
    assert_eq!(
        with(Action::Replace(Order::DestroyFirst), |c| c.after = none()),
        ["t.a would be replaced, and one of both is missing"]
    );
    assert_eq!(with(Action::Read, |_| ()).len(), 2);
}

#[test]
fn what_there_is_is_known() {
    let mut unknown = object("a").entries().unwrap().clone();
    unknown.insert("id".into(), Value::unknown(Type::String));
    let unknown = Value::object(unknown);
    assert_eq!(
        with(Action::Update, |c| c.before = unknown.clone()),
        ["t.a has something unknown in what it is now"]
    );
    assert_eq!(with(Action::Update, |c| c.after = unknown), Vec::<String>::new());
}

#[test]
fn marks_are_kept() {
    let part = |name: &'static str, value: Value| {
        let mut entries = object("a").entries().unwrap().clone();
        entries.insert(name.into(), value);
        Value::object(entries)
    };
    let open = part("secret", Value::string("s"));
    assert_eq!(
        with(Action::Update, |c| c.after = open),
        ["t.a would show the sensitive \"secret\" in what it will be"]
    );
    let ephemeral = part("id", Value::string("s").mark(Mark::Ephemeral));
    assert_eq!(
        with(Action::Update, |c| c.after = ephemeral),
        ["t.a has something ephemeral in what it will be"]
    );
    let kept = part("token", Value::string("s"));
    assert_eq!(
        with(Action::Update, |c| c.after = kept),
        ["t.a keeps \"token\", which is only written, in what it will be"]
    );
    let more = part("more", Value::string("s"));
    assert_eq!(
        with(Action::Update, |c| c.after = more),
        ["t.a has a part \"more\" that is not in its schema in what it will be"]
    );
}

#[test]
fn a_replacement_has_its_reason() {
    let replace = Action::Replace(Order::DestroyFirst);
    assert_eq!(
        with(replace, |c| c.reason = None),
        ["t.a has a reason that is none for what it goes through"]
    );
    assert_eq!(
        with(replace, |c| c.reason = Some(Reason::ReplaceBecauseCannotUpdate)),
        ["t.a is replaced because of attributes, and none is named"]
    );
    assert_eq!(
        with(Action::Update, |c| c.forces_replacement = vec![Path::root().attribute("id")]),
        ["t.a has attributes that force a replacement, and is not replaced"]
    );
}

#[test]
fn the_state_and_the_plan_have_the_same_objects() {
    let sound = plan(vec![change("a", Action::Update), change("b", Action::NoOp)]);
    let missing = Plan { changes: vec![change("b", Action::NoOp)], ..sound.clone() };
    assert_eq!(flaws(&missing), ["t.a is in the state and not in the plan"]);
    let partial =
        Plan { options: PlanOptions { excluded: vec![target("a")], ..PlanOptions::default() }, ..missing };
    assert_eq!(flaws(&partial), Vec::<String>::new());
    let unknown = Plan { prior: State::default().into(), ..plan(vec![change("a", Action::Delete)]) };
    assert_eq!(flaws(&unknown), ["t.a is said to be there, and the state does not have it"]);
    let twice = Plan { changes: vec![change("a", Action::Update), change("a", Action::Update)], ..sound };
    assert_eq!(flaws(&twice), ["t.a is planned twice", "t.b is in the state and not in the plan"]);
}

fn target(name: &str) -> crate::address::Target {
    crate::address::Target {
        module: ModuleInstance::root(),
        resource: Some(ResourceAddress::managed("t", name)),
        key: InstanceKey::None,
    }
}

#[test]
fn what_was_asked_for_limits_what_is_done() {
    let with_mode = |mode, action| {
        let plan = plan(vec![change("a", action)]);
        flaws(&Plan { options: PlanOptions { mode, ..PlanOptions::default() }, ..plan })
    };
    assert_eq!(with_mode(Mode::Destroy, Action::Delete), Vec::<String>::new());
    assert_eq!(with_mode(Mode::Destroy, Action::Update).len(), 1);
    assert_eq!(with_mode(Mode::RefreshOnly, Action::NoOp), Vec::<String>::new());
    assert_eq!(with_mode(Mode::RefreshOnly, Action::Delete).len(), 1);
}

#[test]
fn nothing_waits_for_itself() {
    let needing = |name: &str, needed: &str, action| Change {
        dependencies: [address(needed).path()].into(),
        ..change(name, action)
    };
    let chain = vec![change("a", Action::Create), needing("b", "a", Action::Create)];
    assert_eq!(flaws(&plan(chain)), Vec::<String>::new());
    let circle = vec![needing("a", "b", Action::Create), needing("b", "a", Action::Create)];
    assert_eq!(flaws(&plan(circle)), ["t.a, t.b wait for each other in a circle"]);
    // Objects that go may have needed each other at different times.
    let gone = vec![needing("a", "b", Action::Delete), needing("b", "a", Action::Delete)];
    assert_eq!(flaws(&plan(gone)), Vec::<String>::new());
}

#[test]
fn nothing_goes_that_something_replaced_later_still_needs() {
    let needed = change("a", Action::Replace(Order::DestroyFirst));
    let needing = Change {
        dependencies: [address("a").path()].into(),
        ..change("b", Action::Replace(Order::CreateFirst))
    };
    assert_eq!(
        flaws(&plan(vec![needed, needing])),
        ["t.b is replaced create first, and t.a, which it needs, destroy first"]
    );
}

#[test]
fn outputs_keep_secrets_and_nothing_ephemeral() {
    let output =
        |after: Value| OutputChange { action: Action::Update, before: none(), after, sensitive: false };
    let with = |output| flaws(&Plan { outputs: [("o".into(), output)].into(), ..plan(Vec::new()) });
    assert_eq!(with(output(Value::string("x"))), Vec::<String>::new());
    let sensitive = Value::string("x").mark(Mark::Sensitive);
    assert_eq!(with(output(sensitive)), ["output.o would be shown, and is sensitive"]);
    let ephemeral = Value::string("x").mark(Mark::Ephemeral);
    assert_eq!(with(output(ephemeral)), ["output.o would be stored, and is ephemeral"]);
}

fn part(name: &str, paths: &[&str]) -> Part {
    let property = |path: &&str| Property {
        path: (*path).into(),
        before: None,
        after: After::Unknown,
        recreates: Recreation::Never,
    };
    Part {
        name: name.into(),
        kind: "T".into(),
        id: None,
        action: PartAction::Modify,
        properties: paths.iter().map(property).collect(),
        holds_data: false,
        fate: Fate::Deleted,
    }
}

#[test]
fn parts_are_in_order_and_each_there_once() {
    let inside = |parts: Vec<Part>| Some(Arc::new(Inside { parts, ..Inside::default() }));
    let updated = |parts| with(Action::Update, |c| c.inside = inside(parts));
    assert_eq!(updated(vec![part("A", &["P", "Q"]), part("B", &[])]), Vec::<String>::new());
    assert_eq!(updated(vec![part("A", &[]), part("A", &[])]), ["t.a has its part \"A\" twice"]);
    assert_eq!(updated(vec![part("B", &[]), part("A", &[])]), ["t.a has its part \"A\" out of its place"]);
    assert_eq!(
        updated(vec![part("A", &["Q", "P"])]),
        ["t.a has properties of its part \"A\" out of their places"]
    );
}

#[test]
fn only_what_changes_has_an_inside_and_only_what_is_planned_is_prepared() {
    let noted = Some(Arc::new(Inside { notes: b"n".as_slice().into(), ..Inside::default() }));
    for action in [Action::Create, Action::Update, Action::Delete, Action::Replace(Order::CreateFirst)] {
        assert_eq!(with(action, |c| c.inside = noted.clone()), Vec::<String>::new());
    }
    for action in [Action::NoOp, Action::Forget] {
        let said = ["t.a has something happen to its parts, and nothing to itself"];
        assert_eq!(with(action, |c| c.inside = noted.clone()), said);
    }
    let found = Change { inside: noted, ..change("a", Action::Update) };
    let found = Plan { drift: vec![found], ..plan(Vec::new()) };
    assert_eq!(flaws(&found), ["t.a has something prepared for what has happened already"]);
}

#[test]
fn of_a_plan_that_failed_nothing_is_asked() {
    let broken = plan(vec![change("b", Action::NoOp), change("a", Action::NoOp)]);
    assert!(!flaws(&broken).is_empty());
    assert_eq!(flaws(&Plan { faulty: true, ..broken }), Vec::<String>::new());
}
