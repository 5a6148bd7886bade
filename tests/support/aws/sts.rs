//! Who one is, and keys for a while.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::World;
use super::identity::{Ask, Holder, unknown_action};
use super::wire::Fault;

pub(super) fn answer(world: &mut World, ask: &Ask, holder: Option<&Holder>) -> Result<Value, Fault> {
    match ask.action.as_str() {
        "GetCallerIdentity" => {
            let holder = holder.ok_or_else(|| {
                Fault::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
            })?;
            Ok(json!({ "Arn": holder.arn, "UserId": holder.user_id, "Account": holder.account }))
        }
        "AssumeRole" => {
            let caller = holder.map(|holder| holder.arn.clone()).unwrap_or_default();
            let role = ask.text("RoleArn");
            if world.closed_roles.contains(&role) {
                let message = format!(
                    "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
                );
                return Err(Fault::new(403, "AccessDenied", message));
            }
            let external = world.external_ids.get(&role);
            if external.is_some_and(|id| *id != ask.text("ExternalId")) {
                let message = format!(
                    "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
                );
                return Err(Fault::new(403, "AccessDenied", message));
            }
            Ok(assumed(world, ask))
        }
        "AssumeRoleWithWebIdentity" => {
            let token = ask.text("WebIdentityToken");
            if world.refused_tokens.contains(&token) {
                let message = "Couldn't retrieve verification key from your identity provider";
                return Err(Fault::new(400, "InvalidIdentityToken", message));
            }
            let mut found = assumed(world, ask);
            found["SubjectFromWebIdentityToken"] = json!("system:serviceaccount:default:test");
            found["Provider"] = json!("arn:aws:iam::123456789012:oidc-provider/example.org");
            found["Audience"] = json!("sts.amazonaws.com");
            Ok(found)
        }
        _ => Err(unknown_action(ask)),
    }
}

fn assumed(world: &mut World, ask: &Ask) -> Value {
    let session = ask.text("RoleSessionName");
    let (arn, user_id, credentials) =
        hand_out(world, &ask.text("RoleArn"), &session, &ask.text("DurationSeconds"));
    json!({
        "Credentials": credentials,
        "AssumedRoleUser": { "Arn": arn, "AssumedRoleId": user_id },
    })
}

/// New keys of a role, in the account that the role is of.
pub(super) fn hand_out(
    world: &mut World,
    role: &str,
    session: &str,
    seconds: &str,
) -> (String, String, Value) {
    let account = role.split(':').nth(4).unwrap_or_default().to_owned();
    let name = role.rsplit('/').next().unwrap_or_default();
    let number = world.laws.number();
    let key = format!("ASIA{number:016}");
    let token = format!("session-token-{number}");
    let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
    let user_id = format!("AROA{}:{session}", name.to_uppercase());
    let holder = Holder {
        account,
        arn: arn.clone(),
        user_id: user_id.clone(),
        token: Some(token.clone()),
        expired: false,
    };
    world.keys.insert(key.clone(), holder);
    // The other side compares this with its own clock, so it is of the real one.
    let seconds: i64 = seconds.parse().unwrap_or(3600);
    let end = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let credentials = json!({
        "AccessKeyId": key,
        "SecretAccessKey": format!("secret-of-{number}"),
        "SessionToken": token,
        "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    (arn, user_id, credentials)
}
