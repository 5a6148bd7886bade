use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
    in_language(text, Language::Configuration)
}

fn in_language(text: &str, language: Language) -> Vec<(TokenKind, &str)> {
    let all = tokens(text, language);
    all.iter().map(|t| (t.kind, &text[t.range.start as usize..t.range.end as usize])).collect()
}

/// Kinds only, without the end.
fn shape(text: &str) -> Vec<TokenKind> {
    let mut all: Vec<_> = kinds(text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(all.pop(), Some(End));
    all
}

use TokenKind::*;

#[test]
fn an_attribute_is_a_name_a_sign_and_a_value() {
    assert_eq!(
        kinds("a-b = 12 # why\n"),
        [(Identifier, "a-b"), (Assign, "="), (Number, "12"), (Comment, "# why\n"), (End, "")]
    );
}

#[test]
fn numbers_end_before_what_makes_no_number() {
    assert_eq!(kinds("1.5e-3")[0], (Number, "1.5e-3"));
    assert_eq!(kinds("1.")[..2], [(Number, "1"), (Dot, ".")]);
    assert_eq!(kinds("0x1")[..2], [(Number, "0"), (Identifier, "x1")]);
    assert_eq!(kinds("1e")[..2], [(Number, "1"), (Identifier, "e")]);
    assert_eq!(kinds("1...")[..2], [(Number, "1"), (Ellipsis, "...")]);
    assert_eq!(kinds("1..2")[..1], [(Number, "1..2")]);
    assert_eq!(kinds("a.0.1")[2], (Number, "0.1"));
}

#[test]
fn the_longest_operator_wins() {
    assert_eq!(
        shape("== = => >= > <= < != ! && & || | :: : ... . ~ ^"),
        [
            Equal,
            Assign,
            FatArrow,
            GreaterOrEqual,
            Greater,
            LessOrEqual,
            Less,
            NotEqual,
            Not,
            And,
            Ampersand,
            Or,
            Pipe,
            DoubleColon,
            Colon,
            Ellipsis,
            Dot,
            Tilde,
            Caret
        ]
    );
}

#[test]
fn quotes_hold_text_until_a_sequence_opens() {
    assert_eq!(
        kinds(r#""a$b ${~ x ~}c""#),
        [
            (OpenQuote, "\""),
            (QuotedText, "a$b "),
            (OpenInterpolation, "${~"),
            (Identifier, "x"),
            (CloseTemplate, "~}"),
            (QuotedText, "c"),
            (CloseQuote, "\""),
            (End, "")
        ]
    );
}

#[test]
fn a_doubled_sign_opens_nothing() {
    assert_eq!(kinds(r#""$${x}%%{y}""#)[1], (QuotedText, "$${x}%%{y}"));
    assert_eq!(kinds(r#""$$${x}""#)[1], (QuotedText, "$$${x}"));
    assert_eq!(kinds(r#""$%{x}""#)[1..3], [(QuotedText, "$"), (OpenDirective, "%{")]);
    assert_eq!(kinds(r#""$""#)[1], (QuotedText, "$"));
}

#[test]
fn braces_inside_an_interpolation_do_not_close_it() {
    assert_eq!(
        shape(r#""${{a={}}}" }"#),
        [
            OpenQuote,
            OpenInterpolation,
            OpenBrace,
            Identifier,
            Assign,
            OpenBrace,
            CloseBrace,
            CloseBrace,
            CloseTemplate,
            CloseQuote,
            CloseBrace
        ]
    );
}

#[test]
fn a_heredoc_goes_line_by_line_to_its_marker() {
    assert_eq!(
        kinds("<<-EOT\n  a\n  ${b}EOT\n  EOT  \nc"),
        [
            (OpenHeredoc, "<<-EOT\n"),
            (PlainText, "  a\n"),
            (PlainText, "  "),
            (OpenInterpolation, "${"),
            (Identifier, "b"),
            (CloseTemplate, "}"),
            (PlainText, "EOT\n"),
            (CloseHeredoc, "  EOT  "),
            (Newline, "\n"),
            (Identifier, "c"),
            (End, "")
        ]
    );
}

#[test]
fn a_heredoc_closes_before_a_carriage_return_and_not_at_the_end_of_the_text() {
    assert_eq!(shape("<<E\r\nx\r\nE\r\n"), [OpenHeredoc, PlainText, CloseHeredoc, Newline]);
    assert_eq!(shape("<<E\nx\nE"), [OpenHeredoc, PlainText, PlainText]);
    assert_eq!(shape("<<E\nx\ry\nE\n"), [OpenHeredoc, PlainText, Invalid, PlainText, CloseHeredoc, Newline]);
    assert_eq!(shape("<<E x\n"), [Less, Less, Identifier, Identifier, Newline]);
}

#[test]
fn comments_of_all_kinds() {
    assert_eq!(
        kinds("// a\n/* b\n */c#")[..3],
        [(Comment, "// a\n"), (Comment, "/* b\n */"), (Identifier, "c")]
    );
    assert_eq!(shape("/*/ a"), [UnclosedComment]);
    assert_eq!(shape("# a\rb\n1"), [Comment, Number]);
}

#[test]
fn a_string_that_is_not_closed_ends_with_its_line_if_the_next_line_is_an_item() {
    assert_eq!(
        shape("a = \"b\nc = \"d\"\n"),
        [
            Identifier,
            Assign,
            OpenQuote,
            QuotedText,
            UnclosedQuote,
            Newline,
            Identifier,
            Assign,
            OpenQuote,
            QuotedText,
            CloseQuote,
            Newline
        ]
    );
    assert_eq!(shape("\"b\nc\""), [OpenQuote, QuotedText, QuotedNewline, QuotedText, CloseQuote]);
    assert_eq!(
        shape("\"${f(\"b\n}\n"),
        [
            OpenQuote,
            OpenInterpolation,
            Identifier,
            OpenParenthesis,
            OpenQuote,
            QuotedText,
            UnclosedQuote,
            Newline,
            CloseBrace,
            Newline
        ]
    );
}

#[test]
fn names_are_unicode_and_other_characters_are_invalid() {
    assert_eq!(kinds("été·1")[0], (Identifier, "été·1"));
    assert_eq!(shape("“a”"), [Invalid, Identifier, Invalid]);
    assert_eq!(shape("@ \r $"), [Invalid, Invalid, Invalid]);
    assert!(is_identifier("a-1"));
    assert!(!is_identifier("1a"));
    assert!(!is_identifier("a b"));
    assert!(!is_identifier("a\u{200d}b"));
    assert!(!is_identifier(""));
}

#[test]
fn a_byte_order_mark_counts_only_at_the_start() {
    assert_eq!(kinds("\u{feff}a")[0], (Identifier, "a"));
    assert_eq!(shape("a\u{feff}"), [Identifier, Invalid]);
}

#[test]
fn a_bare_template_is_text_by_lines() {
    assert_eq!(
        in_language("a\n \"${b}\" $", Language::Template),
        [
            (PlainText, "a\n"),
            (PlainText, " \""),
            (OpenInterpolation, "${"),
            (Identifier, "b"),
            (CloseTemplate, "}"),
            (PlainText, "\" $"),
            (End, "")
        ]
    );
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = proptest::sample::select(vec![
        "a", " ", "\n", "\r\n", "\r", "\"", "${", "%{", "}", "~}", "{", "<<E\n", "<<-E\n", "E\n", "E", "$",
        "%", "\\", "#", "//", "/*", "*/", "1", ".", "e", "é", "“", "\u{feff}", "[", "]", "=", "\\u00e9",
        "$${",
    ]);
    proptest::collection::vec(fragment, 0..40).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn tokens_and_the_blanks_between_them_are_the_whole_text(text in prop_oneof![fragments(), any::<String>()]) {
        for language in [Language::Configuration, Language::Template] {
            let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
            for token in tokens(&text, language) {
                let (start, end) = (token.range.start as usize, token.range.end as usize);
                prop_assert!(text[at..start].bytes().all(|b| b == b' ' || b == b'\t'));
                prop_assert!(text.get(start..end).is_some());
                prop_assert!(start < end || matches!(token.kind, End | UnclosedQuote));
                at = end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
