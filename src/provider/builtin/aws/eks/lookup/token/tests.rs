use std::collections::BTreeMap;
use std::process::Command;

use aws_config::{BehaviorVersion, Region};

use super::*;

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "a/token+with=signs";

/// When the recorded token was made.
const AT: &str = "20261121T112503Z";

fn credentials(session: Option<&str>) -> Credentials {
    Credentials::new(KEY, SECRET, session.map(str::to_owned), None, "test")
}

fn time(stamp: &str) -> SystemTime {
    let format = "%Y%m%dT%H%M%SZ";
    jiff::civil::DateTime::strptime(format, stamp).unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().into()
}

fn token(cluster: &str, session: Option<&str>, stamp: &str) -> String {
    let address = Url::parse("https://sts.eu-west-1.amazonaws.com/").unwrap();
    let grant = Grant { address: &address, region: "eu-west-1", cluster, at: time(stamp) };
    grant.token(&credentials(session)).unwrap()
}

/// What is asked of STS by whoever has the token.
fn opened(token: &str) -> (String, BTreeMap<String, String>) {
    let encoded = token.strip_prefix("k8s-aws-v1.").expect("the prefix that clusters know");
    let request =
        String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).expect("base64url without padding")).unwrap();
    let url = Url::parse(&request).unwrap();
    let place = format!("{}://{}{}", url.scheme(), url.host_str().unwrap(), url.path());
    (place, url.query_pairs().into_owned().collect())
}

#[test]
fn a_token_is_a_signed_question_who_i_am() {
    let (place, said) = opened(&token("shop", Some(SESSION), AT));
    assert_eq!(place, "https://sts.eu-west-1.amazonaws.com/");
    let expected = [
        ("Action", "GetCallerIdentity"),
        ("Version", "2011-06-15"),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", "AKIDEXAMPLE/20261121/eu-west-1/sts/aws4_request"),
        ("X-Amz-Date", AT),
        ("X-Amz-Expires", "60"),
        ("X-Amz-Security-Token", SESSION),
        ("X-Amz-SignedHeaders", "host;x-k8s-aws-id"),
    ];
    for (name, value) in expected {
        assert_eq!(said.get(name).map(String::as_str), Some(value), "{name}");
    }
    let signature = &said["X-Amz-Signature"];
    assert!(signature.len() == 64 && signature.chars().all(|one| one.is_ascii_hexdigit()), "{signature}");
    assert_eq!(
        said.len(),
        expected.len() + 1,
        "clusters refuse a question with anything else in it: {said:?}"
    );
}

/// Recorded from aws-cli 1.45.11.
#[test]
fn a_token_has_the_signature_that_the_tools_of_aws_give_it() {
    let (_, said) = opened(&token("shop", Some(SESSION), AT));
    assert_eq!(said["X-Amz-Signature"], "65a9387955af03f9a34d20267bac5557afdf6ff9eaca0163d132476917bc8d7d");
}

#[test]
fn a_token_for_one_cluster_is_of_no_use_at_another() {
    let signature = |cluster| opened(&token(cluster, None, AT)).1["X-Amz-Signature"].clone();
    assert_ne!(signature("shop"), signature("shop-staging"));
}

#[test]
fn a_name_that_is_no_header_is_refused() {
    let address = Url::parse("https://sts.eu-west-1.amazonaws.com/").unwrap();
    let grant = Grant { address: &address, region: "eu-west-1", cluster: "shop\nx-other: 1", at: time(AT) };
    assert!(grant.token(&credentials(None)).is_err());
}

/// Beside the recorded one, for every later release of the tools.
#[test]
fn a_token_is_what_eks_get_token_says_where_the_aws_tools_are() {
    let asked = Command::new("aws")
        .args(["eks", "get-token", "--cluster-name", "shop", "--region", "eu-west-1"])
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", SESSION)
        .env_remove("AWS_PROFILE")
        .output();
    let answer = asked.ok().filter(|asked| asked.status.success());
    let Some(answer) =
        answer.and_then(|asked| serde_json::from_slice::<serde_json::Value>(&asked.stdout).ok())
    else {
        eprintln!("SKIPPED: the token of the aws tools: aws eks get-token does not run here");
        return;
    };
    let theirs = answer["status"]["token"].as_str().expect("a token");
    let (place, said) = opened(theirs);
    let ours = token("shop", Some(SESSION), &said["X-Amz-Date"]);
    assert_eq!((place, said), opened(&ours));
}

#[tokio::test]
async fn the_address_is_that_of_the_region_and_nobody_is_asked() {
    let of = async |region: &'static str, endpoint: Option<&str>| {
        let mut config = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                credentials(None),
            ));
        config.set_endpoint_url(endpoint.map(str::to_owned));
        address(&aws_sdk_sts::Client::new(&config.build())).await.map(|url| url.to_string())
    };
    assert_eq!(of("eu-west-1", None).await.as_deref(), Ok("https://sts.eu-west-1.amazonaws.com/"));
    assert_eq!(of("us-east-1", None).await.as_deref(), Ok("https://sts.us-east-1.amazonaws.com/"));
    assert_eq!(of("cn-north-1", None).await.as_deref(), Ok("https://sts.cn-north-1.amazonaws.com.cn/"));
    // Nobody listens there.
    assert_eq!(of("eu-west-1", Some("http://127.0.0.1:9")).await.as_deref(), Ok("http://127.0.0.1:9/"));
}
