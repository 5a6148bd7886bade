//! Identifiers that are unique, by chance or by name.

use std::sync::Arc;

use uuid::{Builder, Uuid};

use super::Setting;
use super::argument::text;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    vec![uuid(setting), uuidv5()]
}

fn uuid(setting: &Setting) -> Function {
    let (world, deferred) = (Arc::clone(&setting.world), setting.deferred);
    let description = "A random identifier, another one at each call.";
    Function::new("uuid", description, vec![], Type::String, move |_| {
        if deferred {
            return Ok(Value::unknown(Type::String));
        }
        let mut bytes = [0; 16];
        world
            .random(&mut bytes)
            .map_err(|e| FunctionError::new(format!("the system gave no random bytes: {e}")))?;
        Ok(Value::string(&Builder::from_random_bytes(bytes).into_uuid().to_string()))
    })
    .never_null()
}

fn uuidv5() -> Function {
    let parameters = vec![
        Parameter::new("namespace", Type::String, "\"dns\", \"url\", \"oid\", \"x500\" or a UUID."),
        Parameter::new("name", Type::String, "The name in that namespace."),
    ];
    let description = "The identifier of a name in a namespace, always the same for both.";
    Function::new("uuidv5", description, parameters, Type::String, |arguments| {
        let namespace = match text(arguments, 0) {
            "dns" => Uuid::NAMESPACE_DNS,
            "url" => Uuid::NAMESPACE_URL,
            "oid" => Uuid::NAMESPACE_OID,
            "x500" => Uuid::NAMESPACE_X500,
            given => parse(given).ok_or_else(|| {
                let known = "dns, url, oid and x500";
                let message = format!("{given:?} is neither one of the namespaces {known} nor a UUID");
                FunctionError::argument(0, message)
            })?,
        };
        let identifier = Uuid::new_v5(&namespace, text(arguments, 1).as_bytes());
        Ok(Value::string(&identifier.to_string()))
    })
    .never_null()
}

/// With or without hyphens, after `urn:uuid:`, or between two characters that are usually braces.
fn parse(text: &str) -> Option<Uuid> {
    let plain = match text.len() {
        45 => text.get(9..).filter(|_| text.get(..9).is_some_and(|p| p.eq_ignore_ascii_case("urn:uuid:")))?,
        38 => text.get(1..37)?,
        32 | 36 => text,
        _ => return None,
    };
    Uuid::try_parse(plain).ok()
}
