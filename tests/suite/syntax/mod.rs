//! The parser beside another one: what both can read has the same shape.

use std::sync::Arc;

use hcl::Structure;
use terrace::diag::{Diagnostics, Source};
use terrace::syntax::{self, Body, Item};

use crate::support;

#[test]
fn what_hcl_rs_reads_too_has_the_same_blocks_labels_and_names() {
    let (mut compared, mut refused_there) = (0, 0);
    for folder in ["tests/suite/fmt/cases", "tests/suite/validate/cases", "examples/shop"] {
        for entry in std::fs::read_dir(support::root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Some(text) = native(&path) else { continue };
            let mut faults = Diagnostics::new();
            let ours =
                syntax::parse_file(&Source::new(path.display().to_string(), text.as_str()), &mut faults);
            if faults.has_errors() {
                continue;
            }
            match hcl::parse(&text) {
                Ok(theirs) => {
                    assert_eq!(shape(&ours), their_shape(&theirs), "{}", path.display());
                    compared += 1;
                }
                // It refuses some of what the language allows: names twice in an object, deep nesting and more.
                Err(_) => refused_there += 1,
            }
        }
    }
    assert!(compared > 300, "only {compared} files were compared");
    eprintln!("{compared} files compared, {refused_there} that only this parser reads");
}

/// The text of a file in the native syntax, without the mark that some editors begin a file with.
fn native(path: &std::path::Path) -> Option<String> {
    let ending = path.extension()?;
    let text = (ending == "tf" || ending == "tfvars").then(|| std::fs::read_to_string(path).ok())??;
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// One line per item, indented by its depth.
fn shape(body: &Body) -> Vec<String> {
    let mut lines = Vec::new();
    for item in body.items() {
        match item {
            Item::Attribute(attribute) => lines.push(format!("{} =", attribute.name)),
            Item::Block(block) => {
                let labels: Vec<Arc<str>> = block.labels.into_iter().map(|label| label.text).collect();
                lines.push(format!("{} {labels:?}", block.kind));
                lines.extend(shape(&block.body).into_iter().map(|line| format!("  {line}")));
            }
        }
    }
    lines
}

fn their_shape(body: &hcl::Body) -> Vec<String> {
    let mut lines = Vec::new();
    for structure in &body.0 {
        match structure {
            Structure::Attribute(attribute) => lines.push(composed(&format!("{} =", attribute.key()))),
            Structure::Block(block) => {
                let labels: Vec<String> =
                    block.labels().iter().map(|label| composed(label.as_str())).collect();
                lines.push(composed(&format!("{} {labels:?}", block.identifier())));
                lines.extend(their_shape(block.body()).into_iter().map(|line| format!("  {line}")));
            }
        }
    }
    lines
}

/// In NFC, which the language puts every name in and the other parser does not.
fn composed(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}
