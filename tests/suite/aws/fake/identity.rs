//! Accounts, roles and their keys.

use std::io::{Read, Write};

use super::{Aws, element, form, signed_form};

const WHO: &[(&str, &str)] = &[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];

fn assume<'a>(role: &'a str, session: &'a str) -> [(&'a str, &'a str); 3] {
    [("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", session)]
}

#[test]
fn a_role_has_keys_of_its_own_account() {
    let aws = Aws::start();
    let (_, body) = form(&aws, "sts", &assume("arn:aws:iam::222222222222:role/deploy", "me")).unwrap();
    let key = element(&body, "AccessKeyId").to_owned();
    let token = element(&body, "SessionToken").to_owned();

    let (status, who) = signed_form(&aws, "sts", (&key, Some(&token)), WHO).unwrap();
    assert_eq!(status, 200);
    assert_eq!(element(&who, "Account"), "222222222222");
    assert_eq!(element(&who, "Arn"), "arn:aws:sts::222222222222:assumed-role/deploy/me");

    let (status, refused) = signed_form(&aws, "sts", (&key, None), WHO).unwrap();
    assert_eq!((status, element(&refused, "Code")), (403, "InvalidClientTokenId"));
}

#[test]
fn a_session_ends_and_a_new_one_is_fine() {
    let aws = Aws::start();
    let session = || {
        let (_, body) = form(&aws, "sts", &assume("arn:aws:iam::222222222222:role/deploy", "me")).unwrap();
        (element(&body, "AccessKeyId").to_owned(), element(&body, "SessionToken").to_owned())
    };
    let (key, token) = session();
    aws.expire_sessions();
    let (status, body) = signed_form(&aws, "sts", (&key, Some(&token)), WHO).unwrap();
    assert_eq!((status, element(&body, "Code")), (403, "ExpiredToken"));
    let (key, token) = session();
    assert_eq!(signed_form(&aws, "sts", (&key, Some(&token)), WHO).unwrap().0, 200);
}

#[test]
fn a_closed_role_and_an_unknown_key_are_refused() {
    let aws = Aws::start();
    aws.close_role("arn:aws:iam::222222222222:role/deploy");
    let (status, body) = form(&aws, "sts", &assume("arn:aws:iam::222222222222:role/deploy", "me")).unwrap();
    assert_eq!((status, element(&body, "Code")), (403, "AccessDenied"));
    let (status, body) = signed_form(&aws, "sts", ("nobody", None), WHO).unwrap();
    assert_eq!((status, element(&body, "Code")), (403, "InvalidClientTokenId"));
}

#[test]
fn an_address_signed_beforehand_says_who_signed_it() {
    let aws = Aws::start();
    let path = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60\
                &X-Amz-Credential=test%2F20260102%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Signature=00";
    let address = aws.endpoint().trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert_eq!(element(&reply, "Arn"), "arn:aws:iam::123456789012:user/test");
}

#[test]
fn requests_are_written_down() {
    let aws = Aws::start();
    form(&aws, "sts", &assume("arn:aws:iam::222222222222:role/deploy", "me")).unwrap();
    let asked = aws.asked("sts:AssumeRole");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].text("RoleArn"), "arn:aws:iam::222222222222:role/deploy");
    assert_eq!(asked[0].access_key, "test");
    assert_eq!(asked[0].region, "eu-central-1");
    assert_eq!(asked[0].scope, "20260102/eu-central-1/sts/aws4_request");
    assert!(aws.asked("cloudformation:*").is_empty());
}
