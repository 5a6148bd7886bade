//! What people read, as they read it; and what programs read.

mod plan;
mod progress;

use std::sync::Arc;

use insta::assert_snapshot;
use terrace::diag::{Diagnostic, Diagnostics, Range, Source, Span, ValueNote};
use terrace::render::{Style, diagnostics, json};

const PLAIN: Style = Style { color: false, unicode: true, width: 72 };

const TEXT: &str = r#"variable "size" {
  type = number
}

resource "terraform_data" "web" {
  input = {
    a = var.sizes
    b = "ünï" + "cödé"
  }
	count = var.size ? 1 : 0
}
"#;

fn file(text: &str) -> Arc<Source> {
    Source::new("main.tf", text)
}

/// The first place where the source has this text.
fn place(source: &Arc<Source>, text: &str) -> Span {
    let start = source.text().find(text).expect("the text is there");
    source.span(Range::new(start, start + text.len()))
}

fn note(expression: &str, statement: &str) -> ValueNote {
    ValueNote { expression: expression.into(), statement: statement.into() }
}

#[test]
fn an_error_has_a_headline_a_sentence_its_place_and_the_next_step() {
    let source = file(TEXT);
    let error = Diagnostic::error("Undeclared variable", "This module declares no variable named \"sizes\".")
        .at(place(&source, "var.sizes"))
        .suggest("sizes", ["size"]);
    assert_snapshot!(diagnostics(&error.into(), PLAIN));
}

#[test]
fn several_are_in_the_order_of_the_text_with_warnings_first_and_counted() {
    let source = file(TEXT);
    let mut found = Diagnostics::new();
    found.push(Diagnostic::error("Third", "It is the last one.").at(place(&source, "var.size ?")));
    found.push(Diagnostic::error("Second", "").at(place(&source, "\"cödé\"")));
    found.push(Diagnostic::warning("First", "Without a place.").hint("Nothing to do."));
    assert_snapshot!(diagnostics(&found, PLAIN));
}

#[test]
fn what_is_warned_of_one_piece_of_text_again_is_said_once() {
    let source = file(TEXT);
    let warning =
        || Diagnostic::warning("Deprecated argument", "Take another.").at(place(&source, "var.sizes"));
    let mut found = Diagnostics::new();
    (0..3).for_each(|_| found.push(warning()));
    assert_eq!(diagnostics(&found, PLAIN), diagnostics(&warning().into(), PLAIN));
    found.push(warning().address("terraform_data.web[1]"));
    assert!(diagnostics(&found, PLAIN).contains("2 warnings."), "what has an address of its own counts");
}

#[test]
fn values_and_further_places_stand_under_the_snippet() {
    let source = file(TEXT);
    let other = Source::new("other.tf", "variable \"size\" {}\n");
    let error = Diagnostic::error(
        "Unsuitable condition",
        "A condition must be true or false, and this one is a number. This sentence goes on for so long \
         that it needs another line, or even two, on a screen that is as narrow as this one is.",
    )
    .at(place(&source, "var.size ?"))
    .values(vec![note("var.size", "is 3"), note("var.secret", "has a sensitive value")])
    .related("a string of letters", place(&source, "\"cödé\""))
    .related("first declared here", place(&other, "variable"))
    .address("module.shop.terraform_data.web[0]");
    assert_snapshot!(diagnostics(&error.into(), PLAIN));
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let error =
        Diagnostic::error("Unsuitable operand", "Letters.").at(place(&file("a = \"b\" + 1\n"), "\"b\""));
    assert_snapshot!(diagnostics(&error.into(), Style { unicode: false, ..PLAIN }));
}

#[test]
fn colours_mark_the_headline_the_place_and_the_hint() {
    let error = Diagnostic::error("Unsuitable operand", "Letters.")
        .at(place(&file("a = \"b\" + 1\n"), "\"b\""))
        .hint("Numbers add.");
    let text = diagnostics(&error.into(), Style { color: true, ..PLAIN });
    assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn long_lines_are_cut_around_the_place_and_long_spans_after_their_first_line() {
    let source = file(&format!("a = \"{}${{here}}{}\"\n", "x".repeat(9000), "é".repeat(9000)));
    let error = Diagnostic::error("Long", "A line of a minified file.").at(place(&source, "here"));
    assert_snapshot!("a_long_line", diagnostics(&error.into(), PLAIN));

    let source = file(&format!("b = [\n{}]\n", "  1,\n".repeat(500)));
    let whole = source.span(Range::new(4, source.text().len() - 1));
    let error = Diagnostic::error("Long", "A list of many lines.").at(whole);
    assert_snapshot!("a_long_span", diagnostics(&error.into(), PLAIN));
}

#[test]
fn a_file_cannot_command_the_terminal() {
    let source = file("a = \"\u{1b}]0;owned\u{7}\" + 1\n");
    let error = Diagnostic::error("Bad", "It holds \u{1b}[31m.").at(place(&source, "+ 1"));
    let text = diagnostics(&error.into(), PLAIN);
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    assert!(text.contains(&format!("{}───", " ".repeat(17))), "{text}");
}

#[test]
fn of_a_file_of_values_no_line_is_shown_but_the_one_it_is_about() {
    let source = Source::new("production.tfvars", "a = \"hunter2\"\nb = 1\nc = \"hunter3\"\n").as_values();
    let error = Diagnostic::warning("Value for an undeclared variable", "Why.").at(place(&source, "b"));
    let text = diagnostics(&error.into(), PLAIN);
    assert!(text.contains("b = 1") && !text.contains("hunter"), "{text}");
}

#[test]
fn every_place_can_be_drawn() {
    for text in ["", "\n", "a", "a\n", "é\n\n", "\r\n", "a\r\n\tb\u{301}c\r\n"] {
        let source = file(text);
        let ends: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        for start in &ends {
            for end in ends.iter().filter(|end| *end >= start) {
                let error = Diagnostic::error("Bad", "Why.").at(source.span(Range::new(*start, *end)));
                let drawn = diagnostics(&error.clone().into(), PLAIN);
                assert!(
                    drawn.contains("main.tf:") && !drawn.contains("Failed"),
                    "{text:?} {start}..{end}\n{drawn}"
                );
                json::validation(&error.into(), &[]);
            }
        }
    }
}

#[test]
fn programs_read_the_form_of_the_reference() {
    let source = file(TEXT);
    let mut found = Diagnostics::new();
    found.push(
        Diagnostic::error("Undeclared variable", "This module declares no variable named \"sizes\".")
            .at(place(&source, "var.sizes"))
            .suggest("sizes", ["size"])
            .values(vec![note("var.size", "is 3")]),
    );
    let empty = source.span(Range::new(37, 37));
    found.push(Diagnostic::warning("Empty", "A place without width.").at(empty));
    found.push(Diagnostic::error("Without a place", ""));
    assert_snapshot!(json::validation(&found, &[]));
}
