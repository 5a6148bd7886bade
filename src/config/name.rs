//! The rules for names.

use crate::diag::{Diagnostic, Diagnostics};
use crate::syntax::{Label, is_identifier};

/// Appended to every error about a name.
const NAMES: &str =
    "Names start with a letter or an underscore and go on with letters, digits, underscores and dashes.";

/// Reports a label that is not a valid name. `what` is what it names: "variable".
pub(super) fn check(label: &Label, what: &str, diagnostics: &mut Diagnostics) {
    if !is_identifier(&label.text) {
        diagnostics.push(invalid(&label.text, what).at(label.span.clone()));
    }
}

pub(super) fn invalid(name: &str, what: &str) -> Diagnostic {
    let problem = match name.chars().find(|c| !is_part(*c)) {
        _ if name.is_empty() => "is empty".to_owned(),
        Some(' ') => "has a space in it".to_owned(),
        Some(c) => format!("has \"{c}\" in it"),
        None => "starts with a character that only the rest of a name may have".to_owned(),
    };
    Diagnostic::error(
        format!("Invalid {what} name"),
        format!("The {what} name \"{name}\" {problem}. {NAMES}"),
    )
}

fn is_part(c: char) -> bool {
    c == '-' || unicode_ident::is_xid_continue(c)
}
