use proptest::prelude::*;

use super::{Change, Edited, Target, edit, literal};
use crate::diag::{Diagnostics, Range, Source};
use crate::environment::{Definitions, Layer};
use crate::expression::{Nothing, evaluate};
use crate::syntax::parse_expression;
use crate::value::{Name, Value};

fn changed(text: &str, changes: &[(&str, Change)]) -> Edited {
    let changes: Vec<(Name, Change)> =
        changes.iter().map(|(name, change)| ((*name).into(), change.clone())).collect();
    edit(&Source::new("terrace.hcl", text), Target::Environment("here"), &changes).unwrap()
}

fn set(text: &str, name: &str, value: &str) -> String {
    changed(text, &[(name, Change::Set(Value::string(value)))]).text
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let text =
        "environment \"here\" {\n  values = {\n    size  = \"small\" # for now\n    count = 1\n  }\n}\n";
    assert_eq!(set(text, "size", "large"), text.replace("\"small\"", "\"large\""));
    assert_eq!(
        set(&text.replace('\n', "\r\n"), "size", "large"),
        text.replace("\"small\"", "\"large\"").replace('\n', "\r\n")
    );
}

#[test]
fn a_new_value_is_written_in_the_style_of_the_others() {
    let cases = [
        ("{ a = 1 }", "{ a = 1, new = \"x\" }"),
        ("{ a = 1, }", "{ a = 1, new = \"x\", }"),
        ("{ a : 1 }", "{ a : 1, new : \"x\" }"),
        ("{}", "{ new = \"x\" }"),
        ("{ }", "{ new = \"x\" }"),
        ("{\n  }", "{\n    new = \"x\"\n  }"),
        ("{\n    # none yet\n  }", "{\n    # none yet\n    new = \"x\"\n  }"),
        (
            "{\n    a    = 1\n    long = 2 # why\n    # more\n  }",
            "{\n    a    = 1\n    long = 2 # why\n    new  = \"x\"\n    # more\n  }",
        ),
        ("{\n    a = 1,\n    b = 2,\n  }", "{\n    a = 1,\n    b = 2,\n    new = \"x\",\n  }"),
        ("{\n    a = 1 }", "{\n    a = 1, new = \"x\" }"),
        (
            "{\n    a = <<-EOT\n      text\n    EOT\n  }",
            "{\n    a = <<-EOT\n      text\n    EOT\n    new = \"x\"\n  }",
        ),
    ]
    .map(|(from, to)| (from.to_owned(), to.to_owned()));
    for (from, to) in cases {
        let around = |values: &str| {
            format!("environment \"here\" {{\n  values = {values}\n  tier = \"staging\"\n}}\n")
        };
        assert_eq!(set(&around(&from), "new", "x"), around(&to));
    }
}

#[test]
fn values_and_their_block_are_made_where_they_are_missing() {
    let cases = [
        ("environment \"here\" {}\n", "environment \"here\" {\n  values = {\n    new = \"x\"\n  }\n}\n"),
        (
            "environment \"here\" { tier = \"staging\" }\n",
            "environment \"here\" {\n  tier = \"staging\"\n  values = {\n    new = \"x\"\n  }\n}\n",
        ),
        (
            "environment \"here\" {\n\ttier = \"staging\" # why\n\tprotect {\n\t}\n}\n",
            "environment \"here\" {\n\ttier = \"staging\" # why\n\tvalues = {\n\t\tnew = \"x\"\n\t}\n\tprotect {\n\t}\n}\n",
        ),
        (
            "environment \"here\" {\n  # nothing\n}\n",
            "environment \"here\" {\n  values = {\n    new = \"x\"\n  }\n  # nothing\n}\n",
        ),
    ];
    for (from, to) in cases {
        assert_eq!(set(from, "new", "x"), to);
    }
}

#[test]
fn what_is_set_is_unset_no_more_and_the_other_way() {
    let text = "environment \"here\" {\n  unset = [\"a\", \"b\"]\n  values = {\n    c = 1\n  }\n}\n";
    assert_eq!(
        set(text, "a", "x"),
        "environment \"here\" {\n  unset = [\"b\"]\n  values = {\n    c = 1\n    a = \"x\"\n  }\n}\n"
    );
    assert_eq!(
        changed(text, &[("c", Change::Unset)]).text,
        "environment \"here\" {\n  unset = [\"a\", \"b\", \"c\"]\n  values = {\n  }\n}\n"
    );
    assert_eq!(
        changed(text, &[("a", Change::Inherit), ("b", Change::Inherit), ("c", Change::Inherit)]).text,
        "environment \"here\" {\n  values = {\n  }\n}\n"
    );
    let without = "environment \"here\" {\n  tier = \"staging\"\n}\n";
    let with = "environment \"here\" {\n  tier = \"staging\"\n  unset = [\"a\"]\n}\n";
    assert_eq!(changed(without, &[("a", Change::Unset)]).text, with);
    assert_eq!(changed(with, &[("a", Change::Unset)]).text, with);
}

