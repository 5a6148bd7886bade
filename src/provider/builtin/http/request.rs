//! One HTTP request, sent as often as needed.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::Agent;
use ureq::http;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use url::Url;

use super::step::Step;
use super::trust;
use crate::provider::builtin::object::Arguments;

const CONNECTING: Duration = Duration::from_secs(30);
const REDIRECTS: u32 = 10;
const LARGEST: u64 = 1024 * 1024 * 1024;

pub(super) struct Request {
    agent: Agent,
    method: http::Method,
    address: Url,
    /// The address in a form that may be shown: without a password.
    pub(super) shown: String,
    headers: Vec<(String, String)>,
    /// The login in the address, as a header; only for this address.
    credentials: Option<(String, String)>,
    body: Option<String>,
    timeout: Option<Duration>,
    pub(super) retries: u32,
    pub(super) shortest_wait: Duration,
    pub(super) longest_wait: Duration,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    /// How long the server asks to wait.
    pub(super) patience: Option<Duration>,
}

impl Answer {
    pub(super) fn is_worth_another(&self) -> bool {
        self.status == 429 || self.status >= 500 && self.status != 501
    }
}

impl Request {
    pub(super) fn of(arguments: Arguments<'_>) -> Result<Self, String> {
        let written = arguments.text("url").unwrap_or_default();
        let mut address = Url::parse(written).map_err(|error| format!("The URL is none: {error}."))?;
        if !matches!(address.scheme(), "http" | "https") || !address.has_host() {
            return Err("The URL must begin with http:// or https:// and name a host.".into());
        }
        let headers: Vec<_> = arguments
            .text_map("request_headers")
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let said = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let credentials = (!address.username().is_empty() && !said("authorization")).then(|| {
            let (user, password) =
                (decoded(address.username()), decoded(address.password().unwrap_or_default()));
            ("Authorization".into(), format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
        });
        // Both calls can fail only for addresses that have no user.
        address.set_username("").unwrap_or_default();
        address.set_password(None).unwrap_or_default();
        let milliseconds = |number: i64| Duration::from_millis(u64::try_from(number).unwrap_or_default());
        let retry = arguments.value("retry").map(Arguments);
        let number = |name| retry.and_then(|retry| retry.number(name));
        Ok(Self {
            agent: agent(arguments)?,
            method: arguments
                .text("method")
                .filter(|method| !method.is_empty())
                .unwrap_or("GET")
                .parse()
                .map_err(|_| "The method is none.".to_owned())?,
            shown: address.to_string(),
            address,
            headers,
            credentials,
            // A POST without a body has length zero.
            body: arguments
                .text("request_body")
                .or((arguments.text("method") == Some("POST")).then_some(""))
                .map(str::to_owned),
            timeout: arguments.number("request_timeout_ms").filter(|number| *number > 0).map(milliseconds),
            retries: number("attempts").and_then(|number| u32::try_from(number).ok()).unwrap_or_default(),
            shortest_wait: number("min_delay_ms").map_or(Duration::from_secs(1), milliseconds),
            longest_wait: number("max_delay_ms").map_or(Duration::from_secs(30), milliseconds),
        })
    }

    /// Sends the request, and follows redirects.
    pub(super) fn send(&self) -> Result<Answer, String> {
        let until = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut step = Step {
            method: self.method.clone(),
            address: self.address.clone(),
            headers: self
                .headers
                .iter()
                .chain(&self.credentials)
                .map(|(name, value)| (&**name, &**value))
                .collect(),
            body: self.body.as_deref(),
        };
        for _ in 0..=REDIRECTS {
            let response = self.ask(&step, until)?;
            let gone = self.credentials.as_ref().map(|(_, value)| &**value);
            match step
                .after(&response, gone)
                .map_err(|why| format!("{} leads nowhere: {why}.", self.shown))?
            {
                Some(next) => step = next,
                None => return self.answer(response),
            }
        }
        Err(format!("{} leads to no end: {REDIRECTS} redirects were followed.", self.shown))
    }

    fn ask(&self, step: &Step<'_>, until: Option<Instant>) -> Result<http::Response<ureq::Body>, String> {
        let failed = |error: ureq::Error| match (&error, self.timeout) {
            (ureq::Error::Timeout(_), Some(timeout)) => {
                format!("{} did not answer within {} ms.", self.shown, timeout.as_millis())
            }
            _ => format!("{} cannot be asked: {error}.", self.shown),
        };
        let mut request = http::Request::builder().method(step.method.clone()).uri(step.address.as_str());
        for (name, value) in &step.headers {
            request = request.header(*name, *value);
        }
        let malformed = |error: http::Error| format!("The request is malformed: {error}.");
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        match step.body {
            Some(body) => {
                let request = self.agent.configure_request(request.body(body).map_err(malformed)?);
                self.agent.run(request.timeout_global(left).build())
            }
            None => {
                let request = self.agent.configure_request(request.body(()).map_err(malformed)?);
                self.agent.run(request.timeout_global(left).build())
            }
        }
        .map_err(failed)
    }

    fn answer(&self, mut response: http::Response<ureq::Body>) -> Result<Answer, String> {
        let mut body = Vec::new();
        response
            .body_mut()
            .with_config()
            .limit(LARGEST)
            .reader()
            .read_to_end(&mut body)
            .map_err(|error| format!("What {} answers cannot be read: {error}.", self.shown))?;
        let patience =
            response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let patience = patience.filter(|_| matches!(response.status().as_u16(), 429 | 503));
        Ok(Answer {
            status: response.status().as_u16(),
            headers: self.headers_of(&response),
            body,
            patience: patience.map(Duration::from_secs),
        })
    }

    /// The headers in their customary spelling, with several of one name combined. What only described the compression
    /// is left out.
    fn headers_of(&self, response: &http::Response<ureq::Body>) -> BTreeMap<String, String> {
        let asked = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
        let packed = response.headers().get("content-encoding").is_some_and(|kind| kind == "gzip");
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in response.headers() {
            let name = known_name(name.as_str());
            if packed && !asked && matches!(name.as_str(), "Content-Encoding" | "Content-Length") {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            match headers.get_mut(&name) {
                Some(values) => *values = format!("{values}, {value}"),
                None => drop(headers.insert(name, value)),
            }
        }
        headers
    }
}

fn agent(arguments: Arguments<'_>) -> Result<Agent, String> {
    let mut tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .disable_verification(arguments.flag("insecure") == Some(true));
    let identity = arguments.text("client_cert_pem").zip(arguments.text("client_key_pem"));
    if let Some((chain, key)) = identity {
        let key = PrivateKey::from_pem(key.as_bytes())
            .map_err(|_| "\"client_key_pem\" holds no private key in PEM format.".to_owned())?;
        let chain = certificates(chain);
        if chain.is_empty() {
            return Err("\"client_cert_pem\" holds no certificate in PEM format.".into());
        }
        tls = tls.client_cert(Some(ClientCert::new_with_certs(&chain, key)));
    }
    let config = Agent::config_builder()
        // Servers that choose by what is accepted give their own default.
        .accept("")
        .user_agent(concat!("terrace/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(CONNECTING))
        .tls_config(tls.build())
        .build();
    match arguments.text("ca_cert_pem") {
        Some(authorities) => {
            let connector = trust::connector(authorities, identity)?;
            Ok(Agent::with_parts(config, connector, DefaultResolver::default()))
        }
        None => Ok(config.new_agent()),
    }
}

fn certificates(text: &str) -> Vec<Certificate<'static>> {
    ureq::tls::parse_pem(text.as_bytes())
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect()
}

/// `content-type` as `Content-Type`.
fn known_name(name: &str) -> String {
    let mut first = true;
    name.chars()
        .map(|character| {
            let shown = if first { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() };
            first = character == '-';
            shown
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
