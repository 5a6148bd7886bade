use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::key::Key;
use crate::provider::builtin::moment::Clock;
use crate::provider::builtin::type_under_test::{TypeUnderTest, attribute, text};
use crate::value::Value;

/// A type at 2020-02-12T06:36:13Z, and the hand of its clock.
fn type_under_test(kind: &'static str) -> (TypeUnderTest, Arc<AtomicI64>) {
    let hand = Arc::new(AtomicI64::new(1_581_489_373));
    let clock = {
        let hand = Arc::clone(&hand);
        Clock(Arc::new(move || Timestamp::from_second(hand.load(Ordering::Relaxed)).unwrap()))
    };
    (TypeUnderTest::with(super::kit_with(&clock), kind), hand)
}

fn key(configuration: &Json) -> Value {
    TypeUnderTest::of("tls_private_key").create(configuration)
}

fn small_key() -> String {
    text(&key(&json!({"algorithm": "ED25519"})), "private_key_pem").to_owned()
}

/// What can be told of a certificate.
fn inspected(pem: &str) -> Value {
    let read = TypeUnderTest::of("tls_certificate").read_data(&json!({"content": pem})).unwrap();
    attribute(&read, "certificates").items().unwrap()[0].clone()
}

/// With what each configuration needs.
fn with(base: &Json, more: &Json) -> Json {
    let mut whole = base.clone();
    for (name, value) in more.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

#[test]
fn a_key_of_every_kind_is_made_and_read_again_in_every_form() {
    let kinds = [
        json!({"algorithm": "RSA", "rsa_bits": 1024}),
        json!({"algorithm": "ECDSA"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P384"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P521"}),
        json!({"algorithm": "ED25519"}),
    ];
    for kind in kinds {
        let made = key(&kind);
        let public = text(&made, "public_key_pem");
        for form in ["private_key_pem", "private_key_pem_pkcs8", "private_key_openssh"] {
            let private = text(&made, form);
            if private.is_empty() {
                assert_eq!(kind, json!({"algorithm": "ECDSA"}), "OpenSSH knows all but P-224");
                continue;
            }
            let argument = if form == "private_key_openssh" { form } else { "private_key_pem" };
            let read = TypeUnderTest::of("tls_public_key").read_data(&json!({argument: private})).unwrap();
            assert_eq!(text(&read, "public_key_pem"), public, "{kind} {form}");
            assert_eq!(text(&read, "id"), text(&made, "id"));
            assert_eq!(text(&read, "public_key_openssh"), text(&made, "public_key_openssh"));
            assert_eq!(text(&read, "algorithm"), kind["algorithm"].as_str().unwrap());
        }
    }
}

#[test]
fn a_key_is_replaced_when_it_is_to_be_another() {
    let tested = TypeUnderTest::of("tls_private_key");
    let made = tested.create(&json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}));
    assert!(text(&made, "private_key_pem").starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
    assert!(text(&made, "public_key_openssh").starts_with("ecdsa-sha2-nistp256 AAAA"));
    assert!(text(&made, "public_key_fingerprint_sha256").starts_with("SHA256:"));
    assert_eq!(text(&made, "public_key_fingerprint_md5").len(), 47);
    let planned = tested.plan(&made, &json!({"algorithm": "ED25519"})).unwrap();
    assert_eq!(format!("{:?}", planned.replace), "[.algorithm, .ecdsa_curve]");
    assert!(!attribute(&planned.value, "private_key_pem").is_known());
    tested.destroy(&made).unwrap();
    assert!(tested.import("x").is_err());
}

#[test]
fn a_key_that_cannot_be_is_refused() {
    let tested = TypeUnderTest::of("tls_private_key");
    let refused = |configuration: Json| tested.validate(&configuration).join("; ");
    let wrong = refused(json!({"algorithm": "rsa"}));
    assert!(
        wrong.contains("\"algorithm\" is one of \"RSA\", \"ECDSA\", \"ED25519\", not \"rsa\""),
        "{wrong}"
    );
    assert!(refused(json!({"algorithm": "ECDSA", "ecdsa_curve": "P1"})).contains("\"P521\", not \"P1\""));
    assert!(refused(json!({"algorithm": "RSA", "rsa_bits": 512})).contains("from 1024 to 16384, not 512"));
    assert_eq!(refused(json!({"algorithm": "ECDSA", "rsa_bits": 512})), "");
}

