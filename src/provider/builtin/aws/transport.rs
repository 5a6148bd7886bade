//! The connection to AWS: TLS on the stack used everywhere here, through a proxy if there is one.

use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider as Tls, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::port::Remark;

use super::super::object::{Arguments, at};

/// An HTTP client that all services share, with its connections.
pub(super) fn client(arguments: Arguments<'_>) -> Result<SharedHttpClient, Remark> {
    through(proxy(arguments)?, arguments)
}

/// A client for metadata services of a container or machine, without a proxy, which would ask for itself.
pub(super) fn nearby(arguments: Arguments<'_>) -> Result<SharedHttpClient, Remark> {
    through(ProxyConfig::disabled(), arguments)
}

fn through(proxy: ProxyConfig, arguments: Arguments<'_>) -> Result<SharedHttpClient, Remark> {
    let trusted = trusted(arguments)?;
    let tls = TlsContext::builder().with_trust_store(trusted).build();
    let tls = tls.map_err(|error| Remark::error("TLS cannot be used", format!("{error}.")))?;
    let connect = move |settings: Option<&_>, components: Option<&RuntimeComponents>| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.tls_provider(Tls::Rustls(CryptoMode::Ring)).tls_context(tls.clone()).build()
    };
    Ok(Builder::new().pool_idle_timeout(Duration::from_secs(30)).build_with_connector_fn(connect))
}

/// The proxy of the block, or else of the environment.
fn proxy(arguments: Arguments<'_>) -> Result<ProxyConfig, Remark> {
    let (http, https) = (arguments.text("http_proxy"), arguments.text("https_proxy"));
    let (Some(url), name) = (https.or(http), if https.is_some() { "https_proxy" } else { "http_proxy" })
    else {
        return Ok(ProxyConfig::from_env());
    };
    let config = match (http, https) {
        (Some(_), None) => ProxyConfig::all(url),
        _ => ProxyConfig::https(url),
    };
    let config =
        config.map_err(|error| Remark::error("Unsuitable proxy", format!("{error}.")).at(at(name)))?;
    let exceptions = arguments.text("no_proxy").map(str::to_owned).or_else(|| std::env::var("NO_PROXY").ok());
    Ok(exceptions.map_or_else(|| config.clone(), |rules| config.clone().no_proxy(rules)))
}

/// The certificates that the system trusts, and those of the block or of `AWS_CA_BUNDLE`.
fn trusted(arguments: Arguments<'_>) -> Result<TrustStore, Remark> {
    let store = TrustStore::default();
    let file =
        arguments.text("custom_ca_bundle").map(str::to_owned).or_else(|| std::env::var("AWS_CA_BUNDLE").ok());
    let Some(file) = file.filter(|file| !file.is_empty()) else { return Ok(store) };
    let read = std::fs::read(&file).map_err(|error| {
        Remark::error("Certificates cannot be read", format!("Reading {file} failed: {error}."))
    })?;
    Ok(store.with_pem_certificate(read))
}
