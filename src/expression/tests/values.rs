use super::*;

#[test]
fn operators_convert_their_operands() {
    facts(&[
        ("1 + \"2\"", "3"),
        ("-\"3\"", "-3"),
        ("!\"true\"", "false"),
        ("\"true\" && true", "true"),
        ("1 == \"1\"", "false"),
        ("null == null", "true"),
        ("[] == []", "true"),
        ("[] == tolist([])", "false"),
        ("{} == {}", "true"),
        ("1 != 2", "true"),
        ("-1 % 3", "-1"),
        ("5.5 % 2", "1.5"),
        ("1 + 2 * 3 - 4", "3"),
        ("2 >= 2", "true"),
    ]);
}

#[test]
fn operators_evaluate_both_operands_whatever_the_first_says() {
    facts(&[
        ("true || null", "fault: Operand is null"),
        ("true || \"x\"", "fault: Unsuitable operand"),
        ("1 + \"x\"", "fault: Unsuitable operand"),
        ("1 + null", "fault: Operand is null"),
        ("!1", "fault: Unsuitable operand"),
        ("0 / 0", "fault: Operation failed"),
        ("false && flag", "unknown bool not null"),
        ("true || flag", "unknown bool not null"),
    ]);
    assert_eq!(run("null + \"x\"").1.len(), 2);
}

#[test]
fn operators_pass_on_marks_and_what_is_unknown() {
    facts(&[
        ("secret_flag && true", "secret true"),
        ("!secret_flag", "secret false"),
        ("secret == \"x\"", "secret false"),
        ("[secret] == [\"x\"]", "secret false"),
        ("count + 1", "unknown number not null"),
        ("-count", "unknown number not null"),
        ("id == \"x\"", "unknown bool not null"),
        ("id == null", "unknown bool not null"),
        ("certain == null", "false"),
        ("\"a${id}\" == null", "false"),
        ("anything == 1", "unknown bool not null"),
        ("[id] == [1]", "false"),
    ]);
}

#[test]
fn conditionals_have_the_type_of_both_branches() {
    facts(&[
        ("true ? [1] : [\"a\"]", "[\"1\"]"),
        ("true ? [1, 2] : []", "list[1, 2]"),
        ("true ? {a = 1} : {}", "map{a = 1}"),
        ("true ? {a = 1} : {b = 2}", "map{a = 1}"),
        ("true ? 1 : \"a\"", "\"1\""),
        ("false ? 1 : \"a\"", "\"a\""),
        ("true ? null : 1", "null number"),
        ("true ? null : null", "null dynamic"),
        ("\"true\" ? 1 : 2", "1"),
        ("1 ? 1 : 2", "fault: Unsuitable condition"),
        ("null ? 1 : 2", "fault: Condition is null"),
        ("true ? 1 : [1]", "fault: Branches of different types"),
        ("true ? 1 : {}.a", "1"),
    ]);
}

#[test]
fn conditionals_carry_the_marks_of_all_their_parts() {
    facts(&[
        ("secret_flag ? 1 : 2", "secret 1"),
        ("true ? secret : \"a\"", "secret \"hunter2\""),
        ("true ? \"a\" : secret", "secret \"a\""),
    ]);
}

#[test]
fn unknown_conditions_keep_what_both_branches_agree_on() {
    facts(&[
        ("flag ? null : null", "null dynamic"),
        ("flag ? 1 : 1", "1"),
        ("flag ? 1 : 3", "unknown number not null above or equal to 1 below or equal to 3"),
        ("(flag ? 1 : 3) > 0", "true"),
        ("(flag ? 1 : 3) > 2", "unknown bool not null"),
        ("flag ? \"a\" : \"b\"", "unknown string not null"),
        ("flag ? \"a\" : null", "unknown string"),
        ("flag ? nope() : 1", "unknown dynamic"),
        ("flag ? [1][2] : 1", "unknown dynamic"),
        ("flag ? anything : 1", "unknown dynamic"),
        ("flag ? tolist([1]) : tolist([2])", "list[unknown number]"),
        ("flag ? tolist([1]) : tolist([1, 2])", "unknown list of number not null at least 1 at most 2"),
    ]);
}

