use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use serde_json::json;

use crate::provider::builtin::provider_under_test::{ProviderUnderTest, text};
use crate::provider::builtin::type_under_test::TypeUnderTest;
use crate::value::{Type, Value};

/// Gives these answers, one per connection; what it was asked comes out of the other end.
fn server(answers: Vec<&'static str>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut question, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                question.push_str(&line);
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            question.push_str(&String::from_utf8(body).unwrap());
            let _ = sender.send(question);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, receiver)
}

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nX-ONE: a\r\nX-One: b\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const BUSY: &str = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const ABSENT: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone";

#[tokio::test]
async fn what_is_answered_is_told() {
    let (address, asked) = server(vec![FINE, ABSENT]);
    let provider = ProviderUnderTest::of("http").await;
    let url = format!("http://me:pass%20word@{address}/x?y=z");
    let headers = Value::map(Type::String, [("X-Asked", Value::string("yes"))]);
    let given = [
        ("url", Value::string(&url)),
        ("method", Value::string("POST")),
        ("request_body", Value::string("question")),
        ("request_headers", headers),
    ];
    let answer = provider.data("http", &given).await.unwrap();
    assert_eq!(text(&answer, "response_body"), "hello");
    assert_eq!(text(&answer, "response_body_base64"), "aGVsbG8=");
    assert_eq!(text(&answer, "id"), url);
    let entries = answer.entries().unwrap();
    assert_eq!(entries["status_code"].as_number().unwrap().to_i64(), Some(200));
    let headers = entries["response_headers"].entries().unwrap();
    assert_eq!(headers["Content-Type"].as_str(), Some("text/plain"));
    assert_eq!(headers["X-One"].as_str(), Some("a, b"));
    let question = asked.recv().unwrap();
    assert!(
        question.starts_with("POST /x?y=z HTTP/1.1\r\n") && question.ends_with("\r\n\r\nquestion"),
        "{question}"
    );
    let lower = question.to_ascii_lowercase();
    assert!(lower.contains("x-asked: yes") && question.contains("Basic bWU6cGFzcyB3b3Jk"), "{question}");

    let absent =
        provider.data("http", &[("url", Value::string(&format!("http://{address}")))]).await.unwrap();
    assert_eq!(text(&absent, "body"), "none");
}

