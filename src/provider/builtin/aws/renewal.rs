//! Shared credentials that are renewed when they expire.

use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{
    ProvideCredentials, Result as Provided, SharedCredentialsProvider, future,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use tokio::sync::Mutex;

/// Credentials that expire within this time count as expired.
const MARGIN: Duration = Duration::from_secs(60);

/// Caches credentials for all clients until shortly before they expire; otherwise each client of the SDK would get its
/// own.
#[derive(Clone, Debug)]
pub(super) struct Kept(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: SharedCredentialsProvider,
    found: Lock<Found>,
    /// Requests that come while credentials are being fetched wait for the result.
    asking: Mutex<()>,
}

#[derive(Debug, Default)]
struct Found {
    known: Option<Credentials>,
    /// The key that expired last. If it is returned again, another attempt is of no use.
    ended: Option<String>,
}

impl Kept {
    pub(super) fn of(source: SharedCredentialsProvider) -> Self {
        Self(Arc::new(Inner { source, found: Lock::default(), asking: Mutex::default() }))
    }

    /// Forgets temporary credentials, so that new ones are fetched; returns whether that can help. The client inspects
    /// the same answer several times, which counts as once.
    fn forget(&self) -> bool {
        let mut found = self.0.found.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = found.known.take_if(|known| known.expiry().is_some()) else {
            return found.known.is_none() && found.ended.is_some();
        };
        let key = Some(known.access_key_id().to_owned());
        let is_new = found.ended != key;
        found.ended = key;
        is_new
    }

    fn known(&self) -> Option<Credentials> {
        let soon = SystemTime::now() + MARGIN;
        let found = self.0.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.known.clone().filter(|known| known.expiry().is_none_or(|end| end > soon))
    }

    async fn provide(&self) -> Provided {
        let _turn = self.0.asking.lock().await;
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let fresh = self.0.source.provide_credentials().await?;
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner).known = Some(fresh.clone());
        Ok(fresh)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// A session can be revoked early. Then a new one is started, and the request is repeated once.
#[derive(Clone, Debug)]
pub(super) struct Renewal(pub(super) Kept);

impl ClassifyRetry for Renewal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let has_ended = context.response().is_some_and(|response| {
            let kind = response.headers().get("x-amzn-errortype").unwrap_or_default();
            let body = response.body().bytes().unwrap_or_default();
            let says = |text: &[u8]| memchr::memmem::find(text, b"ExpiredToken").is_some();
            !response.status().is_success() && (says(kind.as_bytes()) || says(body))
        });
        match has_ended && self.0.forget() {
            true => RetryAction::transient_error(),
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "credentials that have ended"
    }
}