#[test]
fn for_goes_through_every_kind_of_collection() {
    facts(&[
        ("[for x in {a = 1, b = 2} : x]", "[1, 2]"),
        ("[for k, v in {a = 1, b = 2} : \"${k}${v}\"]", "[\"a1\", \"b2\"]"),
        ("{for k, v in [\"a\", \"b\"] : v => k}", "{a = 0, b = 1}"),
        ("{for k, v in [\"a\", \"a\"] : v => k...}", "{a = [0, 1]}"),
        ("[for x in [1, 2, 3] : x if x > 1]", "[2, 3]"),
        ("[for x in [1, 2] : x if \"true\"]", "[1, 2]"),
        ("{for x in [1, true] : x => 1}", "{1 = 1, true = 1}"),
        ("[for k, x in set : k.a + x.a]", "[2, 4]"),
        ("[for x in [1, 2] : [for y in [1] : x + y]]", "[[2], [3]]"),
        ("[for var in [{name = 1}] : var.name]", "[1]"),
        ("[for x in [] : x]", "[]"),
        ("{for x in [] : x => x}", "{}"),
    ]);
}

#[test]
fn for_refuses_what_it_cannot_use() {
    facts(&[
        ("[for x in null : x]", "fault: Iteration over null"),
        ("[for x in \"abc\" : x]", "fault: Not a collection"),
        ("[for x in id : x]", "fault: Not a collection"),
        ("{for k, v in [\"a\", \"a\"] : v => k}", "fault: Duplicate key"),
        ("[for x in [] : x if \"abc\"]", "fault: Unsuitable condition"),
        ("[for x in [1, 2] : x if null]", "fault: Condition is null"),
        ("{for x in [null] : x => 1}", "fault: Key is null"),
        ("{for x in [[1]] : x => 1}", "fault: Unsuitable key"),
    ]);
}

#[test]
fn for_passes_on_marks_and_what_is_unknown() {
    facts(&[
        ("[for x in anything : x]", "unknown dynamic"),
        ("[for x in names : x]", "unknown dynamic"),
        ("[for x in [1] : x if flag]", "unknown dynamic"),
        ("{for x in [id] : x => 1}", "unknown dynamic"),
        ("[for x in [1] : id]", "[unknown string]"),
        ("[for x in secret_list : x]", "secret [1, 2]"),
        ("{for x in [secret] : x => 1}", "secret {hunter2 = 1}"),
        ("[for x in [1] : x if secret_flag]", "secret [1]"),
        ("[for x in [1] : secret]", "[secret \"hunter2\"]"),
    ]);
}

#[test]
fn splat_takes_anything_for_a_sequence() {
    facts(&[
        ("null[*]", "[]"),
        ("null[*].a", "[]"),
        ("\"a\"[*]", "[\"a\"]"),
        ("{a = 1}[*].a", "[1]"),
        ("{a = 1}.*.a", "[1]"),
        ("[{a = 1}, {a = \"x\"}][*].a", "[1, \"x\"]"),
        ("list[*].a", "list[1, 2]"),
        ("list.*.a", "list[1, 2]"),
        ("set[*].a", "list[1, 2]"),
        ("no_list[*]", "fault: Splat of null"),
        ("tolist([])[*].a", "list[]"),
        ("[][*].a", "[]"),
        ("[[1, 2], [3]][*][0]", "[1, 3]"),
        ("secret[*]", "secret [secret \"hunter2\"]"),
        ("secret_list[*]", "secret [1, 2]"),
    ]);
}

#[test]
fn splat_of_the_unknown_keeps_its_type() {
    facts(&[
        ("anything[*].x", "unknown dynamic"),
        ("names[*]", "unknown list of string not null"),
        ("pair[*]", "unknown tuple not null"),
        ("id[*]", "unknown dynamic"),
        ("certain[*]", "[unknown string not null]"),
        ("names[*].x", "fault: No attributes"),
        ("record[*].b", "fault: No such attribute"),
    ]);
}

#[test]
fn index_and_attribute_select() {
    facts(&[
        ("{a = 1}[\"a\"]", "1"),
        ("{\"0\" = 1}[0]", "1"),
        ("[1, 2][\"0\"]", "1"),
        ("[1, 2].0", "1"),
        ("[1, 2][0 + 1]", "2"),
        ("map.a", "1"),
        ("map[\"a\"]", "1"),
        ("map[tostring(\"a\")]", "1"),
        ("var.zone.a", "7"),
        ("list[1].a", "2"),
        ("map[secret == \"\" ? \"a\" : \"a\"]", "secret 1"),
        ("{a = 1}[secret == \"\" ? \"a\" : \"a\"]", "1"),
        ("secret_list[0]", "secret 1"),
        ("[1, 2][count]", "unknown dynamic"),
        ("tolist([1, 2])[count]", "unknown number"),
        ("{a = 1}[id]", "unknown dynamic"),
        ("map[id]", "unknown number"),
        ("names[0]", "unknown string"),
        ("pair[1]", "unknown string"),
        ("pair[2]", "fault: Index out of range"),
        ("record.a", "unknown number"),
        ("anything.x[0].y", "unknown dynamic"),
    ]);
}

