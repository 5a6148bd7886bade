//! What is told is there.

use proptest::prelude::*;

use super::*;
use crate::state::{CheckKind, CheckState, CheckStatus, CheckedObject, OutputState};
use crate::value::{Mark, Path, Value};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[tokio::test]
async fn everything_that_a_state_has_is_kept() {
    let fixture = Fixture::new();
    assert!(fixture.read().await.is_empty());
    let full = Object {
        schema_version: 7,
        sensitive: vec![Path::root().attribute("a").index(Value::count(1)), Path::root().attribute("b")],
        private: Arc::from(*b"\0notes"),
        dependencies: vec![
            ResourcePath::parse("module.a.data.t.x").unwrap(),
            ResourcePath::parse("t.y").unwrap(),
        ]
        .into(),
        status: Status::Tainted,
        create_before_destroy: true,
        ..object("{\"a\":[\"é\",\"s\"],\"b\":null}")
    };
    let deposed = Some(key("0a1b2c3d"));
    let check = CheckState {
        kind: CheckKind::Variable,
        address: "var.a".into(),
        status: CheckStatus::Fail,
        objects: vec![CheckedObject {
            address: "var.a".into(),
            status: CheckStatus::Fail,
            messages: vec!["no \"good\"".into()],
        }],
    };
    let output = OutputState {
        value: Value::tuple(vec![Value::string("x"), Value::bool(true)]).mark(Mark::Sensitive),
    };
    let serial = fixture
        .run(vec![
            put("module.m[\"k\"].t.a[\"x]\\\"\"]", "{}"),
            put("module.m[\"k\"].t.a[3]", "{}"),
            Effect::Put { address: at("t.a"), deposed: None, provider: provider(), object: full.clone() },
            Effect::Put {
                address: at("t.a"),
                deposed: deposed.clone(),
                provider: provider(),
                object: full.clone(),
            },
            Effect::Output { name: "o".into(), value: Some(output) },
            Effect::Checks(vec![check.clone()]),
        ])
        .await;
    assert_eq!(serial, 1);
    let state = fixture.read().await;
    assert_eq!((state.serial, state.lineage.len()), (1, 36));
    let instance = state.instance(&at("t.a")).unwrap();
    assert!(instance.current.as_ref() == Some(&full));
    assert!(instance.deposed[&key("0a1b2c3d")] == full);
    assert_eq!(addresses(&state), ["t.a", "module.m[\"k\"].t.a[3]", "module.m[\"k\"].t.a[\"x]\\\"\"]"]);
    assert!(state.outputs["o"].value.marks().contains(&Mark::Sensitive));
    assert_eq!(state.checks, [check]);
    assert_eq!(state::verify(&state), Vec::<String>::new());

    let again = fixture
        .run(vec![Effect::Put { address: at("t.a"), deposed, provider: provider(), object: full }])
        .await;
    assert_eq!(again, 1, "nothing has changed");
}

#[tokio::test]
async fn the_history_tells_what_each_revision_changed() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{\"a\":1,\"b\":1}"), put("t.b", "{}")]).await;
    let (lease, _) = fixture.open().await;
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{\"a\":2,\"b\":1,\"c\":0}")] });
    lease.send(Outcome {
        operation: None,
        effects: vec![Effect::Remove { address: at("t.b"), deposed: None }],
    });
    let wanted = Revision { commit: Some("abc".into()), updated: 1, deleted: 1, ..revision("apply") };
    assert_eq!(lease.finish(wanted).await.unwrap(), 2);
    assert_eq!(lease.finish(revision("nothing")).await.unwrap(), 2);
    lease.release().await.unwrap();

    let history = fixture.store.history(&environment()).await.unwrap();
    assert_eq!(history.iter().map(|revision| revision.serial).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((history[0].updated, history[0].commit.as_deref()), (1, Some("abc")));
    assert!(history[0].when.ends_with('Z'));
    let changes = fixture.store.changes(&environment(), 2).await.unwrap();
    let told: Vec<_> = changes.iter().map(|c| (&*c.address, &*c.what, &*c.detail)).collect();
    assert_eq!(told, [("t.a", "updated", "a, c"), ("t.b", "deleted", "")]);
}

#[tokio::test]
async fn a_provider_is_that_of_all_instances_of_a_resource() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a[0]", "{}"), put("t.a[1]", "{}")]).await;
    let other = Arc::new(ProviderConfigAddress::parse("provider[\"a/b\"].c").unwrap());
    let effect =
        Effect::Put { address: at("t.a[2]"), deposed: None, provider: other.clone(), object: object("{}") };
    fixture.run(vec![effect]).await;
    let state = fixture.read().await;
    assert_eq!(state.resources[&at("t.a").absolute_resource()].provider, other);
}