#[tokio::test]
async fn a_server_that_is_not_well_is_asked_again_as_often_as_is_said() {
    let provider = ProviderUnderTest::of("http").await;
    let (address, asked) = server(vec![BUSY, BUSY, FINE]);
    let number = |number| Value::count(number);
    let retry =
        Value::object([("attempts", number(2)), ("min_delay_ms", number(1)), ("max_delay_ms", number(2))]);
    let url = ("url", Value::string(&format!("http://{address}/")));
    let answer = provider.data("http", &[url, ("retry", retry)]).await.unwrap();
    assert_eq!(text(&answer, "body"), "hello");
    assert_eq!(asked.iter().count(), 3);

    let (address, _asked) = server(vec![BUSY]);
    let refused =
        provider.data("http", &[("url", Value::string(&format!("http://{address}/")))]).await.unwrap_err();
    assert!(refused[0].contains("answered with status 503 (1 attempt)"), "{refused:?}");
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_without_passwords() {
    let provider = ProviderUnderTest::of("http").await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://u:secret@127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let given = [("url", Value::string(&silent)), ("request_timeout_ms", Value::count(50))];
    let refused = provider.data("http", &given).await.unwrap_err();
    assert!(refused[0].contains("within 50 ms") && !refused[0].contains("secret"), "{refused:?}");
    for (name, value, message) in [
        ("url", "ftp://x", "http:// or https://"),
        ("url", "nothing", "The URL is none"),
        ("ca_cert_pem", "no certificate", "no certificate in PEM"),
    ] {
        let mut given = vec![("url", Value::string("http://127.0.0.1:1/"))];
        given.retain(|(known, _)| *known != name);
        given.push((name, Value::string(value)));
        let refused = provider.data("http", &given).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
    }
}

#[tokio::test]
async fn arguments_that_make_no_sense_are_refused() {
    let provider = ProviderUnderTest::of("http").await;
    let retry = |least, most| {
        let number = |number| Value::number(crate::value::Number::from_i64(number));
        let attempts = Value::null(Type::Number);
        Value::object([
            ("attempts", attempts),
            ("min_delay_ms", number(least)),
            ("max_delay_ms", number(most)),
        ])
    };
    for (given, message) in [
        (vec![("method", Value::string("DELETE"))], "no method for reading"),
        (vec![("request_timeout_ms", Value::count(0))], "at least one"),
        (vec![("ca_cert_pem", Value::string("x")), ("insecure", Value::bool(false))], "give one of them"),
        (vec![("client_key_pem", Value::string("x"))], "together with \"client_cert_pem\""),
        (vec![("retry", retry(5, 4))], "less than"),
        (vec![("retry", retry(-1, 4))], "negative"),
    ] {
        let mut given = given;
        given.push(("url", Value::string("http://x")));
        let refused = provider.validate_data("http", &given).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
    }
}

#[tokio::test]
async fn what_may_turn_out_to_be_nothing_needs_no_companion_yet() {
    let provider = ProviderUnderTest::of("http").await;
    let given = [("client_key_pem", Value::unknown(Type::String)), ("url", Value::string("https://x"))];
    provider.validate_data("http", &given).await.unwrap();
}

/// An answer that leads elsewhere.
fn leading(status: &str, place: &str) -> &'static str {
    let answer = format!(
        "HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    Box::leak(answer.into_boxed_str())
}

#[tokio::test]
async fn who_posts_nothing_says_so() {
    let provider = ProviderUnderTest::of("http").await;
    let (address, asked) = server(vec![FINE]);
    let given = [("url", Value::string(&format!("http://{address}/"))), ("method", Value::string("POST"))];
    provider.data("http", &given).await.unwrap();
    let question = asked.recv().unwrap().to_ascii_lowercase();
    assert!(question.contains("content-length: 0") && !question.contains("chunked"), "{question}");
    assert!(!question.contains("accept:"), "nothing is asked for that nobody asked for: {question}");
}

#[tokio::test]
async fn a_post_that_is_led_elsewhere_is_repeated_there_or_becomes_a_get() {
    let provider = ProviderUnderTest::of("http").await;
    for (status, expected) in [("307", "POST /there"), ("308", "POST /there"), ("302", "GET /there")] {
        let (address, asked) = server(vec![leading(status, "/there"), FINE]);
        let given = [
            ("url", Value::string(&format!("http://{address}/here"))),
            ("method", Value::string("POST")),
            ("request_body", Value::string("question")),
        ];
        let answer = provider.data("http", &given).await.unwrap();
        assert_eq!(text(&answer, "body"), "hello");
        let second = asked.iter().nth(1).unwrap();
        assert!(second.starts_with(expected), "{second}");
        assert_eq!(second.ends_with("question"), expected.starts_with("POST"), "{second}");
    }
}

#[tokio::test]
async fn secrets_stay_in_the_house_that_they_were_meant_for() {
    let provider = ProviderUnderTest::of("http").await;
    let headers = ["Authorization", "Cookie", "X-Other"].map(|name| (name, Value::string("token")));
    let headers = Value::map(Type::String, headers);
    let (there, asked_there) = server(vec![FINE]);
    let elsewhere = format!("http://{}/", there.replace("127.0.0.1", "localhost"));
    let (here, asked_here) = server(vec![leading("301", "/next"), leading("302", &elsewhere)]);
    let given = [("url", Value::string(&format!("http://{here}/"))), ("request_headers", headers)];
    provider.data("http", &given).await.unwrap();
    let same_house = asked_here.iter().nth(1).unwrap().to_ascii_lowercase();
    assert!(
        same_house.contains("authorization: token") && same_house.contains("cookie: token"),
        "{same_house}"
    );
    let other_house = asked_there.recv().unwrap().to_ascii_lowercase();
    assert!(other_house.contains("x-other: token"), "{other_house}");
    assert!(!other_house.contains("authorization") && !other_house.contains("cookie"), "{other_house}");

    let (address, asked) = server(vec![leading("301", "/next"), FINE]);
    provider.data("http", &[("url", Value::string(&format!("http://me:pass@{address}/")))]).await.unwrap();
    let second = asked.iter().nth(1).unwrap().to_ascii_lowercase();
    assert!(second.contains("authorization"), "a place beside it is asked by the same: {second}");

    let (there, asked) = server(vec![FINE]);
    let (here, _asked) = server(vec![leading("301", &format!("http://{there}/next"))]);
    provider.data("http", &[("url", Value::string(&format!("http://me:pass@{here}/")))]).await.unwrap();
    let second = asked.recv().unwrap().to_ascii_lowercase();
    assert!(
        !second.contains("authorization"),
        "what an address says of who asks is for that address: {second}"
    );
}

#[tokio::test]
async fn an_answer_that_leads_in_circles_or_nowhere_is_refused() {
    let provider = ProviderUnderTest::of("http").await;
    let (address, _asked) = server(vec![leading("302", "/again"); 11]);
    let url = ("url", Value::string(&format!("http://{address}/")));
    let refused = provider.data("http", &[url]).await.unwrap_err();
    assert!(refused[0].contains("10 redirects"), "{refused:?}");
    let (address, _asked) = server(vec![leading("302", "file:///etc/passwd")]);
    let url = ("url", Value::string(&format!("http://{address}/")));
    let refused = provider.data("http", &[url]).await.unwrap_err();
    assert!(refused[0].contains("no address of a web server"), "{refused:?}");
}

/// A certificate that vouches for itself, and its key, both in PEM.
fn of_its_own(is_authority: bool, address: &str) -> (String, String) {
    let key =
        TypeUnderTest::of("tls_private_key").create(&json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}));
    let key = text(&key, "private_key_pem").to_owned();
    let certificate = TypeUnderTest::of("tls_self_signed_cert").create(&json!({
        "private_key_pem": key, "validity_period_hours": 1, "is_ca_certificate": is_authority,
        "allowed_uses": ["server_auth"], "ip_addresses": [address],
        "subject": [{
            "common_name": "Server", "organization": null, "country": null, "street_address": null,
            "email_address": null, "locality": null, "organizational_unit": null, "postal_code": null,
            "province": null, "serial_number": null,
        }],
    }));
    (text(&certificate, "cert_pem").to_owned(), key)
}