#[test]
fn a_key_of_the_first_schema_gets_the_forms_that_it_has_not() {
    let tested = TypeUnderTest::of("tls_private_key");
    let made = tested.create(&json!({"algorithm": "ECDSA", "ecdsa_curve": "P384"}));
    let old = json!({
        "algorithm": "ECDSA", "ecdsa_curve": "P384", "rsa_bits": 2048,
        "private_key_pem": text(&made, "private_key_pem"), "public_key_pem": text(&made, "public_key_pem"),
    });
    let read = tested.upgrade(0, &old).unwrap();
    for name in ["private_key_pem_pkcs8", "public_key_fingerprint_sha256", "public_key_openssh", "id"] {
        assert_eq!(text(&read, name), text(&made, name), "{name}");
    }
    let refused = tested.upgrade(0, &json!({"private_key_pem": "no key"})).unwrap_err();
    assert!(refused[0].contains("It is not in PEM"), "{refused:?}");
}

#[test]
fn a_public_key_is_told_of_one_key() {
    let tested = TypeUnderTest::of("tls_public_key");
    assert!(tested.read_data(&json!({})).unwrap_err()[0].contains("One of \"private_key_pem\""));
    let wrong = tested.read_data(&json!({"private_key_pem": "x"})).unwrap_err();
    assert!(wrong[0].contains("Private key cannot be read: It is not in PEM"), "{wrong:?}");
    let opened = tested.open(&json!({"private_key_pem": small_key()})).unwrap();
    assert!(text(&opened, "public_key_openssh").starts_with("ssh-ed25519 "));
    let opened = TypeUnderTest::of("tls_private_key").open(&json!({"algorithm": "ED25519"})).unwrap();
    assert!(text(&opened, "private_key_openssh").starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
}

#[test]
fn a_self_signed_certificate_says_what_was_asked_for() {
    let (tested, _) = type_under_test("tls_self_signed_cert");
    let configuration = json!({
        "private_key_pem": small_key(),
        "validity_period_hours": 24,
        "allowed_uses": ["cert_signing", "server_auth"],
        "is_ca_certificate": true,
        "max_path_length": 2,
        "set_authority_key_id": true,
        "dns_names": ["example.com"], "ip_addresses": ["127.0.0.1", "::1"], "uris": ["spiffe://example.com/a"],
        "subject": [{
            "common_name": "Example, Inc.", "organization": "A & B", "country": "DE",
            "street_address": ["1 Way", "Floor 2"], "email_address": "a@example.com",
            "locality": "Bonn", "organizational_unit": "Unit", "postal_code": "53111", "province": "NRW",
            "serial_number": "7",
        }],
    });
    assert_eq!(tested.validate(&configuration), [""; 0]);
    let made = tested.create(&configuration);
    assert_eq!(text(&made, "validity_start_time"), "2020-02-12T06:36:13Z");
    assert_eq!(text(&made, "validity_end_time"), "2020-02-13T06:36:13Z");
    assert_eq!(text(&made, "key_algorithm"), "ED25519");
    let told = inspected(text(&made, "cert_pem"));
    assert_eq!(text(&told, "serial_number"), text(&made, "id"));
    assert_eq!(text(&told, "signature_algorithm"), "Ed25519");
    assert_eq!(text(&told, "not_after"), "2020-02-13T06:36:13Z");
    assert_eq!(attribute(&told, "is_ca").as_bool(), Some(true));
    assert_eq!(attribute(&told, "max_path_length").as_number().unwrap().to_i64(), Some(2));
    let subject = "SERIALNUMBER=7,CN=Example\\, Inc.,OU=Unit,O=A & B,POSTALCODE=53111,\
                   STREET=1 Way+STREET=Floor 2,L=Bonn,ST=NRW,C=DE,\
                   1.2.840.113549.1.9.1=#0c0d61406578616d706c652e636f6d";
    assert_eq!(text(&told, "subject"), subject);
    assert_eq!(text(&told, "issuer"), subject);
}

#[test]
fn a_certificate_is_replaced_for_nearly_every_change() {
    let (tested, _) = type_under_test("tls_self_signed_cert");
    let base = json!({
        "private_key_pem": small_key(), "validity_period_hours": 24, "allowed_uses": [], "subject": [],
    });
    let made = tested.create(&base);
    let replaces = |more: Json| tested.replaces(&made, &with(&base, &more));
    assert_eq!(replaces(json!({"validity_period_hours": 25})), [".validity_period_hours"]);
    assert_eq!(replaces(json!({"private_key_pem": small_key()})), [".private_key_pem"]);
    assert_eq!(replaces(json!({"is_ca_certificate": true})), [".is_ca_certificate"]);
    assert_eq!(replaces(json!({"dns_names": ["a"]})), [".dns_names"]);
    assert_eq!(replaces(json!({"max_path_length": 1})), [".max_path_length"]);
    let changed = tested.apply(&made, &with(&base, &json!({"early_renewal_hours": 3}))).unwrap();
    assert_eq!(text(&changed, "cert_pem"), text(&made, "cert_pem"));
    assert_eq!(attribute(&changed, "ready_for_renewal").as_bool(), Some(false));
    // One that is to be renewed a day early and is valid for a day is due at once.
    assert_eq!(replaces(json!({"early_renewal_hours": 24})), [".ready_for_renewal"]);
}

#[test]
fn a_certificate_is_renewed_when_it_is_due() {
    let (tested, hand) = type_under_test("tls_self_signed_cert");
    let configuration = json!({
        "private_key_pem": small_key(), "validity_period_hours": 24, "early_renewal_hours": 4, "allowed_uses": [],
        "subject": [],
    });
    let made = tested.create(&configuration);
    hand.fetch_add(20 * 3600 - 1, Ordering::Relaxed);
    assert_eq!(attribute(&tested.read(&made).unwrap(), "ready_for_renewal").as_bool(), Some(false));
    hand.fetch_add(1, Ordering::Relaxed);
    let read = tested.read(&made).unwrap();
    assert_eq!(attribute(&read, "ready_for_renewal").as_bool(), Some(true));
    let planned = tested.plan(&read, &configuration).unwrap();
    assert_eq!(format!("{:?}", planned.replace), "[.ready_for_renewal]");
    assert!(!attribute(&planned.value, "ready_for_renewal").is_known());
}

#[test]
fn a_certificate_that_cannot_be_is_refused() {
    let (tested, _) = type_under_test("tls_self_signed_cert");
    let base = json!({
        "private_key_pem": small_key(), "validity_period_hours": 24, "allowed_uses": [], "subject": [],
    });
    let invalid = |more: Json| tested.validate(&with(&base, &more)).join("; ");
    assert!(invalid(json!({"allowed_uses": ["server"]})).contains("\"server\" is no use"));
    assert!(invalid(json!({"validity_period_hours": -1})).contains("at least 0, not -1"));
    let address = invalid(json!({"ip_addresses": ["1.2.3"]}));
    assert!(address.starts_with(".ip_addresses: ") && address.contains("\"1.2.3\" is no IP address"));
    assert!(invalid(json!({"dns_names": ["bücher.de"]})).contains("not ASCII"));
    for wrong in ["::", "x%zz", "x%1", "a\nb"] {
        assert!(invalid(json!({"uris": [wrong]})).contains("is no URI"), "{wrong}");
    }
    assert_eq!(invalid(json!({"uris": ["relative", "urn:a:b", "https://x/%20"]})), "");
    assert!(invalid(json!({"max_path_length": 1})).contains(".max_path_length: Unsuitable argument"));
    for fine in [json!({"max_path_length": 0}), json!({"max_path_length": 1, "is_ca_certificate": true})] {
        assert_eq!(invalid(fine), "");
    }
    let failed = |more: Json| tested.apply(&tested.nothing(), &with(&base, &more)).unwrap_err().join("; ");
    assert!(failed(json!({"is_ca_certificate": true})).contains("give it a block \"subject\""));
    assert!(failed(json!({"set_authority_key_id": true})).contains("set \"set_subject_key_id\" as well"));
    assert!(failed(json!({"validity_period_hours": i64::MAX})).contains("beyond the year 9999"));
    assert!(failed(json!({"private_key_pem": "x"})).contains(".private_key_pem: Private key cannot be read"));
}

#[test]
fn a_request_is_signed_by_an_authority_with_the_names_that_it_asks_for() {
    let authority_key = small_key();
    let authority = TypeUnderTest::of("tls_self_signed_cert").create(&json!({
        "private_key_pem": authority_key, "validity_period_hours": 24, "allowed_uses": ["cert_signing"],
        "is_ca_certificate": true, "subject": [subject("An Authority")],
    }));
    let own = key(&json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}));
    let requests = TypeUnderTest::of("tls_cert_request");
    let base = json!({
        "private_key_pem": text(&own, "private_key_pem"), "dns_names": ["example.com"], "subject": [subject("Me")],
    });
    let request = requests.create(&base);
    assert_eq!(text(&request, "key_algorithm"), "ECDSA");
    let changed = with(&base, &json!({"subject": [subject("You")]}));
    assert_eq!(requests.replaces(&request, &changed), [".subject", ".subject[0].common_name"]);
    let signed = TypeUnderTest::of("tls_locally_signed_cert");
    let base = json!({
        "ca_cert_pem": text(&authority, "cert_pem"), "ca_private_key_pem": authority_key,
        "cert_request_pem": text(&request, "cert_request_pem"), "validity_period_hours": 1, "allowed_uses": [],
    });
    let made = signed.create(&base);
    assert_eq!(text(&made, "ca_key_algorithm"), "ED25519");
    let told = inspected(text(&made, "cert_pem"));
    assert_eq!((text(&told, "issuer"), text(&told, "subject")), ("CN=An Authority", "CN=Me"));
    assert_eq!(text(&told, "public_key_algorithm"), "ECDSA");
    assert_eq!(attribute(&told, "is_ca").as_bool(), Some(false));
    let failed = |more: Json| signed.apply(&signed.nothing(), &with(&base, &more)).unwrap_err().join("; ");
    assert!(failed(json!({"ca_private_key_pem": small_key()})).contains("Key of another certificate"));
    assert!(
        failed(json!({"cert_request_pem": text(&made, "cert_pem")})).contains("is no certificate request")
    );
    assert!(failed(json!({"ca_cert_pem": "x"})).contains(".ca_cert_pem: Certificate cannot be read"));
}