#[tokio::test]
async fn a_whole_state_takes_the_place_of_another() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{}"), put("t.b", "{}")]).await;
    let mut state = State { lineage: "other".into(), serial: 7, ..State::default() };
    state.put(&at("t.b"), None, &provider(), object("{\"x\":1}"));
    state.put(&at("t.c[0]"), Some(&key("11111111")), &provider(), object("{}"));
    let (lease, _) = fixture.open().await;
    assert_eq!(lease.replace(state.clone(), revision("state push")).await.unwrap(), 7);
    assert_eq!(lease.replace(state.clone(), revision("state push")).await.unwrap(), 7);
    assert_eq!(lease.replace(State { serial: 3, ..State::default() }, revision("x")).await.unwrap(), 8);
    assert_eq!(lease.replace(state.clone(), revision("x")).await.unwrap(), 9);
    lease.release().await.unwrap();
    let stored = fixture.read().await;
    assert_eq!(stored.lineage, "other");
    assert_eq!(shown(stored), shown(state));
}

#[tokio::test]
async fn a_state_can_be_asked_in_sql_and_not_changed() {
    let fixture = Fixture::new();
    let ask = |sql: &str| {
        let answer = fixture.store.query(&environment(), sql, None);
        let veil: Veil = Arc::new(|asked| asked.attributes.clone());
        let veiled = fixture.store.query(&environment(), sql, Some(veil));
        assert_eq!(answer.as_ref().ok(), veiled.as_ref().ok(), "there is no secret");
        answer
    };
    assert!(ask("SELECT * FROM instances").unwrap().rows.is_empty(), "there is none yet");
    fixture.run(vec![put("t.a[1]", "{\"size\":3}"), put("module.m.t.b", "{\"size\":5}")]).await;
    let answer =
        ask("select address, key, attributes ->> 'size' as size from instances order by size").unwrap();
    assert_eq!(answer.columns, ["address", "key", "size"]);
    let text = |text: &str| Cell::Text(text.into());
    assert_eq!(answer.rows[0], [text("t.a[1]"), Cell::Integer(1), Cell::Integer(3)]);
    assert_eq!(answer.rows[1], [text("module.m.t.b"), Cell::Null, Cell::Integer(5)]);
    let views = ["resources", "outputs", "checks", "history", "history_changes"];
    for view in views.into_iter().chain(["objects", "output_values", "journal"]) {
        ask(&format!("SELECT * FROM {view}")).unwrap();
    }
    assert_eq!(ask("SELECT instances FROM resources").unwrap().rows.len(), 2);
    for sql in [
        "DELETE FROM objects",
        "WITH x AS (SELECT 1) DELETE FROM objects",
        "ATTACH 'other.db' AS other",
        "PRAGMA query_only = 0",
        "SELECT 1; DELETE FROM objects",
        "SELECT * FROM nothing",
        "nonsense",
        "",
    ] {
        assert!(matches!(ask(sql), Err(StoreFault::Unusable { .. })), "{sql}");
    }
}

fn an_effect() -> impl Strategy<Value = Effect> {
    let address =
        prop::sample::select(vec!["t.a", "t.a[0]", "t.a[\"0\"]", "t.b", "module.m.t.a", "module.m[0].t.a"]);
    let address = address.prop_map(at);
    let deposed = prop::sample::select(vec!["00000000", "11111111"]).prop_map(key);
    let object = (0..3).prop_map(|number| object(&format!("{{\"n\":{number}}}")));
    let place = (address.clone(), prop::option::of(deposed.clone()));
    prop_oneof![
        3 => (place.clone(), object)
            .prop_map(|((address, deposed), object)| Effect::Put { address, deposed, provider: provider(), object }),
        1 => place.prop_map(|(address, deposed)| Effect::Remove { address, deposed }),
        1 => (address.clone(), address.clone()).prop_map(|(from, to)| Effect::Move { from, to }),
        1 => (address.clone(), deposed.clone()).prop_map(|(address, key)| Effect::Depose { address, key }),
        1 => (address, deposed).prop_map(|(address, key)| Effect::Restore { address, key }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_follow_effects_as_a_state_does(runs in prop::collection::vec(prop::collection::vec(an_effect(), 1..8), 1..4)) {
        let fixture = Fixture::new();
        let mut expected = State::default();
        runtime().block_on(async {
            for effects in runs {
                effects.iter().for_each(|effect| effect.clone().enact(&mut expected));
                fixture.run(effects).await;
                let stored = fixture.read().await;
                prop_assert_eq!(shown(stored), shown(expected.clone()));
            }
            Ok(())
        })?;
    }
}
