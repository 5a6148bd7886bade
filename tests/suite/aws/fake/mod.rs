//! The fake itself, asked in plain HTTP: what the other cases rely on.

mod client;
mod clusters;
mod formats;
mod identity;
mod misbehaviour;
mod stacks;
mod updates;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::aws::Aws;

/// What came back: the status and the body, or nothing where the connection ended or stayed silent.
type Reply = Option<(u16, String)>;

/// Asks a service of forms, such as CloudFormation, with the key `test`.
fn form(aws: &Aws, service: &str, fields: &[(&str, &str)]) -> Reply {
    signed_form(aws, service, ("test", None), fields)
}

fn signed_form(aws: &Aws, service: &str, key: (&str, Option<&str>), fields: &[(&str, &str)]) -> Reply {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    send(aws, service, key, "POST", "/", &body)
}

fn cloudformation(aws: &Aws, action: &str, fields: &[(&str, &str)]) -> Reply {
    let action = [("Action", action), ("Version", "2010-05-15")];
    form(aws, "cloudformation", &[&action, fields].concat())
}

/// The same where it is to go well.
pub(super) fn done(aws: &Aws, action: &str, fields: &[(&str, &str)]) -> String {
    let (status, body) = cloudformation(aws, action, fields).unwrap();
    assert_eq!(status, 200, "{body}");
    body
}

fn send(
    aws: &Aws,
    service: &str,
    (key, token): (&str, Option<&str>),
    method: &str,
    path: &str,
    body: &str,
) -> Reply {
    let address = aws.endpoint().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let scope = format!("{key}/20260102/eu-central-1/{service}/aws4_request");
    let token = token.map(|token| format!("X-Amz-Security-Token: {token}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, \
         SignedHeaders=host, Signature=00\r\n{token}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// What stands between the tags of an element, wherever it comes first.
fn element<'a>(body: &'a str, name: &str) -> &'a str {
    let start = body.split_once(&format!("<{name}>")).map(|(_, rest)| rest).unwrap_or_default();
    start.split_once(&format!("</{name}>")).map(|(text, _)| text).unwrap_or_default()
}
