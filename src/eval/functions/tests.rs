//! What the corpus of expressions cannot say: unknowns, marks, places of faults, a world of our own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::*;
use crate::diag::{Diagnostics, Source};
use crate::eval::{Entry, FileKind};
use crate::expression::{Reference, Resolution, Scope, evaluate};
use crate::syntax::parse_expression;
use crate::value::{Mark, Refinement, Type, Value};

/// Files in memory, and a clock that stands still.
#[derive(Default)]
struct Small(BTreeMap<PathBuf, Vec<u8>>);

impl World for Small {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        Ok(self.0.contains_key(path).then_some(FileKind::File))
    }

    fn entries(&self, _directory: &Path) -> io::Result<Vec<Entry>> {
        Ok(self.0.keys().map(|path| Entry { name: path.into(), kind: FileKind::File }).collect())
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn plan_time(&self) -> Option<jiff::Timestamp> {
        None
    }

    fn random(&self, buffer: &mut [u8]) -> io::Result<()> {
        buffer.fill(7);
        Ok(())
    }

    fn home(&self) -> Option<PathBuf> {
        Some("/home/ann".into())
    }

    fn current_directory(&self) -> io::Result<PathBuf> {
        Ok("/work".into())
    }
}

struct Names {
    values: BTreeMap<&'static str, Value>,
    table: Table,
}

impl Scope for Names {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        Ok(Resolution { value: self.values.get(reference.root).unwrap().clone(), taken: 0 })
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.table.get(name).map(AsRef::as_ref)
    }

    fn function_names(&self) -> Vec<&str> {
        Vec::new()
    }
}

fn ask_in(files: &[(&str, &str)], deferred: bool, text: &str) -> Result<Value, Diagnostics> {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    let setting = Setting {
        world: Arc::new(Small(files.collect())),
        providers: Arc::new(crate::eval::NothingOffered),
        base: PathBuf::from("."),
        console: false,
        deferred,
    };
    let some =
        Refinement { not_null: true, length_lower: Some(1), length_upper: Some(3), ..Refinement::default() };
    let values = BTreeMap::from([
        ("open", Value::unknown(Type::String)),
        ("anything", Value::dynamic()),
        ("openlist", Value::unknown(Type::list(Type::String)).refine(&some)),
        ("secret", Value::string("s").mark(Mark::Sensitive)),
        ("brief", Value::string("e").mark(Mark::Ephemeral)),
        ("greeting", Value::string("Hello, ${upper(name)}!")),
        ("reader", Value::string("${file(\"a.txt\")}")),
        ("broken", Value::string("one\ntwo ${")),
    ]);
    let scope = Names { values, table: table(&setting) };
    let mut faults = Diagnostics::new();
    let expression = parse_expression(&Source::new("<test>", text), &mut faults);
    let value = evaluate(&expression, &scope, &mut faults);
    if faults.has_errors() { Err(faults) } else { Ok(value) }
}

