//! Expands `$1`, `$name` and `${name}` in replacements.

/// The template with its references replaced. `$$` is a dollar sign, and so is one without a name after it; an unknown
/// name stands for nothing.
pub(super) fn expand(template: &str, names: &[Option<String>], found: &regex::Captures<'_>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = reference(after) {
            out.push_str(group(name, names, found).unwrap_or_default());
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The longest name at the beginning, and the rest.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = match text.strip_prefix('{') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let end = text.find(|c: char| !(c.is_alphabetic() || c.is_numeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    if braced { rest.strip_prefix('}').map(|rest| (name, rest)) } else { Some((name, rest)) }
}

fn group<'t>(name: &str, names: &[Option<String>], found: &regex::Captures<'t>) -> Option<&'t str> {
    let number = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    if number {
        return found.get(name.parse().ok()?).map(|part| part.as_str());
    }
    // Several groups may share a name; the first that took part counts.
    let named = |(index, other): (usize, &Option<String>)| {
        found.get(index + 1).filter(|_| other.as_deref() == Some(name)).map(|part| part.as_str())
    };
    names.iter().enumerate().find_map(named)
}
