//! Who asks AWS, and where: the clients that all types of the provider share.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::Provider as Tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use tokio::sync::OnceCell;

use crate::port::{Remark, Remarks};

use super::super::object::Arguments;
use super::super::{Configured, Placed, Stop};
use super::fault::causes;

/// No answer takes longer than this, however often it is asked for.
const PATIENCE: Duration = Duration::from_secs(120);

/// One attempt at an answer; the next one may have more luck.
const ATTEMPT: Duration = Duration::from_secs(30);

/// A server that cannot be reached is found out sooner.
const CONNECTING: Duration = Duration::from_secs(10);

/// The provider block at work. Clones are the same account.
#[derive(Clone, Default)]
pub(super) struct Account {
    pub(super) configured: Configured,
    pub(super) place: Placed,
    pub(super) stop: Stop,
    doors: Arc<OnceCell<Result<Doors, Remark>>>,
}

/// The services, as this account asks them.
pub(super) struct Doors {
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) eks: aws_sdk_eks::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) region: String,
    credentials: Option<SharedCredentialsProvider>,
}

impl Doors {
    /// Who this account is, for what is signed here and sent by others; none, with the reason among the remarks, where
    /// that cannot be found out.
    pub(super) async fn credentials(&self, remarks: &mut Remarks) -> Option<Credentials> {
        let summary = "No AWS credentials";
        let Some(provider) = &self.credentials else {
            remarks.push(Remark::error(summary, "The account has no credentials."));
            return None;
        };
        let found = provider.provide_credentials().await;
        found.map_err(|error| remarks.push(Remark::error(summary, format!("{}.", causes(&error))))).ok()
    }
}

impl Account {
    /// The services; none, with the reason among the remarks, where the account cannot ask them. Asks nobody itself.
    pub(super) async fn doors(&self, remarks: &mut Remarks) -> Option<&Doors> {
        match self.doors.get_or_init(|| self.open()).await {
            Ok(doors) => Some(doors),
            Err(remark) => {
                remarks.push(remark.clone());
                None
            }
        }
    }

    async fn open(&self) -> Result<Doors, Remark> {
        let config = self.config().await?;
        let region = config.region().map(ToString::to_string).ok_or_else(|| {
            let detail = "No region is given, and none is guessed. Set \"region\" in the provider block, AWS_REGION in \
                          the environment or a region in the profile.";
            Remark::error("No AWS region", detail)
        })?;
        Ok(Doors {
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            eks: aws_sdk_eks::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            region,
            credentials: config.credentials_provider(),
        })
    }

    async fn config(&self) -> Result<SdkConfig, Remark> {
        let arguments = self.configured.get().map(Arguments);
        let text = |name: &str| arguments.and_then(|arguments| arguments.text(name));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECTING)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(PATIENCE)
            .build();
        let http =
            aws_smithy_http_client::Builder::new().tls_provider(Tls::Rustls(CryptoMode::Ring)).build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(10));
        if let Some(region) = text("region") {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Some(profile) = text("profile") {
            loader = loader.profile_name(profile);
        }
        if let (Some(key), Some(secret)) = (text("access_key"), text("secret_key")) {
            let token = text("token").map(str::to_owned);
            loader =
                loader.credentials_provider(Credentials::new(key, secret, token, None, "provider block"));
        }
        Ok(loader.load().await)
    }
}