fn ask(text: &str) -> Value {
    ask_in(&[], false, text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

/// Summary, detail and place of the only fault.
fn fault(files: &[(&str, &str)], text: &str) -> String {
    let faults = ask_in(files, false, text).err().unwrap();
    let fault = faults.iter().next().unwrap();
    format!("{} | {} | {}", fault.summary, fault.detail, fault.subject.as_ref().unwrap())
}

#[test]
fn unknown_arguments_give_unknown_results_of_the_right_type() {
    for (text, ty) in [
        ("md5(open)", Type::String),
        ("length(open)", Type::Number),
        ("sort([\"a\", open])", Type::list(Type::String)),
        ("setunion([open], [\"a\"])", Type::set(Type::String)),
        ("merge({ a = 1 }, anything)", Type::Dynamic),
        ("flatten([anything])", Type::Dynamic),
        ("keys({ a = open })", Type::tuple(vec![Type::String])),
        ("coalesce(open, \"x\")", Type::String),
        ("file(open)", Type::String),
        ("templatefile(open, {})", Type::Dynamic),
        ("zipmap([open], [1])", Type::Dynamic),
        ("element([1, \"a\"], length(open))", Type::Dynamic),
        ("tolist(anything)", Type::list(Type::Dynamic)),
    ] {
        assert_eq!(ask(text).ty(), ty, "{text}");
    }
}

#[test]
fn unknown_results_know_what_can_be_known() {
    let length = ask("length(openlist)");
    let known = length.refinement().unwrap();
    assert_eq!(known.lower.as_ref().map(|bound| bound.limit.to_i64()), Some(Some(1)));
    assert_eq!(known.upper.as_ref().map(|bound| bound.limit.to_i64()), Some(Some(3)));
    let sorted = ask("sort(openlist)");
    assert_eq!(sorted.refinement().unwrap().length_upper, Some(3));
    let product = ask("setproduct(openlist, [1, 2])");
    let known = product.refinement().unwrap();
    assert_eq!((known.length_lower, known.length_upper), (Some(1), Some(6)));
    assert!(ask("md5(open)").refinement().unwrap().not_null);
}

#[test]
fn secrets_stay_secret_and_only_where_they_are() {
    for text in
        ["md5(secret)", "concat([1], sensitive([2]))", "lookup({ s = 1 }, secret)", "setunion([secret], [])"]
    {
        assert!(ask(text).marks().contains(&Mark::Sensitive), "{text}");
    }
    let merged = ask("merge({ a = secret }, { b = 1 })");
    assert!(merged.marks().is_empty());
    assert!(merged.has_mark_deep(&Mark::Sensitive));
    assert!(!ask("keys({ a = secret })").has_mark_deep(&Mark::Sensitive));
    assert!(!ask("nonsensitive(secret)").has_mark_deep(&Mark::Sensitive));
    assert!(ask("nonsensitive(sensitive(brief))").has_mark_deep(&Mark::Ephemeral));
    assert!(ask("ephemeralasnull([brief, 1])[0]").is_null());
}

#[test]
fn secret_paths_and_keys_do_not_show_in_messages() {
    for text in ["file(secret)", "lookup({ a = 1 }, secret)", "tonumber(secret)"] {
        assert!(!fault(&[], text).contains("\"s\""), "{text}: {}", fault(&[], text));
    }
}

#[test]
fn faults_in_a_template_point_into_it() {
    let file = [
        ("t.tftpl", "one\ntwo ${nme}\n"),
        ("broken.tftpl", "a\n${1 +}"),
        ("down.tftpl", "${templatefile(\"t.tftpl\", {})}"),
    ];
    let missing = fault(&file, "templatefile(\"t.tftpl\", { name = 1 })");
    assert!(missing.contains("\"nme\"") && missing.contains("t.tftpl:2,7"), "{missing}");
    let broken = fault(&file, "templatefile(\"broken.tftpl\", {})");
    assert!(broken.contains("broken.tftpl:2"), "{broken}");
    let nested = fault(&file, "templatefile(\"down.tftpl\", {})");
    assert!(nested.contains("down.tftpl:1") && nested.contains("another template"), "{nested}");
    let string = fault(&[], "templatestring(broken, {})");
    assert!(string.contains("<templatestring argument>:2"), "{string}");
}

#[test]
fn a_template_from_a_string_needs_a_reference_and_reads_no_files() {
    assert_eq!(ask("templatestring(greeting, { name = \"ann\" })").as_str(), Some("Hello, ANN!"));
    for text in [
        "templatestring(\"x\", {})",
        "templatestring(\"${greeting}\", {})",
        "templatestring(\"x ${greeting}\", {})",
        "templatestring(upper(greeting), {})",
        "templatestring((greeting), {})",
        "templatestring(reader, {})",
        "templatestring(1, {})",
    ] {
        assert!(ask_in(&[("a.txt", "a")], false, text).is_err(), "{text}");
    }
}

#[test]
fn what_changes_from_call_to_call_waits_while_planning() {
    for text in ["timestamp()", "uuid()", "bcrypt(\"x\")"] {
        assert!(!ask_in(&[], true, text).unwrap().is_known(), "{text}");
    }
    assert_eq!(ask("timestamp()").as_str(), Some("1970-01-01T00:00:00Z"));
    assert!(!ask("plantimestamp()").is_known());
}

#[test]
fn home_and_the_current_directory_come_from_the_world() {
    assert_eq!(ask("pathexpand(\"~/a/../b\")").as_str(), Some("/home/ann/b"));
    assert_eq!(ask("pathexpand(\"~\")").as_str(), Some("/home/ann"));
    assert_eq!(ask("abspath(\"a//b\")").as_str(), Some("/work/a/b"));
    assert!(ask_in(&[], false, "pathexpand(\"~bob/a\")").is_err());
}

#[test]
fn a_negative_index_counts_back_from_the_end_of_a_list_but_not_of_a_tuple() {
    assert_eq!(ask("element([\"a\", \"b\", \"c\"], -3)").as_str(), Some("a"));
    assert_eq!(ask("element([\"a\", \"b\", \"c\"], 4)").as_str(), Some("b"));
    assert_eq!(ask("element(tolist([\"a\", \"b\", \"c\"]), -1)").as_str(), Some("c"));
    assert!(ask_in(&[], false, "element([\"a\", \"b\", \"c\"], -1)").is_err());
    assert!(ask_in(&[], false, "element([], 0)").is_err());
}

/// Text, numbers, JSON, YAML, CSV, regular expressions and encodings, call by call.
#[test]
fn calls_give_what_was_recorded_of_the_reference() {
    let mut lines = include_str!("tests/facts.txt").lines().filter(|line| !line.starts_with("# ")).peekable();
    let (mut count, mut wrong) = (0, Vec::new());
    while let (Some(call), Some(fact)) = (lines.next(), lines.next()) {
        count += 1;
        let given = ask_in(&[], false, call).ok().map(|value| json::encode(&value.unmark_deep().0).unwrap());
        if given.as_deref() != fact.strip_prefix("= ") {
            wrong.push(format!("{call}\n  recorded {fact}\n  given    {given:?}"));
        }
    }
    assert!(count > 1900, "only {count} facts were read");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_that_is_partly_unknown_keeps_what_is_known_of_it() {
    let prefix = |text: &str| ask(text).refinement().and_then(|facts| facts.prefix.clone());
    assert_eq!(prefix("format(\"foo-%s\", open)").as_deref(), Some("foo-"));
    assert_eq!(prefix("format(\"foo%s\", open)").as_deref(), Some("fo"));
    assert_eq!(prefix("format(\"foo-\", open)"), None);
    assert_eq!(prefix("jsonencode({ a = open })").as_deref(), Some("{"));
    assert_eq!(prefix("jsonencode([open])").as_deref(), Some("["));
    assert_eq!(prefix("jsonencode(open)"), None);
    assert_eq!(ask("startswith(format(\"foo-%s\", open), \"foo-\")").as_bool(), Some(true));
    assert_eq!(ask("startswith(format(\"foo-%s\", open), \"bar\")").as_bool(), Some(false));
    assert_eq!(ask("jsondecode(format(\"\\\"%s\", open))").ty(), Type::String);
    assert_eq!(ask("regexall(open, \"a\")").ty(), Type::list(Type::Dynamic));
    // A null of no type leaves the whole result open, as in the reference.
    assert_eq!(ask("format(\"%v\", null)").ty(), Type::Dynamic);
    assert!(!ask("formatlist(\"%s\", [\"a\", open])").is_wholly_known());
}

#[test]
fn secrets_stay_secret_in_results_and_in_messages() {
    for text in ["format(\"%s\", secret)", "jsonencode({ a = secret })", "base64decode(sensitive(\"YQ==\"))"]
    {
        assert!(ask(text).has_mark_deep(&Mark::Sensitive), "{text}");
    }
    for text in ["base64decode(secret)", "parseint(secret, 10)"] {
        let said = fault(&[], text);
        assert!(!said.contains("\"s\""), "{text}: {said}");
    }
    // Escaped, in part, and inside of something that is no secret itself.
    for text in [
        "timeadd(\"2020-01-01T00:00:00Z\", sensitive(\"geheim\\\"x\"))",
        "csvdecode(sensitive(\"geheim,geheim\\n1,2\\n\"))",
        "jsondecode(sensitive(\"geheim\"))",
        "transpose({ a = sensitive({ geheim = null }) })",
    ] {
        let said = fault(&[], text);
        assert!(!said.contains("geheim") && !said.contains("'g'"), "{text}: {said}");
    }
}

#[test]
fn nesting_that_is_too_deep_is_refused_instead_of_overflowing() {
    for (function, open) in [("jsondecode", "["), ("yamldecode", "[")] {
        assert!(ask_in(&[], false, &format!("{function}(\"{}\")", open.repeat(200_000))).is_err());
    }
    // Aliases of aliases would be a billion values.
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n".to_owned();
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\\n"));
    }
    assert!(fault(&[], &format!("yamldecode(\"{bomb}\")")).contains("too large"));
    assert!(fault(&[], &format!("regex(\"{}\", \"\")", "(".repeat(5000))).contains("too deeply"));
}
