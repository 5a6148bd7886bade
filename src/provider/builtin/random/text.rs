//! `random_string` and `random_password`: characters of chosen kinds.

use async_trait::async_trait;
use serde_json::json;

use crate::port::{Applied, ApplyRequest, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::{Arguments, at, filled, quoted};
use super::super::{Draft, Ephemeral, Resource, blocking, entropy};

pub(super) enum Text {
    Plain,
    /// Sensitive, and with a hash.
    Password,
}

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC: &str = "0123456789";
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

/// The kinds of characters: whether they are used, and the minimum number of each.
const KINDS: [&str; 4] = ["upper", "lower", "numeric", "special"];
const LEAST: [&str; 4] = ["min_upper", "min_lower", "min_numeric", "min_special"];

#[async_trait]
impl Resource for Text {
    fn schema(&self) -> Block {
        let block = arguments()
            .with("id", Attribute::computed(Type::String))
            .with("keepers", super::keepers())
            .with("number", Attribute::optional_computed(Type::Bool).deprecated());
        let result = Attribute::computed(Type::String);
        match self {
            Self::Plain => block.with("result", result).versioned(2),
            Self::Password => block
                .with("bcrypt_hash", result.clone().sensitive())
                .with("result", result.sensitive())
                .versioned(3),
        }
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        for name in ["upper", "lower", "special"] {
            draft.default(name, Value::bool(true));
        }
        for name in LEAST {
            draft.default(name, super::integer(0));
        }
        // Two names of one argument: each follows the other.
        let (number, numeric) = (draft.configured("number"), draft.configured("numeric"));
        if let (Some(number), Some(numeric)) = (number, numeric)
            && let (Some(number), Some(numeric)) = (number.as_bool(), numeric.as_bool())
            && number != numeric
        {
            let detail = "\"number\" and \"numeric\" are the same argument, and they are given different values. \
                          \"number\" is the deprecated name; leave it out.";
            remarks.push(Remark::error("Contradicting arguments", detail).at(at("number")));
            return None;
        }
        let wanted = numeric.or(number).cloned().unwrap_or_else(|| Value::bool(true));
        draft.default("number", wanted.clone());
        draft.default("numeric", wanted);
        draft.keepers("keepers");
        for name in KINDS.iter().chain(&LEAST).chain(&["number", "length"]) {
            draft.fixed(name);
        }
        // Release 3.4.2 stored an empty string for an omitted argument.
        let emptied = draft.configured("override_special").is_none()
            && draft.prior("override_special").and_then(Value::as_str) == Some("");
        if !emptied {
            draft.fixed("override_special");
        }
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let result = drawn(request.planned, remarks)?;
        let known = match self {
            Self::Plain => vec![("id", Value::string(&result)), ("result", Value::string(&result))],
            Self::Password => vec![
                ("bcrypt_hash", Value::string(&hash(&result, remarks).await?)),
                ("id", Value::string("none")),
                ("result", Value::string(&result)),
            ],
        };
        Some(Applied { value: filled(request.planned, known), private: request.private.to_vec() })
    }

    /// Imports of early releases left arguments out, which would now require a replacement.
    fn upgrade(
        &self,
        version: u64,
        mut attributes: serde_json::Value,
        remarks: &mut Remarks,
    ) -> Option<serde_json::Value> {
        let stored = attributes.as_object_mut()?;
        let missing = |stored: &serde_json::Map<String, serde_json::Value>, name: &str| {
            stored.get(name).is_none_or(serde_json::Value::is_null)
        };
        let result = stored.get("result").and_then(|result| result.as_str()).unwrap_or_default().to_owned();
        if missing(stored, "numeric")
            && let Some(number) = stored.get("number").cloned()
        {
            stored.insert("numeric".into(), number);
        }
        let defaults = [("length", json!(result.chars().count()))]
            .into_iter()
            .chain(KINDS.into_iter().chain(["number"]).map(|name| (name, json!(true))))
            .chain(LEAST.map(|name| (name, json!(0))));
        for (name, value) in defaults {
            if missing(stored, name) {
                stored.insert(name.into(), value);
            }
        }
        // Hashes of version 2 may be wrong.
        let hash = stored.get("bcrypt_hash").and_then(|hash| hash.as_str()).unwrap_or_default();
        let is_right = || version != 2 || bcrypt::verify(hashed_part(&result), hash).unwrap_or(false);
        if matches!(self, Self::Password) && (hash.is_empty() || !is_right()) {
            let hash = hash_now(&result)
                .map_err(|why| remarks.push(Remark::error("Password cannot be hashed", why)))
                .ok()?;
            stored.insert("bcrypt_hash".into(), json!(hash));
        }
        Some(attributes)
    }

    async fn import(&self, id: &str, remarks: &mut Remarks) -> Option<Value> {
        let mut known = vec![("result", Value::string(id)), ("length", Value::count(id.chars().count()))];
        known.extend(KINDS.into_iter().chain(["number"]).map(|name| (name, Value::bool(true))));
        known.extend(LEAST.map(|name| (name, super::integer(0))));
        match self {
            Self::Plain => known.push(("id", Value::string(id))),
            Self::Password => {
                known.push(("id", Value::string("none")));
                known.push(("bcrypt_hash", Value::string(&hash(id, remarks).await?)));
            }
        }
        Some(Value::object(known))
    }
}

#[async_trait]
impl Ephemeral for Text {
    fn schema(&self) -> Block {
        arguments()
            .with("bcrypt_hash", Attribute::computed(Type::String).sensitive())
            .with("result", Attribute::computed(Type::String).sensitive())
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        let before = remarks.len();
        validate(configuration, remarks);
        if remarks.len() > before {
            return None;
        }
        let given = Arguments(configuration);
        let kinds = KINDS.map(|name| (name, Value::bool(given.flag(name).unwrap_or(true))));
        let least = LEAST.map(|name| (name, super::integer(given.number(name).unwrap_or_default())));
        let whole = filled(configuration, kinds.into_iter().chain(least));
        let result = drawn(&whole, remarks)?;
        let hash = hash(&result, remarks).await?;
        let results = [("bcrypt_hash", Value::string(&hash)), ("result", Value::string(&result))];
        Some((filled(&whole, results), Vec::new()))
    }
}

/// The arguments of both types, in any version.
fn arguments() -> Block {
    let block = Block::default()
        .with("length", Attribute::required(Type::Number))
        .with("override_special", Attribute::optional(Type::String));
    let block =
        KINDS.iter().fold(block, |block, name| block.with(name, Attribute::optional_computed(Type::Bool)));
    LEAST.iter().fold(block, |block, name| block.with(name, Attribute::optional_computed(Type::Number)))
}

fn validate(configuration: &Value, remarks: &mut Remarks) {
    let given = Arguments(configuration);
    super::counts(given, &["length"], 1, super::MOST_BYTES, remarks);
    super::counts(given, &LEAST, 0, super::MOST_BYTES, remarks);
    if let Some(length) = given.number("length")
        && !LEAST.iter().any(|name| given.is_unknown(name))
    {
        let sum = LEAST.iter().fold(0i64, |sum, name| sum.saturating_add(given.number(name).unwrap_or(0)));
        if length >= 1 && length < sum {
            let detail = format!(
                "A length of {length} has no room for the {sum} characters that {} ask for together.",
                quoted(&LEAST)
            );
            remarks.push(Remark::error("Length too small", detail).at(at("length")));
        }
    }
    for name in ["numeric", "number"] {
        let others = ["upper", "lower", "special"];
        if given.flag(name) == Some(false) && others.iter().all(|other| given.flag(other) == Some(false)) {
            let detail = format!(
                "No characters are left to choose from: of {}, \"{name}\" at least one must be true.",
                quoted(&others)
            );
            remarks.push(Remark::error("No characters", detail).at(at(name)));
        }
    }
}

/// The minimum number of each kind, and the rest of any enabled kind, in random order.
fn drawn(object: &Value, remarks: &mut Remarks) -> Option<String> {
    let before = remarks.len();
    validate(object, remarks);
    if remarks.len() > before {
        return None;
    }
    let given = Arguments(object);
    let special = given.text("override_special").filter(|own| !own.is_empty()).unwrap_or(SPECIAL);
    let kinds = [UPPER, LOWER, NUMERIC, special].map(|kind| kind.chars().collect::<Vec<char>>());
    let wanted: Vec<char> = kinds
        .iter()
        .zip(KINDS)
        .filter(|(_, name)| given.flag(name).unwrap_or(false))
        .flat_map(|(kind, _)| kind.iter().copied())
        .collect();
    if wanted.is_empty() {
        let detail =
            format!("No characters are left to choose from: one of {} must be true.", quoted(&KINDS));
        remarks.push(Remark::error("No characters", detail));
        return None;
    }
    let size = |name: &str| usize::try_from(given.number(name).unwrap_or(0)).unwrap_or(0);
    let length = size("length");
    let mut result = Vec::with_capacity(length);
    for (kind, least) in kinds.iter().zip(LEAST) {
        for _ in 0..size(least) {
            result.push(any(kind, remarks)?);
        }
    }
    while result.len() < length {
        result.push(any(&wanted, remarks)?);
    }
    for index in (1..result.len()).rev() {
        result.swap(index, entropy::below(index as u64 + 1, remarks)? as usize);
    }
    Some(result.into_iter().collect())
}

fn any(characters: &[char], remarks: &mut Remarks) -> Option<char> {
    let index = entropy::below(characters.len() as u64, remarks)?;
    characters.get(index as usize).copied()
}

/// Slow, so it runs on another thread.
async fn hash(password: &str, remarks: &mut Remarks) -> Option<String> {
    let password = password.to_owned();
    blocking(move || hash_now(&password))
        .await
        .map_err(|why| remarks.push(Remark::error("Password cannot be hashed", why)))
        .ok()
}

fn hash_now(password: &str) -> Result<String, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| format!("The operating system gave no random bytes: {error}."))?;
    let hash = bcrypt::hash_with_salt(hashed_part(password), 10, salt)
        .map_err(|error| format!("bcrypt does not take it: {error}."))?;
    Ok(hash.format_for_version(bcrypt::Version::TwoA))
}

/// bcrypt ignores the rest.
fn hashed_part(password: &str) -> &[u8] {
    let bytes = password.as_bytes();
    bytes.get(..72).unwrap_or(bytes)
}
