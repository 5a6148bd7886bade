//! Documents inside strings: shown by their content, if that loses nothing of the text.

use crate::eval::functions;
use crate::schema::Block;
use crate::state;
use crate::value::{Type, Value};

/// The content of a JSON object or array in a string.
pub(in crate::render) fn json(text: &str) -> Option<Value> {
    // The parser tolerates extra closing brackets at the end; shown as a document, they would disappear.
    let closes = |open: char, close: char| text.starts_with(open) && text.trim_end().ends_with(close);
    if !closes('{', '}') && !closes('[', ']') {
        return None;
    }
    functions::json_document(text)
}

/// Both texts, if they are documents of one kind, and the function that would produce them.
pub(super) fn both(before: &str, after: &str) -> Option<(&'static str, Value, Value)> {
    if let Some(old) = json(before) {
        return Some(("jsonencode", old, json(after)?));
    }
    Some(("yamlencode", yaml(before)?, yaml(after)?))
}

/// Whether the text is empty, or only repeats as JSON what another argument says already, such as the template of a
/// stack.
pub(super) fn repeats(text: Option<&Value>, object: Option<&Value>, schema: &Block) -> bool {
    let Some(text) = text else { return true };
    let said = text.as_str().filter(|_| !text.is_marked_deep()).and_then(json);
    let (Some(said), Some(entries)) = (said, object.and_then(Value::entries)) else { return false };
    let mut others = schema.attributes.iter().filter(|(_, attribute)| attribute.ty == Type::Dynamic);
    others.any(|(name, _)| {
        let other = entries.get(name).filter(|other| other.is_wholly_known() && !other.is_marked_deep());
        let written = other.and_then(|other| json(&state::json::encode(other, &other.ty())));
        written.is_some_and(|written| written.same(&said))
    })
}

/// Only the exact output of `yamlencode`. Any other text would lose comments, order and style, and reads well enough as
/// changed lines.
fn yaml(text: &str) -> Option<Value> {
    let written = text.starts_with('"') || text.starts_with("- ");
    if written && text.ends_with('\n') { functions::yaml_document(text) } else { None }
}
