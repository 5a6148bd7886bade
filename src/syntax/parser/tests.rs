//! The parser by example. A tree is printed with brackets around everything that it groups.

mod print;

use proptest::prelude::*;

use super::*;
use print::print;

fn expression(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let expression = parse_expression(&Source::new("test", text), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text}: {:?}", summaries(&diagnostics));
    print(&expression)
}

fn template(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let expression = parse_template(&Source::new("test", text), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text}: {:?}", summaries(&diagnostics));
    print(&expression)
}

/// Summaries with the places of their subjects.
fn summaries(diagnostics: &Diagnostics) -> Vec<String> {
    let place = |d: &Diagnostic| d.subject.as_ref().map_or(String::new(), ToString::to_string);
    diagnostics.iter().map(|d| format!("{} {}", place(d), d.summary)).collect()
}

fn faults_of_expression(text: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    parse_expression(&Source::new("test", text), &mut diagnostics);
    summaries(&diagnostics)
}

fn faults(text: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    parse_file(&Source::new("test", text), &mut diagnostics);
    summaries(&diagnostics)
}

#[test]
fn operators_bind_as_in_arithmetic_and_group_to_the_left() {
    assert_eq!(expression("a + b * c - d"), "(Subtract (Add a (Multiply b c)) d)");
    assert_eq!(expression("a || b && c == d < e"), "(Or a (And b (Equal c (Less d e))))");
    assert_eq!(expression("a / b % c"), "(Modulo (Divide a b) c)");
    assert_eq!(expression("-a.b + !c"), "(Add (Negate a.b) (Not c))");
    assert_eq!(expression("a ? b : c ? d : e"), "(if a b (if c d e))");
    assert_eq!(expression("(a + b) * c"), "(Multiply (paren (Add a b)) c)");
}

#[test]
fn a_whole_expression_ignores_newlines() {
    assert_eq!(expression("a\n+\nb # why\n"), "(Add a b)");
    assert_eq!(expression("/* x */ a // y"), "a");
}

#[test]
fn literal_steps_belong_to_the_reference_and_others_do_not() {
    assert_eq!(expression("a.b[\"c\"].d"), "a.b[\"c\"].d");
    assert_eq!(expression("a[b.c].d"), "((a)[b.c]).d");
    assert_eq!(expression("f(x).y"), "((f! x)).y");
    assert_eq!(expression("(a).b"), "((paren a)).b");
    assert_eq!(expression("a[\"x${b}\"]"), "(a)[(template \"x\" b)]");
    assert_eq!(expression("a.b[c][\"d\"]"), "((a.b)[c])[\"d\"]");
}

#[test]
fn splats_take_what_follows_from_each_element() {
    assert_eq!(expression("a.*.b.c"), "(attribute-splat a (item).b.c)");
    assert_eq!(expression("a[*].b[c]"), "(splat a ((item).b)[c])");
    assert_eq!(expression("a.*.b[\"c\"]"), "((attribute-splat a (item).b))[\"c\"]");
    assert_eq!(expression("a[*].b[*].c"), "(splat a (splat (item).b (item).c))");
    assert_eq!(expression("a.*"), "(attribute-splat a item)");
}

#[test]
fn objects_take_names_strings_and_expressions_as_keys() {
    assert_eq!(expression("{a = b, \"c\" : d\n(e) = f\n}"), "{\"a\"=b \"c\"=d (paren e)=f}");
    assert_eq!(expression("{true = a, b.c = d}"), "{true=a b.c=d}");
    assert_eq!(expression("{}"), "{}");
    assert_eq!(expression("{\n\n}"), "{}");
    assert_eq!(expression("{a = b, a = c,}"), "{\"a\"=b \"a\"=c}");
}

#[test]
fn for_makes_lists_and_objects() {
    assert_eq!(expression("[for\nx in\ny :\nx if z]"), "(for x in y: x if z)");
    assert_eq!(expression("{\nfor k, v in m : k => v...\n}"), "(for k, v in m: k => v ...)");
    assert_eq!(expression("{for k, v in m : k => v... if k}"), "(for k, v in m: k => v ... if k)");
}

