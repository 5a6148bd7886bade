//! Plans as the text of a comment: what is lost comes first, and nothing that anybody wrote becomes markup.

use comrak::nodes::{NodeHtmlBlock, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;
use terrace::address::{InstanceKey, ModuleInstance, ResourceAddress};
use terrace::diag::{Diagnostic, Diagnostics};
use terrace::plan::{Action, Change, Order, OutputChange, Plan, Reason};
use terrace::render::{EnvironmentDrift, EnvironmentPlan, drift_comment, plan_comment};
use terrace::schema::{Attribute, Block};
use terrace::value::{Mark, Type, Value};

use crate::support::plan_json::{change_of, empty, schemas};

/// What GitHub takes.
const TAKEN: usize = 65_536;

/// Pieces that mean something to a reader of Markdown, or end something.
const HOSTILE: [&str; 36] = [
    "`",
    "```",
    "````",
    "~~~",
    "|",
    "\\",
    "<",
    ">",
    "</details>",
    "</summary>",
    "<details>",
    "<script>",
    "<!--",
    "-->",
    "&lt;",
    "@team",
    "#12",
    "**",
    "_",
    "[x](http://y)",
    "![i](http://y)",
    "https://a.b/c",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\n```\n",
    "    ",
    "# ",
    "> ",
    "- ",
    "| --- |",
    "${x}",
    "\u{202e}",
    "\u{1b}[31m",
    "text",
];

pub(super) fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(HOSTILE.to_vec()), 0..10).prop_map(|pieces| pieces.concat())
}

fn thing() -> Block {
    Block::default()
        .with("text", Attribute::optional(Type::String))
        .with("tags", Attribute::optional(Type::map(Type::String)))
        .with("password", Attribute::optional(Type::String).sensitive())
}

fn object(text: &str, key: &str) -> Value {
    Value::object([
        ("text", Value::string(text)),
        ("tags", Value::map(Type::String, [(key, Value::string(text))])),
        ("password", Value::string("xyzzy").mark(Mark::Sensitive)),
    ])
}

fn instance(key: &str, action: Action, text: &str) -> Change {
    let nothing = || Value::null(Type::Dynamic);
    let (before, after) = match action {
        Action::Create => (nothing(), object(text, key)),
        Action::Delete | Action::Forget => (object(text, key), nothing()),
        _ => (object("before", "key"), object(text, key)),
    };
    let resource = ResourceAddress::managed("thing", "t").within(ModuleInstance::root());
    let reason = (action == Action::Delete).then_some(Reason::DeleteBecauseEachKey);
    let change = change_of("thing", "t", action, before, after);
    Change { address: resource.instance(InstanceKey::Text(key.into())), reason, ..change }
}

fn plan_of(changes: Vec<Change>) -> Plan {
    Plan { changes, schemas: schemas([("thing", thing())]), ..empty() }
}

fn planned(name: &str, changes: Vec<Change>) -> EnvironmentPlan {
    EnvironmentPlan::of(name, Some(&plan_of(changes)), Diagnostics::new(), (false, true))
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options
}

/// What a reader of Markdown finds that is more than text: each kind with how often.
pub(super) struct Read {
    pub(super) folds: usize,
    pub(super) rows: usize,
    headings: usize,
    pub(super) strangers: Vec<String>,
}

pub(super) fn read(markdown: &str) -> Read {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let mut read = Read { folds: 0, rows: 0, headings: 0, strangers: Vec::new() };
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::CodeBlock(_) => read.folds += 1,
            NodeValue::TableRow(_) => read.rows += 1,
            NodeValue::Heading(_) => read.headings += 1,
            NodeValue::HtmlBlock(NodeHtmlBlock { literal, .. }) => {
                let inside = literal.trim().strip_prefix("<details><summary><code>");
                let inside = inside.and_then(|rest| rest.strip_suffix("</summary>"));
                let ours = inside.and_then(|rest| rest.split_once("</code>: "));
                let folds = ours.is_some_and(|(name, rest)| !name.contains('<') && !rest.contains('<'));
                let mark = literal.starts_with("<!-- terrace ") && literal.matches("--").count() == 2;
                if !folds && !mark && literal.trim() != "</details>" {
                    read.strangers.push(literal.clone());
                }
            }
            NodeValue::HtmlInline(html) if ["<code>", "</code>", "<!-- -->"].contains(&html.as_str()) => {}
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Text(_)
            | NodeValue::Code(_)
            | NodeValue::Strong
            | NodeValue::Emph
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Table(_)
            | NodeValue::TableCell => {}
            other => read.strangers.push(format!("{other:?}")),
        }
    }
    read
}

#[test]
fn what_is_lost_comes_first_and_plans_are_folded() {
    let staging =
        planned("staging", vec![instance("a", Action::Create, "one"), instance("b", Action::Delete, "two")]);
    let production = planned("production", Vec::new());
    let mut fault = Diagnostics::new();
    fault.push(Diagnostic::error("Secret cannot be read", "The secret is xyzzy."));
    let broken = EnvironmentPlan::of("broken", None, fault, (false, true));
    let text = plan_comment(Some("shop"), &[staging, production, broken]);
    let parts = [
        "<!-- terrace plan: shop -->\n\n### Terrace plan: shop\n\n",
        "⚠️ **1 object destroyed.** ❌ **1 environment not planned.**\n\n",
        "In `staging`:\n\n- **destroy** `thing.t[\"b\"]`: key \\[\"b\"\\] is not in for\\_each map\n\n",
        "| `staging` | 1 | 0 | 0 | **1** | changes |\n| `production` | 0 | 0 | 0 | 0 | no changes |\n",
        "| `broken` | | | | | **failed: 1 error** |\n",
        "- `broken`: Secret cannot be read\n",
        "<details><summary><code>staging</code>: 1 to destroy, 1 to add</summary>\n\n```diff\n",
        "\n```\n\n</details>\n",
    ];
    let places: Vec<Option<usize>> = parts.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{text}");
    assert!(!text.contains("xyzzy"), "{text}");
}

#[test]
fn nothing_to_do_is_said_in_a_line() {
    let text = plan_comment(None, &[planned("production", Vec::new())]);
    assert!(text.contains("No changes: the infrastructure matches the configuration."), "{text}");
    assert!(!text.contains("<details>"), "{text}");
}

#[test]
fn a_plan_that_is_too_long_keeps_every_loss_and_says_what_was_cut() {
    let long = "a line of text that takes room\n".repeat(200);
    let many = |name: &str| {
        let changes = (0..60).map(|n| instance(&format!("k{n}"), Action::Update, &format!("{n}{long}")));
        planned(name, changes.chain([instance("gone", Action::Delete, "x")]).collect())
    };
    let plans: Vec<EnvironmentPlan> = (0..20).map(|n| many(&format!("environment{n}"))).collect();
    let text = plan_comment(None, &plans);
    assert!(text.len() < TAKEN, "{}", text.len());
    assert_eq!(text.matches("- **destroy** `thing.t[\"gone\"]`").count(), 20, "{text}");
    assert!(text.contains("_Cut to the length that a comment may have: 20 shortened._"), "{text}");
    assert!(text.contains("lines not shown here: `terrace plan -e environment7`"), "{text}");
    assert_eq!(read(&text).folds, 20);
}

#[test]
fn losses_too_many_to_name_are_summed_up_and_never_left_out() {
    let changes = |action| (0..3000).map(move |n| instance(&format!("a-rather-long-key-{n}"), action, "x"));
    let all = changes(Action::Delete).chain(changes(Action::Replace(Order::CreateFirst))).collect();
    let text = plan_comment(None, &[planned("production", all)]);
    assert!(text.len() < TAKEN, "{}", text.len());
    assert!(text.contains("- **destroy** `thing.t`: 3000 instances"), "{}", &text[..2000]);
    assert!(text.contains("- **replace** `thing.t`: 3000 instances"), "{}", &text[..2000]);
    let everywhere: Vec<EnvironmentPlan> =
        (0..2000).map(|n| planned(&format!("e{n}"), vec![instance("k", Action::Delete, "x")])).collect();
    let text = plan_comment(None, &everywhere);
    assert!(text.len() < TAKEN, "{}", text.len());
    assert!(text.contains("**2000 objects destroyed.**"), "{}", &text[..2000]);
}

#[test]
fn what_is_lost_stands_first_in_its_fold() {
    let changes = (0..500).map(|n| instance(&format!("a{n:03}"), Action::Create, "x"));
    let text =
        plan_comment(None, &[planned("e", changes.chain([instance("z", Action::Delete, "x")]).collect())]);
    let fold = text.split("```diff\n").nth(1).unwrap();
    assert!(fold.starts_with("  # thing.t[\"z\"] will be destroyed"), "{}", &fold[..200]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_name_and_no_value_becomes_markup(
        (project, environment) in (hostile(), hostile()),
        changes in prop::collection::vec(
            (hostile(), hostile(), prop::sample::select(vec![
                Action::Create, Action::Update, Action::Delete, Action::Forget, Action::Replace(Order::DestroyFirst),
            ])),
            1..6,
        ),
        fault in hostile(),
    ) {
        let instances: Vec<Change> = changes.iter().map(|(key, text, action)| instance(key, *action, text)).collect();
        let output = OutputChange {
            action: Action::Create,
            before: Value::null(Type::Dynamic),
            after: Value::string(&fault),
            sensitive: false,
        };
        let plan = Plan {
            drift: vec![instance(&fault, Action::Update, &fault)],
            outputs: [("o".into(), output)].into(),
            ..plan_of(instances)
        };
        let faults = Diagnostics::from(Diagnostic::error(fault.clone(), fault.clone()).address(fault.clone()));
        let plans = [
            EnvironmentPlan::of(&environment, Some(&plan), Diagnostics::new(), (false, true)),
            EnvironmentPlan::of(&environment, None, faults.clone(), (false, true)),
        ];
        let text = plan_comment(Some(&project), &plans);
        prop_assert_eq!(&text, &plan_comment(Some(&project), &plans));
        let found = read(&text);
        prop_assert!(found.strangers.is_empty(), "{:?}\n{text}", found.strangers);
        prop_assert_eq!((found.folds, found.rows), (1, 3), "{}", text);
        let lossy = changes.iter().any(|(.., action)| action.destroys() || *action == Action::Forget);
        prop_assert_eq!(found.headings, 2 + usize::from(lossy), "{}", text);
        prop_assert!(!text.contains("xyzzy"), "{}", text);

        let drifts = [
            EnvironmentDrift::of(&environment, Some(&plan), Diagnostics::new(), false),
            EnvironmentDrift::of(&environment, None, faults, false),
        ];
        let text = drift_comment(Some(&project), &drifts);
        let found = read(&text);
        prop_assert!(found.strangers.is_empty(), "{:?}\n{text}", found.strangers);
        prop_assert_eq!((found.folds, found.rows, found.headings), (1, 3, 1), "{}", text);
        prop_assert!(!text.contains("xyzzy"), "{}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn no_plan_is_too_long_for_a_comment(sizes in prop::collection::vec((0..30_usize, 0..300_usize), 1..12)) {
        let plans: Vec<EnvironmentPlan> = sizes
            .iter()
            .map(|(count, length)| {
                let text = "`é\n".repeat(*length);
                let changes = (0..*count).map(|n| instance(&n.to_string(), Action::Create, &text));
                planned("environment", changes.collect())
            })
            .collect();
        let text = plan_comment(None, &plans);
        prop_assert!(text.len() < TAKEN, "{}", text.len());
        prop_assert!(read(&text).strangers.is_empty());
    }
}
