//! Documents inside of texts: shown by what they say, where nothing of the text is lost by it.

use crate::eval::functions;
use crate::value::Value;

/// What a JSON object or array in a text says.
pub(in crate::render) fn json(text: &str) -> Option<Value> {
    // The parser puts up with brackets left over at the end; shown as a document, they would disappear.
    let closes = |open: char, close: char| text.starts_with(open) && text.trim_end().ends_with(close);
    if !closes('{', '}') && !closes('[', ']') {
        return None;
    }
    functions::json_document(text)
}

/// Both texts, where they are documents of one kind; and the function that would write them.
pub(super) fn both(before: &str, after: &str) -> Option<(&'static str, Value, Value)> {
    if let Some(old) = json(before) {
        return Some(("jsonencode", old, json(after)?));
    }
    Some(("yamlencode", yaml(before)?, yaml(after)?))
}

/// Only what `yamlencode` wrote: in any other text comments, order and style would be lost, and a difference of lines
/// reads well enough.
fn yaml(text: &str) -> Option<Value> {
    let written = text.starts_with('"') || text.starts_with("- ");
    if written && text.ends_with('\n') { functions::yaml_document(text) } else { None }
}
