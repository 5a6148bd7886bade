//! One request in a chain of redirects.

use ureq::http::{Method, Response};
use url::Url;

/// A request to one address.
pub(super) struct Step<'r> {
    pub(super) method: Method,
    pub(super) address: Url,
    pub(super) headers: Vec<(&'r str, &'r str)>,
    pub(super) body: Option<&'r str>,
}

/// Headers that are only for the first address.
const SECRETS: [&str; 6] =
    ["authorization", "cookie", "cookie2", "www-authenticate", "proxy-authorization", "proxy-authenticate"];

impl<'r> Step<'r> {
    /// The next request after a redirect; `None` if this is the final answer. Credentials follow to the same origin
    /// only.
    pub(super) fn after<B>(
        &self,
        response: &Response<B>,
        credentials: Option<&str>,
    ) -> Result<Option<Self>, String> {
        let again = match response.status().as_u16() {
            301..=303 => false,
            307 | 308 => true,
            _ => return Ok(None),
        };
        let Some(place) = response.headers().get("location") else { return Ok(None) };
        let place = String::from_utf8_lossy(place.as_bytes());
        let address =
            self.address.join(&place).map_err(|error| format!("\"{place}\" is no address: {error}"))?;
        if !matches!(address.scheme(), "http" | "https") || !address.has_host() {
            return Err(format!("\"{place}\" is no address of a web server"));
        }
        let is_relative = Url::parse(&place).is_err();
        let is_beside = is_relative && address.origin() == self.address.origin();
        let trusted = self.trusts(&address);
        let stays = |(name, value): &(&str, &str)| {
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            let secret = SECRETS.into_iter().any(is);
            let spent = is("authorization") && credentials == Some(*value) && !is_beside;
            let of_the_body = !again && (is("content-type") || is("content-length"));
            !(spent || secret && !trusted || is("host") && !is_relative || of_the_body)
        };
        let method = match &self.method {
            _ if again => self.method.clone(),
            method if *method == Method::HEAD => Method::HEAD,
            _ => Method::GET,
        };
        Ok(Some(Self {
            method,
            address,
            headers: self.headers.iter().copied().filter(stays).collect(),
            body: self.body.filter(|_| again),
        }))
    }

    /// Whether an address has the same host, and is no less secure.
    fn trusts(&self, other: &Url) -> bool {
        let (Some(host), Some(there)) = (self.address.host_str(), other.host_str()) else { return false };
        let below = there.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'));
        let is_name = self.address.domain().is_some();
        (there == host || below && is_name) && !(self.address.scheme() == "https" && other.scheme() == "http")
    }
}
