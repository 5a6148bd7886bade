//! Single sign-on, as far as credentials need it: the portal's `GetRoleCredentials` and the token that is renewed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::World;
use super::identity::{Ask, unknown_action};
use super::sts;
use super::wire::{Fault, Http};

/// The requests of these two services are not signed: they are known by their paths.
pub(super) fn recognise(http: &Http) -> Option<(&'static str, &'static str, Value)> {
    match (http.method.as_str(), http.path.as_str()) {
        ("GET", "/federation/credentials") => {
            let parameters = json!({
                "roleName": http.queried("role_name"),
                "accountId": http.queried("account_id"),
                "accessToken": http.header("x-amz-sso_bearer_token"),
            });
            Some(("sso", "GetRoleCredentials", parameters))
        }
        ("POST", "/token") => {
            let parameters = serde_json::from_slice(&http.body).unwrap_or_default();
            Some(("oidc", "CreateToken", parameters))
        }
        _ => None,
    }
}

pub(super) fn answer(world: &mut World, ask: &Ask) -> Result<Value, Fault> {
    match ask.action.as_str() {
        "GetRoleCredentials" => {
            if world.refused_tokens.contains(&ask.text("accessToken")) {
                return Err(Fault::new(401, "UnauthorizedException", "Session token not found or invalid"));
            }
            let role = format!("arn:aws:iam::{}:role/{}", ask.text("accountId"), ask.text("roleName"));
            let (_, _, credentials) = sts::hand_out(world, &role, "somebody", "3600");
            let end: Option<Timestamp> = credentials["Expiration"].as_str().and_then(|end| end.parse().ok());
            Ok(json!({ "roleCredentials": {
                "accessKeyId": credentials["AccessKeyId"],
                "secretAccessKey": credentials["SecretAccessKey"],
                "sessionToken": credentials["SessionToken"],
                "expiration": end.map(Timestamp::as_millisecond),
            }}))
        }
        "CreateToken" => {
            if world.refused_tokens.contains(&ask.text("refreshToken")) {
                return Err(Fault::new(400, "InvalidGrantException", "Invalid refresh token provided")
                    .with(json!({ "error": "invalid_grant" })));
            }
            let number = world.laws.number();
            Ok(json!({
                "accessToken": format!("access-token-{number}"),
                "tokenType": "Bearer",
                "expiresIn": 3600,
                "refreshToken": format!("refresh-token-{number}"),
            }))
        }
        _ => Err(unknown_action(ask)),
    }
}
