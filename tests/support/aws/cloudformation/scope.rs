//! What the expressions of a template come to, in one stack with its parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::template::Template;

/// Where a value stands that only the execution will tell.
pub(crate) const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// What an expression may refer to.
pub(super) struct Scope<'a> {
    pub(super) template: &'a Template,
    pub(super) parameters: &'a BTreeMap<String, String>,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) stack_name: &'a str,
    pub(super) stack_id: &'a str,
    pub(super) notification_arns: &'a [String],
    pub(super) exports: &'a BTreeMap<String, String>,
    /// A resource's name, or one of its attributes.
    pub(super) resource: &'a dyn Fn(&str, Option<&str>) -> Option<Value>,
}

impl Scope<'_> {
    /// Whether a resource or an output is there at all, for all that its condition says.
    pub(super) fn holds(&self, entry: &Value) -> bool {
        entry["Condition"].as_str().is_none_or(|name| self.condition(name))
    }

    fn condition(&self, name: &str) -> bool {
        self.truth(&self.template.value["Conditions"][name])
    }

    fn truth(&self, value: &Value) -> bool {
        let Some((name, inner)) = single(value) else { return value.as_bool().unwrap_or(false) };
        let all = |inner: &Value| inner.as_array().cloned().unwrap_or_default();
        match name {
            "Condition" => inner.as_str().is_some_and(|name| self.condition(name)),
            "Fn::Not" => all(inner).first().is_some_and(|inner| !self.truth(inner)),
            "Fn::And" => all(inner).iter().all(|inner| self.truth(inner)),
            "Fn::Or" => all(inner).iter().any(|inner| self.truth(inner)),
            "Fn::Equals" => {
                let sides = all(inner);
                let side = |at: usize| sides.get(at).map(|side| plain(&self.resolve(side)));
                side(0) == side(1)
            }
            _ => false,
        }
    }

    /// A value without expressions; null for what `AWS::NoValue` takes away.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        if let Some((name, inner)) = single(value)
            && let Some(found) = self.function(name, inner)
        {
            return found;
        }
        match value {
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), self.resolve(value)));
                Value::Object(members.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.resolve(item));
                Value::Array(items.filter(|item| !item.is_null()).collect())
            }
            other => other.clone(),
        }
    }

    fn function(&self, name: &str, inner: &Value) -> Option<Value> {
        let list = || self.resolve(inner).as_array().cloned().unwrap_or_default();
        let found =
            match name {
                "Ref" => self.reference(inner.as_str()?),
                "Fn::GetAtt" => {
                    let (logical, attribute) = match inner {
                        Value::String(whole) => whole.split_once('.')?,
                        other => (other.get(0)?.as_str()?, other.get(1)?.as_str()?),
                    };
                    (self.resource)(logical, Some(attribute)).unwrap_or(Value::Null)
                }
                "Fn::Sub" => match inner {
                    Value::String(whole) => json!(self.substitute(whole, &Map::new())),
                    other => {
                        let own = other.get(1).map(|own| self.resolve(own)).unwrap_or_default();
                        json!(self.substitute(
                            other.get(0)?.as_str()?,
                            &own.as_object().cloned().unwrap_or_default()
                        ))
                    }
                },
                "Fn::Join" => {
                    let separator = plain(&inner[0]);
                    let items = self.resolve(&inner[1]);
                    match &items {
                        Value::Array(items) => {
                            json!(items.iter().map(plain).collect::<Vec<_>>().join(&separator))
                        }
                        other => other.clone(),
                    }
                }
                "Fn::Split" => {
                    let whole = plain(&self.resolve(&inner[1]));
                    json!(whole.split(inner[0].as_str()?).collect::<Vec<_>>())
                }
                "Fn::Select" => {
                    let index: usize = plain(&self.resolve(&inner[0])).parse().ok()?;
                    match self.resolve(&inner[1]) {
                        Value::Array(items) => items.get(index).cloned().unwrap_or_default(),
                        other => other,
                    }
                }
                "Fn::If" => {
                    let side = if self.condition(inner[0].as_str()?) { 1 } else { 2 };
                    self.resolve(&inner[side])
                }
                "Fn::FindInMap" => {
                    let keys: Vec<String> = list().iter().map(plain).collect();
                    let mappings = &self.template.value["Mappings"];
                    mappings[keys.first()?][keys.get(1)?][keys.get(2)?].clone()
                }
                "Fn::Base64" => {
                    use base64::Engine;
                    json!(base64::engine::general_purpose::STANDARD.encode(plain(&self.resolve(inner))))
                }
                "Fn::GetAZs" => {
                    let region = plain(&self.resolve(inner));
                    let region = if region.is_empty() { self.region } else { &region };
                    json!([format!("{region}a"), format!("{region}b"), format!("{region}c")])
                }
                "Fn::Cidr" => cidr(&list())?,
                "Fn::Length" => json!(self.resolve(inner).as_array().map_or(0, Vec::len)),
                "Fn::ToJsonString" => json!(self.resolve(inner).to_string()),
                "Fn::ImportValue" => {
                    let name = plain(&self.resolve(inner));
                    json!(self.exports.get(&name).cloned().unwrap_or_else(|| format!("no-export-{name}")))
                }
                _ => return None,
            };
        Some(found)
    }

    fn reference(&self, name: &str) -> Value {
        if let Some(value) = self.parameters.get(name) {
            let kind = self.template.value["Parameters"][name]["Type"].as_str().unwrap_or_default();
            let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
            return if list {
                json!(value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>())
            } else {
                json!(value)
            };
        }
        match name {
            "AWS::AccountId" => json!(self.account),
            "AWS::Region" => json!(self.region),
            "AWS::StackName" => json!(self.stack_name),
            "AWS::StackId" => json!(self.stack_id),
            "AWS::Partition" => json!("aws"),
            "AWS::URLSuffix" => json!("amazonaws.com"),
            "AWS::NotificationARNs" => json!(self.notification_arns),
            "AWS::NoValue" => Value::Null,
            logical => (self.resource)(logical, None).unwrap_or(Value::Null),
        }
    }

    fn substitute(&self, whole: &str, own: &Map<String, Value>) -> String {
        let mut pieces = whole.split("${");
        let mut result = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let Some((name, rest)) = piece.split_once('}') else {
                result.push_str(piece);
                continue;
            };
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = own.get(name) {
                result.push_str(&plain(value));
            } else {
                let found = match name.split_once('.') {
                    Some((logical, attribute)) => (self.resource)(logical, Some(attribute)),
                    None => Some(self.reference(name)),
                };
                result.push_str(&plain(&found.unwrap_or_default()));
            }
            result.push_str(rest);
        }
        result
    }
}

/// An object with one member, as functions are.
fn single(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.iter().next().map(|(name, value)| (name.as_str(), value))
}

/// A value as a text has it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// `[block, count, bits]`: that many smaller blocks with so many bits for hosts.
fn cidr(arguments: &[Value]) -> Option<Value> {
    let block = plain(arguments.first()?);
    let count: u64 = plain(arguments.get(1)?).parse().ok()?;
    let bits: u32 = arguments.get(2).map(plain).unwrap_or_else(|| "8".to_owned()).parse().ok()?;
    let Some(address) = block.split('/').next().and_then(|text| text.parse::<std::net::Ipv4Addr>().ok())
    else {
        return Some(json!((0..count).map(|_| KNOWN_AFTER_APPLY).collect::<Vec<_>>()));
    };
    let start = u32::from(address);
    let block = |number: u64| {
        let offset = u32::try_from(number).unwrap_or(0).wrapping_shl(bits);
        format!("{}/{}", std::net::Ipv4Addr::from(start.wrapping_add(offset)), 32 - bits)
    };
    Some(json!((0..count).map(block).collect::<Vec<_>>()))
}
