//! Numbers that can be stored: all but infinite ones.

use crate::value::{Kind, Value};

pub(super) fn is_finite(value: &Value) -> bool {
    match value.kind() {
        Kind::Number(number) => !number.is_infinite(),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            deep(|| value.items().unwrap_or_default().iter().all(is_finite))
        }
        Kind::Map(_) | Kind::Object(_) => {
            deep(|| value.entries().into_iter().flatten().all(|(_, value)| is_finite(value)))
        }
        _ => true,
    }
}

fn deep<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}