fn subject(name: &str) -> Json {
    json!({
        "common_name": name, "organization": null, "country": null, "street_address": null, "email_address": null,
        "locality": null, "organizational_unit": null, "postal_code": null, "province": null, "serial_number": null,
    })
}

#[test]
fn texts_of_certificates_need_not_be_certificates() {
    let tested = TypeUnderTest::of("tls_certificate");
    let refused = |configuration: Json| tested.read_data(&configuration).unwrap_err().join("; ");
    assert!(refused(json!({"content": "x"})).contains("It is not in PEM"));
    assert!(refused(json!({"content": small_key()})).contains("\"PRIVATE KEY\" is no certificate"));
    assert!(refused(json!({})).contains("One of \"content\", \"url\""));
    assert!(refused(json!({"content": "x", "verify_chain": true})).contains("no chain to verify"));
    let made = TypeUnderTest::of("tls_self_signed_cert").create(&json!({
        "private_key_pem": small_key(), "validity_period_hours": 24, "allowed_uses": [], "subject": [],
    }));
    let block = super::pem::decode(text(&made, "cert_pem")).unwrap();
    for length in 0..block.bytes.len() {
        assert!(super::certificate::Certificate::read(&block.bytes[..length]).is_none(), "{length}");
        // Whatever is broken in it, it is read or not, and that is all.
        let mut broken = block.bytes.clone();
        broken[length] ^= 0xff;
        let _ = super::certificate::Certificate::read(&broken).map(|read| read.subject_text());
    }
}

