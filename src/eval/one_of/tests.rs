use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::diag::{Diagnostic, Source};
use crate::expression::{Parameter, can_function, evaluate, try_function};
use crate::syntax::{Expression, parse_expression};
use crate::value::{Type, Value};

/// An instance with a number, and a function that counts its calls.
struct Instance {
    index: usize,
    functions: [Function; 5],
}

impl Scope for Instance {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        match reference.root {
            "count" => Ok(Resolution { value: Value::count(self.index), taken: 1 }),
            "local" => Ok(Resolution { value: Value::string("same"), taken: 1 }),
            root => Err(Diagnostic::error("Unknown", root).at(reference.span()).into()),
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        let name = name.strip_prefix("core::").unwrap_or(name);
        self.functions.iter().find(|function| function.name == name)
    }

    fn function_names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What an expression comes to for three instances, how often `work` was called for that, and how many faults there were.
fn for_three(text: &str) -> (Vec<String>, usize, usize) {
    let worked = Arc::new(AtomicUsize::new(0));
    let (shared, mut faults) = (Shared::default(), Diagnostics::new());
    let expression = parse(text);
    let values = (0..3).map(|index| {
        let (calls, fresh) = (Arc::clone(&worked), Arc::clone(&worked));
        let any = || vec![Parameter::new("value", Type::Dynamic, "")];
        let work = Function::new("work", "", any(), Type::String, move |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            Ok(Value::string("done"))
        });
        let uuid = Function::new("uuid", "", Vec::new(), Type::Number, move |_| {
            Ok(Value::count(fresh.fetch_add(1, Ordering::Relaxed)))
        });
        let text = Function::new("text", "", any(), Type::String, |arguments| {
            Ok(Value::string(&format!("{:?}", arguments[0])))
        });
        let instance = Instance { index, functions: [work, uuid, text, try_function(), can_function()] };
        evaluate(&expression, &OneOf::new(&instance, &shared), &mut faults)
    });
    let values = values.map(|value| format!("{value:?}")).collect();
    (values, worked.load(Ordering::Relaxed), faults.iter().count())
}

fn parse(text: &str) -> Expression {
    let mut faults = Diagnostics::new();
    let expression = parse_expression(&Source::new("test", text), &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    expression
}

#[test]
fn what_no_instance_has_a_part_in_is_worked_out_once() {
    for (times, text) in [
        (1, "work(local.x)"),
        (1, "[count.index, work(1)]"),
        (2, "{ a = count.index, b = [for x in [1, 2] : work(x)][0] }"),
        (1, "[count.index, try(work(1), 2)]"),
        (1, "[count.index, false ? count.index : work(1)]"),
        (1, "\"${count.index} ${work(1)}\""),
    ] {
        let (values, worked, _) = for_three(text);
        assert_eq!(worked, times, "{text}");
        let indices = text.contains("count");
        assert_eq!(values[0] == values[2], !indices, "{text}: {values:?}");
    }
}

#[test]
fn what_an_instance_has_a_part_in_is_its_own() {
    for text in [
        "count.index",
        "work(count.index) == \"done\" ? count.index : 0",
        "try(count.index, 7)",
        "can(count.index) ? count.index : 7",
        "[for x in [1] : x + count.index][0]",
        "\"${local.x}-${count.index}\"",
    ] {
        let (values, ..) = for_three(text);
        assert!(values[0] != values[1] && values[1] != values[2], "{text}: {values:?}");
    }
    assert_eq!(for_three("work(count.index)").1, 3);
}

#[test]
fn a_name_that_an_expression_brings_in_is_not_kept_for_another_round() {
    let (values, ..) = for_three("[for x in [1, 2, 3] : text(x)]");
    assert_eq!(values[2], for_three("[text(1), text(2), text(3)]").0[0]);
}

#[test]
fn what_is_never_twice_the_same_is_asked_for_each_instance() {
    for text in ["uuid()", "core::uuid()"] {
        assert_eq!(for_three(text).0, [0, 1, 2].map(|fresh| format!("{:?}", Value::count(fresh))), "{text}");
    }
}

#[test]
fn a_fault_is_told_for_each_instance() {
    let (_, _, faults) = for_three("[nobody.knows, work(1)]");
    assert_eq!(faults, 3);
    assert_eq!(for_three("try(nobody.knows, work(1))").2, 0);
}