/// Answers one question over TLS.
fn secured(certificate: &str, key: &str) -> String {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = rustls::ServerConnection::new(config.into()).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        // Whoever is not trusted is not asked anything.
        let mut line = String::new();
        let mut reader = BufReader::new(&mut stream);
        while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
            line.clear();
        }
        if stream.write_all(FINE.as_bytes()).is_ok() {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    format!("https://{address}/")
}

#[tokio::test]
async fn a_server_that_shows_the_named_certificate_itself_is_trusted() {
    let (authority, leaf, other, elsewhere) = tokio::task::spawn_blocking(|| {
        (
            of_its_own(true, "127.0.0.1"),
            of_its_own(false, "127.0.0.1"),
            of_its_own(true, "127.0.0.1"),
            of_its_own(true, "127.0.0.2"),
        )
    })
    .await
    .unwrap();
    let provider = ProviderUnderTest::of("http").await;
    for (certificate, key) in [&authority, &leaf] {
        let given =
            [("url", Value::string(&secured(certificate, key))), ("ca_cert_pem", Value::string(certificate))];
        let answer = provider.data("http", &given).await.unwrap();
        assert_eq!(text(&answer, "response_body"), "hello");
    }
    let (certificate, key) = &authority;
    let given =
        [("url", Value::string(&secured(certificate, key))), ("ca_cert_pem", Value::string(&other.0))];
    assert!(provider.data("http", &given).await.unwrap_err()[0].contains("certificate"));
    let (certificate, key) = &elsewhere;
    let given =
        [("url", Value::string(&secured(certificate, key))), ("ca_cert_pem", Value::string(certificate))];
    assert!(provider.data("http", &given).await.unwrap_err()[0].contains("127.0.0.2"), "a name still counts");
}