/// What a program of this machine answers; nothing where there is no such program.
fn asked(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).output().ok()?;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {answer}{complaint}");
    Some(answer)
}

fn written(folder: &tempfile::TempDir, name: &str, content: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn other_programs_read_the_keys() {
    if asked("openssl", &["version"]).is_none() {
        return eprintln!("SKIPPED: keys in other programs: openssl is not on the PATH");
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in [
        json!({"algorithm": "RSA", "rsa_bits": 1024}),
        json!({"algorithm": "ECDSA"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P384"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P521"}),
        json!({"algorithm": "ED25519"}),
    ] {
        let made = key(&kind);
        for form in ["private_key_pem", "private_key_pem_pkcs8"] {
            let path = written(&folder, form, text(&made, form));
            let public = asked("openssl", &["pkey", "-in", &path, "-pubout"]).unwrap();
            assert_eq!(public, text(&made, "public_key_pem"), "{kind} {form}");
        }
        let private = text(&made, "private_key_openssh");
        if !private.is_empty() {
            let path = written(&folder, "openssh", private);
            let Some(public) = asked("ssh-keygen", &["-y", "-f", &path]) else {
                return eprintln!("SKIPPED: keys in OpenSSH: ssh-keygen is not on the PATH");
            };
            assert_eq!(public.trim(), text(&made, "public_key_openssh").trim(), "{kind}");
            let print = asked("ssh-keygen", &["-l", "-E", "md5", "-f", &path]).unwrap();
            assert!(print.contains(text(&made, "public_key_fingerprint_md5")), "{kind} {print}");
            let print = asked("ssh-keygen", &["-l", "-f", &path]).unwrap();
            assert!(print.contains(text(&made, "public_key_fingerprint_sha256")), "{kind} {print}");
        }
    }
}

#[test]
fn other_programs_trust_the_certificates() {
    if asked("openssl", &["version"]).is_none() {
        return eprintln!("SKIPPED: certificates in other programs: openssl is not on the PATH");
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in [
        json!({"algorithm": "RSA", "rsa_bits": 2048}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P384"}),
        json!({"algorithm": "ECDSA", "ecdsa_curve": "P521"}),
        json!({"algorithm": "ED25519"}),
    ] {
        let own = key(&kind);
        let own = text(&own, "private_key_pem");
        let authority = TypeUnderTest::of("tls_self_signed_cert").create(&json!({
            "private_key_pem": own, "validity_period_hours": 24, "allowed_uses": ["cert_signing", "crl_signing"],
            "is_ca_certificate": true, "max_path_length": 0, "subject": [subject("An Authority")],
        }));
        let request = TypeUnderTest::of("tls_cert_request").create(&json!({
            "private_key_pem": own, "dns_names": ["example.com"], "ip_addresses": ["::1"], "subject": [subject("Me")],
        }));
        let made = TypeUnderTest::of("tls_locally_signed_cert").create(&json!({
            "ca_cert_pem": text(&authority, "cert_pem"), "ca_private_key_pem": own,
            "cert_request_pem": text(&request, "cert_request_pem"), "validity_period_hours": 12,
            "allowed_uses": ["digital_signature", "decipher_only", "server_auth"], "set_subject_key_id": true,
        }));
        let authority = written(&folder, "authority", text(&authority, "cert_pem"));
        let leaf = written(&folder, "leaf", text(&made, "cert_pem"));
        let request = written(&folder, "request", text(&request, "cert_request_pem"));
        asked("openssl", &["req", "-verify", "-noout", "-in", &request]).unwrap();
        let verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "example.com"];
        asked("openssl", &[&verify[..], &["-CAfile", &authority, &leaf]].concat()).unwrap();
        let told = asked("openssl", &["x509", "-noout", "-text", "-in", &leaf]).unwrap();
        for part in [
            "Digital Signature, Decipher Only",
            "TLS Web Server Authentication",
            "Issuer: CN",
            "An Authority",
            "DNS:example.com, IP Address:0:0:0:0:0:0:0:1",
            "X509v3 Authority Key Identifier",
            "CA:FALSE",
        ] {
            assert!(told.contains(part), "{kind} {part}: {told}");
        }
    }
}

/// A server that shows its certificate to one visitor; the port where it does.
fn server(certificate: &str, key: &str) -> (u16, std::thread::JoinHandle<()>) {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let certificate = CertificateDer::from(super::pem::decode(certificate).unwrap().bytes);
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(super::pem::decode(key).unwrap().bytes));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = rustls::ServerConnection::new(config).unwrap();
        // Whoever does not trust it leaves.
        while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
    });
    (port, serve)
}

