//! The token by which an EKS cluster identifies a client: a request to STS for the caller's identity, signed here and
//! sent by the cluster.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sts::config::ConfigBag;
use aws_sdk_sts::config::Intercept;
use aws_sdk_sts::config::RuntimeComponents;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextRef as BeforeTransmit;
use aws_sdk_sts::error::BoxError;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

/// The prefix of these tokens.
const PREFIX: &str = "k8s-aws-v1.";

/// Names the cluster, so that a token for one is of no use at another.
const HEADER: &str = "x-k8s-aws-id";

/// How long after the signature a cluster accepts the token.
const LIFETIME: Duration = Duration::from_secs(60);

/// The ingredients of a token.
pub(super) struct Grant<'a> {
    /// Where STS is.
    pub(super) address: &'a Url,
    pub(super) region: &'a str,
    pub(super) cluster: &'a str,
    pub(super) at: SystemTime,
}

impl Grant<'_> {
    /// The token, or the reason why there is none.
    pub(super) fn token(&self, credentials: &Credentials) -> Result<String, String> {
        let mut request = self.address.clone();
        request.set_query(Some("Action=GetCallerIdentity&Version=2011-06-15"));
        let identity = credentials.clone().into();
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(LIFETIME);
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name("sts")
            .time(self.at)
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let headers = [(HEADER, self.cluster)].into_iter();
        let signable = SignableRequest::new("GET", request.as_str(), headers, SignableBody::Bytes(&[]));
        let signed =
            signable.and_then(|signable| sign(signable, &parameters)).map_err(|error| innermost(&error))?;
        let (instructions, _) = signed.into_parts();
        let pairs = instructions.params().iter().map(|(name, value)| (name, value.as_ref()));
        request.query_pairs_mut().extend_pairs(pairs);
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(request.as_str())))
    }
}

/// The address of STS, from everything that may set it: region, partition, environment, profile. Found by making a
/// request and dropping it before it is signed.
pub(super) async fn address(sts: &aws_sdk_sts::Client) -> Result<Url, String> {
    let seen = Arc::new(OnceLock::new());
    let looking = sts.get_caller_identity().customize().interceptor(Look(Arc::clone(&seen)));
    let error = looking.send().await.err();
    let found = seen.get().and_then(|found| Url::parse(found).ok());
    found.ok_or_else(|| error.map_or_else(|| "STS has no address".to_owned(), |error| innermost(&error)))
}

/// Records where a request would go, and drops it.
#[derive(Debug)]
struct Look(Arc<OnceLock<String>>);

impl Intercept for Look {
    fn name(&self) -> &'static str {
        "Look"
    }

    fn read_before_signing(
        &self,
        context: &BeforeTransmit<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.get_or_init(|| context.request().uri().to_owned());
        Err("seen enough".into())
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
