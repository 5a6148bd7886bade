//! The identity and the place of requests to AWS: the clients that all types of the provider share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use tokio::sync::OnceCell;

use crate::port::{Remark, Remarks};
use crate::value::{Name, Value};

use super::super::object::Arguments;
use super::super::{Configured, Placed, Readiness, Stop};
use super::configuration::blocks;
use super::fault::{Fault, causes};
use super::renewal::{Kept, Renewal};
use super::wait::of_tests;
use super::{credentials, transport};

/// The longest time for an answer, including retries.
const PATIENCE: Duration = Duration::from_secs(120);

/// The longest time for one attempt; the next one may be luckier.
const ATTEMPT: Duration = Duration::from_secs(30);

/// The time limit for additional questions.
const ASIDE: Duration = Duration::from_secs(15);

/// A server that cannot be reached is noticed sooner.
const CONNECTING: Duration = Duration::from_secs(10);

/// The default number of attempts.
const ATTEMPTS: u32 = 10;

const NOBODY: &str = "Nobody says who asks AWS: there are no keys in the environment and none in the profile, no profile \
                      is named (AWS_PROFILE, or \"profile\" in the provider block), and neither a workload nor a \
                      container nor this machine has a role.";

/// A configured provider block. Clones share one account.
#[derive(Clone, Default)]
pub(super) struct Account {
    pub(super) configured: Configured,
    pub(super) place: Placed,
    pub(super) stop: Stop,
    clients: Arc<OnceCell<Result<Clients, Remark>>>,
}

/// The service clients of this account.
pub(super) struct Clients {
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) eks: aws_sdk_eks::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) region: String,
    /// Whether the account id must not be looked up.
    is_anybody: bool,
    credentials: Option<Kept>,
}

#[async_trait]
impl Readiness for Account {
    /// Checks that AWS can be used at all, so that a failure is reported once and not for each request.
    async fn check(&self, remarks: &mut Remarks) {
        if self.arguments().0.is_wholly_known()
            && let Some(clients) = self.clients(remarks).await
        {
            clients.credentials(remarks).await;
        }
    }
}

impl Account {
    /// The service clients; `None`, with the reason among the remarks, if the account cannot be used. Only asks for the
    /// account id, and only if the block restricts the accounts.
    pub(super) async fn clients(&self, remarks: &mut Remarks) -> Option<&Clients> {
        match self.clients.get_or_init(|| self.open()).await {
            Ok(clients) => Some(clients),
            Err(remark) => {
                remarks.push(remark.clone());
                None
            }
        }
    }

    /// The arguments of the provider block.
    pub(super) fn arguments(&self) -> Arguments<'_> {
        static NOTHING: std::sync::LazyLock<Value> =
            std::sync::LazyLock::new(|| Value::object(BTreeMap::<Name, Value>::new()));
        Arguments(self.configured.get().unwrap_or(&NOTHING))
    }

    async fn open(&self) -> Result<Clients, Remark> {
        let arguments = self.arguments();
        // A default for an unknown argument could mean another account or region.
        if !arguments.0.is_wholly_known() {
            let detail = "Its block depends on something that is known only when it is applied, and until then nobody can \
                          be asked in its name. Apply what it depends on first, with -target.";
            return Err(Remark::error("Provider is not configured yet", detail));
        }
        let config = config(arguments).await?;
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let endpoint = |service: &str| endpoint(arguments, service);
        let sts = |config: &SdkConfig| sts(arguments, config);
        let asked = |config: &SdkConfig| aws_sdk_sts::Client::from_conf(sts(config).build());
        let config = match credentials::assumed(arguments, &config, &asked) {
            Some(role) => config.to_builder().credentials_provider(role).build(),
            None => config,
        };
        let kept = config.credentials_provider().map(Kept::of);
        let renewal = kept.clone().map(|kept| SharedRetryClassifier::new(Renewal(kept)));
        let mut shared = config.to_builder();
        shared.set_identity_cache(Some(IdentityCache::no_cache()));
        shared.set_credentials_provider(kept.clone().map(SharedCredentialsProvider::new));
        let config = shared.build();
        let mut cloudformation = aws_sdk_cloudformation::config::Builder::from(&config);
        cloudformation
            .set_endpoint_url(endpoint("cloudformation").or_else(|| said(&config, "CLOUDFORMATION")));
        let mut eks = aws_sdk_eks::config::Builder::from(&config);
        eks.set_endpoint_url(endpoint("eks").or_else(|| said(&config, "EKS")));
        let mut sts = sts(&config);
        if let Some(renewal) = renewal {
            cloudformation.push_retry_classifier(renewal.clone());
            eks.push_retry_classifier(renewal.clone());
            sts.push_retry_classifier(renewal);
        }
        let clients = Clients {
            cloudformation: aws_sdk_cloudformation::Client::from_conf(cloudformation.build()),
            eks: aws_sdk_eks::Client::from_conf(eks.build()),
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            region,
            is_anybody: arguments.flag("skip_requesting_account_id") == Some(true),
            credentials: kept,
        };
        clients.check_account(arguments).await?;
        Ok(clients)
    }
}