#[test]
fn a_server_shows_its_certificate() {
    let own = key(&json!({"algorithm": "ECDSA", "ecdsa_curve": "P256"}));
    let made = TypeUnderTest::of("tls_self_signed_cert").create(&json!({
        "private_key_pem": text(&own, "private_key_pem"), "validity_period_hours": 24,
        "allowed_uses": ["server_auth"], "ip_addresses": ["127.0.0.1"], "subject": [subject("A Server")],
    }));
    let tested = TypeUnderTest::of("tls_certificate");
    for scheme in ["https", "tls"] {
        let (port, serve) = server(text(&made, "cert_pem"), text(&own, "private_key_pem_pkcs8"));
        let url = format!("{scheme}://127.0.0.1:{port}/");
        let read = tested.read_data(&json!({"url": url, "verify_chain": false})).unwrap();
        serve.join().unwrap();
        let told = attribute(&read, "certificates").items().unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(text(&told[0], "cert_pem"), text(&made, "cert_pem"));
    }
    let (port, serve) = server(text(&made, "cert_pem"), text(&own, "private_key_pem_pkcs8"));
    let refused = tested.read_data(&json!({"url": format!("https://127.0.0.1:{port}")})).unwrap_err();
    serve.join().unwrap();
    assert!(refused[0].starts_with(".url: No certificates: The certificates of 127.0.0.1 cannot be fetched"));
    for (url, why) in [("tls://a", "names no port"), ("http://a", "not \"http\""), ("x", "is no URL")] {
        let refused = tested.read_data(&json!({"url": url})).unwrap_err();
        assert!(refused[0].contains(why), "{refused:?}");
    }
}