#[test]
fn an_expression_that_goes_is_told() {
    let text = "environment \"here\" {\n  values = { a = upper(\"x\"), b = -1, c = [\"y\"] }\n}\n";
    let one = Value::string("1");
    let edited = changed(text, &["a", "b", "c"].map(|name| (name, Change::Set(one.clone()))));
    assert_eq!(edited.worked_out, [("a".into(), "upper(\"x\")".to_owned())]);
}

#[test]
fn nothing_in_a_text_becomes_a_template() {
    let hostile = "a\"b\\c\n${x} %{y} $${z} \u{1} \u{2028} é";
    let text = literal(&Value::string(hostile)).unwrap();
    assert!(!text.contains('\n'), "{text}");
    assert_eq!(read(&text).as_str(), Some(hostile));
}

fn read(text: &str) -> Value {
    let mut faults = Diagnostics::new();
    let expression = parse_expression(&Source::new("value", text), &mut faults);
    let value = evaluate(&expression, &Nothing, &mut faults);
    assert!(faults.is_empty(), "{text}: {faults:?}");
    value
}

const NAMES: [&str; 6] = ["a", "b", "instance_type", "count", "long_name_of_something", "d-e"];

/// One file: what is in the block that is edited, by random choices.
fn layout() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "1",
        "\"text\"",
        "\"é ${environment.name}\"",
        "[1, 2]",
        "{ k = \"v\" }",
        "[\n      1, # one\n      2,\n    ]",
        "<<-EOT\n      lines } {\n    EOT",
        "(1 + 2)",
        "null",
        "true ? \"x\" : \"y\"",
    ]);
    let comment = prop::sample::select(vec!["", "", " # why", " /* } */", " // {"]);
    let entry = (value, comment, 0..6usize, any::<bool>(), any::<bool>());
    let entries = prop::collection::vec(entry, 0..6);
    (entries, 0..4usize, 0..4usize, any::<bool>(), any::<bool>(), prop::sample::subsequence(NAMES.to_vec(), 0..3)).prop_map(
        |(entries, style, block, crlf, aligned, unset)| {
            let mut seen = Vec::new();
            let mut values = String::new();
            let entries: Vec<_> = entries.into_iter().filter(|(_, _, name, ..)| {
                let fresh = !seen.contains(name) && !unset.contains(&NAMES[*name]);
                seen.push(*name);
                fresh
            }).collect();
            let one_line = style == 0 && entries.iter().all(|(value, ..)| !value.contains('\n'));
            for (at, (value, comment, name, quoted, comma)) in entries.iter().enumerate() {
                let name = if *quoted { format!("\"{}\"", NAMES[*name]) } else { NAMES[*name].to_owned() };
                let width = if aligned { 24 } else { 0 };
                let sign = if style == 1 { ":" } else { "=" };
                let last = at + 1 == entries.len();
                let comma = if one_line && !last || *comma && !value.starts_with('<') { "," } else { "" };
                if one_line {
                    values.push_str(&format!(" {name} {sign} {value}{comma}"));
                } else {
                    let comment = if value.starts_with('<') { "" } else { *comment };
                    values.push_str(&format!("\n    {name:width$} {sign} {value}{comma}{comment}"));
                }
            }
            let values = match (entries.is_empty(), style, one_line) {
                (true, 0, _) => Some("{}".to_owned()),
                (true, 1, _) => Some("{\n    # nothing\n  }".to_owned()),
                (true, 2, _) => Some("{ /* } */ }".to_owned()),
                (true, _, _) => None,
                (_, _, true) => Some(format!("{{{values} }}")),
                (_, _, false) => Some(format!("{{{values}\n  }}")),
            };
            let unset = match (unset.is_empty(), aligned) {
                (true, _) => String::new(),
                (_, true) => format!("  unset = [\n    {:?},\n  ] # gone\n", unset[0]),
                (_, false) => format!("  unset = {unset:?}\n"),
            };
            let inside = match (values, block) {
                (Some(values), 0) => format!("\n{unset}  values = {values}\n"),
                (Some(values), _) => format!(" # it\n  tier = \"staging\"\n  values = {values} # these\n{unset}\n  protect {{\n    confirm = true\n  }}\n"),
                (None, 0) if unset.is_empty() => " ".to_owned(),
                (None, 1) if unset.is_empty() => " tier = \"staging\" ".to_owned(),
                (None, _) => format!("\n{unset}  protect {{\n  }}\n"),
            };
            let other = "environment \"there\" {\n  values = { a = 1, b = 2 }\n}\n";
            let text = format!("# file\n{other}\nenvironment \"here\" {{{inside}}} # end\npreview {{\n  extends = \"here\"\n  ttl = \"1h\"\n  values = {{ a = 3 }}\n}}\n");
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

fn layer(text: &str) -> Layer {
    let mut faults = Diagnostics::new();
    let definitions = Definitions::read(&Source::new("terrace.hcl", text), &mut faults);
    assert!(!faults.has_errors(), "{text}\n{faults:?}");
    definitions.environment("here").unwrap().layer.clone()
}

fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z$%{}\"\\\\#/ \n]{0,12}", Just("t3.large".to_owned())];
    let leaf = prop_oneof![
        text.prop_map(|text| Value::string(&text)),
        (0u64..1000).prop_map(|number| Value::number(crate::value::Number::from_u64(number))),
        any::<bool>().prop_map(Value::bool),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| read(&literal(&Value::tuple(items)).unwrap())),
            prop::collection::btree_map("[a-z ]{1,4}|null|for", inner, 0..3).prop_map(|entries| {
                Value::object(entries.into_iter().map(|(name, value)| (Name::from(name.as_str()), value)))
            }),
        ]
    })
}

