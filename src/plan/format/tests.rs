use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, EnvironmentName, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ProviderConfigAddress, ResourceAddress, Target,
};
use crate::plan::{
    Action, After, Change, Fate, Import, Inside, Mode, Order, Origin, OutputChange, Part, PartAction, Plan,
    PlanOptions, Property, Reason, Recreation, Schemas,
};
use crate::schema::{self, Attribute, Block, Nested, NestedBlock, Nesting};
use crate::state::{
    CheckKind, CheckState, CheckStatus, CheckedObject, DeposedKey, InstanceState, Object, OutputState,
    ResourceState, State, Status,
};
use crate::value::{self, Bound, Mark, Name, Number, Path, Refinement, Role, Type, Value};

use super::codec::{Reader, Saved as _, Writer};
use super::{FormatError, VERSION, read, whole, write};

/// Every word once.
fn inside() -> Inside {
    use PartAction::{Add, Import, Modify, PerhapsReplace, Remove, Replace, Undecided};
    let actions = [Add, Modify, Replace, PerhapsReplace, Remove, Import, Undecided];
    let fates = [Fate::Deleted, Fate::Kept, Fate::Copied];
    let property = |recreates, before: Option<&str>, after| Property {
        path: format!("Tags.{recreates:?}"),
        before: before.map(str::to_owned),
        after,
        recreates,
    };
    let parts = actions.iter().enumerate().map(|(at, action)| Part {
        name: format!("Part{at}"),
        kind: "AWS::EC2::Subnet".into(),
        id: (at > 0).then(|| format!("subnet-ü{at}")),
        action: *action,
        properties: match at {
            1 => vec![
                property(Recreation::Always, Some("a"), After::Unknown),
                property(Recreation::Never, None, After::Known(Some("b".into()))),
                property(Recreation::Perhaps, Some(""), After::Known(None)),
            ],
            _ => Vec::new(),
        },
        holds_data: at % 2 == 1,
        fate: fates[at % 3],
    });
    let reservations = vec!["Not all of it can be foreseen.".into()];
    Inside { parts: parts.collect(), reservations, notes: b"arn\0".as_slice().into() }
}

/// A plan as it was before there were insides.
fn without_insides(mut plan: Plan) -> Plan {
    plan.changes.iter_mut().chain(&mut plan.drift).for_each(|change| change.inside = None);
    plan
}

/// A plan with something in every part of it.
fn sample() -> Plan {
    let module = ModuleInstance::root()
        .child("network", InstanceKey::text("a b"))
        .child("inner", InstanceKey::Number(300));
    let address =
        ResourceAddress::managed("t_thing", "web").within(module.clone()).instance(InstanceKey::None);
    let provider = Arc::new(ProviderConfigAddress {
        module: ModulePath::new(["network"]),
        provider: ProviderAddress::default_for("t"),
        alias: Some("west".into()),
    });
    let before = Value::object([
        ("id", Value::string("i-1")),
        ("tags", Value::map(Type::String, BTreeMap::from([(Name::from("a"), Value::string("ü"))]))),
    ]);
    let after = Value::object([
        ("id", Value::unknown(Type::String).refine_not_null().mark(Mark::Sensitive)),
        ("tags", Value::null(Type::map(Type::String))),
    ]);
    let change = Change {
        address: address.clone(),
        deposed: None,
        moved_from: Some(AbsoluteInstance { key: InstanceKey::Number(0), ..address.clone() }.into()),
        provider: provider.clone(),
        action: Action::Replace(Order::CreateFirst),
        reason: Some(Reason::ReplaceBecauseCannotUpdate),
        before: before.clone(),
        after,
        forces_replacement: vec![Path::root().attribute("tags").index(Value::string("a"))],
        import: Some(Import { id: "i-1".into(), generated: Some("resource ...".into()) }.into()),
        private: b"\0\xff".as_slice().into(),
        dependencies: [address.path()].into(),
        create_before_destroy: true,
        inside: Some(inside().into()),
    };
    let kept = Change {
        deposed: Some(DeposedKey("00c0ffee".into())),
        moved_from: None,
        action: Action::NoOp,
        reason: None,
        after: before.clone(),
        forces_replacement: Vec::new(),
        import: None,
        inside: None,
        ..change.clone()
    };
    let object = Object {
        schema_version: 2,
        attributes: r#"{"id":"i-1","tags":{"a":"ü"}}"#.into(),
        sensitive: vec![Path::root().attribute("id")],
        private: Vec::new().into(),
        dependencies: [address.path()].into(),
        status: Status::Tainted,
        create_before_destroy: true,
    };
    let stored = InstanceState {
        current: Some(object.clone()),
        deposed: [(DeposedKey("00c0ffee".into()), object)].into(),
    };
    let checks = vec![CheckState {
        kind: CheckKind::Check,
        address: "check.health".into(),
        status: CheckStatus::Fail,
        objects: vec![CheckedObject {
            address: "check.health".into(),
            status: CheckStatus::Error,
            messages: vec!["It is ill.".into()],
        }],
    }];
    let mut part = Attribute::optional(Type::object([("size", Type::Number)]));
    let inside = Block::default().with("size", Attribute::optional(Type::Number));
    part.nested = Some(Arc::new(Nested { attributes: inside.attributes.clone(), nesting: Nesting::Single }));
    let mut block = Block::default()
        .versioned(2)
        .with("id", Attribute::computed(Type::String).sensitive())
        .with("tags", Attribute::optional_computed(Type::map(Type::String)))
        .with("part", part);
    let nested = NestedBlock { block: inside, nesting: Nesting::Set, min: 1, max: Some(3) };
    block.blocks.insert("disk".into(), nested);
    let schema = schema::Provider { resources: [("t_thing".into(), block)].into(), ..Default::default() };
    let target = Target { module, resource: None, key: InstanceKey::None };
    Plan {
        origin: Origin {
            environment: EnvironmentName::new("staging").unwrap(),
            lineage: "3f1c".into(),
            serial: 1 << 40,
            configuration: "sha256:0".into(),
            providers: [(ProviderAddress::builtin("terraform"), "d".into())].into(),
        },
        time: "2026-01-02T03:04:05Z".into(),
        options: PlanOptions {
            mode: Mode::Destroy,
            inputs: [(Name::from("size"), Value::count(3))].into(),
            targets: vec![target.clone()],
            excluded: vec![Target { resource: Some(address.resource.clone()), ..target }],
            replace: vec![address.clone()],
            skip_refresh: true,
            imports: vec![(address.clone(), "i-2".into())],
            given: Some([Name::from("token")].into()),
        },
        changes: vec![change.clone(), kept],
        drift: vec![change],
        outputs: [(
            Name::from("o"),
            OutputChange {
                action: Action::Create,
                before: Value::null(Type::Dynamic),
                after: Value::dynamic(),
                sensitive: true,
            },
        )]
        .into(),
        checks: checks.clone(),
        protection: [("t_thing.*".into(), Action::Delete)].into(),
        prior: State {
            lineage: "3f1c".into(),
            serial: 7,
            resources: [(
                address.absolute_resource(),
                ResourceState { provider: provider.clone(), instances: [(InstanceKey::None, stored)].into() },
            )]
            .into(),
            outputs: [(Name::from("o"), OutputState { value: Value::string("x").mark(Mark::Sensitive) })]
                .into(),
            checks,
            protected: [].into(),
        }
        .into(),
        schemas: Schemas([(provider.provider.clone(), Arc::new(schema))].into()),
        faulty: true,
        unfounded: false,
    }
}

