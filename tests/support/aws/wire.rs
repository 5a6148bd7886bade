//! How the services speak: forms and XML for CloudFormation and STS (the protocol that AWS calls `awsQuery`), paths and
//! JSON for EKS and single sign-on. Knows formats only, no service.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One HTTP request, read to its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Http {
    pub(crate) method: String,
    /// As it was sent, with its percents.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// Names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What goes back over the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a service says instead of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// Further members of the body, which only the JSON services have.
    pub(crate) more: Value,
}

/// The two protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Query { namespace: &'static str },
    Json,
}

impl Fault {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), more: Value::Null }
    }

    /// What CloudFormation answers to nearly everything that it does not like.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    pub(crate) fn with(mut self, more: Value) -> Self {
        self.more = more;
        self
    }
}

impl Http {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn queried(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parts of the path, without their percents.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(decoded).collect()
    }
}

impl Protocol {
    /// An answer that says what a service found.
    pub(crate) fn answer(self, action: &str, id: &str, found: &Value) -> Answer {
        match self {
            Self::Json => {
                Answer { status: 200, headers: json_headers(id), body: found.to_string().into_bytes() }
            }
            Self::Query { namespace } => {
                let mut result = String::new();
                if !found.is_null() {
                    result = format!("<{action}Result>{}</{action}Result>", xml(found));
                }
                let body = format!(
                    "<{action}Response xmlns=\"{namespace}\">{result}<ResponseMetadata><RequestId>{id}</RequestId>\
                     </ResponseMetadata></{action}Response>"
                );
                Answer { status: 200, headers: xml_headers(id), body: body.into_bytes() }
            }
        }
    }

    pub(crate) fn fault(self, id: &str, fault: &Fault) -> Answer {
        let Fault { status, code, message, more } = fault;
        match self {
            // An error without a code is what a balancer in front of the service sends.
            _ if code.is_empty() => {
                Answer { status: *status, headers: Vec::new(), body: message.clone().into_bytes() }
            }
            Self::Json => {
                let mut headers = json_headers(id);
                headers.push(("x-amzn-errortype".to_owned(), code.clone()));
                let mut body = json!({ "message": message });
                if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
                    body.extend(more.clone());
                }
                Answer { status: *status, headers, body: body.to_string().into_bytes() }
            }
            Self::Query { namespace } => {
                let kind = if *status < 500 { "Sender" } else { "Receiver" };
                let body = format!(
                    "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}\
                     </Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
                    escaped(code),
                    escaped(message)
                );
                Answer { status: *status, headers: xml_headers(id), body: body.into_bytes() }
            }
        }
    }
}

fn json_headers(id: &str) -> Vec<(String, String)> {
    vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("x-amzn-RequestId".to_owned(), id.to_owned()),
    ]
}

fn xml_headers(id: &str) -> Vec<(String, String)> {
    vec![("Content-Type".to_owned(), "text/xml".to_owned()), ("x-amzn-RequestId".to_owned(), id.to_owned())]
}

/// Members of an object as elements; lists as `member`; nothing for null.
pub(crate) fn xml(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(|item| format!("<member>{}</member>", xml(item))).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| format!("<{name}>{}</{name}>", xml(value))).collect()
        }
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut result = String::new();
    for letter in text.chars() {
        match letter {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '\r' => result.push_str("&#xD;"),
            _ => result.push(letter),
        }
    }
    result
}

/// The parameters of a form: `Tags.member.1.Key=a` is a list of objects, `entry` a map.
pub(crate) fn parameters(form: &[(String, String)]) -> Value {
    let mut root = json!({});
    for (name, value) in form {
        let mut place = &mut root;
        for part in name.split('.') {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[part];
        }
        *place = Value::String(value.clone());
    }
    gathered(root)
}

fn gathered(value: Value) -> Value {
    let Value::Object(mut members) = value else { return value };
    let numbered = |value: Value| -> Vec<Value> {
        let Value::Object(items) = value else { return Vec::new() };
        let mut items: Vec<(usize, Value)> =
            items.into_iter().map(|(number, item)| (number.parse().unwrap_or(0), gathered(item))).collect();
        items.sort_by_key(|(number, _)| *number);
        items.into_iter().map(|(_, item)| item).collect()
    };
    if members.len() == 1 {
        if let Some(items) = members.remove("member") {
            return Value::Array(numbered(items));
        }
        if let Some(entries) = members.remove("entry") {
            let pairs = numbered(entries).into_iter();
            let pairs = pairs.map(|pair| (text(&pair, "key"), pair["value"].clone()));
            return Value::Object(pairs.collect());
        }
    }
    // An empty list arrives as `Tags=`, which stays an empty text.
    Value::Object(members.into_iter().map(|(name, value)| (name, gathered(value))).collect::<Map<_, _>>())
}

/// A member as text; empty where there is none.
pub(crate) fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A member as text, where it is there and not empty.
pub(crate) fn given(value: &Value, name: &str) -> Option<String> {
    Some(text(value, name)).filter(|text| !text.is_empty())
}

/// A member as truth.
pub(crate) fn truth(value: &Value, name: &str) -> Option<bool> {
    match &value[name] {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => Some(text == "true"),
        _ => None,
    }
}

/// A member that is a list of texts.
pub(crate) fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value[name].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
}

/// `a=1&b=2`, as forms and queries have it.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Without the percents of a path, where a plus is a plus.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