#[test]
fn index_and_attribute_say_what_is_missing() {
    facts(&[
        ("{a = 1}.b", "fault: No such attribute"),
        ("{a = 1}[\"b\"]", "fault: No such attribute"),
        ("{a = 1}[0]", "fault: Invalid index"),
        ("map.b", "fault: No such key"),
        ("map[\"b\"]", "fault: No such key"),
        ("[1, 2][\"x\"]", "fault: Invalid index"),
        ("[1, 2][1.5]", "fault: Index out of range"),
        ("[1, 2][-1]", "fault: Index out of range"),
        ("[1, 2][2]", "fault: Index out of range"),
        ("[1, 2][true]", "fault: Invalid index"),
        ("set[0]", "fault: Index of a set"),
        ("\"abc\"[0]", "fault: Invalid index"),
        ("\"abc\".x", "fault: No attributes"),
        ("null.x", "fault: Attribute of null"),
        ("null[0]", "fault: Index of null"),
        ("[1][null]", "fault: Invalid index"),
        ("[{a = 1}].a", "fault: No attributes"),
        ("list.a", "fault: Attribute of a collection"),
    ]);
}

#[test]
fn objects_take_any_key_that_has_a_text() {
    facts(&[
        ("{1 = 2}", "{1 = 2}"),
        ("{true = 2}", "{true = 2}"),
        ("{null = 2}", "{null = 2}"),
        ("{\"a${1}\" = 2}", "{a1 = 2}"),
        ("{(\"b\") = 2}", "{b = 2}"),
        ("{a = 1, a = 2}", "{a = 2}"),
        ("{(secret) = 1}", "secret {hunter2 = 1}"),
        ("{(id) = 1}", "unknown dynamic"),
        ("{(null) = 1}", "fault: Key is null"),
        ("{([1]) = 2}", "fault: Unsuitable key"),
        ("{var.name = 2}", "fault: Ambiguous attribute name"),
        ("{(var.name) = 2}", "{web = 2}"),
    ]);
}

#[test]
fn templates_join_their_parts() {
    facts(&[
        ("\"a${1}${true}\"", "\"a1true\""),
        ("\"${[1]}\"", "[1]"),
        ("\"${null}\"", "null dynamic"),
        ("\"a${null}\"", "fault: Unsuitable value in a template"),
        ("\"a${[1]}\"", "fault: Unsuitable value in a template"),
        ("\"%{ for x in [1, 2] }${x},%{ endfor }\"", "\"1,2,\""),
        ("\"%{ for x in [null] }${x},%{ endfor }\"", "fault: Unsuitable value in a template"),
        ("\"%{ if true }a%{ else }b%{ endif }\"", "\"a\""),
        ("\"%{ if false }a%{ endif }\"", "\"\""),
        ("\"a${secret}\"", "secret \"ahunter2\""),
        ("\"${secret}\"", "secret \"hunter2\""),
        ("\"ab-${id}\"", "unknown string not null begins \"ab-\""),
        ("\"ab${id}cd\"", "unknown string not null begins \"a\""),
        ("\"${id}cd\"", "unknown string not null"),
        ("\"a${secret_id}\"", "secret unknown string not null"),
        ("\"%{ for x in [1, id] }${x}%{ endfor }\"", "unknown string not null"),
        ("\"e\u{301}\"", "\"é\""),
        ("\"e${\"\u{301}\"}\"", "\"é\""),
    ]);
}

#[test]
fn deep_expressions_do_not_overflow_the_stack() {
    let depth = 10_000;
    let nested = format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(shown(&nested), "1");
    let chain = vec!["1"; 100_000].join(" + ");
    assert_eq!(shown(&chain), "100000");
    let choices = format!("{}1", "false ? 0 : ".repeat(depth));
    assert_eq!(shown(&choices), "1");
    let calls = format!("{}1{}", "max(".repeat(depth), ")".repeat(depth));
    assert_eq!(shown(&calls), "1");
}