impl Clients {
    /// Checks the account against the allowed and forbidden ones, before anything else is requested.
    async fn check_account(&self, arguments: Arguments<'_>) -> Result<(), Remark> {
        let (allowed, forbidden) =
            (arguments.texts("allowed_account_ids"), arguments.texts("forbidden_account_ids"));
        if allowed.is_empty() && forbidden.is_empty() {
            return Ok(());
        }
        let asked = self.sts.get_caller_identity().send().await;
        let known = asked.map_err(|error| {
            Fault::from(error).remark("Account is not known", "asking which account this is")
        })?;
        let account = known.account.unwrap_or_default();
        if forbidden.contains(&account.as_str())
            || !allowed.is_empty() && !allowed.contains(&account.as_str())
        {
            let who = known.arn.unwrap_or_default();
            let meant = match allowed.is_empty() {
                true => "one of those that forbidden_account_ids names".to_owned(),
                false => format!("not among those that allowed_account_ids names ({})", allowed.join(", ")),
            };
            let detail =
                format!("The credentials are those of {who}, in the account {account}, which is {meant}.");
            return Err(Remark::error("Wrong AWS account", detail));
        }
        Ok(())
    }

    /// Refuses to treat something as gone that this account cannot see, because its ARN names another region or
    /// account. Only asks for the account id, and only about what was not found.
    pub(super) async fn sees(&self, what: &str, arn: &str, remarks: &mut Remarks) -> Option<()> {
        let mut parts = arn.split(':').skip(3);
        let (Some(region), Some(account)) = (parts.next(), parts.next()) else { return Some(()) };
        let account = if self.is_anybody { "" } else { account };
        let why = if !region.is_empty() && region != self.region {
            format!("is in the region {region}, and {} is asked", self.region)
        } else if account.is_empty() {
            return Some(());
        } else {
            let asked = tokio::time::timeout(ASIDE, self.sts.get_caller_identity().send()).await;
            let known = asked.ok().and_then(Result::ok);
            let ours = known.and_then(|known| known.account).unwrap_or_default();
            if ours.is_empty() || account == ours {
                return Some(());
            }
            format!("is in the account {account}, and the credentials are of the account {ours}")
        };
        let detail = format!(
            "{what} {why}, where it cannot be seen. It is not taken for gone, so that it is neither forgotten nor made a \
             second time. Ask with the region and the credentials that it was made with; terrace state rm lets go of it."
        );
        remarks.push(Remark::error("Object is elsewhere", detail));
        None
    }

    /// The credentials, for what is signed here and sent by others; `None`, with the reason among the remarks, if there
    /// are none.
    pub(super) async fn credentials(&self, remarks: &mut Remarks) -> Option<Credentials> {
        let summary = "No AWS credentials";
        let Some(provider) = &self.credentials else {
            remarks.push(Remark::error(summary, "Nobody says who asks AWS."));
            return None;
        };
        let found = provider.provide_credentials().await;
        let tell = |error| {
            let why = match error {
                CredentialsError::CredentialsNotLoaded(_) => NOBODY.to_owned(),
                error => refused(&causes(&error)),
            };
            remarks.push(Remark::error(summary, why));
        };
        found.map_err(tell).ok()
    }
}

