use super::*;

fn notes(text: &str) -> Vec<String> {
    fault(text).values.iter().map(|note| format!("{} {}", note.expression, note.statement)).collect()
}

#[test]
fn a_fault_points_at_the_operand_and_says_what_it_is() {
    let found = fault("1 + (var.name)");
    assert_eq!(found.subject.as_ref().unwrap().text(), "(var.name)");
    assert_eq!(found.context.as_ref().unwrap().text(), "1 + (var.name)");
    assert_eq!(notes("1 + (var.name)"), ["var.name is \"web\""]);
}

#[test]
fn a_reference_is_noted_as_far_as_it_leads() {
    assert_eq!(notes("var.zone.b.c"), ["var.zone is an object with one attribute"]);
    let found = fault("var.zone.b.c");
    assert_eq!(found.subject.unwrap().text(), ".b");
}

#[test]
fn names_of_a_for_are_noted_with_the_value_they_had() {
    assert_eq!(notes("[for x in [1, \"a\"] : x + size]"), ["x is \"a\""]);
    assert_eq!(notes("[for x in [[1]] : \"a${x}\"]"), ["x is a tuple with one element"]);
}

#[test]
fn notes_never_tell_secrets() {
    assert_eq!(notes("1 + secret"), ["secret is sensitive"]);
    assert_eq!(notes("secret_list[5]"), ["secret_list is sensitive"]);
    let found = fault("secret_list[5]");
    assert!(!found.detail.contains('2'), "{}", found.detail);
    let key = fault("map[secret]");
    assert!(!key.detail.contains("hunter2"), "{}", key.detail);
    let twice = fault("{for x in [secret, secret] : x => 1}");
    assert!(!twice.detail.contains("hunter2"), "{}", twice.detail);
}

#[test]
fn a_missing_attribute_is_compared_with_those_that_exist() {
    let found = fault("var.nmae");
    assert_eq!(found.hint.as_deref(), Some("Did you mean \"name\"?"));
    assert!(found.detail.contains("name, zone"), "{}", found.detail);
    assert_eq!(fault("uper(1)").hint.as_deref(), Some("Did you mean \"upper\"?"));
    assert!(fault("list.a").hint.unwrap().contains("[*].a"));
}

#[test]
fn one_fault_does_not_hide_the_next() {
    assert_eq!(run("[nope, 1 + null, {}.a]").1.len(), 3);
    assert_eq!(run("upper(nope) + lower(nope)").1.len(), 2);
}

#[test]
fn one_place_does_not_repeat_itself() {
    assert_eq!(run("[for x in [1, 2, 3, 4, 5] : nope]").1.len(), 1);
}

#[test]
fn a_branch_that_is_not_taken_has_no_faults() {
    facts(&[("true ? 1 : {}.a", "1"), ("false ? {}.a : 1", "1"), ("[for x in [] : x.y.z]", "[]")]);
}

#[test]
fn constants_know_no_names() {
    let mut diagnostics = Diagnostics::new();
    evaluate(&parse("var.x + upper(1)"), &Nothing, &mut diagnostics);
    let summaries: Vec<&str> = diagnostics.iter().map(|found| found.summary.as_str()).collect();
    assert_eq!(summaries, ["Variables not allowed", "Functions not allowed"]);
}
