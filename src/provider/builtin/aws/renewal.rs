//! Credentials that everybody shares, and that are renewed when they have ended.

use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{
    ProvideCredentials, Result as Provided, SharedCredentialsProvider, future,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use tokio::sync::Mutex;

/// Credentials that end sooner than this are as good as ended.
const MARGIN: Duration = Duration::from_secs(60);

/// The same credentials for everybody who asks, until shortly before they end: each client of the SDK would find them
/// out for itself.
#[derive(Clone, Debug)]
pub(super) struct Kept(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: SharedCredentialsProvider,
    found: Lock<Found>,
    /// Whoever comes while somebody is finding out waits for that answer.
    asking: Mutex<()>,
}

#[derive(Debug, Default)]
struct Found {
    known: Option<Credentials>,
    /// The key that had ended last. Where it is given out again, asking once more is of no use.
    ended: Option<String>,
}

impl Kept {
    pub(super) fn of(source: SharedCredentialsProvider) -> Self {
        Self(Arc::new(Inner { source, found: Lock::default(), asking: Mutex::default() }))
    }

    /// Forgets what has an end, so that it is found out anew; says whether that is of use. The client looks at the same
    /// answer several times, and means the same by it.
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

/// A session can be ended before its time. Then it is begun anew, and the request is made once more.
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