async fn config(arguments: Arguments<'_>) -> Result<SdkConfig, Remark> {
    let http = transport::client(arguments)?;
    let files = files(arguments);
    let surroundings = credentials::surroundings(BehaviorVersion::latest()).with_http_client(http.clone());
    let region = credentials::region(arguments, &surroundings, &files).await.ok_or_else(|| {
        let detail = "No region is given, and none is guessed. Set \"region\" in the provider block, AWS_REGION in the \
                      environment or a region in the profile.";
        Remark::error("No AWS region", detail)
    })?;
    let surroundings = surroundings.with_region(Some(region.clone()));
    let nearby = surroundings.clone().with_http_client(transport::nearby(arguments)?);
    // Tests cannot wait for servers that never answer.
    let attempt = of_tests("TERRACE_TEST_AWS_ATTEMPT");
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECTING)
        .operation_attempt_timeout(attempt.unwrap_or(ATTEMPT))
        .operation_timeout(PATIENCE)
        .build();
    let variable = |name: &str| std::env::var(name).ok();
    let attempts = match arguments.number("max_retries") {
        Some(retries) => u32::try_from(retries).unwrap_or_default().saturating_add(1),
        None => variable("AWS_MAX_ATTEMPTS").and_then(|said| said.parse().ok()).unwrap_or(ATTEMPTS).max(1),
    };
    let mode = variable("AWS_RETRY_MODE");
    let retry = match arguments.text("retry_mode").or(mode.as_deref()) {
        Some("adaptive") => RetryConfig::adaptive(),
        _ => RetryConfig::standard(),
    };
    let retry = match attempt.is_some() {
        true => retry.with_initial_backoff(Duration::from_millis(20)),
        false => retry,
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retry.with_max_attempts(attempts))
        .region(region)
        .profile_files(files.clone())
        .credentials_provider(credentials::source(arguments, &surroundings, &nearby, &files));
    if let Some(profile) = arguments.text("profile") {
        loader = loader.profile_name(profile);
    }
    if let Some(fips) = arguments.flag("use_fips_endpoint") {
        loader = loader.use_fips(fips);
    }
    if let Some(dual) = arguments.flag("use_dualstack_endpoint") {
        loader = loader.use_dual_stack(dual);
    }
    Ok(loader.load().await)
}

/// Single sign-on sessions end every day, and the message of AWS does not say what to do.
fn refused(why: &str) -> String {
    let ended = ["UnauthorizedException", "SSO", "sso", "InvalidGrant"].iter().any(|word| why.contains(word));
    match ended {
        true => format!("{why}. Where the profile signs on, aws sso login begins a new session."),
        false => format!("{why}."),
    }
}

/// The files that profiles are read from: those of the block, or those of the AWS tools.
fn files(arguments: Arguments<'_>) -> EnvConfigFiles {
    let given = |name| arguments.texts(name).into_iter().map(home);
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(given("shared_config_files").next().is_none())
        .include_default_credentials_file(given("shared_credentials_files").next().is_none());
    for file in given("shared_config_files") {
        files = files.with_file(EnvConfigFileKind::Config, file);
    }
    for file in given("shared_credentials_files") {
        files = files.with_file(EnvConfigFileKind::Credentials, file);
    }
    files.build()
}

/// A path that may begin with the home directory.
fn home(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => path.to_owned(),
    }
}

fn sts(arguments: Arguments<'_>, config: &SdkConfig) -> aws_sdk_sts::config::Builder {
    let mut sts = aws_sdk_sts::config::Builder::from(config);
    sts.set_endpoint_url(endpoint(arguments, "sts").or_else(|| said(config, "STS")));
    if let Some(region) = arguments.text("sts_region") {
        sts.set_region(Some(aws_config::Region::new(region.to_owned())));
    }
    sts
}

/// The endpoint of a service in the provider block.
fn endpoint(arguments: Arguments<'_>, service: &str) -> Option<String> {
    let blocks = blocks(arguments, "endpoints");
    blocks.into_iter().find_map(|block| block.text(service)).filter(|url| !url.is_empty()).map(str::to_owned)
}

/// The endpoint of a service in the environment.
fn said(config: &SdkConfig, service: &str) -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
    if variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|said| said.eq_ignore_ascii_case("true")) {
        return None;
    }
    variable(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| config.endpoint_url().map(str::to_owned))
}
