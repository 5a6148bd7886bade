//! The timeouts of an object's operations, from its block `timeouts`.

use std::time::Duration;

use crate::eval::functions::parse_wait;
use crate::port::{Remark, Remarks};
use crate::value::Value;

use super::super::super::object::{Arguments, at};

/// The timeout of this operation.
pub(super) fn patience(object: &Value, operation: &str, default: Duration) -> Duration {
    let block = Arguments(object).value("timeouts").map(Arguments);
    block.and_then(|block| block.text(operation)).and_then(parse_wait).unwrap_or(default)
}

pub(super) const fn minutes(number: u64) -> Duration {
    Duration::from_secs(number * 60)
}

/// Holds the block against what it may say.
pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let Some(block) = Arguments(configuration).value("timeouts") else { return };
    for (name, value) in block.entries().into_iter().flatten() {
        if let Some(given) = value.as_str().filter(|given| parse_wait(given).is_none()) {
            let detail = format!("{given:?} is no span of time such as \"30m\" or \"1h30m\".");
            let path = at("timeouts").attribute(name.clone());
            remarks.push(Remark::error("Unsuitable timeout", detail).at(path));
        }
    }
}
