//! Whatever a text is, reading it says what is wrong, in a place that exists, and goes on.

use std::sync::Arc;

use proptest::prelude::*;

use terrace::config::{self, InstalledModule, ModuleRequest, SourceTree};
use terrace::diag::{Diagnostics, Range, Source};
use terrace::eval::functions::{Setting, table};
use terrace::expression;
use terrace::syntax::{self, Language};

use super::cases;
use super::functions::Nowhere;

/// A project of one module in memory.
struct Project(Vec<(&'static str, String)>);

impl SourceTree for Project {
    fn root(&self) -> Arc<str> {
        ".".into()
    }

    fn files(&self, _: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        (self.0.iter().map(|(name, text)| Source::new(*name, text.as_str())).collect(), Diagnostics::new())
    }

    fn resolve(&self, _: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        Ok(InstalledModule { directory: ".".into(), version: None })
    }
}

fn soup() -> impl Strategy<Value = String> {
    let fragment = proptest::sample::select(vec![
        "a",
        "b ",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\"",
        "${",
        "%{",
        "}",
        "~}",
        "{",
        "<<E\n",
        "<<-E\n",
        "\nE\n",
        "$",
        "\\",
        "#",
        "//",
        "/*",
        "*/",
        "0",
        "1e9",
        ".",
        "[",
        "]",
        "=",
        " = ",
        "(",
        ")",
        ",",
        "...",
        "*",
        "+",
        "?",
        ":",
        "::",
        "=>",
        "for ",
        "in ",
        "if ",
        "else",
        "endif",
        "endfor",
        "x = [\n",
        "variable \"v\" {\n",
        "locals {\n",
        "module \"m\" {\n",
        "source = \"./m\"\n",
        "resource \"terraform_data\" \"r\" {\n",
        "output \"o\" {\n",
        "value = ",
        "count = ",
        "for_each = ",
        "dynamic \"d\" {\n",
        "lifecycle {\n",
        "terraform {\n",
        "required_version = \"",
        "moved {\n",
        "import {\n",
        "to = ",
        "}\n",
        "\"c\" ",
        "@",
        "é",
        "\u{feff}",
        "\u{0}",
        "\u{202e}",
        "e\u{301}",
        "var.v",
        "local.x",
        "each.key",
        "null",
        "-",
        "!",
        "&&",
        "==",
    ]);
    prop_oneof![
        6 => proptest::collection::vec(fragment, 0..60).prop_map(|all| all.concat()),
        1 => any::<String>(),
        1 => proptest::collection::vec(any::<u8>(), 0..80)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

fn json_soup() -> impl Strategy<Value = String> {
    let fragment = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"locals\":",
        "\"x\":",
        "\"${",
        "}\"",
        "\"a\"",
        "1",
        "1e999",
        "null",
        "true",
        "\\u00e9",
        "\\ud800",
        "\\",
        "\n",
        " ",
        "\"resource\":{\"terraform_data\":{\"a\":{",
        "//",
        "\u{feff}",
        "{\"variable\":{\"v\":{}}}",
        "%{if true}",
        "-",
        "0.",
        "é",
    ]);
    proptest::collection::vec(fragment, 0..40).prop_map(|all| all.concat())
}

fn places_exist(diagnostics: &Diagnostics, length: usize) -> bool {
    diagnostics.iter().all(|d| d.subject.as_ref().is_none_or(|span| span.range.end as usize <= length))
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_text_is_read_as_everything_that_texts_are(text in prop_oneof![3 => soup(), 1 => json_soup()]) {
        let source = Source::new("case.tf", text.as_str());
        let mut diagnostics = Diagnostics::new();
        syntax::parse_file(&source, &mut diagnostics);
        syntax::parse_template(&source, &mut diagnostics);
        syntax::parse_json_file(&source, &mut diagnostics);
        let expression = syntax::parse_expression(&source, &mut diagnostics);
        prop_assert!(places_exist(&diagnostics, text.len()));
        let setting = Setting { world: Arc::new(Nowhere), providers: Arc::new(terrace::eval::NothingOffered), base: ".".into(), console: true, deferred: false };
        drop(table(&setting));
        expression::evaluate(&expression, &expression::Nothing, &mut diagnostics);
        let style = terrace::render::Style { color: false, width: 80, unicode: true };
        terrace::render::diagnostics(&diagnostics, style);
    }

    #[test]
    fn any_text_is_taken_apart_and_put_together_again(text in soup()) {
        for language in [Language::Configuration, Language::Template] {
            let mut at = 0;
            let mut printed = String::new();
            for token in syntax::tokens(&text, language) {
                let Range { start, end } = token.range;
                prop_assert!(start as usize >= at && end >= start);
                printed.push_str(&text[at..start as usize]);
                printed.push_str(&text[start as usize..end as usize]);
                at = end as usize;
            }
            printed.push_str(&text[at..]);
            prop_assert_eq!(&printed, &text);
        }
    }

    #[test]
    fn any_two_files_are_a_project_or_have_faults(native in soup(), json in json_soup()) {
        let project = Project(vec![("main.tf", native), ("more.tf.json", json)]);
        let (_configuration, diagnostics) = config::load(&project);
        let style = terrace::render::Style { color: false, width: 80, unicode: true };
        terrace::render::diagnostics(&diagnostics, style);
    }
}
