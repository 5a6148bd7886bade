use std::collections::BTreeMap;

use crate::address::ModuleInstance;
use crate::diag::Diagnostics;
use crate::engine::sample::{address, configuration, said, state};
use crate::eval::functions::Table;
use crate::eval::{Evaluator, NothingKnown, Place, Purpose, Surroundings};
use crate::value::{Name, Value};

use super::{Imports, check_declared};

/// What is to be imported into `t.a`, and what was said.
fn resolved(text: &str, stored: &[&str]) -> (Vec<String>, Vec<String>) {
    let (configuration, state) = (configuration(text), state(stored));
    let place = Place { current: ".".into(), root: ".".into(), environment: "default".into() };
    let inputs = BTreeMap::from([(Name::from("id"), Value::string("given"))]);
    let evaluator =
        Evaluator::new(&configuration, Purpose::Values, place, Table::default(), &NothingKnown, inputs);
    let scope = evaluator.scope(&ModuleInstance::root(), Surroundings::default());
    let imports = Imports::of(&configuration);
    let mut diagnostics = Diagnostics::new();
    let path = address(text.split("to = ").nth(1).unwrap().split(['[', '\n']).next().unwrap()).path();
    let found = imports.resolve(&path, &scope, &state, &mut diagnostics);
    diagnostics.extend(evaluator.take_faults());
    let found = found.iter().map(|(address, found)| format!("{address} {}", found.id)).collect();
    (found, said(&diagnostics))
}

fn found(text: &str, stored: &[&str]) -> Vec<String> {
    let (found, said) = resolved(text, stored);
    assert_eq!(said, Vec::<String>::new());
    found
}

#[test]
fn an_identity_is_any_text_that_is_known() {
    assert_eq!(found("import {\n to = t.a\n id = \"x\"\n}", &[]), ["t.a x"]);
    assert_eq!(
        found("variable \"id\" {}\nimport {\n to = t.a\n id = \"${var.id}-1\"\n}", &[]),
        ["t.a given-1"]
    );
    assert_eq!(found("import {\n to = t.a[3]\n id = 7\n}", &[]), ["t.a[3] 7"]);
}

#[test]
fn what_is_there_already_is_not_imported_again() {
    assert_eq!(found("import {\n to = t.a\n id = \"x\"\n}", &["t.a"]), Vec::<String>::new());
}

#[test]
fn one_block_imports_for_each_element() {
    let map = "import {\n for_each = { a = 1, b = 2 }\n to = t.a[each.key]\n id = each.value\n}";
    assert_eq!(found(map, &[]), ["t.a[\"a\"] 1", "t.a[\"b\"] 2"]);
    assert_eq!(found(map, &["t.a[\"b\"]"]), ["t.a[\"a\"] 1"]);
    let list = "import {\n for_each = [\"x\", \"y\"]\n to = t.a[each.key]\n id = each.value\n}";
    assert_eq!(found(list, &[]), ["t.a[0] x", "t.a[1] y"]);
}

#[test]
fn what_cannot_be_imported_is_refused() {
    let summaries = |text: &str| -> Vec<String> {
        resolved(text, &[]).1.iter().map(|said| said.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        summaries("resource \"t\" \"b\" {}\nimport {\n to = t.a\n id = t.b.id\n}"),
        ["error Invalid identity"]
    );
    assert_eq!(summaries("import {\n to = t.a\n id = \"\"\n}"), ["error Invalid identity"]);
    assert_eq!(summaries("import {\n to = t.a\n id = null\n}"), ["error Invalid identity"]);
    assert_eq!(summaries("import {\n to = t.a\n id = []\n}"), ["error Invalid identity"]);
    let unknown =
        "resource \"t\" \"b\" {}\nimport {\n for_each = t.b.all\n to = t.a[each.key]\n id = each.value\n}";
    assert_eq!(summaries(unknown), ["error Invalid for_each"]);
    let key = "import {\n for_each = { a = [1] }\n to = t.a[each.value]\n id = \"x\"\n}";
    assert_eq!(summaries(key), ["error Invalid instance key"]);
    let twice = "import {\n for_each = { a = 1, b = 1 }\n to = t.a[each.value]\n id = each.key\n}";
    assert_eq!(summaries(twice), ["error Two imports into one address"]);
}

#[test]
fn an_import_into_an_instance_that_nothing_asks_for_is_refused() {
    let imports = BTreeMap::from([(
        address("t.a[5]"),
        super::Found {
            id: "x".into(),
            span: configuration("moved {\n from = t.x\n to = t.y\n}").root().module.moved[0].span.clone(),
        },
    )]);
    let mut diagnostics = Diagnostics::new();
    check_declared(&imports, &|_| false, &mut diagnostics);
    assert_eq!(diagnostics.len(), 1);
    check_declared(&imports, &|_| true, &mut diagnostics);
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn imports_without_a_resource_are_known() {
    let text =
        "resource \"t\" \"a\" {}\nimport {\n to = t.a\n id = \"x\"\n}\nimport {\n to = t.b\n id = \"y\"\n}";
    let configuration = configuration(text);
    let undeclared = Imports::of(&configuration).undeclared(&configuration);
    assert_eq!(undeclared.iter().map(|import| import.resource.to_string()).collect::<Vec<_>>(), ["t.b"]);
}
