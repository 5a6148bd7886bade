//! What tells a machine of EC2 and a container who they are: the metadata service in its second version, which asks for
//! a token first, and the endpoint of a container, which asks for what the container was given.

use serde_json::{Value, json};

use super::World;
use super::identity::Ask;
use super::sts;
use super::wire::{Answer, Http, text};

/// Where a container asks.
pub(super) const CONTAINER: &str = "/v1/credentials";

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const TOKEN: &str = "a token of this machine";

#[derive(Default)]
pub(crate) struct Machine {
    pub(super) role: Option<String>,
    /// The role, and what has to be shown.
    pub(super) container: Option<(String, String)>,
}

/// These requests are not signed either: they are known by their paths.
pub(super) fn recognise(http: &Http) -> Option<(&'static str, &'static str, Value)> {
    match (http.method.as_str(), http.path.as_str()) {
        ("PUT", "/latest/api/token") => Some(("machine", "GetToken", json!({}))),
        ("GET", CONTAINER) => {
            Some(("container", "GetCredentials", json!({ "shown": http.header("authorization") })))
        }
        ("GET", path) => {
            let role = path.strip_prefix(ROLES)?;
            let action = if role.is_empty() { "ListRoles" } else { "GetCredentials" };
            let shown = http.header("x-aws-ec2-metadata-token");
            Some(("machine", action, json!({ "role": role, "shown": shown })))
        }
        _ => None,
    }
}

pub(super) fn answer(world: &mut World, ask: &Ask) -> Answer {
    let shown = text(&ask.parameters, "shown");
    match ask.service.as_str() {
        "container" => match world.machine.container.clone() {
            Some((role, expected)) if expected == shown => {
                let mut credentials = keys(world, &role);
                credentials["RoleArn"] = json!(role);
                said(200, &credentials.to_string())
            }
            Some(_) => said(403, r#"{"code":"AccessDenied","message":"The authorization is not valid"}"#),
            None => said(404, ""),
        },
        _ if ask.action == "GetToken" => {
            let mut answer = said(200, TOKEN);
            answer.headers.push(("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), "21600".to_owned()));
            answer
        }
        _ if shown != TOKEN => said(401, ""),
        _ => match world.machine.role.clone() {
            Some(role) if ask.action == "ListRoles" => said(200, role.rsplit('/').next().unwrap_or_default()),
            Some(role) => {
                let mut credentials = keys(world, &role);
                credentials["Code"] = json!("Success");
                credentials["Type"] = json!("AWS-HMAC");
                credentials["LastUpdated"] = json!("2026-01-02T03:04:05Z");
                said(200, &credentials.to_string())
            }
            None => said(404, ""),
        },
    }
}

fn keys(world: &mut World, role: &str) -> Value {
    let (_, _, mut credentials) = sts::hand_out(world, role, "i-0123456789abcdef0", "21600");
    credentials["Token"] = credentials["SessionToken"].take();
    credentials
}

fn said(status: u16, body: &str) -> Answer {
    Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}