#[test]
fn a_plan_comes_back_as_it_was() {
    let file = write(&sample());
    let plan = read(&file).unwrap();
    assert_eq!(format!("{plan:?}"), format!("{:?}", sample()));
    // What shows nothing of itself is compared as it is written.
    assert_eq!(write(&plan), file);
    assert!(plan.changes[0].after.same(&sample().changes[0].after));
    let objects = |plan: &Plan| {
        let instances = plan.prior.resources.values().flat_map(|stored| stored.instances.values());
        instances.flat_map(|one| one.current.iter().chain(one.deposed.values())).cloned().collect::<Vec<_>>()
    };
    assert_eq!(objects(&plan), objects(&sample()));
}

/// Written by the first release of this format, and read for good.
#[test]
fn a_plan_of_version_one_is_still_read() {
    let fixture = include_bytes!("fixtures/v1.plan");
    let plan = read(fixture).unwrap();
    // It knew nothing of protection.
    let known = Plan { protection: [].into(), ..without_insides(without_given(sample())) };
    assert_eq!(format!("{plan:?}"), format!("{known:?}"));
}

#[test]
fn a_plan_of_version_two_is_still_read() {
    let plan = read(include_bytes!("fixtures/v2.plan")).unwrap();
    assert_eq!(format!("{plan:?}"), format!("{:?}", without_insides(without_given(sample()))));
}

#[test]
fn a_plan_of_version_three_is_still_read() {
    let plan = read(include_bytes!("fixtures/v3.plan")).unwrap();
    assert_eq!(format!("{plan:?}"), format!("{:?}", without_given(sample())));
}

#[test]
fn a_plan_of_version_four_is_still_read() {
    let plan = read(include_bytes!("fixtures/v4.plan")).unwrap();
    assert_eq!(format!("{plan:?}"), format!("{:?}", sample()));
}

/// As it was before it told which ephemeral variables were given.
fn without_given(plan: Plan) -> Plan {
    Plan { options: PlanOptions { given: None, ..plan.options }, ..plan }
}

