//! Notes that are stored with a stack, and with a planned change of one. Both are JSON with a version.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::template::{Generated, Shape};

/// The notes stored with a stack in the state.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes {
    /// The parameters that stand for parts of its template.
    pub(super) generated: BTreeMap<String, Generated>,
    /// The status in which it was found, unless that is a normal one.
    pub(super) status: Option<String>,
    /// The digest of a template text that CloudFormation considers equivalent to the stack's own.
    pub(super) equivalent: Option<String>,
    /// Whether it was created but could not be given its policy.
    pub(super) no_policy: bool,
}

impl Notes {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let Some(json) = versioned(bytes) else { return Self::default() };
        let generated = json.get("generated").and_then(Json::as_object).into_iter().flatten();
        let generated = generated.filter_map(|(name, one)| {
            let shape = Shape::of_name(one.get("type")?.as_str()?)?;
            let secret = one.get("secret").and_then(Json::as_bool).unwrap_or(false);
            Some((name.clone(), Generated { shape, secret }))
        });
        Self {
            generated: generated.collect(),
            status: text(&json, "status"),
            equivalent: text(&json, "equivalent"),
            no_policy: json.get("no_policy").and_then(Json::as_bool).unwrap_or(false),
        }
    }

    /// Whether notes are ours, and not those of another provider.
    pub(super) fn are_ours(bytes: &[u8]) -> bool {
        versioned(bytes).is_some()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let generated: BTreeMap<&str, Json> = self
            .generated
            .iter()
            .map(|(name, one)| (name.as_str(), json!({ "type": one.shape.name(), "secret": one.secret })))
            .collect();
        let mut notes = json!({
            "version": 1,
            "generated": generated,
            "status": self.status,
            "equivalent": self.equivalent,
        });
        if self.no_policy {
            notes["no_policy"] = json!(true);
        }
        notes.to_string().into_bytes()
    }
}

/// The notes of a plan, so that exactly what it announced is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prepared {
    /// The ARN of the change set to execute, if there is one.
    pub(super) change_set: Option<String>,
    pub(super) stack: Option<String>,
    /// The digest of the template.
    pub(super) template: Option<String>,
    /// When the stack was last changed before the plan.
    pub(super) changed: Option<String>,
    /// Whether the stack only exists for the change set.
    pub(super) review: bool,
    /// Whether CloudFormation found nothing to change.
    pub(super) nothing: bool,
    /// Whether the account may not create change sets.
    pub(super) direct: bool,
    /// The announced losses: the kind of loss by name. None if a change set shows everything.
    pub(super) announced: Option<BTreeMap<String, String>>,
}

impl Prepared {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let Some(json) = versioned(bytes) else { return Self::default() };
        let flag = |name: &str| json.get(name).and_then(Json::as_bool).unwrap_or(false);
        let announced = json.get("told").and_then(Json::as_object).map(|announced| {
            announced
                .iter()
                .filter_map(|(name, what)| Some((name.clone(), what.as_str()?.to_owned())))
                .collect()
        });
        Self {
            change_set: text(&json, "change_set"),
            stack: text(&json, "stack"),
            template: text(&json, "template"),
            changed: text(&json, "changed"),
            review: flag("review"),
            nothing: flag("nothing"),
            direct: flag("direct"),
            announced,
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let notes = json!({
            "version": 1,
            "change_set": self.change_set,
            "stack": self.stack,
            "template": self.template,
            "changed": self.changed,
            "review": self.review,
            "nothing": self.nothing,
            "direct": self.direct,
            "told": self.announced,
        });
        notes.to_string().into_bytes()
    }
}

/// Notes of this version; those of other providers count as none.
fn versioned(bytes: &[u8]) -> Option<Json> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    (json.get("version")?.as_u64()? == 1).then_some(json)
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_str).map(str::to_owned)
}
