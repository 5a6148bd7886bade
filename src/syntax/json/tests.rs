use proptest::prelude::*;

use std::sync::LazyLock;

use crate::diag::{Diagnostics, Source};
use crate::syntax::{Attribute, BlockRule, Body, BodyRule, Content, Expression, Node};

use super::parse_json_file;
use super::text::decode;

fn parse(text: &str) -> (Body, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let body = parse_json_file(&Source::new("main.tf.json", text), &mut diagnostics);
    (body, summaries(&diagnostics))
}

fn summaries(diagnostics: &Diagnostics) -> Vec<String> {
    let place = |d: &crate::diag::Diagnostic| d.subject.as_ref().map_or("", |span| span.text()).to_owned();
    diagnostics.iter().map(|d| format!("{} at {}", d.summary, place(d))).collect()
}

fn content(body: &Body, attributes: &[(&str, bool)], blocks: &[(&str, &[&str])]) -> (Content, Vec<String>) {
    let blocks = blocks.iter().map(|(kind, labels)| BlockRule { kind, labels }).collect();
    let mut diagnostics = Diagnostics::new();
    let content = body.content(&BodyRule { attributes: attributes.to_vec(), blocks }, &mut diagnostics);
    (content, summaries(&diagnostics))
}

/// The blocks as `kind label label: text of the body`.
fn outline(content: &Content, text: &str) -> Vec<String> {
    let bodies = content.blocks.iter().map(|block| {
        let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
        let end = block.body.missing_item().range;
        format!("{} {}: {}", block.kind, labels.join(" "), &text[end.start as usize..end.end as usize])
    });
    bodies.collect()
}

fn only_attribute(text: &str) -> Expression {
    let (body, faults) = parse(text);
    assert_eq!(faults, [""; 0], "{text}");
    let attributes = body.attributes(&mut Diagnostics::new());
    attributes.iter().next().expect("one attribute").expression.clone()
}

