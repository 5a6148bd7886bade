//! Fetches the certificates of a server.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use crate::port::{Remark, Remarks};
use crate::value::Value;

use super::super::object::{Arguments, at};

/// The time limit for a server.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer of a proxy to `CONNECT`.
const LONGEST_ANSWER: usize = 16 * 1024;

/// The server, and how to reach it.
pub(super) struct Server {
    host: String,
    port: u16,
    verify: bool,
    proxy: Option<Url>,
}

impl Server {
    /// The error is a sentence.
    pub(super) fn of(
        url: &str,
        verify: bool,
        proxy: impl FnOnce(&str) -> Option<Url>,
    ) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|error| format!("\"{url}\" is no URL: {error}."))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| format!("The URL \"{url}\" names no host."))?.to_owned();
        let port = match (url.scheme(), url.port()) {
            ("https", port) => port.unwrap_or(443),
            ("tls", Some(port)) => port,
            ("tls", None) => {
                return Err(format!(
                    "The URL \"{url}\" names no port, which \"tls\" has none of its own for."
                ));
            }
            (scheme, _) => {
                return Err(format!("The scheme of the URL is \"https\" or \"tls\", not \"{scheme}\"."));
            }
        };
        let proxy = if url.scheme() == "https" { proxy(&host) } else { None };
        Ok(Self { host, port, verify, proxy })
    }

    /// In the order in which the server sends them, its own first. Blocks on the network.
    pub(super) fn certificates(&self) -> Result<Vec<Vec<u8>>, String> {
        let fault = |why: String| format!("The certificates of {} cannot be fetched: {why}.", self.host);
        let mut stream = match &self.proxy {
            Some(proxy) => self.tunnel(proxy),
            None => connected(&self.host, self.port),
        }
        .map_err(fault)?;
        let mut connection = self.connection().map_err(|error| fault(error.to_string()))?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(|error| fault(error.to_string()))?;
        }
        let shown = connection.peer_certificates().unwrap_or_default();
        let shown: Vec<Vec<u8>> = shown.iter().map(|certificate| certificate.to_vec()).collect();
        if shown.is_empty() { Err(fault("the server shows none".into())) } else { Ok(shown) }
    }

    fn connection(&self) -> Result<ClientConnection, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions()?;
        let config = match self.verify {
            true => builder.with_platform_verifier()?.with_no_client_auth(),
            false => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Anything(provider)))
                .with_no_client_auth(),
        };
        let bare = self.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|error| rustls::Error::General(error.to_string()))?;
        ClientConnection::new(Arc::new(config), name)
    }

    /// A connection through an HTTP proxy.
    fn tunnel(&self, proxy: &Url) -> Result<TcpStream, String> {
        let host = proxy.host_str().unwrap_or_default();
        if proxy.scheme() != "http" {
            return Err(format!("proxies of the scheme \"{}\" are not supported yet", proxy.scheme()));
        }
        let mut stream = connected(host, proxy.port_or_known_default().unwrap_or(80))?;
        let target = format!("{}:{}", self.host, self.port);
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
        if !proxy.username().is_empty() {
            let pair = format!("{}:{}", proxy.username(), proxy.password().unwrap_or_default());
            request.push_str(&format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair)));
        }
        request.push_str("\r\n");
        let broken = |error: std::io::Error| format!("the proxy {host} broke off: {error}");
        stream.write_all(request.as_bytes()).map_err(broken)?;
        let mut answer = Vec::new();
        // Byte by byte: what follows belongs to the server behind it.
        while !answer.ends_with(b"\r\n\r\n") && answer.len() < LONGEST_ANSWER {
            let mut byte = [0];
            stream.read_exact(&mut byte).map_err(broken)?;
            answer.extend(byte);
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let first = answer.lines().next().unwrap_or_default();
        match first.split(' ').nth(1) {
            Some(status) if status.starts_with('2') => Ok(stream),
            _ => Err(format!("the proxy {host} answers \"{first}\"")),
        }
    }
}

/// Validates the provider's block.
pub(super) fn objections(configuration: &Value, remarks: &mut Remarks) {
    let blocks = Arguments(configuration).value("proxy").and_then(Value::items).unwrap_or_default();
    let mut refuse = |detail: &str| {
        remarks.push(Remark::error("Unsuitable proxy", detail).at(at("proxy")));
    };
    if blocks.len() > 1 {
        refuse("There is one way out: no more than one block \"proxy\" can be given.");
    }
    for block in blocks.iter().map(Arguments) {
        if block.is_given("url") && block.is_given("from_env") {
            refuse("\"url\" names a proxy and \"from_env\" asks the environment for one: give one of them.");
        }
        for (one, other) in [("username", "url"), ("password", "username")] {
            if block.is_given(one) && !block.is_given(other) {
                refuse(&format!("\"{one}\" is of use only together with \"{other}\"."));
            }
        }
    }
}

/// The proxy for a host: from the provider's configuration, or from the environment unless that is disabled.
pub(super) fn proxy(configuration: Option<&Value>, host: &str) -> Option<Url> {
    let blocks = configuration.and_then(|value| Arguments(value).value("proxy")).and_then(Value::items);
    let block = blocks.and_then(<[Value]>::first);
    if let Some(given) = block.map(Arguments)
        && let Some(mut url) = given.text("url").and_then(|url| Url::parse(url).ok())
    {
        // A URL that cannot have a user is not one of a proxy.
        let _ = url.set_username(given.text("username").unwrap_or_default());
        let _ = url.set_password(given.text("password"));
        return Some(url);
    }
    if block.and_then(|block| Arguments(block).flag("from_env")) == Some(false) {
        return None;
    }
    let variable = |upper: &str, lower: &str| {
        std::env::var(upper).or_else(|_| std::env::var(lower)).ok().filter(|value| !value.is_empty())
    };
    let excluded = variable("NO_PROXY", "no_proxy").unwrap_or_default();
    if is_excluded(host, &excluded) {
        return None;
    }
    let written = variable("HTTPS_PROXY", "https_proxy")?;
    let whole = if written.contains("://") { written } else { format!("http://{written}") };
    Url::parse(&whole).ok()
}

fn is_excluded(host: &str, excluded: &str) -> bool {
    let is_local = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    is_local
        || excluded.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
            let domain = entry.trim_start_matches('.');
            let inside = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
            entry == "*" || inside || (host == entry)
        })
}

fn connected(host: &str, port: u16) -> Result<TcpStream, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = (bare, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut last = format!("there is no address of {host}");
    for address in addresses {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        });
        match stream {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

/// Accepts any certificate, if the configuration disables verification. Signatures of the handshake are still checked:
/// the server has the key.
#[derive(Debug)]
struct Anything(Arc<CryptoProvider>);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