#[test]
fn calls_take_trailing_commas_expansion_and_namespaces() {
    assert_eq!(expression("f(a,\nb,\n)"), "(f! a b)");
    assert_eq!(expression("f(a...)"), "(f! a ...)");
    assert_eq!(expression("provider::x::y()"), "(provider::x::y! )");
    assert_eq!(expression("a :: b ()"), "(a::b! )");
}

#[test]
fn strings_resolve_escapes() {
    assert_eq!(expression(r#""a\n\t\"\\\u00e9\U0001F600""#), "\"a\\n\\t\\\"\\\\é😀\"");
    assert_eq!(expression(r#""$${a} %%{b} $ % $$""#), "\"${a} %{b} $ % $$\"");
    assert_eq!(expression(r#""$$${a}""#), "\"$${a}\"");
    assert_eq!(expression("\"\""), "\"\"");
}

#[test]
fn text_counts_in_its_composed_form() {
    assert_eq!(expression("\"e\u{301}\""), "\"é\"");
    assert_eq!(expression("e\u{301}.e\u{301}"), "é.é");
    assert_eq!(expression("\"e\\u0301\""), "\"é\"");
}

#[test]
fn a_lone_interpolation_is_the_value_itself() {
    assert_eq!(expression("\"${a}\""), "(wrap a)");
    assert_eq!(expression("\"${a}b\""), "(template a \"b\")");
    assert_eq!(expression("\"${\"${a}\"}\""), "(wrap (wrap a))");
    assert_eq!(template("${a}"), "(wrap a)");
    assert_eq!(template("a $"), "\"a $\"");
    assert_eq!(template(""), "\"\"");
}

#[test]
fn a_tilde_trims_the_text_beside_it() {
    assert_eq!(expression("\"a  ${~ b ~}  c\""), "(template \"a\" b \"c\")");
    // Only the rest of the line is beside it.
    assert_eq!(template("a ${b ~} \n  c"), "(template \"a \" b \"  c\")");
    assert_eq!(template("a\n  ${~ b}"), "(template \"a\\n\" b)");
}

#[test]
fn directives_choose_and_repeat() {
    assert_eq!(
        expression(r#""a%{ if b }c%{ else }d%{ endif }e""#),
        "(template \"a\" (if b \"c\" \"d\") \"e\")"
    );
    assert_eq!(expression(r#""%{ if b }${c}%{ endif }""#), "(template (if b (template c) \"\"))");
    assert_eq!(
        expression(r#""%{ for k, v in m }${k}=${v}%{ endfor }""#),
        "(template (join (for k, v in m: (template k \"=\" v))))"
    );
    assert_eq!(
        expression(r#""%{ if a }%{ if b }c%{ endif }%{ endif }""#),
        "(template (if a (template (if b \"c\" \"\")) \"\"))"
    );
}

#[test]
fn heredocs_are_text() {
    assert_eq!(expression("<<E\n a\n  b\nE\n"), "\" a\\n  b\\n\"");
    assert_eq!(expression("<<E\nE\n"), "\"\"");
    assert_eq!(expression("<<E\n${a}\nE\n"), "(template a \"\\n\")");
    assert_eq!(expression("<<E\r\na\r\nE\r\n"), "\"a\\r\\n\"");
}

#[test]
fn a_dash_takes_away_the_indentation_that_all_lines_share() {
    assert_eq!(expression("<<-E\n    a\n      b\n    E\n"), "\"a\\n  b\\n\"");
    // A blank line has no say and keeps its blanks.
    assert_eq!(expression("<<-E\n    a\n  \n    b\n  E\n"), "\"a\\n  \\nb\\n\"");
    // A line that starts with a sequence has no indentation.
    assert_eq!(expression("<<-E\n  a\n${b}\n  E\n"), "(template \"  a\\n\" b \"\\n\")");
    // What is interpolated has no say.
    assert_eq!(expression("<<-E\n  a ${b}\n   c\n  E\n"), "(template \"a \" b \"\\n c\\n\")");
}

#[test]
fn a_legacy_index_is_one_number_without_dots() {
    assert_eq!(faults_of_expression("a.0.1"), ["test:1,3-6 Invalid legacy index syntax"]);
    assert_eq!(faults_of_expression("a.*.0.1"), ["test:1,5-8 Invalid legacy index syntax"]);
}

#[test]
fn what_is_no_expression_is_reported_once() {
    assert_eq!(faults_of_expression("a b"), ["test:1,3-4 Extra characters after expression"]);
    assert_eq!(faults_of_expression(""), ["test:1,1-1 Missing expression"]);
    assert_eq!(faults_of_expression("a +"), ["test:1,4-4 Missing expression"]);
    assert_eq!(faults_of_expression("a & b"), ["test:1,3-4 Unsupported operator"]);
    assert_eq!(faults_of_expression("a ? b"), ["test:1,6-6 Incomplete conditional"]);
    assert_eq!(faults_of_expression("f(a"), ["test:1,2-3 Unclosed function call"]);
    assert_eq!(faults_of_expression("[a, b"), ["test:1,1-2 Unclosed list"]);
    assert_eq!(faults_of_expression("'a'"), ["test:1,1-2 Invalid character"]);
    assert_eq!(faults_of_expression("“a”"), ["test:1,1-2 Invalid character"]);
    assert_eq!(faults_of_expression("${a}"), ["test:1,1-2 Invalid character"]);
    assert_eq!(faults_of_expression(r#""\q""#), ["test:1,2-4 Invalid escape sequence"]);
    assert_eq!(faults_of_expression(r#""\u12""#), ["test:1,2-6 Invalid escape sequence"]);
    assert_eq!(faults_of_expression(r#""\ud800""#), ["test:1,2-8 Invalid escape sequence"]);
    assert_eq!(faults_of_expression("\"%{ endif }\""), ["test:1,2-12 Unexpected endif directive"]);
    assert_eq!(faults_of_expression("\"%{ if a }\""), ["test:1,2-11 Unclosed if directive"]);
    assert_eq!(faults_of_expression("\"%{ fi a }%{ endif }\""), ["test:1,5-7 Invalid template directive"]);
    assert_eq!(faults_of_expression("[for x in y : k => x]"), ["test:1,15-16 Invalid 'for' expression"]);
    assert_eq!(faults_of_expression("{for x in y : x}"), ["test:1,15-16 Invalid 'for' expression"]);
    assert_eq!(faults_of_expression("[for x in y : x...]"), ["test:1,16-19 Invalid 'for' expression"]);
    assert_eq!(faults_of_expression("<<E\na"), ["test:1,1-2,1 Unclosed heredoc"]);
}

#[test]
fn five_faults_are_five_diagnostics() {
    let text = r#"
resource "a" "b" {
  one   = [x, y
  two   = "unclosed
  three = { p = @, q = (r s), t = u }
  four  = f(g, h i)
  five  "x" = j
}
six = k
six = l
seven {
  eight = m, nine = n
}
"#;
    assert_eq!(
        faults(text),
        [
            "test:3,11-12 Unclosed list",
            "test:4,11-20 Unclosed string",
            "test:5,17-18 Invalid character",
            "test:5,27-28 Unexpected token in parentheses",
            "test:6,18-19 Unexpected token in function call",
            "test:7,13-14 Invalid block definition",
            "test:12,12-13 Unexpected comma after argument",
            "test:10,1-4 Attribute redefined",
        ]
    );
}

#[test]
fn bodies_need_lines() {
    assert_eq!(faults("a { b = c }\nd {}\ne {\n}\n"), [""; 0]);
    assert_eq!(faults("a = b c = d\n"), ["test:1,7-8 Missing newline after argument"]);
    assert_eq!(faults("a { b = c, d = e }\n"), ["test:1,10-11 Invalid single-line block"]);
    assert_eq!(faults("a { b { } }\n"), ["test:1,5-8 Invalid single-line block"]);
    assert_eq!(faults("a {} b {}\n"), ["test:1,6-7 Missing newline after block"]);
    assert_eq!(faults("a\n{\n}\n").len(), 2);
    assert_eq!(faults("a \"b\"\n{\n}\n").len(), 2);
    assert_eq!(faults("a { b = c\n}\n"), ["test:1,10-2,1 Invalid single-line block"]);
    assert_eq!(faults("}\na = b\n"), ["test:1,1-2 Unexpected closing brace"]);
    assert_eq!(faults("a {\n  b = c\nd {\n}\n"), ["test:1,3-4 Unclosed block"]);
    assert_eq!(faults("a \"${b}\" {\n}\n"), ["test:1,4-6 Invalid label"]);
    assert_eq!(faults("\"a\" = b\n"), ["test:1,1-2 Invalid argument name"]);
    assert_eq!(faults("a = \"b\nc\"\n"), ["test:1,5-7 Invalid multi-line string"]);
    assert_eq!(faults("a: b\n"), ["test:1,1-2 Argument or block definition required"]);
}

#[test]
fn deep_nesting_is_parsed_and_deeper_nesting_refused() {
    // Without optimisation each kind takes seconds, nearly all of it for touching the stack: one stands for all then.
    let all = !cfg!(debug_assertions) || std::env::var_os("TERRACE_FUZZ_CASES").is_some();
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a=", "}"),
        ("f(", ")"),
        ("\"${", "}\""),
        ("-", ""),
        ("a ? b : ", ""),
        ("a[", "]"),
    ]
    .into_iter()
    .take(if all { usize::MAX } else { 1 })
    {
        let nested = |levels: usize| format!("{}x{}", open.repeat(levels), close.repeat(levels));
        assert_eq!(faults_of_expression(&nested(10_000)), [""; 0], "{open}");
        let refused = faults_of_expression(&nested(1_000_000));
        assert_eq!(refused.len(), 1, "{open}");
        assert!(refused[0].ends_with("Nested too deeply"), "{open}");
    }
    let blocks = |levels: usize| format!("{}{}", "a {\n".repeat(levels), "}\n".repeat(levels));
    assert_eq!(faults(&blocks(10_000)), [""; 0]);
    assert!(faults(&blocks(1_000_000))[0].ends_with("Nested too deeply"));
    assert_eq!(faults_of_expression(&format!("a{}", " + a".repeat(100_000))), [""; 0]);
    assert_eq!(faults_of_expression(&format!("a{}", "[b]".repeat(100_000))), [""; 0]);
    let directives = |levels: usize| format!("\"{}{}\"", "%{if a}".repeat(levels), "%{endif}".repeat(levels));
    assert_eq!(faults_of_expression(&directives(10_000)), [""; 0]);
    assert_eq!(faults_of_expression(&directives(200_000)).len(), 1);
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = proptest::sample::select(vec![
        "a", "b ", " ", "\n", "\r\n", "\"", "${", "%{", "}", "~}", "{", "<<E\n", "<<-E\n", "\nE\n", "$",
        "\\", "#", "//", "/*", "*/", "0", ".", "[", "]", "=", " = ", "(", ")", ",", "...", "*", "+", "?",
        ":", "::", "=>", "for ", "in ", "if ", "else", "endif", "endfor", "x = [\n", "y {\n", "}\n",
        "\"c\" ", "@", "é",
    ]);
    proptest::collection::vec(fragment, 0..60).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in prop_oneof![4 => fragments(), 1 => any::<String>()]) {
        faults(&text);
        faults_of_expression(&text);
        let mut diagnostics = Diagnostics::new();
        parse_template(&Source::new("test", text.as_str()), &mut diagnostics);
        prop_assert!(diagnostics.iter().all(|d| d.subject.as_ref().is_some_and(|s| s.range.end as usize <= text.len())));
    }
}
