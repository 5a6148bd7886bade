//! Every function, called with everything.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use terrace::eval::functions::{Setting, Table, table};
use terrace::eval::{Entry, FileKind, World};
use terrace::value::{Bound, Kind, Mark, Number, Refinement, Type, Value, unify};

use super::cases;

/// A machine with one file and a clock that stands still.
pub(super) struct Nowhere;

impl World for Nowhere {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path.ends_with("a") { Ok(b"${a}\n".to_vec()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        Ok(path.ends_with("a").then_some(FileKind::File))
    }

    fn entries(&self, _: &Path) -> io::Result<Vec<Entry>> {
        Ok(vec![Entry { name: "a".into(), kind: FileKind::File }])
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn plan_time(&self) -> Option<jiff::Timestamp> {
        Some(jiff::Timestamp::UNIX_EPOCH)
    }

    fn random(&self, buffer: &mut [u8]) -> io::Result<()> {
        buffer.fill(7);
        Ok(())
    }

    fn home(&self) -> Option<PathBuf> {
        None
    }

    fn current_directory(&self) -> io::Result<PathBuf> {
        Ok("/".into())
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    table(&Setting {
        world: Arc::new(Nowhere),
        providers: Arc::new(terrace::eval::NothingOffered),
        base: ".".into(),
        console: true,
        deferred: false,
    })
});

/// Their results say nothing of a secret, or are there to take the secrecy away.
const REVEALING: [&str; 4] = ["ephemeralasnull", "issensitive", "nonsensitive", "type"];

/// `type` tells what is known now; these others choose their type by those arguments whose type is known, as in
/// the reference, and by all of them later.
const OF_THE_MOMENT: [&str; 5] = ["coalesce", "setintersection", "setsubtract", "setunion", "type"];

/// Take long on purpose.
const SLOW: [&str; 1] = ["bcrypt"];

fn functions() -> impl Strategy<Value = &'static str> {
    let names = TABLE.names().into_iter().filter(|name| !name.contains("::") && !SLOW.contains(name));
    proptest::sample::select(names.collect::<Vec<_>>())
}

fn plain() -> impl Strategy<Value = Value> {
    let number = |text: &str| Value::number(Number::parse(text).unwrap());
    let texts = vec![
        "",
        "a",
        "b",
        "A-b c",
        "é",
        "e\u{301}",
        "日本",
        "👩‍👩‍👧",
        "1",
        "-1.5",
        "true",
        "null",
        "a,b\n1,2\n",
        "{\"a\":[1]}",
        "[1,null]",
        "a: [1, x]",
        "%s-%d",
        "%5.2f%%",
        "$1",
        "/a(.)/",
        "(",
        "10.0.0.0/8",
        "fd00::/8",
        "10.1.2.3",
        "2020-02-29T23:59:59Z",
        "1h30m",
        "YYYY-MM-DD'T'hh",
        "aGVsbG8=",
        "UTF-16LE",
        "../x",
        "~",
        "*.tf",
        "**",
        "\u{0}",
        "\\",
        "\n\n",
        "0x1f",
        "1e400",
    ];
    let numbers = vec![
        "0",
        "1",
        "-1",
        "2",
        "3",
        "36",
        "64",
        "1.5",
        "-0.5",
        "1e20",
        "1e400",
        "-1e400",
        "9223372036854775807",
        "0.1",
        "123456789012345678901234567890.5",
    ];
    let leaf = prop_oneof![
        6 => proptest::sample::select(texts).prop_map(Value::string),
        4 => proptest::sample::select(numbers).prop_map(number),
        1 => any::<bool>().prop_map(Value::bool),
        1 => any::<String>().prop_map(|text| Value::string(&text)),
        1 => proptest::sample::select(vec![Type::Dynamic, Type::String, Type::Number, Type::list(Type::String)])
            .prop_map(Value::null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let keys = || proptest::sample::select(vec!["a", "b", "é", ""]);
        let items = proptest::collection::vec(inner.clone(), 0..4);
        let entries = proptest::collection::btree_map(keys(), inner, 0..4);
        prop_oneof![
            items.clone().prop_map(Value::tuple),
            items.clone().prop_map(|items| alike(&items, false)),
            items.prop_map(|items| alike(&items, true)),
            entries.clone().prop_map(Value::object),
            entries.prop_map(|entries| {
                let object = Value::object(entries.clone());
                let types: Vec<Type> = entries.values().map(Value::ty).collect();
                let element = unify(&types, true).unwrap_or(Type::Dynamic);
                terrace::value::convert(&object, &Type::map(element)).unwrap_or(object)
            }),
        ]
    })
}

/// A list or set where the items allow it.
fn alike(items: &[Value], set: bool) -> Value {
    let types: Vec<Type> = items.iter().map(Value::ty).collect();
    let element = unify(&types, true).unwrap_or(Type::Dynamic);
    let tuple = Value::tuple(items.to_vec());
    let ty = if set { Type::set(element) } else { Type::list(element) };
    terrace::value::convert(&tuple, &ty).unwrap_or(tuple)
}

/// Also unknown, and secret.
fn anything() -> impl Strategy<Value = Value> {
    (plain(), 0..10_u8, 0..6_u8).prop_map(|(value, unknown, mark)| {
        let value = match unknown {
            0 => Value::dynamic(),
            1 => Value::unknown(value.ty()),
            2 => standing_in(&value),
            _ => value,
        };
        match mark {
            0 => value.mark(Mark::Sensitive),
            1 => value.mark(Mark::Ephemeral),
            _ => value,
        }
    })
}

/// An unknown value of which everything is known that is true of this one, but not more than it takes to stay
/// unknown.
fn standing_in(value: &Value) -> Value {
    let unknown = Value::unknown(value.ty());
    let mut facts = Refinement { not_null: !value.is_null(), ..Refinement::default() };
    match value.kind() {
        Kind::String(text) => {
            facts.prefix =
                text.chars().next().filter(char::is_ascii_alphanumeric).map(|c| c.to_string().into());
        }
        Kind::Number(number) => {
            facts.lower = Some(Bound { limit: number.clone(), inclusive: true });
        }
        Kind::List(list) => facts.length_upper = Some(list.items.len() + 1),
        Kind::Set(set) => facts.length_upper = Some(set.items().len() + 1),
        _ => {}
    }
    unknown.refine(&facts)
}

/// Whether what was said beforehand holds for what it turned out to be.
fn admits(before: &Value, after: &Value) -> bool {
    match before.kind() {
        Kind::Unknown(ty, facts) => {
            if *ty != Type::Dynamic
                && !after.is_null()
                && !terrace::value::convert(after, ty).is_ok_and(|same| same.ty() == after.ty())
            {
                return false;
            }
            let Some(facts) = facts else { return true };
            let prefix = facts
                .prefix
                .as_deref()
                .is_none_or(|prefix| after.as_str().is_none_or(|text| text.starts_with(prefix)));
            let lower = facts.lower.as_ref().is_none_or(|bound| {
                after
                    .as_number()
                    .is_none_or(|n| if bound.inclusive { *n >= bound.limit } else { *n > bound.limit })
            });
            let upper = facts.upper.as_ref().is_none_or(|bound| {
                after
                    .as_number()
                    .is_none_or(|n| if bound.inclusive { *n <= bound.limit } else { *n < bound.limit })
            });
            let count =
                after.items().map(<[Value]>::len).or(after.entries().map(terrace::value::Entries::len));
            let length = count.is_none_or(|count| {
                facts.length_lower.is_none_or(|least| count >= least)
                    && facts.length_upper.is_none_or(|most| count <= most)
            });
            (!facts.not_null || !after.is_null()) && prefix && lower && upper && length
        }
        Kind::Set(set) if !before.is_wholly_known() => {
            matches!(after.kind(), Kind::Set(_))
                && after.items().is_some_and(|items| items.len() <= set.items().len())
        }
        _ if before.is_wholly_known() => before.clone().unmark_deep().0.same(&after.clone().unmark_deep().0),
        _ => match (before.items(), after.items(), before.entries(), after.entries()) {
            (Some(a), Some(b), ..) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| admits(a, b)),
            (_, _, Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((x, a), (y, b))| x == y && admits(a, b))
            }
            _ => false,
        },
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn no_arguments_make_a_function_panic_or_tell_a_secret(
        name in functions(), arguments in proptest::collection::vec(anything(), 0..5),
    ) {
        // A default that is not needed has no say in what is found.
        let heard = if name == "lookup" { 2 } else { arguments.len() };
        let secret = arguments.iter().take(heard).any(|argument| argument.marks().contains(&Mark::Sensitive));
        if let Ok(result) = TABLE.get(name).unwrap().call(&arguments)
            && secret
            && !REVEALING.contains(&name)
        {
            prop_assert!(result.has_mark_deep(&Mark::Sensitive), "{name}({arguments:?}) = {result:?}");
        }
    }

    #[test]
    fn what_is_said_of_unknown_arguments_holds_when_they_are_known(
        name in functions(), arguments in proptest::collection::vec(plain(), 1..4), hidden in any::<u8>(), facts in any::<bool>(),
    ) {
        let Ok(after) = TABLE.get(name).unwrap().call(&arguments) else { return Ok(()) };
        let mut before = arguments.clone();
        for (index, argument) in before.iter_mut().enumerate() {
            if hidden >> index & 1 == 1 {
                *argument = if facts { standing_in(argument) } else { Value::dynamic() };
            }
        }
        if let Ok(said) = TABLE.get(name).unwrap().call(&before)
            && !OF_THE_MOMENT.contains(&name)
        {
            prop_assert!(admits(&said, &after), "{name}({before:?}) = {said:?}, and {name}({arguments:?}) = {after:?}");
        }
    }
}