/// A text without what only moves things.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

proptest! {
    #[test]
    fn a_value_that_was_set_reads_back_and_nothing_else_moves(text in layout(), name in 0..6usize, value in any_value()) {
        let name = NAMES[name];
        let before = layer(&text);
        let after = changed(&text, &[(name, Change::Set(value.clone()))]).text;
        let now = layer(&after);
        let setting = now.values.iter().find(|setting| &*setting.name == name).expect("it was set");
        prop_assert!(read(setting.expression.span().text()).same(&value), "{after}");
        prop_assert!(now.unset.iter().all(|(unset, _)| &**unset != name));
        // Everything else says what it said.
        let said = |layer: &Layer| layer.values.iter().filter(|one| &*one.name != name)
            .map(|one| (one.name.clone(), one.expression.span().text().to_owned())).collect::<Vec<_>>();
        prop_assert_eq!(said(&before), said(&now));
        // And stands where it stood.
        if let Some(had) = before.values.iter().find(|one| &*one.name == name) {
            let Range { start, end } = had.expression.span().range;
            let (start, end) = (start as usize, end as usize);
            prop_assert_eq!(&after[..start], &text[..start]);
            prop_assert!(after.ends_with(&text[end..]), "{}", after);
        } else if before.unset.iter().all(|(unset, _)| &**unset != name) {
            let one_line = text.contains("\"here\" { ");
            let (a, b) = if one_line { (dense(&text), dense(&after)) } else { (text.clone(), after.clone()) };
            let front = shared(a.as_bytes(), b.as_bytes());
            let back = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
            prop_assert!(front + back >= a.len(), "{text}\n{after}");
        }
        prop_assert_eq!(after.contains("\r\n"), text.contains("\r\n"));
        prop_assert_eq!(after.matches('\n').count(), after.matches("\r\n").count().max(if text.contains('\r') { 0 } else { after.matches('\n').count() }));
        let twice = changed(&after, &[(name, Change::Set(value))]).text;
        prop_assert_eq!(twice, after);
    }

    #[test]
    fn a_value_that_was_taken_out_is_gone_and_no_other(text in layout(), name in 0..6usize, unset in any::<bool>()) {
        let name = NAMES[name];
        let change = if unset { Change::Unset } else { Change::Inherit };
        let before = layer(&text);
        let after = changed(&text, &[(name, change.clone())]).text;
        let now = layer(&after);
        let said = |layer: &Layer| layer.values.iter().filter(|one| &*one.name != name)
            .map(|one| (one.name.clone(), one.expression.span().text().to_owned())).collect::<Vec<_>>();
        prop_assert_eq!(said(&before), said(&now));
        prop_assert!(now.values.iter().all(|one| &*one.name != name));
        prop_assert_eq!(now.unset.iter().any(|(one, _)| &**one == name), unset);
        let others = |layer: &Layer| layer.unset.iter().map(|(one, _)| one.clone()).filter(|one| &**one != name).collect::<Vec<_>>();
        prop_assert_eq!(others(&before), others(&now));
        prop_assert_eq!(changed(&after, &[(name, change)]).text, after);
    }
}
