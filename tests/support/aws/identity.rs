//! Who asks: reads the scope of a signature, and knows which account an access key belongs to. Signatures are not
//! checked; keys, session tokens and their end are.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire::{Fault, Http, Protocol, pairs, parameters, text};
use super::{eks, machine, sso};

/// A request as the services see it, and as a test may ask about it later.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// `cloudformation`, `eks`, `sts`, `sso`, `oidc`, `machine` or `container`.
    pub(crate) service: String,
    pub(crate) action: String,
    pub(crate) parameters: Value,
    /// Empty for what is not signed.
    pub(crate) access_key: String,
    pub(crate) region: String,
    /// `20260102/eu-central-1/eks/aws4_request`: what the signature is for.
    pub(crate) scope: String,
    token: Option<String>,
}

/// Whom an access key stands for.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
    /// What a temporary key must come with.
    pub(crate) token: Option<String>,
    pub(crate) expired: bool,
}

pub(crate) type Keys = BTreeMap<String, Holder>;

impl Ask {
    pub(crate) fn protocol(&self) -> Protocol {
        match self.service.as_str() {
            "cloudformation" => {
                Protocol::Query { namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/" }
            }
            "sts" => Protocol::Query { namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
            _ => Protocol::Json,
        }
    }

    /// A parameter as text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        text(&self.parameters, name)
    }
}

impl Holder {
    pub(crate) fn user(account: &str, name: &str) -> Self {
        Self {
            account: account.to_owned(),
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            user_id: format!("AIDA{}", name.to_uppercase()),
            token: None,
            expired: false,
        }
    }
}

/// Finds out what a request asks of whom, before anybody looks whether it may.
pub(crate) fn recognise(http: &Http) -> Ask {
    let authorization = http.header("authorization").unwrap_or_default();
    let signed = authorization.split_once("Credential=").map(|(_, rest)| rest);
    let credential = signed.or_else(|| http.queried("X-Amz-Credential")).unwrap_or_default();
    let credential = credential.split([',', ' ']).next().unwrap_or_default();
    let (access_key, scope) = credential.split_once('/').unwrap_or_default();
    let parts: Vec<&str> = scope.split('/').collect();
    let token = http.header("x-amz-security-token").or_else(|| http.queried("X-Amz-Security-Token"));
    let mut ask = Ask {
        service: parts.get(2).copied().unwrap_or_default().to_owned(),
        access_key: access_key.to_owned(),
        region: parts.get(1).copied().unwrap_or_default().to_owned(),
        scope: scope.to_owned(),
        token: token.map(str::to_owned),
        ..Ask::default()
    };
    if ask.service == "eks" {
        (ask.action, ask.parameters) = eks::recognise(http);
    } else if let Some((service, action, parameters)) =
        sso::recognise(http).or_else(|| machine::recognise(http))
    {
        (ask.service, ask.action, ask.parameters) = (service.to_owned(), action.to_owned(), parameters);
    } else {
        let form = if http.method == "GET" {
            http.query.clone()
        } else {
            pairs(&String::from_utf8_lossy(&http.body))
        };
        ask.parameters = parameters(&form);
        ask.action = text(&ask.parameters, "Action");
        if let Some(members) = ask.parameters.as_object_mut() {
            members.retain(|name, _| name != "Action" && name != "Version" && !name.starts_with("X-Amz-"));
        }
        if ask.service.is_empty() {
            "sts".clone_into(&mut ask.service);
        }
    }
    ask
}

/// Whom a request comes from, or why it is refused.
pub(crate) fn admit<'a>(keys: &'a Keys, ask: &Ask) -> Result<&'a Holder, Fault> {
    let unknown = || {
        let code = match ask.protocol() {
            Protocol::Json => "UnrecognizedClientException",
            Protocol::Query { .. } => "InvalidClientTokenId",
        };
        Fault::new(403, code, "The security token included in the request is invalid.")
    };
    let holder = keys.get(&ask.access_key).ok_or_else(unknown)?;
    if holder.token != ask.token && holder.token.is_some() {
        return Err(unknown());
    }
    if holder.expired { Err(expired(ask)) } else { Ok(holder) }
}

/// What each service says to a key whose time is over.
pub(crate) fn expired(ask: &Ask) -> Fault {
    let code = match ask.protocol() {
        Protocol::Json => "ExpiredTokenException",
        Protocol::Query { .. } => "ExpiredToken",
    };
    Fault::new(403, code, "The security token included in the request is expired")
}

/// Nothing known to nobody: the answer to an action that the fake does not have.
pub(crate) fn unknown_action(ask: &Ask) -> Fault {
    match ask.protocol() {
        Protocol::Json => {
            Fault::new(404, "UnknownOperationException", "").with(json!({ "path": ask.action }))
        }
        Protocol::Query { .. } => {
            Fault::new(400, "InvalidAction", format!("Could not find operation {}", ask.action))
        }
    }
}
