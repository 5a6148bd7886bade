//! HTTP requests. Every wait has a timeout.

use std::io::Read;
use std::sync::OnceLock;
use std::time::Duration;

use ureq::Agent;
use ureq::config::RedirectAuthHeaders;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use url::Url;

use super::fault::{FetchError, shown};

/// Answers other than packages are small.
const LARGEST_ANSWER: u64 = 16 * 1024 * 1024;
const CONNECTING: Duration = Duration::from_secs(10);
const ANSWERING: Duration = Duration::from_secs(30);
/// The longest pause between two pieces of a download.
const SILENCE: Duration = Duration::from_secs(60);
const REDIRECTS: u32 = 10;
/// How often a request is tried when a server has problems.
const ATTEMPTS: u32 = 2;

/// Sends requests, through the proxies that the environment names.
#[derive(Default)]
pub(super) struct Web {
    /// Created for the first request, because it reads the system's certificates.
    agent: OnceLock<Agent>,
}

/// A successful answer of a server.
pub(super) struct Answer {
    /// The address of the answer, after all redirects.
    pub address: Url,
    response: Response<ureq::Body>,
}

impl Web {
    pub(super) fn get(&self, address: &Url, headers: &[(&str, &str)]) -> Result<Answer, FetchError> {
        let mut attempt = 1;
        loop {
            let result = self.try_get(address, headers);
            let worth_another = match &result {
                Err(FetchError::Request { .. }) => true,
                Err(FetchError::Status { status, .. }) => *status == 429 || *status >= 500,
                _ => false,
            };
            if !worth_another || attempt == ATTEMPTS {
                return result;
            }
            std::thread::sleep(Duration::from_millis(500));
            attempt += 1;
        }
    }

    fn try_get(&self, address: &Url, headers: &[(&str, &str)]) -> Result<Answer, FetchError> {
        let failed = |error: ureq::Error| FetchError::Request {
            address: shown(address.as_str()),
            cause: error.to_string().replace(address.as_str(), &shown(address.as_str())),
        };
        let mut plain = address.clone();
        let user = (!address.username().is_empty()).then(|| {
            let password = address.password().unwrap_or_default();
            let text = format!("{}:{}", decoded(address.username()), decoded(password));
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text)
        });
        // Both calls can fail only for addresses that have no user.
        plain.set_username("").unwrap_or_default();
        plain.set_password(None).unwrap_or_default();
        let mut request = self.agent().get(plain.as_str());
        if let Some(user) = user {
            request = request.header("Authorization", format!("Basic {user}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().map_err(failed)?;
        let status = response.status();
        if !status.is_success() {
            return Err(FetchError::Status { address: shown(address.as_str()), status: status.as_u16() });
        }
        let last = ureq::ResponseExt::get_uri(&response).to_string();
        let address = Url::parse(&last).unwrap_or(plain);
        Ok(Answer { address, response })
    }

    fn agent(&self) -> &Agent {
        self.agent.get_or_init(|| {
            let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
            Agent::config_builder()
                .user_agent(concat!("terrace/", env!("CARGO_PKG_VERSION")))
                .http_status_as_error(false)
                .max_redirects(REDIRECTS)
                .redirect_auth_headers(RedirectAuthHeaders::SameHost)
                .timeout_connect(Some(CONNECTING))
                .timeout_recv_response(Some(ANSWERING))
                .timeout_per_read(Some(SILENCE))
                .tls_config(tls)
                .build()
                .new_agent()
        })
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok().filter(|value| !value.is_empty())
    }

    /// The whole body, which must be small.
    pub(super) fn text(mut self) -> Result<String, FetchError> {
        let address = shown(self.address.as_str());
        let body = self.response.body_mut().with_config().limit(LARGEST_ANSWER).lossy_utf8(true);
        body.read_to_string().map_err(|error| FetchError::Request { address, cause: error.to_string() })
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, FetchError> {
        let address = shown(self.address.as_str());
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|error| FetchError::Answer { address, why: error.to_string() })
    }

    /// The body as a stream.
    pub(super) fn reader(self, limit: u64) -> impl Read {
        self.response.into_body().into_with_config().limit(limit).reader()
    }
}

fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