#[test]
fn white_space_at_the_end_of_bytes_is_no_part_of_their_id() {
    assert_eq!(super::identity(b"a\n "), super::identity(b"a"));
    assert_eq!(super::identity(&[1, 0xc2, 0x85]), super::identity(&[1]));
    assert_ne!(super::identity(&[1, 0x85]), super::identity(&[1]));
    assert!(Key::parse("-----BEGIN X-----\n-----END X-----").is_err());
}

#[test]
fn a_proxy_that_cannot_be_meant_is_refused() {
    let objections = |proxies: &[&[(&str, Value)]]| {
        let blocks = proxies.iter().map(|given| Value::object(given.iter().cloned()));
        let configuration = Value::object([("proxy", Value::tuple(blocks.collect()))]);
        let mut remarks = crate::port::Remarks::new();
        super::fetch::objections(&configuration, &mut remarks);
        remarks.iter().map(|remark| remark.detail.clone()).collect::<Vec<_>>().join("; ")
    };
    let url = || ("url", Value::string("http://x"));
    let user = || ("username", Value::string("u"));
    assert!(objections(&[&[url(), ("from_env", Value::bool(true))]]).contains("give one of them"));
    assert!(objections(&[&[user()]]).contains("together with \"url\""));
    assert!(objections(&[&[url(), ("password", Value::string("p"))]]).contains("together with \"username\""));
    assert!(objections(&[&[url()], &[url()]]).contains("no more than one block"));
    assert_eq!(objections(&[&[url(), user(), ("password", Value::string("p"))]]), "");
    assert_eq!(objections(&[&[("from_env", Value::bool(false))]]), "");
}
