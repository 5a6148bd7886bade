//! Explains why no value of one type converts to another.

use super::possible::is_possible;
use crate::value::{Name, Path, PathStep, Type, Value, deep};

/// The place of the first obstacle, and its description.
pub(super) fn explain(have: &Type, want: &Type) -> (Path, String) {
    let mut steps = Vec::new();
    let message = find(have, want, &mut steps).unwrap_or_else(|| required(have, want));
    (Path(steps), message)
}

/// `None` if there is a conversion after all.
fn find(have: &Type, want: &Type, steps: &mut Vec<PathStep>) -> Option<String> {
    let inside = |step: PathStep, have: &Type, want: &Type, steps: &mut Vec<PathStep>| {
        steps.push(step);
        let found = deep(|| find(have, want, steps));
        if found.is_none() {
            steps.pop();
        }
        found
    };
    match (have, want) {
        (Type::Object(have), Type::Object(want)) => {
            let missing: Vec<&Name> = want
                .attributes
                .keys()
                .filter(|name| !want.optional.contains(*name) && !have.attributes.contains_key(*name))
                .collect();
            if !missing.is_empty() {
                return Some(missing_attributes(&missing));
            }
            want.attributes.iter().find_map(|(name, want)| {
                let have = have.attributes.get(name)?;
                inside(PathStep::Attribute(name.clone()), have, want, steps)
            })
        }
        (Type::Tuple(have), Type::Tuple(want)) if have.len() != want.len() => Some(format!(
            "a tuple of {} is required, but this has {}",
            elements(want.len()),
            elements(have.len())
        )),
        (Type::Tuple(have), Type::Tuple(want)) => {
            let mut pairs = have.iter().zip(want.iter()).enumerate();
            pairs.find_map(|(index, (have, want))| {
                inside(PathStep::Index(Value::count(index)), have, want, steps)
            })
        }
        (Type::Tuple(have), Type::List(want) | Type::Set(want)) if **want != Type::Dynamic => {
            let mut parts = have.iter().enumerate();
            parts.find_map(|(index, have)| inside(PathStep::Index(Value::count(index)), have, want, steps))
        }
        (Type::Object(have), Type::Map(want)) if **want != Type::Dynamic => {
            have.attributes.iter().find_map(|(name, have)| {
                inside(PathStep::Index(Value::normalized_string(name.clone())), have, want, steps)
            })
        }
        _ if is_possible(have, want, true) => None,
        (Type::Tuple(_), Type::List(_) | Type::Set(_)) => {
            let what = if matches!(want, Type::List(_)) { "list" } else { "set" };
            Some(format!("all elements of a {what} must be of one type, and these have none in common"))
        }
        (Type::Object(_), Type::Map(_)) => {
            Some("all elements of a map must be of one type, and these have none in common".to_owned())
        }
        (Type::Map(have), Type::Object(want)) => want.attributes.iter().find_map(|(name, want)| {
            let problem = deep(|| find(have, want, steps))?;
            Some(format!("elements of this map do not fit the attribute {name:?}: {problem}"))
        }),
        _ => Some(required(have, want)),
    }
}

fn required(have: &Type, want: &Type) -> String {
    format!("{} is required, but this is {}", with_article(&want.friendly_constraint()), described(have))
}

fn missing_attributes(names: &[&Name]) -> String {
    match names {
        [one] => format!("the attribute {one:?} is required"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|name| format!("{name:?}")).collect();
            format!("the attributes {} and {last:?} are required", rest.join(", "))
        }
        [] => String::new(),
    }
}

fn elements(count: usize) -> String {
    if count == 1 { "one element".to_owned() } else { format!("{count} elements") }
}

fn described(ty: &Type) -> String {
    if *ty == Type::Dynamic { "of a type not known yet".to_owned() } else { with_article(&ty.friendly()) }
}

fn with_article(name: &str) -> String {
    if name.starts_with("any ") {
        return format!("a value of {name}");
    }
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}
