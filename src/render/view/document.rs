//! Documents inside of texts: shown by what they say, where nothing of the text is lost by it.

use crate::eval::functions;
use crate::schema::Block;
use crate::state;
use crate::value::{Type, Value};

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

/// Whether there is nothing, or only a text that says in JSON what an argument of any type says already, as the template of
/// a stack does: it would be read twice.
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

/// Only what `yamlencode` wrote: in any other text comments, order and style would be lost, and a difference of lines
/// reads well enough.
fn yaml(text: &str) -> Option<Value> {
    let written = text.starts_with('"') || text.starts_with("- ");
    if written && text.ends_with('\n') { functions::yaml_document(text) } else { None }
}
