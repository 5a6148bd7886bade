//! Checks that a value can be stored: no infinite numbers, and not nested too deeply for readers of states.

use crate::value::{Kind, Value};

/// The deepest nesting of a stored value. Its type is stored, too, as JSON nested twice as deep, and readers of states
/// refuse more than 10,000 levels.
const DEEPEST: usize = 4_000;

/// Why a value cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    Infinite,
    TooDeep,
}

pub(super) fn unfit(value: &Value) -> Option<Unfit> {
    below(value, DEEPEST)
}

fn below(value: &Value, left: usize) -> Option<Unfit> {
    let inside = |left: usize| match value.kind() {
        Kind::Map(_) | Kind::Object(_) => {
            value.entries().into_iter().flatten().find_map(|(_, part)| below(part, left))
        }
        _ => value.items().unwrap_or_default().iter().find_map(|part| below(part, left)),
    };
    match value.kind() {
        Kind::Number(number) => number.is_infinite().then_some(Unfit::Infinite),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) | Kind::Map(_) | Kind::Object(_) => {
            match left.checked_sub(1) {
                Some(left) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || inside(left)),
                None => Some(Unfit::TooDeep),
            }
        }
        _ => None,
    }
}

impl Unfit {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Infinite => "Infinite number",
            Self::TooDeep => "Value is nested too deeply",
        }
    }

    /// The reason, as the end of a sentence that names the value.
    pub(super) fn clause(self) -> String {
        match self {
            Self::Infinite => {
                "has an infinite number in it, as division by zero gives it, which cannot be stored"
                    .to_owned()
            }
            Self::TooDeep => format!("is nested more than {DEEPEST} levels deep, which cannot be stored"),
        }
    }
}
