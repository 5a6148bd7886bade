use super::*;

#[test]
fn calls_convert_and_settle_their_arguments() {
    facts(&[
        ("upper(\"a\")", "\"A\""),
        ("upper(1)", "\"1\""),
        ("upper(id)", "unknown string not null"),
        ("upper(anything)", "unknown string not null"),
        ("upper(secret)", "secret \"HUNTER2\""),
        ("upper(secret_id)", "secret unknown string not null"),
        ("upper(null)", "fault: Unsuitable argument"),
        ("upper([1])", "fault: Unsuitable argument"),
        ("upper()", "fault: Too few arguments"),
        ("upper(\"a\", \"b\")", "fault: Too many arguments"),
        ("max()", "fault: Function failed"),
        ("uper(\"a\")", "fault: Unknown function"),
        ("provider::x::y()", "fault: Unknown function"),
        ("tolist(anything)", "unknown dynamic"),
    ]);
}

#[test]
fn the_last_argument_can_be_spread() {
    facts(&[
        ("max([1, 2]...)", "2"),
        ("max(5, [1, 2]...)", "5"),
        ("max(tolist([1, 2])...)", "2"),
        ("max(secret_list...)", "secret 2"),
        ("max(names...)", "unknown dynamic"),
        ("max(anything...)", "unknown dynamic"),
        ("max(null...)", "fault: Arguments cannot be spread"),
        ("max(\"a\"...)", "fault: Arguments cannot be spread"),
        ("max({a = 1}...)", "fault: Arguments cannot be spread"),
        ("upper([\"a\", \"b\"]...)", "fault: Too many arguments"),
        ("try([5, 6]...)", "5"),
        ("can([5]...)", "true"),
    ]);
}

#[test]
fn try_takes_the_first_without_a_fault() {
    facts(&[
        ("try([1][3], 2)", "2"),
        ("try(nope, 2)", "2"),
        ("try(secret)", "secret \"hunter2\""),
        ("try({}.a, [1][3], \"x\")", "\"x\""),
        ("try(id, 1)", "unknown dynamic"),
        ("try([id], 1)", "unknown dynamic"),
        ("try([1][3], id)", "unknown dynamic"),
        ("try()", "fault: Function failed"),
        ("try([1][3], {}.a)", "fault: Nothing to fall back on"),
        ("[for x in [{a = 1}, {}] : try(x.a, 0)]", "[1, 0]"),
        ("try(try({}.a), 3)", "3"),
    ]);
}

#[test]
fn can_says_whether_there_is_a_fault() {
    facts(&[
        ("can(secret)", "true"),
        ("can([1][3])", "false"),
        ("can(nope)", "false"),
        ("can(id)", "unknown bool"),
        ("can(anything.x)", "unknown bool"),
        ("[for x in [{a = 1}, {}] : can(x.a)]", "[true, false]"),
    ]);
}

#[test]
fn try_that_finds_nothing_tells_what_was_wrong_with_each() {
    let found = fault("try([1][3], {}.a)");
    assert_eq!(found.related.len(), 2);
    assert!(found.detail.contains("Index out of range"), "{}", found.detail);
    assert!(found.detail.contains("No such attribute"), "{}", found.detail);
    assert_eq!(found.subject.unwrap().text(), "try([1][3], {}.a)");
}

#[test]
fn functions_do_not_tell_secrets() {
    assert!(fault("fail(\"abc\")").detail.contains("it is abc"));
    let hidden = fault("fail(secret)");
    assert!(!hidden.detail.contains("hunter2"), "{}", hidden.detail);
}

#[test]
fn a_function_can_be_called_with_values() {
    let small = Small::new();
    let upper = small.function("upper").unwrap();
    assert_eq!(show(&upper.call(&[number(1)]).unwrap()), "\"1\"");
    assert_eq!(upper.call(&[Value::null(Type::String)]).unwrap_err().argument, Some(0));
    assert!(upper.call(&[]).is_err());
    assert_eq!(upper.result_type(&[Value::unknown(Type::String)]).unwrap(), Type::String);
}
