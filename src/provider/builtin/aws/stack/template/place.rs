//! Where in a template a parameter may be used.

/// Whether a reference is allowed in this place; otherwise CloudFormation requires a literal.
pub(super) fn takes_reference(path: &[Step<'_>]) -> bool {
    use Step::Key;
    let within = matches!(
        path,
        [Key("Resources"), Key(_), Key("Properties" | "Metadata" | "CreationPolicy" | "UpdatePolicy"), ..]
            | [Key("Outputs"), Key(_), Key("Value" | "Export"), ..]
            | [Key("Conditions"), Key(_), ..]
    );
    within && !is_bare_argument(path)
}

/// A step into a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

/// Arguments of functions that must be literals.
fn is_bare_argument(path: &[Step<'_>]) -> bool {
    use Step::{Item, Key};
    let is_call = |step: &Step<'_>| match step {
        Key(name) => matches!(*name, "Ref" | "Condition") || name.starts_with("Fn::"),
        Item(_) => false,
    };
    // The innermost function counts, and the depth inside it.
    let Some(place) = path.iter().rposition(is_call) else { return false };
    let (Some(Key(function)), inside) = (path.get(place), path.get(place + 1..).unwrap_or_default()) else {
        return false;
    };
    match *function {
        // A property of a resource may have this name.
        "Condition" => place > 3 && inside.is_empty(),
        "Ref" | "Fn::GetAtt" | "Fn::GetAZs" if inside.is_empty() => *function != "Fn::GetAZs",
        "Fn::GetAtt" => true,
        "Fn::Sub" => matches!(inside, [] | [Item(0)]),
        "Fn::Join" | "Fn::Split" | "Fn::If" => matches!(inside, [Item(0)]),
        "Fn::Transform" => matches!(inside, [Key("Name")]),
        _ => false,
    }
}