#[test]
fn every_value_knows_its_range() {
    let value = only_attribute(r#"{ "a": [1, -2.5e3, true, null, "x", {"k": "v"}] }"#);
    let Node::Tuple(items) = value.node() else { panic!("{:?}", value.node()) };
    let texts: Vec<String> =
        value.file().list(*items).iter().map(|id| value.at(*id).span().text().to_owned()).collect();
    assert_eq!(texts, ["1", "-2.5e3", "true", "null", "\"x\"", "{\"k\": \"v\"}"]);
}

#[test]
fn a_string_is_decoded_and_normalised() {
    for (written, meant) in [
        (r#""plain""#, "plain"),
        (r#""""#, ""),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u00e9\ud83d\ude00""#, "é😀"),
        (r#""\ud800x\udc00\ud800\u0041""#, "\u{fffd}x\u{fffd}\u{fffd}A"),
        ("\"e\u{301}\"", "é"),
        (r#""e\u0301""#, "é"),
    ] {
        let value = only_attribute(&format!(r#"{{"a": {written}}}"#));
        let Node::JsonText { text, .. } = value.node() else { panic!("{:?}", value.node()) };
        assert_eq!(value.file().text(*text), meant, "{written}");
    }
}

#[test]
fn places_in_a_decoded_text_lead_back_to_the_file() {
    let written = r#"é\nab\u00e9c"#;
    let decoded = decode(written, 10);
    assert_eq!(decoded.text, "é\nabéc");
    let back = |part: &str| {
        let start = decoded.text.find(part).expect("a part");
        let range = decoded.places.range(crate::diag::Range::new(start, start + part.len()));
        written[range.start as usize - 10..range.end as usize - 10].to_owned()
    };
    assert_eq!(back("ab"), "ab");
    assert_eq!(back("\n"), "\\n");
    assert_eq!(back("béc"), r"b\u00e9c");
    assert_eq!(back("c"), "c");
}

#[test]
fn every_fault_of_a_file_is_reported_at_its_place() {
    for (text, expected) in [
        (
            r#"{"a": [1, 2,], "b": 'x', "c": tru}"#,
            vec![
                "Trailing comma in a JSON array at ,",
                "Single quotes in JSON at 'x'",
                "Invalid JSON word at tru",
            ],
        ),
        (r#"{"a": 1,}"#, vec!["Trailing comma in a JSON object at ,"]),
        (r#"{"a": 1 "b": 2}"#, vec!["Missing comma at \"b\""]),
        (
            r#"{"a" = 1, b: 2}"#,
            vec!["Missing colon after a JSON property name at =", "Invalid JSON property name at b"],
        ),
        (
            r#"{"a", "b"}"#,
            vec!["Missing value of a JSON property at \"a\"", "Missing value of a JSON property at \"b\""],
        ),
        (r#"{"a": }"#, vec!["Missing JSON value at }"]),
        ("// one\n{\"a\": 1 /* two */} # three", vec!["Comment in JSON at // one"]),
        ("{\"a\": \"x\n, \"b\": 1}", vec!["Unclosed JSON string at \"x"]),
        ("{\"a\": \"x\ty\"}", vec!["Control character in a JSON string at \t"]),
        (
            r#"{"a": "\q\u12"}"#,
            vec![
                r"Unknown escape in a JSON string at \q",
                r"Incomplete unicode escape in a JSON string at \u12",
            ],
        ),
        (r#"{"a": {"b": [1, 2}}"#, vec!["Unclosed JSON array at ["]),
        (r#"{"a": [{"b": 1]}"#, vec!["Unclosed JSON object at {"]),
        (r#"{"a": 1]"#, vec!["Mismatched brackets at ]"]),
        (r#"{"a": [1: 2]}"#, vec!["Named value in a JSON array at :"]),
        (r#"{"a": 1"#, vec!["Unclosed JSON object at {"]),
        (r#"{"a": 1} {}"#, vec!["Text after the JSON value at {"]),
        ("\u{feff}{}", vec!["Byte order mark in JSON at \u{feff}"]),
        ("", vec!["Missing JSON value at "]),
        ("3", vec!["Wrong kind of JSON value at 3"]),
        (r#"{"a": §, "b": 2}"#, vec!["Missing JSON value at §"]),
    ] {
        assert_eq!(parse(text).1, expected, "{text}");
    }
}

#[test]
fn numbers_are_as_json_writes_them() {
    for text in ["0", "-0", "1.5", "1e400", "1E+2", "-12.25e-3", "123456789012345678901234567890"] {
        assert_eq!(parse(&format!(r#"{{"a": {text}}}"#)).1, [""; 0], "{text}");
    }
    for text in ["01", "+1", ".5", "1.", "1e", "1e+", "--1", "-", "1.2.3"] {
        let faults = parse(&format!(r#"{{"a": {text}}}"#)).1;
        assert_eq!(faults, [format!("Invalid JSON number at {text}")], "{text}");
    }
}

#[test]
fn a_million_levels_are_refused_without_a_stack_overflow() {
    assert_eq!(parse(&format!(r#"{{"a": {}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000))).1, [""; 0]);
    let (_, faults) = parse(&"[".repeat(1_000_000));
    assert_eq!(faults, ["JSON nested too deeply at ["]);
    let (_, faults) = parse(&"{\"a\":".repeat(1_000_000));
    assert_eq!(faults, ["JSON nested too deeply at {"]);
}

#[test]
fn labels_are_property_names_and_several_blocks_are_an_array() {
    let text = r#"{
        "resource": {"a": {"x": {}, "y": [{}, {}]}, "b": [{"z": null}, {"w": {}}]},
        "output": [{"o": {}}, {"p": {}}],
        "//": "a comment"
    }"#;
    let (body, faults) = parse(text);
    assert_eq!(faults, [""; 0]);
    let (content, faults) = content(&body, &[], &[("resource", &["type", "name"]), ("output", &["name"])]);
    assert_eq!(faults, [""; 0]);
    assert_eq!(
        outline(&content, text),
        [
            "resource a x: }",
            "resource a y: }",
            "resource a y: }",
            "resource b w: }",
            "output o: }",
            "output p: }"
        ]
    );
}

#[test]
fn a_body_may_be_an_array_of_objects_or_null() {
    let (body, _) = parse(r#"[{"a": 1}, {"b": 2, "list": [null, 3]}, {"a": 4}]"#);
    let (content, faults) = content(&body, &[("a", true), ("b", false)], &[("list", &[])]);
    assert_eq!(faults, ["Argument set twice at \"a\""]);
    assert_eq!(content.attributes.iter().count(), 2);
    let [first, second] = &content.blocks[..] else { panic!("{}", content.blocks.len()) };
    assert_eq!(self::content(&first.body, &[], &[]).1, [""; 0]);
    assert_eq!(self::content(&second.body, &[], &[]).1, ["Wrong kind of JSON value at 3"]);
}

#[test]
fn unknown_and_missing_names_are_reported() {
    let (body, _) = parse(r#"{"valu": 1, "provisoner": {}, "//": 0}"#);
    let mut diagnostics = Diagnostics::new();
    let rule = BodyRule {
        attributes: vec![("value", true)],
        blocks: vec![BlockRule { kind: "provisioner", labels: &["type"] }],
    };
    body.content(&rule, &mut diagnostics);
    let hints: Vec<Option<&str>> = diagnostics.iter().map(|d| d.hint.as_deref()).collect();
    assert_eq!(hints, [None, Some("Did you mean \"value\"?"), Some("Did you mean \"provisioner\"?")]);
    assert_eq!(
        summaries(&diagnostics),
        [
            "Missing required argument at }",
            "Unknown JSON property at \"valu\"",
            "Unknown JSON property at \"provisoner\""
        ]
    );
}

#[test]
fn what_was_split_off_is_gone_from_the_rest() {
    let (body, _) = parse(r#"{"a": 1, "b": 2, "c": {}, "//": 3}"#);
    let mut diagnostics = Diagnostics::new();
    static RULE: LazyLock<BodyRule<'static>> = LazyLock::new(|| BodyRule {
        attributes: vec![("a", false)],
        blocks: vec![BlockRule { kind: "c", labels: &[] }],
    });
    let (content, rest) = body.split(&RULE, &mut diagnostics);
    assert_eq!((content.attributes.iter().count(), content.blocks.len()), (1, 1));
    let left = rest.attributes(&mut diagnostics);
    assert!(left.iter().map(Attribute::name).eq(["b"]));
    assert!(diagnostics.is_empty());
    assert_eq!(self::content(&rest, &[("b", false)], &[]).1, [""; 0]);
}

#[test]
fn labels_that_are_not_there_are_reported() {
    for (text, expected) in [
        (r#"{"output": null}"#, "Missing block label at null"),
        (r#"{"output": []}"#, "Missing block label at ["),
        (r#"{"output": {}}"#, "Missing block label at {"),
        (r#"{"output": {"o": "x"}}"#, "Wrong kind of JSON value at \"x\""),
        (r#"{"output": "x"}"#, "Wrong kind of JSON value at \"x\""),
        (r#"{"output": [1]}"#, "Wrong kind of JSON value at 1"),
    ] {
        let (body, _) = parse(text);
        assert_eq!(content(&body, &[], &[("output", &["name"])]).1, [expected], "{text}");
    }
}

#[test]
fn arguments_alone_must_be_an_object() {
    for (text, found) in [("[{}]", "["), ("[]", "[")] {
        let (body, _) = parse(text);
        let mut diagnostics = Diagnostics::new();
        body.attributes(&mut diagnostics);
        assert_eq!(summaries(&diagnostics), [format!("Wrong kind of JSON value at {found}")]);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "[{}\\[\\],:\"'\\\\/#=a-z0-9$% \n\té😀]{0,60}") {
        let (body, _) = parse(&text);
        let mut diagnostics = Diagnostics::new();
        body.attributes(&mut diagnostics);
        content(&body, &[("a", true)], &[("b", &["x", "y"])]);
    }

    /// What the standard library's companion accepts, we accept, and nothing else.
    #[test]
    fn valid_is_what_the_format_says(text in "[{}\\[\\],:\"0-9a.e\\-\\\\nu ]{0,12}") {
        let text = format!("{{\"k\":{text}}}");
        let ours = parse(&text).1.is_empty();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }
}

#[test]
fn a_template_in_a_string_points_into_the_file() {
    for (text, expected) in [
        (r#"{"a": "é ${var.x[0]} and ${f(b)}"}"#, ["var.x[0]", "b"]),
        (r#"{"a": "\u00e9\n\"${var[\"x\"].y}${z}\""}"#, [r#"var[\"x\"].y"#, "z"]),
    ] {
        let value = only_attribute(text);
        let places: Vec<String> = value.references().map(|r| r.span().text().to_owned()).collect();
        assert_eq!(places, expected, "{text}");
    }
}

#[test]
fn the_faults_of_a_template_stay_with_the_file() {
    let value = only_attribute(r#"{"a": "\t${1 +}"}"#);
    let faults = value.file().template_faults(value.id()).expect("faults");
    let places: Vec<&str> = faults.iter().filter_map(|d| d.subject.as_ref()).map(|s| s.text()).collect();
    assert_eq!(places, ["}"]);
    assert!(value.references().next().is_none());
    let Node::JsonText { text, .. } = value.node() else { panic!("{:?}", value.node()) };
    assert_eq!(value.file().text(*text), "\t${1 +}");
}

#[test]
fn static_analysis_reads_a_string_as_native_syntax() {
    let reference = only_attribute(r#"{"a": "module.m[0].x[\"k\"]"}"#).as_traversal().expect("a reference");
    assert_eq!(reference.root(), "module");
    assert_eq!(reference.steps().len(), 4);
    assert_eq!(reference.span().text(), r#"module.m[0].x[\"k\"]"#);
    let (name, arguments) = only_attribute(r#"{"a": "list(string)"}"#).as_call().expect("a call");
    assert_eq!((&*name, arguments.len()), ("list", 1));
    assert_eq!(arguments[0].span().text(), "string");
    assert!(only_attribute(r#"{"a": "not one"}"#).as_traversal().is_none());
    assert!(only_attribute(r#"{"a": "${var.x}"}"#).as_traversal().is_none());
    assert!(only_attribute(r#"{"a": "a.0"}"#).as_traversal().is_none());
}