fn values() -> Vec<Value> {
    let number = |text: &str| Value::number(Number::parse(text).unwrap());
    let third = number("1").divide(&number("3")).unwrap();
    let bound = |text: &str| Some(Bound { limit: Number::parse(text).unwrap(), inclusive: true });
    let facts = Refinement { lower: bound("-1.5"), upper: bound("1e100"), ..Refinement::not_null() };
    vec![
        Value::dynamic(),
        Value::null(Type::tuple(vec![Type::Bool, Type::list(Type::Dynamic)])),
        Value::unknown(Type::Number).refine(&facts),
        Value::unknown(Type::String).refine(&Refinement::prefixed("arn:")),
        Value::unknown(Type::set(Type::String))
            .refine(&Refinement { length_lower: Some(2), ..Default::default() }),
        Value::bool(true),
        Value::bool(false),
        number("0"),
        number("-0"),
        number("-12345678901234567890123456789.000000001"),
        number("9223372036854775807"),
        number("-9223372036854775808"),
        third,
        Value::number(Number::from_f64(0.1).unwrap()),
        Value::number(Number::from_f64(f64::INFINITY).unwrap()),
        Value::number(Number::from_f64(f64::NEG_INFINITY).unwrap()),
        Value::string(""),
        Value::string(&"long".repeat(100)),
        Value::list(
            Type::String,
            vec![Value::string("a"), Value::unknown(Type::String), Value::null(Type::String)],
        ),
        Value::set(Type::Number, vec![number("2"), number("1"), Value::unknown(Type::Number)]),
        Value::map::<Name>(Type::Dynamic, []),
        Value::tuple(vec![Value::string("a"), number("1").mark(Mark::Sensitive)]),
        Value::object([("x", Value::string("y").mark(Mark::Origin(value::Origin::new("size", Role::Part))))])
            .mark(Mark::Sensitive),
        Value::object::<Name>([]),
    ]
}

#[test]
fn values_come_back_with_all_that_is_known_of_them() {
    let mut writer = Writer::default();
    values().iter().for_each(|value| value.save(&mut writer));
    let bytes = writer.into_bytes();
    let mut reader = Reader::new(&bytes);
    for value in values() {
        let found = Value::load(&mut reader).unwrap();
        assert!(found.same(&value), "{found:?} is not {value:?}");
        assert_eq!(found.as_number().map(Number::precision), value.as_number().map(Number::precision));
        assert_eq!(found.as_number().map(Number::digits), value.as_number().map(Number::digits));
    }
    assert!(reader.is_at_end());
}

#[test]
fn what_is_ephemeral_is_not_written() {
    let mut plan = sample();
    plan.options.inputs.insert("token".into(), Value::string("hunter2").mark(Mark::Ephemeral));
    let file = write(&plan);
    assert!(!file.windows(7).any(|bytes| bytes == b"hunter2"));
    assert_eq!(read(&file).unwrap().options.inputs.keys().map(|name| &**name).collect::<Vec<_>>(), ["size"]);
}

#[test]
fn only_the_types_that_occur_are_written() {
    let mut plan = sample();
    let provider = plan.schemas.0.values_mut().next().unwrap();
    Arc::get_mut(provider).unwrap().resources.insert("t_other".into(), Block::default());
    assert_eq!(write(&plan), write(&sample()));
}

#[test]
fn what_is_no_plan_is_refused() {
    let error = |file: &[u8]| read(file).map(|_| ()).unwrap_err();
    assert_eq!(error(b""), FormatError::NotAPlan);
    assert_eq!(error(b"{\"format_version\": \"1.2\"}"), FormatError::NotAPlan);
    let file = write(&sample());
    let mut newer = file.clone();
    newer[13] = 9;
    assert_eq!(error(&newer), FormatError::Newer(9));
    for length in 13..file.len() {
        assert!(matches!(error(&file[..length]), FormatError::Damaged(_)), "{length}");
    }
}

/// Nobody may rely on the digest: it keeps out accidents and not people.
#[test]
fn whatever_the_bytes_are_nothing_breaks() {
    let file = write(&sample());
    let body = &file[13 + 1 + 32..];
    for at in 0..body.len() {
        for change in [1, 0x7f, 0x80, 0xff] {
            let mut changed = body.to_vec();
            changed[at] ^= change;
            let _ = whole(VERSION, &mut Reader::new(&changed));
        }
        let _ = whole(VERSION, &mut Reader::new(&body[..at]));
    }
    // Lists in lists in lists.
    let deep = vec![9_u8; 100_000];
    let _ = Value::load(&mut Reader::new(&deep));
    let nested: Vec<u8> = std::iter::repeat_n([9, 1], 200_000).flatten().collect();
    let _ = Value::load(&mut Reader::new(&nested));
}

#[test]
fn many_changes_are_written_and_read_at_once() {
    let mut plan = sample();
    let change = plan.changes.remove(1);
    plan.changes = (0..10_000)
        .map(|number| Change {
            address: AbsoluteInstance { key: InstanceKey::Number(number), ..change.address.clone() },
            ..change.clone()
        })
        .collect();
    let begun = std::time::Instant::now();
    let file = write(&plan);
    let written = begun.elapsed();
    assert_eq!(read(&file).unwrap().changes.len(), 10_000);
    eprintln!("{} bytes, written in {written:?}, both in {:?}", file.len(), begun.elapsed());
    assert!(file.len() < 1_000_000, "{}", file.len());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
#[ignore = "writes the fixture of the present version, once"]
fn write_fixture() {
    let path = format!("{}/src/plan/format/fixtures/v{VERSION}.plan", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, write(&sample())).unwrap();
}
