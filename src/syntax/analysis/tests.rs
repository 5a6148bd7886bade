use crate::diag::{Diagnostics, Source};
use crate::syntax::{BodyRule, Expression, Traversal, parse_expression, parse_json_file};

fn expression(text: &str) -> Expression {
    let mut diagnostics = Diagnostics::new();
    let expression = parse_expression(&Source::new("test", text), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{text}");
    expression
}

/// The expression of the argument `a` in a JSON file.
fn json(value: &str) -> Expression {
    let mut diagnostics = Diagnostics::new();
    let body = parse_json_file(&Source::new("test", format!("{{\"a\": {value}}}")), &mut diagnostics);
    let rule = BodyRule { attributes: vec![("a", true)], ..BodyRule::default() };
    body.content(&rule, &mut diagnostics).attributes.get("a").unwrap().expression.clone()
}

fn references(text: &str) -> Vec<String> {
    expression(text).references().map(|found| found.span().text().to_owned()).collect()
}

#[test]
fn references_come_in_the_order_of_the_text() {
    assert_eq!(
        references("a.b + f(c[d.e], \"${g}\") ? {h = i, (j) = k} : [l]"),
        ["a.b", "c", "d.e", "g", "i", "j", "k", "l"]
    );
    assert_eq!(references("a[*].b[c] + d.*.e"), ["a", "c", "d"]);
    assert_eq!(references("\"%{ if a }${b}%{ else }${c}%{ endif }\""), ["a", "b", "c"]);
}

#[test]
fn names_that_a_for_brings_in_are_no_references_inside_of_it() {
    assert_eq!(references("[for k, v in k : [k, v, x]] == v"), ["k", "x", "v"]);
    assert_eq!(references("{for v in [for w in v : w] : v => w if v}"), ["v", "w"]);
    assert_eq!(references("\"%{ for v in a }${v}${b}%{ endfor }${v}\""), ["a", "b", "v"]);
}

#[test]
fn calls_are_found_everywhere() {
    let calls = expression("f(g(), [h::i(a)]) + a[j()].b").calls();
    let names: Vec<_> = calls.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["f", "g", "h::i", "j"]);
}

#[test]
fn names_and_references_are_told_from_other_expressions() {
    assert_eq!(expression("string").as_keyword().as_deref(), Some("string"));
    assert_eq!(expression("a.b").as_keyword(), None);
    assert_eq!(expression("\"a\"").as_keyword(), None);
    assert_eq!(expression("\"a\"").as_literal_text().as_deref(), Some("a"));
    assert_eq!(expression("\"${a}\"").as_literal_text(), None);
    assert!(expression("a.b[0]").as_traversal().is_some());
    assert!(expression("f().b").as_traversal().is_none());
    let pairs = expression("{a = b, \"c\" = d}").as_pairs().unwrap_or_default();
    assert_eq!(pairs[0].0.as_keyword().as_deref(), Some("a"));
    assert_eq!(pairs[0].0.as_traversal().map(|t| t.root().to_owned()).as_deref(), Some("a"));
    assert_eq!(pairs[1].0.as_keyword(), None);
    let (name, arguments) = expression("list(string)").as_call().unwrap_or(("".into(), vec![]));
    assert_eq!((&*name, arguments.len()), ("list", 1));
}

#[test]
fn strings_in_json_are_what_they_read_as() {
    assert_eq!(json("\"string\"").as_keyword().as_deref(), Some("string"));
    assert_eq!(json("\"a b\"").as_keyword(), None);
    let traversal = json("\"a.b[\\\"c\\\"]\"").as_traversal();
    assert_eq!(traversal.as_ref().map(|t| (t.root(), t.steps().len())), Some(("a", 2)));
    assert_eq!(traversal.map(|t| t.span().text().to_owned()).as_deref(), Some("a.b[\\\"c\\\"]"));
    assert_eq!(json("\"list(string)\"").as_call().map(|(name, _)| name).as_deref(), Some("list"));
    assert!(json("\"a\"").as_call().is_none());
    assert_eq!(json("\"a b\"").as_literal_text().as_deref(), Some("a b"));
}

#[test]
fn a_reference_is_read_from_text() {
    assert_eq!(Traversal::parse("a.b[0]", "x").map(|t| t.steps().len()).ok(), Some(2));
    assert!(Traversal::parse("a.0", "x").is_err());
    assert!(Traversal::parse("f()", "x").is_err());
    assert!(Traversal::parse("a.", "x").is_err());
}
