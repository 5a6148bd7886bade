#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use crate::diag::Diagnostics;
use crate::expression::{Nothing, evaluate};
use crate::syntax::parse_expression;

fn read(text: &str) -> Value {
    let mut faults = Diagnostics::new();
    let expression = parse_expression(&Source::new("<test>", text), &mut faults);
    let value = evaluate(&expression, &Nothing, &mut faults);
    assert!(!faults.has_errors(), "{text}: {faults:?}");
    value
}

#[test]
fn values_look_as_the_reference_writes_them() {
    for (given, written) in [
        ("1.50", "1.5"),
        ("[1, \"a\", [true, null]]", "[1, \"a\", [true, null]]"),
        ("{}", "{}"),
        (
            "{ long_name = 1, a = [1, 2], bb = 3 }",
            "{\n  a         = [1, 2]\n  bb        = 3\n  long_name = 1\n}",
        ),
        ("{ a = 1, bbbb = { x = 1 }, cc = 2 }", "{\n  a = 1\n  bbbb = {\n    x = 1\n  }\n  cc = 2\n}"),
        ("[[{ a = 1 }], [{ b = 2 }]]", "[[{\n  a = 1\n  }], [{\n  b = 2\n}]]"),
        (r#""a\"b\\c\n\t$${d} %%{e} $ {""#, r#""a\"b\\c\n\t$${d} %%{e} $ {""#),
        (
            r#""\u00e9\u0001\u00ad e\u0301x\u0301 \U000e0001""#,
            "\"\u{e9}\\u0001\\u00ad \u{e9}x\u{301} \\U000e0001\"",
        ),
        (r#"{ "a b" = 1, "1" = 2, d-e = 3 }"#, "{\n  \"1\"   = 2\n  \"a b\" = 1\n  d-e   = 3\n}"),
    ] {
        assert_eq!(write_expression(&read(given)).as_deref(), Some(written), "{given}");
    }
}

#[test]
fn what_is_written_reads_as_the_same_value() {
    for text in [
        r#"{ a = [1, { "b $${c}" = "x\r\ny" }], "%%{d}" = [null, true, -1.25] }"#,
        r#""$$$${""#,
        r#""$${$${""#,
    ] {
        let value = read(text);
        assert!(read(&write_expression(&value).unwrap()).same(&value), "{text}");
    }
}

#[test]
fn unknown_values_have_no_notation() {
    let unknown = Value::unknown(crate::value::Type::String);
    assert_eq!(write_expression(&Value::tuple(vec![unknown])), None);
}
