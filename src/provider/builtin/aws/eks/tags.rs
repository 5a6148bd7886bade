//! The tags of EKS objects, which can be changed at any time.

use std::collections::HashMap;

use aws_sdk_eks::Client;
use serde_json::{Value as Json, json};

use crate::port::{ApplyRequest, PlanRequest};
use crate::value::Value;

use super::super::super::object::Arguments;
use super::super::account::Account;
use super::trouble::Trouble;

/// All tags of the planned object.
pub(super) fn planned(account: &Account, request: &PlanRequest<'_>) -> Value {
    let own = Arguments(request.configuration).value("tags");
    let prior = Arguments(request.prior).value("tags_all");
    account.tags_all(own, prior)
}

/// All tags, in the form of a request.
pub(super) fn sent(account: &Account, planned: &Value) -> HashMap<String, String> {
    let tags = Arguments(planned).value("tags_all").map(|tags| account.settled_tags(tags));
    tags.unwrap_or_default().into_iter().collect()
}

/// The tags that the service returned: the object's own tags, and all of them.
pub(super) fn described(account: &Account, found: &HashMap<String, String>, prior: &Value) -> (Json, Json) {
    let all = account.heeded(found.iter().map(|(key, tag)| (key.as_str(), tag.as_str())));
    let own = account.own_tags(&all, Arguments(prior).value("tags"));
    (json!(own), json!(all))
}

/// Updates the tags of an object.
pub(super) async fn update(
    client: &Client,
    account: &Account,
    request: &ApplyRequest<'_>,
    arn: Option<&str>,
) -> Result<(), Trouble> {
    let (before, after) = (sent(account, request.prior), sent(account, request.planned));
    let Some(arn) = arn.filter(|_| before != after) else { return Ok(()) };
    let gone: Vec<String> = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
    if !gone.is_empty() {
        let asked = client.untag_resource().resource_arn(arn).set_tag_keys(Some(gone));
        asked.send().await.map_err(super::super::fault::Fault::from)?;
    }
    let set: HashMap<String, String> =
        after.into_iter().filter(|(key, tag)| before.get(key) != Some(tag)).collect();
    if !set.is_empty() {
        let asked = client.tag_resource().resource_arn(arn).set_tags(Some(set));
        asked.send().await.map_err(super::super::fault::Fault::from)?;
    }
    Ok(())
}
